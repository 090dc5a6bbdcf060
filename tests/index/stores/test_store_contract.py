"""The contract of `VectorStore`, held by every implementation: scores and order, not only shapes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encoders.base import Vectors
from index.errors import IndexMismatchError
from index.stores.base import Ids, VectorStore
from index.stores.faiss import FaissStore

DIM = 4

STORES: dict[str, type[VectorStore]] = {"faiss": FaissStore}

Make = Callable[[int], VectorStore]


@pytest.fixture(params=STORES, scope="module")
def kind(request: pytest.FixtureRequest) -> type[VectorStore]:
    return STORES[request.param]


@pytest.fixture(scope="module")
def make(kind: type[VectorStore]) -> Make:
    return lambda dim: kind(dim)  # type: ignore[call-arg]


def unit(rows: object) -> Vectors:
    vectors = np.array(rows, np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def ids(*numbers: int) -> Ids:
    return np.array(numbers, np.int64)


AXES = unit(np.eye(DIM))


@pytest.fixture
def store(make: Make) -> VectorStore:
    """Give a store in which id 10 lies along the first axis, 20 along the second, and 30 between."""
    store = make(DIM)
    store.add(ids(10, 20, 30), unit([[1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0]]))
    return store


def test_the_nearest_come_first_with_their_inner_products(store: VectorStore) -> None:
    found, scores = store.search(unit([[2, 1, 0, 0]]), 3)
    assert found.tolist() == [[30, 10, 20]]
    assert np.allclose(scores, [[3 / 10**0.5, 2 / 5**0.5, 1 / 5**0.5]], atol=1e-6)


def test_scores_are_inner_products_and_may_be_negative(store: VectorStore) -> None:
    found, scores = store.search(unit([[-1, 0, 0, 0]]), 3)
    assert found.tolist() == [[20, 30, 10]]
    assert np.allclose(scores, [[0, -(0.5**0.5), -1]], atol=1e-6)
    assert (found.dtype, scores.dtype) == (np.int64, np.float32)


def test_every_query_has_its_own_row(store: VectorStore) -> None:
    found, scores = store.search(AXES[:2], 1)
    assert found.tolist() == [[10], [20]]
    assert np.allclose(scores, 1)


def test_no_queries_give_no_rows(store: VectorStore) -> None:
    found, scores = store.search(np.empty((0, DIM), np.float32), 2)
    assert found.shape == scores.shape == (0, 2)


def test_more_than_there_are_gives_all_there_are(store: VectorStore) -> None:
    assert store.search(AXES[:1], 100)[0].shape == (1, 3)


@pytest.mark.parametrize("k", [0, -1])
def test_none_asked_gives_none(store: VectorStore, k: int) -> None:
    assert store.search(AXES[:1], k)[0].shape == (1, 0)


def test_an_empty_store_finds_nothing(make: Make) -> None:
    store = make(DIM)
    found, scores = store.search(AXES[:2], 5)
    assert len(store) == 0
    assert found.shape == scores.shape == (2, 0)
    assert store.search(AXES[:2], 5, ids(1))[0].shape == (2, 0)


def test_equal_scores_come_by_ascending_id(make: Make) -> None:
    store = make(DIM)
    store.add(ids(9, 5, 7, 1), np.repeat(AXES[:1], 4, axis=0))
    assert store.search(AXES[:1], 4)[0].tolist() == [[1, 5, 7, 9]]


def test_the_cut_off_among_equals_is_by_id_too(make: Make) -> None:
    store = make(DIM)
    store.add(ids(9, 5, 7, 1), np.repeat(AXES[:1], 4, axis=0))
    store.add(ids(3), unit([[1, 0.1, 0, 0]]))
    assert store.search(unit([[1, 0.1, 0, 0]]), 3)[0].tolist() == [[3, 1, 5]]
    assert store.search(AXES[:1], 2, ids(9, 7, 5))[0].tolist() == [[5, 7]]


def test_the_filter_comes_before_the_cut_off(make: Make) -> None:
    store = make(DIM)
    near = unit(np.random.default_rng(0).normal(size=(500, DIM)) * 0.01 + AXES[0])
    store.add(np.arange(500), near)
    store.add(ids(900, 800), AXES[1:3])
    found, _ = store.search(AXES[:1], 2, ids(800, 900))
    assert found.tolist() == [[800, 900]]


def test_ids_that_are_not_kept_are_not_found(store: VectorStore) -> None:
    found, _ = store.search(AXES[:1], 5, ids(10, 11, 10, -1))
    assert found.tolist() == [[10]]


def test_no_allowed_ids_find_nothing(store: VectorStore) -> None:
    assert store.search(AXES[:1], 5, ids())[0].shape == (1, 0)


def test_what_is_removed_is_not_found(store: VectorStore) -> None:
    assert store.remove(ids(10, 99)) == 1
    assert len(store) == 2
    assert store.search(AXES[:1], 5)[0].tolist() == [[30, 20]]


def test_a_removed_id_can_be_given_again(store: VectorStore) -> None:
    store.remove(ids(10))
    store.add(ids(10), AXES[3:])
    assert store.search(AXES[3:], 1)[0].tolist() == [[10]]


def test_removing_and_adding_nothing_changes_nothing(store: VectorStore) -> None:
    assert store.remove(ids()) == 0
    store.add(ids(), np.empty((0, DIM), np.float32))
    assert len(store) == 3


@pytest.mark.parametrize("new", [ids(10), ids(40, 40)], ids=["kept already", "given twice"])
def test_an_id_is_kept_once(store: VectorStore, new: Ids) -> None:
    with pytest.raises(ValueError, match="id"):
        store.add(new, AXES[: len(new)])
    assert len(store) == 3


@pytest.mark.parametrize("shape", [(1, DIM + 1), (2, DIM)], ids=["dimension", "number"])
def test_vectors_of_another_shape_are_refused(store: VectorStore, shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="shape"):
        store.add(ids(40), np.ones(shape, np.float32))


def test_it_knows_its_dimension(store: VectorStore) -> None:
    assert store.dim == DIM


def test_what_is_saved_is_found_again(store: VectorStore, kind: type[VectorStore], tmp_path: Path) -> None:
    store.save(tmp_path / "kept")
    again = kind.open(tmp_path / "kept")
    query = unit([[3, 2, 1, 0]])
    for before, after in zip(store.search(query, 3), again.search(query, 3), strict=True):
        assert np.array_equal(before, after)
    assert (len(again), again.dim) == (3, DIM)


def test_a_saved_store_can_be_changed(store: VectorStore, kind: type[VectorStore], tmp_path: Path) -> None:
    store.save(tmp_path / "kept")
    again = kind.open(tmp_path / "kept")
    again.remove(ids(20))
    again.add(ids(5), AXES[3:])
    assert again.search(AXES[:1], 5)[0].tolist() == [[10, 30, 5]]
    again.save(tmp_path / "kept again")
    assert kind.open(tmp_path / "kept again").search(AXES[:1], 5)[0].tolist() == [[10, 30, 5]]


def test_an_empty_store_is_saved_as_well(make: Make, kind: type[VectorStore], tmp_path: Path) -> None:
    make(DIM).save(tmp_path / "kept")
    assert len(kind.open(tmp_path / "kept")) == 0


def test_a_missing_store_is_said(kind: type[VectorStore], tmp_path: Path) -> None:
    with pytest.raises(IndexMismatchError, match=r"gone.*build the index again"):
        kind.open(tmp_path / "gone")


@pytest.mark.parametrize("place", [0.0, 0.1, 0.5, 0.999])
def test_a_damaged_store_is_said(store: VectorStore, kind: type[VectorStore], tmp_path: Path, place: float) -> None:
    """A turned byte in a length would otherwise have FAISS ask for all memory there is."""
    store.save(tmp_path / "kept")
    files = [path for path in [tmp_path / "kept", *(tmp_path / "kept").rglob("*")] if path.is_file()]
    for path in files:
        data = bytearray(path.read_bytes())
        data[int(place * len(data))] ^= 0xFF
        path.write_bytes(data)
    with pytest.raises(IndexMismatchError, match="build the index again"):
        kind.open(tmp_path / "kept")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_half_a_store_is_said(store: VectorStore, kind: type[VectorStore], tmp_path: Path, share: float) -> None:
    store.save(tmp_path / "kept")
    files = [path for path in [tmp_path / "kept", *(tmp_path / "kept").rglob("*")] if path.is_file()]
    for path in files:
        path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(IndexMismatchError, match="build the index again"):
        kind.open(tmp_path / "kept")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_it_agrees_with_brute_force(make: Make, data: st.DataObject) -> None:
    """Small whole numbers as components: many scores are equal, and every sum is exact."""
    rows = st.lists(st.integers(-2, 2), min_size=DIM, max_size=DIM)
    vectors = np.array(data.draw(st.lists(rows, min_size=1, max_size=12)), np.float32)
    numbers = st.lists(st.integers(0, 50), min_size=len(vectors), max_size=len(vectors), unique=True)
    kept = np.array(data.draw(numbers), np.int64)
    query = np.array([data.draw(rows)], np.float32)
    allowed = data.draw(st.none() | st.lists(st.integers(0, 50), max_size=12).map(lambda a: np.array(a, np.int64)))
    gone = np.array(data.draw(st.lists(st.sampled_from(kept.tolist()), max_size=3)), np.int64)
    k = data.draw(st.integers(0, 14))
    store = make(DIM)
    store.add(kept, vectors)
    store.remove(gone)

    scores = vectors @ query[0]
    left = [
        (-float(score), int(number))
        for score, number in zip(scores, kept, strict=True)
        if number not in gone and (allowed is None or number in allowed)
    ]
    expected = sorted(left)[:k]
    found, found_scores = store.search(query, k, allowed)
    assert found[0].tolist() == [number for _, number in expected]
    assert found_scores[0].tolist() == [-score for score, _ in expected]
