"""The real server in a process of its own, and the cheapest way to ask it; for `eval.bench` and `eval.load`."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from index.errors import ConfigError

HOST = "127.0.0.1"
SECONDS_TO_START = 120
SECONDS_TO_ANSWER = 60


class AnswerError(Exception):
    """The server did not answer the question that it was asked; the message says what it did."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running `kamerantwoord serve`."""

    pid: int
    port: int

    def megabytes(self) -> float:
        """Return the memory that it holds now."""
        return megabytes("VmRSS", Path(f"/proc/{self.pid}/status").read_text(encoding="ascii"))

    def processor_seconds(self) -> float:
        """Return the processor time that it has used so far, all threads together."""
        # 4312 (python) S 4301 … : user and system time are the 14th and 15th field (proc(5)).
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(index: Path, model: str = "bundled") -> Iterator[Server]:
    """Serve an index, with no bound on how often one client may ask, until the block ends.

    Raises
    ------
    ConfigError
        When the server does not start; with the end of what it said.
    """
    command = [sys.executable, "-m", "rag.cli", "serve", "--index", str(index), "--model", model]
    environment = {**os.environ, "KAMERANTWOORD_REQUESTS_PER_MINUTE": "0"}
    # Into a file, as a pipe that nobody reads would stop a server that says much.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen([*command, "--host", HOST, "--port", "0"], stderr=said, env=environment)
        try:
            yield Server(process.pid, _port(process, said))
        finally:
            process.terminate()
            process.wait(30)


def _port(process: subprocess.Popen[bytes], said: IO[str]) -> int:
    """Wait until the server says where it listens, which it does once it is warm."""
    end = time.monotonic() + SECONDS_TO_START
    while True:
        said.seek(0)
        text = said.read()
        # Kamerantwoord: http://127.0.0.1:43211
        found = re.search(r"http://[\d.]+:([1-9]\d*)\n", text)
        if found:
            return int(found[1])
        if process.poll() is not None or time.monotonic() > end:
            raise ConfigError(f"the server did not say its address, but: {text[-300:].strip() or 'nothing'}")
        time.sleep(0.05)


def megabytes(name: str, status: str) -> float:
    """Return one entry of a `/proc/PID/status`."""
    # VmRSS:	  412345 kB
    return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


class Connection:
    """One connection to the server, kept alive from question to question.

    Whoever asks shares the processor with the server, so it must cost little. Processor time of the client for a
    question, with twenty at once: httpx 1.2 ms, http.client 0.18 ms, asyncio's streams 0.14 ms, and 0.06 ms for this
    bare socket in a thread; an epoll loop by hand costs the same.

    Parameters
    ----------
    port : int
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=SECONDS_TO_ANSWER)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()
        self._socket.close()

    def ask(self, question: str) -> None:
        """Ask a question, and wait until the whole answer is there.

        Raises
        ------
        AnswerError
            When it is no answer to this question.
        OSError
            When the connection breaks, or nothing comes.
        """
        body = json.dumps({"query": question}).encode()
        head = f"POST /api/v1/ask HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
        self._socket.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        status, length = self._head()
        answer = self._reader.read(length)
        if status != "200" or len(answer) < length:
            raise AnswerError(f"HTTP {status}, {len(answer)} of {length} bytes")
        # An answer begins with its question; one that was meant for somebody else is found out here.
        if not answer.startswith(b'{"query":' + json.dumps(question, ensure_ascii=False).encode()):
            raise AnswerError("an answer to another question")

    def _head(self) -> tuple[str, int]:
        """Return the status of a response, and how long its body is."""
        # HTTP/1.1 200 OK
        status, length = self._reader.readline()[9:12].decode("ascii", "replace"), 0
        while (line := self._reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not status:
            raise AnswerError("the connection was closed")
        return status, length
