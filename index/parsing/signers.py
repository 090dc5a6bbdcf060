"""Read which ministers answer: from the title of a publication, or the signature under a letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

_OFFICE = r"(?:minister(?:-president)?|staatssecretaris(?:sen)?|ministers)"
# "Antwoord van Minister Bruins Slot (BZ) van Minister Schreinemacher (…) (ontvangen 28 juni 2024)."
_ANSWERING = re.compile(rf"\b(?:Antwoord(?:en)?|Beantwoording|Mededeling)\s+(?:van\s+)?(?:de\s+)?(?={_OFFICE})", re.I)
_ANSWERING_END = re.compile(r"\(\s*ontvangen\b|\s+op\s+(?:de\s+)?(?:schriftelijke\s+)?(?:Kamer)?vragen\b|\.\s*$", re.I)
# "Minister Hermans (Klimaat en Groene Groei)" · "Staatssecretaris Van Huffelen (Binnenlandse Zaken …)"
_NAMED = re.compile(rf"{_OFFICE}\s+(?P<name>[A-ZÀ-Þ][^(),]*?)\s*\((?P<office>[^()]+)\)", re.I)
# "mede namens de Minister van Justitie en Veiligheid"
_ALSO = re.compile(r"\bmede\s+namens\s+(?P<who>.+?)\s*(?=\(\s*ontvangen|\.?$|;)", re.I | re.S)
# "de minister van Buitenlandse Zaken" · "Minister voor Rechtsbescherming"
_OF = re.compile(
    rf"(?:de\s+)?{_OFFICE}\s+(?P<link>van|voor)\s+(?P<office>[A-ZÀ-Þ].*?)(?=\s+en\s+de\s+{_OFFICE}|\s*,|\s*$)", re.I
)
_OFFICE_LINE = re.compile(
    rf"^\s*(?:de\s+|het\s+)?{_OFFICE}(?:\s+(?:van|voor)\s+(?P<office>[^\[;]+?))?\s*,?\s*(?:\[.*)?$", re.I
)
# "W.B. Hoekstra" · "D. Yeşilgöz-Zegerius" · "drs. H.M. de Jonge" · "Piet Adema"
_NAME_LINE = re.compile(
    r"^\s*(?:(?:mr|drs|dr|ir|ing|prof|mw|dhr)\.?\s+)*(?:(?:[A-ZÀ-Þ][a-z]{0,2}\.\s?)+|[A-ZÀ-Þ][a-zà-ÿ]+\s+)"
    r"(?P<name>(?:(?:van|de|der|den|ter|ten|het|in|’t|'t|el)\s+)*[A-ZÀ-Þ][\w’'-]+(?:[\s-]+[\w’'-]+){0,3})\s*$"
)
# A signature stands within so many lines under its office.
_REACH = 8


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
    for index, line in enumerate(lines):
        office = _OFFICE_LINE.match(line)
        if not office or len(line) > 120:
            continue
        for later in lines[index + 1 : index + 1 + _REACH]:
            found = _NAME_LINE.match(later)
            if found:
                of = _tidy(office.group("office") or "")
                name = found.group("name")
                name = name[0].upper() + name[1:]
                signers.append(f"{name} ({of})" if of else name)
                break
    return tuple(dict.fromkeys(signers))


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,.;")
