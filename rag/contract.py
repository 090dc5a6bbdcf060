"""The contract as typed models: what the command line, the HTTP API, the widget and MCP all return.

`rag.results` and `index.serialise` write this JSON; the models describe it to others (OpenAPI, MCP), and
the tests hold every outer face to them. Offsets are characters (0-based, half open) in ``answer.text``;
pages are 1-based.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Person(_Model):
    """A Kamerlid."""

    name: str
    party: str | None = Field(description="As the letter writes it; two names for a shared party.")


class LetterFacts(_Model):
    """What a hit says of the letter that it stands in."""

    id: str = Field(description="Stable name of the letter in addresses.", examples=["2022Z11285"])
    kind: Literal["brief", "aanhangsel", "mededeling"] = Field(
        description="`mededeling` is a notice of delay or a pointer elsewhere, never an answer."
    )
    subject: str
    askers: list[Person]
    answered_by: list[str] = Field(examples=[["Hoekstra (Buitenlandse Zaken)"]])
    date_asked: str | None = Field(description="ISO 8601.")
    date_answered: str | None = Field(description="ISO 8601.", examples=["2022-08-26"])


class Question(_Model):
    """A question of the Kamerlid, in the letter's own words."""

    number: int = Field(description="As the letter counts.")
    text: str


class Note(_Model):
    """A footnote of the answer."""

    marker: str = Field(description="As printed.", examples=["3", "[3]"])
    offset: int = Field(ge=0, description="Where its mark stood in `answer.text`.")
    text: str | None = Field(description="Null when the letter does not hold the note's text.")
    links: list[str] = Field(description="Official documents that the note names.")


class Answer(_Model):
    """The minister's answer, word for word."""

    text: str
    page_numbers: list[int] = Field(description="Pages of the letter, from 1; empty where it has none.")
    footnotes: list[Note]
    points_to: list[str] = Field(
        description="Ids of the other answers of the letter that this one refers to: read them with it.",
        examples=[["2022Z11285/vraag-4"]],
    )


class Highlight(_Model):
    """The sentence of the answer that fits the question best; empty for an empty answer."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Citation(_Model):
    """The source, ready to paste."""

    official: str = Field(
        description="As the Aanwijzingen voor de regelgeving (3.43) write it, with the question's number.",
        examples=["Aanhangsel Handelingen II 2023/24, nr. 1314, antwoord op vraag 3, p. 2"],
    )
    plain: str = Field(description="With who, what, when and a link.")
    bibtex: str
    ris: str


class Links(_Model):
    """Where to read on."""

    letter: str | None = Field(description="The published letter.")
    question: str | None = Field(description="The published questions.")
    permalink: str = Field(
        description="Address of this answer on this server, without scheme and host.",
        examples=["/brief/2022Z11285/vraag-4"],
    )


class Newer(_Model):
    """A later answer to nearly the same question, in another letter."""

    id: str
    question: str
    date_answered: str = Field(description="ISO 8601.")
    citation: str


class Hit(_Model):
    """One answer that was found, whole, with its questions and its source."""

    id: str = Field(examples=["2022Z11285/vraag-4"])
    source: str = Field(description="Name of the file that the letter was read from.")
    reference: str | None = Field(description="The questions' own number, else that of the publication.")
    letter: LetterFacts
    questions: list[Question] = Field(min_length=1)
    answer: Answer
    highlight: Highlight
    joint: bool = Field(description="Whether one answer was given to several questions.")
    citation: Citation
    links: Links
    score: float = Field(description="Orders the hits; only comparable within one result.")
    match: Literal["letterlijk", "verwant", "zwak"] = Field(description="How the hit fits the question.")
    newer: Newer | None


class Coverage(_Model):
    """What is searched."""

    letters: int = Field(ge=0)
    answers: int = Field(ge=0)
    newest: str | None = Field(description="Latest date of answer, ISO 8601.")


class Result(_Model):
    """The outcome of one question."""

    query: str = Field(description="As asked.")
    searched_as: str = Field(description="As searched; for a follow-up with the words that it leaves out.")
    answered: bool = Field(
        description="Whether the first hit answers the question. When false the hits are near misses; "
        "never show them as the answer."
    )
    confidence: float = Field(ge=0, le=1, description="Calibrated probability that the first hit answers the question.")
    corpus: Coverage
    hits: list[Hit] = Field(description="Best first.")
    notice: str | None = Field(
        description="A line for the asker: that nothing was asked, or what the index does not hold."
    )


class PlacedQuestion(Question):
    """A question of the Kamerlid with its pages."""

    page_numbers: list[int]


class LetterAnswer(_Model):
    """An answer as a whole letter has it."""

    text: str
    page_numbers: list[int]
    footnotes: list[str] = Field(description="Markers, in order of appearance.")


class Pair(_Model):
    """One answer with all the questions that it answers."""

    questions: list[PlacedQuestion] = Field(min_length=1)
    answer: LetterAnswer


class Footnote(_Model):
    """A note of the letter."""

    marker: str
    text: str
    page_number: int
    referred_in: str | None = Field(description="Where its mark stands.", examples=["answer 3"])


class Letter(_Model):
    """A letter with all its questions and answers."""

    source: str
    kind: Literal["brief", "aanhangsel", "mededeling"]
    reference: str | None = Field(examples=["2022Z11285"])
    publication: str | None = Field(examples=["ah-tk-20232024-1314"])
    other_references: list[str]
    subject: str
    askers: list[Person]
    answered_by: list[str]
    date_asked: str | None
    date_answered: str | None
    pairs: list[Pair]
    unanswered: list[int] = Field(description="Numbers of the questions for which no answer was found.")
    footnotes: list[Footnote]
    unresolved: list[str] = Field(description="Markers whose note the letter does not hold.")
    warnings: list[str] = Field(description="What a careful reader would want to check.")


class LetterSummary(LetterFacts):
    """A letter in a list."""

    source: str = Field(description="Name of the file that the letter was read from.")
    reference: str | None = Field(examples=["2022Z11285"])
    publication: str | None = Field(examples=["ah-tk-20232024-1314"])
    answers: int = Field(ge=0)
    links: Links


class Letters(_Model):
    """One page of the list of letters, newest answer first."""

    total: int = Field(ge=0, description="Letters that the filters choose.")
    offset: int = Field(ge=0)
    next: str | None = Field(description="Address of the next page.")
    letters: list[LetterSummary]


class SearchPage(_Model):
    """One page of hits, best first; whether one of them answers the question, `ask` decides."""

    query: str
    searched_as: str
    corpus: Coverage
    notice: str | None
    offset: int = Field(ge=0)
    next: str | None = Field(description="Address of the next page.")
    hits: list[Hit]


class FeedAuthor(_Model):
    """Who answered."""

    name: str


class FeedItem(_Model):
    """One answer in a feed."""

    id: str
    url: str = Field(description="Address of the answer on this server.")
    external_url: str | None = Field(None, description="The published letter.")
    title: str = Field(description="The question.")
    content_text: str = Field(description="The answer with its citation.")
    date_published: str | None = Field(None, description="Date of answer.", examples=["2022-08-26T00:00:00Z"])
    authors: list[FeedAuthor]


class Feed(_Model):
    """A JSON Feed 1.1 of the best hits for a question, newest answer first."""

    version: Literal["https://jsonfeed.org/version/1.1"]
    title: str
    home_page_url: str
    feed_url: str
    language: Literal["nl"]
    items: list[FeedItem]
