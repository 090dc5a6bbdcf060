"""The first seam: text in, unit vectors out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]


class Encoder(Protocol):
    """Turn texts into vectors whose inner product says how alike they mean.

    Attributes
    ----------
    model_id : str
        Name and checksum of the model; an index is searched only by the model that built it.
    dim : int
        Length of a vector.
    max_tokens : int
        Longest text, special tokens included; a longer one is refused, never cut in silence.
    """

    model_id: str
    dim: int
    max_tokens: int

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions for searching.

        Parameters
        ----------
        texts : sequence of str
            Non-empty. A question longer than ``max_tokens`` is cut at ``max_tokens``: its
            beginning is searched.

        Returns
        -------
        ndarray, shape (len(texts), dim), float32
            C-order, rows of unit L2 norm, in the order of ``texts``; (0, dim) for no texts.
        """
        ...

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Encode passages for indexing.

        Parameters
        ----------
        texts : sequence of str
            Non-empty, at most ``max_tokens`` tokens each.
        progress : callable, optional
            Called with the number of passages just finished.

        Returns
        -------
        ndarray, shape (len(texts), dim), float32
            C-order, rows of unit L2 norm, in the order of ``texts``; (0, dim) for no texts.

        Raises
        ------
        EncoderError
            When a text is longer than ``max_tokens``; names its position and length.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each passage text, prefix and special tokens included."""
        ...
