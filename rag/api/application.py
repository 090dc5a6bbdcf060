"""The application below ``/api/v1``, and how the web app takes it in."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from index.settings import Settings
from rag.api.crossing import Crossing
from rag.api.description import SUMMARY, TAGS, complete, operation_id
from rag.api.files import create_files
from rag.api.heads import Heads
from rag.api.limits import BodyLimit, Buckets, RateLimit
from rag.api.problems import NOT_FOUND, Shield, add_handlers, problem
from rag.api.reference import add_reference
from rag.api.routes import add_routes
from rag.assistant import Assistant

PREFIX = "/api/v1"

GetAssistant = Callable[[], Assistant]


def create_api(get_assistant: GetAssistant, settings: Settings, buckets: Buckets | None = None) -> FastAPI:
    """Make the application that answers below ``/api/v1``.

    Parameters
    ----------
    get_assistant : callable
        Returns the assistant of the newest index.
    settings : Settings
    buckets : Buckets, optional
        What each client may still ask; without them there is no bound.
    """
    api = FastAPI(
        title="Kamerantwoord",
        summary=SUMMARY,
        version=version("kamerantwoord"),
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        openapi_tags=TAGS,
        generate_unique_id_function=operation_id,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(Shield),
            Middleware(RateLimit, buckets=buckets),
            Middleware(BodyLimit, max_bytes=settings.max_request_kb * 1024),
        ],
    )
    add_routes(api.router, get_assistant, settings)
    add_handlers(api)
    complete(api)
    add_reference(api)
    return api


def mount(web: FastAPI, get_assistant: GetAssistant, settings: Settings, buckets: Buckets | None = None) -> None:
    """Add the API and the widget to the web app; call it last, as what is added last sees a request first.

    Parameters
    ----------
    web : FastAPI
    get_assistant : callable
        Returns the assistant of the newest index.
    settings : Settings
    buckets : Buckets, optional
        What each client may still ask.
    """
    below = Mount(PREFIX, create_api(get_assistant, settings, buckets))
    missing = problem(404, "not-found", NOT_FOUND)
    nothing, elsewhere = Route("/api", missing), Route("/api/{rest:path}", missing)
    # A line break in an address is refused by us too, and not by whoever comes next: "/api/v1/letters/a%0Ab"
    below.path_regex = re.compile(below.path_regex.pattern, re.DOTALL)
    elsewhere.path_regex = re.compile(elsewhere.path_regex.pattern, re.DOTALL)
    ours = [below, nothing, elsewhere, *create_files(get_assistant, settings).routes]
    # Gradio answers every address that nobody before it has taken.
    web.router.routes[:0] = ours
    web.add_middleware(Heads, paths=(f"{PREFIX}/", "/widget"))
    web.add_middleware(Crossing, settings=settings)
