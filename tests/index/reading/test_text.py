"""A plain text is read in whatever encoding and with whatever line ends it comes."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LimitError, SourceError
from index.reading import read_bytes

TEXT = "Vraag 1\nKent u de coördinatie van «één» dijk?\n\nAntwoord 1\nJa."
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]


def _lines(data: bytes) -> list[str]:
    return [line.text for page in read_bytes(data, "letter.txt").pages for line in page.lines]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "mac"])
def test_every_encoding_and_line_end_gives_the_same_lines(encoding: str, end: str) -> None:
    wanted = [line for line in TEXT.split("\n") if line]
    assert _lines(TEXT.replace("\n", end).encode(encoding)) == wanted


def test_form_feeds_part_the_pages() -> None:
    document = read_bytes(b"een\n\ftwee\n\fdrie\n\f", "letter.txt")
    assert [(page.number, page.lines[0].text) for page in document.pages] == [(1, "een"), (2, "twee"), (3, "drie")]


def test_lines_of_two_encodings_are_each_read_in_their_own_and_it_is_said() -> None:
    document = read_bytes("één\n".encode() + "twéé".encode("cp1252"), "letter.txt")
    assert [line.text for line in document.pages[0].lines] == ["één", "twéé"]
    assert "mixed" in document.warnings[0]


def test_marks_that_turn_the_writing_are_left_out_and_it_is_said() -> None:
    document = read_bytes("Ja\u202e.eeN\u202c".encode(), "letter.txt")
    assert document.pages[0].lines[0].text == "Ja.eeN"
    assert "direction of writing" in document.warnings[0]


def test_an_accent_of_its_own_joins_its_letter() -> None:
    assert _lines("Kostic\u0301".encode()) == ["Kostić"]


def test_an_empty_line_opens_a_paragraph() -> None:
    lines = read_bytes(b"een\ntwee\n\n \ndrie", "letter.txt").pages[0].lines
    assert [line.starts_paragraph for line in lines] == [True, False, True]


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03" * 50, b"   \n\n"], ids=["binary", "white space"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        read_bytes(data, "letter.txt")


def test_more_text_than_the_limit_is_refused() -> None:
    with pytest.raises(LimitError, match="at most 10 are read"):
        read_bytes(b"een dijk en nog een dijk", "letter.txt", max_text=10)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), min_size=1))
def test_any_text_is_read_or_refused_but_never_crashes(text: str) -> None:
    with contextlib.suppress(SourceError):
        assert "".join(_lines(text.encode())).strip()
