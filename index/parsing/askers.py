"""Read the askers and their parties from the title of a letter."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.records import Person

# "vragen van de leden Mutluer (GroenLinks-PvdA) en Kostić (PvdD) aan de Minister" · "het lid Erkens (VVD)"
_ASKING = re.compile(
    r"\b(?:(?:de|het|door de|van de|van het)\s+)?(?:leden|lid)\s+(?=[A-ZÀ-Þ’'‘]|v\.|van|de|den|der|el|ten|ter)"
)
# Where the names end: "… aan de Minister" · "… over" · "… (ingezonden" · "… inzake"
_NAMES_END = re.compile(
    r"\s+aan(?:\s+(?:de|het|u|mij|minister|staatssecretaris)\b|\s*$)|\s*(?:,\s*)?\bover(?:\s|$)|\s*\(ingezonden\b|"
    r"\s+(?:inzake|betreffende|naar aanleiding)\b|(?<!c\.s)(?<!\bal)(?<!e\.a)\.\s|\s+gesteld\b|\s+d\.d\.",
    re.I,
)
# "Mutluer, Lahlah (GroenLinks-PvdA)" · "Temmink en Van Nispen (beiden SP)" · "Klashorst(PVV)"
_GROUP = re.compile(r"(?P<names>[^()]+?)\s*\((?P<party>[^()]+)\)")
# "Mutluer, Lahlah" · "Temmink en Van Nispen"
_NAME_SPLIT = re.compile(r"\s*,\s*(?:en\s+)?|\s+en\s+|\s+alsmede\s+|\s*&\s*")
# "het lid Ceder" (after «en»)
_LEADING = re.compile(r"^(?:(?:en|van|het|de|door)\s+)*(?:lid|leden)\s+|^(?:en|,)\s+", re.I)
# "(beiden SP)" · "(allen GroenLinks-PvdA)" · "(beide VVD)"
_EACH = re.compile(r"^(?:beiden?|allen|alle|alledrie|resp\.)\s+", re.I)
# "vanDijk" · "DeJong": a lost space before a capital
_GLUED_PREFIX = re.compile(r"\b([Vv]an|[Dd]e|[Dd]er|[Dd]en|[Tt]er|[Tt]en|[Ee]l)(?=[A-Z][a-z])")
# "Krul c.s." · "Mutluer et al."
_AND_OTHERS = re.compile(r"\s*\b(?:c\.s\.|et al\.?|e\.a\.|cum suis)", re.I)


@dataclass(frozen=True, slots=True)
class AskingPart:
    """The names of the askers as printed, and what follows them."""

    names: str
    after: str


def asking_part(text: str) -> AskingPart | None:
    """Return the part of a title that names the askers, or None when none does."""
    found = _ASKING.search(text)
    if not found:
        return None
    rest = text[found.end() :]
    end = _NAMES_END.search(rest)
    cut = end.start() if end else len(rest)
    return AskingPart(rest[:cut].strip(), rest[cut:])


def read_askers(text: str) -> tuple[Person, ...]:
    """Read who asked, each with party.

    Parameters
    ----------
    text : str
        A title or covering sentence.

    Returns
    -------
    tuple of Person
        In the order of print; a party that stands behind several names is given to each.

    Examples
    --------
    >>> [person.name for person in read_askers("vragen van de leden vanDijk en Kuik (beiden CDA) over zorg")]
    ['Van Dijk', 'Kuik']
    """
    part = asking_part(text)
    if not part:
        return ()
    people: list[Person] = []
    position = 0
    for group in _GROUP.finditer(part.names):
        party = " ".join(_EACH.sub("", group.group("party").strip()).split())
        people += [Person(name, party) for name in _names(group.group("names"))]
        position = group.end()
    people += [Person(name) for name in _names(part.names[position:])]
    return tuple(dict.fromkeys(people))


def _names(text: str) -> list[str]:
    names = []
    for raw in _NAME_SPLIT.split(text):
        name = _AND_OTHERS.sub("", raw).strip(" ,;:.")
        name = _LEADING.sub("", f"{name} ").strip()
        name = _GLUED_PREFIX.sub(r"\1 ", name)
        if (
            name
            and any(char.isalpha() for char in name)
            and name.lower() not in ("en", "het lid", "de leden", "lid", "leden")
        ):
            names.append(name[0].upper() + name[1:])
    return names
