"""The desk between the pages and the assistant: it asks, and remembers answers and checks."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from functools import lru_cache

from index.errors import QueryError
from index.filters import Filters
from index.reading.guard import Limits, read_many
from index.records import Document, Letter
from index.verify import check_letter
from rag.assistant import DEFAULT_HITS, MAX_QUESTION_CHARS, Assistant
from rag.newest import Newest
from rag.pages.address import Address
from rag.pages.choice import choices_of, read_filters
from rag.pages.facsimile import Facsimile, open_facsimile
from rag.pages.hit import Frame
from rag.pages.intro import LETTERS_LOOKED_AT, pick_examples
from rag.pages.markup import Html
from rag.pages.viewer import render_viewer
from rag.results import Hit, Result

log = logging.getLogger(__name__)

REMEMBERED_RESULTS = 500
"""A conversation is asked again as a whole at every turn; an answer weighs some tens of KB."""

WARMING = "Wat antwoordde de minister?"

MOST_WAITING = 4
"""Checks that wait for another to end; further ones are not made, so that questions keep their threads."""


class Desk:
    """Ask the assistant of the newest index; safe to share between threads.

    Parameters
    ----------
    assistant : Assistant
        The one to begin with; a newer index is taken up.
    hits : int
        How many hits a question returns at most.
    limit : int
        Longest question, in characters.
    reader : Limits, optional
        What reading a source again may cost, for its check.
    public_url : str, optional
        Site under which people reach the pages; the one that they ask for when None.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        hits: int = DEFAULT_HITS,
        limit: int = MAX_QUESTION_CHARS,
        reader: Limits | None = None,
        public_url: str | None = None,
    ) -> None:
        self.public_url = public_url
        self.limit = limit
        self.questions = 0
        self._warm = False
        self._newest = Newest(assistant, warm=_warm_up)
        self._hits, self._reader = hits, reader
        self._results: OrderedDict[Hashable, Result] = OrderedDict()
        self._lock = threading.Lock()
        self._checks: dict[str, bool] = {}
        self._checking = threading.Lock()
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)

    @property
    def assistant(self) -> Assistant:
        """The assistant of the newest index."""
        return self._newest()

    @property
    def examples(self) -> list[str]:
        """Questions of the index to start from."""
        return _examples(self.assistant)

    def find_letter(self, number: str) -> Letter | None:
        """Return a letter by its id, or by the number under which it was published."""
        assistant = self.assistant
        return assistant.find_letter(number) if number.startswith("ah-tk-") else assistant.letter(number)

    def facsimile(self, letter: Letter) -> Facsimile | None:
        """Return the source of a letter when its pages can be shown."""
        return open_facsimile(self.assistant.source_path(letter.letter_id), letter)

    def has_file(self, letter: Letter) -> bool:
        """Say whether the source of a letter stands in its place."""
        path = self.assistant.source_path(letter.letter_id)
        return path is not None and path.is_file()

    def viewer(self, hit: Hit, frame: Frame, page_number: int | None = None) -> Html:
        """Draw the page of the letter beside a hit."""
        letter = hit.letter
        return render_viewer(hit, self.facsimile(letter), frame, page_number, has_file=self.has_file(letter))

    @property
    def is_warm(self) -> bool:
        """Whether the first visitor would be answered at once."""
        return self._warm

    def warm(self) -> None:
        """Ask once, so that the first visitor does not wait for the model."""
        if self._warm:
            return
        _warm_up(self.assistant)
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
        result = self._ask(assistant, question, previous, read_filters(address))
        with self._lock:
            self._results[key] = result
            while len(self._results) > REMEMBERED_RESULTS:
                self._results.popitem(last=False)
        return result

    def _ask(self, assistant: Assistant, question: str, previous: tuple[str, ...], filters: Filters) -> Result:
        start = time.perf_counter()
        if len(question) > self.limit:
            raise QueryError(f"the question has {len(question)} characters, at most {self.limit} are searched")
        result = assistant.ask(question, hits=self._hits, previous=previous, filters=filters)
        self.questions += 1
        # The question itself is never written down.
        log.info("question %d: %.0f ms, %s", self.questions, 1000 * (time.perf_counter() - start), result.answered)
        return result

    def is_verbatim(self, hit: Hit) -> bool | None:
        """Say whether an answer stands word for word in its source, read again; None when that is not known."""
        letter = hit.letter
        key = f"{letter.sha256}/{hit.id}"
        if key in self._checks or not self._waiting.acquire(blocking=False):
            return self._checks.get(key)
        try:
            with self._checking:
                if key not in self._checks:
                    self._check(letter)
        finally:
            self._waiting.release()
        return self._checks.get(key)

    def _check(self, letter: Letter) -> None:
        """Check all answers of a letter at once: reading the source is what takes time."""
        path = self.assistant.source_path(letter.letter_id)
        if path is None or not path.is_file():
            return
        for _, source in read_many([path], self._reader, workers=1):
            if isinstance(source, Document) and source.sha256 == letter.sha256:
                for check in check_letter(letter, source):
                    self._checks[f"{letter.sha256}/{check.pair_id}"] = check.problem is None


@lru_cache(maxsize=2)
def _examples(assistant: Assistant) -> list[str]:
    return pick_examples(assistant.letters(LETTERS_LOOKED_AT))


def _warm_up(assistant: Assistant) -> None:
    """Do once what the first visitor would wait for."""
    assistant.ask(WARMING, hits=1)
    choices_of(assistant)
    _examples(assistant)
