"""What a model folder of ours says of itself, and which files it holds."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index.errors import EncoderError

BUNDLED = Path(__file__).with_name("bundled")
"""Folder of the model that every installation carries."""

CARD_FILE = "encoder.json"
"""What the folder says of itself: name, dimension, longest text, prompts and checksums."""

GRAPH_FILE = "model.onnx"
WEIGHT_FILE = "weights.safetensors"
TOKENIZER_FILE = "tokenizer.json"
MODEL_FILES = (GRAPH_FILE, TOKENIZER_FILE, WEIGHT_FILE)
"""The files that decide about a vector."""

OWN_MODULE = "index.encoders.int8_transformer.Int8Transformer"
"""The class that sentence-transformers loads such a folder with; none of its own."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a model folder says of itself.

    Parameters
    ----------
    name : str
        Name of the model.
    dim : int
        Length of a vector.
    max_tokens : int
        Longest text, special tokens included.
    query_prompt, passage_prompt : str
        What the model wants before a question and before a passage.
    sha256 : dict of str to str
        Checksum of each file of the folder that decides about a vector.
    token_dim : int
        Length of the vector of a token; 0 when the model gives none.
    """

    name: str
    dim: int
    max_tokens: int
    query_prompt: str
    passage_prompt: str
    sha256: dict[str, str]
    token_dim: int = 0

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the card of a model folder; EncoderError when it is missing or incomplete."""
        path = folder / CARD_FILE
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise EncoderError(f"{folder} is no model folder: it holds no {CARD_FILE}") from None
        except (TypeError, ValueError) as exc:
            raise EncoderError(f"{path} cannot be read as the card of a model: {exc}") from exc

    @property
    def model_id(self) -> str:
        """Name, and the first 12 digits of the checksum of the checksums.

        The checksums are those that the build wrote down; hashing 68 MB would cost more than loading them.
        """
        checksums = "".join(f"{self.sha256[file]}  {file}\n" for file in sorted(self.sha256))
        return f"{self.name}@{hashlib.sha256(checksums.encode()).hexdigest()[:12]}"
