"""Write PDF files object by object, so that each fault stands where it is wanted."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

LETTER = (
    "Vraag 1",
    "Kent u het bericht over de dijken in het land?",
    "Antwoord 1",
    "Ja, het kabinet kent het bericht en neemt maatregelen om de dijken te versterken.",
)
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def build(objects: Mapping[int, bytes]) -> bytes:
    """Return a PDF of these objects with a right cross-reference table."""
    out = bytearray(b"%PDF-1.7\n")
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    size = max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 %s \n" % (places.get(number, 0), b"n" if number in places else b"f")
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"", *, squeeze: bool = False) -> bytes:
    """Return a stream object, its data deflated when asked."""
    if squeeze:
        data, entries = zlib.compress(data, 9), entries + b"/Filter/FlateDecode"
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), entries, data)


def content(lines: tuple[str, ...] = LETTER) -> bytes:
    """Return the operators that print lines from the top of a page."""
    shown = b"".join(b"(%s) Tj 0 -14 Td\n" % line.encode("cp1252") for line in lines)
    return b"BT /F1 10 Tf 70 700 Td\n%sET" % shown


def letter(**replaced: bytes) -> bytes:
    """Return a sound letter of one page, some of its objects replaced (``o4=…``)."""
    objects = {
        1: CATALOG,
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
        4: stream(content()),
        5: FONT,
    }
    objects |= {int(name[1:]): body for name, body in replaced.items()}
    return build(objects)


def mapped(table: Mapping[int, int]) -> bytes:
    """Return a letter whose font says that each code shows another character."""
    rows = b"\n".join(b"<%02X> <%04X>" % pair for pair in table.items())
    cmap = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n"
    cmap += b"%d beginbfchar\n%s\nendbfchar endcmap end" % (len(table), rows)
    font = FONT.replace(b"/Encoding/WinAnsiEncoding", b"/ToUnicode 6 0 R")
    return letter(o4=stream(content(LETTER * 6)), o5=font, o6=stream(cmap))
