"""What may be kept, and until when: an answer holds as long as the index does."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version

from starlette.requests import Request

# A question may be private: a browser may keep its answer, a proxy on the way may not.
KEEP = "private, no-cache"


def tag_of(request: Request, generation: str) -> str:
    """Return the weak ETag of a GET: it changes with the index, the version and the address.

    Parameters
    ----------
    request : Request
    generation : str
        Name of the index's generation.
    """
    named = "\n".join([_program(), generation, str(request.url)])
    return f'W/"{hashlib.sha256(named.encode()).hexdigest()[:24]}"'


@cache
def _program() -> str:
    """Return the version; finding it among the installed packages takes a quarter of a millisecond each time."""
    return version("kamerantwoord")


def is_known(request: Request, tag: str) -> bool:
    """Say whether the client already has what the tag names (RFC 9110, 13.1.2)."""
    given = request.headers.get("if-none-match", "")
    tags = {part.strip().removeprefix("W/") for part in given.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags
