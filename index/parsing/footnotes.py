"""Find the texts of footnotes: at the foot of a page, in a part of their own, or in a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.parsing.endnotes import end_list, plain_list, raised_list, under_questions
from index.parsing.flow import FlowLine
from index.parsing.notes import NOTE_START, Note, is_heading, number_of, opened, plain_marker, raised_start, read_block
from index.records import Document

# Type of a note is at most this part of the type of the text.
SMALL = 0.93
# Two lines of one note stand at most this many of its sizes apart.
NOTE_PITCH = 2.1
# "… nr. 207." (a note that is at its end)
_ENDED = re.compile(r"[.)»”]\s*$")


def find_notes(document: Document, lines: Sequence[FlowLine], size: float) -> tuple[list[Note], list[FlowLine]]:
    """Part the notes from the text.

    Parameters
    ----------
    document : Document
    lines : sequence of FlowLine
        Without furniture, in reading order.
    size : float
        Type size of the text.

    Returns
    -------
    list of Note, list of FlowLine
        The notes in order, and the lines that are none.
    """
    notes, rest = _own_part(lines)
    if document.format == "pdf":
        found, rest = _at_page_feet(rest, size)
        notes += found
    elif document.format == "txt":
        found, rest = _in_plain_text(rest)
        notes += found
    found, rest = end_list(rest)
    notes += found
    found, rest = raised_list(rest)
    notes += found
    found, rest = plain_list(rest) if not notes else ([], rest)
    notes += found
    found, rest = under_questions(rest)
    return notes + found, rest


def _own_part(lines: Sequence[FlowLine]) -> tuple[list[Note], list[FlowLine]]:
    """Take the notes that the source itself marks as such (Word)."""
    groups: dict[str, list[FlowLine]] = {}
    rest: list[FlowLine] = []
    for line in lines:
        if line.source.role.startswith("note:"):
            groups.setdefault(line.source.role[5:], []).append(line)
        else:
            rest.append(line)
    return [Note(marker, tuple(group)) for marker, group in groups.items()], rest


def _at_page_feet(lines: Sequence[FlowLine], size: float) -> tuple[list[Note], list[FlowLine]]:
    notes: list[Note] = []
    rest: list[FlowLine] = []
    for page_lines in _by_page(lines):
        cut = _foot_start(page_lines, size, notes)
        rest += page_lines[:cut]
        rest += read_block(page_lines[cut:], notes)
    return notes, rest


def _by_page(lines: Sequence[FlowLine]) -> list[list[FlowLine]]:
    pages: dict[int, list[FlowLine]] = {}
    for line in lines:
        pages.setdefault(line.page_number, []).append(line)
    return list(pages.values())


def _is_small(line: FlowLine, size: float) -> bool:
    return line.source.font_size <= SMALL * size


def _foot_start(lines: Sequence[FlowLine], size: float, before: Sequence[Note]) -> int:
    """Return the index of the first line of the notes at the foot of one page."""
    small = len(lines)
    while small > 0 and _is_small(lines[small - 1], size):
        small -= 1
    start = len(lines)
    expected = number_of(before[-1].marker) + 1 if before else 1
    for index in range(small, len(lines)):
        if _opens_note(lines[index], expected):
            start = index
            break
    if start == len(lines) and before and _goes_on(lines[small:], before[-1]):
        return small
    # A note that began on the page before may go on above the first note of this page.
    while start > small and before and _follows(lines, start) and not lines[start - 1].source.role:
        start -= 1
    return start


def _goes_on(lines: Sequence[FlowLine], note: Note) -> bool:
    """Whether all small lines at the foot of a page go on with the last note of the page before."""
    last = note.lines[-1]
    if not lines or lines[0].page_number != last.page_number + 1 or _ENDED.search(last.text):
        return False
    size = last.source.font_size
    return all(line.source.role != "table" and abs(line.source.font_size - size) < 0.3 for line in lines)


def _opens_note(line: FlowLine, expected: int) -> bool:
    if raised_start(line):
        return True
    found = NOTE_START.match(line.text)
    return bool(found) and line.source.role != "table" and number_of(found.group("marker")) == expected  # type: ignore[union-attr]


def _follows(lines: Sequence[FlowLine], index: int) -> bool:
    """Whether the line before ``index`` stands as close to it as two lines of a note."""
    above = lines[index - 1].source
    here = lines[index].source if index < len(lines) else None
    return here is not None and 0 < above.y - here.y <= NOTE_PITCH * max(above.font_size, 1)


def _in_plain_text(lines: Sequence[FlowLine]) -> tuple[list[Note], list[FlowLine]]:
    """Find notes in a text without sizes: paragraphs that open with the next number whose mark came before."""
    notes: list[Note] = []
    rest: list[FlowLine] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        expected = number_of(notes[-1].marker) + 1 if notes else 1
        found = NOTE_START.match(line.text)
        opens = line.source.starts_paragraph or bool(
            notes and index and notes[-1].lines[-1].key == lines[index - 1].key
        )
        if opens and found and plain_marker(found.group("marker")) == str(expected) and _mark_stands(rest, expected):
            index = _take_note(lines, index, found, notes)
        else:
            rest.append(line)
            index += 1
    return notes, rest


def _mark_stands(lines: Sequence[FlowLine], number: int) -> bool:
    """Whether a figure glued to a word or its punctuation, as a mark is, came before."""
    # "berichtgeving1 over" · "Mensenrechtenraad.2 In" · "gemaakt.3"
    raised = str(number).translate({ord(str(n)): sign for n, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")})
    pattern = re.compile(
        rf"[^\W\d_][.,;:?!»”’\")]?{number}(?![\d%])|{raised}|[A-Z]\d{number}\b|\b(?:19|20)\d\d{number}\b"
    )
    return any(pattern.search(line.text) for line in lines)


def _take_note(lines: Sequence[FlowLine], index: int, found: re.Match[str], notes: list[Note]) -> int:
    taken: list[FlowLine] = []
    following = index + 1
    number = number_of(found.group("marker"))
    while following < len(lines) and not _ends_note(lines[following], number):
        taken.append(lines[following])
        following += 1
    note = opened(plain_marker(found.group("marker")), lines[index], found.end())
    notes.append(replace(note, lines=(*note.lines, *taken)))
    return following


def _ends_note(line: FlowLine, number: int) -> bool:
    # An empty line, a line set in, or the next number ends a note; so does a heading.
    if line.source.starts_paragraph or line.text[:1].isspace() or is_heading(line):
        return True
    found = NOTE_START.match(line.text)
    return found is not None and number_of(found.group("marker")) == number + 1
