"""Any other model of sentence-transformers: from a folder or a model hub, on CPU or GPU.

The library takes seconds to import, so it is imported when a model is opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from index.encoders.base import Progress, Vectors
from index.encoders.card import CARD_FILE, OWN_MODULE, Card
from index.encoders.loading import load_model
from index.encoders.onnx import check_lengths
from index.errors import EncoderError

PASSAGE_PROMPTS = ("document", "passage", "corpus")
"""Names that models give to the prompt of a passage, in the order of sentence-transformers' ``encode_document``."""

SLICE = 256
"""Passages between two reports of progress."""

NO_LIMIT = 1_000_000
"""`max_tokens` of a model that takes texts of any length."""


class SentenceTransformerEncoder:
    """Encode with a model of sentence-transformers.

    Parameters
    ----------
    model : str
        A folder, or a name on the model hub; a model that was fetched before is loaded without network.
    device : str, optional
        ``"cpu"``, ``"cuda"``, ``"cuda:1"`` …; what sentence-transformers finds when None.

    Raises
    ------
    EncoderError
        When there is no such model, the hub cannot be reached, or the model cannot be loaded.
    """

    def __init__(self, model: str, device: str | None = None) -> None:
        self._model = _load(model, device)
        self.model_id = _identify(model, self._model)
        self.dim = _dimension(model, self._model)
        self.max_tokens = _longest_text(self._model.max_seq_length)
        prompts = self._model.prompts
        self._query_prompt: str = prompts.get("query") or ""
        self._passage_prompt: str = next((prompts[name] for name in PASSAGE_PROMPTS if prompts.get(name)), "")

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions for searching; see `index.encoders.base.Encoder`."""
        return self._as_rows(self._encode(self._model.encode_query, texts, self._query_prompt))

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Encode passages for indexing; see `index.encoders.base.Encoder`."""
        check_lengths(self.count_tokens(texts), self.max_tokens)
        slices = []
        for start in range(0, len(texts), SLICE):
            part = texts[start : start + SLICE]
            slices.append(self._encode(self._model.encode_document, part, self._passage_prompt))
            if progress is not None:
                progress(len(part))
        return self._as_rows(np.concatenate(slices) if slices else np.empty((0, self.dim)))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each passage text, prefix and special tokens included."""
        if not texts:
            return []
        prompted = [self._passage_prompt + text for text in texts]
        tokenizer = self._model.tokenizer
        if hasattr(tokenizer, "encode_batch"):  # of the tokenizers library, as static embeddings have it
            return [len(encoding.ids) for encoding in tokenizer.encode_batch(prompted)]
        return [len(ids) for ids in tokenizer(prompted, truncation=False, verbose=False)["input_ids"]]

    def _encode(self, encode: Any, texts: Sequence[str], prompt: str) -> Any:
        return encode(list(texts), prompt=prompt, normalize_embeddings=True, show_progress_bar=False)

    def _as_rows(self, vectors: Any) -> Vectors:
        return np.ascontiguousarray(vectors, dtype=np.float32).reshape(-1, self.dim)


def _load(model: str, device: str | None) -> Any:
    return load_model(model, partial(_construct, device=device), otherwise="«bundled»")


def _construct(model: str, **options: Any) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # it counts tensors, on stderr
    try:
        return SentenceTransformer(model, trust_remote_code=_names_our_module(Path(model)), **options)
    except Exception as exc:  # a model folder is somebody's code and data: anything can go wrong in it
        raise EncoderError(f"{model} cannot be loaded by sentence-transformers: {exc}") from exc


def _names_our_module(folder: Path) -> bool:
    """Say whether a folder needs our own module, and no other code of its own.

    sentence-transformers loads classes of others with ``trust_remote_code`` only, for a whole folder
    at once.
    """
    modules = folder / "modules.json"
    if not modules.is_file():
        return False
    types = {module["type"] for module in json.loads(modules.read_text(encoding="utf-8"))}
    others = {kind for kind in types if not kind.startswith("sentence_transformers.")}
    return others == {OWN_MODULE}


def _identify(name: str, model: Any) -> str:
    """Return the id of a folder of ours, else name and checksum of prompts and weights."""
    folder = Path(name).expanduser()
    if (folder / CARD_FILE).is_file():
        return Card.read(folder).model_id
    digest = hashlib.sha256(json.dumps(model.prompts, sort_keys=True).encode())
    for key, value in sorted(model.state_dict().items()):
        digest.update(key.encode())
        # As bytes, because numpy does not know every number type of torch (bfloat16).
        digest.update(value.detach().cpu().contiguous().flatten().view(dtype=_bytes_type()).numpy())
    return f"{folder.resolve().name if folder.is_dir() else name}@{digest.hexdigest()[:12]}"


def _bytes_type() -> Any:
    import torch

    return torch.uint8


def _dimension(name: str, model: Any) -> int:
    dim = model.get_embedding_dimension()
    if dim is None:
        raise EncoderError(f"{name} does not say how long its vectors are")
    return int(dim)


def _longest_text(max_seq_length: float | None) -> int:
    """Return the limit in tokens; a model without one says None or infinity."""
    return NO_LIMIT if max_seq_length is None or max_seq_length > NO_LIMIT else int(max_seq_length)
