"""The word side: Dutch stems, BM25 as the textbook has it, filters before the cut-off."""

from __future__ import annotations

import math
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from index.errors import IndexMismatchError
from index.lexical import Field, LexicalIndex

TEXTS = (
    "Het sociaal kredietsysteem in China",
    "De nachttrein naar Wenen; de trein rijdt 's nachts",
    "Een trein",
    "Wolven op de Veluwe, één wolf",
    "De wolf en de trein",
)


def fields(text: str) -> Mapping[Field, str]:
    return {Field.QUESTION: text, Field.ANSWER: f"Antwoord: {text}", Field.SUBJECT: ""}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "words").mkdir()
    return tmp_path / "words"


@pytest.fixture
def words(folder: Path) -> LexicalIndex:
    index = LexicalIndex(folder)
    index.change(add=[(row, fields(text)) for row, text in enumerate(TEXTS)])
    return index


def rows(words: LexicalIndex, text: str, field: Field = Field.QUESTION, k: int = 10) -> list[int]:
    return [row for row, _ in words.search(text, field, k)]


def test_a_word_is_found_in_its_other_forms(words: LexicalIndex) -> None:
    assert rows(words, "kredietsystemen") == rows(words, "KREDIETSYSTEEM") == [0]
    assert set(rows(words, "treinen")) == {1, 2, 4}


def test_accents_do_not_matter(words: LexicalIndex) -> None:
    words.change(add=[(9, fields("De privé-clinics van Curaçao"))])
    assert rows(words, "prive Curacao") == [9]


def test_words_without_meaning_are_no_terms(words: LexicalIndex) -> None:
    assert words.terms("de het een") == []
    assert rows(words, "de") == []


def test_a_shared_word_is_needed(words: LexicalIndex) -> None:
    assert rows(words, "belasting") == []


@pytest.mark.parametrize("text", ["", "?!", "«»", " \n\t"])
def test_a_question_without_words_finds_nothing(words: LexicalIndex, text: str) -> None:
    assert words.search(text, Field.QUESTION, 10) == []


@pytest.mark.parametrize(
    "text", ['trein AND "', "question:wolf", "trein^99 OR *", "[a TO z]", "trein~3", "-trein", "(trein", "tr\0ein wolf"]
)
def test_signs_of_a_query_language_are_no_commands(words: LexicalIndex, text: str) -> None:
    assert set(rows(words, text)) <= {1, 2, 3, 4}


def test_fields_are_searched_by_themselves(words: LexicalIndex) -> None:
    words.change(add=[(7, {Field.QUESTION: "fiets", Field.ANSWER: "auto", Field.SUBJECT: "vervoer"})])
    assert rows(words, "fiets auto vervoer", Field.QUESTION) == [7]
    assert rows(words, "fiets", Field.ANSWER) == []
    assert rows(words, "vervoer", Field.SUBJECT) == [7]


def bm25(words: LexicalIndex, query: str, text: str) -> float:
    """Return BM25 as Robertson and Zaragoza (2009) have it, with k1 = 1.2 and b = 0.75."""
    documents = [words.terms(text) for text in TEXTS]
    average = sum(map(len, documents)) / len(documents)
    terms, total = Counter(words.terms(text)), 0.0
    for term in dict.fromkeys(words.terms(query)):
        containing = sum(term in document for document in documents)
        idf = math.log(1 + (len(documents) - containing + 0.5) / (containing + 0.5))
        length = 1 - 0.75 + 0.75 * sum(terms.values()) / average
        total += idf * terms[term] * 2.2 / (terms[term] + 1.2 * length)
    return total


@pytest.mark.parametrize("query", ["trein", "De wolf en de trein", "sociaal kredietsysteem China", "trein trein wolf"])
def test_scores_are_bm25(words: LexicalIndex, query: str) -> None:
    expected = {row: bm25(words, query, text) for row, text in enumerate(TEXTS)}
    found = words.search(query, Field.QUESTION, 10)
    assert dict(found) == pytest.approx({row: score for row, score in expected.items() if score}, rel=1e-5)
    assert [row for row, _ in found] == sorted(dict(found), key=lambda row: (-dict(found)[row], row))


def test_equal_scores_come_by_row(folder: Path) -> None:
    index = LexicalIndex(folder)
    index.change(add=[(row, fields("trein")) for row in (9, 2, 5)])
    assert rows(index, "trein") == [2, 5, 9]


def test_the_filter_comes_before_the_cut_off(folder: Path) -> None:
    index = LexicalIndex(folder)
    index.change(add=[(row, fields("trein " * (100 - row))) for row in range(100)])
    assert [row for row, _ in index.search("trein", Field.QUESTION, 2, [97, 98, 99])] == [97, 98]
    assert index.search("trein", Field.QUESTION, 2, []) == []


def test_a_filter_leaves_the_scores_alone(words: LexicalIndex) -> None:
    everything = dict(words.search("wolf trein", Field.QUESTION, 10))
    chosen = words.search("wolf trein", Field.QUESTION, 10, [2, 4])
    assert chosen
    assert chosen == [(row, everything[row]) for row, _ in chosen]


def test_none_asked_gives_none(words: LexicalIndex) -> None:
    assert words.search("trein", Field.QUESTION, 0) == []


def test_a_removed_pair_is_not_found(words: LexicalIndex) -> None:
    words.change(remove=[4, 99])
    assert set(rows(words, "wolf trein")) == {1, 2, 3}


def test_a_pair_can_be_put_in_the_place_of_another(words: LexicalIndex) -> None:
    words.change(remove=[2], add=[(2, fields("fiets"))])
    assert rows(words, "fiets") == [2]
    assert 2 not in rows(words, "trein")


def test_it_knows_in_how_many_pairs_a_word_stands(words: LexicalIndex) -> None:
    [term] = words.terms("treinen")
    assert words.document_frequency(Field.QUESTION, term) == 3
    assert words.document_frequency(Field.SUBJECT, term) == 0
    assert words.document_frequency(Field.QUESTION, "nergens") == 0


def test_what_is_written_is_found_again(words: LexicalIndex, folder: Path) -> None:
    again = LexicalIndex.open(folder)
    assert again.search("wolf trein", Field.QUESTION, 10) == words.search("wolf trein", Field.QUESTION, 10)


def test_a_missing_word_index_is_said(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "gone"):
        with pytest.raises(IndexMismatchError, match=r"no word index.*build the index again"):
            LexicalIndex.open(place)


@pytest.mark.parametrize("how", ["half", "empty", "gone"])
def test_a_damaged_word_index_is_said(words: LexicalIndex, folder: Path, tmp_path: Path, how: str) -> None:
    files = [path for path in folder.iterdir() if not path.name.endswith(".lock") and path.name != ".managed.json"]
    assert len(files) > 5
    for path in files:
        copy = tmp_path / f"copy of {path.name}"
        shutil.copytree(folder, copy)
        data = path.read_bytes()
        (copy / path.name).unlink() if how == "gone" else (copy / path.name).write_bytes(
            data[: len(data) // 2 if how == "half" else 0]
        )
        with pytest.raises(IndexMismatchError, match="build the index again"):
            LexicalIndex.open(copy)
