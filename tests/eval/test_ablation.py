"""Ablation: over examples made by hand, in which it is known which part carries the signal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from eval import significance
from eval.ablation import (
    EVERYTHING,
    OF_TOKENS,
    Ablation,
    Material,
    Variant,
    ablate,
    decision_variants,
    insert,
    judge_examples,
    main,
    order_variants,
    render,
    seen,
    write_into,
)
from eval.fit import BY_WORDS, SCALE, Example, fit_decision, fit_ranking, gather
from eval.measures import AUROC, LETTER, Judged, scores
from eval.sets import EvalSet, Query
from eval.significance import p_values
from index.encoders.base import Encoder
from index.errors import ConfigError
from rag.fusion import FEATURES, Feature, Weights, load_weights
from rag.retrieval import Candidates

CANDIDATES = 6
WITHOUT_TOKENS = tuple(feature for feature in FEATURES if feature is not Feature.TOKENS)


def example(number: int, *, telling: Feature = Feature.WINDOW, tokens: int = 0) -> Example:
    """Give a question that only one feature tells the answer of; every fourth has none.

    That it has none shows in nothing but the share of known words. The letter of a pair is that of its question.
    """
    generator = np.random.default_rng(number)
    features = generator.normal(0.5, 0.03, (CANDIDATES, len(FEATURES)))
    matches = generator.normal(0.5, 0.03, (tokens, CANDIDATES))
    features[:, FEATURES.index(Feature.TOKENS)] = matches.mean(axis=0) if tokens else 0.0
    right = np.zeros(CANDIDATES, bool)
    if number % 4:
        right[number % CANDIDATES] = True
        features[right, FEATURES.index(telling)] += 0.3
    candidates = Candidates(
        rows=np.arange(CANDIDATES) + CANDIDATES * number,
        features=features,
        scores=np.zeros(CANDIDATES),
        words_known=float(generator.normal(0.9 if number % 4 else 0.4, 0.1)),
        matches=matches,
        unrelated_questions=0.0,
        unrelated_answers=0.0,
        query="Hoeveel wolven leven er?",
        vector=np.zeros((1, 4), np.float32),
    )
    letters = np.array([f"letter-{number}"] * (CANDIDATES - 1) + ["elsewhere"])
    return Example(Query(f"q{number}", candidates.query), candidates, right, letters)


def material(name: str = "made", count: int = 80, *, telling: Feature = Feature.WINDOW, tokens: int = 0) -> Material:
    examples = [example(number, telling=telling, tokens=tokens) for number in range(2 * count)]
    answerable = frozenset(f"q{number}" for number in range(count, 2 * count) if number % 4)
    return Material(name, tuple(examples[:count]), tuple(examples[count:]), answerable)


def named(variants: list[Variant], name: str) -> Variant:
    return next(variant for variant in variants if variant.name == name)


@pytest.fixture
def few_permutations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(significance, "PERMUTATIONS", 100)


@pytest.fixture(scope="module")
def ablation() -> Ablation:
    return Ablation((material(),))


def measure(ablation: Ablation, variant: Variant) -> Judged:
    return ablation.measure(variant)["made"]


def test_the_feature_that_carries_the_signal_matters_and_a_noisy_one_does_not(ablation: Ablation) -> None:
    variants = order_variants(with_tokens=False)
    everything = measure(ablation, EVERYTHING)
    assert scores(everything)["R@1"] == 1.0
    lost = measure(ablation, named(variants, "without `window`"))
    assert (scores(lost)["R@1"] or 0) < 0.5
    assert (p_values(lost, everything)["R@1"] or 1) < 0.01
    kept = measure(ablation, named(variants, "without `question`"))
    assert p_values(kept, everything)["R@1"] == 1.0
    assert scores(measure(ablation, named(variants, "`window` alone")))["R@1"] == 1.0
    assert (scores(measure(ablation, named(variants, "`question` alone")))["R@1"] or 0) < 0.5


@pytest.mark.parametrize(("telling", "better"), [(Feature.WORDS_ANSWER, "words only"), (Feature.BOTH, "meaning only")])
def test_words_and_meaning_are_each_measured_without_the_other(telling: Feature, better: str) -> None:
    ablation = Ablation((material(telling=telling),))
    variants = order_variants(with_tokens=False)
    found = {name: scores(measure(ablation, named(variants, name)))["R@1"] for name in ("words only", "meaning only")}
    assert found.pop(better) == 1.0
    assert next(value for value in found.values() if value is not None) < 0.5


def test_the_decision_loses_what_it_is_not_shown_while_the_order_stays(ablation: Ablation) -> None:
    everything = measure(ablation, EVERYTHING)
    variants = decision_variants(with_tokens=False)
    blind = measure(ablation, named(variants, "without words found and known"))
    assert blind.right.tolist() == everything.right.tolist()
    assert blind.confidence.tolist() != everything.confidence.tolist()
    known = measure(ablation, Variant("known words alone", unseen=tuple({*FEATURES, "margin"})))
    assert (scores(known)[AUROC] or 0) > 0.99
    nothing = measure(ablation, Variant("nothing", unseen=tuple({*FEATURES, "margin", "words_known"})))
    assert scores(nothing)[AUROC] == 0.5


def test_rows_on_tokens_stand_there_only_for_a_model_that_has_their_vectors() -> None:
    for with_tokens in (False, True):
        variants = order_variants(with_tokens=with_tokens) + decision_variants(with_tokens=with_tokens)
        assert any("tokens" in variant.name for variant in variants) is with_tokens
    assert not Ablation((material(count=4),)).with_tokens
    assert Ablation((material(count=4, tokens=3),)).with_tokens


def test_without_tokens_their_features_are_gone_from_order_and_decision() -> None:
    ablation = Ablation((material(tokens=5, telling=Feature.TOKENS),))
    everything = measure(ablation, EVERYTHING)
    assert scores(everything)["R@1"] == 1.0
    without = measure(ablation, named(order_variants(with_tokens=True), "a model without vectors of tokens"))
    assert (scores(without)["R@1"] or 1) < 0.5
    group = measure(ablation, named(decision_variants(with_tokens=True), "without likeness of the tokens"))
    assert group.confidence.tolist() == measure(ablation, Variant("the same", unseen=OF_TOKENS)).confidence.tolist()
    assert group.confidence.tolist() != everything.confidence.tolist()


def test_fewer_pairs_compared_leaves_the_tokens_of_the_others_out() -> None:
    whole = example(1, tokens=4)
    few = seen(whole, Variant("two", compared=2)).candidates
    column = FEATURES.index(Feature.TOKENS)
    assert np.count_nonzero(few.features[:, column]) == 2
    assert np.count_nonzero(few.matches.any(axis=0)) == 2
    assert np.count_nonzero(whole.candidates.features[:, column]) == CANDIDATES
    assert seen(whole, EVERYTHING) is whole
    assert not len(seen(whole, Variant("none", compared=0)).candidates.matches)


def test_tokens_that_weigh_the_same_give_the_mean_of_their_matches() -> None:
    whole = example(1, tokens=4)
    even = seen(whole, Variant("even", is_even=True)).candidates
    assert even.matches.tolist() == whole.candidates.matches.tolist()
    assert even.features[:, FEATURES.index(Feature.TOKENS)].tolist() == even.matches.mean(axis=0).tolist()


def test_what_is_gathered_from_letters_is_judged_by_what_answers(
    small_set: EvalSet,
    small_index: Path,
    words_encoder: Encoder,
    word_tokens_encoder: Encoder,
    tmp_path: Path,
) -> None:
    # The last one cannot be searched.
    asked = replace(small_set, queries=small_set.queries[:5], letters=small_index.parent / "letters")
    for encoder, with_tokens in ((words_encoder, False), (word_tokens_encoder, True)):
        examples = gather(asked, encoder, tmp_path)
        found = Material("small", (), tuple(examples), frozenset(asked.qrels))
        assert Ablation((found,)).with_tokens is with_tokens
        judged = judge_examples(found, EVERYTHING, load_weights(with_tokens=with_tokens))
        assert judged.answerable.tolist() == [True, True, True, False, False]
        assert scores(judged)["R@3"] == 1.0


def test_an_answer_that_did_not_come_forward_is_a_miss_and_not_an_unanswerable_question() -> None:
    asked = example(1)
    found = replace(asked, right=np.zeros(CANDIDATES, bool))
    weights = Weights({"window": 1.0}, {"intercept": 0.0}, 0.5)
    answers = Material("made", (), (asked, found), frozenset({"q1"}))
    hit = judge_examples(replace(answers, test=(asked,)), EVERYTHING, weights)
    miss = judge_examples(replace(answers, test=(found,)), EVERYTHING, weights)
    assert (scores(hit)["R@1"], scores(hit)[LETTER], scores(miss)["R@1"], scores(miss)[LETTER]) == (1.0, 1.0, 0.0, 0.0)
    assert miss.answerable.tolist() == [True]
    nobody = judge_examples(Material("made", (), (found,), frozenset()), EVERYTHING, weights)
    assert nobody.answerable.tolist() == [False]


def test_the_fit_weighs_only_the_features_that_it_is_given() -> None:
    examples = material().development
    words = fit_ranking(examples, [Feature.WORDS_ANSWER, Feature.WORDS_SUBJECT])
    assert {name for name, weight in words.items() if weight} <= {"words_answer", "words_subject"}
    assert sum(words.values()) == pytest.approx(1.0, abs=0.001)
    assert fit_ranking(examples)["window"] > 0.6
    assert fit_ranking(examples, WITHOUT_TOKENS) == fit_ranking(examples)


def test_under_a_strong_penalty_weights_go_by_how_far_right_pairs_stand_out() -> None:
    examples = [item for item in material().development if item.is_answerable]
    # Near zero weights the loss is a plane: the optimum lies along its slope, as far as weights may go.
    every = [(item.candidates.features, item.right) for item in examples]
    standing_out = [features[right].mean(axis=0) - features.mean(axis=0) for features, right in every]
    slope = np.clip(np.mean(standing_out, axis=0), 0, None) / SCALE**2
    # Beside the one that tells all, the others would not be seen.
    slope[FEATURES.index(Feature.WINDOW)] = 0
    others = [feature for feature in FEATURES if feature is not Feature.WINDOW]
    expected = slope / (slope[:-BY_WORDS].sum() or slope.sum())
    assert list(fit_ranking(examples, others, 1000.0).values()) == pytest.approx(expected, abs=0.005)
    assert list(fit_ranking(examples, others, 0.001).values()) != pytest.approx(expected, abs=0.005)


def test_a_steadier_decision_has_smaller_weights_and_leaves_out_what_it_is_told_to() -> None:
    examples = [item.ordered({"window": 1.0}) for item in material().development]
    loose, steady = (fit_decision(examples, steadiness=strength)[0]["words_known"] for strength in (1.0, 0.001))
    assert loose > steady > 0
    assert "words_known" not in fit_decision(examples, ["words_known"])[0]


@pytest.mark.usefixtures("few_permutations")
def test_the_tables_are_the_same_every_time_and_name_what_they_measured() -> None:
    sets = [material("one", 60, tokens=3), material("two", 60, tokens=3)]
    first, second = (render(ablate(sets, "bundled@123", "python -m eval.ablation one two")) for _ in range(2))
    assert first == second
    for told in ("`bundled@123`", "python -m eval.ablation one two", "120 development", "`two` 60 (45 answerable)"):
        assert told in first
    rows = [line for line in first.splitlines() if line.startswith("|")]
    assert len([row for row in rows if row.startswith("| everything |")]) == 4
    for variant in order_variants(with_tokens=True):
        told = [row for row in rows if row.startswith(f"| {variant.name} |")]
        assert len(told) >= 2
        assert all(row.count(" | ") in (2, 5) for row in told)
    lost = next(row for row in rows if row.startswith("| without `window` |"))
    assert "**(−0." in lost
    assert next(row for row in rows if row.startswith("| `window` alone |")).endswith("| – | – |")


def test_a_document_is_rewritten_only_between_the_marks(tmp_path: Path) -> None:
    path = tmp_path / "retrieval.md"
    before, after = "# Vóór\r\n\r\n", "\n\nNá, zonder regeleinde"
    path.write_bytes(f"{before}<!-- ablation -->\nold\n<!-- /ablation -->{after}".encode())
    write_into(path, "new")
    once = path.read_bytes()
    assert once.decode() == f"{before}<!-- ablation -->\nnew\n<!-- /ablation -->{after}"
    write_into(path, "new")
    assert path.read_bytes() == once


def test_without_marks_the_tables_come_at_the_end() -> None:
    once = insert("# Title\n", "new")
    assert once == "# Title\n\n<!-- ablation -->\nnew\n<!-- /ablation -->\n"
    assert insert(once, "new") == once


@pytest.mark.parametrize(
    "document",
    [
        "<!-- ablation -->\n",
        "<!-- /ablation -->\n",
        "<!-- /ablation -->\n<!-- ablation -->\n",
        "<!-- ablation -->\n<!-- /ablation -->\n" * 2,
    ],
)
def test_marks_that_leave_no_single_place_are_refused_before_anything_is_measured(
    document: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="once each"):
        insert(document, "new")
    path = tmp_path / "retrieval.md"
    path.write_text(document, encoding="utf-8")
    done = CliRunner().invoke(main, ["invented", "--write", str(path), "--model", "no-such-model"])
    assert done.exit_code == 1
    assert "once each" in done.stderr
    assert path.read_text(encoding="utf-8") == document
