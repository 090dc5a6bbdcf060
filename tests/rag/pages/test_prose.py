from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.pages.prose import find_links, render_prose
from rag.pages.texts import DUTCH, ENGLISH
from rag.results import Highlight, Note
from tests.rag.pages.test_markup import read


def test_every_word_of_the_text_is_shown_in_its_order() -> None:
    text = "Eerste alinea.\n\nTweede, met een rij:\na) een\nb) twee"
    html = render_prose(text, DUTCH)
    assert html.count("<p>") == 2
    assert html.count("<br>") == 2
    assert 'lang="nl"' in html
    assert read(html).text == "Eerste alinea.Tweede, met een rij:a) eenb) twee"


def test_the_sentence_that_fits_is_marked_and_nothing_else() -> None:
    text = "Een. Twee. Drie."
    assert "<p>Een. <mark>Twee.</mark> Drie.</p>" in render_prose(text, DUTCH, highlight=Highlight(5, 10))
    assert "<mark>" not in render_prose(text, DUTCH, highlight=Highlight(0, 0))
    assert "<p><mark>Een. Twee. Drie.</mark></p>" in render_prose(text, DUTCH, highlight=Highlight(0, 16))


def test_a_mark_over_two_paragraphs_is_closed_in_each() -> None:
    html = render_prose("Een.\n\nTwee.", DUTCH, highlight=Highlight(2, 8))
    assert "<p>Ee<mark>n.</mark></p><p><mark>Tw</mark>ee.</p>" in html


def test_notes_stand_at_their_places_and_say_when_their_text_is_missing() -> None:
    notes = [Note("1", 3, "Een noot."), Note("[2]", 10, None)]
    html = render_prose("Een. Twee.", DUTCH, notes=notes)
    assert html.index("Een") < html.index("Een noot.") < html.index(". Twee.") < html.index(DUTCH.note_missing)
    assert html.count("<details") == 2
    assert ENGLISH.note_missing in render_prose("Een. Twee.", ENGLISH, notes=notes)


def test_a_note_at_the_end_of_the_marked_sentence_is_drawn_once() -> None:
    html = render_prose("Een. Twee.", DUTCH, notes=[Note("1", 4, "Noot.")], highlight=Highlight(0, 4))
    assert html.count("Noot.") == 1


def test_official_numbers_and_addresses_become_links() -> None:
    text = "Zie Kamerstuk 31 865, nr. 207 en https://example.org/a."
    html = render_prose(text, DUTCH)
    assert '<a href="https://zoek.officielebekendmakingen.nl/kst-31865-207.html" rel="noopener noreferrer">' in html
    assert '<a href="https://example.org/a" rel="noopener noreferrer">https://example.org/a</a>.' in html
    assert read(html).text == text


@given(
    st.text(alphabet=st.sampled_from("ab <>&\n.\"'"), max_size=60),
    st.lists(st.integers(0, 60), max_size=4),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_no_mark_or_note_ever_loses_or_doubles_a_word(text: str, offsets: list[int], start: int, end: int) -> None:
    places = sorted(min(offset, len(text)) for offset in offsets)
    notes = [Note("§", place, "¶") for place in places]
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    shown = read(render_prose(text, DUTCH, notes=notes, highlight=Highlight(start, end))).text
    for aid in ("Noot ", "§", "¶"):
        shown = shown.replace(aid, "")
    kept = "".join(part for part in text.split("\n\n") if part.strip())
    assert shown == kept.replace("\n", "")


def test_links_never_overlap() -> None:
    links = list(find_links("Aanhangsel Handelingen II 2023/24, nr. 1314, ah-tk-20232024-1314 (2022Z11285)."))
    assert links
    assert all(first.end <= second.start for first, second in pairwise(links))
