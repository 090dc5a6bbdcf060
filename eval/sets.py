"""Sets of questions with the answers that are right, as data; `eval/sets/README.md` has the form.

Right answers are written as ``2022Z11285/vraag-4``: a letter by any of its numbers, and a
question by its own. `eval.names` finds the pair that this means in an index.
"""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.errors import ConfigError

SETS = Path(__file__).parent / "sets"
SPLITS = ("train", "dev", "test")
ALL = "all"
"""The name of no split."""

CSV_COLUMNS = ("question", "letter", "number")
CSV_EXTRAS = ("previous", "lang", "type")


@dataclass(frozen=True, slots=True)
class Query:
    """A question that is put to the search.

    Attributes
    ----------
    id : str
        Without white space, unlike any other of its set.
    type : str
        How it is put: ``"paraphrase"``, ``"typo"``, … ; what the table is cut by.
    previous : tuple of str
        Questions before it in the same conversation, oldest first.
    near : str or None
        For one without answer: the letter on the same subject, by number.
    """

    id: str
    text: str
    lang: str = ""
    type: str = ""
    previous: tuple[str, ...] = ()
    near: str | None = None


@dataclass(frozen=True, slots=True)
class EvalSet:
    """Questions, what is right for each, and where the letters are.

    Attributes
    ----------
    qrels : mapping of str to tuple of str
        Right answers by query id; a query that is not in it has no answer.
    letters : Path or None
        File or folder; None when the letters are not part of the project.
    splits : mapping of str to frozenset of str
        Query ids by split; empty when the set is not split.
    needs : str
        Which letters a user has to give when `letters` is None or not there; empty for a user's own questions.
    split : str
        The split that this is, ``"all"`` for the whole set.
    """

    name: str
    queries: tuple[Query, ...]
    qrels: Mapping[str, tuple[str, ...]]
    letters: Path | None = None
    splits: Mapping[str, frozenset[str]] | None = None
    needs: str = ""
    split: str = "all"

    def of_split(self, split: str) -> EvalSet:
        """Return the set with the queries of one split only; ``"all"`` leaves none out.

        Raises
        ------
        ConfigError
            When the set has no such split.
        """
        if split == ALL:
            return self
        if split not in (self.splits or {}):
            known = ", ".join([*(self.splits or {}), ALL])
            raise ConfigError(f"the set {self.name} has no split {split!r}; it has {known}")
        chosen = (self.splits or {})[split]
        queries = tuple(query for query in self.queries if query.id in chosen)
        qrels = {query: right for query, right in self.qrels.items() if query in chosen}
        return replace(self, queries=queries, qrels=qrels, split=split)

    @property
    def default_split(self) -> str:
        """The split that counts: test where there is one."""
        return "test" if self.splits else ALL


def set_names() -> list[str]:
    """Return the names of the sets of the project, in the order in which they run."""
    return sorted((path.parent.name for path in SETS.glob("*/set.toml")), key=lambda name: (name != "zen", name))


def load_set(name: str | Path) -> EvalSet:
    """Load a set by its name, by its folder, or from a CSV file.

    Raises
    ------
    ConfigError
        When there is no such set, or what stands in it is not understood.
    """
    path = Path(name)
    if path.suffix.lower() == ".csv":
        return load_csv(path)
    folder = SETS / name if (SETS / name / "set.toml").is_file() else path
    if not (folder / "set.toml").is_file():
        raise ConfigError(
            f"no set {str(name)!r}; there are {', '.join(set_names())}, or give a folder with a set.toml or a CSV file"
        )
    return _load_folder(folder)


def _load_folder(folder: Path) -> EvalSet:
    try:
        about = tomllib.loads((folder / "set.toml").read_text(encoding="utf-8"))
        queries = _read_queries(folder / "queries.jsonl")
        qrels = _read_qrels(folder / "qrels.txt", {query.id for query in queries})
        split_file = folder / "split.json"
        splits = _read_splits(split_file, queries, qrels) if split_file.exists() else None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, json.JSONDecodeError) as exc:
        raise ConfigError(f"{folder}: the set cannot be read ({exc}); eval/sets/README.md has its form") from exc
    letters = folder / about["letters"] if about.get("letters") else None
    return EvalSet(folder.name, queries, qrels, letters, splits, about.get("needs", ""))


def _read_queries(path: Path) -> tuple[Query, ...]:
    queries: dict[str, Query] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        query = _query(json.loads(line), f"{path}, line {number}")
        if query.id in queries:
            raise ConfigError(f"{path}, line {number}: the id {query.id} stands there twice")
        queries[query.id] = query
    return tuple(queries.values())


def _query(data: Any, where: str) -> Query:
    try:
        previous = data.get("previous") or ()
        turns = (previous,) if isinstance(previous, str) else tuple(previous)
        identifier, text = data["id"], data["query"]
    except (AttributeError, KeyError, TypeError) as exc:
        raise ConfigError(f'{where}: expected {{"id": …, "query": …}}, found {str(data)[:60]!r}') from exc
    if not isinstance(identifier, str) or not isinstance(text, str) or len(identifier.split()) != 1:
        raise ConfigError(f"{where}: id and query must be text, the id without spaces; found {str(data)[:60]!r}")
    return Query(identifier, text, data.get("lang", ""), data.get("type", ""), turns, data.get("near"))


def _read_qrels(path: Path, known: set[str]) -> dict[str, tuple[str, ...]]:
    qrels: dict[str, list[str]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fields = line.split()
        if not fields:
            continue
        if len(fields) != 4 or fields[0] not in known or not fields[3].lstrip("-").isdigit():
            raise ConfigError(
                f"{path}, line {number}: expected a query of the set, 0, an answer and 1; found {line[:60]!r}"
            )
        if int(fields[3]) > 0:
            qrels.setdefault(fields[0], []).append(fields[2])
    return {query: tuple(dict.fromkeys(right)) for query, right in qrels.items()}


def _read_splits(
    path: Path, queries: Sequence[Query], qrels: Mapping[str, tuple[str, ...]]
) -> dict[str, frozenset[str]]:
    """Give every query the split of its letters; one without letter is named itself."""
    data = json.loads(path.read_text(encoding="utf-8"))
    members = {split: (*data["letters"].get(split, ()), *data["queries"].get(split, ())) for split in SPLITS}
    split_of = {name: split for split in SPLITS for name in members[split]}
    if len(split_of) < sum(map(len, members.values())):
        raise ConfigError(f"{path}: a letter or question stands there twice")
    found: dict[str, set[str]] = {split: set() for split in SPLITS if members[split]}
    for query in queries:
        letters = {right.partition("/")[0] for right in qrels.get(query.id, ())} or {query.near or query.id}
        chosen = {split_of.get(letter) for letter in letters}
        split = chosen.pop()
        if chosen or split is None:
            raise ConfigError(f"{path}: the question {query.id} belongs to {'two splits' if chosen else 'no split'}")
        found[split].add(query.id)
    return {split: frozenset(ids) for split, ids in found.items()}


def load_csv(path: Path) -> EvalSet:
    """Load a user's own questions: a CSV with the columns question, letter and number.

    Without letter a question has no answer; without number any answer of the letter is right.
    Several numbers may stand in one cell. The columns previous, lang and type may be there.

    Raises
    ------
    ConfigError
        Naming the row that is not understood.
    """
    rows = _csv_rows(path)
    queries, qrels = [], {}
    for number, row in rows:
        if not row["question"]:
            raise ConfigError(f"{path}, row {number}: no question")
        if row["number"] and not row["letter"]:
            raise ConfigError(f"{path}, row {number}: a number without a letter")
        query = Query(
            f"row-{number}", row["question"], row["lang"], row["type"], (row["previous"],) if row["previous"] else ()
        )
        queries.append(query)
        if row["letter"]:
            qrels[query.id] = _csv_answers(row["letter"], row["number"], f"{path}, row {number}")
    if not queries:
        raise ConfigError(f"{path}: no questions; expected rows under the columns {', '.join(CSV_COLUMNS)}")
    return EvalSet(path.stem, tuple(queries), qrels)


def _csv_answers(letter: str, numbers: str, where: str) -> tuple[str, ...]:
    if not numbers:
        return (letter,)
    # "3" · "3, 4" · "3 en 4"
    found = numbers.replace(",", " ").replace(";", " ").replace(" en ", " ").split()
    if not all(number.isdecimal() for number in found):
        raise ConfigError(f"{where}: expected the number of a question, found {numbers!r}")
    return tuple(f"{letter}/vraag-{int(number)}" for number in found)


def _csv_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows that hold anything, each with its line number in the file."""
    reader = csv.DictReader(_csv_text(path).splitlines(keepends=True), delimiter=_delimiter(path), strict=True)
    try:
        return _read_rows(path, reader)
    except csv.Error as exc:
        raise ConfigError(f"{path}: what follows line {reader.line_num} is no CSV ({exc}); close every quote") from exc


def _read_rows(path: Path, reader: csv.DictReader[str]) -> list[tuple[int, dict[str, str]]]:
    names = {str(name).strip().lower(): name for name in reader.fieldnames or ()}
    missing = [name for name in CSV_COLUMNS if name not in names]
    if missing:
        raise ConfigError(f"{path}: no column {missing[0]!r}; expected the columns {', '.join(CSV_COLUMNS)}")
    rows = []
    for row in reader:
        values = {name: str(row.get(names.get(name, ""), "") or "").strip() for name in (*CSV_COLUMNS, *CSV_EXTRAS)}
        if any(values.values()):
            rows.append((reader.line_num, values))
    return rows


def _csv_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise ConfigError(f"{path}: the file cannot be read ({exc.strerror}); give a CSV file") from exc
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # As a spreadsheet on Windows saves it.
        return data.decode("cp1252", "replace")


def _delimiter(path: Path) -> str:
    """Return what parts the header's columns; a Dutch spreadsheet writes semicolons."""
    header = _csv_text(path).partition("\n")[0]
    return max(",;\t", key=header.count)
