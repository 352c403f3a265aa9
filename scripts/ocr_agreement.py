"""Draw amounts of datasets at random, recognise the picture of each one's cell, and print those that differ.

python scripts/ocr_agreement.py [DATASET ...] [--amounts N] [--seed N] [--pictures FOLDER]

The second route shares nothing with the first but the cell's place: the page is drawn, and the text layer is not looked at
but for which way is up. Whose fault a difference is, the picture tells: it is for a person to look at.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import pyarrow.dataset as ds
import pypdfium2 as pdfium

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from extractor.pages.image_rulings import text_lines_in, without_red  # noqa: E402
from extractor.pages.ocr import read_lines  # noqa: E402
from extractor.pages.pdfium import quarter_turns  # noqa: E402
from extractor.source.source import Source, read_sources  # noqa: E402

DPI = 300
INSET = 1.2  # points: within the cell's rules
SIGNS = str.maketrans({"－": "-", "−": "-", "—": "-", "–": "-", "（": "(", "）": ")", "，": ",", "．": ".", "。": "."})


class Amount(NamedTuple):
    """One amount: its document, place and text."""

    path: str
    page: int
    box: tuple[float, float, float, float]
    text: str


def amounts_of(dataset: Path) -> Iterator[Amount]:
    """Yield the amounts that were read from the text of PDFs, with places."""
    documents = ds.dataset(dataset / "documents").to_table(columns=["document_id", "path", "kind"]).to_pylist()
    paths = {row["document_id"]: row["path"] for row in documents if row["kind"] == "pdf"}
    columns = ["document_id", "page", "x0", "top", "x1", "bottom", "amount_text", "reading"]
    items = ds.dataset(dataset / "line_items", partitioning="hive").to_table(columns=columns).to_pylist()
    for row in items:
        if row["document_id"] in paths and row["x0"] is not None and row["reading"] != "ocr":
            box = (row["x0"], row["top"], row["x1"], row["bottom"])
            yield Amount(paths[row["document_id"]], row["page"], box, row["amount_text"])


def data_of(path: str) -> bytes:
    """Return the bytes of a document, which may lie in an archive."""
    found = (s for s in read_sources(Path(path.partition("!")[0])) if isinstance(s, Source) and s.path == path)
    return next(found).data


def picture_of(page: Any, box: Sequence[float]) -> Any:
    """Return the picture of a cell, the page turned as the extractor turned it."""
    text_page = page.get_textpage()
    try:
        turned = 90 * quarter_turns(page, text_page)
    finally:
        text_page.close()
    bitmap = page.render(scale=DPI / 72, rotation=turned, rev_byteorder=False)
    try:
        x0, top, x1, bottom = (round(side * DPI / 72) for side in box)
        return bitmap.to_numpy()[max(0, top) : bottom, max(0, x0) : x1, :3].copy()
    finally:
        bitmap.close()


def recognised(picture: Any) -> str:
    """Return what a cell's picture says, its lines one after the other."""
    inset = round(INSET * DPI / 72)
    grey = np.ascontiguousarray(without_red(picture)[inset:-inset, inset:-inset])
    if not grey.size or min(grey.shape) < 4:
        return ""
    lines = text_lines_in(grey, DPI, None)
    return "".join(char.text for line in read_lines(grey, lines, DPI) for char in line)


def digits_of(text: str) -> str:
    """Return a figure's digits, points and signs; separators of thousands are often too small to be recognised."""
    return re.sub(r"[^\d.()\-△▲%]", "", text.translate(SIGNS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", type=Path, default=[Path("out")])
    parser.add_argument("--amounts", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pictures", type=Path, help="where to put the cells that differ")
    options = parser.parse_args()
    amounts = sorted(amount for dataset in options.datasets for amount in amounts_of(dataset))
    chosen = sorted(random.Random(options.seed).sample(amounts, min(options.amounts, len(amounts))))
    differing = 0
    for number, amount in enumerate(chosen, 1):
        with pdfium.PdfDocument(data_of(amount.path)) as document:
            picture = picture_of(document[amount.page - 1], amount.box)
        read = recognised(picture)
        if digits_of(read) != digits_of(amount.text):
            differing += 1
            print(f"{number}: {amount.text} is recognised as {read}: {amount.path} page {amount.page}", flush=True)
            if options.pictures:
                options.pictures.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(options.pictures / f"{number}.png"), picture)
    print(f"{len(chosen)} amounts, {len(chosen) - differing} recognised the same, {differing} to look at")


if __name__ == "__main__":
    main()
