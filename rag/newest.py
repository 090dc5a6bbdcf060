"""The assistant of the newest generation of an index: a build is taken up while somebody else asks."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from index.errors import KamerantwoordError
from rag.assistant import Assistant

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 2.0
"""How often at most the index folder is looked at for a newer generation."""


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
        self._looking = threading.Lock()
        self._looked = time.monotonic()

    def __call__(self) -> Assistant:
        """Return the assistant at once, and look for a newer one beside that when it is time to."""
        if time.monotonic() - self._looked > SECONDS_BETWEEN_LOOKS:
            self._looked = time.monotonic()
            threading.Thread(target=self._look, name="newer-index", daemon=True).start()
        return self._assistant

    def _look(self) -> None:
        """Take up a newer index when there is one; a failing one leaves the old one serving."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            newer = self._reopen(self._assistant)
            if newer is not None:
                if self._warm is not None:
                    self._warm(newer)
                self._assistant = newer
                log.info("took up generation %s", newer.generation)
        except (KamerantwoordError, OSError) as exc:
            log.warning("a newer index cannot be used: %s", exc)
        finally:
            self._looking.release()
