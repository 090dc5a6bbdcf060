"""The record of a note, and how a block of lines is cut into notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.parsing.flow import FlowLine
from index.parsing.headings import HeadingKind, read_heading
from index.parsing.words import Joiner
from index.records import Run

_RAISED_FIGURES = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
# "1 NOS, d.d. 1 maart 2024" · "[3] https://…" · "2) Kamerstuk 33047" · "* Zie ook" · "12. Zie"
NOTE_START = re.compile(
    r"^\s*(?P<marker>\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}\)|\d{1,3}|\*{1,3}|[ivx]{1,5}\b|[¹²³⁰⁴-⁹]{1,3})[.\s\t\u00a0]*(?=\S)"
)


@dataclass(frozen=True, slots=True)
class Note:
    """A note with the lines that it was printed on.

    ``heading`` holds the printed marker; ``listed`` says that the note stands in an end list.
    """

    marker: str
    lines: tuple[FlowLine, ...]
    heading: tuple[FlowLine, ...] = ()
    listed: bool = False

    @property
    def page_number(self) -> int:
        """Page on which the note begins."""
        return self.lines[0].page_number


def note_text(note: Note, joiner: Joiner) -> str:
    """Return the note's text, its lines joined."""
    return joiner.join([(note.lines, "")]).text


def opened(marker: str, line: FlowLine, text_start: int, *, listed: bool = False) -> Note:
    """Return a note that a line opens: up to ``text_start`` stands its marker."""
    return Note(marker, (line.slice(text_start),), (line.slice(0, text_start),), listed)


def plain_marker(marker: str) -> str:
    """Return a marker without brackets, and raised figures (``"¹²"``) as usual ones."""
    return marker.strip("[]().").translate(_RAISED_FIGURES)


def number_of(marker: str) -> int:
    """Return the number of a marker, 0 when it is a sign or letter."""
    digits = plain_marker(marker)
    return int(digits) if digits.isdecimal() else 0


def is_heading(line: FlowLine) -> bool:
    """Whether a line heads a question, an answer or a notice: no note goes on after it."""
    heading = read_heading(line.text)
    return heading is not None and heading.kind is not HeadingKind.EXPLANATION


def raised_start(line: FlowLine) -> str | None:
    """Return the marker of a note that opens the line with a raised or smaller figure."""
    runs = [run for run in line.source.runs if run.text.strip()]
    if not runs or line.source.role == "table":
        return None
    first = runs[0]
    raised = len(runs) > 1 and (first.rise > 0.1 * first.font_size or first.font_size < 0.9 * runs[1].font_size)
    marker = first.text.strip().strip("[]().")
    return marker if raised and re.fullmatch(r"\d{1,3}|\*{1,3}|[ivx]{1,5}", marker) else None


def read_block(lines: Sequence[FlowLine], notes: list[Note]) -> list[FlowLine]:
    """Cut a block of lines into notes; lines before the first marker go on with the last note.

    Returns the lines that no note takes: those before the first marker when there is no note yet.
    """
    untaken: list[FlowLine] = []
    # Where markers are raised, a figure at the start of a line is just a figure.
    raised_only = any(raised_start(line) for line in lines)
    left = min((line.source.x for line in lines), default=0.0)
    for line in lines:
        marker, text_start = _start_of(line, notes, raised_only, left)
        if marker is not None:
            notes.append(opened(marker, line, text_start))
        elif notes:
            last = notes.pop()
            notes.append(replace(last, lines=(*last.lines, line)))
        else:
            untaken.append(line)
    return untaken


def _start_of(line: FlowLine, notes: Sequence[Note], raised_only: bool, left: float) -> tuple[str | None, int]:
    raised = raised_start(line)
    found = NOTE_START.match(line.text)
    if raised and found:
        return raised, found.end()
    if raised:
        return raised, _first_run(line.source.runs)
    expected = number_of(notes[-1].marker) + 1 if notes else 1
    plain = found and not raised_only and line.source.x <= left + 2
    if found and plain and number_of(found.group("marker")) == expected:
        return plain_marker(found.group("marker")), found.end()
    return None, 0


def _first_run(runs: Sequence[Run]) -> int:
    seen = 0
    for run in runs:
        seen += len(run.text)
        if run.text.strip():
            return seen
    return seen
