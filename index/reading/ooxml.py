"""Open the parts of a Word file without trusting them: sizes counted while inflating, no entities."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from index.errors import LimitError, SourceError

# The text of a long letter is below 5 MB of XML; pictures are not opened.
MAX_PART_BYTES = 40_000_000
MAX_ALL_BYTES = 80_000_000
MAX_PARTS = 5_000
MAX_DEPTH = 250

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Word's «strict» files use another address for the same names.
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_USUAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


class Package:
    """The parts of one Word file.

    Parameters
    ----------
    data : bytes
        The file.
    source : str
        Its name, for messages.

    Raises
    ------
    SourceError
        When it is no Word file, encrypted or damaged.
    LimitError
        When it holds too many parts.
    """

    def __init__(self, data: bytes, source: str) -> None:
        self._source = source
        self._inflated = 0
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as exc:
            raise SourceError(f"{source}: damaged Word file (no readable zip); save or download it again") from exc
        names = self._zip.namelist()
        if len(names) > MAX_PARTS:
            raise LimitError(f"{source}: {len(names)} parts in the zip; a Word file has at most {MAX_PARTS}")
        self.names = frozenset(names)
        if "EncryptedPackage" in self.names:
            raise SourceError(f"{source}: encrypted with a password; save it without password")
        if not self._main():
            found = "an Excel file" if any(n.startswith("xl/") for n in names) else "a zip archive"
            raise SourceError(f"{source}: {found} (found by its content; expected PDF, DOCX or TXT)")

    def _main(self) -> bool:
        return "word/document.xml" in self.names

    def xml(self, name: str) -> Element | None:
        """Return a part as XML, or None when the file has no such part."""
        if name not in self.names:
            return None
        return parse_xml(self._inflate(name), f"{self._source}: {name}")

    def _inflate(self, name: str) -> bytes:
        """Inflate one part, counting what comes out: the sizes that a zip declares may lie."""
        chunks: list[bytes] = []
        size = 0
        try:
            with self._zip.open(name) as part:
                while chunk := part.read(1 << 16):
                    size += len(chunk)
                    self._inflated += len(chunk)
                    if size > MAX_PART_BYTES or self._inflated > MAX_ALL_BYTES:
                        raise LimitError(
                            f"{self._source}: {name} inflates beyond {MAX_PART_BYTES:,} bytes; no letter is that large"
                        )
                    chunks.append(chunk)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as exc:
            raise SourceError(f"{self._source}: damaged or encrypted Word file ({name}); save it again") from exc
        return b"".join(chunks)


def parse_xml(data: bytes, what: str) -> Element:
    """Parse XML that declares nothing: a document type, and so every entity, is refused.

    Raises
    ------
    SourceError
        When the XML is not well formed, declares a document type or nests too deep.
    """
    builder = _Builder(what)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    handlers: dict[str, Callable[..., Any]] = {
        "StartElementHandler": builder.start,
        "EndElementHandler": builder.end,
        "CharacterDataHandler": builder.data,
        "StartDoctypeDeclHandler": builder.refuse,
        "EntityDeclHandler": builder.refuse,
        "ExternalEntityRefHandler": builder.refuse,
    }
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, AssertionError, ValueError, LookupError) as exc:
        raise SourceError(f"{what}: no well-formed XML ({exc}); save the file again in Word") from exc


class _Builder:
    def __init__(self, what: str) -> None:
        self._what = what
        self._tree = TreeBuilder()
        self._depth = 0

    @staticmethod
    def _name(name: str) -> str:
        return "{" + name.replace(_STRICT, _USUAL, 1) if "}" in name else name

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise SourceError(f"{self._what}: XML nested deeper than {MAX_DEPTH}; no letter is built like that")
        self._tree.start(self._name(name), {self._name(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self._depth -= 1
        self._tree.end(self._name(name))

    def data(self, text: str) -> None:
        self._tree.data(text)

    def refuse(self, *_: Any) -> None:
        raise SourceError(f"{self._what}: declares a document type or entity; Word never does, so it is refused")

    def close(self) -> Element:
        return self._tree.close()
