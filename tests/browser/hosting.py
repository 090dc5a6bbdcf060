"""Pages of other sites, for what is embedded in them: each site is a real server with a policy of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STRICT = (
    "default-src 'none'; script-src {host}; connect-src {host}; "
    "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""As docs/embed.md has it: nothing but the widget's own server, no inline script, no style from anywhere."""

PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>Een krant</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head>
<body><main><h1>Een krant</h1>{body}</main></body></html>
"""


@dataclass
class Site:
    """Another site: what it serves by path, and with which policy."""

    port: int
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def add(self, body: str, *, policy: str = "", head: str = "", language: str = "nl", direction: str = "ltr") -> str:
        """Put up a page; return its address."""
        path = f"/{len(self.pages)}"
        page = PAGE.format(body=body, head=head, language=language, direction=direction)
        self.pages[path] = (page, policy)
        return self.url + path


@contextmanager
def hosted() -> Iterator[Site]:
    """Serve a site on a free port of this machine, under another name than ours."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page, policy = site.pages.get(self.path, ("", ""))
            self.send_response(200 if page else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
