"""Settle the account of a letter: every character of the source belongs to exactly one part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from index.parsing.flow import FlowLine, Key
from index.records import Document


class Part(StrEnum):
    """What a character of the source may belong to."""

    QUESTION = "question"
    ANSWER = "answer"
    FOOTNOTE = "footnote"
    HEADER = "header"
    FURNITURE = "furniture"
    PREAMBLE = "preamble"


@dataclass(frozen=True, slots=True)
class Account:
    """How many characters (without white space) went where.

    Parameters
    ----------
    total : int
        Of the source.
    parts : mapping of Part to int
    leftover : tuple of (page number, text)
        What no part claims.
    twice : tuple of (page number, text)
        What two parts claim.
    """

    total: int
    parts: Mapping[Part, int]
    leftover: tuple[tuple[int, str], ...] = ()
    twice: tuple[tuple[int, str], ...] = ()

    @property
    def settled(self) -> bool:
        """Whether everything went somewhere, and nothing to two places."""
        return not self.leftover and not self.twice and sum(self.parts.values()) == self.total


def settle(document: Document, claims: Mapping[Part, Iterable[FlowLine]]) -> Account:
    """Hold the claims of the parts against the source.

    Parameters
    ----------
    document : Document
        Read again from the source lines, not from what the stages handed on.
    claims : mapping of Part to FlowLines

    Returns
    -------
    Account
    """
    taken: dict[Key, bytearray] = {
        (p, n): bytearray(len(line.text)) for p, page in enumerate(document.pages) for n, line in enumerate(page.lines)
    }
    counts = dict.fromkeys(Part, 0)
    for part, lines in claims.items():
        for line in lines:
            used = taken[line.key]
            text = line.source.text
            for position in range(line.start, line.end):
                counts[part] += not text[position].isspace()
                used[position] += used[position] < 2
    total = 0
    leftover: list[tuple[int, str]] = []
    twice: list[tuple[int, str]] = []
    for (p, n), used in taken.items():
        page = document.pages[p]
        text = page.lines[n].text
        total += sum(not char.isspace() for char in text)
        for times, found in ((0, leftover), (2, twice)):
            missed = "".join(char for char, count in zip(text, used, strict=True) if count == times)
            if missed.strip():
                found.append((page.number, missed.strip()))
    return Account(total, counts, tuple(leftover), tuple(twice))
