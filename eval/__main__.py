"""`kamerantwoord eval` and `python -m eval`: measure how well the right answer is found."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eval.sets import SPLITS, EvalSet, load_set, set_names
from eval.systems import SYSTEMS
from index.encoders import BUNDLED_NAME, open_encoder
from index.errors import ConfigError, SourceError
from index.settings import Settings, load_settings
from rag.cli import shows_errors, talk

if TYPE_CHECKING:
    from eval.expected import Check
    from eval.runner import Evaluation

CACHE = Path(".cache/eval")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("set_name", metavar="[SET]", required=False)
@click.option("--split", type=click.Choice([*SPLITS, "all"]), help="Default: test, or all of a set that is not split.")
@click.option("--letters", type=click.Path(path_type=Path, exists=True), help="Letters to search instead of the set's.")
@click.option("--system", "systems", multiple=True, type=click.Choice(SYSTEMS), help="Default: all, the first is ours.")
@click.option("--index", type=click.Path(path_type=Path), help="Search this index as it is, and build none.")
@click.option("--model", help="`bundled`, or a sentence-transformers name or path.")
@click.option("--run", "run_file", type=click.Path(path_type=Path, dir_okay=False), help="Keep the run in this file.")
@click.option("--compare", type=click.Path(path_type=Path), help="Test against a run that was kept.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a report with plots and misses.")
@click.option("--json", "as_json", is_flag=True, help="JSON for machines, a line a set.")
@click.option(
    "--cache", type=click.Path(path_type=Path), default=CACHE, show_default=True, help="For indexes and runs."
)
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), envvar="KAMERANTWOORD_SETTINGS")
@shows_errors
def main(
    set_name: str | None,
    settings_file: Path | None,
    index: Path | None,
    model: str | None,
    **options: Any,
) -> None:
    """Measure how well the right answer is found, and how well it is said that there is none.

    SET is a set of eval/sets, a folder of that form, or a CSV file of your own with the columns question,
    letter and number (no letter: no letter answers the question). Without SET every set runs whose
    letters are there.

    Exits with 1 when a score is worse than eval/expected.toml accepts.
    """
    if set_name is None and any(options[name] for name in ("letters", "run_file", "compare", "html")):
        raise click.UsageError("--letters, --run, --compare and --html are for one SET; name it")
    settings = load_settings(file=settings_file, flags={"index": index, "model": model})
    names = [set_name] if set_name else set_names()
    failed = False
    for name in names:
        eval_set = load_set(name)
        if not set_name and eval_set.letters is None:
            talk(f"{name}: skipped, its letters are not here; {eval_set.needs}")
            continue
        failed |= _run_set(eval_set, settings, index, **options)
    if failed:
        sys.exit(1)


def _run_set(eval_set: EvalSet, settings: Settings, index: Path | None, **options: Any) -> bool:
    """Run and tell one set; return whether an accepted score is lost."""
    from eval.expected import Verdict, check, load_accepted

    is_own = index is None and settings.model == BUNDLED_NAME and eval_set.letters != settings.index
    evaluation = _evaluate(eval_set, settings, index, **options)
    checks = check(evaluation, load_accepted()) if is_own else []
    _tell(evaluation, checks, options["as_json"])
    _keep(evaluation, checks, options["run_file"], options["html"], options["cache"])
    return any(found.verdict is Verdict.FAIL for found in checks)


def _evaluate(
    eval_set: EvalSet,
    settings: Settings,
    index: Path | None,
    *,
    split: str | None,
    letters: Path | None,
    systems: tuple[str, ...],
    compare: Path | None,
    cache: Path,
    **_: Any,
) -> Evaluation:
    from eval.runner import evaluate
    from eval.runs import read_run
    from rag.progress import progress_bars

    stored = read_run(compare) if compare else None
    if letters:
        eval_set = replace(eval_set, letters=letters)
    encoder = open_encoder(settings.model)
    with progress_bars() as report:
        folder = _index_folder(eval_set, settings, index, cache, encoder, report)
        return evaluate(
            eval_set, folder, encoder, systems or SYSTEMS, split=split or eval_set.default_split, stored=stored
        )


def _index_folder(
    eval_set: EvalSet, settings: Settings, index: Path | None, cache: Path, encoder: Any, report: Any
) -> Path:
    """Return the index to search: as given, else one of the set's own letters, else the settings' one."""
    from eval.runner import build_set_index

    if index is not None:
        return settings.index
    if eval_set.letters is None and eval_set.splits is None and not eval_set.needs:
        return settings.index
    if eval_set.letters is None:
        raise ConfigError(f"{eval_set.name}: its letters are not here; {eval_set.needs}")
    if not eval_set.letters.exists():
        raise SourceError(f"{eval_set.letters}: the letters of the set are not there; name their folder with --letters")
    folder, built = build_set_index(eval_set.letters, cache, encoder, report)
    for path, reason in built.failed.items():
        talk(f"{path.name}: {reason}")
    return folder


def _tell(evaluation: Evaluation, checks: list[Check], as_json: bool) -> None:
    from eval import table

    if as_json:
        click.echo(json.dumps(table.as_json(evaluation, checks), ensure_ascii=False))
    else:
        click.echo(table.render(evaluation, checks))


def _keep(evaluation: Evaluation, checks: list[Check], run_file: Path | None, html: Path | None, cache: Path) -> None:
    from eval.report import render_html
    from eval.runs import write_run

    path = run_file or cache / "runs" / f"{evaluation.set_name}-{evaluation.split}.run"
    for column in evaluation.columns:
        if column is evaluation.main:
            write_run(column.run, path)
        elif not column.name.startswith("stored "):
            write_run(column.run, path.with_name(f"{path.stem}.{column.name}{path.suffix}"))
    talk(f"the run is kept in {path}")
    if html:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(render_html(evaluation, checks), encoding="utf-8")
        talk(f"the report is written to {html}")


if __name__ == "__main__":
    main(prog_name="python -m eval")
