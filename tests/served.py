"""A page of metrics over HTTP, for whoever scrapes: what it answers may change while it is served."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TEXT = "text/plain; version=0.0.4"


@dataclass
class Page:
    """`body` is made of the number of the scrape, from 1. `hangs`: it begins to answer and goes on once that is set."""

    body: Callable[[int], bytes] = lambda _scrape: b"# TYPE rq_total counter\nrq_total 5\n"
    status: int = 200
    kind: str = TEXT
    hangs: threading.Event | None = None
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and Accept of each request."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def scrapes(self) -> int:
        return len(self.asked)


@contextmanager
def served(page: Page) -> Iterator[Page]:
    """Listening on a port of the system's choice."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page.asked.append((self.path, self.headers.get("Accept", "")))
            body = page.body(len(page.asked))
            self.send_response(page.status)
            self.send_header("Content-Type", page.kind)
            self.end_headers()
            if page.hangs is not None:
                self.wfile.write(b"#")
                page.hangs.wait(30)
                return
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    page.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield page
    finally:
        if page.hangs is not None:
            page.hangs.set()
        server.shutdown()
        thread.join()
        server.server_close()
