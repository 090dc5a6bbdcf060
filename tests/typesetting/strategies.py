"""Letters of any shape that both families allow, for property tests.

The words come from a seeded generator and not from one draw each: a letter has thousands,
and hypothesis needs only the seed and the size to find, repeat and shorten a failure.
"""

from __future__ import annotations

import random

from hypothesis import strategies as st

from tests.typesetting.model import Answered, Asked, Item, Sheet, listing

_WORDS = (
    "het", "de", "een", "van", "voor", "met", "over", "onder", "tegen", "waterschap", "gemeente", "kabinet",
    "minister", "onderzoek", "rapport", "maatregelen", "bewoners", "veiligheid", "samenwerking", "financiering",
    "ontwikkeling", "verantwoordelijkheid", "uitvoering", "beleid", "jaarlijks", "provincie", "regeling",
    "wetgeving", "handhaving", "toezicht", "bijdrage", "ondersteuning", "buitengewoon", "internationaal", "overleg",
    "wordt", "heeft", "kunnen", "worden", "gemeld", "opgenomen", "vastgesteld", "besproken", "uitgewerkt", "Kamer",
    "Nederland", "Europese", "ambtenaren",
)  # fmt: skip
_TRAPS = (
    "CO2", "NIS2", "WIA-uitkering", "EU-lidstaten", "aanloop- en volloopverliezen", "Sint-Maarten", "«vraag 3»",
    "(zie bijlage 1)", "2023", "12,5%", "de motie-Simons c.s.", "10.000 kilo", "€ 750 miljoen", "vraag 2", "13-jarige",
    "Kamerstuk 31 865, nr. 207", "m.e.r.", "’s ochtends", "trein- en vliegtickets", "0900-0904", "H2O",
)  # fmt: skip


def sheets(*, longest: int = 9) -> st.SearchStrategy[Sheet]:
    """Letters with consecutive questions, grouped and answered in every allowed way."""
    return st.builds(lambda seed, last: Author(seed).sheet(last), st.integers(0, 2**32), st.integers(1, longest))


class Author:
    """Writes one letter from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._notes: dict[str, str] = {}

    def sheet(self, last: int) -> Sheet:
        """Write a letter of ``last`` questions."""
        blocks: list[Asked | Answered] = []
        style = self._random.choice(("short", "long", "bare"))
        late: list[int] = []
        number = 1
        while number <= last:
            size = min(self._random.choice((1, 1, 1, 2, 3)), last - number + 1)
            numbers = tuple(range(number, number + size))
            number += size
            blocks += self._asked(numbers)
            # An answer may come far from its question, joint with a later one.
            if style != "bare" and size == 1 and number <= last and self._random.random() < 0.1:
                late += numbers
                continue
            answered = tuple(sorted((*late, *numbers))) if number > last else numbers
            blocks.append(Answered(answered, self._parts(), self._heading(answered, style)))
        return Sheet(tuple(blocks), self._notes)

    def sentence(self, end: str = ".", shortest: int = 4) -> str:
        """Write one sentence that starts with a capital and ends on ``end``."""
        count = self._random.randint(shortest, 24)
        words = [self._random.choice(_TRAPS if self._random.random() < 0.15 else _WORDS) for _ in range(count)]
        first = self._random.choice(("Daarnaast", "Ook", "Volgens", "Op", "Dit"))
        return " ".join((first, *words, "dijk")) + end

    def _question(self) -> str:
        opening = self._random.choice(("Bent u", "Deelt u", "Kunt u", "Klopt het", "Hoe beoordeelt u"))
        words = [self._random.choice(_WORDS) for _ in range(self._random.randint(4, 30))]
        closing = self._random.choice(("Zo nee, waarom niet?", "Kunt u dit toelichten?", ""))
        return self._hung(f"{opening} {' '.join(words)}? {closing}".strip())

    def _parts(self) -> tuple[str | Item, ...]:
        if self._random.random() < 0.25:
            return (self._random.choice(("Ja.", "Nee.", "Zie het antwoord op vraag 1.")),)
        parts: list[str | Item] = []
        for _ in range(self._random.randint(1, 4)):
            parts.append(self._hung(" ".join(self.sentence() for _ in range(self._random.randint(1, 5)))))
        extra = self._random.choice(("none", "none", "list", "numbers", "table"))
        if extra == "table":
            parts += [Item("Jaar\tAantal\tBedrag", ""), Item("2022\t12\t14,5", ""), Item("2023\t3\t6", "")]
        elif extra != "none":
            for number in range(1, self._random.randint(3, 5)):
                parts.append(Item(self._hung(self.sentence(shortest=2)), "-" if extra == "list" else f"{number}."))
            parts += [self.sentence()] * self._random.randint(0, 1)
        return tuple(parts)

    def _asked(self, numbers: tuple[int, ...]) -> list[Asked]:
        texts = tuple(self._question() for _ in numbers)
        if len(numbers) == 1 or self._random.random() < 0.5:
            return [Asked((n,), (text,)) for n, text in zip(numbers, texts, strict=True)]
        return [Asked(numbers, texts, f"{self._random.choice(('Vraag', 'Vragen'))} {listing(numbers)}")]

    def _heading(self, numbers: tuple[int, ...], style: str) -> str:
        said = listing(numbers)
        if style == "bare":
            return "Antwoord"
        forms = ("Antwoord {}", "Antwoord {}:") if style == "short" else (
            "Antwoord op vraag {}", "Antwoord op vragen {}", "Antwoord op de vragen {}"
        )  # fmt: skip
        return self._random.choice(forms).format(said)

    def _hung(self, text: str) -> str:
        """Hang a note on some texts, numbered in the order of print."""
        if self._random.random() < 0.7:
            return text
        marker = str(len(self._notes) + 1)
        said = self.sentence()
        forms = (said, f"Kamerstuk 31 865, nr. {marker}.", f"NOS, 3 mei 2024, «{said}» (https://nos.nl/a/251)")
        self._notes[marker] = self._random.choice(forms)
        place = self._random.choice(("end", "inside", "figure"))
        if place == "end" or text.count(" ") < 3:
            return f"{text}⟦{marker}⟧"
        first, rest = text.split(" ", 1)
        return f"{first}⟦{marker}⟧ {rest}" if place == "inside" else f"{first} 2023⟦{marker}⟧ {rest}"
