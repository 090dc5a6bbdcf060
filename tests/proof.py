"""What the proof of a letter's texts objects to."""

from __future__ import annotations

from index.records import Document, Letter
from index.verbatim import first_deviation
from index.verify import check_letter


def objections(letter: Letter, document: Document) -> list[str]:
    """Return what is wrong with the texts of a letter beside its source; empty when all is word for word."""
    of_pairs = [check.problem for check in check_letter(letter, document)]
    of_unanswered = [first_deviation(question, document) for question in letter.unanswered]
    return [problem for problem in (*of_pairs, *of_unanswered) if problem is not None]
