"""The accepted scores, as data, and whether a run keeps them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from eval.measures import AUROC, FALSE_ANSWERS, FALSE_REFUSALS, LETTER, LOWER_IS_BETTER, RANKING
from eval.runner import Evaluation

EXPECTED = Path(__file__).parent / "expected.toml"

TOLERANCE = 0.005
"""Another processor rounds an int8 product differently: near ties can turn, one question in some hundreds."""


ACCEPTED_MEASURES = (*RANKING, LETTER, AUROC, FALSE_ANSWERS, FALSE_REFUSALS)
"""Not the coverage, which jumps with one question, nor times, which are the machine's."""

PREFACE = """\
# The scores that are not to be lost; `kamerantwoord eval` and the tests hold them. Written by
# `kamerantwoord eval SET --accept`: do that only for a change that is meant, and say why in its commit.
"""


class Verdict(StrEnum):
    """How a score stands to the accepted one."""

    OK = "OK"
    NEAR = "near"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A score that is not to be lost."""

    set_name: str
    split: str
    system: str
    measure: str
    score: float

    @property
    def command(self) -> str:
        """What measures it again."""
        return f"kamerantwoord eval {self.set_name} --split {self.split} --system {self.system}"


@dataclass(frozen=True, slots=True)
class Check:
    """An accepted score beside the one found; None where it could not be measured."""

    accepted: Accepted
    found: float | None

    @property
    def verdict(self) -> Verdict:
        """OK when at least as good, near within the tolerance, else FAIL."""
        if self.found is None:
            return Verdict.FAIL
        better = self.found - self.accepted.score
        if self.accepted.measure in LOWER_IS_BETTER:
            better = -better
        # Scores are kept with four digits.
        if better >= -0.00005:
            return Verdict.OK
        return Verdict.NEAR if better >= -TOLERANCE else Verdict.FAIL


def load_accepted(path: Path = EXPECTED) -> list[Accepted]:
    """Return the accepted scores."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Accepted(entry["set"], entry["split"], entry["system"], measure, float(score))
        for entry in data.get("accepted", ())
        for measure, score in entry["scores"].items()
    ]


def check(evaluation: Evaluation, accepted: Iterable[Accepted]) -> list[Check]:
    """Hold an evaluation against the accepted scores of its set, split and systems."""
    columns = {column.name: column for column in evaluation.columns}
    return [
        Check(entry, columns[entry.system].scores.get(entry.measure))
        for entry in accepted
        if (entry.set_name, entry.split) == (evaluation.set_name, evaluation.split) and entry.system in columns
    ]


def accept(evaluation: Evaluation, path: Path = EXPECTED) -> None:
    """Write the scores of the first system as the accepted ones of this set and split."""
    here = (evaluation.set_name, evaluation.split, evaluation.main.name)
    kept = [entry for entry in load_accepted(path) if (entry.set_name, entry.split, entry.system) != here]
    scores = ((measure, evaluation.main.scores[measure]) for measure in ACCEPTED_MEASURES)
    kept += [Accepted(*here, measure, score) for measure, score in scores if score is not None]
    path.write_text(PREFACE + "".join(_entries(kept)), encoding="utf-8")


def _entries(accepted: Iterable[Accepted]) -> Iterator[str]:
    found: dict[tuple[str, str, str], list[Accepted]] = {}
    for entry in accepted:
        found.setdefault((entry.set_name, entry.split, entry.system), []).append(entry)
    for (set_name, split, system), entries in sorted(found.items()):
        yield f'\n[[accepted]]\nset = "{set_name}"\nsplit = "{split}"\nsystem = "{system}"\n[accepted.scores]\n'
        yield from (f'"{entry.measure}" = {entry.score:.4f}\n' for entry in entries)
