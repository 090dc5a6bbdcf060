"""WCAG: axe-core on every page and state, the keyboard alone, small and dark screens, and what is read aloud."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import Visit

pytestmark = pytest.mark.browser

QUESTION = "?q=Hoe+werkt+het+sociaal+kredietsysteem+in+China%3F"

PAGES = {
    "leeg": "/",
    "antwoord": f"/{QUESTION}",
    "vervolg": f"/{QUESTION}&v=En+wat+doet+Nederland+hiertegen%3F",
    "geen-antwoord": "/?q=Hoeveel+fietsenstallingen+komen+er+bij+station+Utrecht%3F",
    "engels": "/en/?q=How+does+the+social+credit+system+work%3F",
    "paar": "/brief/2022Z11285/vraag-9",
    "brief": "/brief/2022Z11285",
    "zoek": f"/zoek{QUESTION}",
    "uitleg": "/uitleg",
    "toegankelijkheid": "/en/toegankelijkheid",
}

WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 320, "height": 640}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_wrong_light_dark_and_at_320_pixels(visit: Visit, name: str) -> None:
    visitor = visit(PAGES[name])
    page = visitor.page
    for fold in page.locator("main details > summary:visible").all():
        fold.click()
    for look, colours, size in (("licht", "light", WIDE), ("donker", "dark", WIDE), ("smal", "light", NARROW)):
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        visitor.keep(f"{name}-{look}")
        assert visitor.violations() == [], look
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_an_unknown_page_has_no_violations_either(visit: Visit) -> None:
    visitor = visit("/brief/2099Z00001/vraag-1", expected=("404",))
    assert visitor.violations() == []


def focus(page: Page) -> str:
    """Return what has the focus, in words."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.innerText.slice(0, 60)"))


def press_until(page: Page, key: str, name: str, most: int = 60) -> None:
    for _ in range(most):
        if focus(page).startswith(name):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{most} times {key} does not lead to {name!r}; the focus is on {focus(page)!r}")


def test_the_keyboard_alone_is_enough_to_ask_read_and_copy(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.keyboard.press("Tab")
    assert focus(page) == "Naar de inhoud"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.tagName !== 'A'")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    page.keyboard.type("Hoe werkt het sociaal kredietsysteem in China?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".kw-beurt")
    page.wait_for_function("() => document.activeElement.classList.contains('kw-kop')")
    assert focus(page) == "Antwoord op vraag 4"
    press_until(page, "Tab", "Kopieer bronvermelding")
    page.keyboard.press("Enter")
    page.wait_for_function("() => navigator.clipboard.readText().then(text => text.includes('antwoord op vraag 4'))")
    press_until(page, "Tab", "Volgende bladzijde")
    page.keyboard.press("Enter")
    expect(page.locator(".kw-telling").first).to_have_text("Bladzijde 4 van 5")
    assert focus(page).startswith("Volgende bladzijde")


def test_an_answer_is_announced_once(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.evaluate(
        """() => {
            window.said = [];
            const spoken = "[role=status], [role=alert], [aria-live]:not([aria-live=off])";
            for (const place of document.querySelectorAll(spoken)) {
                new MutationObserver(() => place.textContent && window.said.push(place.textContent))
                    .observe(place, {childList: true, characterData: true, subtree: true});
            }
        }"""
    )
    visitor.ask("Hoe werkt het sociaal kredietsysteem in China?")
    page.wait_for_function("() => window.said.length > 0")
    page.wait_for_timeout(500)
    assert page.evaluate("window.said.filter(text => !text.startsWith('Zoeken'))") == [
        "Antwoord gevonden, en 2 andere treffers."
    ]
    assert page.locator("#gesprek [aria-live=polite]").count() == 0


@pytest.mark.parametrize(("path", "language"), [("/", "nl"), ("/en/", "en")])
def test_the_page_keeps_its_own_language_in_any_browser(visit: Visit, path: str, language: str) -> None:
    visitor = visit(path + QUESTION, locale="de-DE")
    page = visitor.page
    page.wait_for_timeout(300)
    assert page.locator("html").get_attribute("lang") == language
    expect(page.locator(".kw-tekst").first).to_have_attribute("lang", "nl")


def test_nothing_is_read_aloud_in_another_language_or_as_code(visit: Visit) -> None:
    visitor = visit("/" + QUESTION)
    visitor.page.wait_for_function("() => !document.querySelector('#gesprek [data-testid][aria-label]')")
    labels = visitor.page.eval_on_selector_all(
        "[aria-label]", "all => all.filter(one => one.checkVisibility()).map(one => one.getAttribute('aria-label'))"
    )
    assert set(labels) <= {"Menu", "Gesprek", "Filters", "De brief als tekst"}
    page_text = visitor.page.locator("body").inner_text()
    assert "Textbox" not in page_text
    assert "Chatbot" not in page_text
    assert "Gradio" not in page_text


def test_large_text_still_fits(visit: Visit) -> None:
    page = visit("/" + QUESTION, viewport={"width": 640, "height": 430}, device_scale_factor=2).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_without_motion_nothing_moves(visit: Visit) -> None:
    page = visit("/", reduced_motion="reduce").page
    moving = "document.getAnimations().filter(one => one.playState === 'running').length"
    assert page.evaluate(moving) == 0


def test_an_english_browser_comes_in_on_the_english_page_and_can_choose_dutch(visit: Visit) -> None:
    page = visit("/", locale="en-GB").page
    assert page.url.endswith("/en/")
    expect(page.locator("h1")).to_have_text("What did the minister answer?")
    page.get_by_role("link", name="Nederlands").click()
    page.wait_for_selector("#vraag textarea")
    assert page.url.endswith("/")
    assert not page.url.endswith("/en/")
    expect(page.locator("h1")).to_have_text("Wat antwoordde de minister?")
