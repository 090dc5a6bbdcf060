"""How far a score can be trusted: bootstrap intervals and paired randomisation tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eval.measures import (
    DECISION,
    LATENCY,
    Flags,
    Judged,
    decision_scores,
    ranks,
    scores,
)

RESAMPLES = 1000
PERMUTATIONS = 2000
SEED = 11285
"""Fixed, so that the same run always has the same intervals."""

Interval = tuple[float, float]


def intervals(judged: Judged) -> dict[str, Interval | None]:
    """Return the 95 % bootstrap interval of every measure, questions drawn with repetition."""
    count = len(judged.answerable)
    generator = np.random.default_rng(SEED)
    draws = [scores(judged, generator.integers(0, count, count)) for _ in range(RESAMPLES if count else 0)]
    found: dict[str, Interval | None] = {}
    for name, value in scores(judged).items():
        drawn = [draw[name] for draw in draws if draw[name] is not None]
        low, high = np.percentile(np.array(drawn, float), [2.5, 97.5]) if drawn else (0.0, 0.0)
        found[name] = None if value is None or name in LATENCY else (float(low), float(high))
    return found


def p_values(one: Judged, other: Judged) -> dict[str, float | None]:
    """Test whether two runs over the same questions differ, measure by measure.

    Under the null hypothesis it does not matter which run an outcome came from: outcomes are
    swapped question by question at random, and the share of swaps that give at least the
    difference seen is the two-sided p (Smucker, Allan and Carterette, 2007).

    Returns
    -------
    dict of str to float or None
        None where one of the runs has no such measure.
    """
    # Confidences of two systems are on different scales; their ranks can be swapped.
    one, other = _on_ranks(one), _on_ranks(other)
    found: dict[str, float | None] = {
        name: _p_of_means((values - other.ranking[name])[one.answerable]) for name, values in one.ranking.items()
    }
    found |= _p_of_decision(one, other)
    return found


def _on_ranks(judged: Judged) -> Judged:
    return replace(judged, confidence=ranks(judged.confidence))


def _p_of_means(differences: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float | None:
    if not len(differences):
        return None
    generator = np.random.default_rng(SEED)
    signs = generator.choice(np.array([-1.0, 1.0]), (PERMUTATIONS, len(differences)))
    swapped = np.abs((signs * differences).sum(axis=1))
    return _share(swapped >= abs(differences.sum()) - 1e-9)


def _p_of_decision(one: Judged, other: Judged) -> dict[str, float | None]:
    seen = _differences(one, other)
    generator = np.random.default_rng(SEED)
    extreme: dict[str, list[bool]] = {name: [] for name in DECISION}
    for _ in range(PERMUTATIONS):
        swap = generator.random(len(one.answerable)) < 0.5
        swapped = _differences(_mixed(one, other, swap), _mixed(other, one, swap))
        for name in DECISION:
            now, then = swapped[name], seen[name]
            if now is not None and then is not None:
                extreme[name].append(abs(now) >= abs(then) - 1e-9)
    return {
        name: _share(np.array(flags)) if flags and seen[name] is not None else None for name, flags in extreme.items()
    }


def _differences(one: Judged, other: Judged) -> dict[str, float | None]:
    first, second = decision_scores(one), decision_scores(other)
    return {name: _minus(first[name], second[name]) for name in DECISION}


def _minus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _mixed(one: Judged, other: Judged, swap: Flags) -> Judged:
    both = one.answered is not None and other.answered is not None
    return replace(
        one,
        right=np.where(swap, other.right, one.right),
        confidence=np.where(swap, other.confidence, one.confidence),
        answered=np.where(swap, other.answered, one.answered) if both else None,  # type: ignore[arg-type]
    )


def _share(flags: Flags) -> float:
    """Return the share of true flags, the run itself counted among them."""
    return float((flags.sum() + 1) / (len(flags) + 1))
