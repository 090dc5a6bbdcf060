"""Recognise the headings of questions and answers in one line, without looking around."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# Of a longer line only so much is looked at for a heading.
LONGEST = 400
# No letter counts further; a larger number after «Vraag» is a year or a code.
MAX_NUMBER = 1999

# "1" · "3, 4 en 5" · "7, 8, 9 10 en 11" · "5 t/m 8" · "2 tot en met 4" · "1 en vraag 2" · "3a" · "7, 8, en 9"
_ONE = r"\d{1,4}[a-z]?(?![\w%]|/\d{3})"
_GLUE = (
    r"(?:\s*[,;]\s*(?:en|&)?\s*|\s+(?:en|&|\+|alsmede|of)\s+|\s*[&+/]\s*|"
    r"\s+(?:t/m|t\.?m\.?|tot\s+en\s+met|tot)\s+|\s*[-–]\s*|\s+)"
)
NUMBERS = rf"{_ONE}(?:{_GLUE}(?:(?:de\s+)?(?:vraag|vragen)\s+)?{_ONE})*"

# "Vraag 1" · "Vragen 7, 8, 9 10 en 11" · "VRAAG 2:" · "Vraag nr. 3" · "Vraag (4)"
_QUESTION = re.compile(
    rf"^\s*(?:deel)?vra(?:ag|gen)(?:\s+(?:nr\.?|nummer|no\.?))?\s*\(?\s*(?P<numbers>{NUMBERS})(?:\s*\))?(?P<tail>.*)$",
    re.I | re.S,
)
# "Antwoord" · "Antwoord 1" · "Antwoord op vraag 3 en 8" · "Antwoorden op de vragen 4, 5, 6 en 7:" ·
# "Beantwoording vraag 2" · "antwoord:"
_ANSWER = re.compile(
    rf"^\s*(?:be)?antwoord(?:en|ing)?(?:\s+van\s+de\s+minister)?"
    rf"(?:\s+(?:op|bij|van|aan)?\s*(?:de\s+)?(?:vraag|vragen)(?:\s+(?:nr\.?|nummers?))?)?"
    rf"(?:\s*\(?\s*(?P<numbers>{NUMBERS})(?:\s*\))?)?(?P<tail>.*)$",
    re.I | re.S,
)
# "Vraag en antwoord 3"
_BOTH = re.compile(rf"^\s*vra(?:ag|gen)\s+en\s+antwoord(?:en)?\s+(?P<numbers>{NUMBERS})(?P<tail>.*)$", re.I | re.S)
# "Mededeling" · "Mededeling:"
_NOTICE = re.compile(r"^\s*mededeling(?:en)?\s*[:.]?\s*$", re.I)
# "Vraag" · "Vraag:" (without a number)
_BARE_QUESTION = re.compile(r"^\s*vraag(?P<tail>\s*[:.]?\s*|\s*:\s+\S.*)$", re.I | re.S)
# "Toelichting:" · "Toelichting: Deze vragen dienen ter aanvulling op eerdere vragen"
_EXPLANATION = re.compile(
    r"^\s*toelichting\s*(?::.*)?$|^\s*(?:\W?\s*)?deze vragen dienen ter aanvulling op\b.*$", re.I | re.S
)

# After the numbers: nothing ("Vraag 1"), a sign ("Vraag 1:"), or text behind one ("Antwoord 1: Ja.")
_CLEAN_TAIL = re.compile(r"^\s*[:.)\-–]?\s*$")
# ": Ja." · "	Kent u" (after "Vraag 1")
_SIGNED_TAIL = re.compile(r"^(?:\s*[:)\t]\s*|\s*[.–-]\s+|[\s\u00a0]*\t\s*)(?=\S)")
# "Vraag 1 Bent u bekend" · "Antwoord 1 Ja."
_BARE_TAIL = re.compile(r"^\s+(?=[A-ZÀ-Þ«“‘\"'„(])")


_BEGINNINGS = ("vra", "antw", "beantw", "deelvra", "mededel", "toelicht", "deze vrag")


class HeadingKind(StrEnum):
    """What a heading opens."""

    QUESTION = "question"
    ANSWER = "answer"
    BOTH = "both"
    NOTICE = "notice"
    EXPLANATION = "explanation"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at the start of a line.

    Parameters
    ----------
    kind : HeadingKind
    numbers : tuple of int
        Ascending in the order of print; empty for a bare «Antwoord».
    length : int
        Characters of the line that belong to the heading; the rest is text.
    sure : bool
        Whether nothing but the heading stands in the line, or a sign parts it from the text.
    """

    kind: HeadingKind
    numbers: tuple[int, ...]
    length: int
    sure: bool = True


def read_heading(text: str) -> Heading | None:
    """Return the heading at the start of a line, or None.

    Parameters
    ----------
    text : str
        A line without its footnote marks.

    Returns
    -------
    Heading or None

    Examples
    --------
    >>> read_heading("Antwoord op vragen 4 t/m 6").numbers
    (4, 5, 6)
    >>> read_heading("Vraag 3 en 4 gaan over hetzelfde") is None
    True
    """
    # Nearly every line is none: only what begins like one is looked at closely.
    if not text.lstrip(" \t\u00a0-–•*«“\"'")[:10].casefold().startswith(_BEGINNINGS):
        return None
    if len(text) > LONGEST:
        # No heading is that long; one may stand at the start of the line.
        heading = read_heading(text[:LONGEST])
        return heading if heading and heading.length < LONGEST else None
    first = text.lstrip()[:1]
    if first.islower():
        # "antwoord" by itself may head an answer; with text behind it it is the word in a sentence.
        heading = _read(text)
        whole = heading and heading.length == len(text) and not text.rstrip().endswith(".")
        return Heading(heading.kind, heading.numbers, heading.length, sure=False) if heading and whole else None
    return _read(text) if first.isupper() else None


def _read(text: str) -> Heading | None:
    if _NOTICE.match(text):
        return Heading(HeadingKind.NOTICE, (), len(text))
    if _EXPLANATION.match(text):
        return Heading(HeadingKind.EXPLANATION, (), 0)
    for kind, pattern in ((HeadingKind.BOTH, _BOTH), (HeadingKind.QUESTION, _QUESTION), (HeadingKind.ANSWER, _ANSWER)):
        found = pattern.match(text)
        if found:
            return _heading(kind, found)
    bare = _BARE_QUESTION.match(text)
    return _heading(HeadingKind.QUESTION, bare) if bare else None


def _heading(kind: HeadingKind, found: re.Match[str]) -> Heading | None:
    printed = found.groupdict().get("numbers")
    numbers = read_numbers(printed) if printed else ()
    if numbers is None:
        return None
    tail = found.group("tail")
    start = found.start("tail")
    if _CLEAN_TAIL.match(tail):
        return Heading(kind, numbers, len(found.string))
    signed = _SIGNED_TAIL.match(tail)
    if signed:
        return Heading(kind, numbers, start + signed.end())
    bare = _BARE_TAIL.match(tail)
    if bare and numbers:
        return Heading(kind, numbers, start + bare.end(), sure=False)
    return None


def read_numbers(text: str) -> tuple[int, ...] | None:
    """Read printed numbers, ranges opened: ``"1, 3 t/m 5"`` is (1, 3, 4, 5).

    Returns None when a number is beyond `MAX_NUMBER` or a range runs backwards.
    """
    numbers: list[int] = []
    # "t/m", "tot en met" or a dash before a number opens a range from the number before it.
    for found in re.finditer(
        r"(?P<range>t/m|t\.?m\.?|tot|[-–])?\s*(?:en met\s+)?(?:vra(?:ag|gen)\s+)?(?P<n>\d{1,4})", text, re.I
    ):
        number = int(found.group("n"))
        if not 0 < number <= MAX_NUMBER:
            return None
        if found.group("range") and numbers:
            if not numbers[-1] < number <= numbers[-1] + 99:
                return None
            numbers.extend(range(numbers[-1] + 1, number + 1))
        elif number not in numbers:
            numbers.append(number)
    return tuple(numbers) or None
