"""Pages of one letter and of one pair: plain HTML, stable addresses, good on paper."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from index.records import Letter, Pair, pair_name
from rag.pages.hit import Frame, letter_address, permalink, render_facts, render_hit, render_note_list
from rag.pages.markup import Child, Html, element
from rag.pages.prose import render_prose
from rag.pages.texts import Texts
from rag.results import Hit, Note

DESCRIPTION_CHARS = 200


def pair_title(hit: Hit, texts: Texts) -> str:
    """Return a title that tells this pair from all others."""
    numbers = texts.answer_to.format(numbers=texts.name_numbers(tuple(q.number for q in hit.questions)))
    return f"{numbers} · {letter_title(hit.letter)}"


def letter_title(letter: Letter) -> str:
    """Return the subject of a letter, or else its number."""
    return letter.subject or letter.reference or letter.source


def describe(text: str) -> str:
    """Return the start of a text for a description, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= DESCRIPTION_CHARS:
        return line
    return line[:DESCRIPTION_CHARS].rsplit(" ", 1)[0] + " …"


def question_data(hit: Hit, origin: str, texts: Texts) -> dict[str, Any]:
    """Return a pair as schema.org's QAPage."""
    letter, asked = hit.letter, " ".join(question.text for question in hit.questions)
    answer = {
        "@type": "Answer",
        "text": hit.answer.text,
        "url": origin + permalink(hit, texts),
        "dateCreated": letter.date_answered,
        "author": [{"@type": "Person", "name": name} for name in letter.answered_by],
    }
    question = {
        "@type": "Question",
        "name": describe(asked),
        "text": asked,
        "answerCount": 1,
        "dateCreated": letter.date_asked,
        "author": [{"@type": "Person", "name": asker.name} for asker in letter.askers],
        "acceptedAnswer": answer,
    }
    return {"@context": "https://schema.org", "@type": "QAPage", "inLanguage": "nl", "mainEntity": question}


def render_pair_page(hit: Hit, frame: Frame, viewer: Html) -> Child:
    """Draw the main part of the page of one pair."""
    texts = frame.texts
    around = element(
        "nav",
        element("a", texts.whole_letter, href=f"{letter_address(hit.letter, texts)}#{hit.name}"),
        _neighbours(hit, texts),
        class_="kw-rond",
        aria_label=texts.whole_letter,
    )
    return [render_hit(hit, frame, beside=viewer), around]


def _neighbours(hit: Hit, texts: Texts) -> list[Html]:
    pairs, place = hit.letter.pairs, hit.place
    near = [*(pairs[place - 1 : place] if place else ()), *pairs[place + 1 : place + 2]]
    return [
        element("a", texts.name_numbers(pair.numbers).capitalize(), href=_address(hit.letter, pair, texts))
        for pair in near
    ]


def _address(letter: Letter, pair: Pair, texts: Texts) -> str:
    return f"{letter_address(letter, texts)}/{pair_name(letter, pair)}"


def render_letter_page(letter: Letter, frame: Frame) -> Child:
    """Draw the main part of the page of a whole letter."""
    texts = frame.texts
    count = sum(len(pair.questions) for pair in letter.pairs)
    names = {pair_name(letter, pair) for pair in letter.pairs}
    return [
        element("h1", letter_title(letter), lang="nl", class_="kw-kop"),
        render_facts(letter, texts),
        element("p", texts.all_answers.format(count=count), class_="kw-dekking"),
        [_pair(letter, pair, names, texts) for pair in letter.pairs],
        _unanswered(letter, texts),
        element("section", element("h2", texts.note.format(marker="").strip()), render_note_list(letter))
        if letter.footnotes
        else None,
    ]


def _pair(letter: Letter, pair: Pair, names: Set[str], texts: Texts) -> Html:
    found = {note.marker: note.text for note in letter.footnotes}
    notes = [Note(mark.marker, mark.offset, found.get(mark.marker)) for mark in pair.answer.marks]
    heading = element("a", texts.name_numbers(pair.numbers).capitalize(), href=_address(letter, pair, texts))
    anchors = [element("span", id=f"vraag-{number}") for number in pair.numbers[1:] if f"vraag-{number}" not in names]
    return element(
        "section",
        anchors,
        element("h2", heading, class_="kw-tussenkop"),
        element("div", [render_prose(question.text, texts) for question in pair.questions], class_="kw-vraag"),
        element("div", render_prose(pair.answer.text, texts, notes=notes), class_="kw-woorden"),
        id=pair_name(letter, pair),
        class_="kw-paar",
    )


def _unanswered(letter: Letter, texts: Texts) -> Html | None:
    if not letter.unanswered:
        return None
    rows = [element("div", render_prose(question.text, texts), class_="kw-vraag") for question in letter.unanswered]
    return element("section", element("h2", texts.unanswered, class_="kw-tussenkop"), rows)
