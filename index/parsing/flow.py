"""The letter's own lines on their way from layout to grammar.

A `FlowLine` is a stretch of a source line: it knows from which characters of which line
it was taken, so that the account of a letter can be settled to the character.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.records import Document, Line, Mark

Key = tuple[int, int]

# "…in kaart te brengen." · "…waarom niet?" · "…«zeer gewenst»." · "…de volgende:"
CLOSED = re.compile(r"[.?!:;…](?:[»”’\"')\]]*)\s*$")
# "1. Alle producten" · "- de gemeente" · "• woningen" · "a) het systeem" · "o kleine" · "iii. het"
ITEM = re.compile(r"^\s*(?:[-–—•·▪◦●○\uf0b7*]\s|o\s(?=\S)|\d{1,2}[.)]\s|[a-z][.)]\s|[ivx]{1,4}[.)]\s|\(\w{1,2}\)\s)")


@dataclass(frozen=True, slots=True)
class Cut:
    """Characters of the source that were taken out at ``offset`` of the text (a footnote mark)."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A stretch of a source line, without its footnote marks.

    Parameters
    ----------
    text : str
        The characters that are left when the marks are taken out.
    key : tuple of int
        Index of the page and of the line in the document.
    start, end : int
        The stretch of the source line, in characters of ``Line.text``.
    page_number : int
        1-based.
    source : Line
        The line itself, for its place, size and role.
    marks : tuple of Mark
        With offsets in ``text``.
    cuts : tuple of Cut
        Where marks were taken out, and how long they were.
    opens : bool
        Whether a paragraph begins here.
    """

    text: str
    key: Key
    start: int
    end: int
    page_number: int
    source: Line
    marks: tuple[Mark, ...] = ()
    cuts: tuple[Cut, ...] = ()
    opens: bool = False

    def slice(self, start: int, end: int | None = None) -> FlowLine:
        """Return the part of the text from ``start`` to ``end``; a mark at a border stays left of it."""
        end = len(self.text) if end is None else end
        last = end == len(self.text)
        marks = tuple(Mark(m.marker, m.offset - start) for m in self.marks if self._inside(m.offset, start, end, last))
        cuts = tuple(Cut(c.offset - start, c.length) for c in self.cuts if self._inside(c.offset, start, end, last))
        return replace(
            self,
            text=self.text[start:end],
            start=self.start if start == 0 else self._raw(start),
            end=self.end if last else self._raw(end),
            marks=marks,
            cuts=cuts,
            opens=self.opens if start == 0 else False,
        )

    @staticmethod
    def _inside(offset: int, start: int, end: int, last: bool) -> bool:
        return (start < offset or (start == 0 and offset == 0)) and (offset <= end or last)

    def _raw(self, offset: int) -> int:
        return self.start + offset + sum(cut.length for cut in self.cuts if cut.offset <= offset)

    @property
    def blank(self) -> bool:
        """Whether nothing is left of the line."""
        return not self.text.strip() and not self.marks


def flow_of(document: Document) -> list[FlowLine]:
    """Return every line of the document, in reading order, nothing taken out."""
    return [
        FlowLine(line.text, (p, n), 0, len(line.text), page.number, line, opens=line.starts_paragraph)
        for p, page in enumerate(document.pages)
        for n, line in enumerate(page.lines)
    ]


def body_size(lines: Sequence[FlowLine]) -> float:
    """Return the type size in which most of the text is set; 0.0 when the source has no sizes."""
    weights: dict[float, int] = {}
    for line in lines:
        for run in line.source.runs:
            weights[run.font_size] = weights.get(run.font_size, 0) + len(run.text)
    return max(weights, key=lambda size: weights[size]) if weights else 0.0
