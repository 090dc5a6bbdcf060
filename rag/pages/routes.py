"""The plain pages: HTML that works without JavaScript, pictures and files, and the operator's checks."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import fastapi
from fastapi import Query
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from index.records import Letter, Pair, pair_name
from rag.pages.desk import Desk
from rag.pages.explanation import render_accessibility, render_explanation
from rag.pages.facsimile import Facsimile, draw_marks, draw_page
from rag.pages.hit import permalink
from rag.pages.plain import PlainPages
from rag.pages.shell import FOR_EVER, STATIC, STATIC_TYPES, static_address
from rag.pages.texts import TEXTS, Texts
from rag.results import Highlight, Hit

READ = ["GET", "HEAD"]

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
}

CITATION_TYPES = {"bib": "application/x-bibtex", "ris": "application/x-research-info-systems"}


def plain_pages(desk: Desk) -> fastapi.APIRouter:
    """Return the routes of all pages but the chat."""
    router = fastapi.APIRouter()
    _add_static(router)
    _add_checks(router, desk)
    _add_pictures(router, desk)
    for texts in TEXTS.values():
        _add_letters(router, desk, texts)
        _add_texts(router, desk, texts)
    return router


def missing_page(desk: Desk, request: fastapi.Request) -> HTMLResponse:
    """Answer an address that leads nowhere with a page that helps on."""
    english = request.url.path.startswith("/en/")
    pages = _pages(desk, TEXTS["en" if english else "nl"], request)
    return HTMLResponse(pages.missing(f"{pages.texts.prefix}/"), 404)


def _pages(desk: Desk, texts: Texts, request: fastapi.Request) -> PlainPages:
    return PlainPages(desk, texts, desk.public_url or str(request.base_url).rstrip("/"))


def _add_letters(router: fastapi.APIRouter, desk: Desk, texts: Texts) -> None:
    prefix, language = texts.prefix, texts.language

    @router.api_route(prefix + "/brief/{letter_id}/vraag-{number}.{form}", methods=READ, name=f"citation-{language}")
    def citation(request: fastapi.Request, letter_id: str, number: str, form: str) -> Response:
        hit = _find_pair(desk, letter_id, number)
        if hit is None or form not in CITATION_TYPES:
            return missing_page(desk, request)
        content = hit.citation.bibtex if form == "bib" else hit.citation.ris
        name = f"attachment; filename*=UTF-8''{quote(hit.id.replace('/', '-'))}.{form}"
        return Response(content, media_type=CITATION_TYPES[form], headers={"Content-Disposition": name})

    @router.api_route(prefix + "/brief/{letter_id}/vraag-{number}", methods=READ, name=f"pair-{language}")
    def pair(
        request: fastapi.Request, letter_id: str, number: str, blad: Annotated[str, Query(max_length=6)] = ""
    ) -> Response:
        hit = _find_pair(desk, letter_id, number)
        if hit is None:
            return _removed_page(desk, request, texts, letter_id, number)
        if hit.letter.letter_id != letter_id:
            return RedirectResponse(permalink(hit, texts))
        page = int(blad) if blad.isascii() and blad.isdigit() else None
        return HTMLResponse(_pages(desk, texts, request).pair(hit, page))

    @router.api_route(prefix + "/brief/{letter_id}", methods=READ, name=f"letter-{language}")
    def letter(request: fastapi.Request, letter_id: str) -> Response:
        found = desk.find_letter(letter_id)
        if found is None:
            return _removed_page(desk, request, texts, letter_id, "")
        if found.letter_id != letter_id:
            return RedirectResponse(f"{prefix}/brief/{quote(found.letter_id)}")
        return HTMLResponse(_pages(desk, texts, request).letter(found))


def _removed_page(desk: Desk, request: fastapi.Request, texts: Texts, letter_id: str, number: str) -> HTMLResponse:
    """Say that a letter was here (410), or that there is none of that name (404)."""
    letter = desk.assistant.removed(letter_id)
    if letter is None or desk.find_letter(letter_id) is not None:
        return missing_page(desk, request)
    return HTMLResponse(_pages(desk, texts, request).removed(letter, number, f"{texts.prefix}/"), 410)


def _find_pair(desk: Desk, letter_id: str, number: str) -> Hit | None:
    letter = desk.find_letter(letter_id)
    return desk.assistant.pair(f"{letter.letter_id}/vraag-{number}") if letter else None


def _add_texts(router: fastapi.APIRouter, desk: Desk, texts: Texts) -> None:
    prefix, language = texts.prefix, texts.language

    @router.api_route(prefix + "/zoek", methods=READ, name=f"search-{language}")
    def search(request: fastapi.Request) -> HTMLResponse:
        return HTMLResponse(_pages(desk, texts, request).search(request.url.query))

    @router.api_route(prefix + "/uitleg", methods=READ, name=f"explanation-{language}")
    def explanation(request: fastapi.Request) -> HTMLResponse:
        content = render_explanation(texts, desk.assistant.coverage)
        return HTMLResponse(_pages(desk, texts, request).text(f"{prefix}/uitleg", texts.explanation, content))

    @router.api_route(prefix + "/toegankelijkheid", methods=READ, name=f"accessibility-{language}")
    def accessibility(request: fastapi.Request) -> HTMLResponse:
        path, content = f"{prefix}/toegankelijkheid", render_accessibility(texts)
        return HTMLResponse(_pages(desk, texts, request).text(path, texts.accessibility, content))


def _add_pictures(router: fastapi.APIRouter, desk: Desk) -> None:
    def source_of(letter_id: str) -> tuple[Letter | None, Facsimile | None]:
        letter = desk.find_letter(letter_id)
        return letter, desk.facsimile(letter) if letter else None

    @router.api_route("/brief/{letter_id}/blad-{page}.png", methods=READ)
    def picture(letter_id: str, page: int) -> Response:
        _, facsimile = source_of(letter_id)
        if facsimile is None or not 1 <= page <= facsimile.page_count:
            return PlainTextResponse("Not found\n", 404)
        return Response(draw_page(facsimile, page), media_type="image/png", headers={"Cache-Control": FOR_EVER})

    @router.api_route("/brief/{letter_id}/blad-{page}.svg", methods=READ)
    def marks(letter_id: str, page: int, paar: str, van: int = 0, tot: int = 0) -> Response:
        letter, facsimile = source_of(letter_id)
        pair = _pair_of(letter, paar)
        if facsimile is None or pair is None or not 1 <= page <= facsimile.page_count or not 0 <= van <= tot:
            return PlainTextResponse("Not found\n", 404)
        drawn = draw_marks(facsimile, page, pair, Highlight(van, tot))
        return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": FOR_EVER})

    @router.api_route("/brief/{letter_id}/vraag-{number}/gelijk", methods=READ)
    def check(letter_id: str, number: str) -> JSONResponse:
        hit = _find_pair(desk, letter_id, number)
        return JSONResponse({"verbatim": desk.is_verbatim(hit) if hit else None}, 200 if hit else 404)

    @router.api_route("/brief/{letter_id}/bron", methods=READ)
    def source(request: fastapi.Request, letter_id: str) -> Response:
        letter = desk.find_letter(letter_id)
        path = desk.assistant.source_path(letter.letter_id) if letter else None
        if letter is None or path is None or not path.is_file():
            return missing_page(desk, request)
        ending = path.suffix.lower().lstrip(".")
        # Only a PDF opens in the browser; whatever else a letter holds is saved, and never run here.
        shown = "inline" if ending == "pdf" else "attachment"
        media_type = MEDIA_TYPES.get(ending, "application/octet-stream")
        return FileResponse(path, media_type=media_type, filename=path.name, content_disposition_type=shown)


def _pair_of(letter: Letter | None, name: str) -> Pair | None:
    return next((pair for pair in letter.pairs if pair_name(letter, pair) == name), None) if letter else None


def _add_static(router: fastapi.APIRouter) -> None:
    @router.api_route("/kw/{digest}/{name}", methods=READ)
    def static(digest: str, name: str) -> Response:
        if name not in STATIC_TYPES or static_address(name) != f"/kw/{digest}/{name}":
            return PlainTextResponse("Not found\n", 404)
        return FileResponse(STATIC / name, media_type=STATIC_TYPES[name], headers={"Cache-Control": FOR_EVER})

    @router.api_route("/favicon.ico", methods=READ)
    def icon() -> RedirectResponse:
        return RedirectResponse(static_address("icon.svg"))

    @router.api_route("/robots.txt", methods=READ)
    def robots() -> PlainTextResponse:
        return PlainTextResponse("User-agent: *\nAllow: /brief/\nDisallow: /*?\n")


def _add_checks(router: fastapi.APIRouter, desk: Desk) -> None:
    @router.api_route("/healthz", methods=READ)
    def is_alive() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @router.api_route("/readyz", methods=READ)
    def is_ready() -> PlainTextResponse:
        return PlainTextResponse("ready\n" if desk.is_warm else "starting\n", 200 if desk.is_warm else 503)
