"""The process in which files are read: takes paths on its input, sets its own limits, replies in JSON.

Started by `index.reading.guard`; a reply is eight bytes of length and as many bytes of JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.errors import KamerantwoordError, LimitError
from index.reading import display_name, read_document
from index.serialise import dump_document

Job = Callable[[Path, int], str]


def read_as_json(path: Path, max_text: int) -> str:
    """Read a file; the job of `guard.read_many`."""
    return dump_document(read_document(path, max_text=max_text))


def main(arguments: list[str]) -> None:
    """Answer requests until the input ends."""
    module, function = arguments[0].split(":")
    cpu_seconds, memory_mb, max_text = (int(text) for text in arguments[1:4])
    job: Job = getattr(importlib.import_module(module), function)
    _limit_memory(memory_mb)
    replies = sys.stdout.buffer
    for line in sys.stdin.buffer:
        path = Path(os.fsdecode(bytes.fromhex(json.loads(line)["path"])))
        _limit_time(cpu_seconds)
        reply = _answer(job, path, max_text, memory_mb)
        payload = json.dumps(reply, ensure_ascii=False).encode("utf-8", "surrogatepass")
        replies.write(len(payload).to_bytes(8, "big") + payload)
        replies.flush()
        if reply.get("stops"):
            return


def _answer(job: Job, path: Path, max_text: int, memory_mb: int) -> dict[str, Any]:
    try:
        return {"result": job(path, max_text)}
    except KamerantwoordError as exc:
        return {"kind": type(exc).__name__, "error": exc.message}
    except MemoryError:
        # What the file filled is not all given back; a new worker is cleaner.
        message = f"needs more than {memory_mb} MB of memory (setting reader_memory_mb)"
        return {"kind": LimitError.__name__, "error": message, "stops": True}
    except RecursionError:
        return {"kind": "SourceError", "error": f"{display_name(path)}: nested without end; expected a letter"}
    except Exception as exc:
        what = " ".join(f"{type(exc).__name__}: {exc}".split())[:120]
        return {"kind": "SourceError", "error": f"{display_name(path)}: cannot be read ({what}); save the file again"}


def _limit_memory(memory_mb: int) -> None:
    limit = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Reading writes no files.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _limit_time(cpu_seconds: int) -> None:
    """Allow so much processor time from now on: the limit counts the whole life of a process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + cpu_seconds + 1, hard))


if __name__ == "__main__":
    main(sys.argv[1:])
