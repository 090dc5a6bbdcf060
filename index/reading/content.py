"""Walk over the operators of a PDF page and place its glyphs.

The walk is ours because pypdf's text visitor hands on whole text objects, in which a raised
«4» after «NIS2» has already melted into «NIS24»; walking the operators keeps both apart.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, StreamObject
from pypdf.generic._font import Font  # the only decoder of fonts that pypdf has; pinned below 8

from index.errors import LimitError
from index.reading.lines import Glyphs

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
# Forms within forms deeper than this are a loop or an attack; letters have one or two.
MAX_FORM_DEPTH = 12
# Operators of one file, forms included each time they are drawn: a long letter has 100,000.
MAX_OPERATORS = 6_000_000
# A gap in a TJ array wider than this part of the size separates words (a kern is below 0.1).
WORD_GAP_EM = 0.14
INVISIBLE = 3
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}


def resources_of(holder: Any) -> DictionaryObject:
    """Return the resources of a page (its own, or those of a parent in the page tree) or form."""
    for _ in range(MAX_FORM_DEPTH):
        if "/Resources" in holder:
            found = holder["/Resources"]
            return found if isinstance(found, DictionaryObject) else DictionaryObject()
        if "/Parent" not in holder:
            break
        holder = holder["/Parent"]
    return DictionaryObject()


def _times(a: Matrix, b: Matrix) -> Matrix:
    return (
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    )


class Decoder:
    """Character codes of one font to text and advance."""

    def __init__(self, font: Font) -> None:
        self.bold = any(word in font.name.lower() for word in ("bold", "black", "heavy", "semibold", "demi"))
        self._widths = font.character_widths
        self._default = float(font.character_widths.get("default", 500.0) or 500.0)
        self._map = font.character_map
        self._encoding = font.encoding
        self._cache: dict[int, tuple[str, float]] = {}
        self.space = float(font.space_width or 250.0) / 1000.0

    def decode(self, data: bytes) -> list[tuple[str, float, bool]]:
        """Return (text, advance in em, is the single-byte space) of each code in ``data``."""
        if isinstance(self._encoding, str):
            raw = data.decode(self._encoding, "replace")
            return [(*self._look(ord(char), char), False) for char in raw]
        encoding = self._encoding
        return [(*self._look(code, encoding.get(code, chr(code))), code == 32) for code in data]

    def _look(self, code: int, char: str) -> tuple[str, float]:
        found = self._cache.get(code)
        if found is None:
            text = str(self._map.get(char, char))
            width = float(self._widths.get(chr(code), self._widths.get(char, self._default)))
            found = self._cache[code] = ("".join(LIGATURES.get(c, c) for c in text), width / 1000.0)
        return found


_UNKNOWN = Font("Unknown", encoding=dict.fromkeys(range(256), "�"))


class Budget:
    """How many operators a file may still draw: pages and forms can share one heavy stream a thousand times."""

    def __init__(self) -> None:
        self._left = MAX_OPERATORS

    def spend(self, operators: int) -> None:
        """Draw so many operators.

        Raises
        ------
        LimitError
            When the file has drawn more than any letter does.
        """
        self._left -= operators
        if self._left < 0:
            raise LimitError(f"draws more than {MAX_OPERATORS:,} operators; no letter does")


@dataclass(slots=True)
class _State:
    """The part of the graphics state that text depends on."""

    ctm: Matrix = IDENTITY
    decoder: Decoder | None = None
    size: float = 0.0
    char_space: float = 0.0
    word_space: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0
    white: bool = False

    def copy(self) -> _State:
        return _State(*(getattr(self, name) for name in self.__slots__))


class Walk:
    """One pass over the operators of a page; collects glyphs with their places."""

    def __init__(self, fonts: dict[int, Decoder], matrix: Matrix, budget: Budget) -> None:
        self._budget = budget
        self.glyphs: list[Glyphs] = []
        self._fonts = fonts
        self._state = _State(ctm=matrix)
        self._stack: list[_State] = []
        self._tm = self._line = IDENTITY
        self._forms: list[int] = []
        self._resources = DictionaryObject()
        self._pdf: Any = None
        self._handlers: dict[bytes, Callable[[Sequence[Any]], None]] = {
            b"q": self._save,
            b"Q": self._restore,
            b"cm": self._concat,
            b"BT": self._begin,
            b"Tf": self._font,
            b"Tc": lambda o: self._set("char_space", o[0]),
            b"Tw": lambda o: self._set("word_space", o[0]),
            b"Tz": lambda o: self._set("scale", o[0] / 100),
            b"TL": lambda o: self._set("leading", o[0]),
            b"Ts": lambda o: self._set("rise", o[0]),
            b"Tr": lambda o: self._set("mode", int(o[0])),
            b"Td": lambda o: self._move(o[0], o[1]),
            b"TD": self._move_and_lead,
            b"Tm": self._matrix,
            b"T*": lambda o: self._move(0, -self._state.leading),
            b"Tj": lambda o: self._show([o[0]]),
            b"TJ": lambda o: self._show(o[0]),
            b"'": self._next_line_show,
            b'"': self._spaced_show,
            b"Do": self._do,
            b"g": self._colour,
            b"rg": self._colour,
            b"k": self._colour,
            b"sc": self._colour,
            b"scn": self._colour,
            b"cs": lambda o: self._set("white", False),
        }

    def run(self, operations: Sequence[tuple[Any, bytes]], resources: DictionaryObject, pdf: Any) -> None:
        """Walk over ``operations``; an operator with wrong operands is skipped, as viewers do."""
        before = self._resources, self._pdf
        self._resources, self._pdf = resources, pdf
        self._budget.spend(len(operations))
        handlers = self._handlers
        for operands, operator in operations:
            handler = handlers.get(operator)
            if handler is not None:
                try:
                    handler(operands)
                except (TypeError, ValueError, IndexError, KeyError, AttributeError):
                    continue
        self._resources, self._pdf = before

    def _set(self, name: str, value: Any) -> None:
        setattr(self._state, name, value if isinstance(value, (int, bool)) else float(value))

    def _save(self, _: Sequence[Any]) -> None:
        self._stack.append(self._state.copy())

    def _restore(self, _: Sequence[Any]) -> None:
        if self._stack:
            self._state = self._stack.pop()

    def _concat(self, operands: Sequence[Any]) -> None:
        self._state.ctm = _times(_as_matrix(operands), self._state.ctm)

    def _begin(self, _: Sequence[Any]) -> None:
        self._tm = self._line = IDENTITY

    def _font(self, operands: Sequence[Any]) -> None:
        self._state.size = float(operands[1])
        self._state.decoder = self._decoder(str(operands[0]))

    def _decoder(self, name: str) -> Decoder:
        table = self._resources.get("/Font")
        resource = table.get_object().get(name) if table is not None else None
        resource = resource.get_object() if resource is not None else None
        key = id(resource)
        if key not in self._fonts:
            try:
                self._fonts[key] = Decoder(Font.from_font_resource(resource) if resource is not None else _UNKNOWN)
            except (PyPdfError, AttributeError, TypeError, ValueError, KeyError):
                self._fonts[key] = Decoder(_UNKNOWN)
        return self._fonts[key]

    def _move(self, x: float, y: float) -> None:
        self._tm = self._line = _times((1.0, 0.0, 0.0, 1.0, float(x), float(y)), self._line)

    def _move_and_lead(self, operands: Sequence[Any]) -> None:
        self._state.leading = -float(operands[1])
        self._move(operands[0], operands[1])

    def _matrix(self, operands: Sequence[Any]) -> None:
        self._tm = self._line = _as_matrix(operands)

    def _next_line_show(self, operands: Sequence[Any]) -> None:
        self._move(0, -self._state.leading)
        self._show([operands[0]])

    def _spaced_show(self, operands: Sequence[Any]) -> None:
        self._set("word_space", operands[0])
        self._set("char_space", operands[1])
        self._next_line_show(operands[2:])

    def _colour(self, operands: Sequence[Any]) -> None:
        values = [float(value) for value in operands if isinstance(value, (int, float))]
        paper = 0.0 if len(values) == 4 else 1.0
        self._state.white = (
            bool(values) and len(values) == len(operands) and all(abs(value - paper) < 0.01 for value in values)
        )

    def _do(self, operands: Sequence[Any]) -> None:
        forms: Any = self._resources["/XObject"]
        form = forms[operands[0]]
        if not isinstance(form, StreamObject) or form.get("/Subtype") != "/Form":
            return
        if id(form) in self._forms or len(self._forms) >= MAX_FORM_DEPTH:
            return
        self._forms.append(id(form))
        kept, depth, matrices = self._state.copy(), len(self._stack), (self._tm, self._line)
        if "/Matrix" in form:
            matrix: Any = form["/Matrix"]
            self._concat(matrix)
        resources = resources_of(form) if "/Resources" in form else self._resources
        self.run(ContentStream(form, self._pdf, "bytes").operations, resources, self._pdf)
        self._state, (self._tm, self._line) = kept, matrices
        del self._stack[depth:]
        self._forms.pop()

    def _show(self, pieces: Iterable[Any]) -> None:
        state = self._state
        decoder = state.decoder
        if decoder is None:
            return
        texts: list[str] = []
        start = x = 0.0  # in text space, from the current text matrix
        gap = max(WORD_GAP_EM, 0.45 * decoder.space) * state.size
        for piece in pieces:
            if isinstance(piece, (bytes, str)):
                raw = piece if isinstance(piece, bytes) else piece.encode("latin-1", "replace")
                for text, width, is_space in decoder.decode(raw):
                    texts.append(text)
                    x += (width * state.size + state.char_space + (state.word_space if is_space else 0.0)) * state.scale
            elif isinstance(piece, (int, float)):
                shift = -float(piece) / 1000.0 * state.size * state.scale
                if abs(shift) > gap and texts:
                    self._emit("".join(texts), start, x)
                    texts, start = [], x + shift
                x += shift
                if not texts:
                    start = x
        if texts:
            self._emit("".join(texts), start, x)
        self._tm = _times((1.0, 0.0, 0.0, 1.0, x, 0.0), self._tm)

    def _emit(self, text: str, start: float, end: float) -> None:
        state = self._state
        full = _times(self._tm, state.ctm)
        x = start * full[0] + state.rise * full[2] + full[4]
        y = start * full[1] + state.rise * full[3] + full[5]
        right = end * full[0] + state.rise * full[2] + full[4]
        size = state.size * math.hypot(full[2], full[3])
        level = abs(full[0]) >= abs(full[1]) and full[0] > 0
        self.glyphs.append(
            Glyphs(
                text=unicodedata.normalize("NFC", text) if not text.isascii() else text,
                x=x,
                right=right if level else x,
                y=y,
                size=round(abs(size), 1),
                bold=state.decoder is not None and state.decoder.bold,
                hidden=state.mode == INVISIBLE or state.white,
                level=level,
            )
        )


def _as_matrix(operands: Sequence[Any]) -> Matrix:
    if isinstance(operands, ArrayObject):
        operands = list(operands)
    a, b, c, d, e, f = (float(value) for value in operands)
    return (a, b, c, d, e, f)
