"""What this is, how it works and where it falls short, in plain words; and the accessibility statement.

The words stand in ``words/``: a heading begins with ``# ``, an empty line ends a paragraph.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from rag.pages.markup import Html, element, join
from rag.pages.quality import read_scores, render_quality
from rag.pages.texts import Texts
from rag.pages.turn import render_coverage
from rag.results import Coverage

WORDS = Path(__file__).parent / "words"


def render_explanation(texts: Texts, coverage: Coverage) -> Html:
    """Draw how this works, what it holds, where it falls short and what it stores."""
    held = element("p", render_coverage(coverage, texts), class_="kw-dekking")
    return join(held, _render_words("uitleg", texts.language), render_quality(texts, read_scores()))


def render_accessibility(texts: Texts) -> Html:
    """Draw the accessibility statement."""
    return _render_words("toegankelijkheid", texts.language)


@lru_cache
def _render_words(name: str, language: str) -> Html:
    blocks = (WORDS / f"{name}.{language}.txt").read_text("utf-8").strip().split("\n\n")
    return join(
        [
            element("h2", block.removeprefix("# ")) if block.startswith("# ") else element("p", " ".join(block.split()))
            for block in blocks
        ]
    )
