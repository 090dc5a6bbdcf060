"""The terminal: readable, and no letter or question can steer it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from index.records import Answer, Footnote, Letter, Mark, Pair
from rag.citation import cite, link
from rag.results import Answered, Coverage, Highlight, Hit, Match, NotAnswered, Note
from rag.terminal import render, render_letter

MakeLetter = Callable[..., Letter]

FIRST_SENTENCE = Highlight(0, 28)
COVERAGE = Coverage(12, 90, "2024-05-31")

ANSWER = "Er rijden vijf nachttreinen.\n\nZij vertrekken uit Utrecht, " + "en zij rijden ver " * 12 + "weg."


def hit_of(letter: Letter, place: int = 0, highlight: Highlight = FIRST_SENTENCE, notes: tuple[Note, ...] = ()) -> Hit:
    pair = letter.pairs[place]
    return Hit(
        id=f"{letter.letter_id}/vraag-{pair.numbers[0]}",
        letter=letter,
        questions=pair.questions,
        answer=pair.answer,
        notes=notes,
        highlight=highlight,
        citation=cite(letter, pair),
        links=link(letter, pair),
        score=1.0,
        match=Match.VERWANT,
    )


@pytest.fixture
def letter(make_letter: MakeLetter) -> Letter:
    return make_letter([("Hoeveel nachttreinen rijden er?", ANSWER), ("Wat kost een kaartje?", "Veertig euro.")])


def plain(text: str) -> str:
    return text.replace("\x1b[1m", "").replace("\x1b[0m", "")


def test_an_answer_stands_word_for_word_between_question_and_citation(letter: Letter) -> None:
    shown = plain(render(Answered("Hoeveel?", "Hoeveel?", 0.9, COVERAGE, (hit_of(letter),))))
    assert shown.startswith(
        "Vraag 1. Hoeveel nachttreinen rijden er?\n\nEr rijden vijf nachttreinen.\n\nZij vertrekken"
    )
    assert " ".join(ANSWER.split()) in " ".join(shown.split())
    assert "antwoord op vraag 1, p. 1" in " ".join(shown.split())
    assert shown.endswith("Doorzocht: 12 brieven, 90 antwoorden, tot en met 2024-05-31.")
    assert max(map(len, shown.split("\n"))) <= 100


def test_the_best_sentence_is_bold(letter: Letter) -> None:
    shown = render(Answered("Hoeveel?", "Hoeveel?", 0.9, COVERAGE, (hit_of(letter),)))
    assert re.findall("\x1b\\[1m(.*?)\x1b\\[0m", shown) == ["Er rijden vijf nachttreinen."]


def test_an_empty_highlight_hides_nothing(letter: Letter) -> None:
    shown = plain(render(Answered("?", "?", 0.9, COVERAGE, (hit_of(letter, highlight=Highlight(0, 0)),))))
    assert "Er rijden vijf nachttreinen." in shown


def test_further_hits_are_lines_with_their_citation(letter: Letter) -> None:
    shown = plain(render(Answered("?", "?", 0.9, COVERAGE, (hit_of(letter), hit_of(letter, 1)))))
    assert "Verder gevonden:\n- Wat kost een kaartje? (Brief van" in shown
    assert "Veertig euro" not in shown


def test_notes_stand_under_the_answer(letter: Letter) -> None:
    notes = (Note("1", 3, "Kamerstuk 31 865, nr. 207"), Note("[2]", 9, None))
    shown = plain(render(Answered("?", "?", 0.9, COVERAGE, (hit_of(letter, notes=notes),))))
    assert "[1] Kamerstuk 31 865, nr. 207\n[2] noot niet in de brief" in shown


def test_no_answer_is_said_and_near_misses_are_no_answers(letter: Letter) -> None:
    shown = plain(render(NotAnswered("?", "?", 0.1, COVERAGE, (hit_of(letter),))))
    assert shown.startswith("Geen brief beantwoordt deze vraag.\n\nHet meest verwant:\n- Hoeveel nachttreinen")
    assert "vijf nachttreinen" not in shown


def test_nothing_found_is_said() -> None:
    shown = plain(render(NotAnswered("?", "?", 0.0, Coverage(0, 0, None))))
    assert shown == "Geen brief beantwoordt deze vraag.\n\nDoorzocht: 0 brieven, 0 antwoorden."
    one = plain(render(NotAnswered("Hoeveel?", "Hoeveel?", 0.1, Coverage(1, 1, None))))
    assert one.endswith("Doorzocht: 1 brief, 1 antwoord.")


def test_what_a_follow_up_was_searched_as_is_said(letter: Letter) -> None:
    shown = render(Answered("En de prijs?", "Hoeveel treinen? En de prijs?", 0.9, COVERAGE, (hit_of(letter),)))
    assert "Gezocht op: Hoeveel treinen? En de prijs?" in shown
    assert "Gezocht op" not in render(Answered("Hoeveel?", "Hoeveel?", 0.9, COVERAGE, (hit_of(letter),)))


# What a PDF may hold: clear the screen, set the window's title, CSI in one character, turn the direction of writing.
STEERING = "veilig\x1b[2J\x1b]0;titel\x07\x9b31m\u202e\x00\x08 eind"


@pytest.mark.parametrize("outcome", [Answered, NotAnswered])
def test_a_letter_cannot_steer_the_terminal(make_letter: MakeLetter, outcome: type[Answered]) -> None:
    letter = make_letter([(STEERING, STEERING), (STEERING, STEERING)], subject=STEERING, source=f"{STEERING}.pdf")
    hits = (hit_of(letter, notes=(Note("1", 0, STEERING),)), hit_of(letter, 1))
    shown = render(outcome("?", STEERING, 0.9, COVERAGE, hits))
    assert "veilig" in shown
    assert all(char.isprintable() or char == "\n" for char in plain(shown))


def test_a_parsed_letter_cannot_steer_the_terminal(make_letter: MakeLetter) -> None:
    letter = make_letter([(STEERING, STEERING)], subject=STEERING, warnings=(STEERING,))
    shown = render_letter(replace(letter, footnotes=(Footnote("1", STEERING, 1),)))
    assert all(char.isprintable() or char == "\n" for char in plain(shown))


def test_a_parsed_letter_is_shown_whole(letter: Letter) -> None:
    pair = letter.pairs[0]
    marked = Pair(pair.questions, Answer(ANSWER, pair.answer.page_starts, (Mark("1", 5),)))
    full = replace(
        letter, pairs=(marked, letter.pairs[1]), footnotes=(Footnote("1", "De noot", 1),), warnings=("een gat",)
    )
    shown = render_letter(full)
    assert shown.startswith(
        "brief.pdf: brief 2024Z00001\nover nachttreinen\ngevraagd door Jansen (ABC) op 2022-06-07\n"
    )
    assert "beantwoord door De Vries (Infrastructuur en Waterstaat) op 2022-06-28" in shown
    assert "Vraag 1 (p. 1)\nHoeveel nachttreinen rijden er?" in shown
    assert ANSWER in shown
    assert shown.endswith("[1] De noot\n! een gat")


def test_what_is_not_known_is_called_so(make_letter: MakeLetter) -> None:
    shown = render_letter(make_letter(askers=(), answered_by=(), date_asked=None, date_answered=None))
    assert "gevraagd door onbekend op onbekend\nbeantwoord door onbekend op onbekend" in shown
