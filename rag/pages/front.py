"""The front page: Gradio's chat inside a page of our own.

Gradio's page names outside hosts in its head, has no language and no landmarks. Its configuration and
the addresses of its script and style are taken out and put in a page of ours, with the conversation
already in it, so that nothing jumps and a shared link needs no second request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.pages.markup import Child, Html, data_script, element, join
from rag.pages.texts import Texts

# <script>window.gradio_config = {"version":"6.31.0", … };</script>
CONFIG = re.compile(r"window\.gradio_config = (\{.*?\});</script>", re.DOTALL)

# <script type="module" crossorigin src="./assets/index-DphvyggB.js"></script>
SCRIPT = re.compile(r'<script type="module"[^>]*\bsrc="\.(/assets/[\w.-]+\.js)"')

# <link rel="stylesheet" crossorigin href="./assets/index-DiEEvXS6.css">
STYLE = re.compile(r'<link rel="stylesheet"[^>]*\bhref="\.(/assets/[\w.-]+\.css)"')

UNUSED_API: dict[str, dict[str, Any]] = {"named_endpoints": {}, "unnamed_endpoints": {}}
"""Saves Gradio's client a request; nothing calls our functions by name."""


@dataclass(frozen=True, slots=True)
class GradioPage:
    """What Gradio's own page says."""

    config: dict[str, Any]
    script: str
    style: str


def read_gradio_page(page: str) -> GradioPage:
    """Take Gradio's page apart.

    Raises
    ------
    RuntimeError
        When a new version of Gradio writes it in another way.
    """
    found = [pattern.search(page) for pattern in (CONFIG, SCRIPT, STYLE)]
    if not all(found):
        raise RuntimeError("this version of Gradio writes its page in another way; see the versions in pyproject.toml")
    config, script, style = (match[1] for match in found if match)
    return GradioPage(json.loads(config), script, style)


def with_values(config: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return Gradio's configuration with other first values, by the ``elem_id`` of the component."""
    components = [
        {**component, "props": {**props, "value": values[props["elem_id"]]}}
        if (props := component.get("props", {})).get("elem_id") in values
        else component
        for component in config["components"]
    ]
    return {**config, "components": components}


def render_front(
    texts: Texts,
    gradio: GradioPage,
    *,
    nonce: str,
    head: Html,
    header: Html,
    before: Child,
    after: Child,
    footer: Html,
    talking: bool,
) -> Html:
    """Draw the front page.

    Parameters
    ----------
    texts : Texts
    gradio : GradioPage
        With the first values in it.
    nonce : str
        Lets the inline scripts of this page run, and no other.
    head, header, before, after, footer : Html
        `before` and `after` stand above and below the chat.
    talking : bool
        Whether a conversation is under way.
    """
    state = "kw kw-voorkant kw-gesprek-bezig" if talking else "kw kw-voorkant"
    body = element(
        "body",
        header,
        # Gradio brings the main landmark itself.
        element("div", before, _chat(texts), after, id="inhoud", tabindex=-1),
        footer,
        element("p", id="kw-status", class_="kw-sr", role="status"),
        class_=state,
    )
    return join(
        Html("<!doctype html>"),
        element("html", element("head", _gradio_head(gradio, nonce), head), body, lang=texts.language),
    )


def _gradio_head(gradio: GradioPage, nonce: str) -> Html:
    config, api = data_script(gradio.config), data_script(UNUSED_API)
    settings = Html(f'window.gradio_config={config};window.gradio_api_info={api};window.__gradio_mode__="app";')
    return join(
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("script", settings, nonce=nonce),
        element("link", rel="stylesheet", href=gradio.style, crossorigin=True),
        element("script", type="module", src=gradio.script, crossorigin=True),
    )


def _chat(texts: Texts) -> Html:
    waiting = element("p", texts.loading, class_="kw-laden", id="kw-laden")
    chat = element("gradio-app", control_page_title="false", embed="false", eager="true", class_="kw-chat")
    plain = element("p", f"{texts.noscript} ", element("a", texts.search_title, href=f"{texts.prefix}/zoek"))
    return join(waiting, element("noscript", plain), chat)
