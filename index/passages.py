"""3 cut: a letter becomes the passages that are searched, several views on each pair.

The unit of an answer is the pair; a passage only leads to it. A long answer is
shown whole (as far as the model reads) and in windows of whole sentences.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import sentencex

from index.records import Letter, Pair, Passage, View, pair_id

CountTokens = Callable[[Sequence[str]], list[int]]

WINDOW_SENTENCES = 2
"""Sentences in a window: one loses what «dit» and «daarnaast» lean on, three find no more (docs/retrieval.md)."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence at ``start``..``end`` of its answer, surrounding white space left out."""

    start: int
    end: int


def split_sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text in order; they cover everything but white space.

    A full stop before a small letter ends no sentence («o.a. door», «5,4 mln. euro»), so
    such parts are joined again.
    """
    sentences: list[Sentence] = []
    for start, end in _segments(text):
        begin, stop = _strip(text, start, end)
        if begin >= stop:  # white space only
            continue
        if sentences and text[begin].islower() and "\n" not in text[sentences[-1].end : begin]:
            sentences[-1] = Sentence(sentences[-1].start, stop)
        else:
            sentences.append(Sentence(begin, stop))
    return sentences


def _segments(text: str) -> Iterator[tuple[int, int]]:
    """Cut at line ends first: a row of a list or table is never part of its neighbour."""
    start = 0
    for line in text.splitlines(keepends=True):
        position = start
        for part in sentencex.segment("nl", line):
            yield position, position + len(part)
            position += len(part)
        start += len(line)


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def cut_letter(letter: Letter, count_tokens: CountTokens, max_tokens: int) -> list[Passage]:
    """Cut all pairs of a letter into passages.

    Parameters
    ----------
    letter : Letter
    count_tokens : callable
        Tokens per text, as the encoder counts them.
    max_tokens : int
        Longest passage; a longer view ends after its last whole sentence that fits.

    Returns
    -------
    list of Passage
        Pairs in the order of the letter; per pair question, both, then windows. Each begins with the letter's
        subject: what is asked later in a letter often does not say again what it is about.
    """
    fit = _Fit(count_tokens, max_tokens)
    return [passage for pair in letter.pairs for passage in _cut_pair(letter, pair, fit)]


def _cut_pair(letter: Letter, pair: Pair, fit: _Fit) -> Iterator[Passage]:
    identifier = pair_id(letter, pair)
    answer = pair.answer
    question = " ".join(part.text for part in pair.questions)
    sentences = split_sentences(answer.text)

    def passage(view: View, context: str, span: Sentence) -> Passage | None:
        end = fit.last_end(context, answer.text, span, sentences)
        text = f"{context} {answer.text[span.start : end]}".strip()
        return Passage(identifier, view, text, span.start, end) if text else None

    subject = f"{letter.subject}: " if letter.subject else ""
    yield Passage(identifier, View.QUESTION, fit.cut(f"{subject}{question}"))
    if not sentences:
        return
    whole = Sentence(sentences[0].start, sentences[-1].end)
    views = [(View.BOTH, fit.cut_half(f"{subject}{question}"), whole)]
    views += [(View.WINDOW, fit.cut_half(subject).strip(), window) for window in _windows(sentences)]
    for view, context, span in views:
        cut = passage(view, context, span)
        if cut is not None:
            yield cut


def _windows(sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    for first in range(max(1, len(sentences) - WINDOW_SENTENCES + 1)):
        last = min(first + WINDOW_SENTENCES, len(sentences)) - 1
        yield Sentence(sentences[first].start, sentences[last].end)


class _Fit:
    """Keep texts within what the model reads, cutting between sentences and else between words."""

    def __init__(self, count_tokens: CountTokens, max_tokens: int) -> None:
        self._count, self._max = count_tokens, max_tokens

    def cut(self, text: str) -> str:
        return self._cut_words(text, self._max)

    def cut_half(self, text: str) -> str:
        return self._cut_words(text, self._max // 2)

    def _fits(self, text: str, limit: int) -> bool:
        # A token is at least one character of the normalised text (and "passage: " costs a few), which spares
        # counting. Normalised, because «㈱» alone is three.
        return len(unicodedata.normalize("NFKC", text)) + 8 <= limit or self._count([text])[0] <= limit

    def _cut_words(self, text: str, limit: int) -> str:
        if self._fits(text, limit):
            return text
        return text[: _last(lambda end: self._fits(text[:end], limit), _word_ends(text), range(1, len(text)))]

    def last_end(self, context: str, text: str, span: Sentence, sentences: Sequence[Sentence]) -> int:
        """Return the end of the last sentence of `span` that fits after `context`.

        Of a sentence longer than the model reads, its beginning still leads to the pair.
        """

        def fits(end: int) -> bool:
            return self._fits(f"{context} {text[span.start : end]}", self._max)

        ends = [sentence.end for sentence in sentences if span.start < sentence.end <= span.end]
        first = text[span.start : ends[0]]
        words = [span.start + end for end in _word_ends(first)]
        return _last(fits, ends, words, range(span.start + 1, ends[0]))


def _word_ends(text: str) -> list[int]:
    return [word.end() for word in re.finditer(r"\S+", text)]  # «Op dit moment is er»


def _last(fits: Callable[[int], bool], *choices: Sequence[int]) -> int:
    """Return the last end that fits, of the first choice of ends of which any does."""
    for ends in choices:
        low, high = 0, len(ends)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if fits(ends[middle - 1]) else (low, middle - 1)
        if low:
            return ends[low - 1]
    return choices[-1][0] if choices[-1] else choices[0][0]
