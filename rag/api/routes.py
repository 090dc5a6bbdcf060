"""The addresses below ``/api/v1``."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from index.settings import Settings
from rag.assistant import Assistant
from rag.contract import CoveragePart, ResultPart

MAX_HITS = 100
MAX_PREVIOUS = 20


class AskBody(BaseModel):
    """A question."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(description="In the asker's own words, Dutch or English.")
    hits: int | None = Field(None, ge=1, le=MAX_HITS, description="How many hits at most.")
    previous: list[str] = Field(
        default=[], max_length=MAX_PREVIOUS, description="Earlier questions of the same conversation, oldest first."
    )


def create_router(get_assistant: Callable[[], Assistant], settings: Settings) -> APIRouter:
    """Make the routes.

    Parameters
    ----------
    get_assistant : callable
        Returns the assistant of the newest index.
    settings : Settings
    """
    router = APIRouter()
    # More at a time would only wait for the processor, and all of them longer.
    workers = anyio.CapacityLimiter(max(2, os.cpu_count() or 2))

    async def ask(query: str, hits: int | None, previous: Sequence[str]) -> JSONResponse:
        work = partial(_ask, get_assistant(), query, hits or settings.hits, previous)
        return JSONResponse(await anyio.to_thread.run_sync(work, limiter=workers))

    @router.get("/ask", response_model=ResultPart)
    async def ask_by_address(
        q: Annotated[str, Query(description="The question.")],
        hits: Annotated[int | None, Query(ge=1, le=MAX_HITS)] = None,
        previous: Annotated[list[str], Query(max_length=MAX_PREVIOUS)] = [],  # noqa: B006
    ) -> JSONResponse:
        return await ask(q, hits, previous)

    @router.post("/ask", response_model=ResultPart)
    async def ask_by_body(body: AskBody) -> JSONResponse:
        return await ask(body.query, body.hits, body.previous)

    @router.get("/coverage", response_model=CoveragePart)
    async def coverage() -> JSONResponse:
        return JSONResponse(get_assistant().coverage.as_json())

    return router


def _ask(assistant: Assistant, query: str, hits: int, previous: Sequence[str]) -> dict[str, Any]:
    return assistant.ask(query, hits=hits, previous=previous).as_json()
