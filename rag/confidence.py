"""8 answered, or not? A calibrated probability that the first hit answers the question.

A logistic model over absolute numbers: standardising per question, which helps the order of the
hits, would hide that the best of them is far away.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from rag.fusion import FEATURES, Feature, Weights
from rag.results import Match
from rag.retrieval import Candidates


def decision_features(candidates: Candidates) -> dict[str, float]:
    """Return the numbers that the decision is made on; all zero without candidates.

    Returns
    -------
    dict of str to float
        The first hit's features under their own names, ``margin`` to the second
        hit in the scores of the order, what is known of the query itself, and the constant ``intercept``.
        How long the query is does not count: among the questions that this was learned from the longer ones have
        an answer more often, but a pasted text has none for being long.
    """
    if not len(candidates.rows):
        return {"intercept": 1.0}
    first = {str(name): float(value) for name, value in zip(FEATURES, candidates.features[0], strict=True)}
    if not len(candidates.matches):
        del first[Feature.TOKENS]
    margin = float(candidates.scores[0] - candidates.scores[1]) if len(candidates.rows) > 1 else 0.0
    return {
        **first,
        **_worst_tokens(candidates),
        "margin": margin,
        "words_known": candidates.words_known,
        "unrelated_questions": candidates.unrelated_questions,
        "unrelated_answers": candidates.unrelated_answers,
        "intercept": 1.0,
    }


def _worst_tokens(candidates: Candidates) -> dict[str, float]:
    """Return the mean of the quarter of the query's tokens that match the first hit worst; nothing without tokens.

    It is the one word of a question that an answer on the same subject lacks.
    """
    if not len(candidates.matches):
        return {}
    first = candidates.matches[:, 0]
    return {"tokens_worst": float(np.sort(first)[: max(1, len(first) // 4)].mean())}


def confidence(candidates: Candidates, weights: Weights) -> float:
    """Return the probability, 0..1, that the first candidate answers; 0 without candidates."""
    if not len(candidates.rows):
        return 0.0
    return logistic(decision_features(candidates), weights.decision)


def logistic(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the logistic function of a weighted sum, safe from overflow."""
    total = sum(weights[name] * features.get(name, 0.0) for name in sorted(weights))
    return 1 / (1 + math.exp(-total)) if total >= 0 else math.exp(total) / (1 + math.exp(total))


def match_of(probability: float, is_literal: bool, threshold: float) -> Match:
    """Say in a word how a hit fits.

    Parameters
    ----------
    probability : float
        That this hit answers the question.
    is_literal : bool
        Whether the question's own words stand in the pair, in their order.
    threshold : float
        From where a question counts as answered.
    """
    if probability < threshold:
        return Match.ZWAK
    return Match.LETTERLIJK if is_literal else Match.VERWANT
