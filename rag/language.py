"""Dutch or English? Only these two are asked in, and their commonest words tell."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["nl", "en"]

# ruff: noqa: SIM905  - a list of words reads better as words
ENGLISH = frozenset(
    "the of and to in is are was were do does did has have had will would can could should what when where which who "
    "why how much many for from with by about there their they this that these it its not any been you "
    "your hello hi bye thank thanks good morning".split()
)
DUTCH = frozenset(
    "de het een van en op te is zijn was waren doet hebben heeft had zal zou kan kunnen moet moeten wat wanneer waar "
    "welke wie waarom hoe veel voor uit met door over er hun ze dit dat deze niet geen bij naar aan ook of".split()
)


def is_english(text: str) -> bool:
    """Say whether a question is in English rather than Dutch; a draw is Dutch."""
    words = re.findall(r"\w+", text.casefold())  # "How many judges are there?"
    return sum(word in ENGLISH for word in words) > sum(word in DUTCH for word in words)
