"""The front door: every outer face asks here, and gets the same result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Self

import numpy as np

from index.archive import Archive, Generation
from index.catalogue import Rows, StoredPair
from index.encoders import open_encoder
from index.encoders.base import Encoder
from index.errors import IndexMismatchError, QueryError
from index.filters import Facet, Filters
from index.passages import Sentence, split_sentences
from index.records import Answer, Letter
from index.references import find_references
from rag.citation import cite, link
from rag.confidence import confidence, match_of
from rag.conversation import resolve
from rag.fusion import load_weights
from rag.lookup import Lookup, look_up, texts_of
from rag.notices import GREETING, Notice, not_there, nothing_chosen
from rag.reranker import Reranker
from rag.results import Answered, Coverage, Highlight, Hit, Match, Newer, NotAnswered, Note, Result, one_line
from rag.retrieval import Candidates, Retriever, compares_tokens
from rag.small_talk import is_small_talk

MAX_QUESTION_CHARS = 2000
DEFAULT_HITS = 3
ALL_LETTERS = Filters()
NO_WORD = re.compile(r"[\W_]+")  # "«sociaal kredietsysteem»?"


class Assistant:
    """Answer questions from an index, word for word, or say that no letter answers.

    The same index and question always give the same result. Safe to share between threads.

    Parameters
    ----------
    generation : Generation
        The index, opened.
    encoder : Encoder
        The model that built it.
    reranker : Reranker, optional
        Reads the best candidates again and puts them in order.
    max_question_chars : int
        Longer questions are refused.

    Raises
    ------
    IndexMismatchError
        When another model built the index.

    See Also
    --------
    Assistant.open : from a folder.
    """

    def __init__(
        self,
        generation: Generation,
        encoder: Encoder,
        *,
        reranker: Reranker | None = None,
        max_question_chars: int = MAX_QUESTION_CHARS,
    ) -> None:
        built_with = generation.manifest.model_id
        if built_with != encoder.model_id:
            raise IndexMismatchError(
                f"{generation.folder.parent.parent}: built with model {built_with}, asked with {encoder.model_id}; "
                "name the model that built it with --model, or build the index again"
            )
        self._generation, self._encoder = generation, encoder
        self._weights = load_weights(with_tokens=compares_tokens(generation, encoder))
        self._retriever = Retriever(generation, encoder, self._weights)
        self._reranker = reranker
        self._max_question_chars = max_question_chars

    @classmethod
    def open(
        cls,
        folder: str | Path,
        model: str = "bundled",
        *,
        reranker: str | None = None,
        max_question_chars: int = MAX_QUESTION_CHARS,
    ) -> Self:
        """Open the index in a folder.

        Parameters
        ----------
        folder : str or Path
            As given to `kamerantwoord build --index`.
        model : str
            ``"bundled"``, or a sentence-transformers name or path.
        reranker : str, optional
            A cross-encoder, by its sentence-transformers name or path, that reads the best candidates again.
        max_question_chars : int
            Longer questions are refused.

        Raises
        ------
        IndexNotFoundError, IndexMismatchError, EncoderError
        """
        generation = Archive(Path(folder)).open()
        second = Reranker(reranker) if reranker is not None else None
        return cls(generation, open_encoder(model), reranker=second, max_question_chars=max_question_chars)

    def reopened(self) -> Self | None:
        """Return an assistant of the newest generation that asks with the same models; None when this is the newest.

        Nothing of the models is loaded again, and this assistant goes on answering from its own generation.

        Raises
        ------
        IndexNotFoundError, IndexMismatchError
        """
        archive = Archive(self._generation.folder.parent.parent)
        current = archive.current
        if current is None or current.name == self.generation:
            return None
        return type(self)(
            archive.open(), self._encoder, reranker=self._reranker, max_question_chars=self._max_question_chars
        )

    @property
    def generation(self) -> str:
        """Name of the generation that is searched; another one after every build."""
        return self._generation.folder.name

    @property
    def coverage(self) -> Coverage:
        """What the index holds, and up to which date."""
        manifest = self._generation.manifest
        return Coverage(manifest.counts["letters"], manifest.counts["pairs"], manifest.newest)

    def ask(
        self, query: str, *, hits: int = DEFAULT_HITS, previous: Sequence[str] = (), filters: Filters = ALL_LETTERS
    ) -> Result:
        """Find the answer to a question.

        Parameters
        ----------
        query : str
            In the asker's own words, Dutch or English.
        hits : int
            How many to return at most.
        previous : sequence of str
            Earlier questions of the same conversation, oldest first.
        filters : Filters
            Which letters to search; they come before every cut-off.

        Returns
        -------
        Answered or NotAnswered
            With near misses in the latter.

        Raises
        ------
        QueryError
            When the question is empty, has no letter or digit, or is too long.
        ValueError
            When `hits` is below 1.
        TypeError
            When `previous` is one text instead of a list of them.
        """
        if hits < 1:
            raise ValueError(f"at least one hit is needed, got {hits}")
        if isinstance(previous, str):
            raise TypeError("previous must be a list of questions, got one text; write [text]")
        query = query.encode("utf-8", "replace").decode()  # half a character, from a damaged argument, cannot be shown
        question = self._readable(query)
        for turn in previous:
            self._check_length(turn)
        if is_small_talk(question):
            return NotAnswered(query, question, 0.0, self.coverage, notice=GREETING)
        searched_as = resolve(question, [turn for turn in map(one_line, previous) if turn])
        lookup = look_up(searched_as, self._generation)
        allowed = self._allowed(lookup, filters)
        if allowed is not None and not len(allowed):
            return NotAnswered(query, searched_as, 0.0, self.coverage, notice=self._nothing_chosen(filters))
        retrieved = self._retriever.search(searched_as, allowed)
        candidates = self._in_order(retrieved, lookup)
        # Whatever the order, the decision was fitted on the retriever's own scores.
        probability = self._probability(retrieved.in_order(candidates.rows), lookup)
        is_answered = len(candidates.rows) > 0 and probability >= self._weights.threshold
        found = self._hits(searched_as, candidates, hits, probability if is_answered else 0.0)
        outcome = Answered if is_answered else NotAnswered
        missing = not_there(lookup.missing) if lookup.missing else None
        return outcome(query, searched_as, probability, self.coverage, found, notice=missing)

    def _allowed(self, lookup: Lookup, filters: Filters) -> Rows | None:
        """Return the pairs to search in; what is named but not there leaves all, for near misses."""
        chosen = self._generation.catalogue.pair_rows(filters) if filters else None
        if lookup.rows is None or not len(lookup.rows):
            return chosen
        return lookup.rows if chosen is None else np.intersect1d(lookup.rows, chosen)

    def _in_order(self, candidates: Candidates, lookup: Lookup) -> Candidates:
        if lookup.rows is not None and lookup.is_everything and not lookup.missing:
            return candidates.in_order(lookup.rows)
        if self._reranker is None:
            return candidates
        return self._reranker.rerank(candidates, self._generation.catalogue)

    def _nothing_chosen(self, filters: Filters) -> Notice:
        return nothing_chosen(self._generation.catalogue.count_undated() if filters.after or filters.before else 0)

    def _probability(self, candidates: Candidates, lookup: Lookup) -> float:
        if lookup.missing or not len(candidates.rows):
            return 0.0
        return 1.0 if lookup.is_everything else confidence(candidates, self._weights)

    def pair(self, pair_id: str) -> Hit | None:
        """Return one pair by its id (``2022Z11285/vraag-4``), any of a joint answer's numbers."""
        letter_id, _, question = pair_id.rpartition("/vraag-")
        letter = self.letter(letter_id)
        stored = [StoredPair(0, letter, pair) for pair in letter.pairs] if letter else []
        named = [pair for pair in stored if pair.pair_id == pair_id]
        named += [pair for pair in stored if question in map(str, pair.pair.numbers)]
        return self._hit(named[0], Highlight(0, 0), 0.0, Match.LETTERLIJK) if named else None

    def letter(self, letter_id: str) -> Letter | None:
        """Return a letter by its id, or None."""
        return self._generation.catalogue.letter(letter_id)

    def removed(self, letter_id: str) -> Letter | None:
        """Return what is left of a letter that was taken out of the index, to cite it; its texts are empty."""
        return self._generation.catalogue.removed(letter_id)

    def find_letter(self, number: str) -> Letter | None:
        """Return a letter by its id, Z-number, publication or kenmerk, in any form that people write, or None."""
        return self._generation.catalogue.find_letter(number)

    def choose(self, filters: Filters, offset: int, limit: int) -> tuple[int, list[Letter]]:
        """Return how many letters the filters choose, and a page of them, newest first."""
        return self._generation.catalogue.choose(filters, offset, limit)

    def letters(self, at_most: int | None = None) -> Iterator[Letter]:
        """Walk all letters of the index, or the first ones."""
        return self._generation.catalogue.letters(at_most)

    def count_by(self, facet: Facet, at_most: int) -> list[tuple[str, int]]:
        """Return what letters can be chosen by, each value with its number of letters, most first."""
        return self._generation.catalogue.count_by(facet, at_most)

    def source_path(self, letter_id: str) -> Path | None:
        """Return the file that a letter was read from; it may be gone."""
        path = self._generation.catalogue.file_of(letter_id)
        return Path(path) if path else None

    def _readable(self, query: str) -> str:
        if not isinstance(query, str):
            raise QueryError(f"a question must be text, got {type(query).__name__}")
        text = one_line(query)
        self._check_length(query)
        if not any(c.isalnum() for c in text):
            raise QueryError("the question is empty; ask something in words, in Dutch or English")
        return text

    def _check_length(self, query: str) -> None:
        if len(query) > self._max_question_chars:
            raise QueryError(
                f"the question has {len(query)} characters, at most {self._max_question_chars} are searched; shorten it"
            )

    def _hits(self, query: str, candidates: Candidates, count: int, probability: float) -> tuple[Hit, ...]:
        stored = self._generation.catalogue.pairs(candidates.rows[:count].tolist())
        found = []
        for place, pair in enumerate(stored):
            # The probability is of the first hit; a further one is shown as no better than related.
            sure = probability if place == 0 else min(probability, self._weights.threshold)
            is_literal = place == 0 and (probability == 1.0 or _stands_in(query, pair))
            match = match_of(sure, is_literal, self._weights.threshold)
            highlight = self._best_sentence(query, candidates, pair)
            hit = self._hit(pair, highlight, float(candidates.scores[place]), match)
            found.append(replace(hit, newer=self._newer(pair)))
        return tuple(found)

    def _hit(self, stored: StoredPair, highlight: Highlight, score: float, match: Match) -> Hit:
        letter, pair = stored.letter, stored.pair
        return Hit(
            id=stored.pair_id,
            letter=letter,
            questions=pair.questions,
            answer=pair.answer,
            notes=_notes(letter, pair.answer),
            highlight=highlight,
            citation=cite(letter, pair),
            links=link(letter, pair),
            score=score,
            match=match,
        )

    def _newer(self, stored: StoredPair) -> Newer | None:
        """Return the newest later answer to nearly the same question, from another letter."""
        dated = stored.letter.date_answered
        newest = next(iter(self._generation.catalogue.similar(stored.row)), None)
        date = newest.letter.date_answered if newest else None
        if newest is None or dated is None or date is None or date <= dated:
            return None
        question = newest.pair.questions[0].text
        return Newer(newest.pair_id, question, date, cite(newest.letter, newest.pair).official)

    def _best_sentence(self, query: str, candidates: Candidates, stored: StoredPair) -> Highlight:
        """Return, of the sentences in the nearest window, the one with most of the question's words."""
        text = stored.pair.answer.text
        windows = self._retriever.windows(candidates.vector, stored.row)
        if not windows:
            return Highlight(0, 0)
        near = max(windows, key=lambda window: (window.score, -window.start))

        def fit(sentence: Sentence) -> tuple[float, float, int]:
            scores = [window.score for window in windows if window.start <= sentence.start < window.end]
            words = self._retriever.shared_weight(query, text[sentence.start : sentence.end])
            return words, float(np.mean(scores)), -sentence.start

        inside = [sentence for sentence in split_sentences(text) if near.start <= sentence.start < near.end]
        best = max(inside, key=fit)
        return Highlight(best.start, best.end)


def _notes(letter: Letter, answer: Answer) -> tuple[Note, ...]:
    texts = {note.marker: note.text for note in letter.footnotes}
    return tuple(
        Note(mark.marker, mark.offset, texts.get(mark.marker), _note_links(texts.get(mark.marker)))
        for mark in answer.marks
    )


@lru_cache(maxsize=4096)
def _note_links(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    return tuple(dict.fromkeys(reference.link for reference in find_references(text) if reference.link))


def _stands_in(query: str, stored: StoredPair) -> bool:
    """Say whether the question's words stand in the pair, in their order."""
    return any(_plain(query) in _plain(text) for text in texts_of(stored))


def _plain(text: str) -> str:
    return f" {NO_WORD.sub(' ', text.casefold()).strip()} "
