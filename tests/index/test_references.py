"""Official numbers are found in every form that letters use, with link and citation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.references import ReferenceKind, answer_citation, find_references, parse_official_number

PAPERS = [
    ("Kamerstuk 31 865, nr. 207", "kst-31865-207", "Kamerstukken II, 31865, nr. 207"),
    ("Kamerstukken II 2009/10, 27858, nr. 88, p. 3", "kst-27858-88", "Kamerstukken II 2009/10, 27858, nr. 88, p. 3"),
    ("Kamerstuk 21 501-02, nr. 2498", "kst-21501-02-2498", "Kamerstukken II, 21501-02, nr. 2498"),
    ("Kamerstuk 36 200 IV, nr. 53", "kst-36200-IV-53", "Kamerstukken II, 36200 IV, nr. 53"),
    ("Kamerstuk 35925-VI-56", "kst-35925-VI-56", "Kamerstukken II, 35925 VI, nr. 56"),
    ("Kamerstukken II 2023/24, 36 410 IV, nr. 12", "kst-36410-IV-12", "Kamerstukken II 2023/24, 36410 IV, nr. 12"),
    ("Kamerstukken, 2022-2023, 29628, nr. 1135", "kst-29628-1135", "Kamerstukken II 2022/23, 29628, nr. 1135"),
    ("Kamerstukken II2015–16, 34 104, nr. 128", "kst-34104-128", "Kamerstukken II 2015/16, 34104, nr. 128"),
    ("Kamerstuk II 28286, nr. 1056", "kst-28286-1056", "Kamerstukken II, 28286, nr. 1056"),
    ("Kamerstuk 33047, nr. 25", "kst-33047-25", "Kamerstukken II, 33047, nr. 25"),
    ("Kamerstukken I 2021/22, 35 925, nr. A", "kst-35925-A", "Kamerstukken I 2021/22, 35925, nr. A"),
    ("kst-36410-VIII-2", "kst-36410-VIII-2", "Kamerstukken II, 36410 VIII, nr. 2"),
]
ANSWERS = [
    "ah-tk-20232024-594",
    "Aanhangsel Handelingen, vergaderjaar 2023–2024, nr. 594",
    "Aanhangsel van de Handelingen II 2023/24, nr. 594",
    "Aanhangsel Handelingen II 2023/24, 594, item 2",
    "AH 2023/24, nr. 594",
    "AH 594 (2023-2024)",
]
LAWS = [
    ("Verordening (EU) 2021/821", "https://eur-lex.europa.eu/eli/reg/2021/821/oj"),
    ("Richtlijn 95/46/EG", "https://eur-lex.europa.eu/eli/dir/1995/46/oj"),
    ("Richtlijn 2014/24/EU", "https://eur-lex.europa.eu/eli/dir/2014/24/oj"),
    ("Verordening (EU) nr. 282/2011", "https://eur-lex.europa.eu/eli/reg/2011/282/oj"),
    ("Uitvoeringsverordening (EU) 2019/1793", "https://eur-lex.europa.eu/eli/reg_impl/2019/1793/oj"),
    ("Besluit (GBVB) 2015/1333", "https://eur-lex.europa.eu/eli/dec/2015/1333/oj"),
]


@pytest.mark.parametrize(
    ("printed", "key", "citation"), PAPERS, ids=[paper[1] + str(i) for i, paper in enumerate(PAPERS)]
)
def test_a_parliamentary_paper_is_found_in_each_form(printed: str, key: str, citation: str) -> None:
    [found] = find_references(f"Zie ({printed}) hierover.")
    assert (found.kind, found.text, found.key) == (ReferenceKind.PAPER, printed, key)
    assert found.link == f"https://zoek.officielebekendmakingen.nl/{key}.html"
    assert found.citation == citation


@pytest.mark.parametrize("printed", ANSWERS)
def test_a_published_answer_has_one_key_however_it_is_written(printed: str) -> None:
    [found] = find_references(f"Zie ook {printed}.")
    assert found.key == "ah-tk-20232024-594"
    assert found.citation == "Aanhangsel Handelingen II 2023/24, nr. 594"
    assert found.link == "https://zoek.officielebekendmakingen.nl/ah-tk-20232024-594.html"


def test_a_page_stays_in_the_citation() -> None:
    [found] = find_references("Aanhangsel Handelingen II 2022/23, 1823, item 2, p. 2")
    assert found.citation == "Aanhangsel Handelingen II 2022/23, nr. 1823, p. 2"


def test_the_turn_of_the_century_is_a_session_too() -> None:
    [found] = find_references("Aanhangsel Handelingen II 1999/00, nr. 7")
    assert found.key == "ah-tk-19992000-7"


def test_an_answer_without_session_has_no_link() -> None:
    [found] = find_references("zie AH 2000 voor meer")
    assert (found.key, found.link) == ("ah-2000", "")


@pytest.mark.parametrize(("printed", "link"), LAWS)
def test_european_law_leads_to_eur_lex(printed: str, link: str) -> None:
    [found] = find_references(f"de herziene {printed} regelt dat.")
    assert (found.kind, found.text, found.link) == (ReferenceKind.EU_LAW, printed, link)


def test_a_z_number_leads_to_the_published_questions() -> None:
    [found] = find_references("met kenmerk 2022Z11285.")
    assert found.link == "https://zoek.officielebekendmakingen.nl/kv-tk-2022Z11285.html"


def test_a_url_ends_where_the_sentence_goes_on() -> None:
    [found] = find_references("(https://nos.nl/artikel/1(a)), en meer")
    assert found.text == "https://nos.nl/artikel/1(a)"
    [bare] = find_references("zie www.movisie.nl/x.")
    assert bare.link == "https://www.movisie.nl/x"


@pytest.mark.parametrize("text", ["TZ202306-026", "0900-0904", "in 2023 en 2024", "Kamerstuk", "artikel 31 van 2016"])
def test_numbers_of_other_kinds_are_left_alone(text: str) -> None:
    assert find_references(text) == []


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("2022Z11285", "2022Z11285"),
        ("kenmerk 2022Z11285", "2022Z11285"),
        ("https://zoek.officielebekendmakingen.nl/ah-tk-20232024-1314.html", "ah-tk-20232024-1314"),
        ("https://www.tweedekamer.nl/kamerstukken/kamervragen/detail?id=2022Z11285", "2022Z11285"),
        ("Aanhangsel Handelingen II 2023/24, nr. 1314, antwoord op vraag 3", "ah-tk-20232024-1314"),
        ("Kamerstuk 31 865, nr. 207", "kst-31865-207"),
    ],
)
def test_a_query_that_is_a_number_is_one(query: str, key: str) -> None:
    found = parse_official_number(query)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("query", ["", "Hoe werkt het?", "Wat zegt 2022Z11285 over China?", "2022Z11285 en 2023Z00001"])
def test_a_query_that_asks_something_is_no_number(query: str) -> None:
    assert parse_official_number(query) is None


def test_a_citation_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="no number of a published answer"):
        answer_citation("2022Z11285")


@given(st.text(alphabet="Kamerstuk 0123456789,.nrIVXL-–/()EU AH", max_size=80))
def test_references_stand_where_they_say_and_never_overlap(text: str) -> None:
    end = 0
    for found in find_references(text):
        assert text[found.start : found.end] == found.text
        assert found.start >= end
        end = found.end
