"""The address of a page holds all of its state: the questions asked and the filters.

``/?q=Hoe+werkt+…&v=En+in+Nederland&partij=SP``: ``q`` starts a conversation, each ``v`` follows up on it.
A page that is reloaded, shared or gone back to shows the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import parse_qsl, urlencode

MAX_TURNS = 8
"""Of older turns the first ones are let go; an address stays short enough to share."""

FILTER_NAMES = ("ministerie", "minister", "partij", "kamerlid", "van", "tot", "brief")

Key = Literal["q", "v"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One question; ``v`` when it follows up on the one before."""

    key: Key
    question: str


@dataclass(frozen=True, slots=True)
class Address:
    """What the part of an address after the question mark says.

    Attributes
    ----------
    turns : tuple of Turn
        Oldest first; the first always starts a conversation.
    filters : tuple of (name, value)
        Names of `FILTER_NAMES` only, in that order, each once.
    """

    turns: tuple[Turn, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()

    def follow(self, question: str) -> Address:
        """Return the address after another question in the same conversation."""
        turns = (*self.turns, Turn("v" if self.turns else "q", question))[-MAX_TURNS:]
        return replace(self, turns=(Turn("q", turns[0].question), *turns[1:]))

    def start(self, question: str) -> Address:
        """Return the address of a new conversation with the same filters."""
        return replace(self, turns=(Turn("q", question),))

    def literally(self) -> Address:
        """Return the address in which the last question stands on its own."""
        return replace(self, turns=(*self.turns[:-1], Turn("q", self.turns[-1].question)))

    def up_to(self, position: int) -> Address:
        """Return the address as it was after the turn at `position`."""
        return replace(self, turns=self.turns[: position + 1])

    def previous(self, position: int) -> tuple[str, ...]:
        """Return the questions that the turn at `position` follows up on, oldest first."""
        earlier: list[str] = []
        for turn in self.turns[:position]:
            earlier = [turn.question] if turn.key == "q" else [*earlier, turn.question]
        return tuple(earlier) if self.turns[position].key == "v" else ()

    def value(self, name: str) -> str:
        """Return the value of one filter, empty when it is not set."""
        return dict(self.filters).get(name, "")

    def query(self) -> str:
        """Return ``?q=…``; nothing for an empty address."""
        pairs = [(turn.key, turn.question) for turn in self.turns] + list(self.filters)
        return f"?{urlencode(pairs)}" if pairs else ""


def read_address(query: str) -> Address:
    """Read the part of an address after the question mark; what is unknown is left out.

    Parameters
    ----------
    query : str
        With or without its question mark.
    """
    try:
        pairs = parse_qsl(query.removeprefix("?"), max_num_fields=200)
    except ValueError:
        return Address()
    turns = [Turn("v" if key == "v" else "q", text) for key, text in pairs if key in ("q", "v") and text.strip()]
    if turns:
        turns = turns[-MAX_TURNS:]
        turns[0] = Turn("q", turns[0].question)
    chosen = {key: value.strip() for key, value in pairs if key in FILTER_NAMES and value.strip()}
    return Address(tuple(turns), tuple((name, chosen[name]) for name in FILTER_NAMES if name in chosen))
