"""The letters for assistant programs, over the Model Context Protocol: the same results as everywhere.

Over HTTP at ``/mcp``, and over standard input and output with ``kamerantwoord mcp``. The protocol's own
library is loaded when somebody first asks: it takes seconds, and most servers are only asked by people.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import anyio
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import KamerantwoordError, QueryError
from index.serialise import letter_to_contract
from index.settings import Settings
from rag import contract
from rag.api.crossing import site_pattern
from rag.api.limits import BodyLimit, Buckets, RateLimit
from rag.api.listing import list_letters
from rag.api.parameters import AskBody, LettersQuery, Name
from rag.api.problems import Shield, problem, said_of
from rag.assistant import Assistant

if TYPE_CHECKING:
    import mcp_types as types
    from mcp.server import Server

log = logging.getLogger(__name__)

PATH = "/mcp"

LETTERS_A_PAGE = 100

RESOURCE = "kamerantwoord://letters/"

INSTRUCTIONS = (
    "Answers of Dutch ministers to written questions of members of parliament, word for word. Use `ask` with the "
    "user's own question, in Dutch or English. Quote `answer.text` exactly and give `citation.official`. When "
    "`answered` is false no letter answers the question: say so, and offer the hits as related questions only."
)

GetAssistant = Callable[[], Assistant]


class LetterArguments(BaseModel):
    """Which letter to get."""

    model_config = ConfigDict(extra="forbid")

    number: Name = Field(description="Any number of the letter, or its id.", examples=["2022Z11285"])


@dataclass(frozen=True, slots=True)
class ToolOfOurs:
    """One tool: how it is described, and what it does with its arguments."""

    name: str
    title: str
    description: str
    takes: type[BaseModel]
    returns: type[BaseModel]
    work: Callable[[Assistant, Any], dict[str, Any]]


def _ask(assistant: Assistant, given: AskBody, *, hits: int) -> dict[str, Any]:
    result = assistant.ask(given.query, hits=given.hits or hits, previous=given.previous, filters=given.filters())
    return result.as_json(given.language)


def _get_letter(assistant: Assistant, given: LetterArguments) -> dict[str, Any]:
    letter = assistant.find_letter(given.number)
    if letter is None:
        raise QueryError(f"no letter {given.number} is in the index; look it up with list_letters")
    return letter_to_contract(letter)


def tools(settings: Settings) -> dict[str, ToolOfOurs]:
    """Return the tools by name."""
    found = (
        ToolOfOurs(
            "ask",
            "Ask the letters",
            "Find the minister's own answer to a question, with its citation, or hear that no letter answers it.",
            AskBody,
            contract.Result,
            partial(_ask, hits=settings.hits),
        ),
        ToolOfOurs(
            "get_letter",
            "Get a letter",
            "Read a whole letter: all its questions, answers and notes.",
            LetterArguments,
            contract.Letter,
            _get_letter,
        ),
        ToolOfOurs(
            "list_letters",
            "List letters",
            "List the letters of the index, newest answer first, chosen by ministry, party, asker or date.",
            LettersQuery,
            contract.Letters,
            list_letters,
        ),
    )
    return {tool.name: tool for tool in found}


def create_server(get_assistant: GetAssistant, settings: Settings) -> Server[Any]:
    """Make the protocol's server.

    Parameters
    ----------
    get_assistant : callable
        Returns the assistant of the newest index.
    settings : Settings
    """
    import mcp_types as types
    from mcp.server import Server

    ours = tools(settings)

    async def list_tools(_: Any, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_describe_tool(tool) for tool in ours.values()])

    async def call_tool(_: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = ours.get(params.name)
        if tool is None:
            return _refused(f"there is no tool «{params.name}»; there are {', '.join(ours)}")
        try:
            given = tool.takes.model_validate_json(json.dumps(params.arguments or {}), strict=True)
            found = await anyio.to_thread.run_sync(tool.work, get_assistant(), given)
        except ValidationError as exc:
            return _refused("; ".join(_fault(fault) for fault in exc.errors()[:5]))
        except QueryError as exc:
            return _refused(str(exc))
        except KamerantwoordError as exc:
            log.error("the index cannot be searched: %s", exc)
            return _refused("the index cannot be searched now; try again later")
        text = json.dumps(found, ensure_ascii=False)
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=found)

    async def list_resources(_: Any, params: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
        return await anyio.to_thread.run_sync(_list_resources, get_assistant(), params.cursor if params else None)

    async def list_templates(_: Any, __: Any) -> types.ListResourceTemplatesResult:
        template = types.ResourceTemplate(
            name="letter", title="A letter", uri_template=RESOURCE + "{number}", mime_type="application/json"
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(_: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        return await anyio.to_thread.run_sync(_read_resource, get_assistant(), str(params.uri))

    return Server(
        "kamerantwoord",
        title="Kamerantwoord",
        version=version("kamerantwoord"),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def _describe_tool(tool: ToolOfOurs) -> types.Tool:
    import mcp_types as types

    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.takes.model_json_schema(),
        output_schema=tool.returns.model_json_schema(),
        annotations=types.ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )


def _refused(why: str) -> types.CallToolResult:
    import mcp_types as types

    return types.CallToolResult(content=[types.TextContent(text=why)], is_error=True)


def _fault(fault: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where}: {said_of(fault)}" if where else said_of(fault)


def _list_resources(assistant: Assistant, cursor: str | None) -> types.ListResourcesResult:
    import mcp_types as types

    offset = int(cursor) if cursor and cursor.isascii() and cursor.isdigit() and len(cursor) < 8 else 0
    page = list_letters(assistant, LettersQuery.model_validate({"offset": offset, "limit": LETTERS_A_PAGE}))
    found = [
        types.Resource(
            name=letter["id"],
            title=letter["subject"] or letter["id"],
            uri=RESOURCE + quote(letter["id"], safe=""),
            mime_type="application/json",
        )
        for letter in page["letters"]
    ]
    return types.ListResourcesResult(
        resources=found, next_cursor=str(offset + LETTERS_A_PAGE) if page["next"] else None
    )


def _read_resource(assistant: Assistant, uri: str) -> types.ReadResourceResult:
    import mcp_types as types
    from mcp.shared.exceptions import MCPError

    letter = assistant.find_letter(unquote(uri.removeprefix(RESOURCE))) if uri.startswith(RESOURCE) else None
    if letter is None:
        raise MCPError(types.INVALID_PARAMS, "no letter of this number is in the index")
    text = json.dumps(letter_to_contract(letter), ensure_ascii=False)
    return types.ReadResourceResult(
        contents=[types.TextResourceContents(uri=uri, mime_type="application/json", text=text)]
    )


async def serve_stdio(get_assistant: GetAssistant, settings: Settings) -> None:
    """Serve one program over standard input and output, until it hangs up."""
    from mcp.server.stdio import stdio_server

    server = create_server(get_assistant, settings)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


class Endpoint:
    """Serve programs over HTTP; each request stands by itself, so nothing is kept between two.

    Parameters
    ----------
    get_assistant : callable
    settings : Settings
    """

    def __init__(self, get_assistant: GetAssistant, settings: Settings) -> None:
        self._settings = settings
        self._server = cache(lambda: create_server(get_assistant, settings))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not self._may_ask(Headers(scope=scope).get("origin")):
            await problem(403, "origin", "List the site in the setting widget_sites.")(scope, receive, send)
            return
        if scope["method"] != "POST":
            # There is no session to listen to or to end.
            await problem(405, "method", headers={"Allow": "POST"})(scope, receive, send)
            return
        await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        manager = StreamableHTTPSessionManager(
            self._server(),
            json_response=True,
            stateless=True,
            max_request_body_size=self._settings.max_request_kb * 1024,
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    def _may_ask(self, origin: str | None) -> bool:
        """Programs send no origin; of browsers, only the pages of listed sites may ask.

        This server's own name is no proof: a hostile site can let its name lead here.
        """
        if origin is None or origin == self._settings.public_url:
            return True
        return re.fullmatch(site_pattern(self._settings.widget_sites), origin) is not None


def mount(web: FastAPI, get_assistant: GetAssistant, settings: Settings, buckets: Buckets | None = None) -> None:
    """Add ``/mcp`` to the web app; call it before `rag.api.mount`, whose policy for other sites goes around it.

    Parameters
    ----------
    web : FastAPI
    get_assistant : callable
        Returns the assistant of the newest index.
    settings : Settings
    buckets : Buckets, optional
        What each client may still ask.
    """
    endpoint: ASGIApp = Endpoint(get_assistant, settings)
    endpoint = BodyLimit(endpoint, max_bytes=settings.max_request_kb * 1024)
    endpoint = Shield(RateLimit(endpoint, buckets))
    # With a slash too, as many a configuration has it.
    web.router.routes[:0] = [Route(PATH, endpoint), Route(f"{PATH}/", endpoint)]
