"""The first seam: text in, unit vectors out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeGuard

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


class TokenEncoder(Encoder, Protocol):
    """An encoder that also gives each token of a text a vector of its own.

    With them a question is compared with an answer word by word, which single vectors blur (late
    interaction: Khattab and Zaharia, 2020, https://arxiv.org/abs/2004.12832).

    Attributes
    ----------
    token_dim : int
        Length of the vector of a token, at least 1.
    """

    token_dim: int

    def encode_query_tokens(self, text: str) -> tuple[Vectors, Vectors]:
        """Encode one question.

        Returns
        -------
        vectors : ndarray, shape (1, dim), float32
            As `encode_queries` gives it.
        tokens : ndarray, shape (n_tokens, token_dim), float32
            Rows of unit L2 norm, in the order of the text, without those of prefix and special tokens.
        """
        ...

    def encode_passage_tokens(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> tuple[Vectors, list[Vectors]]:
        """Encode passages: their vectors as `encode_passages` gives them, and for each the vectors of its tokens."""
        ...


def gives_tokens(encoder: Encoder) -> TypeGuard[TokenEncoder]:
    """Say whether an encoder gives vectors of tokens; one without leaves that comparison out."""
    return getattr(encoder, "token_dim", 0) > 0
