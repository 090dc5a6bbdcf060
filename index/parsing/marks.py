"""Take footnote marks out of the text: raised figures, typed marks, figures glued to a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.parsing.endnotes import typed_marks
from index.parsing.flow import Cut, FlowLine
from index.parsing.notes import Note, plain_marker
from index.records import Mark, Run

# A mark is set at most this large, and stands at least this high, as parts of the size of its line.
RAISED_SIZE = 0.88
RAISED_RISE = 0.12

# "1" · "12" · "1,2" · "1, 2" · "1 2" · "[3]" · "**"
_RAISED = re.compile(r"^\s*[\[(]?(\d{1,3}(?:(?:\s*[,;]\s*|\s+)\d{1,3})*|\*{1,3})[\])]?\s*$")
# "Information Controls’[1] en" · "uitingen?[3]" · "baby is overleden [2], [3]"
_BRACKETED = re.compile(r"(?:(?<=\S)[ \u00a0](?=\[\d{1,3}\](?:[\s.,;:?!)]|$)))?\[(\d{1,3})\]")
# "bericht¹ en" · "2022⁴"
_FIGURES = re.compile(r"[¹²³⁰⁴-⁹]+")
# "100 m2" · "12 km2"
_UNIT = re.compile(r"\d[\s\u00a0]?[kcdh]?m$")


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    markers: tuple[str, ...]


def take_marks(lines: Sequence[FlowLine], notes: Sequence[Note]) -> list[FlowLine]:
    """Return the lines without their marks; each `FlowLine.marks` says what stood where.

    Parameters
    ----------
    lines : sequence of FlowLine
        The text, in order, as the source has it.
    notes : sequence of Note
        The notes that the letter holds: they tell a mark from a figure.

    Returns
    -------
    list of FlowLine
    """
    known = {note.marker for note in notes}
    spans: list[list[_Span]] = [_raised(line, known) + _bracketed(line) + _figures(line, known) for line in lines]
    for marker in (note.marker for note in notes if note.listed and not note.marker.startswith("[")):
        _add_typed(lines, spans, marker)
    seen = {marker for line_spans in spans for span in line_spans for marker in span.markers}
    missing = [note for note in notes if note.marker not in seen and not note.listed and note.marker.isdigit()]
    _add_glued(lines, spans, missing)
    return [_without(line, line_spans) for line, line_spans in zip(lines, spans, strict=True)]


def _raised(line: FlowLine, known: Iterable[str]) -> list[_Span]:
    spans: list[_Span] = []
    position = 0
    size = line.source.font_size
    for run in line.source.runs:
        start, position = position, position + len(run.text)
        if start < line.start or position > line.end or not _is_raised(run, size):
            continue
        markers = _markers(run.text, line.source.text[:start], set(known))
        if markers:
            body = run.text.strip()
            begin = start + run.text.index(body)
            spans.append(_Span(begin, begin + len(body), markers))
    return spans


def _is_raised(run: Run, size: float) -> bool:
    return bool(run.text.strip()) and run.font_size < RAISED_SIZE * size and run.rise > RAISED_RISE * size


def _markers(text: str, before: str, known: set[str]) -> tuple[str, ...]:
    """Return the markers of a raised run, or none when it is an exponent or an ordinal's ending."""
    found = _RAISED.match(text)
    if not found:
        # "21e eeuw" has a raised letter too: only the marker of a note that exists is one.
        return (text.strip(),) if text.strip() in known else ()
    parts = tuple(re.split(r"\s*[,;]\s*|\s+", found.group(1)))
    # "12" is notes 1 and 2 side by side when there is no twelfth.
    if len(parts) == 1 and len(parts[0]) == 2 and parts[0] not in known and set(parts[0]) <= known:
        parts = (parts[0][0], parts[0][1])
    if _UNIT.search(before) and parts[0] in ("2", "3"):
        return ()
    # "106": raised after a figure it is a power, unless a note has the number ("20235").
    if before[-1:].isdigit() and not set(parts) <= known:
        return ()
    return tuple(f"[{part}]" for part in parts) if "[" in text else parts


def _bracketed(line: FlowLine) -> list[_Span]:
    return [
        _Span(found.start(), found.end(), (f"[{found.group(1)}]",))
        for found in _BRACKETED.finditer(line.source.text)
        if line.start <= found.start() and found.end() <= line.end
    ]


def _figures(line: FlowLine, known: set[str]) -> list[_Span]:
    """Find raised figures that are characters of their own (``¹``), but for units (``m²``)."""
    spans = []
    text = line.source.text
    for found in _FIGURES.finditer(text, line.start, line.end):
        marker = plain_marker(found.group(0))
        before = text[: found.start()]
        unit = re.search(r"(?:^|[\d\s\u00a0])[kcdh]?m$", before) and marker in ("2", "3")
        power = before[-1:].isdigit() and marker not in known
        if not unit and not power:
            spans.append(_Span(found.start(), found.end(), (marker,)))
    return spans


def _add_typed(lines: Sequence[FlowLine], spans: list[list[_Span]], marker: str) -> None:
    """Find where the marker of a listed note is typed: ``(nos.nl)”1)?``, ``Verhoudingen 2), met``."""
    for line, line_spans in zip(lines, spans, strict=True):
        for start, end in typed_marks(line.source.text, marker):
            if line.start <= start and end <= line.end:
                line_spans.append(_Span(start, end, (marker,)))


# Where a mark may be glued when the source has no sizes, surest first:
_GLUED = (
    # "berichtgeving1 over" · "Mensenrechtenraad.2 In" · "gemaakt.3"
    r"(?:(?<=[a-zà-ÿ])|(?<=[^\W\d][.,;:?!»”’\")\]]))(?P<m>{n})(?=[\s.,;:?!»”’\")\]]|$|[A-Z])",
    # "vliegen»1?" · "(KOZP)?1 Bent u"
    r"(?<=[»”’\")\]?!])(?P<m>{n})(?=[\s.,;:?!]|$)",
    # "14 juli 20235 waarin"
    r"(?<=\b(?:19|20)\d\d)(?P<m>{n})(?=[\s.,;:?!)]|$)",
    # "NIS24 wordt" · "EU1 heeft"
    r"(?<=[A-Z]{{2}})(?P<m>{n})(?=[\s.,;:?!)]|$)",
    r"(?<=[A-Z]\d)(?P<m>{n})(?=[\s.,;:?!)]|$)",
    # "over de vredesonderhandelingen in het land? 2"
    r"(?<=[.?!»”][ \u00a0])(?P<m>{n})(?=\s+[A-Z]|\s*$)",
)


def _add_glued(lines: Sequence[FlowLine], spans: list[list[_Span]], notes: Sequence[Note]) -> None:
    """Find the marks of notes that no raised figure points to, in the order of the notes."""
    first = 0
    for note in notes:
        # A mark stands on the page of its note or, where pages are unknown, anywhere before its list.
        last = max((i for i, line in enumerate(lines) if line.page_number <= note.page_number), default=-1)
        place = _find_glued(lines, spans, note.marker, range(first, last + 1))
        if place is not None:
            index, span = place
            spans[index].append(span)
            first = index


def _find_glued(
    lines: Sequence[FlowLine], spans: list[list[_Span]], marker: str, within: range
) -> tuple[int, _Span] | None:
    for form in _GLUED:
        pattern = re.compile(form.format(n=marker))
        for index in within:
            line = lines[index]
            for found in pattern.finditer(line.source.text, line.start, line.end):
                taken = any(span.start < found.end("m") and found.start("m") < span.end for span in spans[index])
                if not taken and not _UNIT.search(line.source.text[: found.start("m")]):
                    return index, _Span(found.start("m"), found.end("m"), (marker,))
    return None


def _without(line: FlowLine, spans: list[_Span]) -> FlowLine:
    """Return the line with the spans cut out and kept as marks."""
    raw = line.source.text
    text = ""
    position = line.start
    marks: list[Mark] = []
    cuts: list[Cut] = []
    for span in sorted(spans, key=lambda span: span.start):
        if span.start < position:
            continue
        text += raw[position : span.start]
        marks += [Mark(marker, len(text)) for marker in span.markers]
        cuts.append(Cut(len(text), span.end - span.start))
        position = span.end
    text += raw[position : line.end]
    return replace(line, text=text, marks=tuple(marks), cuts=tuple(cuts))
