"""Builds: the same letter in two files is kept once, two letters of one number both."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index.archive import Archive
from index.build import build_index, content_key
from index.encoders.base import Encoder
from index.records import Letter
from tests.conftest import ROOT
from tests.index.building import Build, Opened, WriteLetter, check_consistent, letter_ids, names


@pytest.fixture
def twins(tmp_path: Path) -> Path:
    """Give a folder with one letter as text and, typeset, as PDF."""
    (tmp_path / "letters").mkdir()
    shutil.copy(ROOT / "letters" / "2022Z11285.pdf", tmp_path / "letters" / "z.pdf")
    return tmp_path / "letters"


def as_text(letter: Letter, path: Path, write_letter: WriteLetter) -> None:
    pairs = [(pair.questions[0].text, pair.answer.text) for pair in letter.pairs]
    write_letter(path, pairs, number="2022Z11285", subject="digitale vervolging")


def test_the_same_letter_in_two_files_is_kept_once_the_pdf_first(
    twins: Path, bundled_letter: Letter, write_letter: WriteLetter, words_encoder: Encoder
) -> None:
    as_text(bundled_letter, twins / "a.txt", write_letter)
    folder = twins.parent / "index"
    report = build_index([twins], folder, words_encoder)
    assert report.same == {twins / "a.txt": twins / "z.pdf"}
    assert (report.letters, names(report.added)) == (1, ["z.pdf"])
    assert Archive(folder).open().catalogue.paths() == {"2022Z11285": str(twins / "z.pdf")}
    check_consistent(Archive(folder).open())

    assert build_index([twins], folder, words_encoder).same == report.same, "it is said again"

    (twins / "z.pdf").unlink()
    report = build_index([twins], folder, words_encoder)
    assert (names(report.added), report.same, report.letters) == (["a.txt"], {}, 1)
    check_consistent(Archive(folder).open())


def test_a_pdf_that_comes_later_takes_the_place_of_the_text(
    twins: Path, bundled_letter: Letter, write_letter: WriteLetter, words_encoder: Encoder
) -> None:
    as_text(bundled_letter, twins / "a.txt", write_letter)
    folder = twins.parent / "index"
    build_index([twins / "a.txt"], folder, words_encoder)
    report = build_index([twins], folder, words_encoder)
    assert report.same == {twins / "a.txt": twins / "z.pdf"}
    assert Archive(folder).open().catalogue.paths() == {"2022Z11285": str(twins / "z.pdf")}
    check_consistent(Archive(folder).open())


def test_a_twin_of_a_file_that_goes_bad_stays_behind_it(
    letters: Path, build: Build, opened: Opened, write_letter: WriteLetter
) -> None:
    write_letter(letters / "twin.txt")
    assert build().same == {letters / "twin.txt": letters / "a.txt"}
    (letters / "a.txt").unlink()
    (letters / "twin.txt").write_bytes(b"")
    build()
    assert letter_ids(opened()) == ["2024Z00002"]
    check_consistent(opened())


def test_spacing_and_signs_make_no_other_letter(make_letter: Callable[..., Letter]) -> None:
    letter = make_letter([("Hoe werkt het ‘systeem’?", "Zo: het werkt.")])
    same = make_letter([("Hoe werkt het  'systeem' ?", "Zo. Het\n\nwerkt")], source="anders.txt")
    other = make_letter([("Hoe werkt het ‘systeem’?", "Zo: het werkt niet.")])
    assert content_key(letter) == content_key(same) != content_key(other)


def test_copies_of_a_letter_without_a_number_are_the_same_letter(make_letter: Callable[..., Letter]) -> None:
    one, copy = (make_letter(reference=None, source=name) for name in ("brief.pdf", "kopie.pdf"))
    assert content_key(one) == content_key(copy) != content_key(make_letter())
    empty = [make_letter([], reference=None, source=name) for name in ("een.pdf", "twee.pdf")]
    assert content_key(empty[0]) != content_key(empty[1])


def test_two_letters_of_one_number_are_both_kept(
    letters: Path, build: Build, opened: Opened, write_letter: WriteLetter
) -> None:
    """A corrected answer carries the number of the first."""
    build()
    write_letter(letters / "c.txt", [("Hoeveel nachttreinen?", "Zes, en niet vijf.")], number="2024Z00001")
    report = build()
    ids = letter_ids(opened())
    assert (report.letters, len(ids)) == (3, 3)
    assert ids[0] == "2024Z00001"
    assert ids[1].startswith("2024Z00001-")
    letter = opened().catalogue.letter(ids[1])
    assert letter is not None
    assert letter.letter_id == ids[1]
    check_consistent(opened())
    assert letter_ids(opened()) == ids
    build()
    assert letter_ids(opened()) == ids


def test_a_build_does_not_depend_on_the_order_of_the_places(
    letters: Path, words_encoder: Encoder, tmp_path: Path
) -> None:
    places = [letters / "a.txt", letters / "b.txt"]
    for name, order in (("one", places), ("two", places[::-1])):
        build_index(order, tmp_path / name, words_encoder)
    one, two = (Archive(tmp_path / name).open() for name in ("one", "two"))
    assert one.manifest == two.manifest
    assert (one.folder / "vectors.faiss").read_bytes() == (two.folder / "vectors.faiss").read_bytes()
    assert list(one.catalogue.letters()) == list(two.catalogue.letters())
