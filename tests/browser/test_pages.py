"""The plain pages: permanent addresses, the proof beside the answer, and what happens when something is gone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.harness import LETTER, Visit, run, start, stop

pytestmark = pytest.mark.browser

PAIR = "/brief/2022Z11285/vraag-4"


def test_a_permalink_works_without_javascript(visit: Visit) -> None:
    visitor = visit(PAIR, java_script_enabled=False)
    page = visitor.page
    expect(page.locator("h1")).to_have_text("Antwoord op vraag 4")
    expect(page.locator(".kw-woorden")).to_contain_text("één centraal sociaal kredietsysteem")
    assert "vraag 4" in page.title()
    assert page.locator("meta[name=description]").get_attribute("content")
    page.get_by_role("link", name="Volgende bladzijde").click()
    expect(page.locator(".kw-telling")).to_have_text("Bladzijde 4 van 5")
    page.get_by_role("link", name="Vraag 5", exact=True).click()
    expect(page.locator("h1")).to_have_text("Antwoord op vraag 5")
    page.get_by_role("link", name="De hele brief").click()
    expect(page.locator(".kw-paar")).to_have_count(10)


def test_a_permalink_says_what_it_is_to_search_engines(visit: Visit) -> None:
    page = visit(PAIR).page
    data = json.loads(page.locator("script[type='application/ld+json']").inner_text())
    assert data["@type"] == "QAPage"
    assert "sociaal kredietsysteem" in data["mainEntity"]["name"]
    assert "één centraal sociaal kredietsysteem" in data["mainEntity"]["acceptedAnswer"]["text"]
    assert page.locator("link[rel=canonical]").get_attribute("href") == page.url


def test_searching_without_javascript_gives_the_same_answer(visit: Visit) -> None:
    page = visit("/uitleg", java_script_enabled=False).page
    page.goto(page.url.replace("/uitleg", "/zoek"))
    page.get_by_label("Uw vraag").fill("Hoe werkt het sociaal kredietsysteem in China?")
    page.get_by_role("button", name="Zoeken").click()
    expect(page.locator(".kw-kop").first).to_have_text("Antwoord op vraag 4")


def test_the_right_page_stands_beside_the_answer_with_its_words_marked(visit: Visit) -> None:
    visitor = visit("/?q=Hoe+werkt+het+sociaal+kredietsysteem+in+China%3F")
    page = visitor.page
    leaf = page.locator(".kw-blad").first
    expect(leaf.locator(".kw-telling")).to_have_text("Bladzijde 3 van 5")
    sheet, marks = leaf.locator(".kw-vel"), leaf.locator(".kw-strepen")
    sheet.scroll_into_view_if_needed()
    page.wait_for_function("() => [...document.querySelectorAll('.kw-lagen img')].every(one => one.naturalWidth > 0)")
    assert sheet.bounding_box() == marks.bounding_box()
    drawn = page.request.get(visitor.server.url + (marks.get_attribute("src") or "")).text()
    assert drawn.count("<rect") >= 2
    leaf.get_by_role("button", name="Markering").click()
    expect(marks).to_be_hidden()
    leaf.get_by_role("button", name="Markering").click()
    leaf.get_by_role("link", name="Volgende bladzijde").click()
    expect(leaf.locator(".kw-telling")).to_have_text("Bladzijde 4 van 5")
    assert "blad-4.png" in (sheet.get_attribute("src") or "")
    expect(leaf.get_by_role("link", name="Bronbestand")).to_have_attribute("href", "/brief/2022Z11285/bron")


def test_an_answer_is_said_to_be_word_for_word_once_that_is_checked(visit: Visit) -> None:
    page = visit(PAIR).page
    expect(page.locator(".kw-ja")).to_be_visible(timeout=20_000)
    expect(page.locator(".kw-nee")).to_be_hidden()


def test_an_unknown_address_helps_on(visit: Visit) -> None:
    visitor = visit("/brief/2099Z00001/vraag-1", expected=("404",))
    page = visitor.page
    expect(page.locator("h1")).to_have_text("Deze bladzijde bestaat niet")
    page.get_by_label("Uw vraag").fill("sociaal kredietsysteem China")
    page.get_by_role("button", name="Zoeken").click()
    expect(page.locator(".kw-beurt")).to_be_visible()
    visitor.go("/en/nowhere")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_letter_prints_without_buttons_and_with_its_notes(visit: Visit) -> None:
    page = visit(PAIR).page
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Kopieer bronvermelding")).to_be_hidden()
    expect(page.locator(".kw-bron")).to_be_visible()
    visitor = visit("/brief/2022Z11285")
    visitor.page.emulate_media(media="print")
    notes = visitor.page.locator(".kw-noottekst").all()
    assert notes
    assert all(note.is_visible() for note in notes)


@pytest.fixture
def copied_letter(tmp_path: Path) -> Path:
    return Path(shutil.copy(LETTER, tmp_path / "brief.pdf"))


def test_an_answer_stays_when_its_source_file_is_gone(visit: Visit, tmp_path: Path, copied_letter: Path) -> None:
    run("build", copied_letter, "--index", tmp_path / "index")
    server = start(tmp_path / "index")
    try:
        copied_letter.unlink()
        page = visit(PAIR, at=server).page
        expect(page.locator(".kw-woorden").first).to_contain_text("één centraal sociaal kredietsysteem")
        expect(page.locator(".kw-blad")).to_contain_text("Het bronbestand staat niet meer op zijn plaats")
        expect(page.locator(".kw-blad .kw-omlijnd")).to_contain_text("één centraal sociaal kredietsysteem")
        assert page.request.get(server.url + "/brief/2022Z11285/bron").status == 404
    finally:
        stop(server)
