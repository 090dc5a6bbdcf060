"""Adapting the model: what the losses reward, and a whole small training."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.tiny_tokenizer import tiny_tokenizer

pytestmark = pytest.mark.model


def scores(*rows: list[float]) -> Any:
    import torch

    return torch.tensor(rows)


ANSWERS = [[True, False, False], [False, False, False]]


def test_an_answer_above_the_rest_costs_less() -> None:
    import torch

    from eval.adapt import order_loss

    answers = torch.tensor(ANSWERS)
    above, below = scores([0.9, 0.5, 0.5], [0.9, 0.9, 0.9]), scores([0.5, 0.9, 0.5], [0.9, 0.9, 0.9])
    assert order_loss(above, answers) < 0.01 < order_loss(below, answers)


def test_a_question_without_answer_wants_everything_below_the_bound() -> None:
    import torch

    from eval.adapt import decision_loss

    answers, decision = torch.tensor(ANSWERS), torch.tensor([4.0, 0.8])
    apart = decision_loss(scores([0.9, 0.5, 0.5], [0.5, 0.6, 0.5]), answers, decision)
    near = decision_loss(scores([0.9, 0.5, 0.5], [0.5, 0.9, 0.5]), answers, decision)
    neighbour = decision_loss(scores([0.9, 0.9, 0.5], [0.5, 0.6, 0.5]), answers, decision)
    assert apart < near
    assert apart < neighbour


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """Save a small model with random weights in the form that `build_model --floats` writes."""
    import torch
    from transformers import BertConfig, BertModel

    from eval.adapt import PASSAGE_TOKENS

    torch.manual_seed(1)
    words = ("query", "passage", ":", "trein", "bus", "wolf", "hek", "hoeveel", "waar", "rijden", "staat")
    tokenizer = tiny_tokenizer(words)
    tokenizer.save_pretrained(tmp_path / "start")
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=PASSAGE_TOKENS,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(tmp_path / "start")
    return tmp_path / "start"


def test_a_training_brings_questions_nearer_to_their_answers(start: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.numpy import load_file

    from eval.adapt import DECISION_START, TOKEN_DIM, Learner, train
    from eval.course import FEWEST_QUESTIONS, LETTERS_AT_ONCE, Asked, Course, Lesson
    from index.encoders.int8 import PROJECTION

    random.seed(1)
    torch.manual_seed(1)
    course = Course()
    for letter in map(str, range(LETTERS_AT_ONCE)):
        for said, asked in (("trein rijden", "hoeveel trein"), ("wolf hek staat", "waar wolf")):
            number = len(course.lessons)
            course.lessons.append(Lesson(letter, "bus", f"{letter} {asked}", f"{letter} {said} " * 3))
            course.of_letter[letter].append(number)
            course.asked[letter] += [Asked(asked, frozenset({number}))] * FEWEST_QUESTIONS
        course.asked[letter].append(Asked("bus hek", frozenset()))
    learner = Learner(start, course.lessons)
    shown, questions = next(course.batches(learner.neighbours(course)))
    before = float(learner.loss(course.lessons, shown, questions, "both").detach())
    train(learner, course, seconds=6)
    after = float(learner.loss(course.lessons, shown, questions, "both").detach())
    assert after < before
    learner.save(tmp_path / "out")
    saved = load_file(tmp_path / "out" / "model.safetensors")
    assert saved[PROJECTION].shape == (128, TOKEN_DIM)
    assert not np.array_equal(saved[PROJECTION], np.zeros_like(saved[PROJECTION]))
    assert "encoder.layer.0.output.dense.weight" in saved

    further = Learner(tmp_path / "out", course.lessons)
    assert np.array_equal(further.projection.detach().numpy(), saved[PROJECTION])
    assert torch.equal(further.decision, learner.decision)
    assert not torch.equal(further.decision, torch.tensor(DECISION_START))


def test_the_neighbours_of_a_letter_are_the_others_most_like_it(start: Path) -> None:
    from eval.adapt import Learner
    from eval.course import FEWEST_QUESTIONS, Asked, Course, Lesson

    course = Course()
    subjects = {"a": "trein rijden", "b": "wolf hek", "c": "trein bus rijden", "d": "wolf hek staat"}
    for number, (letter, subject) in enumerate(subjects.items()):
        course.lessons.append(Lesson(letter, subject, subject, f"{subject} " * 20))
        course.of_letter[letter].append(number)
        course.asked[letter] = [Asked(subject, frozenset({number}))] * FEWEST_QUESTIONS
    near = Learner(start, course.lessons).neighbours(course)
    assert {letter: others[0] for letter, others in near.items()} == {"a": "c", "b": "d", "c": "a", "d": "b"}
    assert all(sorted([letter, *others]) == list(subjects) for letter, others in near.items())
