"""Follow-ups: what leans on the question before it is searched together with it, the rest is left alone."""

from __future__ import annotations

import pytest

from rag.conversation import is_elliptical, resolve

FIRST = "Hoe werkt het sociaal kredietsysteem in China?"


@pytest.mark.parametrize(
    "query",
    [
        "En in Rusland?",
        "en hoe zit dat in Nederland",
        "Maar wie controleert het?",
        "Hoe zit het met de ambassade?",
        "What about Russia?",
        "And in Russia?",
        "Wat vindt hij daarvan?",
        "Kan dat ook in Nederland?",
        "Do they collect data?",
    ],
)
def test_a_follow_up_is_searched_with_the_question_before_it(query: str) -> None:
    assert resolve(query, ["Iets anders?", FIRST]) == f"{FIRST} {query}"


@pytest.mark.parametrize(
    "query",
    [
        "Welke zorgen heeft het kabinet over Xinjiang?",
        "Hoeveel nachttreinen rijden vanuit Utrecht?",
        "Is de minister het ermee eens dat de gemeenten in Groningen dit jaar meer geld nodig hebben voor leegstand?",
    ],
)
def test_a_question_that_stands_on_its_own_is_left_alone(query: str) -> None:
    assert resolve(query, [FIRST]) == query


@pytest.mark.parametrize("query", ["En in Rusland?", FIRST])
def test_a_first_question_is_left_alone(query: str) -> None:
    assert resolve(query, []) == query


def test_a_word_that_begins_like_one_that_joins_is_no_follow_up() -> None:
    assert not is_elliptical("Energie wordt duurder, wat doet het kabinet?")
    assert not is_elliptical("Ofwel stijgen de prijzen, ofwel de lonen?")
