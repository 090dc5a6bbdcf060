"""The widget on a page of another site, under a strict policy: ask, read, decline, and how it looks there."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from playwright.sync_api import Route, expect

from rag import contract
from rag.api.example import example_result
from tests.browser.embedding import NO_ANSWER, QUESTION, Embed, ask, keep, violations, wait_until
from tests.browser.harness import ROOT, Server
from tests.browser.hosting import STRICT, Site

pytestmark = pytest.mark.browser


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
