"""The weights of the bundled model in 8 bits, and back to floats; blocks of a row share a scale."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Weights = dict[str, Floats]
"""Arrays under the names that ``transformers.BertModel`` gives them, without prefix."""

Tensors = dict[str, npt.NDArray[Any]]
"""What the weight file holds: a matrix as ``NAME`` and ``NAME_scale``, vectors as they were."""

BLOCK = 32
"""Values of a row that share a scale: divides 384 and 1536.

Blocks of 128 are a sixth quicker, but the vectors of the adapted model, which lie far apart, then agree with those of
the same weights in floats by a cosine of 0.998 only.
"""

ZERO = 128
"""What onnxruntime takes off an unsigned value when no zero point is given (MatMulNBits)."""

WORDS = "embeddings.word_embeddings.weight"
POSITIONS = "embeddings.position_embeddings.weight"
TOKEN_TYPES = "embeddings.token_type_embeddings.weight"  # noqa: S105 (no secret, a tensor)
PROJECTION = "token_projection.weight"
"""Of shape (hidden, token dim): what makes a token's vector short; a model need not have it."""
PARTS = ("query", "key", "value")


def quantise_model(weights: Weights, layers: int) -> Tensors:
    """Quantise all matrices; query, key and value of a layer become one matrix ``qkv``.

    The embedding of the only token type that a single text has is added to the positions.
    """
    tensors: Tensors = {name: value for name, value in weights.items() if value.ndim == 1}
    tensors[WORDS], tensors[f"{WORDS}_scale"] = quantise_rows(weights[WORDS])
    tensors[POSITIONS] = weights[POSITIONS] + weights[TOKEN_TYPES][0]
    if PROJECTION in weights:
        tensors[PROJECTION] = weights[PROJECTION]
    for layer in range(layers):
        prefix = f"encoder.layer.{layer}"
        parts = [f"{prefix}.attention.self.{part}" for part in PARTS]
        tensors[f"{prefix}.attention.self.qkv.bias"] = np.concatenate([tensors.pop(f"{part}.bias") for part in parts])
        matrices = {f"{prefix}.attention.self.qkv": np.concatenate([weights[f"{part}.weight"] for part in parts])}
        for name in ("attention.output.dense", "intermediate.dense", "output.dense"):
            matrices[f"{prefix}.{name}"] = weights[f"{prefix}.{name}.weight"]
        for name, matrix in matrices.items():
            tensors[f"{name}.weight"], tensors[f"{name}.weight_scale"] = quantise_blocks(matrix)
    return tensors


def quantise_rows(matrix: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return values -127..127 of shape (rows, columns) and scales of shape (rows, 1)."""
    scales = _scales(matrix)
    return np.rint(matrix / scales).astype(np.int8), scales


def quantise_blocks(matrix: Floats) -> tuple[npt.NDArray[np.uint8], Floats]:
    """Return values 1..255 of shape (rows, blocks, block) and scales of shape (rows, blocks)."""
    blocks = matrix.reshape(len(matrix), -1, BLOCK)
    scales = _scales(blocks)
    values = (np.rint(blocks / scales) + ZERO).astype(np.uint8)
    return values, scales[..., 0]


def _scales(values: Floats) -> Floats:
    scales: Floats = np.abs(values).max(axis=-1, keepdims=True) / np.float32(127)
    # Also next to zero, where so few bits are left that a quotient would run out of the 8 bits.
    scales[scales < np.finfo(np.float32).tiny] = 1
    return scales


def dequantise_model(tensors: Tensors, layers: int) -> Weights:
    """Return the weights in floats under their own names; the reverse of `quantise_model`."""
    weights = {name: dequantise(value, tensors.get(f"{name}_scale")) for name, value in tensors.items()}
    weights = {name: value for name, value in weights.items() if not name.endswith("_scale")}
    weights[TOKEN_TYPES] = np.zeros((2, weights[POSITIONS].shape[1]), np.float32)
    for layer in range(layers):
        prefix = f"encoder.layer.{layer}.attention.self"
        for kind in ("weight", "bias"):
            parts = np.split(weights.pop(f"{prefix}.qkv.{kind}"), 3)
            weights |= {f"{prefix}.{part}.{kind}": value for part, value in zip(PARTS, parts, strict=True)}
    return weights


def dequantise(values: npt.NDArray[Any], scales: Floats | None) -> Floats:
    """Undo `quantise_rows` (signed values) or `quantise_blocks` (unsigned); floats stay as they are."""
    if scales is None:
        return values
    if values.dtype == np.int8:
        return values * scales
    return ((values.astype(np.float32) - ZERO) * scales[..., np.newaxis]).reshape(len(values), -1)
