"""Whether a model still understands ordinary Dutch: ``python -m eval.general [MODEL…]``.

A model that is adapted to ministers' answers may forget the rest. `general.jsonl` holds short texts on thirty everyday
subjects, five on each, with two questions on each text, some in English; nothing is adapted to them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from index.encoders import BUNDLED_NAME, open_encoder
from index.encoders.base import Encoder

TEXTS = Path(__file__).with_name("general.jsonl")


@dataclass(frozen=True, slots=True)
class Text:
    """A short text with what is asked about it."""

    passage: str
    questions: tuple[str, ...]


def load_texts(path: Path = TEXTS) -> list[Text]:
    """Return the texts, those on one subject together."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Text(data["passage"], tuple(data["questions"])) for data in map(json.loads, lines)]


def places_of_right(encoder: Encoder, texts: Sequence[Text]) -> npt.NDArray[np.int64]:
    """Return for every question at which place, from 0, its text comes among all texts."""
    asked = [(question, number) for number, text in enumerate(texts) for question in text.questions]
    passages = encoder.encode_passages([text.passage for text in texts])
    scores = encoder.encode_queries([question for question, _ in asked]) @ passages.T
    right = scores[np.arange(len(asked)), [number for _, number in asked]]
    places: npt.NDArray[np.int64] = (scores > right[:, np.newaxis]).sum(axis=1)
    return places


@click.command()
@click.argument("models", nargs=-1, metavar="[MODEL…]")
def main(models: Sequence[str]) -> None:
    """Tell how often each model (the bundled one when none is named) finds the right text first."""
    texts = load_texts()
    for model in models or (BUNDLED_NAME,):
        places = places_of_right(open_encoder(model), texts)
        shares = ", ".join(f"R@{count} {np.mean(places < count):.3f}" for count in (1, 3, 10))
        click.echo(f"{model}: {len(places)} questions on {len(texts)} texts: {shares}")


if __name__ == "__main__":
    main()
