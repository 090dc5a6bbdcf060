"""Read a PDF into lines with places and sizes.

pypdf opens the file, resolves its objects and decodes its fonts.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from io import BytesIO

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError
from pypdf.generic import ContentStream

from index.errors import LimitError, SourceError
from index.reading.content import Budget, Decoder, Matrix, Walk, resources_of
from index.reading.lines import Glyphs, PlacedPage, arrange
from index.records import Page

# pypdf says on its logger what it repairs; a reader of letters cannot act on that.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)
logging.getLogger("fontTools").setLevel(logging.CRITICAL)

# In Dutch, English, German or French text every third word or so is one of these.
COMMON_WORDS = frozenset({
    "de", "het", "een", "van", "en", "in", "dat", "is", "op", "te", "voor", "met", "zijn", "aan", "niet", "door",
    "er", "om", "ook", "als", "bij", "of", "dit", "die", "u", "ik", "wordt", "worden", "vraag", "antwoord", "naar",
    "over", "uit", "zo", "ja", "nee", "heeft", "the", "and", "to", "for", "that", "on", "with",
    "der", "und", "den", "von", "zu", "le", "la", "les", "des", "et", "que", "du",
})  # fmt: skip
# Shares beyond which a text is not one: signs that stand for no letter, and words that no language has.
STRANGE_SHARE, COMMON_SHARE, ENOUGH_WORDS = 0.06, 0.03, 60


def read_pdf(data: bytes, source: str) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """Read all pages of a PDF.

    Parameters
    ----------
    data : bytes
        The file.
    source : str
        Its name, for messages.

    Returns
    -------
    tuple of Page, tuple of str
        The pages, and warnings in one sentence each.

    Raises
    ------
    SourceError
        When the file is encrypted with a password, damaged, without pages or without text.
    """
    try:
        reader = _open(data, source)
        pages, hidden = _read_pages(reader)
    except LimitError as exc:
        raise LimitError(f"{source}: {exc.message}") from exc
    except LimitReachedError as exc:
        raise LimitError(f"{source}: no letter is built like that ({_short(exc)}); export it again") from exc
    except RecursionError as exc:
        raise SourceError(f"{source}: its objects are nested without end; expected a letter as PDF") from exc
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, OverflowError) as exc:
        raise SourceError(
            f"{source}: damaged PDF ({_short(exc)}); expected a whole file, so download or export it again"
        ) from exc
    if not pages:
        raise SourceError(f"{source}: a PDF without pages; expected a letter, so export it again")
    if not any(page.lines for page in pages):
        raise SourceError(f"{source}: no text on {len(pages)} pages (a scan?): it needs OCR before it can be read")
    _refuse_garbled(pages, source)
    warnings = (f"hidden text is left out on page {', '.join(map(str, hidden))}",) if hidden else ()
    return pages, warnings


def _refuse_garbled(pages: tuple[Page, ...], source: str) -> None:
    """Refuse text whose fonts do not say which letters their glyphs are: it must not be indexed."""
    text = " ".join(line.text for page in pages for line in page.lines)[:40_000]
    shown = [char for char in text if not char.isspace()]
    strange = sum(unicodedata.category(char) in ("Co", "Cn", "Cc", "Cs") or char == "\ufffd" for char in shown)
    words = re.findall(r"[^\W\d_]+", text.casefold())
    common = sum(word in COMMON_WORDS for word in words)
    if strange > STRANGE_SHARE * max(len(shown), 1) or (
        len(words) >= ENOUGH_WORDS and common < COMMON_SHARE * len(words)
    ):
        raise SourceError(
            f"{source}: its fonts do not say which letters they show, so that the text is garbled "
            f"(«{_printable(text)[:30]}»); export it again, or use OCR"
        )


def _short(exc: Exception) -> str:
    # What else than pypdf's own errors goes wrong says nothing to a reader of letters.
    return _printable(str(exc))[:80] if isinstance(exc, PyPdfError) else "its parts do not fit together"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "�" for char in " ".join(text.split()))


def _open(data: bytes, source: str) -> PdfReader:
    try:
        reader = PdfReader(BytesIO(data), strict=False)
    except NotImplementedError as exc:
        raise SourceError(f"{source}: encrypted in a way that cannot be read here; save it without password") from exc
    if reader.is_encrypted:
        # An owner password only forbids printing or copying; the empty user password opens it.
        try:
            opened = reader.decrypt("")
        except (DependencyError, NotImplementedError) as exc:
            raise SourceError(
                f"{source}: encrypted in a way that cannot be read here; save it without password"
            ) from exc
        if not opened:
            raise SourceError(f"{source}: encrypted with a password; save it without password")
    return reader


def _read_pages(reader: PdfReader) -> tuple[tuple[Page, ...], list[int]]:
    fonts: dict[int, Decoder] = {}
    budget = Budget()
    placed: list[PlacedPage] = []
    sizes: list[tuple[float, float]] = []
    hidden: list[int] = []
    try:
        for number, source_page in enumerate(reader.pages, start=1):
            glyphs, size, has_hidden = _read_page(source_page, fonts, budget)
            placed.append(PlacedPage(glyphs, size[0]))
            sizes.append(size)
            if has_hidden:
                hidden.append(number)
    except FileNotDecryptedError as exc:
        raise PyPdfError("encrypted") from exc
    lines = arrange(placed)
    pages = (Page(n, found, *size) for n, (found, size) in enumerate(zip(lines, sizes, strict=True), start=1))
    return tuple(pages), hidden


def _read_page(
    source: PageObject, fonts: dict[int, Decoder], budget: Budget
) -> tuple[list[Glyphs], tuple[float, float], bool]:
    """Return the glyphs that show on a page, its size, and whether hidden text was left out."""
    box = source.cropbox
    left, bottom, width, height = float(box.left), float(box.bottom), float(box.width), float(box.height)
    matrix, width, height = _upright(source.rotation % 360, left, bottom, width, height)
    walk = Walk(fonts, matrix, budget)
    contents = source.get("/Contents")
    if contents is not None:
        content = ContentStream(contents.get_object(), source.pdf, "bytes")
        walk.run(content.operations, resources_of(source), source.pdf)
    shown = [glyphs for glyphs in walk.glyphs if not glyphs.hidden and _on_page(glyphs, width, height)]
    hidden = [glyphs for glyphs in walk.glyphs if glyphs.hidden and glyphs.text.strip()]
    if not any(glyphs.text.strip() for glyphs in shown):
        # A scan whose text was recognised: the invisible layer over the picture is the letter.
        return hidden, (width, height), False
    return shown, (width, height), bool(hidden)


def _on_page(glyphs: Glyphs, width: float, height: float) -> bool:
    return -2 <= glyphs.y <= height + 2 and glyphs.x <= width + 2 and glyphs.right >= -2


def _upright(rotation: int, left: float, bottom: float, width: float, height: float) -> tuple[Matrix, float, float]:
    """Return the matrix that sets the page upright with its corner at 0,0, and its size then."""
    if rotation == 90:
        return (0, -1, 1, 0, -bottom, left + width), height, width
    if rotation == 180:
        return (-1, 0, 0, -1, left + width, bottom + height), width, height
    if rotation == 270:
        return (0, 1, -1, 0, bottom + height, -left), height, width
    return (1, 0, 0, 1, -left, -bottom), width, height
