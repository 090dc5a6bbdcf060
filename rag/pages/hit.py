"""One hit as HTML: who asked and answered, the words, the source, and the page that proves it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote as quote_path

from index.records import Kind, Letter
from rag.pages.markup import Html, element, join
from rag.pages.prose import render_linked, render_prose
from rag.pages.quote import quote, source_of_quote
from rag.pages.texts import Texts
from rag.results import Hit


@dataclass(frozen=True, slots=True)
class Frame:
    """What a drawing needs to know of its surroundings.

    Attributes
    ----------
    texts : Texts
    origin : str
        ``https://host``, without a slash; before our own addresses in what people copy.
    heading : int
        Level of the heading of a hit, 1..5.
    """

    texts: Texts
    origin: str = ""
    heading: int = 2


def permalink(hit: Hit, texts: Texts) -> str:
    """Return our own address of a pair, in this language."""
    return texts.prefix + hit.links.permalink


def letter_address(letter: Letter, texts: Texts) -> str:
    """Return our own address of a letter, in this language."""
    return f"{texts.prefix}/brief/{quote_path(letter.letter_id)}"


def render_hit(hit: Hit, frame: Frame, *, title: str | None = None, beside: Html | None = None) -> Html:
    """Draw a whole hit: the question, the answer, the source.

    Parameters
    ----------
    hit : Hit
    frame : Frame
    title : str, optional
        In place of «Antwoord op vraag 4».
    beside : Html, optional
        The page of the letter, next to the answer where there is room.
    """
    numbers = tuple(question.number for question in hit.questions)
    heading = title or frame.texts.answer_to.format(numbers=frame.texts.name_numbers(numbers))
    words = element(
        "div",
        element(f"h{frame.heading}", heading, class_="kw-kop", tabindex=-1),
        render_facts(hit.letter, frame.texts),
        _notice(hit, frame.texts),
        render_question(hit, frame.texts),
        element("div", _answer(hit, frame.texts), class_="kw-woorden"),
        render_source(hit, frame),
        class_="kw-antwoord",
    )
    return element("div", words, beside, class_="kw-treffer" + (" kw-met-blad" if beside else ""))


def render_facts(letter: Letter, texts: Texts) -> Html:
    """Draw who answered whom, when, about what."""
    answered = ", ".join(letter.answered_by)
    when = _when(letter, texts)
    asked = texts.enumerate([asker.with_party for asker in letter.askers])
    subject = element("span", letter.subject, lang="nl") if letter.subject else None
    asking = [f"{texts.asked_by} ", element("span", asked, lang="nl")] if asked else None
    about = [f" {texts.about} " if asked else f"{texts.about.capitalize()} ", subject] if subject else None
    return element(
        "div",
        element("p", element("strong", answered), " · " if answered else "", when, class_="kw-wie"),
        element("p", asking, about) if asking or about else None,
        class_="kw-feiten",
    )


def _when(letter: Letter, texts: Texts) -> Html:
    if letter.date_answered is None and letter.date_asked is not None:
        asked = texts.asked_on.format(day=texts.day(letter.date_asked))
        return element("time", asked, datetime=letter.date_asked)
    return element("time", texts.day(letter.date_answered), datetime=letter.date_answered)


def render_question(hit: Hit, texts: Texts) -> Html:
    """Draw what was asked, every question of a joint answer."""
    rows = [
        element(
            "div",
            element("span", f"{texts.question.capitalize()} {question.number}", class_="kw-nummer"),
            render_prose(question.text, texts),
            class_="kw-vraagtekst",
        )
        for question in hit.questions
    ]
    numbers = tuple(question.number for question in hit.questions)
    joint = texts.joint.format(numbers=texts.name_numbers(numbers)) if hit.joint else None
    return element("div", rows, element("p", joint, class_="kw-samen") if joint else None, class_="kw-vraag")


def _answer(hit: Hit, texts: Texts) -> Html:
    return render_prose(hit.answer.text, texts, notes=hit.notes, highlight=hit.highlight)


def _notice(hit: Hit, texts: Texts) -> Html | None:
    return element("p", texts.notice, class_="kw-let-op") if hit.letter.kind is Kind.MEDEDELING else None


def render_source(hit: Hit, frame: Frame) -> Html:
    """Draw the citation with all that can be copied, and where to read on."""
    texts = frame.texts
    whole = frame.origin + permalink(hit, texts)
    return element(
        "div",
        element("p", element("cite", hit.citation.official, lang="nl"), class_="kw-bron"),
        element(
            "div",
            copy_button(texts.copy_citation, hit.citation.official, class_="kw-knop kw-eerste"),
            copy_button(texts.copy_quote, quote(hit, whole), class_="kw-knop kw-citeer"),
            element("span", source_of_quote(hit, whole), hidden=True, class_="kw-citaatbron"),
            class_="kw-knoppen",
        ),
        _verified(hit, texts),
        _forms(hit, frame),
        _links(hit, texts),
        class_="kw-herkomst",
    )


def _verified(hit: Hit, texts: Texts) -> Html:
    """Draw the place where the script says whether the answer was found word for word in the source."""
    return element(
        "p",
        element("a", texts.permalink, href=f"{hit.links.permalink}/gelijk", hidden=True),
        element("span", texts.verified, class_="kw-ja", hidden=True),
        element("span", texts.not_verified, class_="kw-nee", hidden=True),
        class_="kw-gelijk",
    )


def copy_button(label: str, text: str, *, class_: str = "kw-knop") -> Html:
    """Draw a button that copies `text`; the script finds the text in the element after it."""
    return join(
        element("button", label, type="button", class_=f"{class_} kw-kopieer"),
        element("span", text, hidden=True),
    )


def _forms(hit: Hit, frame: Frame) -> Html:
    texts, address = frame.texts, permalink(hit, frame.texts)
    rows = [
        (texts.plain_form, hit.citation.plain, None),
        ("BibTeX", hit.citation.bibtex, f"{address}.bib"),
        ("RIS", hit.citation.ris, f"{address}.ris"),
    ]
    drawn = [
        element(
            "div",
            element("span", name, class_="kw-vorm"),
            element("pre", content.strip(), lang="nl", tabindex=0),
            element("p", copy_button(texts.copy, content), _download(texts, download), class_="kw-knoppen"),
        )
        for name, content, download in rows
    ]
    return element("details", element("summary", texts.more_forms), drawn, class_="kw-vormen")


def _download(texts: Texts, address: str | None) -> Html | None:
    return element("a", texts.download, href=address, download=True) if address else None


def _links(hit: Hit, texts: Texts) -> Html:
    named = [
        (texts.permalink, permalink(hit, texts)),
        (texts.read_letter, letter_address(hit.letter, texts)),
        (texts.published_letter, hit.links.letter),
        (texts.published_questions, hit.links.question),
    ]
    links = [
        element("li", element("a", name, href=address, rel="noopener noreferrer")) for name, address in named if address
    ]
    return element("ul", links, class_="kw-verwijzingen")


def render_folded(hit: Hit, frame: Frame) -> Html:
    """Draw a further hit: its question with a line of answer, the rest behind a click."""
    texts = frame.texts
    numbers = tuple(question.number for question in hit.questions)
    who = " · ".join(part for part in (", ".join(hit.letter.answered_by), _day(hit, texts)) if part)
    summary = element(
        "summary",
        element("span", hit.questions[0].text, class_="kw-vouw-vraag", lang="nl"),
        element("span", first_line(hit), class_="kw-vouw-regel", lang="nl"),
        element("span", f"{who} · {texts.name_numbers(numbers)} · {texts.match[hit.match]}", class_="kw-vouw-wie"),
    )
    return element("details", summary, render_hit(hit, replace(frame, heading=frame.heading + 1)), class_="kw-vouw")


def _day(hit: Hit, texts: Texts) -> str:
    return texts.day(hit.letter.date_answered) if hit.letter.date_answered else ""


def first_line(hit: Hit, length: int = 180) -> str:
    """Return the start of the answer in one line, cut at a word."""
    text = " ".join(hit.answer.text.split())
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def render_note_list(letter: Letter) -> Html:
    """Draw all notes of a letter in order, for paper."""
    rows = [
        element("li", element("span", f"{note.marker} ", class_="kw-nummer"), render_linked(note.text))
        for note in letter.footnotes
    ]
    return element("ul", rows, class_="kw-noten", lang="nl") if rows else Html("")
