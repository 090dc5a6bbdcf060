"""What is typeset: questions, answers and notes in the order of print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

# A note's mark stands in a text as ⟦3⟧; typesetters print it raised, typed or glued.
MARK = re.compile("⟦([^⟧]+)⟧")


@dataclass(frozen=True)
class Item:
    """One item of a list, or one row of a table (cells parted by tabs)."""

    text: str
    label: str = "-"


@dataclass(frozen=True)
class Asked:
    """A heading of questions with the text under it, one paragraph a question."""

    numbers: tuple[int, ...]
    texts: tuple[str, ...]
    heading: str = ""

    @property
    def printed_heading(self) -> str:
        return self.heading or f"Vraag {listing(self.numbers)}"


@dataclass(frozen=True)
class Answered:
    """An answer: paragraphs, items of lists and rows of tables."""

    numbers: tuple[int, ...]
    parts: tuple[str | Item, ...]
    heading: str = ""
    has_heading: bool = True

    @property
    def printed_heading(self) -> str:
        return self.heading or f"Antwoord {listing(self.numbers)}"


@dataclass(frozen=True)
class Sheet:
    """A whole letter.

    ``notes`` maps a marker to its text; a marker without text stays unresolved.
    """

    blocks: tuple[Asked | Answered, ...]
    notes: dict[str, str] = field(default_factory=dict)
    askers: tuple[tuple[str, str], ...] = (("Jansen", "VVD"), ("De Vries", "D66"))
    subject: str = "het onderhoud van dijken langs de Waal"
    minister: str = "Pietersen"
    office: str = "Infrastructuur en Waterstaat"
    asked: str = "3 mei 2024"
    answered: str = "28 mei 2024"
    reference: str = "2024Z07777"
    number: int = 1907
    notice: str = ""

    @property
    def title_askers(self) -> str:
        names = [f"{name} ({party})" for name, party in self.askers]
        joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} en {names[-1]}"
        return f"het lid {joined}" if len(names) == 1 else f"de leden {joined}"


def listing(numbers: Sequence[int]) -> str:
    *first, last = (str(number) for number in numbers)
    return f"{', '.join(first)} en {last}" if first else last


def plain(text: str) -> str:
    """Return the text without marks."""
    return MARK.sub("", text)


def markers(text: str) -> list[str]:
    return MARK.findall(text)


def words(text: str) -> list[str]:
    return plain(text).split()


def answer_words(answer: Answered) -> list[str]:
    found: list[str] = []
    for part in answer.parts:
        if isinstance(part, Item):
            found += [part.label, *words(part.text)] if part.label else words(part.text)
        else:
            found += words(part)
    return found


def answer_markers(answer: Answered) -> list[str]:
    texts = [part.text if isinstance(part, Item) else part for part in answer.parts]
    return [marker for text in texts for marker in markers(text)]
