"""The command line: `kamerantwoord build | ask | parse | serve | mcp | eval | verify`.

Data goes to stdout, talk to stderr. Exit code 0: done; 1: an error of ours in one line; 2: wrong
usage. What a command does not need is not loaded: asking must feel immediate.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ParamSpec

import click

from index.errors import ConfigError, KamerantwoordError, QueryError

if TYPE_CHECKING:
    from datetime import datetime

    from index.build import BuildReport
    from index.filters import Filters
    from index.settings import Settings
    from rag.assistant import Assistant

P = ParamSpec("P")


def talk(text: str) -> None:
    """Say something to the person at the terminal."""
    click.echo(text, err=True)


def shows_errors(command: Callable[P, None]) -> Callable[P, None]:
    """Turn an error of ours into one line on stderr and its exit code."""

    @wraps(command)
    def shown(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except KamerantwoordError as exc:
            for line in (*getattr(exc, "__notes__", ()), f"kamerantwoord: {exc}"):
                talk(_line(line))
            sys.exit(exc.exit_code)
        except BrokenPipeError:
            raise  # click ends quietly when nobody reads on
        except OSError as exc:
            # A full disk, a folder that may not be written, a port that is taken.
            talk(_line(f"kamerantwoord: {exc.filename or ''}: {exc.strerror or exc}".replace(" : ", " ")))
            sys.exit(1)
        except KeyboardInterrupt:
            talk("kamerantwoord: stopped")
            sys.exit(130)

    return shown


def _settings(context: click.Context, **flags: Any) -> Settings:
    from index.settings import load_settings

    return load_settings(file=context.obj, flags=flags)


def _open_assistant(settings: Settings) -> Assistant:
    from rag.assistant import Assistant

    return Assistant.open(
        settings.index,
        settings.model,
        reranker=settings.reranker,
        max_question_chars=settings.max_question_chars,
    )


index_option = click.option("--index", "index", type=click.Path(path_type=Path), help="Folder of the index.")
model_option = click.option("--model", help="`bundled`, or a sentence-transformers name or path.")
reranker_option = click.option("--reranker", help="A sentence-transformers cross-encoder that orders the best hits.")
json_option = click.option("--json", "as_json", is_flag=True, help="JSON for machines.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kamerantwoord")
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    envvar="KAMERANTWOORD_SETTINGS",
    help="Settings file (TOML); default kamerantwoord.toml when it is there.",
)
@click.pass_context
def main(context: click.Context, settings_file: Path | None) -> None:
    """Find the minister's own words in the letters that answer Kamervragen."""
    context.obj = settings_file


@main.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@index_option
@model_option
@click.pass_context
@shows_errors
def build(context: click.Context, sources: tuple[Path, ...], index: Path | None, model: str | None) -> None:
    """Bring the index in line with the letters in SOURCES (files and folders)."""
    settings = _settings(context, index=index, model=model)
    from index.build import build_index
    from index.encoders import open_encoder
    from index.reading.guard import Limits
    from rag.progress import progress_bars

    limits = Limits.from_settings(settings)
    with progress_bars() as report_progress:
        report = build_index(
            sources, settings.index, open_encoder(settings.model), limits=limits, report_progress=report_progress
        )
    _tell(report)
    if report.failed:
        sys.exit(1)


def _tell(report: BuildReport) -> None:
    for path, reason in report.failed.items():
        talk(_line(f"{path}: {reason}" if str(path) not in reason and path.name not in reason else reason))
    for path, twin in report.same.items():
        talk(_line(f"{path}: the same letter as {twin.name}, which is kept"))
    for path, warnings in report.warnings.items():
        for warning in warnings:
            talk(_line(f"{path.name}: {warning}"))
    for path in report.skipped:
        talk(f"{path}: neither its name nor its first bytes are those of a PDF, DOCX or TXT letter, so it is not read")
    talk(
        f"{report.letters} letters, {report.pairs} answers, {report.passages} passages in the index "
        f"({len(report.added)} read, {len(report.unchanged)} unchanged, {len(report.removed)} removed, "
        f"{len(report.failed)} failed)"
    )


def _json(value: object, indent: int | None = None) -> str:
    """Return JSON that any terminal takes; half a character, as a damaged argument holds, is written as its escape."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _line(text: str) -> str:
    """Keep a message with a file's name in it to one harmless line."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


@main.command()
@click.argument("query", required=False)
@index_option
@model_option
@reranker_option
@json_option
@click.option("--hits", type=int, help="How many hits at most.")
@click.option("--letter", help="Only this letter: its Z-number or publication.")
@click.option("--from", "minister", help="Only answers from this minister, by name.")
@click.option("--ministry", help="Only answers from this ministry, in full or abbreviated.")
@click.option("--party", help="Only questions from this party.")
@click.option("--after", type=click.DateTime(["%Y-%m-%d"]), help="Only answers of this date or later.")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Only answers of this date or earlier.")
@click.option("--batch", type=click.File(encoding="utf-8"), help='JSONL: {"id", "query", "previous"?} a line.')
@click.pass_context
@shows_errors
def ask(
    context: click.Context,
    /,
    query: str | None,
    index: Path | None,
    model: str | None,
    reranker: str | None,
    as_json: bool,
    hits: int | None,
    batch: IO[str] | None,
    after: datetime | None,
    before: datetime | None,
    **chosen: str | None,
) -> None:
    """Answer QUERY from the letters, word for word."""
    if (query is None) == (batch is None):
        raise click.UsageError("give one question, or --batch FILE")
    settings = _settings(context, index=index, model=model, reranker=reranker, hits=hits)
    from index.filters import Filters

    assistant = _open_assistant(settings)
    filters = Filters(
        **chosen,
        after=after.date().isoformat() if after else None,
        before=before.date().isoformat() if before else None,
    )
    if batch is not None:
        failed = False
        for answer in _answer_batch(assistant, batch, settings.hits, filters):
            failed = failed or "error" in answer
            click.echo(_json(answer))
        if failed:
            sys.exit(1)
        return
    result = assistant.ask(query or "", hits=settings.hits, filters=filters)
    if as_json:
        click.echo(_json(result.as_json(), indent=1))
        return
    from rag.terminal import render

    click.echo(render(result))


def _answer_batch(assistant: Assistant, lines: IO[str], hits: int, filters: Filters) -> Iterator[dict[str, Any]]:
    """Answer line by line; a question that cannot be searched gives an error in its own line."""
    for number, line in enumerate(_text_lines(lines), start=1):
        if not line.strip():
            continue
        yield _answer_line(assistant, line, f"{lines.name}, line {number}", hits, filters)


def _answer_line(assistant: Assistant, line: str, where: str, hits: int, filters: Filters) -> dict[str, Any]:
    item: dict[str, Any] = {"id": None, "query": None}
    try:
        item = _batch_item(line, where)
        found = assistant.ask(item["query"], hits=hits, previous=item["previous"], filters=filters).as_json()
    except (QueryError, ConfigError) as exc:
        return {"id": item["id"], "query": item["query"], "error": str(exc)}
    return {"id": item["id"], **found}


def _text_lines(lines: IO[str]) -> Iterator[str]:
    try:
        for line in lines:
            yield line.removeprefix("\ufeff")  # Windows marks the start of a UTF-8 file
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{lines.name}: not in UTF-8 ({exc.reason}); save it as UTF-8") from exc


def _batch_item(line: str, where: str) -> dict[str, Any]:
    try:
        item = json.loads(line, parse_constant=str)
        query, previous = item["query"], item.get("previous") or []
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise ConfigError(f'{where}: expected {{"id": …, "query": …}}, found {line.strip()[:60]!r}') from exc
    turns = [previous] if isinstance(previous, str) else previous
    if not isinstance(turns, list) or not all(isinstance(text, str) for text in (query, *turns)):
        raise ConfigError(f"{where}: query and previous must be text, found {line.strip()[:60]!r}")
    return {"id": item.get("id"), "query": query, "previous": turns}


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
@click.option("--accounts", is_flag=True, help="Show where every character of a letter went, and what is left over.")
@click.pass_context
@shows_errors
def parse(context: click.Context, files: tuple[Path, ...], as_json: bool, accounts: bool) -> None:
    """Show what is read from letters: questions, answers, notes, numbers."""
    settings = _settings(context)
    from index.parsing.batch import account_many, parse_many
    from index.reading.guard import Limits

    limits = Limits.from_settings(settings)
    found = account_many(files, limits) if accounts else parse_many(files, limits)
    read = []
    for _, outcome in found:
        if isinstance(outcome, KamerantwoordError):
            talk(_line(f"kamerantwoord: {outcome}"))
        else:
            read.append(outcome)
    click.echo(_show_accounts(read, as_json) if accounts else _show_letters(read, as_json))
    if len(read) < len(files):
        sys.exit(1)


def _show_letters(letters: list[Any], as_json: bool) -> str:
    from index.serialise import letter_to_contract
    from rag.terminal import render_letter

    if as_json:
        return _json([letter_to_contract(letter) for letter in letters], indent=1)
    return "\n\n".join(render_letter(letter) for letter in letters)


def _show_accounts(accounts: list[Any], as_json: bool) -> str:
    if as_json:
        return _json(accounts, indent=1)
    from rag.terminal import render_account

    return "\n\n".join(render_account(account) for account in accounts)


@main.command()
@index_option
@model_option
@reranker_option
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.")
@click.pass_context
@shows_errors
def serve(context: click.Context, /, **flags: Path | str | int | None) -> None:
    """Open the web app."""
    settings = _settings(context, **flags)
    assistant = _open_assistant(settings)
    import app

    app.serve(assistant, settings)


@main.command()
@index_option
@json_option
@click.pass_context
@shows_errors
def verify(context: click.Context, index: Path | None, as_json: bool) -> None:
    """Prove every answer of the index word for word against its source."""
    settings = _settings(context, index=index)
    from index.reading.guard import Limits
    from index.verify import verify_index

    limits = Limits.from_settings(settings)
    checks = list(verify_index(settings.index, limits))
    faults = [check for check in checks if check.problem]
    if as_json:
        click.echo(_json([check.as_json() for check in checks], indent=1))
    else:
        for check in checks:
            click.echo(_line(f"{check.pair_id}: {check.problem or 'word for word equal to the source'}"))
    talk(f"{len(checks) - len(faults)} of {len(checks)} answers are word for word equal to their source")
    if faults:
        sys.exit(1)


@main.command()
@index_option
@model_option
@reranker_option
@click.pass_context
@shows_errors
def mcp(context: click.Context, /, **flags: Path | str | None) -> None:
    """Serve the letters to an assistant program, over standard input and output (MCP)."""
    settings = _settings(context, **flags)
    import anyio

    from rag.mcp import serve_stdio
    from rag.newest import Newest

    anyio.run(serve_stdio, Newest(_open_assistant(settings)), settings)


@main.command(name="eval", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def evaluate(arguments: tuple[str, ...]) -> None:
    """Measure how well the right answer is found; `eval --help` says more."""
    from eval.__main__ import main as run

    run(list(arguments), prog_name="kamerantwoord eval")


if __name__ == "__main__":
    main()
