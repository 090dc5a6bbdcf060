"""The desk: it remembers answers, asks the newest index, checks answers, and counts what can be chosen."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.archive import Archive
from index.build import build_index
from index.catalogue import Catalogue
from index.encoders.base import Encoder
from index.errors import IndexMismatchError, QueryError
from index.records import Letter
from rag import Assistant
from rag.pages.address import Address, read_address
from rag.pages.around import look_around
from rag.pages.choice import choices_of, read_filters, render_choice
from rag.pages.conversation import Conversation
from rag.pages.desk import Desk
from rag.pages.hit import Frame
from rag.pages.intro import pick_examples
from rag.pages.texts import DUTCH
from rag.pages.turn import render_result
from rag.results import Answered

WOLVES = "?q=Hoeveel+wolven+leven+er+op+de+Veluwe%3F"


@pytest.fixture
def small(small_index: Path, words_encoder: Encoder) -> Assistant:
    return Assistant(Archive(small_index).open(), words_encoder)


def test_a_question_is_asked_once_and_remembered(small: Assistant) -> None:
    desk, address = Desk(small), read_address(WOLVES)
    first = desk.ask(address, 0)
    assert desk.ask(address, 0) is first
    assert desk.questions == 1
    chosen = read_address(WOLVES + "&brief=2024Z00001")
    assert desk.ask(chosen, 0) is not first
    assert all(hit.letter.reference == "2024Z00001" for hit in desk.ask(chosen, 0).hits)


def test_a_question_that_is_too_long_is_refused(small: Assistant) -> None:
    with pytest.raises(QueryError):
        Desk(small, limit=10).ask(read_address(WOLVES), 0)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_build_reaches_the_desk_without_loading_the_model_again(
    tmp_path: Path, words_encoder: Encoder, write_letter: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.newest.SECONDS_BETWEEN_LOOKS", 0.02)
    trains = write_letter(tmp_path / "treinen.txt")
    build_index([trains], tmp_path / "index", words_encoder)
    desk = Desk(Assistant(Archive(tmp_path / "index").open(), words_encoder))
    more = write_letter(tmp_path / "wolven.txt", [("Hoeveel wolven leven er?", "Zeventig.")], number="2024Z00002")
    build_index([trains, more], tmp_path / "index", words_encoder)
    wait_for(lambda: desk.assistant.coverage.letters == 2)
    assert choices_of(desk.assistant).count == 2


def test_the_start_page_of_a_large_index_reads_few_letters(
    small_index: Path, tmp_path: Path, words_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.pages.choice.MOST_CHOICES", 1)
    monkeypatch.setattr("rag.pages.desk.LETTERS_LOOKED_AT", 1)
    index = shutil.copytree(small_index, tmp_path / "index")
    generation = Archive(index).current
    assert generation is not None
    with sqlite3.connect(generation / "catalogue.sqlite") as database:
        # The first letter of the index and the newest are one and the same here.
        database.execute("UPDATE letter SET record = 'not to be read' WHERE letter_id <> '2024Z00003'")
    database.close()
    desk = Desk(Assistant(Archive(index).open(), words_encoder))
    choices = choices_of(desk.assistant)
    assert (choices.count, choices.letters) == (3, (("2024Z00003", "leegstand in Groningen"),))
    assert choices.facets["partij"] == (("ABC", 3),)
    assert desk.examples == ["Hoeveel huizen staan er leeg in Groningen?"]
    with pytest.raises(IndexMismatchError):
        desk.find_letter("2024Z00001")


def test_a_letter_is_found_by_the_number_under_which_it_was_published(
    tmp_path: Path, words_encoder: Encoder, make_letter: Callable[..., Letter], small_index: Path
) -> None:
    index = shutil.copytree(small_index, tmp_path / "index")
    generation = Archive(index).current
    assert generation is not None
    with Catalogue(generation / "catalogue.sqlite", writable=True) as catalogue:
        catalogue.add_letter(make_letter(reference="2024Z00004", publication="ah-tk-20232024-1314"), "a.pdf", [])
    desk = Desk(Assistant(Archive(index).open(), words_encoder))
    found = desk.find_letter("ah-tk-20232024-1314")
    assert found is not None
    assert found.letter_id == "2024Z00004"
    assert desk.find_letter("ah-tk-20232024-1315") is None


def test_every_answer_is_checked_against_its_source(small: Assistant) -> None:
    desk = Desk(small)
    hit = small.pair("2024Z00002/vraag-1")
    assert hit is not None
    assert desk.is_verbatim(hit) is True


def test_what_can_be_chosen_is_counted(small: Assistant) -> None:
    choices = choices_of(small)
    assert choices.facets["partij"] == (("ABC", 3),)
    assert choices.count == 3
    form = render_choice(choices, read_address("?partij=ABC"), DUTCH)
    assert form is not None
    assert '<option value="ABC" selected lang="nl">ABC (3)</option>' in form


def test_a_choice_that_no_letter_has_stays_visible(small: Assistant) -> None:
    form = render_choice(choices_of(small), read_address("?partij=%3Cscript%3E"), DUTCH)
    assert form is not None
    assert "&lt;script&gt;" in form
    assert "<script>" not in form


def test_filters_of_an_address_reach_the_search() -> None:
    filters = read_filters(read_address("?partij=ABC&van=2022-01-01&kamerlid=Jansen"))
    assert (filters.party, filters.after, filters.asker, filters.minister) == ("ABC", "2022-01-01", "Jansen", None)
    assert not read_filters(read_address("?q=a"))


def test_examples_are_questions_that_stand_alone_from_different_letters(small: Assistant) -> None:
    examples = pick_examples(small.letters())
    assert "Hoeveel nachttreinen rijden er naar Wenen?" in examples
    assert "Hoeveel wolven leven er op de Veluwe?" in examples
    assert "Bent u bereid een wolvenhek te vergoeden?" not in examples


def test_a_conversation_is_drawn_from_its_address_alone(small: Assistant) -> None:
    talk = Conversation(Desk(small), Frame(DUTCH))
    messages, address = talk.ask("Hoeveel wolven leven er op de Veluwe?", read_address(""))
    assert [message.role for message in messages] == ["user", "assistant"]
    assert address.query() == WOLVES
    assert talk.messages(read_address(WOLVES)) == messages
    refused, unchanged = talk.ask("   ", address)
    assert len(refused) == 3
    assert unchanged == address


def test_an_answer_that_points_elsewhere_brings_its_target(
    tmp_path: Path, words_encoder: Encoder, write_letter: Callable[..., Path]
) -> None:
    pairs = [
        ("Hoeveel nachttreinen rijden er naar Wenen?", "Er rijden vijf nachttreinen."),
        ("Zijn vijf nachttreinen genoeg voor alle reizigers?", "Zie het antwoord op vraag 1."),
    ]
    build_index([write_letter(tmp_path / "treinen.txt", pairs)], tmp_path / "index", words_encoder)
    assistant = Assistant(Archive(tmp_path / "index").open(), words_encoder)
    pointing = assistant.pair("2024Z00001/vraag-2")
    assert pointing is not None
    result = Answered("Zijn vijf genoeg?", "Zijn vijf genoeg?", 0.9, assistant.coverage, (pointing,))
    around = look_around(assistant, result)
    assert [target.questions[0].number for target in around.targets] == [1]
    assert around.next_questions == ("Hoeveel nachttreinen rijden er naar Wenen?",)
    assert "Waarnaar verwezen wordt: antwoord op vraag 1" in render_result(result, Address(), Frame(DUTCH), around)
