"""A folder of letters, and a build of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.archive import Archive, Generation
from index.build import BuildReport, build_index
from index.encoders.base import Encoder
from tests.index.building import WOLVES, WriteLetter


@pytest.fixture
def letters(tmp_path: Path, write_letter: WriteLetter) -> Path:
    write_letter(tmp_path / "letters" / "a.txt")
    write_letter(tmp_path / "letters" / "b.txt", WOLVES, number="2024Z00002", subject="wolven")
    return tmp_path / "letters"


@pytest.fixture
def build(letters: Path, words_encoder: Encoder) -> Callable[[], BuildReport]:
    return lambda: build_index([letters], letters.parent / "index", words_encoder)


@pytest.fixture
def opened(letters: Path) -> Callable[[], Generation]:
    return lambda: Archive(letters.parent / "index").open()
