from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.pages.markup import DIRECTION_CONTROLS, Html, data_script, element, escape, is_safe_address, join

ATTACKS = [
    "<img src=x onerror=alert(1)>",
    "</p><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "&lt;b&gt; stays what it was",
    "<!-- --><style>@import url(https://example.com/x.css)</style>",
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
]


class Reader(HTMLParser):
    """Reads HTML as a browser does: its tags, and its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_shown_character_for_character_as_text(attack: str) -> None:
    reader = read(element("p", attack))
    assert [tag for tag, _ in reader.tags] == ["p"]
    assert reader.text == attack


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_stays_inside_its_attribute(attack: str) -> None:
    reader = read(element("p", "x", title=attack))
    assert reader.tags == [("p", {"title": attack})]


@given(st.text(alphabet=st.characters(blacklist_categories=("Cc", "Cs"))))
def test_any_text_comes_back_whole(text: str) -> None:
    shown = "".join(character for character in text if character not in DIRECTION_CONTROLS)
    reader = read(element("div", text))
    assert [tag for tag, _ in reader.tags] == ["div"]
    assert reader.text == shown


def test_text_cannot_turn_the_order_of_the_text_around_it() -> None:
    assert escape("a\u202eb\u2066c") == "abc"


def test_a_control_character_is_shown_as_unreadable() -> None:
    assert escape("a\x00b\x1bc\nd\te") == "a\ufffdb\ufffdc\nd\te"


def test_what_is_escaped_is_not_escaped_twice() -> None:
    once = escape("<b>")
    assert isinstance(once, Html)
    assert escape(once) == "&lt;b&gt;"
    assert join(once, [" & ", None, [element("br")]]) == "&lt;b&gt; &amp; <br>"


def test_adding_a_plain_string_escapes_it() -> None:
    assert escape("a") + "<b>" == "a&lt;b&gt;"


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("https://zoek.officielebekendmakingen.nl/kst-1.html", True),
        ("/brief/2022Z11285?a=b#c", True),
        ("#inhoud", True),
        ("javascript:alert(1)", False),
        (" JaVaScRiPt:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("http://[", False),
    ],
)
def test_only_addresses_of_web_pages_become_links(address: str, is_safe: bool) -> None:
    assert is_safe_address(address) is is_safe
    if not is_safe:
        with pytest.raises(ValueError, match="address"):
            element("a", "x", href=address)


def test_attributes_without_a_value_are_left_out_or_bare() -> None:
    assert (
        element("p", hidden=True, title=None, class_="a", aria_label="b") == '<p hidden class="a" aria-label="b"></p>'
    )


def test_no_data_can_end_the_script_it_stands_in() -> None:
    data = {"text": "</script><script>alert(1)</script> & <!-- \u2028"}
    script = data_script(data)
    assert not set("<>&\u2028") & set(script)
    assert json.loads(script) == data
