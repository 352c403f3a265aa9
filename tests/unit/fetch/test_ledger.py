"""The ledger: a row for each thing that a link gave, and nothing lost when a run is killed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from extractor.errors import DatasetError
from extractor.fetch.ledger import JOURNAL, LEDGER, Entry, Ledger, read_entries

NIGHT = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
FIRST = Entry(
    *("wuxi", "320200", "https://a.cn/1.pdf", "https://a.cn/", "预算", "公开", date(2026, 3, 1), NIGHT, NIGHT),
    *(200, None, '"1"', None, "a" * 64, 9, "pdf", f"aa/{'a' * 64}.pdf"),
)
LATER = NIGHT + timedelta(days=1)


def test_a_link_that_gives_the_same_keeps_its_row(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.record(FIRST)
    assert not ledger.record(replace(FIRST, fetched_at=LATER, checked_at=LATER, etag='"2"'))
    ledger.save()
    assert read_entries(tmp_path) == [replace(FIRST, checked_at=LATER, etag='"2"')]


def test_a_link_that_gives_something_else_has_another_row_and_keeps_its_file(tmp_path: Path) -> None:
    gone = Entry("wuxi", None, FIRST.url, None, None, None, None, LATER, LATER, 404, "answers 404")
    ledger = Ledger(tmp_path)
    ledger.record(FIRST)
    assert ledger.record(gone)
    assert ledger.latest("wuxi", FIRST.url) == gone
    assert ledger.kept("wuxi", FIRST.url) == FIRST
    ledger.save()
    assert read_entries(tmp_path) == [FIRST, gone]


def test_a_link_that_gives_again_what_it_gave_before_has_a_row_for_each_time(tmp_path: Path) -> None:
    busy = Entry("wuxi", None, FIRST.url, None, None, None, None, LATER, LATER, 503, "answers 503")
    back = replace(FIRST, checked_at=LATER + timedelta(days=1))
    ledger = Ledger(tmp_path)
    for entry in (FIRST, busy, back):
        ledger.record(entry)
    ledger.save()
    assert read_entries(tmp_path) == [FIRST, busy, replace(back, fetched_at=back.checked_at)]
    assert Ledger(tmp_path).latest("wuxi", FIRST.url) == replace(back, fetched_at=back.checked_at)


def test_a_killed_run_loses_no_row_that_it_wrote(tmp_path: Path) -> None:
    Ledger(tmp_path).record(FIRST)
    with (tmp_path / JOURNAL).open("a", encoding="utf-8") as journal:
        journal.write('{"source": "wuxi", "url": "https://a.cn/2.p')  # the machine stopped here
    assert read_entries(tmp_path) == [FIRST]
    Ledger(tmp_path)
    assert not (tmp_path / JOURNAL).exists()
    assert pq.read_table(tmp_path / LEDGER).num_rows == 1


def test_a_journal_that_was_written_into_the_ledger_already_changes_nothing(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.record(FIRST)
    journal = (tmp_path / JOURNAL).read_bytes()
    ledger.save()
    (tmp_path / JOURNAL).write_bytes(journal)
    assert read_entries(tmp_path) == [FIRST]


def test_a_damaged_ledger_is_told_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_bytes(b"PAR1 no")
    with pytest.raises(DatasetError, match="cannot be read as a ledger"):
        Ledger(tmp_path)
    assert (tmp_path / LEDGER).read_bytes() == b"PAR1 no"
