"""Results: frozen records, and the one JSON that every outer face returns."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from index.records import Answer, Letter, PageStart, Pair, Question
from rag.citation import cite, link
from rag.notices import Notice
from rag.results import Answered, Coverage, Highlight, Hit, Match, NotAnswered, Note, Result

MakeLetter = Callable[..., Letter]
CheckContract = Callable[[dict[str, Any]], None]


@pytest.fixture
def hit(make_letter: MakeLetter) -> Hit:
    letter = make_letter([(["Hoeveel?", "Waarheen?"], "Vijf, naar Wenen.")])
    [pair] = letter.pairs
    return Hit(
        id="2024Z00001/vraag-1",
        letter=letter,
        questions=pair.questions,
        answer=pair.answer,
        notes=(
            Note("1", 4, "Kamerstuk 31 865, nr. 207", ("https://example.org/kst-31865-207.html",)),
            Note("[2]", 17, None),
        ),
        highlight=Highlight(0, 17),
        citation=cite(letter, pair),
        links=link(letter, pair),
        score=1.23456789,
        match=Match.VERWANT,
    )


def test_the_json_of_an_answer_is_the_contract(hit: Hit, check_contract: CheckContract) -> None:
    found = Answered("Hoeveel?", "Hoeveel?", 0.987654321, Coverage(1, 1, "2022-06-28"), (hit,)).as_json()
    check_contract(found)
    check_contract(json.loads(json.dumps(found)))
    assert (found["query"], found["answered"], found["confidence"]) == ("Hoeveel?", True, 0.9877)
    [first] = found["hits"]
    assert first["id"] == "2024Z00001/vraag-1"
    assert first["questions"] == [{"number": 1, "text": "Hoeveel?"}, {"number": 2, "text": "Waarheen?"}]
    assert first["answer"] == {
        "text": "Vijf, naar Wenen.",
        "page_numbers": [1],
        "points_to": [],
        "footnotes": [
            {
                "marker": "1",
                "offset": 4,
                "text": "Kamerstuk 31 865, nr. 207",
                "links": ["https://example.org/kst-31865-207.html"],
            },
            {"marker": "[2]", "offset": 17, "text": None, "links": []},
        ],
    }
    assert (first["highlight"], first["joint"], first["match"]) == ({"start": 0, "end": 17}, True, "verwant")
    assert first["score"] == 1.234568


def test_the_json_of_no_answer_is_the_contract(check_contract: CheckContract) -> None:
    found = NotAnswered("Hoeveel?", "Hoeveel?", 0.0, Coverage(0, 0, None)).as_json()
    check_contract(found)
    assert (found["answered"], found["hits"]) == (False, [])


def test_a_letter_without_question_number_is_named_by_its_publication(make_letter: MakeLetter) -> None:
    letter = make_letter(reference=None, publication="ah-tk-20232024-1314")
    pair = letter.pairs[0]
    hit = Hit(
        "x",
        letter,
        pair.questions,
        pair.answer,
        (),
        Highlight(0, 1),
        cite(letter, pair),
        link(letter, pair),
        1.0,
        Match.ZWAK,
    )
    assert hit.as_json()["reference"] == "ah-tk-20232024-1314"


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (4, 3)])
def test_a_highlight_ends_after_it_starts(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"a highlight from {start} to {end}"):
        Highlight(start, end)


def test_a_result_cannot_be_changed(hit: Hit) -> None:
    result = Answered("Hoeveel?", "Hoeveel?", 0.9, Coverage(1, 1, None), (hit,))
    with pytest.raises(FrozenInstanceError):
        result.confidence = 1.0  # type: ignore[misc]


def test_a_result_is_either_answered_or_not() -> None:
    with pytest.raises(NotImplementedError):
        _ = Result("?", "?", 0.0, Coverage(0, 0, None)).answered


def test_an_answer_that_points_elsewhere_names_its_target(hit: Hit) -> None:
    letter = hit.letter
    target = Pair((Question("Wanneer?", (PageStart(0, 2),), number=3),), Answer("In mei.", (PageStart(0, 2),)))
    letter = replace(letter, pairs=(*letter.pairs, target))
    pointing = replace(hit, letter=letter, answer=replace(hit.answer, points_to=(3,)))
    assert pointing.targets == (target,)
    assert pointing.as_json()["answer"]["points_to"] == ["2024Z00001/vraag-3"]


def test_a_joint_answer_that_is_pointed_to_twice_is_one_target(hit: Hit) -> None:
    start = (PageStart(0, 2),)
    joint = Pair((Question("Wanneer?", start, number=3), Question("Waar?", start, number=4)), Answer("In mei.", start))
    letter = replace(hit.letter, pairs=(*hit.letter.pairs, joint))
    pointing = replace(hit, letter=letter, answer=replace(hit.answer, points_to=(3, 4)))
    assert pointing.targets == (joint,)


def test_the_second_pair_of_a_number_is_told_from_the_first(hit: Hit) -> None:
    first = hit.letter.pairs[0]
    letter = replace(hit.letter, pairs=(first, replace(first)))
    second = replace(hit, letter=letter, id=f"{hit.id}-2")
    assert (replace(hit, letter=letter).place, second.place) == (0, 1)
    assert (hit.name, second.name) == ("vraag-1", "vraag-1-2")


@pytest.mark.parametrize(
    ("query", "searched_as", "is_follow_up"),
    [
        ("Hoeveel?", "Hoeveel?", False),
        (" Hoe\nveel fi\u00adets\u200e? ", "Hoe veel fiets?", False),
        ("En daar?", "En daar? Wenen", True),
    ],
)
def test_a_question_that_was_only_tidied_is_no_follow_up(query: str, searched_as: str, is_follow_up: bool) -> None:
    assert NotAnswered(query, searched_as, 0.0, Coverage(0, 0, None)).is_follow_up is is_follow_up


def test_a_notice_is_told_in_the_language_of_the_question_unless_another_is_asked_for() -> None:
    notice = Notice("Geen brief.", "No letter.")
    dutch = NotAnswered("Hoeveel?", "Hoeveel?", 0.0, Coverage(1, 1, None), notice=notice)
    english = NotAnswered("How many are there?", "How many are there?", 0.0, Coverage(1, 1, None), notice=notice)
    assert (dutch.as_json()["notice"], english.as_json()["notice"]) == ("Geen brief.", "No letter.")
    assert (dutch.as_json("en")["notice"], english.as_json("nl")["notice"]) == ("No letter.", "Geen brief.")
