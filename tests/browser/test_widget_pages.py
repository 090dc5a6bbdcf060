"""The pages of ours around the widget: in a frame of another site, the demo, the reference of the API."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect

from tests.browser.embedding import QUESTION, Embed, ask, keep, violations, wait_until
from tests.browser.harness import ROOT, Server

pytestmark = pytest.mark.browser


PICTURES = {"Licht": "light", "Donker": "dark", "Krant": "newspaper"}
"""Looks of the demo page that docs/embed.md shows; drawn anew with TEST_PICTURES=1."""


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
