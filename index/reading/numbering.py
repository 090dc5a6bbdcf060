"""Automatic numbers and styles of a Word file: what it shows but does not hold as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from index.reading.ooxml import W

# "%1)" · "Vraag %1" · "%1.%2"
_LEVEL = re.compile(r"%(\d)")


def value(element: Element | None, path: str, default: str | None = None) -> str | None:
    """Return the ``w:val`` of a child, or the default when there is none."""
    child = element.find(path) if element is not None else None
    return default if child is None else child.get(f"{W}val", default)


def switched_on(element: Element | None, name: str) -> bool | None:
    """Return whether a toggle such as ``w:b`` is on; None when nothing is said."""
    child = element.find(f"{W}{name}") if element is not None else None
    return None if child is None else child.get(f"{W}val", "1") not in ("0", "false", "off", "none")


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph or character style says that reading needs; None where it says nothing."""

    bold: bool | None = None
    size: float | None = None
    raised: bool | None = None
    hidden: bool | None = None
    number: tuple[str, int] | None = None


def style_of(element: Element | None) -> Style:
    """Read a style from its ``w:style`` element, or from the element that holds run properties."""
    run = element.find(f"{W}rPr") if element is not None else None
    size = value(run, f"{W}sz")
    align = value(run, f"{W}vertAlign")
    return Style(
        bold=switched_on(run, "b"),
        size=float(size) / 2 if size and size.replace(".", "", 1).isdigit() else None,
        raised=None if align is None else align == "superscript",
        hidden=switched_on(run, "vanish"),
        number=number_of(element.find(f"{W}pPr")) if element is not None else None,
    )


def number_of(properties: Element | None) -> tuple[str, int] | None:
    """Return (number id, level) of a paragraph's ``w:numPr``."""
    number = properties.find(f"{W}numPr") if properties is not None else None
    if number is None:
        return None
    level = value(number, f"{W}ilvl", "0") or "0"
    return value(number, f"{W}numId", "") or "", int(level) if level.isdigit() else 0


def over(upper: Style, lower: Style) -> Style:
    """Return a style in which what ``upper`` says wins."""
    pairs = {
        name: getattr(upper, name) if getattr(upper, name) is not None else getattr(lower, name)
        for name in Style.__slots__
    }
    return Style(**pairs)


class Styles:
    """The styles of a file, each with what it inherits."""

    def __init__(self, root: Element | None) -> None:
        self._own: dict[str, tuple[Style, str | None]] = {}
        self._default = Style()
        if root is None:
            return
        defaults = root.find(f"{W}docDefaults/{W}rPrDefault")
        self._default = style_of(defaults)
        for element in root.findall(f"{W}style"):
            name = element.get(f"{W}styleId")
            if name:
                self._own[name] = (style_of(element), value(element, f"{W}basedOn"))
            if element.get(f"{W}default") == "1" and element.get(f"{W}type") == "paragraph":
                self._default = over(style_of(element), self._default)

    def get(self, name: str | None) -> Style:
        """Return the style with all that it inherits; a loop of styles ends where it began."""
        style = Style()
        seen: set[str] = set()
        while name and name in self._own and name not in seen:
            seen.add(name)
            own, name = self._own[name]
            style = over(style, own)
        return style

    @property
    def default(self) -> Style:
        """Return what holds where no style says otherwise."""
        return self._default


@dataclass(slots=True)
class _Level:
    form: str = "decimal"
    text: str = "%1."
    start: int = 1


@dataclass(slots=True)
class Numbering:
    """Counts the automatic numbers of a file in the order of its paragraphs."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    counters: dict[str, dict[int, int]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def from_xml(cls, root: Element | None) -> Numbering:
        """Read ``word/numbering.xml``."""
        numbering = cls()
        if root is None:
            return numbering
        for abstract in root.findall(f"{W}abstractNum"):
            name = abstract.get(f"{W}abstractNumId", "")
            numbering.levels[name] = {_index(level): _level(level) for level in abstract.findall(f"{W}lvl")}
        for num in root.findall(f"{W}num"):
            name = num.get(f"{W}numId", "")
            numbering.lists[name] = value(num, f"{W}abstractNumId", "") or ""
            for override in num.findall(f"{W}lvlOverride"):
                start = value(override, f"{W}startOverride")
                if start and start.isdigit():
                    numbering.restarts.setdefault(name, {})[_index(override)] = int(start)
        return numbering

    def next(self, number: tuple[str, int]) -> str:
        """Return the number that the next paragraph of this list shows: ``"2)"``, ``"•"`` or nothing."""
        name, level = number
        abstract = self.lists.get(name)
        levels = self.levels.get(abstract or "", {})
        if not abstract or level not in levels:
            return ""
        counters = self.counters.setdefault(abstract, {})
        restart = self.restarts.get(name, {}).pop(level, None)
        current = counters.get(level)
        counters[level] = restart if restart is not None else levels[level].start if current is None else current + 1
        for deeper in [key for key in counters if key > level]:
            del counters[deeper]
        return _LEVEL.sub(lambda found: self._shown(levels, counters, int(found.group(1)) - 1), levels[level].text)

    @staticmethod
    def _shown(levels: dict[int, _Level], counters: dict[int, int], level: int) -> str:
        style = levels.get(level, _Level())
        return FORMS.get(style.form, str)(counters.get(level, style.start))


def _index(element: Element) -> int:
    text = element.get(f"{W}ilvl", "0")
    return int(text) if text.isdigit() else 0


def _level(element: Element) -> _Level:
    form = value(element, f"{W}numFmt", "decimal") or "decimal"
    start = value(element, f"{W}start", "1") or "1"
    text = value(element, f"{W}lvlText", "") or ""
    if form == "bullet":
        # The sign itself comes from a symbol font; what it shows is a bullet.
        text = text if text in ("-", "–", "o", "*") else "•"
    return _Level(form, text, int(start) if start.isdigit() else 1)


def _letters(number: int) -> str:
    count, index = divmod(number - 1, 26)
    return chr(ord("a") + index) * (count + 1)


def _roman(number: int) -> str:
    signs = (
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
    )
    text = ""
    for size, sign in (*signs, (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        while number >= size:
            text, number = text + sign, number - size
    return text


FORMS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "none": lambda number: "",
}
