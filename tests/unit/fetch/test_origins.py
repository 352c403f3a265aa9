"""Where a file of a run was published: by the ledger of its folder, here or at a URL, and of no other file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from extractor.errors import DatasetError
from extractor.fetch.ledger import LEDGER, Entry, Ledger
from extractor.fetch.origins import Origins
from extractor.filesystem import Place, open_place
from extractor.source.source import NO_ORIGIN, Origin

NIGHT = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
SHA = "ab" * 32
ENTRY = Entry(
    *("wuxi", "320200", "https://a.cn/1.pdf", "https://a.cn/", "预算", "公开", None, NIGHT, NIGHT),
    *(200, None, None, None, SHA, 9, "pdf", f"ab/{SHA}.pdf"),
)
AGAIN = replace(ENTRY, url="https://a.cn/2.pdf", published=date(2026, 3, 1))


def here(folder: Path, name: str) -> Path | Place:
    return folder / name


def at_a_url(folder: Path, name: str) -> Path | Place:
    return open_place(f"file://{folder}/{name}")


def ledger(folder: Path, *entries: Entry) -> None:
    written = Ledger(folder)
    for entry in entries:
        written.record(entry)
    written.save()


@pytest.mark.parametrize("place", [here, at_a_url])
def test_a_file_is_from_where_its_content_was_published_first(
    tmp_path: Path, place: Callable[[Path, str], Path | Place]
) -> None:
    ledger(tmp_path, ENTRY, AGAIN)
    assert Origins().of(place(tmp_path, f"ab/{SHA}.pdf")) == Origin("https://a.cn/1.pdf", "2026-03-01", "320200")


@pytest.mark.parametrize("place", [here, at_a_url])
def test_a_file_without_a_ledger_is_from_nowhere(tmp_path: Path, place: Callable[[Path, str], Path | Place]) -> None:
    assert Origins().of(place(tmp_path, f"ab/{SHA}.pdf")) == NO_ORIGIN


@pytest.mark.parametrize("name", ["预算.pdf", f"ab/{'cd' * 32}.pdf", f"{SHA}.pdf"])
def test_a_file_that_no_fetch_has_kept_is_from_nowhere(tmp_path: Path, name: str) -> None:
    ledger(tmp_path, ENTRY)
    assert Origins().of(tmp_path / name) == NO_ORIGIN


def test_a_content_of_two_regions_hints_at_none(tmp_path: Path) -> None:
    ledger(tmp_path, ENTRY, replace(AGAIN, source="suzhou", region="320500"))
    assert Origins().of(tmp_path / "ab" / f"{SHA}.pdf").region_code is None


def test_a_damaged_ledger_is_told(tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_bytes(b"no")
    with pytest.raises(DatasetError, match="cannot be read as a ledger"):
        Origins().of(tmp_path / "ab" / f"{SHA}.pdf")


def test_a_content_is_superseded_where_one_of_its_addresses_has_another_and_the_other_gives_nothing(
    tmp_path: Path,
) -> None:
    ledger, later = Ledger(tmp_path), "cd" * 32
    next_night = {"checked_at": NIGHT + timedelta(days=1)}
    gone = replace(ENTRY, status=404, sha256=None, file=None, **next_night)
    for entry in (ENTRY, AGAIN, gone, replace(AGAIN, sha256=later, **next_night)):
        ledger.record(entry)
    ledger.save()
    kept = Origins().kept(tmp_path / SHA[:2] / f"{SHA}.pdf")
    assert kept is not None and (kept.successors, kept.gone) == ((later,), False)
