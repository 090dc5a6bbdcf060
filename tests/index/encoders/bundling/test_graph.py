"""The graph that we write is BERT: held against the one of transformers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.encoders.bundling.graph import build_graph, read_safetensors_header
from index.encoders.bundling.q4 import Shape
from index.encoders.bundling.ranges import measure_ranges
from index.encoders.int8 import PROJECTION, Ranges, Weights, dequantise_model, quantise_model
from index.errors import EncoderError

pytest.importorskip("onnx", reason="only needed to build the model: install the development group «model»")

SHAPE = Shape(hidden=128, layers=2, heads=4, intermediate=256, vocabulary=50, positions=16, token_types=2)
IDS = np.array([[3, 7, 49, 21, 7, 11]])

OUTLIER = 6.0
"""As in real models, one value behind a layer norm is far larger than the others."""


@pytest.fixture(scope="module")
def bert() -> Any:
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=SHAPE.vocabulary,
        hidden_size=SHAPE.hidden,
        num_hidden_layers=SHAPE.layers,
        num_attention_heads=SHAPE.heads,
        intermediate_size=SHAPE.intermediate,
        max_position_embeddings=SHAPE.positions,
        initializer_range=0.1,
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    for parameter in model.parameters():  # biases start as zeros, and a forgotten one would go unnoticed
        if parameter.ndim == 1:
            torch.nn.init.normal_(parameter, mean=float(parameter.detach()[0]), std=0.2)
    with torch.no_grad():
        for layer in model.encoder.layer:
            layer.attention.output.LayerNorm.weight[3] = OUTLIER
    return model


@pytest.fixture(scope="module")
def weights(bert: Any) -> Weights:
    return {name: value.numpy() for name, value in bert.state_dict().items()}


@pytest.fixture(scope="module")
def ranges(weights: Weights) -> Ranges:
    return measure_ranges(SHAPE, weights, [[3, 7, 49, 21], list(range(12))])


def open_session(weights: Weights, ranges: Ranges, folder: Path) -> Any:
    import onnxruntime
    from safetensors.numpy import save_file

    save_file(quantise_model(weights, SHAPE.layers, ranges), folder / "weights.safetensors")
    (folder / "model.onnx").write_bytes(build_graph(SHAPE, folder / "weights.safetensors"))
    return onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def session(weights: Weights, ranges: Ranges, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return open_session(weights, ranges, tmp_path_factory.mktemp("graph"))


@pytest.fixture(scope="module")
def token_session(weights: Weights, ranges: Ranges, tmp_path_factory: pytest.TempPathFactory) -> Any:
    projected = {**weights, PROJECTION: np.eye(SHAPE.hidden, 16, dtype=np.float32)}
    return open_session(projected, ranges, tmp_path_factory.mktemp("tokens"))


def run(session: Any, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return session.run(None, {"input_ids": ids, "attention_mask": mask})[0]


@pytest.mark.model
def test_the_graph_computes_the_mean_vector_of_bert(bert: Any, session: Any) -> None:
    import torch

    with torch.no_grad():
        hidden = bert(torch.from_numpy(IDS)).last_hidden_state
    expected = torch.nn.functional.normalize(hidden.mean(dim=1)).numpy()

    (cosine,) = (run(session, IDS, np.ones_like(IDS)) * expected).sum(axis=1)
    assert cosine > 0.9995


@pytest.mark.model
def test_a_projection_gives_each_token_a_vector_of_its_own(bert: Any, session: Any, token_session: Any) -> None:
    import torch

    with torch.no_grad():
        hidden = bert(torch.from_numpy(IDS)).last_hidden_state
    expected = torch.nn.functional.normalize(hidden[..., :16], dim=-1).numpy()

    embedding, tokens = token_session.run(None, {"input_ids": IDS, "attention_mask": np.ones_like(IDS)})
    assert tokens.shape == (1, IDS.shape[1], 16)
    assert (tokens * expected).sum(axis=-1).min() > 0.995
    assert embedding.tobytes() == run(session, IDS, np.ones_like(IDS)).tobytes()
    assert [output.name for output in session.get_outputs()] == ["embedding"]


@pytest.mark.model
def test_padding_hardly_shows(session: Any) -> None:
    padded = np.array([[*IDS[0], 0, 0, 0]])
    mask = (np.arange(padded.shape[1]) < IDS.shape[1]).astype(np.int64)[np.newaxis]

    alone = run(session, IDS, np.ones_like(IDS))

    # Not the same bytes: the padding is rounded together with the text. The encoder pads nothing.
    assert float((run(session, padded, mask) * alone).sum()) > 0.9995
    assert float((run(session, padded, np.ones_like(padded)) * alone).sum()) < 0.99


@pytest.mark.model
def test_weights_come_back_under_their_own_names(weights: Weights, ranges: Ranges) -> None:
    again = dequantise_model(quantise_model(weights, SHAPE.layers, ranges), SHAPE.layers)

    assert again.keys() == weights.keys()
    for name, value in weights.items():
        if "position_embeddings" not in name and "token_type" not in name:
            assert again[name].shape == value.shape
            assert np.linalg.norm(again[name] - value) < 0.05 * np.linalg.norm(value), name
    together = "embeddings.position_embeddings.weight", "embeddings.token_type_embeddings.weight"
    np.testing.assert_allclose(
        again[together[0]] + again[together[1]][0], weights[together[0]] + weights[together[1]][0], atol=1e-6
    )


def test_the_graph_is_the_same_each_time(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    generator = np.random.default_rng(0)
    names = weight_shapes()
    random = {name: generator.standard_normal(size, dtype=np.float32) for name, size in names.items()}
    ones = {
        f"encoder.layer.{layer}.{name}": np.ones(SHAPE.hidden, np.float32)
        for layer in range(SHAPE.layers)
        for name in ("attention.self.qkv", "intermediate.dense")
    }
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        save_file(quantise_model(random, SHAPE.layers, ones), folder / "weights.safetensors")

    assert (tmp_path / "one/weights.safetensors").read_bytes() == (tmp_path / "two/weights.safetensors").read_bytes()
    assert build_graph(SHAPE, tmp_path / "one/weights.safetensors") == build_graph(
        SHAPE, tmp_path / "two/weights.safetensors"
    )


def weight_shapes() -> dict[str, tuple[int, ...]]:
    hidden, wide = SHAPE.hidden, SHAPE.intermediate
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (SHAPE.vocabulary, hidden),
        "embeddings.position_embeddings.weight": (SHAPE.positions, hidden),
        "embeddings.token_type_embeddings.weight": (2, hidden),
        "embeddings.LayerNorm.weight": (hidden,),
        "embeddings.LayerNorm.bias": (hidden,),
    }
    for layer in range(SHAPE.layers):
        prefix = f"encoder.layer.{layer}"
        matrices = {f"attention.self.{part}": (hidden, hidden) for part in ("query", "key", "value")}
        matrices |= {"attention.output.dense": (hidden, hidden), "intermediate.dense": (wide, hidden)}
        matrices |= {"output.dense": (hidden, wide)}
        for name, size in matrices.items():
            shapes |= {f"{prefix}.{name}.weight": size, f"{prefix}.{name}.bias": size[:1]}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{prefix}.{name}.weight": (hidden,), f"{prefix}.{name}.bias": (hidden,)}
    return shapes


def test_a_weight_file_without_tensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")

    with pytest.raises(EncoderError, match="holds no tensors"):
        read_safetensors_header(tmp_path / "empty.safetensors")
