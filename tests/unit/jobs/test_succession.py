"""What a run makes of documents that it finds replaced, gone or back at the address of a fetch."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from extractor.datasets.history import NEW, History
from extractor.datasets.store import KnownDocument
from extractor.fetch.ledger import Entry, Ledger
from extractor.fetch.origins import Kept, Origins
from extractor.jobs.succession import Looked, changes

OLD, NEWER = "a" * 64, "b" * 64


def known(history: History = NEW, status: str = "ok") -> KnownDocument:
    return KnownDocument("downloads/aa/x.pdf", "https://example.gov.cn/a.pdf", status, "0.1.0", "hash", history)


def of_ledger(folder: Path, *outcomes: tuple[str | None, int]) -> dict[str, Kept]:
    """Return what a ledger says of its files, whose one link gave these contents and statuses one after the other."""
    folder.mkdir(exist_ok=True)
    ledger = Ledger(folder)
    for number, (sha256, status) in enumerate(outcomes):
        moment = datetime(2026, 11, 1 + number, tzinfo=UTC)
        link = ("city", "350100", "https://example.gov.cn/a.pdf", None, None, None, None)
        ledger.record(Entry(*link, moment, moment, status, sha256=sha256))
    ledger.save()
    origins = Origins()
    files = {s: folder / s[:2] / f"{s}.pdf" for s, _ in outcomes if s is not None}
    return {s: kept for s, file in files.items() if (kept := origins.kept(file)) is not None}


def looked(kept: dict[str, Kept]) -> Looked:
    return Looked(at={f"downloads/{i[:2]}/x.pdf": i for i in kept}, kept=kept)


def test_what_an_address_gives_now_supersedes_what_it_gave_before(tmp_path: Path) -> None:
    kept = of_ledger(tmp_path, (OLD, 200), (NEWER, 200))
    assert changes({OLD: known(), NEWER: known()}, {}, looked(kept)).superseded == {OLD: NEWER}


def test_what_cannot_be_read_supersedes_nothing(tmp_path: Path) -> None:
    kept = of_ledger(tmp_path, (OLD, 200), (NEWER, 200))
    assert changes({OLD: known(), NEWER: known(status="crash")}, {}, looked(kept)).superseded == {}


def test_a_correction_that_is_taken_back_stands_no_more(tmp_path: Path) -> None:
    kept = of_ledger(tmp_path, (OLD, 200), (NEWER, 200), (OLD, 200))
    before = {OLD: known(NEW._replace(superseded_by=NEWER)), NEWER: known()}
    assert changes(before, {}, looked(kept)).superseded == {OLD: None, NEWER: OLD}


def test_an_address_that_gives_nothing_any_more_retires_its_document(tmp_path: Path) -> None:
    kept = of_ledger(tmp_path, (OLD, 200), (None, 404))
    assert changes({OLD: known()}, {}, looked(kept)).retired == {OLD: True}
    again = {OLD: known(NEW._replace(retired=True))}
    assert changes(again, {}, looked(kept)).retired == {}
    back = of_ledger(tmp_path / "again", (OLD, 200), (None, 404), (OLD, 200))
    assert changes(again, {}, looked(back)).retired == {OLD: False}
