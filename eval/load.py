"""Many people at once: how many questions a second the server answers, how long they wait, and what memory it takes.

Run with ``make load`` or ``python -m eval.load``. The server is a real one in a process of its own; the clients are
threads of this process, on the same machine. Each asks its next question when it has the answer to the one before.
"""

from __future__ import annotations

import statistics
import sys
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from eval.runner import build_set_index
from eval.serving import AnswerError, Connection, Server, serving
from eval.sets import SETS, load_set, set_names
from index.encoders import BUNDLED_NAME, open_encoder
from rag.cli import shows_errors

LETTERS = SETS / "invented" / "letters"
WARMING = 1000
"""Questions before the first look at the memory: the letters are read when they are first found."""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a number of questions.

    Attributes
    ----------
    seconds : float
        From the first question to the last answer.
    waits : tuple of float
        Seconds until each answer.
    errors : Counter
        How often what went wrong.
    server_seconds, client_seconds : float
        Processor time.
    """

    seconds: float
    waits: tuple[float, ...]
    errors: Counter[str]
    server_seconds: float
    client_seconds: float

    def __add__(self, other: Load) -> Load:
        return Load(
            self.seconds + other.seconds,
            self.waits + other.waits,
            self.errors + other.errors,
            self.server_seconds + other.server_seconds,
            self.client_seconds + other.client_seconds,
        )


@click.command()
@click.argument("letters", default=LETTERS, type=click.Path(path_type=Path, exists=True))
@click.option("--clients", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many ask at once.")
@click.option("--requests", default=20_000, show_default=True, type=click.IntRange(2), help="How many questions.")
@click.option("--cache", default=Path(".cache/eval"), type=click.Path(path_type=Path), help="For the index.")
@shows_errors
def main(letters: Path, clients: int, requests: int, cache: Path) -> None:
    """Ask a server over LETTERS (those of the invented set) many different questions from many clients at once."""
    index, _ = build_set_index(letters, cache, open_encoder(BUNDLED_NAME))
    questions = load_questions(WARMING + requests)
    middle = WARMING + requests // 2
    with serving(index) as server:
        put(server, questions[:WARMING], clients)
        memory = [server.megabytes()]
        load = put(server, questions[WARMING:middle], clients)
        memory.append(server.megabytes())
        load += put(server, questions[middle:], clients)
        memory.append(server.megabytes())
    report(load, memory, clients)
    sys.exit(1 if load.errors else 0)


def load_questions(count: int) -> list[str]:
    """Return questions of the sets, no two alike, mixed in the same way every time.

    When there are not enough, all come again with a number behind them, so that none is answered from a cache.
    """
    asked = {query.text for name in set_names() for query in load_set(name).queries}
    texts = sorted(asked, key=lambda text: (zlib.crc32(text.encode()), text))
    rounds = -(-count // len(texts))
    return [f"{text} {number}" if number > 1 else text for number in range(1, rounds + 1) for text in texts][:count]


def put(server: Server, questions: Sequence[str], clients: int) -> Load:
    """Put questions to the server, each client its share, one after another."""
    shares = [questions[first::clients] for first in range(clients)]
    server_before, client_before, start = server.processor_seconds(), time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(clients) as people:
        outcomes = list(people.map(lambda share: _ask_all(server.port, share), shares))
    return Load(
        time.perf_counter() - start,
        tuple(wait for waits, _ in outcomes for wait in waits),
        sum((errors for _, errors in outcomes), Counter()),
        server.processor_seconds() - server_before,
        time.process_time() - client_before,
    )


def _ask_all(port: int, questions: Sequence[str]) -> tuple[list[float], Counter[str]]:
    """Ask one after another over one connection; over a new one when something went wrong."""
    waits: list[float] = []
    errors: Counter[str] = Counter()
    with ExitStack() as open_now:
        connection = None
        for question in questions:
            start = time.perf_counter()
            try:
                connection = connection or open_now.enter_context(Connection(port))
                connection.ask(question)
                waits.append(time.perf_counter() - start)
            except (OSError, AnswerError) as exc:
                errors[f"{type(exc).__name__}: {exc}"] += 1
                open_now.close()
                connection = None
    return waits, errors


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value below which this percentage lies."""
    return statistics.quantiles(values, n=100)[percent - 1]


def report(load: Load, memory: Sequence[float], clients: int) -> None:
    """Print what came of the questions.

    Parameters
    ----------
    load : Load
    memory : sequence of float
        Of the server in MB: after warming, halfway, at the end.
    clients : int
    """
    failed, answered = load.errors.total(), len(load.waits)
    click.echo(f"{answered + failed} questions from {clients} clients in {load.seconds:.0f} s\n")
    _line("answered (questions/s)", answered / load.seconds)
    if answered > 1:
        for percent in (50, 95, 99):
            _line(f"wait, p{percent} (ms)", 1000 * percentile(load.waits, percent))
    _line("errors", failed)
    for name, value in zip(("after warming", "halfway", "at the end"), memory, strict=True):
        _line(f"memory of the server, {name} (MB)", value)
    _line("processor time, server (ms/question)", 1000 * load.server_seconds / (answered + failed))
    _line("processor time, clients (ms/question)", 1000 * load.client_seconds / (answered + failed))
    for error, count in load.errors.most_common(5):
        click.echo(f"{count} times {error}")


def _line(label: str, value: float) -> None:
    click.echo(f"{label:46}{value:10.1f}")


if __name__ == "__main__":
    main()
