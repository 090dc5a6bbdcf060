"""Fusion: a weighted sum that gives the same bits whatever stands beside a pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.fusion import FEATURES, Feature, fuse, load_weights

numbers = st.floats(-1, 1, allow_nan=False, width=32)
rows = st.lists(numbers, min_size=len(FEATURES), max_size=len(FEATURES))


def test_scores_are_the_weighted_sums() -> None:
    features = np.zeros((2, len(FEATURES)))
    features[0, FEATURES.index(Feature.BOTH)] = 0.5
    features[1, FEATURES.index(Feature.WINDOW)] = 0.25
    features[:, FEATURES.index(Feature.WORDS_SUBJECT)] = 1.0
    assert fuse(features, {"both": 2.0, "window": 4.0, "words_subject": -0.5}).tolist() == [0.5, 0.5]


def test_a_feature_without_weight_weighs_nothing() -> None:
    assert fuse(np.ones((3, len(FEATURES))), {}).tolist() == [0.0, 0.0, 0.0]


def test_no_pairs_have_no_scores() -> None:
    assert fuse(np.zeros((0, len(FEATURES))), {"both": 1.0}).shape == (0,)


@settings(deadline=None)
@given(st.lists(rows, min_size=1, max_size=20), rows)
def test_a_score_does_not_depend_on_the_pairs_beside_it(pairs: list[list[float]], weights: list[float]) -> None:
    ranking = dict(zip(map(str, FEATURES), weights, strict=True))
    together = fuse(np.array(pairs, np.float64), ranking)
    alone = [fuse(np.array([pair], np.float64), ranking)[0] for pair in pairs]
    assert together.tolist() == alone
    exact = np.array(pairs, np.float64) @ np.array(weights)
    assert together == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("with_tokens", [True, False])
def test_the_weights_that_ship_name_known_features(with_tokens: bool) -> None:
    weights = load_weights(with_tokens=with_tokens)
    assert set(weights.ranking) <= set(map(str, FEATURES))
    assert any(weights.ranking.values())
    assert 0 < weights.threshold < 1
