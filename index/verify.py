"""The proof: every stored answer, word for word, against its source read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.archive import Archive
from index.reading.guard import Limits, read_many
from index.records import Document, Letter, PlacedText, pair_id
from index.verbatim import first_deviation


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome for one pair; `problem` is None when it is word for word the source's."""

    pair_id: str
    source: str
    problem: str | None

    def as_json(self) -> dict[str, str | bool | None]:
        """Return the check for machines."""
        return {
            "pair": self.pair_id,
            "source": self.source,
            "verbatim": self.problem is None,
            "problem": self.problem,
        }


def verify_index(folder: Path, limits: Limits | None = None) -> Iterator[Check]:
    """Check every pair of an index against its source file.

    Parameters
    ----------
    folder : Path
        Of the index.
    limits : Limits, optional
        What reading one file may cost.

    Yields
    ------
    Check
        One a pair, letter by letter.

    Raises
    ------
    IndexNotFoundError, IndexMismatchError
    """
    catalogue = Archive(folder).open().catalogue
    letters = {Path(path): letter_id for letter_id, path in catalogue.paths().items()}
    for path, source in read_many(list(letters), limits):
        letter = catalogue.letter(letters[path])
        if letter is not None:
            yield from check_letter(letter, source if isinstance(source, Document) else str(source))


def check_letter(letter: Letter, source: Document | str) -> Iterator[Check]:
    """Check every pair of a letter against its source, or against the reason that there is none.

    Parameters
    ----------
    letter : Letter
        As stored.
    source : Document or str
        The file read anew, or why it cannot be.
    """
    for pair in letter.pairs:
        yield Check(pair_id(letter, pair), letter.source, _problem(letter, source, [*pair.questions, pair.answer]))


def _problem(letter: Letter, source: Document | str, texts: list[PlacedText]) -> str | None:
    if isinstance(source, str):
        return source
    for text in texts:
        words = first_deviation(text, source)
        if words is not None:
            pages = ", ".join(map(str, text.page_numbers))
            changed = "" if source.sha256 == letter.sha256 else " (the file has changed since the build)"
            return f"«{words}» does not stand so on page {pages} of {letter.source}{changed}"
    return None
