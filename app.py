"""The web app: a Gradio chat in pages of our own, in one process.

The chat is made of Gradio's components; what they show is drawn by `rag.pages`. The address of the
page holds the whole conversation, so any server with the same index can go on with it.
"""

from __future__ import annotations

import logging
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import fastapi
import gradio as gr
import httpx
import uvicorn
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from index.errors import ConfigError
from index.reading.guard import Limits
from index.settings import Settings
from rag import mcp
from rag.api import mount as mount_api
from rag.api.limits import buckets_for
from rag.assistant import Assistant
from rag.language import Language
from rag.pages.address import Address, read_address
from rag.pages.choice import choices_of, render_choice
from rag.pages.conversation import Conversation, Message
from rag.pages.desk import Desk
from rag.pages.front import GradioPage, read_gradio_page, render_front, with_values
from rag.pages.hit import Frame
from rag.pages.intro import render_examples, render_intro
from rag.pages.routes import missing_page, plain_pages
from rag.pages.security import Guard, Narrow, content_policy
from rag.pages.shell import render_footer, render_head, render_header
from rag.pages.texts import TEXTS, Texts, preferred
from rag.pages.turn import render_coverage

log = logging.getLogger(__name__)

SECONDS_TO_FINISH = 3
"""How long a stop waits for answers under way; the chat's heartbeats would never end by themselves."""
SECONDS_BETWEEN_LOOKS = 0.05
"""How often Gradio's queue may look for work."""

ChatValue = list[dict[str, str]]


def create_app(assistant: Assistant, settings: Settings) -> fastapi.FastAPI:
    """Make the web app.

    Parameters
    ----------
    assistant : Assistant
        Asked by every page.
    settings : Settings

    Returns
    -------
    fastapi.FastAPI
        Mount further routes on it before the first request.
    """
    desk = Desk(
        assistant,
        hits=settings.hits,
        limit=settings.max_question_chars,
        reader=Limits.from_settings(settings),
        public_url=settings.public_url,
    )
    frames = " ".join(settings.frame_sites) or "'none'"
    web = fastapi.FastAPI(title="Kamerantwoord", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_warm(desk))
    web.state.desk = desk
    web.include_router(plain_pages(desk))
    chats: dict[Language, Chat] = {"en": Chat(desk, TEXTS["en"], frames), "nl": Chat(desk, TEXTS["nl"], frames)}
    for chat in chats.values():
        _add_front(web, chat)
    for chat in chats.values():
        chat.mount(web)
    web.add_middleware(GZipMiddleware, minimum_size=500)
    web.add_middleware(Guard, frame_ancestors=frames)
    buckets = buckets_for(settings.requests_per_minute)
    mcp.mount(web, lambda: desk.assistant, settings, buckets)
    mount_api(web, lambda: desk.assistant, settings, buckets)
    return web


def serve(assistant: Assistant, settings: Settings) -> None:
    """Serve the web app until it is stopped; says its address on stderr once it is ready."""
    listening = listen(settings.host, settings.port)
    web = create_app(assistant, settings)
    web.state.desk.warm()
    config = uvicorn.Config(
        web,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    _Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """Take the address before the work starts, so that a taken port is told at once.

    Raises
    ------
    ConfigError
        When nothing can listen there; says what to do.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # Only when the protocol is named does asyncio turn Nagle's delay off: 40 ms for whoever asks again at once.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError as exc:
        reason = exc.strerror or str(exc)
        raise ConfigError(
            f"cannot listen on {host}, port {port} ({reason}); choose another with --port or --host"
        ) from exc
    return listening


class _Server(uvicorn.Server):
    """Says where it listens once it does; the port is only known then when it was 0."""

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        for server in self.servers:
            host, port = server.sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            print(f"Kamerantwoord: http://{shown}:{port}", file=sys.stderr, flush=True)  # noqa: T201


def _warm(desk: Desk) -> Callable[[fastapi.FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_: fastapi.FastAPI) -> AsyncIterator[None]:
        desk.warm()
        yield

    return lifespan


class Chat:
    """The chat in one language: its Gradio components, and how they are filled.

    Parameters
    ----------
    desk : Desk
    texts : Texts
    frame_ancestors : str
        Who may show the page in a frame, as CSP writes it.
    """

    def __init__(self, desk: Desk, texts: Texts, frame_ancestors: str = "'none'") -> None:
        self.texts, self.desk, self.frame_ancestors = texts, desk, frame_ancestors
        self.blocks = self._build()
        self._gradio: Any = None
        self._page: GradioPage | None = None

    def _build(self) -> gr.Blocks:
        texts = self.texts
        with gr.Blocks(title=texts.product, analytics_enabled=False, fill_width=True) as blocks:
            # Without Markdown a message is HTML that passes Gradio's sanitiser: a second net below our own escaping.
            talk = gr.Chatbot(
                elem_id="gesprek",
                label=texts.conversation,
                show_label=False,
                container=False,
                height=None,
                autoscroll=False,
                render_markdown=False,
                sanitize_html=True,
                latex_delimiters=[],
                allow_tags=False,
                buttons=[],
                feedback_options=None,
                layout="panel",
            )
            with gr.Row(elem_id="vraagbalk"):
                question = gr.Textbox(
                    elem_id="vraag", label=texts.ask_label, lines=1, max_lines=6, scale=8, submit_btn=False
                )
                ask = gr.Button(texts.ask, elem_id="stel", variant="primary", scale=1, min_width=96)
            address = gr.Textbox(elem_id="adres", visible="hidden", label="adres", container=False)
            shown = [talk, question, address]
            # Past the queue: it takes one question at a time, and answers come within tens of milliseconds.
            direct = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
            gr.on([question.submit, ask.click], self._ask, [question, address], shown, **direct)
            # The script sends an address as if it was typed; of quick steps back and forward the last one counts.
            address.submit(self._open, [address], shown, trigger_mode="always_last", **direct)
        self._talk = talk
        return blocks

    def mount(self, web: fastapi.FastAPI) -> None:
        """Give Gradio its addresses, below those of our own pages."""
        gr.mount_gradio_app(
            web,
            self.blocks,
            path=self.texts.prefix or "/",
            theme=_theme(),
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            show_error=False,
            max_file_size=1,
        )
        mounted = web.router.routes.pop()
        assert isinstance(mounted, Mount)
        self._gradio = mounted.app
        web.router.routes.append(Mount(mounted.path, Narrow(mounted.app, self._nowhere)))
        # Gradio's queue, which no question of ours goes through, looks for work every millisecond.
        self.blocks._queue.sleep_when_free = SECONDS_BETWEEN_LOOKS

    async def _nowhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await _in_thread(missing_page, self.desk, fastapi.Request(scope))
        await response(scope, receive, send)

    async def gradio_page(self) -> GradioPage:
        """Return what Gradio's own page says; it is the same for everyone."""
        if self._page is None:
            transport = httpx.ASGITransport(self._gradio)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                self._page = read_gradio_page((await client.get("/")).text)
        return self._page

    def page(self, gradio: GradioPage, address: Address, origin: str) -> tuple[str, str]:
        """Return the front page with a conversation in it, and its nonce."""
        nonce, texts = secrets.token_urlsafe(16), self.texts
        messages = self._conversation(origin).messages(address)
        values = {"gesprek": self._talk.postprocess(_chat_value(messages)).model_dump(), "adres": address.query()}
        config = with_values(gradio.config, values) | {"root": origin + texts.prefix}
        coverage = render_coverage(self.desk.assistant.coverage, texts)
        other = TEXTS[texts.other_language]
        html = render_front(
            texts,
            GradioPage(config, gradio.script, gradio.style),
            nonce=nonce,
            head=render_head(
                texts, _title(address, texts), texts.intro, canonical=f"{self.desk.public_url or origin}{texts.prefix}/"
            ),
            header=render_header(texts, other_language=f"{other.prefix}/{address.query()}"),
            before=[render_intro(texts, coverage), render_choice(choices_of(self.desk.assistant), address, texts)],
            after=render_examples(texts, self.desk.examples),
            footer=render_footer(texts, coverage),
            talking=bool(address.turns),
        )
        return html, nonce

    def _conversation(self, origin: str) -> Conversation:
        frame = Frame(self.texts, self.desk.public_url or origin)
        return Conversation(self.desk, frame, beside=lambda hit: self.desk.viewer(hit, frame))

    def _ask(self, question: str | None, address: str | None, request: gr.Request) -> tuple[ChatValue, str, str]:
        messages, after = self._conversation(_origin(request)).ask(question or "", read_address(address or ""))
        kept = "" if after.query() != (address or "") else question or ""
        return _chat_value(messages), kept, after.query()

    def _open(self, address: str | None, request: gr.Request) -> tuple[ChatValue, str, str]:
        asked = read_address(address or "")
        return _chat_value(self._conversation(_origin(request)).messages(asked)), "", asked.query()


def _add_front(web: fastapi.FastAPI, chat: Chat) -> None:
    @web.api_route(
        f"{chat.texts.prefix}/",
        methods=["GET", "HEAD"],
        response_class=HTMLResponse,
        name=f"front-{chat.texts.language}",
    )
    async def front(request: fastapi.Request) -> fastapi.Response:
        if chat.texts.language == "nl" and _prefers_english(request):
            return RedirectResponse(TEXTS["en"].prefix + "/", headers={"Cache-Control": "no-store"})
        gradio = await chat.gradio_page()
        address = read_address(request.url.query)
        html, nonce = await _in_thread(chat.page, gradio, address, str(request.base_url).rstrip("/"))
        policy = content_policy(chat.frame_ancestors, nonce=nonce)
        return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})


def _prefers_english(request: fastapi.Request) -> bool:
    """Say whether someone who comes in from outside reads English rather than Dutch.

    A shared link keeps its language, and whoever chooses Dutch on the English page gets it.
    """
    comes_in = request.headers.get("sec-fetch-site", "none") in ("none", "cross-site")
    return comes_in and not request.url.query and preferred(request.headers.get("accept-language", "")) == "en"


async def _in_thread(work: Callable[..., Any], *values: Any) -> Any:
    return await fastapi.concurrency.run_in_threadpool(work, *values)


def _origin(request: gr.Request) -> str:
    return str(request.request.base_url).rstrip("/") if request.request else ""


def _title(address: Address, texts: Texts) -> str:
    if not address.turns:
        return f"{texts.product} · {texts.tagline}"
    return f"{address.turns[-1].question[:80]} · {texts.product}"


def _chat_value(messages: list[Message]) -> ChatValue:
    return [{"role": message.role, "content": str(message.html)} for message in messages]


def _theme() -> gr.themes.Base:
    """Return a theme with the fonts of the visitor's own system, so that none is fetched."""
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
