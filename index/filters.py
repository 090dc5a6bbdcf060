"""Which letters to search: by number, ministry, minister, party, asker and date of answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from enum import StrEnum

from index.ministries import fold, full_name, read_signer
from index.records import Letter
from index.references import parse_official_number


class Facet(StrEnum):
    """What letters can be chosen by, beside the date."""

    MINISTRY = "ministry"
    MINISTER = "minister"
    PARTY = "party"
    ASKER = "asker"
    NUMBER = "number"


OWN_NUMBER_FIRST = """
(? COLLATE NOCASE IN (letter.letter_id, letter.reference, letter.publication) OR NOT EXISTS (
SELECT 1 FROM letter AS other JOIN pair ON pair.letter = other.row
WHERE ? COLLATE NOCASE IN (other.letter_id, other.reference, other.publication)))
"""
"""A letter that only names a number counts where no letter with answers has it.

«In vervolg op uw vragen met kenmerk …» names one; so does a letter that answers two sets of questions at once, and for
the second of them there may only be a notice of delay.
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which letters to search; None chooses all.

    Attributes
    ----------
    letter : str, optional
        Any number of the letter: its id, Z-number, publication or the ministry's own.
    ministry, minister, party, asker : str, optional
        Capitals and accents do not count; part of a name is enough, but for `party`. A ministry may be
        given by its abbreviation («VWS»).
    after, before : str, optional
        First and last date of answer, ISO 8601, both included; letters without a date are left out.
    """

    letter: str | None = None
    ministry: str | None = None
    minister: str | None = None
    party: str | None = None
    asker: str | None = None
    after: str | None = None
    before: str | None = None

    def __bool__(self) -> bool:
        return any(value is not None for value in astuple(self))


def facets_of(letter: Letter) -> Iterator[tuple[Facet, str]]:
    """Walk what a letter can be chosen by."""
    for signer in letter.answered_by:
        name, ministries = read_signer(signer)
        if name:
            yield Facet.MINISTER, name
        for ministry in ministries:
            yield Facet.MINISTRY, ministry
    for number in (letter.letter_id, letter.reference, letter.publication, *letter.other_references):
        if number:
            yield Facet.NUMBER, number
    for asker in letter.askers:
        yield Facet.ASKER, asker.name
        if asker.party:
            yield Facet.PARTY, asker.party


def conditions(filters: Filters) -> tuple[str, tuple[str, ...]]:
    """Return the filters as an SQL condition over the catalogue's tables, and its values.

    The SQL itself holds no text of a user.
    """
    found: list[tuple[str, tuple[str, ...]]] = [("1", ())]
    facet = "letter.row IN (SELECT letter FROM facet WHERE name = ? AND "
    if filters.letter is not None:
        # «2022Z11285», «Aanhangsel Handelingen II 2023/24, nr. 1314», «BZDOC-1386274699-54»
        number = parse_official_number(filters.letter)
        known = number.key if number else filters.letter
        found.append((facet + "plain = ?)", (Facet.NUMBER.value, fold(known))))
        found.append((OWN_NUMBER_FIRST, (known, known)))
    if filters.party is not None:
        found.append((facet + "plain = ?)", (Facet.PARTY.value, fold(filters.party))))
    ministry = None if filters.ministry is None else full_name(filters.ministry)
    parts = ((Facet.MINISTRY, ministry), (Facet.MINISTER, filters.minister), (Facet.ASKER, filters.asker))
    found += [(facet + "instr(plain, ?))", (name.value, fold(part))) for name, part in parts if part is not None]
    if filters.after is not None:
        found.append(("letter.date_answered >= ?", (filters.after,)))
    if filters.before is not None:
        found.append(("letter.date_answered <= ?", (filters.before,)))
    return " AND ".join(sql for sql, _ in found), tuple(value for _, values in found for value in values)
