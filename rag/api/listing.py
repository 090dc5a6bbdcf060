"""The list of letters as JSON: newest first, chosen by filters, a page at a time."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from pydantic import BaseModel

from index.records import Letter
from index.references import answer_link, question_link
from rag.api.parameters import LettersQuery
from rag.assistant import Assistant


def list_letters(assistant: Assistant, given: LettersQuery) -> dict[str, Any]:
    """Return one page of the list of letters, as the contract has it."""
    total, letters = assistant.choose(given.filters(), given.offset, given.limit)
    end = given.offset + given.limit
    return {
        "total": total,
        "offset": given.offset,
        "next": next_address("letters", given, end) if end < total else None,
        "letters": [summarise(letter) for letter in letters],
    }


def next_address(name: str, given: BaseModel, offset: int) -> str:
    """Return the address of the page that begins at `offset`."""
    values = given.model_dump(mode="json", exclude_none=True) | {"offset": offset}
    return f"/api/v1/{name}?{urlencode(values)}"


def summarise(letter: Letter) -> dict[str, Any]:
    """Return what a list says of a letter."""
    return {
        "id": letter.letter_id,
        "source": letter.source,
        "kind": letter.kind.value,
        "reference": letter.reference,
        "publication": letter.publication,
        "subject": letter.subject,
        "askers": [{"name": asker.name, "party": asker.party} for asker in letter.askers],
        "answered_by": list(letter.answered_by),
        "date_asked": letter.date_asked,
        "date_answered": letter.date_answered,
        "answers": len(letter.pairs),
        "links": {
            "letter": answer_link(letter.publication) if letter.publication else None,
            "question": question_link(letter.reference) if letter.reference else None,
            "permalink": f"/brief/{quote(letter.letter_id)}",
        },
    }
