"""The model that is adapted to ministers' answers still understands ordinary Dutch."""

from __future__ import annotations

import numpy as np

from eval.general import load_texts, places_of_right
from index.encoders.base import Encoder

OF_THE_PUBLISHED_MODEL = 0.460
"""R@1 of multilingual-e5-small in floats, by ``python -m eval.general`` on a folder of it."""


def test_the_texts_are_many_and_asked_about_twice() -> None:
    texts = load_texts()
    assert len(texts) == 150
    assert {len(text.questions) for text in texts} == {2}
    assert len({text.passage for text in texts}) == 150


def test_adapting_the_bundled_model_cost_nothing_on_general_questions(bundled_encoder: Encoder) -> None:
    places = places_of_right(bundled_encoder, load_texts())
    assert np.mean(places == 0) >= OF_THE_PUBLISHED_MODEL
