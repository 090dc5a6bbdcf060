"""The vectors of the tokens of each pair, to compare a question with an answer word by word.

A pair has some 250 tokens, and only the best few pairs of a question are looked at: the vectors are kept in
8 bits in one file, mapped into memory, of which only those pairs are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from index.encoders.base import Vectors
from index.errors import IndexMismatchError
from index.stores.base import Ids
from index.stores.checksum import check_seal, seal

Int8s = npt.NDArray[np.int8]

STEPS = 127
"""8-bit steps to one.

The products of two such values, and their sum over up to a thousand of them, are whole numbers below 2**24, so that
float32 arithmetic is exact: a score does not depend on how many pairs are measured at once.
"""

SINGLE_THREADED = 1 << 18
"""Multiplications up to which OpenBLAS uses one thread."""


class TokenStore:
    """Keep the vectors of tokens under the row of their pair.

    Parameters
    ----------
    dim : int
        Length of the vector of a token.
    """

    def __init__(self, dim: int) -> None:
        self._rows: Ids = np.empty(0, np.int64)
        self._ends: Ids = np.empty(0, np.int64)
        self._values: Int8s = np.empty((0, dim), np.int8)

    @property
    def dim(self) -> int:
        """Length of the vector of a token."""
        return int(self._values.shape[1])

    @property
    def rows(self) -> Ids:
        """Rows of the pairs that are kept, ascending."""
        return self._rows

    def change(self, remove: Ids, rows: Ids, tokens: Sequence[Int8s]) -> None:
        """Forget some pairs and keep others.

        Parameters
        ----------
        remove : ndarray of int64
            Rows of pairs to forget; those that are not kept are passed over.
        rows : ndarray of int64
            New rows.
        tokens : sequence of ndarray, shape (n_tokens, dim)
            What `to_int8` made of the vectors of each new pair.
        """
        parts = {int(row): self._part(place) for place, row in enumerate(self._rows)}
        for row in remove.tolist():
            parts.pop(row, None)
        parts |= dict(zip(rows.tolist(), tokens, strict=True))
        self._rows = np.array(sorted(parts), np.int64)
        ordered = [parts[row] for row in self._rows.tolist()]
        self._ends = np.cumsum([len(part) for part in ordered], dtype=np.int64)
        self._values = np.concatenate([np.empty((0, self.dim), np.int8), *ordered])

    def compare(self, question: Vectors, rows: Ids) -> npt.NDArray[np.float64]:
        """Find for every token of a question its best inner product with a token of each pair.

        Parameters
        ----------
        question : ndarray, shape (n_tokens, dim), float32
            Unit rows.
        rows : ndarray, shape (n,), int64
            Of pairs.

        Returns
        -------
        ndarray, shape (n_tokens, n), float64
            0 for a pair that is not kept or has no tokens.
        """
        best = np.zeros((len(question), len(rows)))
        places = np.searchsorted(self._rows, rows)
        parts = [
            (column, self._part(place))
            for column, (row, place) in enumerate(zip(rows.tolist(), places.tolist(), strict=True))
            if place < len(self._rows) and self._rows[place] == row
        ]
        parts = [(column, part) for column, part in parts if len(part)]
        if not parts or not len(question):
            return best
        starts = np.cumsum([0, *(len(part) for _, part in parts[:-1])])
        products = _multiply(np.concatenate([part for _, part in parts]), to_int8(question))
        best[:, [column for column, _ in parts]] = np.maximum.reduceat(products, starts).T / STEPS**2
        return best

    def save(self, path: Path) -> None:
        """Write one folder."""
        path.mkdir(exist_ok=True)
        for name, values in (("values", self._values), ("places", np.stack([self._rows, self._ends]))):
            draft = path / f"{name}.draft"
            with draft.open("wb") as file:
                np.save(file, values, allow_pickle=False)
            seal(draft)
            draft.replace(path / f"{name}.npy")  # the old file may be mapped: its pages stay readable

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open what `save` wrote.

        Raises
        ------
        IndexMismatchError
            When a file is missing or damaged.
        """
        store = cls(0)
        try:
            for name in ("values", "places"):
                check_seal(path / f"{name}.npy")
            store._values = np.load(path / "values.npy", mmap_mode="r", allow_pickle=False)
            store._rows, store._ends = np.load(path / "places.npy", allow_pickle=False)
        except (OSError, ValueError, EOFError) as exc:
            raise IndexMismatchError(f"{path}: no readable vectors of tokens; build the index again") from exc
        return store

    def _part(self, place: int) -> Int8s:
        start = int(self._ends[place - 1]) if place else 0
        return self._values[start : int(self._ends[place])]


def to_int8(vectors: Vectors) -> Int8s:
    """Return vectors in 8 bits, `STEPS` to one."""
    return np.rint(vectors * STEPS).astype(np.int8)


def _multiply(kept: Int8s, asked: Int8s) -> Vectors:
    """Return all inner products, exactly, in pieces.

    A larger product would be taken up by several threads of the linear algebra, which go on spinning afterwards: the
    next question then took half as long again.
    """
    left, right = kept.astype(np.float32), np.ascontiguousarray(asked.T, dtype=np.float32)
    products = np.empty((len(left), right.shape[1]), np.float32)
    step = max(1, SINGLE_THREADED // right.size)
    for start in range(0, len(left), step):
        np.matmul(left[start : start + step], right, out=products[start : start + step])
    return products
