"""The letters for assistant programs, asked with the protocol's own client: in process, over HTTP, over stdio."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from jsonschema import Draft202012Validator
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

from index.build import build_index
from index.encoders.base import Encoder
from index.errors import IndexMismatchError
from index.serialise import letter_to_contract
from rag import Assistant
from rag.api.example import QUESTION
from rag.mcp import create_server
from tests.browser.harness import start, stop
from tests.conftest import ROOT
from tests.rag.api_client import settings_with

Use = Callable[[Client], Awaitable[Any]]


def over(assistant: Assistant, use: Use) -> Any:
    """Let a client use the server, in this process."""

    async def run() -> Any:
        async with Client(create_server(lambda: assistant, settings_with())) as client:
            return await use(client)

    return anyio.run(run)


def call(assistant: Assistant, name: str, **arguments: Any) -> Any:
    return over(assistant, lambda client: client.call_tool(name, arguments))


def test_each_tool_says_what_it_takes_and_returns_and_that_it_changes_nothing(assistant: Assistant) -> None:
    tools = over(assistant, lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == ["ask", "get_letter", "list_letters"]
    for tool in tools:
        Draft202012Validator.check_schema(tool.input_schema)
        Draft202012Validator.check_schema(tool.output_schema)
        assert tool.description
        assert tool.annotations.read_only_hint is True


def test_what_a_tool_returns_fits_its_own_schema(assistant: Assistant) -> None:
    schemas = {tool.name: tool.output_schema for tool in over(assistant, lambda client: client.list_tools()).tools}
    for name, arguments in (
        ("ask", {"query": QUESTION}),
        ("get_letter", {"number": "2022Z11285"}),
        ("list_letters", {}),
    ):
        result = call(assistant, name, **arguments)
        Draft202012Validator(schemas[name]).validate(result.structured_content)
        assert json.loads(result.content[0].text) == result.structured_content


def test_tools_return_what_the_assistant_says(assistant: Assistant) -> None:
    asked = call(assistant, "ask", query=QUESTION, hits=1, party="SGP").structured_content
    assert call(assistant, "ask", query=QUESTION, hits=1.0).structured_content == asked
    assert asked == json.loads(json.dumps(assistant.ask(QUESTION, hits=1).as_json()))
    letter = assistant.letter("2022Z11285")
    assert letter is not None
    assert call(assistant, "get_letter", number="2022Z11285").structured_content == letter_to_contract(letter)
    listed = call(assistant, "list_letters", party="D66").structured_content
    assert (listed["total"], listed["letters"]) == (0, [])


def test_letters_are_resources_that_can_be_listed_and_read(assistant: Assistant) -> None:
    async def use(client: Client) -> Any:
        (resource,) = (await client.list_resources()).resources
        (template,) = (await client.list_resource_templates()).resource_templates
        return resource, template, (await client.read_resource(resource.uri)).contents[0]

    resource, template, content = over(assistant, use)
    assert str(resource.uri) == template.uri_template.replace("{number}", "2022Z11285")
    letter = assistant.letter("2022Z11285")
    assert letter is not None
    assert json.loads(content.text) == letter_to_contract(letter)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("ask", {}, "query: Field required"),
        ("ask", {"query": ""}, "the question is empty"),
        ("ask", {"query": "x" * 3000}, "at most 2000 are searched"),
        ("ask", {"query": 1}, "valid string"),
        ("ask", {"query": "x", "foo": 1}, "foo: Extra inputs are not permitted"),
        ("ask", {"query": "x", "hits": 1000}, "less than or equal to 100"),
        ("ask", {"query": "x", "after": "2024-02-01", "before": "2024-01-01"}, "later than"),
        ("get_letter", {"number": "2099Z99999"}, "no letter 2099Z99999"),
        ("list_letters", {"offset": -1}, "greater than or equal to 0"),
        ("list_letters", {"offset": 0.5}, "offset: Input should be a valid integer"),
        ("list_letters", {"offset": "2"}, "offset: Input should be a valid integer"),
        ("ask", {"query": "x", "after": "20240101"}, "after: is no date; write it as 2022-12-31"),
        ("delete_letter", {}, "there is no tool"),
    ],
)
def test_a_wrong_call_is_told_what_is_wrong(assistant: Assistant, name: str, arguments: Any, said: str) -> None:
    result = call(assistant, name, **arguments)
    assert result.is_error
    assert said in result.content[0].text
    assert "Traceback" not in result.content[0].text


@pytest.mark.parametrize("uri", ["kamerantwoord://letters/2099Z99999", "kamerantwoord://x", "file:///etc/passwd"])
def test_a_resource_that_is_not_there_is_an_error(assistant: Assistant, uri: str) -> None:
    async def use(client: Client) -> str:
        # Within the client, as on its way out an error is wrapped in a group.
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
        return str(caught.value)

    assert over(assistant, use) == "no letter of this number is in the index"


def test_an_index_that_fails_is_told_without_its_place(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise IndexMismatchError("/geheim/index: damaged")

    monkeypatch.setattr(Assistant, "ask", fail)
    result = call(assistant, "ask", query=QUESTION)
    assert result.is_error
    assert result.content[0].text == "the index cannot be searched now; try again later"


@pytest.fixture(scope="module")
def address(real_index: Path) -> Iterator[str]:
    server = start(real_index)
    yield f"{server.url}/mcp"
    stop(server)


@asynccontextmanager
async def stdio(index: Path) -> AsyncIterator[Client]:
    """Start `kamerantwoord mcp` as an assistant program does."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "rag.cli", "mcp", "--index", str(index)], env=environment
    )
    async with Client(stdio_client(command)) as client:
        yield client


@pytest.mark.parametrize("way", ["http", "http of before 2026", "stdio"])
def test_every_way_in_gives_the_same_result(way: str, address: str, real_index: Path, assistant: Assistant) -> None:
    async def run() -> Any:
        mode = "legacy" if "before" in way else "auto"
        connected = stdio(real_index) if way == "stdio" else Client(address, mode=mode)
        async with connected as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == ["ask", "get_letter", "list_letters"]
            return (await client.call_tool("ask", {"query": QUESTION})).structured_content

    assert anyio.run(run) == json.loads(json.dumps(assistant.ask(QUESTION).as_json()))


def test_over_standard_input_a_newer_index_is_taken_up(
    tmp_path: Path, bundled_encoder: Encoder, write_letter: Callable[..., Path]
) -> None:
    trains, index = write_letter(tmp_path / "treinen.txt"), tmp_path / "index"
    build_index([trains], index, bundled_encoder)

    async def run() -> None:
        async with stdio(index) as client:

            async def listed() -> int:
                return len((await client.call_tool("list_letters", {})).structured_content["letters"])

            assert await listed() == 1
            build_index([trains, write_letter(tmp_path / "wolven.txt", number="2024Z00002")], index, bundled_encoder)
            with anyio.fail_after(20):
                while await listed() == 1:
                    await anyio.sleep(0.2)
            assert await listed() == 2

    anyio.run(run)


def test_there_is_no_session_to_keep_open_and_broken_messages_are_refused(address: str) -> None:
    assert httpx.get(address).status_code == 405
    assert httpx.delete(address).status_code == 405
    accept = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    for body in ("{", "[]", "1", '{"jsonrpc": "2.0"}', '{"jsonrpc": "2.0", "id": 1, "method": "nope"}'):
        answer = httpx.post(address, content=body, headers=accept)
        assert "Traceback" not in answer.text
        assert answer.status_code in (200, 400, 404), body
        assert "error" in answer.json(), body
