"""Find page furniture: what stands on a page for the page's sake, and not for the letter's.

Found by repetition and place: the same words (numbers aside) at the same height of several
pages, lines beside the column of text, headers and footers that Word says are such, and a
page number by itself at the foot. In a plain text, which has no places, furniture shows as
short lines that break into a sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from index.parsing.flow import FlowLine, Key
from index.records import Document, Line, Page

# How far from the upper or lower edge of the page running heads and feet stand, as part of its height.
EDGE = 0.16
FOOT = 0.075
# In a plain text at most so many lines of furniture break into a sentence.
LONGEST_BREAK = 14
SHORT_LINE = 45

# "3" · "Pagina 2 van 5" · "- 4 -" · "2/7"
PAGE_NUMBER = re.compile(r"^[-–\s]*(?:(?:pagina|page|blad|p\.)\s*)?\d{1,4}(?:\s*(?:van|of|/)\s*\d{1,4})?[-–\s]*$", re.I)
# "Tweede Kamer, vergaderjaar 2023–2024, Aanhangsel	2"
RUNNING_FOOT = re.compile(r"^(?:Tweede|Eerste) Kamer, vergaderjaar \d{4}[-–]\d{2,4}, \D{0,40}\d{0,4}$")
# "Onze referentie" · "Ministerie van Buitenlandse" · "Pagina 2 van 5" · "Ons kenmerk" · "Datum"
LETTERHEAD = re.compile(
    r"^(?:ministerie van\b|on(?:s|ze)\s+(?:referentie|kenmerk)|uw\s+(?:referentie|kenmerk|brief)|datum\b|kenmerk\b|"
    r"directie\b|directoraat|bijlagen?\b|pagina\s+\d|contactpersoon\b|postbus\s+\d|www\.)",
    re.I,
)
_NUMBERS = re.compile(r"\d+")
_CLOSED = re.compile(r"[.?!:;»”\"')\]]\s*$")
_HEADING = re.compile(r"^\s*(?:vra(?:ag|gen)|antwoord(?:en)?)\b", re.I)


def find_furniture(document: Document, lines: Sequence[FlowLine]) -> set[Key]:
    """Return the keys of the lines that are furniture."""
    found = {line.key for line in lines if line.source.role in ("header", "footer", "margin")}
    if document.format == "pdf":
        found |= _repeated(document, found)
        found |= _at_the_foot(document, found)
    elif document.format == "txt":
        found |= _between(lines)
    return found


def _shape(text: str) -> str:
    return _NUMBERS.sub("#", " ".join(text.split()).casefold())


def _repeated(document: Document, taken: set[Key]) -> set[Key]:
    """Return the outermost lines of each page that another page repeats at the same height."""
    places: dict[tuple[str, int], list[tuple[int, str]]] = {}
    for p, page in enumerate(document.pages):
        for line in page.lines:
            if _near_edge(page, line):
                for height in (round(line.y / 4), round(line.y / 4) + 1):
                    places.setdefault((_shape(line.text), height), []).append((p, line.text))
    found: set[Key] = set()
    for p, page in enumerate(document.pages):
        body = [(line.y, (p, n)) for n, line in enumerate(page.lines) if (p, n) not in taken]
        for order in (sorted(body), sorted(body, reverse=True)):
            for _, key in order:
                line = page.lines[key[1]]
                others = places.get((_shape(line.text), round(line.y / 4) + 1), [])
                others += places.get((_shape(line.text), round(line.y / 4)), [])
                if not _near_edge(page, line) or not any(_same_but_page(line.text, p, *other) for other in others):
                    break
                found.add(key)
    return found


def _near_edge(page: Page, line: Line) -> bool:
    """Whether the line stands where running heads and feet do; a raised figure opens a note instead."""
    opens_note = len(line.runs) > 1 and line.runs[0].rise > 0.1 * line.runs[0].font_size
    near = line.y > (1 - EDGE) * page.height or line.y < EDGE * page.height
    return bool(page.height) and near and not opens_note and not _HEADING.match(line.text)


def _same_but_page(text: str, page: int, other_page: int, other: str) -> bool:
    """Whether two lines of different pages differ only in numbers that count the pages."""
    if page == other_page or _shape(text) != _shape(other):
        return False
    pairs = zip(_NUMBERS.findall(text), _NUMBERS.findall(other), strict=True)
    return all(int(a) == int(b) or int(a) - int(b) == page - other_page for a, b in pairs)


def _at_the_foot(document: Document, taken: set[Key]) -> set[Key]:
    found: set[Key] = set()
    for p, page in enumerate(document.pages):
        for n, line in enumerate(page.lines):
            if (p, n) in taken:
                continue
            text = line.text.strip()
            at_edge = line.y < FOOT * page.height or line.y > (1 - FOOT) * page.height
            if (at_edge and PAGE_NUMBER.match(text)) or (RUNNING_FOOT.match(text) and _is_outer(page, n)):
                found.add((p, n))
    return found


def _is_outer(page: Page, index: int) -> bool:
    """Whether the line is the highest or lowest of the text of its page."""
    heights = [line.y for line in page.lines if line.role != "margin"]
    return page.lines[index].y in (min(heights), max(heights))


def _between(lines: Sequence[FlowLine]) -> set[Key]:
    """Return short lines of a plain text that break into a sentence or stand around a page end."""
    found: set[Key] = set()
    counts = Counter(_shape(line.text) for line in lines)
    for line in lines:
        if RUNNING_FOOT.match(line.text.strip()) or (line.source.starts_paragraph and counts[_shape(line.text)] > 1 and LETTERHEAD.match(line.text.strip())):
            found.add(line.key)
    for start, line in enumerate(lines):
        if _CLOSED.search(line.text) or line.key in found:
            continue
        block = _interruption(lines, start + 1)
        found |= {lines[index].key for index in block}
    return found


def _interruption(lines: Sequence[FlowLine], start: int) -> range:
    """Return the indices of short paragraphs from ``start`` on, when they hold a letterhead."""
    stop = start
    while stop < len(lines) and stop - start < LONGEST_BREAK and _is_short(lines, stop):
        stop += 1
    block = range(start, stop)
    if stop >= len(lines) or not block:
        return range(0)
    texts = [lines[index].text.strip() for index in block]
    labelled = any(LETTERHEAD.match(text) for text in texts) or (len(texts) == 1 and PAGE_NUMBER.match(texts[0]))
    return block if labelled else range(0)


def _is_short(lines: Sequence[FlowLine], index: int) -> bool:
    line = lines[index]
    alone = index + 1 >= len(lines) or lines[index + 1].source.starts_paragraph or index > 0
    return line.source.starts_paragraph and alone and len(line.text) < SHORT_LINE and not _HEADING.match(line.text)
