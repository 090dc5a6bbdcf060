"""Vectors of tokens: kept by pair, compared exactly, and refused when damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encoders.base import Vectors
from index.errors import IndexMismatchError
from index.stores.base import Ids
from index.stores.tokens import TokenStore, to_int8

DIM = 16


def unit(seed: int, count: int) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, DIM))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def ids(*numbers: int) -> Ids:
    return np.array(numbers, np.int64)


TOKENS = {3: unit(3, 7), 8: unit(8, 1), 9: unit(9, 0), 20: unit(20, 30)}
QUESTION = unit(1, 4)


@pytest.fixture
def store() -> TokenStore:
    store = TokenStore(DIM)
    store.change(ids(), ids(*TOKENS), [to_int8(tokens) for tokens in TOKENS.values()])
    return store


def test_each_token_of_a_question_finds_its_best_in_each_pair(store: TokenStore) -> None:
    found = store.compare(QUESTION, ids(20, 3))
    expected = [(TOKENS[row] @ QUESTION.T).max(axis=0) for row in (20, 3)]
    assert found.shape == (4, 2)
    assert found == pytest.approx(np.array(expected).T, abs=0.02)


def test_a_token_is_most_like_itself(store: TokenStore) -> None:
    assert store.compare(TOKENS[20], ids(20)) == pytest.approx(1.0, abs=0.03)


def test_pairs_without_tokens_and_unknown_pairs_match_nothing(store: TokenStore) -> None:
    assert store.compare(QUESTION, ids(9, 4, 99)).tolist() == [[0.0] * 3] * 4
    assert store.compare(QUESTION, ids()).shape == (4, 0)
    assert store.compare(QUESTION[:0], ids(3)).shape == (0, 1)
    assert TokenStore(DIM).compare(QUESTION, ids(3)).tolist() == [[0.0]] * 4


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from([3, 8, 9, 20, 21]), unique=True))
def test_a_score_does_not_depend_on_the_pairs_beside_it(rows: list[int]) -> None:
    store = TokenStore(DIM)
    store.change(ids(), ids(*TOKENS), [to_int8(tokens) for tokens in TOKENS.values()])
    together = store.compare(QUESTION, ids(*rows))
    alone = [store.compare(QUESTION, ids(row))[:, 0].tolist() for row in rows]
    assert together.T.tolist() == alone


def test_what_is_saved_comes_back(store: TokenStore, tmp_path: Path) -> None:
    store.save(tmp_path / "tokens")
    again = TokenStore.open(tmp_path / "tokens")
    assert (again.dim, again.rows.tolist()) == (DIM, [3, 8, 9, 20])
    assert again.compare(QUESTION, again.rows).tolist() == store.compare(QUESTION, store.rows).tolist()


def test_a_change_forgets_and_adds_and_leaves_the_rest(store: TokenStore, tmp_path: Path) -> None:
    before = store.compare(QUESTION, ids(20)).tolist()
    store.save(tmp_path / "tokens")
    again = TokenStore.open(tmp_path / "tokens")
    again.change(ids(3, 77), ids(5), [to_int8(unit(5, 2))])
    again.save(tmp_path / "tokens")
    last = TokenStore.open(tmp_path / "tokens")
    assert last.rows.tolist() == [5, 8, 9, 20]
    assert last.compare(QUESTION, ids(20)).tolist() == before
    assert last.compare(QUESTION, ids(3)).tolist() == [[0.0]] * 4


@pytest.mark.parametrize("name", ["values.npy", "places.npy"])
@pytest.mark.parametrize("damage", ["gone", "cut", "flipped", "empty"])
def test_a_damaged_file_is_refused(store: TokenStore, tmp_path: Path, name: str, damage: str) -> None:
    store.save(tmp_path / "tokens")
    path = tmp_path / "tokens" / name
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    {
        "gone": path.unlink,
        "cut": lambda: path.write_bytes(content[:-9]),
        "flipped": lambda: path.write_bytes(content),
        "empty": lambda: path.write_bytes(b""),
    }[damage]()
    with pytest.raises(IndexMismatchError, match="build the index again"):
        TokenStore.open(tmp_path / "tokens")
