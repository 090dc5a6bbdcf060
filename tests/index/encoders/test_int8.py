"""Weights in 8 bits and back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.encoders.int8 import BLOCK, dequantise, quantise_blocks, quantise_columns, quantise_rows, smoothing_factors

matrices = arrays(np.float32, (3, 2 * BLOCK), elements=st.floats(-4, 4, width=32))


@given(matrices)
def test_a_row_comes_back_within_half_a_step(matrix: np.ndarray) -> None:
    values, scales = quantise_rows(matrix)

    assert values.dtype == np.int8
    assert np.all(np.abs(dequantise(values, scales) - matrix) <= scales * 0.501)


@given(matrices)
def test_columns_come_back_as_the_rows_that_they_were(matrix: np.ndarray) -> None:
    values, scales = quantise_columns(matrix)

    assert values.shape == matrix.shape[::-1]
    assert np.all(np.abs(dequantise(values, scales) - matrix) <= scales[:, np.newaxis] * 0.501)


@given(matrices)
def test_a_block_comes_back_within_half_a_step_of_its_own(matrix: np.ndarray) -> None:
    values, scales = quantise_blocks(matrix)

    assert values.dtype == np.uint8
    assert values.shape == (3, 2, BLOCK)
    steps = np.repeat(scales, BLOCK, axis=1)
    assert np.all(np.abs(dequantise(values, scales) - matrix) <= steps * 0.501)


def test_a_row_of_zeros_stays_one() -> None:
    zeros = np.zeros((2, BLOCK), np.float32)

    assert not dequantise(*quantise_rows(zeros)).any()
    assert not dequantise(*quantise_columns(zeros)).any()
    assert not dequantise(*quantise_blocks(zeros)).any()


@given(st.integers(0, 1000))
def test_smoothing_saves_the_small_inputs_beside_a_large_one(seed: int) -> None:
    generator = np.random.default_rng(seed)
    inputs, matrix = generator.normal(size=(20, 64)), generator.normal(size=(64, 64))
    inputs[:, 3] *= 60
    factors = smoothing_factors(np.abs(inputs).max(axis=0), np.abs(matrix).max(axis=0))

    def off(factor: np.ndarray) -> float:
        """Return by how much the product is off when inputs and weights are rounded to 8 bits."""
        scaled, weights = inputs * factor, matrix / factor
        step = np.abs(scaled).max() / 127
        rounded = np.rint(scaled / step) * step
        product = rounded @ dequantise(*quantise_columns(weights.astype(np.float32))).T
        return float(np.linalg.norm(product - inputs @ matrix.T))

    assert off(factors) < 0.5 * off(np.ones(64))
