"""Results and letters as text for a terminal: Dutch around the minister's words, as in the web app."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping
from typing import Any

import click

from index.records import Letter, Pair
from rag.citation import name_questions
from rag.results import Hit, Result

MAX_WIDTH = 100


def render(result: Result) -> str:
    """Return a result as text: the answer with its citation, or the honest no with near misses."""
    coverage = result.corpus
    upto = f", tot en met {coverage.newest}" if coverage.newest else ""
    letters = "1 brief" if coverage.letters == 1 else f"{coverage.letters} brieven"
    answers = "1 antwoord" if coverage.answers == 1 else f"{coverage.answers} antwoorden"
    footer = f"Doorzocht: {letters}, {answers}{upto}."
    notice = result.tell_notice()
    if notice and not result.hits:
        parts = [notice]
    elif result.answered:
        parts = [_render_answer(result.hits[0])]
        if result.hits[1:]:
            parts.append("Verder gevonden:\n" + "\n".join(_render_near(hit) for hit in result.hits[1:]))
    else:
        parts = [click.style("Geen brief beantwoordt deze vraag.", bold=True)]
        if result.hits:
            parts += [notice] if notice else []
            parts.append("Het meest verwant:\n" + "\n".join(_render_near(hit) for hit in result.hits))
    if result.is_follow_up:
        parts.append(f"Gezocht op: {result.searched_as}")
    return _harmless("\n\n".join([*parts, footer]))


def _render_answer(hit: Hit) -> str:
    text, mark = hit.answer.text, hit.highlight
    answer = text[: mark.start] + click.style(text[mark.start : mark.end], bold=True) + text[mark.end :]
    questions = "\n".join(_wrap(f"Vraag {question.number}. {question.text}") for question in hit.questions)
    notes = "\n".join(f"[{note.marker.strip('[]')}] {note.text or 'noot niet in de brief'}" for note in hit.notes)
    targets = "\n\n".join(
        f"Het antwoord op {name_questions(pair.questions)}, waarnaar dit verwijst:\n\n{pair.answer.text}"
        for pair in hit.targets
    )
    wrapped = ["\n".join(map(_wrap, text.split("\n"))) for text in (answer, targets)]
    parts = [questions, wrapped[0], notes, wrapped[1], _wrap(hit.citation.plain)]
    return "\n\n".join(part for part in parts if part)


def _render_near(hit: Hit) -> str:
    return _wrap(f"- {hit.questions[0].text} ({hit.citation.official})", indent="  ")


def render_letter(letter: Letter) -> str:
    """Return what was read from a letter: its header, then its pairs and notes."""
    askers = ", ".join(asker.with_party for asker in letter.askers)
    head = [
        f"{letter.source}: {letter.kind.value} {letter.letter_id}",
        f"over {letter.subject}",
        f"gevraagd door {askers or 'onbekend'} op {letter.date_asked or 'onbekend'}",
        f"beantwoord door {', '.join(letter.answered_by) or 'onbekend'} op {letter.date_answered or 'onbekend'}",
    ]
    notes = [f"[{note.marker}] {note.text}" for note in letter.footnotes]
    warnings = [f"! {warning}" for warning in letter.warnings]
    return _harmless("\n".join([*head, *(_render_pair(pair) for pair in letter.pairs), *notes, *warnings]))


def render_account(account: Mapping[str, Any]) -> str:
    """Return where every character of a letter went, and each piece that went nowhere or to two places."""
    rows = [f"{account['source']}: {account['total']} characters, white space not counted"]
    rows += [f"  {part:10}{count:8}" for part, count in account["parts"].items()]
    for name, pieces in (("left over", account["leftover"]), ("claimed twice", account["twice"])):
        rows += [f"! {name} on page {piece['page_number']}: {piece['text']}" for piece in pieces]
    return _harmless("\n".join([*rows, "  settled" if account["settled"] else "! not settled"]))


def _render_pair(pair: Pair) -> str:
    questions = "\n".join(_wrap(question.text) for question in pair.questions)
    pages = ", ".join(map(str, pair.answer.page_numbers))
    return f"\n{name_questions(pair.questions).capitalize()} (p. {pages})\n{questions}\n\n{pair.answer.text}\n"


def _wrap(text: str, indent: str = "") -> str:
    width = min(shutil.get_terminal_size().columns, MAX_WIDTH)
    return textwrap.fill(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _harmless(text: str) -> str:
    """Take out control characters: a letter must not steer a terminal; our own bold stays."""
    allowed = "\n\x1b"
    cleaned = "".join(c if c.isprintable() or c in allowed else " " for c in text)
    # Only the two codes that `click.style(bold=True)` writes.
    return (
        cleaned.replace("\x1b[1m", "\0B")
        .replace("\x1b[0m", "\0E")
        .replace("\x1b", " ")
        .replace("\0B", "\x1b[1m")
        .replace("\0E", "\x1b[0m")
    )
