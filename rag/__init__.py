"""Everything that happens when somebody asks.

>>> from rag import Assistant  # doctest: +SKIP
>>> Assistant.open(".index").ask("Hoe werkt het sociaal kredietsysteem in China?")  # doctest: +SKIP
"""

from rag.assistant import Assistant
from rag.results import Answered, Citation, Coverage, Hit, NotAnswered, Result

__all__ = ["Answered", "Assistant", "Citation", "Coverage", "Hit", "NotAnswered", "Result"]
