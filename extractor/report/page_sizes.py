"""How large pages are, and how they are turned: told by what reads them, in a process that reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from extractor.pages.pdfium import initialise, open_pdf, read_page


class PageSize(NamedTuple):
    """A page's number, 1-based, by how many degrees it is turned beyond its /Rotate, and its size in points after that."""

    number: int
    turned: int
    width: float
    height: float


def page_sizes(data: bytes, name: str, numbers: Sequence[int]) -> bytes:
    """Return a `PageSize` of each of those pages that there are, as JSON.

    Args:
        data: The PDF.
        name: The document's name in error messages.
        numbers: The pages, 1-based.

    Raises:
        DocumentError: They cannot be read.
    """
    initialise()
    with open_pdf(data, name) as document:
        pages = [read_page(document, number) for number in numbers if number <= len(document)]
    return json.dumps([PageSize(p.number, p.turned, p.width, p.height) for p in pages]).encode()
