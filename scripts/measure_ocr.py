"""Read scans, drawn and real, and print what is read right, what the engine was sure of, and the seconds a page takes.

Real ones are those of the shared corpus whose amounts were typed in from the picture.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.scan_maker import SANS, Scanner, scan  # noqa: E402 - the tests draw scans
from typed_scans import CORPUS, ReadFigure, find_scans, read_truth, score_scans  # noqa: E402

from extractor.checks.unsure import SURE  # noqa: E402
from extractor.grids.geometry.layout import read_layout  # noqa: E402
from extractor.notation.text import clean  # noqa: E402
from extractor.pages.ocr import load_recogniser, read_picture  # noqa: E402
from extractor.pages.pdfium import initialise, open_pdf, read_page  # noqa: E402
from extractor.pages.scan import MIN_DPI  # noqa: E402
from extractor.pipeline import read_document  # noqa: E402
from extractor.source.source import read_source  # noqa: E402
from extractor.vocabulary.config import Config  # noqa: E402
from extractor.vocabulary.vocabulary import compile_vocabulary  # noqa: E402

SAMPLE, DRAWN_PAGE = ROOT / "samples" / "shanghai-2026-unit.pdf", 4


# From a good scan to one that nobody should make.
SCANNERS = (
    Scanner(skew=1.3, noise=12, seal=True),
    Scanner(dpi=150, noise=15, blur=0.8),
    Scanner(dpi=120, noise=15, blur=0.8),
    Scanner(dpi=100, noise=10, blur=0.8, font=SANS),
)


def measure_drawn() -> None:
    """Print, for drawn scans, how many figures are read wrong, and how many of them the engine was sure of."""
    with open_pdf(SAMPLE.read_bytes(), SAMPLE.name) as document:
        page = read_page(document, DRAWN_PAGE)
    printed = [clean(c.text) for g in read_layout(page).grids for c in g.cells]
    for scanner in SCANNERS:
        scale = max(1.0, MIN_DPI / scanner.dpi)
        drawn = cv2.resize(scan(page, scanner), None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        picture = np.asarray(drawn, dtype=np.uint8)
        cells = [c for g in read_layout(read_picture(picture, 1, scale * scanner.dpi)).grids for c in g.cells]
        if len(cells) != len(printed):
            print(f"{scanner}: {len(cells)} cells, not {len(printed)}")
            continue
        pairs = [(t, c) for t, c in zip(printed, cells, strict=True) if re.search(r"\d", t + c.text)]
        wrong = [c for text, c in pairs if clean(c.text).replace(",", "") != text.replace(",", "")]
        sure = sum((c.confidence or 0.0) >= SURE for c in wrong)
        doubted = sum((c.confidence or 0.0) < SURE for _, c in pairs) - (len(wrong) - sure)
        print(
            f"{scanner}: of {len(pairs)} figures {len(wrong)} wrong, {sure} of them sure; {doubted} right and not sure"
        )


def main() -> int:
    """Print a line a document and the score of all."""
    initialise()
    load_recogniser()
    measure_drawn()
    if not CORPUS.is_dir():
        print("scans not measured: ../shared is not there")
        return 0
    truth, vocabulary = read_truth(), compile_vocabulary(Config.read())
    figures: list[ReadFigure] = []
    seconds, pages = 0.0, 0
    for path in find_scans(set(truth)):
        source = read_source(path)
        begun = time.process_time()
        document = read_document(source, vocabulary)
        spent = time.process_time() - begun
        figures += [
            ReadFigure(source.sha256, i.page, i.amount_text, document.verdicts[i.item_id]) for i in document.items
        ]
        seconds, pages = seconds + spent, pages + document.pages_ocr
        each = spent / max(1, document.pages_ocr)
        print(f"{path.name}: {document.status}, {document.pages_ocr} pages, {each:.2f} s of processor time a page")
        if document.reason:
            print(f"  {document.reason}")
    print(score_scans(figures, truth))
    print(f"{seconds / pages:.2f} s of processor time a page over {pages} scanned pages, on one thread")
    return 0


if __name__ == "__main__":
    sys.exit(main())
