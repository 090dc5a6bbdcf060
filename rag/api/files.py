"""The files of the widget, a page to try it on, and a page to show in a frame."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from index.settings import Settings
from rag.api.demo import render_demo, render_frame
from rag.assistant import Assistant
from rag.pages.security import content_policy
from rag.pages.shell import FOR_EVER

WIDGET = Path(__file__).parent.parent / "widget"

FOR_AN_HOUR = "public, max-age=3600"

FILES = {
    "frame.js": "text/javascript",
    "frame-inside.js": "text/javascript",
    "demo.js": "text/javascript",
    "demo.css": "text/css",
    "nl-design-system.css": "text/css",
}


@cache
def widget_script() -> bytes:
    """Return the widget as it is served: one file, its style sheet and texts inside."""
    code = (WIDGET / "widget.js").read_text("utf-8")
    style = (WIDGET / "widget.css").read_text("utf-8")
    texts = json.loads((WIDGET / "texts.json").read_text("utf-8"))
    for line, value in (('const STYLES = "";', style), ("const TEXTS = {};", texts)):
        name = line.partition(" = ")[0]
        if code.count(line) != 1:
            raise RuntimeError(f"widget.js: expected the line «{line}» once")
        code = code.replace(line, f"{name} = {json.dumps(value, ensure_ascii=False)};")
    return code.encode()


@cache
def widget_name() -> str:
    """Return the file name that changes with the widget: ``widget-0f3a….js``."""
    return f"widget-{hashlib.sha256(widget_script()).hexdigest()[:12]}.js"


@cache
def widget_integrity() -> str:
    """Return what a page may hold the widget to (Subresource Integrity)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(widget_script()).digest()).decode()


def create_files(get_assistant: Callable[[], Assistant], settings: Settings) -> APIRouter:
    """Make the routes of the widget's files and pages.

    Parameters
    ----------
    get_assistant : callable
        Returns the assistant of the newest index.
    settings : Settings
    """
    router = APIRouter()

    @router.get("/widget.js")
    def newest() -> Response:
        return _script(FOR_AN_HOUR)

    @router.get("/widget-{digest}.js")
    def versioned(digest: str) -> Response:
        # Another version would not be what the page asked for.
        return _script(FOR_EVER) if widget_name() == f"widget-{digest}.js" else _missing()

    @router.get("/widget/demo")
    def demo(request: Request) -> HTMLResponse:
        origin = settings.public_url or str(request.base_url).rstrip("/")
        page = render_demo(origin, widget_name(), widget_integrity(), get_assistant().coverage)
        return HTMLResponse(page, headers={"Cache-Control": "no-cache"})

    @router.get("/widget/frame")
    def frame(request: Request) -> HTMLResponse:
        page = render_frame(dict(request.query_params), widget_name())
        policy = content_policy(" ".join(settings.frame_sites) or "'none'")
        return HTMLResponse(page, headers={"Content-Security-Policy": policy, "Cache-Control": "no-cache"})

    @router.get("/widget/{name}")
    def file(name: str) -> Response:
        if name not in FILES:
            return _missing()
        content = (WIDGET / name).read_bytes()
        return Response(content, media_type=FILES[name], headers={"Cache-Control": FOR_AN_HOUR})

    return router


def _script(kept: str) -> Response:
    return Response(widget_script(), media_type="text/javascript", headers={"Cache-Control": kept})


def _missing() -> PlainTextResponse:
    return PlainTextResponse("Not found\n", 404)
