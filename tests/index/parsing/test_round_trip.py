"""What was typeset comes back: generated letters of both families, as PDF and as Word files."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from index.parsing import parse_with_account
from index.reading import read_bytes
from index.records import Letter
from tests.proof import objections
from tests.typesetting import docx, pdf
from tests.typesetting.model import Answered, Asked, Item, Sheet, answer_markers, answer_words, markers, words
from tests.typesetting.strategies import sheets

SLOWLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _parsed(data: bytes, name: str) -> Letter:
    document = read_bytes(data, name)
    letter, account = parse_with_account(document)
    assert account.settled, (account.leftover, account.twice)
    assert objections(letter, document) == []
    return letter


def _assert_same(letter: Letter, sheet: Sheet, *, typed: bool = False) -> None:
    def shown(found: list[str]) -> list[str]:
        return [f"[{marker}]" if typed else marker for marker in found]

    asked = {
        number: text
        for block in sheet.blocks
        if isinstance(block, Asked)
        for number, text in zip(block.numbers, block.texts, strict=True)
    }
    found = {question.number: question for pair in letter.pairs for question in pair.questions}
    assert {n: q.text.split() for n, q in found.items()} == {n: words(text) for n, text in asked.items()}
    assert {n: q.markers for n, q in found.items()} == {n: shown(markers(text)) for n, text in asked.items()}
    answers = {block.numbers: block for block in sheet.blocks if isinstance(block, Answered)}
    assert {pair.numbers for pair in letter.pairs} == set(answers)
    for pair in letter.pairs:
        assert pair.answer.text.split() == answer_words(answers[pair.numbers])
        assert pair.answer.markers == shown(answer_markers(answers[pair.numbers]))
    notes = {note.marker: note.text.split() for note in letter.footnotes}
    assert notes == {shown([marker])[0]: text.split() for marker, text in sheet.notes.items()}
    assert letter.warnings == ()


@given(sheets())
@SLOWLY
def test_a_published_letter_comes_back_from_its_pdf(sheet: Sheet) -> None:
    data, placed = pdf.aanhangsel(sheet)
    letter = _parsed(data, "letter.pdf")
    _assert_same(letter, sheet)
    assert letter.publication == "ah-tk-20232024-1907"
    _assert_pages(letter, sheet, placed)


@given(sheets())
@SLOWLY
def test_a_ministry_letter_comes_back_from_its_pdf(sheet: Sheet) -> None:
    data, placed = pdf.brief(sheet)
    letter = _parsed(data, "letter.pdf")
    _assert_same(letter, sheet)
    assert letter.reference == "2024Z07777"
    _assert_pages(letter, sheet, placed)


@given(sheets())
@SLOWLY
def test_a_word_letter_comes_back_with_notes_of_its_own_part(sheet: Sheet) -> None:
    _assert_same(_parsed(docx.brief(sheet), "letter.docx"), sheet)


@given(sheets())
@SLOWLY
def test_a_word_letter_comes_back_with_typed_notes(sheet: Sheet) -> None:
    _assert_same(_parsed(docx.brief(sheet, typed=True, empty_lines=False), "letter.docx"), sheet, typed=True)


def _assert_pages(letter: Letter, sheet: Sheet, placed: pdf.Placed) -> None:
    for index, block in enumerate(sheet.blocks):
        if isinstance(block, Answered):
            pair = next(pair for pair in letter.pairs if pair.numbers == block.numbers)
            # A heading may stand alone at the foot of the page before its answer.
            assert set(pair.answer.page_numbers) <= placed.pages[index]


@pytest.mark.parametrize("typeset", [pdf.aanhangsel, pdf.brief], ids=["aanhangsel", "brief"])
def test_who_when_and_what_are_read_from_the_title(typeset: object) -> None:
    blocks = (Asked((1,), ("Kent u het bericht?",)), Answered((1,), ("Ja.",)))
    data, _ = typeset(Sheet(blocks))  # type: ignore[operator]
    letter = _parsed(data, "letter.pdf")
    assert [(person.name, person.party) for person in letter.askers] == [("Jansen", "VVD"), ("De Vries", "D66")]
    assert letter.answered_by == ("Pietersen (Infrastructuur en Waterstaat)",)
    assert (letter.date_asked, letter.date_answered) == ("2024-05-03", "2024-05-28")
    assert letter.subject == "het onderhoud van dijken langs de Waal"


STYLES = {
    "words placed one by one": replace(pdf.BRIEF, by_word=True),
    "set flush on both sides": replace(pdf.BRIEF, justify=True, hyphenate=True),
    "no space between paragraphs": replace(pdf.BRIEF, gap_between_paragraphs=0),
    "bold questions": replace(pdf.BRIEF, bold_questions=True),
    "figures of notes not raised": replace(pdf.BRIEF, note_rise=False),
    "large type": replace(pdf.BRIEF, size=11, leading=14, note_size=8, mark_size=7),
    "notes nearly as large as the text": replace(pdf.BRIEF, note_size=8.2, mark_size=6.5),
}


@pytest.mark.parametrize("style", STYLES)
@given(sheet=sheets())
@settings(SLOWLY, max_examples=12)
def test_a_letter_comes_back_whatever_its_style(style: str, sheet: Sheet) -> None:
    data, placed = pdf.brief(sheet, STYLES[style])
    letter = _parsed(data, "letter.pdf")
    _assert_same(letter, sheet)
    _assert_pages(letter, sheet, placed)


def test_a_table_wider_than_the_text_stays_in_its_answer() -> None:
    rows = tuple(
        Item(text, "") for text in ("Provincie\tJaar\tAantal\tBedrag", "Fryslân\t2023\t12\t3", "Drenthe\t2023\t4\t5")
    )
    blocks = (Asked((1,), ("Hoeveel?",)), Answered((1,), ("Zie de tabel.", *rows, "Dat is alles.")))
    data, _ = pdf.aanhangsel(Sheet(blocks), replace(pdf.AANHANGSEL, table_left=40.0))
    [pair] = _parsed(data, "letter.pdf").pairs
    assert pair.answer.text.split() == answer_words(blocks[1])
