"""The bundled model, served by onnxruntime without torch: a first vector within half a second."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index.encoders.base import Progress, Vectors
from index.encoders.card import BUNDLED, GRAPH_FILE, TOKENIZER_FILE, Card
from index.errors import EncoderError

Ids = npt.NDArray[np.int64]

CROWDED_SECONDS = 1.0

ONE_OUTPUT = ("embedding",)
BOTH_OUTPUTS = ("embedding", "tokens")


class OnnxEncoder:
    """Encode with a model folder that `index.encoders.build_model` wrote.

    Texts go through the model one at a time: a vector does not depend on the texts beside it or on
    the number of threads, and no time goes into padding. A question alone takes two cores; passages, and questions
    side by side, take one each.

    Parameters
    ----------
    card : Card
        What the folder says of itself.
    session : onnxruntime.InferenceSession
        Ids and mask in, one unit vector per row out, and those of its tokens when the model has a projection.
    tokenizer : tokenizers.Tokenizer
        Without truncation and padding.
    graph : Path
        What `session` was loaded from.
    threads : int
        How many passages to encode at the same time.
    """

    def __init__(self, card: Card, session: Any, tokenizer: Any, graph: Path, *, threads: int) -> None:
        self.model_id = card.model_id
        self.dim = card.dim
        self.max_tokens = card.max_tokens
        self.token_dim = card.token_dim
        self._card = card
        self._session = session
        self._graph = graph
        self._alone = threading.Lock()
        self._crowded_until = 0.0
        self._loading = threading.Lock()
        self._session_of_one: Any = None
        self._tokenizer = tokenizer
        self._threads = threads

    @classmethod
    def open(cls, folder: Path | None = None, *, threads: int | None = None) -> Self:
        """Open a model folder.

        Parameters
        ----------
        folder : Path, optional
            The bundled model when None.
        threads : int, optional
            How many passages to encode at the same time; as many as there are cores when None.

        Raises
        ------
        EncoderError
            When the folder is no model folder, or a file of it cannot be loaded.
        """
        folder = folder or BUNDLED
        card = Card.read(folder)
        session = _open_session(folder / GRAPH_FILE, min(2, _count_cores()))
        tokenizer = _open_tokenizer(folder / TOKENIZER_FILE)
        return cls(card, session, tokenizer, folder / GRAPH_FILE, threads=threads or _count_cores())

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions for searching; see `index.encoders.base.Encoder`."""
        rows = [_cut(ids, self.max_tokens) for ids in self._token_ids(self._card.query_prompt, texts)]
        return self._encode(rows, None)

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Encode passages for indexing; see `index.encoders.base.Encoder`."""
        return self._encode(self._passage_ids(texts), progress)

    def encode_query_tokens(self, text: str) -> tuple[Vectors, Vectors]:
        """Encode one question with its tokens; see `index.encoders.base.TokenEncoder`."""
        prompt = self._card.query_prompt
        [ids] = self._token_ids(prompt, [text])
        [(_, (vector, tokens))] = self._run_all([_cut(ids, self.max_tokens)], BOTH_OUTPUTS)
        return vector[np.newaxis], tokens[self._count_prefix(prompt) : -1]

    def encode_passage_tokens(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> tuple[Vectors, list[Vectors]]:
        """Encode passages with their tokens; see `index.encoders.base.TokenEncoder`."""
        rows = self._passage_ids(texts)
        start = self._count_prefix(self._card.passage_prompt)
        vectors = np.empty((len(rows), self.dim), dtype=np.float32)
        tokens = [np.empty((0, self.token_dim), np.float32)] * len(rows)
        for position, (vector, own) in self._run_all(rows, BOTH_OUTPUTS):
            vectors[position], tokens[position] = vector, own[start:-1]
            if progress is not None:
                progress(1)
        return vectors, tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each passage text, prefix and special tokens included."""
        return [len(ids) for ids in self._token_ids(self._card.passage_prompt, texts)]

    @property
    def _single(self) -> Any:
        """The same graph on one thread, loaded when texts come side by side; its vectors are the same bytes."""
        with self._loading:
            if self._session_of_one is None:
                self._session_of_one = _open_session(self._graph, 1)
            return self._session_of_one

    def _token_ids(self, prompt: str, texts: Sequence[str]) -> list[Ids]:
        # One by one: encode_batch starts threads, after which a process must not fork, and saves little.
        return [np.array(self._tokenizer.encode(prompt + text).ids, dtype=np.int64) for text in texts]

    def _passage_ids(self, texts: Sequence[str]) -> list[Ids]:
        rows = self._token_ids(self._card.passage_prompt, texts)
        check_lengths([len(ids) for ids in rows], self.max_tokens)
        return rows

    def _count_prefix(self, prompt: str) -> int:
        """Return how many tokens stand before those of the text: the opening one and the prompt's."""
        return len(self._tokenizer.encode(prompt.strip()).ids) - 1

    def _encode(self, rows: list[Ids], progress: Progress | None) -> Vectors:
        vectors = np.empty((len(rows), self.dim), dtype=np.float32)
        for position, (vector,) in self._run_all(rows, ONE_OUTPUT):
            vectors[position] = vector
            if progress is not None:
                progress(1)
        return vectors

    def _run_all(self, rows: list[Ids], outputs: Sequence[str]) -> Iterator[tuple[int, list[Vectors]]]:
        """Yield position and outputs of each row, as they are finished."""
        if len(rows) == 1:
            yield 0, self._run_one(rows[0], outputs)
            return
        if self._threads == 1:
            for position, ids in enumerate(rows):
                yield position, _run(ids, self._single, outputs)
            return
        # Long texts go first, so that the cores finish at about the same time.
        longest_first = sorted(range(len(rows)), key=lambda position: -len(rows[position]))
        pool = ThreadPoolExecutor(self._threads)
        try:
            futures = {pool.submit(_run, rows[position], self._single, outputs): position for position in longest_first}
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)  # Ctrl-C must not wait for a whole archive

    def _run_one(self, ids: Ids, outputs: Sequence[str]) -> list[Vectors]:
        """Take two cores for a text that comes alone, and one for each where several meet.

        Two threads wait for one another by spinning, which is quicker for one question and takes the core away
        from the one beside it: whoever meets another makes all that follow take one core for a while.
        """
        if time.monotonic() < self._crowded_until:
            return _run(ids, self._single, outputs)
        if not self._alone.acquire(blocking=False):
            self._crowded_until = time.monotonic() + CROWDED_SECONDS
            return _run(ids, self._single, outputs)
        try:
            return _run(ids, self._session, outputs)
        finally:
            self._alone.release()


def _run(ids: Ids, session: Any, outputs: Sequence[str]) -> list[Vectors]:
    feed = {"input_ids": ids[np.newaxis], "attention_mask": np.ones((1, len(ids)), dtype=np.int64)}
    return [output[0] for output in session.run(outputs, feed)]


def check_lengths(lengths: Sequence[int], max_tokens: int) -> None:
    """Raise EncoderError for the first passage that is longer than the model takes."""
    for position, length in enumerate(lengths):
        if length > max_tokens:
            raise EncoderError(f"passage {position} has {length} tokens, the model takes at most {max_tokens}")


def _cut(ids: Ids, max_tokens: int) -> Ids:
    """Keep the beginning and the closing special token."""
    return ids if len(ids) <= max_tokens else np.concatenate([ids[: max_tokens - 1], ids[-1:]])


def _count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _open_session(path: Path, threads: int) -> Any:
    # It would otherwise report what machine it runs on, over the network, and keep a file of it in the home folder.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = False  # it keeps what the longest text needed, and saves no time here
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as exc:  # onnxruntime has a class of its own for each status
        raise EncoderError(f"{path} cannot be loaded as a model: {exc}") from exc


def _open_tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as exc:  # tokenizers raises bare Exception
        raise EncoderError(f"{path} cannot be loaded as a tokenizer: {exc}") from exc
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
