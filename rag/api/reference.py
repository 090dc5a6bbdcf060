"""The description of the API for people: one page for the server, one file for the documentation.

Both are written from the OpenAPI description, so that neither can say what the code does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from rag.api.description import PROBLEMS
from rag.api.problems import TITLES
from rag.pages.markup import Html, element, join
from rag.pages.shell import render_head, render_header, render_page
from rag.pages.texts import TEXTS


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `anchor` is its address within the page."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to copy."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below their column names; the first column holds names in the code."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Prose | Code | Table

ASK_WITH_HTTPX = """import httpx

question = {"query": "Hoe werkt het sociaal kredietsysteem in China?"}
result = httpx.post("http://127.0.0.1:7860/api/v1/ask", json=question)
result.raise_for_status()
if result.json()["answered"]:
    hit = result.json()["hits"][0]
    print(hit["answer"]["text"], hit["citation"]["official"], sep="\\n\\n")"""

ASK_WITH_CURL = (
    """curl http://127.0.0.1:7860/api/v1/ask --json '{"query": "Hoe werkt het sociaal kredietsysteem in China?"}'"""
)

INTRODUCTION = (
    "Everything the web app finds, as JSON: the same that `kamerantwoord ask --json` prints. No key is needed. "
    "Offsets count characters from 0, half open, in `answer.text`; pages count from 1; dates are ISO 8601.",
    "When `answered` is false, no letter answers the question, and the hits are near misses: do not show them as "
    "the answer. `answer.text` is the letter's own text.",
    "What is unknown is refused: a parameter that does not exist, or that is given twice, is an error and never "
    "without effect; only `previous` may be repeated. An error is `application/problem+json` (RFC 9457); its `type` "
    "names the kind.",
    "An answer holds as long as the index does: send the `ETag` back as `If-None-Match` and get 304 while nothing "
    "changed. A client that asks more often than the server's `requests_per_minute` gets 429 with `Retry-After`. "
    "Pages of other sites may ask when their site is in `widget_sites`. No question is logged.",
)


def describe(openapi: dict[str, Any]) -> Iterator[Block]:
    """Walk the description of an API."""
    yield Heading(1, "The API", "api")
    yield from (Prose(text) for text in INTRODUCTION)
    yield Code(ASK_WITH_CURL, "sh")
    yield Code(ASK_WITH_HTTPX, "python")
    yield Prose("The description for programs (OpenAPI 3.1) is at `/api/v1/openapi.json`.")
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            yield from _operation(path, method, operation, openapi)
    yield Heading(2, "What comes back", "models")
    for name, schema in openapi["components"]["schemas"].items():
        if "properties" in schema:
            yield Heading(3, name, f"model-{name}")
            yield Prose(" ".join(schema.get("description", "").split()))
            yield _properties(schema)
    yield Heading(2, "Problems", "problems")
    for status, kinds in {**PROBLEMS, 403: ("origin",), 404: ("not-found", *PROBLEMS[404]), 405: ("method",)}.items():
        for kind in kinds:
            yield Heading(3, f"{kind} ({status})", f"problem-{kind}")
            yield Prose(f"{TITLES[kind]}.")


def _operation(path: str, method: str, operation: dict[str, Any], openapi: dict[str, Any]) -> Iterator[Block]:
    yield Heading(2, f"{method.upper()} {path}", f"operation-{operation['operationId']}")
    yield Prose(f"{operation['summary']}. {' '.join(operation['description'].split())}")
    rows = [
        (parameter["name"], _kind(parameter["schema"]), _told(parameter))
        for parameter in sorted(operation.get("parameters", ()), key=lambda one: not one.get("required"))
    ]
    if "requestBody" in operation:
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        body = openapi["components"]["schemas"][reference.rsplit("/", 1)[1]]
        yield Prose("The body, as `application/json`:")
        yield _properties(body)
    if rows:
        yield Table(("Parameter", "Type", "Meaning"), tuple(rows))
    content = operation["responses"]["200"]["content"]
    for media_type, described in content.items():
        shape = described.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
        yield Prose(f"Returns `{media_type}`" + (f": {shape}." if shape else "."))
        if method == "post" and "example" in described:
            yield Code(json.dumps(described["example"], ensure_ascii=False, indent=1), "json")


def _told(parameter: dict[str, Any]) -> str:
    needed = "Needed. " if parameter.get("required") else ""
    schema = parameter.get("schema", {})
    return f"{needed}{parameter.get('description', schema.get('description', ''))}"


def _properties(schema: dict[str, Any]) -> Table:
    needed = schema.get("required", ())
    rows = tuple(
        (name, _kind(described) + ("" if name in needed else ", optional"), described.get("description", ""))
        for name, described in sorted(schema["properties"].items(), key=lambda item: item[0] not in needed)
    )
    return Table(("Name", "Type", "Meaning"), rows)


def _kind(schema: dict[str, Any]) -> str:
    """Return the type in words: ``list of text, at most 20``, ``text, at most 200 long or null``."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " or ".join(f"«{value}»" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        most = f", at most {schema['maxItems']}" if "maxItems" in schema else ""
        return f"list of {_kind(schema['items'])}{most}"
    named = {"string": "date" if schema.get("format") == "date" else "text", "boolean": "true or false"}
    plain = str(schema.get("type", ""))
    return named.get(plain, plain) + "".join(_bounds(schema))


def _bounds(schema: dict[str, Any]) -> Iterable[str]:
    words = {"minimum": "from", "maximum": "up to", "exclusiveMaximum": "below", "maxLength": "at most"}
    for key, word in words.items():
        if key in schema:
            # 1.0, as some bounds are described, is 1
            yield f", {word} {schema[key]:,.15g}" + (" long" if key == "maxLength" else "")


def as_markdown(blocks: Iterable[Block]) -> str:
    """Return the blocks as the file of the documentation."""
    return "\n\n".join(map(_markdown, blocks)) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(level, text, anchor):
            return f'<a id="{anchor}"></a>\n\n{"#" * level} {text}' if level > 1 else f"# {text}"
        case Prose(text):
            return text
        case Code(text, language):
            return f"```{language}\n{text}\n```"
        case Table(columns, rows):
            lines = [columns, ("---",) * len(columns), *((f"`{row[0]}`", *row[1:]) for row in rows)]
            return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def as_html(blocks: Iterable[Block]) -> Html:
    """Return the blocks as the content of a page."""
    return join(_html(block) for block in blocks)


def _html(block: Block) -> Html:
    match block:
        case Heading(level, text, anchor):
            return element(f"h{level}", text, id=anchor)
        case Prose(text):
            return element("p", _with_code(text))
        case Code(text, _):
            return element("pre", text, tabindex=0)
        case Table(columns, rows):
            head = element("tr", [element("th", column, scope="col") for column in columns])
            drawn = [
                element("tr", element("td", element("code", row[0])), [element("td", _with_code(c)) for c in row[1:]])
                for row in rows
            ]
            table = element("table", element("thead", head), element("tbody", drawn))
            return element("div", table, class_="kw-tabel", tabindex=0, role="group", aria_label=columns[0])


def _with_code(text: str) -> list[Html]:
    """Draw what stands between backquotes as code."""
    return [element("code", part) if place % 2 else join(part) for place, part in enumerate(text.split("`"))]


def add_reference(api: FastAPI) -> None:
    """Add the page for people at ``/docs``."""

    @api.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        texts = TEXTS["en"]
        head = join(
            render_head(texts, "The API of Kamerantwoord", str(api.summary)),
            element("link", rel="stylesheet", href="/widget/demo.css"),
        )
        header = render_header(texts, other_language="/")
        footer = element("footer", element("p", element("a", "openapi.json", href="/api/v1/openapi.json")))
        content = as_html(describe(api.openapi()))
        return HTMLResponse(render_page(texts, head, header, content, footer), headers={"Cache-Control": "no-cache"})
