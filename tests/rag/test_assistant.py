"""The front door: the minister's own words, or an honest no; the same every time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from index.archive import Archive, Generation
from index.build import build_index
from index.encoders import BUNDLED_NAME
from index.encoders.base import Encoder
from index.errors import IndexMismatchError, IndexNotFoundError, QueryError
from index.records import Letter
from index.settings import Settings
from rag import Answered, Assistant, NotAnswered
from rag.assistant import DEFAULT_HITS, MAX_QUESTION_CHARS
from rag.results import Match

QUESTION = "Hoe werkt het sociaal kredietsysteem in China?"

CheckContract = Callable[[dict[str, Any]], None]
WriteLetter = Callable[..., Path]


@pytest.fixture(scope="module")
def small(small_generation: Generation, words_encoder: Encoder) -> Assistant:
    return Assistant(small_generation, words_encoder)


def test_the_answer_is_the_letters_own_words(assistant: Assistant, bundled_letter: Letter) -> None:
    result = assistant.ask(QUESTION)
    assert isinstance(result, Answered)
    hit = result.hits[0]
    assert hit.id == "2022Z11285/vraag-4"
    assert hit.answer == bundled_letter.pairs[3].answer
    assert hit.answer.text.startswith(
        "Op dit moment is er (nog) geen sprake van één centraal sociaal kredietsysteem in China."
    )
    assert hit.questions[0].text.startswith("Hoe werkt het ‘sociaal kredietsysteem’ in China?")
    assert (hit.letter, hit.joint) == (bundled_letter, False)


def test_a_question_in_english_finds_the_same_answer(assistant: Assistant) -> None:
    result = assistant.ask("How does the social credit system in China work?")
    assert result.answered
    assert result.hits[0].id == "2022Z11285/vraag-4"


@pytest.mark.parametrize("query", ["Wanneer rijdt de eerste nachttrein naar Wenen?", "Hoe bak ik een appeltaart?"])
def test_what_no_letter_answers_is_declined_with_near_misses(assistant: Assistant, query: str) -> None:
    result = assistant.ask(query)
    assert isinstance(result, NotAnswered)
    assert result.confidence < 0.5
    assert {hit.match for hit in result.hits} == {Match.ZWAK}


@pytest.mark.parametrize("query", [QUESTION, "Wat vindt het kabinet van surveillance?", "appeltaart", "Xinjiang"])
def test_every_result_keeps_the_contract(assistant: Assistant, check_contract: CheckContract, query: str) -> None:
    result = assistant.ask(query, hits=10)
    check_contract(json.loads(json.dumps(result.as_json())))
    assert len(result.hits) == 10
    assert (result.corpus.letters, result.corpus.answers) == (1, 10)


def test_every_question_of_the_letter_finds_its_own_answer(assistant: Assistant, bundled_letter: Letter) -> None:
    for pair in bundled_letter.pairs:
        result = assistant.ask(pair.questions[0].text)
        assert result.hits[0].questions == pair.questions
        assert result.answered


def test_a_question_in_the_letters_own_words_is_literal(assistant: Assistant) -> None:
    assert [hit.match for hit in assistant.ask(QUESTION).hits][1:] == [Match.VERWANT] * 2
    literal = assistant.ask("hoe werkt het «sociaal kredietsysteem» in China")
    assert literal.hits[0].match is Match.LETTERLIJK
    assert assistant.ask("How does the social credit system in China work?").hits[0].match is Match.VERWANT


def test_the_sentence_that_fits_best_is_marked(assistant: Assistant) -> None:
    def marked(query: str) -> str:
        hit = assistant.ask(query).hits[0]
        assert hit.id == "2022Z11285/vraag-4"
        return hit.answer.text[hit.highlight.start : hit.highlight.end]

    assert "kredietscore" in marked("Welke bedrijven in China geven gebruikers een individuele kredietscore via apps?")
    assert "ambassade" in marked("Hoe houdt de ambassade in China contact over het sociaal kredietsysteem?")


def test_notes_come_with_their_place_and_text(assistant: Assistant, bundled_letter: Letter) -> None:
    hit = assistant.pair("2022Z11285/vraag-2")
    assert hit is not None
    [note] = hit.notes
    assert hit.answer.text[: note.offset].endswith("Recente berichtgeving")
    assert (note.marker, note.text) == ("1", bundled_letter.footnotes[0].text)
    assert note.links
    assert note.links[0].startswith("https://www.scmp.com/")


def test_hits_are_as_many_as_asked(assistant: Assistant) -> None:
    assert len(assistant.ask(QUESTION).hits) == 3
    assert len(assistant.ask(QUESTION, hits=1).hits) == 1
    assert len(assistant.ask(QUESTION, hits=100).hits) == 10


@pytest.mark.parametrize(
    ("shouted", "said"),
    [
        ("HOE WERKT HET SOCIAAL KREDIETSYSTEEM IN CHINA?", QUESTION),
        ("KREDIETSYSTEEM", "kredietsysteem"),
        ("Hoe werkt het sociaal krediet\u00adsysteem in China?", QUESTION),
    ],
)
def test_capitals_and_soft_hyphens_do_not_hide_the_answer(assistant: Assistant, shouted: str, said: str) -> None:
    loud, quiet = assistant.ask(shouted), assistant.ask(said)
    assert loud.answered
    assert quiet.answered
    assert loud.hits[0].id == quiet.hits[0].id == "2022Z11285/vraag-4"


@pytest.mark.parametrize(
    "asked", ["antwoord 2 van 2024Z00002", "2024Z00002 answer 2", "question 2 of the letter 2024Z00002"]
)
def test_a_pair_is_named_by_its_number_in_dutch_and_english(small: Assistant, asked: str) -> None:
    result = small.ask(asked)
    assert (result.answered, [hit.id for hit in result.hits]) == (True, ["2024Z00002/vraag-2"])


def test_a_name_in_quotation_marks_is_looked_for_among_who_asked_and_answered_what(small: Assistant) -> None:
    letter = small.letter("2024Z00002")
    assert letter is not None
    for named in (letter.askers[0].name, letter.answered_by[0].partition(" (")[0], "Veluwe"):
        result = small.ask(f'Wat zei "{named}" over wolven?')
        assert (result.notice, bool(result.hits)) == (None, True), named
    assert small.ask('Wat zei "Pietersen" over wolven?').notice is not None


def test_what_is_not_said_is_the_same_in_python_and_in_the_settings() -> None:
    settings = Settings()
    assert (settings.hits, settings.max_question_chars) == (DEFAULT_HITS, MAX_QUESTION_CHARS)
    assert settings.model == signature(Assistant.open).parameters["model"].default == BUNDLED_NAME


def test_a_turn_before_that_is_too_long_is_refused(small: Assistant) -> None:
    with pytest.raises(QueryError, match="has 2001 characters, at most 2000"):
        small.ask("En in Wenen?", previous=["x" * 2001])


@pytest.mark.parametrize("hits", [0, -1])
def test_at_least_one_hit_is_asked(small: Assistant, hits: int) -> None:
    with pytest.raises(ValueError, match="at least one hit"):
        small.ask("wolven", hits=hits)


@pytest.mark.parametrize(
    "text",
    [
        "lorem ipsum dolor sit amet " * 70,
        "boterham met kaas " * 40,
        "a " * 900,
        "How do I repair the chain of my bicycle? It falls off each time I shift gears on the hill. " * 15,
        "Schil eerst de appels en snijd ze in blokjes. Meng ze met kaneel, rozijnen en een eetlepel suiker. Kneed de "
        "boter met de bloem, een ei en wat zout tot een soepel deeg en laat het een half uur rusten in de koelkast. "
        "Vet een springvorm in, bekleed hem met twee derde van het deeg, vul hem met de appels en leg er repen deeg "
        "over. Bak de taart in een uur goudbruin op 175 graden. Hoe lang kan ik hem bewaren? Kan hij in de vriezer?",
    ],
    ids=lambda text: text[:12].strip(),
)
def test_no_text_is_answered_for_being_long(assistant: Assistant, text: str) -> None:
    assert not assistant.ask(text).answered


def test_one_text_is_no_list_of_earlier_questions(small: Assistant) -> None:
    with pytest.raises(TypeError, match="write \\[text\\]"):
        small.ask("En in Rusland?", previous="Hoeveel wolven?")


@pytest.mark.parametrize("query", ["", " \n\t ", "?!…", "«»", "\x00\x1b", "\u200b\u202e", "👍"])
def test_an_empty_question_is_refused(small: Assistant, query: str) -> None:
    with pytest.raises(QueryError, match="the question is empty"):
        small.ask(query)


def test_a_question_that_is_too_long_is_refused(small: Assistant) -> None:
    with pytest.raises(QueryError, match="the question has 10000 characters, at most 2000 are searched; shorten it"):
        small.ask("wolf " * 2000)


def test_how_long_a_question_may_be_can_be_set(small_generation: Generation, words_encoder: Encoder) -> None:
    strict = Assistant(small_generation, words_encoder, max_question_chars=20)
    assert strict.ask("x" * 20).query == "x" * 20
    with pytest.raises(QueryError, match="at most 20"):
        strict.ask("x" * 21)


def test_the_longest_question_is_searched_by_the_real_model(assistant: Assistant) -> None:
    assert assistant.ask((QUESTION + " ") * 40).hits[0].id == "2022Z11285/vraag-4"


ODD = "Hoeveel\x00 wolven\x1b[2J leven\u202e er\n\nop de\ud800 Veluwe?"


def test_odd_characters_are_left_out_of_the_search(small: Assistant, check_contract: CheckContract) -> None:
    result = small.ask(ODD)
    assert result.searched_as == "Hoeveel wolven [2J leven er op de? Veluwe?"
    assert result.hits[0].id == "2024Z00002/vraag-1"
    json.dumps(result.as_json(), ensure_ascii=False).encode("utf-8")
    check_contract(result.as_json())


def test_a_follow_up_is_searched_with_the_question_before_it(small: Assistant) -> None:
    result = small.ask("En wie betaalt het?", previous=["Hoeveel huizen?", "Bent u bereid een wolvenhek te vergoeden?"])
    assert result.query == "En wie betaalt het?"
    assert result.searched_as == "Bent u bereid een wolvenhek te vergoeden? En wie betaalt het?"
    assert result.hits[0].id == "2024Z00002/vraag-2"


def test_turns_before_it_are_cleaned_as_well(small: Assistant) -> None:
    result = small.ask("En in Groningen?", previous=["Hoeveel\ud800 huizen\x00\nstaan er leeg?", " \x00 "])
    assert result.searched_as == "Hoeveel huizen staan er leeg? En in Groningen?"


def test_a_pair_is_found_by_its_address(small: Assistant) -> None:
    hit = small.pair("2024Z00002/vraag-2")
    assert hit is not None
    assert (hit.id, hit.answer.text) == ("2024Z00002/vraag-2", "Ja.")


@pytest.mark.parametrize(
    "pair_id", ["2024Z00002/vraag-9", "2024Z99999/vraag-1", "2024Z00002", "", "/vraag-1", "x/vraag-"]
)
def test_an_address_that_leads_nowhere_is_none(small: Assistant, pair_id: str) -> None:
    assert small.pair(pair_id) is None


def test_letters_can_be_walked_and_found(small: Assistant) -> None:
    assert sorted(letter.letter_id for letter in small.letters()) == ["2024Z00001", "2024Z00002", "2024Z00003"]
    letter = small.letter("2024Z00003")
    assert letter is not None
    assert letter.subject == "leegstand in Groningen"
    assert small.letter("2024Z99999") is None


def test_the_source_of_a_letter_is_known(small: Assistant, small_index: Path) -> None:
    assert small.source_path("2024Z00003") == small_index.parent / "letters" / "huizen.txt"
    assert small.source_path("2024Z99999") is None


def test_what_the_index_covers_is_said(small: Assistant) -> None:
    assert (small.coverage.letters, small.coverage.answers) == (3, 5)


def test_an_index_of_another_model_is_refused(
    small_index: Path, small_generation: Generation, bundled_encoder: Encoder
) -> None:
    with pytest.raises(IndexMismatchError, match=f"{small_index}: built with model words@1, asked with .*--model"):
        Assistant(small_generation, bundled_encoder)
    with pytest.raises(IndexMismatchError, match="words@1"):
        Assistant.open(small_index)


def test_a_missing_index_is_said(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError, match="make it with: kamerantwoord build letters"):
        Assistant.open(tmp_path / "gone")


def test_the_same_question_gives_the_same_answer(
    assistant: Assistant, real_index: Path, bundled_encoder: Encoder
) -> None:
    again = Assistant(Archive(real_index).open(), bundled_encoder)
    for query in (QUESTION, "Xinjiang", "How are minorities watched?"):
        first = json.dumps(assistant.ask(query).as_json())
        assert json.dumps(assistant.ask(query).as_json()) == first
        assert json.dumps(again.ask(query).as_json()) == first


def test_threads_can_share_an_assistant(assistant: Assistant) -> None:
    queries = [QUESTION, "Wat is de rol van de ambassade?", "Xinjiang Police Files"]
    alone = [json.dumps(assistant.ask(query).as_json()) for query in queries]
    together: list[list[str]] = []

    def ask_all() -> None:
        together.append([json.dumps(assistant.ask(query).as_json()) for query in queries])

    threads = [threading.Thread(target=ask_all) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [alone] * 6


def test_a_generation_has_a_name_of_its_own(small: Assistant, small_generation: Generation) -> None:
    assert small.generation == small_generation.folder.name


def test_an_index_that_is_the_newest_is_not_opened_again(small: Assistant) -> None:
    assert small.reopened() is None


def test_a_newer_generation_is_opened_with_the_model_in_memory(
    tmp_path: Path, words_encoder: Encoder, write_letter: WriteLetter
) -> None:
    trains = write_letter(tmp_path / "treinen.txt")
    wolves = [("Hoeveel wolven leven er op de Veluwe?", "Op de Veluwe leven zeventig wolven.")]
    build_index([trains], tmp_path / "index", words_encoder)
    old = Assistant(Archive(tmp_path / "index").open(), words_encoder, max_question_chars=40)
    more = write_letter(tmp_path / "wolven.txt", wolves, number="2024Z00002")
    build_index([trains, more], tmp_path / "index", words_encoder)
    # No model has the name of the quick encoder: loading it once more would fail.
    new = old.reopened()
    assert new is not None
    assert (old.coverage.letters, new.coverage.letters) == (1, 2)
    assert new.ask(wolves[0][0]).hits[0].id == "2024Z00002/vraag-1"
    assert "2024Z00002/vraag-1" not in [hit.id for hit in old.ask(wolves[0][0]).hits]
    assert new.reopened() is None
    with pytest.raises(QueryError, match="at most 40"):
        new.ask("a" * 41)


def test_a_newer_generation_of_another_model_is_refused(
    tmp_path: Path, words_encoder: Encoder, write_letter: WriteLetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    trains = write_letter(tmp_path / "treinen.txt")
    build_index([trains], tmp_path / "index", words_encoder)
    old = Assistant(Archive(tmp_path / "index").open(), words_encoder)
    with monkeypatch.context() as patched:
        patched.setattr(type(words_encoder), "model_id", "words@2")
        build_index([trains], tmp_path / "index", words_encoder)
    with pytest.raises(IndexMismatchError, match="built with model words@2, asked with words@1"):
        old.reopened()
    assert old.ask("Hoeveel nachttreinen rijden er naar Wenen?").hits
