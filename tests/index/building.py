"""What the tests of a build share: names for its parts, and what must hold after each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from index.archive import Generation
from index.build import BuildReport
from index.lexical import Field

WriteLetter = Callable[..., Path]
Build = Callable[[], BuildReport]
Opened = Callable[[], Generation]

WOLVES = (("Hoeveel wolven leven er op de Veluwe?", "Op de Veluwe leven zeventig wolven."),)


def names(paths: Sequence[Path]) -> list[str]:
    return [path.name for path in paths]


def letter_ids(generation: Generation) -> list[str]:
    return sorted(generation.catalogue.paths())


def check_consistent(generation: Generation) -> None:
    """Hold the parts of an index together: every pair has its words, every passage its vector."""
    table, catalogue = generation.passages, generation.catalogue
    pairs = {pair.row: pair for pair in catalogue.pairs(sorted(set(table.pair.tolist())))}
    assert len(pairs) == catalogue.count_pairs() == generation.manifest.counts["pairs"]
    assert len(table.row) == len(generation.vectors) == generation.manifest.counts["passages"]
    for row, stored in pairs.items():
        question = stored.pair.questions[0].text
        assert row in [found for found, _ in generation.words.search(question, Field.QUESTION, 100)]
        assert {found for found, _ in generation.words.search(question, Field.QUESTION, 100)} <= set(pairs)
    kept = {entry.letter_id for entry in generation.manifest.letters.values() if entry.same_as is None}
    assert kept == set(letter_ids(generation))
