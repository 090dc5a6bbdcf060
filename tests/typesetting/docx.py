"""Typeset letters to Word files, part by part, with what Word makes of them."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

from tests.typesetting.model import MARK, Answered, Asked, Item, Sheet

_NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="word/document.xml"/></Relationships>'
)


def package(body: str, **parts: str) -> bytes:
    """Return a Word file with this body and further parts (``footnotes=…``, ``header1=…``)."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELS)
        archive.writestr("word/document.xml", document(body))
        for name, xml in parts.items():
            archive.writestr(f"word/{name}.xml", xml)
    return buffer.getvalue()


def document(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><w:document {_NS}><w:body>{body}</w:body></w:document>'


def part(tag: str, inner: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{tag} {_NS}>{inner}</w:{tag}>'


def run(text: str, *, bold: bool = False, raised: bool = False) -> str:
    properties = ("<w:b/>" if bold else "") + ('<w:vertAlign w:val="superscript"/>' if raised else "")
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def text_box(inner: str) -> str:
    """Return a run that holds a text box, as Word writes it: twice, once for old readers."""
    content = f"<w:txbxContent>{inner}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        f"<wps:wsp><wps:txbx>{content}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict>{content}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def footnotes(texts: dict[str, str]) -> str:
    inner = '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
    for marker, text in texts.items():
        inner += (
            f'<w:footnote w:id="{marker}"><w:p><w:r><w:footnoteRef/></w:r>'
            f'<w:r><w:t xml:space="preserve"> {escape(text)}</w:t></w:r></w:p></w:footnote>'
        )
    return part("footnotes", inner)


class _Writer:
    def __init__(self, sheet: Sheet, *, typed: bool) -> None:
        self._sheet = sheet
        self._typed = typed
        self.out: list[str] = []

    def text(self, text: str, *, bold: bool = False, properties: str = "") -> None:
        runs: list[str] = []
        position = 0
        for found in MARK.finditer(text):
            # Word splits runs wherever somebody typed; so do we.
            half = (position + found.start()) // 2
            runs += [run(text[position:half], bold=bold), run(text[half : found.start()], bold=bold)]
            runs.append(self._mark(found.group(1), bold))
            position = found.end()
        runs.append(run(text[position:], bold=bold))
        self.out.append(paragraph(*runs, properties=properties))

    def _mark(self, marker: str, bold: bool) -> str:
        if self._typed:
            return run(f"[{marker}]", bold=bold)
        return f'<w:r><w:footnoteReference w:id="{marker}"/></w:r>'

    def empty(self) -> None:
        self.out.append("<w:p/>")

    def rows(self, items: list[Item]) -> None:
        rows = "".join(
            "<w:tr>"
            + "".join(f"<w:tc><w:tcPr/>{paragraph(run(cell))}</w:tc>" for cell in item.text.split("\t"))
            + "</w:tr>"
            for item in items
        )
        self.out.append(f"<w:tbl><w:tblPr/>{rows}</w:tbl>")


def brief(sheet: Sheet, *, typed: bool = False, empty_lines: bool = True) -> bytes:
    """Typeset as a ministry's Word letter; ``typed`` notes are ``[1]`` with a list at the end."""
    writer = _Writer(sheet, typed=typed)
    writer.text(
        f"In antwoord op uw brief van {sheet.asked}, nr. {sheet.reference}, deel ik u mede dat de vragen van "
        f"{sheet.title_askers} over {sheet.subject} worden beantwoord zoals aangegeven in de bijlage."
    )
    writer.text(f"De minister van {sheet.office},")
    writer.text(f"A.B. {sheet.minister}")
    writer.out.append('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')
    writer.text(
        f"Antwoorden van de minister van {sheet.office} op Kamervragen van {sheet.title_askers} over {sheet.subject}.",
        bold=True,
    )
    for block in sheet.blocks:
        if empty_lines:
            writer.empty()
        _block(writer, block)
    if typed:
        for marker, text in sheet.notes.items():
            writer.text(f"[{marker}] {text}")
    header = paragraph(text_box(paragraph(run("Datum")) + paragraph(run(sheet.answered))))
    return package("".join(writer.out), footnotes=footnotes({} if typed else sheet.notes), header1=part("hdr", header))


def _block(writer: _Writer, block: Asked | Answered) -> None:
    if isinstance(block, Asked):
        writer.text(block.printed_heading, bold=True)
        for text in block.texts:
            writer.text(text, bold=True)
        return
    if block.has_heading:
        writer.text(block.printed_heading, bold=True)
    table: list[Item] = []
    for item in block.parts:
        if isinstance(item, Item) and "\t" in item.text:
            table.append(item)
            continue
        if table:
            writer.rows(table)
            table = []
        writer.text(f"{item.label} {item.text}" if isinstance(item, Item) else item)
    if table:
        writer.rows(table)
