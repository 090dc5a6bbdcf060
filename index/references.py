"""Official numbers in a text, with their links and citation forms.

Forms follow Aanwijzingen voor de regelgeving 3.43 (Kamerstukken, Handelingen) and the
addresses of zoek.officielebekendmakingen.nl, tweedekamer.nl and eur-lex.europa.eu. Links
are only written, never opened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

PUBLICATIONS = "https://zoek.officielebekendmakingen.nl"
EUR_LEX = "https://eur-lex.europa.eu/eli"


class ReferenceKind(StrEnum):
    """What a number stands for."""

    QUESTION = "question"
    ANSWER = "answer"
    PAPER = "paper"
    EU_LAW = "eu-law"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Reference:
    """An official number, or a URL, where it stands in a text.

    Parameters
    ----------
    kind : ReferenceKind
    text : str
        As printed.
    start, end : int
        Characters of the text, 0-based, half open.
    key : str
        The same for every way of writing it: ``"2022Z11285"``, ``"ah-tk-20232024-1314"``,
        ``"kst-31865-207"``, ``"reg-2021-821"``, or the URL.
    link : str
        Where it can be read.
    citation : str
        Its official form.
    """

    kind: ReferenceKind
    text: str
    start: int
    end: int
    key: str
    link: str
    citation: str


_YEARS = r"(?P<y1>(?:19|20)\d\d)\s?[-–/]\s?(?P<y2>(?:19|20)?\d\d)"
_NR = r"(?:nrs?\.?|nummer)"

# "2022Z11285" · "kenmerk 2024Z11859"
_QUESTION = re.compile(r"\b(?P<n>(?:19|20)\d\dZ\d{4,6})\b")
# "ah-tk-20232024-1314" · "ah-tk-20192020-3.html"
_PUBLISHED = re.compile(r"\bah-tk-(?P<y>\d{8})-(?P<n>\d{1,5})\b", re.I)
# "kst-31865-207" · "kst-36410-VIII-2"
_PAPER_ID = re.compile(r"\bkst-(?P<dossier>\d{5})(?:-(?P<chapter>[IVXLC]{1,6}|[A-Z]))?-(?P<n>\d{1,5}|[A-Z]{1,2})\b")
# "Aanhangsel Handelingen, vergaderjaar 2023–2024, nr. 594" · "Aanhangsel van de Handelingen II 2023/24, nr. 1314" ·
# "Aanhangsel Handelingen II 2022/23, 1823, item 2, p. 2"
_ANSWER = re.compile(
    r"\bAanhangsel\s+(?:van\s+de\s+|der\s+)?Handelingen,?\s*(?:II|TK|Tweede Kamer)?,?\s*(?:vergaderjaar\s+)?"
    rf"{_YEARS},?\s*(?:{_NR}\s*)?"
    r"(?P<n>\d{1,5})\b(?:,\s*item\s+\d+)?(?P<page>,\s*(?:p|blz)\.\s*\d+)?",
    re.I,
)
# "AH 2000" · "AH 2023/24, nr. 1314" · "AH 1314 (2023-2024)"
_SHORT_ANSWER = re.compile(
    rf"\bAH\s+(?:(?:TK\s+)?{_YEARS},?\s*(?:{_NR}\s*)?)?(?P<n>\d{{1,5}})\b"
    r"(?:\s*\((?P<z1>\d{4})[-–/](?P<z2>\d{2,4})\))?"
)
# "31 865" · "31865" · "21 501-02" · "36 200 IV" · "36410-VIII" · "35 925 VI"
_DOSSIER = (
    r"(?P<dossier>\d{2}[ \u00a0.]?\d{3})(?:\s?[-–]\s?(?P<sub>\d{2})(?!\d))?"
    r"(?:[ \u00a0-]{1,2}(?:hoofdstuk\s+)?(?P<chapter>[IVXLC]{1,6}|[ABCDEFGHJ]))?(?![\w])"
)
# "Kamerstuk 31 865, nr. 207" · "Kamerstukken II 2009/10, 27858, nr. 88, p. 3" · "Kamerstuk 36410-VIII-2" ·
# "Kamerstukken, 2022-2023, 29628, nr. 1135" · "Kamerstukken II2015–16, 34 104, nr. 128" ·
# "Kamerstuk II 28286, nr. 1056"
_PAPER = re.compile(
    r"\bKamerstuk(?:ken)?(?:\s*(?P<house>II?|TK|EK)(?![\w-])|\s*(?P<glued>II?)(?=\d{4}))?,?\s*(?:vergaderjaar\s+)?"
    rf"(?:{_YEARS},?\s*)?{_DOSSIER}(?:\s*,?\s*(?:{_NR}\s*)|\s?[-–]\s?)(?P<n>\d{{1,5}}|[A-Z]{{1,2}})\b"
    r"(?P<page>,\s*(?:p|blz)\.\s*\d+(?:[-–]\d+)?)?",
    re.I,
)
# "Verordening (EU) 2021/821" · "Richtlijn (EU) 2016/680" · "Besluit (GBVB) 2015/1333" ·
# "Uitvoeringsverordening (EU) nr. 282/2011"
_EU_NEW = re.compile(
    r"\b(?P<act>(?:[Uu]itvoerings|[Gg]edelegeerde\s+)?"
    r"(?:[Vv]erordening|[Rr]ichtlijn|[Bb]esluit|Regulation|Directive|Decision))\s+"
    r"\((?P<body>EU|EG|EEG|GBVB|Euratom|EC|EEC)(?:,\s*Euratom)?\)\s*(?P<nr>nr\.?\s*)?(?P<a>\d{1,4})/(?P<b>\d{1,4})\b"
)
# "Richtlijn 95/46/EG" · "Richtlijn 2014/24/EU" · "richtlijn 92/43/EEG"
_EU_OLD = re.compile(
    r"\b(?P<act>[Vv]erordening|[Rr]ichtlijn|[Bb]esluit|[Kk]aderbesluit|Directive|Regulation)\s+(?:nr\.?\s*)?"
    r"(?P<a>\d{2,4})/(?P<b>\d{1,4})/(?P<body>EU|EG|EEG|EC|EEC|GBVB|JBZ|Euratom)\b"
)
# "https://www.movisie.nl/sites/x.pdf" · "www.internetconsultatie.nl/huisvesting_evacuees/b1"
_URL = re.compile(r"(?:https?://|\bwww\.)[^\s<>«»“”\"]+", re.I)
_URL_TAIL = ".,;:!?)]}'’"

_ACTS = {
    "verordening": "reg",
    "regulation": "reg",
    "richtlijn": "dir",
    "directive": "dir",
    "besluit": "dec",
    "decision": "dec",
}


def find_references(text: str) -> list[Reference]:
    """Find every official number and URL in a text.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of Reference
        In the order of the text, without overlaps: of two that overlap the longer stays.

    Examples
    --------
    >>> find_references("zie Kamerstuk 31 865, nr. 207")[0].link
    'https://zoek.officielebekendmakingen.nl/kst-31865-207.html'
    """
    found = [reference for finder in _FINDERS for reference in finder(text)]
    found.sort(key=lambda reference: (reference.start, -reference.end))
    kept: list[Reference] = []
    for reference in found:
        if not kept or reference.start >= kept[-1].end:
            kept.append(reference)
        elif reference.end > kept[-1].end and reference.end - reference.start > kept[-1].end - kept[-1].start:
            kept[-1] = reference
    return kept


def parse_official_number(query: str) -> Reference | None:
    """Return the number that a query consists of, or None when it asks something else.

    Parameters
    ----------
    query : str
        What somebody typed or pasted: a number, a citation or an address.

    Returns
    -------
    Reference or None

    Examples
    --------
    >>> parse_official_number("https://zoek.officielebekendmakingen.nl/ah-tk-20232024-1314.html").key
    'ah-tk-20232024-1314'
    >>> parse_official_number("Wat staat er in 2022Z11285 over China?") is None
    True
    """
    text = query.strip().strip("«»“”\"'")
    url = _URL.fullmatch(text)
    if url:
        inner = [r for finder in (_questions, _published, _paper_ids) for r in finder(text)]
        return inner[0] if inner else None
    found = [reference for reference in find_references(text) if reference.kind is not ReferenceKind.URL]
    if len(found) != 1:
        return None
    rest = (text[: found[0].start] + text[found[0].end :]).strip(" .,;:()")
    # "kenmerk 2022Z11285" · "antwoord op vraag 3" beside the number of a letter
    beside = re.fullmatch(r"(?:kenmerk|nr\.?|zie|vragen?|antwoord(?:\s+op\s+vraag\s+\d+)?)?", rest, re.I)
    return found[0] if beside else None


def answer_link(publication: str) -> str:
    """Return where a published answer (``ah-tk-20232024-1314``) can be read."""
    return f"{PUBLICATIONS}/{publication}.html"


def question_link(reference: str) -> str:
    """Return where published questions (``2022Z11285``) can be read."""
    return f"{PUBLICATIONS}/kv-tk-{reference}.html"


def session(years: str) -> str:
    """Return a vergaderjaar in official form: ``"20232024"`` becomes ``"2023/24"``."""
    return f"{years[:4]}/{years[6:]}"


def answer_citation(publication: str) -> str:
    """Return the official form of a published answer: ``Aanhangsel Handelingen II 2023/24, nr. 1314``."""
    found = _PUBLISHED.fullmatch(publication)
    if not found:
        raise ValueError(f"no number of a published answer: {publication!r}")
    return f"Aanhangsel Handelingen II {session(found.group('y'))}, nr. {int(found.group('n'))}"


def _make(kind: ReferenceKind, found: re.Match[str], key: str, link: str, citation: str) -> Reference:
    return Reference(kind, found.group(0), found.start(), found.end(), key, link, citation)


def _questions(text: str) -> Iterator[Reference]:
    for found in _QUESTION.finditer(text):
        number = found.group("n")
        yield _make(ReferenceKind.QUESTION, found, number, question_link(number), f"Kamervragen {number}")


def _published(text: str) -> Iterator[Reference]:
    for found in _PUBLISHED.finditer(text):
        key = f"ah-tk-{found.group('y')}-{int(found.group('n'))}"
        yield _make(ReferenceKind.ANSWER, found, key, answer_link(key), answer_citation(key))


def _years(first: str, second: str) -> str | None:
    """Return ``20232024`` for 2023 and 24; None when the years do not follow each other."""
    full = second if len(second) == 4 else first[:2] + second
    if first[2:] == "99" and len(second) == 2:
        full = f"{int(first[:2]) + 1}{second}"
    return first + full if int(full) == int(first) + 1 else None


def _answers(text: str) -> Iterator[Reference]:
    for found in _ANSWER.finditer(text):
        years = _years(found.group("y1"), found.group("y2"))
        if years:
            key = f"ah-tk-{years}-{int(found.group('n'))}"
            page = found.group("page") or ""
            yield _make(ReferenceKind.ANSWER, found, key, answer_link(key), answer_citation(key) + page)


def _short_answers(text: str) -> Iterator[Reference]:
    for found in _SHORT_ANSWER.finditer(text):
        first, second = found.group("y1") or found.group("z1"), found.group("y2") or found.group("z2")
        years = _years(first, second) if first and second else None
        number = int(found.group("n"))
        if years:
            key = f"ah-tk-{years}-{number}"
            yield _make(ReferenceKind.ANSWER, found, key, answer_link(key), answer_citation(key))
        elif not first:
            # Without a session the number can be one of many; the search page lists them.
            yield _make(ReferenceKind.ANSWER, found, f"ah-{number}", "", f"Aanhangsel Handelingen II, nr. {number}")


def _paper_ids(text: str) -> Iterator[Reference]:
    for found in _PAPER_ID.finditer(text):
        parts = [found.group("dossier"), found.group("chapter"), found.group("n")]
        key = "kst-" + "-".join(part for part in parts if part)
        dossier = " ".join(part for part in parts[:2] if part)
        yield _make(
            ReferenceKind.PAPER, found, key, f"{PUBLICATIONS}/{key}.html", f"Kamerstukken II, {dossier}, nr. {parts[2]}"
        )


def _papers(text: str) -> Iterator[Reference]:
    for found in _PAPER.finditer(text):
        dossier = re.sub(r"\D", "", found.group("dossier"))
        if found.group("sub"):
            dossier += f"-{found.group('sub')}"
        chapter = (found.group("chapter") or "").upper()
        number = found.group("n").upper()
        key = "kst-" + "-".join(part for part in (dossier, chapter, number) if part)
        house = {"I": "I", "EK": "I"}.get((found.group("house") or found.group("glued") or "II").upper(), "II")
        years = _years(found.group("y1"), found.group("y2")) if found.group("y1") else None
        when = f" {session(years)}" if years else ""
        what = f"{dossier} {chapter}".strip()
        citation = f"Kamerstukken {house}{when}, {what}, nr. {number}{found.group('page') or ''}"
        yield _make(ReferenceKind.PAPER, found, key, f"{PUBLICATIONS}/{key}.html", citation)


def _act(name: str) -> str:
    lowered = name.lower()
    for word, short in _ACTS.items():
        if word in lowered:
            return short
    return "dec_framw"


def _eu_laws(text: str) -> Iterator[Reference]:
    for found in _EU_NEW.finditer(text):
        first, second = found.group("a"), found.group("b")
        # "(EU) nr. 282/2011" has the number first; "(EU) 2021/821" the year.
        turned = bool(found.group("nr")) or (len(second) == 4 and second[:2] in ("19", "20") and len(first) < 4)
        year, number = (second, first) if turned else (first, second)
        kind = _act(found.group("act"))
        if "uitvoering" in found.group("act").lower():
            kind += "_impl"
        elif "gedelegeerde" in found.group("act").lower():
            kind += "_del"
        yield _eu_law(found, kind, year, number)
    for found in _EU_OLD.finditer(text):
        year = found.group("a")
        yield _eu_law(found, _act(found.group("act")), f"19{year}" if len(year) == 2 else year, found.group("b"))


def _eu_law(found: re.Match[str], kind: str, year: str, number: str) -> Reference:
    printed = " ".join(found.group(0).split())
    citation = printed[0].upper() + printed[1:]
    key = f"{kind}-{year}-{int(number)}"
    return _make(ReferenceKind.EU_LAW, found, key, f"{EUR_LEX}/{kind}/{year}/{int(number)}/oj", citation)


def _urls(text: str) -> Iterator[Reference]:
    for found in _URL.finditer(text):
        url = _trimmed(found.group(0))
        end = found.start() + len(url)
        link = url if url.lower().startswith("http") else f"https://{url}"
        yield Reference(ReferenceKind.URL, url, found.start(), end, link, link, url)


def _trimmed(url: str) -> str:
    """Return the URL without the punctuation of the sentence around it; brackets of its own stay."""
    while url and url[-1] in _URL_TAIL:
        if url[-1] == ")" and url.count("(") >= url.count(")"):
            break
        url = url[:-1]
    return url


_FINDERS: tuple[Callable[[str], Iterator[Reference]], ...] = (
    _questions,
    _published,
    _paper_ids,
    _answers,
    _short_answers,
    _papers,
    _eu_laws,
    _urls,
)
