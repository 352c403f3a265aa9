"""Other readers, for `bench.py`: read documents with one of them in this process, and print with how many of them it fails.

python scripts/bench_readers.py READER PATH …
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path


def read_pdfium(path: Path) -> None:
    import pypdfium2  # noqa: PLC0415

    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            page.get_textpage().close()
            page.close()


def read_pdfplumber(path: Path) -> None:
    import pdfplumber  # noqa: PLC0415

    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_tables()
            page.close()


def read_camelot(path: Path) -> None:
    import camelot.io  # noqa: PLC0415

    options = {"engine": "vector", "split_text": True, "layout_kwargs": {"boxes_flow": None}}
    camelot.io.read_pdf(str(path), pages="all", flavor="lattice", suppress_stdout=True, **options)


def read_tabula(path: Path) -> None:
    from tabula.io import read_pdf  # noqa: PLC0415

    read_pdf(path, pages="all", lattice=True, silent=True)


def read_docling(path: Path) -> None:
    from docling_parse.pdf_parser import DoclingPdfParser  # noqa: PLC0415

    document = DoclingPdfParser().load(path)
    for _ in document.iterate_pages():
        pass
    document.unload()


def read_rapidocr(path: Path) -> None:
    import pypdfium2  # noqa: PLC0415
    from rapidocr import RapidOCR  # noqa: PLC0415

    one = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    recognise = RapidOCR(params={"Global.log_level": "critical", **one})
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            recognise(page.render(scale=200 / 72).to_numpy())
            page.close()


def read_excel(path: Path) -> None:
    import pandas as pd  # noqa: PLC0415

    pd.read_excel(path, sheet_name=None, header=None)


def read_html(path: Path) -> None:
    import pandas as pd  # noqa: PLC0415

    pd.read_html(path, flavor="lxml")


READERS: dict[str, Callable[[Path], None]] = {
    "PDFium, load page and text page": read_pdfium,
    "pdfplumber, extract_tables": read_pdfplumber,
    "camelot, lattice, vector engine": read_camelot,
    "tabula-py, lattice": read_tabula,
    "docling-parse, characters and lines": read_docling,
    "RapidOCR, whole pages": read_rapidocr,
    "pandas, read_excel": read_excel,
    "pandas, read_html": read_html,
}


def main(reader: str, paths: Sequence[str]) -> None:
    failed = 0
    for path in paths:
        try:
            READERS[reader](Path(path))
        except ImportError:
            raise
        except Exception:  # each has exceptions of its own
            failed += 1
    print(failed)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
