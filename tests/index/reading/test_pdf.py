"""A PDF gives lines in reading order, with what is raised, beside the text, or not to be seen."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from index.errors import SourceError
from index.reading import read_bytes
from index.records import Line


def _pdf(draw: Callable[[Canvas], None], *, size: tuple[float, float] = (595, 842)) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def _lines(data: bytes) -> list[Line]:
    return [line for page in read_bytes(data, "letter.pdf").pages for line in page.lines]


def _body(canvas: Canvas, lines: int = 12) -> None:
    for number in range(lines):
        canvas.drawString(
            70, 700 - 12 * number, f"Regel {number} van de tekst van de brief over de dijken in het land."
        )


def test_a_raised_figure_is_a_run_of_its_own() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        canvas.drawString(70, 700, "richtlijn NIS2")
        canvas.setFont("Helvetica", 6)
        canvas.drawString(70 + canvas.stringWidth("richtlijn NIS2", "Helvetica", 9), 703, "4")
        canvas.drawString(300, 698, "2")

    [line, *_] = _lines(_pdf(draw))
    assert [(run.text, run.rise) for run in line.runs[:2]] == [("richtlijn NIS2", 0.0), ("4", 3.0)]


def test_a_lowered_figure_stays_in_its_word() -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(70, 700)
        text.setFont("Helvetica", 9)
        text.textOut("De CO")
        text.setFont("Helvetica", 7.5)
        text.setRise(-2.6)
        text.textOut("2")
        text.setFont("Helvetica", 9)
        text.setRise(0)
        text.textOut("-uitstoot")
        canvas.drawText(text)

    [line] = _lines(_pdf(draw))
    assert line.text == "De CO2-uitstoot"


def test_what_stands_beside_the_column_is_marked_so_and_comes_last() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(480, 700, "Ons kenmerk")
        _body(canvas)

    lines = _lines(_pdf(draw))
    assert [line.role for line in lines] == [""] * 12 + ["margin"]


def test_a_last_page_with_one_line_has_the_margins_of_the_others() -> None:
    def draw(canvas: Canvas) -> None:
        _body(canvas, 40)
        canvas.showPage()
        canvas.drawString(70, 700, "Ja.")
        for number, text in enumerate(("Ministerie van Infrastructuur en Waterstaat", "Onze referentie", "2024-12345")):
            canvas.setFont("Helvetica", 6.5)
            canvas.drawString(450, 700 - 9 * number, text)

    last = read_bytes(_pdf(draw), "letter.pdf").pages[1]
    assert (last.lines[0].text, last.lines[0].role) == ("Ja.", "")
    assert {line.role for line in last.lines[1:]} == {"margin"}


def test_two_columns_are_read_one_after_the_other() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 8)
        for number in range(30):
            canvas.drawString(60, 700 - 10 * number, f"links {number} van de linker kolom met tekst")
            canvas.drawString(320, 700 - 10 * number, f"rechts {number} van de rechter kolom met tekst")

    words = [line.text.split()[0] for line in _lines(_pdf(draw))]
    assert words == ["links"] * 30 + ["rechts"] * 30


def test_the_cells_of_a_row_are_parted_by_tabs() -> None:
    def draw(canvas: Canvas) -> None:
        for x, text in ((70, "2023"), (160, "66"), (250, "74")):
            canvas.drawString(x, 700, text)

    [line] = _lines(_pdf(draw))
    assert (line.text, line.role) == ("2023\t66\t74", "table")


def test_an_accent_printed_over_its_letter_joins_it() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(70, 700, "Kostic")
        width = canvas.stringWidth("Kostic", "Helvetica", 12)
        canvas.drawString(70 + width - 5, 700, "´")
        canvas.drawString(70 + width + 3, 700, "en auto´s")

    [line] = _lines(_pdf(draw))
    assert line.text == "Kostić en auto´s"


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_page_is_read_upright(turned: int) -> None:
    reader = PdfReader(BytesIO(_pdf(_body)))
    writer = PdfWriter()
    page = writer.add_page(reader.pages[0])
    page.transfer_rotation_to_content()
    page.rotate(turned)
    # The content is drawn turned the other way, as a scanner of landscape pages does.
    from pypdf import Transformation

    size = {90: (0, 595), 180: (595, 842), 270: (842, 0)}[turned]
    page.add_transformation(Transformation().rotate(turned).translate(*_back(turned)))
    page.mediabox.upper_right = (842, 595) if turned != 180 else size
    page.cropbox.upper_right = page.mediabox.upper_right
    buffer = BytesIO()
    writer.write(buffer)
    lines = _lines(buffer.getvalue())
    assert [line.text.split()[1] for line in lines] == [str(number) for number in range(12)]


def _back(turned: int) -> tuple[float, float]:
    return {90: (842.0, 0.0), 180: (595.0, 842.0), 270: (0.0, 595.0)}[turned]


def test_text_that_nobody_sees_is_left_out_and_said() -> None:
    def draw(canvas: Canvas) -> None:
        _body(canvas, 3)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(70, 300, "wit op wit")
        canvas.setFillColorRGB(0, 0, 0)
        canvas.drawString(70, -300, "naast het blad")
        text = canvas.beginText(70, 200)
        text.setTextRenderMode(3)
        text.textOut("onzichtbaar")
        canvas.drawText(text)

    document = read_bytes(_pdf(draw), "letter.pdf")
    assert len(document.pages[0].lines) == 3
    assert document.warnings == ("hidden text is left out on page 1",)


def test_the_recognised_text_of_a_scan_is_read() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(0, 0, 595, 842, fill=1)
        text = canvas.beginText(70, 700)
        text.setTextRenderMode(3)
        text.textOut("Vraag 1")
        canvas.drawText(text)

    assert [line.text for line in _lines(_pdf(draw))] == ["Vraag 1"]


def test_a_scan_without_text_needs_ocr() -> None:
    with pytest.raises(SourceError, match="needs OCR"):
        _lines(_pdf(lambda canvas: canvas.rect(10, 10, 200, 200, fill=1)))


def test_forms_are_read_where_they_are_drawn() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.beginForm("f")
        canvas.drawString(70, 700, "in een formulier")
        canvas.endForm()
        canvas.doForm("f")

    assert [line.text for line in _lines(_pdf(draw))] == ["in een formulier"]
