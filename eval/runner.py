"""Ask every question of a set, hold the outcome against what is right."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.measures import LOWER_IS_BETTER, Judged, Scores, judge, scores
from eval.names import Names, resolve_qrels
from eval.runs import Outcome, Run
from eval.sets import EvalSet, Query
from eval.significance import Interval, intervals, p_values
from eval.systems import System, open_systems
from index.archive import Archive, Generation
from index.build import BuildReport, Reporter, build_index
from index.encoders.base import Encoder
from index.records import pair_id
from rag.reranker import Reranker

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PairText:
    """What a reader of the report sees of a pair."""

    subject: str
    questions: str
    answer: str


@dataclass(frozen=True, slots=True)
class Column:
    """One system, or a stored run, with all that is measured of it."""

    name: str
    run: Run
    judged: Judged
    scores: Scores
    intervals: Mapping[str, Interval | None]
    is_stored: bool = False


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A set that was run.

    Attributes
    ----------
    queries : tuple of Query
        The rows of every `Judged`.
    qrels : mapping of str to tuple of str
        Right pairs by query id, as the index names them.
    columns : tuple of Column
        The measured system first.
    p : mapping of str to mapping of str to float or None
        By name of another column, by measure: whether the first column differs from it.
    pairs : mapping of str to PairText
        Every pair of the index.
    """

    set_name: str
    split: str
    model_id: str
    letters: int
    queries: tuple[Query, ...]
    qrels: Mapping[str, tuple[str, ...]]
    columns: tuple[Column, ...]
    p: Mapping[str, Mapping[str, float | None]]
    pairs: Mapping[str, PairText]

    @property
    def main(self) -> Column:
        """The column that the report is about."""
        return self.columns[0]

    def best_baseline(self, measure: str) -> Column | None:
        """Return the best of the other systems of this run, or None when none has the measure."""
        sign = -1 if measure in LOWER_IS_BETTER else 1
        others = [column for column in self.columns[1:] if not column.is_stored]
        found = [(sign * value, column) for column in others if (value := column.scores[measure]) is not None]
        return max(found, key=lambda other: other[0])[1] if found else None


def build_set_index(
    letters: Path, cache: Path, encoder: Encoder, report_progress: Reporter | None = None
) -> tuple[Path, BuildReport]:
    """Bring the index of a set's letters up to date, and return its folder.

    The folder is the same for the same letters and model, so that nothing is encoded twice.
    """
    key = hashlib.sha256(f"{letters.resolve()}\0{encoder.model_id}".encode()).hexdigest()[:12]
    folder = cache / f"{letters.name.replace(' ', '-') or 'letters'}-{key}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    return folder, build_index([letters], folder, encoder, report_progress=report_progress)


def evaluate(
    eval_set: EvalSet,
    index: Path,
    encoder: Encoder,
    systems: Sequence[str],
    *,
    reranker: Reranker | None = None,
    stored: Run | None = None,
    report_progress: Progress | None = None,
) -> Evaluation:
    """Run a set, or a split of it, over an index.

    Parameters
    ----------
    eval_set : EvalSet
    index : Path
        Folder of an index that holds every right answer of the set.
    encoder : Encoder
        The model that built it.
    systems : sequence of str
        Names out of `eval.systems.SYSTEMS`; the first is the one that is measured.
    reranker : Reranker, optional
        Of the front door; the plain systems go without.
    stored : Run, optional
        An earlier run to compare with.
    report_progress : callable, optional
        Told how many questions are asked, and of how many.

    Raises
    ------
    ConfigError
        When a right answer is not in the index.
    """
    generation = Archive(index).open()
    qrels = resolve_qrels(eval_set, Names(generation.catalogue.letters()))
    with TemporaryDirectory(prefix="kamerantwoord-eval-") as scratch:
        opened = open_systems(index, encoder, systems, Path(scratch), reranker)
        runs = ask_all(opened, eval_set.queries, report_progress)
    ids = [query.id for query in eval_set.queries]
    columns = [_column(run, ids, qrels) for run in runs]
    if stored is not None:
        column = _column(stored, ids, qrels)
        columns.append(replace(column, name=f"stored {stored.system}", is_stored=True))
    return Evaluation(
        set_name=eval_set.name,
        split=eval_set.split,
        model_id=f"{encoder.model_id} with {reranker.name}" if reranker else encoder.model_id,
        letters=generation.manifest.counts["letters"],
        queries=eval_set.queries,
        qrels=qrels,
        columns=tuple(columns),
        p={column.name: p_values(columns[0].judged, column.judged) for column in columns[1:]},
        pairs=_pair_texts(generation),
    )


def ask_all(systems: Sequence[System], queries: Sequence[Query], report_progress: Progress | None = None) -> list[Run]:
    """Put every query to every system, in turn, so that a slow spell of the machine hits all alike."""
    outcomes: dict[str, dict[str, Outcome]] = {system.name: {} for system in systems}
    for system in systems:
        # The first question pays for what is loaded late.
        for query in queries[:1]:
            system.ask(query)
    for done, query in enumerate(queries, start=1):
        for system in systems:
            start = time.perf_counter()
            outcome = system.ask(query)
            latency = 1000 * (time.perf_counter() - start)
            outcomes[system.name][query.id] = replace(outcome, latency_ms=round(latency, 3))
        if report_progress:
            report_progress(done, len(queries))
    return [Run(name, found) for name, found in outcomes.items()]


def _column(run: Run, ids: Sequence[str], qrels: Mapping[str, Sequence[str]]) -> Column:
    judged = judge(run, ids, qrels)
    return Column(run.system, run, judged, scores(judged), intervals(judged))


def _pair_texts(generation: Generation) -> dict[str, PairText]:
    return {
        pair_id(letter, pair): PairText(
            letter.subject, " ".join(question.text for question in pair.questions), pair.answer.text
        )
        for letter in generation.catalogue.letters()
        for pair in letter.pairs
    }
