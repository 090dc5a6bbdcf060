"""The widget on a page of another site, under a strict policy: ask, read, decline, fail, try again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from rag import contract
from rag.api.example import example_result
from tests.browser.harness import ARTEFACTS, ROOT, Server, axe_source, start, stop
from tests.browser.hosting import STRICT, Site, hosted

pytestmark = pytest.mark.browser

QUESTION = "Hoe werkt het sociaal kredietsysteem in China?"
NO_ANSWER = "Hoeveel fietsenstallingen komen er bij station Utrecht?"

PICTURES = {"Licht": "light", "Donker": "dark", "Krant": "newspaper"}
"""Looks of the demo page that docs/embed.md shows; drawn anew with TEST_PICTURES=1."""

Embed = Callable[..., Page]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with hosted() as running:
        yield running


@pytest.fixture(scope="module")
def widget_server(built_index: Path, site: Site) -> Iterator[Server]:
    environment = {"KAMERANTWOORD_WIDGET_SITES": site.url, "KAMERANTWOORD_FRAME_SITES": site.url}
    running = start(built_index, environment=environment)
    yield running
    stop(running)


@pytest.fixture
def embed(browser: Browser, site: Site, widget_server: Server) -> Iterator[Embed]:
    """Return a function that opens a page of another site with the widget, and watches what it does."""
    contexts: list[BrowserContext] = []
    requested: list[str] = []
    problems: list[str] = []

    def open_page(
        body: str = "<kamer-antwoord></kamer-antwoord>",
        *,
        at: Server = widget_server,
        policy: str = STRICT,
        expected: tuple[str, ...] = (),
        page_options: dict[str, str] | None = None,
        **options: Any,
    ) -> Page:
        script = f'<script type="module" src="{at.url}/widget.js"></script>'
        address = site.add(script + body, policy=policy.format(host=at.url), **(page_options or {}))
        context = browser.new_context(**{"locale": "nl-NL", "viewport": {"width": 1000, "height": 800}} | options)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: _note_request(request, at))
        page.on("console", lambda message: _note(f"{message.type}: {message.text}", message.type, expected))
        page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
        page.goto(address)
        return page

    def _note_request(request: Request, at: Server) -> None:
        if not request.url.startswith((f"{at.url}/", f"{site.url}/", "blob:", "data:")):
            requested.append(request.url)

    def _note(text: str, kind: str, expected: tuple[str, ...]) -> None:
        if kind in ("error", "warning") and not any(part in text for part in expected):
            problems.append(text)

    yield open_page
    for context in contexts:
        context.close()
    assert requested == []
    assert problems == []


def ask(page: Page, question: str, *, which: int = 0) -> None:
    """Type a question and press Enter, as people do."""
    field = page.get_by_role("searchbox").nth(which)
    field.fill(question)
    field.press("Enter")


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.wait_for_timeout(100)
    page.screenshot(path=ARTEFACTS / f"widget-{name}.png", full_page=True)


def listen(page: Page) -> list[str]:
    """Return a list that fills with what the page writes to the console."""
    logged: list[str] = []
    page.on("console", lambda message: logged.append(message.text))
    return logged


def wait_until(page: Page, expression: str, arg: object = None) -> None:
    """Wait as `Page.wait_for_function` does, which a policy against eval stops whenever it has to look twice."""
    for _ in range(100):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not true after five seconds: {expression}")


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong, in the shadow trees too."""
    page.evaluate(axe_source())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{rule['id']}: {node['html'][:150]}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize("document", ["README.md", "docs/embed.md"])
def test_the_line_of_the_guide_answers_on_a_strict_page_word_for_word_with_its_source(
    embed: Embed, site: Site, widget_server: Server, document: str
) -> None:
    guide = (ROOT / document).read_text("utf-8")
    # The first ```html block
    line = guide.split("```html\n")[1].split("```")[0].replace("HOST", widget_server.url)
    page = embed()
    page.goto(site.add(line, policy=STRICT.format(host=widget_server.url)))
    ask(page, QUESTION)
    expect(page.get_by_role("heading", level=2)).to_have_text("Antwoord op vraag 4")
    result = httpx.post(f"{widget_server.url}/api/v1/ask", json={"query": QUESTION}).json()
    hit = result["hits"][0]
    words = page.locator("[part=words]").first
    # textContent: what is there; paragraphs are elements of their own.
    assert (
        words.evaluate("words => [...words.children].map(p => p.textContent).join('\\n\\n')") == hit["answer"]["text"]
    )
    marked = "".join(page.locator("[part=words]").first.locator("mark").all_text_contents())
    assert marked == hit["answer"]["text"][hit["highlight"]["start"] : hit["highlight"]["end"]]
    expect(page.locator("[part=citation]").first).to_have_text(hit["citation"]["official"])
    expect(page.get_by_text("Hoekstra (Buitenlandse Zaken) · gevraagd op 7 juni 2022").first).to_be_visible()
    expect(page.get_by_text("Doorzocht: 1 brief met 10 antwoorden")).to_be_visible()
    expect(page.get_by_role("link", name="Vaste link").first).to_have_attribute(
        "href", f"{widget_server.url}/brief/2022Z11285/vraag-4"
    )
    keep(page, "answer")


def test_every_link_of_an_answer_leads_to_a_page_of_the_server(embed: Embed, widget_server: Server) -> None:
    page = embed()
    ask(page, QUESTION)
    expect(page.locator("[part=hit]").first).to_be_visible()
    links = page.get_by_role("link").evaluate_all("links => links.map(link => link.href)")
    ours = [link for link in links if link.startswith(widget_server.url)]
    assert len(ours) >= 3
    assert {httpx.get(link).status_code for link in ours} == {200}


def test_one_click_copies_the_citation(embed: Embed) -> None:
    page = embed()
    ask(page, QUESTION)
    page.get_by_role("button", name="Kopieer bronvermelding").first.click()
    expect(page.get_by_role("button", name="Gekopieerd")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("[part=citation]").first.text_content()


def test_a_question_without_an_answer_shows_near_misses_as_such(embed: Embed) -> None:
    page = embed()
    ask(page, NO_ANSWER)
    expect(page.get_by_role("heading", level=2)).to_have_text("Geen brief beantwoordt deze vraag.")
    expect(page.get_by_role("heading", level=3).first).to_have_text("Wel hierover gevraagd")
    assert page.locator("[part=words]:visible").count() == 0
    page.locator("summary").first.click()
    expect(page.locator("[part=words]").first).to_be_visible()
    keep(page, "none")


def test_events_tell_the_host_page_what_happened_and_never_the_question(embed: Embed) -> None:
    page = embed("<kamer-antwoord></kamer-antwoord><kamer-antwoord share-question></kamer-antwoord>", expected=("422",))
    page.evaluate("""() => { window.told = [];
      for (const name of ['ka-answer', 'ka-none', 'ka-error'])
        document.addEventListener(name, (event) => told.push([name, event.detail])); }""")
    for which in (0, 1):
        for question in (QUESTION, NO_ANSWER, "🙂"):
            count = page.evaluate("told.length")
            ask(page, question, which=which)
            wait_until(page, "count => told.length > count", count)
    told = page.evaluate("told")
    assert [name for name, _ in told] == ["ka-answer", "ka-none", "ka-error"] * 2
    assert told[0][1]["id"] == "2022Z11285/vraag-4"
    assert QUESTION not in json.dumps(told[:3])
    assert [detail["question"] for _, detail in told[3:]] == [QUESTION, NO_ANSWER, "🙂"]


def test_the_host_page_can_ask_and_clear(embed: Embed) -> None:
    page = embed()
    result = page.evaluate("text => document.querySelector('kamer-antwoord').ask(text)", QUESTION)
    contract.Result.model_validate(result)
    expect(page.get_by_role("searchbox")).to_have_value(QUESTION)
    page.evaluate("document.querySelector('kamer-antwoord').clear()")
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(page.locator("[part=hit]")).to_have_count(0)


def test_several_widgets_on_one_page_keep_to_themselves(embed: Embed) -> None:
    english = '<kamer-antwoord language="en" hits="1" theme="dark" placeholder="In plain words"></kamer-antwoord>'
    page = embed(f"<kamer-antwoord></kamer-antwoord>{english}")
    ask(page, NO_ANSWER)
    ask(page, "How does social credit work in China?", which=1)
    first, second = page.locator("kamer-antwoord").all()
    expect(first.get_by_role("heading", level=2)).to_have_text("Geen brief beantwoordt deze vraag.")
    expect(second.get_by_role("heading", level=2)).to_have_text("Answer to question 4")
    assert second.locator("[part=fold]").count() == 0
    expect(second.get_by_role("searchbox")).to_have_attribute("placeholder", "In plain words")
    backgrounds = [one.evaluate("one => getComputedStyle(one).backgroundColor") for one in (first, second)]
    assert backgrounds == ["rgb(255, 255, 255)", "rgb(27, 31, 35)"]
    keep(page, "several")


def test_a_filter_on_the_element_chooses_the_letters(embed: Embed) -> None:
    page = embed('<kamer-antwoord party="D66"></kamer-antwoord><kamer-antwoord party="SGP"></kamer-antwoord>')
    ask(page, QUESTION)
    ask(page, QUESTION, which=1)
    first, second = page.locator("kamer-antwoord").all()
    expect(first.locator("[part=notice]")).to_contain_text("Geen brief voldoet aan deze keuze")
    expect(second.get_by_role("heading", level=2)).to_have_text("Antwoord op vraag 4")


def test_the_keyboard_reaches_everything_and_no_single_key_does_anything(embed: Embed) -> None:
    page = embed()
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("[part=hit]").first).to_be_visible()
    before = page.locator("kamer-antwoord").evaluate("one => one.shadowRoot.textContent")
    page.locator("[part=citation]").first.click()
    page.keyboard.type("abcdefghijklmnopqrstuvwxyz/?")
    assert page.locator("kamer-antwoord").evaluate("one => one.shadowRoot.textContent") == before
    page.get_by_role("searchbox").focus()
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement?.shadowRoot?.activeElement?.textContent ?? null"))
    for name in ("Vraag", "Kopieer bronvermelding", "Vaste link", "Hele brief", "Verder vragen in Kamerantwoord"):
        assert name in reached


def test_who_listens_hears_that_an_answer_came(embed: Embed) -> None:
    page = embed()
    status = page.get_by_role("status")
    expect(status).to_have_count(1)
    ask(page, QUESTION)
    expect(status).to_have_text("Antwoord gevonden.")
    ask(page, NO_ANSWER)
    expect(status).to_have_text("Geen brief beantwoordt deze vraag.")


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="light"),
        pytest.param({"color_scheme": "dark"}, id="dark"),
        pytest.param({"forced_colors": "active"}, id="forced colours"),
        pytest.param({"viewport": {"width": 320, "height": 640}}, id="320 px"),
        pytest.param({"page_options": {"language": "ar", "direction": "rtl"}}, id="right to left"),
    ],
)
def test_it_is_accessible_and_fits(embed: Embed, options: dict[str, Any], request: pytest.FixtureRequest) -> None:
    head = '<meta name="color-scheme" content="light dark">'
    options["page_options"] = {"head": head, **options.get("page_options", {})}
    page = embed('<kamer-antwoord theme="auto" language="nl"></kamer-antwoord>', **options)
    assert violations(page) == []
    ask(page, QUESTION)
    expect(page.locator("[part=hit]").first).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    direction = page.locator("[part=words]").first.evaluate("words => getComputedStyle(words).direction")
    assert direction == "ltr"
    keep(page, f"look-{request.node.callspec.id.replace(' ', '-')}")


def test_variables_and_parts_change_the_look(embed: Embed) -> None:
    style = """<style>kamer-antwoord { --ka-accent: rgb(1, 2, 3); --ka-font: monospace; --ka-radius: 0px }
      kamer-antwoord::part(heading) { letter-spacing: 2px }</style>"""
    page = embed(f"{style}<kamer-antwoord></kamer-antwoord>", policy=STRICT + "; style-src 'unsafe-inline'")
    ask(page, QUESTION)
    look = page.get_by_role("heading", level=2).evaluate("one => getComputedStyle(one).letterSpacing")
    button = page.get_by_role("button", name="Vraag", exact=True)
    shown = button.evaluate("one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).borderRadius]")
    assert (look, shown) == ("2px", ["rgb(1, 2, 3)", "0px"])


def test_styles_of_the_host_page_do_not_reach_in(embed: Embed) -> None:
    style = (
        "<style>* { color: red; text-transform: uppercase } p { display: none } body { letter-spacing: 9px }</style>"
    )
    page = embed(f"{style}<kamer-antwoord></kamer-antwoord>", policy=STRICT + "; style-src 'unsafe-inline'")
    ask(page, QUESTION)
    paragraph = page.locator("[part=words] p").first
    expect(paragraph).to_be_visible()
    assert paragraph.evaluate("p => getComputedStyle(p).display") == "block"


def test_without_javascript_its_content_is_a_form_that_opens_the_web_app(embed: Embed, widget_server: Server) -> None:
    form = f'<form action="{widget_server.url}/zoek"><label>Vraag <input name="q"></label><button>Vraag</button></form>'
    page = embed(f"<kamer-antwoord>{form}</kamer-antwoord>", java_script_enabled=False)
    page.get_by_label("Vraag").fill(QUESTION)
    page.get_by_role("button").click()
    expect(page.locator("body")).to_contain_text("geen sprake van één centraal sociaal kredietsysteem in China")


def test_with_javascript_the_form_in_it_is_not_shown(embed: Embed) -> None:
    page = embed("<kamer-antwoord><form><input id='own'></form></kamer-antwoord>")
    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(page.locator("#own")).not_to_be_visible()


def test_a_pinned_version_loads_with_its_checksum(embed: Embed, widget_server: Server, site: Site) -> None:
    demo = httpx.get(f"{widget_server.url}/widget/demo").text
    lines = [part.split("</pre>")[0] for part in demo.split("<pre")[1:]]
    pinned = next(part for part in lines if "integrity" in part).split(">", 1)[1]
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        pinned = pinned.replace(written, meant)
    page = embed()
    page.goto(site.add(pinned, policy=STRICT.format(host=widget_server.url)))
    ask(page, QUESTION)
    expect(page.get_by_role("heading", level=2)).to_have_text("Antwoord op vraag 4")


def test_offsets_count_characters_and_not_halves_of_them(embed: Embed) -> None:
    """An answer with characters outside the basic plane before, in and after its marked sentence and its note."""
    text = "😀𝔸 eerst. Dan 𝟘 dit. 😀 En nog 🙂.\n\nEen tweede alinea <b>zonder</b> & opmaak."
    start = text.index("Dan")
    note = text.index("nog") + 5
    result = example_result()
    hit = result["hits"][0]
    answer = {"text": text, "page_numbers": [3], "points_to": [], "footnotes": [
        {"marker": "7", "offset": note, "text": None, "links": []},
        {"marker": "8", "offset": len(text), "text": "Kamerstuk", "links": ["javascript:alert(1)", "https://example.org/"]},
    ]}  # fmt: skip
    changed = result | {"hits": [hit | {"answer": answer, "highlight": {"start": start, "end": start + 10}}]}
    contract.Result.model_validate(changed)

    def answer_with(route: Route) -> None:
        if route.request.method == "POST":
            headers = {"Access-Control-Allow-Origin": "*"}
            route.fulfill(json=changed, headers=headers)
        else:
            route.fallback()

    page = embed()
    page.route("**/api/v1/ask", answer_with)
    ask(page, QUESTION)
    expect(page.locator("mark")).to_have_text(text[start : start + 10])
    paragraphs = page.locator("[part=words] p").evaluate_all(
        "all => all.map(p => [...p.childNodes].filter(n => !n.part?.length || n.part.contains('mark'))"
        ".map(n => n.textContent).join(''))"
    )
    assert "\n\n".join(paragraphs) == text
    notes = page.locator("[part=note]")
    before = notes.first.evaluate("note => note.previousSibling.textContent")
    assert before.endswith("nog 🙂")
    expect(page.locator("[part=note-text]").first).not_to_be_visible()
    notes.last.click()
    expect(page.locator("[part=note-text]").last).to_be_visible()
    assert page.locator("[part=note-text] a").evaluate_all("all => all.map(a => a.href)") == ["https://example.org/"]


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


def test_a_frame_asks_and_takes_the_height_of_its_answer(embed: Embed, widget_server: Server) -> None:
    framed = (
        f'<iframe src="{widget_server.url}/widget/frame?hits=1" title="Vraag het" width="100%" height="200"></iframe>'
        f'<script type="module" src="{widget_server.url}/widget/frame.js"></script>'
    )
    page = embed(framed, policy="default-src 'none'; script-src {host}; frame-src {host}")
    frame = page.frame_locator("iframe")
    frame.get_by_role("searchbox").fill(QUESTION)
    frame.get_by_role("searchbox").press("Enter")
    expect(frame.get_by_role("heading", level=2)).to_have_text("Antwoord op vraag 4")
    wait_until(page, "document.querySelector('iframe').clientHeight > 500")
    inside = frame.locator("body").evaluate("body => body.scrollHeight")
    assert abs(page.locator("iframe").evaluate("one => one.clientHeight") - inside) <= 1
    keep(page, "frame")


def test_the_whole_web_app_works_in_a_frame_of_a_listed_site(embed: Embed, widget_server: Server) -> None:
    framed = f'<iframe src="{widget_server.url}/" title="Kamerantwoord" width="900" height="700"></iframe>'
    page = embed(framed, policy="default-src 'none'; script-src {host}; frame-src {host}")
    frame = page.frame_locator("iframe")
    frame.locator("#vraag textarea").fill(QUESTION)
    frame.locator("#vraag textarea").press("Enter")
    expect(frame.locator(".kw-kop").first).to_have_text("Antwoord op vraag 4")


def test_a_stranger_may_not_frame_us(embed: Embed, server: Server) -> None:
    framed = f'<iframe src="{server.url}/widget/frame" title="Kamerantwoord"></iframe>'
    page = embed(framed, at=server, policy="", expected=("frame-ancestors", "X-Frame-Options", "Framing"))
    page.wait_for_timeout(300)
    assert page.frame_locator("iframe").locator("kamer-antwoord").count() == 0


def test_the_demo_page_shows_looks_and_has_no_faults(embed: Embed, widget_server: Server) -> None:
    page = embed()
    page.goto(f"{widget_server.url}/widget/demo")
    ask(page, QUESTION)
    expect(page.locator("[part=hit]").first).to_be_visible()
    for name in ("Licht", "Donker", "Krant", "Gemeente"):
        page.get_by_role("button", name=name).click()
        assert violations(page) == []
        keep(page, f"demo-{name.lower()}")
        if os.environ.get("TEST_PICTURES") and name in PICTURES:
            page.locator("kamer-antwoord").evaluate("one => one.scrollIntoView()")
            box = page.locator("kamer-antwoord").bounding_box()
            assert box is not None
            clip = {"x": box["x"] - 8, "y": box["y"], "width": box["width"] + 16, "height": 430}
            page.screenshot(path=ROOT / "docs" / f"widget-{PICTURES[name]}.png", clip=clip)


def test_the_reference_page_has_no_faults(embed: Embed, widget_server: Server) -> None:
    page = embed()
    page.goto(f"{widget_server.url}/api/v1/docs")
    expect(page.get_by_role("heading", level=1)).to_have_text("The API")
    assert violations(page) == []
    keep(page, "reference")
