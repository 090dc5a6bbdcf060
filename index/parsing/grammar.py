"""Cut the text of a letter into questions, answers and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from index.parsing.flow import CLOSED, FlowLine
from index.parsing.headings import Heading, HeadingKind, read_heading, read_numbers

# "1" · "2." · "3 en 4" · "5 t/m 7:" (a number by itself, as older Aanhangsels head questions and answers)
_ALONE = re.compile(r"^\s*(?P<numbers>\d{1,3}(?:(?:\s*,\s*|\s+en\s+|\s+t/m\s+)\d{1,3})*)\s*[.):]?\s*$")
# "1. Bent u bekend met het bericht" · "2) Deelt u de mening" · "3	Kunt u"
_NUMBERED = re.compile(r"^\s*(?P<numbers>\d{1,3})\s*[.):]?[\s\t\u00a0]+(?=[A-ZÀ-Þ«“‘\"'„(])")
# "Antwoord van minister Verhagen (Buitenlandse Zaken) (Ontvangen 3 april 2007)" ·
# "Antwoorden van de staatssecretaris van Financiën (ontvangen 3 maart 2010)"
_ANSWERED_BY = re.compile(
    r"^(?:Antwoord(?:en)?|Mededeling)\s+van\s+(?:de\s+)?(?:minister|staatssecretaris)\b.*ontvangen", re.I | re.S
)
# The title over the answers takes at most so many lines.
_TITLE_LINES = 5
_OPENING, _CLOSING = "«“„", "»”"


class BlockKind(StrEnum):
    """What a block of lines is."""

    PREAMBLE = "preamble"
    QUESTION = "question"
    ANSWER = "answer"
    NOTICE = "notice"


@dataclass(slots=True)
class Block:
    """Lines under one heading.

    ``numbers`` is what the heading says; empty for a bare «Antwoord». ``heading`` holds the
    line, or part of a line, that the heading was printed in.
    """

    kind: BlockKind
    numbers: tuple[int, ...] = ()
    heading: tuple[FlowLine, ...] = ()
    lines: list[FlowLine] = field(default_factory=list)


def cut_blocks(lines: Sequence[FlowLine]) -> list[Block]:
    """Cut the text into blocks at its headings.

    Parameters
    ----------
    lines : sequence of FlowLine
        The text of the letter in reading order.

    Returns
    -------
    list of Block
        In the order of the letter; the first is the preamble (maybe empty). Every line stands
        in exactly one block, as heading or as text.
    """
    reader = _Reader(lines) if _has_question_headings(lines) else _NumberReader(lines)
    return reader.read()


def _has_question_headings(lines: Sequence[FlowLine]) -> bool:
    for line in lines:
        heading = read_heading(line.text)
        asks = heading and heading.kind in (HeadingKind.QUESTION, HeadingKind.BOTH)
        if heading and asks and (heading.sure or heading.numbers[:1] == (1,)):
            return True
    return False


class _Reader:
    """Walks over the lines of a letter whose questions are headed «Vraag n»."""

    def __init__(self, lines: Sequence[FlowLine]) -> None:
        self._lines = lines
        self._headings = [read_heading(line.text) for line in lines]
        self._following = self._next_kinds()
        self._blocks = [Block(BlockKind.PREAMBLE)]
        self._asked: set[int] = set()
        self._answered: set[int] = set()

    def read(self) -> list[Block]:
        for index, line in enumerate(self._lines):
            heading = self._headings[index]
            if heading and self._accepts(index, heading):
                self._open(heading, line)
            else:
                self._blocks[-1].lines.append(line)
        return self._blocks

    def _open(self, heading: Heading, line: FlowLine) -> None:
        numbers = heading.numbers
        if heading.kind is HeadingKind.EXPLANATION:
            kind = BlockKind.PREAMBLE
        elif heading.kind is HeadingKind.NOTICE:
            kind = BlockKind.NOTICE
        elif heading.kind is HeadingKind.ANSWER:
            kind = BlockKind.ANSWER
            self._answered.update(numbers)
        else:
            kind = BlockKind.QUESTION
            numbers = numbers or (max(self._asked, default=0) + 1,)
            self._asked.update(numbers)
        rest = line.slice(heading.length)
        head = line.slice(0, heading.length)
        block = Block(kind, numbers, (head,) if head.text or head.cuts else ())
        if rest.text.strip() or rest.marks:
            block.lines.append(rest)
        self._blocks.append(block)

    def _accepts(self, index: int, heading: Heading) -> bool:
        """Whether the heading-like line is one, seen from where it stands."""
        if heading.kind is HeadingKind.EXPLANATION:
            return self._blocks[-1].kind is not BlockKind.PREAMBLE and self._stands_free(index)
        if not (self._stands_free(index) or self._is_due(index, heading)) or self._in_quotes():
            return False
        if heading.kind is HeadingKind.NOTICE:
            return bool(self._asked)
        if heading.kind is HeadingKind.ANSWER:
            return self._accepts_answer(heading)
        return self._accepts_question(index, heading)

    def _is_due(self, index: int, heading: Heading) -> bool:
        """Whether a line is nothing but the heading that comes next: it needs no full stop before it."""
        text = self._lines[index].text.rstrip()
        if not heading.sure or not heading.numbers or heading.length < len(text) or text.endswith("."):
            return False
        if heading.kind is HeadingKind.ANSWER:
            return set(heading.numbers) <= self._asked - self._answered
        return heading.numbers[0] == max(self._asked, default=0) + 1

    def _accepts_answer(self, heading: Heading) -> bool:
        if not self._asked:
            return False
        if not heading.sure and not set(heading.numbers) <= self._asked:
            return False
        if not heading.numbers and not heading.sure and self._blocks[-1].kind is not BlockKind.QUESTION:
            return False
        repeated = bool(heading.numbers) and set(heading.numbers) <= self._answered
        # A second «Antwoord op vraag 3» within an answer quotes; after a question it is a slip of the pen.
        return not (repeated and self._blocks[-1].kind is not BlockKind.QUESTION)

    def _accepts_question(self, index: int, heading: Heading) -> bool:
        if not heading.numbers:
            return True
        known = set(heading.numbers) <= self._asked
        if not heading.sure:
            return not known and min(heading.numbers) == max(self._asked, default=0) + 1
        # «Vraag 3» said again within an answer is a heading only when an answer follows it.
        return not known or self._following[index] is HeadingKind.ANSWER

    def _next_kinds(self) -> list[HeadingKind | None]:
        """Return for each line of which kind the next heading-like line is."""
        kinds: list[HeadingKind | None] = []
        following: HeadingKind | None = None
        for heading in reversed(self._headings):
            kinds.append(following)
            if heading and heading.kind in (HeadingKind.QUESTION, HeadingKind.ANSWER):
                following = heading.kind
        return kinds[::-1]

    def _stands_free(self, index: int) -> bool:
        """Whether a new piece of text may begin at the line: after a gap, a full stop or a heading."""
        if index == 0 or self._lines[index].opens or self._lines[index].source.bold:
            return True
        before = self._lines[index - 1]
        return bool(CLOSED.search(before.text) or before.marks) or not self._blocks[-1].lines

    def _in_quotes(self) -> bool:
        """Whether a quotation that began in this block is still open."""
        block = self._blocks[-1]
        if block.kind is not BlockKind.ANSWER:
            return False
        text = "".join(line.text for line in block.lines[-40:])
        opened = sum(text.count(sign) for sign in _OPENING)
        return opened > sum(text.count(sign) for sign in _CLOSING)


class _NumberReader(_Reader):
    """Walks over a letter that heads its questions by a number alone.

    Each number is followed by its question and «Antwoord»; or, as in older Aanhangsels, all
    questions come first, and after one «Antwoord», or the title «Antwoord van minister …
    (ontvangen …)», the numbers come again, over the answers.
    """

    def __init__(self, lines: Sequence[FlowLine]) -> None:
        super().__init__(lines)
        self._restarted = False
        for index, line in enumerate(lines):
            if self._headings[index] is None:
                self._headings[index] = self._number_heading(line)
        for index in range(len(lines)):
            if self._headings[index] is None and self._is_title_of_answers(index):
                # A heading of no length: its line stays whole, as the title that it is.
                self._headings[index] = Heading(HeadingKind.ANSWER, (), 0)

    @staticmethod
    def _number_heading(line: FlowLine) -> Heading | None:
        found = _ALONE.match(line.text) or _NUMBERED.match(line.text)
        numbers = read_numbers(found.group("numbers")) if found else None
        return Heading(HeadingKind.QUESTION, numbers, found.end(), sure=False) if found and numbers else None

    def _is_title_of_answers(self, index: int) -> bool:
        """Whether «Antwoord van minister … (ontvangen …)» begins here, with a number 1 under it."""
        if not self._lines[index].text.lstrip().startswith("Antwoord"):
            return False
        end = index + 1
        while end < len(self._lines) and end < index + _TITLE_LINES and self._headings[end] is None:
            end += 1
        below = self._headings[end] if end < len(self._lines) else None
        title = " ".join(line.text for line in self._lines[index:end]).strip()
        first = below is not None and below.kind is HeadingKind.QUESTION and below.numbers[:1] == (1,)
        return first and bool(_ANSWERED_BY.match(title))

    def _accepts_answer(self, heading: Heading) -> bool:
        if heading.length == 0:
            return self._blocks[-1].kind is BlockKind.QUESTION
        # Under numbers that head the answers, «Antwoord 2: …» is quoted.
        quoted = self._restarted and bool(heading.numbers) and self._blocks[-1].kind is BlockKind.ANSWER
        return not quoted and super()._accepts_answer(heading)

    def _open(self, heading: Heading, line: FlowLine) -> None:
        if heading.kind is not HeadingKind.QUESTION:
            self._restarted = False
        elif self._answers_again(heading.numbers):
            if not self._restarted and self._blocks[-1].kind is BlockKind.ANSWER:
                # «Antwoord van minister … (ontvangen …)» between the heading and the first number is title.
                self._blocks[-1].kind = BlockKind.PREAMBLE
            self._restarted = True
            heading = Heading(HeadingKind.ANSWER, heading.numbers, heading.length)
        super()._open(heading, line)

    def _answers_again(self, numbers: tuple[int, ...]) -> bool:
        """Whether numbers that were asked come again, as the heads of their answers."""
        waiting = self._asked - self._answered
        if not waiting or not set(numbers) <= waiting or numbers[0] != min(waiting):
            return False
        block = self._blocks[-1]
        text = " ".join(line.text for line in block.lines).strip()
        titled = bool(_ANSWERED_BY.match(text))
        begins = block.kind is BlockKind.ANSWER and not block.numbers and (titled or not text)
        return self._restarted or (begins and (titled or len(waiting) > 1))

    def _accepts_question(self, index: int, heading: Heading) -> bool:
        if heading.sure or self._answers_again(heading.numbers):
            return True
        expected = max(self._asked, default=0) + 1
        if self._restarted or heading.numbers[0] != expected:
            return False
        return self._asks(index)

    def _asks(self, index: int) -> bool:
        """Whether the text up to the next heading or number asks something; an item of a list does not."""
        text = self._lines[index].text
        for later in range(index + 1, min(index + 60, len(self._lines))):
            if self._headings[later] and self._stands_free(later):
                break
            text += self._lines[later].text
        return "?" in text
