"""Everything in a Word file that shows on paper is read, and nothing that does not."""

from __future__ import annotations

import pytest

from index.errors import SourceError
from index.reading import read_bytes
from index.records import Document, Line
from tests.typesetting.docx import footnotes, package, paragraph, part, run, text_box


def _read(body: str, **parts: str) -> Document:
    return read_bytes(package(body, **parts), "letter.docx")


def _lines(document: Document, role: str | None = None) -> list[str]:
    return [line.text for page in document.pages for line in page.lines if role is None or line.role == role]


def _all(document: Document) -> list[Line]:
    return [line for page in document.pages for line in page.lines]


def test_runs_that_word_split_are_one_text() -> None:
    assert _lines(_read(paragraph(run("Vr"), run("aag"), run(" 1")))) == ["Vraag 1"]


def test_inserted_text_is_read_and_deleted_text_is_not() -> None:
    body = paragraph(
        run("Ja, "),
        f"<w:ins>{run('zeker')}</w:ins>",
        "<w:del><w:r><w:delText>misschien</w:delText></w:r></w:del>",
        f"<w:moveFrom>{run('weg')}</w:moveFrom><w:moveTo>{run(' hier')}</w:moveTo>",
    )
    assert _lines(_read(body)) == ["Ja, zeker hier"]


def test_a_row_that_was_deleted_is_not_read() -> None:
    def row(text: str, properties: str = "") -> str:
        return f"<w:tr>{properties}<w:tc>{paragraph(run(text))}</w:tc></w:tr>"

    body = f"<w:tbl>{row('blijft')}{row('weg', '<w:trPr><w:del/></w:trPr>')}</w:tbl>"
    assert _lines(_read(body)) == ["blijft"]


def test_content_controls_hyperlinks_and_smart_tags_are_read() -> None:
    body = (
        f"<w:sdt><w:sdtContent>{paragraph(run('in een veld'))}</w:sdtContent></w:sdt>"
        f"<w:p><w:sdt><w:sdtContent>{run('inline')}</w:sdtContent></w:sdt><w:hyperlink>{run(' en link')}</w:hyperlink>"
        f"<w:smartTag>{run(' en tag')}</w:smartTag></w:p>"
    )
    assert _lines(_read(body)) == ["in een veld", "inline en link en tag"]


def test_a_text_box_is_read_once_and_stands_beside_the_text() -> None:
    document = _read(paragraph(run("Tekst"), text_box(paragraph(run("Ons kenmerk")))))
    assert _lines(document) == ["Tekst", "Ons kenmerk"]
    assert _lines(document, "margin") == ["Ons kenmerk"]


def test_headers_and_footers_are_read_once_each() -> None:
    header = part("hdr", paragraph(run("Datum 3 mei 2024")))
    document = _read(
        paragraph(run("Tekst")), header1=header, header2=header, footer1=part("ftr", paragraph(run("p. 1")))
    )
    assert _lines(document, "header") == ["Datum 3 mei 2024"]
    assert _lines(document, "footer") == ["p. 1"]


def test_a_field_shows_its_result_and_not_its_instruction() -> None:
    def char(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    nested = f"{char('begin')}{run('IF')}{char('begin')}<w:r><w:instrText> PAGE </w:instrText></w:r>{char('end')}"
    body = paragraph(run("Op "), nested, char("separate"), run("3 mei"), char("end"), run(" 2024"))
    assert _lines(_read(body)) == ["Op 3 mei 2024"]


def test_hidden_text_is_left_out_and_said() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>geheim</w:t></w:r>"
    document = _read(paragraph(run("Open"), hidden))
    assert _lines(document) == ["Open"]
    assert document.warnings == ("hidden text is left out",)


def test_automatic_numbers_are_part_of_the_text() -> None:
    numbering = part(
        "numbering",
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="%1)"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>'
        '<w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>',
    )

    def item(text: str, level: int = 0) -> str:
        number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="5"/></w:numPr>'
        return paragraph(run(text), properties=number)

    document = _read(item("een") + item("twee") + item("onder", 1) + item("drie") + item(" "), numbering=numbering)
    assert _lines(document) == ["1) een", "2) twee", "2.a onder", "3) drie"]


def test_a_style_can_bring_number_weight_and_size() -> None:
    styles = part(
        "styles",
        '<w:style w:styleId="Kop"><w:rPr><w:b/><w:sz w:val="28"/></w:rPr></w:style>'
        '<w:style w:styleId="Onder"><w:basedOn w:val="Kop"/></w:style>'
        '<w:style w:styleId="Lus"><w:basedOn w:val="Lus"/></w:style>',
    )
    body = paragraph(run("Vraag 1"), properties='<w:pStyle w:val="Onder"/>')
    body += paragraph(run("Tekst"), properties='<w:pStyle w:val="Lus"/>')
    first, second = _all(_read(body, styles=styles))
    assert (first.bold, first.font_size) == (True, 14.0)
    assert not second.bold


def test_notes_come_from_their_own_part_with_the_number_that_shows() -> None:
    body = paragraph(run("Tekst"), '<w:r><w:footnoteReference w:id="7"/></w:r>', run(" en meer"))
    document = _read(body, footnotes=footnotes({"7": "NOS, 3 mei 2024."}))
    line, note = _all(document)
    assert [run.text for run in line.runs if run.rise > 0] == ["1"]
    assert (note.role, note.text.strip()) == ("note:1", "NOS, 3 mei 2024.")


def test_endnotes_count_in_roman_figures_and_own_marks_stay() -> None:
    notes = footnotes({"3": "Bron."}).replace("footnote", "endnote")
    own = '<w:r><w:endnoteReference w:id="3" w:customMarkFollows="1"/><w:t>*</w:t></w:r>'
    assert _lines(_read(paragraph(run("Tekst"), own), endnotes=notes), "note:*")
    plain = '<w:r><w:endnoteReference w:id="3"/></w:r>'
    assert _lines(_read(paragraph(run("Tekst"), plain), endnotes=notes), "note:i")


def test_pages_are_those_that_word_last_laid_out() -> None:
    broken = '<w:r><w:br w:type="page"/></w:r>'
    rendered = "<w:r><w:lastRenderedPageBreak/></w:r>"
    document = _read(paragraph(run("een")) + paragraph(broken) + paragraph(rendered, run("twee")))
    assert [(page.number, [line.text for line in page.lines]) for page in document.pages] == [
        (1, ["een"]),
        (2, ["twee"]),
    ]
    explicit = _read(paragraph(run("een"), broken, run("twee")))
    assert [len(page.lines) for page in explicit.pages] == [1, 1]


def test_a_table_is_read_row_by_row_and_long_cells_paragraph_by_paragraph() -> None:
    def cell(*texts: str) -> str:
        return f"<w:tc>{''.join(paragraph(run(text)) for text in texts)}</w:tc>"

    rows = f"<w:tr>{cell('Jaar')}{cell('Bedrag')}</w:tr><w:tr>{cell('Vraag 1')}{cell('Kent u', 'het?')}</w:tr>"
    document = _read(f"<w:tbl>{rows}</w:tbl>")
    assert _lines(document) == ["Jaar\tBedrag", "Vraag 1", "Kent u", "het?"]
    assert _lines(document, "table") == ["Jaar\tBedrag"]


def test_signs_that_are_elements_are_read() -> None:
    body = paragraph(run("CCS"), "<w:r><w:noBreakHyphen/></w:r>", run("projecten"), "<w:r><w:tab/></w:r>", run("x"))
    assert _lines(_read(body)) == ["CCS-projecten\tx"]


def test_a_file_without_text_needs_ocr() -> None:
    with pytest.raises(SourceError, match="needs OCR"):
        _read("<w:p><w:r><w:drawing/></w:r></w:p>")
