from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eval.measures import FALSE_ANSWERS
from eval.runner import Evaluation, build_set_index, evaluate
from eval.runs import Outcome, Run, read_run, write_run
from eval.sets import EvalSet, Query
from eval.systems import SYSTEMS, Fusion, Meaning, Words, open_systems, said
from index.archive import Generation
from index.catalogue import VIEWS
from index.encoders.base import Encoder
from index.errors import ConfigError
from index.records import View


def test_every_system_answers_every_question_in_its_own_column(evaluation: Evaluation) -> None:
    assert [column.name for column in evaluation.columns] == list(SYSTEMS)
    for column in evaluation.columns:
        assert list(column.run.outcomes) == [query.id for query in evaluation.queries]
        assert all(outcome.latency_ms > 0 for outcome in column.run.outcomes.values())
    assert evaluation.p.keys() == set(SYSTEMS[1:])


def test_a_question_that_is_refused_is_a_miss_and_not_an_error(evaluation: Evaluation) -> None:
    assert evaluation.main.run.outcomes["f"] == replace(
        Outcome(answered=False), latency_ms=evaluation.main.run.outcomes["f"].latency_ms
    )
    assert evaluation.main.judged.ranking["R@1"].tolist()[-1] == 0.0


def test_only_the_front_door_decides(evaluation: Evaluation) -> None:
    assert evaluation.main.scores["false refusals"] is not None
    assert all(column.scores[FALSE_ANSWERS] is None for column in evaluation.columns[1:])


def test_the_best_baseline_is_found_for_measures_that_should_be_high(evaluation: Evaluation) -> None:
    best = evaluation.best_baseline("R@1")
    assert best is not None
    assert best.scores["R@1"] == max(column.scores["R@1"] or 0 for column in evaluation.columns[1:])
    assert evaluation.best_baseline(FALSE_ANSWERS) is None


def test_words_ranks_by_question_and_answer_together(small_generation: Generation, tmp_path: Path) -> None:
    words = Words(small_generation, tmp_path)
    hits = words.ask(Query("x", "wolven veertig"))
    assert set(hits.pair_ids) == {"2024Z00001/vraag-2", "2024Z00002/vraag-1"}
    assert list(hits.scores) == sorted(hits.scores, reverse=True)
    assert words.ask(Query("x", "xylofoon")).pair_ids == ()


def test_meaning_is_the_inner_product_with_question_and_answer(
    small_generation: Generation, words_encoder: Encoder
) -> None:
    query = Query("x", "Hoeveel huizen staan leeg?")
    hits = Meaning(small_generation, words_encoder).ask(query)
    table = small_generation.passages
    rows = table.row[table.view == VIEWS.index(View.BOTH)]
    vector = words_encoder.encode_queries([query.text])
    _, scores = small_generation.vectors.search(vector, 3, rows)
    np.testing.assert_allclose(hits.scores[:3], scores[0], rtol=1e-6)
    assert hits.pair_ids[0] == "2024Z00003/vraag-1"
    assert len(set(hits.pair_ids)) == len(hits.pair_ids) == 5


def test_fusion_adds_reciprocal_ranks(small_generation: Generation, words_encoder: Encoder, tmp_path: Path) -> None:
    words, meaning = Words(small_generation, tmp_path), Meaning(small_generation, words_encoder)
    query = Query("x", "Hoeveel huizen staan leeg in Groningen?")
    expected: dict[str, float] = {}
    for ranking in (words.rank(query), meaning.rank(query)):
        for place, (pair, _) in enumerate(ranking):
            expected[pair] = expected.get(pair, 0) + 1 / (61 + place)
    found = Fusion(words, meaning).ask(query)
    assert dict(zip(found.pair_ids, found.scores, strict=True)) == pytest.approx(expected)


def test_the_plain_systems_search_for_a_follow_up_with_what_was_asked_before() -> None:
    assert (
        said(Query("x", "En in Rusland?", previous=("Hoe is het in China?",))) == "Hoe is het in China? En in Rusland?"
    )


def test_systems_open_in_the_order_in_which_they_are_named(
    small_index: Path, words_encoder: Encoder, tmp_path: Path
) -> None:
    systems = open_systems(small_index, words_encoder, ["fusion", "kamerantwoord"], tmp_path)
    assert [system.name for system in systems] == ["fusion", "kamerantwoord"]


def test_a_stored_run_is_one_more_column_with_its_own_p(
    small_set: EvalSet, small_index: Path, words_encoder: Encoder, evaluation: Evaluation, tmp_path: Path
) -> None:
    write_run(evaluation.main.run, tmp_path / "kept.run")
    again = evaluate(small_set, small_index, words_encoder, SYSTEMS[:1], stored=read_run(tmp_path / "kept.run"))
    stored = again.columns[-1]
    assert (stored.name, stored.is_stored) == ("stored kamerantwoord", True)
    timeless = {name: value for name, value in again.main.scores.items() if not name.endswith("ms")}
    assert {name: stored.scores[name] for name in timeless} == timeless
    assert set(again.p[stored.name].values()) <= {1.0, None}
    assert again.p[stored.name]["R@1"] == 1.0


def test_a_run_survives_the_disk_with_every_digit(evaluation: Evaluation, tmp_path: Path) -> None:
    write_run(evaluation.main.run, tmp_path / "a.run")
    assert read_run(tmp_path / "a.run") == evaluation.main.run


def test_a_run_is_a_trec_run_whose_scores_fall(tmp_path: Path) -> None:
    run = Run("ours", {"q": Outcome(("Mijn brief 1/vraag-1", "100%/vraag-2", "z/vraag-3"), (0.5, 0.5, 0.5))})
    write_run(run, tmp_path / "a.run")
    lines = [line.split() for line in (tmp_path / "a.run").read_text(encoding="utf-8").splitlines()]
    assert [line[:2] + line[3:4] + line[5:] for line in lines] == [["q", "Q0", str(n), "ours"] for n in (1, 2, 3)]
    scores = [float(line[4]) for line in lines]
    assert scores[0] > scores[1] > scores[2]
    # Without the file beside it the ranking is all that is known.
    (tmp_path / "a.run.jsonl").unlink()
    assert read_run(tmp_path / "a.run").outcomes["q"].pair_ids == run.outcomes["q"].pair_ids


@pytest.mark.parametrize("text", ["q Q0 d", "q Q0 d first 1.0 ours", "\x00"])
def test_a_file_that_is_no_run_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.run").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="not a run"):
        read_run(tmp_path / "a.run")


@pytest.mark.parametrize("text", ["{", "[]", '{"id": "q"}', json.dumps({"id": "q", "system": "x", "pair_ids": 3})])
def test_a_damaged_file_beside_a_run_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.run").write_text("", encoding="utf-8")
    (tmp_path / "a.run.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="not a run"):
        read_run(tmp_path / "a.run")


def test_a_second_run_finds_its_index_ready(tmp_path: Path, words_encoder: Encoder, small_index: Path) -> None:
    letters = small_index.parent / "letters"
    first, built = build_set_index(letters, tmp_path, words_encoder)
    second, again = build_set_index(letters, tmp_path, words_encoder)
    assert first == second
    assert (len(built.added), len(again.added), len(again.unchanged)) == (3, 0, 3)
