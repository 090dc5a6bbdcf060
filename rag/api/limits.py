"""Bounds on what one client may ask: how often, and how much at a time."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.api.problems import problem

MAX_CLIENTS = 20_000
"""Of more clients than this within minutes, those that came least lately are forgotten."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float


class Buckets:
    """A bucket of tokens for each client, held in memory and never written down.

    A client may use a minute's worth at once; what is used comes back evenly.

    Parameters
    ----------
    per_minute : int
        Above 0.
    now : callable
        A clock in seconds.
    """

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._size, self._rate, self._now = float(per_minute), per_minute / 60, now
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, client: str) -> float:
        """Take a token.

        Returns
        -------
        float
            Seconds until there is one; 0.0 when one was taken.
        """
        with self._lock:
            now = self._now()
            bucket = self._buckets.setdefault(client, _Bucket(self._size, now))
            self._buckets.move_to_end(client)
            while len(self._buckets) > MAX_CLIENTS:
                self._buckets.popitem(last=False)
            bucket.tokens = min(self._size, bucket.tokens + (now - bucket.filled) * self._rate)
            bucket.filled = now
            if bucket.tokens < 1:
                return (1 - bucket.tokens) / self._rate
            bucket.tokens -= 1
            return 0.0


def buckets_for(per_minute: int) -> Buckets | None:
    """Return what the API and MCP share, or None when 0 sets no bound."""
    return Buckets(per_minute) if per_minute else None


def client_of(scope: Scope) -> str:
    """Return who asks: an IPv4 address, or the /64 of an IPv6 address, which one household shares."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return str(host)
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((int(address) >> 64 << 64, 64)))


class RateLimit:
    """Answer 429 with ``Retry-After`` to a client that asks too often.

    Parameters
    ----------
    app : ASGIApp
    buckets : Buckets or None
        Shared by the API and MCP; None sets no bound.
    """

    def __init__(self, app: ASGIApp, buckets: Buckets | None) -> None:
        self._app, self._buckets = app, buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        wait = self._buckets.take(client_of(scope)) if self._buckets and scope["type"] == "http" else 0.0
        if wait:
            seconds = math.ceil(wait)
            detail = f"Try again in {seconds} second{'s' if seconds > 1 else ''}."
            refusal = problem(429, "too-many", detail, headers={"Retry-After": str(seconds)})
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


class TooLargeError(HTTPException):
    """A body that grew over the bound while it was read; of this kind, FastAPI lets it pass."""

    def __init__(self) -> None:
        super().__init__(413)


class BodyLimit:
    """Answer 413 to a request whose body is too large, told beforehand or found while reading.

    Parameters
    ----------
    app : ASGIApp
    max_bytes : int
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app, self._max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if told.isdigit() and int(told) > self._max_bytes:
            await self._refuse(scope, receive, send)
            return
        read, has_started = 0, False

        async def receive_counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._max_bytes:
                raise TooLargeError
            return message

        async def send_noted(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive_counted, send_noted)
        except TooLargeError:
            if has_started:
                raise
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = problem(413, "too-large", f"At most {self._max_bytes // 1024} KB are read.")
        # What is not read must not be taken for the next request.
        refusal.headers["Connection"] = "close"
        await refusal(scope, receive, send)
