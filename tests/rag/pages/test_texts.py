from __future__ import annotations

import string
from dataclasses import fields

import pytest

from rag.pages.texts import DUTCH, ENGLISH, preferred


def places(text: str) -> set[str | None]:
    """Return what is filled in in a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("name", [field.name for field in fields(DUTCH) if isinstance(getattr(DUTCH, field.name), str)])
def test_every_sentence_is_there_in_both_languages_with_the_same_places(name: str) -> None:
    dutch, english = getattr(DUTCH, name), getattr(ENGLISH, name)
    assert places(dutch) == places(english)
    assert name == "prefix" or (dutch and english)


def test_every_name_of_a_filter_and_a_match_is_translated() -> None:
    assert DUTCH.filter_labels.keys() == ENGLISH.filter_labels.keys()
    assert DUTCH.match.keys() == ENGLISH.match.keys()


def test_dates_and_numbers_are_written_as_each_language_does() -> None:
    assert (DUTCH.day("2024-03-01"), ENGLISH.day("2024-03-01")) == ("1 maart 2024", "1 March 2024")
    assert (DUTCH.number(1234567), ENGLISH.number(1234567)) == ("1.234.567", "1,234,567")
    assert (DUTCH.day(None), DUTCH.day("voorjaar 2024")) == (DUTCH.unknown_date, "voorjaar 2024")
    assert ENGLISH.name_numbers((3, 4, 5)) == "questions 3, 4 and 5"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "nl"),
        ("nl-NL,nl;q=0.9,en-US;q=0.8", "nl"),
        ("en-GB,en;q=0.9,nl;q=0.8", "en"),
        ("en;q=0.5,nl;q=0.7", "nl"),
        ("de-DE,de;q=0.9", "nl"),
        ("de,en;q=0.4", "en"),
        ("en;q=x, *", "nl"),
    ],
)
def test_a_browser_gets_the_language_that_it_asks_for_first(accepted: str, language: str) -> None:
    assert preferred(accepted) == language
