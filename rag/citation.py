"""9 a pair becomes a citation, in every form that people paste.

Forms: Aanwijzingen voor de regelgeving 3.43, ``Aanhangsel Handelingen II 2023/24, nr. 1314``; a letter that
the Kamer has not published is cited as a letter with its ministry's own number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from index.records import Letter, Pair, Question, pair_id
from index.references import answer_citation, answer_link, question_link
from rag.results import Citation, Links

TEX_WORDS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
}


def cite(letter: Letter, pair: Pair) -> Citation:
    """Cite one answer.

    Parameters
    ----------
    letter : Letter
    pair : Pair
        Of that letter.

    Returns
    -------
    Citation
    """
    return Citation(
        official=official_form(letter, pair),
        plain=_plain_form(letter, pair),
        bibtex=_bibtex(letter, pair),
        ris=_ris(letter, pair),
    )


def link(letter: Letter, pair: Pair) -> Links:
    """Return the addresses that belong to an answer; None where the number is not known."""
    return Links(
        letter=answer_link(letter.publication) if letter.publication else None,
        question=question_link(letter.reference) if letter.reference else None,
        permalink=f"/brief/{quote(pair_id(letter, pair))}",
    )


def official_form(letter: Letter, pair: Pair) -> str:
    """Return the official form: ``Aanhangsel Handelingen II 2023/24, nr. 1314, antwoord op vraag 3``."""
    pages = pair.answer.page_numbers
    page = f", p. {pages[0]}" if len(pages) == 1 else f", p. {pages[0]}-{pages[-1]}" if pages else ""
    return f"{_letter_form(letter)}, antwoord op {name_questions(pair.questions)}{page}"


def name_questions(questions: Sequence[Question]) -> str:
    """Return ``vraag 3``, or ``vragen 3, 4 en 5`` for a joint answer."""
    numbers = [str(question.number) for question in questions]
    return f"{'vraag' if len(numbers) == 1 else 'vragen'} {_enumerate(numbers)}"


def _letter_form(letter: Letter) -> str:
    if letter.publication:
        return answer_citation(letter.publication)
    author = f"Brief van {_office(letter)}" if letter.answered_by else "Brief"
    if letter.kenmerk is None and letter.reference is None:
        return f"{author}, {letter.source}"
    kenmerk = f", kenmerk {letter.kenmerk}" if letter.kenmerk else ""
    return f"{author}{kenmerk}" + (f" ({letter.reference})" if letter.reference else "")


def _office(letter: Letter) -> str:
    """Return ``de minister van Buitenlandse Zaken`` from «Hoekstra (Buitenlandse Zaken)»."""
    # "Hoekstra (Buitenlandse Zaken)"
    inside = re.search(r"\(([^()]+)\)\s*$", letter.answered_by[0])
    return letter.office or (f"de minister van {inside[1]}" if inside else letter.answered_by[0])


def _title(letter: Letter) -> str:
    """Return the title as the Kamer writes it: questions of whom, about what."""
    askers = [asker.with_party for asker in letter.askers]
    who = f" van {_enumerate(askers)}" if askers else ""
    about = f" over {letter.subject}" if letter.subject else ""
    return f"Antwoord op vragen{who}{about}"


def _enumerate(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} en {names[-1]}"


def _author(letter: Letter) -> str:
    return letter.answered_by[0] if letter.answered_by else "Regering"


def _plain_form(letter: Letter, pair: Pair) -> str:
    links = link(letter, pair)
    dated = f", {letter.date_answered}" if letter.date_answered else ""
    address = links.letter or links.question
    parts = [f"{_author(letter)}, «{_title(letter)}»{dated}", official_form(letter, pair), address]
    return ", ".join(part for part in parts if part)


def _bibtex(letter: Letter, pair: Pair) -> str:
    links = link(letter, pair)
    fields = {
        # A second pair of braces: a name of an office is not cut in first and last name, a title keeps its capitals.
        "author": f"{{{_escape_bibtex(_author(letter))}}}",
        "title": f"{{{_escape_bibtex(_title(letter))}}}",
        "date": letter.date_answered,
        "number": _escape_bibtex(letter.publication or letter.reference or ""),
        "note": _escape_bibtex(official_form(letter, pair)),
        "url": links.letter or links.question,
    }
    key = re.sub(r"\W+", "-", pair_id(letter, pair))  # 2022Z11285/vraag-4
    rows = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{rows}}}"


def _escape_bibtex(text: str) -> str:
    """Escape what TeX would read as a command; BibTeX counts braces, also those after a backslash."""
    # "Zorg & Welzijn, 30 % van ..."
    return re.sub(r"[#$%&_{}~^\\]", lambda sign: TEX_WORDS.get(sign[0], "\\" + sign[0]), _one_line(text))


def _ris(letter: Letter, pair: Pair) -> str:
    links = link(letter, pair)
    date = (letter.date_answered or "").replace("-", "/")
    rows = [
        ("TY", "GOVDOC"),
        ("AU", _author(letter)),
        ("TI", _title(letter)),
        ("DA", date),
        ("PY", date[:4]),
        ("SN", letter.publication or letter.reference or ""),
        ("N1", official_form(letter, pair)),
        ("UR", links.letter or links.question or ""),
    ]
    return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in rows if value) + "ER  - \r\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
