"""Join lines to text: spaces at line ends, broken words whole, real hyphens kept, URLs in one piece."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.parsing.flow import ITEM, FlowLine
from index.records import Mark, PageStart, PlacedText

# Of a longer run of signs without a space only the nearest part is looked at.
LONGEST_TOKEN = 600
HYPHENS = "-\u2010\u00ad"
# "aanloop- en volloopverliezen": what follows a hyphen that stands for the rest of a word.
_AND = re.compile(r"^(?:(?:en|of|als|noch|maar|dan|tot|respectievelijk|én|óf|and|or)(?![\w’'-])|c\.q\.|resp\.|en/of\b)")
# "(https://www.ad.nl/" · "www.internetconsultatie.nl/huisvesting_" · "(regiopurmerend.nl/2024/05/03/tieners-"
_URL_START = re.compile(
    r"https?:\s?//|\bwww\.|\b[\w-]+\.(?:nl|com|org|eu|net|be|int|info|de|fr|uk|gov|edu|tv|nu|amsterdam)/", re.I
)
# "%202022.pdf" · "utm_source=Twitter&utm_medium" · "detail?id=2022D25169" · "moties/x" · "publicaties.html"
_URL_PART = re.compile(r"[/_=&%#~?]|\.(?:html?|pdf|aspx|php|nl|com|org|eu)\b|^\d+[-/]|\w-\w+-\w", re.I)
# Second parts that Dutch writes with a hyphen: "consulaten-generaal", "minister-president".
_HYPHENATED_SECOND = ("generaal", "president", "officier", "advocaat", "ijssel", "brabant", "holland", "gelderland")
# First parts that keep theirs: "niet-westerse", "oud-bestuursleden", "ex-partner".
_HYPHENATED_FIRST = (
    "niet", "oud", "ex", "vice", "non", "bijna", "quasi", "aspirant", "kandidaat", "interim", "sint", "noord", "zuid",
    "oost", "west", "noordoost", "noordwest", "zuidoost", "zuidwest", "collega",
)  # fmt: skip
_CLASHING = ("aa", "ee", "ii", "oo", "uu", "ae", "ai", "au", "ei", "eu", "ie", "oe", "oi", "ou", "ui")


def join_words(known_words: Iterable[str]) -> Joiner:
    """Return a joiner that knows how the letter itself writes the words that it breaks."""
    return Joiner(frozenset(word.casefold() for word in known_words))


class Joiner:
    """Joins the lines of one letter.

    Parameters
    ----------
    vocabulary : frozenset of str
        Words of the letter that stand unbroken in a line, in lower case: «consulaten-generaal»
        on one page says how «consulaten-» at the end of another line goes on.
    """

    def __init__(self, vocabulary: frozenset[str]) -> None:
        self._vocabulary = vocabulary

    def between(self, before: str, after: str) -> tuple[str, int]:
        """Return what goes between two lines, and how many characters of the first fall away.

        Parameters
        ----------
        before, after : str
            The text so far (without trailing space) and the line that follows it.

        Returns
        -------
        str, int
            ``(" ", 0)`` between words, ``("", 1)`` where a word was broken with a hyphen,
            ``("", 0)`` where the line ends on a real hyphen or within a URL.
        """
        last = (before[-LONGEST_TOKEN:].split() or [""])[-1]
        first = (after[:LONGEST_TOKEN].split(maxsplit=1) or [""])[0]
        if not last or not first:
            return " ", 0
        url = _URL_START.search(last)
        if url:
            return ("", 0) if _goes_on(last, first) else (" ", 0)
        if last[-1] in HYPHENS and len(last) > 1:
            return self._after_hyphen(last, first)
        # "maatregelen/" + "projecten" · "en/" + "of"
        if last.endswith("/") and len(last) > 1 and first[0].isalnum():
            return "", 0
        return " ", 0

    def _after_hyphen(self, last: str, first: str) -> tuple[str, int]:
        if last[-1] == "\u00ad":
            return "", 1
        stem = re.split(r"[\s(«“\"'‘/]", last[:-1])[-1]
        # A dash by itself is no hyphen, and one before «en» stands for the rest of a word.
        if not stem or not (stem[-1].isalnum() or stem[-1] in ")»”’") or _AND.match(first):
            return " ", 0
        return ("", 0) if self._is_real(stem, _word(first)) else ("", 1)

    def _is_real(self, stem: str, rest: str) -> bool:
        """Whether the hyphen after ``stem`` belongs to the word, and not to the end of the line."""
        if not rest or not rest[0].isalpha() or rest[0].isupper():
            return True
        whole, parted = (stem + rest).casefold(), f"{stem}-{rest}".casefold()
        if parted in self._vocabulary:
            return True
        if whole in self._vocabulary:
            return False
        tail = stem.rsplit("-", 1)[-1]
        # "CCS-" · "WIA-" · "13-" · "ENTSO-E-" · "m.e.r.-"
        if not tail.isalpha() or (len(tail) > 1 and tail[1:] != tail[1:].lower()) or (len(tail) == 1):
            return True
        first_part = tail.casefold()
        if rest.casefold().startswith(_HYPHENATED_SECOND) or first_part in _HYPHENATED_FIRST:
            return True
        # "zee-" + "egel": two vowels that would be read as one sound; a prefix as in "ge-" + "erfd" is no word.
        return len(first_part) > 3 and (first_part[-1] + rest[0].casefold()) in _CLASHING

    def join(self, paragraphs: Sequence[tuple[Sequence[FlowLine], str]]) -> PlacedText:
        r"""Join paragraphs of lines to one text with its pages and marks.

        Parameters
        ----------
        paragraphs : sequence of (lines, separator)
            The separator stands before the paragraph: ``"\n\n"``, or ``"\n"`` before an item
            of a list or a row of a table.

        Returns
        -------
        PlacedText
        """
        text = ""
        starts: list[PageStart] = []
        marks: list[Mark] = []
        for lines, separator in paragraphs:
            opening = True
            for line in lines:
                lead = len(line.text) - len(line.text.lstrip())
                body = line.text.strip()
                if opening:
                    glue, lost = (separator if text else ""), 0
                else:
                    glue, lost = self.between(text, body) if body else ("", 0)
                if lost:
                    text = text[:-lost]
                    marks = [Mark(m.marker, min(m.offset, len(text))) for m in marks]
                offset = len(text) + len(glue)
                if body:
                    opening = False
                    _add_start(starts, offset, line.page_number)
                    text += glue + body
                base = offset if body else len(text)
                limit = len(text)
                marks += [Mark(m.marker, min(max(base + m.offset - lead, 0), limit)) for m in line.marks]
        return PlacedText(text, tuple(starts), tuple(marks))


def _add_start(starts: list[PageStart], offset: int, page_number: int) -> None:
    if not starts or starts[-1].page_number != page_number:
        starts.append(PageStart(offset, page_number))


def _word(token: str) -> str:
    """Return the word at the start of a token, without the punctuation after it."""
    found = re.match(r"[\w’'-]+", token)
    return found.group(0).strip("-'’") if found else ""


def _goes_on(last: str, first: str) -> bool:
    """Whether a URL at the end of a line goes on with the first token of the next."""
    if last[-1] in ").,;»”" and last[-1] != ",":
        return False
    return last[-1] in "/-_?=&%.#,:~+" or bool(_URL_PART.search(first))


def paragraphs(lines: Sequence[FlowLine]) -> list[tuple[list[FlowLine], str]]:
    """Group lines to paragraphs, with what stands before each: an empty line, or a line end in a list."""
    groups: list[tuple[list[FlowLine], str]] = []
    for line in lines:
        if groups and (not line.opens or line.blank):
            groups[-1][0].append(line)
        else:
            groups.append(([line], _separator(groups, line)))
    return groups


def _separator(groups: Sequence[tuple[list[FlowLine], str]], line: FlowLine) -> str:
    if not groups:
        return ""
    listed = line.source.role == "table" or ITEM.match(line.text)
    before = groups[-1][0][0]
    after_list = before.source.role == "table" or ITEM.match(before.text)
    opened = groups[-1][0][-1].text.rstrip().endswith(":")
    return "\n" if listed and (after_list or opened) else "\n\n"


def words_of(lines: Iterable[FlowLine]) -> set[str]:
    """Return the words that stand whole within a line."""
    words: set[str] = set()
    for line in lines:
        tokens = re.findall(r"\w[\w’'-]*\w", line.text)
        words.update(tokens[:-1] if line.text.rstrip().endswith(tuple(HYPHENS)) else tokens)
    return words
