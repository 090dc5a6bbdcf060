"""Jobs for the workers of the tests: the sixth file makes trouble, each in its way."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

# The output that a limit of one megabyte must refuse.
TOO_MUCH = 40_000_000


def process_id(path: Path, _max_text: int) -> str:
    time.sleep(0.01)
    return str(os.getpid())


def _troubled(path: Path) -> bool:
    return path.stem == "5"


def die(path: Path, _max_text: int) -> str:
    if _troubled(path):
        os._exit(3)
    return "done"


def kill_itself(path: Path, _max_text: int) -> str:
    if _troubled(path):
        os.kill(os.getpid(), signal.SIGXCPU)
    return "done"


def crash(path: Path, _max_text: int) -> str:
    return "done" if not _troubled(path) else str(1 / 0)


def nest(path: Path, max_text: int) -> str:
    return "done" if not _troubled(path) else nest(path, max_text)


def swell(path: Path, _max_text: int) -> str:
    if _troubled(path):
        bytearray(2_000_000_000)
    return "done"


def talk(path: Path, _max_text: int) -> str:
    return "done" if not _troubled(path) else "x" * TOO_MUCH


def spin(path: Path, _max_text: int) -> str:
    while _troubled(path):
        pass
    return "done"


def work(_path: Path, _max_text: int) -> str:
    end = time.process_time() + 0.8
    while time.process_time() < end:
        pass
    return "done"


def write(path: Path, _max_text: int) -> str:
    path.with_suffix(".out").write_text("x" * 100)
    return "done"
