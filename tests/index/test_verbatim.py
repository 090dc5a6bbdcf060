"""A stored text is proved against its source, and a text that was touched is found out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from index.parsing import parse_document
from index.reading import read_bytes
from index.records import Document, Letter
from tests.proof import objections
from tests.typesetting import docx, pdf
from tests.typesetting.model import Answered, Asked, Sheet
from tests.typesetting.strategies import Author

LONG = "Het kabinet onderhoudt de dijken en wijst daarvoor jaarlijks middelen aan. " * 30


def _read(data: bytes, name: str = "letter.pdf") -> tuple[Letter, Document]:
    document = read_bytes(data, name)
    return parse_document(document), document


def _with_answer(letter: Letter, text: str) -> Letter:
    pair = letter.pairs[0]
    return replace(letter, pairs=(replace(pair, answer=replace(pair.answer, text=text)), *letter.pairs[1:]))


def _letter() -> tuple[Letter, Document]:
    blocks = (
        Asked((1,), ("Wat vindt u daarvan?⟦1⟧",)),
        Answered((1,), ("Hier geldt NIS2⟦2⟧ ook. " + LONG.strip(), "Daarom is er beleid. Dat blijft zo.")),
        Asked((2,), ("En nu?",)),
        Answered((2,), ("Ja.",)),
    )
    return _read(pdf.aanhangsel(Sheet(blocks, {"1": "NOS, 3 mei 2024.", "2": "Kamerstuk 31 865, nr. 207."}))[0])


def test_the_text_of_a_letter_is_proved_over_pages_and_notes() -> None:
    letter, document = _letter()
    assert letter.pairs[0].answer.page_numbers == [1, 2]
    assert objections(letter, document) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("jaarlijks", "nooit"),
        ("blijft zo.", ""),
        ("Het kabinet onderhoudt", "Het kabinet, onderhoudt"),
        ("Dat blijft zo.", "Dat blijft zo. Altijd."),
        ("NIS2", "NIS"),
    ],
    ids=["a word changed", "the end dropped", "a comma added", "a sentence added", "a figure lost"],
)
def test_a_touched_answer_is_found_out(before: str, after: str) -> None:
    letter, document = _letter()
    text = letter.pairs[0].answer.text
    problems = objections(_with_answer(letter, text.replace(before, after, 1).rstrip()), document)
    assert len(problems) == 1
    assert problems[0].startswith("«")
    assert f"does not stand so on page 1, 2 of {letter.source}" in problems[0]


def test_a_line_left_out_within_a_page_is_found_out() -> None:
    letter, document = _letter()
    text = letter.pairs[0].answer.text
    line = [line.text.strip() for line in document.pages[0].lines if f" {line.text.strip()} " in text][3]
    assert objections(_with_answer(letter, text.replace(f"{line} ", "", 1)), document)


def test_an_answer_of_another_letter_is_found_out() -> None:
    letter, _ = _letter()
    _, other = _read(docx.brief(Author(3).sheet(3)), "letter.docx")
    assert objections(letter, other)


@given(st.integers(0, 2**32), st.integers(0, 10**6), st.sampled_from(["aanhangsel", "brief"]))
@settings(max_examples=40, deadline=None)
def test_any_exchanged_letter_of_the_alphabet_is_found_out(seed: int, place: int, family: str) -> None:
    letter, document = _read(getattr(pdf, family)(Author(seed).sheet(2))[0])
    text = letter.pairs[0].answer.text
    at = place % len(text)
    assume(text[at].isalpha())
    touched = text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]
    assert objections(_with_answer(letter, touched), document)
