"""The web app without a browser: what it sends, what it refuses, and what it never does."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app import listen
from index.build import build_index
from index.encoders import open_encoder
from tests.browser.harness import start, stop

WriteLetter = Callable[..., Path]

QUESTION = {"q": "Hoe werkt het sociaal kredietsysteem in China?"}


@contextmanager
def serving(index: Path, **environment: str) -> Iterator[httpx.Client]:
    """Serve in a process of its own: Gradio leaves event loops behind in the one that it runs in."""
    server = start(index, environment=environment)
    try:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            yield client
    finally:
        assert stop(server) in (0, 130)


@pytest.fixture(scope="module")
def client(real_index: Path) -> Iterator[httpx.Client]:
    with serving(real_index) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/en/", "/brief/2022Z11285", "/brief/2022Z11285/vraag-4", "/uitleg", "/nergens"])
def test_every_page_says_that_it_speaks_with_this_server_alone(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "camera=()" in headers["permissions-policy"]
    assert "set-cookie" not in headers


def test_no_page_names_an_outside_host_for_a_browser_to_fetch(client: httpx.Client) -> None:
    for path in ("/", "/en/?q=priester", "/brief/2022Z11285/vraag-4", "/brief/2022Z11285"):
        page = client.get(path).text
        fetched = re.findall(r'<(?:script|img|link|iframe|source)[^>]*(?:src|href)="(?:https?:)?//([^"/]*)', page)
        assert [host for host in fetched if host != str(client.base_url.netloc, "ascii")] == []
        assert "googleapis" not in page
        assert "huggingface" not in page


def test_every_front_page_has_its_own_nonce(client: httpx.Client) -> None:
    nonces = set()
    for _ in range(3):
        answer = client.get("/")
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
        assert nonce is not None
        assert f'nonce="{nonce[1]}"' in answer.text
        nonces.add(nonce[1])
    assert len(nonces) == 3


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/gradio_api/file=https://example.com/"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/proxy=https://example.hf.space/"),
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/openapi.json"),
        ("GET", "/gradio_api/runs"),
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("GET", "/config"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("GET", "/en/gradio_api/file=https://example.com/"),
        ("POST", "/en/gradio_api/upload"),
        ("GET", "/assets/../../../etc/passwd"),
        ("GET", "/static/js/..%2f..%2f..%2fetc%2fpasswd"),
    ],
)
def test_what_the_chat_does_not_need_is_not_there(client: httpx.Client, method: str, path: str) -> None:
    assert client.request(method, path).status_code in (403, 404, 405)


def test_an_unknown_address_gets_a_page_that_helps_on(client: httpx.Client) -> None:
    for path in (
        "/nergens",
        "/brief/onbekend",
        "/brief/2022Z11285/vraag-99",
        "/brief/2022Z11285/vraag-x",
        "/a/b/c.php",
    ):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Deze bladzijde bestaat niet" in answer.text
        assert 'role="search"' in answer.text
    assert "This page does not exist" in client.get("/en/nowhere").text


def test_a_pair_is_found_by_any_of_its_numbers_and_can_be_taken_along(client: httpx.Client) -> None:
    assert "Antwoord op vraag 4" in client.get("/brief/2022Z11285/vraag-4").text
    assert "Answer to question 4" in client.get("/en/brief/2022Z11285/vraag-4").text
    bibtex = client.get("/brief/2022Z11285/vraag-4.bib")
    assert bibtex.text.startswith("@misc{2022Z11285-vraag-4,")
    assert "attachment" in bibtex.headers["content-disposition"]
    assert client.get("/brief/2022Z11285/vraag-4.ris").text.startswith("TY  - ")
    assert client.get("/brief/2022Z11285/vraag-4.exe").status_code == 404


def test_the_letter_itself_can_be_looked_at_and_downloaded(client: httpx.Client) -> None:
    page = client.get("/brief/2022Z11285/blad-3.png")
    assert page.content.startswith(b"\x89PNG")
    assert "immutable" in page.headers["cache-control"]
    marks = client.get("/brief/2022Z11285/blad-3.svg?paar=vraag-4&van=0&tot=80")
    assert marks.headers["content-type"].startswith("image/svg+xml")
    assert marks.text.count("<rect") >= 2
    assert client.get("/brief/2022Z11285/bron").content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "path",
    [
        "/brief/2022Z11285/blad-0.png",
        "/brief/2022Z11285/blad-6.png",
        "/brief/onbekend/blad-1.png",
        "/brief/2022Z11285/blad-3.svg?paar=vraag-99",
        "/brief/2022Z11285/blad-3.svg?paar=vraag-4&van=9&tot=2",
        "/brief/onbekend/bron",
        "/brief/..%2f..%2fetc/bron",
    ],
)
def test_pages_that_are_not_there_are_not_shown(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_answer_stands_in_the_page_before_any_script_runs(client: httpx.Client) -> None:
    page = client.get("/", params=QUESTION)
    assert "centraal sociaal kredietsysteem" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_every_answer_is_checked_against_its_source(client: httpx.Client) -> None:
    for number in range(1, 11):
        assert client.get(f"/brief/2022Z11285/vraag-{number}/gelijk").json() == {"verbatim": True}
    assert client.get("/brief/2022Z11285/vraag-99/gelijk").status_code == 404


def test_the_operator_can_ask_whether_it_runs_and_is_ready(client: httpx.Client) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").status_code == 200
    assert client.head("/healthz").status_code == 200


def test_a_question_is_never_logged(real_index: Path) -> None:
    server = start(real_index)
    with httpx.Client(base_url=server.url, timeout=60) as client:
        assert client.get("/", params={"q": "Een zeer geheime vraag"}).status_code == 200
        assert client.get("/zoek", params={"q": "Een zeer geheime vraag"}).status_code == 200
    server.process.send_signal(signal.SIGINT)
    _, said = server.process.communicate(timeout=15)
    assert "geheime" not in said


def test_frames_are_allowed_to_sites_that_the_operator_names(real_index: Path) -> None:
    with serving(real_index, KAMERANTWOORD_FRAME_SITES="https://www.example.org") as framed:
        for path in ("/", "/uitleg"):
            headers = framed.get(path).headers
            assert "frame-ancestors https://www.example.org" in headers["content-security-policy"]
            assert "x-frame-options" not in headers


def test_copied_addresses_lead_to_the_site_that_people_use(real_index: Path) -> None:
    with serving(real_index, KAMERANTWOORD_PUBLIC_URL="https://vragen.example.org") as behind_proxy:
        page = behind_proxy.get("/brief/2022Z11285/vraag-4").text
        assert '<link rel="canonical" href="https://vragen.example.org/brief/2022Z11285/vraag-4">' in page
        assert "antwoord op vraag 4, p. 3, https://vragen.example.org/brief/2022Z11285/vraag-4" in page
        assert "https://vragen.example.org/brief/2022Z11285/vraag-4" in behind_proxy.get("/", params=QUESTION).text


def test_files_of_ours_may_be_kept_for_ever_and_change_their_address(client: httpx.Client) -> None:
    page = client.get("/uitleg").text
    for address in re.findall(r'"(/kw/[^"]+)"', page):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/kw/000000000000/kamerantwoord.css").status_code == 404
    assert client.get("/kw/000000000000/..%2fshell.py").status_code == 404


def test_the_address_of_a_letter_that_was_taken_away_still_cites_it(tmp_path: Path, write_letter: WriteLetter) -> None:
    letters, index, encoder = tmp_path / "letters", tmp_path / "index", open_encoder()
    gone = write_letter(letters / "a.txt", number="2024Z00001")
    write_letter(letters / "b.txt", number="2024Z00002", subject="wolven")
    build_index([letters], index, encoder)
    gone.unlink()
    build_index([letters], index, encoder)
    with serving(index) as client:
        page = client.get("/brief/2024Z00001/vraag-1")
        assert page.status_code == 410
        assert "(2024Z00001), antwoord op vraag 1" in page.text
        assert client.get("/brief/2024Z00001").status_code == 410
        assert client.get("/brief/2024Z00003/vraag-1").status_code == 404
        assert client.get("/brief/2024Z00002/vraag-1").status_code == 200


def test_an_answer_does_not_wait_for_its_last_packet() -> None:
    async def read_option() -> int:
        told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def tell(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            told.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listening = listen("127.0.0.1", 0)
        async with await asyncio.start_server(tell, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname())
            writer.close()
            return await told

    assert asyncio.run(read_option()) == 1
