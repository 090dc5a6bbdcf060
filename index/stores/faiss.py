"""Exact nearest neighbours with FAISS: an inner-product index in memory."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index.encoders.base import Vectors
from index.errors import IndexMismatchError
from index.stores.base import Ids
from index.stores.checksum import check_seal, seal


def load_faiss() -> ModuleType:
    """Load FAISS when it is first needed, on one thread.

    It starts a thread per core for every search, of however few vectors; several questions at once
    then wait for one another, which took three times the processor time.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss


class FaissStore:
    """A `VectorStore` over ``IndexIDMap2(IndexFlatIP)``: exact, deterministic, one file.

    Parameters
    ----------
    dim : int
        Length of a vector.
    """

    def __init__(self, dim: int) -> None:
        faiss = load_faiss()

        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))
        self._kept = np.empty(0, np.int64)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Keep vectors under new ids; see `VectorStore.add`."""
        if vectors.shape != (len(ids), self.dim):
            raise ValueError(f"{len(ids)} ids need vectors of shape ({len(ids)}, {self.dim}), got {vectors.shape}")
        if len(np.unique(ids)) != len(ids) or self._known(ids).any():
            raise ValueError("an id is kept already, or given twice")
        self._index.add_with_ids(np.ascontiguousarray(vectors), np.ascontiguousarray(ids, dtype=np.int64))
        self._read_ids()

    def remove(self, ids: Ids) -> int:
        """Forget these ids; see `VectorStore.remove`."""
        removed = int(self._index.remove_ids(np.ascontiguousarray(ids, dtype=np.int64)))
        self._read_ids()
        return removed

    def search(self, vectors: Vectors, k: int, allowed_ids: Ids | None = None) -> tuple[Ids, Vectors]:
        """Find the nearest; see `VectorStore.search`."""
        faiss = load_faiss()

        known = len(self) if allowed_ids is None else int(self._known(np.unique(allowed_ids)).sum())
        m = max(min(k, known), 0)
        if m == 0:
            return np.empty((len(vectors), 0), np.int64), np.empty((len(vectors), 0), np.float32)
        selector = None
        if allowed_ids is not None:
            chosen: Any = faiss.IDSelectorBatch(np.ascontiguousarray(allowed_ids, np.int64))
            parameters: Any = faiss.SearchParameters
            selector = parameters(sel=chosen)
        ids, scores = self._past_equals(np.ascontiguousarray(vectors), m, known, selector)
        order = np.lexsort((ids, -scores), axis=-1)[:, :m]
        return np.take_along_axis(ids, order, -1), np.take_along_axis(scores, order, -1)

    def _past_equals(self, vectors: Vectors, m: int, known: int, selector: Any) -> tuple[Ids, Vectors]:
        """Search on until the score after the m-th is lower: FAISS leaves open which of equals it keeps."""
        asked = min(m + 1, known)
        while True:
            scores, ids = self._index.search(vectors, asked, params=selector)
            if asked == known or (scores[:, -1] < scores[:, m - 1]).all():
                return ids, scores
            asked = min(2 * asked, known)

    def save(self, path: Path) -> None:
        """Write one file; see `VectorStore.save`."""
        faiss = load_faiss()

        faiss.write_index(self._index, str(path))
        seal(path)  # FAISS believes a damaged file, and may ask for all memory there is

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open what `save` wrote.

        Raises
        ------
        IndexMismatchError
            When the file is missing, damaged or no FAISS index of this kind.
        """
        faiss = load_faiss()

        try:
            check_seal(path)
            index = faiss.read_index(str(path))
        except (OSError, RuntimeError, ValueError) as exc:
            raise IndexMismatchError(f"{path}: not a readable FAISS index; build the index again") from exc
        if not isinstance(index, faiss.IndexIDMap2):
            raise IndexMismatchError(f"{path}: another kind of FAISS index; build the index again")
        store = cls.__new__(cls)
        store._index = index
        store._read_ids()
        return store

    def _read_ids(self) -> None:
        faiss = load_faiss()

        self._kept = np.sort(faiss.vector_to_array(self._index.id_map))

    def _known(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Say of each id whether it is kept."""
        if not len(self._kept):
            return np.zeros(len(ids), bool)
        places = np.minimum(np.searchsorted(self._kept, ids), len(self._kept) - 1)
        return np.asarray(self._kept[places] == ids)
