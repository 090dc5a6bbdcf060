"""Feeds for readers and tables for spreadsheets: valid, whole, and harmless."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from index.archive import Generation
from index.encoders.base import Encoder
from rag import Assistant
from rag.api.feeds import COLUMNS, FORMULA_STARTS, as_text, atom_feed, hits_csv, json_feed
from rag.contract import Feed
from rag.results import Hit
from tests.rag.api_client import client_of

ATOM = "{http://www.w3.org/2005/Atom}"
ORIGIN = "https://kamerantwoord.example"
NASTY = '</title><script>alert(1)</script> & "=1+1" \x00\x0b\ufffe \U0001f600 ]]>'


@pytest.fixture(scope="module")
def small(small_generation: Generation, words_encoder: Encoder) -> Assistant:
    return Assistant(small_generation, words_encoder)


@pytest.fixture(scope="module")
def client(small: Assistant) -> TestClient:
    return client_of(small, public_url=ORIGIN)


@pytest.fixture(scope="module")
def hits(small: Assistant) -> list[Hit]:
    """Give hits of letters with several dates, one without, and text that no format likes."""
    found = list(small.ask("wolven treinen huizen", hits=5).hits)
    dates = ["2020-01-01", None, "2024-05-06", "2022-02-02", "2023-03-03"]
    dated = [replace(hit, letter=replace(hit.letter, date_answered=day)) for hit, day in zip(found, dates, strict=True)]
    questions = (replace(dated[0].questions[0], text=NASTY, page_starts=()),)
    return [replace(dated[0], questions=questions), *dated[1:]]


def test_a_feed_holds_the_answers_newest_first_with_links_to_this_server(client: TestClient, small: Assistant) -> None:
    feed = client.get("/api/v1/feed.json", params={"q": "wolven", "party": "ABC"}).json()
    Feed.model_validate(feed)
    assert feed["feed_url"] == f"{ORIGIN}/api/v1/feed.json?q=wolven&party=ABC"
    asked = small.ask("wolven", hits=30).hits
    assert {item["url"] for item in feed["items"]} == {ORIGIN + hit.links.permalink for hit in asked}
    first = feed["items"][0]
    assert any(first["content_text"] == f"{hit.answer.text}\n\n{hit.citation.official}" for hit in asked)


def test_an_atom_feed_says_the_same_as_the_json_feed(hits: list[Hit]) -> None:
    feed = ElementTree.fromstring(atom_feed(NASTY, hits, ORIGIN, f"{ORIGIN}/feed?q=a&b=c"))
    items = json_feed(NASTY, hits, ORIGIN, f"{ORIGIN}/feed")["items"]
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [item["id"] for item in items]
    days = [entry.findtext(f"{ATOM}updated") for entry in entries]
    assert days == sorted(filter(None, days), reverse=True)
    assert [item.get("date_published") for item in items] == [*days[:-1], None]
    assert feed.findtext(f"{ATOM}updated") == "2024-05-06T00:00:00Z"
    contents = [entry.findtext(f"{ATOM}content") for entry in entries]
    assert contents == [item["content_text"] for item in items]
    assert feed.findtext(f"{ATOM}id") == f"{ORIGIN}/feed?q=a&b=c"


def test_a_feed_without_hits_is_still_a_feed() -> None:
    assert ElementTree.fromstring(atom_feed("x", [], ORIGIN, ORIGIN)).findall(f"{ATOM}entry") == []
    assert json_feed("x", [], ORIGIN, ORIGIN)["items"] == []


@given(st.text())
def test_any_question_makes_well_formed_atom(question: str) -> None:
    ElementTree.fromstring(atom_feed(question.encode("utf-8", "replace").decode(), [], ORIGIN, ORIGIN))


def test_a_table_holds_each_answer_whole_with_its_citation(client: TestClient, small: Assistant) -> None:
    response = client.get("/api/v1/search.csv", params={"q": "wolven", "limit": 3})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="kamerantwoord.csv"'
    head, *rows = csv.reader(io.StringIO(response.text.removeprefix("\ufeff")), delimiter=";")
    assert tuple(head) == COLUMNS
    asked = small.ask("wolven", hits=3).hits
    assert [row[1] for row in rows] == [hit.answer.text for hit in asked]
    assert [row[6] for row in rows] == [hit.citation.official for hit in asked]
    assert [row[7] for row in rows] == [ORIGIN + hit.links.permalink for hit in asked]


@pytest.mark.parametrize(
    "attack",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "=cmd|' /C calc'!A0",
        "＝1+1",
        '=HYPERLINK("http://evil")',
    ],
)
def test_no_cell_is_taken_for_a_formula(hits: list[Hit], attack: str) -> None:
    answer = replace(hits[0].answer, text=attack, page_starts=(), marks=())
    letter = replace(hits[0].letter, subject=attack, answered_by=(attack,))
    table = hits_csv([replace(hits[0], answer=answer, letter=letter)], ORIGIN)
    _, row = csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline=""), delimiter=";")
    assert row[1] == row[2] == row[5] == f"'{attack}"


@given(st.text())
def test_a_cell_is_its_text_with_at_most_an_apostrophe_before_it(text: str) -> None:
    cell = as_text(text)
    assert cell in (text, f"'{text}")
    assert not cell.startswith(FORMULA_STARTS)


def test_addresses_in_feeds_follow_the_host_unless_one_is_set(small: Assistant) -> None:
    followed = client_of(small).get("/api/v1/feed.json?q=wolven", headers={"Host": "a.example"}).json()
    assert followed["home_page_url"] == "http://a.example/"
    fixed = client_of(small, public_url=ORIGIN).get("/api/v1/feed.json?q=wolven", headers={"Host": "evil.example"})
    assert "evil.example" not in fixed.text
