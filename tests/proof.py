"""What the proof of a letter's texts objects to."""

from __future__ import annotations

from index.records import Document, Letter
from index.verify import check_letter


def objections(letter: Letter, document: Document) -> list[str]:
    """Return what is wrong with the pairs of a letter beside its source; empty when all is word for word."""
    return [check.problem for check in check_letter(letter, document) if check.problem is not None]
