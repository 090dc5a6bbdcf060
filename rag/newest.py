"""The assistant of the newest generation of an index: a build is taken up by itself, before anybody asks."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable

from index.errors import KamerantwoordError
from rag.assistant import Assistant

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 2.0
"""Pause between two looks."""


class Newest:
    """Give the assistant to ask; safe to share between threads.

    Parameters
    ----------
    assistant : Assistant
        The one to begin with.
    reopen : callable, optional
        Returns the assistant of a newer generation, or None when there is none.
    warm : callable, optional
        Does with a newer assistant what its first asker would wait for.
    """

    def __init__(
        self,
        assistant: Assistant,
        reopen: Callable[[Assistant], Assistant | None] = Assistant.reopened,
        warm: Callable[[Assistant], None] | None = None,
    ) -> None:
        self._assistant, self._reopen, self._warm = assistant, reopen, warm
        self._told = ""
        threading.Thread(target=_look_for_ever, args=(weakref.ref(self),), name="newer-index", daemon=True).start()

    def __call__(self) -> Assistant:
        """Return the assistant of the newest generation that could be opened."""
        return self._assistant

    def look(self) -> None:
        """Take up a newer index when there is one; a failing one leaves the old one serving."""
        try:
            newer = self._reopen(self._assistant)
            if newer is not None:
                if self._warm is not None:
                    self._warm(newer)
                self._assistant, self._told = newer, ""
                log.info("took up generation %s", newer.generation)
        except (KamerantwoordError, OSError) as exc:
            self._warn(str(exc))
        except Exception as exc:  # this thread is the only one that looks, and must go on
            self._warn(f"an error that was not foreseen: {type(exc).__name__}")

    def _warn(self, why: str) -> None:
        """Say once why a newer index cannot be used, not at every look."""
        if why != self._told:
            log.warning("a newer index cannot be used: %s", why)
        self._told = why


def _look_for_ever(reference: weakref.ReferenceType[Newest]) -> None:
    """Look now and then, until nobody holds it any more."""
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        newest = reference()
        if newest is None:
            return
        newest.look()
        del newest
