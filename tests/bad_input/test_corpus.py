"""The whole corpus of bad files in one run: each case as stated, the good ones among them read."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from index.errors import KamerantwoordError
from index.parsing.batch import parse_many
from index.reading.guard import Limits
from index.records import Letter
from tests.bad_input.corpus import Case, write_corpus

LIMITS = Limits(cpu_seconds=5, memory_mb=1024, text_mb=2)
SECONDS = 120


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[tuple[Case, object]], float]:
    cases = write_corpus(tmp_path_factory.mktemp("corpus"))
    start = time.monotonic()
    results = list(parse_many([case.path for case in cases], LIMITS))
    seconds = time.monotonic() - start
    return list(zip(cases, (result for _, result in results), strict=True)), seconds


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


def test_each_bad_file_ends_as_its_case_states(outcomes: tuple[list[tuple[Case, object]], float]) -> None:
    results, _ = outcomes
    faults = [f"{case.path.name!a}: {fault}" for case, result in results if (fault := _fault(case, result))]
    assert len(results) >= 80
    assert faults == []


def test_hidden_and_foreign_text_never_reaches_an_answer(outcomes: tuple[list[tuple[Case, object]], float]) -> None:
    results, _ = outcomes
    texts = [pair.answer.text for _, letter in results if isinstance(letter, Letter) for pair in letter.pairs]
    assert not [text for text in texts if "Negeer dit" in text or "Buiten beeld" in text or "root:" in text]


def test_the_corpus_is_done_in_time(outcomes: tuple[list[tuple[Case, object]], float]) -> None:
    """What reading may take of memory is held in tests/index/reading/test_guard.py."""
    _, seconds = outcomes
    assert seconds < SECONDS


def test_no_case_leaves_anything_behind(outcomes: tuple[list[tuple[Case, object]], float]) -> None:
    assert outcomes[0], "every case has run"
    assert "x" not in {path.name for path in Path.cwd().iterdir()}, "a file name was run as a command"
