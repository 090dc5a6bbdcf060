"""What every outer face returns: frozen records, and the one JSON that they become.

The JSON is the contract of command line, HTTP API, widget and MCP alike. Offsets are characters (0-based,
half open) in ``answer.text``; pages are 1-based.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from index.records import Answer, Letter, Pair, Question, pair_id
from rag.language import Language, is_english
from rag.notices import Notice


class Match(StrEnum):
    """How a hit fits the question, in words for people."""

    LETTERLIJK = "letterlijk"
    VERWANT = "verwant"
    ZWAK = "zwak"


@dataclass(frozen=True, slots=True)
class Citation:
    """One source reference in the forms that people paste.

    Attributes
    ----------
    official : str
        As the Aanwijzingen voor de regelgeving (3.43) write it, with the question's number.
    plain : str
        With who, what, when and a link.
    bibtex, ris : str
        For reference managers.
    """

    official: str
    plain: str
    bibtex: str
    ris: str


@dataclass(frozen=True, slots=True)
class Links:
    """Where to read on: the published letter, the MP's questions, our own stable address."""

    letter: str | None
    question: str | None
    permalink: str


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote of the answer, at ``offset`` in its text; no text when the letter holds none."""

    marker: str
    offset: int
    text: str | None
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Highlight:
    """The sentence of the answer that fits the question best; empty for an empty answer."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a highlight from {self.start} to {self.end}")


@dataclass(frozen=True, slots=True)
class Newer:
    """A later answer to nearly the same question; `date_answered` is ISO 8601."""

    id: str
    question: str
    date_answered: str
    citation: str

    def as_json(self) -> dict[str, str]:
        """Return it as the contract has it."""
        return {
            "id": self.id,
            "question": self.question,
            "date_answered": self.date_answered,
            "citation": self.citation,
        }


@dataclass(frozen=True, slots=True)
class Hit:
    """A whole pair that was found.

    Attributes
    ----------
    score : float
        What the hits are ordered by; only comparable within one result.
    newer : Newer or None
        A later answer to nearly this question, in another letter.
    """

    id: str
    letter: Letter
    questions: tuple[Question, ...]
    answer: Answer
    notes: tuple[Note, ...]
    highlight: Highlight
    citation: Citation
    links: Links
    score: float
    match: Match
    newer: Newer | None = None

    @property
    def joint(self) -> bool:
        """Whether one answer was given to several questions."""
        return len(self.questions) > 1

    @property
    def name(self) -> str:
        """What the pair is called within its letter: ``vraag-4``."""
        return self.id.rpartition("/")[2]

    @property
    def place(self) -> int:
        """Where the pair stands among those of its letter, from 0."""
        return next(place for place, pair in enumerate(self.letter.pairs) if pair_id(self.letter, pair) == self.id)

    @property
    def targets(self) -> tuple[Pair, ...]:
        """The other pairs of the letter that the answer points to («zie het antwoord op vraag 4»)."""
        return tuple(
            pair
            for pair in self.letter.pairs
            if set(pair.numbers) & set(self.answer.points_to) and pair_id(self.letter, pair) != self.id
        )

    def as_json(self) -> dict[str, Any]:
        """Return the hit as the contract has it."""
        return {
            "id": self.id,
            "source": self.letter.source,
            "reference": self.letter.reference or self.letter.publication,
            "letter": _letter_json(self.letter),
            "questions": [{"number": question.number, "text": question.text} for question in self.questions],
            "answer": {
                "text": self.answer.text,
                "page_numbers": self.answer.page_numbers,
                "footnotes": [
                    {"marker": note.marker, "offset": note.offset, "text": note.text, "links": list(note.links)}
                    for note in self.notes
                ],
                "points_to": [pair_id(self.letter, pair) for pair in self.targets],
            },
            "highlight": {"start": self.highlight.start, "end": self.highlight.end},
            "joint": self.joint,
            "citation": {
                "official": self.citation.official,
                "plain": self.citation.plain,
                "bibtex": self.citation.bibtex,
                "ris": self.citation.ris,
            },
            "links": {
                "letter": self.links.letter,
                "question": self.links.question,
                "permalink": self.links.permalink,
            },
            "score": round(self.score, 6),
            "match": self.match.value,
            "newer": self.newer.as_json() if self.newer else None,
        }


def _letter_json(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.letter_id,
        "kind": letter.kind.value,
        "subject": letter.subject,
        "askers": [{"name": asker.name, "party": asker.party} for asker in letter.askers],
        "answered_by": list(letter.answered_by),
        "date_asked": letter.date_asked,
        "date_answered": letter.date_answered,
    }


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the index holds: letters, answers, and the latest date of answer (ISO 8601)."""

    letters: int
    answers: int
    newest: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the coverage as the contract has it."""
        return {"letters": self.letters, "answers": self.answers, "newest": self.newest}


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one question.

    Attributes
    ----------
    query : str
        As asked.
    searched_as : str
        As searched: `query` on one line, and for a follow-up with the words that it leaves out.
    confidence : float
        Calibrated probability, 0..1, that the first hit answers the question.
    hits : tuple of Hit
        Best first.
    notice : Notice or None
        A line for the asker beside the hits: that nothing was asked, or what the index does not hold.
    """

    query: str
    searched_as: str
    confidence: float
    corpus: Coverage
    hits: tuple[Hit, ...] = field(default=())
    notice: Notice | None = None

    @property
    def answered(self) -> bool:
        """Whether the first hit answers the question."""
        raise NotImplementedError

    @property
    def is_follow_up(self) -> bool:
        """Whether it was searched with words of the questions before."""
        return self.searched_as != one_line(self.query)

    def tell_notice(self, language: Language | None = None) -> str | None:
        """Return the notice in one language; in that of the question when None."""
        spoken = language or ("en" if is_english(self.query) else "nl")
        return self.notice.told_in(spoken) if self.notice else None

    def as_json(self, language: Language | None = None) -> dict[str, Any]:
        """Return the result as the contract has it, a notice in this language or else in that of the question."""
        return {
            "query": self.query,
            "searched_as": self.searched_as,
            "answered": self.answered,
            "confidence": round(self.confidence, 4),
            "notice": self.tell_notice(language),
            "corpus": self.corpus.as_json(),
            "hits": [hit.as_json() for hit in self.hits],
        }


@dataclass(frozen=True, slots=True)
class Answered(Result):
    """The first hit answers the question."""

    @property
    def answered(self) -> bool:
        """Whether the first hit answers the question: it does."""
        return True


@dataclass(frozen=True, slots=True)
class NotAnswered(Result):
    """No letter answers the question; the hits are near misses, and are shown as such."""

    @property
    def answered(self) -> bool:
        """Whether the first hit answers the question: it does not."""
        return False


def one_line(text: str) -> str:
    """Return a text on one line, without control characters, marks of direction and half characters.

    What has no width, such as the soft hyphen of «fi\u00adets», does not part a word.
    """
    kept = (c if unicodedata.category(c)[0] != "C" else "" if unicodedata.category(c) == "Cf" else " " for c in text)
    return " ".join("".join(kept).split())
