"""Which other sites may use what: the policy of this server, and no library's, has the last word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.settings import Settings

# What any page may load: a script and a style sheet that hold nothing of anybody.
PUBLIC_FILES = re.compile(r"/widget(?:-[0-9a-f]{12})?\.js|/widget/[\w.-]+\.(?:js|css)")  # /widget-0f3a….js

FRAMED = "/widget/frame"

ALLOWED_HEADERS = ["Content-Type", "If-None-Match", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"]

SECONDS_TO_REMEMBER = 7200
"""How long a browser need not ask again whether it may ask."""


class Crossing:
    """Add what lets pages of other sites use the API, the widget's files and the frame page; nothing else.

    Cookies and passwords are never let across. It stands around the whole web app, as Gradio's own answer
    to other origins would otherwise come last.

    Parameters
    ----------
    app : ASGIApp
    settings : Settings
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = _Closed(app)
        self._may_be_framed = bool(settings.frame_sites)
        self._api = _cors(self._app, settings.widget_sites)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on by the way that its address has."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(("/api/v1/", "/mcp")):
            await self._api(scope, receive, send)
        else:
            await self._app(scope, receive, self._opened(scope["path"], send))

    def _opened(self, path: str, send: Send) -> Send:
        async def send_opened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if PUBLIC_FILES.fullmatch(path):
                    headers["Access-Control-Allow-Origin"] = "*"
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
                if path == FRAMED and self._may_be_framed:
                    # The policy of the page itself says who may; this older header can only say nobody.
                    del headers["X-Frame-Options"]
            await send(message)

        return send_opened


class _Closed:
    """Take back what a library inside says to other sites; Gradio lets any site in, with its cookies."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_closed(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if not pair[0].lower().startswith(b"access-control-")]
                message["headers"] = kept
            await send(message)

        await self._app(scope, receive, send_closed)


def site_pattern(sites: Sequence[str]) -> str:
    """Return a regular expression for the origins of these sites; ``*`` is any site."""
    if "*" in sites:
        return r".+"
    # https://*.example.org
    return "|".join(re.escape(site).replace(r"\*", "[a-z0-9.-]+") for site in sites) or r"(?!)"


def _cors(app: ASGIApp, sites: Sequence[str]) -> ASGIApp:
    if not sites:
        return app
    return CORSMiddleware(
        app,
        allow_origin_regex=site_pattern(sites),
        allow_methods=["GET", "POST"],
        allow_headers=ALLOWED_HEADERS,
        expose_headers=["ETag", "Retry-After"],
        allow_credentials=False,
        max_age=SECONDS_TO_REMEMBER,
    )
