"""A worker that dies, hangs or swells is that file's error, and no other file's."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from index.errors import KamerantwoordError, LimitError, SourceError
from index.reading import read_document
from index.reading.guard import Limits, read_many, run_many
from index.records import Document
from index.settings import Settings

JOB = "tests.index.reading.jobs:"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.txt" for number in range(12)]
    for number, path in enumerate(paths):
        path.write_text(f"Vraag {number}", encoding="utf-8")
    return paths


def _run(files: list[Path], job: str, limits: Limits | None = None) -> list[str | KamerantwoordError]:
    return [result for _, result in run_many(files, JOB + job, str, limits, workers=2)]


def test_documents_come_back_in_order_and_whole(files: list[Path]) -> None:
    found = list(read_many(files, workers=3))
    assert [path for path, _ in found] == files
    assert [document for _, document in found] == [read_document(path) for path in files]


def test_an_error_is_handed_over_and_the_others_are_read(files: list[Path]) -> None:
    files[3].write_bytes(b"")
    found = [result for _, result in read_many(files, workers=2)]
    assert [isinstance(result, Document) for result in found].count(False) == 1
    assert isinstance(found[3], SourceError)
    assert str(found[3]).startswith("3.txt: an empty file")


def test_the_settings_give_the_limits() -> None:
    settings = Settings(reader_cpu_seconds=7, reader_memory_mb=300, reader_text_mb=2)
    assert Limits.from_settings(settings) == Limits(cpu_seconds=7, memory_mb=300, text_mb=2)
    assert Limits.from_settings(Settings()) == Limits()


def test_workers_are_used_again(files: list[Path]) -> None:
    assert len(set(_run(files, "process_id"))) <= 2


@pytest.mark.parametrize(
    ("job", "error", "said"),
    [
        ("die", SourceError, "the reader stopped on it (code 3)"),
        ("kill_itself", LimitError, "processor time"),
        ("crash", SourceError, "cannot be read (ZeroDivisionError: division by zero)"),
        ("nest", SourceError, "nested without end"),
        ("swell", LimitError, "needs more than 400 MB of memory"),
        ("talk", LimitError, "yields more than 1 MB of text"),
    ],
)
def test_what_happens_to_one_file_is_said_of_that_file(files: list[Path], job: str, error: type, said: str) -> None:
    results = _run(files, job, Limits(cpu_seconds=20, memory_mb=400, text_mb=1))
    assert isinstance(results[5], error)
    assert str(results[5]) == f"5.txt: {results[5].message.removeprefix('5.txt: ')}"
    assert said in str(results[5])
    assert results[:5] + results[6:] == ["done"] * 11


def test_processor_time_is_counted_for_each_file_and_not_for_the_life_of_a_worker(files: list[Path]) -> None:
    results = [result for _, result in run_many(files[:4], f"{JOB}work", str, Limits(cpu_seconds=1), workers=1)]
    assert results == ["done"] * 4


def test_a_file_that_takes_too_long_is_stopped(files: list[Path]) -> None:
    start = time.monotonic()
    results = _run(files, "spin", Limits(cpu_seconds=1))
    assert isinstance(results[5], LimitError)
    assert "more than 1 s of processor time" in str(results[5])
    assert results.count("done") == 11
    assert time.monotonic() - start < 30


def test_no_worker_outlives_its_run(files: list[Path]) -> None:
    numbers = {int(str(number)) for number in _run(files, "process_id")}
    for number in numbers:
        with pytest.raises(ProcessLookupError):
            os.kill(number, signal.SIG_DFL)


def test_a_run_that_is_given_up_ends_its_workers(files: list[Path]) -> None:
    run = run_many(files, f"{JOB}process_id", str, workers=1)
    _, number = next(run)
    run.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(number)), signal.SIG_DFL)


def test_a_worker_may_write_no_file(files: list[Path]) -> None:
    results = _run(files[:1], "write")
    assert isinstance(results[0], SourceError)
    assert not files[0].with_suffix(".out").exists() or files[0].with_suffix(".out").stat().st_size == 0


def test_no_files_give_no_results() -> None:
    assert list(read_many([])) == []
