"""The plain pages: HTML that works without JavaScript, files of ours, and the operator's checks."""

from __future__ import annotations

import fastapi
from fastapi.responses import FileResponse, PlainTextResponse, Response

from rag.pages.desk import Desk
from rag.pages.shell import STATIC, STATIC_TYPES, static_address

FOR_EVER = "public, max-age=31536000, immutable"


def plain_pages(desk: Desk) -> fastapi.APIRouter:
    """Return the routes of all pages but the chat."""
    router = fastapi.APIRouter()
    _add_static(router)
    _add_checks(router)
    return router


def _add_static(router: fastapi.APIRouter) -> None:
    @router.get("/kw/{digest}/{name}")
    def static(digest: str, name: str) -> Response:
        if name not in STATIC_TYPES or static_address(name) != f"/kw/{digest}/{name}":
            return PlainTextResponse("Not found\n", 404)
        return FileResponse(STATIC / name, media_type=STATIC_TYPES[name], headers={"Cache-Control": FOR_EVER})


def _add_checks(router: fastapi.APIRouter) -> None:
    @router.get("/healthz")
    def is_alive() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @router.get("/readyz")
    def is_ready(request: fastapi.Request) -> PlainTextResponse:
        ready = getattr(request.app.state, "ready", False)
        return PlainTextResponse("ready\n" if ready else "starting\n", 200 if ready else 503)
