from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from eval.measures import AUROC, LATENCY, Judged
from eval.significance import intervals, p_values


def judged(right: list[bool], confidence: list[float] | None = None, answerable: list[bool] | None = None) -> Judged:
    rows = np.array(right, bool)
    return Judged(
        np.array(answerable, bool) if answerable else np.ones(len(right), bool),
        rows,
        np.array(confidence if confidence else [0.5] * len(right), float),
        None,
        np.ones(len(right)),
        {"R@1": rows.astype(float)},
    )


def test_a_run_does_not_differ_from_itself() -> None:
    run = judged([True, False] * 20)
    assert p_values(run, run)["R@1"] == 1.0


def test_the_p_value_is_near_that_of_all_swaps() -> None:
    one, other = judged([True] * 9 + [False]), judged([True, True, True] + [False] * 6 + [True])
    differences = one.ranking["R@1"] - other.ranking["R@1"]
    moved = differences[differences != 0]
    seen = abs(moved.sum())
    swaps = [abs(np.dot(signs, moved)) >= seen for signs in product((-1, 1), repeat=len(moved))]
    assert p_values(one, other)["R@1"] == pytest.approx(np.mean(swaps), abs=0.03)


def test_a_large_difference_is_significant_and_never_p_zero() -> None:
    p = p_values(judged([True] * 60), judged([False] * 60))["R@1"]
    assert p is not None
    assert 0 < p < 0.01


def test_a_decision_is_tested_whatever_the_scale_of_the_confidence() -> None:
    answerable = [True] * 40 + [False] * 40
    good = judged([True] * 80, [0.9] * 40 + [0.1] * 40, answerable)
    same_on_another_scale = judged([True] * 80, [900.0] * 40 + [100.0] * 40, answerable)
    guess = judged([True] * 80, [float(place % 7) for place in range(80)], answerable)
    assert p_values(good, same_on_another_scale)[AUROC] == 1.0
    p = p_values(good, guess)[AUROC]
    assert p is not None
    assert p < 0.01


def test_intervals_hold_the_score_and_are_the_same_every_time() -> None:
    run = judged([True] * 30 + [False] * 10)
    found = intervals(run)
    assert found == intervals(run)
    assert found["R@1"] is not None
    low, high = found["R@1"]
    # The normal approximation of a share of 0.75 among 40 is 0.616 to 0.884.
    assert (low, high) == (pytest.approx(0.616, abs=0.03), pytest.approx(0.884, abs=0.03))
    assert found[LATENCY[0]] is None


def test_nothing_to_draw_from_gives_no_interval_and_no_p() -> None:
    empty = judged([])
    assert intervals(empty)["R@1"] is None
    assert p_values(empty, empty)["R@1"] is None
