"""The API: what it answers, what may be kept, and what it says to a request that is wrong."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from index.archive import Archive, Generation
from index.build import build_index
from index.encoders.base import Encoder
from index.errors import IndexMismatchError
from index.filters import Filters
from rag import Assistant
from rag.api.problems import TITLES
from tests.rag.api_client import client_of

TRAINS = "Hoeveel nachttreinen rijden er naar Wenen?"


@pytest.fixture(scope="module")
def small(small_generation: Generation, words_encoder: Encoder) -> Assistant:
    return Assistant(small_generation, words_encoder)


@pytest.fixture(scope="module")
def client(small: Assistant) -> TestClient:
    return client_of(small)


def problem_of(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """Check that a response is a problem of this kind; return it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    found: dict[str, Any] = response.json()
    assert found["type"] == f"/api/v1/docs#problem-{kind}"
    assert found["title"] == TITLES[kind]
    assert found["status"] == status
    assert "Traceback" not in response.text
    return found


def test_a_question_by_body_and_by_address_gets_what_the_assistant_says(client: TestClient, small: Assistant) -> None:
    expected = json.loads(json.dumps(small.ask(TRAINS, hits=2).as_json()))
    assert client.post("/api/v1/ask", json={"query": TRAINS, "hits": 2}).json() == expected
    assert client.post("/api/v1/ask", json={"query": TRAINS, "hits": 2.0}).json() == expected
    assert client.get("/api/v1/ask", params={"q": TRAINS, "hits": 2}).json() == expected


def test_a_follow_up_is_searched_with_the_questions_before_it(client: TestClient, small: Assistant) -> None:
    asked = {"query": "En wat kost dat?", "previous": [TRAINS]}
    expected = small.ask(asked["query"], previous=asked["previous"]).searched_as  # type: ignore[arg-type]
    assert client.post("/api/v1/ask", json=asked).json()["searched_as"] == expected
    by_address = client.get("/api/v1/ask", params={"q": asked["query"], "previous": [TRAINS]})
    assert by_address.json()["searched_as"] == expected


def test_filters_choose_the_letters_before_the_search(client: TestClient) -> None:
    for name, value in (("letter", "2024Z00002"), ("after", "2030-01-01"), ("party", "XYZ"), ("ministry", "Defensie")):
        by_body = client.post("/api/v1/ask", json={"query": TRAINS, name: value}).json()
        assert client.get("/api/v1/ask", params={"q": TRAINS, name: value}).json() == by_body
        letters = {hit["letter"]["id"] for hit in by_body["hits"]}
        assert letters == ({"2024Z00002"} if name == "letter" else set())


def test_letters_are_listed_newest_first_a_page_at_a_time(client: TestClient) -> None:
    first = client.get("/api/v1/letters", params={"limit": 2}).json()
    assert (first["total"], first["offset"], len(first["letters"])) == (3, 0, 2)
    second = client.get(first["next"]).json()
    assert (second["offset"], len(second["letters"]), second["next"]) == (2, 1, None)
    ids = [letter["id"] for letter in first["letters"] + second["letters"]]
    assert sorted(ids) == ["2024Z00001", "2024Z00002", "2024Z00003"]


def test_a_letter_is_found_by_any_of_its_numbers_and_one_answer_by_its_question(client: TestClient) -> None:
    letter = client.get("/api/v1/letters/2024Z00002").json()
    assert letter["pairs"][0]["answer"]["text"] == "Op de Veluwe leven zeventig wolven."
    assert client.get("/api/v1/letters/kenmerk 2024Z00002").json() == letter
    assert client.get("/api/v1/letters/2024z00002").json() == letter
    answer = client.get("/api/v1/letters/2024Z00002/questions/2").json()
    assert answer["answer"]["text"] == "Ja."
    assert answer["citation"]["official"].endswith("antwoord op vraag 2, p. 1")


FILTERS = [
    {},
    {"letter": "2022Z11285"},
    {"letter": "Kamervragen met kenmerk 2022Z11285"},
    {"letter": "nope"},
    {"party": "sgp"},
    {"party": "SG"},
    {"ministry": "BZ"},
    {"ministry": "buitenland"},
    {"minister": "hoek"},
    {"asker": "ceder"},
    {"after": "2000-01-01"},
    {"before": "2100-01-01"},
    {"after": "2022-06-28", "before": "2022-06-28", "party": "abc"},
]


@pytest.mark.parametrize("values", FILTERS, ids=str)
def test_the_list_chooses_the_letters_that_the_search_chooses(
    values: dict[str, str], real_index: Path, small_generation: Generation
) -> None:
    for generation in (Archive(real_index).open(), small_generation):
        catalogue, filters = generation.catalogue, Filters(**values)
        stored = catalogue.pairs(catalogue.pair_rows(filters).tolist())
        total, listed = catalogue.choose(filters, 0, 500)
        assert {letter.letter_id for letter in listed} == {pair.letter.letter_id for pair in stored}
        assert total == len(listed)


def test_a_search_can_be_paged_through_without_gap_or_repeat(client: TestClient, small: Assistant) -> None:
    address: str | None = "/api/v1/search?q=wolven%20treinen&limit=2"
    found: list[str] = []
    while address:
        page = client.get(address).json()
        found += [hit["id"] for hit in page["hits"]]
        address = page["next"]
    assert found == [hit.id for hit in small.ask("wolven treinen", hits=100).hits]
    assert len(found) == len(set(found)) == 5


def test_what_a_client_has_is_not_sent_again_until_the_index_changes(
    tmp_path: Path, words_encoder: Encoder, write_letter: Callable[..., Path]
) -> None:
    write_letter(tmp_path / "letters" / "a.txt")
    build_index([tmp_path / "letters"], tmp_path / "index", words_encoder)
    client = client_of(Assistant(Archive(tmp_path / "index").open(), words_encoder))
    tag = client.get("/api/v1/coverage").headers["etag"]
    kept = client.get("/api/v1/coverage", headers={"If-None-Match": f'"x", {tag}'})
    assert (kept.status_code, kept.content, kept.headers["etag"]) == (304, b"", tag)
    assert client.get("/api/v1/coverage", headers={"If-None-Match": '"x"'}).status_code == 200
    assert client.get("/api/v1/letters").headers["etag"] != tag
    write_letter(tmp_path / "letters" / "b.txt", number="2024Z00009", subject="iets anders")
    build_index([tmp_path / "letters"], tmp_path / "index", words_encoder)
    client = client_of(Assistant(Archive(tmp_path / "index").open(), words_encoder))
    changed = client.get("/api/v1/coverage", headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["letters"]) == (200, 2)


@pytest.mark.parametrize(
    ("address", "status"),
    [("letters/nope", 404), ("letters/2024Z00002/questions/99", 404), ("ask?q=", 422), ("coverage", 304)],
)
def test_who_has_anything_at_all_is_told_of_an_error_all_the_same(
    client: TestClient, address: str, status: int
) -> None:
    assert client.get(f"/api/v1/{address}", headers={"If-None-Match": "*"}).status_code == status


@pytest.mark.parametrize(
    "address", ["/api/v1/coverage", "/api/v1/letters/nope", "/widget.js", "/widget/demo.css", "/api/v1/ask?q=wolven"]
)
def test_head_says_what_get_would(client: TestClient, address: str) -> None:
    head, got = client.head(address), client.get(address)
    assert head.status_code == got.status_code
    assert dict(head.headers) == dict(got.headers)
    assert int(head.headers["content-length"]) == len(got.content) > 0


@pytest.mark.parametrize("address", ["/api", "/api/", "/api/v1", "/api/v2/ask", "/api/v2/a%0Ab", "/api/v1/nope"])
def test_an_address_below_api_that_is_none_is_told_as_a_problem(client: TestClient, address: str) -> None:
    problem_of(client.get(address), 404, "not-found")


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ("q=wolven&q=treinen", "q is given more than once; give it once."),
        ("q=wolven&letter=2024Z00002&letter=2024Z00003", "letter is given more than once; give it once."),
        ("q=financi%EBle", "The address is not in UTF-8; encode it so."),
        ("q=wolven&ministry=%20", "is blank"),
        ("q=wolven&party=%C2%A0", "is blank"),
        ("q=wolven&ministry=%CC%81", "is blank"),
        ("q=wolven&after=20220101", "is no date; write it as 2022-12-31"),
        ("q=wolven&after=1640995200", "is no date; write it as 2022-12-31"),
        ("q=wolven&before=2022-01-01T00:00:00Z", "is no date; write it as 2022-12-31"),
    ],
)
def test_what_would_be_without_effect_or_taken_for_something_else_is_refused(
    client: TestClient, parameters: str, told: str
) -> None:
    found = problem_of(client.get(f"/api/v1/ask?{parameters}"), 422, "invalid")
    assert told in (found.get("detail"), *(fault["detail"] for fault in found.get("errors", ())))


@pytest.mark.parametrize("hits", ["2", True, 2.5, [2]])
def test_a_number_in_a_body_is_written_as_one(client: TestClient, hits: object) -> None:
    problem_of(client.post("/api/v1/ask", json={"query": "wolven", "hits": hits}), 422, "invalid")


def test_no_proxy_may_keep_a_question_and_nobody_keeps_one_that_came_in_a_body(client: TestClient) -> None:
    assert client.get("/api/v1/ask", params={"q": TRAINS}).headers["cache-control"] == "private, no-cache"
    assert client.post("/api/v1/ask", json={"query": TRAINS}).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "status", "kind", "where"),
    [
        pytest.param("{", 400, "malformed", None, id="broken JSON"),
        pytest.param("", 422, "invalid", ["body"], id="no body"),
        pytest.param("[]", 422, "invalid", ["body"], id="a list"),
        pytest.param('"wolven"', 422, "invalid", ["body"], id="a text"),
        pytest.param("{}", 422, "invalid", ["/query"], id="no question"),
        pytest.param('{"query": 1}', 422, "invalid", ["/query"], id="a number for a question"),
        pytest.param('{"query": null}', 422, "invalid", ["/query"], id="null for a question"),
        pytest.param('{"query": "x", "hits": 0}', 422, "invalid", ["/hits"], id="no hits"),
        pytest.param('{"query": "x", "hits": 101}', 422, "invalid", ["/hits"], id="too many hits"),
        pytest.param('{"query": "x", "hits": 1e9}', 422, "invalid", ["/hits"], id="far too many hits"),
        pytest.param('{"query": "x", "hits": NaN}', 422, "invalid", ["/hits"], id="not a number"),
        pytest.param('{"query": "x", "previous": "y"}', 422, "invalid", ["/previous"], id="a text for a list"),
        pytest.param('{"query": "x", "previous": [1]}', 422, "invalid", ["/previous/0"], id="a number in the list"),
        pytest.param('{"query": "x", "after": "gisteren"}', 422, "invalid", ["/after"], id="no date"),
        pytest.param('{"query": "x", "letter": ""}', 422, "invalid", ["/letter"], id="an empty filter"),
        pytest.param('{"query": "x", "foo": 1}', 422, "invalid", ["/foo"], id="an unknown name"),
        pytest.param('{"query": "\\ud800 wolf"}', 422, "invalid", ["/query"], id="half a character"),
        pytest.param('{"query": "x", "\\ud800": 1}', 422, "invalid", ["body"], id="half a character as a name"),
        pytest.param('{"query": "  "}', 422, "unsearchable", None, id="an empty question"),
        pytest.param('{"query": "🙂"}', 422, "unsearchable", None, id="no words"),
        pytest.param(json.dumps({"query": "wolf " * 500}), 422, "too-long", None, id="too long"),
        pytest.param(json.dumps({"query": "x", "previous": ["y" * 3000]}), 422, "too-long", None, id="too long before"),
        pytest.param(json.dumps({"query": "x" * 70_000}), 413, "too-large", None, id="too large"),
        pytest.param('{"query": ' + "[" * 20_000, 400, "malformed", None, id="deep nesting"),
    ],
)
def test_a_wrong_body_is_told_what_is_wrong(
    client: TestClient, body: str, status: int, kind: str, where: list[str] | None
) -> None:
    response = client.post("/api/v1/ask", content=body, headers={"Content-Type": "application/json"})
    found = problem_of(response, status, kind)
    assert [fault["where"] for fault in found.get("errors", [])] == (where or [])


@pytest.mark.parametrize(
    ("address", "status", "kind"),
    [
        ("/ask", 422, "invalid"),
        ("/ask?q=wolf&q2=x", 422, "invalid"),
        ("/ask?q=wolf&hits=-1", 422, "invalid"),
        ("/search?q=wolf&offset=-1", 422, "invalid"),
        ("/search?q=wolf&limit=0", 422, "invalid"),
        ("/search?q=wolf&offset=100", 422, "invalid"),
        ("/search?q=wolf&offset=99999999999999999999", 422, "invalid"),
        ("/search?q=wolf&after=2024-02-01&before=2024-01-01", 422, "invalid"),
        ("/search?q=%20", 422, "unsearchable"),
        ("/letters?limit=501", 422, "invalid"),
        ("/letters?offset=x", 422, "invalid"),
        ("/letters/2099Z99999", 404, "no-such-letter"),
        ("/letters/2099Z99999/questions/1", 404, "no-such-letter"),
        ("/letters/2024Z00001/questions/99", 404, "no-such-question"),
        ("/letters/2024Z00001/questions/0", 404, "no-such-question"),
        ("/letters/2024Z00001/questions/-1", 422, "invalid"),
        ("/letters/2024Z00001/questions/x", 422, "invalid"),
        ("/letters/%00", 404, "no-such-letter"),
        ("/letters/..%2f..%2fetc", 404, "not-found"),
        ("/letters/" + "x" * 300, 422, "invalid"),
        ("/coverage?x=1", 422, "invalid"),
        ("/nope", 404, "not-found"),
        ("/ask/", 404, "not-found"),
    ],
)
def test_a_wrong_address_is_told_what_is_wrong(client: TestClient, address: str, status: int, kind: str) -> None:
    problem_of(client.get(f"/api/v1{address}"), status, kind)


def test_a_method_that_an_address_does_not_take_is_told_which_it_takes(client: TestClient) -> None:
    response = client.delete("/api/v1/ask")
    problem_of(response, 405, "method")
    assert response.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_of_another_type_is_refused_so_that_no_form_of_a_stranger_can_ask(
    client: TestClient, media_type: str
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    problem_of(client.post("/api/v1/ask", content=b'{"query": "wolf"}', headers=headers), 415, "media-type")


def test_a_body_that_grows_while_it_is_sent_is_cut_off(client: TestClient) -> None:
    def parts() -> Any:
        yield b'{"query": "'
        for _ in range(80):
            yield b"x" * 1024

    response = client.post("/api/v1/ask", content=parts(), headers={"Content-Type": "application/json"})
    problem_of(response, 413, "too-large")


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_question_in_any_script_is_answered_or_refused_and_comes_back_as_it_was(
    client: TestClient, question: str
) -> None:
    response = client.post("/api/v1/ask", json={"query": question})
    assert response.status_code in (200, 422)
    if response.status_code == 200:
        assert response.json()["query"] == question
    assert client.get("/api/v1/ask", params={"q": question}).status_code == response.status_code


def test_headers_of_a_request_cannot_write_headers_of_the_answer(client: TestClient) -> None:
    response = client.get("/api/v1/search.csv", params={"q": "wolf\r\nX-Evil: 1"})
    assert "x-evil" not in response.headers
    attack = client.get("/api/v1/ask?q=wolf%0d%0aSet-Cookie:%20a=b")
    assert attack.status_code == 200
    assert "set-cookie" not in attack.headers


def test_an_index_that_fails_is_told_apart_and_names_no_file(
    small: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise IndexMismatchError("/geheim/pad/index: damaged")

    monkeypatch.setattr(Assistant, "ask", fail)
    response = client_of(small).post("/api/v1/ask", json={"query": TRAINS})
    assert "geheim" not in json.dumps(problem_of(response, 503, "unavailable"))
    assert response.headers["retry-after"] == "30"
    assert "geheim" in caplog.text, "the operator needs the name"


def test_an_error_that_nobody_foresaw_is_a_problem_and_its_words_are_not_logged(
    small: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"failed at «{TRAINS}»")

    monkeypatch.setattr(Assistant, "ask", fail)
    with caplog.at_level(logging.DEBUG):
        problem_of(client_of(small).post("/api/v1/ask", json={"query": TRAINS}), 500, "internal")
    assert "RuntimeError" in caplog.text
    assert "Wenen" not in caplog.text


def test_no_question_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="rag"), caplog.at_level(logging.DEBUG, logger="index"):
        client.post("/api/v1/ask", json={"query": TRAINS, "party": "ABC"})
        client.get("/api/v1/ask", params={"q": f"{TRAINS} ", "hits": 0})
    assert "Wenen" not in "".join(record.getMessage() for record in caplog.records if record.name != "httpx")
