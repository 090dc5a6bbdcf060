from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.names import Names, resolve_qrels
from eval.sets import SETS, EvalSet, load_csv, load_set, set_names
from index.errors import ConfigError
from index.parsing.batch import parse_many
from index.reading.guard import Limits
from index.records import Letter

OWN = [name for name in set_names() if load_set(name).letters]


@pytest.fixture(scope="module")
def letters_of() -> Callable[[EvalSet], list[Letter]]:
    def read(eval_set: EvalSet) -> list[Letter]:
        assert eval_set.letters is not None
        paths = sorted(eval_set.letters.iterdir()) if eval_set.letters.is_dir() else [eval_set.letters]
        found = [letter for _, letter in parse_many(paths, Limits())]
        assert all(isinstance(letter, Letter) for letter in found)
        return [letter for letter in found if isinstance(letter, Letter)]

    return read


@pytest.fixture
def write_set(tmp_path: Path) -> Callable[..., Path]:
    def write(queries: str, qrels: str = "", split: dict[str, object] | None = None) -> Path:
        (tmp_path / "set.toml").write_text('needs = "a letter"\n', encoding="utf-8")
        (tmp_path / "queries.jsonl").write_text(queries, encoding="utf-8")
        (tmp_path / "qrels.txt").write_text(qrels, encoding="utf-8")
        if split:
            (tmp_path / "split.json").write_text(json.dumps(split), encoding="utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize("name", OWN)
def test_every_right_answer_stands_in_the_letters_of_the_set(
    name: str, letters_of: Callable[[EvalSet], list[Letter]]
) -> None:
    eval_set = load_set(name)
    names = Names(letters_of(eval_set))
    assert resolve_qrels(eval_set, names).keys() == eval_set.qrels.keys()
    assert all(names.letter(query.near) for query in eval_set.queries if query.near)


def test_the_invented_letters_give_back_all_their_pairs(letters_of: Callable[[EvalSet], list[Letter]]) -> None:
    letters = letters_of(load_set("invented"))
    assert (len(letters), sum(len(letter.pairs) for letter in letters)) == (92, 615)
    assert {letter.kind.value for letter in letters} == {"brief", "aanhangsel"}
    assert not [letter.source for letter in letters if letter.unanswered]
    assert any(pair.numbers[1:] for letter in letters for pair in letter.pairs)


@pytest.mark.parametrize("name", set_names())
def test_a_split_set_is_split_by_letter_and_loses_no_question(name: str) -> None:
    eval_set = load_set(name)
    if not eval_set.splits:
        assert eval_set.of_split("all") is eval_set
        return
    parts = {split: eval_set.of_split(split) for split in eval_set.splits}
    assert sum(len(part.queries) for part in parts.values()) == len(eval_set.queries)
    letters = [
        {right.partition("/")[0] for rights in part.qrels.values() for right in rights} for part in parts.values()
    ]
    assert sum(map(len, letters)) == len(set.union(*letters))
    assert eval_set.default_split == "test"


def test_the_table_of_the_readme_has_the_numbers_of_the_sets() -> None:
    table = (SETS / "README.md").read_text(encoding="utf-8")
    # | `zen` | 22 | 16 | `letters/2022Z11285.pdf`, …
    said = {
        name: (int(asked), int(answerable))
        for name, asked, answerable in re.findall(r"\| `(\w+)` \| (\d+) \| (\d+)", table)
    }
    assert said == {name: (len(load_set(name).queries), len(load_set(name).qrels)) for name in set_names()}


def test_an_unknown_set_or_split_names_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match="invented"):
        load_set("zzz")
    with pytest.raises(ConfigError, match="train, dev, test, all"):
        load_set("invented").of_split("final")


@pytest.mark.parametrize(
    ("queries", "qrels", "message"),
    [
        ('{"id": "a"}', "", "line 1"),
        ("[1]", "", "line 1"),
        ('{"id": "a b", "query": "x"}', "", "without spaces"),
        ('{"id": "a", "query": "x"}\n{"id": "a", "query": "y"}', "", "twice"),
        ('{"id": "a", "query": "x"}', "b 0 x/vraag-1 1", "qrels.txt, line 1"),
        ('{"id": "a", "query": "x"}', "a 0 x/vraag-1", "qrels.txt, line 1"),
        ("{", "", "cannot be read"),
    ],
)
def test_a_faulty_set_says_where(write_set: Callable[..., Path], queries: str, qrels: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_set(write_set(queries, qrels))


def test_a_question_about_letters_of_two_splits_is_refused(write_set: Callable[..., Path]) -> None:
    split = {"letters": {"train": ["x"], "test": ["y"]}, "queries": {}}
    folder = write_set('{"id": "a", "query": "x"}', "a 0 x/vraag-1 1\na 0 y/vraag-1 1", split)
    with pytest.raises(ConfigError, match="two splits"):
        load_set(folder)


def test_an_unanswerable_question_follows_its_near_letter_or_is_named(write_set: Callable[..., Path]) -> None:
    queries = '{"id": "a", "query": "x", "near": "y"}\n{"id": "b", "query": "hallo"}'
    split = {"letters": {"train": ["x"], "test": ["y"]}, "queries": {"train": ["b"]}}
    found = load_set(write_set(queries, "", split))
    assert found.splits == {"train": {"b"}, "test": {"a"}}


HEADER = "question,letter,number\n"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (HEADER + "Wat?,2024Z00001,2\n", ("2024Z00001/vraag-2",)),
        (HEADER + 'Wat?,2024Z00001,"2, 3 en 4"\n', tuple(f"2024Z00001/vraag-{number}" for number in (2, 3, 4))),
        (HEADER + "Wat?,brief.pdf,\n", ("brief.pdf",)),
        ("question;letter;number\nWat?;2024Z00001;2\n", ("2024Z00001/vraag-2",)),
        ("\ufeffNumber\tQuestion\tLetter\n02\tWat?\t2024Z00001\n", ("2024Z00001/vraag-2",)),
        (HEADER + "Wat?,,\n", None),
        (HEADER + "\n,,\nWat?,2024Z00001,2\n", ("2024Z00001/vraag-2",)),
    ],
    ids=["plain", "numbers", "letter only", "semicolons", "tabs and BOM", "unanswerable", "empty rows"],
)
def test_a_csv_of_a_user_is_a_set(tmp_path: Path, text: str, right: tuple[str, ...] | None) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    found = load_csv(path)
    assert [query.text for query in found.queries] == ["Wat?"]
    assert found.qrels.get(found.queries[0].id) == right


def test_a_csv_saved_on_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes("question;letter;number\r\nWat zegt reële zorg – «nu»?;2024Z00001;2\r\n".encode("cp1252"))
    assert load_csv(path).queries[0].text == "Wat zegt reële zorg – «nu»?"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column 'question'"),
        ("vraag,brief\n", "no column 'question'"),
        (HEADER, "no questions"),
        (HEADER + ",2024Z00001,2\n", "row 2: no question"),
        (HEADER + "Wat?,,2\n", "row 2: a number without a letter"),
        (HEADER + "Wat?,2024Z00001,twee\n", "row 2: expected the number"),
        (HEADER + 'Wat?,2024Z00001,1\n"Hoe?,2024Z00001,2\nWie?,2024Z00001,3\n', "what follows line 2 is no CSV"),
        (HEADER + "x" * 200_000 + ",2024Z00001,2\n", "what follows line 1 is no CSV"),
    ],
)
def test_a_faulty_csv_says_which_row(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_csv(path)


def test_a_missing_csv_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_csv(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "name",
    [
        "2024Z00001",
        "https://zoek.officielebekendmakingen.nl/kv-tk-2024Z00001.html",
        "ah-tk-20232024-1314",
        "Aanhangsel Handelingen II 2023/24, nr. 1314",
        "brief.pdf",
        "Brief",
        "IENW/2024-77",
    ],
)
def test_a_letter_goes_by_any_number_and_by_its_file(name: str, make_letter: Callable[..., Letter]) -> None:
    letter = make_letter(publication="ah-tk-20232024-1314", other_references=("IENW/2024-77",))
    names = Names([letter, make_letter(reference="2024Z00002", source="ander.pdf")])
    assert names.letter(name) is letter
    assert names.pair_ids(f"{name}/vraag-2") == ("2024Z00001/vraag-2",)
    assert names.pair_ids(name) == ("2024Z00001/vraag-1", "2024Z00001/vraag-2")


def test_any_number_of_a_joint_answer_means_the_pair(make_letter: Callable[..., Letter]) -> None:
    names = Names([make_letter([(["Een?", "Twee?"], "Ja.")])])
    assert names.pair_ids("2024Z00001/vraag-2") == ("2024Z00001/vraag-1",)
    assert names.pair_ids("2024Z00001/vraag-3") == ()


def test_an_own_number_comes_before_one_that_is_only_borne(make_letter: Callable[..., Letter]) -> None:
    first = make_letter(reference="2024Z00001", source="a.pdf")
    later = make_letter(reference="2024Z00002", source="b.pdf", other_references=("2024Z00001",))
    assert Names([later, first]).letter("2024Z00001") is first


def test_a_name_of_two_letters_is_refused(make_letter: Callable[..., Letter]) -> None:
    names = Names([make_letter(reference=f"2024Z0000{n}", source=f"{n}.pdf", other_references=("77",)) for n in (1, 2)])
    with pytest.raises(ConfigError, match="2 letters"):
        names.letter("77")


def test_a_right_answer_that_is_not_in_the_index_is_an_error_that_names_it(make_letter: Callable[..., Letter]) -> None:
    eval_set = EvalSet("mine", (), {"a": ("2024Z00009/vraag-1",), "b": ("2024Z00001/vraag-1",)})
    with pytest.raises(ConfigError, match="2024Z00009/vraag-1"):
        resolve_qrels(eval_set, Names([make_letter()]))
