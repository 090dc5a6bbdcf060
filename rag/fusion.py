"""7 several rankings become one: a weighted sum of what each view says of a pair.

Reciprocal-rank fusion throws away how near a pair was and does worse than meaning alone
on these letters; `docs/retrieval.md` has the comparison.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]


class Feature(StrEnum):
    """What is known of a pair for a question; the order is that of the columns."""

    QUESTION = "question"
    """Inner product with subject and question."""
    BOTH = "both"
    """Inner product with subject, question and answer together."""
    WINDOW = "window"
    """Best inner product with the subject and a window of sentences of the answer."""
    TOKENS = "tokens"
    """Weighted mean, over the tokens of the query, of the best inner product with a token of those three."""
    WORDS_QUESTION = "words_question"
    """Share, 0..1, of the question's word weight that BM25 finds in the MP's question."""
    WORDS_ANSWER = "words_answer"
    """The same for the answer."""
    WORDS_SUBJECT = "words_subject"
    """The same for the letter's subject."""


FEATURES = tuple(Feature)


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned from questions with known answers; see `python -m eval.fit`.

    Attributes
    ----------
    ranking : mapping of Feature to float
        Of the weighted sum that orders the hits.
    decision : mapping of str to float
        Of the logistic model that says whether the first hit answers; see `rag.confidence`.
    threshold : float
        Probability from which a question counts as answered.
    """

    ranking: Mapping[str, float]
    decision: Mapping[str, float]
    threshold: float


@cache
def load_weights(*, with_tokens: bool) -> Weights:
    """Return the weights that ship with the package.

    Parameters
    ----------
    with_tokens : bool
        Whether the model gives each token a vector; without them a query is weighed otherwise.
    """
    data = json.loads(files("rag").joinpath("weights.json").read_text(encoding="utf-8"))
    return Weights(**data["with_tokens" if with_tokens else "without_tokens"])


def fuse(features: Matrix, ranking: Mapping[str, float]) -> npt.NDArray[np.float64]:
    """Return one score per pair.

    Parameters
    ----------
    features : ndarray, shape (n_pairs, len(FEATURES))
        Columns in the order of `FEATURES`.
    ranking : mapping of Feature to float
        Missing features weigh nothing.

    Returns
    -------
    ndarray, shape (n_pairs,), float64
    """
    weights = np.array([ranking.get(feature, 0.0) for feature in FEATURES])
    # Summed column by column, in a fixed order: a matrix product may round differently by shape.
    scores = np.zeros(len(features))
    for column, weight in enumerate(weights):
        scores += weight * features[:, column]
    return scores
