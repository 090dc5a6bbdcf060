"""Read and parse many letters in limited worker processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from index.errors import KamerantwoordError
from index.parsing import parse_document
from index.reading import read_document
from index.reading.guard import Limits, run_many
from index.records import Letter
from index.serialise import dump_letter, load_letter


def parse_many(
    paths: Sequence[Path], limits: Limits | None = None, *, workers: int | None = None
) -> Iterator[tuple[Path, Letter | KamerantwoordError]]:
    """Read and parse letters, each in a limited worker.

    Parsing happens in the worker too: the letter that comes back is a fraction of the
    document, and parsing shares the cores and the limits.

    Parameters
    ----------
    paths : sequence of Path
    limits : Limits, optional
        For each file.
    workers : int, optional
        How many processes; as many as this process has cores when None.

    Yields
    ------
    Path, Letter or KamerantwoordError
        In the order of ``paths``; an error is yielded and never raised.
    """
    return run_many(paths, "index.parsing.many:parse_as_json", load_letter, limits, workers=workers)


def parse_as_json(path: Path, max_text: int) -> str:
    """Read and parse one letter; the job of `parse_many`."""
    return dump_letter(parse_document(read_document(path, max_text=max_text)))
