"""5 keep: the folder on disk, a line of generations of which one serves.

::

    .index/
      current                 the name of the generation that serves
      lock                    held by the one build that may write
      generations/000007/
        manifest.json         what this is, and what it was made with
        catalogue.sqlite      letters, pairs, places of passages
        vectors.faiss         passages by meaning
        tokens/               pairs by the meaning of each word, when the model gives it
        words/                pairs by words
        baseline.npy          what the model makes of unrelated texts

A build writes beside the serving generation and switches by renaming one small file, so
a reader never sees half an index and a killed build leaves the old one serving.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from index.baseline import Baseline
from index.catalogue import Catalogue
from index.errors import IndexMismatchError, IndexNotFoundError, KamerantwoordError
from index.lexical import LexicalIndex
from index.stores.faiss import FaissStore
from index.stores.tokens import TokenStore

FORMAT_VERSION = 3
"""Raised whenever an older program could misread a newer index, or the reverse."""

KEPT_GENERATIONS = 2
"""The serving one, and the one before: a reader may be opening it during a switch."""


@dataclass(frozen=True, slots=True)
class LetterEntry:
    """What the manifest says of one source file.

    ``sha256`` is of the file's bytes, ``content`` of its number and the words of its
    pairs; ``same_as`` names the file that is kept instead when two hold the same letter.
    """

    sha256: str
    content: str
    letter_id: str
    pairs: int
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is, and what it was made with.

    Attributes
    ----------
    letters : dict of str to LetterEntry
        By absolute path of the source file.
    settings : dict
        Those that change what a build writes; another value builds everything anew.
    token_dim : int
        Length of the vector of a token; 0 when the model gives none.
    newest : str or None
        Latest date of answer among the letters, ISO 8601.
    """

    model_id: str
    dim: int
    token_dim: int
    settings: dict[str, Any]
    letters: dict[str, LetterEntry] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    newest: str | None = None
    format_version: int = FORMAT_VERSION

    def write(self, path: Path) -> None:
        """Write the manifest as JSON."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"
        # The name of a file is bytes, and need not be UTF-8.
        path.write_text(text, encoding="utf-8", errors="surrogateescape")

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read a manifest.

        Raises
        ------
        IndexMismatchError
            When it is damaged, or of another format version.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8", errors="surrogateescape"))
            version = data["format_version"]
            if version == FORMAT_VERSION:
                data["letters"] = {name: LetterEntry(**entry) for name, entry in data["letters"].items()}
                return cls(**data)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
            raise IndexMismatchError(f"{path}: the manifest is damaged; build the index again") from exc
        raise IndexMismatchError(
            f"{path}: index format {version}, this version reads format {FORMAT_VERSION}; build the index again"
        )


class Generation:
    """One complete index, opened for reading.

    Parameters
    ----------
    folder : Path
        Of the generation.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = Manifest.read(folder / "manifest.json")
        self.catalogue = Catalogue(folder / "catalogue.sqlite")
        self.vectors = FaissStore.open(folder / "vectors.faiss")
        self.tokens = TokenStore.open(folder / "tokens") if self.manifest.token_dim else None
        self.words = LexicalIndex.open(folder / "words")
        self.baseline = Baseline.open(folder / "baseline.npy")
        self.passages = self.catalogue.passage_table()
        if len(self.vectors) != len(self.passages.row):
            raise IndexMismatchError(
                f"{folder}: {len(self.vectors)} vectors for {len(self.passages.row)} passages; build the index again"
            )
        if self.tokens is not None and len(self.tokens.rows) != self.manifest.counts["pairs"]:
            raise IndexMismatchError(
                f"{folder}: vectors of tokens for {len(self.tokens.rows)} pairs of {self.manifest.counts['pairs']}; "
                "build the index again"
            )

    def close(self) -> None:
        """Let the files go."""
        self.catalogue.close()


class Archive:
    """The folder of an index.

    Parameters
    ----------
    folder : Path
        Need not exist before the first build.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def current(self) -> Path | None:
        """Folder of the serving generation, None before the first build."""
        try:
            name = (self.folder / "current").read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        folder = self.folder / "generations" / name
        return folder if name and folder.is_dir() else None

    def open(self) -> Generation:
        """Open the serving generation.

        Raises
        ------
        IndexNotFoundError
            When there is none; says which command makes it.
        IndexMismatchError
            When it is damaged or of another format.
        """
        for last_try in (False, True):
            folder = self.current
            if folder is None:
                raise IndexNotFoundError(
                    f"no index in {self.folder}; make it with: kamerantwoord build letters --index {self.folder}"
                )
            try:
                return Generation(folder)
            except (KamerantwoordError, OSError):
                # A build that finished meanwhile may have cleared this generation away.
                if last_try or self.current == folder:
                    raise
        raise AssertionError("unreachable")

    @contextmanager
    def build(self) -> Iterator[Path]:
        """Give a folder to write the next generation in, and switch to it at the end.

        The folder starts as a copy of the serving generation, or empty. When the block
        raises, or writes no manifest, the folder is thrown away and nothing changes.

        Raises
        ------
        KamerantwoordError
            When another build holds the lock.
        """
        generations = self.folder / "generations"
        generations.mkdir(parents=True, exist_ok=True)
        with self._lock():
            self._clear_unfinished()
            serving = self.current
            number = max((int(path.name) for path in generations.iterdir() if path.name.isdigit()), default=0) + 1
            draft = generations / f"{number:06d}.draft"
            if serving is None:
                draft.mkdir()
            else:
                shutil.copytree(serving, draft)
                (draft / "manifest.json").unlink(missing_ok=True)
            try:
                yield draft
                if (draft / "manifest.json").exists():
                    self._switch(draft)
            finally:
                shutil.rmtree(draft, ignore_errors=True)

    def _switch(self, draft: Path) -> None:
        done = draft.with_suffix("")
        for path in draft.rglob("*"):
            if path.is_file():
                _flush(path)
        draft.rename(done)
        pointer = self.folder / "current.new"
        pointer.write_text(done.name + "\n", encoding="ascii")
        _flush(pointer)
        pointer.replace(self.folder / "current")
        _flush(self.folder)
        generations = sorted(path for path in done.parent.iterdir() if path.name.isdigit())
        for old in generations[:-KEPT_GENERATIONS]:
            shutil.rmtree(old, ignore_errors=True)

    def _clear_unfinished(self) -> None:
        """Throw away what a killed build left; its lock went with its process."""
        for draft in (self.folder / "generations").glob("*.draft"):
            shutil.rmtree(draft)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                raise KamerantwoordError(
                    f"another build is writing to {self.folder}; wait for it to end, then build again"
                ) from exc
            yield


def _flush(path: Path) -> None:
    """Have the file or folder on disk before what follows."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
