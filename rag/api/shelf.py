"""The letters of an index as a list: newest first, chosen by filters, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from pydantic import BaseModel

from index.filters import Facet, Filters, facets_of
from index.ministries import fold, full_name
from index.records import Letter
from index.references import parse_official_number
from rag.api.parameters import LettersQuery
from rag.assistant import Assistant
from rag.citation import PUBLISHED


@dataclass(frozen=True, slots=True)
class Card:
    """What the list knows of a letter: its JSON, and what it can be chosen by."""

    summary: dict[str, Any]
    numbers: frozenset[str]
    facets: tuple[tuple[Facet, str], ...]
    date_answered: str | None


class Shelf:
    """All letters of one generation of the index.

    Parameters
    ----------
    letters : sequence of Letter
    """

    def __init__(self, letters: Sequence[Letter]) -> None:
        # Newest first, those without a date last; the sort is stable, so equal dates keep the index's order.
        self._cards = sorted(map(_card, letters), key=lambda card: card.date_answered or "", reverse=True)
        self._ids = {number: card.summary["id"] for card in reversed(self._cards) for number in card.numbers}
        self._ids |= {card.summary["id"]: card.summary["id"] for card in self._cards}

    def choose(self, filters: Filters) -> list[dict[str, Any]]:
        """Return the letters that the filters choose."""
        return [card.summary for card in self._cards if _is_chosen(card, filters)]

    def find(self, number: str) -> str | None:
        """Return the id of the letter with this number, in any form that people write."""
        official = parse_official_number(number)
        return self._ids.get(number) or (self._ids.get(official.key) if official else None)


@lru_cache(maxsize=2)
def shelf_of(assistant: Assistant) -> Shelf:
    """Return the letters of an assistant's index; made once for each."""
    return Shelf(list(assistant.letters()))


def find_letter(assistant: Assistant, number: str) -> Letter | None:
    """Return a letter by its id or any of its numbers."""
    letter = assistant.letter(number)
    letter_id = shelf_of(assistant).find(number) if letter is None else None
    return assistant.letter(letter_id) if letter_id else letter


def list_letters(assistant: Assistant, given: LettersQuery) -> dict[str, Any]:
    """Return one page of the list of letters, as the contract has it."""
    chosen = shelf_of(assistant).choose(given.filters())
    end = given.offset + given.limit
    return {
        "total": len(chosen),
        "offset": given.offset,
        "next": next_address("letters", given, end) if end < len(chosen) else None,
        "letters": chosen[given.offset : end],
    }


def next_address(name: str, given: BaseModel, offset: int) -> str:
    """Return the address of the page that begins at `offset`."""
    values = given.model_dump(mode="json", exclude_none=True) | {"offset": offset}
    return f"/api/v1/{name}?{urlencode(values)}"


def _card(letter: Letter) -> Card:
    numbers = {letter.letter_id, letter.reference, letter.publication} - {None}
    facets = tuple((facet, fold(value)) for facet, value in facets_of(letter))
    return Card(summarise(letter), frozenset(map(str, numbers)), facets, letter.date_answered)


def summarise(letter: Letter) -> dict[str, Any]:
    """Return what a list says of a letter."""
    return {
        "id": letter.letter_id,
        "source": letter.source,
        "kind": letter.kind.value,
        "reference": letter.reference,
        "publication": letter.publication,
        "subject": letter.subject,
        "askers": [{"name": asker.name, "party": asker.party} for asker in letter.askers],
        "answered_by": list(letter.answered_by),
        "date_asked": letter.date_asked,
        "date_answered": letter.date_answered,
        "answers": len(letter.pairs),
        "links": {
            "letter": f"{PUBLISHED}/{letter.publication}.html" if letter.publication else None,
            "question": f"{PUBLISHED}/kv-tk-{letter.reference}.html" if letter.reference else None,
            "permalink": f"/brief/{quote(letter.letter_id)}",
        },
    }


def _is_chosen(card: Card, filters: Filters) -> bool:
    """Choose as `index.filters.conditions` does; a test holds both together."""
    official = parse_official_number(filters.letter) if filters.letter is not None else None
    ministry = None if filters.ministry is None else full_name(filters.ministry)
    parts = {Facet.MINISTRY: ministry, Facet.MINISTER: filters.minister, Facet.ASKER: filters.asker}
    dated = card.date_answered
    return all(
        (
            filters.letter is None or (official.key if official else filters.letter) in card.numbers,
            filters.party is None or (Facet.PARTY, fold(filters.party)) in card.facets,
            *(_has_part(card, facet, part) for facet, part in parts.items() if part is not None),
            filters.after is None or (dated is not None and dated >= filters.after),
            filters.before is None or (dated is not None and dated <= filters.before),
        )
    )


def _has_part(card: Card, facet: Facet, part: str) -> bool:
    return any(name is facet and fold(part) in value for name, value in card.facets)
