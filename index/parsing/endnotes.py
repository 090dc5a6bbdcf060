"""Find lists of notes in the text itself: after the last answer, or under a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.parsing.flow import FlowLine
from index.parsing.notes import NOTE_START, Note, is_heading, number_of, opened, plain_marker, raised_start, read_block

# A typed note stands at most so many lines under its mark, and has at most so many lines.
REACH, LONGEST_NOTE = 60, 9
# "[4] Centrum voor Criminaliteitspreventie" · "2) Kamerstuk 33047, nr. 25"
_LISTED = re.compile(r"^\s*(?P<marker>\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}\))[\s\t\u00a0]*(?=\S)")
# "… is geconcludeerd?[4]" · "… 33047, nr. 25" (a line after which a note may begin)
_CLOSED = re.compile(r"[.?!:;)\]»”’\"/\d]\s*$")


def end_list(lines: Sequence[FlowLine]) -> tuple[list[Note], list[FlowLine]]:
    """Take the list of typed notes after the last answer, when its marks stand in the text."""
    start = _end_list_start(lines)
    if start is None:
        return [], list(lines)
    notes: list[Note] = []
    for line in lines[start:]:
        for piece in _split_glued(line, len(notes)):
            found = _LISTED.match(piece.text)
            if found and number_of(found.group("marker")) == len(notes) + 1:
                notes.append(opened(found.group("marker"), piece, found.end(), listed=True))
            elif notes:
                last = notes.pop()
                notes.append(replace(last, lines=(*last.lines, piece)))
    return notes, list(lines[:start])


def _end_list_start(lines: Sequence[FlowLine]) -> int | None:
    last_heading = max((i for i, line in enumerate(lines) if is_heading(line)), default=-1)
    for index in range(len(lines) - 1, last_heading, -1):
        found = _LISTED.match(lines[index].text)
        if found and number_of(found.group("marker")) == 1:
            mark = found.group("marker")
            closed = index == 0 or lines[index].source.starts_paragraph or _CLOSED.search(lines[index - 1].text)
            if closed and any(typed_marks(line.text, mark) for line in lines[:index]):
                return index
    return None


def raised_list(lines: Sequence[FlowLine]) -> tuple[list[Note], list[FlowLine]]:
    """Take the list of notes after the last answer that is set as large as the text, its figures raised."""
    last_heading = max((i for i, line in enumerate(lines) if is_heading(line)), default=-1)
    for index in range(last_heading + 2, len(lines)):
        if raised_start(lines[index]):
            notes: list[Note] = []
            untaken = read_block(lines[index:], notes)
            return notes, [*lines[:index], *untaken]
    return [], list(lines)


def plain_list(lines: Sequence[FlowLine]) -> tuple[list[Note], list[FlowLine]]:
    """Take a list «1 NOS … 2 Kamerstuk …» that closes the letter and has a raised figure in the text for each."""
    last_heading = max((i for i, line in enumerate(lines) if is_heading(line)), default=-1)
    raised = {
        plain_marker(run.text.strip())
        for line in lines[: last_heading + 1]
        for run in line.source.runs
        if run.rise > 0 and run.text.strip()
    }
    for index in range(last_heading + 2, len(lines)):
        found = NOTE_START.match(lines[index].text)
        if found and found.group("marker") == "1" and lines[index].source.role != "table":
            notes: list[Note] = []
            untaken = read_block(lines[index:], notes)
            if notes and not untaken and {note.marker for note in notes} <= raised:
                return notes, list(lines[:index])
    return [], list(lines)


def under_questions(lines: Sequence[FlowLine]) -> tuple[list[Note], list[FlowLine]]:
    """Take typed notes that stand right under the question or answer of their mark."""
    notes: list[Note] = []
    rest: list[FlowLine] = []
    index = 0
    while index < len(lines):
        found = _LISTED.match(lines[index].text)
        stop = _own_lines(lines, index, rest) if found else index
        if found and stop > index:
            note = opened(found.group("marker"), lines[index], found.end(), listed=True)
            notes.append(replace(note, lines=(*note.lines, *lines[index + 1 : stop])))
            index = stop
        else:
            rest.append(lines[index])
            index += 1
    return notes, rest


def _own_lines(lines: Sequence[FlowLine], index: int, before: Sequence[FlowLine]) -> int:
    """Return the index after the last line of a typed note, or ``index`` when it is none.

    Its mark stands in the text shortly before, and after it comes another note or a heading.
    """
    marker = _LISTED.match(lines[index].text).group("marker")  # type: ignore[union-attr]
    recent = before[-REACH:]
    free = lines[index].source.starts_paragraph or not before or bool(_CLOSED.search(before[-1].text))
    if not free or not any(typed_marks(line.text, marker) for line in recent):
        return index
    stop = index + 1
    while stop < len(lines) and stop - index < LONGEST_NOTE and not is_heading(lines[stop]):
        if _LISTED.match(lines[stop].text) or lines[stop].source.starts_paragraph:
            break
        stop += 1
    ends = stop == len(lines) or bool(is_heading(lines[stop]) or _LISTED.match(lines[stop].text))
    return stop if ends or marker.startswith("[") else index


def typed_marks(text: str, marker: str) -> list[tuple[int, int]]:
    """Return where a typed mark stands after a word (``boa’s”1)?``, ``Verhoudingen 2), met``).

    The number of an item at the start of a line is none, nor is the end of ``(artikel 2)``.
    """
    bracketed = marker.startswith("[")
    places: list[tuple[int, int]] = []
    found = text.find(marker)
    while found > 0:
        start = found - 1 if text[found - 1] in " \u00a0" and found > 1 else found
        before = text[start - 1]
        after_word = not before.isspace() and (bracketed or (before not in "(" and not before.isdecimal()))
        if after_word and text.count("(", 0, start) <= text.count(")", 0, start):
            places.append((start, found + len(marker)))
        found = text.find(marker, found + 1)
    return places


def _split_glued(line: FlowLine, seen: int) -> list[FlowLine]:
    """Cut a line in which the next note follows the last without a line end (``… politie[3] https://``)."""
    pieces: list[FlowLine] = []
    rest = line
    number = seen + 1
    if _LISTED.match(line.text) and number_of(_LISTED.match(line.text).group("marker")) == number:  # type: ignore[union-attr]
        number += 1
    while True:
        found = re.search(rf"(?<=\S)\[{number}\]\s", rest.text)
        if not found:
            return [*pieces, rest]
        pieces.append(rest.slice(0, found.start()))
        rest = rest.slice(found.start())
        number += 1
