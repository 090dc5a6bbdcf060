"""Learn the weights of the order and of the decision from questions with known answers.

Run with ``python -m eval.fit SET…``; it writes `rag/weights.json`. The questions are those of the development
letters only: the model has seen the training letters, which makes it look surer there than it is elsewhere, and the
test letters stay for measuring.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from eval.names import Names, resolve_qrels
from eval.runner import build_set_index
from eval.sets import EvalSet, Query, load_set
from index.archive import Archive
from index.encoders import BUNDLED_NAME, open_encoder
from index.encoders.base import Encoder, gives_tokens
from rag.confidence import decision_features
from rag.conversation import resolve
from rag.fusion import FEATURES, Feature, fuse, load_weights
from rag.retrieval import Candidates, Retriever, compares_tokens

WEIGHTS = Path(__file__).parent.parent / "rag" / "weights.json"

BY_WORDS = 3
"""The last features, of BM25; those before are inner products."""

SCALE = np.array([0.03] * (len(FEATURES) - BY_WORDS) + [0.15] * BY_WORDS)
"""About the spread of each feature over the candidates of a question: one penalty suits all weights."""

PENALTY = 0.02
"""Of the squared scaled weights; `eval.ablation` measures other strengths beside it."""

STEADINESS = 0.03
"""Inverse strength of the penalty of the decision (scikit-learn's C): there are few questions for so many features."""

FALSE_ANSWER_COST = 1.0
"""A wrong answer given counts as much as a right answer kept back."""

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One question with its candidates; `right` says of each whether it answers, `letters` which letter it is of."""

    query: Query
    candidates: Candidates
    right: npt.NDArray[np.bool_]
    letters: npt.NDArray[np.str_]

    @property
    def is_answerable(self) -> bool:
        """Whether any pair of the index answers it."""
        return bool(self.right.any())

    def ordered(self, ranking: Mapping[str, float]) -> Example:
        """Return the example with its candidates in the order of a ranking."""
        scores = fuse(self.candidates.features, ranking)
        order = np.lexsort((self.candidates.rows, -scores))
        candidates = self.candidates.in_order(self.candidates.rows[order]).scored(scores[order])
        return Example(self.query, candidates, self.right[order], self.letters[order])

    def without_tokens(self) -> Example:
        """Return the example as a model without vectors of tokens would give it."""
        features = self.candidates.features.copy()
        features[:, FEATURES.index(Feature.TOKENS)] = 0
        return replace(
            self, candidates=replace(self.candidates, features=features, matches=np.empty((0, len(features))))
        )


@click.command()
@click.argument("sets", nargs=-1, required=True, metavar="SET…")
@click.option("--letters", type=click.Path(path_type=Path, exists=True), help="Letters of the sets that have none.")
@click.option("--model", default=BUNDLED_NAME, help="The model whose numbers are weighed.")
@click.option("--cache", default=Path(".cache/eval"), type=click.Path(path_type=Path), help="For the index.")
def main(sets: Sequence[str], letters: Path | None, model: str, cache: Path) -> None:
    """Fit the weights on the development questions of the sets."""
    encoder = open_encoder(model)
    examples = []
    for name in sets:
        examples += gather(open_set(name, letters).of_split("dev"), encoder, cache)
    data = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    kinds = {"with_tokens": examples, "without_tokens": [example.without_tokens() for example in examples]}
    for kind, chosen in kinds.items():
        if kind == "with_tokens" and not gives_tokens(encoder):
            continue
        ranking = fit_ranking(chosen)
        decision, threshold, auroc = fit_decision([example.ordered(ranking) for example in chosen])
        data[kind] = {"ranking": ranking, "decision": decision, "threshold": threshold}
        click.echo(f"{kind}: fitted on {len(chosen)} questions; cross-validated AUROC of the decision {auroc:.3f}")
    WEIGHTS.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def open_set(name: str, letters: Path | None) -> EvalSet:
    """Return a set with its own letters where they are there, else with those that are given."""
    questions = load_set(name)
    if questions.letters is None or not questions.letters.exists():
        return replace(questions, letters=letters)
    return questions


def gather(questions: EvalSet, encoder: Encoder, cache: Path) -> list[Example]:
    """Search for every question of a set, and say of every candidate whether it answers."""
    if questions.letters is None:
        raise click.UsageError(f"{questions.name} needs its letters; name their folder with --letters")
    folder, _ = build_set_index(questions.letters, cache, encoder)
    generation = Archive(folder).open()
    qrels = resolve_qrels(questions, Names(generation.catalogue.letters()))
    retriever = Retriever(generation, encoder, load_weights(with_tokens=compares_tokens(generation, encoder)))
    examples = []
    for query in questions.queries:
        found = retriever.search(resolve(query.text, query.previous))
        pairs = generation.catalogue.pairs(found.rows.tolist())
        right = np.array([pair.pair_id in qrels.get(query.id, ()) for pair in pairs], bool)
        examples.append(Example(query, found, right, np.array([pair.letter.letter_id for pair in pairs])))
    return examples


def fit_ranking(
    examples: Sequence[Example], features: Collection[str] = FEATURES, penalty: float = PENALTY
) -> dict[str, float]:
    """Return the weights under which the right pairs are likeliest to come first.

    A listwise softmax over the candidates of each question (Cao et al., 2007, top-one probability), with a
    penalty; the weights are given as shares, so that a score stays on the scale of an inner product.

    Parameters
    ----------
    examples : sequence of Example
    features : collection of Feature
        The others weigh nothing.
    penalty : float
        Of the squared scaled weights.
    """
    columns = [column for column, name in enumerate(FEATURES) if name in features]
    scale = SCALE[columns]
    data = [
        (example.candidates.features.take(columns, axis=1) / scale, example.right)
        for example in examples
        if example.is_answerable
    ]

    def loss(weights: Matrix) -> float:
        total = sum(_log_sum(values @ weights) - _log_sum((values @ weights)[right]) for values, right in data)
        return float(total / len(data) + penalty * weights @ weights)

    start = np.full(len(columns), 0.3)
    bounds = [(0.0, None)] * len(columns)
    weights = np.zeros(len(FEATURES))
    weights[columns] = minimize(loss, start, method="L-BFGS-B", bounds=bounds).x / scale
    # Where no inner product weighs anything, the words are the scale.
    shares = weights / (weights[:-BY_WORDS].sum() or weights.sum() or 1.0)
    return {str(name): round(float(share), 4) for name, share in zip(FEATURES, shares, strict=True)}


def _log_sum(values: Matrix) -> float:
    return float(np.logaddexp.reduce(values))


def fit_decision(
    examples: Sequence[Example], without: Collection[str] = (), steadiness: float = STEADINESS
) -> tuple[dict[str, float], float, float]:
    """Return the weights of the logistic decision, its threshold and its cross-validated AUROC.

    Parameters
    ----------
    examples : sequence of Example
        Ordered. One that could be answered but has a wrong pair first tells nothing of what answered and
        unanswered questions look like: it is left out of the weights, and counts as wrong for the threshold.
    without : collection of str
        Features of the decision that get no weight.
    steadiness : float
        Inverse strength of the penalty.
    """
    rows = [decision_features(example.candidates) for example in examples]
    names = sorted(set(rows[0]) - {"intercept", *without})
    features = np.array([[row[name] for name in names] for row in rows])
    right = np.array([bool(example.right[0]) for example in examples])
    answerable = np.array([example.is_answerable for example in examples])
    told = right | ~answerable
    groups = [example.query.near or example.letters[0] for example in examples]
    expected = np.empty(len(examples))
    for learned, held in GroupKFold(5).split(features, groups=groups):
        model = _decision_model(steadiness).fit(features[learned][told[learned]], right[learned][told[learned]])
        expected[held] = model.predict_proba(features[held])[:, 1]
    scaler, logistic = _decision_model(steadiness).fit(features[told], right[told])
    weights = logistic.coef_[0] / scaler.scale_
    intercept = float(logistic.intercept_[0] - weights @ scaler.mean_)
    decision = {name: round(float(weight), 5) for name, weight in zip(names, weights, strict=True)}
    auroc = float(roc_auc_score(answerable, expected))
    return {"intercept": round(intercept, 5), **decision}, _threshold(expected, right), auroc


def _decision_model(steadiness: float) -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=steadiness, max_iter=1000))


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
