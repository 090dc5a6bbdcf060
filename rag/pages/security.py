"""What every response says to a browser about safety, and which of Gradio's addresses exist at all."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

GRADIO_NEEDS = re.compile(
    r"""(?:/en)?/(?:
        assets/[\w.-]+                          # /assets/index-DphvyggB.js
      | static/(?:js|fonts|img)/[\w./-]+        # /static/js/iframeResizer.contentWindow.min.js
      | theme\.css                              # /theme.css?v=0b07…
      | gradio_api/(?:run|api)/\w+/?            # /gradio_api/run/predict
      | gradio_api/heartbeat/\w+                # /gradio_api/heartbeat/5xq1…
      | gradio_api/(?:startup-events|app_id|reset)/?
    )""",
    re.VERBOSE,
)


def content_policy(frame_ancestors: str, *, nonce: str | None = None) -> str:
    """Return a Content-Security-Policy under which a page speaks with this server alone.

    Parameters
    ----------
    frame_ancestors : str
        Who may show our pages in a frame, as CSP writes it: ``'none'``, or ``https://host …``.
    nonce : str, optional
        Of the front page, where Gradio sets styles of its own and starts from an inline script.
    """
    scripts = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    styles = "'self' 'unsafe-inline'" if nonce else "'self'"
    rules = {
        "default-src": "'none'",
        "script-src": scripts,
        "style-src": styles,
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": frame_ancestors,
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class Narrow:
    """Let through to Gradio what the chat needs; every other address leads nowhere.

    Nowhere are, among others, uploads, files by URL, the API pages and the monitoring.

    Parameters
    ----------
    gradio : ASGIApp
    nowhere : ASGIApp
    """

    def __init__(self, gradio: ASGIApp, nowhere: ASGIApp) -> None:
        self._gradio, self._nowhere = gradio, nowhere

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the one or the other."""
        needed = scope["type"] == "http" and GRADIO_NEEDS.fullmatch(scope["path"])
        await (self._gradio if needed else self._nowhere)(scope, receive, send)


class Guard:
    """Add the safety headers to every response.

    Parameters
    ----------
    app : ASGIApp
    frame_ancestors : str
        As in `content_policy`.
    """

    def __init__(self, app: ASGIApp, frame_ancestors: str = "'none'") -> None:
        self._app, self._policy = app, content_policy(frame_ancestors)
        self._no_frames = frame_ancestors == "'none'"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with what is added to its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._wanted():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _wanted(self) -> Iterable[tuple[str, str]]:
        yield from HEADERS.items()
        yield "Content-Security-Policy", self._policy
        if self._no_frames:
            yield "X-Frame-Options", "DENY"
