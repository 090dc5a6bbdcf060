"""What the addresses take: typed, bounded, and with nothing unknown beside it."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from index.filters import Filters
from index.ministries import fold
from rag.api.example import QUESTION
from rag.language import Language

MAX_HITS = 100
MAX_PREVIOUS = 20
MAX_LETTERS = 500
NAME_CHARS = 200

HITS = "How many hits at most; the server has a default."


def _whole(text: str) -> str:
    """Refuse half a character, which JSON can write as an escape and no text can hold."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("holds half a character (a lone surrogate)")
    return text


def _said(text: str) -> str:
    """Refuse what is nothing to compare with: it would choose all letters, and nobody would notice."""
    if not fold(text):
        raise ValueError("is blank")
    return text


def _day(value: object) -> date:
    """Read a date as it is written in JSON, and refuse «20220101» or a number of seconds."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) and DAY.fullmatch(value) else "")
    except ValueError:
        raise ValueError("is no date; write it as 2022-12-31") from None


def _number(value: object) -> object:
    """Take 2.0 for 2, as JSON Schema does (2020-12, 6.1.1), where a type is held to strictly too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


# "2022-12-31"
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

Text = Annotated[str, AfterValidator(_whole)]
Name = Annotated[str, Field(min_length=1, max_length=NAME_CHARS), AfterValidator(_whole), AfterValidator(_said)]
Day = Annotated[date, BeforeValidator(_day)]


class Chosen(BaseModel):
    """Which letters to search; what is left out does not choose."""

    model_config = ConfigDict(extra="forbid")

    letter: Name | None = Field(
        None, description="Any number of one letter.", examples=["2022Z11285", "ah-tk-20232024-1314"]
    )
    ministry: Name | None = Field(None, description="Name, part of it, or abbreviation.", examples=["VWS"])
    minister: Name | None = Field(None, description="Name of who answered, or part of it.", examples=["Hoekstra"])
    party: Name | None = Field(None, description="Of who asked, as the letter writes it.", examples=["D66"])
    asker: Name | None = Field(None, description="Name of the Kamerlid, or part of it.", examples=["Sjoerdsma"])
    after: Day | None = Field(None, description="First date of answer.", examples=["2022-01-01"])
    before: Day | None = Field(None, description="Last date of answer.", examples=["2022-12-31"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.after and self.before and self.after > self.before:
            raise ValueError("`after` is later than `before`")
        return self

    def filters(self) -> Filters:
        """Return them as the search takes them."""
        values: dict[str, Any] = {name: getattr(self, name) for name in Chosen.model_fields}
        return Filters(**{name: str(value) for name, value in values.items() if value is not None})


_LANGUAGE = Field(None, description="In which a notice is written; that of the question when left out.")


class AskBody(Chosen):
    """A question, with the letters to search."""

    query: Text = Field(description="In the asker's own words, Dutch or English.", examples=[QUESTION])
    hits: Annotated[int, Field(strict=True, ge=1, le=MAX_HITS), BeforeValidator(_number)] | None = Field(
        None, description=HITS
    )
    previous: list[Text] = Field(
        default_factory=list,
        max_length=MAX_PREVIOUS,
        description="Earlier questions of the same conversation, oldest first.",
    )
    language: Language | None = _LANGUAGE


class AskQuery(Chosen):
    """A question in an address."""

    q: Text = Field(description="In the asker's own words, Dutch or English.", examples=[QUESTION])
    hits: int | None = Field(None, ge=1, le=MAX_HITS, description=HITS)
    previous: list[Text] = Field(
        default_factory=list,
        max_length=MAX_PREVIOUS,
        description="Earlier questions of the same conversation, oldest first; may be repeated.",
    )
    language: Language | None = _LANGUAGE


class SearchQuery(Chosen):
    """A search with paging; at most the first `MAX_HITS` hits can be reached."""

    q: Text = Field(description="In the asker's own words, Dutch or English.", examples=[QUESTION])
    offset: int = Field(0, ge=0, lt=MAX_HITS, description="How many hits to leave out at the start.")
    limit: int = Field(20, ge=1, le=MAX_HITS, description="How many hits at most.")


class SavedQuery(Chosen):
    """A question that somebody follows."""

    q: Text = Field(description="In the asker's own words, Dutch or English.", examples=[QUESTION])


class LettersQuery(Chosen):
    """A list of letters with paging."""

    offset: Annotated[int, BeforeValidator(_number)] = Field(
        0, ge=0, le=10_000_000, description="How many letters to leave out at the start."
    )
    limit: Annotated[int, BeforeValidator(_number)] = Field(
        50, ge=1, le=MAX_LETTERS, description="How many letters at most."
    )


class NoQuery(BaseModel):
    """An address that takes no parameters refuses them."""

    model_config = ConfigDict(extra="forbid")
