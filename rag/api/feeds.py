"""Hits for other programs: a feed of a saved question, and a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from rag.contract import Feed, FeedAuthor, FeedItem
from rag.pages.markup import escape
from rag.results import Hit

FEED_HITS = 30
"""How many of the best hits a feed holds, newest answer first."""

UNDATED = "1970-01-01"
"""Atom asks a date of every entry, and some letters have none."""

TITLE_CHARS = 160

COLUMNS = (
    "vraag", "antwoord", "beantwoord_door", "datum_antwoord", "gevraagd_door", "onderwerp",
    "bronvermelding", "vaste_link", "gepubliceerde_brief", "past",
)  # fmt: skip

# A spreadsheet takes a cell that begins so for a formula, also in full-width characters.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def json_feed(query: str, hits: Sequence[Hit], origin: str, address: str) -> dict[str, Any]:
    """Return a JSON Feed 1.1.

    Parameters
    ----------
    query : str
    hits : sequence of Hit
    origin : str
        ``https://host``, without a slash.
    address : str
        Of the feed itself.
    """
    feed = Feed(
        version="https://jsonfeed.org/version/1.1",
        title=_title(query),
        home_page_url=f"{origin}/",
        feed_url=address,
        language="nl",
        items=[_item(hit, origin) for hit in _newest_first(hits)],
    )
    return feed.model_dump(exclude_none=True)


def _item(hit: Hit, origin: str) -> FeedItem:
    address = origin + hit.links.permalink
    return FeedItem(
        id=address,
        url=address,
        external_url=hit.links.letter,
        title=_question_line(hit),
        content_text=f"{hit.answer.text}\n\n{hit.citation.official}",
        date_published=_moment(hit) if hit.letter.date_answered else None,
        authors=[FeedAuthor(name=name) for name in hit.letter.answered_by],
    )


def atom_feed(query: str, hits: Sequence[Hit], origin: str, address: str) -> str:
    """Return an Atom feed (RFC 4287); the parameters are those of `json_feed`."""
    ordered = _newest_first(hits)
    updated = max((_moment(hit) for hit in ordered), default=f"{UNDATED}T00:00:00Z")
    head = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nl">',
        f"<id>{_xml(address)}</id><title>{_xml(_title(query))}</title><updated>{updated}</updated>",
        f'<link rel="self" href="{_xml(address)}"/><link href="{_xml(origin)}/"/>',
        "<author><name>Kamerantwoord</name></author>",
    ]
    return "\n".join([*head, *(_entry(hit, origin) for hit in ordered), "</feed>", ""])


def _entry(hit: Hit, origin: str) -> str:
    address = _xml(origin + hit.links.permalink)
    authors = "".join(f"<author><name>{_xml(name)}</name></author>" for name in hit.letter.answered_by)
    return (
        f'<entry><id>{address}</id><link href="{address}"/><title>{_xml(_question_line(hit))}</title>'
        f"<updated>{_moment(hit)}</updated>{authors}"
        f'<content type="text">{_xml(hit.answer.text)}\n\n{_xml(hit.citation.official)}</content></entry>'
    )


def hits_csv(hits: Sequence[Hit], origin: str) -> str:
    """Return hits as a table with their citations, which no spreadsheet takes for formulas.

    Between the cells stand semicolons, as a Dutch spreadsheet takes them for granted: at a comma it would not cut, and
    the lines of an answer would become rows.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows([as_text(cell) for cell in _row(hit, origin)] for hit in hits)
    # Without the mark at the start a spreadsheet may read the letters of another alphabet.
    return "\ufeff" + written.getvalue()


def as_text(cell: str) -> str:
    """Return a cell that a spreadsheet shows and never computes."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _row(hit: Hit, origin: str) -> list[str]:
    letter = hit.letter
    askers = [asker.with_party for asker in letter.askers]
    return [
        "\n".join(f"{question.number}. {question.text}" if hit.joint else question.text for question in hit.questions),
        hit.answer.text,
        ", ".join(letter.answered_by),
        letter.date_answered or "",
        ", ".join(askers),
        letter.subject,
        hit.citation.official,
        origin + hit.links.permalink,
        hit.links.letter or "",
        hit.match.value,
    ]


def _newest_first(hits: Sequence[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: hit.letter.date_answered or "", reverse=True)


def _moment(hit: Hit) -> str:
    return f"{hit.letter.date_answered or UNDATED}T00:00:00Z"


def _title(query: str) -> str:
    return f"Kamerantwoord: {_cut(query)}"


def _question_line(hit: Hit) -> str:
    return _cut(hit.questions[0].text)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE_CHARS else line[:TITLE_CHARS].rsplit(" ", 1)[0] + " …"


def _xml(text: str) -> str:
    """Escape as `escape` does; the last two characters of the plane are none in XML."""
    return escape(text).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
