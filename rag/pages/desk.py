"""The desk between the pages and the assistant: it asks, remembers answers, and takes up a new index."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

from index.errors import KamerantwoordError, QueryError
from index.records import Letter
from rag.assistant import Assistant
from rag.pages.address import Address
from rag.pages.facsimile import Facsimile, open_facsimile
from rag.pages.intro import pick_examples
from rag.results import Result

log = logging.getLogger(__name__)

REMEMBERED_RESULTS = 500
"""A conversation is asked again as a whole at every turn; an answer weighs some tens of KB."""

SECONDS_BETWEEN_LOOKS = 2.0
"""How often at most the index folder is looked at for a newer generation."""

Key = tuple[str, str, tuple[str, ...], tuple[tuple[str, str], ...]]


class Desk:
    """Ask the assistant of the newest index; safe to share between threads.

    Parameters
    ----------
    assistant : Assistant
    newer : callable, optional
        Returns the assistant of a newer generation, or None when there is none.
    hits : int
        How many hits a question returns at most.
    limit : int
        Longest question, in characters.
    """

    def __init__(
        self,
        assistant: Assistant,
        newer: Callable[[Assistant], Assistant | None] | None = None,
        *,
        hits: int = 3,
        limit: int = 2000,
    ) -> None:
        self.limit = limit
        self.questions = 0
        self._warm = False
        self._assistant, self._newer, self._hits = assistant, newer, hits
        self._results: OrderedDict[Key, Result] = OrderedDict()
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._looked = time.monotonic()

    @property
    def assistant(self) -> Assistant:
        """The assistant of the newest index."""
        self._look_for_newer()
        return self._assistant

    @property
    def examples(self) -> list[str]:
        """Questions of the index to start from."""
        return _examples(self.assistant)

    def find_letter(self, number: str) -> Letter | None:
        """Return a letter by its id, or by the number under which it was published."""
        assistant = self.assistant
        letter = assistant.letter(number)
        if letter is None and number.startswith("ah-tk-"):
            letter_id = _published(assistant).get(number)
            letter = assistant.letter(letter_id) if letter_id else None
        return letter

    def facsimile(self, letter: Letter) -> Facsimile | None:
        """Return the source of a letter when its pages can be shown."""
        return open_facsimile(self._assistant.source_path(letter.letter_id), letter)

    @property
    def is_warm(self) -> bool:
        """Whether the first visitor would be answered at once."""
        return self._warm

    def warm(self) -> None:
        """Ask once, so that the first visitor does not wait for the model."""
        if self._warm:
            return
        self._assistant.ask("Wat antwoordde de minister?", hits=1)
        _examples(self._assistant)
        self._warm = True

    def ask(self, address: Address, position: int) -> Result:
        """Return the result of one turn of a conversation.

        Raises
        ------
        QueryError
        """
        assistant = self.assistant
        question, previous = address.turns[position].question, address.previous(position)
        key = (assistant.generation, question, previous, address.filters)
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        result = self._ask(assistant, question, previous)
        with self._lock:
            self._results[key] = result
            while len(self._results) > REMEMBERED_RESULTS:
                self._results.popitem(last=False)
        return result

    def _ask(self, assistant: Assistant, question: str, previous: tuple[str, ...]) -> Result:
        start = time.perf_counter()
        if len(question) > self.limit:
            raise QueryError(f"the question has {len(question)} characters, at most {self.limit} are searched")
        result = assistant.ask(question, hits=self._hits, previous=previous)
        self.questions += 1
        # The question itself is never written down.
        log.info("question %d: %.0f ms, %s", self.questions, 1000 * (time.perf_counter() - start), result.answered)
        return result

    def _look_for_newer(self) -> None:
        """Take up a newer index when there is one; a failing one leaves the old one serving."""
        if self._newer is None or time.monotonic() - self._looked < SECONDS_BETWEEN_LOOKS:
            return
        if not self._looking.acquire(blocking=False):
            return
        try:
            newer = self._newer(self._assistant)
            if newer is not None:
                self._assistant = newer
                log.info("took up generation %s", newer.generation)
        except KamerantwoordError as exc:
            log.warning("a newer index cannot be used: %s", exc)
        finally:
            self._looked = time.monotonic()
            self._looking.release()


@lru_cache(maxsize=2)
def _examples(assistant: Assistant) -> list[str]:
    return pick_examples(assistant.letters())


@lru_cache(maxsize=2)
def _published(assistant: Assistant) -> dict[str, str]:
    return {letter.publication: letter.letter_id for letter in assistant.letters() if letter.publication}
