"""Settle the account of a letter: every character of the source belongs to exactly one part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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

    def as_json(self) -> dict[str, Any]:
        """Return the account for machines: characters a part, and what is left over."""
        return {
            "total": self.total,
            "parts": {part.value: count for part, count in self.parts.items()},
            "leftover": [{"page_number": page, "text": text} for page, text in self.leftover],
            "twice": [{"page_number": page, "text": text} for page, text in self.twice],
            "settled": self.settled,
        }

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
    taken: dict[Key, list[tuple[int, int, Part]]] = {}
    for part, lines in claims.items():
        for line in lines:
            taken.setdefault(line.key, []).append((line.start, line.end, part))
    counts = dict.fromkeys(Part, 0)
    total = 0
    leftover: list[tuple[int, str]] = []
    twice: list[tuple[int, str]] = []
    for p, page in enumerate(document.pages):
        for n, source in enumerate(page.lines):
            text = source.text
            total += _visible(text)
            found = taken.get((p, n), [])
            for start, end, part in found:
                counts[part] += _visible(text[start:end])
            missed, doubled = _faults(text, found)
            if missed:
                leftover.append((page.number, missed))
            if doubled:
                twice.append((page.number, doubled))
    return Account(total, counts, tuple(leftover), tuple(twice))


def _visible(text: str) -> int:
    return len("".join(text.split()))


def _faults(text: str, claims: list[tuple[int, int, Part]]) -> tuple[str, str]:
    """Return the characters of a line that nobody claims, and those that two parts claim."""
    if len(claims) == 1 and claims[0][:2] == (0, len(text)):
        return "", ""
    missed = doubled = ""
    reached = 0
    for start, end, _ in sorted(claims):
        missed += text[reached:start]
        doubled += text[start : min(reached, end)]
        reached = max(reached, end)
    return (missed + text[reached:]).strip(), doubled.strip()
