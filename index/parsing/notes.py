"""Find the texts of footnotes: at the foot of a page, in a list at the end, or in a part of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.parsing.flow import FlowLine
from index.parsing.words import Joiner
from index.records import Document, Run

_RAISED_FIGURES = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

# Type of a note is at most this part of the type of the text.
SMALL = 0.93
# A typed note stands at most so many lines under its mark, and has at most so many lines.
REACH, LONGEST_NOTE = 60, 9
# Two lines of one note stand at most this many of its sizes apart.
NOTE_PITCH = 2.1

# "1 NOS, d.d. 1 maart 2024" · "[3] https://…" · "2) Kamerstuk 33047" · "* Zie ook" · "12. Zie"
_NOTE_START = re.compile(
    r"^\s*(?P<marker>\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}\)|\d{1,3}|\*{1,3}|[ivx]{1,5}\b|[¹²³⁰⁴-⁹]{1,3})[.\s\t\u00a0]*(?=\S)"
)
# "[4] Centrum voor Criminaliteitspreventie" · "2) Kamerstuk 33047, nr. 25"
_LISTED = re.compile(r"^\s*(?P<marker>\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}\))[\s\t\u00a0]*(?=\S)")
# "Bent u het eens" · "Vraag 3" · "Antwoord op vraag 3"
_CLOSED = re.compile(r"[.?!:;)\]»”’\"/\d]\s*$")
_HEADING = re.compile(r"^\s*(?:Vra(?:ag|gen)|Antwoord(?:en)?)\b")


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
    found, rest = _end_list(rest)
    notes += found
    found, rest = _raised_list(rest)
    notes += found
    found, rest = _plain_list(rest) if not notes else ([], rest)
    notes += found
    found, rest = _under_questions(rest)
    return notes + found, rest


def note_text(note: Note, joiner: Joiner) -> str:
    """Return the note's text, its lines joined."""
    return joiner.join([(note.lines, "")]).text


def _opened(marker: str, line: FlowLine, text_start: int, *, listed: bool = False) -> Note:
    return Note(marker, (line.slice(text_start),), (line.slice(0, text_start),), listed)


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
        _read_block(page_lines[cut:], notes)
    return notes, rest


def _by_page(lines: Sequence[FlowLine]) -> list[list[FlowLine]]:
    pages: dict[int, list[FlowLine]] = {}
    for line in lines:
        pages.setdefault(line.page_number, []).append(line)
    return list(pages.values())


def _is_small(line: FlowLine, size: float) -> bool:
    return line.source.font_size <= SMALL * size


def _raised_start(line: FlowLine) -> str | None:
    """Return the marker of a note that opens the line with a raised or smaller figure."""
    runs = [run for run in line.source.runs if run.text.strip()]
    if not runs or line.source.role == "table":
        return None
    first = runs[0]
    raised = len(runs) > 1 and (first.rise > 0.1 * first.font_size or first.font_size < 0.9 * runs[1].font_size)
    marker = first.text.strip().strip("[]().")
    return marker if raised and re.fullmatch(r"\d{1,3}|\*{1,3}|[ivx]{1,5}", marker) else None


def _foot_start(lines: Sequence[FlowLine], size: float, before: Sequence[Note]) -> int:
    """Return the index of the first line of the notes at the foot of one page."""
    small = len(lines)
    while small > 0 and _is_small(lines[small - 1], size):
        small -= 1
    start = len(lines)
    expected = _number(before[-1].marker) + 1 if before else 1
    for index in range(small, len(lines)):
        if _opens_note(lines[index], expected):
            start = index
            break
    # A note that began on the page before may go on above the first note of this page.
    while start > small and before and _follows(lines, start) and not lines[start - 1].source.role:
        start -= 1
    return start


def _opens_note(line: FlowLine, expected: int) -> bool:
    if _raised_start(line):
        return True
    found = _NOTE_START.match(line.text)
    return bool(found) and line.source.role != "table" and _number(found.group("marker")) == expected  # type: ignore[union-attr]


def _follows(lines: Sequence[FlowLine], index: int) -> bool:
    """Whether the line before ``index`` stands as close to it as two lines of a note."""
    above = lines[index - 1].source
    here = lines[index].source if index < len(lines) else None
    return here is not None and 0 < above.y - here.y <= NOTE_PITCH * max(above.font_size, 1)


def plain_marker(marker: str) -> str:
    """Return a marker without brackets, and raised figures (``"¹²"``) as usual ones."""
    return marker.strip("[]().").translate(_RAISED_FIGURES)


def _number(marker: str) -> int:
    digits = plain_marker(marker)
    return int(digits) if digits.isdecimal() else 0


def _read_block(lines: Sequence[FlowLine], notes: list[Note]) -> None:
    """Cut a block of lines into notes; lines before the first marker go on with the last note."""
    # Where markers are raised, a figure at the start of a line is just a figure.
    raised_only = any(_raised_start(line) for line in lines)
    left = min((line.source.x for line in lines), default=0.0)
    for line in lines:
        marker, text_start = _start_of(line, notes, raised_only, left)
        if marker is not None:
            notes.append(_opened(marker, line, text_start))
        elif notes:
            last = notes.pop()
            notes.append(replace(last, lines=(*last.lines, line)))


def _start_of(line: FlowLine, notes: Sequence[Note], raised_only: bool, left: float) -> tuple[str | None, int]:
    raised = _raised_start(line)
    found = _NOTE_START.match(line.text)
    if raised and found:
        return raised, found.end()
    if raised:
        return raised, _first_run(line.source.runs)
    expected = _number(notes[-1].marker) + 1 if notes else 1
    plain = found and not raised_only and line.source.x <= left + 2
    if found and plain and _number(found.group("marker")) == expected:
        return plain_marker(found.group("marker")), found.end()
    return None, 0


def _first_run(runs: Sequence[Run]) -> int:
    seen = 0
    for run in runs:
        seen += len(run.text)
        if run.text.strip():
            return seen
    return seen


def _in_plain_text(lines: Sequence[FlowLine]) -> tuple[list[Note], list[FlowLine]]:
    """Find notes in a text without sizes: paragraphs that open with the next number whose mark came before."""
    notes: list[Note] = []
    rest: list[FlowLine] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        expected = _number(notes[-1].marker) + 1 if notes else 1
        found = _NOTE_START.match(line.text)
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
    number = _number(found.group("marker"))
    while following < len(lines) and not _ends_note(lines[following], number):
        taken.append(lines[following])
        following += 1
    note = _opened(plain_marker(found.group("marker")), lines[index], found.end())
    notes.append(replace(note, lines=(*note.lines, *taken)))
    return following


def _ends_note(line: FlowLine, number: int) -> bool:
    # An empty line, a line set in, or the next number ends a note; so does a heading.
    if line.source.starts_paragraph or line.text[:1].isspace() or _HEADING.match(line.text):
        return True
    found = _NOTE_START.match(line.text)
    return found is not None and _number(found.group("marker")) == number + 1


def _end_list(lines: Sequence[FlowLine]) -> tuple[list[Note], list[FlowLine]]:
    """Take the list of typed notes after the last answer, when its marks stand in the text."""
    start = _end_list_start(lines)
    if start is None:
        return [], list(lines)
    notes: list[Note] = []
    for line in lines[start:]:
        for piece in _split_glued(line, len(notes)):
            found = _LISTED.match(piece.text)
            if found and _number(found.group("marker")) == len(notes) + 1:
                notes.append(_opened(found.group("marker"), piece, found.end(), listed=True))
            elif notes:
                last = notes.pop()
                notes.append(replace(last, lines=(*last.lines, piece)))
    return notes, list(lines[:start])


def _end_list_start(lines: Sequence[FlowLine]) -> int | None:
    last_heading = max((i for i, line in enumerate(lines) if _HEADING.match(line.text)), default=-1)
    for index in range(len(lines) - 1, last_heading, -1):
        found = _LISTED.match(lines[index].text)
        if found and _number(found.group("marker")) == 1:
            mark = found.group("marker")
            closed = index == 0 or lines[index].source.starts_paragraph or _CLOSED.search(lines[index - 1].text)
            if closed and any(typed_marks(line.text, mark) for line in lines[:index]):
                return index
    return None


def _raised_list(lines: Sequence[FlowLine]) -> tuple[list[Note], list[FlowLine]]:
    """Take the list of notes after the last answer that is set as large as the text, its figures raised."""
    last_heading = max((i for i, line in enumerate(lines) if _HEADING.match(line.text)), default=-1)
    for index in range(last_heading + 2, len(lines)):
        if _raised_start(lines[index]):
            notes: list[Note] = []
            _read_block(lines[index:], notes)
            return notes, list(lines[:index])
    return [], list(lines)


def _plain_list(lines: Sequence[FlowLine]) -> tuple[list[Note], list[FlowLine]]:
    """Take a list «1 NOS … 2 Kamerstuk …» that closes the letter and has a raised figure in the text for each."""
    last_heading = max((i for i, line in enumerate(lines) if _HEADING.match(line.text)), default=-1)
    raised = {
        plain_marker(run.text.strip())
        for line in lines[: last_heading + 1]
        for run in line.source.runs
        if run.rise > 0 and run.text.strip()
    }
    for index in range(last_heading + 2, len(lines)):
        found = _NOTE_START.match(lines[index].text)
        if found and found.group("marker") == "1" and lines[index].source.role != "table":
            notes: list[Note] = []
            _read_block(lines[index:], notes)
            if {note.marker for note in notes} <= raised:
                return notes, list(lines[:index])
    return [], list(lines)


def _under_questions(lines: Sequence[FlowLine]) -> tuple[list[Note], list[FlowLine]]:
    """Take typed notes that stand right under the question or answer of their mark."""
    notes: list[Note] = []
    rest: list[FlowLine] = []
    index = 0
    while index < len(lines):
        found = _LISTED.match(lines[index].text)
        stop = _own_lines(lines, index, rest) if found else index
        if found and stop > index:
            note = _opened(found.group("marker"), lines[index], found.end(), listed=True)
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
    while stop < len(lines) and stop - index < LONGEST_NOTE and not _HEADING.match(lines[stop].text):
        if _LISTED.match(lines[stop].text) or lines[stop].source.starts_paragraph:
            break
        stop += 1
    ends = stop == len(lines) or bool(_HEADING.match(lines[stop].text) or _LISTED.match(lines[stop].text))
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
    if _LISTED.match(line.text) and _number(_LISTED.match(line.text).group("marker")) == number:  # type: ignore[union-attr]
        number += 1
    while True:
        found = re.search(rf"(?<=\S)\[{number}\]\s", rest.text)
        if not found:
            return [*pieces, rest]
        pieces.append(rest.slice(0, found.start()))
        rest = rest.slice(found.start())
        number += 1
