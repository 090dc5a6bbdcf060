"""One turn of the conversation as HTML: what was asked, and the answer or the honest no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from index.errors import QueryError
from rag.pages.address import Address
from rag.pages.hit import Frame, render_folded, render_hit
from rag.pages.markup import Child, Html, element
from rag.pages.texts import Texts
from rag.results import Coverage, Hit, Result

SHOWN_OF_QUESTION = 300
"""Of a question that is far too long, the start is shown."""

Beside = Callable[[Hit], Html | None]


@dataclass(frozen=True, slots=True)
class Around:
    """What is shown around an answer.

    Attributes
    ----------
    targets : tuple of Hit
        The answers that the answer points to.
    next_questions : tuple of str
        In the words of Kamerleden.
    """

    targets: tuple[Hit, ...] = ()
    next_questions: tuple[str, ...] = ()


def render_asked(question: str) -> Html:
    """Draw what a user asked, as it was typed."""
    shown = question if len(question) <= SHOWN_OF_QUESTION else question[:SHOWN_OF_QUESTION] + " …"
    return element("p", shown, class_="kw-gevraagd", dir="auto")


def render_result(
    result: Result, address: Address, frame: Frame, around: Around | None = None, beside: Beside | None = None
) -> Html:
    """Draw a result.

    Parameters
    ----------
    result : Result
    address : Address
        Up to and including this turn.
    frame : Frame
    around : Around, optional
    beside : callable, optional
        Draws the page of the letter that stands beside the first hit.
    """
    around = around or Around()
    body = _answered(result, frame, around, beside) if result.answered else _not_answered(result, frame)
    return element(
        "article",
        element("p", _announcement(result, frame.texts), class_="kw-melding", hidden=True),
        _searched_as(result, address, frame.texts),
        _chosen(address, frame.texts),
        body,
        _next(around.next_questions, address, frame.texts),
        _share(address, frame.texts),
        class_="kw-beurt" + ("" if result.answered else " kw-geen"),
    )


def _announcement(result: Result, texts: Texts) -> str:
    if not result.answered:
        return texts.found_nothing
    others = len(result.hits) - 1
    return texts.found_more.format(count=others) if others else texts.found_one


def _answered(result: Result, frame: Frame, around: Around, beside: Beside | None) -> list[Child]:
    best, *others = result.hits
    texts = frame.texts
    count = texts.other_hits_one if len(others) == 1 else texts.other_hits.format(count=len(others))
    return [
        element("p", texts.match[best.match], class_="kw-past"),
        _newer(best, frame),
        render_hit(best, frame, beside=beside(best) if beside else None),
        [_target(target, frame) for target in around.targets] or None,
        _folded(count, others, frame),
    ]


def _not_answered(result: Result, frame: Frame) -> list[Child]:
    texts = frame.texts
    heading = f"h{frame.heading}"
    if result.notice and not result.hits:
        # Nothing was asked: «Dank u wel.»
        return [element("p", result.notice.told_in(texts.language), class_="kw-kop kw-praat", tabindex=-1)]
    near = texts.no_answer_more if result.hits else texts.nothing_near
    return [
        element(heading, texts.no_answer, class_="kw-kop", tabindex=-1),
        element("p", result.notice.told_in(texts.language)) if result.notice else None,
        element("p", near),
        element("p", render_coverage(result.corpus, texts), class_="kw-dekking"),
        _folded(texts.near_misses, result.hits, frame),
    ]


def _folded(title: str, hits: Sequence[Hit], frame: Frame) -> Html | None:
    if not hits:
        return None
    heading = element(f"h{frame.heading + 1}", title, class_="kw-tussenkop")
    return element("section", heading, [render_folded(hit, frame) for hit in hits])


def _newer(hit: Hit, frame: Frame) -> Html | None:
    newer, texts = hit.newer, frame.texts
    if newer is None:
        return None
    link = element("a", texts.day(newer.date_answered), href=f"{texts.prefix}/brief/{quote(newer.id)}")
    question = element("span", newer.question, lang="nl")
    return element("p", texts.newer, " (", link, "): ", question, class_="kw-let-op")


def _target(hit: Hit, frame: Frame) -> Html:
    numbers = tuple(question.number for question in hit.questions)
    title = frame.texts.target_of.format(numbers=frame.texts.name_numbers(numbers))
    inner = Frame(frame.texts, frame.origin, frame.heading + 1)
    return element("section", render_hit(hit, inner, title=title), class_="kw-doel")


def _searched_as(result: Result, address: Address, texts: Texts) -> Html | None:
    if not address.turns or address.turns[-1].key != "v" or not result.is_follow_up:
        return None
    literally = element("a", texts.search_literally, href=_here(address.literally(), texts))
    return element(
        "p", texts.searched_as, " ", element("q", result.searched_as, dir="auto"), " ", literally, class_="kw-gezocht"
    )


def _chosen(address: Address, texts: Texts) -> Html | None:
    """Draw which letters were searched, when that is a choice, and the way to all."""
    if not address.filters:
        return None
    chosen = [
        element("span", f"{texts.filter_labels[name].lower()} {_value(name, value, texts)}", class_="kw-keus")
        for name, value in address.filters
    ]
    all_letters = element("a", texts.search_all, href=_here(replace(address, filters=()), texts))
    return element("p", texts.only_searched, " ", [[part, " "] for part in chosen], all_letters, class_="kw-gezocht")


def _value(name: str, value: str, texts: Texts) -> str:
    return texts.day(value) if name in ("van", "tot") else value


def _next(questions: Sequence[str], address: Address, texts: Texts) -> Html | None:
    if not questions:
        return None
    links = [
        element("li", element("a", question, href=_here(address.start(question), texts), lang="nl", class_="kw-stel"))
        for question in questions
    ]
    return element("div", element("p", texts.similar), element("ul", links), class_="kw-vervolg")


def _share(address: Address, texts: Texts) -> Html:
    return element("p", element("a", texts.share, href=_here(address, texts), class_="kw-adres"), class_="kw-deel")


def _here(address: Address, texts: Texts) -> str:
    return f"{texts.prefix}/{address.query()}"


def render_problem(problem: QueryError, question: str, limit: int, texts: Texts) -> Html:
    """Draw why a question was not searched, and what to do."""
    if not question.strip():
        said = texts.error_empty
    elif len(question) > limit:
        said = texts.error_long.format(count=texts.number(len(question)), limit=texts.number(limit))
    else:
        said = texts.error_other
    alert = element("p", said, class_="kw-fout", role="alert", title=problem.message)
    return element("article", alert, class_="kw-beurt")


def render_coverage(coverage: Coverage, texts: Texts) -> Html:
    """Draw what is searched: how many letters and answers, up to which date."""
    if not coverage.letters:
        return element("span", texts.coverage_empty)
    said = texts.coverage.format(
        letters=texts.amount(coverage.letters, texts.one_letter, texts.more_letters),
        answers=texts.amount(coverage.answers, texts.one_answer, texts.more_answers),
        until=texts.up_to.format(day=texts.day(coverage.newest)) if coverage.newest else "",
    )
    return element("span", said)
