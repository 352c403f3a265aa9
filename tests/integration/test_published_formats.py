"""Real workbooks, Word files, web pages and texts: every number that they show is a line item or a serial number."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from openpyxl.utils import column_index_from_string
from support.common import CORPUS

from extractor.pipeline import read_document
from extractor.source.source import read_source
from extractor.vocabulary.vocabulary import Vocabulary

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?%?")

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


def numbers_of(texts: Iterator[str]) -> Counter[Decimal]:
    plain = ("".join(text.split()) for text in texts)
    return Counter(Decimal(t.replace(",", "").rstrip("%")) for t in plain if NUMBER.fullmatch(t))


def items_of(path: Path, vocabulary: Vocabulary) -> Counter[Decimal]:
    document = read_document(read_source(path), vocabulary)
    assert document.status == "ok"
    return Counter(item.value for item in document.items)


def missing(path: Path, shown: Counter[Decimal], vocabulary: Vocabulary) -> list[Decimal]:
    """Return the numbers shown that no line item carries."""
    return sorted((shown - items_of(path, vocabulary)).elements())


class Cells(HTMLParser):
    """Collects the texts of table cells, by other code than the reader's."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in ("td", "th"):
            self.inside = True
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data


def shown_by(sheet: Any) -> Iterator[Decimal]:
    """Yield the numbers in shown rows and columns of a sheet's print area, rounded as their formats say."""
    hidden = {c for d in sheet.column_dimensions.values() if d.hidden for c in range(d.min, d.max + 1)}
    areas = re.findall(r"\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+)", sheet.print_area or "")
    for cell in sheet._cells.values():
        if not isinstance(cell.value, int | float) or cell.column in hidden or sheet.row_dimensions[cell.row].hidden:
            continue
        if areas and not any(
            column_index_from_string(left) <= cell.column <= column_index_from_string(right)
            and int(top) <= cell.row <= int(bottom)
            for left, top, right, bottom in areas
        ):
            continue
        if cell.value == 0 and ('"-"' in cell.number_format or sheet.sheet_view.showZeros is False):
            continue
        value = Decimal(repr(cell.value)) * (100 if "%" in cell.number_format else 1)
        decimals = re.search(r"0\.(0+)", cell.number_format)
        if cell.number_format != "General":
            value = value.quantize(Decimal(1).scaleb(-len(decimals[1]) if decimals else 0), ROUND_HALF_UP)
        yield value


def test_a_workbook_of_54_sheets(vocabulary: Vocabulary) -> None:
    path = CORPUS / "formats" / "lijiang_2025_budget_attachment.xlsx"
    book = openpyxl.load_workbook(path, data_only=True)
    shown = Counter(value for sheet in book.worksheets for value in shown_by(sheet))
    assert len(book.worksheets) == 54
    assert sum(shown.values()) == 11_254
    # Four tables number their rows: 6, 62, 19, and 2 + 1 + 2 rows. Nothing else is missing.
    assert len(missing(path, shown, vocabulary)) <= 92
    assert all(value <= 62 for value in missing(path, shown, vocabulary))


def test_a_word_file_of_13_tables_in_five(vocabulary: Vocabulary) -> None:
    path = CORPUS / "formats" / "chengde_2025_budget_report.docx"
    with zipfile.ZipFile(path) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    shown = numbers_of("".join(t.text or "" for t in cell.iter(f"{W}t")) for cell in root.iter(f"{W}tc"))
    assert sum(shown.values()) == 600
    # 完成数 of the last table but one holds four numbers, which read like codes.
    assert len(missing(path, shown, vocabulary)) <= 4
    assert len(read_document(read_source(path), vocabulary).tables) == 13


def test_a_web_page_of_ten_tables(vocabulary: Vocabulary) -> None:
    path = CORPUS / "formats" / "changde_2025_budget_report.html"
    cells = Cells()
    cells.feed(path.read_text(encoding="utf-8"))
    shown = numbers_of(iter(cells.texts))
    assert sum(shown.values()) == 589
    assert missing(path, shown, vocabulary) == []


def test_a_text_whose_name_columns_are_lost(vocabulary: Vocabulary) -> None:
    (path,) = (CORPUS / "formats").glob("*.txt")
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line]
    cells = (cell.strip() for line in lines for cell in line.split("\t"))
    shown = numbers_of(cell for cell in cells if not re.fullmatch(r"\d{2,3}", cell))  # codes are parts of 2 or 3 digits
    assert sum(shown.values()) == 251
    assert missing(path, shown, vocabulary) == []
    document = read_document(read_source(path), vocabulary)
    assert len(document.tables) == 9
    assert not [c for c in document.checks if c.holds == "no"]


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_a_workbook_under_its_old_name(vocabulary: Vocabulary) -> None:
    (path,) = (CORPUS / "formats").glob("*.xls")
    assert read_source(path).kind == "xlsx"
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True)
    shown = Counter(value for sheet in book.worksheets for value in shown_by(sheet))
    assert sum(shown.values()) == 16
    assert missing(path, shown, vocabulary) == []


def test_error_and_listing_pages_are_no_documents(vocabulary: Vocabulary) -> None:
    paths = [p for folder in ("not-pdf", "listing-pages") for p in sorted((CORPUS / folder).iterdir())]
    assert len(paths) == 16
    for path in paths:
        document = read_document(read_source(path), vocabulary)
        assert (document.kind, document.status) == ("html", "not_a_document")
        assert "without a table of amounts" in document.reason
