from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from eval.measures import (
    AUROC,
    COVERAGE,
    FALSE_ANSWERS,
    FALSE_REFUSALS,
    MEASURES,
    auroc,
    coverage,
    judge,
    ranks,
    scores,
)
from eval.runs import Outcome, Run


def outcome(*pair_ids: str, confidence: float = 0.5, answered: bool | None = True) -> Outcome:
    return Outcome(pair_ids, tuple(float(-place) for place in range(len(pair_ids))), confidence, answered, 1.0)


def test_measures_of_a_tiny_run_are_what_a_hand_computes() -> None:
    run = Run("ours", {"a": outcome("x/vraag-1"), "b": outcome("x/vraag-9", "y/vraag-2"), "c": outcome("x/vraag-1")})
    found = scores(judge(run, ["a", "b", "c"], {"a": ["x/vraag-1"], "b": ["y/vraag-2"]}))
    assert found["R@1"] == 1 / 2
    assert found["R@3"] == found["R@10"] == 1.0
    assert found["MRR@10"] == (1 + 1 / 2) / 2
    assert found["nDCG@10"] == pytest.approx((1 + 1 / math.log2(3)) / 2)
    assert found["letter@1"] == 1 / 2
    # Three answers are given, and only that to a is right.
    assert found[FALSE_ANSWERS] == pytest.approx(2 / 3)
    assert found[FALSE_REFUSALS] == 0.0


def test_another_answer_of_the_right_letter_counts_for_the_letter_only() -> None:
    found = scores(judge(Run("ours", {"a": outcome("x/vraag-2")}), ["a"], {"a": ["x/vraag-1"]}))
    assert (found["R@1"], found["letter@1"]) == (0.0, 1.0)


def test_a_query_without_hits_counts_as_zero_and_is_not_dropped() -> None:
    run = Run("ours", {"a": outcome("x/vraag-1"), "b": outcome(answered=False)})
    found = scores(judge(run, ["a", "b", "c"], {query: ["x/vraag-1"] for query in "abc"}))
    assert found["R@1"] == found["MRR@10"] == found["nDCG@10"] == pytest.approx(1 / 3)
    assert found[FALSE_REFUSALS] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("queries", "outcomes", "qrels"),
    [
        ([], {}, {}),
        (["a"], {}, {}),
        (["a"], {}, {"a": ["x/vraag-1"]}),
        (["a"], {"a": outcome("x/vraag-1")}, {}),
        (["a"], {"a": outcome("x/vraag-1")}, {"a": []}),
        ([], {"a": outcome("x/vraag-1")}, {"a": ["x/vraag-1"]}),
    ],
    ids=["nothing", "no hit, no gold", "no hit", "no gold", "empty gold", "no query"],
)
def test_what_cannot_be_measured_is_none_and_never_an_error(
    queries: list[str], outcomes: dict[str, Outcome], qrels: dict[str, list[str]]
) -> None:
    found = scores(judge(Run("ours", outcomes), queries, qrels))
    assert set(found) == set(MEASURES)
    has_answerable = bool(queries and qrels.get("a"))
    assert (found["R@1"] is None) == (not has_answerable)
    assert found[AUROC] is None
    assert found["R@1"] in (None, 0.0)


def test_equal_scores_keep_the_order_of_the_run() -> None:
    tied = Outcome(("a/vraag-1", "z/vraag-1"), (0.5, 0.5))
    assert scores(judge(Run("ours", {"q": tied}), ["q"], {"q": ["a/vraag-1"]}))["R@1"] == 1.0
    assert scores(judge(Run("ours", {"q": tied}), ["q"], {"q": ["z/vraag-1"]}))["R@1"] == 0.0


def brute_ndcg(hits: Sequence[str], right: Sequence[str]) -> float:
    gain = sum(1 / math.log2(rank + 1) for rank, hit in enumerate(hits[:10], start=1) if hit in right)
    return gain / sum(1 / math.log2(rank + 1) for rank in range(1, min(len(right), 10) + 1))


def brute_rr(hits: Sequence[str], right: Sequence[str]) -> float:
    return next((1 / rank for rank, hit in enumerate(hits[:10], start=1) if hit in right), 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_ranking_measures_agree_with_a_brute_force(seed: int) -> None:
    source = random.Random(seed)
    pairs = [f"l{letter}/vraag-{number}" for letter in range(5) for number in range(4)]
    hits = {str(query): source.sample(pairs, source.randint(0, 10)) for query in range(30)}
    qrels = {query: source.sample(pairs, source.randint(1, 3)) for query in hits}
    judged = judge(Run("ours", {query: outcome(*found) for query, found in hits.items()}), list(hits), qrels)
    for row, query in enumerate(hits):
        assert judged.ranking["nDCG@10"][row] == pytest.approx(brute_ndcg(hits[query], qrels[query]))
        assert judged.ranking["MRR@10"][row] == pytest.approx(brute_rr(hits[query], qrels[query]))
        for k in (1, 3, 10):
            assert judged.ranking[f"R@{k}"][row] == bool(set(hits[query][:k]) & set(qrels[query]))


@pytest.mark.parametrize("seed", range(5))
def test_auroc_agrees_with_scikit_learn_also_with_equal_confidences(seed: int) -> None:
    generator = np.random.default_rng(seed)
    answerable = generator.random(60) < 0.7
    confidence = np.round(generator.random(60), 1)
    assert auroc(confidence, answerable) == pytest.approx(roc_auc_score(answerable, confidence))


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    assert ranks(np.array([0.2, 0.9, 0.2, 0.1])).tolist() == [2.5, 4.0, 2.5, 1.0]


def brute_coverage(confidence: list[float], right: list[bool], answerable: list[bool]) -> float:
    best = 0.0
    for threshold in confidence:
        given = [row for row, value in enumerate(confidence) if value >= threshold]
        if sum(right[row] for row in given) >= 0.95 * len(given):
            best = max(best, sum(answerable[row] for row in given) / sum(answerable))
    return best


@pytest.mark.parametrize("seed", range(8))
def test_coverage_is_the_most_that_any_threshold_allows(seed: int) -> None:
    generator = np.random.default_rng(seed)
    answerable = generator.random(80) < 0.8
    confidence = np.round(generator.random(80) + 0.4 * answerable, 2)
    right = answerable & (generator.random(80) < 0.6 + 0.3 * confidence)
    expected = brute_coverage(confidence.tolist(), right.tolist(), answerable.tolist())
    assert coverage(confidence, right, answerable) == pytest.approx(expected)


def test_nothing_is_covered_when_the_surest_answer_is_wrong_and_all_are_as_sure() -> None:
    confidence, answerable = np.array([0.5, 0.5]), np.array([True, True])
    assert coverage(confidence, np.array([True, False]), answerable) == 0.0
    assert coverage(confidence, np.array([True, True]), answerable) == 1.0


def test_a_system_that_does_not_decide_has_no_false_answers_and_still_a_coverage() -> None:
    run = Run(
        "words", {"a": outcome("x/vraag-1", answered=None), "b": outcome("x/vraag-1", confidence=0.1, answered=None)}
    )
    found = scores(judge(run, ["a", "b"], {"a": ["x/vraag-1"]}))
    assert found[FALSE_ANSWERS] is None
    assert found[FALSE_REFUSALS] is None
    assert (found[AUROC], found[COVERAGE]) == (1.0, 1.0)
