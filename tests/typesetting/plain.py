"""Typeset a letter that is written down as plain text: in one go to TXT, PDF and Word.

An empty line parts paragraphs; a line end within one is a line end on paper too. ``*`` at the
start of a line sets it bold, ``⟦3⟧`` is a mark, and ``notes`` holds the texts of the notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.typesetting import docx, pdf
from tests.typesetting.model import MARK, Sheet

COVER = """Hierbij zend ik u de antwoorden op de vragen van het lid Jansen (VVD) over dijken.
Deze vragen werden ingezonden op 3 mei 2024 met kenmerk 2024Z07777.

De minister van Infrastructuur en Waterstaat,

A.B. Pietersen

Antwoorden van de minister van Infrastructuur en Waterstaat op vragen van het lid Jansen (VVD) over dijken.

"""


def as_text(body: str, notes: dict[str, str] | None = None) -> bytes:
    """Return the letter as a text file: marks glued, notes at the end."""
    listed = "\n".join(f"{marker} {text}" for marker, text in (notes or {}).items())
    lines = [line.removeprefix("*") for line in (COVER + body).splitlines()]
    return (MARK.sub(r"\1", "\n".join(lines)) + (f"\n\n{listed}\n" if listed else "\n")).encode()


def as_pdf(body: str, notes: dict[str, str] | None = None) -> bytes:
    """Return the letter as a ministry's PDF: marks raised, notes at the foot of the page."""
    press = pdf.Press(Sheet((), notes or {}), replace(pdf.BRIEF, gap_before_heading=0))
    for block in (COVER + body).strip().split("\n\n"):
        for line in block.splitlines():
            press.paragraph(line.removeprefix("*"), bold=line.startswith("*"))
        press.space(1)
    return press.finish()


def as_docx(body: str, notes: dict[str, str] | None = None) -> bytes:
    """Return the letter as a Word file: each line a paragraph, notes in their own part."""
    out = []
    for line in (COVER + body).splitlines():
        bold = line.startswith("*")
        runs = []
        position = 0
        text = line.removeprefix("*")
        for found in MARK.finditer(text):
            runs.append(docx.run(text[position : found.start()], bold=bold))
            runs.append(f'<w:r><w:footnoteReference w:id="{found.group(1)}"/></w:r>')
            position = found.end()
        runs.append(docx.run(text[position:], bold=bold))
        out.append(docx.paragraph(*runs))
    return docx.package("".join(out), footnotes=docx.footnotes(notes or {}))


FORMATS: dict[str, Callable[[str, dict[str, str] | None], bytes]] = {"txt": as_text, "pdf": as_pdf, "docx": as_docx}
