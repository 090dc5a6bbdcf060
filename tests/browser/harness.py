"""What the browser tests work with: a server, a visitor, and an eye on what the page does unseen."""

from __future__ import annotations

import importlib.resources
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request

ROOT = Path(__file__).parents[2]
LETTER = ROOT / "letters" / "2022Z11285.pdf"
ARTEFACTS = ROOT / "artefacts"

Visit = Callable[..., "Visitor"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Read before the tests hide the settings of this machine.
TEST_BROWSER = os.environ.get("TEST_BROWSER")
TEST_SCREENSHOT = os.environ.get("TEST_SCREENSHOT")

MAC_BROWSERS = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium")

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Server:
    """A running `kamerantwoord serve`."""

    url: str
    index: Path
    process: subprocess.Popen[str]


def run(*arguments: str | Path) -> None:
    """Run a command of ours, and show what it said when it fails."""
    command = [sys.executable, "-m", "rag.cli", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr


def start(index: Path, *arguments: str, environment: dict[str, str] | None = None) -> Server:
    """Start a server on a free port, and wait until it says its address."""
    command = [sys.executable, "-m", "rag.cli", "serve", "--index", str(index), "--port", "0", *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=os.environ | (environment or {})
    )
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith("Kamerantwoord: http"):
            return Server(line.split(": ", 1)[1].strip(), index, process)
    raise AssertionError(f"the server did not start: {''.join(said)}")


def stop(server: Server) -> int:
    """Stop a server as an operator would, and return its exit code."""
    server.process.send_signal(signal.SIGINT)
    try:
        return server.process.wait(timeout=15)
    finally:
        server.process.kill()
        assert server.process.stderr is not None
        server.process.stderr.close()


def find_browser() -> str | None:
    """Return the path of a Chromium on this machine."""
    named = [TEST_BROWSER, *map(shutil.which, BROWSERS)]
    installed = [str(Path("/Applications") / name) for name in MAC_BROWSERS]
    return next((path for path in [*named, *installed] if path and Path(path).exists()), None)


def without_browser(reason: str) -> None:
    """Skip where a browser may be missing; fail in CI, where it may not."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass
class Watch:
    """What a page did that nobody saw."""

    origin: str
    foreign: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "about") and f"{address.scheme}://{address.netloc}" != self.origin:
            self.foreign.append(request.url)

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(part in message.text for part in self.expected):
            self.problems.append(f"{message.type}: {message.text}")

    def on_error(self, error: Any) -> None:
        self.problems.append(f"uncaught: {error}")


@dataclass
class Visitor:
    """Someone at a page: where they are, and what is noticed about it."""

    page: Page
    watch: Watch
    server: Server

    def go(self, path: str = "/") -> None:
        self.page.goto(self.server.url + path)
        if urlsplit(path).path in ("/", "/en/"):
            self.page.wait_for_selector("#vraag textarea")

    def ask(self, question: str) -> None:
        """Ask, and wait for the answer."""
        before = self.page.locator(".kw-beurt").count()
        self.page.locator("#vraag textarea").fill(question)
        self.page.locator("#vraag textarea").press("Enter")
        self.page.wait_for_function("count => document.querySelectorAll('.kw-beurt').length > count", arg=before)

    def keep(self, name: str, *, whole: bool = False) -> None:
        """Keep a picture of the page."""
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.wait_for_function(
            "() => [...document.images].every(one => one.complete || one.getBoundingClientRect().top > innerHeight)"
        )
        self.page.wait_for_timeout(150)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=whole)

    def copied(self) -> str:
        return str(self.page.evaluate("navigator.clipboard.readText()"))

    def violations(self) -> list[str]:
        """Return what axe-core finds wrong with the page as it stands."""
        if not self.page.evaluate("'axe' in window"):
            # Through the browser itself: our policy does not let a page add scripts.
            self.page.evaluate(axe_source())
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{rule['id']}: {node['html'][:200]} — {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]


def axe_source() -> str:
    """Return axe-core, as the PyPI package ships it."""
    return (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
