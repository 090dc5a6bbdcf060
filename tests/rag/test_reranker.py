"""A cross-encoder, for those who name one: it orders the best candidates, and nothing else changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from eval.runner import evaluate
from eval.sets import EvalSet, Query
from index.archive import Archive, Generation
from index.build import build_index
from index.encoders.base import Encoder
from index.encoders.onnx import OnnxEncoder
from index.errors import EncoderError
from index.filters import Filters
from rag import Assistant
from rag.cli import main
from rag.confidence import confidence
from rag.fusion import load_weights
from rag.lookup import texts_of
from rag.reranker import READ_AGAIN, Reranker
from rag.retrieval import Candidates, Retriever
from tests.tiny_tokenizer import tiny_tokenizer

pytestmark = pytest.mark.model

ROOT = Path(__file__).parents[2]
QUESTION = "Hoeveel huisjes staan er in de duinen?"
WORDS = [
    *("hoeveel", "huisjes", "staan", "er", "in", "de", "duinen", "op", "dit", "moment", "gemeente", "?", "."),
    *map(str, range(1, 60)),
]
TINY_LIMIT = 32

WriteLetter = Callable[..., Path]


@pytest.fixture(scope="session")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a cross-encoder of one layer with random weights."""
    folder = tmp_path_factory.mktemp("cross") / "model"
    save_cross_encoder(folder)
    return folder


def save_cross_encoder(folder: Path, *, labels: int = 1, head: float | None = None, kind: str = "") -> None:
    """Save a model of random weights; `head` in place of the weights of its last layer."""
    import torch
    import transformers

    torch.manual_seed(3)
    tokenizer = tiny_tokenizer(WORDS, lowercase=True)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=TINY_LIMIT,
        initializer_range=0.9,
        num_labels=labels,
    )
    model = getattr(transformers, kind or "BertForSequenceClassification")(config)
    if head is not None:
        torch.nn.init.constant_(model.classifier.weight, head)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


@pytest.fixture(scope="session")
def reranker(cross_encoder: Path) -> Reranker:
    return Reranker(str(cross_encoder))


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory, words_encoder: Encoder, write_letter: WriteLetter) -> Generation:
    """Give a generation with more pairs than are read again; the last answer is longer than the model reads."""
    folder = tmp_path_factory.mktemp("many")
    pairs = [
        (f"Hoeveel huisjes staan er in gemeente {n}?", f"Op dit moment staan er {n + 25} huisjes. Niet in de duinen.")
        for n in range(1, READ_AGAIN + 8)
    ]
    pairs.append(("Hoeveel huisjes staan er in de duinen?", "Op dit moment staan er 7 huisjes in de duinen. " * 9))
    write_letter(folder / "a.txt", pairs[:9], number="2024Z00011", subject="huisjes")
    write_letter(folder / "b.txt", pairs[9:], number="2024Z00012", subject="huisjes in de duinen")
    build_index([folder / "a.txt", folder / "b.txt"], folder / "index", words_encoder)
    return Archive(folder / "index").open()


@pytest.fixture(scope="session")
def found(many: Generation, words_encoder: Encoder) -> Candidates:
    return Retriever(many, words_encoder, load_weights(with_tokens=False)).search(QUESTION)


@pytest.fixture(scope="session")
def plain(many: Generation, words_encoder: Encoder) -> Assistant:
    return Assistant(many, words_encoder)


@pytest.fixture(scope="session")
def second(many: Generation, words_encoder: Encoder, reranker: Reranker) -> Assistant:
    return Assistant(many, words_encoder, reranker=reranker)


def scores_by_the_library(folder: Path, texts: Sequence[str]) -> list[float]:
    """Return what the library itself makes of the question with each text, one at a time."""
    import torch
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(str(folder), device="cpu", activation_fn=torch.nn.Identity())
    return [float(model.predict((QUESTION, text), show_progress_bar=False)) for text in texts]


def ids(assistant: Assistant, **options: Any) -> list[str]:
    return [hit.id for hit in assistant.ask(QUESTION, hits=100, **options).hits]


# The order


def test_the_first_twenty_stand_in_the_order_of_the_cross_encoder(
    many: Generation, found: Candidates, reranker: Reranker, cross_encoder: Path
) -> None:
    again = reranker.rerank(found, many.catalogue)
    first = found.rows[:READ_AGAIN].tolist()
    expected = scores_by_the_library(cross_encoder, [" ".join(texts_of(pair)) for pair in many.catalogue.pairs(first)])
    by_row = dict(zip(first, expected, strict=True))
    order = again.rows[:READ_AGAIN].tolist()
    assert order != first
    assert sorted(order) == sorted(first)
    assert again.scores[:READ_AGAIN] == pytest.approx([by_row[row] for row in order], abs=1e-4)
    assert np.diff(again.scores[:READ_AGAIN]).max() <= 0


def test_the_rest_follows_in_its_own_order(many: Generation, found: Candidates, reranker: Reranker) -> None:
    again = reranker.rerank(found, many.catalogue)
    assert len(found.rows) > READ_AGAIN
    assert again.rows[READ_AGAIN:].tolist() == found.rows[READ_AGAIN:].tolist()
    assert np.diff(again.scores[READ_AGAIN - 1 :]) == pytest.approx(np.diff(found.scores[READ_AGAIN - 1 :]))


def test_features_go_with_their_pairs(many: Generation, found: Candidates, reranker: Reranker) -> None:
    again = reranker.rerank(found, many.catalogue)
    places = [found.rows.tolist().index(row) for row in again.rows]
    assert again.features.tolist() == found.features[places].tolist()


def test_hits_come_in_that_order_with_scores_that_fall(second: Assistant, plain: Assistant) -> None:
    hits = second.ask(QUESTION, hits=100).hits
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert [hit.id for hit in hits] != ids(plain)
    assert sorted(hit.id for hit in hits) == sorted(ids(plain))


def test_equal_scores_keep_the_order_that_was(
    tmp_path: Path, many: Generation, words_encoder: Encoder, plain: Assistant
) -> None:
    save_cross_encoder(tmp_path / "level", head=0.0)
    level = Assistant(many, words_encoder, reranker=Reranker(str(tmp_path / "level")))
    assert ids(level) == ids(plain)
    assert level.ask(QUESTION).confidence == plain.ask(QUESTION).confidence


def test_the_decision_is_about_the_hit_that_comes_first(
    second: Assistant, plain: Assistant, many: Generation, found: Candidates, reranker: Reranker
) -> None:
    again = found.in_order(reranker.rerank(found, many.catalogue).rows)
    result = second.ask(QUESTION)
    assert result.confidence == confidence(again, load_weights(with_tokens=False))
    assert result.confidence != plain.ask(QUESTION).confidence


def test_filters_come_before_the_twenty(second: Assistant, plain: Assistant) -> None:
    chosen = Filters(letter="2024Z00011")
    assert len(ids(second, filters=chosen)) == 9
    assert sorted(ids(second, filters=chosen)) == sorted(ids(plain, filters=chosen))
    assert ids(second, filters=Filters(letter="2024Z09999")) == []


def test_what_is_asked_by_number_comes_in_the_order_of_the_letter(second: Assistant, plain: Assistant) -> None:
    assert second.ask("2024Z00012", hits=100).as_json() == plain.ask("2024Z00012", hits=100).as_json()


def test_without_candidates_nothing_is_read(many: Generation, found: Candidates, reranker: Reranker) -> None:
    nothing = found.in_order(np.empty(0, np.int64))
    assert reranker.rerank(nothing, many.catalogue) is nothing


# The same every time


def test_the_same_question_gives_the_same_bytes_with_any_number_of_threads(
    many: Generation, words_encoder: Encoder, second: Assistant, cross_encoder: Path
) -> None:
    import torch

    first = json.dumps(second.ask(QUESTION, hits=100).as_json())
    before = torch.get_num_threads()
    torch.set_num_threads(1 if before > 1 else 2)
    try:
        loaded_again = Assistant(many, words_encoder, reranker=Reranker(str(cross_encoder)))
        assert json.dumps(loaded_again.ask(QUESTION, hits=100).as_json()) == first
    finally:
        torch.set_num_threads(before)


def test_threads_can_share_a_reranker(second: Assistant) -> None:
    queries = [QUESTION, "Hoeveel huisjes in gemeente 5?", "Staan er 31 huisjes?"]
    alone = [second.ask(query).as_json() for query in queries]
    together: list[list[dict[str, Any]]] = []
    threads = [
        threading.Thread(target=lambda: together.append([second.ask(query).as_json() for query in queries]))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [alone] * 6


def test_a_newer_generation_is_asked_with_the_same_reranker(
    tmp_path: Path, words_encoder: Encoder, write_letter: WriteLetter, cross_encoder: Path
) -> None:
    model = Path(shutil.copytree(cross_encoder, tmp_path / "model"))
    pairs = [(f"Hoeveel huisjes staan er in gemeente {n}?", f"Er staan er {n + 30}.") for n in range(1, 9)]
    letter = write_letter(tmp_path / "brief.txt", pairs[:4])
    build_index([letter], tmp_path / "index", words_encoder)
    generation = Archive(tmp_path / "index").open()
    old = Assistant(generation, words_encoder, reranker=Reranker(str(model)))
    build_index([write_letter(letter, pairs)], tmp_path / "index", words_encoder)
    shutil.rmtree(model)  # loading it once more would fail
    new = old.reopened()
    assert new is not None
    newest = Archive(tmp_path / "index").open()
    expected = Assistant(newest, words_encoder, reranker=Reranker(str(cross_encoder)))
    assert ids(new) == ids(expected)
    assert ids(new) != ids(Assistant(newest, words_encoder))


# Where it is named


@pytest.fixture
def _one_model(monkeypatch: pytest.MonkeyPatch, bundled_encoder: Encoder) -> None:
    monkeypatch.setattr(OnnxEncoder, "open", lambda: bundled_encoder)


@pytest.mark.usefixtures("_one_model")
def test_a_flag_a_setting_and_python_name_the_same_reranker(
    monkeypatch: pytest.MonkeyPatch, real_index: Path, cross_encoder: Path
) -> None:
    query = "Hoe werkt het sociaal kredietsysteem in China?"
    ask = ["ask", query, "--json", "--hits", "10", "--index", str(real_index)]
    without = CliRunner().invoke(main, ask, catch_exceptions=False).stdout
    flag = CliRunner().invoke(main, [*ask, "--reranker", str(cross_encoder)], catch_exceptions=False).stdout
    monkeypatch.setenv("KAMERANTWOORD_RERANKER", str(cross_encoder))
    setting = CliRunner().invoke(main, ask, catch_exceptions=False).stdout
    python = Assistant.open(real_index, reranker=str(cross_encoder)).ask(query, hits=10).as_json()
    assert json.loads(flag) == python
    assert setting == flag
    assert json.loads(without)["hits"] != python["hits"]


@pytest.mark.usefixtures("_one_model")
@pytest.mark.parametrize("command", [["ask", "Wat?"], ["serve", "--port", "0"]], ids=["ask", "serve"])
def test_a_reranker_that_does_not_exist_is_one_line(real_index: Path, command: list[str]) -> None:
    asked = CliRunner().invoke(main, [*command, "--index", str(real_index), "--reranker", "./nowhere"])
    assert (asked.exit_code, asked.stdout) == (1, "")
    assert asked.stderr == (
        "kamerantwoord: there is no folder ./nowhere; name the folder of a model, or a model on the hub\n"
    )


def test_an_evaluation_measures_the_reranker_and_names_it(
    many: Generation, words_encoder: Encoder, reranker: Reranker, second: Assistant
) -> None:
    asked = EvalSet("small", (Query("a", QUESTION, "nl", "paraphrase"),), {"a": ("2024Z00012/vraag-1",)})
    index = many.folder.parent.parent
    found = evaluate(asked, index, words_encoder, ["kamerantwoord", "meaning"], reranker=reranker)
    assert list(found.main.run.outcomes["a"].pair_ids) == ids(second)[:10]
    assert found.model_id == f"words@1 with {reranker.name}"


def test_eval_takes_a_reranker(
    kamerantwoord: Callable[..., subprocess.CompletedProcess[str]], real_index: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text("question,letter,number\nHoe werkt het?,2022Z11285,4\n", encoding="utf-8")
    done = kamerantwoord("eval", mine, "--index", real_index, "--reranker", "./nowhere", "--cache", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kamerantwoord: there is no folder ./nowhere")


# What is wrong with it


def refused(folder: Path) -> str:
    with pytest.raises(EncoderError) as caught:
        Reranker(str(folder))
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)
    return str(caught.value)


def test_a_folder_without_model_is_said(tmp_path: Path) -> None:
    assert "cannot be loaded as a cross-encoder by sentence-transformers" in refused(tmp_path)


@pytest.mark.parametrize("has_modules", [False, True], ids=["transformers", "sentence-transformers"])
def test_a_model_that_makes_vectors_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], has_modules: bool
) -> None:
    save_cross_encoder(tmp_path / "vectors", kind="BertModel")
    # So that the library takes it for a model of its own that makes vectors.
    kind = "sentence_transformers.base.modules.transformer.Transformer"
    modules = json.dumps([{"idx": 0, "name": "0", "path": "", "type": kind}])
    if has_modules:
        (tmp_path / "vectors" / "modules.json").write_text(modules, encoding="utf-8")
    capfd.readouterr()
    assert "is no cross-encoder: its config.json names BertModel" in refused(tmp_path / "vectors")
    assert capfd.readouterr().err == ""


def test_a_model_with_several_numbers_is_refused(tmp_path: Path) -> None:
    save_cross_encoder(tmp_path / "several", labels=3)
    assert "one each is expected; name a cross-encoder that was trained to rank" in refused(tmp_path / "several")


def test_a_model_without_numbers_is_refused(tmp_path: Path) -> None:
    save_cross_encoder(tmp_path / "broken", head=float("nan"))
    assert "gives no number" in refused(tmp_path / "broken")


@pytest.mark.parametrize("file", ["config.json", "modules.json"])
def test_code_that_a_folder_brings_along_is_not_run(cross_encoder: Path, tmp_path: Path, file: str) -> None:
    folder = Path(shutil.copytree(cross_encoder, tmp_path / "model"))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    own = {name: "brought_along.Own" for name in ("AutoConfig", "AutoModelForSequenceClassification")}
    brought = {
        "config.json": config | {"model_type": "own", "auto_map": own},
        "modules.json": [{"idx": 0, "name": "0", "path": "", "type": "brought_along.Own"}],
    }
    (folder / file).write_text(json.dumps(brought[file]), encoding="utf-8")
    (folder / "config_sentence_transformers.json").write_text('{"model_type": "CrossEncoder"}', encoding="utf-8")
    witness = tmp_path / "it_ran"
    (folder / "brought_along.py").write_text(f"open({str(witness)!r}, 'w').close()", encoding="utf-8")
    refused(folder)
    assert not witness.exists()


WITHOUT_NETWORK = """
import time
from rag.reranker import Reranker
from index.errors import EncoderError
import sentence_transformers
start = time.monotonic()
try:
    Reranker("organisation/never-fetched")
except EncoderError as error:
    print(round(time.monotonic() - start), error)
print(Reranker("organisation/fetched").name)
"""


def test_without_a_hub_a_model_that_was_fetched_is_loaded_and_another_is_said(
    tmp_path: Path, cross_encoder: Path
) -> None:
    # The layout in which the hub's own library keeps what it fetched.
    kept = tmp_path / "hub" / "models--organisation--fetched"
    shutil.copytree(cross_encoder, kept / "snapshots" / ("0" * 40))
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("0" * 40, encoding="utf-8")
    # Port 9 discards; nothing listens there.
    environment = os.environ | {
        "HF_HOME": str(tmp_path),
        "HF_ENDPOINT": "http://127.0.0.1:9",
        "HF_HUB_OFFLINE": "0",
        "PYTHONWARNINGS": "ignore",
    }
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    never, fetched = run.stdout.splitlines()
    seconds, message = never.split(" ", 1)
    assert int(seconds) < 15
    assert message == (
        "organisation/never-fetched was not fetched before, and the model hub cannot be reached; "
        "connect to the network, or name a folder that holds the model"
    )
    assert fetched == "organisation/fetched"


def test_importing_it_loads_no_torch() -> None:
    code = "import sys, rag, rag.assistant, rag.reranker; print({'torch', 'sentence_transformers'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
