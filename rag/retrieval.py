"""7 a query becomes candidates: pairs with what every view and the words say of them.

Candidates come from both sides, nearest passages and BM25; then every view of every candidate
is measured exactly, so that the order does not depend on which side found it first. The best of them are
compared token by token as well, when the model gives each token a vector.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

import numpy as np

from index.archive import Generation
from index.catalogue import VIEWS, Rows
from index.encoders.base import Encoder, Vectors, gives_tokens
from index.lexical import Field
from index.records import View
from rag.fusion import FEATURES, Feature, Matrix, Weights, fuse, load_weights

NEAREST_PASSAGES = 200
BEST_BY_WORDS = 20
COMPARED_BY_TOKENS = 20
TOLD_APART = 10
"""Of those, the best that a token of the query should tell apart; see `weigh_tokens`."""
SPREAD_FLOOR = 1e-3
"""Added to the spread of each token: where none tells anything apart, all weigh the same."""

BM25_CEILING = 2.2
"""A term's BM25 weight approaches (k1 + 1) times its idf; tantivy has k1 = 1.2."""

# "HUISARTS" · "WAT KOST DE HERSTELOPERATIE"
LONG_WORD = re.compile(r"[^\W\d_]{6,}")

VIEW_FEATURES = {
    View.QUESTION: Feature.QUESTION,
    View.BOTH: Feature.BOTH,
    View.WINDOW: Feature.WINDOW,
}

FIELD_FEATURES = {
    Field.QUESTION: Feature.WORDS_QUESTION,
    Field.ANSWER: Feature.WORDS_ANSWER,
    Field.SUBJECT: Feature.WORDS_SUBJECT,
}


@dataclass(frozen=True, slots=True)
class Window:
    """A window of an answer with its inner product; offsets as in `index.records.Passage`."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs that may answer a query, best first.

    Attributes
    ----------
    rows : ndarray, shape (n,), int64
        Row numbers of the pairs in the catalogue.
    features : ndarray, shape (n, len(FEATURES)), float64
        Columns in the order of `rag.fusion.FEATURES`.
    scores : ndarray, shape (n,), float64
        What the pairs are ordered by; equal scores by row number.
    words_known : float
        Share, 0..1, of the query's word weight whose words stand anywhere in the index.
    matches : ndarray, shape (n_tokens, n), float64
        Best inner product of each token of the query with a token of each pair; empty without tokens, and 0
        for a pair that was not compared.
    unrelated_questions, unrelated_answers : float
        Mean inner product of the query with texts that have nothing to do with it; see `index.baseline`.
    query : str
        What was searched.
    vector : ndarray, shape (1, dim), float32
        The query's.
    """

    rows: Rows
    features: Matrix
    scores: Matrix
    words_known: float
    matches: Matrix
    unrelated_questions: float
    unrelated_answers: float
    query: str
    vector: Vectors

    def in_order(self, rows: Rows) -> Candidates:
        """Return the same candidates in the order of `rows`; those that are not in it are left out."""
        places = {int(row): place for place, row in enumerate(self.rows)}
        chosen = [places[row] for row in rows.tolist() if row in places]
        return replace(
            self,
            rows=self.rows[chosen],
            features=self.features[chosen],
            scores=self.scores[chosen],
            matches=self.matches[:, chosen],
        )

    def scored(self, scores: Matrix) -> Candidates:
        """Return the same candidates with other scores."""
        return replace(self, scores=scores)


def compares_tokens(generation: Generation, encoder: Encoder) -> bool:
    """Say whether both index and model have vectors of tokens; the weights are others when not."""
    return generation.tokens is not None and gives_tokens(encoder)


def weigh_tokens(matches: Matrix, best: Rows) -> Matrix:
    """Return how well the tokens of a query match each pair, those that tell the best pairs apart before the others.

    A word that all of them hold, such as the subject of their letter, does not say which of them answers: a
    token weighs as much as its matches with these pairs spread.

    Parameters
    ----------
    matches : ndarray, shape (n_tokens, n)
        Best inner product of each token with a token of each pair.
    best : ndarray of int64
        Columns of the pairs that were compared, in the order that they have without tokens.

    Returns
    -------
    ndarray, shape (n,), float64
    """
    spread = matches[:, best[:TOLD_APART]].std(axis=1) + SPREAD_FLOOR
    # Not as a product of matrices: its sums depend on how many pairs there are.
    weighed: Matrix = (spread[:, None] * matches).sum(axis=0) / spread.sum()
    return weighed


def _in_small_letters(query: str) -> str:
    """Return a question that is all capitals in small ones: the model reads those, and takes capitals for names.

    An abbreviation alone («AIVD», «COVID-19») stays what it is.
    """
    return query.lower() if query.isupper() and LONG_WORD.search(query) else query


class Retriever:
    """Search one generation of an index.

    Parameters
    ----------
    generation : Generation
    encoder : Encoder
        The one that built the generation.
    weights : Weights
    """

    def __init__(self, generation: Generation, encoder: Encoder, weights: Weights) -> None:
        self._generation, self._encoder, self._weights = generation, encoder, weights
        self._shortlist = load_weights(with_tokens=False).ranking
        self._pair_count = generation.manifest.counts["pairs"]

    def search(self, query: str, allowed_rows: Rows | None = None) -> Candidates:
        """Find and order the pairs that may answer.

        Parameters
        ----------
        query : str
        allowed_rows : ndarray of int64, optional
            Only these pairs; the filter comes before every cut-off.

        Returns
        -------
        Candidates
        """
        vector, tokens = self._encode(_in_small_letters(query))
        found = self._near(vector, allowed_rows)
        for field in Field:
            allowed = None if allowed_rows is None else [int(row) for row in allowed_rows]
            hits = self._generation.words.search(query, field, BEST_BY_WORDS, allowed)
            found = np.union1d(found, np.array([row for row, _ in hits], np.int64))
        features = np.zeros((len(found), len(FEATURES)))
        self._measure_views(vector, found, features)
        known = self._measure_words(query, found, features)
        matches = self._compare_tokens(tokens, found, features)
        scores = fuse(features, self._weights.ranking)
        order = np.lexsort((found, -scores))
        return Candidates(
            rows=found[order],
            features=features[order],
            scores=scores[order],
            words_known=known,
            matches=matches[:, order],
            unrelated_questions=float(vector[0] @ self._generation.baseline.questions),
            unrelated_answers=float(vector[0] @ self._generation.baseline.answers),
            query=query,
            vector=vector,
        )

    def _encode(self, query: str) -> tuple[Vectors, Vectors]:
        """Return the vector of a query and those of its tokens, none when index or model has none."""
        if compares_tokens(self._generation, self._encoder) and gives_tokens(self._encoder):
            return self._encoder.encode_query_tokens(query)
        return self._encoder.encode_queries([query]), np.empty((0, 0), np.float32)

    def _compare_tokens(self, tokens: Vectors, pairs: Rows, features: Matrix) -> Matrix:
        """Compare the pairs that look best without tokens; the others get 0, which puts them behind."""
        matches = np.zeros((len(tokens), len(pairs)))
        if self._generation.tokens is not None and len(tokens) and len(pairs):
            best = np.lexsort((pairs, -fuse(features, self._shortlist)))[:COMPARED_BY_TOKENS]
            matches[:, best] = self._generation.tokens.compare(tokens, pairs[best])
            features[:, FEATURES.index(Feature.TOKENS)] = weigh_tokens(matches, best)
        return matches

    def windows(self, vector: Vectors, row: int) -> list[Window]:
        """Return the windows of one pair's answer with their inner products with a query, in order."""
        passages = self._passages_of(np.array([row], np.int64))
        table = self._generation.passages
        rows, scores = self._generation.vectors.search(vector, len(passages), passages)
        places = table.places(rows[0])
        return sorted(
            (
                Window(int(table.start_char[place]), int(table.end_char[place]), float(score))
                for place, score in zip(places, scores[0], strict=True)
                if VIEWS[table.view[place]] is View.WINDOW
            ),
            key=lambda window: window.start,
        )

    def shared_weight(self, query: str, text: str) -> float:
        """Return how much the words weigh that a query and a text share."""
        words = self._generation.words
        shared = set(words.terms(query)) & set(words.terms(text))
        return sum(self._idf(term) for term in sorted(shared))

    def _near(self, vector: Vectors, allowed_rows: Rows | None) -> Rows:
        allowed = None if allowed_rows is None else self._passages_of(allowed_rows)
        rows, _ = self._generation.vectors.search(vector, NEAREST_PASSAGES, allowed)
        table = self._generation.passages
        return np.unique(table.pair[table.places(rows[0])])

    def _passages_of(self, pair_rows: Rows) -> Rows:
        """Return the passages of these pairs; a pair's passages stand together in the table."""
        table = self._generation.passages
        starts = np.searchsorted(table.pair, pair_rows, side="left")
        ends = np.searchsorted(table.pair, pair_rows, side="right")
        lengths = ends - starts
        before = np.cumsum(lengths) - lengths
        places: Rows = np.repeat(starts - before, lengths) + np.arange(lengths.sum())
        return table.row[places]

    def _measure_views(self, vector: Vectors, pairs: Rows, features: Matrix) -> None:
        passages = self._passages_of(pairs)
        rows, scores = self._generation.vectors.search(vector, len(passages), passages)
        table = self._generation.passages
        places = table.places(rows[0])
        line = np.searchsorted(pairs, table.pair[places])
        for number, view in enumerate(VIEWS):
            chosen = table.view[places] == number
            column = FEATURES.index(VIEW_FEATURES[view])
            np.maximum.at(features[:, column], line[chosen], scores[0][chosen])

    def _measure_words(self, query: str, pairs: Rows, features: Matrix) -> float:
        words = self._generation.words
        terms = list(dict.fromkeys(words.terms(query)))
        weights = {term: self._idf(term) for term in terms}
        total = sum(weights.values())
        if not total:
            return 0.0
        allowed = [int(row) for row in pairs]
        for field, feature in FIELD_FEATURES.items():
            for row, score in words.search(query, field, len(allowed), allowed):
                share = min(score / (BM25_CEILING * total), 1.0)
                features[np.searchsorted(pairs, row), FEATURES.index(feature)] = share
        known = sum(weight for term, weight in weights.items() if self._frequency(term))
        return known / total

    def _frequency(self, term: str) -> int:
        known = max(self._generation.words.document_frequency(field, term) for field in Field)
        # The word index counts removed pairs until it clears them away.
        return min(known, self._pair_count)

    def _idf(self, term: str) -> float:
        """Return the weight of a word as BM25 has it (Robertson and Zaragoza, 2009)."""
        frequency = self._frequency(term)
        return math.log(1 + (self._pair_count - frequency + 0.5) / (frequency + 0.5))
