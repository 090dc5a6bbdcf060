"""Leave the pieces of other scripts out of the tokenizer: less than half of the embedding table is left.

A text in Latin script is cut into the same pieces as before, because none of the pieces that are left
out can occur in it. A test and the model card hold that; Cyrillic, Arabic or Chinese becomes ``<unk>``.
"""

from __future__ import annotations

import copy
from typing import Any

from index.errors import EncoderError

Tokenizer = dict[str, Any]
"""A ``tokenizer.json`` of the Unigram kind."""

KEPT = (
    (0x0000, 0x036F),  # Latin, IPA, accents
    (0x1D00, 0x1EFF),  # phonetic and additional Latin letters
    (0x2000, 0x2BFF),  # punctuation, currency, arrows, bullets; ▁ (start of a word) is U+2581
    (0x2C60, 0x2C7F),  # Latin C
    (0xA720, 0xA7FF),  # Latin D
    (0xE000, 0xF8FF),  # private use: a bullet of Word is often U+F0B7
    (0xFB00, 0xFB06),  # ligatures
    (0xFE00, 0xFE0F),  # variation selectors, which follow a bullet or a sign
    (0xFFFC, 0xFFFD),  # replacement characters
    (0x1F000, 0x1FAFF),  # emoji
)
GREEK = (0x0370, 0x03FF)
"""Kept as single letters: µg, α-straling, Ω."""


def trim_tokenizer(tokenizer: Tokenizer) -> tuple[Tokenizer, list[int]]:
    """Keep the pieces in Latin script and the special tokens.

    Returns
    -------
    tokenizer : dict
        The smaller tokenizer; pieces keep their order and their scores.
    kept : list of int
        The old id of each new id, ascending.
    """
    pieces = [piece for piece, _score in tokenizer["model"]["vocab"]]
    special = {token["id"] for token in tokenizer["added_tokens"]}
    kept = [number for number, piece in enumerate(pieces) if number in special or is_kept(piece)]
    return _renumber(tokenizer, kept), kept


def is_kept(piece: str) -> bool:
    """Say whether a piece can occur in a text in Latin script."""
    if all(any(first <= ord(char) <= last for first, last in KEPT) for char in piece):
        return True
    letters = piece.removeprefix("▁")
    return len(letters) == 1 and GREEK[0] <= ord(letters) <= GREEK[1]


def _renumber(tokenizer: Tokenizer, kept: list[int]) -> Tokenizer:
    new_id = {old: new for new, old in enumerate(kept)}
    smaller = copy.deepcopy(tokenizer)
    model = smaller["model"]
    model["vocab"] = [model["vocab"][old] for old in kept]
    model["unk_id"] = new_id[model["unk_id"]]
    for token in smaller["added_tokens"]:
        token["id"] = new_id[token["id"]]
    if smaller["post_processor"]["type"] != "TemplateProcessing":
        raise EncoderError(f"cannot renumber a post-processor of type {smaller['post_processor']['type']}")
    for token in smaller["post_processor"]["special_tokens"].values():
        token["ids"] = [new_id[old] for old in token["ids"]]
    return smaller
