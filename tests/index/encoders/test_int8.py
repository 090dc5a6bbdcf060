"""Weights in 8 bits and back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.encoders.int8 import BLOCK, dequantise, quantise_blocks, quantise_columns, quantise_rows

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
