"""The records that pass between the stages; frozen, and refused when they contradict themselves.

Reading gives a `Document` of pages of lines; parsing gives a `Letter` of pairs; cutting gives
`Passage`s. Pages are 1-based. Character offsets are 0-based and half open, and count
in the ``text`` of the record that carries them.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """The families of letters, as the JSON contract names them."""

    BRIEF = "brief"
    AANHANGSEL = "aanhangsel"
    MEDEDELING = "mededeling"


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one size on one baseline.

    Parameters
    ----------
    text : str
        The characters, spaces included.
    font_size : float
        In points; 0.0 where the source has no sizes (TXT).
    rise : float
        How far the baseline stands above that of the line, in points; negative below.
    x : float
        Left edge in points from the left of the page.
    width : float
        Up to the right edge, in points; 0.0 where the source has no places.
    bold : bool
        Whether the font is a bold one.
    """

    text: str
    font_size: float = 0.0
    rise: float = 0.0
    x: float = 0.0
    width: float = 0.0
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line, in reading order.

    Parameters
    ----------
    runs : tuple of Run
        Left to right.
    y : float
        Baseline in points from the bottom of the page.
    role : str
        What the source itself says of the line: ``""`` (body), ``"note:3"`` (the text of
        note 3, from a Word file's own notes part), ``"header"``, ``"footer"``, ``"table"``
        (a row of cells), ``"margin"`` (beside the text).
    starts_paragraph : bool
        Whether the source says that a paragraph begins here (Word, or an empty line in TXT);
        a PDF never says so.
    """

    runs: tuple[Run, ...]
    y: float = 0.0
    role: str = ""
    starts_paragraph: bool = False

    @property
    def text(self) -> str:
        """The characters of the whole line."""
        if len(self.runs) == 1:
            return self.runs[0].text
        return "".join(run.text for run in self.runs)

    @property
    def x(self) -> float:
        """Left edge in points from the left of the page."""
        return self.runs[0].x if self.runs else 0.0

    @property
    def right(self) -> float:
        """Right edge in points from the left of the page."""
        return max((run.x + run.width for run in self.runs), default=0.0)

    @property
    def bold(self) -> bool:
        """Whether every word of the line is bold."""
        words = [run for run in self.runs if run.text.strip()]
        return bool(words) and all(run.bold for run in words)

    @property
    def font_size(self) -> float:
        """Size of most of the characters of the line."""
        if len(self.runs) == 1:
            return self.runs[0].font_size
        weights: dict[float, int] = {}
        for run in self.runs:
            weights[run.font_size] = weights.get(run.font_size, 0) + len(run.text.strip())
        return max(weights, key=lambda size: (weights[size], size)) if weights else 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its lines in reading order, its size in points (0 where unknown)."""

    number: int
    lines: tuple[Line, ...]
    width: float = 0.0
    height: float = 0.0

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError(f"pages are numbered from 1, got {self.number}")


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader makes of a file, whatever its format.

    Parameters
    ----------
    source : str
        The file's name without its folder.
    format : str
        ``"pdf"``, ``"docx"`` or ``"txt"``, decided by content.
    sha256 : str
        Of the file's bytes, hexadecimal.
    pages : tuple of Page
        In order.
    warnings : tuple of str
        What could not be read, each one sentence.
    """

    source: str
    format: str
    sha256: str
    pages: tuple[Page, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageStart:
    """From ``offset`` on, the text stands on page ``page_number``."""

    offset: int
    page_number: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A footnote mark that was taken out of the text and stood at ``offset``.

    ``marker`` is the mark as printed: ``"3"``, ``"*"``, or ``"[3]"`` for typed brackets.
    """

    marker: str
    offset: int


@dataclass(frozen=True, slots=True)
class PlacedText:
    r"""Text of the letter with its page numbers and footnote marks.

    Parameters
    ----------
    text : str
        The letter's own words; paragraphs are separated by ``"\n\n"``, rows of a list or
        table by ``"\n"``.
    page_starts : tuple of PageStart
        Ascending offsets; the first is 0 unless the text is empty.
    marks : tuple of Mark
        Ascending offsets in 0..len(text).
    """

    text: str
    page_starts: tuple[PageStart, ...] = ()
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        offsets = [start.offset for start in self.page_starts]
        if offsets != sorted(offsets) or (offsets and offsets[0] != 0):
            raise ValueError(f"page starts must ascend from 0, got {offsets}")
        if any(not 0 <= mark.offset <= len(self.text) for mark in self.marks):
            raise ValueError("a footnote mark stands outside its text")

    @property
    def page_numbers(self) -> list[int]:
        """Pages on which the text stands, ascending, without repeats."""
        return sorted({start.page_number for start in self.page_starts})

    def page_at(self, offset: int) -> int:
        """Page number of the character at ``offset``."""
        index = bisect.bisect_right([start.offset for start in self.page_starts], offset) - 1
        return self.page_starts[max(index, 0)].page_number

    @property
    def markers(self) -> list[str]:
        """Markers in order of appearance, without repeats."""
        return list(dict.fromkeys(mark.marker for mark in self.marks))


@dataclass(frozen=True, slots=True)
class Question(PlacedText):
    """One question of the MP; ``number`` as the letter counts."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class Answer(PlacedText):
    """The minister's answer; ``points_to`` holds the question numbers of «zie het antwoord op vraag 4»."""

    points_to: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """One answer with all the questions that it answers; more than one makes it joint."""

    questions: tuple[Question, ...]
    answer: Answer

    def __post_init__(self) -> None:
        if not self.questions:
            raise ValueError("a pair needs at least one question")

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the questions, in the order of the letter."""
        return tuple(question.number for question in self.questions)


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note with its text; ``referred_in`` says where its mark stands, as ``"answer 3"``."""

    marker: str
    text: str
    page_number: int
    referred_in: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """An MP who asks, with the party where the letter names it."""

    name: str
    party: str | None = None

    @property
    def with_party(self) -> str:
        """``Sjoerdsma (D66)``."""
        return f"{self.name} ({self.party})" if self.party else self.name


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of answers.

    Parameters
    ----------
    source, sha256 : str
        File name and hash of the file that the letter was read from.
    reference : str or None
        The questions' own number, ``2022Z11285``.
    publication : str or None
        ``ah-tk-20232024-1314`` when the Kamer has published it.
    other_references : tuple of str
        Further numbers, such as the ministry's own.
    subject : str
        What stands after «over» in the title, without the note of when it was sent.
    answered_by : tuple of str
        ``"Hoekstra (Buitenlandse Zaken)"``, the signing minister first.
    date_asked, date_answered : str or None
        ISO 8601 dates.
    pairs : tuple of Pair
        In the order of the letter.
    unanswered : tuple of Question
        Questions for which no answer was found.
    unresolved : tuple of str
        Markers in a text whose note the letter does not hold.
    warnings : tuple of str
        What a careful reader would want to check.
    edition : str
        Tells letters apart that share a number but not their answers; usually empty.
    office : str or None
        Of the signing minister, as a citation names it: ``"de minister van Buitenlandse Zaken"``.
    """

    source: str
    sha256: str
    kind: Kind
    reference: str | None
    publication: str | None
    other_references: tuple[str, ...]
    subject: str
    askers: tuple[Person, ...]
    answered_by: tuple[str, ...]
    date_asked: str | None
    date_answered: str | None
    pairs: tuple[Pair, ...]
    unanswered: tuple[Question, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    unresolved: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    edition: str = ""
    office: str | None = None

    @property
    def kenmerk(self) -> str | None:
        """The ministry's own number of the letter: the first further one of a letter that was not published."""
        return None if self.publication else next(iter(self.other_references), None)

    @property
    def letter_id(self) -> str:
        """Stable name of the letter in addresses: Z-number, else ah-tk number, else file stem.

        A notice of delay carries the number of the answers that follow it, and is told
        apart by its kind; any other letter of the same number by its `edition`.
        """
        number = self.reference or self.publication or self.source.rsplit(".", 1)[0]
        kind = "mededeling" if self.kind is Kind.MEDEDELING else ""
        return "-".join(part for part in (number, kind, self.edition) if part)


class View(StrEnum):
    """What of a pair a passage shows to the search."""

    QUESTION = "question"
    BOTH = "both"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Passage:
    """A unit of search that leads to one pair.

    Parameters
    ----------
    pair_id : str
        The pair's identifier, ``2022Z11285/vraag-4``.
    view : View
        Which part of the pair the text shows.
    text : str
        What is encoded, context included.
    start_char, end_char : int
        The part of the answer that the passage shows, in ``answer.text``; both 0 for the
        question view.
    """

    pair_id: str
    view: View
    text: str
    start_char: int = 0
    end_char: int = 0

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError(f"an empty passage of {self.pair_id}")
        if not 0 <= self.start_char <= self.end_char:
            raise ValueError(f"offsets {self.start_char}..{self.end_char} of {self.pair_id}")


def pair_id(letter: Letter, pair: Pair) -> str:
    """Return the stable identifier of a pair: ``2022Z11285/vraag-4`` (its first number).

    A letter that gives a number twice has ``vraag-4`` and ``vraag-4-2``.
    """
    return f"{letter.letter_id}/{pair_name(letter, pair)}"


def pair_name(letter: Letter, pair: Pair) -> str:
    """Return what a pair is called within its letter: ``vraag-4``, or ``vraag-4-2`` for the second of that number."""
    number = pair.numbers[0]
    # By identity: two pairs of one letter can say the same.
    place = next((place for place, other in enumerate(letter.pairs) if other is pair), 0)
    earlier = sum(other.numbers[0] == number for other in letter.pairs[:place])
    return f"vraag-{number}" + (f"-{earlier + 1}" if earlier else "")
