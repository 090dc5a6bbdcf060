"""What stands around every page: its head, its header with the way around, its footer."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from rag.pages.markup import Child, Html, data_script, element, join
from rag.pages.texts import TEXTS, Texts

STATIC = Path(__file__).parent / "static"

STATIC_TYPES = {"kamerantwoord.css": "text/css", "kamerantwoord.js": "text/javascript", "icon.svg": "image/svg+xml"}

FOR_EVER = "public, max-age=31536000, immutable"
"""For what has an address that changes with it."""


@lru_cache
def static_address(name: str) -> str:
    """Return the address of a file of ours; it changes with the file, so that it may be kept for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/kw/{digest}/{name}"


def render_head(
    texts: Texts, title: str, description: str, *, canonical: str | None = None, data: object = None
) -> Html:
    """Draw what belongs in the head of a page, its character set excepted."""
    return join(
        element("title", title),
        element("meta", name="description", content=description),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="icon", href=static_address("icon.svg"), type="image/svg+xml"),
        element("link", rel="stylesheet", href=static_address("kamerantwoord.css")),
        element("link", rel="canonical", href=canonical) if canonical else None,
        element("script", data_script(data), type="application/ld+json") if data else None,
        element("script", data_script(_spoken(texts)), type="application/json", id="kw-woorden"),
        element("script", src=static_address("kamerantwoord.js"), type="module"),
    )


def _spoken(texts: Texts) -> dict[str, str]:
    """Return what the script says."""
    return {
        "copied": texts.copied,
        "failed": texts.copy_failed,
        "searching": texts.searching,
        "talk": texts.conversation,
    }


def render_header(texts: Texts, *, other_language: str) -> Html:
    """Draw the header; `other_language` is the address of the same page in the other language."""
    other = TEXTS[texts.other_language]
    links = [
        element("a", texts.new_conversation, href=f"{texts.prefix}/", class_="kw-nieuw"),
        element("a", texts.explanation, href=f"{texts.prefix}/uitleg"),
        element(
            "a",
            texts.other_language_name,
            href=other_language,
            lang=other.language,
            hreflang=other.language,
            class_="kw-taal",
        ),
    ]
    return join(
        element("a", texts.skip, href="#inhoud", class_="kw-sla-over"),
        element(
            "header",
            element("a", texts.product, href=f"{texts.prefix}/", class_="kw-merk"),
            element("nav", links, aria_label=texts.menu),
            class_="kw-kopregel",
        ),
    )


def render_footer(texts: Texts, coverage: Html) -> Html:
    """Draw the footer with what is searched."""
    return element(
        "footer",
        element("p", coverage, class_="kw-dekking"),
        element(
            "p",
            element("a", texts.explanation, href=f"{texts.prefix}/uitleg"),
            " · ",
            element("a", texts.accessibility, href=f"{texts.prefix}/toegankelijkheid"),
        ),
        class_="kw-voet",
    )


def render_page(texts: Texts, head: Html, header: Html, main: Child, footer: Html, *, wide: bool = False) -> Html:
    """Draw a whole page that works without JavaScript."""
    return join(
        Html("<!doctype html>"),
        element(
            "html",
            element(
                "head",
                element("meta", charset="utf-8"),
                element("meta", name="viewport", content="width=device-width, initial-scale=1"),
                head,
            ),
            element(
                "body",
                header,
                element("main", main, id="inhoud", tabindex=-1, class_="kw-breed" if wide else None),
                footer,
                _status(),
                class_="kw kw-bladzij",
            ),
            lang=texts.language,
        ),
    )


def _status() -> Html:
    """Return the place where the script says what happened, for those who cannot see it."""
    return element("p", id="kw-status", class_="kw-sr", role="status")
