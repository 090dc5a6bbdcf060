"""What `kamerantwoord eval` prints: the table, the parts of the set, the accepted scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from eval.expected import Check, Verdict
from eval.measures import LATENCY, MEANING, MEASURES, Flags, Scores, scores
from eval.runner import Column, Evaluation
from eval.sets import ALL, Query

PART_MEASURES = ("R@1", "R@3", "R@10", "MRR@10", "nDCG@10", "letter@1", "false refusals")


def render(evaluation: Evaluation, checks: Sequence[Check] = ()) -> str:
    """Return all that is said of one set, for a terminal."""
    parts = ["\n".join(_heading(evaluation)), _systems(evaluation), _parts(evaluation), _unanswerable(evaluation)]
    if checks:
        parts.append("\n".join(_checks(checks)))
    parts.append("\n".join(f"{name}: {meaning}" for name, meaning in MEANING.items()))
    return "\n\n".join(part for part in parts if part) + "\n"


def _heading(evaluation: Evaluation) -> Iterator[str]:
    split = "" if evaluation.split == ALL else f", split {evaluation.split}"
    asked, answerable = len(evaluation.queries), len(evaluation.qrels)
    yield (
        f"{evaluation.set_name}{split}: {asked} questions ({answerable} answerable, {asked - answerable} not) over"
        f" {evaluation.letters} letters, {len(evaluation.pairs)} answers"
    )
    yield f"model {evaluation.model_id}"


def _systems(evaluation: Evaluation) -> str:
    head, rows = system_rows(evaluation, _cell)
    return _align([head, *rows])


def system_rows(evaluation: Evaluation, cell: Callable[[Column, str], str]) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the main table: measures down, systems across, then what chance explains."""
    head = ["", *(column.name for column in evaluation.columns)]
    rows = [[measure, *(cell(column, measure) for column in evaluation.columns)] for measure in MEASURES]
    if any(not column.is_stored for column in evaluation.columns[1:]):
        head.append("p, best baseline")
        for row in rows:
            row.append(_p_of_baseline(evaluation, row[0]))
    for column in evaluation.columns:
        if column.is_stored:
            head.append("p, stored")
            for row in rows:
                row.append(_p(evaluation.p[column.name].get(row[0])))
    return head, rows


def _cell(column: Column, measure: str) -> str:
    value, interval = column.scores[measure], column.intervals[measure]
    if value is None:
        return "-"
    if measure in LATENCY:
        return f"{value:.1f}"
    return f"{value:.3f} [{interval[0]:.3f} {interval[1]:.3f}]" if interval else f"{value:.3f}"


def _p_of_baseline(evaluation: Evaluation, measure: str) -> str:
    other = evaluation.best_baseline(measure)
    p = evaluation.p[other.name].get(measure) if other else None
    return f"{_p(p)} ({other.name})" if other and p is not None else "-"


def _p(p: float | None) -> str:
    if p is None:
        return "-"
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def groups(queries: Sequence[Query], name_of: Callable[[Query], str]) -> dict[str, Flags]:
    """Return the rows of every group of queries, the groups by name."""
    names = np.array([name_of(query) or "-" for query in queries], object)
    return {str(name): names == name for name in sorted(set(names.tolist()))}


def part_scores(evaluation: Evaluation) -> dict[str, tuple[int, Scores]]:
    """Return number and scores of the answerable questions of every language and type."""
    judged, found = evaluation.main.judged, {}
    for kind in ("lang", "type"):
        for name, rows in groups(evaluation.queries, lambda query, kind=kind: getattr(query, kind)).items():  # type: ignore[misc]
            chosen = rows & judged.answerable
            if chosen.any() and name != "-":
                found[name] = (int(chosen.sum()), scores(judged, chosen))
    return found


def _parts(evaluation: Evaluation) -> str:
    found = part_scores(evaluation)
    if not found:
        return ""
    rows = [[f"{evaluation.main.name}, answerable", "n", *PART_MEASURES]]
    for name, (count, part) in found.items():
        values = (part[measure] for measure in PART_MEASURES)
        rows.append([name, str(count), *("-" if value is None else f"{value:.3f}" for value in values)])
    return _align(rows)


def unanswerable_parts(evaluation: Evaluation) -> dict[str, tuple[int, int]]:
    """Return how many unanswerable questions there are, and how many got an answer, near misses apart."""
    judged = evaluation.main.judged
    if judged.answered is None:
        return {}
    found = {}
    for name, rows in groups(evaluation.queries, lambda query: "near miss" if query.near else "far off").items():
        chosen = rows & ~judged.answerable
        if chosen.any():
            found[name] = (int(chosen.sum()), int((chosen & judged.answered).sum()))
    return found


def _unanswerable(evaluation: Evaluation) -> str:
    found = unanswerable_parts(evaluation)
    if not found:
        return ""
    rows = [[f"{evaluation.main.name}, unanswerable", "n", "answered all the same"]]
    rows += [[name, str(count), f"{answered} ({answered / count:.3f})"] for name, (count, answered) in found.items()]
    return _align(rows)


def _checks(checks: Sequence[Check]) -> Iterator[str]:
    yield "accepted scores (eval/expected.toml)"
    for check in checks:
        found = "-" if check.found is None else f"{check.found:.4f}"
        yield f"  {check.verdict:<5} {check.accepted.measure:<15} {found}, accepted {check.accepted.score:.4f}"
    for command in dict.fromkeys(check.accepted.command for check in checks if check.verdict is not Verdict.OK):
        yield f"  measured by: {command}"


def _align(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def as_json(evaluation: Evaluation, checks: Sequence[Check] = ()) -> dict[str, Any]:
    """Return the same for machines."""
    return {
        "set": evaluation.set_name,
        "split": evaluation.split,
        "model": evaluation.model_id,
        "letters": evaluation.letters,
        "answers": len(evaluation.pairs),
        "questions": len(evaluation.queries),
        "answerable": len(evaluation.qrels),
        "systems": {
            column.name: {"scores": column.scores, "intervals": dict(column.intervals)} for column in evaluation.columns
        },
        "p": {name: dict(values) for name, values in evaluation.p.items()},
        "parts": {name: {"n": count, "scores": part} for name, (count, part) in part_scores(evaluation).items()},
        "unanswerable": {
            name: {"n": count, "answered": answered}
            for name, (count, answered) in unanswerable_parts(evaluation).items()
        },
        "accepted": [
            {
                "system": check.accepted.system,
                "measure": check.accepted.measure,
                "accepted": check.accepted.score,
                "found": check.found,
                "verdict": check.verdict.value,
                "command": check.accepted.command,
            }
            for check in checks
        ],
    }
