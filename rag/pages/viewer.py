"""The page of the letter beside its answer, with the way to its other pages and to the file."""

from __future__ import annotations

from urllib.parse import urlencode

from rag.pages.facsimile import DOTS_PER_INCH, Facsimile
from rag.pages.hit import Frame, letter_address, permalink
from rag.pages.markup import Html, element
from rag.pages.prose import render_prose
from rag.pages.texts import DUTCH, Texts
from rag.results import Hit

SHOWN_BEFORE = 200
"""Characters of the answer before, to show the place."""

DRAWN_AT = DOTS_PER_INCH / 72
"""Pixels a point."""


def first_page(hit: Hit) -> int:
    """Return the page (1-based) of the best sentence, or the one where the answer starts."""
    return hit.answer.page_at(hit.highlight.start) if hit.answer.page_starts else 1


def render_viewer(
    hit: Hit, facsimile: Facsimile | None, frame: Frame, page_number: int | None = None, *, has_file: bool = True
) -> Html:
    """Draw the page of a letter, or say where the letter can be read as text.

    Parameters
    ----------
    hit : Hit
    facsimile : Facsimile or None
        None when the source has no pages that can be shown.
    frame : Frame
    page_number : int, optional
        1-based; the page of the best sentence when None.
    has_file : bool
        Whether the source stands in its place.
    """
    texts = frame.texts
    title = element(f"h{frame.heading + 1}", texts.page_show, class_="kw-tussenkop")
    if facsimile is None:
        return _as_text(hit, frame, title, has_file=has_file)
    page = min(max(page_number or first_page(hit), 1), facsimile.page_count)
    return element(
        "div",
        title,
        element("p", texts.page_of.format(page=page, count=facsimile.page_count), class_="kw-telling"),
        element(
            "a", _picture(hit, facsimile, frame, page), href=_page_address(hit, facsimile, page), class_="kw-groot"
        ),
        element("p", _turn(hit, facsimile, frame, page), class_="kw-bladeren"),
        element("p", _switch(frame), _file(hit, frame), class_="kw-bladeren"),
        class_="kw-blad",
        id=f"blad-{hit.questions[0].number}",
    )


def _as_text(hit: Hit, frame: Frame, title: Html, *, has_file: bool) -> Html:
    """Draw the answer between what stands before and after it, for a Word or text file."""
    texts = frame.texts
    whole = element("a", texts.page_as_text, href=_in_letter(hit, frame))
    note = None if has_file else element("p", texts.source_file_gone, class_="kw-let-op")
    links = element("p", _switch(frame), whole, _file(hit, frame) if has_file else None, class_="kw-bladeren")
    return element("div", title, note, _sheet(hit, texts), links, class_="kw-blad")


def _sheet(hit: Hit, texts: Texts) -> Html:
    pairs, place = hit.letter.pairs, hit.place
    numbers = tuple(question.number for question in hit.questions)
    before = [element("p", "… ", _end(pair.answer.text)) for pair in pairs[max(place - 1, 0) : place]]
    after = [
        element("p", element("strong", _label(pair.numbers)), " ", pair.questions[0].text)
        for pair in pairs[place + 1 : place + 2]
    ]
    questions = [element("p", question.text) for question in hit.questions]
    answer = element("div", render_prose(hit.answer.text, texts, highlight=hit.highlight), class_="kw-omlijnd")
    return element(
        "div",
        before,
        element("p", element("strong", _label(numbers))),
        questions,
        answer,
        after,
        class_="kw-tekstblad",
        lang="nl",
        tabindex=0,
        role="group",
        aria_label=texts.page_as_text,
    )


def _label(numbers: tuple[int, ...]) -> str:
    """Return the heading as such letters have it, in their own language."""
    return DUTCH.name_numbers(numbers).capitalize()


def _end(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_BEFORE else line[-SHOWN_BEFORE:].split(" ", 1)[-1]


def _picture(hit: Hit, facsimile: Facsimile, frame: Frame, page: int) -> Html:
    width, height = (round(size * DRAWN_AT) for size in facsimile.sizes[page - 1])
    marks = element(
        "img",
        src=_marks_address(hit, facsimile, page),
        alt="",
        width=width,
        height=height,
        loading="lazy",
        class_="kw-strepen",
    )
    picture = element(
        "img",
        src=_page_address(hit, facsimile, page),
        alt=frame.texts.page_alt.format(page=page),
        width=width,
        height=height,
        loading="lazy",
        class_="kw-vel",
    )
    return element("span", picture, marks, class_="kw-lagen")


# Pictures and files have one address, whatever the language around them.
def _page_address(hit: Hit, facsimile: Facsimile, page: int) -> str:
    return f"{letter_address(hit.letter, DUTCH)}/blad-{page}.png?{urlencode({'v': facsimile.stamp[:12]})}"


def _marks_address(hit: Hit, facsimile: Facsimile, page: int) -> str:
    chosen = {
        "paar": hit.name,
        "van": hit.highlight.start,
        "tot": hit.highlight.end,
        "v": facsimile.stamp[:12],
    }
    return f"{letter_address(hit.letter, DUTCH)}/blad-{page}.svg?{urlencode(chosen)}"


def _turn(hit: Hit, facsimile: Facsimile, frame: Frame, page: int) -> list[Html]:
    def to(label: str, number: int, name: str) -> Html:
        if not 1 <= number <= facsimile.page_count:
            return element("span", label, class_=f"{name} kw-uit")
        address = f"{permalink(hit, frame.texts)}?blad={number}#blad-{hit.questions[0].number}"
        return element("a", label, href=address, class_=name)

    return [
        to(frame.texts.page_previous, page - 1, "kw-vorige"),
        to(frame.texts.page_next, page + 1, "kw-volgende"),
    ]


def _switch(frame: Frame) -> Html:
    return element("button", frame.texts.mark_switch, type="button", class_="kw-knop kw-klein kw-schakel")


def _file(hit: Hit, frame: Frame) -> Html:
    kind = hit.letter.source.rsplit(".", 1)[-1].upper()
    address = f"{letter_address(hit.letter, DUTCH)}/bron"
    return element("a", f"{frame.texts.source_file} ({kind})", href=address)


def _in_letter(hit: Hit, frame: Frame) -> str:
    return f"{letter_address(hit.letter, frame.texts)}#{hit.name}"
