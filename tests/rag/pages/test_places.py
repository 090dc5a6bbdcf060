"""The words of a letter are found again on its pages, cropped, turned or broken over lines."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from index.records import Answer, Letter, PageStart, Pair, Question
from rag.pages.facsimile import Facsimile, draw_marks, draw_page, open_facsimile, read_page
from rag.pages.places import Box, PageText, find_places, letters_of, lines_of, part_on_page
from rag.results import Highlight

LINES = (
    (700, "Vraag 4"),
    (680, "Deelt u de zorgen over de nachttreinen?"),
    (660, "Antwoord"),
    (640, "Het kabinet deelt die zorgen niet, want de nacht-"),
    (620, "treinen rijden volgens de dienstregeling."),
    (600, "Vraag 5"),
    (580, "Klopt dat?"),
    (560, "Antwoord"),
    (540, "Ja."),
)

WORDS = "Het kabinet deelt die zorgen niet, want de nachttreinen rijden volgens de dienstregeling."


@pytest.fixture
def typeset(tmp_path: Path) -> Callable[..., Facsimile]:
    """Return a function that makes a page with known lines, cropped or turned."""

    def make(crop: tuple[float, float, float, float] | None = None, turn: int = 0) -> Facsimile:
        path = tmp_path / "brief.pdf"
        canvas = Canvas(str(path), pagesize=(500, 800))
        for height, line in LINES:
            if turn:
                canvas.saveState()
                canvas.rotate(turn)
                canvas.drawString(72, height - 800, line)
                canvas.restoreState()
            else:
                canvas.drawString(72, height, line)
        canvas.save()
        writer = PdfWriter(PdfReader(path))
        if crop:
            writer.pages[0].cropbox.lower_left, writer.pages[0].cropbox.upper_right = crop[:2], crop[2:]
        writer.pages[0].rotate(turn)
        writer.write(path)
        found = open_facsimile(path, letter_of(path))
        assert found is not None
        return found

    return make


def letter_of(path: Path) -> Letter:
    class OfThisFile:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()

    return OfThisFile()  # type: ignore[return-value]


def test_words_are_found_over_lines_and_hyphens(typeset: Callable[..., Facsimile]) -> None:
    first, second = find_places(WORDS, read_page(typeset(), 1))
    assert first.bottom < 640 < first.top
    assert second.bottom < 620 < second.top
    assert first.left == pytest.approx(72, abs=2)


def test_a_short_answer_is_found_behind_its_own_question(typeset: Callable[..., Facsimile]) -> None:
    (place,) = find_places("Ja.", read_page(typeset(), 1), after="Klopt dat?")
    assert place.bottom < 540 < place.top
    assert find_places("Nee, geenszins.", read_page(typeset(), 1)) == []


def test_places_follow_the_part_of_the_page_that_is_seen(typeset: Callable[..., Facsimile]) -> None:
    cropped = typeset(crop=(50, 300, 450, 750))
    assert cropped.sizes[0] == pytest.approx((400, 450))
    first, _ = find_places(WORDS, read_page(cropped, 1))
    assert first.left == pytest.approx(72 - 50, abs=2)
    assert first.bottom < 640 - 300 < first.top


def test_places_turn_with_a_page_that_lies_on_its_side(typeset: Callable[..., Facsimile]) -> None:
    turned = typeset(turn=90)
    assert turned.sizes[0] == pytest.approx((800, 500))
    (first, second) = find_places(WORDS, read_page(turned, 1))
    # A line at height h of the upright page is drawn at height h - 300 of the page on its side.
    assert first.bottom < 640 - 300 < first.top
    assert second.bottom < 620 - 300 < second.top
    assert first.left == pytest.approx(72, abs=2)


def test_the_marks_lie_over_the_ink_of_the_page(typeset: Callable[..., Facsimile]) -> None:
    facsimile = typeset(crop=(50, 300, 450, 750))
    start = (PageStart(0, 1),)
    pair = Pair((Question("Deelt u de zorgen over de nachttreinen?", start, (), 4),), Answer(WORDS, start))
    drawn = draw_marks(facsimile, 1, pair, Highlight(0, len(WORDS)))
    assert drawn.count("<rect") == 3
    assert 'viewBox="0 0 400.00 450.00"' in drawn
    assert draw_page(facsimile, 1).startswith(b"\x89PNG")
    for page_number in (0, 2):
        with pytest.raises(LookupError):
            draw_page(facsimile, page_number)


def test_a_source_that_changed_or_is_no_pdf_is_not_shown(tmp_path: Path, typeset: Callable[..., Facsimile]) -> None:
    path = typeset().path
    letter = letter_of(path)
    assert open_facsimile(path, letter) is not None
    path.write_bytes(path.read_bytes() + b"\n%")
    assert open_facsimile(path, letter) is None
    for content in (b"", b"%PDF-1.4 and then nothing", b"just text"):
        other = tmp_path / "other"
        other.write_bytes(content)
        assert open_facsimile(other, letter_of(other)) is None
    assert open_facsimile(tmp_path / "gone.pdf", letter) is None
    assert open_facsimile(None, letter) is None


def test_the_part_on_a_page_is_cut_where_the_page_turns() -> None:
    answer = Answer("een twee drie", (PageStart(0, 2), PageStart(4, 3)))
    assert part_on_page(answer, 2) == (0, 4)
    assert part_on_page(answer, 3) == (4, 13)
    assert part_on_page(answer, 4) == (0, 0)
    assert part_on_page(Answer(""), 1) == (0, 0)


def test_boxes_on_one_line_are_joined() -> None:
    boxes = [Box(10, 100, 20, 110), Box(22, 98, 30, 108), Box(10, 80, 20, 90), Box(5, 5, 5, 9)]
    assert lines_of(boxes) == [Box(10, 98, 30, 110), Box(10, 80, 20, 90)]


@given(st.text(max_size=80), st.text(max_size=10), st.text(max_size=10))
def test_a_text_is_found_wherever_it_stands_on_a_page(words: str, before: str, after: str) -> None:
    if len(letters_of(words).text) < 20:
        return
    characters = before + words + after
    boxes = tuple(Box(place, 0, place + 1, 1) for place in range(len(characters)))
    found = find_places(words, PageText(characters, boxes))
    assert found
    assert found[0].right >= len(before) + letters_of(words).places[-1]
