"""Who may ask how often, and how much at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.archive import Generation
from index.encoders.base import Encoder
from rag import Assistant
from rag.api import limits
from rag.api.limits import Buckets, client_of
from tests.rag import api_client


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.integers(1, 200), st.lists(st.floats(0, 30), max_size=200))
def test_no_minute_lets_through_more_than_a_full_bucket_and_what_flows_in(per_minute: int, pauses: list[float]) -> None:
    clock = Clock()
    buckets, taken = Buckets(per_minute, clock), []
    for pause in pauses:
        clock.now += pause
        if not buckets.take("a"):
            taken.append(clock.now)
    for start in taken:
        assert sum(start <= moment < start + 60 for moment in taken) <= 2 * per_minute + 1


@given(st.integers(1, 1000))
def test_who_waits_as_told_is_let_through(per_minute: int) -> None:
    clock = Clock()
    buckets = Buckets(per_minute, clock)
    assert [buckets.take("a") for _ in range(per_minute)] == [0.0] * per_minute
    wait = buckets.take("a")
    assert 0 < wait <= 60
    clock.now += wait + 1e-6
    assert buckets.take("a") == 0.0


def test_one_client_does_not_use_up_what_another_may_ask() -> None:
    buckets = Buckets(1, Clock())
    assert buckets.take("a") == 0.0
    assert buckets.take("a") > 0
    assert buckets.take("b") == 0.0


def test_memory_stays_within_bounds_however_many_clients_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CLIENTS", 10)
    buckets = Buckets(5, Clock())
    for number in range(1000):
        buckets.take(str(number))
    assert len(buckets._buckets) == 10


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_household_is_one_client(host: str, client: str) -> None:
    assert client_of({"client": (host, 1234)}) == client


def test_a_request_without_a_known_client_is_counted_too() -> None:
    assert client_of({"client": None}) == client_of({}) == ""


def test_too_many_requests_are_told_when_to_come_back(small_generation: Generation, words_encoder: Encoder) -> None:
    client = api_client.client_of(Assistant(small_generation, words_encoder), requests_per_minute=3)
    answers = [client.get("/api/v1/coverage") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["content-type"] == "application/problem+json"
    assert answers[-1].json()["type"] == "/api/v1/docs#problem-too-many"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 20
    assert client.post("/mcp", json={}).status_code == 429, "whichever way it asks, a client has one bound"
    assert client.get("/widget.js").status_code == 200, "a page that shows the widget asks nothing yet"


def test_a_body_that_is_told_to_be_too_large_is_not_read(small_generation: Generation, words_encoder: Encoder) -> None:
    client = api_client.client_of(Assistant(small_generation, words_encoder), max_request_kb=16)
    small = client.post("/api/v1/ask", json={"query": "wolven", "previous": ["x" * 1900] * 8})
    large = client.post("/api/v1/ask", json={"query": "wolven", "previous": ["x" * 1900] * 9})
    assert (small.status_code, large.status_code) == (200, 413)
    assert client.post("/mcp", content=b"x" * 17_000).status_code == 413
