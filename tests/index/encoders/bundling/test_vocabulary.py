"""Leave out what a text in Latin script cannot hold, and nothing that it can."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.encoders.bundling.vocabulary import is_kept, trim_tokenizer
from index.errors import EncoderError

KEPT = ["▁het", "é", "Ł", "ﬁ", "▁µ", "α", "▁Ω", "€", "»,", "▁’", "…", "\uf0b7", "➢", "🙂", "3,5", "̈", "ǆ", "️"]
LEFT_OUT = ["▁и", "Київ", "日本", "の", "العربية", "αβ", "▁και", "हिन्दी", "؟", "ქ", "▁aи"]

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "и", "e", "t", "▁het", "日", "he", "h", "α", "▁и", "et", "ë", "<mask>"]


@pytest.mark.parametrize("piece", KEPT)
def test_a_piece_that_latin_text_can_hold_is_kept(piece: str) -> None:
    assert is_kept(piece)


@pytest.mark.parametrize("piece", LEFT_OUT)
def test_a_piece_of_another_script_is_left_out(piece: str) -> None:
    assert not is_kept(piece)


def tokenizer() -> dict[str, Any]:
    special = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": len(PIECES) - 1}
    options = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    template = [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": number, "content": token, **options} for token, number in special.items()],
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": template,
            "pair": [*template, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}},
        },
        "decoder": None,
        "model": {
            "type": "Unigram",
            "unk_id": 3,
            "vocab": [[piece, -float(number)] for number, piece in enumerate(PIECES)],
        },
    }


def test_pieces_keep_their_order_and_special_tokens_their_place() -> None:
    small, kept = trim_tokenizer(tokenizer())

    pieces = [piece for piece, _score in small["model"]["vocab"]]
    assert pieces == [piece for piece in PIECES if piece not in {"и", "日", "▁и"}]
    assert [PIECES[old] for old in kept] == pieces
    assert {token["content"]: token["id"] for token in small["added_tokens"]}["<mask>"] == len(pieces) - 1


@given(st.text(alphabet="het ëα"))
def test_a_latin_text_is_cut_as_before(text: str) -> None:
    full = tokenizer()
    small, kept = trim_tokenizer(full)

    before = Tokenizer.from_str(json.dumps(full)).encode(text)
    after = Tokenizer.from_str(json.dumps(small)).encode(text)

    assert after.tokens == before.tokens
    assert [kept[number] for number in after.ids] == before.ids


def test_another_script_becomes_unknown() -> None:
    small, _kept = trim_tokenizer(tokenizer())

    assert 3 in Tokenizer.from_str(json.dumps(small)).encode("иии").ids


def test_a_tokenizer_that_would_be_renumbered_wrongly_is_refused() -> None:
    other = tokenizer() | {"post_processor": {"type": "RobertaProcessing"}}

    with pytest.raises(EncoderError, match="RobertaProcessing"):
        trim_tokenizer(other)
