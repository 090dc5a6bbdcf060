"""Bring each answer to its questions: joint, far apart, out of order, without a heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.parsing.flow import CLOSED, FlowLine
from index.parsing.grammar import Block, BlockKind
from index.parsing.headings import read_numbers
from index.parsing.words import Joiner, paragraphs
from index.records import Answer, Pair, PlacedText, Question

# "22" · "2, 6 en 8" · "1 t/m 3 en 5"
_LIST = r"\d{1,3}(?:(?:\s*,\s*(?:en\s+)?|\s+en\s+|\s+t/m\s+|\s+tot en met\s+)\d{1,3})*"
# "Zie het antwoord op vraag 22." · "zie ook het antwoord op de vragen 2, 6 en 8"
# "Zie het antwoord op vraag 1 en de antwoorden op de vragen 3 tot en met 5."
_POINTER = re.compile(
    r"\b(?:zie|verwijs\w*|verwezen)\b[^.?!]{0,80}?\b(?:antwoord(?:en)?|beantwoording|vra(?:ag|gen))\s+"
    r"(?:op\s+|van\s+|bij\s+)?(?:de\s+)?(?:vra(?:ag|gen)\s+)?"
    rf"(?P<numbers>{_LIST}(?:(?:\s*,\s*|\s+)(?:en|alsook|evenals)\s[^.?!\d]{{0,60}}?\bvra(?:ag|gen)\s+{_LIST})*)",
    re.I,
)
# A pointer is the answer itself when at most so many characters stand beside it.
_POINTER_ONLY = 140
# "Mededeling van Minister Van Gennip (Sociale Zaken en Werkgelegenheid) (ontvangen 3 juni 2024)."
_NOTICE_TITLE = re.compile(r"^\s*Mededeling\s+van\s+(?:de\s+)?(?:Minister|Staatssecretaris)", re.I)
# "… waarom niet?" · "… «zeer gewenst?»"
_ASKS = re.compile(r"\?[»”’\"')\]]*\s*$")
# "Zo nee, waarom niet?" · "Kunt u dit toelichten?" · "Waarom wel of waarom niet?" · "En zo ja, wanneer?"
_FOLLOW_UP = re.compile(
    r"^\s*(?:(?:En |Of )?(?:zo|indien) (?:ja|nee|neen|niet|dit|dat)\b|Kunt u (?:dit|dat|uw antwoord)\b.{0,30}toelicht|"
    r"Waarom (?:wel|niet)\b|Graag\b)",
    re.I,
)
# "3. Deelt u" · "4) Kunt u"
_OWN_NUMBER = re.compile(r"^\s*(?P<n>\d{1,3})\s*[.):]?[\s\t\u00a0]+(?=[A-ZÀ-Þ«“‘\"'„(])")


@dataclass(slots=True)
class Asked:
    """One question with its lines; ``position`` is that of its block."""

    number: int
    lines: list[FlowLine]
    position: int


@dataclass(slots=True)
class Dialogue:
    """What the blocks of a letter say to each other.

    Parameters
    ----------
    pairs : list of Pair
    unanswered : list of Question
    question_lines, answer_lines, preamble_lines : list of FlowLine
        Which lines (headings included) went where, for the account.
    notice : bool
        Whether a «Mededeling» stands in the place of answers.
    """

    pairs: list[Pair] = field(default_factory=list)
    unanswered: list[Question] = field(default_factory=list)
    question_lines: list[FlowLine] = field(default_factory=list)
    answer_lines: list[FlowLine] = field(default_factory=list)
    preamble_lines: list[FlowLine] = field(default_factory=list)
    notice: bool = False
    warnings: list[str] = field(default_factory=list)


def pair_up(blocks: Sequence[Block], joiner: Joiner) -> Dialogue:
    """Pair the answers of a letter with their questions.

    Parameters
    ----------
    blocks : sequence of Block
        From `grammar.cut_blocks`.
    joiner : Joiner
        Joins the lines of the letter.

    Returns
    -------
    Dialogue
    """
    return _Pairing(blocks, joiner).run()


def answer_with_notice(dialogue: Dialogue, lines: Sequence[FlowLine], joiner: Joiner) -> None:
    """Let a notice of delay from the covering letter stand as the answer of all questions.

    Parameters
    ----------
    dialogue : Dialogue
        Of a letter without answers; changed in place.
    lines : sequence of FlowLine
        The paragraph that gives notice.
    joiner : Joiner
    """
    if not dialogue.unanswered:
        return
    text = joiner.join(paragraphs(lines))
    answer = Answer(text.text, text.page_starts, text.marks)
    dialogue.pairs.append(Pair(tuple(dialogue.unanswered), answer))
    dialogue.unanswered = []
    keys = {(line.key, line.start) for line in lines}
    dialogue.preamble_lines = [line for line in dialogue.preamble_lines if (line.key, line.start) not in keys]
    dialogue.answer_lines += lines


class _Pairing:
    def __init__(self, blocks: Sequence[Block], joiner: Joiner) -> None:
        self._blocks = list(blocks)
        self._joiner = joiner
        self._dialogue = Dialogue()
        self._asked: list[Asked] = []
        # Index of the answer's block -> positions in _asked of the questions that it answers.
        self._answers: dict[int, list[int]] = {}

    def run(self) -> Dialogue:
        self._collect()
        self._match()
        self._split_off_answers()
        self._build()
        return self._dialogue

    def _collect(self) -> None:
        for position, block in enumerate(self._blocks):
            if block.kind is BlockKind.QUESTION:
                self._dialogue.question_lines += [*block.heading, *block.lines]
                parts = _share_out(block, self._dialogue.warnings)
                self._asked += [Asked(number, lines, position) for number, lines in parts]
            elif block.kind is BlockKind.PREAMBLE:
                self._dialogue.preamble_lines += [*block.heading, *block.lines]
            else:
                self._dialogue.answer_lines += [*block.heading, *block.lines]
                self._dialogue.notice |= block.kind is BlockKind.NOTICE

    def _match(self) -> None:
        taken: set[int] = set()
        answers = [p for p, b in enumerate(self._blocks) if b.kind is BlockKind.ANSWER]
        claims = self._claims(answers)
        for position in answers:
            block = self._blocks[position]
            wanted = claims[position]
            found = [i for number in wanted for i in self._nearest(number, position, taken)]
            if not found and not wanted:
                found = self._waiting(position, taken, claims)
            missing = [n for n in wanted if n not in {self._asked[i].number for i in found}]
            if missing and block.numbers:
                self._warn_missing(missing)
            taken.update(found)
            self._answers[position] = sorted(found)
        if any(_NOTICE_TITLE.match(line.text) for line in self._dialogue.preamble_lines):
            self._dialogue.notice = True
            self._find_notice()
        notices = [p for p, b in enumerate(self._blocks) if b.kind is BlockKind.NOTICE and b.lines]
        if notices:
            self._answers[notices[0]] = [i for i in range(len(self._asked)) if i not in taken]

    def _find_notice(self) -> None:
        """Find the text of a notice without a heading: it follows the last question."""
        if not self._asked or any(block.kind is not BlockKind.QUESTION for block in self._blocks[1:]):
            return
        last = self._asked[-1]
        cut = _end_of_question(last.lines)
        if cut is not None:
            text = last.lines[cut:]
            last.lines = last.lines[:cut]
            self._blocks.append(Block(BlockKind.NOTICE, (), (), text))
            self._move_to_answers(text)

    def _move_to_answers(self, lines: Sequence[FlowLine]) -> None:
        keys = {(line.key, line.start) for line in lines}
        asked = self._dialogue.question_lines
        self._dialogue.question_lines = [line for line in asked if (line.key, line.start) not in keys]
        self._dialogue.answer_lines += lines

    def _claims(self, answers: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Return the numbers that each answer is for; a heading that repeats another's number is a slip."""
        claims = {position: self._blocks[position].numbers for position in answers}
        known = {asked.number for asked in self._asked}
        for position in answers:
            numbers = claims[position]
            direct = [a.number for a in self._asked if a.position == position - 1]
            elsewhere = {n for p in answers if p != position for n in self._blocks[p].numbers}
            if not numbers or not direct or set(numbers) & set(direct):
                continue
            repeated = set(numbers) <= elsewhere or not set(numbers) & known
            if repeated and not set(direct) & elsewhere:
                said = _named(numbers)
                self._dialogue.warnings.append(
                    f"the heading «Antwoord {said}» stands under question {_named(direct)} and is read as its answer"
                )
                claims[position] = tuple(direct)
        return claims

    def _free(self, number: int, position: int, taken: set[int]) -> list[int]:
        """Return the questions with this number that wait for an answer, the nearest before it first."""
        found = [i for i, asked in enumerate(self._asked) if asked.number == number and i not in taken]
        return sorted(found, key=lambda i: (self._asked[i].position > position, -self._asked[i].position))

    def _nearest(self, number: int, position: int, taken: set[int]) -> list[int]:
        """Return the free question with this number, and its parts: «Vraag 2a» right before «Vraag 2b»."""
        free = self._free(number, position, taken)
        found = free[:1]
        # A question that the letter lists beforehand and asks again stands apart, or says the same.
        for i in free[1:]:
            nearer = self._asked[found[-1]]
            if i != found[-1] - 1 or nearer.position > position or self._answered_between(i, found[-1]):
                break
            if _told(_printed(self._asked[i].lines)) == _told(_printed(nearer.lines)):
                break
            found.append(i)
        return found

    def _answered_between(self, first: int, last: int) -> bool:
        blocks = self._blocks[self._asked[first].position : self._asked[last].position]
        return any(block.kind is BlockKind.ANSWER for block in blocks)

    def _waiting(self, position: int, taken: set[int], claims: dict[int, tuple[int, ...]]) -> list[int]:
        """Return the questions that a bare «Antwoord» answers: all that wait since the last answer."""
        claimed = {number for numbers in claims.values() for number in numbers}
        before = max((p for p in self._answers if p < position), default=-1)
        waiting = [
            i
            for i, asked in enumerate(self._asked)
            if before < asked.position < position
            and i not in taken
            and asked.number not in claimed
            # A bold question with plain text under it has its answer already.
            and (asked.position == position - 1 or _end_of_bold(asked.lines) is None)
        ]
        # A letter that first lists all questions asks them again one by one: only the last run counts.
        numbers = [self._asked[i].number for i in waiting]
        falls = [i for i in range(1, len(numbers)) if numbers[i] <= numbers[i - 1]]
        return waiting[falls[-1] :] if falls else waiting

    def _warn_missing(self, numbers: Sequence[int]) -> None:
        self._dialogue.warnings.append(f"the answer to question {_named(numbers)} has no question to belong to")

    def _split_off_answers(self) -> None:
        """Find answers without a heading: what follows the question within its own block."""
        answered = {i for found in self._answers.values() for i in found}
        for index, asked in enumerate(self._asked):
            if index in answered or self._dialogue.notice:
                continue
            cut = _end_of_question(asked.lines)
            if cut is None:
                continue
            text = asked.lines[cut:]
            asked.lines = asked.lines[:cut]
            self._blocks.append(Block(BlockKind.ANSWER, (asked.number,), (), text))
            self._answers[len(self._blocks) - 1] = [index]
            self._move_to_answers(text)
            self._dialogue.warnings.append(
                f"the answer to question {asked.number} has no heading; it is read from the text after the question"
            )

    def _build(self) -> None:
        answered: set[int] = set()
        for position in sorted(self._answers, key=self._printed_at):
            indices = self._answers[position]
            text = self._text(self._blocks[position].lines)
            if not indices or not text.text:
                continue
            questions = tuple(self._question(self._asked[i]) for i in indices)
            answer = Answer(text.text, text.page_starts, text.marks, points_to=_pointers(text.text))
            self._dialogue.pairs.append(Pair(questions, answer))
            answered.update(indices)
        open_ones = [self._question(asked) for i, asked in enumerate(self._asked) if i not in answered]
        told = {(q.number, _told(q.text)) for pair in self._dialogue.pairs for q in pair.questions}
        # A question that the letter lists beforehand and then answers is not open.
        self._dialogue.unanswered = [q for q in open_ones if (q.number, _told(q.text)) not in told]

    def _printed_at(self, position: int) -> tuple[float, float, int]:
        """Return where the letter prints an answer; one that was split off stands where its question does."""
        lines = self._blocks[position].lines
        page, line = lines[0].key if lines else (len(self._blocks), 0)
        return page, line, min(self._answers[position], default=len(self._asked))

    def _question(self, asked: Asked) -> Question:
        text = self._text(asked.lines)
        return Question(text.text, text.page_starts, text.marks, number=asked.number)

    def _text(self, lines: Sequence[FlowLine]) -> PlacedText:
        return self._joiner.join(paragraphs(lines))


def _printed(lines: Sequence[FlowLine]) -> str:
    return " ".join(line.text for line in lines)


def _told(text: str) -> str:
    """Return what a question says, whatever its spaces and signs."""
    return re.sub(r"\W", "", text.casefold())


def _share_out(block: Block, warnings: list[str]) -> list[tuple[int, list[FlowLine]]]:
    """Share the lines under one heading among its questions."""
    numbers = block.numbers
    if len(numbers) == 1:
        return [(numbers[0], block.lines)]
    groups = _numbered_groups(block.lines, numbers) or _paragraph_groups(block.lines, len(numbers))
    if groups is None:
        warnings.append(
            f"one text stands under the heading of questions {_named(numbers)}; it is kept whole for each of them"
        )
        return [(number, list(block.lines)) for number in numbers]
    return list(zip(numbers, groups, strict=True))


def _numbered_groups(lines: Sequence[FlowLine], numbers: Sequence[int]) -> list[list[FlowLine]] | None:
    """Cut at the questions' own numbers («3. Deelt u … 4. Kunt u …»), when each has one."""
    groups: list[list[FlowLine]] = []
    for line in lines:
        found = _OWN_NUMBER.match(line.text)
        if found and len(groups) < len(numbers) and int(found.group("n")) == numbers[len(groups)]:
            groups.append([line.slice(found.end())])
        elif groups:
            groups[-1].append(line)
        else:
            return None
    return groups if len(groups) == len(numbers) else None


def _paragraph_groups(lines: Sequence[FlowLine], count: int) -> list[list[FlowLine]] | None:
    """Cut in ``count`` parts where paragraphs begin, at those where a question ends when there are more."""
    starts = [i for i in range(1, len(lines)) if lines[i].opens and lines[i].text.strip()]
    if len(starts) > count - 1:
        starts = [i for i in starts if _ASKS.search(_text_before(lines, i)) and not _FOLLOW_UP.match(lines[i].text)]
    if len(starts) < count - 1:
        starts = _likely_starts(lines, count - 1)
    if len(starts) != count - 1:
        return None
    bounds = [0, *starts, len(lines)]
    return [list(lines[a:b]) for a, b in pairwise(bounds)]


def _text_before(lines: Sequence[FlowLine], index: int) -> str:
    for line in reversed(lines[:index]):
        if line.text.strip():
            return line.text
    return ""


def _likely_starts(lines: Sequence[FlowLine], wanted: int) -> list[int]:
    """Return the lines most likely to begin a question: after a «?», best at the start of a paragraph.

    «Zo nee, waarom niet?» belongs to the question before it.
    """
    found = []
    for i in range(1, len(lines)):
        before, line = lines[i - 1], lines[i]
        if _ASKS.search(before.text) and line.text.lstrip()[:1].isupper():
            found.append((bool(_FOLLOW_UP.match(line.text)), not line.opens, before.source.right, i))
    return sorted(i for _, _, _, i in sorted(found)[:wanted]) if len(found) >= wanted else []


def _end_of_bold(lines: Sequence[FlowLine]) -> int | None:
    """Return where a bold question goes over into text that is not bold, which answers it."""
    groups = [group for group, _ in paragraphs(lines)]
    bold = [all(line.source.bold for line in group) for group in groups]
    if True not in bold or False not in bold[bold.index(True) :]:
        return None
    first = bold.index(False, bold.index(True))
    return sum(len(group) for group in groups[:first])


def _end_of_question(lines: Sequence[FlowLine]) -> int | None:
    """Return where the text under a question goes over into an answer, or None when it does not."""
    bold_end = _end_of_bold(lines)
    if bold_end is not None:
        return bold_end
    groups = [group for group, _ in paragraphs(lines)]
    texts = [" ".join(line.text for line in group).rstrip() for group in groups]
    asking = [index for index, text in enumerate(texts) if _ASKS.search(text)]
    asking = asking or [index for index, text in enumerate(texts) if "?" in text][:1]
    if not asking or not any(CLOSED.search(text) for text in texts[asking[-1] + 1 :]):
        return None
    return sum(len(group) for group in groups[: asking[-1] + 1])


def _pointers(text: str) -> tuple[int, ...]:
    """Return the questions that an answer of little else points to."""
    found = list(_POINTER.finditer(text))
    if not found or len(text) - sum(len(pointer[0]) for pointer in found) > _POINTER_ONLY:
        return ()
    lists = [numbers for pointer in found for numbers in re.findall(_LIST, pointer["numbers"], re.I)]
    return tuple(dict.fromkeys(number for numbers in lists for number in read_numbers(numbers) or ()))


def _named(numbers: Sequence[int]) -> str:
    *first, last = (str(number) for number in numbers)
    return f"{', '.join(first)} and {last}" if first else last
