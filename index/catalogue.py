"""5 keep: letters, their pairs and the places of their passages, in one SQLite file.

Row numbers are never used twice, so that the vectors and the words of another file can
refer to them through many builds.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index.errors import IndexMismatchError
from index.filters import Facet, Filters, conditions, facets_of
from index.ministries import fold
from index.records import Letter, Pair, Passage, View, pair_id
from index.references import find_references, parse_official_number
from index.serialise import dump_letter, load_letter

SCHEMA = """
CREATE TABLE letter (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    letter_id TEXT NOT NULL UNIQUE,
    path BLOB NOT NULL UNIQUE,      -- of the file that it was read from, absolute: bytes, need not be UTF-8
    reference TEXT,
    publication TEXT,
    date_answered TEXT,             -- ISO 8601, so that text compares as date
    record TEXT NOT NULL            -- the whole Letter, as index.serialise writes it
);
CREATE TABLE facet (
    letter INTEGER NOT NULL REFERENCES letter(row) ON DELETE CASCADE,
    name TEXT NOT NULL,             -- a member of filters.Facet
    value TEXT NOT NULL,
    plain TEXT NOT NULL             -- the value without capitals and accents
);
CREATE TABLE pair (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    pair_id TEXT NOT NULL UNIQUE,
    letter INTEGER NOT NULL REFERENCES letter(row) ON DELETE CASCADE,
    position INTEGER NOT NULL       -- in letter.pairs, from 0
);
CREATE TABLE passage (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    pair INTEGER NOT NULL REFERENCES pair(row) ON DELETE CASCADE,
    view INTEGER NOT NULL,          -- position in records.View
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL
);
CREATE TABLE number (
    pair INTEGER NOT NULL REFERENCES pair(row) ON DELETE CASCADE,
    key TEXT NOT NULL               -- of an official number in the pair, as index.references writes it
);
CREATE TABLE similar (              -- pairs of two letters that ask nearly the same, both ways
    pair INTEGER NOT NULL REFERENCES pair(row) ON DELETE CASCADE,
    other INTEGER NOT NULL REFERENCES pair(row) ON DELETE CASCADE,
    PRIMARY KEY (pair, other)
);
CREATE TABLE removed (              -- what is needed to cite a letter that was taken away, without its words
    letter_id TEXT PRIMARY KEY,
    record TEXT NOT NULL
);
CREATE INDEX letter_date ON letter(date_answered DESC);  -- and row ascending: the order of `NEWEST_FIRST`
CREATE INDEX facet_plain ON facet(name, plain, letter);
CREATE INDEX facet_letter ON facet(letter);
CREATE INDEX number_key ON number(key);
CREATE INDEX number_pair ON number(pair);
CREATE INDEX similar_other ON similar(other);
CREATE INDEX pair_letter ON pair(letter);
CREATE INDEX passage_pair ON passage(pair);
"""

PAIRS_OF_FILE = """
SELECT pair.row FROM pair JOIN letter ON letter.row = pair.letter WHERE letter.path = ? ORDER BY pair.row
"""

PASSAGES_OF_FILE = """
SELECT passage.row FROM passage JOIN pair ON pair.row = passage.pair JOIN letter ON letter.row = pair.letter
WHERE letter.path = ? ORDER BY passage.row
"""

SIMILAR_TO = """
SELECT similar.other FROM similar JOIN pair ON pair.row = similar.other JOIN letter ON letter.row = pair.letter
WHERE similar.pair = ? ORDER BY letter.date_answered DESC, similar.other
"""

COUNTED = """
SELECT value, count(*) FROM facet WHERE name = ? GROUP BY value ORDER BY count(*) DESC, value LIMIT ?
"""

# Those without a date come last; equal dates stand in the order in which the letters were kept.
NEWEST_FIRST = "letter.date_answered DESC, letter.row"

# Every number of a letter is a facet of it too, and that is where the index is; but so are the numbers
# of letters that it only names. An id goes before a number that several letters may share.
KNOWN_AS = """
SELECT letter.row FROM facet JOIN letter ON letter.row = facet.letter
WHERE facet.name = ? AND facet.plain = ?
AND ? COLLATE NOCASE IN (letter.letter_id, letter.reference, letter.publication)
ORDER BY letter.letter_id = ? COLLATE NOCASE DESC, letter.date_answered DESC, letter.row LIMIT 1
"""

NAMING = """
SELECT letter.row FROM facet JOIN letter ON letter.row = facet.letter WHERE facet.name = ? AND facet.plain = ?
ORDER BY letter.date_answered DESC, letter.row
"""

VIEWS = list(View)

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class StoredPair:
    """A pair with the letter that it stands in."""

    row: int
    letter: Letter
    pair: Pair

    @property
    def pair_id(self) -> str:
        """Stable identifier, ``2022Z11285/vraag-4``."""
        return pair_id(self.letter, self.pair)


@dataclass(frozen=True, slots=True)
class PassageTable:
    """All passages as columns, ascending by row.

    Attributes
    ----------
    row, pair, view, start_char, end_char : ndarray, shape (n_passages,), int64
        `view` is the position in `VIEWS`; the offsets count in the answer's text.
    """

    row: Rows
    pair: Rows
    view: Rows
    start_char: Rows
    end_char: Rows

    def places(self, rows: Rows) -> Rows:
        """Return the positions of these rows in the columns."""
        return np.searchsorted(self.row, rows)


class Catalogue:
    """The SQLite file; opened for reading it is never written.

    Parameters
    ----------
    path : Path
        The file; made when `writable` and missing.
    writable : bool
        False opens read-only.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        mode = "rwc" if writable else "ro"
        is_new = not path.exists()
        try:
            # Shared between the threads of a server: `_query` lets one in at a time.
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, check_same_thread=False)
            if writable and is_new:
                self._db.executescript(SCHEMA)
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.execute("SELECT count(*) FROM passage")
        except sqlite3.DatabaseError as exc:
            raise IndexMismatchError(f"{path}: not a readable catalogue ({exc}); build the index again") from exc
        self._lock = threading.Lock()
        self._letter_at = lru_cache(maxsize=512)(self._read_letter)

    def close(self) -> None:
        """Finish writing and let the file go."""
        self._db.commit()
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add_letter(self, letter: Letter, path: str, passages: Iterable[Passage]) -> tuple[list[int], list[int]]:
        """Keep a letter with its pairs and passages.

        Returns
        -------
        pair_rows, passage_rows : list of int
            New row numbers, in the order of ``letter.pairs`` and of `passages`.
        """
        letter_row = self._insert_letter(letter, path)
        pair_rows: dict[str, int] = {}
        for position, pair in enumerate(letter.pairs):
            insert = "INSERT INTO pair (pair_id, letter, position) VALUES (?, ?, ?)"
            cursor = self._db.execute(insert, (pair_id(letter, pair), letter_row, position))
            row = int(cursor.lastrowid or 0)
            pair_rows[pair_id(letter, pair)] = row
            numbers = [(row, key) for key in _official_numbers(letter, pair)]
            self._db.executemany("INSERT INTO number (pair, key) VALUES (?, ?)", numbers)
        passage_rows = []
        for passage in passages:
            values = (pair_rows[passage.pair_id], VIEWS.index(passage.view), passage.start_char, passage.end_char)
            insert = "INSERT INTO passage (pair, view, start_char, end_char) VALUES (?, ?, ?, ?)"
            passage_rows.append(int(self._db.execute(insert, values).lastrowid or 0))
        return list(pair_rows.values()), passage_rows

    def add_similar(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Keep which pairs ask nearly the same, both ways."""
        both = [edge for one, other in pairs for edge in ((one, other), (other, one))]
        self._db.executemany("INSERT OR IGNORE INTO similar (pair, other) VALUES (?, ?)", both)

    def remove_letter(self, path: str) -> tuple[list[int], list[int]]:
        """Forget the letter of a file but for its citation; return the rows of its pairs and passages."""
        name = os.fsencode(path)
        pairs = self._query(PAIRS_OF_FILE, (name,))
        passages = self._query(PASSAGES_OF_FILE, (name,))
        for row, letter_id in self._query("SELECT row, letter_id FROM letter WHERE path = ?", (name,)):
            record = dump_letter(_without_words(self._letter_at(row)))
            self._db.execute("INSERT OR REPLACE INTO removed (letter_id, record) VALUES (?, ?)", (letter_id, record))
        self._db.execute("DELETE FROM letter WHERE path = ?", (name,))
        return [row for (row,) in pairs], [row for (row,) in passages]

    def paths(self) -> dict[str, str]:
        """Return the path of the file of every letter, by letter id."""
        found = self._query("SELECT letter_id, path FROM letter ORDER BY row")
        return {letter_id: os.fsdecode(path) for letter_id, path in found}

    def file_of(self, letter_id: str) -> str | None:
        """Return the path of the file of one letter, or None."""
        found = self._query("SELECT path FROM letter WHERE letter_id = ?", (letter_id,))
        return os.fsdecode(found[0][0]) if found else None

    def letters(self, at_most: int | None = None) -> Iterator[Letter]:
        """Walk all letters, or the first ones, in the order in which they were kept."""
        limit = -1 if at_most is None else at_most  # to SQLite, below zero is no limit
        for (row,) in self._query("SELECT row FROM letter ORDER BY row LIMIT ?", (limit,)):
            yield self._letter_at(row)

    def count_by(self, facet: Facet, at_most: int) -> list[tuple[str, int]]:
        """Return the values that letters can be chosen by, each with its number of letters, most first."""
        return [(value, count) for value, count in self._query(COUNTED, (facet.value, at_most))]

    def letter(self, letter_id: str) -> Letter | None:
        """Return the letter of this id, or None."""
        found = self._query("SELECT row FROM letter WHERE letter_id = ?", (letter_id,))
        return self._letter_at(found[0][0]) if found else None

    def find_letter(self, number: str) -> Letter | None:
        """Return the letter of this id, Z-number, publication or kenmerk, in any form that people write, or None."""
        official = parse_official_number(number)
        for known in dict.fromkeys((number, official.key if official else number)):
            found = self._query(KNOWN_AS, (Facet.NUMBER.value, fold(known), known, known))
            if found:
                return self._letter_at(found[0][0])
        if official:  # a number of the Kamer, which a letter may only name
            return None
        letters = (self._letter_at(row) for (row,) in self._query(NAMING, (Facet.NUMBER.value, fold(number))))
        return next((letter for letter in letters if fold(letter.kenmerk or "") == fold(number)), None)

    def choose(self, filters: Filters, offset: int, limit: int) -> tuple[int, list[Letter]]:
        """Return how many letters the filters choose, and a page of them, newest first, those without a date last."""
        where, values = conditions(filters)
        chosen = f"FROM letter WHERE {where}"
        ((total,),) = self._query(f"SELECT count(*) {chosen}", values)
        page = f"SELECT row {chosen} ORDER BY {NEWEST_FIRST} LIMIT ? OFFSET ?"
        return total, [self._letter_at(row) for (row,) in self._query(page, (*values, limit, offset))]

    def removed(self, letter_id: str) -> Letter | None:
        """Return what is left of a letter that was taken away: numbers, names and dates, but no words."""
        found = self._query("SELECT record FROM removed WHERE letter_id = ?", (letter_id,))
        return load_letter(found[0][0]) if found else None

    def pairs(self, rows: Sequence[int]) -> list[StoredPair]:
        """Return pairs by row number, in that order."""
        return [self._pair(int(row)) for row in rows]

    def count_letters(self) -> int:
        """Return how many letters are kept."""
        return int(self._query("SELECT count(*) FROM letter")[0][0])

    def count_pairs(self) -> int:
        """Return how many pairs are kept."""
        return int(self._query("SELECT count(*) FROM pair")[0][0])

    def count_undated(self) -> int:
        """Return how many letters have no date of answer."""
        return int(self._query("SELECT count(*) FROM letter WHERE date_answered IS NULL")[0][0])

    def newest_date(self) -> str | None:
        """Return the latest date of answer, or None when no letter has one."""
        newest: str | None = self._query("SELECT max(date_answered) FROM letter")[0][0]
        return newest

    def letter_of_pairs(self) -> dict[int, int]:
        """Return the row of the letter of every pair, by the pair's row."""
        return dict(self._query("SELECT row, letter FROM pair"))

    def passage_table(self) -> PassageTable:
        """Return the places of all passages."""
        rows = self._query("SELECT row, pair, view, start_char, end_char FROM passage ORDER BY row")
        columns = np.array(rows, np.int64).reshape(-1, 5).T
        return PassageTable(*(np.ascontiguousarray(column) for column in columns))

    def pair_rows(self, filters: Filters) -> Rows:
        """Return the rows, ascending, of all pairs in the letters that the filters choose."""
        where, values = conditions(filters)
        sql = "SELECT pair.row FROM pair JOIN letter ON letter.row = pair.letter"
        found = self._query(f"{sql} WHERE {where} ORDER BY pair.row", values)
        return np.array([row for (row,) in found], np.int64)

    def numbered(self, key: str) -> Rows:
        """Return the rows of the pairs in which an official number stands (see `index.references`)."""
        found = self._query("SELECT DISTINCT pair FROM number WHERE key = ? ORDER BY pair", (key,))
        return np.array([row for (row,) in found], np.int64)

    def similar(self, row: int) -> list[StoredPair]:
        """Return the pairs of other letters that ask nearly the same, newest answer first."""
        found = self._query(SIMILAR_TO, (row,))
        return [self._pair(other) for (other,) in found]

    def _insert_letter(self, letter: Letter, path: str) -> int:
        insert = (
            "INSERT INTO letter (letter_id, path, reference, publication, date_answered, record)"
            " VALUES (?, ?, ?, ?, ?, ?)"
        )
        known = (letter.reference, letter.publication, letter.date_answered)
        values = (letter.letter_id, os.fsencode(path), *known, dump_letter(letter))
        row = int(self._db.execute(insert, values).lastrowid or 0)
        self._db.execute("DELETE FROM removed WHERE letter_id = ?", (letter.letter_id,))
        facets = [(row, facet.value, value, fold(value)) for facet, value in dict.fromkeys(facets_of(letter))]
        self._db.executemany("INSERT INTO facet (letter, name, value, plain) VALUES (?, ?, ?, ?)", facets)
        return row

    def _pair(self, row: int) -> StoredPair:
        (letter_row, position) = self._query("SELECT letter, position FROM pair WHERE row = ?", (row,))[0]
        letter = self._letter_at(letter_row)
        return StoredPair(row, letter, letter.pairs[position])

    def _read_letter(self, row: int) -> Letter:
        record: str = self._query("SELECT record FROM letter WHERE row = ?", (row,))[0][0]
        try:
            return load_letter(record)
        except (KeyError, TypeError, ValueError) as exc:
            raise IndexMismatchError(f"an unreadable letter in the catalogue ({exc}); build the index again") from exc

    def _query(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as exc:
            raise IndexMismatchError(f"the catalogue is damaged ({exc}); build the index again") from exc


def _official_numbers(letter: Letter, pair: Pair) -> list[str]:
    """Return the keys of the official numbers in a pair and in the notes that it refers to."""
    notes = {note.marker: note.text for note in letter.footnotes}
    parts = [*pair.questions, pair.answer]
    texts = [part.text for part in parts] + [notes.get(marker, "") for part in parts for marker in part.markers]
    return list(dict.fromkeys(reference.key for text in texts for reference in find_references(text)))


def _without_words(letter: Letter) -> Letter:
    def bare(pair: Pair) -> Pair:
        questions = tuple(replace(question, text="", marks=()) for question in pair.questions)
        return Pair(questions, replace(pair.answer, text="", marks=()))

    return replace(letter, pairs=tuple(map(bare, letter.pairs)), unanswered=(), footnotes=())
