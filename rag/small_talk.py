"""What is said to anyone who says hello: one friendly line, no hit."""

from __future__ import annotations

import re

from index.ministries import fold
from rag.language import is_english

GREETING = (
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
SMALL_TALK = re.compile(rf"(?:(?:{GREETING}|{IDENTITY}|daar|there)\b[\s,.!?]*)+")

NOTICE_NL = (
    "Hallo! Dit is een zoekmachine voor antwoorden van ministers op Kamervragen. "
    "Stel een vraag in gewone woorden; u krijgt het antwoord van de minister woord voor woord, met de bron."
)
NOTICE_EN = (
    "Hello! This searches the answers of Dutch ministers to parliamentary questions. "
    "Ask in plain words; you get the minister's own answer, word for word, with its source."
)


def reply_to_small_talk(query: str) -> str | None:
    """Return one friendly line when a query asks nothing, in its own language; else None."""
    text = fold(query)
    if not SMALL_TALK.fullmatch(text):
        return None
    return NOTICE_EN if is_english(text) or text.startswith(("hello", "hi", "thank", "good ", "bye")) else NOTICE_NL
