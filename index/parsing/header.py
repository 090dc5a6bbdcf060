"""Read who asked whom, when, about what, and under which numbers."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.parsing.askers import asking_part, read_askers
from index.parsing.flow import FlowLine
from index.parsing.signers import answering_part, read_answerers, read_office, read_signers
from index.parsing.words import Joiner, paragraphs
from index.records import Kind, Person

MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
    "december",
)  # fmt: skip
_DATE = rf"(?P<day>\d{{1,2}})\s+(?P<month>{'|'.join(MONTHS)})\s+(?P<year>\d{{4}})"

# "(ingezonden 6 maart 2024)" · "Deze vragen werden ingezonden op 7 juni 2022" · "Ingezonden d.d. 5 mei 2023"
_ASKED = re.compile(rf"\bingezonden\s+(?:op\s+|d\.?d\.?\s+)?{_DATE}", re.I)
# "In antwoord op uw brief van 5 juli 2024" · "uw brief d.d. 5 juli 2024" · "vragen gesteld op 5 juli 2024"
_ASKED_LETTER = re.compile(rf"\b(?:brief|verzoek|schrijven|gesteld|toegezonden)\s+(?:van|d\.?d\.?|op)\s+{_DATE}", re.I)
# "(ontvangen 25 maart 2024)" · "Ontvangen: 25 maart 2024"
_ANSWERED = re.compile(rf"\bontvangen:?\s+(?:op\s+)?{_DATE}", re.I)
# "Datum	16 mei 2024" · "Datum: 3 juni 2024" · "Den Haag, 3 juni 2024" · "'s-Gravenhage, 3 juni 2024"
_DATED = re.compile(rf"^\s*(?:datum\b\s*:?|(?:den haag|['’]s-gravenhage),?)\s*{_DATE}\s*$", re.I)
# "Datum" above "28 mei 2024"
_DATE_LABEL = re.compile(r"^\s*datum\s*:?\s*$", re.I)
_DATE_ALONE = re.compile(rf"^\s*{_DATE}\s*$", re.I)

# "2022Z11285" · "kenmerk 2024Z11859"
Z_NUMBER = re.compile(r"\b(?P<year>(?:19|20)\d\d)Z(?P<n>\d{4,6})\b")
# "ah-tk-20232024-1314"
_PUBLICATION = re.compile(r"\bah-tk-(\d{8})-(\d{1,5})\b", re.I)
# "Vergaderjaar 2023–2024"
_SESSION = re.compile(r"\bvergaderjaar\s+(\d{4})\s*[-–]\s*(\d{4})", re.I)
# "1907" (above the title of a publication)
_LONE_NUMBER = re.compile(r"^\s*(\d{1,4})\s*$")
# "Zie ook Aanhangsel Handelingen, vergaderjaar 2023–2024, nr. 594."
_SEE_ALSO = re.compile(
    r"Aanhangsel\s+(?:van de\s+)?Handelingen,?\s+vergaderjaar\s+(\d{4})\s*[-–]\s*(\d{4}),\s+nr\.?\s*(\d+)", re.I
)
# "uw brief van 8 maart 2024, nr. 5293107" · "met kenmerk 2022Z11285" · "(kenmerk 2024Z00012)"
_INCOMING = re.compile(r"(?:\bnr\.?|\bnummer|\bkenmerk)\s*:?\s+(?P<number>(?=[\w/.-]*\d{3})[A-Z0-9][\w/.-]*\w)", re.I)
# "Ons kenmerk" · "Onze referentie" · "Uw kenmerk" · "Uw brief (kenmerk)" · "Kenmerk:"
_NUMBER_LABEL = re.compile(
    r"^\s*(?:(?:ons|uw|onze)\s+(?:kenmerk|referentie)|uw brief\s*\(kenmerk\)|kenmerk)\s*:?\s*(?P<rest>.*)$", re.I
)
# "5164758" · "BZDOC-1386274699-54" · "2024-0000123456" · "DGP / 24187243"
_CODE = re.compile(r"^(?=.*\d{3})[A-Z0-9][A-Z0-9 ./_-]{3,40}$", re.I)

# "Aanhangsel van de Handelingen" · "vergaderjaar 2023–2024, Aanhangsel 2"
_PUBLISHED = re.compile(
    r"Aanhangsel van de Handelingen|vergaderjaar \d{4}[-–]\d{4}, Aanhangsel|\bah-tk-\d{8}-\d+", re.I
)
# "Antwoorden van de minister van Buitenlandse Zaken op vragen" · "Beantwoording van de vragen van het lid" ·
# "Vragen van"
TITLE = re.compile(
    r"^\s*(?:Antwoord(?:en)?\s+(?:van|op)|(?:Beantwoording|Beantwoorden|Antwoorden)\s+(?:van\s+)?(?:de\s+)?(?:\w+\s+)?(?:[Kk]amer)?[Vv]ragen|"
    r"BEANTWOORDING|ANTWOORDEN|Vragen van|Kamervragen van|\d{4}Z\d+)"
)
# "Vragen van het lid Erkens (VVD) aan de Minister"
TITLE_OF_PUBLICATION = re.compile(r"^\s*(?:\d{4}Z\d+\s*)?Vragen van\b")
# "aan de Minister van Buitenlandse Zaken over ontwikkelingen in Jemen"
_ABOUT = re.compile(r"(?:^|\s)(?:over|inzake|betreffende)\s+(?P<subject>.+)$", re.S)
# "Onderwerp	Beantwoording Kamervragen" · "Betreft: …"
_SUBJECT_LABEL = re.compile(r"^\s*(?:onderwerp|betreft)\s*:?\s*(?P<rest>.*)$", re.I | re.S)
# Where the words of a subject end: "… (ingezonden 6 maart 2024)." · "… worden beantwoord zoals" · ". Deze vragen" ·
# ". Antwoord van" · "jeugdzorg, kenmerk 2024Z08112" · "jeugdzorg, nr. 2024Z08112" · "jeugdzorg kenmerk 2024Z08112"
_SUBJECT_END = re.compile(
    r"\s*(?:\(\s*ingezonden\b|\(\s*\d{4}Z\d+|,?\s+(?:worden|zijn)\s+beantwoord|,?\s+(?:die\s+)?(?:werden\s+|zijn\s+)?ingezonden\b|"
    r"\.\s+(?:Deze|De|Met|Hierbij|Mede|Ik|In|Uw|Antwoord(?:en)?\s+van)\b|"
    r"[,;]\s+(?:(?:ons|uw)\s+)?kenmerk\b|[,;]\s+(?:nr\.?\s+|nummer\s+)?\d{4}Z\d|\s+kenmerk\s*:?\s+\d{4}Z\d|"
    r",?\s+deel ik\b|,?\s+met kenmerk\b|\s*\(kenmerk\b|,?\s+zoals\b.{0,20}\baangegeven).*$",
    re.I | re.S,
)
# "kunnen niet binnen de gebruikelijke termijn worden beantwoord" · "Uitstel beantwoording"
_DELAY = re.compile(
    r"niet binnen de (?:gebruikelijke|gestelde) termijn|uitstel (?:van )?(?:de )?beantwoording|uitstelbericht", re.I
)


@dataclass(frozen=True, slots=True)
class Header:
    """The facts about a letter that stand outside its questions and answers.

    The fields are those of `Letter`; ``title_lines`` are the lines that the title and numbers
    stand on, for the account; ``delay_lines`` the paragraph that says that answers come later.
    """

    kind: Kind
    reference: str | None
    publication: str | None
    other_references: tuple[str, ...]
    subject: str
    askers: tuple[Person, ...]
    answered_by: tuple[str, ...]
    office: str | None
    date_asked: str | None
    date_answered: str | None
    delay_lines: tuple[FlowLine, ...]
    title_lines: tuple[FlowLine, ...]


def read_header(preamble: Sequence[FlowLine], furniture: Sequence[FlowLine], joiner: Joiner, *, notice: bool) -> Header:
    """Read the facts about a letter.

    Parameters
    ----------
    preamble : sequence of FlowLine
        What stands before the first question: covering letter and title.
    furniture : sequence of FlowLine
        Margins, headers and footers hold numbers and dates too.
    joiner : Joiner
    notice : bool
        Whether a «Mededeling» stands in the place of answers.

    Returns
    -------
    Header
    """
    return _HeaderReader(preamble, furniture, joiner).read(notice)


class _HeaderReader:
    def __init__(self, preamble: Sequence[FlowLine], furniture: Sequence[FlowLine], joiner: Joiner) -> None:
        self._preamble = preamble
        starts = [i for i, line in enumerate(preamble) if self._is_title(line)] or [len(preamble)]
        # A publication opens with its title; a letter names its subject in the letterhead, and has the
        # title above the questions.
        start = (
            starts[0]
            if TITLE_OF_PUBLICATION.match(preamble[starts[0]].text if preamble[starts[0] :] else "")
            else starts[-1]
        )
        self._title_lines = tuple(preamble[start:])
        self._above_title = tuple(preamble[:start])
        self._cover = joiner.join([(preamble[:start], "")]).text
        self._title = joiner.join([(preamble[start:], "")]).text
        self._beside = list(furniture)
        self._everything = " ".join((self._cover, self._title, *(line.text for line in furniture)))
        self._published = bool(_PUBLISHED.search(self._everything))

    @staticmethod
    def _is_title(line: FlowLine) -> bool:
        return bool(TITLE.match(line.text)) and line.source.role != "header"

    def read(self, notice: bool) -> Header:
        source = self._title if asking_part(self._title) else self._cover
        labelled = self._labelled_subject()
        if not asking_part(source) and asking_part(labelled):
            source = labelled
        publication = self._publication()
        return Header(
            kind=Kind.MEDEDELING if notice else Kind.AANHANGSEL if self._published else Kind.BRIEF,
            reference=self._reference(),
            publication=publication,
            other_references=self._other_references(publication),
            subject=self._subject(source, labelled),
            askers=read_askers(source) or read_askers(labelled) or read_askers(self._cover),
            answered_by=self._answerers(),
            office=read_office(self._title, [line.text for line in self._preamble]),
            date_asked=self._asked(),
            date_answered=self._answered(),
            delay_lines=self._delay_lines(),
            title_lines=self._title_lines,
        )

    def _delay_lines(self) -> tuple[FlowLine, ...]:
        for group, _ in paragraphs(self._preamble):
            if _DELAY.search(" ".join(" ".join(line.text for line in group).split())):
                return tuple(group)
        return ()

    def _reference(self) -> str | None:
        # The covering sentence names the questions' number; a title may carry it too.
        for text in (self._cover, self._title, *(line.text for line in self._beside)):
            found = Z_NUMBER.search(text)
            if found:
                return found.group(0)
        return None

    def _publication(self) -> str | None:
        found = _PUBLICATION.search(self._everything)
        if found:
            return f"ah-tk-{found.group(1)}-{int(found.group(2))}"
        session = _SESSION.search(self._everything)
        if not self._published or not session:
            return None
        # The number stands above the title; higher up stands the «2» of the Tweede Kamer.
        for line in reversed(self._above_title):
            alone = _LONE_NUMBER.match(line.text)
            if alone:
                return f"ah-tk-{session.group(1)}{session.group(2)}-{int(alone.group(1))}"
        return None

    def _other_references(self, publication: str | None) -> tuple[str, ...]:
        # The ministry's own number comes first: a letter that is not published is cited by it.
        found = self._labelled_numbers()
        found += [match.group("number") for match in _INCOMING.finditer(self._cover)] if not self._published else []
        found += [match.group(0) for match in Z_NUMBER.finditer(f"{self._cover} {self._title}")][1:]
        found += [f"ah-tk-{a}{b}-{int(n)}" for a, b, n in _SEE_ALSO.findall(self._title)]
        reference = self._reference()
        return tuple(dict.fromkeys(number for number in found if number not in (reference, publication)))

    def _labelled_numbers(self) -> list[str]:
        lines = [line.text for line in (*self._preamble, *self._beside)]
        found: list[str] = []
        for index, text in enumerate(lines):
            label = _NUMBER_LABEL.match(text)
            if not label:
                continue
            value = (
                label.group("rest").strip() or (lines[index + 1].strip() if index + 1 < len(lines) else "")
            ).rstrip(".")
            if _CODE.match(value):
                found.insert(0 if text.lstrip().lower().startswith("on") else len(found), value)
        return found

    def _subject(self, source: str, labelled: str) -> str:
        for text in (source, labelled):
            rest = asking_part(text)
            after = rest.after if rest else ""
            found = _ABOUT.search(after)
            if found:
                return _tidy_subject(found.group("subject"))
        return _tidy_subject(labelled)

    def _labelled_subject(self) -> str:
        lines = [line.text for line in (*self._preamble, *self._beside)]
        for index, text in enumerate(lines):
            label = _SUBJECT_LABEL.match(text)
            if label:
                rest = label.group("rest").strip()
                return rest or (lines[index + 1].strip() if index + 1 < len(lines) else "")
        return ""

    def _answerers(self) -> tuple[str, ...]:
        part = answering_part(self._title)
        answerers = read_answerers(part) if part else ()
        signers = read_signers([line.text for line in self._preamble])
        return _merge(answerers, signers)

    def _asked(self) -> str | None:
        for pattern in (_ASKED, _ASKED_LETTER):
            for text in (self._title, self._cover):
                found = pattern.search(text)
                if found:
                    return iso_date(found)
        return None

    def _answered(self) -> str | None:
        found = _ANSWERED.search(self._title)
        if found:
            return iso_date(found)
        # The date of the first page counts; running heads of later pages may be older drafts.
        for lines in (self._preamble, self._beside):
            for index, line in enumerate(lines):
                dated = _DATED.match(line.text.replace("\t", " "))
                if not dated and _DATE_LABEL.match(line.text) and index + 1 < len(lines):
                    dated = _DATE_ALONE.match(lines[index + 1].text)
                if dated:
                    return iso_date(dated)
        return None


def _merge(answerers: tuple[str, ...], signers: tuple[str, ...]) -> tuple[str, ...]:
    """Join what the title says of offices with what the signature says of names."""
    if answerers and any("(" in name for name in answerers):
        return answerers
    helpers = tuple(name for name in answerers if name.startswith("mede namens"))
    return signers + helpers if signers else answerers


def _tidy_subject(text: str) -> str:
    text = " ".join(_SUBJECT_END.sub("", text).split())
    return text[:-1].rstrip() if text.endswith(".") and not text.endswith("..") else text


def iso_date(found: re.Match[str]) -> str | None:
    """Return a Dutch date as ISO 8601, or None when no such day exists."""
    month = MONTHS.index(found.group("month").lower()) + 1
    try:
        return datetime.date(int(found.group("year")), month, int(found.group("day"))).isoformat()
    except ValueError:
        return None
