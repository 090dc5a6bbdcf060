"""What the OpenAPI description says beside what the routes say of themselves: errors, examples, headers."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from rag.api.example import example_result
from rag.api.problems import TITLES, Fault, Problem

SUMMARY = "The minister's own words in the letters that answer Dutch parliamentary questions, with their citation."

TAGS: list[dict[str, Any]] = [
    {"name": "questions", "description": "Ask, and get the answer word for word, or hear that no letter answers."},
    {"name": "search", "description": "Lists of answers: pages, tables, feeds."},
    {"name": "letters", "description": "The letters themselves, and what is searched."},
]

PROBLEMS: dict[int, tuple[str, ...]] = {
    400: ("malformed",),
    404: ("no-such-letter", "no-such-question"),
    413: ("too-large",),
    415: ("media-type",),
    422: ("invalid", "unsearchable", "too-long"),
    429: ("too-many",),
    500: ("internal",),
    503: ("unavailable",),
}
"""Which kinds of problem a status can stand for."""

FOR_BODIES = (400, 413, 415)

HEADERS = {429: "Seconds to wait.", 503: "Seconds to wait."}


def operation_id(route: APIRoute) -> str:
    """Return the name of the function: ``ask_by_address``."""
    return route.name


def complete(api: FastAPI) -> None:
    """Let an application describe its problems, its examples and what may be kept."""

    def described() -> dict[str, Any]:
        if api.openapi_schema is None:
            api.openapi_schema = _describe(api)
        return api.openapi_schema

    api.openapi = described  # type: ignore[method-assign]


def _describe(api: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=api.title,
        version=api.version,
        summary=api.summary,
        routes=api.routes,
        tags=api.openapi_tags,
        servers=api.servers,
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    )
    schemas = found["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    reference = "#/components/schemas/{model}"
    schemas["Fault"] = Fault.model_json_schema(ref_template=reference)
    schemas["Problem"] = Problem.model_json_schema(ref_template=reference)
    schemas["Problem"].pop("$defs", None)
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _complete_operation(path, method, operation)
    return found


def _complete_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    kept = [status for status in PROBLEMS if status not in FOR_BODIES or method == "post"]
    if "{number}" not in path:
        kept.remove(404)
    for status in kept:
        responses[str(status)] = _problem_response(status)
    good = responses["200"]
    good["description"] = "Found." if "search" in path or "feed" in path else "Done."
    for content in list(good["content"]):
        # FastAPI adds its default beside the type that a route names.
        if content == "text/plain" and len(good["content"]) > 1:
            del good["content"][content]
    if path == "/ask":
        good["content"]["application/json"]["example"] = example_result()
    if method == "get":
        tag = {"description": "Changes with the index; send it back as If-None-Match.", "schema": {"type": "string"}}
        good["headers"] = {"ETag": tag}
        responses["304"] = {"description": "What the client has still holds."}


def _problem_response(status: int) -> dict[str, Any]:
    described = "; or: ".join(TITLES[kind] for kind in PROBLEMS[status])
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    response: dict[str, Any] = {"description": f"{described}.", "content": content}
    if status in HEADERS:
        response["headers"] = {"Retry-After": {"description": HEADERS[status], "schema": {"type": "integer"}}}
    return response
