"""A publisher's web site on this machine, which says what it was asked, when, and what it sent."""

from __future__ import annotations

import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

HTML, PDF = "text/html; charset=utf-8", "application/pdf"


@dataclass(frozen=True)
class Sent:
    """One answer: the path that was asked for, its status, the bytes of its body, and when it was asked for."""

    path: str
    status: int
    size: int
    at: float
    open_at_once: int


@dataclass
class Resource:
    """What a path gives."""

    body: bytes = b""
    kind: str = HTML
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0  # until it is whole
    tagged: bool = True


@dataclass
class BudgetSite:
    """The resources of a site by path, and its log."""

    url: str = ""
    at: dict[str, Resource | Callable[[int], Resource]] = field(default_factory=dict)
    log: list[Sent] = field(default_factory=list)
    open_now: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def page(self, path: str, body: str, **said: object) -> None:
        """Have a path give a page."""
        self.at[path] = Resource(
            f"<html><head><title>预算公开</title></head><body>{body}</body></html>".encode(), **said
        )  # type: ignore[arg-type]

    def pdf(self, path: str, content: bytes, **said: object) -> None:
        """Have a path give a PDF."""
        self.at[path] = Resource(content, PDF, **said)  # type: ignore[arg-type]

    def asked(self, path: str) -> list[Sent]:
        """Return the answers of a path."""
        return [sent for sent in self.log if sent.path == path]

    def night(self) -> list[Sent]:
        """Return the answers since the last call."""
        sent, self.log = self.log, []
        return sent


@contextmanager
def budget_site(context: ssl.SSLContext | None = None) -> Iterator[BudgetSite]:
    """Serve a site until the block ends."""
    site = BudgetSite()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with site.lock:
                site.open_now += 1
            at, path = time.monotonic(), unquote(self.path)
            found = site.at.get(path, Resource(b"<html>404</html>", status=404))
            resource = found if isinstance(found, Resource) else found(len(site.asked(path)))
            tag = f'"{hashlib.sha256(resource.body).hexdigest()[:16]}"'
            unchanged = resource.tagged and resource.status == 200 and self.headers.get("If-None-Match") == tag
            status, body = (304, b"") if unchanged else (resource.status, resource.body)
            with site.lock:
                site.log.append(Sent(path, status, len(body), at, site.open_now))
            self.send_response(status)
            if resource.tagged:
                self.send_header("ETag", tag)
            for name, value in resource.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", resource.kind)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body[:1])
                time.sleep(resource.seconds)
                self.wfile.write(body[1:])
            except OSError:
                pass  # whoever asked has gone
            finally:
                with site.lock:
                    site.open_now -= 1

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site.url = f"http{'s' if context else ''}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
