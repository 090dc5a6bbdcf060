"""Read and parse many files, each in a limited process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index.errors import KamerantwoordError
from index.parsing import parse_document, parse_with_account
from index.reading import read_document
from index.reading.guard import Limits, run_many
from index.records import Letter
from index.serialise import dump_letter, load_letter


def parse_many(
    paths: Sequence[Path], limits: Limits | None = None
) -> Iterator[tuple[Path, Letter | KamerantwoordError]]:
    """Read and parse files; both happen in the worker, so that all cores share the work.

    Parameters
    ----------
    paths : sequence of Path
    limits : Limits, optional
        For each file.

    Yields
    ------
    Path, Letter or KamerantwoordError
        In the order of ``paths``; an error is yielded and never raised.
    """
    return run_many(paths, "index.parsing.batch:parse_as_json", load_letter, limits)


def parse_as_json(path: Path, max_text: int) -> str:
    """Read and parse one file; the job of `parse_many`."""
    return dump_letter(parse_document(read_document(path, max_text=max_text)))


def account_many(
    paths: Sequence[Path], limits: Limits | None = None
) -> Iterator[tuple[Path, dict[str, Any] | KamerantwoordError]]:
    """Read and parse files, and settle the account of each: where every character went.

    Yields
    ------
    Path, dict or KamerantwoordError
        In the order of ``paths``; the dict is `index.parsing.account.Account.as_json` with the ``source``.
    """
    return run_many(paths, "index.parsing.batch:account_as_json", json.loads, limits)


def account_as_json(path: Path, max_text: int) -> str:
    """Settle the account of one file; the job of `account_many`."""
    document = read_document(path, max_text=max_text)
    return json.dumps({"source": document.source, **parse_with_account(document)[1].as_json()}, ensure_ascii=False)
