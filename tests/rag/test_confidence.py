"""Confidence: a probability, calibrated by weights, from absolute numbers only."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rag.confidence import confidence, decision_features, logistic, match_of
from rag.fusion import FEATURES, Feature, Matrix, Weights, load_weights
from rag.results import Match
from rag.retrieval import Candidates


def candidates(*both: float, words_known: float = 1.0, matches: Matrix | None = None) -> Candidates:
    features = np.zeros((len(both), len(FEATURES)))
    features[:, FEATURES.index(Feature.BOTH)] = both
    return Candidates(
        rows=np.arange(len(both)),
        features=features,
        scores=np.array(both, np.float64),
        words_known=words_known,
        matches=np.empty((0, len(both))) if matches is None else matches,
        unrelated_questions=0.0,
        unrelated_answers=0.0,
        query="Hoeveel wolven leven er?",
        vector=np.zeros((1, 4), np.float32),
    )


def weights(**decision: float) -> Weights:
    return Weights({"both": 1.0}, decision, 0.5)


def test_without_candidates_nothing_is_certain() -> None:
    assert confidence(candidates(), weights(intercept=9.0)) == 0.0
    assert decision_features(candidates()) == {"intercept": 1.0}


def test_the_features_are_those_of_the_first_hit() -> None:
    found = decision_features(candidates(0.9, 0.6, words_known=0.8))
    assert (found["both"], found["words_known"], found["intercept"]) == (0.9, 0.8, 1.0)
    assert found["margin"] == pytest.approx(0.3)
    assert decision_features(candidates(0.9))["margin"] == 0.0


def test_the_probability_is_the_logistic_of_the_sum() -> None:
    found = confidence(candidates(0.9), weights(intercept=-1.0, both=2.0))
    assert found == pytest.approx(1 / (1 + math.exp(-0.8)))


def test_a_nearer_hit_is_more_certain() -> None:
    found = [confidence(candidates(near), weights(intercept=-20, both=24)) for near in (0.5, 0.8, 0.83, 0.9, 1.0)]
    assert found == sorted(found)
    assert found[0] < 0.01 < 0.9 < found[-1]


@pytest.mark.parametrize("total", [-1e6, -745.0, 0.0, 745.0, 1e6])
def test_no_sum_overflows(total: float) -> None:
    found = logistic({"intercept": 1.0}, {"intercept": total})
    assert 0.0 <= found <= 1.0
    assert (found > 0.5) is (total > 0)


def test_a_feature_that_is_not_known_counts_as_nothing() -> None:
    assert logistic({}, {"both": 9.0}) == 0.5


@pytest.mark.parametrize(
    ("probability", "is_literal", "match"),
    [
        (0.9, True, Match.LETTERLIJK),
        (0.9, False, Match.VERWANT),
        (0.5, False, Match.VERWANT),
        (0.49, True, Match.ZWAK),
        (0.0, False, Match.ZWAK),
    ],
)
def test_a_match_in_words(probability: float, is_literal: bool, match: Match) -> None:
    assert match_of(probability, is_literal, 0.5) is match


def test_the_weights_that_ship_weigh_just_what_is_known_of_a_question() -> None:
    matches = np.array([[0.9, 0.8]])
    known = set(decision_features(candidates(0.9, 0.8))), set(decision_features(candidates(0.9, 0.8, matches=matches)))
    assert tuple(set(load_weights(with_tokens=each).decision) for each in (False, True)) == known


def test_the_words_that_the_first_hit_lacks_are_told() -> None:
    matches = np.array([[1.0, 0.2], [0.9, 0.9], [0.3, 0.7], [0.8, 0.1]])
    found = decision_features(candidates(0.9, 0.8, matches=matches))
    assert found["tokens_worst"] == pytest.approx(0.3)
    assert "tokens_worst" not in decision_features(candidates(0.9, 0.8))
