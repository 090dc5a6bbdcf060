"""The example of the documentation: a real question to the letter that ships, with its result."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

QUESTION = "Hoe werkt het sociaal kredietsysteem in China?"
LETTER = "2022Z11285"


@cache
def example_result() -> dict[str, Any]:
    """Return what ``kamerantwoord ask QUESTION --hits 1 --json`` prints; a test holds both together."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("example.json").read_text("utf-8"))
    return found
