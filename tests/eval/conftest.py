from __future__ import annotations

from pathlib import Path

import pytest

from eval.runner import Evaluation, evaluate
from eval.sets import EvalSet, Query
from eval.systems import SYSTEMS
from index.encoders.base import Encoder

QUERIES = (
    Query("a", "Hoeveel nachttreinen rijden er naar Wenen?", "nl", "paraphrase"),
    Query("b", "En wat kost een kaartje?", "nl", "followup", ("Rijden er nachttreinen?",)),
    Query("c", "How many wolven live on the Veluwe?", "en", "english"),
    Query("d", "Hoe hoog is de zorgtoeslag?", "nl", "unanswerable"),
    Query("e", "Hoeveel wolven leven er in Drenthe?", "nl", "unanswerable", near="2024Z00002"),
    Query("f", "?", "nl", "keywords"),
)
QRELS = {
    "a": ("2024Z00001/vraag-1",),
    "b": ("2024Z00001/vraag-2",),
    "c": ("2024Z00002/vraag-1",),
    "f": ("2024Z00003/vraag-1",),
}


@pytest.fixture(scope="session")
def small_set() -> EvalSet:
    """Give six questions on the letters of `small_index`; the last cannot be searched."""
    return EvalSet("small", QUERIES, QRELS)


@pytest.fixture(scope="session")
def evaluation(small_set: EvalSet, small_index: Path, words_encoder: Encoder) -> Evaluation:
    return evaluate(small_set, small_index, words_encoder, SYSTEMS)
