"""The second seam: vectors kept under ids, found again by inner product."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from index.encoders.base import Vectors

Ids = npt.NDArray[np.int64]


class VectorStore(Protocol):
    """Keep unit vectors under integer ids and find the nearest by inner product."""

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    def __len__(self) -> int:
        """Return the number of vectors kept."""
        ...

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Keep vectors of shape (n, dim) under n new ids; ValueError when an id is kept already."""
        ...

    def remove(self, ids: Ids) -> int:
        """Forget the vectors of these ids; return how many were kept."""
        ...

    def search(self, vectors: Vectors, k: int, allowed_ids: Ids | None = None) -> tuple[Ids, Vectors]:
        """Find the nearest kept vectors of each query.

        Parameters
        ----------
        vectors : ndarray, shape (n_queries, dim), float32
            Unit rows.
        k : int
            How many to return at most.
        allowed_ids : ndarray of int64, optional
            Search among these ids only; the filter comes before the cut-off, so that k are
            found when k are allowed.

        Returns
        -------
        ids : ndarray, shape (n_queries, m), int64
            m = min(k, number of allowed vectors); best first, equal scores by ascending id.
        scores : ndarray, shape (n_queries, m), float32
            Inner products.
        """
        ...

    def save(self, path: Path) -> None:
        """Write the store to a file or folder, over an older one."""
        ...

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open what `save` wrote."""
        ...
