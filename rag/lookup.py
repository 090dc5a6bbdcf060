"""7 direct ways to a pair: an official number, a phrase in quotation marks.

What somebody names exactly is not searched for by likeness: it stands in the index or it does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from index.archive import Generation
from index.catalogue import Rows, StoredPair
from index.filters import Filters
from index.lexical import Field
from index.ministries import fold
from index.references import ReferenceKind, find_references

# "Wat staat er in «digitale vervolging» over ...", "... 'geen sprake van' ..."
PHRASE = re.compile(r"[«“„\"](?P<phrase>[^«»“”„\"]{3,200})[»”\"]")

# "antwoord op vraag 4", "antwoord 4", "answer 4", "question 4", "2022Z11285/vraag-4"
QUESTION_NUMBER = re.compile(r"\b(?:vraag|question|antwoord|answer)[\s-]+(?P<number>\d{1,3})\b", re.IGNORECASE)

# "2022z11285", "2022 Z 11285", "kv-tk-2022Z11285"
Z_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:kv-tk-)?(?P<year>(?:19|20)\d\d)[\s-]?[Zz][\s-]?(?P<number>\d{4,6})\b")

# a ministry's own number: "BZDOC-1386274699-54", "5401166"
KENMERK = re.compile(r"(?<![\w./-])(?=[\w./-]*\d{4})[\w][\w./-]{4,40}(?<![./-])")

# what may stand beside a number without asking for anything: "Zie het antwoord op vraag 4 van Aanhangsel ..., p. 2"
FILLER = re.compile(
    r"\b(?:zie|het|de|van|in|op|bij|antwoord(?:en)?|vra(?:ag|gen)|brief|kenmerk|nr|p|blz|\d{1,3}"
    r"|see|the|of|from|to|questions?|answers?|letter)\b"
    r"|https?://\S+|[^\w]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a query names exactly.

    Attributes
    ----------
    rows : ndarray of int64 or None
        The pairs that it names, in the order to show them; None when it names nothing.
    is_everything : bool
        The query asks for nothing else, so that the rows themselves answer it.
    missing : str or None
        The number, question or phrase that no letter of the index has.
    """

    rows: Rows | None = None
    is_everything: bool = False
    missing: str | None = None


def look_up(query: str, generation: Generation) -> Lookup:
    """Find the pairs that a query names by number or quotes.

    Parameters
    ----------
    query : str
    generation : Generation

    Returns
    -------
    Lookup
    """
    query = Z_NUMBER.sub(r"\g<year>Z\g<number>", query)
    numbers = [found for found in find_references(query) if found.kind is not ReferenceKind.URL or found.start == 0]
    for found in numbers:
        return _by_number(query, found.start, found.end, found.key, generation)
    for kenmerk in KENMERK.finditer(query):
        if len(generation.catalogue.pair_rows(Filters(letter=kenmerk[0]))):
            return _by_number(query, kenmerk.start(), kenmerk.end(), kenmerk[0], generation)
    phrases = [found["phrase"].strip() for found in PHRASE.finditer(query)]
    if phrases:
        return _by_phrase(query, phrases, generation)
    return Lookup()


def _by_number(query: str, start: int, end: int, key: str, generation: Generation) -> Lookup:
    rest = f"{query[:start]} {query[end:]}"
    is_everything = not FILLER.sub("", rest).strip()
    rows = generation.catalogue.pair_rows(Filters(letter=key))
    asked = QUESTION_NUMBER.search(rest)
    if not len(rows):
        rows = generation.catalogue.numbered(key)
        return Lookup(rows, is_everything, None if len(rows) else query[start:end])
    if not asked:
        return Lookup(rows, is_everything)
    pairs = generation.catalogue.pairs(rows.tolist())
    named = np.array([pair.row for pair in pairs if int(asked["number"]) in pair.pair.numbers], np.int64)
    if not len(named):
        return Lookup(rows, missing=f"{asked[0]} van {query[start:end]}")
    return Lookup(named, is_everything)


def _by_phrase(query: str, phrases: list[str], generation: Generation) -> Lookup:
    rows, named = None, False
    for phrase in phrases:
        holding = _rows_with(phrase, generation)
        if not len(holding):
            holding, named = _rows_of(phrase, generation), True
        rows = holding if rows is None else np.intersect1d(rows, holding)
    assert rows is not None
    # Who asked or answered says nothing of what was said.
    is_everything = not named and not FILLER.sub("", PHRASE.sub(" ", query)).strip()
    return Lookup(rows, is_everything, None if len(rows) else phrases[0])


def _rows_with(phrase: str, generation: Generation) -> Rows:
    """Return the pairs whose own words hold a phrase; spacing, capitals and accents do not count."""
    candidates = generation.words.holding(phrase, (Field.QUESTION, Field.ANSWER))
    wanted = fold(phrase)
    pairs = generation.catalogue.pairs(candidates)
    return np.array([pair.row for pair in pairs if any(wanted in fold(text) for text in texts_of(pair))], np.int64)


def _rows_of(phrase: str, generation: Generation) -> Rows:
    """Return the pairs of letters that somebody of this name asked or answered, or that have it in their subject."""
    catalogue = generation.catalogue
    people = [catalogue.pair_rows(Filters(minister=phrase)), catalogue.pair_rows(Filters(asker=phrase))]
    pairs = catalogue.pairs(generation.words.holding(phrase, (Field.SUBJECT,)))
    about = [pair.row for pair in pairs if fold(phrase) in fold(pair.letter.subject)]
    return np.unique(np.concatenate([*people, np.array(about, np.int64)]))


def texts_of(stored: StoredPair) -> list[str]:
    """Return the texts of a pair: its questions, then its answer."""
    return [*(question.text for question in stored.pair.questions), stored.pair.answer.text]
