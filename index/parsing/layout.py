"""Part a page into text, notes and furniture, and find where paragraphs begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.parsing.flow import CLOSED, ITEM, FlowLine, body_size, flow_of
from index.parsing.footnotes import find_notes
from index.parsing.furniture import find_furniture
from index.parsing.marks import take_marks
from index.parsing.notes import Note
from index.parsing.words import HYPHENS, Joiner, join_words, words_of
from index.records import Document

# A gap wider than this many usual line distances begins a paragraph.
GAP = 1.3
# A line with more room left than this part of the column, and the next word, was ended on purpose.
FORCED = 0.3
# Columns of text begin at least this far (in points) from one another; what is set in begins nearer.
COLUMN_GAP = 120.0
# Lines of one paragraph stand at most this many type sizes apart.
WIDEST_PITCH = 1.9
# Labels of one list stand at most this far (in points) from one another.
LABEL_SHIFT = 3.0
# In a plain text with lines longer than this, a line is a paragraph.
UNWRAPPED = 140


@dataclass(frozen=True, slots=True)
class Layout:
    """The letter parted by what its places and sizes say.

    Parameters
    ----------
    body : tuple of FlowLine
        The text in reading order, marks taken out, paragraphs found.
    notes : tuple of Note
        Footnotes with their lines.
    furniture : tuple of FlowLine
        What stands on the pages for the pages' sake.
    joiner : Joiner
        Knows the letter's words.
    """

    body: tuple[FlowLine, ...]
    notes: tuple[Note, ...]
    furniture: tuple[FlowLine, ...]
    joiner: Joiner


def lay_out(document: Document) -> Layout:
    """Part the lines of a document into text, notes and furniture.

    Parameters
    ----------
    document : Document

    Returns
    -------
    Layout
        Every line of the document stands in exactly one part.
    """
    lines = flow_of(document)
    keys = find_furniture(document, lines)
    furniture = tuple(line for line in lines if line.key in keys)
    rest = [line for line in lines if line.key not in keys]
    size = body_size(rest)
    notes, body = find_notes(document, rest, size)
    marked = take_marks(body, notes)
    opened = _with_paragraphs(document.format, marked)
    return Layout(tuple(opened), tuple(notes), furniture, join_words(words_of(rest)))


def _with_paragraphs(form: str, lines: Sequence[FlowLine]) -> list[FlowLine]:
    if form == "docx":
        # Word says where paragraphs begin; a line break within one is meant as well, a page break is not.
        return [replace(line, opens=line.source.starts_paragraph) for line in lines]
    decide = _PdfParagraphs(lines) if form == "pdf" else _TextParagraphs(lines)
    return [replace(line, opens=index == 0 or decide.opens(lines[index - 1], line)) for index, line in enumerate(lines)]


def _width_of_first_word(line: FlowLine) -> float:
    text = line.text.strip()
    word = text.split(maxsplit=1)[0] if text else ""
    source = line.source
    per_char = (source.right - source.x) / max(len(source.text.strip()), 1)
    return per_char * (len(word) + 1)


class _PdfParagraphs:
    """Decides by gaps, indents, and lines that end before the column does."""

    def __init__(self, lines: Sequence[FlowLine]) -> None:
        # Short answers with empty lines between them must not make the empty line the usual distance.
        pitches = [
            before.source.y - after.source.y
            for before, after in pairwise(lines)
            if before.page_number == after.page_number
            and 1 < before.source.y - after.source.y < WIDEST_PITCH * max(before.source.font_size, 1)
        ]
        self._pitch = _usual(pitches)
        self._item_x = -1.0
        self._columns = _columns(lines)

    def opens(self, before: FlowLine, line: FlowLine) -> bool:
        a, b = before.source, line.source
        same_page = before.page_number == line.page_number
        # What was taken out between two lines leaves a gap that says nothing.
        adjacent = same_page and line.key[1] == before.key[1] + 1
        if "table" in (a.role, b.role) or a.bold != b.bold:
            return True
        if adjacent and a.y - b.y > GAP * max(self._pitch, a.font_size, b.font_size):
            return True
        closed = bool(CLOSED.search(before.text.rstrip()))
        if ITEM.match(line.text) and (closed or ITEM.match(before.text) or self._is_next_item(b.x, a.x)):
            self._item_x = b.x
            return True
        if closed and (self._is_short(before, line) or (adjacent and b.x < a.x - 4)):
            return True
        if not adjacent or before.text.rstrip().endswith(tuple(HYPHENS)):
            return False
        # A line that ends long before the edge was ended on purpose.
        left, right = self._column(before)
        return self._room(before) - _width_of_first_word(line) > FORCED * (right - left)

    def _is_next_item(self, x: float, before: float) -> bool:
        """Whether a label stands under the label of the item before, and left of the item's text."""
        return abs(x - self._item_x) < LABEL_SHIFT and x < before - LABEL_SHIFT

    def _is_short(self, before: FlowLine, line: FlowLine) -> bool:
        """Whether the next word would have fitted on the line before."""
        return self._room(before) > _width_of_first_word(line) + 0.5 * max(before.source.font_size, 1)

    def _room(self, line: FlowLine) -> float:
        return self._column(line)[1] - line.source.right

    def _column(self, line: FlowLine) -> tuple[float, float]:
        """Return the edges of the column that a line stands in."""
        return next((edges for edges in self._columns if line.source.x < edges[1]), (0.0, 0.0))


def _columns(lines: Sequence[FlowLine]) -> list[tuple[float, float]]:
    """Return the left and right edges of the columns of text, from left to right."""
    groups: list[list[FlowLine]] = []
    for line in sorted(lines, key=lambda line: line.source.x):
        if groups and line.source.x - groups[-1][0].source.x < COLUMN_GAP:
            groups[-1].append(line)
        else:
            groups.append([line])
    columns = []
    for group in groups:
        rights = sorted(line.source.right for line in group)
        columns.append((group[0].source.x, rights[int(0.97 * (len(rights) - 1))]))
    return columns


class _TextParagraphs:
    """Decides by empty lines, and lines that end before the others do."""

    def __init__(self, lines: Sequence[FlowLine]) -> None:
        lengths = sorted(len(line.text.rstrip()) for line in lines)
        self._width = lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0

    def opens(self, before: FlowLine, line: FlowLine) -> bool:
        if self._width > UNWRAPPED:
            return True
        closed = bool(CLOSED.search(before.text.rstrip()))
        adjacent = line.key == (before.key[0], before.key[1] + 1)
        if line.source.starts_paragraph:
            return adjacent or closed
        if ITEM.match(line.text) and (closed or ITEM.match(before.text)):
            return True
        word = line.text.split(maxsplit=1)[0] if line.text.strip() else ""
        return closed and len(before.text.rstrip()) + 1 + len(word) < 0.8 * self._width


def _usual(values: Sequence[float]) -> float:
    """Return the most frequent value, rounded to a quarter of a point."""
    counts: dict[float, int] = {}
    for value in values:
        rounded = round(value * 4) / 4
        counts[rounded] = counts.get(rounded, 0) + 1
    return max(counts, key=lambda value: (counts[value], -value)) if counts else 0.0
