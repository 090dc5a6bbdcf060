"""JSON over HTTP, and the files of the widget: what other sites and programs use.

Everything below ``/api/v1`` is an application of its own beside the pages, so that its errors, its
description and its limits are its own.
"""

from rag.api.application import create_api, mount

__all__ = ["create_api", "mount"]
