"""The main path: ask, read, open a note, copy the source, ask on, share."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.harness import ARTEFACTS, ROOT, TEST_SCREENSHOT, Visit

pytestmark = pytest.mark.browser

QUESTION = "Hoe werkt het sociaal kredietsysteem in China?"


def test_the_letter_answers_word_for_word_with_its_source(visit: Visit) -> None:
    visitor = visit()
    visitor.ask(QUESTION)
    page = visitor.page
    expect(page.locator(".kw-kop").first).to_have_text("Antwoord op vraag 4")
    words = page.locator(".kw-woorden").first
    expect(words).to_contain_text("geen sprake van één centraal sociaal kredietsysteem in China")
    expect(words.locator("mark")).to_have_count(1)
    expect(page.locator(".kw-wie").first).to_contain_text("Hoekstra (Buitenlandse Zaken)")
    expect(page.locator(".kw-bron").first).to_contain_text("antwoord op vraag 4")
    page.evaluate("scrollTo(0, 0)")
    visitor.keep("antwoord")
    visitor.keep("antwoord-heel", whole=True)
    if TEST_SCREENSHOT:
        shutil.copy(ARTEFACTS / "antwoord.png", ROOT / "docs" / "screenshot.png")


def test_one_click_copies_the_citation_and_one_the_quotation(visit: Visit) -> None:
    visitor = visit()
    visitor.ask(QUESTION)
    page = visitor.page
    page.get_by_role("button", name="Kopieer bronvermelding").first.click()
    expect(page.get_by_role("button", name="Gekopieerd").first).to_be_visible()
    assert visitor.copied() == page.locator(".kw-bron cite").first.inner_text()
    marked = " ".join(page.locator("mark").first.inner_text().split())
    page.get_by_role("button", name="Kopieer citaat met bron").first.click()
    page.wait_for_function("() => navigator.clipboard.readText().then(text => text.startsWith('«'))")
    assert visitor.copied().startswith(f"«{marked}» — Minister Hoekstra (Buitenlandse Zaken), Brief van")


def test_a_note_opens_in_its_place_and_says_when_the_letter_lacks_it(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("Ondersteunt Nederland internetvrijheid en mensenrechtenverdedigers online?")
    page = visitor.page
    for fold in page.locator(".kw-vouw > summary").all():
        fold.click()
    notes = page.locator(".kw-woorden .kw-noot > summary")
    expect(notes.first).to_be_visible()
    expect(page.locator(".kw-noottekst:visible")).to_have_count(0)
    notes.first.click()
    expect(page.locator(".kw-noottekst:visible")).to_have_count(1)


def test_a_question_without_an_answer_gets_an_honest_no(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("Hoeveel fietsenstallingen komen er bij station Utrecht?")
    page = visitor.page
    expect(page.locator(".kw-kop").first).to_have_text("Geen brief beantwoordt deze vraag.")
    expect(page.locator(".kw-geen .kw-dekking")).to_contain_text("Doorzocht: 1 brief met 10 antwoorden")
    expect(page.locator(".kw-geen .kw-tussenkop")).to_have_text("Wel hierover gevraagd")
    expect(page.locator(".kw-geen details[open]")).to_have_count(0)
    visitor.keep("geen-antwoord")


def test_a_shared_or_reloaded_address_shows_the_same_conversation(visit: Visit) -> None:
    first = visit()
    first.ask(QUESTION)
    first.page.wait_for_url("**/?q=*")
    first.ask("En wat doet Nederland hiertegen?")
    first.page.wait_for_url("**&v=*")
    shown = first.page.locator(".kw-woorden, .kw-gezocht, .kw-bron").all_inner_texts()
    first.page.reload()
    first.page.wait_for_selector(".kw-beurt")
    assert first.page.locator(".kw-woorden, .kw-gezocht, .kw-bron").all_inner_texts() == shown
    second = visit("/" + "?" + first.page.url.split("?")[1])
    assert second.page.locator(".kw-woorden, .kw-gezocht, .kw-bron").all_inner_texts() == shown


def test_back_and_forward_walk_through_the_conversation(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    visitor.ask(QUESTION)
    page.wait_for_url("**/?q=*")
    visitor.ask("En wat doet Nederland hiertegen?")
    page.wait_for_url("**&v=*")
    page.go_back()
    expect(page.locator(".kw-beurt")).to_have_count(1)
    page.go_back()
    expect(page.locator(".kw-beurt")).to_have_count(0)
    expect(page.locator(".kw-inleiding")).to_be_visible()
    page.go_forward()
    expect(page.locator(".kw-beurt")).to_have_count(1)


def test_an_example_of_the_index_is_asked_with_one_click(visit: Visit) -> None:
    page = visit().page
    example = page.locator(".kw-voorbeelden a").first
    asked = example.inner_text()
    example.click()
    expect(page.locator(".kw-gevraagd")).to_have_text(asked)
    expect(page.locator(".kw-treffer").first).to_be_visible()
    expect(page.locator(".kw-geen")).to_have_count(0)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        pytest.param("   ", "Typ eerst een vraag", id="empty"),
        pytest.param("hoe " * 2500, "Uw vraag telt 10.000 tekens; er worden er hoogstens 2.000 gelezen", id="too long"),
        pytest.param("🙂🙂🙂", "Deze vraag kan niet worden gezocht", id="no words"),
    ],
)
def test_a_question_that_cannot_be_searched_says_why_and_is_not_kept(visit: Visit, question: str, said: str) -> None:
    visitor = visit()
    visitor.ask(question)
    expect(visitor.page.get_by_role("alert")).to_contain_text(said)
    assert "?" not in visitor.page.url
    expect(visitor.page.locator("#vraag textarea")).to_be_focused()


@pytest.mark.parametrize(
    "attack",
    [
        "<img src=x onerror=alert(1)> sociaal kredietsysteem",
        "</p><script>alert(1)</script> sociaal kredietsysteem",
        "**vet** [klik](javascript:alert(1)) ![](https://example.com/x.png) sociaal kredietsysteem",
        "\u202egnilletsgarv laaicos kredietsysteem \u05e9\u05dc\u05d5\u05dd",
    ],
)
def test_a_question_is_shown_as_typed_and_never_run(visit: Visit, attack: str) -> None:
    visitor = visit()
    dialogs: list[str] = []
    visitor.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    visitor.ask(attack)
    assert visitor.page.locator(".kw-gevraagd").inner_text() == attack.replace("\u202e", "")
    assert visitor.page.locator(".kw-gevraagd *").count() == 0
    visitor.page.reload()
    visitor.page.wait_for_selector(".kw-beurt")
    assert visitor.page.locator(".kw-gevraagd").inner_text() == attack.replace("\u202e", "")
    assert dialogs == []
