"""Text of a letter as HTML: its paragraphs, the sentence that fits, notes that open, links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.references import find_references
from rag.pages.markup import Html, element, is_safe_address, join
from rag.pages.texts import Texts
from rag.results import Highlight, Note


@dataclass(frozen=True, slots=True)
class Link:
    """From `start` up to `end`, the text names something that stands at `address`."""

    start: int
    end: int
    address: str


def render_prose(text: str, texts: Texts, *, notes: Sequence[Note] = (), highlight: Highlight | None = None) -> Html:
    """Draw text of a letter, all of it, in its own language.

    Parameters
    ----------
    text : str
        Paragraphs are separated by an empty line, rows by a line break.
    texts : Texts
        For the names of the notes.
    notes : sequence of Note
        Offsets in `text`.
    highlight : Highlight, optional
        What is marked; nothing when empty.
    """
    drawing = _Drawing(text, texts, tuple(notes), highlight or Highlight(0, 0), tuple(find_links(text)))
    return element("div", [drawing.paragraph(*span) for span in _paragraphs(text)], class_="kw-tekst", lang="nl")


def render_linked(text: str) -> Html:
    """Draw one run of text with its links, and nothing else."""
    return join(_linked(text, 0, len(text), tuple(find_links(text))))


def find_links(text: str) -> Iterator[Link]:
    """Find numbers, laws and addresses in a text that lead somewhere, in order, without overlap."""
    end = 0
    for found in sorted(find_references(text), key=lambda reference: (reference.start, -reference.end)):
        if found.link and found.start >= end and is_safe_address(found.link):
            yield Link(found.start, found.end, found.link)
            end = found.end


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for paragraph in text.split("\n\n"):
        if paragraph.strip():
            yield start, start + len(paragraph)
        start += len(paragraph) + 2


def _linked(text: str, start: int, end: int, links: Sequence[Link]) -> Iterator[Html]:
    for link in links:
        if link.end <= start or link.start >= end:
            continue
        yield _rows(text[start : max(start, link.start)])
        start, stop = max(start, link.start), min(end, link.end)
        yield element("a", _rows(text[start:stop]), href=link.address, rel="noopener noreferrer")
        start = stop
    yield _rows(text[start:end])


def _rows(text: str) -> Html:
    first, *further = text.split("\n")
    return join(first, [[element("br"), row] for row in further])


@dataclass(frozen=True, slots=True)
class _Drawing:
    text: str
    texts: Texts
    notes: tuple[Note, ...]
    highlight: Highlight
    links: tuple[Link, ...]

    def paragraph(self, start: int, end: int) -> Html:
        """Draw one paragraph; a note that opens in it cannot stand inside a ``p``."""
        has_notes = any(start <= note.offset <= end for note in self.notes)
        inner = self._marked(start, end)
        return element("div", inner, class_="kw-alinea", role="paragraph") if has_notes else element("p", inner)

    def _marked(self, start: int, end: int) -> Iterator[Html]:
        from_, to = (min(max(place, start), end) for place in (self.highlight.start, self.highlight.end))
        yield join(self._noted(start, from_, last=from_ == end))
        if from_ < to:
            yield element("mark", self._noted(from_, to, last=to == end))
            yield join(self._noted(to, end, last=True)) if to < end else Html("")
        elif from_ < end:
            yield join(self._noted(from_, end, last=True))

    def _noted(self, start: int, end: int, *, last: bool) -> Iterator[Html]:
        """Draw text with the notes that stand in it; a note at the very end only when it is the last part."""
        for note in self.notes:
            if start <= note.offset < end or (last and note.offset == end):
                yield from _linked(self.text, start, note.offset, self.links)
                yield self._note(note)
                start = note.offset
        yield from _linked(self.text, start, end, self.links)

    def _note(self, note: Note) -> Html:
        word = element("span", self.texts.note.format(marker=""), class_="kw-sr")
        summary = element("summary", word, note.marker)
        content = render_linked(note.text) if note.text else self.texts.note_missing
        language = "nl" if note.text else self.texts.language
        body = element("span", content, class_="kw-noottekst", lang=language)
        return element("details", summary, body, class_="kw-noot")
