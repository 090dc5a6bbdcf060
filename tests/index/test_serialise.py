"""A letter comes back from its stored form as it was; the contract holds what it promises."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.parsing import parse_document
from index.reading import read_bytes
from index.records import (
    Answer,
    Document,
    Footnote,
    Kind,
    Letter,
    Line,
    Mark,
    Page,
    PageStart,
    Pair,
    Person,
    Question,
    Run,
)
from index.serialise import dump_document, dump_letter, letter_to_contract, load_document, load_letter
from tests.typesetting import pdf
from tests.typesetting.strategies import Author

texts = st.text(max_size=40)
maybe = st.none() | texts
numbers = st.integers(1, 2000)


@st.composite
def placed(draw: st.DrawFn) -> tuple[str, tuple[PageStart, ...], tuple[Mark, ...]]:
    text = draw(texts)
    offsets = sorted(draw(st.sets(st.integers(0, len(text)), max_size=3)) | {0}) if text else []
    starts = tuple(PageStart(offset, draw(numbers)) for offset in offsets)
    marks = sorted(draw(st.lists(st.integers(0, len(text)), max_size=3)))
    return text, starts, tuple(Mark(draw(texts), offset) for offset in marks)


questions = st.builds(lambda parts, number: Question(*parts, number=number), placed(), numbers)
answers = st.builds(lambda parts, to: Answer(*parts, points_to=tuple(to)), placed(), st.lists(numbers, max_size=3))
pairs = st.builds(
    lambda asked, answer: Pair(tuple(asked), answer), st.lists(questions, min_size=1, max_size=3), answers
)
letters = st.builds(
    Letter,
    source=texts,
    sha256=texts,
    kind=st.sampled_from(Kind),
    reference=maybe,
    publication=maybe,
    other_references=st.lists(texts, max_size=2).map(tuple),
    subject=texts,
    askers=st.lists(st.builds(Person, texts, maybe), max_size=2).map(tuple),
    answered_by=st.lists(texts, max_size=2).map(tuple),
    date_asked=maybe,
    date_answered=maybe,
    pairs=st.lists(pairs, max_size=2).map(tuple),
    unanswered=st.lists(questions, max_size=2).map(tuple),
    footnotes=st.lists(st.builds(Footnote, texts, texts, numbers, maybe), max_size=2).map(tuple),
    unresolved=st.lists(texts, max_size=2).map(tuple),
    warnings=st.lists(texts, max_size=2).map(tuple),
)
sizes = st.floats(0, 900, allow_nan=False)
lines = st.builds(
    Line,
    st.lists(st.builds(Run, texts, sizes, sizes, sizes, sizes, st.booleans()), max_size=3).map(tuple),
    sizes,
    st.sampled_from(("", "note:3", "margin")),
    st.booleans(),
)
pages = st.builds(Page, numbers, st.lists(lines, max_size=3).map(tuple), sizes, sizes)


@given(letters)
def test_a_stored_letter_comes_back_as_it_was(letter: Letter) -> None:
    assert load_letter(dump_letter(letter)) == letter


@given(st.builds(Document, texts, texts, texts, st.lists(pages, max_size=2).map(tuple), st.lists(texts).map(tuple)))
def test_a_document_comes_back_from_the_reading_process_as_it_was(document: Document) -> None:
    assert load_document(dump_document(document)) == document


def test_a_letter_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 0"):
        load_letter('{"format": 0}')


def test_the_contract_holds_its_keys_and_only_json() -> None:
    letter = parse_document(read_bytes(pdf.aanhangsel(Author(7).sheet(4))[0], "letter.pdf"))
    contract = letter_to_contract(letter)
    assert list(contract) == [
        "source", "kind", "reference", "publication", "other_references", "subject", "askers", "answered_by",
        "date_asked", "date_answered", "pairs", "unanswered", "footnotes", "unresolved", "warnings",
    ]  # fmt: skip
    assert json.loads(json.dumps(contract)) == contract
    pair = contract["pairs"][0]
    assert list(pair["answer"]) == ["text", "page_numbers", "footnotes"]
    assert list(pair["questions"][0]) == ["number", "text", "page_numbers"]
    assert contract["kind"] == "aanhangsel"
