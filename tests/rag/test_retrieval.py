"""Retrieval: candidates from both sides, each measured exactly, filters before every cut-off."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.archive import Archive, Generation
from index.build import build_index
from index.encoders.base import Encoder, TokenEncoder
from index.records import View
from rag import retrieval
from rag.fusion import FEATURES, Feature, Weights, fuse, load_weights
from rag.retrieval import Candidates, Retriever, weigh_tokens

WriteLetter = Callable[..., Path]


@pytest.fixture(scope="module")
def retriever(small_generation: Generation, words_encoder: Encoder) -> Retriever:
    return Retriever(small_generation, words_encoder, load_weights(with_tokens=False))


def pair_ids(generation: Generation, candidates: Candidates) -> list[str]:
    return [pair.pair_id for pair in generation.catalogue.pairs(candidates.rows.tolist())]


def feature(candidates: Candidates, name: Feature, place: int = 0) -> float:
    return float(candidates.features[place, FEATURES.index(name)])


@pytest.mark.parametrize(
    ("query", "pair_id"),
    [
        ("Hoeveel wolven leven er op de Veluwe?", "2024Z00002/vraag-1"),
        ("bereid een wolvenhek te vergoeden", "2024Z00002/vraag-2"),
        ("kinderen gratis kaartje", "2024Z00001/vraag-2"),
        ("leegstand in Groningen", "2024Z00003/vraag-1"),
    ],
)
def test_the_pair_that_fits_comes_first(
    retriever: Retriever, small_generation: Generation, query: str, pair_id: str
) -> None:
    assert pair_ids(small_generation, retriever.search(query))[0] == pair_id


def test_candidates_are_ordered_by_score_then_row(retriever: Retriever, small_generation: Generation) -> None:
    found = retriever.search("Hoeveel treinen?")
    assert len(found.rows) == small_generation.manifest.counts["pairs"]
    assert list(zip(-found.scores, found.rows, strict=True)) == sorted(zip(-found.scores, found.rows, strict=True))


def test_equal_scores_are_ordered_by_row(small_generation: Generation, words_encoder: Encoder) -> None:
    found = Retriever(small_generation, words_encoder, Weights({}, {}, 0.5)).search("Hoeveel treinen?")
    assert found.rows.tolist() == sorted(found.rows.tolist())
    assert set(found.scores.tolist()) == {0.0}


def test_scores_are_the_fused_features(retriever: Retriever) -> None:
    found = retriever.search("Hoeveel treinen rijden er?")
    assert found.scores.tolist() == fuse(found.features, load_weights(with_tokens=False).ranking).tolist()


def test_views_are_measured_exactly(retriever: Retriever, small_generation: Generation, words_encoder: Encoder) -> None:
    query = "Hoeveel huizen staan er leeg?"
    found = retriever.search(query)
    [stored] = small_generation.catalogue.pairs(found.rows[:1].tolist())
    asked, said = stored.pair.questions[0].text, stored.pair.answer.text
    assert stored.pair_id == "2024Z00003/vraag-1"
    subject = f"{stored.letter.subject}: "
    texts = [f"{subject}{asked}", f"{subject}{asked} {said}"]
    expected = words_encoder.encode_passages(texts) @ words_encoder.encode_queries([query])[0]
    measured = [feature(found, name) for name in (Feature.QUESTION, Feature.BOTH)]
    assert measured == pytest.approx(expected.tolist(), abs=1e-6)


def test_the_best_window_counts(retriever: Retriever) -> None:
    found = retriever.search("kinderen reizen gratis")
    windows = retriever.windows(found.vector, int(found.rows[0]))
    assert feature(found, Feature.WINDOW) == pytest.approx(max(window.score for window in windows))


def test_windows_stand_in_order_inside_the_answer(retriever: Retriever, small_generation: Generation) -> None:
    found = retriever.search("Wat kost een kaartje?")
    for stored in small_generation.catalogue.pairs(found.rows.tolist()):
        windows = retriever.windows(found.vector, stored.row)
        assert windows
        assert windows == sorted(windows, key=lambda window: window.start)
        assert all(0 <= window.start < window.end <= len(stored.pair.answer.text) for window in windows)


def test_word_features_are_shares(retriever: Retriever) -> None:
    words = [Feature.WORDS_QUESTION, Feature.WORDS_ANSWER, Feature.WORDS_SUBJECT]
    for query in ("Hoeveel wolven leven er op de Veluwe?", "wolven wolven wolven", "Veluwe", "niets hiervan"):
        found = retriever.search(query)
        shares = found.features[:, [FEATURES.index(name) for name in words]]
        assert ((shares >= 0) & (shares <= 1)).all()
    assert feature(retriever.search("wolven op de Veluwe"), Feature.WORDS_SUBJECT) > 0.4


def test_how_many_of_the_words_are_known_is_told(retriever: Retriever) -> None:
    assert retriever.search("wolven op de Veluwe").words_known == 1.0
    assert retriever.search("begrotingstekort hypotheekrente").words_known == 0.0
    assert 0 < retriever.search("wolven begrotingstekort").words_known < 1


def test_a_word_that_stands_nowhere_weighs_most(retriever: Retriever, small_generation: Generation) -> None:
    pairs = small_generation.manifest.counts["pairs"]
    common, rare = (math.log(1 + (pairs - n + 0.5) / (n + 0.5)) for n in (1, 0))
    known = retriever.search("wolvenhek begrotingstekort").words_known
    assert known == pytest.approx(common / (common + rare))


@pytest.mark.parametrize("query", ["de het een", "?", "Ωμέγα", "x" * 2000])
def test_a_query_without_known_words_is_searched_by_meaning_alone(retriever: Retriever, query: str) -> None:
    found = retriever.search(query)
    assert len(found.rows) == 5
    assert found.words_known == 0.0
    assert np.isfinite(found.scores).all()


def test_only_allowed_pairs_are_found(retriever: Retriever) -> None:
    everything = retriever.search("Hoeveel wolven?")
    allowed = np.sort(everything.rows[-2:])
    found = retriever.search("Hoeveel wolven?", allowed)
    assert sorted(found.rows.tolist()) == allowed.tolist()


def test_the_filter_comes_before_the_cut_off(
    retriever: Retriever, small_generation: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieval, "NEAREST_PASSAGES", 1)
    monkeypatch.setattr(retrieval, "BEST_BY_WORDS", 1)
    far = retriever.search("leegstand in Groningen").rows
    [house] = [
        pair.row for pair in small_generation.catalogue.pairs(far.tolist()) if "Groningen" in pair.letter.subject
    ]
    assert retriever.search("Hoeveel wolven leven er?", np.array([house])).rows.tolist() == [house]


def test_a_filter_leaves_the_measures_alone(retriever: Retriever) -> None:
    everything = retriever.search("Hoeveel wolven?")
    found = retriever.search("Hoeveel wolven?", np.sort(everything.rows[1:3]))
    assert np.array_equal(found.features, everything.features[1:3])


def test_nothing_allowed_finds_nothing(retriever: Retriever) -> None:
    found = retriever.search("Hoeveel wolven?", np.empty(0, np.int64))
    assert (len(found.rows), found.features.shape) == (0, (0, len(FEATURES)))


def test_the_same_query_gives_the_same_bytes(retriever: Retriever) -> None:
    one, two = retriever.search("Hoeveel treinen?"), retriever.search("Hoeveel treinen?")
    assert one.scores.tobytes() == two.scores.tobytes()
    assert one.features.tobytes() == two.features.tobytes()


def test_removed_letters_leave_no_weight_behind(
    tmp_path: Path, words_encoder: Encoder, write_letter: WriteLetter
) -> None:
    """The word index counts removed documents for a while; a share must stay a share."""
    for number in range(12):
        write_letter(
            tmp_path / "letters" / f"{number}.txt",
            [("Hoeveel wolven?", f"{number} wolven.")],
            number=f"2024Z1{number:04}",
        )
    build_index([tmp_path / "letters"], tmp_path / "index", words_encoder)
    for number in range(1, 12):
        (tmp_path / "letters" / f"{number}.txt").unlink()
    build_index([tmp_path / "letters"], tmp_path / "index", words_encoder)

    found = Retriever(Archive(tmp_path / "index").open(), words_encoder, load_weights(with_tokens=False)).search(
        "Hoeveel wolven fluiten?"
    )
    assert len(found.rows) == 1
    assert 0 < found.words_known < 1
    assert 0 < feature(found, Feature.WORDS_QUESTION) <= 1


def test_every_view_has_its_feature() -> None:
    assert set(retrieval.VIEW_FEATURES) == set(View)


@pytest.fixture(scope="module")
def token_retriever(
    tmp_path_factory: pytest.TempPathFactory, write_letter: WriteLetter, word_tokens_encoder: TokenEncoder
) -> Retriever:
    folder = tmp_path_factory.mktemp("tokens")
    write_letter(folder / "a.txt")
    build_index([folder / "a.txt"], folder / "index", word_tokens_encoder)
    generation = Archive(folder / "index").open()
    return Retriever(generation, word_tokens_encoder, Weights({"tokens": 1.0}, {}, 0.5))


def test_every_word_of_a_query_is_looked_for_in_every_pair(token_retriever: Retriever) -> None:
    found = token_retriever.search("gratis kinderen Utrecht")
    assert found.matches.shape == (3, 2)
    here, elsewhere = found.matches.T
    assert here[:2] == pytest.approx(1.0, abs=0.01)
    assert here[2] < 0.7
    assert elsewhere[2] == pytest.approx(1.0, abs=0.01)
    assert here.mean() < feature(found, Feature.TOKENS) <= 1.0, "«gratis» and «kinderen» tell the two apart"


def test_a_token_weighs_as_much_as_it_tells_the_best_pairs_apart() -> None:
    #          the best   the second   not compared
    matches = np.array([[0.9, 0.5, 0.0], [0.8, 0.8, 0.0], [0.4, 0.6, 0.0]])
    weighed = weigh_tokens(matches, np.array([0, 1]))
    assert weighed == pytest.approx([(2 * 0.9 + 0.4) / 3, (2 * 0.5 + 0.6) / 3, 0.0], abs=0.01)
    assert weigh_tokens(matches[:, :1], np.array([0])) == pytest.approx(matches[:, 0].mean())


def test_the_tokens_of_a_pair_count_the_same_however_many_pairs_there_are() -> None:
    matches = np.random.default_rng(7).random((9, 300))
    best = np.arange(20)
    assert weigh_tokens(matches, best)[:20].tolist() == weigh_tokens(matches[:, :20], best).tolist()
    assert weigh_tokens(matches, best).tolist() == weigh_tokens(matches, best[: retrieval.TOLD_APART]).tolist()


def test_where_no_pair_is_allowed_none_is_compared(token_retriever: Retriever) -> None:
    assert not len(token_retriever.search("gratis kinderen", np.array([], np.int64)).rows)


def test_tokens_follow_their_pairs_into_another_order(token_retriever: Retriever) -> None:
    found = token_retriever.search("gratis kinderen Utrecht")
    assert found.in_order(found.rows[::-1]).matches.tolist() == found.matches[:, ::-1].tolist()
    assert found.in_order(found.rows[1:]).matches.tolist() == found.matches[:, 1:].tolist()


def test_only_the_best_pairs_are_compared_by_tokens(
    token_retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieval, "COMPARED_BY_TOKENS", 1)
    found = token_retriever.search("gratis kinderen")
    assert found.matches[:, 0].min() > 0.9
    assert found.matches[:, 1].tolist() == [0.0, 0.0]


def test_without_tokens_in_the_index_none_are_compared(retriever: Retriever) -> None:
    found = retriever.search("gratis kinderen")
    assert found.matches.shape == (0, len(found.rows))
    assert not found.features[:, FEATURES.index(Feature.TOKENS)].any()
