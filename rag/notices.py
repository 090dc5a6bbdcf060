"""Lines for the asker beside the hits, in both languages of ours."""

from __future__ import annotations

from dataclasses import dataclass

from rag.language import Language


@dataclass(frozen=True, slots=True)
class Notice:
    """One line, in Dutch and in English."""

    nl: str
    en: str

    def told_in(self, language: Language) -> str:
        """Return the line in one language."""
        return self.en if language == "en" else self.nl


GREETING = Notice(
    "Hallo! Dit is een zoekmachine voor antwoorden van ministers op Kamervragen. "
    "Stel een vraag in gewone woorden; u krijgt het antwoord van de minister woord voor woord, met de bron.",
    "Hello! This searches the answers of Dutch ministers to parliamentary questions. "
    "Ask in plain words; you get the minister's own answer, word for word, with its source.",
)


def nothing_chosen(undated: int) -> Notice:
    """Return what is said when no letter meets the filters; `undated` letters were passed over for want of a date."""
    nl = "Geen brief voldoet aan deze keuze, dus is er niets doorzocht."
    en = "No letter meets this choice, so nothing was searched."
    if undated:
        nl += f" Bij {undated} staat geen datum van het antwoord."
        en += f" {undated} of them state no date of answer."
    return Notice(nl, en)


def not_there(words: str) -> Notice:
    """Return what is said when a number or a phrase in quotes stands in no letter that was searched."""
    return Notice(
        f"«{words}» staat in geen van de doorzochte brieven.",
        f"“{words}” is in none of the letters that were searched.",
    )
