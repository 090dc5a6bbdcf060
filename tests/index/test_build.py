"""Builds: only what changed is done again, and no bad file, kill or second build costs a letter."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from pathlib import Path

import pytest

from index.archive import FORMAT_VERSION, Archive, Generation
from index.build import BuildReport, build_index, content_key
from index.encoders.base import Encoder, Progress, TokenEncoder, Vectors
from index.errors import KamerantwoordError, SourceError
from index.lexical import Field
from index.records import Letter
from index.sources import find_sources

ROOT = Path(__file__).parent.parent.parent

WriteLetter = Callable[..., Path]

WOLVES = (("Hoeveel wolven leven er op de Veluwe?", "Op de Veluwe leven zeventig wolven."),)


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


Build = Callable[[], BuildReport]
Opened = Callable[[], Generation]


def names(paths: Sequence[Path]) -> list[str]:
    return [path.name for path in paths]


def letter_ids(generation: Generation) -> list[str]:
    return sorted(generation.catalogue.paths())


def check_consistent(generation: Generation) -> None:
    """Hold the parts of an index together: every pair has its words, every passage its vector."""
    table, catalogue = generation.passages, generation.catalogue
    pairs = {pair.row: pair for pair in catalogue.pairs(sorted(set(table.pair.tolist())))}
    assert len(pairs) == catalogue.count_pairs() == generation.manifest.counts["pairs"]
    assert len(table.row) == len(generation.vectors) == generation.manifest.counts["passages"]
    for row, stored in pairs.items():
        question = stored.pair.questions[0].text
        assert row in [found for found, _ in generation.words.search(question, Field.QUESTION, 100)]
        assert {found for found, _ in generation.words.search(question, Field.QUESTION, 100)} <= set(pairs)
    kept = {entry.letter_id for entry in generation.manifest.letters.values() if entry.same_as is None}
    assert kept == set(letter_ids(generation))


class Counting:
    """Count the passages of letters that an encoder is given: those whose progress is told."""

    def __init__(self, encoder: Encoder, model_id: str | None = None) -> None:
        self._encoder, self.model_id = encoder, model_id or encoder.model_id
        self.dim, self.max_tokens = encoder.dim, encoder.max_tokens
        self.passages = 0

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        self.passages += len(texts) if progress is not None else 0
        return self._encoder.encode_passages(texts, progress=progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)


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


def test_a_folder_without_letters_is_said(tmp_path: Path, words_encoder: Encoder) -> None:
    (tmp_path / "letters").mkdir()
    with pytest.raises(SourceError, match=r"no letter in .*letters: expected files that end in \.pdf, \.docx or \.txt"):
        build_index([tmp_path / "letters"], tmp_path / "index", words_encoder)


def test_the_last_letter_goes_too(letters: Path, build: Build, opened: Opened) -> None:
    build()
    for path in letters.iterdir():
        path.unlink()
    report = build()
    assert (len(report.removed), report.letters, report.passages) == (2, 0, 0)
    assert opened().manifest.counts["pairs"] == 0


def test_of_a_letter_that_went_only_its_citation_stays(letters: Path, build: Build, opened: Opened) -> None:
    build()
    wolves = (letters / "b.txt").read_bytes()
    (letters / "b.txt").unlink()
    build()
    left = opened().catalogue.removed("2024Z00002")
    assert left is not None
    assert (left.subject, left.pairs[0].numbers, left.pairs[0].answer.text) == ("wolven", (1,), "")
    (letters / "b.txt").write_bytes(wolves)
    build()
    assert opened().catalogue.removed("2024Z00002") is None


def test_letters_of_a_folder_that_cannot_be_looked_into_stay(
    letters: Path, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = letters / "dicht"
    inner.mkdir()
    (letters / "b.txt").rename(inner / "b.txt")
    build()
    walk = os.walk

    def refuse(folder: Path, onerror: Callable[[OSError], None]) -> Iterator[tuple[str, list[str], list[str]]]:
        onerror(PermissionError(13, "Permission denied", str(inner)))
        yield from (found for found in walk(folder) if not found[0].endswith("dicht"))

    monkeypatch.setattr("index.sources.os.walk", refuse)
    report = build()
    assert (report.letters, report.removed) == (2, [])
    assert "cannot be looked into" in report.failed[inner]


def test_a_file_of_another_kind_is_named(letters: Path, build: Build) -> None:
    (letters / "oud.doc").write_bytes(b"x")
    assert names(build().skipped) == ["oud.doc"]


def test_two_letters_of_one_number_with_other_words_are_said(
    letters: Path, build: Build, write_letter: WriteLetter
) -> None:
    number = "2024Z00001"
    write_letter(letters / "b.txt", [("Hoeveel wolven leven er?", "Elf.")], number=number, subject="wolven")
    warnings = [warning for found in build().warnings.values() for warning in found]
    assert f"another letter has the number {number} and other words; both are kept" in warnings


def test_the_first_build_reads_everything(build: Build, opened: Opened) -> None:
    report = build()
    assert names(report.added) == ["a.txt", "b.txt"]
    assert (report.letters, report.pairs, report.unchanged, report.removed, report.failed) == (2, 3, [], [], {})
    assert letter_ids(opened()) == ["2024Z00001", "2024Z00002"]
    check_consistent(opened())


def test_progress_is_told_by_stage(letters: Path, words_encoder: Encoder) -> None:
    told: list[tuple[str, int, int]] = []
    report = build_index(
        [letters], letters.parent / "index", words_encoder, report_progress=lambda *step: told.append(step)
    )
    assert [step for step in told if step[0] == "read"] == [("read", 1, 2), ("read", 2, 2)]
    assert told[-1] == ("encode", report.passages, report.passages)
    assert [done for stage, done, _ in told if stage == "encode"] == list(range(1, report.passages + 1))


def test_a_second_build_skips_unchanged_letters(letters: Path, words_encoder: Encoder, opened: Opened) -> None:
    encoder = Counting(words_encoder)
    build_index([letters], letters.parent / "index", encoder)
    first, before = encoder.passages, opened().folder
    report = build_index([letters], letters.parent / "index", encoder)
    assert (report.added, names(report.unchanged)) == ([], ["a.txt", "b.txt"])
    assert (report.letters, report.pairs) == (2, 3)
    assert encoder.passages == first
    assert opened().folder == before, "who has the index open can keep it"
    check_consistent(opened())


def test_only_a_changed_letter_is_read_again(
    letters: Path, words_encoder: Encoder, opened: Opened, write_letter: WriteLetter
) -> None:
    encoder = Counting(words_encoder)
    build_index([letters], letters.parent / "index", encoder)
    encoder.passages = 0
    write_letter(letters / "b.txt", [("Hoeveel beren leven er?", "Geen.")], number="2024Z00002", subject="beren")
    report = build_index([letters], letters.parent / "index", encoder)
    assert (names(report.added), names(report.unchanged)) == (["b.txt"], ["a.txt"])
    assert encoder.passages == 3
    letter = opened().catalogue.letter("2024Z00002")
    assert letter is not None
    assert letter.subject == "beren"
    check_consistent(opened())


def test_a_letter_whose_file_is_gone_goes(letters: Path, build: Build, opened: Opened) -> None:
    build()
    (letters / "a.txt").unlink()
    report = build()
    assert names(report.removed) == ["a.txt"]
    assert letter_ids(opened()) == ["2024Z00002"]
    assert opened().words.search("nachttreinen", Field.QUESTION, 10) == []
    check_consistent(opened())


def test_a_renamed_file_is_the_same_letter(letters: Path, build: Build, opened: Opened) -> None:
    build()
    (letters / "a.txt").rename(letters / "z.txt")
    report = build()
    assert (names(report.added), names(report.removed)) == (["z.txt"], ["a.txt"])
    assert letter_ids(opened()) == ["2024Z00001", "2024Z00002"]
    check_consistent(opened())


def test_another_model_encodes_everything_anew(
    letters: Path, build: Build, words_encoder: Encoder, opened: Opened
) -> None:
    build()
    other = Counting(words_encoder, "other@1")
    report = build_index([letters], letters.parent / "index", other)
    assert names(report.added) == ["a.txt", "b.txt"]
    assert other.passages == report.passages
    assert opened().manifest.model_id == "other@1"
    check_consistent(opened())


BAD_FILES = {
    "empty.txt": b"",
    "blank.txt": b" \n\n ",
    "noise.txt": bytes(range(256)) * 20,
    "prose.txt": b"Dit is geen brief met antwoorden.",
    "half.pdf": b"%PDF-1.7\n1 0 obj\n<<",
    "zip.docx": b"PK\x03\x04 and then nothing",
    "old.doc.txt": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "picture.pdf": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
}


def test_bad_files_are_told_and_the_others_are_built(letters: Path, build: Build, opened: Opened) -> None:
    for name, data in BAD_FILES.items():
        (letters / name).write_bytes(data)
    (letters / "nowhere.pdf").symlink_to("gone.pdf")
    (letters / "loop.txt").symlink_to("loop.txt")
    report = build()
    assert sorted(path.name for path in report.failed) == sorted([*BAD_FILES, "nowhere.pdf", "loop.txt"])
    for path, reason in report.failed.items():
        assert path.name in reason
        assert "\n" not in reason
    assert letter_ids(opened()) == ["2024Z00001", "2024Z00002"]
    check_consistent(opened())
    assert set(build().failed) == set(report.failed)


def test_a_file_that_turns_bad_keeps_its_letter(letters: Path, build: Build, opened: Opened) -> None:
    build()
    (letters / "a.txt").write_bytes(b"")
    report = build()
    assert names(list(report.failed)) == ["a.txt"]
    assert letter_ids(opened()) == ["2024Z00001", "2024Z00002"]
    check_consistent(opened())
    assert names(list(build().failed)) == ["a.txt"]


def test_when_nothing_can_be_read_the_index_is_left_alone(
    letters: Path, build: Build, words_encoder: Encoder, opened: Opened, tmp_path: Path
) -> None:
    build()
    before = opened().folder
    (tmp_path / "bad").mkdir()
    for name in ("empty.txt", "half.pdf"):
        (tmp_path / "bad" / name).write_bytes(BAD_FILES[name])
    with pytest.raises(SourceError, match="no file of 2 could be read; the index is left as it was") as caught:
        build_index([tmp_path / "bad"], letters.parent / "index", words_encoder)
    assert [note.split(":")[0] for note in caught.value.__notes__] == ["half.pdf", "empty.txt"]
    assert opened().folder == before
    assert letter_ids(opened()) == ["2024Z00001", "2024Z00002"]


def test_a_letter_without_answers_is_no_hindrance(letters: Path, build: Build, opened: Opened) -> None:
    for path in letters.iterdir():
        path.unlink()
    (letters / "c.txt").write_text(
        "Vragen van het lid Jansen (ABC) over fietsen.\n\nVraag 1\nHoeveel fietsen zijn er?\n"
    )
    report = build()
    assert (report.letters, report.pairs, report.passages) == (1, 0, 0)
    check_consistent(opened())


ODD_NAMES = ["met spatie.txt", "é’«».txt", "-rf.txt", "a;b&c.txt", "nieuwe\nregel.txt", "%s{0}.txt", "#1?.txt"]


def test_the_name_of_a_file_may_be_odd(letters: Path, build: Build, opened: Opened, write_letter: WriteLetter) -> None:
    for place, name in enumerate(ODD_NAMES):
        write_letter(letters / name, WOLVES, number=f"2024Z1000{place}")
    assert build().failed == {}
    paths = opened().catalogue.paths()
    assert [paths[f"2024Z1000{place}"] for place in range(len(ODD_NAMES))] == [
        str(letters / name) for name in ODD_NAMES
    ]
    assert len(build().unchanged) == len(ODD_NAMES) + 2


def test_the_name_of_a_file_need_not_be_utf_8(letters: Path, build: Build, opened: Opened) -> None:
    odd = os.fsencode(letters) + b"/caf\xe9.txt"
    os.rename(os.fsencode(letters / "a.txt"), odd)
    build()
    assert os.fsencode(opened().catalogue.paths()["2024Z00001"]) == odd
    assert len(build().unchanged) == 2
    check_consistent(opened())


# The same letter in two files.


@pytest.fixture
def twins(tmp_path: Path) -> Path:
    """Give a folder with one letter as text and, typeset, as PDF."""
    (tmp_path / "letters").mkdir()
    shutil.copy(ROOT / "letters" / "2022Z11285.pdf", tmp_path / "letters" / "z.pdf")
    return tmp_path / "letters"


def as_text(letter: Letter, path: Path, write_letter: WriteLetter) -> None:
    pairs = [(pair.questions[0].text, pair.answer.text) for pair in letter.pairs]
    write_letter(path, pairs, number="2022Z11285", subject="digitale vervolging")


def test_the_same_letter_in_two_files_is_kept_once_the_pdf_first(
    twins: Path, bundled_letter: Letter, write_letter: WriteLetter, words_encoder: Encoder
) -> None:
    as_text(bundled_letter, twins / "a.txt", write_letter)
    folder = twins.parent / "index"
    report = build_index([twins], folder, words_encoder)
    assert report.same == {twins / "a.txt": twins / "z.pdf"}
    assert (report.letters, names(report.added)) == (1, ["z.pdf"])
    assert Archive(folder).open().catalogue.paths() == {"2022Z11285": str(twins / "z.pdf")}
    check_consistent(Archive(folder).open())

    assert build_index([twins], folder, words_encoder).same == report.same, "it is said again"

    (twins / "z.pdf").unlink()
    report = build_index([twins], folder, words_encoder)
    assert (names(report.added), report.same, report.letters) == (["a.txt"], {}, 1)
    check_consistent(Archive(folder).open())


def test_a_pdf_that_comes_later_takes_the_place_of_the_text(
    twins: Path, bundled_letter: Letter, write_letter: WriteLetter, words_encoder: Encoder
) -> None:
    as_text(bundled_letter, twins / "a.txt", write_letter)
    folder = twins.parent / "index"
    build_index([twins / "a.txt"], folder, words_encoder)
    report = build_index([twins], folder, words_encoder)
    assert report.same == {twins / "a.txt": twins / "z.pdf"}
    assert Archive(folder).open().catalogue.paths() == {"2022Z11285": str(twins / "z.pdf")}
    check_consistent(Archive(folder).open())


def test_a_twin_of_a_file_that_goes_bad_stays_behind_it(
    letters: Path, build: Build, opened: Opened, write_letter: WriteLetter
) -> None:
    write_letter(letters / "twin.txt")
    assert build().same == {letters / "twin.txt": letters / "a.txt"}
    (letters / "a.txt").unlink()
    (letters / "twin.txt").write_bytes(b"")
    build()
    assert letter_ids(opened()) == ["2024Z00002"]
    check_consistent(opened())


def test_spacing_and_signs_make_no_other_letter(make_letter: Callable[..., Letter]) -> None:
    letter = make_letter([("Hoe werkt het ‘systeem’?", "Zo: het werkt.")])
    same = make_letter([("Hoe werkt het  'systeem' ?", "Zo. Het\n\nwerkt")], source="anders.txt")
    other = make_letter([("Hoe werkt het ‘systeem’?", "Zo: het werkt niet.")])
    assert content_key(letter) == content_key(same) != content_key(other)


def test_copies_of_a_letter_without_a_number_are_the_same_letter(make_letter: Callable[..., Letter]) -> None:
    one, copy = (make_letter(reference=None, source=name) for name in ("brief.pdf", "kopie.pdf"))
    assert content_key(one) == content_key(copy) != content_key(make_letter())
    empty = [make_letter([], reference=None, source=name) for name in ("een.pdf", "twee.pdf")]
    assert content_key(empty[0]) != content_key(empty[1])


def test_two_letters_of_one_number_are_both_kept(
    letters: Path, build: Build, opened: Opened, write_letter: WriteLetter
) -> None:
    """A corrected answer carries the number of the first."""
    build()
    write_letter(letters / "c.txt", [("Hoeveel nachttreinen?", "Zes, en niet vijf.")], number="2024Z00001")
    report = build()
    ids = letter_ids(opened())
    assert (report.letters, len(ids)) == (3, 3)
    assert ids[0] == "2024Z00001"
    assert ids[1].startswith("2024Z00001-")
    letter = opened().catalogue.letter(ids[1])
    assert letter is not None
    assert letter.letter_id == ids[1]
    check_consistent(opened())
    assert letter_ids(opened()) == ids
    build()
    assert letter_ids(opened()) == ids


def test_a_build_does_not_depend_on_the_order_of_the_places(
    letters: Path, words_encoder: Encoder, tmp_path: Path
) -> None:
    places = [letters / "a.txt", letters / "b.txt"]
    for name, order in (("one", places), ("two", places[::-1])):
        build_index(order, tmp_path / name, words_encoder)
    one, two = (Archive(tmp_path / name).open() for name in ("one", "two"))
    assert one.manifest == two.manifest
    assert (one.folder / "vectors.faiss").read_bytes() == (two.folder / "vectors.faiss").read_bytes()
    assert list(one.catalogue.letters()) == list(two.catalogue.letters())


# Killed, and two at once: in processes of their own.

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


def test_the_manifest_says_what_a_generation_was_made_with(build: Build, opened: Opened, letters: Path) -> None:
    build()
    data = json.loads((opened().folder / "manifest.json").read_text(encoding="utf-8"))
    assert (data["model_id"], data["dim"], data["format_version"]) == ("words@1", 32, FORMAT_VERSION)
    assert set(data["letters"]) == {str(letters / "a.txt"), str(letters / "b.txt")}
    assert data["counts"] == {"letters": 2, "pairs": 3, "passages": len(opened().passages.row)}
    assert data["settings"]["window_sentences"] >= 1


def test_a_pdf_is_known_by_its_bytes_whatever_its_name(tmp_path: Path) -> None:
    for name in ("brief.md", "brief", "brief.html"):
        shutil.copy(ROOT / "letters" / "2022Z11285.pdf", tmp_path / name)
    (tmp_path / "README.md").write_text("what these are")
    (tmp_path / "notes.md").write_text("no letter")
    found = find_sources([tmp_path])
    assert names(found.letters) == ["brief", "brief.html", "brief.md"]
    assert names(found.skipped) == ["notes.md"]


def test_tokens_stay_with_their_pairs_when_letters_come_change_and_go(
    letters: Path, write_letter: WriteLetter, word_tokens_encoder: TokenEncoder
) -> None:
    folder = letters.parent / "index"
    build_index([letters], folder, word_tokens_encoder)
    write_letter(letters / "c.txt", [("Waar staat het hek?", ""), ("Hoe hoog?", "Twee meter.")], number="2024Z00007")
    build_index([letters], folder, word_tokens_encoder)
    (letters / "a.txt").unlink()
    write_letter(letters / "b.txt", [("Hoeveel wolven leven er?", "Er leven negen wolven.")], number="2024Z00008")
    build_index([letters], folder, word_tokens_encoder)
    grown = Archive(folder).open()
    build_index([letters], letters.parent / "fresh", word_tokens_encoder)
    fresh = Archive(letters.parent / "fresh").open()
    _, question = word_tokens_encoder.encode_query_tokens("Hoeveel wolven, hoe hoog is het hek?")

    def compared(generation: Generation) -> dict[str, list[float]]:
        assert generation.tokens is not None
        rows = generation.tokens.rows
        best = generation.tokens.compare(question, rows).T.tolist()
        pairs = generation.catalogue.pairs(rows.tolist())
        return {pair.pair_id: scores for pair, scores in zip(pairs, best, strict=True)}

    assert len(compared(grown)) == grown.manifest.counts["pairs"]
    assert compared(grown) == compared(fresh)


@pytest.mark.parametrize("tokens_first", [True, False])
def test_the_same_model_with_tokens_and_without_builds_anew(
    letters: Path, words_encoder: Encoder, word_tokens_encoder: TokenEncoder, *, tokens_first: bool
) -> None:
    same = copy(word_tokens_encoder)
    same.model_id = words_encoder.model_id
    folder = letters.parent / "index"
    for encoder in (same, words_encoder) if tokens_first else (words_encoder, same):
        build_index([letters], folder, encoder)
        generation = Archive(folder).open()
        assert (generation.tokens is not None) is (encoder is same)
        check_consistent(generation)
