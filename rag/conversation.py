"""6 what is being asked, given the turns before it.

An elliptical question («en in Rusland?») is searched together with the question before
it; one that stands on its own is left alone. No text is generated: the words searched are the asker's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# "En wie voegen gemeenten daar zelf nog aan toe?"  "Maar in het buitenland komen ze daar toch van terug?"
OPENING = re.compile(r"\s*(en|maar|of|dus|and|but|so|what about|how about|hoe zit het met|geldt dat)\b", re.IGNORECASE)

# "Wil hij daar zelf meer de leiding in nemen?"  "Wordt de wet daarom aangepast?"  "Waarom dan niet gewoon twee bedden?"
POINTER = re.compile(
    r"\b(hij|zij|ze|hem|hun|hen|deze|(daar|hier)(van|voor|mee|bij|over|om|aan|tegen|door|uit|op)?|er(van|voor|mee|bij|over|aan|tegen)"
    r"|dan (toch|ook|niet|wel|helemaal)|toch wel|it|they|them|those|these|he|she)\b",
    re.IGNORECASE,
)

# "Kan dat ooit één grote databank worden?"  "Is this allowed?"; not "Klopt het bericht dat boeren moeten stoppen?"
POINTER_NEAR_START = re.compile(r"\s*(\w+\s+){1,2}(dat|die|dit|that|this)\b(?!\s+(er|de|het|een)\b)", re.IGNORECASE)

SHORT_QUESTION_WORDS = 12
"""A pointing word in a longer question usually points inside that question."""


def resolve(query: str, previous: Sequence[str]) -> str:
    """Return the words to search for.

    Parameters
    ----------
    query : str
    previous : sequence of str
        Earlier questions of the conversation, oldest first.

    Returns
    -------
    str
        `query` itself when it stands on its own, else the last question before it and `query`.
    """
    if not previous or not is_elliptical(query):
        return query
    return f"{previous[-1].strip()} {query.strip()}"


def is_elliptical(query: str) -> bool:
    """Say whether a question leans on the one before it."""
    if OPENING.match(query):
        return True
    is_short = len(query.split()) <= SHORT_QUESTION_WORDS
    return is_short and bool(POINTER.search(query) or POINTER_NEAR_START.match(query))
