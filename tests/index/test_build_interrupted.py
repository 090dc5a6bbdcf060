"""Builds that are killed, and two at once: in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import KamerantwoordError
from tests.conftest import ROOT
from tests.index.building import WOLVES, Build, Opened, WriteLetter, check_consistent, letter_ids, names

SLOW_BUILD = """
import sys, time
from pathlib import Path
import numpy as np
from index.build import build_index

class Slow:
    model_id, dim, max_tokens = "words@1", 32, 60
    def count_tokens(self, texts):
        return [len(text.split()) + 2 for text in texts]
    def encode_passages(self, texts, *, progress=None):
        print("encoding", flush=True)
        time.sleep(60)

build_index([Path(sys.argv[1])], Path(sys.argv[2]), Slow())
"""


@pytest.fixture
def slow_build(letters: Path) -> Callable[[], subprocess.Popen[str]]:
    """Return a function that starts a build and returns while it is encoding."""

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SLOW_BUILD, str(letters), str(letters.parent / "index")],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "encoding\n"
        return process

    return start


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT], ids=lambda kill: kill.name)
def test_a_killed_build_leaves_the_old_index_serving(
    letters: Path,
    build: Build,
    opened: Opened,
    write_letter: WriteLetter,
    slow_build: Callable[[], subprocess.Popen[str]],
    kill: signal.Signals,
) -> None:
    build()
    before = opened().folder
    write_letter(letters / "c.txt", WOLVES, number="2024Z00003", subject="wolven")
    with slow_build() as process:
        assert opened().folder == before, "a reader sees the old index during a build"
        process.send_signal(kill)
    assert process.returncode != 0
    assert opened().folder == before
    assert letter_ids(opened()) == ["2024Z00001", "2024Z00002"]

    assert names(build().added) == ["c.txt"]
    assert letter_ids(opened()) == ["2024Z00001", "2024Z00002", "2024Z00003"]
    assert not list((letters.parent / "index").rglob("*.draft"))
    check_consistent(opened())


def test_a_killed_first_build_leaves_no_index(
    build: Build, opened: Opened, slow_build: Callable[[], subprocess.Popen[str]]
) -> None:
    with slow_build() as process:
        process.kill()
    with pytest.raises(KamerantwoordError, match="no index in"):
        opened()
    build()
    check_consistent(opened())


def test_a_second_build_at_once_is_refused(
    letters: Path,
    build: Build,
    opened: Opened,
    write_letter: WriteLetter,
    slow_build: Callable[[], subprocess.Popen[str]],
) -> None:
    build()
    write_letter(letters / "c.txt", WOLVES, number="2024Z00003", subject="wolven")
    with slow_build() as process:
        try:
            started = time.monotonic()
            with pytest.raises(KamerantwoordError, match=r"another build is writing to .*; wait for it to end"):
                build()
            assert time.monotonic() - started < 10
            assert letter_ids(opened()) == ["2024Z00001", "2024Z00002"]
        finally:
            process.kill()
    build()
    check_consistent(opened())
