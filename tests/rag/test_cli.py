"""The command line: data on stdout, talk on stderr, exit 0 done, 1 our error in one line, 2 wrong usage."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from index.archive import Archive
from index.encoders.base import Encoder
from index.encoders.onnx import OnnxEncoder
from rag.cli import main

ROOT = Path(__file__).parent.parent.parent
LETTER = ROOT / "letters" / "2022Z11285.pdf"
QUESTION = "Hoe werkt het sociaal kredietsysteem in China?"

Run = Callable[..., "subprocess.CompletedProcess[str]"]
WriteLetter = Callable[..., Path]
CheckContract = Callable[[dict[str, Any]], None]


@pytest.fixture(autouse=True)
def _one_model(monkeypatch: pytest.MonkeyPatch, bundled_encoder: Encoder) -> None:
    """Load the bundled model once for all commands that run in this process."""
    monkeypatch.setattr(OnnxEncoder, "open", lambda: bundled_encoder)


def invoke(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    """Run the command line in this process; an error that is not ours comes out as it is."""
    return CliRunner().invoke(main, list(map(str, arguments)), input=stdin, catch_exceptions=False)


def one_line(text: str) -> str:
    """Return the text, which must be one line of ours."""
    assert text.startswith("kamerantwoord: ")
    assert text.count("\n") == 1
    assert text.endswith("\n")
    assert "Traceback" not in text
    return text.removeprefix("kamerantwoord: ").rstrip()


# ask


def test_ask_prints_the_contract_on_stdout_and_nothing_else(
    kamerantwoord: Run, real_index: Path, check_contract: CheckContract
) -> None:
    asked = kamerantwoord("ask", QUESTION, "--json", "--index", real_index)
    assert (asked.returncode, asked.stderr) == (0, "")
    result = json.loads(asked.stdout)
    check_contract(result)
    assert result["answered"] is True
    assert result["hits"][0]["id"] == "2022Z11285/vraag-4"
    assert "één centraal" in asked.stdout, "Dutch letters are written as they are"


def test_the_same_question_gives_the_same_bytes_in_every_process(kamerantwoord: Run, real_index: Path) -> None:
    outputs = {
        kamerantwoord(
            "ask", QUESTION, "--json", "--index", real_index, PYTHONHASHSEED=seed, OMP_NUM_THREADS=threads
        ).stdout
        for seed, threads in (("0", "1"), ("12345", "2"))
    }
    assert len(outputs) == 1
    assert outputs != {""}


ASK = """
import sys
from rag.cli import main
main(["ask", {question!r}, "--json", "--index", {index!r}], standalone_mode=False)
print(*sorted(sys.modules), file=sys.stderr)
"""


def test_ask_loads_nothing_heavy(real_index: Path) -> None:
    code = ASK.format(question=QUESTION, index=str(real_index))
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert json.loads(ran.stdout)["answered"]
    loaded = {name.split(".")[0] for name in ran.stderr.split()}
    assert "onnxruntime" in loaded
    assert not loaded & {"torch", "sentence_transformers", "transformers", "gradio", "pandas", "scipy", "sklearn"}
    assert not loaded & {"app", "eval", "pypdf", "docx", "rich", "fastapi"}


def test_ask_is_readable_on_a_terminal(real_index: Path) -> None:
    asked = invoke("ask", QUESTION, "--index", real_index)
    assert asked.exit_code == 0
    assert asked.stdout.startswith("Vraag 4. Hoe werkt het ‘sociaal kredietsysteem’ in China?")
    assert "Verder gevonden:" in asked.stdout
    assert "antwoord op vraag 4, p. " in " ".join(asked.stdout.split())
    assert "\x1b" not in asked.stdout, "no codes for colour where there is no terminal"


def test_ask_says_so_when_no_letter_answers(real_index: Path) -> None:
    asked = invoke("ask", "Hoe bak ik een appeltaart?", "--index", real_index)
    assert asked.exit_code == 0
    assert asked.stdout.startswith("Geen brief beantwoordt deze vraag.")


def test_hits_can_be_chosen(real_index: Path) -> None:
    asked = invoke("ask", QUESTION, "--json", "--hits", "5", "--index", real_index)
    assert len(json.loads(asked.stdout)["hits"]) == 5


@pytest.mark.parametrize(
    ("query", "said"),
    [("", "the question is empty"), ("  ?! ", "the question is empty"), ("wolf " * 2000, "has 10000 characters")],
    ids=["empty", "signs", "10,000 characters"],
)
def test_a_question_that_cannot_be_searched_is_one_line(real_index: Path, query: str, said: str) -> None:
    asked = invoke("ask", query, "--index", real_index)
    assert (asked.exit_code, asked.stdout) == (1, "")
    assert said in one_line(asked.stderr)


def test_a_question_of_broken_bytes_is_answered(kamerantwoord: Run, real_index: Path) -> None:
    asked = kamerantwoord(
        "ask", os.fsdecode(b"Hoe werkt het kredietsysteem\xff in China?"), "--json", "--index", real_index
    )
    assert (asked.returncode, asked.stderr) == (0, "")
    assert json.loads(asked.stdout)["hits"][0]["id"] == "2022Z11285/vraag-4"


def test_nobody_reading_on_is_no_error(real_index: Path) -> None:
    command = [sys.executable, "-m", "rag.cli", "ask", QUESTION, "--json", "--index", str(real_index)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asking:
        assert asking.stdout is not None
        assert asking.stderr is not None
        asking.stdout.close()
        assert asking.stderr.read() == b""


@pytest.mark.parametrize("command", [("ask", "wolven"), ("serve",), ("verify",)], ids=lambda command: command[0])
def test_a_missing_index_names_the_command_that_makes_it(tmp_path: Path, command: tuple[str, ...]) -> None:
    ran = invoke(*command, "--index", tmp_path / "gone")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert f"make it with: kamerantwoord build letters --index {tmp_path / 'gone'}" in one_line(ran.stderr)


def test_an_index_of_another_model_is_refused_and_says_what_to_do(small_index: Path) -> None:
    asked = invoke("ask", "wolven", "--index", small_index)
    assert (asked.exit_code, asked.stdout) == (1, "")
    assert "built with model words@1" in one_line(asked.stderr)
    assert "--model, or build the index again" in asked.stderr


@pytest.mark.parametrize("part", ["manifest.json", "vectors.faiss", "catalogue.sqlite"])
def test_a_damaged_index_is_refused(real_index: Path, tmp_path: Path, part: str) -> None:
    shutil.copytree(real_index, tmp_path / "index")
    folder = Archive(tmp_path / "index").current
    assert folder is not None
    (folder / part).write_bytes((folder / part).read_bytes()[:100])
    asked = invoke("ask", QUESTION, "--index", tmp_path / "index")
    assert (asked.exit_code, asked.stdout) == (1, "")
    assert "build the index again" in one_line(asked.stderr)


# ask --batch

BATCH = [
    {"id": 1, "query": QUESTION},
    {"id": "b", "query": "En wat doet de ambassade daaraan?", "previous": QUESTION},
    {"id": "c", "query": "En in Xinjiang?", "previous": ["Hallo", QUESTION]},
    {"id": None, "query": ""},
    {"query": "wolf " * 2000},
]


def test_a_batch_gives_a_result_a_line_with_its_id(real_index: Path, check_contract: CheckContract) -> None:
    path = Path("vragen.jsonl")
    path.write_text("\n\n".join(json.dumps(item) for item in BATCH) + "\n", encoding="utf-8")
    asked = invoke("ask", "--batch", path, "--json", "--index", real_index)
    assert (asked.exit_code, asked.stderr) == (1, ""), "a line that failed is told by the exit code"
    results = [json.loads(line) for line in asked.stdout.splitlines()]
    assert [result["id"] for result in results] == [1, "b", "c", None, None]
    assert [result["query"] for result in results] == [item["query"] for item in BATCH]
    for result in results[:3]:
        check_contract(result)
    assert results[0]["hits"][0]["id"] == "2022Z11285/vraag-4"
    assert results[1]["searched_as"] == f"{QUESTION} En wat doet de ambassade daaraan?"
    assert results[2]["searched_as"] == f"{QUESTION} En in Xinjiang?"
    assert "the question is empty" in results[3]["error"]
    assert "has 10000 characters" in results[4]["error"]


def test_a_line_of_a_batch_equals_the_question_by_itself(real_index: Path) -> None:
    lines = "".join(json.dumps({"id": n, "query": QUESTION}) + "\n" for n in range(2))
    batch = invoke("ask", "--batch", "-", "--index", real_index, stdin=lines).stdout.splitlines()
    alone = json.loads(invoke("ask", QUESTION, "--json", "--index", real_index).stdout)
    assert [json.loads(line) for line in batch] == [{"id": 0, **alone}, {"id": 1, **alone}]


def test_half_a_character_in_a_batch_is_answered(real_index: Path) -> None:
    asked = invoke("ask", "--batch", "-", "--index", real_index, stdin='{"id": "\\ud800", "query": "China \\ud800"}\n')
    assert asked.exit_code == 0
    assert json.loads(asked.stdout)["id"] == "\ud800"


@pytest.mark.parametrize(
    "line",
    [
        "wolven",
        "[]",
        "{}",
        "null",
        '"wolven"',
        '{"query": 3}',
        '{"query": "x", "previous": [3]}',
        '{"query": "x", "previous": {"a": 1}}',
        '{"query": "x", "previous": 7}',
    ],
)
def test_a_line_that_is_no_question_is_named(real_index: Path, line: str) -> None:
    good = json.dumps({"id": 1, "query": "China"})
    stdin = f"{good}\n{line}\n{good}\n"
    asked = invoke("ask", "--batch", "-", "--index", real_index, stdin=stdin)
    assert asked.exit_code == 1
    first, second, third = map(json.loads, asked.stdout.splitlines())
    assert "line 2: " in second["error"]
    assert first["hits"] == third["hits"], "what stands before and after it is answered"


def test_a_batch_that_is_no_text_is_one_line(real_index: Path) -> None:
    Path("vragen.jsonl").write_bytes(b'{"id": 1, "query": "caf\xe9"}\n')
    asked = invoke("ask", "--batch", "vragen.jsonl", "--index", real_index)
    assert asked.exit_code == 1
    assert "vragen.jsonl" in one_line(asked.stderr)


# Usage and settings.


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "een", "twee"),
        ("ask", "een", "--batch", "-"),
        ("ask", "--batch", "gone.jsonl"),
        ("ask", "een", "--hits", "veel"),
        ("ask", "een", "--colour"),
        ("build",),
        ("parse",),
        ("bild", "letters"),
    ],
)
def test_wrong_usage_is_exit_2(arguments: tuple[str, ...]) -> None:
    ran = invoke(*arguments)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "Usage:" in ran.stderr


@pytest.mark.parametrize("command", sorted(set(main.commands) - {"eval"}))
def test_every_command_explains_itself(command: str) -> None:
    ran = invoke(command, "--help")
    assert ran.exit_code == 0
    assert len(ran.stdout.splitlines()) > 4


def test_the_version_is_told() -> None:
    assert ", version 0." in invoke("--version").stdout


def test_an_unknown_setting_is_refused(real_index: Path) -> None:
    Path("kamerantwoord.toml").write_text("hitz = 5\n", encoding="utf-8")
    asked = invoke("ask", QUESTION, "--index", real_index)
    assert asked.exit_code == 1
    assert "unknown setting «hitz»" in one_line(asked.stderr)


def test_a_flag_beats_the_environment_and_that_beats_the_file(
    real_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count(*flags: str) -> int:
        return len(json.loads(invoke("ask", QUESTION, "--json", "--index", real_index, *flags).stdout)["hits"])

    assert count() == 3
    Path("kamerantwoord.toml").write_text("hits = 4\n", encoding="utf-8")
    assert count() == 4
    monkeypatch.setenv("KAMERANTWOORD_HITS", "5")
    assert count() == 5
    assert count("--hits", "6") == 6


def test_the_settings_file_can_be_named(real_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mine.toml").write_text(f"hits = 1\nindex = {str(real_index)!r}\n", encoding="utf-8")
    for arguments, environment in ((("--settings", "mine.toml"), None), ((), "mine.toml")):
        if environment:
            monkeypatch.setenv("KAMERANTWOORD_SETTINGS", environment)
        asked = invoke(*arguments, "ask", QUESTION, "--json")
        assert len(json.loads(asked.stdout)["hits"]) == 1


def test_hits_out_of_bounds_are_one_line(real_index: Path) -> None:
    asked = invoke("ask", QUESTION, "--hits", "0", "--index", real_index)
    assert asked.exit_code == 1
    assert "«hits»" in one_line(asked.stderr)


# build


@pytest.fixture
def letters(write_letter: WriteLetter) -> Path:
    return write_letter(Path("letters/treinen.txt")).parent


def test_build_makes_an_index_that_answers(letters: Path) -> None:
    built = invoke("build", letters)
    assert (built.exit_code, built.stdout) == (0, "")
    assert "1 letters, 2 answers" in built.stderr
    assert "(1 read, 0 unchanged, 0 removed, 0 failed)" in built.stderr
    asked = json.loads(invoke("ask", "Hoeveel nachttreinen rijden er naar Wenen?", "--json").stdout)
    assert (asked["answered"], asked["hits"][0]["id"]) == (True, "2024Z00001/vraag-1")

    again = invoke("build", letters)
    assert again.exit_code == 0
    assert "(0 read, 1 unchanged, 0 removed, 0 failed)" in again.stderr


def test_bad_files_are_a_line_each_and_the_rest_is_built(kamerantwoord: Run, letters: Path) -> None:
    (letters / "leeg.txt").touch()
    (letters / "half.pdf").write_bytes(b"%PDF-1.7\n")
    (letters / "kwaad\x1b[2J\nnaam.txt").write_bytes(b"")
    os.rename(os.fsencode(letters / "treinen.txt"), os.fsencode(letters) + b"/caf\xe9.txt")
    built = kamerantwoord("build", letters)
    assert (built.returncode, built.stdout) == (1, "")
    lines = built.stderr.splitlines()
    assert sum("leeg.txt" in line and "empty file" in line for line in lines) == 1
    assert sum("half.pdf" in line for line in lines) == 1
    assert sum("kwaad" in line for line in lines) == 1
    assert "\x1b" not in built.stderr
    assert "Traceback" not in built.stderr
    assert "1 letters, 2 answers" in lines[-1]
    assert "(1 read, 0 unchanged, 0 removed, 3 failed)" in lines[-1]
    assert json.loads(invoke("ask", "Wat kost een kaartje?", "--json").stdout)["answered"]


def test_when_no_file_can_be_read_each_is_told(letters: Path) -> None:
    (letters / "treinen.txt").write_bytes(b"")
    (letters / "half.pdf").write_bytes(b"%PDF-1.7\n")
    built = invoke("build", letters)
    assert (built.exit_code, built.stdout) == (1, "")
    half, empty, total = built.stderr.splitlines()
    assert half.startswith("half.pdf: ")
    assert empty.startswith("treinen.txt: an empty file")
    assert total == "kamerantwoord: no file of 2 could be read; the index is left as it was"


def test_the_same_letter_twice_is_said(letters: Path) -> None:
    shutil.copy(letters / "treinen.txt", letters / "kopie.txt")
    built = invoke("build", letters)
    assert built.exit_code == 0
    assert "treinen.txt: the same letter as kopie.txt, which is kept" in built.stderr
    assert "1 letters, 2 answers" in built.stderr


@pytest.mark.parametrize("place", ["gone", "empty"])
def test_a_place_without_letters_is_one_line(place: str) -> None:
    Path("empty").mkdir()
    built = invoke("build", place)
    assert built.exit_code == 1
    assert place in one_line(built.stderr)


def test_a_place_that_cannot_be_written_is_one_line(letters: Path) -> None:
    Path("file").write_text("no folder")
    built = invoke("build", letters, "--index", Path("file") / "index")
    assert built.exit_code == 1
    assert "Not a directory" in one_line(built.stderr)


@pytest.mark.model
def test_a_model_that_does_not_exist_is_one_line(letters: Path) -> None:
    Path("model").mkdir()
    built = invoke("build", letters, "--model", "./model")
    assert built.exit_code == 1
    assert "model" in one_line(built.stderr)


# parse and verify


def test_parse_prints_a_list_of_letters(letters: Path) -> None:
    parsed = invoke("parse", LETTER, letters / "treinen.txt", "--json")
    assert (parsed.exit_code, parsed.stderr) == (0, "")
    first, second = json.loads(parsed.stdout)
    assert (first["source"], first["reference"], len(first["pairs"])) == ("2022Z11285.pdf", "2022Z11285", 10)
    assert (second["source"], second["subject"]) == ("treinen.txt", "nachttreinen")


def test_parse_is_readable_on_a_terminal(letters: Path) -> None:
    parsed = invoke("parse", letters / "treinen.txt")
    assert parsed.exit_code == 0
    assert parsed.stdout.startswith("treinen.txt: brief 2024Z00001\nover nachttreinen\n")


def test_parse_tells_a_bad_file_and_prints_the_others(letters: Path) -> None:
    (letters / "leeg.txt").touch()
    parsed = invoke("parse", letters / "leeg.txt", letters / "treinen.txt", "gone.pdf", "--json")
    assert parsed.exit_code == 1
    assert [letter["source"] for letter in json.loads(parsed.stdout)] == ["treinen.txt"]
    empty, gone = parsed.stderr.splitlines()
    assert empty.startswith("kamerantwoord: leeg.txt: an empty file")
    assert gone.startswith("kamerantwoord: gone.pdf: no such file")


def test_parse_of_one_bad_file_has_no_data(letters: Path) -> None:
    (letters / "leeg.txt").touch()
    parsed = invoke("parse", letters / "leeg.txt")
    assert (parsed.exit_code, parsed.stdout.strip()) == (1, "")


def test_verify_proves_every_answer(real_index: Path) -> None:
    verified = invoke("verify", "--index", real_index)
    assert verified.exit_code == 0
    assert verified.stdout.splitlines()[3] == "2022Z11285/vraag-4: word for word equal to the source"
    assert verified.stderr == "10 of 10 answers are word for word equal to their source\n"
    checks = json.loads(invoke("verify", "--json", "--index", real_index).stdout)
    assert [check["verbatim"] for check in checks] == [True] * 10


def test_verify_tells_an_answer_that_its_source_does_not_hold(letters: Path) -> None:
    invoke("build", letters)
    source = letters / "treinen.txt"
    source.write_text(source.read_text(encoding="utf-8").replace("veertig euro", "vijftig euro"), encoding="utf-8")
    verified = invoke("verify")
    assert verified.exit_code == 1
    assert "1 of 2 answers are word for word equal to their source" in verified.stderr
    assert "2024Z00001/vraag-1: word for word equal to the source" in verified.stdout
    assert "2024Z00001/vraag-2: word for word equal" not in verified.stdout


def test_the_account_of_a_letter_leaves_nothing_over() -> None:
    shown = invoke("parse", "--accounts", "--json", ROOT / "letters" / "2022Z11285.pdf")
    (account,) = json.loads(shown.stdout)
    assert (account["settled"], account["leftover"], account["twice"]) == (True, [], [])
    assert sum(account["parts"].values()) == account["total"]
    assert "settled" in invoke("parse", "--accounts", ROOT / "letters" / "2022Z11285.pdf").stdout
