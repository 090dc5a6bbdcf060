"""What a visitor does with the widget on a page of another site, and what a test looks at there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.harness import ARTEFACTS, axe_source

QUESTION = "Hoe werkt het sociaal kredietsysteem in China?"
NO_ANSWER = "Hoeveel fietsenstallingen komen er bij station Utrecht?"

Embed = Callable[..., Page]


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
