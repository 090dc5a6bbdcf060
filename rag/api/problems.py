"""Errors as RFC 9457 has them: `application/problem+json`, with a title for people and no traceback."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import KamerantwoordError, QueryError

log = logging.getLogger(__name__)

DOCS = "/api/v1/docs"

MAX_FAULTS = 20
"""A request can hold thousands; the first ones suffice to put it right."""


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(description="Name of the parameter, or a JSON pointer into the body.", examples=["/hits"])
    detail: str = Field(examples=["Input should be less than or equal to 100"])


class Problem(BaseModel):
    """Why a request was not answered (RFC 9457)."""

    type: str = Field(description="Names the kind of problem.", examples=["/api/v1/docs#problem-unsearchable"])
    title: str = Field(description="The same for every problem of this kind.")
    status: int = Field(description="The HTTP status again.", examples=[422])
    detail: str | None = Field(None, description="What is wrong here, and what to do.")
    errors: list[Fault] | None = Field(None, description="Each thing that is wrong with the request.")


TITLES = {
    "malformed": "The body is not JSON",
    "not-found": "There is nothing at this address",
    "no-such-letter": "No letter of this number is in the index",
    "no-such-question": "The letter has no answered question of this number",
    "origin": "Pages of this site may not ask here",
    "method": "This address does not take this method",
    "too-large": "The request is too large",
    "media-type": "The body must be sent as application/json",
    "invalid": "A parameter is missing, unknown or out of bounds",
    "unsearchable": "This question cannot be searched",
    "too-long": "The question is too long",
    "too-many": "Too many requests",
    "internal": "Something went wrong on the server",
    "unavailable": "The index cannot be searched now",
}
"""Every kind of problem, by the last part of its `type`, with its title."""

KIND_OF_STATUS = {400: "malformed", 404: "not-found", 405: "method", 413: "too-large", 415: "media-type"}


class ProblemResponse(JSONResponse):
    """A problem as a response."""

    media_type = "application/problem+json"


class ProblemError(Exception):
    """Raised by a route to answer with a problem.

    Parameters
    ----------
    status : int
    kind : str
        Of `TITLES`.
    detail : str
    headers : mapping, optional
    """

    def __init__(self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail, self.headers = status, kind, detail, headers


def problem(
    status: int,
    kind: str,
    detail: str | None = None,
    *,
    errors: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> ProblemResponse:
    """Make a response of a problem; it is never cached."""
    body = Problem(
        type=f"{DOCS}#problem-{kind}", title=TITLES[kind], status=status, detail=detail, errors=list(errors) or None
    )
    return ProblemResponse(
        body.model_dump(exclude_none=True), status, headers={"Cache-Control": "no-store", **(headers or {})}
    )


def add_handlers(api: FastAPI) -> None:
    """Turn every error of an application into a problem."""
    api.add_exception_handler(ProblemError, _told)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(QueryError, _unsearchable)
    api.add_exception_handler(KamerantwoordError, _unavailable)


async def _told(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, ProblemError)
    return problem(error.status, error.kind, error.detail, headers=error.headers)


async def _unsearchable(request: Request, error: Exception) -> ProblemResponse:
    return problem(422, "unsearchable", _sentence(str(error)))


async def _unavailable(request: Request, error: Exception) -> ProblemResponse:
    """Say that the index fails; why is for the operator, as it names files."""
    log.error("the index cannot be searched: %s", error)
    return problem(503, "unavailable", "Try again later.", headers={"Retry-After": "30"})


async def _http(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    kind = KIND_OF_STATUS.get(error.status_code, "internal")
    headers = {"Allow": _methods(request)} if kind == "method" else error.headers
    return problem(error.status_code, kind, _DETAILS.get(kind), headers=headers)


def _methods(request: Request) -> str:
    """Return all methods of an address; the framework only knows those of the first route that it tried."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    matching = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in matching for method in route.methods or ()}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


NOT_FOUND = f"The addresses are described at {DOCS}."

_DETAILS = {
    "not-found": NOT_FOUND,
    "method": "The Allow header names the methods that it takes.",
    "too-large": "Send a shorter request.",
}


async def _invalid(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(fault["type"] == "json_invalid" for fault in found):
        return problem(400, "malformed", "The body could not be read as JSON.")
    if _lacks_json(request, found):
        return problem(415, "media-type", "Send the header Content-Type: application/json.")
    return problem(422, "invalid", errors=[_fault(fault) for fault in found[:MAX_FAULTS]])


def _lacks_json(request: Request, found: Sequence[Mapping[str, Any]]) -> bool:
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return sent != "application/json" and any(tuple(fault["loc"]) == ("body",) for fault in found)


def said_of(fault: Mapping[str, Any]) -> str:
    """Return what pydantic says of a fault; of our own it says that it is one of a value."""
    return str(fault["msg"]).removeprefix("Value error, ")


def _fault(fault: Mapping[str, Any]) -> Fault:
    """Say where and what; the value itself is not sent back."""
    place, *path = fault["loc"]
    where = "".join(f"/{part}" for part in path) if place == "body" else ".".join(str(part) for part in path)
    return Fault(where=_printable(where or str(place)), detail=said_of(fault))


def _printable(text: str) -> str:
    """Keep the name of an unknown parameter, which a client chose, short and harmless."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:100])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


class Shield:
    """Answer an error that nobody foresaw with a problem; only its kind is logged, as it may hold a question.

    Parameters
    ----------
    app : ASGIApp
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and see that it is answered."""
        has_started = False

        async def send_noted(message: Message) -> None:
            nonlocal has_started
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception as exc:
            log.error("an error that was not foreseen: %s", type(exc).__name__)
            if has_started or scope["type"] != "http":
                raise
            detail = f"HTTP {HTTPStatus.INTERNAL_SERVER_ERROR}; the operator's log names its kind."
            await problem(500, "internal", detail)(scope, receive, send)
