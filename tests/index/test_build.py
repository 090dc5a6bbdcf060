"""Builds: only what changed is done again, and no bad file costs a letter."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from pathlib import Path

import pytest

from index.archive import FORMAT_VERSION, Archive, Generation
from index.build import build_index
from index.encoders.base import Encoder, Progress, TokenEncoder, Vectors
from index.errors import SourceError
from index.lexical import Field
from tests.index.building import WOLVES, Build, Opened, WriteLetter, check_consistent, letter_ids, names


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


def test_the_manifest_says_what_a_generation_was_made_with(build: Build, opened: Opened, letters: Path) -> None:
    build()
    data = json.loads((opened().folder / "manifest.json").read_text(encoding="utf-8"))
    assert (data["model_id"], data["dim"], data["format_version"]) == ("words@1", 32, FORMAT_VERSION)
    assert set(data["letters"]) == {str(letters / "a.txt"), str(letters / "b.txt")}
    assert data["counts"] == {"letters": 2, "pairs": 3, "passages": len(opened().passages.row)}
    assert data["settings"]["window_sentences"] >= 1


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
