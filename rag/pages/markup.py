"""HTML made safe: one function escapes, one builds elements, and nothing else writes a tag.

Everything that comes from a letter or a user passes through `escape`. `Html` marks text that
already has; a plain string given as a child is escaped, so forgetting is not possible.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})

SAFE_SCHEMES = frozenset({"", "http", "https"})

URL_ATTRIBUTES = frozenset({"href", "src", "action"})

DIRECTION_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They would turn the order of the text around them: «invoice\u202efdp.exe»."""

# C0 and C1 controls, and the halves of characters that damaged text can hold.
UNREADABLE = (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000))

SHOWN_AS: dict[int, str | None] = {
    **dict.fromkeys(UNREADABLE, "\N{REPLACEMENT CHARACTER}"),
    **dict.fromkeys(map(ord, DIRECTION_CONTROLS)),
    **dict(zip(map(ord, "\n\t"), "\n\t", strict=True)),
    **dict(zip(map(ord, "&<>\"'"), ("&amp;", "&lt;", "&gt;", "&quot;", "&#x27;"), strict=True)),
}
"""What every character of a text becomes that is not shown as it is; None is left out."""


class Html(str):
    """Text in which every character that HTML reads as a command is meant as one."""

    __slots__ = ()

    def __add__(self, other: str) -> Html:
        return Html(str.__add__(self, escape(other)))


Child = str | None | Iterable["Child"]


def escape(text: str) -> Html:
    """Return text as HTML that shows it, character for character.

    Parameters
    ----------
    text : str
        Of a letter or a user; an `Html` comes back as it is.

    Returns
    -------
    Html
        Without characters that reverse the direction of text, and with U+FFFD for every other
        control character than a line break or a tab.
    """
    if isinstance(text, Html):
        return text
    # A browser reads every form of line end as one line feed.
    return Html(text.replace("\r\n", "\n").replace("\r", "\n").translate(SHOWN_AS))


def join(*children: Child) -> Html:
    """Return children one after another; None gives nothing."""
    return Html("".join(_flatten(children)))


def _flatten(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, str):
            yield escape(child)
        else:
            yield from _flatten(child)


def element(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """Return one element.

    Parameters
    ----------
    name : str
        As HTML writes it.
    *children : str, Html, None or iterables of these
        Plain strings are escaped.
    **attributes : str, int, bool or None
        ``class_`` becomes ``class`` and ``aria_label`` becomes ``aria-label``; True gives the
        bare name, None and False nothing.

    Raises
    ------
    ValueError
        When an address has another scheme than http or https.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(*children)}</{name}>")


def _attribute(key: str, value: str | int | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if name in URL_ATTRIBUTES and not is_safe_address(str(value)):
        raise ValueError(f"an address of another scheme than http or https: {value!r}")
    return f' {name}="{escape(str(value))}"'


def is_safe_address(address: str) -> bool:
    """Say whether an address leads to a web page, here or elsewhere."""
    try:
        scheme = urlsplit(address.strip()).scheme.lower()
    except ValueError:
        return False
    return scheme in SAFE_SCHEMES and not any(unicodedata.category(c) == "Cc" for c in address)


def data_script(data: Any) -> Html:
    """Return data for a ``<script type="application/ld+json">``, in which no tag can end the script."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Html(text)
