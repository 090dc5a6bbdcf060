"""The whole corpus of bad files in one run: each case as stated, the good ones among them read."""

from __future__ import annotations

import time
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.errors import KamerantwoordError
from index.parsing.batch import parse_many
from index.reading.guard import Limits
from index.records import Letter
from tests.bad_input.corpus import Case, write_corpus

LIMITS = Limits(cpu_seconds=5, memory_mb=1024, text_mb=2)
SECONDS = 120


@dataclass(frozen=True)
class Outcome:
    """What came of the whole corpus: each case with its result, the time, and the files that were made."""

    results: list[tuple[Case, object]]
    seconds: float
    made: set[Path]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("corpus")
    cases = write_corpus(folder)
    here = tmp_path_factory.mktemp("here")
    before = set(folder.rglob("*"))
    with chdir(here):
        start = time.monotonic()
        results = [result for _, result in parse_many([case.path for case in cases], LIMITS)]
        seconds = time.monotonic() - start
    made = {*folder.rglob("*"), *here.rglob("*")} - before
    return Outcome(list(zip(cases, results, strict=True)), seconds, made)


def _fault(case: Case, result: object) -> str | None:
    """Return what is wrong with an outcome, or None."""
    if isinstance(result, KamerantwoordError):
        message = str(result)
        if "\n" in message or not message.isprintable():
            return f"more than one printable line: {message!r}"
        return None if case.expected in message else f"expected {case.expected!r}, got {message!r}"
    assert isinstance(result, Letter)
    if case.expected != "letter":
        return f"expected {case.expected!r}, but it was read"
    if len(result.pairs) != case.pairs:
        return f"{len(result.pairs)} answers, expected {case.pairs}; {result.warnings}"
    return None if case.warning in " ".join(result.warnings) else f"no warning {case.warning!r} in {result.warnings}"


def test_each_bad_file_ends_as_its_case_states(outcome: Outcome) -> None:
    faults = [f"{case.path.name!a}: {fault}" for case, result in outcome.results if (fault := _fault(case, result))]
    assert len(outcome.results) >= 80
    assert faults == []


def test_hidden_and_foreign_text_never_reaches_an_answer(outcome: Outcome) -> None:
    texts = [pair.answer.text for _, letter in outcome.results if isinstance(letter, Letter) for pair in letter.pairs]
    assert not [text for text in texts if "Negeer dit" in text or "Buiten beeld" in text or "root:" in text]


def test_the_corpus_is_done_in_time(outcome: Outcome) -> None:
    """What reading may take of memory is held in tests/index/reading/test_guard.py."""
    assert outcome.seconds < SECONDS


def test_no_case_leaves_anything_behind(outcome: Outcome) -> None:
    """Not even the one whose name holds a command, «$(touch x).txt»."""
    assert outcome.made == set()
