"""Which documents are measured: of each kind those with the smallest SHA-256, so that nobody has chosen them.

python scripts/bench_lists.py LIMIT: prints them, at most so many of a kind.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from bench_kinds import KINDS, Kind

from extractor.errors import DocumentError
from extractor.grids.readers import read_layouts
from extractor.pages.pdfium import initialise, open_pdf, read_hints, read_page
from extractor.pages.scan import lacks_text
from extractor.source.source import Source, read_source


def draw(kind: Kind, limit: int) -> list[Source]:
    """Return the documents of a kind with the smallest SHA-256, at most so many; none where its folders are not there."""
    return [
        *islice((source for source in by_hash(_files(kind.folders)) if _is_of(kind, source)), min(limit, kind.most))
    ]


def by_hash(files: Iterable[Path]) -> Iterator[Source]:
    """Yield files in the order of their SHA-256, one for each content."""
    digests = {read_source(file).sha256: file for file in files}
    return (read_source(file) for _, file in sorted(digests.items()))


def _files(folders: Iterable[Path]) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def _is_of(kind: Kind, source: Source) -> bool:
    """Return whether a document is of a kind, and can be read."""
    if source.kind not in kind.formats:
        return False
    try:
        if source.kind != "pdf":
            return bool(read_layouts(source).layouts)
        pictures, pages = _pictures(source)
    except DocumentError:
        return False
    return 2 * pictures > pages if kind.scanned else not pictures


def _pictures(source: Source) -> tuple[int, int]:
    """Return how many pages of a PDF have to be recognised, and how many it has."""
    initialise()
    hints = read_hints(source.data)
    with open_pdf(source.data, source.name) as document:
        pages = [read_page(document, number, hints) for number in range(1, len(document) + 1)]
    return sum(map(lacks_text, pages)), len(pages)


def main(limit: int) -> None:
    drawn = {kind.name: [(source.sha256, source.path) for source in draw(kind, limit)] for kind in KINDS}
    print(json.dumps(drawn))


if __name__ == "__main__":
    main(int(sys.argv[1]))
