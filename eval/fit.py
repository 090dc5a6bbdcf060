"""Learn the weights of the order and of the decision from questions with known answers.

Run with ``python -m eval.fit SET``; it writes `rag/weights.json`. The questions are those of the training and
development letters only: the test letters stay for measuring.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.preprocessing import StandardScaler

from eval.names import Names, resolve_qrels
from eval.runner import build_set_index
from eval.sets import EvalSet, Query, load_set
from index.archive import Archive
from index.encoders import open_encoder
from rag.confidence import decision_features
from rag.conversation import resolve
from rag.fusion import FEATURES, fuse, load_weights
from rag.retrieval import Candidates, Retriever

WEIGHTS = Path(__file__).parent.parent / "rag" / "weights.json"

SCALE = np.array([0.03] * 4 + [0.15] * (len(FEATURES) - 4))
"""About the spread of each feature over the candidates of a question: one penalty suits all weights."""

PENALTY = 0.02
"""Of the squared scaled weights. Other strengths have not been measured."""

STEADINESS = 0.3
"""Inverse strength of the penalty of the decision (scikit-learn's C). Other strengths have not been measured."""

FALSE_ANSWER_COST = 1.0
"""A wrong answer given counts as much as a right answer kept back."""

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One question with its candidates; `right` says of each whether it answers."""

    query: Query
    candidates: Candidates
    right: npt.NDArray[np.bool_]

    @property
    def is_answerable(self) -> bool:
        """Whether any pair of the index answers it."""
        return bool(self.right.any())


@click.command()
@click.argument("set_name", default="invented")
@click.option("--model", default="bundled", help="The model whose numbers are weighed.")
@click.option("--cache", default=Path(".cache/eval"), type=click.Path(path_type=Path), help="For the index.")
def main(set_name: str, model: str, cache: Path) -> None:
    """Fit the weights on the training and development questions of a set."""
    whole = load_set(set_name)
    examples = [example for split in ("train", "dev") for example in gather(whole.of_split(split), model, cache)]
    ranking = fit_ranking(examples)
    decision, threshold, auroc = fit_decision(examples, ranking)
    data = {"ranking": ranking, "decision": decision, "threshold": threshold}
    WEIGHTS.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    click.echo(f"{WEIGHTS}: fitted on {len(examples)} questions; cross-validated AUROC of the decision {auroc:.3f}")


def gather(questions: EvalSet, model: str, cache: Path) -> list[Example]:
    """Search for every question of a set, and say of every candidate whether it answers."""
    assert questions.letters is not None
    encoder = open_encoder(model)
    folder, _ = build_set_index(questions.letters, cache, encoder)
    generation = Archive(folder).open()
    qrels = resolve_qrels(questions, Names(generation.catalogue.letters()))
    retriever = Retriever(generation, encoder, load_weights())
    examples = []
    for query in questions.queries:
        found = retriever.search(resolve(query.text, query.previous))
        ids = [pair.pair_id for pair in generation.catalogue.pairs(found.rows.tolist())]
        right = np.array([pair_id in qrels.get(query.id, ()) for pair_id in ids], bool)
        examples.append(Example(query, found, right))
    return examples


def fit_ranking(examples: Sequence[Example]) -> dict[str, float]:
    """Return the weights under which the right pairs are likeliest to come first.

    A listwise softmax over the candidates of each question (Cao et al., 2007, top-one probability), with a
    penalty; the weights are given as shares, so that a score stays on the scale of an inner product.
    """
    data = [(example.candidates.features / SCALE, example.right) for example in examples if example.is_answerable]

    def loss(weights: Matrix) -> float:
        total = sum(_log_sum(features @ weights) - _log_sum((features @ weights)[right]) for features, right in data)
        return float(total / len(data) + PENALTY * weights @ weights)

    start = np.full(len(FEATURES), 0.3)
    bounds = [(0.0, None)] * len(FEATURES)
    weights = minimize(loss, start, method="L-BFGS-B", bounds=bounds).x / SCALE
    shares = weights / weights[: len(FEATURES) - 3].sum()
    return {str(name): round(float(share), 4) for name, share in zip(FEATURES, shares, strict=True)}


def _log_sum(values: Matrix) -> float:
    return float(np.logaddexp.reduce(values))


def fit_decision(examples: Sequence[Example], ranking: Mapping[str, float]) -> tuple[dict[str, float], float, float]:
    """Return the weights of the logistic decision, its threshold and its cross-validated AUROC.

    An example counts as right when the first candidate under `ranking` answers it: a wrong first hit
    should be declined even when another pair would have answered.
    """
    ordered = [_reorder(example, ranking) for example in examples]
    rows = [decision_features(example.candidates) for example in ordered]
    names = sorted(set(rows[0]) - {"intercept"})
    features = np.array([[row[name] for name in names] for row in rows])
    right = np.array([bool(example.right[0]) for example in ordered])
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=STEADINESS, max_iter=1000)
    expected = cross_val_predict(model, scaler.transform(features), right, cv=5, method="predict_proba")[:, 1]
    model.fit(scaler.transform(features), right)
    weights = model.coef_[0] / scaler.scale_
    intercept = float(model.intercept_[0] - weights @ scaler.mean_)
    decision = {name: round(float(weight), 5) for name, weight in zip(names, weights, strict=True)}
    return {"intercept": round(intercept, 5), **decision}, _threshold(expected, right), roc_auc_score(right, expected)


def _reorder(example: Example, ranking: Mapping[str, float]) -> Example:
    scores = fuse(example.candidates.features, ranking)
    order = np.lexsort((example.candidates.rows, -scores))
    candidates = example.candidates.in_order(example.candidates.rows[order])
    return Example(example.query, candidates.scored(scores[order]), example.right[order])


def _threshold(probability: Matrix, right: npt.NDArray[np.bool_]) -> float:
    """Return the probability from which answering costs less than declining."""
    bounds = np.linspace(0.2, 0.8, 61)
    gains = [
        (right[probability >= bound]).sum() - FALSE_ANSWER_COST * (~right[probability >= bound]).sum()
        for bound in bounds
    ]
    return round(float(bounds[int(np.argmax(gains))]), 2)


if __name__ == "__main__":
    main()
