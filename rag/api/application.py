"""The application below ``/api/v1``, and how the web app takes it in."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

from index.settings import Settings
from rag.api.problems import Shield, add_handlers
from rag.api.routes import create_router
from rag.assistant import Assistant

PREFIX = "/api/v1"

GetAssistant = Callable[[], Assistant]


def create_api(get_assistant: GetAssistant, settings: Settings) -> FastAPI:
    """Make the application that answers below ``/api/v1``.

    Parameters
    ----------
    get_assistant : callable
        Returns the assistant of the newest index.
    settings : Settings
    """
    api = FastAPI(
        title="Kamerantwoord",
        version=version("kamerantwoord"),
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(Shield)],
    )
    api.include_router(create_router(get_assistant, settings))
    add_handlers(api)
    return api


def mount(web: FastAPI, get_assistant: GetAssistant, settings: Settings) -> None:
    """Add ``/api/v1`` to the web app; call it last, as what is added last sees a request first.

    Parameters
    ----------
    web : FastAPI
    get_assistant : callable
        Returns the assistant of the newest index.
    settings : Settings
    """
    # Gradio answers every address that nobody before it has taken.
    web.router.routes.insert(0, Mount(PREFIX, create_api(get_assistant, settings)))
