"""Cutting: several views on each pair, whole sentences, never more than the model reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encoders.base import Encoder
from index.passages import cut_letter, split_sentences
from index.records import Letter, Passage, View

MakeLetter = Callable[..., Letter]

SHOWN = "Op dit moment is er (nog) geen sprake van één systeem. Er zijn bedrijven die dat aanbieden. Dat weet u."


def sentences(text: str) -> list[str]:
    return [text[sentence.start : sentence.end] for sentence in split_sentences(text)]


def cut(letter: Letter, max_tokens: int = 60) -> list[Passage]:
    return cut_letter(letter, count_words, max_tokens)


def count_words(texts: Sequence[str]) -> list[int]:
    """Count a token a character of a word and one for the space before it: more tokens than any model makes."""
    return [len(text) + 2 for text in texts]


def views(passages: Sequence[Passage], view: View) -> list[str]:
    return [passage.text for passage in passages if passage.view is view]


@pytest.mark.parametrize(
    "text",
    [
        "Zie o.a. het rapport van dhr. Jansen.",
        "Het kost 5,4 mln. euro per jaar.",
        "Dat staat in art. 3 van de wet.",
        "Zij zijn d.m.v. een brief ingelicht.",
    ],
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert sentences(text) == [text]


def test_a_full_stop_before_a_capital_ends_a_sentence() -> None:
    assert sentences(SHOWN) == [
        "Op dit moment is er (nog) geen sprake van één systeem.",
        "Er zijn bedrijven die dat aanbieden.",
        "Dat weet u.",
    ]


def test_a_row_of_a_list_is_a_sentence_of_its_own() -> None:
    text = "Het gaat om:\n- de eerste maatregel\n- de tweede maatregel\n\nDat is alles."
    assert sentences(text) == ["Het gaat om:", "- de eerste maatregel", "- de tweede maatregel", "Dat is alles."]


def test_nothing_holds_no_sentence() -> None:
    assert sentences("") == sentences(" \n\n ") == []


@settings(deadline=None)
@given(st.text(st.sampled_from("aB .?!:\n\t«»’0\u2028\u00a0é"), max_size=80))
def test_sentences_stand_in_order_and_cover_all_but_white_space(text: str) -> None:
    found = split_sentences(text)
    covered = "".join(text[sentence.start : sentence.end] for sentence in found)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert all(text[sentence.start : sentence.end].strip() == text[sentence.start : sentence.end] for sentence in found)


def test_a_pair_is_shown_from_three_sides(make_letter: MakeLetter) -> None:
    passages = cut(make_letter([("Hoe werkt dat?", SHOWN)], subject="krediet"), 500)
    assert views(passages, View.QUESTION) == ["krediet: Hoe werkt dat?"]
    assert views(passages, View.BOTH) == [f"krediet: Hoe werkt dat? {SHOWN}"]
    assert views(passages, View.WINDOW) == [
        "krediet: Op dit moment is er (nog) geen sprake van één systeem. Er zijn bedrijven die dat aanbieden.",
        "krediet: Er zijn bedrijven die dat aanbieden. Dat weet u.",
    ]


def test_offsets_point_at_the_words_that_a_passage_shows(make_letter: MakeLetter) -> None:
    for passage in cut(make_letter([("Hoe werkt dat?", SHOWN)]), 500):
        assert passage.text.endswith(SHOWN[passage.start_char : passage.end_char])
        assert (passage.start_char == passage.end_char) is (passage.view is View.QUESTION)


def test_every_passage_leads_to_its_pair(make_letter: MakeLetter) -> None:
    letter = make_letter([("Een?", "Ja."), (["Twee?", "Drie?"], "Nee."), ("Vier?", "Soms.")])
    assert list(dict.fromkeys(passage.pair_id for passage in cut(letter))) == [
        "2024Z00001/vraag-1",
        "2024Z00001/vraag-2",
        "2024Z00001/vraag-4",
    ]


def test_the_questions_of_a_joint_answer_are_searched_together(make_letter: MakeLetter) -> None:
    assert "nachttreinen: Twee? Drie?" in views(cut(make_letter([(["Twee?", "Drie?"], "Nee.")])), View.QUESTION)


def test_an_answer_of_one_word_is_kept(make_letter: MakeLetter) -> None:
    passages = cut(make_letter([("Bent u bereid?", "Ja.")]))
    assert [passage.view for passage in passages] == [View.QUESTION, View.BOTH, View.WINDOW]


def test_a_pair_without_answer_is_found_by_its_question(make_letter: MakeLetter) -> None:
    assert [passage.view for passage in cut(make_letter([("Bent u bereid?", "")]))] == [View.QUESTION]


def test_a_letter_without_subject_has_no_empty_context(make_letter: MakeLetter) -> None:
    passages = cut(make_letter([("Bent u bereid?", "Ja.")], subject=""))
    assert views(passages, View.QUESTION) == ["Bent u bereid?"]
    assert views(passages, View.WINDOW) == ["Ja."]


def test_a_long_answer_is_cut_after_a_whole_sentence(make_letter: MakeLetter) -> None:
    passages = cut(make_letter([("Hoe?", SHOWN)], subject=""), 70)
    assert views(passages, View.BOTH) == ["Hoe? Op dit moment is er (nog) geen sprake van één systeem."]


def test_a_long_sentence_is_cut_after_a_whole_word(make_letter: MakeLetter) -> None:
    passages = cut(make_letter([("Hoe?", SHOWN)], subject=""), 30)
    assert views(passages, View.BOTH) == ["Hoe? Op dit moment is er"]


def test_a_window_is_never_cut_inside_a_sentence_when_it_fits(make_letter: MakeLetter) -> None:
    found = {passage.text for passage in cut(make_letter([("Hoe?", SHOWN)], subject=""), 70)}
    assert "Er zijn bedrijven die dat aanbieden. Dat weet u." in found


@pytest.mark.parametrize("question", ["w" * 3000, "woord " * 900, "㈱" * 400], ids=["a word", "words", "wide letters"])
def test_whatever_a_letter_holds_fits_the_real_model(
    make_letter: MakeLetter, bundled_encoder: Encoder, question: str
) -> None:
    letter = make_letter([(question, question), (question, f"Kort. {question}")], subject=question)
    passages = cut_letter(letter, bundled_encoder.count_tokens, bundled_encoder.max_tokens)
    counts = bundled_encoder.count_tokens([passage.text for passage in passages])
    assert max(counts) <= bundled_encoder.max_tokens
    assert min(len(passage.text) for passage in passages) > 2


@settings(deadline=None, max_examples=60)
@given(
    question=st.text(st.sampled_from("ab .?\n㈱"), min_size=1, max_size=90).filter(str.strip),
    answer=st.text(st.sampled_from("ab .A\n㈱"), max_size=150),
    subject=st.text(st.sampled_from("ab "), max_size=60),
    max_tokens=st.integers(20, 70),
)
def test_every_passage_fits_and_shows_what_it_says(
    make_letter: MakeLetter, question: str, answer: str, subject: str, max_tokens: int
) -> None:
    letter = make_letter([(question, answer)], subject=subject.strip())
    for passage in cut_letter(letter, count_words, max_tokens):
        assert count_words([passage.text])[0] <= max_tokens
        assert passage.text.endswith(answer[passage.start_char : passage.end_char])


def test_the_letter_that_ships_is_covered_by_its_windows(bundled_letter: Letter, bundled_encoder: Encoder) -> None:
    passages = cut_letter(bundled_letter, bundled_encoder.count_tokens, bundled_encoder.max_tokens)
    for pair in bundled_letter.pairs:
        windows = [p for p in passages if p.view is View.WINDOW and p.pair_id.endswith(f"-{pair.numbers[0]}")]
        reached = 0
        for window in windows:
            assert not pair.answer.text[reached : window.start_char].strip()
            reached = max(reached, window.end_char)
        assert not pair.answer.text[reached:].strip()
