"""How large the values become that go into each matrix: measured on a few texts, in floats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from index.encoders.bundling.q4 import Shape
from index.encoders.int8 import PROJECTION, WORDS, Ranges, Weights

TEXTS = (
    "Hoeveel kost de nieuwe sluis, en wie betaalt dat?",
    "mag een school een leerling met diabetes weigeren",
    "Why was the embassy in Khartoum closed, and when will it open again?",
    "Nee.",
    "Zie het antwoord op vraag 3.",
    "Het kabinet heeft in het voorjaar van 2023 een bedrag van 12,5 miljoen euro vrijgemaakt voor de gemeenten; de "
    "verdeling volgt artikel 5, tweede lid, van de regeling. De Inspectie ziet daarop toe en rapporteert elk kwartaal.",
    "Ik deel de zorgen over de veiligheid van journalisten. Nederland heeft dit in EU-verband aangekaart, en de "
    "ambassadeur heeft er met de autoriteiten over gesproken. Over individuele gevallen doe ik geen uitspraken.",
    "Bent u bekend met het bericht «Wachttijden in de jeugdzorg lopen verder op»? Deelt u de mening dat dit niet "
    "langer kan? Zo ja, welke maatregelen neemt u? Zo nee, waarom niet?",
)
"""Of the kinds that the model meets: questions, answers, both languages, short and long."""


def measure_ranges(shape: Shape, weights: Weights, rows: Sequence[Sequence[int]]) -> Ranges:
    """Return the largest absolute value of each input of the matrices behind a layer norm.

    Parameters
    ----------
    shape : Shape
    weights : Weights
        In floats.
    rows : sequence of sequence of int
        Pieces of each text. A layer norm makes all texts alike in this: a few suffice.

    Returns
    -------
    Ranges
        For ``qkv`` and ``intermediate.dense`` of every layer.
    """
    import torch

    model = _open_bert(shape, weights)
    ranges: Ranges = {}
    for name, module in _behind_norms(model, shape.layers):
        module.register_forward_pre_hook(_remember(ranges, name))
    with torch.inference_mode():
        for row in rows:
            model(torch.tensor([row]))
    return ranges


def _open_bert(shape: Shape, weights: Weights) -> Any:
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=len(weights[WORDS]),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.intermediate,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types,
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    model.load_state_dict({name: torch.tensor(value) for name, value in weights.items() if name != PROJECTION})
    return model


def _behind_norms(model: Any, layers: int) -> Iterator[tuple[str, Any]]:
    for number in range(layers):
        layer, prefix = model.encoder.layer[number], f"encoder.layer.{number}"
        yield f"{prefix}.attention.self.qkv", layer.attention.self.query
        yield f"{prefix}.intermediate.dense", layer.intermediate.dense


def _remember(ranges: Ranges, name: str) -> Any:
    def hook(_module: Any, inputs: tuple[Any, ...]) -> None:
        largest = np.abs(inputs[0].numpy()).reshape(-1, inputs[0].shape[-1]).max(axis=0)
        ranges[name] = np.maximum(ranges.get(name, largest), largest)

    return hook
