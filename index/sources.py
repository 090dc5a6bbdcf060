"""1 read: which files of the places that a build is given are letters."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import SourceError

SUFFIXES = (".pdf", ".docx", ".txt")
"""Files of a folder that are tried by their name; the content decides how each is read."""

HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Sources:
    """What stands in the places that a build is given.

    Attributes
    ----------
    places : tuple of Path
        As given.
    letters : tuple of Path
        The files to read: absolute, PDF first and then by name, without repeats, so that the order of a
        build does not depend on the disk.
    skipped : tuple of Path
        Files of another kind.
    closed : dict of Path to str
        Folders that cannot be looked into, with the reason.
    """

    places: tuple[Path, ...]
    letters: tuple[Path, ...]
    skipped: tuple[Path, ...] = ()
    closed: dict[Path, str] = field(default_factory=dict)


def find_sources(places: Sequence[Path]) -> Sources:
    """Find the files to read: files as given, folders searched for PDF, DOCX and TXT.

    Raises
    ------
    SourceError
        When a place does not exist.
    """
    found: set[Path] = set()
    skipped: set[Path] = set()
    closed: dict[Path, str] = {}
    for place in places:
        if place.is_dir():
            for path in _files_in(place, closed):
                (found if _may_be_letter(path) else skipped).add(_absolute(path))
        elif place.exists() or place.is_symlink():
            found.add(_absolute(place))
        else:
            raise SourceError(f"{place}: no such file or folder; give the place of the letters")
    return Sources(tuple(places), tuple(sorted(found, key=pdf_first)), tuple(sorted(skipped - found)), closed)


def _files_in(folder: Path, closed: dict[Path, str]) -> Iterator[Path]:
    """Walk the files of a folder, but for hidden ones, Word's own lock files and the README."""

    def note(error: OSError) -> None:
        closed[_absolute(Path(error.filename))] = f"{error.filename}: cannot be looked into ({error.strerror})"

    for parent, folders, names in os.walk(folder, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith((".", "~$")) and name.lower() != "readme.md":
                yield Path(parent, name)


def _may_be_letter(path: Path) -> bool:
    """Say whether the name or the first bytes are those of a letter; a text is known by its name only."""
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return False
    return b"%PDF-" in head[:1024] or (head.startswith(b"PK\x03\x04") and b"word/" in head)


def _absolute(path: Path) -> Path:
    """Return one name for one file, however it was given; a link keeps its own name."""
    return path.parent.resolve() / path.name


def pdf_first(path: Path) -> tuple[int, str]:
    """Order files by kind, PDF first, then by name."""
    return SUFFIXES.index(path.suffix.lower()) if path.suffix.lower() in SUFFIXES else len(SUFFIXES), str(path)
