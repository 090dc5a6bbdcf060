"""Read a plain text: any of the usual encodings, any line end, form feeds as page ends."""

from __future__ import annotations

import codecs
import re
import unicodedata

from index.errors import SourceError
from index.records import Line, Page, Run

# Control characters other than tab, line ends and form feed do not stand in a letter.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# Marks that turn the direction of writing: they show nothing, and can make a text look like another.
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def read_text(data: bytes, source: str) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """Read a text file.

    Parameters
    ----------
    data : bytes
        The file.
    source : str
        Its name, for messages.

    Returns
    -------
    tuple of Page, tuple of str
        The pages (parted by form feeds), and warnings in one sentence each.

    Raises
    ------
    SourceError
        When it is empty or no text.
    """
    text, warnings = _decode(data, source)
    if not text.strip():
        raise SourceError(f"{source}: an empty text; expected a letter with questions and answers")
    pages = []
    for number, part in enumerate(text.split("\f"), start=1):
        pages.append(Page(number, _lines(part)))
    while len(pages) > 1 and not pages[-1].lines:
        pages.pop()
    return tuple(pages), tuple(warnings)


def _decode(data: bytes, source: str) -> tuple[str, list[str]]:
    warnings: list[str] = []
    text = _decode_bytes(data, warnings)
    if _DIRECTIONS.search(text):
        warnings.append("marks that turn the direction of writing are left out")
        text = _DIRECTIONS.sub("", text)
    controls = len(_CONTROLS.findall(text))
    if controls > 0.02 * len(text):
        raise SourceError(f"{source}: {controls} control characters in {len(text)}: no text; expected PDF, DOCX or TXT")
    if controls:
        warnings.append(f"{controls} control characters are left out")
        text = _CONTROLS.sub("", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x85", "\n")
    return unicodedata.normalize("NFC", text), warnings


def _decode_bytes(data: bytes, warnings: list[str]) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    head = data[:4000]
    # Western text in UTF-16 without a mark has a zero in nearly every other byte.
    if len(head) >= 4 and head[1::2].count(0) > 0.4 * len(head) / 2:
        return data.decode("utf-16-le", "replace")
    if len(head) >= 4 and head[0::2].count(0) > 0.4 * len(head) / 2:
        return data.decode("utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_mixed(data, warnings)


def _decode_mixed(data: bytes, warnings: list[str]) -> str:
    """Decode each line as UTF-8 where it is, else as Windows-1252: files pasted together hold both."""
    parts: list[str] = []
    as_utf8 = as_windows = 0
    for line in data.split(b"\n"):
        try:
            part = line.decode("utf-8")
            as_utf8 += not line.isascii()
        except UnicodeDecodeError:
            # The five bytes that Windows-1252 leaves open are read as Latin-1 does.
            part = "".join(_windows(byte) for byte in line)
            as_windows += 1
        parts.append(part)
    if as_utf8 and as_windows:
        warnings.append("UTF-8 and Windows-1252 are mixed; each line is read by itself")
    return "\n".join(parts)


def _windows(byte: int) -> str:
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def _lines(text: str) -> tuple[Line, ...]:
    lines: list[Line] = []
    blank_before = True
    for raw in text.split("\n"):
        if not raw.strip():
            blank_before = True
            continue
        lines.append(Line((Run(raw),), starts_paragraph=blank_before))
        blank_before = False
    return tuple(lines)
