"""The names that people give to a letter, and the pair that a name and a number mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eval.sets import EvalSet
from index.errors import ConfigError
from index.records import Letter, Pair, pair_id
from index.references import parse_official_number

SHOWN = 3


class Names:
    """Find letters by any number, in any way of writing, or by the name of their file.

    Parameters
    ----------
    letters : iterable of Letter
        Of the index.
    """

    def __init__(self, letters: Iterable[Letter]) -> None:
        self._letters: dict[str, list[Letter]] = {}
        found = list(letters)
        # A letter's own numbers come before a number that it merely bears too.
        for names_of in (_own_names, _further_names):
            taken = set(self._letters)
            for letter in found:
                for name in names_of(letter):
                    if name not in taken and letter not in self._letters.setdefault(name, []):
                        self._letters[name].append(letter)

    def letter(self, name: str) -> Letter | None:
        """Return the letter of this name, or None.

        Raises
        ------
        ConfigError
            When several letters go by it.
        """
        found = self._letters.get(_key(name), [])
        if len(found) > 1:
            ids = ", ".join(letter.letter_id for letter in found)
            raise ConfigError(f"{name!r} names {len(found)} letters ({ids}); use the number of one")
        return found[0] if found else None

    def pair_ids(self, right: str) -> tuple[str, ...]:
        """Return the pairs that a right answer means: one, or all of a letter; empty when there is none.

        Parameters
        ----------
        right : str
            ``"2022Z11285/vraag-4"`` with any of a joint pair's numbers, or a letter alone.
        """
        name, _, number = right.rpartition("/vraag-")
        letter = self.letter(name or right)
        if letter is None:
            return ()
        return tuple(pair_id(letter, pair) for pair in letter.pairs if not name or _answers(pair, number))


def resolve_qrels(eval_set: EvalSet, names: Names) -> dict[str, tuple[str, ...]]:
    """Return the right pairs by query id, as the index names them.

    Raises
    ------
    ConfigError
        When the index lacks one: scores would then say nothing of the search.
    """
    found: dict[str, tuple[str, ...]] = {}
    missing: list[str] = []
    for query, right in eval_set.qrels.items():
        pairs = [names.pair_ids(name) for name in right]
        missing += [name for name, ids in zip(right, pairs, strict=True) if not ids]
        found[query] = tuple(dict.fromkeys(identifier for ids in pairs for identifier in ids))
    if missing:
        raise ConfigError(_lacks(eval_set, missing, names))
    return found


def _lacks(eval_set: EvalSet, missing: Sequence[str], names: Names) -> str:
    different = list(dict.fromkeys(missing))
    # A letter that is there but lacks a question is another fault than a letter that is not there.
    letters = [name for name in different if names.letter(name.rpartition("/vraag-")[0] or name) is None]
    what = f"{', '.join(different[:SHOWN])}{', …' if len(different) > SHOWN else ''}"
    advice = eval_set.needs or "index the letters that the questions are about"
    if not letters:
        advice = "the letter is there, but has no such question"
    return f"{eval_set.name}: {len(different)} right answers are not in the index ({what}); {advice}"


def _answers(pair: Pair, number: str) -> bool:
    return number in map(str, pair.numbers)


def _own_names(letter: Letter) -> list[str]:
    stem = letter.source.rsplit(".", 1)[0]
    names = (letter.letter_id, letter.reference, letter.publication, letter.source, stem)
    return [_key(name) for name in names if name]


def _further_names(letter: Letter) -> list[str]:
    return [_key(name) for name in letter.other_references]


def _key(name: str) -> str:
    number = parse_official_number(name)
    return number.key if number else " ".join(name.split()).casefold()
