"""Read the scans of the shared corpus and print what is read of the typed amounts, and the seconds a page takes."""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from test_ocr_truth import CORPUS, find_scans, read_truth, score_of  # noqa: E402 - the tests know the truth

from extractor.config import Config  # noqa: E402
from extractor.pages.ocr import load_engine  # noqa: E402
from extractor.pipeline import read_document  # noqa: E402
from extractor.source.source import read_source  # noqa: E402


def main() -> int:
    """Print a line a document and the score of all."""
    if not CORPUS.is_dir():
        print("scans not measured: ../shared is not there")
        return 0
    load_engine()
    truth, config = read_truth(), Config.read()
    documents = {}
    seconds, pages = 0.0, 0
    for path in find_scans(set(truth)):
        source = read_source(path)
        begun = time.process_time()
        document = documents[source.sha256] = read_document(source, config)
        spent = time.process_time() - begun
        seconds, pages = seconds + spent, pages + document.pages_ocr
        each = spent / max(1, document.pages_ocr)
        print(f"{path.name}: {document.status}, {document.pages_ocr} pages, {each:.2f} s of processor time a page")
        if document.reason:
            print(f"  {document.reason}")
    print(score_of(documents, truth))
    print(f"{seconds / pages:.2f} s of processor time a page over {pages} scanned pages, on one thread")
    return 0


if __name__ == "__main__":
    sys.exit(main())
