from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from eval.expected import Accepted, Check, Verdict, accept, check, load_accepted
from eval.runner import Evaluation
from eval.sets import load_set

ROOT = Path(__file__).parent.parent.parent
CACHE = ROOT / ".cache" / "eval"


@pytest.mark.parametrize(
    ("measure", "accepted", "found", "verdict"),
    [
        ("R@1", 0.8, 0.8, Verdict.OK),
        ("R@1", 0.8, 0.9, Verdict.OK),
        ("R@1", 0.8, 0.7951, Verdict.NEAR),
        ("R@1", 0.8, 0.79, Verdict.FAIL),
        ("R@1", 0.8, None, Verdict.FAIL),
        ("false answers", 0.05, 0.04, Verdict.OK),
        ("false answers", 0.05, 0.054, Verdict.NEAR),
        ("false answers", 0.05, 0.06, Verdict.FAIL),
        ("R@1", 0.6667, 2 / 3, Verdict.OK),
    ],
)
def test_a_score_is_ok_near_or_lost(measure: str, accepted: float, found: float | None, verdict: Verdict) -> None:
    assert Check(Accepted("zen", "all", "kamerantwoord", measure, accepted), found).verdict is verdict


def test_a_failed_score_shows_the_command_that_measures_it() -> None:
    command = Accepted("invented", "test", "kamerantwoord", "R@1", 0.5).command
    assert command == "kamerantwoord eval invented --split test --system kamerantwoord"


def test_accepting_replaces_the_scores_of_this_set_and_leaves_the_others(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    path = tmp_path / "expected.toml"
    path.write_text("", encoding="utf-8")
    accept(evaluation, path)
    accept(replace(evaluation, split="dev"), path)
    first = load_accepted(path)
    accept(evaluation, path)
    assert load_accepted(path) == sorted(first, key=lambda entry: entry.split)
    assert {entry.split for entry in first} == {"all", "dev"}
    checks = check(evaluation, first)
    assert checks
    assert all(found.verdict is Verdict.OK for found in checks)
    assert len(checks) == len(first) / 2


def test_every_accepted_score_is_of_a_set_that_is_there() -> None:
    accepted = load_accepted()
    assert {("zen", "all"), ("invented", "test")} <= {(entry.set_name, entry.split) for entry in accepted}
    for entry in accepted:
        load_set(entry.set_name).of_split(entry.split)


# The first time the letters of the invented set are encoded; after that they are found in the cache.
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["zen", "invented"])
def test_the_accepted_scores_are_kept(name: str) -> None:
    command = [sys.executable, "-m", "eval", name, "--system", "kamerantwoord", "--json", "--cache", str(CACHE)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1700)
    assert done.returncode in (0, 1), done.stderr
    checks = json.loads(done.stdout)["accepted"]
    assert checks, done.stderr
    assert [found for found in checks if found["verdict"] == "FAIL"] == []
    assert done.returncode == 0
