"""The page of a whole letter: every pair has an address and an anchor of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from index.records import Letter
from rag.pages.hit import Frame
from rag.pages.letter import render_letter_page
from rag.pages.markup import join
from rag.pages.texts import DUTCH


def test_two_pairs_of_one_number_have_each_an_address_and_an_anchor(make_letter: Callable[..., Letter]) -> None:
    letter = make_letter([("Hoeveel?", "Vijf."), (("Wanneer?", "Waar?"), "In mei, in Wenen."), ("Waarom?", "Daarom.")])
    last = letter.pairs[-1]
    # The second set of questions of one letter begins with 1 again; 3 is the number of a joint answer.
    again = replace(last, questions=(replace(last.questions[0], number=1),))
    letter = replace(letter, pairs=(*letter.pairs[:-1], again))
    page = str(join(render_letter_page(letter, Frame(DUTCH))))
    anchors = re.findall(r'id="(vraag-[^"]+)"', page)  # <section id="vraag-1">
    assert sorted(anchors) == ["vraag-1", "vraag-1-2", "vraag-2", "vraag-3"]
    assert re.findall(r'href="[^"]*/(vraag-[^"]+)"', page) == ["vraag-1", "vraag-2", "vraag-1-2"]
