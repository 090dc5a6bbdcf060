"""What every encoder promises, held for each of them."""

from __future__ import annotations

import numpy as np
import pytest

from index.encoders.base import Encoder
from index.errors import EncoderError

BUNDLED = ["onnx", pytest.param("bundled_through_torch", marks=pytest.mark.model)]
ALL = [*BUNDLED, pytest.param("tiny", marks=pytest.mark.model)]
FIXTURES = {"onnx": "onnx_encoder", "bundled_through_torch": "bundled_through_torch", "tiny": "tiny_encoder"}

TEXTS = [
    "waarom sluit het politiebureau",
    "geld",
    "de minister sluit een bureau , waarom het bureau dicht en waarom het geld woord woord",
    "de politie vraag",
    "het",
]


@pytest.fixture
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return request.getfixturevalue(FIXTURES[request.param])


every_encoder = pytest.mark.parametrize("encoder", ALL, indirect=True)
bundled_model = pytest.mark.parametrize("encoder", BUNDLED, indirect=True)
both_sides = pytest.mark.parametrize("side", ["encode_queries", "encode_passages"])


def longest_passage(encoder: Encoder) -> str:
    """Return a text of exactly `max_tokens` tokens."""
    (overhead,) = (count - 1 for count in encoder.count_tokens(["het"]))
    return " ".join(["het"] * (encoder.max_tokens - overhead))


@every_encoder
@both_sides
def test_vectors_are_unit_rows_of_float32_in_c_order(encoder: Encoder, side: str) -> None:
    vectors = getattr(encoder, side)(TEXTS)

    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), encoder.dim)
    assert vectors.flags.c_contiguous
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@every_encoder
@both_sides
def test_no_texts_give_no_rows(encoder: Encoder, side: str) -> None:
    vectors = getattr(encoder, side)([])

    assert vectors.dtype == np.float32
    assert vectors.shape == (0, encoder.dim)
    assert encoder.count_tokens([]) == []


@every_encoder
@both_sides
def test_rows_stand_in_the_order_of_the_texts_and_do_not_depend_on_the_others(encoder: Encoder, side: str) -> None:
    encode = getattr(encoder, side)
    together = encode(TEXTS)
    alone = np.concatenate([encode([text]) for text in TEXTS])

    np.testing.assert_allclose(together, alone, atol=2e-5)
    np.testing.assert_allclose(encode(TEXTS[::-1]), together[::-1], atol=2e-5)
    assert np.abs(together @ together.T - np.eye(len(TEXTS))).max() < 0.9999, "the texts must differ to show an order"


@every_encoder
@both_sides
def test_the_same_texts_give_the_same_bytes(encoder: Encoder, side: str) -> None:
    encode = getattr(encoder, side)

    assert encode(TEXTS).tobytes() == encode(TEXTS).tobytes()


@every_encoder
def test_a_text_is_another_vector_as_question_than_as_passage(encoder: Encoder) -> None:
    scores = (encoder.encode_queries(TEXTS) * encoder.encode_passages(TEXTS)).sum(axis=1)

    assert scores.max() < 0.9999


@every_encoder
def test_a_passage_of_the_greatest_length_is_taken_and_one_token_more_refused(encoder: Encoder) -> None:
    longest = longest_passage(encoder)

    assert encoder.count_tokens([longest]) == [encoder.max_tokens]
    assert encoder.encode_passages([longest]).shape == (1, encoder.dim)
    too_long = f"passage 1 has {encoder.max_tokens + 1} tokens, the model takes at most {encoder.max_tokens}"
    with pytest.raises(EncoderError, match=too_long):
        encoder.encode_passages(["het", longest + " het"])


@every_encoder
def test_of_a_question_that_is_too_long_the_beginning_is_encoded(encoder: Encoder) -> None:
    start = "waarom " + " ".join(["het"] * encoder.max_tokens)

    vectors = encoder.encode_queries([start, start + " geld", "geld " + start])

    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)
    assert np.abs(vectors[0] - vectors[2]).max() > 1e-3


@every_encoder
def test_tokens_are_counted_with_prefix_and_special_tokens(encoder: Encoder) -> None:
    one, two = encoder.count_tokens(["het", "het het"])

    assert two == one + 1
    assert one == 5, "<s> passage : het </s>"


@every_encoder
def test_progress_counts_every_passage_once(encoder: Encoder) -> None:
    finished: list[int] = []

    encoder.encode_passages(TEXTS, progress=finished.append)

    assert sum(finished) == len(TEXTS)


@every_encoder
def test_a_model_id_is_a_name_and_a_checksum(encoder: Encoder) -> None:
    name, checksum = encoder.model_id.rsplit("@", 1)

    assert name
    assert len(checksum) == 12
    int(checksum, 16)


QUESTIONS_AND_ANSWERS = [
    (
        "Waarom gaat het politiebureau in Wolvega dicht?",
        "Het gebouw is verouderd en te groot voor het aantal agenten dat er werkt; "
        "daarom wordt de locatie van de politie gesloten.",
    ),
    (
        "Hoeveel asielzoekers wachten langer dan zes maanden op een beslissing?",
        "Op 1 juni hadden 12.300 vreemdelingen na een half jaar nog geen besluit van de IND op hun aanvraag ontvangen.",
    ),
    (
        "Are Dutch companies still exporting chip machines to China?",
        "Voor de uitvoer van lithografiesystemen naar China geldt sinds 1 september een vergunningplicht.",
    ),
    (
        "Wat doet u tegen de lange wachtlijsten in de jeugdzorg?",
        "Gemeenten en Rijk hebben in de Hervormingsagenda afgesproken dat kinderen sneller passende hulp krijgen.",
    ),
]


# Of the adapted model in float32, through torch.
SCORES_OF_THE_FLOAT_MODEL = [
    [0.715, 0.367, 0.320, 0.316],
    [0.300, 0.607, 0.294, 0.355],
    [0.249, 0.309, 0.619, 0.291],
    [0.382, 0.323, 0.282, 0.557],
]


@bundled_model
def test_a_question_is_nearest_to_its_own_answer(encoder: Encoder) -> None:
    questions, answers = zip(*QUESTIONS_AND_ANSWERS, strict=True)

    scores = encoder.encode_queries(questions) @ encoder.encode_passages(answers).T

    assert scores.argmax(axis=1).tolist() == [0, 1, 2, 3]


@bundled_model
def test_known_questions_and_answers_have_the_scores_of_the_float_model(encoder: Encoder) -> None:
    questions, answers = zip(*QUESTIONS_AND_ANSWERS, strict=True)

    scores = encoder.encode_queries(questions) @ encoder.encode_passages(answers).T

    np.testing.assert_allclose(scores, SCORES_OF_THE_FLOAT_MODEL, atol=0.015)
