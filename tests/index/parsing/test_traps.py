"""Each trap of a real letter once, in a short letter of our own, as text, PDF and Word file."""

from __future__ import annotations

import pytest

from index.parsing import parse_with_account
from index.reading import read_bytes
from index.records import Kind, Letter
from tests.proof import objections
from tests.typesetting.plain import FORMATS

EVERY_FORMAT = pytest.mark.parametrize("form", sorted(FORMATS))


def parsed(form: str, body: str, notes: dict[str, str] | None = None) -> Letter:
    """Typeset a letter, read it again; its account must be settled and its words its own."""
    document = read_bytes(FORMATS[form](body, notes), f"letter.{form}")
    letter, account = parse_with_account(document)
    assert account.settled, (account.leftover, account.twice)
    assert objections(letter, document) == []
    return letter


def answers(letter: Letter) -> dict[tuple[int, ...], str]:
    return {pair.numbers: pair.answer.text for pair in letter.pairs}


def questions(letter: Letter) -> dict[int, str]:
    return {question.number: question.text for pair in letter.pairs for question in pair.questions}


HEADINGS = [
    ("Vraag 1", "Antwoord 1"),
    ("Vraag 1:", "Antwoord 1:"),
    ("Vraag 1.", "Antwoord op vraag 1."),
    ("VRAAG 1", "ANTWOORD OP VRAAG 1"),
    ("Vraag nr. 1", "Antwoord op vraag nr. 1"),
    ("Vraag 1)", "Antwoord vraag 1"),
    ("*Vraag 1", "*Antwoord"),
    ("Vraag 1", "Antwoord:"),
    ("Vraag 1", "antwoord"),
    ("Vraag", "Antwoord"),
    ("1", "Antwoord"),
    ("1.", "Antwoord 1"),
    ("Vraag (1)", "Beantwoording vraag 1"),
]


@EVERY_FORMAT
@pytest.mark.parametrize(("question", "answer"), HEADINGS, ids=[f"{q} - {a}" for q, a in HEADINGS])
def test_headings_are_recognised_in_every_wording(form: str, question: str, answer: str) -> None:
    second = question.replace("1", "2"), answer.replace("1", "2")
    letter = parsed(
        form,
        f"{question}\nBent u bekend met het bericht?\n\n{answer}\nJa.\n\n"
        f"{second[0]}\nDeelt u de zorgen daarover?\n\n{second[1]}\nNee, ik deel die zorgen niet.\n",
    )
    assert questions(letter) == {1: "Bent u bekend met het bericht?", 2: "Deelt u de zorgen daarover?"}
    assert answers(letter) == {(1,): "Ja.", (2,): "Nee, ik deel die zorgen niet."}


@EVERY_FORMAT
@pytest.mark.parametrize(
    "style", ["Vraag {n}: {q}\n\nAntwoord {n}: {a}", "Vraag {n} {q}\n\nAntwoord {n} {a}", "{n}. {q}\n\nAntwoord: {a}"]
)
def test_a_heading_may_stand_in_the_line_of_its_text(form: str, style: str) -> None:
    body = "\n\n".join(
        style.format(n=n, q=q, a=a)
        for n, q, a in ((1, "Kent u het bericht?", "Ja."), (2, "Wat nu?", "Niets bijzonders."))
    )
    letter = parsed(form, body)
    assert questions(letter) == {1: "Kent u het bericht?", 2: "Wat nu?"}
    assert answers(letter) == {(1,): "Ja.", (2,): "Niets bijzonders."}


GROUPS = [
    ("Vraag 1, 2 en 3", "Antwoord 1, 2 en 3"),
    ("Vragen 1, 2 3", "Antwoord op vragen 1, 2 en 3"),
    ("Vraag 1 t/m 3", "Antwoord op de vragen 1 t/m 3"),
    ("Vragen 1 tot en met 3", "Antwoorden op vragen 1-3"),
    ("Vraag 1, 2, en 3", "Antwoord op vraag 1 en vraag 2 en vraag 3"),
    ("Vraag 1/2/3", "Antwoord 1 – 3"),
]


@EVERY_FORMAT
@pytest.mark.parametrize(("asked", "answered"), GROUPS)
def test_one_heading_may_stand_over_several_questions(form: str, asked: str, answered: str) -> None:
    letter = parsed(
        form,
        f"{asked}\nDeelt u de mening dat het beter kan? Zo nee, waarom niet?\nWelke maatregelen neemt u?\n"
        f"Kunt u een planning geven van de werkzaamheden?\n\n{answered}\nDat kan ik niet.\n",
    )
    assert questions(letter) == {
        1: "Deelt u de mening dat het beter kan? Zo nee, waarom niet?",
        2: "Welke maatregelen neemt u?",
        3: "Kunt u een planning geven van de werkzaamheden?",
    }
    assert answers(letter) == {(1, 2, 3): "Dat kan ik niet."}


@EVERY_FORMAT
def test_several_headings_may_stand_before_one_answer(form: str) -> None:
    letter = parsed(form, "Vraag 1\nWat nu?\n\nVraag 2\nEn dan?\n\nAntwoord\nDat zien we later.\n")
    assert answers(letter) == {(1, 2): "Dat zien we later."}


@EVERY_FORMAT
def test_an_answer_may_stand_far_from_its_question(form: str) -> None:
    letter = parsed(
        form,
        "Vraag 1\nWat nu?\n\nVraag 2\nEn dan?\n\nAntwoord op vraag 2\nDaarna niets.\n\n"
        "Vraag 3\nEn ten slotte?\n\nAntwoord op vraag 1 en 3\nVoorlopig ook niets.\n",
    )
    assert answers(letter) == {(2,): "Daarna niets.", (1, 3): "Voorlopig ook niets."}
    assert letter.warnings == ()


@EVERY_FORMAT
def test_an_answer_without_heading_is_found_after_its_question(form: str) -> None:
    letter = parsed(
        form,
        "Vraag 1\nKent u het bericht?\n\nAntwoord 1\nJa.\n\nVraag 2\nWat vindt u daarvan?\n\n"
        "Daar vind ik niets van.\n\nVraag 3\nEn dan?\n\nAntwoord 3\nDan niets.\n",
    )
    assert questions(letter)[2] == "Wat vindt u daarvan?"
    assert answers(letter)[(2,)] == "Daar vind ik niets van."
    assert letter.warnings == ("the answer to question 2 has no heading; it is read from the text after the question",)


@EVERY_FORMAT
def test_a_heading_quoted_in_an_answer_is_none(form: str) -> None:
    letter = parsed(
        form,
        "Vraag 1\nWat nu?\n\nAntwoord 1\nIk schreef eerder «\nVraag 1\nis beantwoord».\n\n"
        "Vraag 2\nEn dan?\n\nAntwoord 2\nIn uw eerdere brief stond:\n\nVraag 1\n\nDaar kom ik op terug.\n",
    )
    assert set(answers(letter)) == {(1,), (2,)}
    assert answers(letter)[(2,)].endswith("Daar kom ik op terug.")


@EVERY_FORMAT
def test_numbers_in_an_answer_are_no_questions(form: str) -> None:
    letter = parsed(
        form,
        "1\nWat nu?\n\nAntwoord\nDrie dingen:\n1. De dijk.\n2. Het water.\n3. De weg.\n\n"
        "2\nEn dan?\n\nAntwoord\nNiets.\n",
    )
    assert answers(letter) == {(1,): "Drie dingen:\n1. De dijk.\n2. Het water.\n3. De weg.", (2,): "Niets."}


@EVERY_FORMAT
def test_older_publications_put_all_answers_after_all_questions(form: str) -> None:
    letter = parsed(
        form,
        "1\nKent u het bericht?\n\n2\nWat vindt u daarvan?\n\n3\nEn dan?\n\nAntwoord\n\n"
        "Antwoord van minister Pietersen (Verkeer en Waterstaat) (Ontvangen 3 april 2007)\n\n"
        "1\nJa.\n\n2 en 3\nNiets.\n",
    )
    assert answers(letter) == {(1,): "Ja.", (2, 3): "Niets."}
    assert letter.date_answered == "2007-04-03"


@EVERY_FORMAT
def test_a_slip_in_the_number_of_an_answer_is_mended_and_said(form: str) -> None:
    letter = parsed(form, "Vraag 1\nWat nu?\n\nAntwoord 1\nNiets.\n\nVraag 2\nEn dan?\n\nAntwoord 1\nOok niets.\n")
    assert answers(letter) == {(1,): "Niets.", (2,): "Ook niets."}
    assert "«Antwoord 1»" in letter.warnings[0]


@EVERY_FORMAT
def test_gaps_doubles_and_open_questions_are_said(form: str) -> None:
    letter = parsed(
        form,
        "Vraag 1\nWat nu?\n\nAntwoord 1\nNiets.\n\nVraag 3\nEn dan?\n\nAntwoord 3\nJa.\n\n"
        "Vraag 3\nEn verder?\n\nAntwoord 3\nNee.\n\nVraag 4\nEn ten slotte?\n",
    )
    assert [question.number for question in letter.unanswered] == [4]
    assert [text for text in letter.warnings if "question" in text] == [
        "no question 2: the numbers have a gap",
        "question 3 stands more than once",
        "no answer found to question 4",
    ]


@EVERY_FORMAT
def test_an_answer_that_points_elsewhere_keeps_its_words_and_the_pointer(form: str) -> None:
    letter = parsed(
        form,
        "Vraag 1\nWat nu?\n\nAntwoord 1\nNiets.\n\nVraag 2\nEn dan?\n\nAntwoord 2\nZie het antwoord op vraag 1.\n\n"
        "Vraag 3\nEn nog?\n\nAntwoord 3\nIk verwijs u naar de antwoorden op de vragen 1 en 2.\n",
    )
    assert [pair.answer.points_to for pair in letter.pairs] == [(), (1,), (1, 2)]
    assert answers(letter)[(2,)] == "Zie het antwoord op vraag 1."


@pytest.mark.parametrize(
    ("said", "pointed_to"),
    [
        ("Zie het antwoord op vraag 1 en de antwoorden op de vragen 3 tot en met 5.", (1, 3, 4, 5)),
        ("Zie mijn antwoord op vraag 1 en mijn antwoord op vraag 3.", (1, 3)),
        ("Zie de beantwoording van vraag 3 en vraag 1.", (3, 1)),
        ("Zie het antwoord op vraag 1 en op de vragen 3 en 4.", (1, 3, 4)),
        ("Zie de antwoorden op de vragen 1 t/m 3 en 5. Zie het antwoord op vraag 4.", (1, 2, 3, 5, 4)),
        ("Zie het antwoord op vraag 1. Dat geldt voor 5 gemeenten.", (1,)),
    ],
)
def test_every_question_that_an_answer_points_to_is_read(said: str, pointed_to: tuple[int, ...]) -> None:
    before = "".join(f"Vraag {n}\nWat is punt {n}?\n\nAntwoord {n}\nDit is punt {n}.\n\n" for n in range(1, 6))
    letter = parsed("txt", f"{before}Vraag 6\nEn dan?\n\nAntwoord 6\n{said}\n")
    assert letter.pairs[-1].answer.points_to == pointed_to


@EVERY_FORMAT
def test_marks_are_told_from_figures(form: str) -> None:
    letter = parsed(
        form,
        "Vraag 1\nKent u de richtlijn NIS2⟦1⟧ en het artikel van 14 juli 2023⟦2⟧ over CO2?\n\n"
        "Antwoord 1\nJa.⟦3⟧ De uitstoot van CO2 daalt op 100 m2 dak.\n",
        {"1": "Richtlijn (EU) 2022/2555.", "2": "NOS, 14 juli 2023.", "3": "Kamerstuk 31 865, nr. 207."},
    )
    assert questions(letter)[1] == "Kent u de richtlijn NIS2 en het artikel van 14 juli 2023 over CO2?"
    assert answers(letter)[(1,)] == "Ja. De uitstoot van CO2 daalt op 100 m2 dak."
    assert [(note.marker, note.referred_in) for note in letter.footnotes] == [
        ("1", "question 1"), ("2", "question 1"), ("3", "answer 1")
    ]  # fmt: skip


@EVERY_FORMAT
def test_typed_notes_stand_under_their_question_or_in_a_list_at_the_end(form: str) -> None:
    letter = parsed(
        form,
        "Vraag 1\nKent u het bericht over de dijk? [1]\n\n[1] NOS, 3 mei 2024, «Dijk te zwak».\n\nAntwoord 1\nJa.\n\n"
        "Vraag 2\nEn het rapport[2]?\n\nAntwoord 2\nOok dat.\n\n[2] Kamerstuk 31 865, nr. 207.\n",
    )
    assert questions(letter) == {1: "Kent u het bericht over de dijk?", 2: "En het rapport?"}
    assert answers(letter)[(2,)] == "Ook dat."
    assert [(note.marker, note.text) for note in letter.footnotes] == [
        ("[1]", "NOS, 3 mei 2024, «Dijk te zwak»."), ("[2]", "Kamerstuk 31 865, nr. 207.")
    ]  # fmt: skip
    assert letter.unresolved == ()


@EVERY_FORMAT
def test_a_mark_without_note_is_reported(form: str) -> None:
    letter = parsed(form, "Vraag 1\nKent u het bericht[1] en het rapport?[2]\n\nAntwoord 1\nJa.\n")
    assert letter.unresolved == ("[1]", "[2]")
    assert "[1], [2]" in letter.warnings[0]


@EVERY_FORMAT
def test_raised_figures_of_their_own_are_marks(form: str) -> None:
    letter = parsed(form, "Vraag 1\nKent u het bericht¹ over 12 km² dijk?\n\nAntwoord 1\nJa.\n")
    assert questions(letter)[1] == "Kent u het bericht over 12 km² dijk?"
    assert letter.unresolved == ("1",)


@EVERY_FORMAT
def test_lists_stay_readable(form: str) -> None:
    letter = parsed(
        form, "Vraag 1\nWat doet u?\n\nAntwoord 1\nIk doe het volgende:\n- de dijk;\n- het water.\n\nDat is alles.\n"
    )
    assert answers(letter)[(1,)] == "Ik doe het volgende:\n- de dijk;\n- het water.\n\nDat is alles."


@EVERY_FORMAT
def test_a_notice_stands_as_what_it_is(form: str) -> None:
    letter = parsed(
        form,
        "Vraag 1\nWat nu?\n\nVraag 2\nEn dan?\n\n"
        "Mededeling\nDe vragen kunnen niet binnen de gebruikelijke termijn worden "
        "beantwoord. Ik streef naar spoed.\n",
    )
    assert letter.kind is Kind.MEDEDELING
    assert list(answers(letter)) == [(1, 2)]
    assert answers(letter)[(1, 2)].startswith("De vragen kunnen niet")


@EVERY_FORMAT
def test_an_explanation_by_the_askers_is_no_answer(form: str) -> None:
    letter = parsed(
        form,
        "Vraag 1\nWat nu?\n\nAntwoord 1\nNiets.\n\nToelichting:\n"
        "Deze vragen dienen ter aanvulling op eerdere vragen van het lid Jansen (VVD), ingezonden 1 mei 2024.\n",
    )
    assert answers(letter) == {(1,): "Niets."}


@EVERY_FORMAT
def test_two_sets_of_questions_in_one_letter_are_both_read(form: str) -> None:
    one = "Vraag 1\nWat nu?\n\nAntwoord 1\nNiets.\n\nVraag 2\nEn dan?\n\nAntwoord 2\nJa.\n\n"
    two = "Vraag 1\nWie doet dat?\n\nAntwoord 1\nIk.\n\nVraag 2\nWanneer?\n\nAntwoord 2\nMorgen.\n"
    letter = parsed(form, f"{one}Antwoorden op vragen van het lid De Vries (D66) over water.\n\n{two}")
    assert [pair.answer.text.split("\n")[0] for pair in letter.pairs] == ["Niets.", "Ja.", "Ik.", "Morgen."]


@EVERY_FORMAT
def test_a_sentence_that_only_begins_like_a_heading_is_text(form: str) -> None:
    letter = parsed(
        form,
        "Vraag 1\nWat nu?\n\nAntwoord 1\nVraag 1 en 2 gaan over hetzelfde. Antwoord op die vragen volgt later.\n"
        "Antwoord op de motie volgt ook.\nVraag is of dat helpt.\n",
    )
    assert list(answers(letter)) == [(1,)]
    assert answers(letter)[(1,)].startswith("Vraag 1 en 2 gaan")


@EVERY_FORMAT
@pytest.mark.parametrize("heading", ["Antwoord", "Antwoord {n}"])
def test_questions_listed_beforehand_are_not_open(form: str, heading: str) -> None:
    asked = ["Kent u het bericht?", "Wat vindt u daarvan?", "En dan?"]
    listed = "\n\n".join(f"Vraag {n}\n{text}" for n, text in enumerate(asked, start=1))
    answered = "\n\n".join(
        f"Vraag {n}\n{text}\n\n{heading.format(n=n)}\nDat is {n}." for n, text in enumerate(asked, start=1)
    )
    letter = parsed(form, f"{listed}\n\n{answered}\n")
    assert answers(letter) == {(1,): "Dat is 1.", (2,): "Dat is 2.", (3,): "Dat is 3."}
    assert letter.unanswered == ()


TITLED = (
    "{questions}\n\n"
    "Antwoord van Staatssecretaris De Wit (Volksgezondheid, Welzijn en Sport) (ontvangen 3 maart 2010)\n\n"
    "{answers}\n"
)
NUMBERINGS = pytest.mark.parametrize("number", ["{n}\n", "{n}. "], ids=["alone", "before the text"])


@EVERY_FORMAT
@NUMBERINGS
def test_the_title_over_the_answers_may_be_their_only_heading(form: str, number: str) -> None:
    asked, said = ("Kent u het bericht?", "Wat vindt u daarvan?", "En dan?"), ("Ja.", "Niets.", "Dan niets.")
    questions_part, answers_part = (
        "\n\n".join(number.format(n=n) + text for n, text in enumerate(texts, start=1)) for texts in (asked, said)
    )
    letter = parsed(form, TITLED.format(questions=questions_part, answers=answers_part))
    assert questions(letter) == dict(enumerate(asked, start=1))
    assert answers(letter) == {(1,): "Ja.", (2,): "Niets.", (3,): "Dan niets."}
    assert letter.answered_by == ("De Wit (Volksgezondheid, Welzijn en Sport)",)
    assert letter.date_answered == "2010-03-03"


@EVERY_FORMAT
def test_a_single_question_may_have_its_answer_under_the_title(form: str) -> None:
    letter = parsed(form, TITLED.format(questions="1\nKent u het bericht?", answers="1\nJa."))
    assert answers(letter) == {(1,): "Ja."}
    assert letter.date_answered == "2010-03-03"


@EVERY_FORMAT
@pytest.mark.parametrize("quoted", [1, 2, 3])
def test_an_answer_quoted_under_the_title_over_the_answers_is_no_heading(form: str, quoted: int) -> None:
    letter = parsed(
        form,
        TITLED.format(
            questions="1\nKent u het bericht?\n\n2\nWat vindt u daarvan?\n\n3\nEn dan?",
            answers=f"1\nJa.\n\n2\nEerder schreef ik u.\n\nAntwoord {quoted}: Dat weet ik niet.\n\n3\nNiets.",
        ),
    )
    assert answers(letter) == {
        (1,): "Ja.", (2,): f"Eerder schreef ik u.\n\nAntwoord {quoted}: Dat weet ik niet.", (3,): "Niets."
    }  # fmt: skip


@EVERY_FORMAT
def test_a_title_of_answers_named_within_an_answer_is_text(form: str) -> None:
    title = "Antwoord van minister Pietersen (Financiën) (ontvangen 3 april 2007)"
    letter = parsed(
        form, f"1\nWat nu?\n\nAntwoord\nIk gaf eerder dit.\n\n{title}\n\n1. Ja.\n\n2\nEn dan?\n\nAntwoord\nNiets.\n"
    )
    assert answers(letter) == {(1,): f"Ik gaf eerder dit.\n\n{title}\n\n1. Ja.", (2,): "Niets."}


@EVERY_FORMAT
@pytest.mark.parametrize("heading", ["Antwoord vraag 2a en 2b", "Antwoord op vraag 2a, 2b", "Antwoord 2"])
def test_the_parts_of_a_question_get_their_joint_answer(form: str, heading: str) -> None:
    letter = parsed(
        form,
        "Vraag 1\nKent u het bericht?\n\nAntwoord vraag 1\nJa.\n\nVraag 2a\nWat vindt u daarvan?\n\n"
        f"Vraag 2b\nWat doet u daaraan?\n\n{heading}\nNiets.\n\nVraag 3\nEn dan?\n\nAntwoord vraag 3\nDan niets.\n",
    )
    assert [[question.text for question in pair.questions] for pair in letter.pairs] == [
        ["Kent u het bericht?"], ["Wat vindt u daarvan?", "Wat doet u daaraan?"], ["En dan?"]
    ]  # fmt: skip
    assert [pair.answer.text for pair in letter.pairs] == ["Ja.", "Niets.", "Dan niets."]
    assert letter.unanswered == ()


@EVERY_FORMAT
def test_parts_that_are_answered_apart_stay_apart(form: str) -> None:
    letter = parsed(
        form,
        "Vraag 2a\nWat vindt u daarvan?\n\nAntwoord vraag 2a\nNiets.\n\n"
        "Vraag 2b\nWat doet u daaraan?\n\nAntwoord vraag 2b\nDat weet ik niet.\n",
    )
    assert [(pair.questions[0].text, pair.answer.text) for pair in letter.pairs] == [
        ("Wat vindt u daarvan?", "Niets."), ("Wat doet u daaraan?", "Dat weet ik niet.")
    ]  # fmt: skip


@EVERY_FORMAT
def test_a_single_question_that_is_asked_twice_gets_one_answer(form: str) -> None:
    letter = parsed(form, "Vraag 1\nKent u het bericht?\n\nVraag 1\nKent u het bericht?\n\nAntwoord 1\nJa.\n")
    assert answers(letter) == {(1,): "Ja."}
    assert letter.unanswered == ()
