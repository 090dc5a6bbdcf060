"""Ministries by the names and abbreviations that letters use for them.

The names are those that most letters since 2010 use for Dutch ministries and programme ministers; a name that is not
listed is kept as the letter prints it.
"""

from __future__ import annotations

import re
import unicodedata

MINISTRIES = {
    "Algemene Zaken": ("AZ",),
    "Asiel en Migratie": ("AenM", "A&M"),
    "Binnenlandse Zaken en Koninkrijksrelaties": ("BZK",),
    "Buitenlandse Handel en Ontwikkelingssamenwerking": ("BHOS", "BHO"),
    "Buitenlandse Zaken": ("BZ", "BuZa"),
    "Defensie": ("Def",),
    "Economische Zaken en Klimaat": ("EZK",),
    "Economische Zaken": ("EZ",),
    "Financiën": ("Fin",),
    "Infrastructuur en Milieu": ("IenM", "I&M"),
    "Infrastructuur en Waterstaat": ("IenW", "I&W"),
    "Justitie en Veiligheid": ("JenV", "J&V"),
    "Klimaat en Energie": (),
    "Klimaat en Groene Groei": ("KGG",),
    "Landbouw, Natuur en Voedselkwaliteit": ("LNV",),
    "Landbouw, Visserij, Voedselzekerheid en Natuur": ("LVVN",),
    "Langdurige Zorg en Sport": (),
    "Natuur en Stikstof": (),
    "Onderwijs, Cultuur en Wetenschap": ("OCW",),
    "Rechtsbescherming": (),
    "Sociale Zaken en Werkgelegenheid": ("SZW",),
    "Veiligheid en Justitie": ("VenJ", "V&J"),
    "Volksgezondheid, Welzijn en Sport": ("VWS",),
    "Volkshuisvesting en Ruimtelijke Ordening": ("VRO",),
}

# "Hoekstra (Buitenlandse Zaken)"
_SIGNER = re.compile(r"(?P<name>[^()]+?)\s*\((?P<office>[^()]+)\)\s*")


def fold(text: str) -> str:
    """Return a text without capitals and accents, for comparing."""
    apart = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).casefold().split())


_BY_NAME = {fold(form): name for name, abbreviations in MINISTRIES.items() for form in (name, *abbreviations)}


def full_name(name: str) -> str:
    """Return a ministry's full name from its abbreviation; any other text as it is."""
    return _BY_NAME.get(fold(name), name)


def read_signer(text: str) -> tuple[str | None, tuple[str, ...]]:
    """Split one entry of `Letter.answered_by`.

    Returns
    -------
    name : str or None
        Of the minister; None for «mede namens de minister van …».
    ministries : tuple of str
        Full names.
    """
    signer = _SIGNER.fullmatch(text)
    if signer:
        return signer["name"], (full_name(signer["office"]),)
    # "mede namens de Staatssecretarissen van Volksgezondheid, Welzijn en Sport en van Justitie en Veiligheid"
    rest, found = fold(text), []
    for name in sorted(MINISTRIES, key=len, reverse=True):
        if fold(name) in rest:
            found.append(name)
            rest = rest.replace(fold(name), " ")
    return None, tuple(sorted(found))
