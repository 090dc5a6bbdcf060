"""Places become files: folders are searched, and every file has one name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from index.errors import SourceError
from index.sources import find_sources
from tests.conftest import ROOT
from tests.index.building import names


def test_folders_are_searched_for_letters(tmp_path: Path) -> None:
    for name in ("b.txt", "a.PDF", "deep/c.docx", "README.md", ".hidden.txt", "~$open.docx", "d.doc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.pdf").mkdir()
    assert names(find_sources([tmp_path]).letters) == ["a.PDF", "c.docx", "b.txt"]


def test_a_file_is_taken_as_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "brief").touch()
    assert find_sources([tmp_path / "brief"]).letters == (tmp_path / "brief",)


def test_a_file_has_one_name_however_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").touch()
    monkeypatch.chdir(tmp_path / "in")
    places = [Path("a.txt"), Path("../in"), tmp_path / "in" / ".." / "in" / "a.txt", Path()]
    assert find_sources(places).letters == (tmp_path / "in" / "a.txt",)


def test_a_place_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="gone: no such file or folder"):
        find_sources([tmp_path / "gone"])


def test_a_pdf_is_known_by_its_bytes_whatever_its_name(tmp_path: Path) -> None:
    for name in ("brief.md", "brief", "brief.html"):
        shutil.copy(ROOT / "letters" / "2022Z11285.pdf", tmp_path / name)
    (tmp_path / "README.md").write_text("what these are")
    (tmp_path / "notes.md").write_text("no letter")
    found = find_sources([tmp_path])
    assert names(found.letters) == ["brief", "brief.html", "brief.md"]
    assert names(found.skipped) == ["notes.md"]
