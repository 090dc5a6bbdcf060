"""7 a second look: a cross-encoder reads the query beside each of the best candidates.

It takes longer than all the rest of a question, so it is for those who name one.
"""

from __future__ import annotations

import numpy as np

from index.catalogue import Catalogue
from index.encoders.cross_encoder import CrossEncoder
from rag.lookup import texts_of
from rag.retrieval import Candidates

READ_AGAIN = 20
"""How many of the candidates are read again; the right one is rarely further back."""

DECIMALS = 4
"""Of a score: the digits after these depend on the processor, and on how long the texts beside it are."""


class Reranker:
    """Put the best candidates in the order of a cross-encoder; safe to share between threads.

    Parameters
    ----------
    name : str
        Of any cross-encoder of sentence-transformers: a folder, or a name on a model hub.

    Raises
    ------
    EncoderError
        When there is no such model, or it cannot be loaded, or is no cross-encoder.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._encoder = CrossEncoder(name)

    def rerank(self, candidates: Candidates, catalogue: Catalogue) -> Candidates:
        """Return the candidates with the first of them in the order of the cross-encoder, and the rest behind.

        Parameters
        ----------
        candidates : Candidates
        catalogue : Catalogue
            Of the generation that they were found in.

        Returns
        -------
        Candidates
            With new scores, which go down with the order; equal scores in the order that they had. Those of
            the first are the cross-encoder's, over the MP's questions and the answer; each of the rest is as far below
            the lowest of those as it was below the last of the first.

        Raises
        ------
        EncoderError
            When the model gives no number.
        """
        first, rest = candidates.rows[:READ_AGAIN], candidates.rows[READ_AGAIN:]
        if not len(first):
            return candidates
        texts = [" ".join(texts_of(pair)) for pair in catalogue.pairs(first.tolist())]
        found = self._encoder.score(candidates.query, texts).astype(np.float64).round(DECIMALS)
        order = np.argsort(-found, kind="stable")
        below = candidates.scores[len(first) :] - candidates.scores[len(first) - 1]
        scores = np.concatenate([found[order], found.min() + below])
        return candidates.in_order(np.concatenate([first[order], rest])).scored(scores)
