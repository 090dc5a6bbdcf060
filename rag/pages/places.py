"""Where the words of a letter stand on a page: characters are found again, and become rectangles.

The page is read by another library than the one that the letter was parsed with, so line ends, hyphens
and spaces differ; letters and digits do not, and only these are compared.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.records import PlacedText

SEED = 18
"""So many letters and digits in a row are taken as the same place; fewer may occur by chance."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points, from the left and the bottom of the page."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class PageText:
    """The characters of a page in reading order, each with its box."""

    characters: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Reduced:
    """Letters and digits of a text in small, each with its place in the text."""

    text: str
    places: tuple[int, ...]


def letters_of(text: str, start: int = 0, end: int | None = None) -> Reduced:
    """Keep the letters and digits of a part of a text."""
    found = [
        (small, place)
        for place in range(start, len(text) if end is None else end)
        for small in unicodedata.normalize("NFKC", text[place]).casefold()
        if small.isalnum()
    ]
    return Reduced("".join(small for small, _ in found), tuple(place for _, place in found))


def part_on_page(text: PlacedText, page_number: int) -> tuple[int, int]:
    """Return from where up to where a text stands on a page; twice the same when it does not."""
    starts = text.page_starts
    if not starts:
        return 0, 0
    ends = [start.offset for start in starts[1:]] + [len(text.text)]
    parts = [(start.offset, end) for start, end in zip(starts, ends, strict=True) if start.page_number == page_number]
    return (parts[0][0], parts[-1][1]) if parts else (0, 0)


def find_places(wanted: str, page: PageText, *, after: str = "") -> list[Box]:
    """Find a text on a page.

    Parameters
    ----------
    wanted : str
    page : PageText
    after : str
        What stands before it, as far as it is on the same page; a short text («Ja.») is looked for behind it.

    Returns
    -------
    list of Box
        One a line, from top to bottom; empty when the text is not there.
    """
    there, sought, before = letters_of(page.characters), letters_of(wanted), letters_of(after)
    start = max((end for _, end in _same(before.text, there.text, 0)), default=0)
    spans = list(_same(sought.text, there.text, start)) or list(_same(sought.text, there.text, 0))
    places = [there.places[place] for first, last in spans for place in range(first, last)]
    return lines_of([page.boxes[place] for place in places])


def _same(sought: str, there: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of `there` that are the same as parts of `sought`, both in order."""
    place = 0
    while place < len(sought):
        seed = sought[place : place + SEED]
        found = there.find(seed, start) if len(seed) == SEED or place == 0 or start else -1
        if found < 0 or (len(seed) < SEED and place and found != start):
            place += 1
            continue
        length = len(seed)
        while place + length < len(sought) and there[found + length : found + length + 1] == sought[place + length]:
            length += 1
        yield found, found + length
        place, start = place + length, found + length


def lines_of(boxes: Sequence[Box]) -> list[Box]:
    """Join boxes that stand on one line, from top to bottom."""
    lines: list[Box] = []
    for box in boxes:
        if box.right <= box.left or box.top <= box.bottom:
            continue
        if lines and _on_one_line(lines[-1], box):
            last = lines[-1]
            lines[-1] = Box(
                min(last.left, box.left),
                min(last.bottom, box.bottom),
                max(last.right, box.right),
                max(last.top, box.top),
            )
        else:
            lines.append(box)
    return sorted(lines, key=lambda line: -line.top)


def _on_one_line(line: Box, box: Box) -> bool:
    middle = (box.bottom + box.top) / 2
    return line.bottom <= middle <= line.top or box.bottom <= (line.bottom + line.top) / 2 <= box.top


def around(lines: Sequence[Box], *, across: float, along: float) -> Box | None:
    """Return the rectangle around all lines, with room beside (`across`) and above (`along`) them."""
    if not lines:
        return None
    return Box(
        min(line.left for line in lines) - across,
        min(line.bottom for line in lines) - along,
        max(line.right for line in lines) + across,
        max(line.top for line in lines) + along,
    )
