"""Letters as JSON: the public contract, and a form that loses nothing for the index's own shelves."""

from __future__ import annotations

import json
from typing import Any

from index.records import (
    Answer,
    Document,
    Footnote,
    Kind,
    Letter,
    Line,
    Mark,
    Page,
    PageStart,
    Pair,
    Person,
    PlacedText,
    Question,
    Run,
)

# Raised when the stored form changes; an index of another number is built anew.
FORMAT = 2


def letter_to_contract(letter: Letter) -> dict[str, Any]:
    """Return the letter as ``kamerantwoord parse --json`` prints it.

    Parameters
    ----------
    letter : Letter

    Returns
    -------
    dict
        Only JSON types; the keys are those of the contract in the documentation.
    """
    return {
        "source": letter.source,
        "kind": letter.kind.value,
        "reference": letter.reference,
        "publication": letter.publication,
        "other_references": list(letter.other_references),
        "subject": letter.subject,
        "askers": [{"name": person.name, "party": person.party} for person in letter.askers],
        "answered_by": list(letter.answered_by),
        "date_asked": letter.date_asked,
        "date_answered": letter.date_answered,
        "pairs": [_pair_to_contract(pair) for pair in letter.pairs],
        "unanswered": [question.number for question in letter.unanswered],
        "footnotes": [
            {"marker": note.marker, "text": note.text, "page_number": note.page_number, "referred_in": note.referred_in}
            for note in letter.footnotes
        ],
        "unresolved": list(letter.unresolved),
        "warnings": list(letter.warnings),
    }


def _pair_to_contract(pair: Pair) -> dict[str, Any]:
    answer = pair.answer
    return {
        "questions": [
            {"number": question.number, "text": question.text, "page_numbers": question.page_numbers}
            for question in pair.questions
        ],
        "answer": {"text": answer.text, "page_numbers": answer.page_numbers, "footnotes": answer.markers},
    }


def dump_letter(letter: Letter) -> str:
    """Return the whole letter, offsets and pages included, as one line of JSON."""
    return json.dumps(
        {
            "format": FORMAT,
            "source": letter.source,
            "sha256": letter.sha256,
            "kind": letter.kind.value,
            "reference": letter.reference,
            "publication": letter.publication,
            "other_references": letter.other_references,
            "subject": letter.subject,
            "askers": [[person.name, person.party] for person in letter.askers],
            "answered_by": letter.answered_by,
            "date_asked": letter.date_asked,
            "date_answered": letter.date_answered,
            "pairs": [[[_question(q) for q in pair.questions], _answer(pair.answer)] for pair in letter.pairs],
            "unanswered": [_question(question) for question in letter.unanswered],
            "footnotes": [[n.marker, n.text, n.page_number, n.referred_in] for n in letter.footnotes],
            "unresolved": letter.unresolved,
            "warnings": letter.warnings,
            "edition": letter.edition,
            "office": letter.office,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def load_letter(text: str) -> Letter:
    """Return the letter that `dump_letter` wrote.

    Raises
    ------
    ValueError
        When the text was written in another format; build the index anew.
    """
    data = json.loads(text)
    if data.get("format") != FORMAT:
        raise ValueError(f"a letter stored in format {data.get('format')}, expected {FORMAT}")
    return Letter(
        source=data["source"],
        sha256=data["sha256"],
        kind=Kind(data["kind"]),
        reference=data["reference"],
        publication=data["publication"],
        other_references=tuple(data["other_references"]),
        subject=data["subject"],
        askers=tuple(Person(name, party) for name, party in data["askers"]),
        answered_by=tuple(data["answered_by"]),
        date_asked=data["date_asked"],
        date_answered=data["date_answered"],
        pairs=tuple(Pair(tuple(map(_load_question, asked)), _load_answer(answer)) for asked, answer in data["pairs"]),
        unanswered=tuple(map(_load_question, data["unanswered"])),
        footnotes=tuple(Footnote(*note) for note in data["footnotes"]),
        unresolved=tuple(data["unresolved"]),
        warnings=tuple(data["warnings"]),
        edition=data["edition"],
        office=data["office"],
    )


def _placed(text: PlacedText) -> dict[str, Any]:
    return {
        "text": text.text,
        "pages": [[start.offset, start.page_number] for start in text.page_starts],
        "marks": [[mark.marker, mark.offset] for mark in text.marks],
    }


def _question(question: Question) -> dict[str, Any]:
    return _placed(question) | {"number": question.number}


def _answer(answer: Answer) -> dict[str, Any]:
    return _placed(answer) | {"points_to": answer.points_to}


def _load_placed(data: dict[str, Any]) -> tuple[str, tuple[PageStart, ...], tuple[Mark, ...]]:
    pages = tuple(PageStart(offset, number) for offset, number in data["pages"])
    return data["text"], pages, tuple(Mark(marker, offset) for marker, offset in data["marks"])


def _load_question(data: dict[str, Any]) -> Question:
    return Question(*_load_placed(data), number=data["number"])


def _load_answer(data: dict[str, Any]) -> Answer:
    return Answer(*_load_placed(data), points_to=tuple(data["points_to"]))


def dump_document(document: Document) -> str:
    """Return a document as one line of JSON, as the reading process hands it over."""
    pages = [
        [
            page.number,
            page.width,
            page.height,
            [
                [
                    [[r.text, r.font_size, r.rise, r.x, r.width, r.bold] for r in line.runs],
                    line.y,
                    line.role,
                    line.starts_paragraph,
                ]
                for line in page.lines
            ],
        ]
        for page in document.pages
    ]
    head = [document.source, document.format, document.sha256, document.warnings]
    return json.dumps([head, pages], ensure_ascii=False, separators=(",", ":"))


def load_document(text: str) -> Document:
    """Return the document that `dump_document` wrote."""
    (source, form, sha256, warnings), pages = json.loads(text)
    return Document(
        source,
        form,
        sha256,
        tuple(
            Page(
                number,
                tuple(
                    Line(tuple(Run(*run) for run in runs), y, role, starts_paragraph)
                    for runs, y, role, starts_paragraph in lines
                ),
                width,
                height,
            )
            for number, width, height, lines in pages
        ),
        tuple(warnings),
    )
