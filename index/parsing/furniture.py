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
from index.parsing.headings import read_heading
from index.records import Document, Line, Page

# How far from the upper or lower edge of the page running heads and feet stand, as part of its height.
EDGE = 0.16
FOOT = 0.075
# Furniture stands this many type sizes from the text, unless so many other pages repeat it.
FURNITURE_GAP = 1.9
OFTEN = 3
# In a plain text at most so many lines of furniture break into a sentence.
LONGEST_BREAK = 14
SHORT_LINE = 45

# "3" · "Pagina 2 van 5" · "- 4 -" · "2/7"
PAGE_NUMBER = re.compile(r"^[-–\s]*(?:(?:pagina|page|blad|p\.)\s*)?\d{1,3}(?:\s*(?:van|of|/)\s*\d{1,3})?[-–\s]*$", re.I)
# "Tweede Kamer, vergaderjaar 2023–2024, Aanhangsel	2"
RUNNING_FOOT = re.compile(r"^(?:Tweede|Eerste) Kamer, vergaderjaar \d{4}[-–]\d{2,4}, \D{0,40}\d{0,4}$")
# "Onze referentie" · "Ministerie van Buitenlandse" · "Pagina 2 van 5" · "Ons kenmerk" · "Datum"
LETTERHEAD = re.compile(
    r"^(?:ministerie van\b|on(?:s|ze)\s+(?:referentie|kenmerk)|uw\s+(?:referentie|kenmerk|brief)|datum\b|kenmerk\b|"
    r"directie\b|directoraat|bijlagen?\b|pagina\s+\d|contactpersoon\b|postbus\s+\d|www\.)",
    re.I,
)
# "____________________" · "– – – –" (a line drawn with signs, such as the one above notes)
RULE = re.compile(r"^[\s_=*·.–—-]*(?:[_=–—-]{3,}|(?:[–—-]\s){3,})[\s_=*·.–—-]*$")
# "2 Kamerstuk 31 865, nr. 207." (a number, then words)
_COUNTED_NOTE = re.compile(r"^\s*\d{1,3}[.)]?\s+[^\W\d]{2,}\s+\S")
# "2" in "Pagina 2 van 5"
_NUMBERS = re.compile(r"\d+")
# "… zo op zich genomen." (a line after which a sentence may begin)
_CLOSED = re.compile(r"[.?!:;»”\"')\]]\s*$")


def find_furniture(document: Document, lines: Sequence[FlowLine]) -> set[Key]:
    """Return the keys of the lines that are furniture."""
    found = {line.key for line in lines if line.source.role in ("header", "footer", "margin")}
    found |= {line.key for line in lines if RULE.match(line.text)}
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
            found |= _peeled(page, [key for _, key in order], places)
    return found


def _peeled(page: Page, keys: Sequence[Key], places: dict[tuple[str, int], list[tuple[int, str]]]) -> set[Key]:
    """Return the repeated lines from one edge of a page inwards, as far as a gap parts them from the text."""
    peeled = 0
    often = 0
    for place, key in enumerate(keys):
        line = page.lines[key[1]]
        height = round(line.y / 4)
        others = places.get((_shape(line.text), height + 1), []) + places.get((_shape(line.text), height), [])
        pages = {p for p, text in others if _same_but_page(line.text, key[0], p, text)}
        if not _near_edge(page, line) or not pages:
            break
        often = place + 1 if len(pages) >= OFTEN and often == place else often
        inner = page.lines[keys[place + 1][1]] if place + 1 < len(keys) else None
        # «Ja.» may well close two pages: without a gap before it a line belongs to the text.
        if inner is None or abs(line.y - inner.y) > FURNITURE_GAP * max(line.font_size, inner.font_size, 1):
            peeled = place + 1
    return set(keys[: max(peeled, often)])


def _near_edge(page: Page, line: Line) -> bool:
    """Whether the line stands where running heads and feet do; a raised figure opens a note instead."""
    opens_note = len(line.runs) > 1 and line.runs[0].rise > 0.1 * line.runs[0].font_size
    near = line.y > (1 - EDGE) * page.height or line.y < EDGE * page.height
    return bool(page.height) and near and not opens_note and read_heading(line.text) is None


def _same_but_page(text: str, page: int, other_page: int, other: str) -> bool:
    """Whether two lines of different pages differ only in numbers that count the pages."""
    if page == other_page or _shape(text) != _shape(other):
        return False
    pairs = zip(_NUMBERS.findall(text), _NUMBERS.findall(other), strict=True)
    changed = [int(a) - int(b) for a, b in pairs if int(a) != int(b)]
    # "2 Kamerstuk 31 865, nr. 207." under one page and "3 Kamerstuk …" under the next are notes.
    counts_notes = bool(changed) and bool(_COUNTED_NOTE.match(text))
    return changed in ([], [page - other_page]) and not counts_notes


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
        if RUNNING_FOOT.match(line.text.strip()) or (
            line.source.starts_paragraph and counts[_shape(line.text)] > 1 and LETTERHEAD.match(line.text.strip())
        ):
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
    return line.source.starts_paragraph and len(line.text) < SHORT_LINE and read_heading(line.text) is None
