"""Every sample against its golden text; `--update-golden` rewrites them, but not in CI."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.common import ROOT, SAMPLES

from extractor.pages import pdfium_calls
from extractor.pages.pdfium import open_pdf, read_page
from extractor.pipeline import read_document
from extractor.records.item import LineItem
from extractor.source.source import read_source
from extractor.tables.table import Table
from extractor.vocabulary.vocabulary import Vocabulary

GOLDEN = Path(__file__).parent / "golden"


def table_text(table: Table) -> str:
    place = f"p.{table.first_page}-{table.last_page}"
    return f"[{table.table_type}] {table.title} {place} {table.unit} {table.agency}"


def item_text(item: LineItem, verdict: str) -> str:
    place = f"{item.table_id[-3:]} p{item.page} r{item.row} c{item.column}"
    meaning = f"{item.code or '-'} {item.numbering}{item.label or '-'} {item.side or '-'} {item.measure} {item.phase}"
    return f"{place} | {meaning} | {item.amount_text} {item.unit} = {item.amount} | {verdict}"


def text_of(path: Path, vocabulary: Vocabulary) -> str:
    document = read_document(read_source(path), vocabulary)
    lines = [f"{document.status} {document.facts}"]
    lines += map(table_text, document.tables)
    lines += [item_text(item, document.verdicts[item.item_id]) for item in document.items]
    lines += [f"{c.rule} {c.holds}: {c.statement}" for c in document.checks if c.holds != "exact"]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.pdf")), ids=lambda p: p.stem)
def test_sample_reads_as_its_golden(path: Path, vocabulary: Vocabulary, request: pytest.FixtureRequest) -> None:
    golden = GOLDEN / f"{path.stem}.txt"
    found = text_of(path, vocabulary)
    if request.config.getoption("--update-golden"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


def test_samples_are_as_typeset() -> None:
    script = ROOT / "scripts" / "typeset_samples.py"
    assert subprocess.run([sys.executable, str(script), "--check"], check=False).returncode == 0


def test_paths_are_the_same_asked_for_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pdfium_calls._IN_A_ROW
    with open_pdf((SAMPLES / "shanghai-2026-unit.pdf").read_bytes(), "sample") as document:
        pages = [read_page(document, number + 1) for number in range(len(document))]
        monkeypatch.setattr(pdfium_calls, "_IN_A_ROW", False)
        assert any(page.rules for page in pages)
        assert [read_page(document, page.number).rules for page in pages] == [page.rules for page in pages]
