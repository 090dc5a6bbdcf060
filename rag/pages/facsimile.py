"""The pages of the letter itself as pictures, and what is marked on them."""

from __future__ import annotations

import ctypes
import hashlib
import io
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from index.records import Letter, Pair
from rag.pages.markup import Html, element
from rag.pages.places import Box, PageText, around, find_places, part_on_page
from rag.results import Highlight

DOTS_PER_INCH = 144

FINENESS = 100
"""PDFium gives places on a page in whole units; so many of them go into a point."""

SHADES = 16
"""A page in 16 greys as PNG: 63 KB in 50 ms; in colour 269 KB as PNG and 216 KB as JPEG, seen at 144 dpi."""

KEPT_PICTURES = 64
"""Some 4 MB."""

_pdfium = threading.Lock()
"""PDFium must not be entered by two threads."""


@dataclass(frozen=True, slots=True)
class Facsimile:
    """A source file of which pages can be shown.

    Attributes
    ----------
    path : Path
    stamp : str
        Of its content; in the address of a picture, which may then be kept for ever.
    sizes : tuple of (width, height)
        Of every page, in points.
    """

    path: Path
    stamp: str
    sizes: tuple[tuple[float, float], ...]

    @property
    def page_count(self) -> int:
        """Number of pages."""
        return len(self.sizes)


def open_facsimile(path: Path | None, letter: Letter) -> Facsimile | None:
    """Open the source of a letter; None when it is gone, changed since, or no PDF."""
    try:
        if path is None or not path.is_file():
            return None
        moment = path.stat().st_mtime_ns
    except OSError:
        return None
    found = _open(path, moment)
    return found if found and found.stamp == letter.sha256 else None


@lru_cache(maxsize=512)
def _open(path: Path, moment: int) -> Facsimile | None:
    import pypdfium2  # type: ignore[import-untyped]

    try:
        data = path.read_bytes()
        if not data[:1024].lstrip().startswith(b"%PDF"):
            return None
        with _pdfium:
            document = pypdfium2.PdfDocument(data)
            try:
                sizes = tuple(document.get_page_size(number) for number in range(len(document)))
            finally:
                document.close()
    except (OSError, pypdfium2.PdfiumError):
        return None
    return Facsimile(path, hashlib.sha256(data).hexdigest(), sizes)


@lru_cache(maxsize=KEPT_PICTURES)
def draw_page(facsimile: Facsimile, page_number: int) -> bytes:
    """Return a page (1-based) as PNG.

    Raises
    ------
    LookupError
        When the letter has no such page.
    """
    from PIL import Image

    with _pdfium:
        document, page = _page(facsimile, page_number)
        try:
            picture = page.render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil()
        finally:
            document.close()
    step = 256 // SHADES
    shades = picture.point([value // step for value in range(256)])
    packed = Image.frombytes("P", shades.size, shades.tobytes())
    packed.putpalette([value * 255 // (SHADES - 1) for value in range(SHADES) for _ in range(3)])
    written = io.BytesIO()
    packed.save(written, "PNG", bits=4, compress_level=6)
    return written.getvalue()


def _page(facsimile: Facsimile, page_number: int) -> tuple[Any, Any]:
    import pypdfium2

    if not 1 <= page_number <= facsimile.page_count:
        raise LookupError(f"page {page_number} of {facsimile.page_count}")
    document = pypdfium2.PdfDocument(facsimile.path)
    return document, document[page_number - 1]


@lru_cache(maxsize=KEPT_PICTURES)
def read_page(facsimile: Facsimile, page_number: int) -> PageText:
    """Return the characters of a page with their places.

    Raises
    ------
    LookupError
        When the letter has no such page.
    """
    import pypdfium2.raw  # type: ignore[import-untyped]

    with _pdfium:
        document, page = _page(facsimile, page_number)
        try:
            text = page.get_textpage()
            count = range(text.count_chars())
            characters = "".join(chr(pypdfium2.raw.FPDFText_GetUnicode(text, place)) or " " for place in count)
            place_on_page = _placing(page, *facsimile.sizes[page_number - 1])
            boxes = tuple(place_on_page(text.get_charbox(place, loose=True)) for place in count)
        finally:
            document.close()
    return PageText(characters, boxes)


def _placing(page: Any, width: float, height: float) -> Callable[[tuple[float, float, float, float]], Box]:
    """Return what brings a box to its place on the visible page, which may be cropped or turned."""
    import pypdfium2.raw

    def seen(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        size = (round(width * FINENESS), round(height * FINENESS))
        pypdfium2.raw.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
        return across.value / FINENESS, height - down.value / FINENESS

    origin, right, up = seen(0, 0), seen(1000, 0), seen(0, 1000)

    def place(box: tuple[float, float, float, float]) -> Box:
        corners = [
            tuple(
                start + x * (one - start) / 1000 + y * (other - start) / 1000
                for start, one, other in zip(origin, right, up, strict=True)
            )
            for x, y in (box[:2], box[2:])
        ]
        (left, bottom), (end, top) = corners
        return Box(min(left, end), min(bottom, top), max(left, end), max(bottom, top))

    return place


def draw_marks(facsimile: Facsimile, page_number: int, pair: Pair, highlight: Highlight) -> Html:
    """Draw the outline of an answer and the marked sentence as an SVG that lies over the page.

    Parameters
    ----------
    facsimile : Facsimile
    page_number : int
        1-based.
    pair : Pair
    highlight : Highlight
        In the answer's text.

    Raises
    ------
    LookupError
        When the letter has no such page.
    """
    page = read_page(facsimile, page_number)
    width, height = facsimile.sizes[page_number - 1]
    start, end = part_on_page(pair.answer, page_number)
    asked = " ".join(question.text[slice(*part_on_page(question, page_number))] for question in pair.questions)
    text = pair.answer.text
    whole = around(find_places(text[start:end], page, after=asked), across=6, along=2) if start < end else None
    first, last = max(start, highlight.start), min(end, highlight.end)
    before = asked + " " + text[start:first]
    marked = find_places(text[first:last], page, after=before) if first < last else []
    drawn = [_rectangle(box, height, fill="#ffd84d", fill_opacity="0.45", rx="2") for box in marked]
    if whole:
        drawn.append(_rectangle(whole, height, fill="none", stroke="#1d5575", stroke_width="1.5", rx="5"))
    return element("svg", drawn, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width:.2f} {height:.2f}")


def _rectangle(box: Box, page_height: float, **look: str) -> Html:
    return element(
        "rect",
        x=f"{box.left:.1f}",
        y=f"{page_height - box.top:.1f}",
        width=f"{box.right - box.left:.1f}",
        height=f"{box.top - box.bottom:.1f}",
        **look,
    )
