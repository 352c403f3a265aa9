"""The original file of a document: a link to it for browsers, and its bytes where they are still those that were read."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from extractor.errors import DocumentError, StorageError, UsageError
from extractor.filesystem import find_file, is_url
from extractor.jobs.opener import Opener
from extractor.report.wording import DatasetRow
from extractor.source.source import Source

_WEB = re.compile(r"https?://[^\s<>\"\\]+", re.IGNORECASE)
# A dataset may come from a stranger: of other URLs it would choose the server, and with which of our keys it is asked.
_PLAIN_URL = re.compile(r"(?:s3|gs|file)://[^?@]*")
MEMBER = "!/"  # between an archive and its member


class Missing(NamedTuple):
    """Why there is no original: a message with `{path}`."""

    message: str


def link_to(document: DatasetRow, out: Path) -> str:
    """Return a link to the original for a page in `out`; empty where no browser opens it.

    Pages and links are relative to each other, so that they may be moved together; a dataset cannot choose another scheme
    than http and https.
    """
    for place in filter(None, (document["source_url"], document["path"])):
        if _WEB.fullmatch(place):
            return quote(place, safe=":/?&=%+,;@~!$'()*[]")
    path = document["path"]
    if is_url(path) or MEMBER in path or "\0" in path:
        return ""
    return quote(os.path.relpath(path, out))  # the colon of a scheme is quoted too


def fragment(document: DatasetRow) -> str:
    """Return what comes between the link and a page's number: only viewers of PDF files know pages."""
    return "#page=" if document["kind"] == "pdf" else ""


def read_original(document: DatasetRow, opener: Opener) -> Source | Missing:
    """Return the original PDF, if it is where it was, and the same; else why there is none."""
    path = document["path"]
    if is_url(path) and not _PLAIN_URL.fullmatch(path):
        return Missing("The original file is at {path}, which a report does not open: page images are left out.")
    try:
        source = opener.read_whole(find_file(path))
    except (DocumentError, StorageError, UsageError):
        return Missing(
            "The original file can no longer be read at {path}: page images are left out; all figures are as read."
        )
    if source.sha256 != document["document_id"]:
        return Missing("The file at {path} has changed since it was read (other sha256): page images are left out.")
    if source.kind != "pdf":
        return Missing("Page images are made of PDF files alone, and {path} is none.")
    return source
