"""A real server over a real index, and a real Chromium that looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from playwright.sync_api import Error as PlaywrightError

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
