"""`kamerantwoord eval` and `python -m eval`: measure how well the right answer is found."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eval.sets import SPLITS, EvalSet, load_set, set_names
from eval.systems import SYSTEMS
from index.encoders import BUNDLED_NAME, Encoder, open_encoder
from index.errors import ConfigError, SourceError
from index.settings import Settings, load_settings
from rag.cli import shows_errors, talk
from rag.reranker import Reranker

if TYPE_CHECKING:
    from eval.expected import Check
    from eval.runner import Evaluation

CACHE = Path(".cache/eval")


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    split: str | None
    letters: Path | None
    systems: tuple[str, ...]
    index: Path | None
    run_file: Path | None
    compare: Path | None
    html: Path | None
    as_json: bool
    accept: bool
    cache: Path


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("set_name", metavar="[SET]", required=False)
@click.option("--split", type=click.Choice([*SPLITS, "all"]), help="Default: test, or all of a set that is not split.")
@click.option("--letters", type=click.Path(path_type=Path, exists=True), help="Letters to search instead of the set's.")
@click.option("--system", "systems", multiple=True, type=click.Choice(SYSTEMS), help="Default: all, ours first.")
@click.option("--index", type=click.Path(path_type=Path), help="Search this index as it is, and build none.")
@click.option("--model", help="`bundled`, or a sentence-transformers name or path.")
@click.option("--reranker", help="A sentence-transformers cross-encoder that orders the best hits.")
@click.option("--run", "run_file", type=click.Path(path_type=Path, dir_okay=False), help="Keep the run in this file.")
@click.option("--compare", type=click.Path(path_type=Path), help="Test against a run that was kept.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a report with plots and misses.")
@click.option("--json", "as_json", is_flag=True, help="JSON for machines, a line a set.")
@click.option("--accept", is_flag=True, help="Write the scores into eval/expected.toml as the accepted ones.")
@click.option(
    "--cache", type=click.Path(path_type=Path), default=CACHE, show_default=True, help="For indexes and runs."
)
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), envvar="KAMERANTWOORD_SETTINGS")
@shows_errors
def main(
    set_name: str | None, settings_file: Path | None, model: str | None, reranker: str | None, **given: Any
) -> None:
    """Measure how well the right answer is found, and how well it is said that there is none.

    SET is a set of eval/sets, a folder of that form, or a CSV file of your own with the columns question,
    letter and number (no letter: no letter answers the question). Without SET every set runs whose
    letters are there. A CSV file is asked of the index that `kamerantwoord build` made.

    Exits with 1 when a score is worse than eval/expected.toml accepts.
    """
    options = Options(**given)
    if set_name is None and (options.letters or options.run_file or options.compare or options.html):
        raise click.UsageError("--letters, --run, --compare and --html are for one SET; name it")
    flags = {"index": options.index, "model": model, "reranker": reranker}
    settings = load_settings(file=settings_file, flags=flags)
    is_lost = False
    for name in [set_name] if set_name else set_names():
        eval_set = load_set(name)
        if not set_name and eval_set.needs and not _letters_of(eval_set, options):
            talk(f"{name}: skipped, its letters are not here; {eval_set.needs}")
        else:
            is_lost |= _run_set(eval_set, settings, options)
    if is_lost:
        sys.exit(1)


def _letters_of(eval_set: EvalSet, options: Options) -> Path | None:
    letters = options.letters or eval_set.letters
    return letters if letters and letters.exists() else None


def _run_set(eval_set: EvalSet, settings: Settings, options: Options) -> bool:
    """Run and tell one set; return whether an accepted score is lost."""
    from eval.expected import Verdict, accept, check, load_accepted

    # Scores over other letters, or with another model, are other scores.
    replaces_letters = options.letters is not None and eval_set.letters is not None
    is_ours = settings.model == BUNDLED_NAME and settings.reranker is None
    comparable = options.index is None and not replaces_letters and is_ours
    if options.accept and not comparable:
        raise ConfigError("--accept is for a set of the project, over its own letters, with the bundled model alone")
    evaluation = _evaluate(eval_set, settings, options)
    if options.accept:
        accept(evaluation)
    checks = check(evaluation, load_accepted()) if comparable else []
    _tell(evaluation, checks, options.as_json)
    _keep(evaluation, checks, options)
    return any(found.verdict is Verdict.FAIL for found in checks)


def _evaluate(eval_set: EvalSet, settings: Settings, options: Options) -> Evaluation:
    from eval.measures import load_ir_measures
    from eval.runner import evaluate
    from eval.runs import read_run

    # What is missing is said before minutes are spent.
    load_ir_measures()
    stored = read_run(options.compare) if options.compare else None
    asked = eval_set.of_split(options.split or eval_set.default_split)
    encoder = open_encoder(settings.model)
    reranker = Reranker(settings.reranker) if settings.reranker is not None else None
    folder = _index_folder(eval_set, settings, options, encoder)
    with click.progressbar(
        length=len(asked.queries), label="asking", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        return evaluate(
            asked,
            folder,
            encoder,
            options.systems or SYSTEMS,
            reranker=reranker,
            stored=stored,
            report_progress=lambda done, _: bar.update(done - bar.pos),
        )


def _index_folder(eval_set: EvalSet, settings: Settings, options: Options, encoder: Encoder) -> Path:
    """Return the index to search: as given, else one of the set's letters, else, for a CSV, the user's own."""
    from eval.runner import build_set_index
    from rag.progress import progress_bars

    letters = _letters_of(eval_set, options)
    if options.index is not None or (letters is None and not eval_set.needs):
        return settings.index
    if letters is None:
        raise SourceError(f"{eval_set.name}: its letters are not here; {eval_set.needs}")
    with progress_bars() as report_progress:
        folder, built = build_set_index(letters, options.cache, encoder, report_progress)
    for path, reason in built.failed.items():
        talk(f"{path.name}: {reason}")
    return folder


def _tell(evaluation: Evaluation, checks: list[Check], as_json: bool) -> None:
    from eval import table

    if as_json:
        click.echo(json.dumps(table.as_json(evaluation, checks), ensure_ascii=False))
    else:
        click.echo(table.render(evaluation, checks))


def _keep(evaluation: Evaluation, checks: list[Check], options: Options) -> None:
    from eval.report import render_html
    from eval.runs import write_run

    path = options.run_file or options.cache / "runs" / f"{evaluation.set_name}-{evaluation.split}.run"
    for column in evaluation.columns:
        beside = path.with_name(f"{path.stem}.{column.name}{path.suffix}")
        if not column.is_stored:
            write_run(column.run, path if column is evaluation.main else beside)
    talk(f"the run is kept in {path}")
    if options.html:
        options.html.parent.mkdir(parents=True, exist_ok=True)
        options.html.write_text(render_html(evaluation, checks), encoding="utf-8")
        talk(f"the report is written to {options.html}")


if __name__ == "__main__":
    main(prog_name="python -m eval")
