"""What only Word letters do: questions in tables and fields, numbers by themselves, tracked changes."""

from __future__ import annotations

from collections.abc import Sequence

from index.parsing import parse_with_account
from index.reading import read_bytes
from index.records import Letter
from tests.proof import objections
from tests.typesetting.docx import package, paragraph, part, run

COVER = paragraph(
    run("In antwoord op uw brief van 3 mei 2024, nr. 2024Z07777, zend ik u antwoorden op vragen van het lid Jansen")
)
NUMBERING = part(
    "numbering",
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:lvlText w:val="Vraag %1"/></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>',
)


def parsed(body: str, **parts: str) -> Letter:
    document = read_bytes(package(COVER + body, **parts), "letter.docx")
    letter, account = parse_with_account(document)
    assert account.settled, (account.leftover, account.twice)
    assert objections(letter, document) == []
    return letter


def table(*rows: Sequence[str | Sequence[str]]) -> str:
    def cell(content: str | Sequence[str]) -> str:
        texts = [content] if isinstance(content, str) else content
        return f"<w:tc>{''.join(paragraph(run(text)) for text in texts)}</w:tc>"

    return "<w:tbl>" + "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows) + "</w:tbl>"


def numbered(text: str, number: int) -> str:
    properties = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(run(text), properties=properties) if text else paragraph(properties=properties)


def both(letter: Letter) -> dict[str, str]:
    return {pair.questions[0].text: pair.answer.text for pair in letter.pairs}


WANTED = {"Kent u het bericht?": "Ja.", "Wat vindt u daarvan?": "Niets."}


def test_headings_in_a_first_column_and_texts_in_a_second() -> None:
    body = table(
        ["Vraag 1", "Kent u het bericht?"],
        ["Antwoord 1", "Ja."],
        ["Vraag 2", "Wat vindt u daarvan?"],
        ["Antwoord 2", "Niets."],
    )
    assert both(parsed(body)) == WANTED


def test_question_and_answer_in_the_cells_of_one_column() -> None:
    body = table(
        [["Vraag 1", "Kent u het bericht?"]],
        [["Antwoord", "Ja."]],
        [["Vraag 2", "Wat vindt u daarvan?"]],
        [["Antwoord", "Niets."]],
    )
    assert both(parsed(body)) == WANTED


def test_bare_numbers_in_a_first_column() -> None:
    body = table(
        ["1", "Kent u het bericht?"], ["Antwoord", "Ja."], ["2", "Wat vindt u daarvan?"], ["Antwoord", "Niets."]
    )
    assert both(parsed(body)) == WANTED


def test_headings_that_word_numbers_by_itself() -> None:
    body = numbered("", 1) + paragraph(run("Kent u het bericht?")) + paragraph(run("Antwoord")) + paragraph(run("Ja."))
    body += (
        numbered("", 1) + paragraph(run("Wat vindt u daarvan?")) + paragraph(run("Antwoord")) + paragraph(run("Niets."))
    )
    assert both(parsed(body, numbering=NUMBERING)) == WANTED


def test_questions_that_word_numbers_by_itself() -> None:
    body = numbered("Kent u het bericht?", 2) + paragraph(run("Antwoord")) + paragraph(run("Ja."))
    body += numbered("Wat vindt u daarvan?", 2) + paragraph(run("Antwoord")) + paragraph(run("Niets."))
    assert both(parsed(body, numbering=NUMBERING)) == WANTED


def test_a_heading_after_a_line_break_in_the_paragraph_of_the_question() -> None:
    line_break = "<w:r><w:br/></w:r>"
    body = paragraph(run("Vraag 1"), line_break, run("Kent u het bericht?"), line_break, run("Antwoord op vraag 1"))
    body += paragraph(run("Ja.")) + paragraph(run("Vraag 2"), line_break, run("Wat vindt u daarvan?"))
    body += paragraph(run("Antwoord op vraag 2"), line_break, run("Niets."))
    assert both(parsed(body)) == WANTED


def test_headings_in_content_controls_and_changed_text() -> None:
    body = f"<w:sdt><w:sdtContent>{paragraph(run('Vraag 1'))}</w:sdtContent></w:sdt>"
    body += paragraph(
        run("Kent u "), f"<w:ins>{run('het bericht?')}</w:ins>", "<w:del><w:r><w:delText>dat?</w:delText></w:r></w:del>"
    )
    body += paragraph(run("Antwoord 1")) + paragraph(run("Ja.")) + paragraph(run("Vraag 2"))
    body += paragraph(run("Wat vindt u daarvan?")) + paragraph(run("Antwoord 2")) + paragraph(run("Niets."))
    assert both(parsed(body)) == WANTED


def test_bold_headings_and_questions_part_an_answer_without_heading() -> None:
    body = (
        paragraph(run("Vraag 1", bold=True)) + paragraph(run("Kent u het bericht?", bold=True)) + paragraph(run("Ja."))
    )
    body += paragraph(run("Vraag 2", bold=True)) + paragraph(run("Wat vindt u daarvan?", bold=True))
    body += paragraph(run("Antwoord", bold=True)) + paragraph(run("Niets."))
    letter = parsed(body)
    assert both(letter) == WANTED
    assert "has no heading" in letter.warnings[0]


def test_a_list_of_notes_that_word_numbers_closes_the_letter() -> None:
    ring = NUMBERING.replace('w:val="%1."', 'w:val="%1)"')
    body = paragraph(run("Vraag 1")) + paragraph(run("Kent u het bericht?1)")) + paragraph(run("Antwoord 1"))
    body += paragraph(run("Ja.")) + numbered("NOS, 3 mei 2024.", 2)
    letter = parsed(body, numbering=ring)
    assert both(letter) == {"Kent u het bericht?": "Ja."}
    assert [(note.marker, note.text, note.referred_in) for note in letter.footnotes] == [
        ("1)", "NOS, 3 mei 2024.", "question 1")
    ]


def test_raised_figures_with_a_plain_list_at_the_end_are_notes() -> None:
    body = paragraph(run("Vraag 1")) + paragraph(run("Kent u het bericht?"), run("1", raised=True))
    body += paragraph(run("Antwoord 1")) + paragraph(run("Ja.")) + paragraph(run("1 NOS, 3 mei 2024."))
    letter = parsed(body)
    assert both(letter) == {"Kent u het bericht?": "Ja."}
    assert [(note.marker, note.text) for note in letter.footnotes] == [("1", "NOS, 3 mei 2024.")]
