"""Stage 2, parse: the lines of a `Document` become a `Letter` of questions and answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from index.errors import ParseError
from index.parsing.account import Account, Part, settle
from index.parsing.grammar import cut_blocks
from index.parsing.header import Header, read_header
from index.parsing.layout import Layout, lay_out
from index.parsing.notes import note_text
from index.parsing.pairing import Dialogue, answer_with_notice, pair_up
from index.records import Document, Footnote, Kind, Letter

__all__ = ["Account", "Part", "parse_document", "parse_with_account"]


def parse_document(document: Document) -> Letter:
    """Parse one letter.

    Parameters
    ----------
    document : Document
        From `index.reading.read_document`.

    Returns
    -------
    Letter

    Raises
    ------
    ParseError
        When no question with an answer is found.
    """
    return parse_with_account(document)[0]


def parse_with_account(document: Document) -> tuple[Letter, Account]:
    """Parse one letter and settle its account; see `parse_document`.

    Parameters
    ----------
    document : Document

    Returns
    -------
    Letter, Account
    """
    layout = lay_out(document)
    dialogue = pair_up(cut_blocks(layout.body), layout.joiner)
    header = read_header(dialogue.preamble_lines, layout.furniture, layout.joiner, notice=dialogue.notice)
    if header.delay_lines and not dialogue.pairs:
        header = replace(header, kind=Kind.MEDEDELING)
        answer_with_notice(dialogue, header.delay_lines, layout.joiner)
    account = _account(document, layout, dialogue, header)
    return _letter(document, layout, dialogue, header, account), account


def _account(document: Document, layout: Layout, dialogue: Dialogue, header: Header) -> Account:
    titles = {(line.key, line.start) for line in header.title_lines}
    return settle(
        document,
        {
            Part.QUESTION: dialogue.question_lines,
            Part.ANSWER: dialogue.answer_lines,
            Part.FOOTNOTE: [line for note in layout.notes for line in (*note.heading, *note.lines)],
            Part.HEADER: [line for line in dialogue.preamble_lines if (line.key, line.start) in titles],
            Part.FURNITURE: layout.furniture,
            Part.PREAMBLE: [line for line in dialogue.preamble_lines if (line.key, line.start) not in titles],
        },
    )


def _letter(document: Document, layout: Layout, dialogue: Dialogue, header: Header, account: Account) -> Letter:
    footnotes = _footnotes(layout, dialogue)
    unresolved = _unresolved(dialogue, footnotes)
    if not dialogue.pairs and not dialogue.unanswered and not header.delay_lines:
        raise ParseError(
            f"{document.source}: no questions with answers found; expected «Vraag 1» and «Antwoord 1», "
            "or the like, so check that this is a letter of answers"
        )
    return Letter(
        source=document.source,
        sha256=document.sha256,
        kind=header.kind,
        reference=header.reference,
        publication=header.publication,
        other_references=header.other_references,
        subject=header.subject,
        askers=header.askers,
        answered_by=header.answered_by,
        office=header.office,
        date_asked=header.date_asked,
        date_answered=header.date_answered,
        pairs=tuple(dialogue.pairs),
        unanswered=tuple(dialogue.unanswered),
        footnotes=footnotes,
        unresolved=unresolved,
        warnings=(*document.warnings, *dialogue.warnings, *_checks(dialogue, unresolved, footnotes, account, header)),
    )


def _marked_texts(dialogue: Dialogue) -> list[tuple[str, Sequence[str]]]:
    """Return where marks stand: («answer 3», its markers), questions before their answer."""
    places: list[tuple[str, Sequence[str]]] = []
    for pair in dialogue.pairs:
        places += [(f"question {question.number}", question.markers) for question in pair.questions]
        places.append((f"answer {', '.join(map(str, pair.numbers))}", pair.answer.markers))
    places += [(f"question {question.number}", question.markers) for question in dialogue.unanswered]
    places.append(("title", [mark.marker for line in dialogue.preamble_lines for mark in line.marks]))
    return places


def _footnotes(layout: Layout, dialogue: Dialogue) -> tuple[Footnote, ...]:
    places = _marked_texts(dialogue)
    footnotes = []
    for note in layout.notes:
        referred = next((place for place, markers in places if note.marker in markers), None)
        footnotes.append(Footnote(note.marker, note_text(note, layout.joiner), note.page_number, referred))
    return tuple(footnotes)


def _unresolved(dialogue: Dialogue, footnotes: Sequence[Footnote]) -> tuple[str, ...]:
    known = {footnote.marker for footnote in footnotes}
    markers = [marker for _, found in _marked_texts(dialogue) for marker in found]
    return tuple(dict.fromkeys(marker for marker in markers if marker not in known))


def _checks(
    dialogue: Dialogue, unresolved: Sequence[str], footnotes: Sequence[Footnote], account: Account, header: Header
) -> list[str]:
    """Return what a careful reader would want to check."""
    numbers = [question.number for pair in dialogue.pairs for question in pair.questions]
    numbers += [question.number for question in dialogue.unanswered]
    found: list[str] = []
    missing = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
    if missing:
        found.append(f"no question {_listing(missing)}: the numbers have a gap")
    doubles = sorted(number for number, count in Counter(numbers).items() if count > 1)
    if doubles:
        found.append(f"question {_listing(doubles)} stands more than once")
    if dialogue.unanswered:
        found.append(f"no answer found to question {_listing([q.number for q in dialogue.unanswered])}")
    if unresolved:
        found.append(f"the letter does not hold the text of note {', '.join(unresolved)}")
    loose = [footnote.marker for footnote in footnotes if footnote.referred_in is None]
    if loose:
        found.append(f"no mark found for note {', '.join(loose)}")
    found += [f"not placed, page {page}: «{text[:80]}»" for page, text in account.leftover[:5]]
    found += [f"claimed twice, page {page}: «{text[:80]}»" for page, text in account.twice[:5]]
    if header.delay_lines and not numbers:
        found.append("a notice that the answers come later; it does not hold the questions")
    if header.reference is None and header.publication is None and header.kind is not Kind.MEDEDELING:
        found.append("neither a Z-number nor a publication number found")
    return found


def _listing(numbers: Sequence[int]) -> str:
    shown = [str(number) for number in numbers[:12]]
    return ", ".join(shown) + (f" and {len(numbers) - 12} more" if len(numbers) > 12 else "")
