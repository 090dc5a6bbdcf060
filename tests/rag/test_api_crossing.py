"""Which other sites may ask, load and frame: the whole matrix, on the web app as it is served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from rag import Assistant
from rag.api.crossing import site_pattern
from tests.browser.harness import start, stop
from tests.rag.api_client import EVIL, client_of

NEWSPAPER = "https://www.krant.example"
PARTY = "https://nieuws.partij.example"
SITES = f"{NEWSPAPER} https://*.partij.example http://127.0.0.1:8000"

ASK = {"query": "sociaal kredietsysteem"}


@contextmanager
def served(index: Path, **environment: str) -> Iterator[httpx.Client]:
    """Serve the whole web app, Gradio and its own answer to other sites in it; give a client of it."""
    named = {f"KAMERANTWOORD_{name.upper()}": value for name, value in environment.items()}
    server = start(index, environment={"KAMERANTWOORD_REQUESTS_PER_MINUTE": "0"} | named)
    with httpx.Client(base_url=server.url, timeout=30) as client:
        yield client
    stop(server)


@pytest.fixture(scope="module")
def web(real_index: Path) -> Iterator[httpx.Client]:
    with served(real_index, widget_sites=SITES, frame_sites=NEWSPAPER) as client:
        yield client


@pytest.fixture(scope="module")
def closed(real_index: Path) -> Iterator[httpx.Client]:
    with served(real_index) as client:
        yield client


def crossing(response: httpx.Response) -> dict[str, str]:
    """Return what a response says to pages of other sites."""
    return {name: value for name, value in response.headers.items() if name.startswith("access-control-")}


@pytest.mark.parametrize(
    "cookie", [{}, {"Cookie": "a=b"}, {"Authorization": "Basic eDp5"}], ids=["plain", "cookie", "auth"]
)
@pytest.mark.parametrize("host", ["testserver", "kamerantwoord.example", "localhost"])
@pytest.mark.parametrize(
    ("origin", "is_listed"),
    [
        (NEWSPAPER, True),
        (PARTY, True),
        ("https://a.b.partij.example", True),
        ("http://127.0.0.1:8000", True),
        (EVIL, False),
        ("null", False),
        ("http://www.krant.example", False),
        ("https://www.krant.example:8443", False),
        ("https://www.krant.example.evil.example", False),
        ("https://evil.example/www.krant.example", False),
        ("https://partij.example", False),
        ("https://xpartij.example", False),
        ("https://evil.example?.partij.example", False),
        ("https://evil.example#.partij.example", False),
        ("http://127.0.0.1:8001", False),
    ],
)
def test_a_page_may_ask_only_when_its_site_is_listed_and_never_with_credentials(
    web: httpx.Client, origin: str, is_listed: bool, host: str, cookie: dict[str, str]
) -> None:
    asked = web.post("/api/v1/ask", json=ASK, headers={"Host": host, "Origin": origin} | cookie)
    assert asked.status_code == 200
    preflight = web.options(
        "/api/v1/ask",
        headers={
            "Host": host,
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    for response in (asked, preflight):
        assert response.headers.get("access-control-allow-origin") == (origin if is_listed else None)
        assert "access-control-allow-credentials" not in response.headers
        assert "origin" in response.headers["vary"].lower()
    assert preflight.status_code == (200 if is_listed else 400)


@pytest.mark.parametrize("origin", [NEWSPAPER, EVIL, "null", "http://localhost:1234"])
@pytest.mark.parametrize(
    "path", ["/", "/api/v1/coverage", "/mcp", "/gradio_api/run/predict", "/zoek?q=China", "/healthz"]
)
def test_without_listed_sites_nobody_may_read_anything(closed: httpx.Client, origin: str, path: str) -> None:
    host = {"Host": "kamerantwoord.example", "Origin": origin}
    assert crossing(closed.get(path, headers=host)) == {}
    preflight = host | {"Access-Control-Request-Method": "POST"}
    assert crossing(closed.options(path, headers=preflight)) == {}


@pytest.mark.parametrize("path", ["/", "/gradio_api/run/predict", "/zoek?q=China", "/brief/2022Z11285"])
def test_a_listed_site_may_ask_the_api_and_read_no_page(web: httpx.Client, path: str) -> None:
    response = web.get(path, headers={"Host": "kamerantwoord.example", "Origin": NEWSPAPER})
    assert crossing(response) == {}


def test_a_refusal_and_a_problem_can_be_read_by_a_listed_site(web: httpx.Client) -> None:
    response = web.post("/api/v1/ask", json={"query": ""}, headers={"Origin": NEWSPAPER})
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (422, NEWSPAPER)
    assert "retry-after" in response.headers["access-control-expose-headers"].lower()


def test_any_site_may_be_let_in_but_no_cookie_comes_along(assistant: Assistant) -> None:
    client = client_of(assistant, widget_sites=("*",))
    response = client.post("/api/v1/ask", json=ASK, headers={"Origin": EVIL, "Cookie": "a=b"})
    assert response.headers["access-control-allow-origin"] == EVIL
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("path", ["/widget.js", "/widget/frame.js", "/widget/nl-design-system.css"])
def test_the_files_of_the_widget_may_be_loaded_by_any_page(closed: httpx.Client, path: str) -> None:
    response = closed.get(path, headers={"Origin": EVIL})
    assert response.status_code == 200
    assert crossing(response) == {"access-control-allow-origin": "*"}
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_only_listed_sites_may_frame_us(web: httpx.Client, closed: httpx.Client) -> None:
    for path in ("/widget/frame", "/"):
        listed, none = web.get(path), closed.get(path)
        assert f"frame-ancestors {NEWSPAPER}" in listed.headers["content-security-policy"]
        assert "x-frame-options" not in listed.headers
        assert "frame-ancestors 'none'" in none.headers["content-security-policy"]
        assert none.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("origin", [EVIL, "null", "http://testserver", "http://127.0.0.1:7860"])
def test_a_page_cannot_use_mcp_by_letting_its_name_lead_here(web: httpx.Client, origin: str) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Origin": origin, "Accept": "application/json, text/event-stream"}
    refused = web.post("/mcp", json=message, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (403, "/api/v1/docs#problem-origin")


def test_no_listed_site_matches_nothing() -> None:
    assert re.fullmatch(site_pattern(()), "https://a.example") is None
    assert re.fullmatch(site_pattern(()), "") is None
