"""Two pages around the widget: one to try it on and copy its line from, one to show in a frame."""

from __future__ import annotations

from collections.abc import Mapping

from rag.pages.markup import Html, element, join
from rag.pages.shell import render_footer, render_head, render_header, render_page
from rag.pages.texts import TEXTS
from rag.pages.turn import render_coverage
from rag.results import Coverage

FRAME_ATTRIBUTES = (
    "language", "placeholder", "label", "hits", "theme", "letter", "ministry", "minister", "party", "asker",
    "after", "before", "heading-level",
)  # fmt: skip

LONGEST_VALUE = 200


def render_demo(origin: str, script: str, integrity: str, coverage: Coverage) -> Html:
    """Draw the page with the widget, and the lines that bring it to another page."""
    texts = TEXTS["nl"]
    line = f'<script type="module" src="{origin}/widget.js"></script>\n<kamer-antwoord></kamer-antwoord>'
    pinned = (
        f'<script type="module" src="{origin}/{script}"\n  integrity="{integrity}" crossorigin></script>\n'
        f'<kamer-antwoord>\n  <form action="{origin}/zoek">\n    <label>Uw vraag <input name="q"></label>'
        "\n    <button>Vraag</button>\n  </form>\n</kamer-antwoord>"
    )
    framed = (
        f'<iframe src="{origin}/widget/frame" title="Vraag het de ministers" width="100%" height="420"></iframe>\n'
        f'<script type="module" src="{origin}/widget/frame.js"></script>'
    )
    main = join(
        element("h1", "Kamerantwoord op uw eigen pagina"),
        element("p", "Zo staat het vragenveld op een pagina van een ander:"),
        element("kamer-antwoord", language="nl", placeholder="Hoe werkt het sociaal kredietsysteem in China?"),
        element("div", _look_buttons(), class_="kw-knoppen", role="group", aria_label="Uiterlijk"),
        element("h2", "Uw regel"),
        element("p", "Plak deze twee regels waar het veld moet komen:"),
        element("pre", line, tabindex=0),
        element("p", "Met een vaste versie, en met een formulier voor wie geen JavaScript heeft:"),
        element("pre", pinned, tabindex=0),
        element("p", "In een frame, waar een eigen script niet mag:"),
        element("pre", framed, tabindex=0),
        element(
            "p",
            "Welke sites dit mogen, staat in de instellingen van deze server: ",
            element("code", "widget_sites"),
            " en ",
            element("code", "frame_sites"),
            ".",
        ),
    )
    head = join(
        render_head(texts, "Kamerantwoord op uw eigen pagina", texts.intro),
        element("link", rel="stylesheet", href="/widget/demo.css"),
        element("script", src=f"/{script}", type="module"),
        element("script", src="/widget/demo.js", type="module"),
    )
    header = render_header(texts, other_language="/en/")
    return render_page(texts, head, header, main, render_footer(texts, render_coverage(coverage, texts)))


def _look_buttons() -> list[Html]:
    looks = {"": "Gewoon", "light": "Licht", "dark": "Donker", "newspaper": "Krant", "municipality": "Gemeente"}
    return [
        element("button", name, type="button", class_="kw-knop", data_look=look, aria_pressed=str(not look).lower())
        for look, name in looks.items()
    ]


def render_frame(given: Mapping[str, str], script: str) -> Html:
    """Draw a page with nothing but the widget; its attributes come from the address."""
    attributes = {name.replace("-", "_"): given[name][:LONGEST_VALUE] for name in FRAME_ATTRIBUTES if given.get(name)}
    language = TEXTS["en" if given.get("language") == "en" else "nl"].language
    head = join(
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", "Kamerantwoord"),
        element("link", rel="stylesheet", href="/widget/demo.css"),
        element("script", src=f"/{script}", type="module"),
        element("script", src="/widget/frame-inside.js", type="module"),
    )
    body = element("body", element("main", element("kamer-antwoord", **attributes)), class_="frame")
    return join(Html("<!doctype html>"), element("html", element("head", head), body, lang=language))
