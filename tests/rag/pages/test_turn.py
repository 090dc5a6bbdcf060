from __future__ import annotations

from index.errors import QueryError
from index.records import Kind
from rag.pages.address import read_address
from rag.pages.hit import Frame, render_folded, render_hit
from rag.pages.quote import quote
from rag.pages.texts import DUTCH, ENGLISH
from rag.pages.turn import render_asked, render_coverage, render_problem, render_result
from rag.results import Coverage
from tests.rag.pages.conftest import MakeHit, MakeResult
from tests.rag.pages.test_markup import ATTACKS, read

FRAME = Frame(DUTCH, "https://kamer.example")
ADDRESS = read_address("?q=Deelt+het+kabinet+de+zorg%3F")


def test_an_answer_says_who_answered_whom_when_and_about_what(make_result: MakeResult) -> None:
    text = read(render_result(make_result(), ADDRESS, FRAME)).text
    for part in ("Antwoord op vraag 4", "Hoekstra (Buitenlandse Zaken)", "5 juli 2022", "zorgen", "Deelt u de zorg 4?"):
        assert part in text
    assert "Ceder (ChristenUnie) en Van der Staaij (SGP)" in text
    assert (
        "Brief van de minister van Buitenlandse Zaken, kenmerk BZDOC-1 (2022Z11285), antwoord op vraag 4, p. 3" in text
    )


def test_the_answer_is_never_cut(make_result: MakeResult, make_hit: MakeHit) -> None:
    long = "Een zin van het kabinet. " * 2000
    result = make_result(hits=(make_hit(answer=long),))
    shown = read(render_result(result, ADDRESS, FRAME)).text
    assert shown.count("zin van het kabinet.") >= 2000


def test_a_question_that_no_letter_answers_gets_no_answer(make_result: MakeResult) -> None:
    html = render_result(make_result(answered=False), ADDRESS, FRAME)
    assert DUTCH.no_answer in html
    assert DUTCH.near_misses in html
    assert "Doorzocht: 1 brief met 10 antwoorden, tot en met 5 juli 2022." in html
    assert "<details open" not in html
    nothing = render_result(make_result(answered=False, hits=()), ADDRESS, FRAME)
    assert DUTCH.nothing_near in nothing
    assert DUTCH.near_misses not in nothing


def test_a_joint_answer_names_all_its_questions(make_hit: MakeHit) -> None:
    text = read(render_hit(make_hit(numbers=(4, 5, 6)), FRAME)).text
    assert "Antwoord op vragen 4, 5 en 6" in text
    assert "Dit antwoord is gegeven op vragen 4, 5 en 6 samen." in text
    assert all(f"Deelt u de zorg {number}?" in text for number in (4, 5, 6))


def test_a_notice_is_never_taken_for_an_answer(make_hit: MakeHit) -> None:
    assert DUTCH.notice in render_hit(make_hit(kind=Kind.MEDEDELING), FRAME)
    assert DUTCH.notice not in render_hit(make_hit(), FRAME)


def test_a_follow_up_shows_how_it_was_searched_and_can_be_undone(make_result: MakeResult) -> None:
    address = read_address("?q=a&v=En+daar")
    result = make_result("En daar", searched_as="a En daar")
    html = render_result(result, address, FRAME)
    assert "a En daar" in html
    assert 'href="/?q=a&amp;q=En+daar"' in html
    assert DUTCH.search_literally not in render_result(make_result(), ADDRESS, FRAME)


def test_what_is_copied_stands_in_the_page_as_text(make_hit: MakeHit) -> None:
    hit = make_hit()
    said = "«Het kabinet deelt die zorg niet.» — Minister Hoekstra (Buitenlandse Zaken), "
    assert quote(hit, "https://kamer.example/brief/x") == (
        f"{said}{hit.citation.official}, https://kamer.example/brief/x"
    )
    text = read(render_hit(hit, FRAME)).text
    assert quote(hit, "https://kamer.example/brief/2022Z11285/vraag-4") in text
    assert hit.citation.bibtex in text
    assert hit.citation.ris.replace("\r\n", "\n") in text


def test_a_published_letter_is_quoted_with_its_official_address(make_hit: MakeHit) -> None:
    hit = make_hit(publication="ah-tk-20232024-1314")
    assert quote(hit, "https://kamer.example/x").endswith("officielebekendmakingen.nl/ah-tk-20232024-1314.html")


def test_a_letter_whose_text_is_an_attack_is_only_shown(make_result: MakeResult, make_hit: MakeHit) -> None:
    attack = " ".join(ATTACKS)
    hit = make_hit(answer=attack, subject=attack, answered_by=(attack,), source=attack, reference=None)
    harmless = render_result(make_result(hits=(make_hit(), make_hit())), ADDRESS, FRAME)
    reader = read(render_result(make_result(attack, hits=(hit, hit)), ADDRESS, FRAME))
    known = {tag for tag, _ in read(harmless).tags}
    assert {tag for tag, _ in reader.tags} <= known
    assert not any(name.startswith("on") for _, attributes in reader.tags for name in attributes)
    assert attack in reader.text


def test_english_pages_leave_the_letter_in_dutch(make_result: MakeResult) -> None:
    html = render_result(make_result(), ADDRESS, Frame(ENGLISH))
    assert "Answer to question 4" in html
    assert "5 July 2022" in html
    assert '<div class="kw-tekst" lang="nl">' in html
    assert 'href="/en/brief/2022Z11285/vraag-4"' in html


def test_a_folded_hit_shows_its_question_and_a_line_of_answer(make_hit: MakeHit) -> None:
    html = render_folded(make_hit(answer="Woord " * 100), FRAME)
    summary = read(html[: html.index("</summary>")]).text
    assert "Deelt u de zorg 4?" in summary
    assert "Woord Woord" in summary
    assert "…" in summary


def test_problems_are_said_in_words_for_people() -> None:
    error = QueryError("the question is empty")
    assert DUTCH.error_empty in render_problem(error, "  ", 100, DUTCH)
    assert "Uw vraag telt 1.200 tekens; er worden er hoogstens 100 gelezen." in render_problem(
        error, "x" * 1200, 100, DUTCH
    )
    assert DUTCH.error_other in render_problem(error, "?!", 100, DUTCH)


def test_of_a_far_too_long_question_the_start_is_shown() -> None:
    assert len(render_asked("x" * 10_000)) < 500


def test_coverage_says_how_many_and_up_to_when() -> None:
    assert "12.345 brieven met 98.765 antwoorden, tot en met 1 maart 2024" in render_coverage(
        Coverage(12345, 98765, "2024-03-01"), DUTCH
    )
    assert DUTCH.coverage_empty in render_coverage(Coverage(0, 0, None), DUTCH)
    assert "Doorzocht: 1 brief met 2 antwoorden." in render_coverage(Coverage(1, 2, None), DUTCH)
