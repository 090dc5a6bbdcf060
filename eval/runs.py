"""What a system answered, question by question, and how it is kept on disk.

The ranking is kept in the form of TREC runs; what that form cannot hold (confidence, answered
or not, time) stands in a JSONL file beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import unquote

from index.errors import ConfigError

SMALLEST_STEP = 1e-6


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question brought.

    Attributes
    ----------
    pair_ids : tuple of str
        Best first, at most ten.
    scores : tuple of float
        As the system orders by, descending.
    confidence : float
        That the first hit answers; only its order counts for a system without a decision.
    answered : bool or None
        None for a system that does not decide.
    latency_ms : float
        From question to result.
    """

    pair_ids: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    confidence: float = 0.0
    answered: bool | None = None
    latency_ms: float = 0.0
    searched_as: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """All outcomes of one system, by query id."""

    system: str
    outcomes: Mapping[str, Outcome]


def write_run(run: Run, path: Path) -> None:
    """Keep a run: `path` in TREC form, and ``path + ".jsonl"`` with all of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as trec:
        for query, outcome in run.outcomes.items():
            for rank, (pair_id, score) in enumerate(_falling(outcome), start=1):
                trec.write(f"{query} Q0 {_as_word(pair_id)} {rank} {score:.6f} {run.system}\n")
    with _beside(path).open("w", encoding="utf-8") as lines:
        for query, outcome in run.outcomes.items():
            record = {"id": query, "system": run.system, **asdict(outcome)}
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")


def read_run(path: Path) -> Run:
    """Read a run that `write_run` kept, or any run in TREC form.

    A TREC run by itself has no confidence: the first score stands for it.

    Raises
    ------
    ConfigError
        When the file is missing or not a run.
    """
    try:
        if _beside(path).exists():
            return _read_records(_beside(path).read_text(encoding="utf-8").splitlines())
        return _read_trec(path.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError, KeyError, TypeError, IndexError) as exc:
        raise ConfigError(f"{path}: not a run that can be compared with ({exc}); give a file that --run made") from exc


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".jsonl")


def _read_records(lines: Sequence[str]) -> Run:
    records = [json.loads(line) for line in lines if line.strip()]
    system, outcomes = "", {}
    for record in records:
        query, system = record.pop("id"), record.pop("system")
        outcomes[query] = Outcome(
            **{**record, "pair_ids": tuple(record["pair_ids"]), "scores": tuple(record["scores"])}
        )
    return Run(system, outcomes)


def _read_trec(lines: Sequence[str]) -> Run:
    hits: dict[str, list[tuple[int, str, float]]] = {}
    system = ""
    for line in lines:
        query, _, pair_id, rank, score, system = line.split()
        hits.setdefault(query, []).append((int(rank), unquote(pair_id), float(score)))
    outcomes = {}
    for query, found in hits.items():
        _, pair_ids, scores = zip(*sorted(found), strict=True)
        outcomes[query] = Outcome(pair_ids, scores, confidence=scores[0])
    return Run(system, outcomes)


def _falling(outcome: Outcome) -> list[tuple[str, float]]:
    """Pair hits with scores that fall strictly: readers of TREC runs order by score and forget the rank."""
    found: list[tuple[str, float]] = []
    for pair_id, score in zip(outcome.pair_ids, outcome.scores, strict=True):
        below = found[-1][1] - SMALLEST_STEP if found else score
        found.append((pair_id, min(round(score, 6), below)))
    return found


def _as_word(text: str) -> str:
    """Write white space as in an address: a letter without number is named by its file."""
    return "".join(f"%{ord(c):02X}" if c == "%" or (c.isspace() and c.isascii()) else c for c in text)
