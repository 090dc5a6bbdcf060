"""A small letter, made by hand, and hits in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from index.records import Answer, Footnote, Kind, Letter, Mark, PageStart, Pair, Person, Question
from rag.citation import cite, link
from rag.results import Answered, Coverage, Highlight, Hit, Match, NotAnswered, Note, Result

MakeHit = Callable[..., Hit]
MakeResult = Callable[..., Result]

ANSWER = "Nee. Het kabinet deelt die zorg niet.\n\nZie ook Kamerstuk 31 865, nr. 207."


def make_letter(answer: str = ANSWER, numbers: tuple[int, ...] = (4,), **changes: Any) -> Letter:
    questions = tuple(Question(f"Deelt u de zorg {n}?", (PageStart(0, 2),), (), n) for n in numbers)
    pair = Pair(questions, Answer(answer, (PageStart(0, 3),), (Mark("1", 4), Mark("[2]", len(answer)))))
    fields: dict[str, Any] = {
        "source": "brief.pdf",
        "sha256": "0" * 64,
        "kind": Kind.BRIEF,
        "reference": "2022Z11285",
        "publication": None,
        "other_references": ("BZDOC-1",),
        "subject": "zorgen",
        "askers": (Person("Ceder", "ChristenUnie"), Person("Van der Staaij", "SGP")),
        "answered_by": ("Hoekstra (Buitenlandse Zaken)",),
        "date_asked": "2022-06-07",
        "date_answered": "2022-07-05",
        "pairs": (pair,),
        "footnotes": (Footnote("1", "Zie https://example.org/noot.", 3),),
        "office": "de minister van Buitenlandse Zaken",
    }
    return Letter(**(fields | changes))


@pytest.fixture
def make_hit() -> MakeHit:
    def make(letter: Letter | None = None, *, highlight: tuple[int, int] = (5, 37), **changes: Any) -> Hit:
        letter = letter or make_letter(**changes)
        pair = letter.pairs[0]
        texts = {note.marker: note.text for note in letter.footnotes}
        return Hit(
            id=f"{letter.letter_id}/vraag-{pair.numbers[0]}",
            letter=letter,
            questions=pair.questions,
            answer=pair.answer,
            notes=tuple(Note(mark.marker, mark.offset, texts.get(mark.marker)) for mark in pair.answer.marks),
            highlight=Highlight(*highlight),
            citation=cite(letter, pair),
            links=link(letter, pair),
            score=1.0,
            match=Match.VERWANT,
        )

    return make


@pytest.fixture
def make_result(make_hit: MakeHit) -> MakeResult:
    def make(query: str = "Deelt het kabinet de zorg?", *, answered: bool = True, **changes: Any) -> Result:
        outcome = Answered if answered else NotAnswered
        fields: dict[str, Any] = {"searched_as": query, "confidence": 0.9, "hits": (make_hit(), make_hit())}
        return outcome(query=query, corpus=Coverage(1, 10, "2022-07-05"), **(fields | changes))

    return make
