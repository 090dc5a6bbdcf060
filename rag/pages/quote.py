"""Words that people copy: a quotation with its source in one line."""

from __future__ import annotations

from rag.results import Hit


def name_speaker(hit: Hit) -> str:
    """Return ``minister Hoekstra (Buitenlandse Zaken)``, as far as the letter says."""
    letter = hit.letter
    speaker = letter.answered_by[0] if letter.answered_by else "Regering"
    # "de staatssecretaris van Justitie en Veiligheid"
    words = (letter.office or "de minister").split()
    role = words[1] if len(words) > 1 else words[0]
    return f"{role} {speaker}" if letter.answered_by else speaker


def quoted_words(hit: Hit) -> str:
    """Return the sentence that fits best, or the whole answer where none stands out."""
    chosen = hit.answer.text[hit.highlight.start : hit.highlight.end] or hit.answer.text
    return " ".join(chosen.split())


def source_of_quote(hit: Hit, address: str) -> str:
    """Return what follows the quotation: who, the official form, where to read it.

    Parameters
    ----------
    hit : Hit
    address : str
        Our own address of the pair, whole; used when the letter is not published.
    """
    speaker = name_speaker(hit)
    place = hit.links.letter or address
    return f"{speaker[:1].upper()}{speaker[1:]}, {hit.citation.official}, {place}"


def quote(hit: Hit, address: str) -> str:
    """Return «the sentence» — who, the official form, where to read it."""
    return f"«{quoted_words(hit)}» — {source_of_quote(hit, address)}"
