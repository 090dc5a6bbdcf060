"""Typeset letters to PDF as the Kamer and the ministries do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from io import BytesIO

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from tests.typesetting.model import MARK, Answered, Asked, Item, Sheet


@dataclass(frozen=True)
class Style:
    """Measures of a page, in points."""

    width: float = 558.4
    height: float = 771.0
    left: float = 202.7
    right: float = 524.0
    top: float = 736.0
    bottom: float = 105.0
    size: float = 8.5
    leading: float = 9.6
    note_size: float = 6.9
    mark_size: float = 5.5
    mark_rise: float = 3.5
    font: str = "Helvetica"
    bold: str = "Helvetica-Bold"
    bold_headings: bool = False
    bold_questions: bool = False
    gap_before_heading: float = 1.0
    gap_after_heading: float = 0.0
    gap_between_paragraphs: float = 0.0
    hyphenate: bool = True
    by_word: bool = False
    justify: bool = False
    table_left: float | None = None
    note_rise: bool = True
    footer: Callable[[Canvas, Style, int, Sheet], None] | None = None


Fragment = tuple[str, str]  # ("text", words) or ("mark", marker)


@dataclass
class _Line:
    fragments: list[Fragment]
    indent: float = 0.0
    bold: bool = False
    cells: tuple[str, ...] = ()
    last: bool = False

    @property
    def markers(self) -> list[str]:
        return [text for kind, text in self.fragments if kind == "mark"]


@dataclass
class Placed:
    """On which pages each block was printed."""

    pages: dict[int, set[int]] = field(default_factory=dict)

    def add(self, block: int, page: int) -> None:
        self.pages.setdefault(block, set()).add(page)


class Press:
    """Breaks lines and pages, puts notes at the foot of the page of their mark."""

    def __init__(self, sheet: Sheet, style: Style) -> None:
        self._sheet = sheet
        self.style = style
        self._buffer = BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=(style.width, style.height), invariant=1)
        self.page = 1
        self.y = style.top
        self._notes: list[str] = []
        self.placed = Placed()
        self._block = -1

    def finish(self) -> bytes:
        self._end_page()
        self.canvas.save()
        return self._buffer.getvalue()

    def begin(self, block: int) -> None:
        self._block = block

    def space(self, lines: float) -> None:
        if self.y < self.style.top:
            self.y -= lines * self.style.leading

    def heading(self, text: str) -> None:
        self.space(self.style.gap_before_heading)
        self._place(_Line([("text", text)], bold=self.style.bold_headings), keep=2)
        self.space(self.style.gap_after_heading)

    def paragraph(self, text: str, *, bold: bool = False, indent: float = 0.0, label: str = "") -> None:
        for number, line in enumerate(self._broken(text, indent, bold)):
            if number == 0 and label:
                line = replace(line, fragments=[("text", f"{label} "), *line.fragments], indent=max(indent - 12, 0))
            self._place(line)

    def row(self, text: str) -> None:
        self._place(_Line([], cells=tuple(text.split("\t"))))

    def turn_page(self) -> None:
        self._end_page()
        self.canvas.showPage()
        self.page += 1
        self.y = self.style.top
        self._notes = []

    def _width(self, text: str, bold: bool) -> float:
        return stringWidth(text, self.style.bold if bold else self.style.font, self.style.size)

    def _broken(self, text: str, indent: float, bold: bool) -> Iterable[_Line]:
        room = self.style.right - self.style.left - indent
        line: list[Fragment] = []
        used = 0.0
        for word in text.split():
            pieces = _fragments(word)
            wide = sum(self._width(t, bold) if k == "text" else 0.6 * self.style.mark_size for k, t in pieces)
            gap = self._width(" ", bold) if line else 0.0
            if line and used + gap + wide > room:
                rest = self._hyphenated(pieces, room - used - gap, bold)
                if rest:
                    line += [("text", " " + rest[0] + "-")]
                    pieces, wide = _fragments(rest[1]), self._width(rest[1], bold)
                yield _Line(line, indent, bold)
                line, used, gap = [], 0.0, 0.0
            if line:
                line.append(("text", " "))
            line += pieces
            used += gap + wide
        if line:
            yield _Line(line, indent, bold, last=True)

    def _hyphenated(self, pieces: list[Fragment], room: float, bold: bool) -> tuple[str, str] | None:
        """Break a plain lower-case word where it fits; words with marks, digits or hyphens stay whole."""
        if not self.style.hyphenate or len(pieces) != 1:
            return None
        word = pieces[0][1]
        first, hyphen, second = word.partition("-")
        if hyphen and first and second and self._width(first + "-", bold) <= room:
            return first, second  # a real hyphen may end a line too
        if not (word.isalpha() and word.islower() and len(word) > 7):
            return None
        for cut in range(len(word) - 3, 3, -1):
            between_vowels = word[cut - 1] in "aeiou" and word[cut] in "aeiou"
            if self._width(word[:cut] + "-", bold) <= room and not between_vowels:
                return word[:cut], word[cut:]
        return None

    def _note_lines(self, marker: str) -> list[str]:
        room = self.style.right - self.style.left - 6
        lines: list[str] = []
        for word in self._sheet.notes[marker].split():
            trial = f"{lines[-1]} {word}" if lines else word
            if lines and stringWidth(trial, self.style.font, self.style.note_size) <= room:
                lines[-1] = trial
            else:
                lines.append(word)
        return lines

    def _notes_height(self, notes: Iterable[str]) -> float:
        return sum(len(self._note_lines(note)) * (self.style.note_size + 2.1) for note in notes)

    def _place(self, line: _Line, keep: int = 1) -> None:
        new = [m for m in line.markers if m in self._sheet.notes and m not in self._notes]
        room = self.y - keep * self.style.leading - self._notes_height([*self._notes, *new]) - 20
        if room < self.style.bottom and self.y < self.style.top:
            self.turn_page()
        self._notes += new
        self.y -= self.style.leading
        self.placed.add(self._block, self.page)
        self._draw(line)

    def _draw(self, line: _Line) -> None:
        style = self.style
        font = style.bold if line.bold else style.font
        if line.cells:
            for number, cell in enumerate(line.cells):
                self._string((style.table_left or style.left) + number * 90, self.y, cell, style.font, style.note_size)
            return
        x = style.left + line.indent
        if style.by_word or (style.justify and not line.last):
            self._draw_words(line, font)
            return
        for kind, text in _merged(line.fragments):
            if kind == "mark":
                self._string(x, self.y + style.mark_rise, text, font, style.mark_size)
                x += stringWidth(text, font, style.mark_size)
            else:
                self._string(x, self.y, text, font, style.size)
                x += stringWidth(text, font, style.size)

    def _draw_words(self, line: _Line, font: str) -> None:
        """Place each word by itself, as Word does; set flush on both sides when the style says so."""
        style = self.style
        fragments = _merged(line.fragments)
        sizes = {"text": style.size, "mark": style.mark_size}
        used = sum(stringWidth(text, font, sizes[kind]) for kind, text in fragments)
        spaces = sum(text.count(" ") for kind, text in fragments if kind == "text")
        room = style.right - style.left - line.indent
        stretch = (room - used) / spaces if style.justify and spaces and not line.last else 0.0
        x = style.left + line.indent
        for kind, text in fragments:
            if kind == "mark":
                self._string(x, self.y + style.mark_rise, text, font, style.mark_size)
                x += stringWidth(text, font, style.mark_size)
                continue
            for number, word in enumerate(text.split(" ")):
                if number:
                    x += stringWidth(" ", font, style.size) + stretch
                if word:
                    self._string(x, self.y, word, font, style.size)
                    x += stringWidth(word, font, style.size)

    def _string(self, x: float, y: float, text: str, font: str, size: float) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, text)

    def _end_page(self) -> None:
        style = self.style
        y = style.bottom + self._notes_height(self._notes)
        for marker in self._notes:
            for number, text in enumerate(self._note_lines(marker)):
                y -= style.note_size + 2.1
                if number == 0:
                    rise, size = (2.7, 4.5) if style.note_rise else (0.0, style.note_size)
                    self._string(style.left, y + rise, marker, style.font, size)
                self._string(style.left + 6, y, text, style.font, style.note_size)
        if style.footer:
            style.footer(self.canvas, style, self.page, self._sheet)


def _fragments(word: str) -> list[Fragment]:
    pieces: list[Fragment] = []
    position = 0
    for found in MARK.finditer(word):
        if found.start() > position:
            pieces.append(("text", word[position : found.start()]))
        pieces.append(("mark", found.group(1)))
        position = found.end()
    if position < len(word):
        pieces.append(("text", word[position:]))
    return pieces


def _merged(fragments: list[Fragment]) -> list[Fragment]:
    merged: list[Fragment] = []
    for kind, text in fragments:
        if merged and kind == "text" and merged[-1][0] == "text":
            merged[-1] = ("text", merged[-1][1] + text)
        else:
            merged.append((kind, text))
    return merged


def _kamer_footer(canvas: Canvas, style: Style, page: int, sheet: Sheet) -> None:
    canvas.setFont(style.font, 9.1)
    canvas.drawString(style.left, 34, "Tweede Kamer, vergaderjaar 2023–2024, Aanhangsel")
    canvas.drawRightString(521, 34, str(page))
    if page == 1:
        canvas.setFont(style.font, 5.9)
        canvas.drawString(36.9, 46.8, f"ah-tk-20232024-{sheet.number}")
        canvas.drawString(36.9, 40.4, "ISSN 0921 - 7398")
        canvas.drawString(36.9, 34, "’s-Gravenhage 2024")


def _ministry_footer(canvas: Canvas, style: Style, page: int, sheet: Sheet) -> None:
    canvas.setFont(style.font, 6.5)
    canvas.drawRightString(style.width - 30, 25, f"Pagina {page} van 9")
    if page > 1:
        x = style.right + 30
        for number, text in enumerate(("Ministerie van", sheet.office, "Onze referentie", "IENW-2024/123456")):
            canvas.drawString(x, style.height - 98 - 9 * number, text)


AANHANGSEL = Style(footer=_kamer_footer)
BRIEF = Style(
    width=595.3,
    height=841.9,
    left=68.0,
    right=446.0,
    top=742.0,
    bottom=60.0,
    size=9.0,
    leading=12.6,
    note_size=7.0,
    mark_size=6.0,
    mark_rise=3.0,
    bold_headings=True,
    gap_between_paragraphs=1.0,
    hyphenate=False,
    footer=_ministry_footer,
)


def aanhangsel(sheet: Sheet, style: Style = AANHANGSEL) -> tuple[bytes, Placed]:
    """Typeset as the Kamer publishes answers."""
    press = Press(sheet, style)
    canvas = press.canvas
    canvas.setFont(style.bold, 18.1)
    canvas.drawString(36.9, 727, "Tweede Kamer der Staten-Generaal")
    canvas.setFont(style.bold, 51.2)
    canvas.drawString(487.5, 705, "2")
    canvas.setFont(style.font, 9.6)
    canvas.drawString(36.9, 670.2, "Vergaderjaar 2023–2024")
    canvas.setFont(style.bold, 10)
    canvas.drawString(style.left, 670, "Aanhangsel van de Handelingen")
    canvas.setFont(style.bold, 9.1)
    canvas.drawString(style.left, 613.4, "Vragen gesteld door de leden der Kamer, met de daarop door de")
    canvas.drawString(style.left, 603.8, "regering gegeven antwoorden")
    canvas.setFont(style.bold, 12.8)
    canvas.drawString(style.left, 502.8, str(sheet.number))
    press.y = 483.0
    press.paragraph(
        f"Vragen van {sheet.title_askers} aan de Minister van {sheet.office} over {sheet.subject} "
        f"(ingezonden {sheet.asked})."
    )
    press.space(0.6)
    word = "Mededeling" if sheet.notice else "Antwoord"
    press.paragraph(f"{word} van Minister {sheet.minister} ({sheet.office}) (ontvangen {sheet.answered}).")
    _blocks(press, sheet)
    return press.finish(), press.placed


def brief(sheet: Sheet, style: Style = BRIEF) -> tuple[bytes, Placed]:
    """Typeset as a ministry sends its letter: a covering letter, then the questions and answers."""
    press = Press(sheet, style)
    press.y = 640
    press.paragraph("Aan de Voorzitter van de Tweede Kamer")
    press.paragraph("der Staten-Generaal")
    press.paragraph("Postbus 20018")
    press.paragraph("2500 EA DEN HAAG")
    press.space(2)
    press.paragraph(f"Datum {sheet.answered}")
    press.paragraph(f"Betreft Beantwoording vragen over {sheet.subject}")
    press.space(2)
    press.paragraph("Geachte voorzitter,")
    press.space(1)
    press.paragraph(
        f"Hierbij zend ik u de antwoorden op de vragen van {sheet.title_askers} over {sheet.subject}. "
        f"Deze vragen werden ingezonden op {sheet.asked} met kenmerk {sheet.reference}."
    )
    press.space(2)
    press.paragraph(f"De minister van {sheet.office},")
    press.space(3)
    press.paragraph(f"A.B. {sheet.minister}")
    press.turn_page()
    press.paragraph(
        f"Antwoorden van de minister van {sheet.office} op vragen van {sheet.title_askers} over {sheet.subject}.",
        bold=True,
    )
    _blocks(press, sheet)
    return press.finish(), press.placed


def _blocks(press: Press, sheet: Sheet) -> None:
    for number, block in enumerate(sheet.blocks):
        press.begin(number)
        if isinstance(block, Asked):
            press.heading(block.printed_heading)
            for text in block.texts:
                press.paragraph(text, bold=press.style.bold_questions)
        else:
            _answer(press, block)


def _answer(press: Press, block: Answered) -> None:
    if block.has_heading:
        press.heading(block.printed_heading)
    for number, part in enumerate(block.parts):
        if number and not isinstance(part, Item):
            press.space(press.style.gap_between_paragraphs)
        if not isinstance(part, Item):
            press.paragraph(part)
        elif "\t" in part.text:
            press.row(part.text)
        else:
            press.paragraph(part.text, indent=20, label=part.label)
