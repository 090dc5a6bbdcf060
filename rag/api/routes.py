"""The addresses below ``/api/v1``."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

import anyio
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from index.filters import Filters
from index.records import Letter
from index.serialise import letter_to_contract
from index.settings import Settings
from rag import contract
from rag.api.caching import KEEP, is_known, tag_of
from rag.api.example import LETTER
from rag.api.feeds import FEED_HITS, atom_feed, hits_csv, json_feed
from rag.api.listing import list_letters, next_address
from rag.api.parameters import (
    MAX_HITS,
    AskBody,
    AskQuery,
    LettersQuery,
    NoQuery,
    SavedQuery,
    SearchQuery,
)
from rag.api.problems import ProblemError
from rag.assistant import Assistant
from rag.results import Result

GetAssistant = Callable[[], Assistant]

Number = Annotated[str, Path(max_length=200, description="Any number of the letter, or its id.", examples=[LETTER])]

QuestionNumber = Annotated[
    str,
    # "4"; "4-2" is the second question 4 of a letter that counts so
    Path(pattern=r"^\d{1,4}(-\d{1,3})?$", description="Number of a question, as the letter counts.", examples=["4"]),
]

ATOM, CSV = "application/atom+xml", "text/csv"


class Service:
    """Does the work of the routes: in threads, a few at a time.

    Parameters
    ----------
    get_assistant : callable
        Returns the assistant of the newest index.
    settings : Settings
    """

    def __init__(self, get_assistant: GetAssistant, settings: Settings) -> None:
        self._get_assistant, self._settings = get_assistant, settings
        # More at a time would only wait for the processor, and all of them longer.
        self._workers = anyio.CapacityLimiter(max(2, os.cpu_count() or 2))

    async def answer(self, request: Request, work: Callable[[Assistant], Response]) -> Response:
        """Return what the work makes of the newest index, or 304."""
        _refuse_unclear(request)
        assistant = self._get_assistant()
        tag = tag_of(request, assistant.generation)
        kept = {"ETag": tag, "Cache-Control": KEEP}
        # Worked out first: what cannot be answered is told as such, whatever the client has (RFC 9110, 13.2.1).
        response = await self._in_thread(partial(work, assistant))
        if is_known(request, tag):
            return Response(status_code=304, headers=kept)
        response.headers.update(kept)
        return response

    async def answer_once(self, work: Callable[[Assistant], Response]) -> Response:
        """Return what the work makes of the newest index; nobody keeps it."""
        response = await self._in_thread(partial(work, self._get_assistant()))
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _in_thread(self, work: Callable[[], Response]) -> Response:
        return await anyio.to_thread.run_sync(work, limiter=self._workers)

    def ask(self, assistant: Assistant, query: str, hits: int | None, previous: list[str], filters: Filters) -> Result:
        """Ask, within the bounds of the settings."""
        most = self._settings.max_question_chars
        longest = max(map(len, (query, *previous)))
        if longest > most:
            raise ProblemError(422, "too-long", f"It has {longest} characters; at most {most} are searched.")
        return assistant.ask(query, hits=hits or self._settings.hits, previous=previous, filters=filters)

    def origin(self, request: Request) -> str:
        """Return ``https://host`` as people reach this server, without a slash."""
        return self._settings.public_url or str(request.base_url).rstrip("/")


def add_routes(router: APIRouter, get_assistant: GetAssistant, settings: Settings) -> None:
    """Add the routes.

    Parameters
    ----------
    router : APIRouter
    get_assistant : callable
        Returns the assistant of the newest index.
    settings : Settings
    """
    service = Service(get_assistant, settings)
    _add_questions(router, service)
    _add_letters(router, service)
    _add_search(router, service)
    _add_feeds(router, service)


def _add_questions(router: APIRouter, service: Service) -> None:
    @router.post("/ask", response_model=contract.Result, tags=["questions"], summary="Ask a question")
    async def ask(body: AskBody, _: Annotated[NoQuery, Query()]) -> Response:
        """Answer a question from the letters, word for word, or say that no letter answers it.

        The body keeps the question out of addresses, and so out of the logs of whatever lies between.
        """
        return await service.answer_once(
            lambda assistant: JSONResponse(
                service.ask(assistant, body.query, body.hits, body.previous, body.filters()).as_json(body.language)
            )
        )

    @router.get("/ask", response_model=contract.Result, tags=["questions"], summary="Ask a question in an address")
    async def ask_by_address(request: Request, given: Annotated[AskQuery, Query()]) -> Response:
        """Answer a question as `POST /ask` does; the answer may be kept as long as the index does."""
        return await service.answer(
            request,
            lambda assistant: JSONResponse(
                service.ask(assistant, given.q, given.hits, given.previous, given.filters()).as_json(given.language)
            ),
        )


def _add_letters(router: APIRouter, service: Service) -> None:
    @router.get("/letters", response_model=contract.Letters, tags=["letters"], summary="List letters")
    async def letters(request: Request, given: Annotated[LettersQuery, Query()]) -> Response:
        """List the letters of the index, newest answer first, those without a date last."""
        return await service.answer(request, lambda assistant: JSONResponse(list_letters(assistant, given)))

    @router.get("/letters/{number}", response_model=contract.Letter, tags=["letters"], summary="Get a letter")
    async def letter(request: Request, number: Number, _: Annotated[NoQuery, Query()]) -> Response:
        """Return a whole letter: its questions, answers and notes, as `kamerantwoord parse` prints it."""
        return await service.answer(
            request, lambda assistant: JSONResponse(letter_to_contract(_letter(assistant, number)))
        )

    @router.get(
        "/letters/{number}/questions/{n}",
        response_model=contract.Hit,
        tags=["letters"],
        summary="Get the answer to one question of a letter",
    )
    async def question(request: Request, number: Number, n: QuestionNumber, _: Annotated[NoQuery, Query()]) -> Response:
        """Return one answer with its citation, by any number of the questions that it was given to."""
        return await service.answer(request, lambda assistant: JSONResponse(_question(assistant, number, n)))

    @router.get("/coverage", response_model=contract.Coverage, tags=["letters"], summary="What is searched")
    async def coverage(request: Request, _: Annotated[NoQuery, Query()]) -> Response:
        """Say how many letters and answers the index holds, and up to which date."""
        return await service.answer(request, lambda assistant: JSONResponse(assistant.coverage.as_json()))


def _add_search(router: APIRouter, service: Service) -> None:
    @router.get("/search", response_model=contract.SearchPage, tags=["search"], summary="Search answers")
    async def search(request: Request, given: Annotated[SearchQuery, Query()]) -> Response:
        """Return answers in order of likeness, a page at a time.

        No more than the first 100 can be reached: narrow the search with filters instead.
        """

        def work(assistant: Assistant) -> Response:
            end = min(given.offset + given.limit, MAX_HITS)
            result = service.ask(assistant, given.q, end + 1, [], given.filters())
            return JSONResponse(_page_of_hits(result, given, end))

        return await service.answer(request, work)

    @router.get(
        "/search.csv",
        response_class=PlainTextResponse,
        responses={200: {"content": {CSV: {"schema": {"type": "string"}}}}},
        tags=["search"],
        summary="Search answers, as a table",
    )
    async def table(request: Request, given: Annotated[SearchQuery, Query()]) -> Response:
        """Return a list of answers with their citations for a spreadsheet.

        Cells are in quotes and stand between semicolons, as Dutch spreadsheets have it. One that would be taken for
        a formula begins with an apostrophe.
        """

        def work(assistant: Assistant) -> Response:
            end = min(given.offset + given.limit, MAX_HITS)
            hits = service.ask(assistant, given.q, end, [], given.filters()).hits[given.offset :]
            named = {"Content-Disposition": 'attachment; filename="kamerantwoord.csv"'}
            return Response(hits_csv(hits, service.origin(request)), media_type=f"{CSV}; charset=utf-8", headers=named)

        return await service.answer(request, work)


def _add_feeds(router: APIRouter, service: Service) -> None:
    @router.get(
        "/feed.json", response_model=contract.Feed, tags=["search"], summary="Follow a question, as a JSON Feed"
    )
    async def feed(request: Request, given: Annotated[SavedQuery, Query()]) -> Response:
        """Return the best hits for a question, newest answer first; a new letter shows up after the next build."""

        def work(assistant: Assistant) -> Response:
            hits = service.ask(assistant, given.q, FEED_HITS, [], given.filters()).hits
            return JSONResponse(json_feed(given.q, hits, service.origin(request), _here(service, request)))

        return await service.answer(request, work)

    @router.get(
        "/feed.atom",
        response_class=PlainTextResponse,
        responses={200: {"content": {ATOM: {"schema": {"type": "string"}}}}},
        tags=["search"],
        summary="Follow a question (Atom)",
    )
    async def atom(request: Request, given: Annotated[SavedQuery, Query()]) -> Response:
        """Return what `/feed.json` does, in the form that older readers know."""

        def work(assistant: Assistant) -> Response:
            hits = service.ask(assistant, given.q, FEED_HITS, [], given.filters()).hits
            feed = atom_feed(given.q, hits, service.origin(request), _here(service, request))
            return Response(feed, media_type=f"{ATOM}; charset=utf-8")

        return await service.answer(request, work)


def _refuse_unclear(request: Request) -> None:
    """Refuse an address in another encoding, or that gives a parameter twice: not all of it would be searched for."""
    try:
        unquote_to_bytes(request.scope["query_string"]).decode()
    except UnicodeDecodeError:
        # «?q=financi%EBle» is Latin-1; in UTF-8 it is «?q=financi%C3%ABle»
        raise ProblemError(422, "invalid", "The address is not in UTF-8; encode it so.") from None
    given = Counter(name for name, _ in request.query_params.multi_items() if name != "previous")
    repeated = [name for name, count in given.items() if count > 1]
    if repeated:
        raise ProblemError(422, "invalid", f"{repeated[0]} is given more than once; give it once.")


def _here(service: Service, request: Request) -> str:
    """Return the whole address of a request, with the host as people reach it."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{service.origin(request)}{request.url.path}{query}"


def _letter(assistant: Assistant, number: str) -> Letter:
    letter = assistant.find_letter(number)
    if letter is None:
        raise ProblemError(404, "no-such-letter", "Look it up in /api/v1/letters.")
    return letter


def _question(assistant: Assistant, number: str, n: str) -> dict[str, Any]:
    hit = assistant.pair(f"{_letter(assistant, number).letter_id}/vraag-{n}")
    if hit is None:
        raise ProblemError(404, "no-such-question", "The letter itself says which questions it answers.")
    return hit.as_json()


def _page_of_hits(result: Result, given: SearchQuery, end: int) -> dict[str, Any]:
    found = result.as_json()
    is_more = len(result.hits) > end and end < MAX_HITS
    kept = {name: found[name] for name in ("query", "searched_as", "corpus", "notice")}
    return kept | {
        "offset": given.offset,
        "next": next_address("search", given, end) if is_more else None,
        "hits": found["hits"][given.offset : end],
    }
