"""Citations: the forms of the Aanwijzingen (3.43), and files that reference managers read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

import pytest

from index.records import Answer, Letter, PageStart, Pair, Person
from rag.citation import cite, link, name_questions

MakeLetter = Callable[..., Letter]


@pytest.fixture
def published(make_letter: MakeLetter) -> Letter:
    return make_letter(publication="ah-tk-20232024-1314")


@pytest.fixture
def unpublished(make_letter: MakeLetter) -> Letter:
    return make_letter(other_references=("BZDOC-1386274699-54",), reference="2022Z11285")


def official(letter: Letter, place: int = 0) -> str:
    return cite(letter, letter.pairs[place]).official


def on_pages(letter: Letter, *pages: int) -> Letter:
    starts = tuple(PageStart(offset, page) for offset, page in enumerate(pages))
    pair = letter.pairs[0]
    return replace(letter, pairs=(Pair(pair.questions, Answer(pair.answer.text, starts)),))


def test_a_published_letter_is_cited_as_aanhangsel(published: Letter) -> None:
    assert official(published) == "Aanhangsel Handelingen II 2023/24, nr. 1314, antwoord op vraag 1, p. 1"


def test_a_number_has_no_leading_zeros_and_a_century_its_years(published: Letter) -> None:
    letter = replace(published, publication="ah-tk-19992000-0045")
    assert official(letter).startswith("Aanhangsel Handelingen II 1999/00, nr. 45,")


def test_a_letter_that_is_not_published_is_cited_as_a_letter(unpublished: Letter) -> None:
    assert official(unpublished, 1) == (
        "Brief van de minister van Infrastructuur en Waterstaat, kenmerk BZDOC-1386274699-54 (2022Z11285), "
        "antwoord op vraag 2, p. 2"
    )


def test_the_office_is_named_as_the_letter_names_it(unpublished: Letter) -> None:
    letter = replace(unpublished, office="de staatssecretaris van Financiën")
    assert official(letter).startswith("Brief van de staatssecretaris van Financiën, kenmerk")


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        ({"other_references": ()}, "Brief van de minister van Infrastructuur en Waterstaat (2022Z11285), "),
        ({"other_references": (), "answered_by": ()}, "Brief (2022Z11285), "),
        (
            {"other_references": (), "reference": None},
            "Brief van de minister van Infrastructuur en Waterstaat, brief.pdf, ",
        ),
        ({"answered_by": ("Hoekstra",)}, "Brief van Hoekstra, kenmerk BZDOC-1386274699-54 (2022Z11285), "),
    ],
)
def test_what_is_not_known_is_left_out(unpublished: Letter, fields: dict[str, object], start: str) -> None:
    assert official(replace(unpublished, **fields)).startswith(start)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "name"),
    [("Een?", "vraag 1"), (["Een?", "Twee?"], "vragen 1 en 2"), (["Een?", "Twee?", "Drie?"], "vragen 1, 2 en 3")],
)
def test_questions_are_named_as_dutch_counts_them(make_letter: MakeLetter, asked: object, name: str) -> None:
    letter = make_letter([(asked, "Ja.")])
    assert name_questions(letter.pairs[0].questions) == name
    assert f"antwoord op {name}, p. 1" in official(letter)


@pytest.mark.parametrize(
    ("pages", "end"), [((), "vraag 1"), ((3,), ", p. 3"), ((3, 4), ", p. 3-4"), ((2, 3, 4), ", p. 2-4")]
)
def test_pages_of_the_answer_are_named(published: Letter, pages: tuple[int, ...], end: str) -> None:
    assert official(on_pages(published, *pages)).endswith(end)


def test_the_plain_form_says_who_what_when_and_where(published: Letter) -> None:
    assert cite(published, published.pairs[0]).plain == (
        "De Vries (Infrastructuur en Waterstaat), «Antwoord op vragen van Jansen (ABC) over nachttreinen», 2022-06-28, "
        "Aanhangsel Handelingen II 2023/24, nr. 1314, antwoord op vraag 1, p. 1, "
        "https://zoek.officielebekendmakingen.nl/ah-tk-20232024-1314.html"
    )


def test_several_askers_are_enumerated(published: Letter) -> None:
    letter = replace(
        published, askers=(Person("Ceder", "ChristenUnie"), Person("Van der Staaij", "SGP"), Person("Omtzigt"))
    )
    assert "van Ceder (ChristenUnie), Van der Staaij (SGP) en Omtzigt over" in cite(letter, letter.pairs[0]).plain


def test_links_lead_to_the_publications(published: Letter) -> None:
    links = link(published, published.pairs[1])
    assert links.letter == "https://zoek.officielebekendmakingen.nl/ah-tk-20232024-1314.html"
    assert links.question == "https://zoek.officielebekendmakingen.nl/kv-tk-2024Z00001.html"
    assert links.permalink == "/brief/2024Z00001/vraag-2"


def test_a_link_without_a_number_is_none(make_letter: MakeLetter) -> None:
    letter = make_letter(reference=None, source="Antwoord #1? (50 %).pdf")
    links = link(letter, letter.pairs[0])
    assert (links.letter, links.question) == (None, None)
    assert re.fullmatch(r"[\w/%.()-]+", links.permalink)
    assert unquote(links.permalink) == "/brief/Antwoord #1? (50 %)/vraag-1"


def test_ris_has_its_tags_in_lines_of_their_own(published: Letter) -> None:
    rows = cite(published, published.pairs[0]).ris.split("\r\n")
    assert rows[0] == "TY  - GOVDOC"
    assert rows[-2:] == ["ER  - ", ""]
    found = dict(row.split("  - ", 1) for row in rows[:-1])
    assert found["AU"] == "De Vries (Infrastructuur en Waterstaat)"
    assert (found["DA"], found["PY"]) == ("2022/06/28", "2022")
    assert found["UR"].endswith("ah-tk-20232024-1314.html")


HOSTILE = "50 % van A&B_c {x} $y #z ~ ^ \\input{/etc/passwd}\nTY  - JOUR"


def test_a_subject_cannot_add_lines_to_ris(make_letter: MakeLetter) -> None:
    letter = make_letter(subject=HOSTILE)
    assert len(re.findall("^TY  - ", cite(letter, letter.pairs[0]).ris, re.MULTILINE)) == 1


def read_bibtex(entry: str) -> dict[str, str]:
    """Read the fields of one entry, counting braces as BibTeX does: those after a backslash count too."""
    head, body = entry.split("\n", 1)
    assert re.fullmatch(r"@misc\{[\w-]+,", head)
    fields, rest = {}, body
    while found := re.match(r"  (\w+) = \{", rest):
        depth, place = 1, found.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[place], 0)
            place += 1
        fields[found[1]] = rest[found.end() : place - 1]
        assert rest[place : place + 2] == ",\n"
        rest = rest[place + 2 :]
    assert rest == "}"
    return fields


def test_bibtex_has_its_fields(published: Letter) -> None:
    fields = read_bibtex(cite(published, published.pairs[0]).bibtex)
    assert fields["author"] == "{De Vries (Infrastructuur en Waterstaat)}"
    assert fields["title"] == "{Antwoord op vragen van Jansen (ABC) over nachttreinen}"
    assert fields["date"] == "2022-06-28"
    assert fields["url"] == "https://zoek.officielebekendmakingen.nl/ah-tk-20232024-1314.html"
    assert "date" not in read_bibtex(cite(replace(published, date_answered=None), published.pairs[0]).bibtex)


@pytest.mark.parametrize("subject", [HOSTILE, "een } alleen", "een { alleen", "op het eind \\"])
def test_a_subject_cannot_break_bibtex(make_letter: MakeLetter, subject: str) -> None:
    letter = make_letter(subject=subject)
    title = read_bibtex(cite(letter, letter.pairs[0]).bibtex)["title"]
    commands = re.sub(r"\\(?:[#$%&_]|text\w+\{\})", "", title[1:-1])
    assert not set("#$%&_{}~^\\") & set(commands)


def test_the_letter_that_ships_is_cited(bundled_letter: Letter) -> None:
    found = cite(bundled_letter, bundled_letter.pairs[3])
    assert found.official.startswith("Brief van de minister van Buitenlandse Zaken, ")
    assert "2022Z11285" in found.official
    assert "antwoord op vraag 4, p. " in found.official
