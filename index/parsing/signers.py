"""Read which ministers answer: from the title of a publication, or the signature under a letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

_OFFICE = r"(?:minister(?:-president)?|staatssecretaris(?:sen)?|ministers)"
# "Antwoord van Minister Bruins Slot (BZ) van Minister Schreinemacher (…) (ontvangen 28 juni 2024)."
_ANSWERING = re.compile(rf"\b(?:Antwoord(?:en)?|Beantwoording|Mededeling)\s+(?:van\s+)?(?:de\s+)?(?={_OFFICE})", re.I)
# "… (ontvangen 3 juni 2024)." · "… op vragen van de leden"
_ANSWERING_END = re.compile(r"\(\s*ontvangen\b|\s+op\s+(?:de\s+)?(?:schriftelijke\s+)?(?:Kamer)?vragen\b|\.\s*$", re.I)
# "Minister Hermans (Klimaat en Groene Groei)" · "Staatssecretaris Van Huffelen (Binnenlandse Zaken …)"
_NAMED = re.compile(rf"{_OFFICE}\s+(?P<name>[A-ZÀ-Þ][^(),]*?)\s*\((?P<office>[^()]+)\)", re.I)
# "mede namens de Minister van Justitie en Veiligheid"
_ALSO = re.compile(r"\bmede\s+namens\s+(?P<who>.+?)\s*(?=\(\s*ontvangen|\.?$|;)", re.I | re.S)
# "de minister van Buitenlandse Zaken" · "Minister voor Rechtsbescherming"
_OF = re.compile(
    rf"(?:de\s+)?{_OFFICE}\s+(?P<link>van|voor)\s+(?P<office>[A-ZÀ-Þ].*?)"
    rf"(?=,?\s+en\s+(?:van\s+)?(?:de\s+)?{_OFFICE}|,\s+(?:de\s+)?{_OFFICE}|\s*,?\s*$)",
    re.I,
)
# "De minister van Justitie en Veiligheid," · "Minister voor Klimaat en Energie"
_OFFICE_LINE = re.compile(
    rf"^\s*(?:de\s+|het\s+)?{_OFFICE}(?:\s+(?P<link>van|voor)\s+(?P<office>[^\[;]+?))?\s*,?\s*(?:\[.*)?$", re.I
)
# "W.B. Hoekstra" · "D. Yeşilgöz-Zegerius" · "drs. H.M. de Jonge" · "Piet Adema"
_NAME_LINE = re.compile(
    r"^\s*(?:(?:mr|drs|dr|ir|ing|prof|mw|dhr)\.?\s+)*(?:(?:[A-ZÀ-Þ][a-z]{0,2}\.\s?)+|[A-ZÀ-Þ][a-zà-ÿ]+\s+)"
    r"(?P<name>(?:(?:van|de|der|den|ter|ten|het|in|’t|'t|el)\s+)*[A-ZÀ-Þ][\w’'-]+(?:[\s-]+[\w’'-]+){0,3})\s*$"
)
# Ministers without a ministry of their own are ministers «voor» something.
WITHOUT_MINISTRY = frozenset({
    "Rechtsbescherming", "Klimaat en Energie", "Natuur en Stikstof", "Langdurige Zorg en Sport", "Medische Zorg",
    "Buitenlandse Handel en Ontwikkelingssamenwerking", "Buitenlandse Handel en Ontwikkelingshulp", "Milieu en Wonen",
    "Primair en Voortgezet Onderwijs", "Basis- en Voortgezet Onderwijs en Media", "Asiel en Migratie",
    "Volkshuisvesting en Ruimtelijke Ordening", "Armoedebeleid, Participatie en Pensioenen",
})  # fmt: skip
# A signature stands within so many lines under its office.
REACH = 8
# A line about an office is at most so long; a sentence that begins with one is longer.
LONGEST_OFFICE = 120


def answering_part(text: str) -> str | None:
    """Return what a title says between «Antwoord van» and the date of receipt or the askers."""
    found = _ANSWERING.search(text)
    if not found:
        return None
    rest = text[found.end() :]
    end = _ANSWERING_END.search(rest)
    return rest[: end.start()] if end else rest


def read_answerers(part: str) -> tuple[str, ...]:
    """Read ministers as ``"Hermans (Klimaat en Groene Groei)"``, helpers as ``"mede namens …"``.

    Parameters
    ----------
    part : str
        From `answering_part`.

    Returns
    -------
    tuple of str
        Offices alone (``"minister van Buitenlandse Zaken"``) when the title has no names.
    """
    also = _ALSO.search(part)
    main = part[: also.start()] if also else part
    named = [f"{m.group('name').strip()} ({_tidy(m.group('office'))})" for m in _NAMED.finditer(main)]
    if not named:
        named = [_tidy(m.group(0)).removeprefix("de ") for m in _OF.finditer(main)]
    if also:
        named.append(f"mede namens {_tidy(also.group('who'))}")
    return tuple(named)


def read_signers(lines: Sequence[str]) -> tuple[str, ...]:
    """Read the names under a covering letter: ``"Hoekstra (Buitenlandse Zaken)"``.

    Parameters
    ----------
    lines : sequence of str
        The lines of the covering letter, in order.

    Returns
    -------
    tuple of str
        In the order of signing.
    """
    signers: list[str] = []
    offices = [_OFFICE_LINE.match(line) if len(line) <= LONGEST_OFFICE else None for line in lines]
    for index, office in enumerate(offices):
        if office:
            name = _name_below(lines, offices, index) or _name_above(lines, index)
            of = _tidy(office.group("office") or "")
            if name:
                signers.append(f"{name} ({of})" if of else name)
    return tuple(dict.fromkeys(signers))


def read_office(title: str, lines: Sequence[str]) -> str | None:
    """Read the office of the minister who answers first, as a citation names it.

    Parameters
    ----------
    title : str
        ``"Antwoord van Staatssecretaris Heijnen (Infrastructuur en Waterstaat) (ontvangen …)"``
        or ``"Antwoorden van de minister van Buitenlandse Zaken op vragen …"``.
    lines : sequence of str
        The lines of the covering letter, for its signature.

    Returns
    -------
    str or None
        ``"de staatssecretaris van Infrastructuur en Waterstaat"``.
    """
    part = answering_part(title) or ""
    also = _ALSO.search(part)
    main = part[: also.start()] if also else part
    named = _NAMED.search(main)
    if named:
        rank = named.group(0).split()[0].lower()
        office = _tidy(named.group("office"))
        return "de minister-president" if "-" in rank else f"de {rank} {_link(title, office)} {office}"
    found = _OF.search(main) or next((m for m in map(_OFFICE_LINE.match, lines) if m and m.group("office")), None)
    if not found:
        return None
    rank = "staatssecretaris" if "secretaris" in found.group(0).lower() else "minister"
    return f"de {rank} {found.group('link').lower()} {_tidy(found.group('office'))}"


def _link(title: str, office: str) -> str:
    """Return «voor» for a minister without a ministry, as the title addresses one; else «van»."""
    addressed = re.search(rf"\bMinisters?\s+voor\s+{re.escape(office)}", title, re.I)
    return "voor" if addressed or office in WITHOUT_MINISTRY else "van"


def _name_below(lines: Sequence[str], offices: Sequence[re.Match[str] | None], index: int) -> str | None:
    """Return the name that signs under an office, before the next office."""
    for later in range(index + 1, min(index + 1 + REACH, len(lines))):
        if offices[later]:
            return None
        found = _NAME_LINE.match(lines[later])
        if found:
            return _capital(found.group("name"))
    return None


def _name_above(lines: Sequence[str], index: int) -> str | None:
    # Some ministries sign «R.A.A. Jetten» over «Minister voor Klimaat en Energie».
    found = _NAME_LINE.match(lines[index - 1]) if index else None
    return _capital(found.group("name")) if found else None


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,.;")
