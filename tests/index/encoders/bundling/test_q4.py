"""Read the 4-bit file, here one that is written by hand."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from index.encoders.bundling.q4 import MATRICES, NORMS, dequantise_blocks, read_weights
from index.errors import EncoderError

HIDDEN, INTERMEDIATE, VOCABULARY, POSITIONS = 32, 64, 3, 4


def block(scale: float, values: list[int]) -> bytes:
    """Pack 32 values -8..7: value j in the low half of byte j, value j + 16 in the high half."""
    halves = [low + 8 | (high + 8) << 4 for low, high in zip(values[:16], values[16:], strict=True)]
    return np.float16(scale).tobytes() + bytes(halves)


def test_a_block_is_a_scale_and_32_values() -> None:
    values = [*range(-8, 8), *range(7, -9, -1)]

    assert dequantise_blocks(block(0.5, values)).tolist() == [[value / 2 for value in values]]


def model_file() -> bytes:
    """Write a model of one layer; each tensor is filled with a number of its own."""
    matrices = {"q": HIDDEN, "k": HIDDEN, "v": HIDDEN, "ao": HIDDEN, "fi": INTERMEDIATE, "fo": HIDDEN}
    tensors: dict[str, bytes] = {"emb.word": b"".join(block(1, [row] * 32) for row in range(VOCABULARY + 1))}
    tensors["emb.pos"] = floats(POSITIONS * HIDDEN, 10)
    tensors["emb.type"] = floats(2 * HIDDEN, 11)
    for number, name in enumerate(["emb.ln.w", "emb.ln.b", "l0.aln.w", "l0.aln.b", "l0.oln.w", "l0.oln.b"]):
        tensors[name] = floats(HIDDEN, 20 + number)
    for number, (name, rows) in enumerate(matrices.items()):
        columns = INTERMEDIATE if name == "fo" else HIDDEN
        tensors[f"l0.{name}.w"] = block(0.25, [number] * 32) * (rows * columns // 32)
        tensors[f"l0.{name}.b"] = floats(rows, 30 + number)
    return pack(tensors)


def floats(length: int, value: float) -> bytes:
    return np.full(length, value, np.float32).tobytes()


def pack(tensors: dict[str, bytes]) -> bytes:
    header = struct.pack("<4sI7ifi", b"E5S1", 1, HIDDEN, 1, 2, INTERMEDIATE, VOCABULARY, POSITIONS, 2, 1e-12, 32)
    pieces = struct.pack("<5iQ", 2, 0, 2, 1, 3, 5) + bytes(3 * 4 + 2 * 4) + b"abcde"
    normalisation = struct.pack("<iI", 1, 7) + bytes(7)
    entries = sum(2 + len(name) + struct.calcsize("<BIQQ") for name in tensors)
    offset = len(header) + len(pieces) + len(normalisation) + 4 + entries
    directory = struct.pack("<i", len(tensors))
    for name, content in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", 0, len(content) // 4, offset, len(content))
        offset += len(content)
    return header + pieces + normalisation + directory + b"".join(tensors.values())


def test_a_model_file_becomes_the_arrays_of_bert() -> None:
    shape, weights = read_weights(model_file())

    assert (shape.hidden, shape.layers, shape.heads, shape.positions) == (HIDDEN, 1, 2, POSITIONS)
    words = weights["embeddings.word_embeddings.weight"]
    assert words.shape == (VOCABULARY, HIDDEN), "the row that only fills up the table is left out"
    assert words[:, 0].tolist() == [0, 1, 2]
    down = weights["encoder.layer.0.output.dense.weight"]
    assert down.shape == (HIDDEN, INTERMEDIATE)
    assert set(down.flatten()) == {5 / 4}
    assert set(weights["encoder.layer.0.attention.self.key.bias"]) == {31}
    assert set(weights["encoder.layer.0.output.LayerNorm.bias"]) == {25}
    assert len(weights) == 5 + 2 * (len(MATRICES) + len(NORMS))


def test_another_file_is_refused() -> None:
    with pytest.raises(EncoderError, match="expected b'E5S1'"):
        read_weights(b"GGUF" + bytes(100))
