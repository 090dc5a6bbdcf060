"""Adapt the model to ministers' answers: ``python -m eval.adapt SET… --start FOLDER --out FOLDER``.

The questions of the training letters draw the model's vectors of a question and of its answer together, and push the
other answers of the same letters away (contrastive learning: van den Oord et al., 2018, https://arxiv.org/abs/1807.03748),
for whole texts and token by token (Khattab and Zaharia, 2020, https://arxiv.org/abs/2004.12832). Questions that nothing
answers, and what remains when the right answer is taken away, push everything below a bound that is learned beside:
without that the order gains and the decision whether there is an answer loses.

`FOLDER` to start from is what ``python -m index.encoders.build_model --floats FOLDER`` writes, or what an earlier
training wrote; what comes out goes back with ``--weights``.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

from eval.course import Asked, Course, Lesson, misspell, some
from eval.sets import load_set
from index.encoders.int8 import PROJECTION

TOKEN_DIM = 64
TEMPERATURE = 0.03
LEARNING_RATE = 3e-5
DECISION_WEIGHT = 0.5
PASSAGE_TOKENS = 288
QUERY_TOKENS = 56
PREFIX_TOKENS = 3
"""The opening token and the two of «query:» or «passage:»."""

VIEWS = {"both": 0.6, "answer": 0.1, "question": 0.15, "window": 0.15}
"""How often a batch shows the pairs so. The index has no answers alone; they teach to read one without its question."""

AVERAGED_FROM = 0.35
"""Share of the time after which the weights begin to be averaged; the average is what is written."""
AVERAGED_BY = 0.012

NEIGHBOURS = 8
"""Letters most like a letter that a batch takes its others from."""

DECISION = "decision"
"""Name of what the decision learned among the weights: kept for a further training only."""

DECISION_START = ((3.4, 0.82), (3.4, 0.75))
"""Logarithm of the scale, and the bound, for whole texts and for tokens: about where the published model has them."""


class Learner:
    """The model with what is learned beside it.

    Parameters
    ----------
    start : Path
        Model folder in float32.
    lessons : sequence of Lesson
        Of some of them, the directions in which token vectors differ most are where their projection starts, unless
        the folder holds one. What the decision learned is taken from there too.
    """

    def __init__(self, start: Path, lessons: Sequence[Lesson]) -> None:
        from transformers import AutoModel, AutoTokenizer

        self.tokenizer: Any = AutoTokenizer.from_pretrained(start)
        self.model: Any = AutoModel.from_pretrained(start, add_pooling_layer=False, attn_implementation="eager")
        self.model.train()
        for module in self.model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        self.model.embeddings.requires_grad_(False)  # a word that no lesson has must not be left behind
        learned = load_file(start / "model.safetensors")
        directions = learned[PROJECTION] if PROJECTION in learned else self._directions(lessons)
        self.projection = torch.nn.Parameter(directions)
        self.decision = torch.nn.Parameter(learned.get(DECISION, torch.tensor(DECISION_START)))
        self.weights = [*(p for p in self.model.parameters() if p.requires_grad), self.projection]
        self.average: list[torch.Tensor] = []

    def _directions(self, lessons: Sequence[Lesson]) -> torch.Tensor:
        with torch.no_grad():
            hidden, mask = self._run([f"passage: {lesson.answer}" for lesson in some(lessons, 48)], 96)
        tokens = F.normalize(hidden[mask.bool()], dim=-1)
        return torch.pca_lowrank(tokens, q=TOKEN_DIM, center=False, niter=4)[2]

    def _run(self, texts: Sequence[str], longest: int) -> tuple[torch.Tensor, torch.Tensor]:
        batch = self.tokenizer(list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.model(**batch).last_hidden_state
        return hidden.float(), batch["attention_mask"]

    def encode(self, texts: Sequence[str], longest: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return vectors, vectors of tokens and which of these are the text's own; texts of a length go together."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        parts: dict[int, tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = {}
        for start in range(0, len(order), 8):
            places = order[start : start + 8]
            hidden, mask = self._run([texts[place] for place in places], longest)
            shown = mask.unsqueeze(-1).float()
            vectors = F.normalize((hidden * shown).sum(1), dim=-1)
            tokens = F.normalize(hidden @ self.projection, dim=-1)
            positions = torch.arange(hidden.shape[1])[None]
            own = (positions >= PREFIX_TOKENS) & (positions < (mask.sum(1) - 1)[:, None])
            room = longest - hidden.shape[1]
            tokens, own = F.pad(tokens, (0, 0, 0, room)), F.pad(own, (0, room))
            parts |= {place: (vectors[line], tokens[line], own[line]) for line, place in enumerate(places)}
        vectors, tokens, own = zip(*(parts[place] for place in range(len(texts))), strict=True)
        return torch.stack(vectors), torch.stack(tokens), torch.stack(own)

    def loss(self, lessons: Sequence[Lesson], shown: Sequence[int], asked: Sequence[Asked], view: str) -> torch.Tensor:
        """Return what is to become small for one batch."""
        queries = [f"query: {misspell(each.text)}" for each in asked]
        right = [each.right for each in asked]
        if view in ("answer", "window"):  # the MP's own question is asked too, where it is not shown
            own = some([number for number in shown if len(lessons[number].answer.split()) > 12], 8)
            queries += [f"query: {lessons[number].question}" for number in own]
            right += [frozenset({number}) for number in own]
        passages = [f"passage: {lessons[number].view(view)}" for number in shown]
        vectors, tokens, own_tokens = self.encode(queries, QUERY_TOKENS)
        there, there_tokens, there_own = self.encode(passages, PASSAGE_TOKENS)
        products = torch.einsum("qik,djk->qdij", tokens, there_tokens).masked_fill(~there_own[None, :, None, :], -1)
        late = (products.amax(-1) * own_tokens[:, None, :]).sum(-1) / own_tokens.sum(-1)[:, None]
        answers = torch.tensor([[number in each for number in shown] for each in right])
        total = torch.zeros(())
        for scores, decision in zip((vectors @ there.T, late), self.decision, strict=True):
            total = total + order_loss(scores, answers)
            if view in ("both", "answer"):
                count = len(asked)
                total = total + DECISION_WEIGHT * decision_loss(scores[:count], answers[:count], decision)
        return total

    def neighbours(self, course: Course) -> dict[str, list[str]]:
        """Return the letters whose questions are most like those of each letter."""
        letters, means = course.letters, []
        with torch.no_grad():
            for letter in letters:
                texts = [f"passage: {course.lessons[number].view('question')}" for number in course.of_letter[letter]]
                means.append(F.normalize(self.encode(texts, QUERY_TOKENS)[0].mean(0), dim=0))
        alike = torch.stack(means) @ torch.stack(means).T
        alike.fill_diagonal_(-1)
        nearest = alike.topk(min(NEIGHBOURS, len(letters) - 1)).indices.tolist()
        return {letter: [letters[place] for place in row] for letter, row in zip(letters, nearest, strict=True)}

    def remember(self) -> None:
        """Take the weights into their average."""
        if not self.average:
            self.average = [weight.detach().clone() for weight in self.weights]
        for kept, weight in zip(self.average, self.weights, strict=True):
            kept.lerp_(weight.detach(), AVERAGED_BY)

    def save(self, out: Path) -> None:
        """Write the averaged weights, with the projection beside them, as `build_model --weights` takes them.

        A training that ended before it came to averaging is written as it is.
        """
        with torch.no_grad():
            for weight, kept in zip(self.weights, self.average or self.weights, strict=True):
                weight.copy_(kept)
        out.mkdir(parents=True, exist_ok=True)
        learned = {PROJECTION: self.projection.detach(), DECISION: self.decision.detach()}
        tensors = {**self.model.state_dict(), **learned}
        self.model.config.save_pretrained(out)
        self.tokenizer.save_pretrained(out)
        save_file({name: value.contiguous() for name, value in tensors.items()}, out / "model.safetensors")


def order_loss(scores: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
    """Return the softmax loss of the answers among all that is shown, over the questions that have one.

    Parameters
    ----------
    scores : Tensor, shape (questions, shown)
    answers : Tensor of bool, shape (questions, shown)
    """
    asked = answers.any(1)
    scaled = scores[asked] / TEMPERATURE
    of_answers = scaled.masked_fill(~answers[asked], -1e4)
    return (torch.logsumexp(scaled, 1) - torch.logsumexp(of_answers, 1)).mean()


def decision_loss(scores: torch.Tensor, answers: torch.Tensor, decision: torch.Tensor) -> torch.Tensor:
    """Return the logistic loss of the best score: an answer lies above the bound, all else below it.

    A question without an answer counts twice, as there are fewer of them; a question whose answer is
    taken away is one more without an answer.
    """
    asked = answers.any(1)
    others = scores.masked_fill(answers, -9).amax(1)
    best = torch.where(asked, scores.masked_fill(~answers, -9).amax(1), others)
    scale, bound = decision[0].exp(), decision[1]
    logistic = F.binary_cross_entropy_with_logits
    told = logistic(scale * (best - bound), asked.float(), reduction="none")
    weight = torch.where(asked, 1.0, 2.0)
    taken = logistic(scale * (others[asked] - bound), torch.zeros(int(asked.sum())))
    return (told * weight).sum() / weight.sum() + taken / 2


@click.command()
@click.argument("sets", nargs=-1, required=True, metavar="SET…")
@click.option("--start", type=click.Path(path_type=Path, exists=True), required=True, help="Model to start from.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write.")
@click.option("--minutes", default=45.0, show_default=True, help="How long to train.")
@click.option("--seed", default=0, show_default=True)
def main(sets: Sequence[str], start: Path, out: Path, minutes: float, seed: int) -> None:
    """Train on the training letters of the sets."""
    random.seed(seed)
    torch.manual_seed(seed)
    course = Course()
    for name in sets:
        course.add(load_set(name))
    click.echo(f"{len(course.lessons)} pairs, {sum(map(len, course.asked.values()))} questions")
    learner = Learner(start, course.lessons)
    train(learner, course, 60 * minutes)
    learner.save(out)


def train(learner: Learner, course: Course, seconds: float) -> None:
    """Train for some time; the learning rate rises over 20 steps and then falls to nothing."""
    groups = [{"params": learner.weights, "speed": 1}, {"params": [learner.decision], "speed": 150}]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE, weight_decay=0.01)
    batches = course.batches(learner.neighbours(course))
    began, losses = time.monotonic(), []
    for step, (shown, asked) in enumerate(batches, start=1):
        done = (time.monotonic() - began) / seconds
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * group["speed"] * min(1, step / 20) * max(0.03, 1 - done)
        [view] = random.choices(list(VIEWS), list(VIEWS.values()))
        loss = learner.loss(course.lessons, shown, asked, view)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learner.weights, 1.0)
        optimizer.step()
        losses.append(loss.item())
        if done >= AVERAGED_FROM:
            learner.remember()
        if step % 20 == 0:
            click.echo(
                f"{step} steps, loss {np.mean(losses[-20:]):.3f}, {math.ceil(seconds * (1 - done) / 60)} minutes left"
            )


if __name__ == "__main__":
    main()
