"""Whole plain pages: what the routes answer with, in either language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.errors import QueryError
from index.records import Letter
from rag.citation import official_form
from rag.pages.address import read_address
from rag.pages.desk import Desk
from rag.pages.hit import Frame, letter_address, permalink
from rag.pages.letter import (
    describe,
    letter_title,
    pair_title,
    question_data,
    render_letter_page,
    render_pair_page,
)
from rag.pages.markup import Child, Html, element
from rag.pages.shell import render_footer, render_head, render_header, render_page
from rag.pages.texts import TEXTS, Texts
from rag.pages.turn import Around, render_coverage, render_problem, render_result
from rag.results import Hit


@dataclass(frozen=True, slots=True)
class PlainPages:
    """Draws plain pages for one request.

    Attributes
    ----------
    desk : Desk
    texts : Texts
    origin : str
        ``https://host``, without a slash.
    """

    desk: Desk
    texts: Texts
    origin: str

    def pair(self, hit: Hit, page_number: int | None) -> Html:
        """Draw the page of one pair."""
        frame = Frame(self.texts, self.origin, heading=1)
        viewer = self.desk.viewer(hit, frame, page_number)
        address = permalink(hit, self.texts)
        head = render_head(
            self.texts,
            f"{pair_title(hit, self.texts)} · {self.texts.product}",
            describe(hit.questions[0].text),
            canonical=self.origin + hit.links.permalink,
            data=question_data(hit, self.origin, self.texts),
        )
        return self._page(head, address, render_pair_page(hit, frame, viewer), wide=True)

    def letter(self, letter: Letter) -> Html:
        """Draw the page of a whole letter."""
        title = f"{letter_title(letter)} · {self.texts.product}"
        head = render_head(self.texts, title, describe(", ".join(letter.answered_by) + ": " + letter.subject))
        frame = Frame(self.texts, self.origin)
        return self._page(head, letter_address(letter, self.texts), render_letter_page(letter, frame))

    def search(self, query: str) -> Html:
        """Draw the results of a question, or the form alone."""
        address = read_address(query)
        asked = address.turns[-1].question if address.turns else ""
        content: list[Child] = [element("h1", self.texts.search_title), self._form(asked)]
        frame = Frame(self.texts, self.origin)
        if asked:
            try:
                result = self.desk.ask(address, len(address.turns) - 1)
                content.append(render_result(result, address, frame, Around()))
                go_on = f"{self.texts.prefix}/{address.query()}"
                content.append(element("p", element("a", self.texts.go_on, href=go_on)))
            except QueryError as exc:
                content.append(render_problem(exc, asked, self.desk.limit, self.texts))
        head = render_head(self.texts, f"{asked or self.texts.search_title} · {self.texts.product}", self.texts.intro)
        return self._page(head, f"/zoek{address.query()}", content)

    def missing(self, path: str) -> Html:
        """Draw what is said of an address that leads nowhere."""
        head = render_head(self.texts, f"{self.texts.not_found} · {self.texts.product}", self.texts.not_found_more)
        content = [element("h1", self.texts.not_found), element("p", self.texts.not_found_more), self._form("")]
        return self._page(head, path, content)

    def removed(self, letter: Letter, number: str, path: str) -> Html:
        """Draw what is said of an answer that was taken away: that it was here, and how it is cited."""
        pairs = [pair for pair in letter.pairs if number in map(str, pair.numbers)] or list(letter.pairs)
        head = render_head(self.texts, f"{self.texts.removed} · {self.texts.product}", self.texts.removed_more)
        content = [
            element("h1", self.texts.removed),
            element("p", self.texts.removed_more),
            element("ul", [element("li", official_form(letter, pair), lang="nl") for pair in pairs]),
            self._form(""),
        ]
        return self._page(head, path, content)

    def text(self, path: str, title: str, paragraphs: Child) -> Html:
        """Draw a page of our own words."""
        head = render_head(self.texts, f"{title} · {self.texts.product}", self.texts.intro)
        return self._page(head, path, [element("h1", title), paragraphs])

    def _form(self, asked: str) -> Html:
        texts = self.texts
        return element(
            "form",
            element("label", texts.your_question, for_="kw-zoek"),
            element("input", id="kw-zoek", name="q", value=asked, type="search", autocomplete="off"),
            element("button", texts.search, type="submit", class_="kw-knop kw-eerste"),
            action=f"{texts.prefix}/zoek",
            method="get",
            role="search",
            class_="kw-zoekvorm",
        )

    def _page(self, head: Html, path: str, main: Child, *, wide: bool = False) -> Html:
        texts = self.texts
        other = TEXTS[texts.other_language]
        bare = path.removeprefix("/en") if path.startswith("/en/") else path
        coverage = render_coverage(self.desk.assistant.coverage, texts)
        return render_page(
            texts,
            head,
            render_header(texts, other_language=other.prefix + bare),
            main,
            render_footer(texts, coverage),
            wide=wide,
        )


def paragraphs(texts: Sequence[str]) -> Html:
    """Draw sentences of our own, a paragraph each."""
    return element("div", [element("p", text) for text in texts])
