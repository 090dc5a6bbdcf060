"""5 keep: which pairs of different letters ask nearly the same.

The same thing is asked year after year, and the answer changes; who finds the old answer wants to
know of the new one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.catalogue import VIEWS, PassageTable, Rows
from index.encoders.base import Vectors
from index.records import View
from index.stores.base import VectorStore

NEARLY_THE_SAME = 0.7
"""How alike two questions are, from 0 (unrelated) to 1 (the same); `docs/retrieval.md` shows the choice."""

NEIGHBOURS = 20


def find_similar(
    rows: Rows, vectors: Vectors, table: PassageTable, letter_of: dict[int, int], store: VectorStore, zero: float
) -> Iterator[tuple[int, int]]:
    """Find the pairs that ask nearly the same as a pair of another letter.

    Parameters
    ----------
    rows : ndarray, shape (n,), int64
        Passages that were just added.
    vectors : ndarray, shape (n, dim), float32
        Theirs.
    table : PassageTable
        All passages, the added ones included.
    letter_of : dict of int to int
        Letter of every pair, by row.
    store : VectorStore
        Holds the vectors of all passages.
    zero : float
        Inner product of unrelated questions; see `index.baseline`.

    Yields
    ------
    int, int
        Rows of two pairs.
    """
    questions = table.view == VIEWS.index(View.QUESTION)
    added = questions[table.places(rows)]
    if not added.any():
        return
    least = zero + NEARLY_THE_SAME * (1 - zero)
    pair_of = dict(zip(table.row[questions].tolist(), table.pair[questions].tolist(), strict=True))
    near_rows, near_scores = store.search(vectors[added], NEIGHBOURS, table.row[questions])
    for row, others, scores in zip(rows[added].tolist(), near_rows, near_scores, strict=True):
        yield from _alike(pair_of[row], [pair_of[other] for other in others.tolist()], scores >= least, letter_of)


def _alike(
    pair: int, others: Sequence[int], near: Sequence[bool], letter_of: dict[int, int]
) -> Iterator[tuple[int, int]]:
    for other, is_near in zip(others, near, strict=True):
        if is_near and letter_of[other] != letter_of[pair]:
            yield pair, other
