"""How well answers are found, as it was measured: the accepted scores of the evaluation, in words."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from rag.pages.markup import Html, element, join
from rag.pages.texts import Texts

SCORES = Path(__file__).parents[2] / "eval" / "expected.toml"
"""Data, beside the packages; what is measured is held to it by a test of the evaluation."""

SET, SPLIT, SYSTEM = "invented", "test", "kamerantwoord"
"""The largest set, of letters on which nothing was fitted."""


@lru_cache
def read_scores(path: Path = SCORES) -> dict[str, float]:
    """Return the accepted scores by measure; nothing when they are not there."""
    try:
        accepted = tomllib.loads(path.read_text("utf-8"))["accepted"]
        wanted = {"set": SET, "split": SPLIT, "system": SYSTEM}
        found = [entry["scores"] for entry in accepted if wanted.items() <= entry.items()]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {name: float(score) for name, score in found[0].items()} if found else {}


def render_quality(texts: Texts, scores: dict[str, float]) -> Html | None:
    """Draw the scores in sentences, each as «so many of a hundred»; None when one is missing."""
    try:
        said = texts.quality.format(
            first=_of_hundred(scores["R@1"]),
            three=_of_hundred(scores["R@3"]),
            false_answers=_of_hundred(scores["false answers"]),
            false_refusals=_of_hundred(scores["false refusals"]),
        )
    except KeyError:
        return None
    return join(element("h2", texts.quality_title), element("p", said))


def _of_hundred(share: float) -> str:
    return str(round(100 * share))
