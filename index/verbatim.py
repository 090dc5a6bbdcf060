"""Prove that stored texts are the letter's own words, by another way than parsing.

The parser takes furniture and notes out and joins lines; here nothing of that is repeated.
The words of a stored text must occur, in order, in the raw lines of its pages. What stands
between them and was skipped must be whole lines (furniture, notes), footnote marks, or the
hyphen of a broken word: the four changes that a letter's text may undergo, and no others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.records import Document, PlacedText

# Between two lines of a text at most so many lines of notes and furniture are passed over.
MAX_SKIPPED_LINES = 60
_SPACE = re.compile(r"\s+")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_HYPHENS = "-\u2010\u00ad"
# What may stand behind the end of a text in its last line: the next note of a list, another mark.
_AFTER_END = re.compile(r"\[\d{1,3}\]|[\d,;*)]{1,6}$")


def first_deviation(text: PlacedText, document: Document) -> str | None:
    """Return the first words of a text that its pages do not hold in this order, or None.

    Parameters
    ----------
    text : PlacedText
    document : Document

    Returns
    -------
    str or None
    """
    wanted = _squeeze(text.text)
    if not wanted:
        return None
    numbers = set(text.page_numbers)
    lines = [
        _RawLine(_squeeze(line.text), page.number, line.role)
        for page in document.pages
        if page.number in numbers
        for line in page.lines
    ]
    trace = _Trace(wanted, _marks(text), lines, free=document.format == "txt")
    # A text that ends in the middle of a line of the source is not whole: its last words are named.
    return None if trace.run() else _words_at(text.text, min(trace.reached, len(wanted) - 1))


@dataclass(frozen=True, slots=True)
class _RawLine:
    text: str
    page_number: int
    role: str

    @property
    def beside(self) -> bool:
        """Whether the source itself says that the line is no running text."""
        return self.role in ("margin", "header", "footer") or self.role.startswith("note:")


def _squeeze(text: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFC", text))


def _marks(text: PlacedText) -> dict[int, list[str]]:
    """Return the marks by their offset in the squeezed text."""
    marks: dict[int, list[str]] = {}
    for mark in text.marks:
        marks.setdefault(len(_squeeze(text.text[: mark.offset])), []).append(_squeeze(mark.marker))
    return marks


class _Trace:
    """Looks for the text in the lines; remembers where it has failed before.

    ``free`` says that whole lines may be passed over anywhere (a plain text has no places),
    and not only between two pages.
    """

    def __init__(self, wanted: str, marks: dict[int, list[str]], lines: Sequence[_RawLine], *, free: bool) -> None:
        self._wanted = wanted
        self._marks = marks
        self._lines = lines
        self._free = free
        self._failed: set[tuple[int, int]] = set()
        self.reached = 0

    def run(self) -> bool:
        """Whether the lines bear out the text; ``reached`` says how many of its characters, at best."""
        first = self._wanted[0]
        for index, line in enumerate(self._lines):
            column = line.text.find(first)
            while column >= 0:
                done, stop = self._within(line.text, column, 0)
                if self._finish(index, done, line.text[stop:]):
                    return True
                column = line.text.find(first, column + 1)
        return False

    def _finish(self, index: int, done: int, left: str) -> bool:
        """Whether the rest of the text follows a line that was followed up to ``left``.

        Works off a stack and not by calling itself: an answer can have thousands of lines.
        """
        stack = [(index, done, left)]
        while stack:
            index, done, left = stack.pop()
            self.reached = max(self.reached, done)
            if done == len(self._wanted):
                if not left or _AFTER_END.match(left):
                    return True
                continue
            # Nothing but the hyphen of a broken word may be left of a line.
            if left and not (left in _HYPHENS and self._wanted[done].islower()):
                continue
            if (index, done) in self._failed:
                continue
            self._failed.add((index, done))
            stack += reversed(list(self._following(index, done)))
        return False

    def _following(self, index: int, done: int) -> Iterator[tuple[int, int, str]]:
        """Yield each later line that goes on with the text, when what lies between may be passed over."""
        passed = 0
        page = self._lines[index].page_number
        for later in range(index + 1, len(self._lines)):
            line = self._lines[later]
            reached, stop = self._within(line.text, 0, done)
            turned = line.page_number != page
            if reached > done and (passed == 0 or turned or self._free):
                yield later, reached, line.text[stop:]
            elif reached == done and stop == len(line.text):
                yield later, done, ""
            if not line.beside:
                passed += 1
                # Furniture and notes stand at the feet and heads of pages: lines passed over before
                # the page turns must be followed by nothing else of it.
                if passed > MAX_SKIPPED_LINES:
                    return

    def _within(self, line: str, column: int, done: int) -> tuple[int, int]:
        """Follow the text within one line; return how far the text and the line were followed."""
        wanted = self._wanted
        while column < len(line):
            skipped = self._mark_length(line, column, done)
            if skipped:
                column += skipped
            elif done < len(wanted) and line[column] == wanted[done]:
                done += 1
                column += 1
            else:
                break
        return done, column

    def _mark_length(self, line: str, column: int, done: int) -> int:
        """Return the length of a mark that stands here in the line and was taken out of the text."""
        markers = self._marks.get(done)
        if not markers:
            return 0
        for count in range(len(markers), 0, -1):
            for glue in ("", ",", ";"):
                printed = glue.join(markers[:count])
                raised = printed.translate(_RAISED)
                for shape in (printed, raised, f"({printed})", f"[{printed}]", f"{printed})"):
                    if line.startswith(shape, column) and self._goes_on(line, column + len(shape), done):
                        return len(shape)
        return 0

    def _goes_on(self, line: str, column: int, done: int) -> bool:
        """Whether the text goes on behind a mark, so that a figure of the text is not taken for one."""
        rest = line[column:]
        return (
            not rest
            or done >= len(self._wanted)
            or rest[0] == self._wanted[done]
            or rest[0] in "[(*,;"
            or rest in _HYPHENS
        )


def _words_at(text: str, squeezed_offset: int) -> str:
    """Return the words of the text at an offset that counts no white space."""
    seen = 0
    for position, char in enumerate(text):
        if seen >= squeezed_offset:
            start = max(text.rfind(" ", 0, position), text.rfind("\n", 0, position)) + 1
            return " ".join(text[start : start + 60].split())
        seen += not char.isspace()
    return text[-60:]
