from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from eval.systems import SYSTEMS

Command = Callable[..., CompletedProcess[str]]


def test_the_zen_set_runs_from_pdf_to_report(kamerantwoord: Command, tmp_path: Path) -> None:
    run, html = tmp_path / "zen.run", tmp_path / "zen.html"
    done = kamerantwoord("eval", "zen", "--json", "--run", run, "--html", html, "--cache", tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["questions"], found["answerable"], found["letters"], found["answers"]) == (22, 16, 1, 10)
    assert set(found["systems"]) == set(SYSTEMS)
    assert found["systems"]["kamerantwoord"]["scores"]["R@1"] == 1.0
    assert found["systems"]["kamerantwoord"]["scores"]["false answers"] == 0.0
    assert {check["verdict"] for check in found["accepted"]} <= {"OK", "near"}
    assert run.read_text(encoding="utf-8").startswith("zen-01 Q0 2022Z11285/vraag-1 1 ")
    assert (tmp_path / "zen.words.run").exists()
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")

    again = kamerantwoord("eval", "zen", "--system", "kamerantwoord", "--compare", run, "--cache", tmp_path)
    assert again.returncode == 0, again.stderr
    assert "stored kamerantwoord" in again.stdout
    assert "p, stored" in again.stdout


def test_a_users_own_csv_is_asked_of_the_users_index(kamerantwoord: Command, real_index: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mijn vragen.csv"
    mine.write_text(
        "question;letter;number\n"
        "Hoe werkt het sociaal kredietsysteem in China?;https://zoek.officielebekendmakingen.nl/kv-tk-2022Z11285.html;4\n"
        "Hoe hoog is de zorgtoeslag?;;\n",
        encoding="utf-8",
    )
    done = kamerantwoord("eval", mine, "--index", real_index, "--json", "--cache", tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["set"], found["questions"], found["answerable"]) == ("mijn vragen", 2, 1)
    assert found["systems"]["kamerantwoord"]["scores"]["R@1"] == 1.0
    assert found["accepted"] == []


def test_a_csv_on_a_letter_that_is_not_in_the_index_is_one_line(
    kamerantwoord: Command, real_index: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text("question,letter,number\nWat?,2024Z00001,1\n", encoding="utf-8")
    done = kamerantwoord("eval", mine, "--index", real_index)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert "2024Z00001/vraag-1" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["zzz"], 1, "there are zen, invented, supplied"),
        (["supplied"], 1, "its letters are not here"),
        (["zen", "--split", "test"], 1, "has no split"),
        (["zen", "--split", "best"], 2, "best"),
        (["zen", "--system", "oracle"], 2, "oracle"),
        (["--run", "x.run"], 2, "name it"),
        (["zen", "--compare", "none.run"], 1, "not a run"),
        (["zen", "--index", "none"], 1, "no index"),
        (["zen", "--index", "none", "--accept"], 1, "its own letters"),
        (["none.csv"], 1, "cannot be read"),
    ],
)
def test_what_cannot_be_run_is_said_without_a_traceback(
    kamerantwoord: Command, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    done = kamerantwoord("eval", *arguments, "--cache", tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_help_says_what_a_set_is(kamerantwoord: Command) -> None:
    done = kamerantwoord("eval", "--help")
    assert done.returncode == 0
    assert "CSV" in done.stdout
    assert done.stdout.startswith("Usage: kamerantwoord eval")
