"""Cross-encoders of sentence-transformers: models that read a query and a text together, and give one number.

They make no vectors, so they are no `Encoder`; `rag.reranker` asks them. The library takes seconds to import,
so it is imported when a model is opened.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoders.loading import load_model
from index.errors import EncoderError

TRIAL = ("Wat kost een kaartje?", ("Een kaartje kost veertig euro.", "Ja."))
"""What a model is tried on when it is opened."""


class CrossEncoder:
    """Score texts for a query with a model of sentence-transformers; safe to share between threads.

    Parameters
    ----------
    model : str
        A folder, or a name on the model hub; a model that was fetched before is loaded without network. Code that
        it brings along is never run.

    Raises
    ------
    EncoderError
        When there is no such model, the hub cannot be reached, or the model cannot be loaded or is no cross-encoder.
    """

    def __init__(self, model: str) -> None:
        self.name = model
        self._lock = Lock()  # one question takes all cores, and many at once would take much memory
        self._model = load_model(model, _construct)
        self._require_trained_head()
        self.score(*TRIAL)

    def score(self, query: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return one number per text, higher for a better answer to the query.

        Parameters
        ----------
        query : str
        texts : sequence of str
            What is longer than the model reads is cut at its end.

        Returns
        -------
        ndarray, shape (n_texts,), float32
            As the model's last layer gives them, before they are squeezed to 0..1.

        Raises
        ------
        EncoderError
            When the model gives anything else, or nothing.
        """
        try:
            with self._lock:
                given = self._model.predict(
                    [(query, text) for text in texts], activation_fn=_as_they_are(), show_progress_bar=False
                )
        except Exception as exc:  # a model is somebody's code and data: anything can go wrong in it
            raise EncoderError(f"{self.name} cannot score a question with an answer: {exc}") from exc
        scores = np.asarray(given, np.float32)
        if scores.shape != (len(texts),):
            raise EncoderError(
                f"{self.name} gives {scores.size} numbers for {len(texts)} questions with an answer, one each is "
                "expected; name a cross-encoder that was trained to rank"
            )
        if not np.isfinite(scores).all():
            raise EncoderError(f"{self.name} gives no number for a question with an answer; name another cross-encoder")
        return scores

    def _require_trained_head(self) -> None:
        """Refuse a model that makes vectors: the library gives it a last layer of random numbers, and only warns."""
        kinds = self._model.config.architectures or ["no known architecture"]
        if len(self._model) == 1 and not kinds[0].endswith("ForSequenceClassification"):
            raise EncoderError(
                f"{self.name} is no cross-encoder: its config.json names {kinds[0]}, expected is a model "
                "…ForSequenceClassification; a model that makes vectors is named with --model"
            )


def _construct(model: str, **options: Any) -> Any:
    import sentence_transformers
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # it counts tensors, on stderr
    try:
        with _without_warnings():
            return sentence_transformers.CrossEncoder(model, trust_remote_code=False, **options)
    except Exception as exc:  # a model folder is somebody's code and data: anything can go wrong in it
        raise EncoderError(f"{model} cannot be loaded as a cross-encoder by sentence-transformers: {exc}") from exc


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Keep the libraries from a page on stderr about missing weights; what matters of it is checked and said."""
    levels = {log: log.level for log in map(logging.getLogger, ("transformers", "sentence_transformers"))}
    for log in levels:
        log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for log, level in levels.items():
            log.setLevel(level)


def _as_they_are() -> Any:
    from torch import nn

    return nn.Identity()
