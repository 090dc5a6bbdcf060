"""A client of the API, in this process: everything but the network is real."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from index.settings import Settings, load_settings
from rag import Assistant, mcp
from rag.api import mount
from rag.api.limits import buckets_for

EVIL = "https://evil.example"


def settings_with(**values: Any) -> Settings:
    """Return settings for tests: no bound on requests unless one is given."""
    return load_settings(flags={"requests_per_minute": 0} | values)


def client_of(assistant: Assistant, **values: Any) -> TestClient:
    """Return a client of a web app that holds nothing but what `rag.api` and `rag.mcp` bring."""
    web = FastAPI(openapi_url=None)
    settings = settings_with(**values)
    buckets = buckets_for(settings.requests_per_minute)
    mcp.mount(web, lambda: assistant, settings, buckets)
    mount(web, lambda: assistant, settings, buckets)
    return TestClient(web, raise_server_exceptions=False)
