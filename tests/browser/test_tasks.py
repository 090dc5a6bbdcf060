"""What people come for, from question to copied source; docs/usability.md tells what was seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import Visit, Visitor

pytestmark = pytest.mark.browser

QUESTION = "Hoe werkt het sociaal kredietsysteem in China?"


def copy(visitor: Visitor, name: str, within: str = ".kw-beurt") -> str:
    """Press a button that copies, and return what was copied."""
    visitor.page.evaluate("navigator.clipboard.writeText('')")
    visitor.page.locator(within).last.get_by_role("button", name=name).locator("visible=true").first.click()
    visitor.page.wait_for_function("() => navigator.clipboard.readText().then(text => text.length > 0)")
    return visitor.copied()


def select(page: Page, selector: str, start: int, end: int) -> None:
    page.locator(selector).first.evaluate(
        """(element, [start, end]) => {
            const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
            const range = document.createRange();
            range.setStart(text, start);
            range.setEnd(text, end);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        [start, end],
    )


def test_a_journalist_quotes_exactly_the_words_that_were_selected(visit: Visit) -> None:
    visitor = visit()
    visitor.ask(QUESTION)
    select(visitor.page, ".kw-woorden mark", 0, 13)
    assert copy(visitor, "Kopieer citaat met bron").startswith("«Op dit moment» — Minister Hoekstra")


def test_an_official_finds_a_letter_by_its_number(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("2022Z11285")
    expect(visitor.page.locator(".kw-woorden").first).to_be_visible()
    visitor.page.get_by_role("link", name="Hele brief").first.click()
    visitor.page.get_by_role("link", name="Vraag 9", exact=True).click()
    assert "antwoord op vraag 9, p. 4-5" in copy(visitor, "Kopieer bronvermelding", ".kw-antwoord")


def test_a_researcher_takes_a_reference_along_for_a_reference_manager(visit: Visit) -> None:
    visitor = visit("/brief/2022Z11285/vraag-4")
    visitor.page.get_by_text("Andere vormen").click()
    with visitor.page.expect_download() as started:
        visitor.page.get_by_role("link", name="Download").first.click()
    assert started.value.suggested_filename == "2022Z11285-vraag-4.bib"
    assert started.value.path().read_text("utf-8").startswith("@misc{")


def test_a_citizen_without_an_answer_goes_on_from_a_near_miss(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("Hoeveel fietsenstallingen komen er bij station Utrecht?")
    fold = visitor.page.locator(".kw-geen .kw-vouw > summary").first
    fold.focus()
    visitor.page.keyboard.press("Enter")
    assert "antwoord op vraag" in copy(visitor, "Kopieer bronvermelding", ".kw-vouw[open]")


def test_a_visitor_abroad_asks_in_english_on_a_phone(visit: Visit) -> None:
    visitor = visit("/en/", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="en-GB")
    visitor.ask("How does the social credit system in China work?")
    expect(visitor.page.locator(".kw-kop").first).to_have_text("Answer to question 4")
    visitor.keep("telefoon")
    assert "antwoord op vraag 4" in copy(visitor, "Copy citation")


def test_a_follow_up_can_be_searched_as_it_was_typed(visit: Visit) -> None:
    visitor = visit()
    visitor.ask(QUESTION)
    visitor.ask("En wat doet Nederland hiertegen?")
    page = visitor.page
    expect(page.locator(".kw-gezocht")).to_contain_text(QUESTION)
    page.get_by_role("link", name="Zoek precies wat ik typte").click()
    page.wait_for_url("**&q=En+wat*")
    expect(page.locator(".kw-gezocht")).to_have_count(0)
    expect(page.locator(".kw-beurt")).to_have_count(2)
    page.get_by_role("link", name="Nieuw gesprek").click()
    expect(page.locator(".kw-inleiding")).to_be_visible()
    assert "?" not in page.url
