"""Other models of sentence-transformers: finding them, naming them, and saying what is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index.encoders import open_encoder
from index.encoders.card import BUNDLED, Card
from index.encoders.sentence_transformer import SentenceTransformerEncoder
from index.errors import EncoderError

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.model


@pytest.fixture
def model_folder(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


def change_json(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def test_any_other_name_opens_a_sentence_transformers_model(tiny_model: Path) -> None:
    encoder = open_encoder(str(tiny_model))

    assert isinstance(encoder, SentenceTransformerEncoder)
    assert (encoder.dim, encoder.max_tokens) == (32, 24)


def test_model_id_is_that_of_the_content_and_changes_with_weights_and_prompts(model_folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    first = SentenceTransformerEncoder(str(model_folder), "cpu").model_id
    again = SentenceTransformerEncoder(str(model_folder), "cpu").model_id
    change_json(model_folder / "config_sentence_transformers.json", prompts={"query": "vraag : "})
    other_prompts = SentenceTransformerEncoder(str(model_folder), "cpu").model_id
    weights = load_file(model_folder / "model.safetensors")
    weights["embeddings.word_embeddings.weight"] = weights["embeddings.word_embeddings.weight"] + 1
    save_file(weights, model_folder / "model.safetensors", metadata={"format": "pt"})
    other_weights = SentenceTransformerEncoder(str(model_folder), "cpu").model_id

    assert first == again
    assert first.startswith("model@")
    assert len({first, other_prompts, other_weights}) == 3


def test_the_bundled_folder_has_the_id_of_its_card(bundled_through_torch: SentenceTransformerEncoder) -> None:
    assert bundled_through_torch.model_id == Card.read(BUNDLED).model_id


def test_a_folder_that_does_not_exist_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"there is no folder .*nowhere"):
        SentenceTransformerEncoder(str(tmp_path / "nowhere"))


def test_a_folder_without_model_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="cannot be loaded by sentence-transformers") as caught:
        SentenceTransformerEncoder(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_code_that_a_folder_brings_along_is_not_run(model_folder: Path) -> None:
    modules = json.loads((model_folder / "modules.json").read_text(encoding="utf-8"))
    modules[0]["type"] = "brought_along.Module"
    (model_folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    witness = model_folder / "it_ran"
    (model_folder / "brought_along.py").write_text(f"open({str(witness)!r}, 'w').close()", encoding="utf-8")

    with pytest.raises(EncoderError, match=r"brought_along\.Module"):
        SentenceTransformerEncoder(str(model_folder))
    assert not witness.exists()


def test_a_hub_that_cannot_be_reached_is_said_within_seconds() -> None:
    code = """
import time
from index.encoders import open_encoder
from index.errors import EncoderError
import sentence_transformers
start = time.monotonic()
try:
    open_encoder("organisation/model-that-was-never-fetched")
except EncoderError as error:
    print(round(time.monotonic() - start), error)
"""
    # Port 9 discards; nothing listens there.
    environment = os.environ | {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0", "PYTHONWARNINGS": "ignore"}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    seconds, message = run.stdout.strip().split(" ", 1)

    assert int(seconds) < 15
    assert message.startswith("organisation/model-that-was-never-fetched was not fetched before")
    assert "\n" not in message
