"""The bundled model through onnxruntime: what it adds to the contract of an encoder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.encoders import BUNDLED_NAME, open_encoder
from index.encoders.card import BUNDLED, CARD_FILE, GRAPH_FILE, MODEL_FILES, TOKENIZER_FILE, WEIGHT_FILE, Card
from index.encoders.onnx import OnnxEncoder
from index.errors import EncoderError

ROOT = Path(__file__).parents[3]

PASSAGES = [f"Het antwoord op vraag {number} luidt als volgt. " * number for number in range(1, 9)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the bundled folder, with the weights as a link to the real ones."""
    for name in (CARD_FILE, GRAPH_FILE, TOKENIZER_FILE):
        shutil.copy(BUNDLED / name, tmp_path)
    shutil.copy(BUNDLED / WEIGHT_FILE, tmp_path)
    return tmp_path


def test_bytes_of_a_vector_depend_on_neither_threads_nor_company(onnx_encoder: OnnxEncoder) -> None:
    together = OnnxEncoder.open(threads=3).encode_passages(PASSAGES)
    one_thread = OnnxEncoder.open(threads=1).encode_passages(PASSAGES)
    alone = [onnx_encoder.encode_passages([text])[0] for text in PASSAGES]

    assert together.tobytes() == one_thread.tobytes()
    assert together.tobytes() == b"".join(vector.tobytes() for vector in alone)


def test_progress_that_raises_stops_the_encoding() -> None:
    def interrupt(_finished: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        OnnxEncoder.open(threads=2).encode_passages(PASSAGES, progress=interrupt)


def test_bundled_is_the_name_of_the_bundled_model(onnx_encoder: OnnxEncoder) -> None:
    encoder = open_encoder(BUNDLED_NAME)

    assert isinstance(encoder, OnnxEncoder)
    assert encoder.model_id == onnx_encoder.model_id


def test_model_id_changes_with_any_file_that_decides_about_a_vector() -> None:
    card = Card.read(BUNDLED)
    others = [
        Card(card.name, card.dim, card.max_tokens, "", "", {**card.sha256, name: "0" * 64}).model_id
        for name in MODEL_FILES
    ]

    assert len({card.model_id, *others}) == 1 + len(MODEL_FILES)


def test_no_model_folder_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"is no model folder: it holds no encoder\.json"):
        OnnxEncoder.open(tmp_path)


@pytest.mark.parametrize("card", ["", "[]", '{"name": "x"}', '{"nom": 1}', '"card"'])
def test_a_damaged_card_is_said_in_one_line(tmp_path: Path, card: str) -> None:
    (tmp_path / CARD_FILE).write_text(card, encoding="utf-8")

    with pytest.raises(EncoderError, match="cannot be read as the card of a model"):
        OnnxEncoder.open(tmp_path)


@pytest.mark.parametrize(("name", "what"), [(GRAPH_FILE, "a model"), (TOKENIZER_FILE, "a tokenizer")])
@pytest.mark.parametrize("damage", ["cut off", "missing"])
def test_a_damaged_model_is_said_in_one_line(folder: Path, name: str, what: str, damage: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    if damage == "cut off":
        (folder / name).write_bytes(content[: len(content) // 2])

    with pytest.raises(EncoderError, match=f"{name} cannot be loaded as {what}") as caught:
        OnnxEncoder.open(folder)
    assert "\n" not in str(caught.value)


def test_weights_that_are_cut_off_are_refused(folder: Path) -> None:
    with (folder / WEIGHT_FILE).open("r+b") as file:
        file.truncate(1_000_000)

    with pytest.raises(EncoderError, match=r"model\.onnx cannot be loaded as a model"):
        OnnxEncoder.open(folder)


def run_python(code: str) -> str:
    """Run code in a fresh interpreter; what it says on stderr would reach a user."""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert run.stderr == ""
    return run.stdout


def test_a_question_is_encoded_without_torch() -> None:
    code = """
import json, sys
import index.encoders.onnx
light = sorted(sys.modules)
vector = index.encoders.onnx.OnnxEncoder.open().encode_queries(["Waarom gaat het bureau dicht?"])
print(json.dumps({"light": light, "all": sorted(sys.modules), "shape": vector.shape}))
"""
    seen = json.loads(run_python(code))

    assert seen["shape"] == [1, 384]
    assert not {"onnxruntime", "tokenizers"} & set(seen["light"])
    assert not {"torch", "transformers", "sentence_transformers", "onnx", "safetensors"} & set(seen["all"])


def test_nothing_is_told_of_the_machine_and_nothing_kept_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """onnxruntime reports its use over the network unless it is told not to, from a file in the home folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    code = "from index.encoders.onnx import OnnxEncoder; print(OnnxEncoder.open().encode_queries(['Wie?']).shape)"
    assert run_python(code) == "(1, 384)\n"
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the greatest memory of a process")
def test_a_question_is_encoded_in_little_memory() -> None:
    code = """
import index.encoders.onnx
index.encoders.onnx.OnnxEncoder.open().encode_queries(["Waarom gaat het bureau dicht?"])
print(open("/proc/self/status").read())
"""
    # VmHWM:	  197692 kB
    (peak_kb,) = [line.split()[1] for line in run_python(code).splitlines() if line.startswith("VmHWM:")]

    assert int(peak_kb) < 260_000


def test_a_question_has_one_vector_with_its_tokens_and_without(onnx_encoder: OnnxEncoder) -> None:
    text = "Waarom sluit het politiebureau?"
    vector, tokens = onnx_encoder.encode_query_tokens(text)

    assert vector.tobytes() == onnx_encoder.encode_queries([text]).tobytes()
    assert tokens.shape[1] == onnx_encoder.token_dim == 64
    np.testing.assert_allclose(np.linalg.norm(tokens, axis=1), 1, atol=1e-5)


def test_prompt_and_special_tokens_are_left_out(onnx_encoder: OnnxEncoder) -> None:
    text = "de minister sluit het bureau"
    _, [passage] = onnx_encoder.encode_passage_tokens([text])
    _, question = onnx_encoder.encode_query_tokens(text)

    assert len(passage) == len(question) == onnx_encoder.count_tokens([text])[0] - 4
    _, [word] = onnx_encoder.encode_passage_tokens(["bureau"])
    assert float(word[0] @ passage[-1]) > float(word[0] @ passage[0])


def test_passages_have_the_same_vectors_with_their_tokens_and_without(onnx_encoder: OnnxEncoder) -> None:
    texts = ["de minister", "waarom sluit het bureau", "geld"]
    vectors, tokens = onnx_encoder.encode_passage_tokens(texts)

    assert vectors.tobytes() == onnx_encoder.encode_passages(texts).tobytes()
    alone = [onnx_encoder.encode_passage_tokens([text])[1][0] for text in texts]
    assert [one.tobytes() for one in tokens] == [one.tobytes() for one in alone]


def test_questions_that_meet_get_the_vectors_that_each_gets_alone(onnx_encoder: OnnxEncoder) -> None:
    texts = [f"waarom sluit bureau {number}" for number in range(12)]
    alone = [onnx_encoder.encode_query_tokens(text) for text in texts]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(onnx_encoder.encode_query_tokens, texts))

    assert [(a.tobytes(), b.tobytes()) for a, b in together] == [(a.tobytes(), b.tobytes()) for a, b in alone]
