"""Read a Word file: everything that shows on paper, and nothing that does not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from index.errors import SourceError
from index.reading.numbering import FORMS, Numbering, Style, Styles, number_of, over, style_of, switched_on, value
from index.reading.ooxml import Package, W
from index.records import Line, Page, Run

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# Deleted and moved-away text, and properties, show nothing; a fallback repeats what its choice shows.
_SKIPPED = {
    f"{W}{name}"
    for name in (
        "del", "moveFrom", "rPr", "pPr", "tblPr", "tcPr", "trPr", "tblGrid", "sectPr", "instrText", "delText",
        "delInstrText", "sdtPr", "sdtEndPr", "commentReference", "annotationRef",
    )
} | {f"{_MC}Fallback"}  # fmt: skip
# A bell, or a mark that turns the direction of writing: neither shows on paper.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
DEFAULT_SIZE = 10.0
# A raised figure in Word is set at about this part of the size, this part of the size higher.
RAISED_SIZE, RAISED_RISE = 0.65, 0.35


def read_docx(data: bytes, source: str) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """Read a Word file.

    Parameters
    ----------
    data : bytes
        The file.
    source : str
        Its name, for messages.

    Returns
    -------
    tuple of Page, tuple of str
        Pages as Word last laid them out (one page when it never did), and warnings.

    Raises
    ------
    SourceError
        When the file is no Word file, encrypted, damaged or without text.
    """
    package = Package(data, source)
    body = package.xml("word/document.xml")
    if body is None:
        raise SourceError(f"{source}: no text part in the Word file; save it again")
    reader = _Reader(package)
    reader.read_side_parts()
    reader.read(body)
    pages = reader.pages()
    if not any(page.lines for page in pages):
        raise SourceError(f"{source}: a Word file without text (pictures only?): it needs OCR before it can be read")
    return pages, tuple(dict.fromkeys(reader.warnings))


@dataclass(slots=True)
class _Context:
    """Where the walk is: the role of its lines, the style it stands in, the fields it is within."""

    role: str = ""
    style: Style = field(default_factory=Style)
    # For each open field: whether its instruction is still being read.
    fields: list[bool] = field(default_factory=list)


class _Reader:
    def __init__(self, package: Package) -> None:
        self.warnings: list[str] = []
        self._package = package
        self._styles = Styles(package.xml("word/styles.xml"))
        self._numbering = Numbering.from_xml(package.xml("word/numbering.xml"))
        self._notes = {kind: self._note_elements(kind) for kind in ("footnote", "endnote")}
        self._forms = self._note_forms(package.xml("word/settings.xml"))
        self._counts = {"footnote": 0, "endnote": 0}
        self._lines: list[tuple[int, Line]] = []
        self._note_lines: list[tuple[int, Line]] = []
        self._runs: list[Run] = []
        self._page = 1
        self._rendered = False
        self._opening = True
        self._boxes: list[Element] = []

    def _note_elements(self, kind: str) -> dict[str, Element]:
        root = self._package.xml(f"word/{kind}s.xml")
        if root is None:
            return {}
        return {
            element.get(f"{W}id", ""): element
            for element in root.findall(f"{W}{kind}")
            if element.get(f"{W}type", "normal") == "normal"
        }

    @staticmethod
    def _note_forms(settings: Element | None) -> dict[str, str]:
        defaults = {"footnote": "decimal", "endnote": "lowerRoman"}
        return {
            kind: value(settings, f"{W}{kind}Pr/{W}numFmt", default) or default for kind, default in defaults.items()
        }

    def pages(self) -> tuple[Page, ...]:
        pages: dict[int, list[Line]] = {number: [] for number in range(1, self._page + 1)}
        for number, line in self._lines:
            pages[number].append(line)
        for number, line in self._note_lines:
            pages[number].append(line)
        return tuple(Page(number, tuple(lines)) for number, lines in pages.items())

    def read_side_parts(self) -> None:
        """Read headers and footers once each; the pages repeat them."""
        seen: set[str] = set()
        for role in ("header", "footer"):
            for name in sorted(n for n in self._package.names if re.fullmatch(rf"word/{role}\d*\.xml", n)):
                start = len(self._lines)
                root = self._package.xml(name)
                if root is not None:
                    self._block(root, _Context(role=role))
                shown = "\n".join(line.text for _, line in self._lines[start:])
                if shown in seen:
                    del self._lines[start:]
                seen.add(shown)

    def read(self, root: Element) -> None:
        self._rendered = root.find(f".//{W}lastRenderedPageBreak") is not None
        if root.find(f".//{W}altChunk") is not None:
            self.warnings.append("an embedded file of another kind is not read")
        self._block(root, _Context())

    def _block(self, element: Element, context: _Context) -> None:
        """Read paragraphs and tables, whatever they are wrapped in."""
        for child in element:
            if child.tag in _SKIPPED:
                continue
            if child.tag == f"{W}p":
                self._paragraph(child, context)
            elif child.tag == f"{W}tbl":
                self._table(child, context)
            else:
                self._block(child, context)

    def _table(self, table: Element, context: _Context) -> None:
        for row in _within(table, "tr"):
            if switched_on(row.find(f"{W}trPr"), "del"):
                continue
            cells = [self._cell(cell, context) for cell in _within(row, "tc")]
            filled = [cell for cell in cells if cell]
            if len(filled) > 1 and all(len(cell) == 1 for cell in filled) and not context.role.startswith("note"):
                self._lines.append((filled[0][0][0], _joined([cell[0][1] for cell in filled], context.role or "table")))
            else:
                self._lines += [line for cell in filled for line in cell]

    def _cell(self, cell: Element, context: _Context) -> list[tuple[int, Line]]:
        start = len(self._lines)
        self._block(cell, context)
        lines = self._lines[start:]
        del self._lines[start:]
        return lines

    def _paragraph(self, paragraph: Element, context: _Context) -> None:
        properties = paragraph.find(f"{W}pPr")
        named = self._styles.get(value(properties, f"{W}pStyle"))
        style = over(named, self._styles.default)
        self._opening = True
        outer_runs, self._runs = self._runs, []
        boxes_before = self._boxes
        self._boxes = []
        number = number_of(properties) or named.number
        label = self._numbering.next(number) if number and number[0] != "0" else ""
        # A paragraph that is nothing but its number is a heading («Vraag 1») or a slip («3.»).
        if label and (_has_text(paragraph) or any(char.isalpha() for char in label)):
            self._runs.append(Run(f"{label} ", style.size or DEFAULT_SIZE, bold=bool(style.bold)))
        self._inline(paragraph, _Context(context.role, style, []))
        self._end_line(context.role)
        self._runs = outer_runs
        boxes, self._boxes = self._boxes, boxes_before
        for box in boxes:
            self._block(box, _Context(role=context.role or "margin"))

    def _inline(self, element: Element, context: _Context) -> None:
        for child in element:
            if child.tag in _SKIPPED:
                continue
            if child.tag == f"{W}r":
                self._run(child, context)
            elif child.tag == f"{W}txbxContent":
                self._boxes.append(child)
            elif child.tag == f"{_MATH}t":
                self._add(child.text or "", context.style, context)
            else:
                self._inline(child, context)

    def _run(self, run: Element, context: _Context) -> None:
        properties = run.find(f"{W}rPr")
        style = over(self._styles.get(value(properties, f"{W}rStyle")), context.style)
        style = over(style_of(run), style)
        for child in run:
            name = child.tag.removeprefix(W)
            if name == "fldChar":
                self._field(child, context)
            elif child.tag in _SKIPPED:
                continue
            elif name == "t":
                self._add(child.text or "", style, context)
            elif name in ("footnoteReference", "endnoteReference"):
                self._reference(child, name.removesuffix("Reference"), style, context, run)
            elif name in _SIGNS:
                self._add(_SIGNS[name], style, context)
            elif name in ("br", "cr", "lastRenderedPageBreak"):
                self._break(child, name, context)
            elif name == "sym":
                self._add("•" if not child.get(f"{W}char", "").isalpha() else "", style, context)
            else:
                self._inline(child, context)

    @staticmethod
    def _field(mark: Element, context: _Context) -> None:
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            context.fields.append(True)
        elif kind == "separate" and context.fields:
            context.fields[-1] = False
        elif kind == "end" and context.fields:
            context.fields.pop()

    def _break(self, mark: Element, name: str, context: _Context) -> None:
        if name == "lastRenderedPageBreak":
            self._new_page(context, rendered=True)
        elif mark.get(f"{W}type") in ("page", "column"):
            self._new_page(context, rendered=False)
        else:
            self._end_line(context.role)

    def _new_page(self, context: _Context, *, rendered: bool) -> None:
        # Where Word noted how it last laid out the pages, an explicit break is among its notes.
        if rendered == self._rendered and not context.role:
            if any(run.text.strip() for run in self._runs):
                self._end_line(context.role, broken=True)
            self._page += 1
        elif not rendered:
            self._end_line(context.role)

    def _add(self, text: str, style: Style, context: _Context) -> None:
        if any(context.fields) or not text:
            return
        if style.hidden:
            self.warnings.append("hidden text is left out")
            return
        if _CONTROLS.search(text):
            self.warnings.append("control characters are left out")
            text = _CONTROLS.sub("", text)
        size = style.size or DEFAULT_SIZE
        raised = bool(style.raised)
        self._runs.append(
            Run(
                text.replace("\n", " "),
                round(size * RAISED_SIZE, 1) if raised else size,
                round(size * RAISED_RISE, 1) if raised else 0.0,
                bold=bool(style.bold),
            )
        )

    def _reference(self, mark: Element, kind: str, style: Style, context: _Context, run: Element) -> None:
        if mark.get(f"{W}customMarkFollows") in ("1", "true", "on"):
            marker = "".join(t.text or "" for t in run.findall(f"{W}t")).strip() or "*"
        else:
            self._counts[kind] += 1
            marker = FORMS.get(self._forms[kind], str)(self._counts[kind])
            self._add(marker, over(Style(raised=True), style), context)
        note = self._notes[kind].pop(mark.get(f"{W}id", ""), None)
        if note is None:
            return
        lines, self._lines = self._lines, []
        runs, self._runs = self._runs, []
        opening, boxes = self._opening, self._boxes
        self._block(note, _Context(role=f"note:{marker}"))
        self._note_lines += [(self._page, line) for _, line in self._lines]
        self._lines, self._runs, self._opening, self._boxes = lines, runs, opening, boxes

    def _end_line(self, role: str, *, broken: bool = False) -> None:
        runs = tuple(
            Run(unicodedata.normalize("NFC", run.text), run.font_size, run.rise, bold=run.bold)
            for run in _merged(self._runs)
        )
        self._runs = []
        if any(run.text.strip() for run in runs):
            self._lines.append((self._page, Line(runs, role=role, starts_paragraph=self._opening)))
        self._opening = not broken


_SIGNS = {"tab": "\t", "noBreakHyphen": "-", "softHyphen": "", "ptab": "\t"}


def _within(element: Element, name: str) -> Iterator[Element]:
    """Yield rows or cells, also those in content controls and tracked insertions, not of nested tables."""
    for child in element:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag not in _SKIPPED and child.tag not in (f"{W}tbl", f"{W}tr", f"{W}tc", f"{W}p"):
            yield from _within(child, name)


def _has_text(paragraph: Element) -> bool:
    return any((t.text or "").strip() for t in paragraph.iter(f"{W}t"))


def _merged(runs: list[Run]) -> list[Run]:
    """Join neighbours that look alike: Word splits runs wherever somebody typed."""
    merged: list[Run] = []
    for run in runs:
        last = merged[-1] if merged else None
        if last and (last.font_size, last.rise, last.bold) == (run.font_size, run.rise, run.bold):
            merged[-1] = Run(last.text + run.text, last.font_size, last.rise, bold=last.bold)
        else:
            merged.append(run)
    return merged


def _joined(cells: list[Line], role: str) -> Line:
    """Return a row of a table as one line, its cells parted by tabs."""
    runs: list[Run] = []
    for index, cell in enumerate(cells):
        if index and runs:
            last = runs[-1]
            runs[-1] = Run(last.text + "\t", last.font_size, last.rise, bold=last.bold)
        runs += cell.runs
    return Line(tuple(runs), role=role, starts_paragraph=True)
