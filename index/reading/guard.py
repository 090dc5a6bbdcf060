"""Read many files in limited worker processes: one per core, used again and again.

Files come from anywhere. A worker may use so much processor time, memory and output for
one file; when it goes beyond, or dies, that file is one clear error, a new worker takes its
place, and the other files are read as if nothing had happened.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from index.errors import KamerantwoordError, LimitError, ParseError, SourceError
from index.reading import display_name
from index.records import Document
from index.serialise import load_document

if TYPE_CHECKING:
    from index.settings import Settings

Result = TypeVar("Result")
# Files handed out ahead of the one whose result is due: bounds the results that wait.
AHEAD = 64
# JSON of a document is larger than its text: places and sizes come with it.
OVERHEAD = 12
_KINDS = {"SourceError": SourceError, "LimitError": LimitError, "ParseError": ParseError}


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost.

    Parameters
    ----------
    cpu_seconds : int
        Processor time; a letter takes well under one second.
    memory_mb : int
        Address space of a worker.
    text_mb : int
        Millions of characters that a file may yield.
    """

    cpu_seconds: int = 30
    memory_mb: int = 1024
    text_mb: int = 20

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return the limits that the settings give."""
        return cls(settings.reader_cpu_seconds, settings.reader_memory_mb, settings.reader_text_mb)

    @property
    def wall_seconds(self) -> float:
        """How long a worker may take in all; a file that waits costs no processor time."""
        return 3.0 * self.cpu_seconds + 20.0


def read_many(
    paths: Sequence[Path], limits: Limits | None = None, *, workers: int | None = None
) -> Iterator[tuple[Path, Document | KamerantwoordError]]:
    """Read files in limited workers.

    Parameters
    ----------
    paths : sequence of Path
    limits : Limits, optional
        For each file.
    workers : int, optional
        How many processes; as many as this process has cores when None.

    Yields
    ------
    Path, Document or KamerantwoordError
        In the order of ``paths``; an error is yielded and never raised.
    """
    return run_many(paths, "index.reading.worker:read_as_json", load_document, limits, workers=workers)


def run_many(
    paths: Sequence[Path],
    job: str,
    load: Callable[[str], Result],
    limits: Limits | None = None,
    *,
    workers: int | None = None,
) -> Iterator[tuple[Path, Result | KamerantwoordError]]:
    """Run a job on each file in limited workers.

    Parameters
    ----------
    paths : sequence of Path
    job : str
        ``"module:function"`` of a function ``(path, max_text) -> str``.
    load : callable
        Turns what the job returned into the result.
    limits : Limits, optional
    workers : int, optional

    Yields
    ------
    Path, result or KamerantwoordError
        In the order of ``paths``.
    """
    count = max(1, min(workers or _cores(), len(paths)))
    pool = _Pool(job, limits or Limits(), count)
    try:
        for index, answer in pool.run(paths):
            if isinstance(answer, KamerantwoordError):
                yield paths[index], answer
            else:
                yield paths[index], load(answer)
    finally:
        pool.close()


def _cores() -> int:
    # The cores that this process may use; where the system does not say, all that there are.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(slots=True)
class _Worker:
    """One process, and the file that it is busy with."""

    process: subprocess.Popen[bytes]
    index: int = -1
    deadline: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    @property
    def output(self) -> int:
        if self.process.stdout is None:
            raise ValueError("a worker without output")
        return self.process.stdout.fileno()


class _Pool:
    def __init__(self, job: str, limits: Limits, count: int) -> None:
        self._job = job
        self._limits = limits
        self._count = count
        self._cap = limits.text_mb * 1_000_000 * OVERHEAD
        self._selector = selectors.DefaultSelector()
        self._workers: list[_Worker] = []

    def run(self, paths: Sequence[Path]) -> Iterator[tuple[int, str | KamerantwoordError]]:
        waiting = deque(range(len(paths)))
        done: dict[int, str | KamerantwoordError] = {}
        due = 0
        while due < len(paths):
            self._hand_out(waiting, paths, due)
            for index, answer in self._collect(paths):
                done[index] = answer
            while due in done:
                yield due, done.pop(due)
                due += 1

    def _hand_out(self, waiting: deque[int], paths: Sequence[Path], due: int) -> None:
        idle = [worker for worker in self._workers if worker.index < 0]
        while waiting and waiting[0] < due + AHEAD and (idle or len(self._workers) < self._count):
            worker = idle.pop() if idle else self._start()
            worker.index = waiting.popleft()
            worker.deadline = time.monotonic() + self._limits.wall_seconds
            request = json.dumps({"path": os.fsencode(paths[worker.index]).hex()}) + "\n"
            stdin = worker.process.stdin
            try:
                if stdin is not None:
                    stdin.write(request.encode())
                    stdin.flush()
            except BrokenPipeError:
                continue  # its death shows when its output is read

    def _start(self) -> _Worker:
        limits = self._limits
        command = [sys.executable, "-m", "index.reading.worker", self._job]
        command += [str(limits.cpu_seconds), str(limits.memory_mb), str(limits.text_mb * 1_000_000)]
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,  # an interrupt of ours must not kill it half way through a reply
        )
        worker = _Worker(process)
        self._workers.append(worker)
        self._selector.register(worker.output, selectors.EVENT_READ, worker)
        return worker

    def _collect(self, paths: Sequence[Path]) -> list[tuple[int, str | KamerantwoordError]]:
        """Wait for replies; return those that are whole, and errors for workers that died or hung."""
        results: list[tuple[int, str | KamerantwoordError]] = []
        for key, _ in self._selector.select(timeout=0.5):
            worker: _Worker = key.data
            chunk = os.read(worker.output, 1 << 20)
            worker.received += chunk
            answer = self._reply(worker) if chunk else self._death(worker)
            if answer is not None:
                results.append(self._finished(worker, answer, paths))
        now = time.monotonic()
        for worker in [w for w in self._workers if w.index >= 0 and now > w.deadline]:
            error = LimitError(f"took longer than {self._limits.wall_seconds:.0f} s; no letter does")
            results.append(self._finished(worker, error, paths))
            self._stop(worker)
        return results

    def _reply(self, worker: _Worker) -> str | KamerantwoordError | None:
        received = worker.received
        if len(received) < 8:
            return None
        length = int.from_bytes(received[:8], "big")
        if length > self._cap:
            self._stop(worker)
            return LimitError(f"yields more than {self._limits.text_mb} MB of text (setting reader_text_mb)")
        if len(received) < 8 + length:
            return None
        message = json.loads(bytes(received[8 : 8 + length]))
        del received[: 8 + length]
        if message.get("stops"):
            self._stop(worker)
        if "error" in message:
            return _KINDS.get(message["kind"], SourceError)(message["error"])
        return str(message["result"])

    def _death(self, worker: _Worker) -> KamerantwoordError | None:
        """Return the error of the file that a dead worker was busy with; None when it was idle."""
        code = worker.process.wait()
        self._stop(worker)
        if worker.index < 0:
            return None
        if code == -signal.SIGXCPU:
            limit = self._limits.cpu_seconds
            return LimitError(f"took more than {limit} s of processor time (setting reader_cpu_seconds)")
        if code == -signal.SIGKILL:
            return LimitError(
                "the reader was killed from outside, probably for want of memory; free some and try again"
            )
        return SourceError(f"the reader stopped on it (code {code}); expected a letter, so save the file again")

    def _finished(
        self, worker: _Worker, answer: str | KamerantwoordError, paths: Sequence[Path]
    ) -> tuple[int, str | KamerantwoordError]:
        index, worker.index = worker.index, -1
        if isinstance(answer, KamerantwoordError):
            name = display_name(paths[index])
            if not answer.message.startswith(f"{name}:"):
                answer = type(answer)(f"{name}: {answer.message}")
        return index, answer

    def _stop(self, worker: _Worker) -> None:
        """End a worker; what it may still do for its file counts no more."""
        if worker not in self._workers:
            return
        self._workers.remove(worker)
        self._selector.unregister(worker.output)
        worker.process.kill()
        worker.process.wait()
        for pipe in (worker.process.stdin, worker.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def close(self) -> None:
        """End every worker."""
        for worker in list(self._workers):
            self._stop(worker)
        self._selector.close()
