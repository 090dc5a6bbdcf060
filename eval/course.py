"""What the model is taught with: the pairs of the training letters, and what is asked about them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from eval.names import Names, resolve_qrels
from eval.sets import EvalSet
from index.parsing.batch import parse_many
from index.passages import WINDOW_SENTENCES, split_sentences
from index.records import Letter, pair_id
from index.sources import find_sources

LETTERS_AT_ONCE = 4
QUESTIONS_OF_A_LETTER = 15
PAIRS_OF_A_LETTER = 7
FEWEST_QUESTIONS = 8
ALIKE = 0.5
"""Share of the batches whose letters are on neighbouring subjects: there the right letter is hardest to tell."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Lesson:
    """One pair of a training letter, and which letter it is of."""

    letter: str
    subject: str
    question: str
    answer: str

    def view(self, name: str) -> str:
        """Return the pair as the search sees it, or its answer alone."""
        if name == "answer":
            return self.answer
        if name == "question":
            return f"{self.subject}: {self.question}"
        if name == "both":
            return f"{self.subject}: {self.question} {self.answer}"
        sentences = split_sentences(self.answer)
        first = random.randrange(max(1, len(sentences) - WINDOW_SENTENCES + 1))
        window = sentences[first : first + WINDOW_SENTENCES]
        return f"{self.subject}: {self.answer[window[0].start : window[-1].end] if window else ''}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A training question with the numbers of the lessons that answer it."""

    text: str
    right: frozenset[int]


@dataclass(slots=True)
class Course:
    """All lessons, and what is asked about each letter; under ``""`` what is asked about none."""

    lessons: list[Lesson] = field(default_factory=list)
    of_letter: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))

    def add(self, questions: EvalSet) -> None:
        """Add the letters of a set and its training questions."""
        assert questions.letters is not None
        parsed = [letter for _, letter in parse_many(find_sources([questions.letters]).letters)]
        letters = [letter for letter in parsed if isinstance(letter, Letter)]
        numbers = self._add_letters(letters)
        names = Names(letters)
        qrels = resolve_qrels(questions, names)
        for query in questions.of_split("train").queries:
            right = frozenset(numbers[each] for each in qrels.get(query.id, ()))
            text = " ".join((*query.previous, query.text))
            near = names.letter(query.near) if query.near else None
            for letter in {self.lessons[number].letter for number in right} or {near.letter_id if near else ""}:
                self.asked[letter].append(Asked(text, right))

    def _add_letters(self, letters: Sequence[Letter]) -> dict[str, int]:
        numbers = {}
        for letter in letters:
            for pair in letter.pairs:
                numbers[pair_id(letter, pair)] = len(self.lessons)
                self.of_letter[letter.letter_id].append(len(self.lessons))
                question = " ".join(part.text for part in pair.questions)
                self.lessons.append(Lesson(letter.letter_id, letter.subject, question, pair.answer.text))
        return numbers

    @property
    def letters(self) -> list[str]:
        """The letters that enough is asked about."""
        return [letter for letter, asked in self.asked.items() if letter and len(asked) >= FEWEST_QUESTIONS]

    def batches(self, near: Mapping[str, Sequence[str]]) -> Iterator[tuple[list[int], list[Asked]]]:
        """Yield without end: the lessons of a few letters, with questions on them.

        Parameters
        ----------
        near : mapping of str to sequence of str
            The letters most like each letter; a share `ALIKE` of the batches is of letters that are alike.
        """
        letters = self.letters
        while True:
            random.shuffle(letters)
            for start in range(0, len(letters) - LETTERS_AT_ONCE + 1, LETTERS_AT_ONCE):
                together = letters[start : start + LETTERS_AT_ONCE]
                if random.random() < ALIKE:
                    together = [together[0], *some(near[together[0]], LETTERS_AT_ONCE - 1)]
                yield self._batch(together)

    def _batch(self, letters: Sequence[str]) -> tuple[list[int], list[Asked]]:
        shown: list[int] = []
        asked: list[Asked] = []
        for letter in letters:
            own = some(self.of_letter[letter], PAIRS_OF_A_LETTER)
            shown += own
            known = [each for each in self.asked[letter] if not each.right or each.right & set(own)]
            asked += some(known, QUESTIONS_OF_A_LETTER)
        shown += sorted({number for each in asked for number in each.right} - set(shown))
        return shown, asked + some(self.asked[""], 2)


def some(items: Sequence[Item], count: int) -> list[Item]:
    """Return as many items, at random, or all when there are fewer."""
    return random.sample(items, min(count, len(items)))


def misspell(text: str) -> str:
    """Return one text in eight with a letter swapped, lost or doubled, or in small letters."""
    if len(text) < 12 or random.random() > 0.12:
        return text
    place = random.randrange(1, len(text) - 2)
    before, here, after = text[:place], text[place], text[place + 1 :]
    return random.choice(
        (before + after[0] + here + after[1:], before + after, before + here + here + after, text.lower())
    )
