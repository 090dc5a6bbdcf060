"""Which letters are searched: the filters of an address, and the form that sets them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from index.filters import Facet, Filters
from rag.assistant import Assistant
from rag.pages.address import Address
from rag.pages.letter import letter_title
from rag.pages.markup import Html, element
from rag.pages.texts import Texts

FACETS = {
    "ministerie": Facet.MINISTRY,
    "minister": Facet.MINISTER,
    "partij": Facet.PARTY,
    "kamerlid": Facet.ASKER,
}

DATES = ("van", "tot")

MOST_CHOICES = 500
"""A longer list is no help, and weighs on every page."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What letters can be chosen by: values with their number of letters, most first."""

    facets: dict[str, tuple[tuple[str, int], ...]]
    letters: tuple[tuple[str, str], ...]
    count: int


def read_filters(address: Address) -> Filters:
    """Return the filters of an address as the search knows them."""
    return Filters(
        letter=address.value("brief") or None,
        ministry=address.value("ministerie") or None,
        minister=address.value("minister") or None,
        party=address.value("partij") or None,
        asker=address.value("kamerlid") or None,
        after=address.value("van") or None,
        before=address.value("tot") or None,
    )


@lru_cache(maxsize=2)
def choices_of(assistant: Assistant) -> Choices:
    """Count what the letters of an index can be chosen by; made once for each index."""
    facets = {name: tuple(assistant.count_by(facet, MOST_CHOICES)) for name, facet in FACETS.items()}
    _, newest = assistant.choose(Filters(), 0, MOST_CHOICES)
    titles = tuple((letter.letter_id, letter_title(letter)) for letter in newest)
    return Choices(facets, titles, assistant.coverage.letters)


def render_choice(choices: Choices, address: Address, texts: Texts) -> Html | None:
    """Draw the form with which letters are chosen; none for an index of one letter."""
    if choices.count < 2:
        return None
    count = f" ({len(address.filters)})" if address.filters else ""
    fields = [_select(name, values, address, texts) for name, values in choices.facets.items() if values]
    fields += [_date(name, address, texts) for name in DATES]
    fields.append(_letters(choices, address, texts))
    buttons = element(
        "p",
        element("button", texts.apply_filters, type="submit", class_="kw-knop kw-eerste"),
        element("a", texts.clear_filters, href=f"{texts.prefix}/{Address(address.turns).query()}", class_="kw-wis"),
        class_="kw-knoppen",
    )
    turns = [element("input", type="hidden", name=turn.key, value=turn.question) for turn in address.turns]
    form = element(
        "form", turns, element("div", fields, class_="kw-velden"), buttons, action=f"{texts.prefix}/", method="get"
    )
    return element(
        "section",
        element(
            "details",
            element("summary", texts.filters + count),
            form,
            class_="kw-klap",
            open=bool(address.filters) and not address.turns,
        ),
        class_="kw-filters",
        aria_label=texts.filters,
    )


def _select(name: str, values: tuple[tuple[str, int], ...], address: Address, texts: Texts) -> Html:
    options = [(value, f"{value} ({texts.number(count)})") for value, count in values]
    return _choose(name, options, address, texts)


def _letters(choices: Choices, address: Address, texts: Texts) -> Html:
    options = [(letter_id, f"{title[:90]} ({letter_id})") for letter_id, title in choices.letters]
    return _choose("brief", options, address, texts)


def _choose(name: str, options: list[tuple[str, str]], address: Address, texts: Texts) -> Html:
    chosen = address.value(name)
    if chosen and chosen not in dict(options):
        options = [(chosen, chosen), *options]
    drawn = [element("option", label, value=value, selected=value == chosen, lang="nl") for value, label in options]
    none = element("option", texts.all_values, value="")
    return _field(name, element("select", none, drawn, id=f"kw-{name}", name=name), texts)


def _date(name: str, address: Address, texts: Texts) -> Html:
    return _field(name, element("input", type="date", id=f"kw-{name}", name=name, value=address.value(name)), texts)


def _field(name: str, control: Html, texts: Texts) -> Html:
    return element("div", element("label", texts.filter_labels[name], for_=f"kw-{name}"), control, class_="kw-veld")
