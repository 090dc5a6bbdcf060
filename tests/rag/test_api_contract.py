"""One contract: command line, API, MCP and the widget's example give the same JSON, and the models describe it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client
from pydantic import BaseModel, ValidationError

from index.archive import Archive
from index.build import build_index
from index.encoders.base import Encoder
from index.parsing import parse_document
from index.reading import read_document
from index.serialise import letter_to_contract
from rag import Assistant, contract
from rag.api.example import QUESTION, example_result
from rag.mcp import create_server
from tests.conftest import LETTERS
from tests.rag.api_client import client_of, settings_with

Run = Callable[..., subprocess.CompletedProcess[str]]

QUERIES = [
    pytest.param(QUESTION, id="answered"),
    pytest.param("Hoeveel fietsenstallingen komen er bij station Utrecht?", id="not answered"),
    pytest.param("Wat is het standpunt over internetvrijheid?", id="with notes"),
    pytest.param("hallo", id="small talk"),
    pytest.param("ah-tk-20232024-99999", id="a number that is not there"),
    pytest.param("2022Z11285", id="a number that is there"),
]


def plain(value: Any) -> Any:
    """Return a value as it is after a walk through JSON."""
    return json.loads(json.dumps(value))


def keys_of(value: Any, path: str = "") -> Iterator[str]:
    """Walk the names in a JSON value, with where they stand."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}/{key}"
            yield from keys_of(inner, f"{path}/{key}")
    if isinstance(value, list):
        for inner in value:
            yield from keys_of(inner, f"{path}[]")


async def _asked_over_mcp(assistant: Assistant, query: str) -> Any:
    async with Client(create_server(lambda: assistant, settings_with())) as client:
        result = await client.call_tool("ask", {"query": query})
        assert not result.is_error
        (content,) = result.content
        assert json.loads(content.text) == result.structured_content
        return result.structured_content


@pytest.mark.parametrize("query", QUERIES)
def test_every_face_gives_the_same_result_and_the_models_describe_it(query: str, assistant: Assistant) -> None:
    expected = plain(assistant.ask(query).as_json())
    client = client_of(assistant)
    assert client.post("/api/v1/ask", json={"query": query}).json() == expected
    assert client.get("/api/v1/ask", params={"q": query}).json() == expected
    assert anyio.run(_asked_over_mcp, assistant, query) == expected
    model = contract.Result.model_validate(expected)
    # In the same order, so that nothing stands in the models that is never written, or the other way round.
    assert plain(model.model_dump()).keys() == expected.keys()
    assert set(keys_of(plain(model.model_dump()))) == set(keys_of(expected))


def test_the_command_line_prints_what_the_api_answers(
    assistant: Assistant, real_index: Path, kamerantwoord: Run
) -> None:
    asked = kamerantwoord("ask", QUESTION, "--json", "--index", real_index)
    printed = json.loads(asked.stdout)
    contract.Result.model_validate(printed)
    assert client_of(assistant).post("/api/v1/ask", json={"query": QUESTION}).json() == printed
    parsed = json.loads(kamerantwoord("parse", LETTERS / "2022Z11285.pdf", "--json").stdout)
    assert [client_of(assistant).get("/api/v1/letters/2022Z11285").json()] == parsed


def test_the_example_of_the_documentation_is_what_is_really_answered(assistant: Assistant) -> None:
    """To write it anew: kamerantwoord ask QUESTION --hits 1 --json > rag/api/example.json."""
    really = plain(assistant.ask(QUESTION, hits=1).as_json())
    shown = json.loads(json.dumps(example_result()))
    # Both come from calibration, which may be made better without a word of the example changing.
    for result in (really, shown):
        del result["confidence"], result["hits"][0]["score"]
    assert shown == really


@pytest.mark.parametrize("path", sorted(LETTERS.glob("*.pdf")), ids=lambda path: path.name)
def test_a_parsed_letter_is_as_the_models_describe(path: Path) -> None:
    letter = letter_to_contract(parse_document(read_document(path)))
    assert set(keys_of(plain(contract.Letter.model_validate(plain(letter)).model_dump()))) == set(
        keys_of(plain(letter))
    )


def test_lists_and_searches_are_as_the_models_describe(assistant: Assistant) -> None:
    client = client_of(assistant)
    pages: list[tuple[str, type[BaseModel]]] = [
        ("letters?limit=1", contract.Letters),
        ("search?q=China&limit=2", contract.SearchPage),
    ]
    for address, model in pages:
        found = client.get(f"/api/v1/{address}").json()
        assert set(keys_of(plain(model.model_validate(found).model_dump()))) == set(keys_of(found))


def test_a_later_answer_is_as_the_models_describe(
    tmp_path: Path, words_encoder: Encoder, write_letter: Callable[..., Path]
) -> None:
    pairs = [("Hoeveel nachttreinen rijden er naar Wenen?", "Er rijden vijf nachttreinen.")]
    write_letter(tmp_path / "letters" / "oud.txt", pairs, number="2020Z00001")
    write_letter(tmp_path / "letters" / "nieuw.txt", pairs, number="2024Z00001")
    build_index([tmp_path / "letters"], tmp_path / "index", words_encoder)
    result = Assistant(Archive(tmp_path / "index").open(), words_encoder).ask(pairs[0][0]).as_json()
    contract.Result.model_validate(plain(result))


def test_the_models_refuse_what_is_not_in_the_contract() -> None:
    example = example_result()
    for broken in (
        example | {"extra": 1},
        example | {"confidence": 1.5},
        example | {"answered": "yes"},
        {key: value for key, value in example.items() if key != "corpus"},
    ):
        with pytest.raises(ValidationError):
            contract.Result.model_validate(broken)
