"""Serve a report on this machine alone, with pictures of pages that are drawn when a page is first asked for."""

from __future__ import annotations

import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import unquote, urljoin, urlsplit

from extractor.errors import StorageError, UsageError
from extractor.filesystem import why
from extractor.report.original import Missing, link_to
from extractor.report.wording import DatasetRow
from extractor.report.write import FINDINGS, INDEX, SEARCH, Report

LOOPBACK = "127.0.0.1"
_PICTURE = re.compile(r"pictures/[0-9a-f]{16}-[0-9]+\.webp")
_ROOT = "http://report/"


class ReportServer(ThreadingHTTPServer):
    """A server of one report; it answers this machine alone, and only for names that the report has."""

    daemon_threads = True

    def __init__(self, report: Report, port: int) -> None:
        """Listen on a port of the loopback interface; 0 takes one that is free.

        Raises:
            UsageError: The port cannot be used.
        """
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except OSError as error:
            raise UsageError(
                f"port {port}: cannot be used ({why(error)}); expected a free one: give another --port"
            ) from error
        self.report, self.lock = report, Lock()
        self.hosts = {f"{name}:{self.server_port}" for name in (LOOPBACK, "localhost")}
        # Where a browser looks for the originals that the pages link to.
        self.originals: dict[str, DatasetRow] = {}
        for document in report.documents.values():
            if link := link_to(document, report.out):
                self.originals[unquote(urlsplit(urljoin(_ROOT, link)).path)] = document

    @property
    def url(self) -> str:
        """The address of the index."""
        return f"http://{LOOPBACK}:{self.server_port}/{INDEX}"

    def content(self, path: str) -> tuple[str, bytes] | None:
        """Return the type and the bytes of what a path names; None for all that the report does not have."""
        name = path.removeprefix("/") or INDEX
        if name in self.report.documents:
            with self.lock:
                self.report.write_document(name, with_pictures=True)
        elif path in self.originals:
            with self.lock:
                source = self.report.original(self.originals[path])
            return None if isinstance(source, Missing) else ("application/pdf", source.data)
        elif name not in (INDEX, FINDINGS, SEARCH) and not _PICTURE.fullmatch(name):
            return None
        kind = "image/webp" if name.endswith(".webp") else "text/html; charset=utf-8"
        try:
            return kind, (self.report.out / name).read_bytes()
        except FileNotFoundError:
            return None


class _Handler(BaseHTTPRequestHandler):
    server: ReportServer

    def do_GET(self) -> None:
        """Answer with a page, a picture or an original."""
        if (
            self.headers.get("Host") not in self.server.hosts
        ):  # a page elsewhere whose name was made to mean this machine
            return self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        try:
            found = self.server.content(unquote(urlsplit(self.path).path))
        except StorageError as error:
            return self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, str(error).encode("ascii", "replace").decode())
        if found is None:
            return self.send_error(HTTPStatus.NOT_FOUND)
        self.send_response(HTTPStatus.OK)
        for name, value in (
            ("Content-Type", found[0]), ("Content-Length", str(len(found[1]))), ("Cache-Control", "no-cache"),
            ("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(found[1])
        return None

    def log_message(self, *_: object) -> None:
        """Say nothing: a path may hold what moves a terminal's cursor."""
