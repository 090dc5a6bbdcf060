"""How good a run is: the measures, for all questions or for some of them.

Measures of the ranking are means over the answerable questions, by ir-measures; a question
without a hit counts as zero. Measures of the decision look at all questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.runs import Outcome, Run
from index.errors import MissingExtraError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Scores = dict[str, float | None]
"""By measure; None where a measure has no meaning, as the share of wrong answers among none."""

RANKING = {
    "R@1": "Success@1",
    "R@3": "Success@3",
    "R@10": "Success@10",
    "MRR@10": "RR@10",
    "nDCG@10": "nDCG@10",
}
"""Our names, and those of ir-measures. R@k: a right answer stands among the first k."""

LETTER = "letter@1"
AUROC = "AUROC"
COVERAGE = "coverage@95%"
FALSE_ANSWERS = "false answers"
FALSE_REFUSALS = "false refusals"
DECISION = (AUROC, COVERAGE, FALSE_ANSWERS, FALSE_REFUSALS)
LATENCY = ("p50 ms", "p95 ms")

MEASURES = (*RANKING, LETTER, *DECISION, *LATENCY)
LOWER_IS_BETTER = frozenset({FALSE_ANSWERS, FALSE_REFUSALS, *LATENCY})
PRECISION = 0.95

MEANING = {
    "R@k": "share of the answerable questions with a right answer among the first k hits (Success@k of ir-measures)",
    LETTER: "share of the answerable questions whose first hit stands in a right letter",
    AUROC: "chance that an answerable question has a higher confidence than an unanswerable one",
    COVERAGE: "share of the answerable questions that can be answered with at most 5 % of all given answers wrong",
    FALSE_ANSWERS: "share of the given answers that are wrong, or given to a question without answer",
    FALSE_REFUSALS: "share of the answerable questions that are declined",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A run held against what is right, a row a question.

    Attributes
    ----------
    answerable : ndarray, shape (n,), bool
    right : ndarray, shape (n,), bool
        Whether the first hit answers the question.
    confidence : ndarray, shape (n,), float64
    answered : ndarray, shape (n,), bool, or None
        None for a system that does not decide.
    latency_ms : ndarray, shape (n,), float64
    ranking : mapping of str to ndarray, shape (n,), float64
        By measure, for every question; zero for unanswerable ones.
    """

    answerable: Flags
    right: Flags
    confidence: Floats
    answered: Flags | None
    latency_ms: Floats
    ranking: Mapping[str, Floats]

    def rows(self, chosen: Places | Flags) -> Judged:
        """Return some of the rows."""
        return Judged(
            self.answerable[chosen],
            self.right[chosen],
            self.confidence[chosen],
            None if self.answered is None else self.answered[chosen],
            self.latency_ms[chosen],
            {name: values[chosen] for name, values in self.ranking.items()},
        )


def judge(run: Run, queries: Sequence[str], qrels: Mapping[str, Sequence[str]]) -> Judged:
    """Hold a run against what is right.

    Parameters
    ----------
    run : Run
        A query that it does not have counts as one without hits.
    queries : sequence of str
        Ids; the order of the rows.
    qrels : mapping of str to sequence of str
        Right pairs by query id.
    """
    outcomes = [run.outcomes.get(query, Outcome()) for query in queries]
    per_query = _ranking_measures({q: o.pair_ids for q, o in zip(queries, outcomes, strict=True)}, qrels)
    ranking = {name: np.array([per_query[name].get(query, 0.0) for query in queries]) for name in RANKING}
    ranking[LETTER] = np.array(
        [_letter_right(o.pair_ids, qrels.get(query, ())) for query, o in zip(queries, outcomes, strict=True)], float
    )
    decides = any(outcome.answered is not None for outcome in outcomes)
    return Judged(
        answerable=np.array([bool(qrels.get(query)) for query in queries], bool),
        right=ranking["R@1"] > 0,
        confidence=np.array([outcome.confidence for outcome in outcomes], float),
        answered=np.array([bool(outcome.answered) for outcome in outcomes], bool) if decides else None,
        latency_ms=np.array([outcome.latency_ms for outcome in outcomes], float),
        ranking=ranking,
    )


def load_ir_measures() -> Any:
    """Return the library; loaded late, because importing it sets up a log handler.

    Raises
    ------
    MissingExtraError
        When it is not installed.
    """
    try:
        import ir_measures
    except ImportError as exc:
        raise MissingExtraError("ir-measures", "eval") from exc
    return ir_measures


def _ranking_measures(
    hits: Mapping[str, Sequence[str]], qrels: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """Return the value of every ranking measure by query, for the queries with a right answer."""
    ir_measures = load_ir_measures()
    gold = {query: dict.fromkeys(right, 1) for query, right in qrels.items() if right and query in hits}
    found: dict[str, dict[str, float]] = {name: {} for name in RANKING}
    if not gold:
        return found
    # The order is the ranking: equal scores must not be put in another one.
    run = {query: {pair: 1 / rank for rank, pair in enumerate(hits[query], start=1)} for query in gold}
    names = {str(ir_measures.parse_measure(theirs)): ours for ours, theirs in RANKING.items()}
    measures = [ir_measures.parse_measure(theirs) for theirs in RANKING.values()]
    for metric in ir_measures.iter_calc(measures, gold, run):
        found[names[str(metric.measure)]][metric.query_id] = float(metric.value)
    return found


def _letter_right(pair_ids: Sequence[str], right: Sequence[str]) -> bool:
    letters = {pair_id.rpartition("/")[0] for pair_id in right}
    return bool(pair_ids) and pair_ids[0].rpartition("/")[0] in letters


def scores(judged: Judged, rows: Places | Flags | None = None) -> Scores:
    """Return every measure over some rows; repeated rows count as often as they stand there."""
    chosen = judged if rows is None else judged.rows(rows)
    found: Scores = {name: _mean(values[chosen.answerable]) for name, values in chosen.ranking.items()}
    found |= decision_scores(chosen)
    for name, percent in zip(LATENCY, (50, 95), strict=True):
        found[name] = float(np.percentile(chosen.latency_ms, percent)) if len(chosen.latency_ms) else None
    return found


def decision_scores(judged: Judged) -> Scores:
    """Return the measures of the decision."""
    found: Scores = {
        AUROC: auroc(judged.confidence, judged.answerable),
        COVERAGE: coverage(judged.confidence, judged.right, judged.answerable),
        FALSE_ANSWERS: None,
        FALSE_REFUSALS: None,
    }
    if judged.answered is not None:
        found[FALSE_ANSWERS] = _mean(~judged.right[judged.answered])
        found[FALSE_REFUSALS] = _mean(~judged.answered[judged.answerable])
    return found


def _mean(values: Floats | Flags) -> float | None:
    return float(np.mean(values)) if len(values) else None


def auroc(confidence: Floats, answerable: Flags) -> float | None:
    """Return the chance that an answerable question has the higher confidence; equal ones count half."""
    positives, negatives = int(answerable.sum()), int((~answerable).sum())
    if not positives or not negatives:
        return None
    rank_sum = float(ranks(confidence)[answerable].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def ranks(values: Floats) -> Floats:
    """Return the rank of every value, from 1; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean: Floats = last - (counts - 1) / 2
    return mean[inverse]


def coverage(confidence: Floats, right: Flags, answerable: Flags, precision: float = PRECISION) -> float | None:
    """Return the share of the answerable questions that is answered where `precision` can be kept.

    The threshold is the one that answers most while that share of all given answers is right.
    """
    if not answerable.any():
        return None
    order = np.argsort(-confidence, kind="stable")
    given = np.arange(1, len(order) + 1)
    # A threshold cannot part questions of equal confidence.
    is_last = np.append(np.diff(confidence[order]) != 0, True)
    good = is_last & (np.cumsum(right[order]) >= precision * given - 1e-9)
    reached = np.cumsum(answerable[order])[good]
    return float(reached.max() / answerable.sum()) if len(reached) else 0.0
