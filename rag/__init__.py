"""Everything that happens when somebody asks.

>>> from rag import Assistant  # doctest: +SKIP
>>> Assistant.open(".index").ask("Hoe werkt het sociaal kredietsysteem in China?")  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.filters import Filters
    from rag.assistant import Assistant
    from rag.results import Answered, Citation, Coverage, Hit, NotAnswered, Result

__all__ = ["Answered", "Assistant", "Citation", "Coverage", "Filters", "Hit", "NotAnswered", "Result"]

_HOMES = {"Assistant": "rag.assistant", "Filters": "index.filters"}


def __getattr__(name: str) -> Any:
    """Load a name when it is first used: `kamerantwoord --help` needs none of them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "rag.results")), name)
