"""5 keep: the word side of the index, BM25 by tantivy over the fields of a pair.

Words are cut by tantivy's analyser: small letters, accents off, Dutch stems. The same
analyser reads a question, so «kredietsystemen» finds «kredietsysteem».
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import tantivy

from index.errors import IndexMismatchError

WRITER_BYTES = 30_000_000


class Field(StrEnum):
    """What of a pair is searched for words."""

    QUESTION = "question"
    ANSWER = "answer"
    SUBJECT = "subject"


class LexicalIndex:
    """Find pairs by their words.

    Parameters
    ----------
    folder : Path
        An existing folder: tantivy's files are made there, or opened when they are there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._analyser = _analyser()
        self._index = tantivy.Index(_schema(), path=str(self._readable_copy()))
        self._index.register_tokenizer("dutch", self._analyser)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open an index for reading.

        Raises
        ------
        IndexMismatchError
            When the folder holds no word index, or a damaged one.
        """
        if not folder.is_dir() or not tantivy.Index.exists(str(folder)):
            raise IndexMismatchError(f"{folder}: no word index there; build the index again")
        try:
            found = cls(folder)
            for field in Field:
                found.document_frequency(field, "")  # opens the files of the field
        except ValueError as exc:
            raise IndexMismatchError(f"{folder}: the word index is damaged; build the index again") from exc
        return found

    def _readable_copy(self) -> Path:
        """Return the folder itself, or a copy where it may not be written: tantivy locks even to read."""
        if os.access(self._folder, os.W_OK):
            return self._folder
        self._copy = tempfile.TemporaryDirectory(prefix="kamerantwoord-")
        shutil.copytree(self._folder, self._copy.name, dirs_exist_ok=True, copy_function=shutil.copyfile)
        return Path(self._copy.name)

    def change(self, *, remove: Iterable[int] = (), add: Iterable[tuple[int, Mapping[Field, str]]] = ()) -> None:
        """Take pairs out and put pairs in, in one commit.

        Parameters
        ----------
        remove : iterable of int
            Row numbers of pairs.
        add : iterable of (int, mapping)
            Row number and the text of each field.
        """
        # One thread, so that the same pairs always give the same order of documents.
        writer = self._index.writer(WRITER_BYTES, 1)
        gone = list(remove)
        if gone:
            # Not by term: tantivy-py takes a number for a signed one, and deletes nothing of an unsigned field.
            writer.delete_documents_by_query(tantivy.Query.term_set_query(self._index.schema, "row", gone))
        for row, texts in add:
            document = tantivy.Document()
            document.add_unsigned("row", row)
            for field, text in texts.items():
                document.add_text(field.value, text)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def terms(self, text: str) -> list[str]:
        """Return the terms of a text, in order, as the index keeps them."""
        return list(self._analyser.analyze(text))

    def document_frequency(self, field: Field, term: str) -> int:
        """Return in how many pairs the term stands in this field."""
        return int(self._index.searcher().doc_freq(field.value, term))

    def search(
        self, text: str, field: Field, k: int, allowed_rows: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """Rank pairs by BM25 of one field.

        Parameters
        ----------
        text : str
            A question in any words; no query syntax.
        field : Field
        k : int
            How many at most.
        allowed_rows : sequence of int, optional
            Only these pairs; the filter comes before the cut-off.

        Returns
        -------
        list of (int, float)
            Row number and score, best first, equal scores by row number. Pairs that
            share no word with the text are left out.
        """
        schema = self._index.schema
        terms = list(dict.fromkeys(self.terms(text)))
        if not terms or k < 1 or (allowed_rows is not None and not len(allowed_rows)):
            return []
        words = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, field.value, term)) for term in terms]
        query = tantivy.Query.boolean_query(words)
        if allowed_rows is not None:
            rows = tantivy.Query.term_set_query(schema, "row", list(allowed_rows))
            only = tantivy.Query.const_score_query(rows, 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, only)])
        searcher = self._index.searcher()
        found = searcher.search(query, k).hits
        rows_found = searcher.fast_field_values("row", [address for _, address in found])
        return sorted(
            ((int(row), float(score)) for row, (score, _) in zip(rows_found, found, strict=True)),
            key=lambda hit: (-hit[1], hit[0]),
        )

    def holding(self, text: str, fields: Sequence[Field]) -> list[int]:
        """Return the pairs that hold every word of a text in one of the fields, ascending."""
        schema = self._index.schema
        terms = list(dict.fromkeys(self.terms(text)))
        searcher = self._index.searcher()
        found: set[int] = set()
        for field in fields if terms else ():
            words = [(tantivy.Occur.Must, tantivy.Query.term_query(schema, field.value, term)) for term in terms]
            hits = searcher.search(tantivy.Query.boolean_query(words), max(1, searcher.num_docs)).hits
            found.update(searcher.fast_field_values("row", [address for _, address in hits]))
        return sorted(found)


def _analyser() -> Any:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(60),
        tantivy.Filter.lowercase(),
        tantivy.Filter.stopword("dutch"),
        tantivy.Filter.stemmer("dutch"),
        tantivy.Filter.ascii_fold(),
    ):
        builder = builder.filter(step)
    return builder.build()


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", indexed=True, fast=True)
    for field in Field:
        builder.add_text_field(field.value, tokenizer_name="dutch")
    return builder.build()
