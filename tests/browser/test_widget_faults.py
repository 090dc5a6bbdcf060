"""The widget when something goes wrong: the question, the page, the server, or the order in which things happen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.embedding import NO_ANSWER, QUESTION, Embed, ask, keep, listen
from tests.browser.harness import Server, start, stop
from tests.browser.hosting import Site

pytestmark = pytest.mark.browser


def test_a_site_that_is_not_listed_gets_a_clear_line(embed: Embed, server: Server) -> None:
    page = embed(at=server, expected=("CORS policy", "Failed to load resource"))
    ask(page, QUESTION)
    expect(page.get_by_role("alert")).to_have_text("De server is niet te bereiken. Probeer het later opnieuw.")


def test_a_question_that_cannot_be_searched_says_so(embed: Embed) -> None:
    page = embed(expected=("422",))
    ask(page, "🙂🙂")
    expect(page.get_by_role("alert")).to_have_text("Deze vraag kan niet worden gezocht. Stel haar in andere woorden.")
    expect(page.get_by_role("searchbox")).to_be_focused()
    ask(page, "  ")
    expect(page.get_by_role("alert")).to_have_text("Typ eerst een vraag, in gewone woorden.")


@pytest.mark.parametrize(
    ("attributes", "line", "fault"),
    [
        pytest.param(
            'after="gisteren"',
            "Het zoekveld op deze pagina is niet goed ingesteld. Het ligt niet aan uw vraag.",
            "; after: ",
            id="no date",
        ),
        pytest.param(
            'after="2023-01-01" before="2022-01-01" language="en"',
            "The search box on this page is not set up properly. It is not your question.",
            "`after` is later than `before`",
            id="after later than before",
        ),
    ],
)
def test_a_mistake_of_the_page_is_told_to_its_author_and_offers_the_visitor_no_retry(
    embed: Embed, attributes: str, line: str, fault: str
) -> None:
    page = embed(f"<kamer-antwoord {attributes}></kamer-antwoord>", expected=("422", "<kamer-antwoord>: "))
    logged = listen(page)
    ask(page, QUESTION)
    expect(page.get_by_role("alert")).to_have_text(line)
    expect(page.locator("[part=retry]")).to_have_count(0)
    told = [text for text in logged if text.startswith("<kamer-antwoord>: ")]
    assert len(told) == 1
    assert fault in told[0]
    assert not any(QUESTION in text for text in logged)


def test_a_fault_in_the_question_is_not_told_as_a_mistake_of_the_page(embed: Embed) -> None:
    page = embed(expected=("422",))
    for question, line in (
        ("x" * 2001, "Uw vraag is te lang. Maak haar korter."),
        # Half of a character of two
        ("China \ud83d", "Deze vraag kan niet worden gezocht. Stel haar in andere woorden."),
    ):
        # As JSON: half a character cannot cross to the browser.
        asked = "text => document.querySelector('kamer-antwoord').ask(JSON.parse(text))"
        assert page.evaluate(asked, json.dumps(question)) is None
        expect(page.get_by_role("alert")).to_have_text(line)
        expect(page.locator("[part=retry]")).to_have_count(0)


@pytest.mark.parametrize("language", ["constructor", "__proto__"])
def test_a_language_that_it_does_not_have_is_dutch(embed: Embed, language: str) -> None:
    page = embed(f'<kamer-antwoord language="{language}"></kamer-antwoord>')
    expect(page.get_by_role("button", name="Vraag", exact=True)).to_be_visible()
    ask(page, QUESTION)
    expect(page.get_by_role("heading", level=2)).to_have_text("Antwoord op vraag 4")


def test_a_kind_of_problem_that_it_does_not_know_gets_the_general_line(embed: Embed) -> None:
    page = embed(expected=("503",))
    headers = {"Access-Control-Allow-Origin": "*"}
    unknown = {"type": "/api/v1/docs#problem-constructor", "title": "Nothing", "status": 503}
    page.route("**/api/v1/ask", lambda route: route.fulfill(status=503, json=unknown, headers=headers))
    ask(page, QUESTION)
    expect(page.get_by_role("alert")).to_have_text("Zoeken lukt nu niet. Probeer het later opnieuw.")
    expect(page.get_by_role("button", name="Probeer opnieuw")).to_be_visible()


def test_an_element_that_is_not_in_the_page_asks_and_clears_nothing(embed: Embed) -> None:
    page = embed()
    expect(page.get_by_role("searchbox")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answers = page.evaluate(
        """async (text) => {
          const loose = document.createElement('kamer-antwoord');
          loose.clear();
          const removed = document.querySelector('kamer-antwoord');
          removed.remove();
          removed.clear();
          return [await loose.ask(text), await removed.ask(text)];
        }""",
        QUESTION,
    )
    assert answers == [None, None]
    assert asked == []


def test_an_element_that_is_removed_while_it_asks_fires_nothing_and_can_come_back(embed: Embed) -> None:
    page = embed()
    held: list[Route] = []
    page.route("**/api/v1/ask", lambda route: held.append(route) if not held else route.continue_())
    expect(page.get_by_role("searchbox")).to_be_visible()
    page.evaluate(
        """(text) => {
          window.told = [];
          window.widget = document.querySelector('kamer-antwoord');
          for (const name of ['ka-answer', 'ka-none', 'ka-error']) widget.addEventListener(name, () => told.push(name));
          window.given = widget.ask(text);
        }""",
        QUESTION,
    )
    expect(page.get_by_role("status")).to_have_text("Zoeken in de brieven…")
    assert page.evaluate("widget.remove(), given") is None
    assert page.evaluate("told") == []
    page.evaluate("document.body.append(widget)")
    expect(page.get_by_role("status")).to_have_text("")
    expect(page.get_by_role("alert")).to_have_count(0)
    ask(page, QUESTION)
    expect(page.get_by_role("heading", level=2)).to_have_text("Antwoord op vraag 4")


def test_an_element_that_is_moved_while_it_asks_goes_on_asking(embed: Embed) -> None:
    page = embed()
    held: list[Route] = []
    page.route("**/api/v1/ask", lambda route: held.append(route))
    ask(page, QUESTION)
    expect(page.get_by_role("status")).to_have_text("Zoeken in de brieven…")
    page.evaluate("document.body.append(document.querySelector('kamer-antwoord'))")
    held[0].continue_()
    expect(page.get_by_role("heading", level=2)).to_have_text("Antwoord op vraag 4")


def test_too_many_questions_and_a_server_that_is_gone_get_clear_lines_and_a_way_on(
    embed: Embed, built_index: Path, site: Site
) -> None:
    environment = {"KAMERANTWOORD_WIDGET_SITES": site.url, "KAMERANTWOORD_REQUESTS_PER_MINUTE": "2"}
    small = start(built_index, environment=environment)
    try:
        page = embed(at=small, expected=("429", "ERR_CONNECTION_REFUSED"))
        for _ in range(3):
            ask(page, QUESTION)
            page.wait_for_timeout(200)
        expect(page.get_by_role("alert")).to_contain_text("Er zijn te veel vragen gesteld. Wacht ")
        keep(page, "too-many")
        stop(small)
        page.get_by_role("button", name="Probeer opnieuw").click()
        expect(page.get_by_role("alert")).to_have_text("De server is niet te bereiken. Probeer het later opnieuw.")
        port = small.url.rsplit(":", 1)[1]
        small = start(built_index, "--port", port, environment=environment)
        page.get_by_role("button", name="Probeer opnieuw").click()
        expect(page.get_by_role("heading", level=2)).to_have_text("Antwoord op vraag 4")
    finally:
        stop(small)


def test_a_slow_server_is_waited_for_and_given_up_in_the_end(embed: Embed) -> None:
    page = embed()
    page.clock.install()
    page.route("**/api/v1/ask", lambda route: None)
    ask(page, QUESTION)
    page.clock.fast_forward(300)
    expect(page.get_by_role("status")).to_have_text("Zoeken in de brieven…")
    page.clock.fast_forward(5000)
    expect(page.get_by_role("status")).to_have_text("Dit duurt langer dan anders…")
    page.clock.fast_forward(16000)
    expect(page.get_by_role("alert")).to_have_text("De server antwoordt niet. Probeer het later opnieuw.")
    expect(page.get_by_role("button", name="Probeer opnieuw")).to_be_visible()


def test_a_later_question_overtakes_an_earlier_one(embed: Embed) -> None:
    page = embed()
    held: list[Route] = []
    page.route("**/api/v1/ask", lambda route: held.append(route) if not held else route.continue_())
    ask(page, NO_ANSWER)
    page.wait_for_timeout(100)
    ask(page, QUESTION)
    expect(page.get_by_role("heading", level=2)).to_have_text("Antwoord op vraag 4")
    held[0].abort()
    page.wait_for_timeout(100)
    expect(page.get_by_role("alert")).to_have_count(0)
