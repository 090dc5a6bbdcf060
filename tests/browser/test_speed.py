"""How long a visitor waits, and how much is sent; the numbers are printed, the bounds are generous."""

from __future__ import annotations

import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

import pytest

from tests.browser.harness import ARTEFACTS, Server, Visit

pytestmark = pytest.mark.browser

QUESTIONS = (
    "Hoe werkt het sociaal kredietsysteem in China?",
    "Wat doet Nederland voor internetvrijheid?",
    "Welke gevolgen heeft dit voor de relatie met China?",
    "Hoe staat het met de 90-jarige priester?",
    "What does the government think of surveillance technology?",
)


def note(name: str, **numbers: float) -> None:
    """Keep measured numbers beside the pictures."""
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / f"{name}.json").write_text(json.dumps({key: round(value, 3) for key, value in numbers.items()}))


def test_the_first_page_is_light_and_soon_usable(visit: Visit) -> None:
    visitor = visit("/uitleg")
    page = visitor.page
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sent: list[int] = []
    session.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    begin = time.perf_counter()
    visitor.go("/")
    cold = time.perf_counter() - begin
    page.wait_for_timeout(1000)
    weight = sum(sent) / 1024
    begin = time.perf_counter()
    visitor.go("/")
    warm = time.perf_counter() - begin
    note("eerste-pagina", cold_s=cold, warm_s=warm, kilobytes=weight)
    assert weight < 350
    assert cold < 10
    assert warm < 5


def test_an_answer_is_soon_on_screen(visit: Visit) -> None:
    visitor = visit("/")
    waited = []
    for place in range(15):
        question = f"{QUESTIONS[place % len(QUESTIONS)]} {'nu ' * (place // len(QUESTIONS))}".strip()
        visitor.go("/")
        begin = time.perf_counter()
        visitor.ask(question)
        waited.append(1000 * (time.perf_counter() - begin))
    middle, worst = statistics.median(waited), sorted(waited)[-1]
    note("antwoord", p50_ms=middle, worst_ms=worst)
    assert middle < 2000


def test_fifty_people_at_once_are_all_answered(visit: Visit, server: Server) -> None:
    """Ask as the chat does, past Gradio's queue."""
    config = visit("/").page.evaluate("window.gradio_config")
    ask = next(one for one in config["dependencies"] if len(one["inputs"]) == 2)
    address = f"{server.url}/gradio_api/run/predict"

    def one(place: int) -> float:
        question = f"{QUESTIONS[place % len(QUESTIONS)]} ({place})"
        body = {"data": [question, ""], "fn_index": ask["id"], "session_hash": f"test{place}"}
        begin = time.perf_counter()
        request = Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urlopen(request, timeout=60) as answer:
            shown = json.load(answer)
        assert len(shown["data"][0]) == 2
        return time.perf_counter() - begin

    with ThreadPoolExecutor(50) as people:
        waited = sorted(people.map(one, range(100)))
    note("vijftig-tegelijk", p50_s=waited[50], p95_s=waited[94], worst_s=waited[-1])
    assert waited[94] < 15
