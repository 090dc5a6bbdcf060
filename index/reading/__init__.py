"""Stage 1, read: a file becomes a `Document` of pages of lines, whatever its format."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from index.errors import LimitError, SourceError
from index.records import Document

# A letter is well under 10 MB; what is larger is not opened at all.
MAX_FILE_BYTES = 100_000_000


MAX_TEXT = 20_000_000
"""Characters of text that one file may hold."""


def read_document(path: Path, *, max_text: int = MAX_TEXT) -> Document:
    """Read one letter; its kind is decided by its content, not by its name.

    Parameters
    ----------
    path : Path
        A regular file, or a link to one.
    max_text : int
        Characters of text above which a file is refused.

    Returns
    -------
    Document

    Raises
    ------
    SourceError
        When the file is no PDF, Word file or text, or cannot be read as one.
    LimitError
        When it holds more text than ``max_text``.
    """
    name = display_name(path)
    data = _load(path, name)
    return read_bytes(data, name, max_text=max_text)


def read_bytes(data: bytes, name: str, *, max_text: int = MAX_TEXT) -> Document:
    """Read a letter from its bytes; see `read_document`."""
    # The format libraries are loaded by the first file that needs them.
    if data[:1024].find(b"%PDF-") >= 0:
        from index.reading.pdf import read_pdf as read

        form = "pdf"
    elif data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        from index.reading.docx import read_docx as read

        form = "docx"
    else:
        _refuse_other_formats(data, name)
        from index.reading.text import read_text as read

        form = "txt"
    pages, warnings = read(data, name)
    size = sum(len(line.text) for page in pages for line in page.lines)
    if size > max_text:
        raise LimitError(f"{name}: {size:,} characters of text; at most {max_text:,} are read (setting reader_text_mb)")
    return Document(name, form, hashlib.sha256(data).hexdigest(), pages, warnings)


def display_name(path: Path) -> str:
    """Return the file's name on one line, with what cannot be printed written as escapes."""
    name = path.name or str(path)
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


def _load(path: Path, name: str) -> bytes:
    try:
        status = path.stat()
    except FileNotFoundError as exc:
        raise SourceError(f"{name}: no such file; check the path") from exc
    except OSError as exc:
        # A loop of symbolic links ends here.
        raise SourceError(f"{name}: cannot be opened ({exc.strerror}); expected a PDF, DOCX or TXT file") from exc
    if stat.S_ISDIR(status.st_mode):
        raise SourceError(f"{name}: a folder; expected a PDF, DOCX or TXT file")
    if not stat.S_ISREG(status.st_mode):
        raise SourceError(f"{name}: no regular file (a pipe, device or socket); expected a PDF, DOCX or TXT file")
    if status.st_size == 0:
        raise SourceError(f"{name}: an empty file; expected a letter as PDF, DOCX or TXT")
    if status.st_size > MAX_FILE_BYTES:
        raise LimitError(f"{name}: {status.st_size:,} bytes; a letter is at most {MAX_FILE_BYTES:,}")
    try:
        return path.read_bytes()
    except OSError as exc:
        raise SourceError(f"{name}: cannot be read ({exc.strerror}); check its permissions") from exc


_OTHER_FORMATS = {
    b"\xd0\xcf\x11\xe0": "an old Word or Office file (.doc); save it as DOCX or PDF",
    b"{\\rtf": "an RTF file; save it as DOCX or PDF",
    b"\x89PNG": "a picture (PNG); it needs OCR before it can be read",
    b"\xff\xd8\xff": "a picture (JPEG); it needs OCR before it can be read",
    b"GIF8": "a picture (GIF); it needs OCR before it can be read",
    b"II*\x00": "a picture (TIFF); it needs OCR before it can be read",
    b"MM\x00*": "a picture (TIFF); it needs OCR before it can be read",
    b"\x1f\x8b": "a gzip archive; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; unpack it first",
    b"Rar!": "a RAR archive; unpack it first",
    b"\x7fELF": "a program",
    b"MZ": "a program",
}


def _refuse_other_formats(data: bytes, name: str) -> None:
    for magic, what in _OTHER_FORMATS.items():
        if data.startswith(magic):
            raise SourceError(f"{name}: {what} (found by its content; expected PDF, DOCX or TXT)")
