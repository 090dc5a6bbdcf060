"""The report as one HTML file: plots, the table, and every miss with what was found instead.

It fetches nothing and runs nothing. Texts of letters and questions are escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import numpy as np

from eval import plots
from eval.expected import Check
from eval.measures import LATENCY, MEANING, Judged
from eval.runner import Column, Evaluation, PairText
from eval.runs import Outcome
from eval.sets import ALL, Query
from eval.table import part_scores, system_rows, unanswerable_parts

BINS = 10
SHOWN_CHARS = 420

STYLE = """
:root { color-scheme: light dark; --one: #1b6ca8; --two: #c2571a; --soft: #8884; }
@media (prefers-color-scheme: dark) { :root { --one: #6db3ea; --two: #f0a06a; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; }
th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--soft); vertical-align: top; }
th { white-space: nowrap; }
svg { width: 100%; max-width: 560px; font: 11px system-ui, sans-serif; fill: currentColor; }
.axis { stroke: currentColor; } .grid { stroke: var(--soft); }
.ideal { stroke: currentColor; stroke-dasharray: 4 4; }
.series0 { fill: var(--one); } .series1 { fill: var(--two); }
.miss { border-top: 1px solid var(--soft); padding: .6rem 0; }
.miss p { margin: .2rem 0; } .query { font-weight: 600; }
.about { opacity: .75; font-size: .88rem; }
blockquote { margin: .3rem 0 .6rem 1rem; font-size: .92rem; }
""".strip()


def render_html(evaluation: Evaluation, checks: Sequence[Check] = ()) -> str:
    """Return the whole report."""
    split = "" if evaluation.split == ALL else f", {evaluation.split}"
    title = f"{evaluation.set_name}{split}"
    body = "\n".join([*_introduction(evaluation, title), *_plots(evaluation), *_accepted(checks), *_misses(evaluation)])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def _introduction(evaluation: Evaluation, title: str) -> Iterator[str]:
    answerable = len(evaluation.qrels)
    yield f"<h1>{escape(title)}</h1>"
    yield (
        f"<p>{len(evaluation.queries)} questions, {answerable} with an answer and "
        f"{len(evaluation.queries) - answerable} without, over {evaluation.letters} letters with "
        f"{len(evaluation.pairs)} answers. Model {escape(evaluation.model_id)}.</p>"
    )
    yield _table(*system_rows(evaluation, _cell))
    lines = "; ".join(f"{name}: {meaning}" for name, meaning in MEANING.items())
    tests = "In brackets the 95 % bootstrap interval; p by a paired randomisation test."
    yield f'<p class="about">{tests} {escape(lines)}.</p>'


def _cell(column: Column, measure: str) -> str:
    value, interval = column.scores[measure], column.intervals[measure]
    if value is None:
        return "–"
    shown = f"{value:.1f}" if measure in LATENCY else f"{value:.3f}"
    return f"{shown} [{interval[0]:.2f}–{interval[1]:.2f}]" if interval else shown


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = [
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    ]
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def _plots(evaluation: Evaluation) -> Iterator[str]:
    judged = evaluation.main.judged
    confidence = _unit(judged)
    with_answer = {"answerable": confidence[judged.answerable].tolist()}
    without = {"unanswerable": confidence[~judged.answerable].tolist()}
    yield "<h2>Confidence of questions with and without an answer</h2>"
    yield plots.distributions("Confidence of questions with and without an answer", with_answer | without, "confidence")
    if judged.answered is not None:
        yield "<h2>Does the confidence keep its promise?</h2>"
        yield plots.reliability("Share of right first hits against confidence", reliability_points(judged))
    parts = part_scores(evaluation)
    if parts:
        yield "<h2>By language and type</h2>"
        values = {f"{name} ({count})": (part["R@1"] or 0.0, part["R@3"]) for name, (count, part) in parts.items()}
        yield plots.bars("Right answer among the first hits, by language and type", values, ("R@1", "R@3"))
    refused = unanswerable_parts(evaluation)
    if refused:
        rows = [
            [name, str(count), f"{answered} ({answered / count:.3f})"] for name, (count, answered) in refused.items()
        ]
        yield "<h2>Questions without an answer</h2>" + _table(["", "questions", "answered all the same"], rows)


def _unit(judged: Judged) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the confidences in 0..1; scores of a system without a decision are stretched to it."""
    values = judged.confidence
    if judged.answered is not None or not len(values):
        return values
    low, high = float(values.min()), float(values.max())
    return (values - low) / ((high - low) or 1.0)


def reliability_points(judged: Judged, bins: int = BINS) -> list[tuple[float, float, int]]:
    """Return mean confidence, share of right first hits and number of questions of every bin that holds any."""
    places = np.clip((judged.confidence * bins).astype(int), 0, bins - 1)
    points = []
    for place in range(bins):
        chosen = places == place
        if chosen.any():
            points.append(
                (float(judged.confidence[chosen].mean()), float(judged.right[chosen].mean()), int(chosen.sum()))
            )
    return points


def _accepted(checks: Sequence[Check]) -> Iterator[str]:
    if checks:
        yield "<h2>Accepted scores</h2>"
        rows = [
            [
                check.accepted.measure,
                "–" if check.found is None else f"{check.found:.4f}",
                f"{check.accepted.score:.4f}",
                check.verdict.value,
            ]
            for check in checks
        ]
        yield _table(["measure", "found", "accepted", ""], rows)


def _misses(evaluation: Evaluation) -> Iterator[str]:
    """Show every question whose first hit is wrong, and every wrong decision."""
    kinds: dict[str, list[str]] = {
        "Another answer came first": [],
        "Answered, though no letter has the answer": [],
        "Declined, though the right answer came first": [],
    }
    wrong_first, false_answer, refused = kinds
    judged = evaluation.main.judged
    for row, query in enumerate(evaluation.queries):
        outcome = evaluation.main.run.outcomes.get(query.id, Outcome())
        if judged.answerable[row] and not judged.right[row]:
            kinds[wrong_first].append(_miss(evaluation, query, outcome))
        elif not judged.answerable[row] and outcome.answered:
            kinds[false_answer].append(_miss(evaluation, query, outcome))
        elif judged.answerable[row] and outcome.answered is False:
            kinds[refused].append(_miss(evaluation, query, outcome))
    for kind, misses in kinds.items():
        yield f"<h2>{kind} ({len(misses)})</h2>"
        yield from misses or ["<p>None.</p>"]


def _miss(evaluation: Evaluation, query: Query, outcome: Outcome) -> str:
    parts = [f'<p class="query">{escape(query.text)}</p>', f'<p class="about">{escape(_about(query, outcome))}</p>']
    if outcome.pair_ids:
        parts += ["<p>Found first:</p>", _pair(evaluation, outcome.pair_ids[0])]
    for right in evaluation.qrels.get(query.id, ()):
        if not outcome.pair_ids or right != outcome.pair_ids[0]:
            place = outcome.pair_ids.index(right) + 1 if right in outcome.pair_ids else None
            where = f"at place {place}" if place else "not among the first ten"
            parts += [f"<p>Right, {where}:</p>", _pair(evaluation, right)]
    return f'<div class="miss">{"".join(parts)}</div>'


def _about(query: Query, outcome: Outcome) -> str:
    about = [query.id, query.lang, query.type, f"confidence {outcome.confidence:.3f}"]
    if query.previous:
        about.append(f"after «{query.previous[-1]}»")
    if outcome.searched_as and outcome.searched_as != query.text:
        about.append(f"searched as «{outcome.searched_as}»")
    return " · ".join(part for part in about if part)


def _pair(evaluation: Evaluation, identifier: str) -> str:
    pair = evaluation.pairs.get(identifier, PairText("", "", ""))
    return (
        f"<blockquote><p><b>{escape(identifier)}</b> {escape(_short(pair.subject))}</p>"
        f"<p>{escape(_short(pair.questions))}</p><p>{escape(_short(pair.answer))}</p></blockquote>"
    )


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS].rsplit(" ", 1)[0] + " …"
