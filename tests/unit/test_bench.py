"""What the benchmark reads is drawn by hash, and what it prints follows from what was measured."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from bench import DOCUMENTS, FLOOR, PAGES, ROUNDS, THIS, Round, comparison, repeat_pages, shares, written_by
from bench_kinds import PDF, Kind
from bench_lists import by_hash, draw
from bench_processes import Taken
from PIL import Image
from pypdfium2 import PdfDocument
from support.common import SAMPLES

SAMPLE = SAMPLES / "shanghai-2024-final-accounts.pdf"


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_files_come_in_the_order_of_their_hashes_and_each_content_once(tmp_path: Path) -> None:
    for name, content in (("a", "1"), ("b", "2"), ("c", "3"), ("d", "2")):
        (tmp_path / name).write_text(content)
    found = [source.data.decode() for source in by_hash(tmp_path.iterdir())]
    assert found == sorted("123", key=lambda content: hashlib.sha256(content.encode()).hexdigest())


def test_scans_are_drawn_apart(tmp_path: Path) -> None:
    (tmp_path / "printed.pdf").write_bytes(SAMPLE.read_bytes())
    Image.new("L", (595, 842), 128).save(tmp_path / "scan.pdf")
    printed = Kind("Printed", (tmp_path,), PDF, ())
    assert [source.name for source in draw(printed, 9)] == ["printed.pdf"]
    assert [source.name for source in draw(printed._replace(scanned=True), 9)] == ["scan.pdf"]
    assert draw(printed, 0) == []


def test_documents_drawn_are_those_with_the_smallest_hashes() -> None:
    smallest = sorted(map(digest_of, SAMPLES.glob("*.pdf")))[:2]
    assert [source.sha256 for source in draw(Kind("Samples", (SAMPLES,), PDF, ()), 2)] == smallest


def test_a_row_has_the_least_of_each_readers_rounds_and_ratios_to_the_base_and_the_floor() -> None:
    found = {
        THIS: [Round(Taken(3.0, 4.0, 90), 0), Round(Taken(2.0, 5.0, 80), 0)],
        "base": [Round(Taken(12.0, 10.0, 70), 1)],
        "other": [],
        FLOOR: [Round(Taken(0.5, 0.4, 30), 0)],
    }
    rows = comparison(found, "base", 100)
    assert "base = 1" in rows[0]
    assert rows[2:] == [
        f"| {THIS} | 2.0 | 4.0 | 40.0 | 6.0 / 2.5 | 4.0 / 10.0 | 90 | 0 |",
        "| base | 12.0 | 10.0 | 100.0 | 1.0 / 1.0 | 24.0 / 25.0 | 70 | 1 |",
        "| other | not installed | | | | | | |",
        f"| {FLOOR} | 0.5 | 0.4 | 4.0 | 24.0 / 25.0 | 1.0 / 1.0 | 30 | 0 |",
        "",
    ]


def test_shares_are_of_the_whole_job_and_what_no_stage_took_is_the_parents() -> None:
    rounds = [Round(Taken(9.0, 10.0, 1), 0, {"stages": {"layouts": 5.0, "judging": 2.0}})]
    assert shares(rounds, 2.0) == "start-up 20 %, layouts 50 %, judging 20 %, parent 10 %"


def test_pages_are_repeated_until_there_are_as_many_as_asked(tmp_path: Path) -> None:
    repeat_pages(SAMPLE, 40, tmp_path / "long.pdf")
    with PdfDocument(tmp_path / "long.pdf") as document:
        assert len(document) == 40


def test_a_run_of_less_says_what_it_left_out() -> None:
    whole = argparse.Namespace(documents=sys.maxsize, pages=PAGES, growth=DOCUMENTS, rounds=ROUNDS, out=Path("b.md"))
    assert written_by(whole) == "`make bench`"
    less = argparse.Namespace(**vars(whole) | {"rounds": 2, "growth": [10, 100]})
    assert written_by(less) == "`scripts/bench.py --growth 10 100 --rounds 2`"
