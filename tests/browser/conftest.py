"""A real server over a real index, and a real Chromium that looks at it, or at another site that embeds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.embedding import Embed
from tests.browser.harness import (
    BROWSERS,
    LETTER,
    QUIET,
    Server,
    Visit,
    Visitor,
    Watch,
    find_browser,
    run,
    start,
    stop,
    without_browser,
)
from tests.browser.hosting import STRICT, Site, hosted


@pytest.fixture(scope="session")
def built_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    index = tmp_path_factory.mktemp("browser") / "index"
    run("build", LETTER, "--index", index)
    return index


@pytest.fixture(scope="session")
def server(built_index: Path) -> Iterator[Server]:
    running = start(built_index)
    yield running
    stop(running)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        without_browser(f"no browser found; looked for {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        except PlaywrightError as exc:
            without_browser(f"{path} does not start: {str(exc).splitlines()[0]}")
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """Return a function that opens a page in a fresh browser profile, Dutch unless told otherwise."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_one(path: str = "/", *, at: Server = server, expected: tuple[str, ...] = (), **options: Any) -> Visitor:
        context = browser.new_context(**{"locale": "nl-NL", "viewport": {"width": 1280, "height": 860}} | options)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=at.url)
        page, watch = context.new_page(), Watch(at.url, expected=expected)
        page.on("request", watch.on_request)
        page.on("console", watch.on_console)
        page.on("pageerror", watch.on_error)
        opened.append((context, watch))
        visitor = Visitor(page, watch, at)
        visitor.go(path)
        return visitor

    yield open_one
    for context, _ in opened:
        context.close()
    assert [watch.foreign for _, watch in opened if watch.foreign] == []
    assert [watch.problems for _, watch in opened if watch.problems] == []


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
