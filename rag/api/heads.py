"""HEAD wherever GET is: link checkers and monitors ask so."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Heads:
    """Answer HEAD as GET (RFC 9110, 9.3.2); the server, which knows what was asked, keeps the body back.

    Parameters
    ----------
    app : ASGIApp
    paths : tuple of str
        How the addresses begin that this is for.
    """

    def __init__(self, app: ASGIApp, paths: tuple[str, ...]) -> None:
        self._app, self._paths = app, paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http" and scope["method"] == "HEAD" and scope["path"].startswith(self._paths):
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
