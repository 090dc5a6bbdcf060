"""What serves takes up a newer index by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.archive import Archive
from index.build import build_index
from index.encoders.base import Encoder
from index.errors import IndexMismatchError
from rag import Assistant
from rag.newest import Newest


def test_a_newer_index_is_taken_up_and_a_failing_one_is_not(
    small_index: Path, tmp_path: Path, words_encoder: Encoder, write_letter: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr("rag.newest.SECONDS_BETWEEN_LOOKS", 0.02)
    build_index([write_letter(tmp_path / "treinen.txt")], tmp_path / "index", words_encoder)
    older = Assistant(Archive(small_index).open(), words_encoder)
    newer = Assistant(Archive(tmp_path / "index").open(), words_encoder)
    looked: list[Assistant] = []
    warmed: list[Assistant] = []

    def look(current: Assistant) -> Assistant | None:
        looked.append(current)
        if len(looked) <= 3:
            raise IndexMismatchError("a half index")
        if len(looked) == 4:
            raise RuntimeError("a library failed")
        return newer if current is older else None

    newest = Newest(older, look, warmed.append)
    assert newest() is older
    deadline = time.monotonic() + 10
    while newest() is older:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert newest() is newer
    assert looked[:5] == [older] * 5
    assert warmed == [newer]
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert told == [
        "a newer index cannot be used: a half index",
        "a newer index cannot be used: an error that was not foreseen: RuntimeError",
    ]
