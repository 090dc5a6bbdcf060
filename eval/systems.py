"""Who is asked: the front door, and the plain systems that it is held against.

The plain systems search the same letters with the same model, so that what is compared is the way of
searching and nothing else. Each is what a careful person builds in an afternoon.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from eval.runs import Outcome
from eval.sets import Query
from index.archive import Archive, Generation
from index.catalogue import VIEWS
from index.encoders.base import Encoder
from index.errors import QueryError
from index.lexical import Field, LexicalIndex
from index.records import View, pair_id
from rag.assistant import Assistant
from rag.reranker import Reranker

HITS = 10
DEPTH = 100
"""How many hits of each ranking the plain fusion takes."""
RRF_K = 60
"""As Cormack, Clarke and Buettcher (2009) have it."""

FRONT_DOOR = "kamerantwoord"
SYSTEMS = (FRONT_DOOR, "words", "meaning", "fusion")


class System(Protocol):
    """Something that answers a query with pairs."""

    name: str

    def ask(self, query: Query) -> Outcome:
        """Return the best hits, ten at most; the time is left for the caller to fill in."""
        ...


def open_systems(
    index: Path, encoder: Encoder, names: Sequence[str], scratch: Path, reranker: Reranker | None = None
) -> list[System]:
    """Open systems over one index, in the order of `names`.

    Parameters
    ----------
    index : Path
        Folder of the index.
    encoder : Encoder
        The one that built it.
    names : sequence of str
        Out of `SYSTEMS`.
    scratch : Path
        An empty folder, for as long as the systems are asked.
    reranker : Reranker, optional
        Of the front door.
    """
    generation = Archive(index).open()
    front_door, words, meaning = (
        FrontDoor(generation, encoder, reranker),
        Words(generation, scratch),
        Meaning(generation, encoder),
    )
    known: list[System] = [front_door, words, meaning, Fusion(words, meaning)]
    return [system for name in names for system in known if system.name == name]


class FrontDoor:
    """What every outer face asks."""

    name = FRONT_DOOR

    def __init__(self, generation: Generation, encoder: Encoder, reranker: Reranker | None = None) -> None:
        self.assistant = Assistant(generation, encoder, reranker=reranker)

    def ask(self, query: Query) -> Outcome:
        """Return what the assistant returns; a question that it refuses has no hit."""
        try:
            result = self.assistant.ask(query.text, hits=HITS, previous=query.previous)
        except QueryError:
            return Outcome(answered=False)
        return Outcome(
            tuple(hit.id for hit in result.hits),
            tuple(hit.score for hit in result.hits),
            result.confidence,
            result.answered,
            searched_as=result.searched_as,
        )


class Words:
    """BM25 over question and answer as one text.

    Parameters
    ----------
    generation : Generation
    scratch : Path
        An empty folder, for as long as the system is asked.
    """

    name = "words"

    def __init__(self, generation: Generation, scratch: Path) -> None:
        self._index = LexicalIndex(scratch)
        pairs = [(letter, pair) for letter in generation.catalogue.letters() for pair in letter.pairs]
        self._ids = [pair_id(letter, pair) for letter, pair in pairs]
        texts = (" ".join((*(q.text for q in pair.questions), pair.answer.text)) for _, pair in pairs)
        self._index.change(add=((row, {Field.ANSWER: text}) for row, text in enumerate(texts)))

    def rank(self, query: Query) -> list[tuple[str, float]]:
        """Return the best hits with their scores."""
        return [(self._ids[row], score) for row, score in self._index.search(said(query), Field.ANSWER, DEPTH)]

    def ask(self, query: Query) -> Outcome:
        """Return the best hits."""
        return _outcome(self.rank(query))


class Meaning:
    """Inner product with subject, question and answer as one text."""

    name = "meaning"

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        self._generation, self._encoder = generation, encoder
        table = generation.passages
        self._rows = table.row[table.view == VIEWS.index(View.BOTH)]

    def rank(self, query: Query) -> list[tuple[str, float]]:
        """Return the best hits with their scores."""
        vector = self._encoder.encode_queries([said(query)])
        rows, scores = self._generation.vectors.search(vector, DEPTH, self._rows)
        table = self._generation.passages
        best: dict[int, float] = {}
        for pair, score in zip(table.pair[table.places(rows[0])], scores[0], strict=True):
            best.setdefault(int(pair), float(score))
        stored = self._generation.catalogue.pairs(list(best))
        return [(pair.pair_id, score) for pair, score in zip(stored, best.values(), strict=True)]

    def ask(self, query: Query) -> Outcome:
        """Return the best hits."""
        return _outcome(self.rank(query))


class Fusion:
    """Reciprocal-rank fusion of words and meaning."""

    name = "fusion"

    def __init__(self, words: Words, meaning: Meaning) -> None:
        self._parts = (words, meaning)

    def ask(self, query: Query) -> Outcome:
        """Return the best hits."""
        scores: dict[str, float] = {}
        for part in self._parts:
            for rank, (identifier, _) in enumerate(part.rank(query), start=1):
                scores[identifier] = scores.get(identifier, 0.0) + 1 / (RRF_K + rank)
        return _outcome(sorted(scores.items(), key=lambda hit: (-hit[1], hit[0])))


def said(query: Query) -> str:
    """Return a query with what was asked before it: the plain way to search for a follow-up."""
    return " ".join((*query.previous, query.text))


def _outcome(ranking: Sequence[tuple[str, float]]) -> Outcome:
    best = ranking[:HITS]
    confidence = best[0][1] if best else 0.0
    return Outcome(tuple(name for name, _ in best), tuple(score for _, score in best), confidence)
