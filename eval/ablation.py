"""What each part of the search is worth: take it away, fit again, and measure on the test questions.

Run with ``python -m eval.ablation SET… --write docs/retrieval.md``; the tables come to stand between two marks in
that file. Every row is fitted on the development questions of all sets together, as `eval.fit` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
import numpy as np

from eval.fit import BY_WORDS, PENALTY, STEADINESS, Example, fit_decision, fit_ranking, gather, open_set
from eval.measures import AUROC, COVERAGE, LETTER, Judged, judge, load_ir_measures, scores
from eval.runs import Outcome, Run
from eval.sets import EvalSet
from eval.significance import p_values
from index.encoders import BUNDLED_NAME, Encoder, open_encoder
from index.errors import ConfigError
from rag.cli import shows_errors, talk
from rag.confidence import confidence
from rag.fusion import FEATURES, Feature, Weights, fuse, load_weights
from rag.retrieval import COMPARED_BY_TOKENS, weigh_tokens

OPENING, CLOSING = "<!-- ablation -->", "<!-- /ablation -->"

BY_ORDER = {"R@1": "R@1", "R@3": "R@3", LETTER: "right letter first"}
BY_DECISION = {AUROC: "AUROC", COVERAGE: "coverage, 5 % wrong"}
CLEAR = 0.05
"""A difference with a smaller p stands out in the table."""
LISTED = 10
"""So many hits are looked at."""

WORDS, MEANING = FEATURES[-BY_WORDS:], FEATURES[:-BY_WORDS]
OF_TOKENS = (Feature.TOKENS, "tokens_worst")
UNRELATED = ("unrelated_questions", "unrelated_answers")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "likeness to the views": (Feature.QUESTION, Feature.BOTH, Feature.WINDOW),
    "likeness of the tokens": OF_TOKENS,
    "words found and known": (*WORDS, "words_known"),
    "margin to the second": ("margin",),
    "likeness to unrelated texts": UNRELATED,
}
"""Features of the decision that are taken away together."""

FEWER_COMPARED = (5, 10)
STRENGTHS = (0.1, 10.0)

NOTE = """\
In brackets: the difference to everything, and p by a paired randomisation test; bold where p < 0.05, which chance alone
brings about once in twenty comparisons. The same pairs come forward in every row; only what they are ordered and judged
by differs. A feature alone is not fitted and does not decide. In the tables of the order, what is taken from the order
is taken from the decision too; in those of the decision, the order stays."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One row of a table: what is fitted otherwise than with everything.

    Attributes
    ----------
    features : tuple of Feature
        What the order may weigh; the decision sees no others either.
    unseen : tuple of str
        What the decision may not see besides.
    compared : int
        How many candidates are compared token by token; 0 is a model without vectors of tokens.
    is_even : bool
        True lets every token of a question weigh the same.
    decides : bool
        False orders by the plain sum of `features`, without a fit and without a decision.
    """

    name: str
    features: tuple[Feature, ...] = FEATURES
    unseen: tuple[str, ...] = ()
    compared: int = COMPARED_BY_TOKENS
    is_even: bool = False
    penalty: float = PENALTY
    steadiness: float = STEADINESS
    decides: bool = True

    @property
    def order(self) -> Variant:
        """The same order with any decision: what needs to be fitted only once."""
        return replace(self, name="", unseen=(), steadiness=STEADINESS)


EVERYTHING = Variant("everything")


def order_variants(*, with_tokens: bool) -> list[Variant]:
    """Return what the order is tried with; without tokens what concerns them is left out."""
    features = [feature for feature in FEATURES if with_tokens or feature is not Feature.TOKENS]
    found = [Variant(f"`{feature}` alone", (feature,), decides=False) for feature in features]
    found.append(Variant("words only", WORDS, (*UNRELATED, *OF_TOKENS)))
    found.append(Variant("meaning only", MEANING, ("words_known",)))
    for feature in features:
        found.append(Variant(f"without `{feature}`", tuple(other for other in FEATURES if other != feature)))
    if with_tokens:
        found.append(Variant("a model without vectors of tokens", compared=0))
        found.append(Variant("every token weighs the same", is_even=True))
        found += [Variant(f"tokens of the first {count} compared", compared=count) for count in FEWER_COMPARED]
    return found + [Variant(f"penalty × {times:g}", penalty=PENALTY * times) for times in STRENGTHS]


def decision_variants(*, with_tokens: bool) -> list[Variant]:
    """Return what the decision is tried with, over the order of everything."""
    groups = {name: features for name, features in GROUPS.items() if with_tokens or features is not OF_TOKENS}
    found = [Variant(f"without {name}", unseen=features) for name, features in groups.items()]
    # scikit-learn's C is the inverse of the strength.
    return found + [Variant(f"penalty × {times:g}", steadiness=STEADINESS / times) for times in STRENGTHS]


@dataclass(frozen=True, slots=True)
class Material:
    """What a set gives.

    Attributes
    ----------
    development, test : tuple of Example
    answerable : frozenset of str
        Ids of the test questions that have an answer, whether or not it came forward.
    """

    name: str
    development: tuple[Example, ...]
    test: tuple[Example, ...]
    answerable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ablation:
    """Fits variants, and measures them on the test questions of every set."""

    materials: tuple[Material, ...]
    _rankings: dict[Variant, dict[str, float]] = field(default_factory=dict, init=False)

    @property
    def with_tokens(self) -> bool:
        """Whether the model gave the tokens vectors of their own."""
        return any(len(example.candidates.matches) for material in self.materials for example in material.test)

    def measure(self, variant: Variant) -> dict[str, Judged]:
        """Return how good a variant is, by set."""
        examples = [seen(e, variant) for material in self.materials for e in material.development]
        weights = self._weights(variant, examples)
        return {material.name: judge_examples(material, variant, weights) for material in self.materials}

    def _weights(self, variant: Variant, examples: Sequence[Example]) -> Weights:
        ranking = self._ranking(variant, examples)
        if not variant.decides:
            return Weights(ranking, {}, 1.0)
        unseen = {*variant.unseen, *(feature for feature in FEATURES if feature not in variant.features)}
        ordered = [example.ordered(ranking) for example in examples]
        decision, threshold, _ = fit_decision(ordered, unseen, variant.steadiness)
        return Weights(ranking, decision, threshold)

    def _ranking(self, variant: Variant, examples: Sequence[Example]) -> dict[str, float]:
        if not variant.decides:
            return dict.fromkeys(map(str, variant.features), 1.0)
        if variant.order not in self._rankings:
            self._rankings[variant.order] = fit_ranking(examples, variant.features, variant.penalty)
        return self._rankings[variant.order]


def seen(example: Example, variant: Variant) -> Example:
    """Return an example as it is when fewer candidates are compared token by token, or all tokens weigh the same."""
    if variant.compared == COMPARED_BY_TOKENS and not variant.is_even:
        return example
    if not variant.compared:
        return example.without_tokens()
    found = example.candidates
    shortlist = fuse(found.features, load_weights(with_tokens=False).ranking)
    best = np.lexsort((found.rows, -shortlist))[: variant.compared]
    features, matches = found.features.copy(), np.zeros_like(found.matches)
    matches[:, best] = found.matches[:, best]
    of_tokens = matches.mean(axis=0) if variant.is_even else weigh_tokens(matches, best)
    features[:, FEATURES.index(Feature.TOKENS)] = of_tokens
    return replace(example, candidates=replace(found, features=features, matches=matches))


def judge_examples(material: Material, variant: Variant, weights: Weights) -> Judged:
    """Order and decide the test questions of a set, and hold the outcome against what is right."""
    outcomes, qrels = {}, {}
    for example in material.test:
        ordered = seen(example, variant).ordered(weights.ranking)
        pairs = [f"{letter}/{row}" for letter, row in zip(ordered.letters, ordered.candidates.rows, strict=True)]
        certainty = confidence(ordered.candidates, weights)
        outcomes[example.query.id] = Outcome(tuple(pairs[:LISTED]), confidence=certainty)
        right = tuple(pairs[place] for place in np.flatnonzero(ordered.right))
        # An answer that did not come forward is a miss, whatever the order.
        qrels[example.query.id] = right or (("/none",) if example.query.id in material.answerable else ())
    return judge(Run(variant.name, outcomes), [example.query.id for example in material.test], qrels)


@dataclass(frozen=True, slots=True)
class Row:
    """A variant with what came of it, by set."""

    variant: Variant
    judged: Mapping[str, Judged]


@dataclass(frozen=True, slots=True)
class Report:
    """All that the document tells; the first row of `order` and of `decision` is everything."""

    model_id: str
    command: str
    materials: tuple[Material, ...]
    order: tuple[Row, ...]
    decision: tuple[Row, ...]


def ablate(materials: Sequence[Material], model_id: str, command: str) -> Report:
    """Fit and measure every variant."""
    ablation = Ablation(tuple(materials))
    everything = Row(EVERYTHING, ablation.measure(EVERYTHING))

    def rows(variants: Iterable[Variant]) -> Iterator[Row]:
        yield everything
        for variant in variants:
            talk(f"measuring: {variant.name}")
            yield Row(variant, ablation.measure(variant))

    order = tuple(rows(order_variants(with_tokens=ablation.with_tokens)))
    decision = tuple(rows(decision_variants(with_tokens=ablation.with_tokens)))
    return Report(model_id, command, ablation.materials, order, decision)


def render(report: Report) -> str:
    """Return the Markdown that goes between the marks."""
    parts = [_preface(report)]
    for material in report.materials:
        parts.append(f"### The order, on `{material.name}`")
        parts.append(_table(report.order, material.name, {**BY_ORDER, **BY_DECISION}))
        parts.append(f"### The decision, on `{material.name}`")
        parts.append(_table(report.decision, material.name, BY_DECISION))
    return "\n\n".join(parts)


def _preface(report: Report) -> str:
    fitted = sum(len(material.development) for material in report.materials)
    sets = ", ".join(f"`{material.name}`" for material in report.materials)
    measured = "; ".join(
        f"`{material.name}` {len(material.test)} ({len(material.answerable)} answerable)"
        for material in report.materials
    )
    return (
        f"Written by `{report.command}`; change nothing here by hand.\n\n"
        f"Model `{report.model_id}`. Every row is fitted anew on the {fitted} development questions of {sets}, and\n"
        f"measured on the test questions: {measured}.\n{NOTE}"
    )


def _table(rows: Sequence[Row], set_name: str, measures: Mapping[str, str]) -> str:
    lines = [f"| | {' | '.join(measures.values())} |", "| --- |" + " --- |" * len(measures)]
    everything = rows[0].judged[set_name]
    for row in rows:
        cells = _cells(row, row.judged[set_name], everything, measures)
        lines.append(f"| {row.variant.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(row: Row, judged: Judged, everything: Judged, measures: Iterable[str]) -> Iterator[str]:
    here, there = scores(judged), scores(everything)
    p = {} if judged is everything else p_values(judged, everything)
    for measure in measures:
        value, other = here[measure], there[measure]
        if value is None or other is None or (measure in BY_DECISION and not row.variant.decides):
            yield "–"
        elif judged is everything:
            yield f"{value:.3f}"
        else:
            yield _cell(value, value - other, p[measure])


def _cell(value: float, difference: float, p: float | None) -> str:
    if p is None or difference == 0:
        return f"{value:.3f}" if p is None else f"{value:.3f} (=)"
    chance = "p < 0.001" if p < 0.001 else f"p {p:.3f}"
    told = f"({difference:+.3f}, {chance})".replace("-", "−")
    return f"{value:.3f} **{told}**" if p < CLEAR else f"{value:.3f} {told}"


def insert(document: str, text: str) -> str:
    """Return a document with a text between its two marks, and else unchanged; without marks they come at its end.

    Raises
    ------
    ConfigError
        When there are marks, and not one place between them.
    """
    if OPENING not in document and CLOSING not in document:
        document = f"{document.rstrip()}\n\n{OPENING}\n{CLOSING}\n"
    before, _, rest = document.partition(OPENING)
    _, closing, after = rest.partition(CLOSING)
    if not closing or document.count(OPENING) + document.count(CLOSING) != 2:
        raise ConfigError(f"the document needs {OPENING} and after it {CLOSING}, once each; the tables stand between")
    return f"{before}{OPENING}\n{text}\n{CLOSING}{after}"


def write_into(path: Path, text: str) -> None:
    """Put a text between the two marks of a file; every other byte of it stays."""
    path.write_bytes(insert(path.read_bytes().decode(), text).encode())


def _material(questions: EvalSet, encoder: Encoder, cache: Path) -> Material:
    development, test = questions.of_split("dev"), questions.of_split("test")
    return Material(
        questions.name,
        tuple(gather(development, encoder, cache)),
        tuple(gather(test, encoder, cache)),
        frozenset(test.qrels),
    )


def _command(sets: Sequence[str], letters: Path | None, model: str, document: Path | None) -> str:
    """Return the command as it can be given anywhere, without the folders of this machine."""
    words = ["python -m eval.ablation", *sets]
    words += ["--letters FOLDER"] if letters else []
    words += ["--model NAME"] if model != BUNDLED_NAME else []
    words += [f"--write {document.name if document.is_absolute() else document.as_posix()}"] if document else []
    return " ".join(words)


@click.command()
@click.argument("sets", nargs=-1, required=True, metavar="SET…")
@click.option("--letters", type=click.Path(path_type=Path, exists=True), help="Letters of the sets that have none.")
@click.option("--model", default=BUNDLED_NAME, help="The model whose numbers are weighed.")
@click.option("--cache", default=Path(".cache/eval"), type=click.Path(path_type=Path), help="For the index.")
@click.option(
    "--write",
    "document",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=f"Put the tables into this file, between {OPENING} and {CLOSING}.",
)
@shows_errors
def main(sets: tuple[str, ...], letters: Path | None, model: str, cache: Path, document: Path | None) -> None:
    """Measure what each part of the search is worth on the test questions of the sets."""
    # What is missing is said before minutes are spent.
    load_ir_measures()
    if document:
        insert(document.read_text(encoding="utf-8"), "")
    opened = [open_set(name, letters) for name in dict.fromkeys(sets)]
    encoder = open_encoder(model)
    materials = [_material(questions, encoder, cache) for questions in opened]
    text = render(ablate(materials, encoder.model_id, _command(sets, letters, model, document)))
    if document:
        write_into(document, text)
    else:
        click.echo(text)


if __name__ == "__main__":
    main(prog_name="python -m eval.ablation")
