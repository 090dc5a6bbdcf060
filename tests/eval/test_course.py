"""What the model is taught with: training letters only, whole letters at once, every answer shown."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.course import FEWEST_QUESTIONS, LETTERS_AT_ONCE, Course, Lesson, misspell
from eval.sets import load_set
from index.parsing import parse_document
from index.passages import cut_letter
from index.reading import read_document

WriteLetter = Callable[..., Path]

NUMBERS = [f"2031Z0000{number}" for number in range(1, 7)]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, write_letter: WriteLetter) -> Course:
    """Give a course over six letters, of which the last is for testing."""
    folder = tmp_path_factory.mktemp("set")
    queries, qrels = [], []
    for letter in NUMBERS:
        write_letter(folder / "letters" / f"{letter}.txt", number=letter)
        for place in range(FEWEST_QUESTIONS):
            queries.append({"id": f"{letter}-{place}", "query": f"Hoeveel treinen, {letter}, {place}?"})
            qrels.append(f"{letter}-{place} 0 {letter}/vraag-{1 + place % 2} 1")
        queries.append({"id": f"{letter}-none", "query": "En bussen?", "near": letter, "previous": "Hoeveel treinen?"})
    queries.append({"id": "loose", "query": "Wat is de hoofdstad van Peru?"})
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    (folder / "qrels.txt").write_text("\n".join(qrels), encoding="utf-8")
    split = {"letters": {"train": NUMBERS[:5], "test": NUMBERS[5:]}, "queries": {"train": ["loose"]}}
    (folder / "split.json").write_text(json.dumps(split), encoding="utf-8")
    (folder / "set.toml").write_text('letters = "letters"\n', encoding="utf-8")
    course = Course()
    course.add(load_set(folder))
    return course


def test_nothing_is_asked_about_a_letter_that_is_kept_for_testing(course: Course) -> None:
    assert set(course.asked) == {*NUMBERS[:5], ""}
    assert [each.text for each in course.asked[""]] == ["Wat is de hoofdstad van Peru?"]


def test_a_near_miss_is_asked_with_the_letter_that_it_nearly_fits(course: Course) -> None:
    [missed] = [each for each in course.asked[NUMBERS[0]] if not each.right]
    assert missed.text == "Hoeveel treinen? En bussen?"


def test_a_batch_shows_whole_letters_and_every_answer_to_what_is_asked(course: Course) -> None:
    random.seed(1)
    near = {letter: [other for other in NUMBERS[:5] if other != letter] for letter in NUMBERS[:5]}
    for shown, asked in islice(course.batches(near), 5):
        assert len(shown) == len(set(shown)) == 2 * LETTERS_AT_ONCE
        assert {number for each in asked for number in each.right} <= set(shown)
        assert any(not each.right for each in asked)


def test_a_lesson_is_seen_as_the_search_sees_it(write_letter: WriteLetter, tmp_path: Path) -> None:
    said = "Vijf. Zij gaan naar Wenen. Dat blijft zo."
    letter = parse_document(read_document(write_letter(tmp_path / "a.txt", [("Hoeveel?", said)])))
    lesson = Lesson(letter.letter_id, letter.subject, "Hoeveel?", said)
    searched = cut_letter(letter, lambda texts: [len(text.split()) for text in texts], 500)
    assert [lesson.view("question"), lesson.view("both")] == [passage.text for passage in searched[:2]]
    windows = {lesson.view("window") for _ in range(50)}
    assert windows == {passage.text for passage in searched[2:]}
    assert len(windows) == 2
    assert lesson.view("answer") == said


def test_letters_that_are_alike_come_together_now_and_then(course: Course) -> None:
    random.seed(1)
    letters = NUMBERS[:5]
    near = {letter: [other for other in letters if other not in (letter, NUMBERS[4])][:3] for letter in letters}
    without_the_fifth = [
        {course.lessons[number].letter for number in shown} == set(letters[:4])
        for shown, _ in islice(course.batches(near), 200)
    ]
    # By chance alone, one batch in five.
    assert 0.4 < sum(without_the_fifth) / 200 < 0.8


@given(st.text(max_size=40))
def test_a_misspelt_text_differs_by_one_letter_at_most(text: str) -> None:
    found = misspell(text)
    assert abs(len(found) - len(text)) <= 1 or found == text.lower()
    if len(text) < 12:
        assert found == text


def test_texts_are_misspelt_now_and_then() -> None:
    random.seed(1)
    assert 0 < sum(misspell("Hoeveel treinen?") != "Hoeveel treinen?" for _ in range(200)) < 60
