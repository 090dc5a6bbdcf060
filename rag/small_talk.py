"""Whoever says hello or asks who is there gets a friendly line, and no hit."""

from __future__ import annotations

import re

from index.ministries import fold

HELLO = (
    r"hallo|hoi|hey|hi|hello|goedemorgen|goedemiddag|goedenavond|goedendag|good (?:morning|afternoon|evening)"
    r"|dag|doei|bye|dank ?(?:je|u)?(?: ?wel)?|bedankt|thanks?|thank you|test|help"
)
IDENTITY = (
    r"(?:wie|wat) (?:ben|bent|is) (?:je|jij|u|dit)(?: precies| eigenlijk)?"
    r"|wat (?:kun|kan|doe|doet) (?:je|jij|u|dit)(?: allemaal)?(?: doen)?"
    r"|hoe (?:gaat het|werkt dit|werk je)(?: met (?:je|jou|u))?|ben je een (?:robot|mens|computer)"
    r"|who are you|what (?:are you|is this|can you do)|how (?:are you|does this work)|are you (?:a robot|human)"
)

# "Hallo!", "hoi, wie ben je?", "Goedemorgen. Wat kun je doen?", "thanks"
SMALL_TALK = re.compile(rf"(?:(?:{HELLO}|{IDENTITY}|daar|there)\b[\s,.!?]*)+")


def is_small_talk(query: str) -> bool:
    """Say whether a query asks nothing."""
    return SMALL_TALK.fullmatch(fold(query)) is not None
