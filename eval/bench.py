"""Speed and memory, each beside the same work through sentence-transformers on torch.

Run with ``make bench`` or ``python -m eval.bench``. Both sides do the same work in the same run, in turn,
because machines differ and are shared: the ratio says more than the milliseconds.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import click
from pypdf import PdfReader

from eval.load import load_questions, percentile
from eval.serving import Connection, megabytes, serving
from index.build import build_index
from index.encoders import open_encoder
from index.encoders.base import Encoder
from index.parsing import parse_document
from index.reading import read_document
from rag.assistant import Assistant
from rag.cli import shows_errors

QUESTION = "Hoe werkt het sociaal kredietsysteem in China?"
COLD_RUNS = 5
WARM_RUNS = 60
WARM_ROUNDS = 3
API_ROUNDS = 15
API_RUNS = 20
ENCODED_PASSAGES = 48
READING_RUNS = 15


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared: its name, its model, its own index."""

    name: str
    model: str
    index: Path
    encoder: Encoder


@click.command()
@click.argument("letters", default="letters", type=click.Path(path_type=Path, exists=True))
@shows_errors
def main(letters: Path) -> None:
    """Compare the bundled model with the same model through torch, over LETTERS."""
    torch_model = str(files("index.encoders").joinpath("bundled"))
    with tempfile.TemporaryDirectory() as folder:
        sides = [
            _prepare("onnx", "bundled", letters, Path(folder) / "onnx"),
            _prepare("torch", torch_model, letters, Path(folder) / "torch"),
        ]
        click.echo(f"{'':34}{'bundled':>12}{'torch':>12}{'ratio':>8}")
        cold = _in_turn([_asking_process(side) for side in sides], COLD_RUNS)
        _row("cold ask, median (s)", [statistics.median(times) for times in cold])
        warm = _warm_seconds(sides)
        _row("warm question, p50 (ms)", [1000 * statistics.median(times) for times in warm])
        _row("warm question, p95 (ms)", [1000 * percentile(times, 95) for times in warm])
        _row("encoding (passages/s)", [_encoding_rate(side) for side in sides])
        _row("memory of ask, peak (MB)", [_ask_memory(side) for side in sides])
        _row("memory of serve, after a question (MB)", [_serve_memory(side) for side in sides])
        api = _api_seconds(sides[0])
    click.echo(f"\n{'':34}{'HTTP':>12}{'in process':>12}{'more':>8}")
    _more("POST /api/v1/ask, p50 (ms)", [1000 * statistics.median(times) for times in api])
    _more("POST /api/v1/ask, p95 (ms)", [1000 * percentile(times, 95) for times in api])
    pdfs = sorted(letters.glob("*.pdf")) if letters.is_dir() else [letters]
    click.echo(f"\n{'':34}{'ours':>12}{'raw pypdf':>12}{'ratio':>8}")
    _row("reading and parsing (pages/s)", _reading_rates(pdfs))


def _prepare(name: str, model: str, letters: Path, index: Path) -> Side:
    encoder = open_encoder(model)
    build_index([letters], index, encoder)
    return Side(name, model, index, encoder)


def _row(label: str, values: Sequence[float]) -> None:
    ours, theirs = values
    click.echo(f"{label:34}{ours:12.2f}{theirs:12.2f}{ours / theirs:8.2f}")


def _more(label: str, values: Sequence[float]) -> None:
    ours, theirs = values
    click.echo(f"{label:34}{ours:12.2f}{theirs:12.2f}{ours - theirs:8.2f}")


def _command(side: Side, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "rag.cli", *arguments, "--index", str(side.index), "--model", side.model]


def _asking_process(side: Side) -> Callable[[], None]:
    """Return a whole `ask` process, from nothing to its printed answer."""

    def run() -> None:
        subprocess.run(_command(side, "ask", QUESTION, "--json"), check=True, capture_output=True)

    return run


def _warm_seconds(sides: Sequence[Side]) -> list[list[float]]:
    """Time warm questions, each side in processes of its own and by turns.

    In one process the threads of either library wait actively for work, and slow the other down.
    """
    code = (
        "import json, sys, time; from rag.assistant import Assistant; "
        "assistant = Assistant.open(sys.argv[1], sys.argv[2]); times = []\n"
        "for number in range(int(sys.argv[4]) + 5):\n"
        "    start = time.perf_counter(); assistant.ask(f'{sys.argv[3]} {number}')\n"
        "    times.append(time.perf_counter() - start)\n"
        "print(json.dumps(times[5:]))"
    )
    times: list[list[float]] = [[] for _ in sides]
    for _ in range(WARM_ROUNDS):
        for side, taken in zip(sides, times, strict=True):
            command = [sys.executable, "-c", code, str(side.index), side.model, QUESTION, str(WARM_RUNS)]
            taken += json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return times


def _api_seconds(side: Side) -> list[list[float]]:
    """Time the same questions over HTTP on a connection that is kept alive, and in a process without HTTP, by turns.

    A turn is a number of questions one right after another, as a program asks: only then does it show when an answer
    waits in the kernel until the client has acknowledged the packet before it, which takes 40 ms.
    """
    code = (
        "import json, sys, time; from rag.assistant import Assistant; assistant = Assistant.open(*sys.argv[1:])\n"
        "for line in sys.stdin:\n"
        "    question = json.loads(line); start = time.perf_counter(); assistant.ask(question)\n"
        "    print(time.perf_counter() - start, flush=True)"
    )
    command = [sys.executable, "-c", code, str(side.index), side.model]
    http: list[float] = []
    inside: list[float] = []
    questions = load_questions((API_ROUNDS + 1) * API_RUNS)
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process,
        serving(side.index, side.model) as server,
    ):
        for start in range(0, len(questions), API_RUNS):
            turn = questions[start : start + API_RUNS]
            inside += [_seconds_inside(process, question) for question in turn]
            # The server closes a connection on which nothing was asked for five seconds.
            with Connection(server.port) as connection:
                http += [_seconds_over_http(connection, question) for question in turn]
    return [http[API_RUNS:], inside[API_RUNS:]]  # the first turn warms both


def _seconds_over_http(connection: Connection, question: str) -> float:
    start = time.perf_counter()
    connection.ask(question)
    return time.perf_counter() - start


def _seconds_inside(process: subprocess.Popen[str], question: str) -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{json.dumps(question)}\n")
    return float(process.stdout.readline())


def _in_turn(runs: Sequence[Callable[[], None]], count: int) -> list[list[float]]:
    """Time each callable `count` times, A B A B, so that a slow spell hits all alike."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(count):
        for run, taken in zip(runs, times, strict=True):
            start = time.perf_counter()
            run()
            taken.append(time.perf_counter() - start)
    return times


def _encoding_rate(side: Side) -> float:
    letters = Assistant.open(side.index, side.model).letters()
    texts = [pair.answer.text for letter in letters for pair in letter.pairs if pair.answer.text]
    texts = [text[:1200] for text in (texts * ENCODED_PASSAGES)[:ENCODED_PASSAGES]]
    start = time.perf_counter()
    side.encoder.encode_passages(texts)
    return len(texts) / (time.perf_counter() - start)


def _reading_rates(pdfs: Sequence[Path]) -> list[float]:
    """Pages read and parsed a second, and pages that pypdf's visitor alone walks, in turn in this process."""
    pages = sum(len(PdfReader(path).pages) for path in pdfs)

    def ours() -> None:
        for path in pdfs:
            parse_document(read_document(path))

    def raw() -> None:
        for path in pdfs:
            for page in PdfReader(path).pages:
                page.extract_text(visitor_text=lambda *_: None)

    ours()
    raw()
    return [pages / statistics.median(times) for times in _in_turn([ours, raw], READING_RUNS)]


def _ask_memory(side: Side) -> float:
    """Peak of a process that asks once; from /proc, because getrusage hands down the peak of the parent."""
    code = (
        "import sys; from pathlib import Path; from rag.assistant import Assistant; "
        "Assistant.open(sys.argv[1], sys.argv[2]).ask(sys.argv[3]); print(Path('/proc/self/status').read_text())"
    )
    command = [sys.executable, "-c", code, str(side.index), side.model, QUESTION]
    return megabytes("VmHWM", subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _serve_memory(side: Side) -> float:
    """Resident memory of the web app after it has answered one question."""
    with serving(side.index, side.model) as server, Connection(server.port) as connection:
        connection.ask(QUESTION)
        return server.megabytes()


if __name__ == "__main__":
    main()
