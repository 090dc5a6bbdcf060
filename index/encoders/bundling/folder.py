"""Write model folders: the one that is bundled, and the same model in floats to train on."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index.encoders.bundling.graph import build_graph
from index.encoders.bundling.q4 import Shape
from index.encoders.bundling.ranges import TEXTS, measure_ranges
from index.encoders.bundling.sources import TOKENIZER, WEIGHTS
from index.encoders.bundling.vocabulary import Tokenizer
from index.encoders.card import (
    CARD_FILE,
    GRAPH_FILE,
    MODEL_FILES,
    OWN_MODULE,
    TOKENIZER_FILE,
    WEIGHT_FILE,
    Card,
)
from index.encoders.int8 import PROJECTION, Weights, quantise_model

PROMPTS = {"query": "query: ", "document": "passage: "}
"""From the card of multilingual-e5-small, https://huggingface.co/intfloat/multilingual-e5-small."""

POOLING = {"embedding_dimension": 384, "pooling_mode": "mean", "include_prompt": True}
FLOAT_MODULE = "sentence_transformers.models.Transformer"


def write_bundled(folder: Path, name: str, shape: Shape, weights: Weights, tokenizer: Tokenizer, origin: str) -> Card:
    """Write the model folder that `index.encoders.onnx` serves.

    Parameters
    ----------
    name : str
        Name of the model, the first part of its `model_id`.
    weights : dict of str to ndarray
        Names of BertModel; the embedding table has one row per piece of ``tokenizer``.
    origin : str
        One sentence for the model card: which weights these are.
    """
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    ranges = measure_ranges(shape, weights, _pieces(tokenizer))
    save_file(quantise_model(weights, shape.layers, ranges), folder / WEIGHT_FILE)
    (folder / WEIGHT_FILE).chmod(0o644)
    (folder / GRAPH_FILE).write_bytes(build_graph(shape, folder / WEIGHT_FILE))
    _write_configuration(folder, shape, tokenizer, OWN_MODULE)
    card = Card(
        name=name,
        dim=shape.hidden,
        max_tokens=shape.positions,
        query_prompt=PROMPTS["query"],
        passage_prompt=PROMPTS["document"],
        sha256={file: hash_file(folder / file) for file in MODEL_FILES},
        token_dim=weights[PROJECTION].shape[1] if PROJECTION in weights else 0,
    )
    _write_json(folder / CARD_FILE, asdict(card))
    shutil.copyfile(Path(__file__).with_name("model_licence.txt"), folder / "LICENSE")
    (folder / "README.md").write_text(_model_card(card, len(tokenizer["model"]["vocab"]), origin), encoding="utf-8")
    return card


def write_floats(folder: Path, shape: Shape, weights: Weights, tokenizer: Tokenizer) -> None:
    """Write an ordinary sentence-transformers folder in float32, to train on or to compare with."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    _write_configuration(folder, shape, tokenizer, FLOAT_MODULE)


def _pieces(tokenizer: Tokenizer) -> list[list[int]]:
    """Return the texts that ranges are measured on, as questions and as passages, in pieces."""
    from tokenizers import Tokenizer as Pieces

    cut = Pieces.from_str(json.dumps(tokenizer))
    return [cut.encode(prompt + text).ids for prompt in PROMPTS.values() for text in TEXTS]


def hash_file(path: Path) -> str:
    """Return the sha256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_configuration(folder: Path, shape: Shape, tokenizer: Tokenizer, module: str) -> None:
    """Write what sentence-transformers wants to know."""
    pieces = {piece: number for number, (piece, _score) in enumerate(tokenizer["model"]["vocab"])}
    (folder / TOKENIZER_FILE).write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
    _write_json(folder / "tokenizer_config.json", _tokenizer_config(shape))
    _write_json(folder / "config.json", _bert_config(shape, len(pieces), pieces["<pad>"]))
    # Without add_pooling_layer, BertModel invents a layer that the model does not have, and says so.
    transformer = {
        "max_seq_length": shape.positions,
        "do_lower_case": False,
        "model_args": {"add_pooling_layer": False},
    }
    _write_json(folder / "sentence_bert_config.json", transformer)
    _write_json(folder / "config_sentence_transformers.json", {"prompts": PROMPTS, "similarity_fn_name": "cosine"})
    types = [("", module), ("1_Pooling", "sentence_transformers.models.Pooling")]
    types.append(("2_Normalize", "sentence_transformers.models.Normalize"))
    modules = [
        {"idx": number, "name": str(number), "path": path, "type": kind} for number, (path, kind) in enumerate(types)
    ]
    _write_json(folder / "modules.json", modules)
    (folder / "1_Pooling").mkdir(exist_ok=True)
    _write_json(folder / "1_Pooling" / "config.json", {**POOLING, "embedding_dimension": shape.hidden})


def _tokenizer_config(shape: Shape) -> dict[str, Any]:
    special = {"bos": "<s>", "cls": "<s>", "eos": "</s>", "sep": "</s>", "unk": "<unk>", "pad": "<pad>"}
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": shape.positions,
        **{f"{name}_token": token for name, token in special.items()},
        "mask_token": "<mask>",
    }


def _bert_config(shape: Shape, pieces: int, pad_id: int) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "hidden_act": "gelu",
        "hidden_size": shape.hidden,
        "intermediate_size": shape.intermediate,
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": shape.positions,
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "pad_token_id": pad_id,
        "type_vocab_size": shape.token_types,
        "vocab_size": pieces,
    }


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _model_card(card: Card, pieces: int, origin: str) -> str:
    template = Path(__file__).with_name("model_card.md").read_text(encoding="utf-8")
    return template.format(
        card=card,
        pieces=f"{pieces:,}",
        origin=origin,
        checksums="\n".join(f"    {digest}  {file}" for file, digest in card.sha256.items()),
        weights=WEIGHTS,
        tokenizer=TOKENIZER,
    )
