"""The folder on disk: a reader never sees half an index, and a damaged one is refused by name."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index.archive import FORMAT_VERSION, Archive, LetterEntry, Manifest
from index.build import build_index
from index.encoders.base import Encoder
from index.errors import IndexMismatchError, IndexNotFoundError, KamerantwoordError

WriteLetter = Callable[..., Path]


@pytest.fixture
def archive(small_index: Path, tmp_path: Path) -> Archive:
    """Give an archive of one's own, to break."""
    shutil.copytree(small_index, tmp_path / "index")
    return Archive(tmp_path / "index")


def serving(archive: Archive) -> Path:
    assert archive.current is not None
    return archive.current


def test_without_an_index_the_command_that_makes_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError, match=f"kamerantwoord build letters --index {tmp_path}"):
        Archive(tmp_path).open()


def test_a_manifest_comes_back_as_it_went_in(tmp_path: Path) -> None:
    name = os.fsdecode(b"/brieven/caf\xe9 \xf0\x9f\x93\x84.pdf")
    letters = {name: LetterEntry("aa", "bb", "2024Z00001", 3), "/brieven/b.txt": LetterEntry("c", "d", "e", 1, name)}
    manifest = Manifest("model@1", 32, 8, {"window_sentences": 2}, letters, {"letters": 1}, "2024-01-31")
    manifest.write(tmp_path / "manifest.json")
    assert Manifest.read(tmp_path / "manifest.json") == manifest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        "null",
        '{"format_version": VERSION}',
        '{"format_version": VERSION, "letters": []}',
        '{"format_version": VERSION, "letters": {"a.pdf": {"sha": 1}}}',
        '{"format_version": VERSION, "letters": {}, "model_id": "x", "dim": 3, "settings": {}, "colour": "blue"}',
    ],
)
def test_a_damaged_manifest_is_refused(archive: Archive, text: str) -> None:
    path = serving(archive) / "manifest.json"
    path.write_text(text.replace("VERSION", str(FORMAT_VERSION)), encoding="utf-8")
    with pytest.raises(IndexMismatchError, match=r"manifest\.json: the manifest is damaged; build the index again"):
        archive.open()


def test_an_index_of_another_format_is_refused(archive: Archive) -> None:
    path = serving(archive) / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8")) | {"format_version": 99, "letters": "in another form"}
    path.write_text(json.dumps(data), encoding="utf-8")
    expected = f"index format 99, this version reads format {FORMAT_VERSION}; build the index again"
    with pytest.raises(IndexMismatchError, match=expected):
        archive.open()


@pytest.mark.parametrize("name", ["manifest.json", "catalogue.sqlite", "vectors.faiss", "words"])
@pytest.mark.parametrize("how", ["gone", "other bytes"])
def test_a_damaged_part_is_refused_and_a_build_makes_it_anew(
    archive: Archive, words_encoder: Encoder, small_index: Path, name: str, how: str
) -> None:
    part = serving(archive) / name
    for path in list(part.iterdir()) if part.is_dir() else [part]:
        data = path.read_bytes()
        if how == "gone":
            path.unlink()
        else:
            path.write_bytes(data[: len(data) // 2] if how == "half" else bytes(255 - byte for byte in data))
    with pytest.raises(IndexMismatchError, match="build the index again"):
        archive.open()

    build_index([small_index.parent / "letters"], archive.folder, words_encoder)
    assert archive.open().manifest.counts["letters"] == 3


def test_vectors_of_another_build_are_refused(archive: Archive, words_encoder: Encoder, tmp_path: Path) -> None:
    """Each file is sound by itself, but they do not belong together."""
    letters = next(iter(archive.open().manifest.letters))
    build_index([Path(letters)], tmp_path / "other", words_encoder)
    other = serving(Archive(tmp_path / "other"))
    shutil.copy(other / "vectors.faiss", serving(archive) / "vectors.faiss")
    with pytest.raises(IndexMismatchError, match=r"\d+ vectors for \d+ passages; build the index again"):
        archive.open()


def test_a_pointer_to_nowhere_is_no_index(archive: Archive) -> None:
    for text in ("000099\n", "", "\n"):
        (archive.folder / "current").write_text(text, encoding="ascii")
        assert archive.current is None
    (archive.folder / "current").write_bytes(b"\xff\xfe")
    assert archive.current is None


def test_what_is_written_serves_only_after_the_block(archive: Archive) -> None:
    before = serving(archive)
    with archive.build() as draft:
        shutil.copy(before / "manifest.json", draft)
        assert archive.current == before
        assert archive.open().folder == before
    assert serving(archive) != before
    assert archive.open().manifest.counts["letters"] == 3


def test_a_draft_starts_as_a_copy_of_what_serves(archive: Archive) -> None:
    with archive.build() as draft:
        names = {path.name for path in draft.iterdir()}
    assert names == {"baseline.npy", "catalogue.sqlite", "vectors.faiss", "words"}


def test_a_draft_that_raises_changes_nothing(archive: Archive) -> None:
    before = serving(archive)

    def fail() -> None:
        with archive.build() as draft:
            shutil.copy(before / "manifest.json", draft)
            (draft / "vectors.faiss").write_bytes(b"half")
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        fail()
    assert serving(archive) == before
    assert not list(archive.folder.rglob("*.draft"))
    assert archive.open().manifest.counts["letters"] == 3


def test_a_draft_without_manifest_changes_nothing(archive: Archive) -> None:
    before = serving(archive)
    with archive.build():
        pass
    assert serving(archive) == before


def test_two_builds_at_once_are_refused(archive: Archive) -> None:
    refused = pytest.raises(KamerantwoordError, match=r"another build is writing to .*index")
    with archive.build(), refused, archive.build():
        pass
    with archive.build():
        pass


def test_the_generation_before_is_kept_for_who_reads_it(archive: Archive) -> None:
    reader = archive.open()
    manifest = reader.folder / "manifest.json"
    with archive.build() as draft:
        shutil.copy(manifest, draft)
    assert [pair.letter.reference for pair in reader.catalogue.pairs([1])]
    for _ in range(3):
        with archive.build() as draft:
            shutil.copy(serving(archive) / "manifest.json", draft)
    assert len(list((archive.folder / "generations").iterdir())) == 2


def test_strange_files_in_the_folder_do_no_harm(archive: Archive) -> None:
    (archive.folder / "generations" / ".DS_Store").write_bytes(b"x")
    (archive.folder / "generations" / "old").mkdir()
    with archive.build() as draft:
        shutil.copy(serving(archive) / "manifest.json", draft)
    assert archive.open().manifest.counts["letters"] == 3
    assert (archive.folder / "generations" / "old").exists()


def test_a_reader_that_comes_during_the_switch_gets_the_new_one(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pointer was read, then the build finished and cleared the generation away."""
    stale = serving(archive)
    for _ in range(2):
        with archive.build() as draft:
            shutil.copy(serving(archive) / "manifest.json", draft)
    new = serving(archive)
    stale.mkdir(exist_ok=True)
    answers = iter([stale])
    real = Archive.current.fget
    assert real is not None
    monkeypatch.setattr(Archive, "current", property(lambda self: next(answers, None) or real(self)))
    assert archive.open().folder == new
