"""Who asked whom, when, about what, and under which numbers, in the wordings that letters use."""

from __future__ import annotations

import pytest

from index.parsing import parse_document
from index.parsing.askers import read_askers
from index.parsing.signers import answering_part, read_answerers, read_office, read_signers
from index.reading import read_bytes
from index.records import Kind, Letter
from tests.typesetting import docx, pdf
from tests.typesetting.model import Answered, Asked, Sheet
from tests.typesetting.plain import FORMATS

PAIR = "Vraag 1\nKent u het bericht?\n\nAntwoord 1\nJa.\n"
SHEET = Sheet((Asked((1,), ("Kent u het bericht?",)), Answered((1,), ("Ja.",))))

ASKERS = [
    ("Vragen van het lid Erkens (VVD) aan de Minister", [("Erkens", "VVD")]),
    ("Vragen van de leden Mutluer (GroenLinks-PvdA) en Kostić (PvdD) aan",
     [("Mutluer", "GroenLinks-PvdA"), ("Kostić", "PvdD")]),
    ("van de leden Mutluer, Lahlah (GroenLinks-PvdA), Boswijk (CDA) en Helder (BBB) over",
     [("Mutluer", "GroenLinks-PvdA"), ("Lahlah", "GroenLinks-PvdA"), ("Boswijk", "CDA"), ("Helder", "BBB")]),
    ("van de leden Temmink en Van Nispen (beiden SP) aan", [("Temmink", "SP"), ("Van Nispen", "SP")]),
    ("van het lid Faber-van de Klashorst(PVV) aan", [("Faber-van de Klashorst", "PVV")]),
    ("van het lid Van Haga (Groep Van Haga) aan", [("Van Haga", "Groep Van Haga")]),
    ("van de leden vanDijk en DeHoop (allen PvdA) over", [("Van Dijk", "PvdA"), ("De Hoop", "PvdA")]),
    ("van het lid Kuik (CDA) en het lid Ceder (ChristenUnie) inzake", [("Kuik", "CDA"), ("Ceder", "ChristenUnie")]),
    ("van de leden Six Dijkstra (NSC) en Krul c.s. (CDA) over", [("Six Dijkstra", "NSC"), ("Krul", "CDA")]),
    ("van het lid El Abassi (DENK) naar aanleiding van", [("El Abassi", "DENK")]),
    ("van het lid 't Hart over iets", [("'t Hart", None)]),
    ("geen vragen van iemand", []),
]  # fmt: skip


@pytest.mark.parametrize(("title", "wanted"), ASKERS, ids=[str(number) for number in range(len(ASKERS))])
def test_askers_are_read_with_their_party(title: str, wanted: list[tuple[str, str]]) -> None:
    assert [(person.name, person.party) for person in read_askers(title)] == wanted


ANSWERERS = [
    ("Antwoord van Minister Hermans (Klimaat en Groene Groei) (ontvangen 23 juli 2024).",
     ("Hermans (Klimaat en Groene Groei)",)),
    ("Antwoord van Minister Bruins Slot (BZ) van Minister Schreinemacher (Handel) (ontvangen 28 juni 2024).",
     ("Bruins Slot (BZ)", "Schreinemacher (Handel)")),
    ("Antwoord van Staatssecretaris Heijnen (Infrastructuur en Waterstaat), mede namens de Minister van Justitie en "
     "Veiligheid (ontvangen 17 mei 2024).",
     ("Heijnen (Infrastructuur en Waterstaat)", "mede namens de Minister van Justitie en Veiligheid")),
    ("Antwoorden van de minister van Buitenlandse Zaken op vragen van", ("minister van Buitenlandse Zaken",)),
    ("Mededeling van Minister Van Gennip (SZW) (ontvangen 3 juni 2024).", ("Van Gennip (SZW)",)),
]  # fmt: skip


@pytest.mark.parametrize(("title", "wanted"), ANSWERERS, ids=[str(number) for number in range(len(ANSWERERS))])
def test_ministers_are_read_with_their_office(title: str, wanted: tuple[str, ...]) -> None:
    assert read_answerers(answering_part(title) or "") == wanted


OFFICES = [
    ("Antwoord van Staatssecretaris Heijnen (Infrastructuur en Waterstaat), mede namens de Minister van Justitie en "
     "Veiligheid (ontvangen 17 mei 2024).", "de staatssecretaris van Infrastructuur en Waterstaat"),
    ("Antwoorden van de minister van Landbouw, Natuur en Voedselkwaliteit mede namens de minister van BZ op vragen",
     "de minister van Landbouw, Natuur en Voedselkwaliteit"),
    ("Antwoord van Minister Weerwind (Rechtsbescherming) (ontvangen 3 juni 2024).",
     "de minister voor Rechtsbescherming"),
    ("Antwoord van Minister-President Rutte (Algemene Zaken) (ontvangen 3 juni 2024).", "de minister-president"),
    ("Antwoorden van de ministers van Financiën en de minister van Justitie en Veiligheid op vragen",
     "de minister van Financiën"),
    ("Antwoorden op vragen van het lid Erkens (VVD)", None),
]  # fmt: skip


@pytest.mark.parametrize(("title", "wanted"), OFFICES, ids=[str(number) for number in range(len(OFFICES))])
def test_the_office_is_read_as_a_citation_names_it(title: str, wanted: str | None) -> None:
    assert read_office(title, []) == wanted


def test_the_office_of_a_signature_counts_where_the_title_names_none() -> None:
    assert (
        read_office("", ["R.A.A. Jetten", "Minister voor Klimaat en Energie"]) == "de minister voor Klimaat en Energie"
    )


SIGNATURES = [
    (["De minister van Buitenlandse Zaken, [Ondertekenaar 2]", "W.B. Hoekstra"], ("Hoekstra (Buitenlandse Zaken)",)),
    (["De Minister van Justitie en Veiligheid,", "D.M. van Weel"], ("Van Weel (Justitie en Veiligheid)",)),
    (["de minister van Landbouw, Natuur en Voedselkwaliteit", "Piet Adema"],
     ("Adema (Landbouw, Natuur en Voedselkwaliteit)",)),
    (["R.A.A. Jetten", "Minister voor Klimaat en Energie"], ("Jetten (Klimaat en Energie)",)),
    (["De minister van Financiën,", "", "drs. E. Heinen", "De staatssecretaris van Financiën,", "F.L. Idsinga"],
     ("Heinen (Financiën)", "Idsinga (Financiën)")),
    (["De minister van iets heeft dit gezegd in zin die over alles gaat en zo maar door en door tot het eind."], ()),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "wanted"), SIGNATURES, ids=[str(number) for number in range(len(SIGNATURES))])
def test_signatures_give_the_name_to_the_office(lines: list[str], wanted: tuple[str, ...]) -> None:
    assert read_signers(lines) == wanted


def _text(before: str) -> Letter:
    return parse_document(read_bytes(f"{before}\n\n{PAIR}".encode(), "letter.txt"))


@pytest.mark.parametrize(
    ("cover", "reference", "others", "asked"),
    [
        ("In antwoord op uw brief van 8 maart 2024, nr. 5293107, deel ik u mede", None, ("5293107",), "2024-03-08"),
        ("Deze vragen werden ingezonden op 7 juni 2022 met kenmerk 2022Z11285.", "2022Z11285", (), "2022-06-07"),
        ("Vragen (kenmerk 2024Z01111 en 2024Z02222) d.d. 1 mei 2024", "2024Z01111", ("2024Z02222",), None),
        ("Uw kenmerk: 2024Z01111\nOns kenmerk: IENW/BSK-2024/12345", "2024Z01111", ("IENW/BSK-2024/12345",), None),
        ("De motie heeft nummer TZ202306-026.", None, ("TZ202306-026",), None),
        ("Ingezonden 31 februari 2024.", None, (), None),
    ],
)
def test_numbers_and_dates_of_a_covering_letter(
    cover: str, reference: str | None, others: tuple[str, ...], asked: str | None
) -> None:
    letter = _text(cover)
    assert (letter.reference, letter.other_references, letter.date_asked) == (reference, others, asked)


@pytest.mark.parametrize(
    "line",
    [
        "Datum: 28 mei 2024",
        "Den Haag, 28 mei 2024",
        "’s-Gravenhage, 28 mei 2024",
        "Datum\n28 mei 2024",
        "Datum\t28 mei 2024",
    ],
)
def test_the_date_of_the_letter_is_found_in_each_form(line: str) -> None:
    assert _text(line).date_answered == "2024-05-28"


SUBJECTS = [
    ("Vragen van het lid Erkens (VVD) aan de Minister over het artikel «Over de dijk» (ingezonden 1 mei 2024).",
     "het artikel «Over de dijk»"),
    ("Antwoorden op vragen van het lid Erkens (VVD) over dijken en over water.", "dijken en over water"),
    ("Hierbij de antwoorden op vragen van het lid Erkens (VVD) over dijken. Deze vragen zijn ingezonden op 7 juni.",
     "dijken"),
    ("deel ik u mede dat de vragen van het lid Erkens (VVD) over dijken worden beantwoord zoals aangegeven.", "dijken"),
    ("Onderwerp: Beantwoording Kamervragen van het lid Erkens (VVD) over dijken", "dijken"),
    ("Hierbij de antwoorden op vragen van het lid Erkens (VVD) over jeugdzorg, kenmerk 2024Z08112.", "jeugdzorg"),
    ("Hierbij de antwoorden op vragen van het lid Erkens (VVD) over jeugdzorg kenmerk: 2024Z08112.", "jeugdzorg"),
    ("Hierbij de antwoorden op vragen van het lid Erkens (VVD) over jeugdzorg, nr. 2024Z08112.", "jeugdzorg"),
    ("Antwoorden op vragen van het lid Erkens (VVD) over het kenmerk van een auto.", "het kenmerk van een auto"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "subject"), SUBJECTS, ids=[str(number) for number in range(len(SUBJECTS))])
def test_the_subject_is_what_stands_after_over(title: str, subject: str) -> None:
    assert _text(title).subject == subject


def test_the_data_of_a_word_letter_may_stand_in_text_boxes_of_its_header() -> None:
    box = docx.paragraph(docx.run("Datum\t25 juli 2024")) + docx.paragraph(docx.run("Ons kenmerk"))
    box += docx.paragraph(docx.run("5164758"))
    body = "".join(docx.paragraph(docx.run(line)) for line in PAIR.splitlines())
    header = docx.part("hdr", docx.paragraph(docx.text_box(box)))
    letter = parse_document(read_bytes(docx.package(body, header1=header), "letter.docx"))
    assert (letter.date_answered, letter.other_references) == ("2024-07-25", ("5164758",))


def test_the_date_on_the_first_page_goes_before_that_of_running_heads() -> None:
    body = "".join(docx.paragraph(docx.run(line)) for line in f"Datum\t16 mei 2024\n{PAIR}".splitlines())
    header = docx.part("hdr", docx.paragraph(docx.run("Datum\t11 april 2024")))
    letter = parse_document(read_bytes(docx.package(body, header1=header), "letter.docx"))
    assert letter.date_answered == "2024-05-16"


def test_a_publication_is_known_by_its_number_even_without_its_code() -> None:
    data, _ = pdf.aanhangsel(SHEET)
    letter = parse_document(read_bytes(data, "letter.pdf"))
    assert (letter.kind, letter.publication) == (Kind.AANHANGSEL, "ah-tk-20232024-1907")
    text = (
        "Vergaderjaar 2023–2024\nAanhangsel van de Handelingen\n\n1907\n\nVragen van het lid Jansen (VVD) over dijken."
    )
    assert _text(text).publication == "ah-tk-20232024-1907"


def test_another_publication_that_it_points_to_is_kept() -> None:
    text = (
        "Vragen van het lid Jansen (VVD) over dijken (ingezonden 3 mei 2024).\nAntwoord van Minister Pietersen (I&W) "
        "(ontvangen 28 mei 2024). Zie ook Aanhangsel Handelingen, vergaderjaar 2023–2024, nr. 594."
    )
    letter = _text(text)
    assert letter.other_references == ("ah-tk-20232024-594",)
    assert letter.date_answered == "2024-05-28"


def test_a_published_notice_is_one_although_it_has_no_heading_of_its_own() -> None:
    blocks = (
        Asked((1,), ("Kent u het bericht over de dijk?",)),
        Asked((2,), ("Wat vindt u daarvan?", "Meer volgt later.")),
    )
    data, _ = pdf.aanhangsel(Sheet(blocks, notice="ja"))
    letter = parse_document(read_bytes(data, "letter.pdf"))
    assert letter.kind is Kind.MEDEDELING
    assert letter.date_answered == "2024-05-28"


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_letter_of_delay_gives_notice_to_all_its_questions(form: str) -> None:
    delay = "Deze vragen kunnen niet binnen de gebruikelijke termijn worden beantwoord, omdat overleg nodig is."
    body = f"Inleiding.\n\n{delay}\n\nVraag 1\nKent u het bericht?\n\nVraag 2\nWat vindt u daarvan?\n"
    letter = parse_document(read_bytes(FORMATS[form](body, None), f"letter.{form}"))
    assert letter.kind is Kind.MEDEDELING
    assert [(pair.numbers, pair.answer.text) for pair in letter.pairs] == [((1, 2), delay)]


@pytest.mark.parametrize("asked", [" (ingezonden 3 februari 2010).", "."])
def test_an_older_publication_names_who_answered_between_questions_and_answers(asked: str) -> None:
    text = (
        "Tweede Kamer der Staten-Generaal\n\nVergaderjaar 2009-2010\n\nAanhangsel van de Handelingen\n\n1580\n\n"
        f"Vragen van het lid Erkens (VVD) aan de Staatssecretaris van Financiën over jeugdzorg{asked}\n\n"
        "1\nKent u het bericht?\n\n2\nEn dan?\n\n"
        "Antwoord van Staatssecretaris De Wit (Financiën) (ontvangen\n3 maart 2010)\n\n1\nJa.\n\n2\nNiets.\n"
    )
    letter = parse_document(read_bytes(text.encode(), "letter.txt"))
    assert [(pair.numbers, pair.answer.text) for pair in letter.pairs] == [((1,), "Ja."), ((2,), "Niets.")]
    assert (letter.answered_by, letter.date_answered) == (("De Wit (Financiën)",), "2010-03-03")
    assert (letter.subject, letter.kind) == ("jeugdzorg", Kind.AANHANGSEL)
    assert letter.date_asked == ("2010-02-03" if "ingezonden" in asked else None)
