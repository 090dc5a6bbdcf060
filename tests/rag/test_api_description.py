"""The description of the API: it holds against many strange requests, and the documentation is written from it."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from index.archive import Generation
from index.encoders.base import Encoder
from rag import Assistant
from rag.api import create_api, mount
from rag.api.description import PROBLEMS
from rag.api.problems import TITLES
from rag.api.reference import as_markdown, describe
from tests.conftest import ROOT
from tests.rag.api_client import client_of, settings_with


@pytest.fixture(scope="module")
def small(small_generation: Generation, words_encoder: Encoder) -> Assistant:
    return Assistant(small_generation, words_encoder)


@pytest.fixture(scope="module")
def client(small: Assistant) -> TestClient:
    return client_of(small)


@pytest.fixture(scope="module")
def openapi(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return found


@pytest.fixture(scope="module")
def described(small: Assistant) -> Any:
    web = FastAPI(openapi_url=None)
    mount(web, lambda: small, settings_with())
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", web)


WOLVES = {"query": "Hoeveel wolven leven er op de Veluwe?"}

OPERATIONS = [
    ("POST", "/ask"),
    ("GET", "/ask"),
    ("GET", "/letters"),
    ("GET", "/letters/{number}"),
    ("GET", "/letters/{number}/questions/{n}"),
    ("GET", "/coverage"),
    ("GET", "/search"),
    ("GET", "/search.csv"),
    ("GET", "/feed.json"),
    ("GET", "/feed.atom"),
]


def strange_requests(described: Any, method: str, path: str, mode: schemathesis.GenerationMode) -> Any:
    """Return a function that makes requests and holds their answers to the description."""

    @given(case=described[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def hold(case: schemathesis.Case) -> None:
        # The schema cannot say what holds a letter or digit of some script, nor which date comes first.
        response = case.call_and_validate(excluded_checks=[positive_data_acceptance])
        if mode is schemathesis.GenerationMode.POSITIVE and response.status_code == 422:
            problem = response.json()
            kind = problem["type"].partition("#problem-")[2]
            told = json.dumps(problem)
            unsaid = any(fault in told for fault in ("`after` is later than `before`", "is blank"))
            assert kind in ("unsearchable", "too-long") or unsaid, problem

    return hold


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_request_gets_what_the_description_says(described: Any, method: str, path: str) -> None:
    """No error of the server; the status, type, headers and shape that are described."""
    strange_requests(described, method, path, schemathesis.GenerationMode.POSITIVE)()


@pytest.mark.parametrize(("method", "path"), [operation for operation in OPERATIONS if operation[1] != "/coverage"])
def test_every_broken_request_gets_a_problem(described: Any, method: str, path: str) -> None:
    """What the description does not allow is refused, and never done in part."""
    strange_requests(described, method, path, schemathesis.GenerationMode.NEGATIVE)()


def test_every_operation_is_tried(openapi: dict[str, Any]) -> None:
    listed = {(method.upper(), path) for path, operations in openapi["paths"].items() for method in operations}
    assert listed == set(OPERATIONS)


def test_the_description_is_openapi_3_1_and_whole(openapi: dict[str, Any]) -> None:
    assert openapi["openapi"].startswith("3.1.")
    assert openapi["servers"] == [{"url": "/api/v1"}]
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            assert operation["tags"], (method, path)
            assert "application/json" not in operation["responses"]["422"]["content"]
            for parameter in operation.get("parameters", ()):
                described = parameter.get("description") or parameter["schema"].get("description")
                assert described, (path, parameter["name"])
    for name, schema in openapi["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema["description"], name


def test_the_example_fits_its_schema(openapi: dict[str, Any]) -> None:
    content = openapi["paths"]["/ask"]["post"]["responses"]["200"]["content"]["application/json"]
    whole = {"$ref": content["schema"]["$ref"], "components": openapi["components"]}
    Draft202012Validator(whole).validate(content["example"])


def test_every_kind_of_problem_is_described_where_its_type_leads(client: TestClient) -> None:
    page = client.get("/api/v1/docs").text
    assert set(re.findall(r'id="problem-([\w-]+)"', page)) == set(TITLES)
    assert {kind for kinds in PROBLEMS.values() for kind in kinds} <= set(TITLES)


def test_the_page_for_people_names_every_address_and_loads_nothing_from_elsewhere(
    client: TestClient, openapi: dict[str, Any]
) -> None:
    page = client.get("/api/v1/docs").text
    for path in openapi["paths"]:
        assert path in page
    loaded = re.findall(r'<(?:link|script|img)[^>]*(?:href|src)="([^"]+)"', page)
    assert loaded
    assert [address for address in loaded if not address.startswith("/")] == []


def test_the_documentation_is_written_from_the_code(small: Assistant) -> None:
    """To write it anew: python -m rag.api docs/api.md."""
    written = as_markdown(describe(create_api(lambda: small, settings_with()).openapi()))
    assert (ROOT / "docs" / "api.md").read_text("utf-8") == written


def test_the_examples_of_the_documentation_print_the_answer(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    # ```python
    example = re.search(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert example is not None
    # The letters of this index are about other things, and the answer is the same for any question.
    monkeypatch.setattr(httpx, "post", lambda address, json: client.post(httpx.URL(address).path, json=WOLVES))
    exec(compile(example[1], "docs/api.md", "exec"), {})
    answer = client.post("/api/v1/ask", json=WOLVES).json()["hits"][0]
    assert capsys.readouterr().out == f"{answer['answer']['text']}\n\n{answer['citation']['official']}\n"
    # --json '{"query": …}'
    body = re.search(r"--json '(\{.*?\})'", text)
    assert body is not None
    assert client.post("/api/v1/ask", json=json.loads(body[1])).status_code == 200
