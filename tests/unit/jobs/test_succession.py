"""What a run makes of documents that it finds replaced, gone or back at the address of a fetch."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from extractor.datasets.history import NEW, History
from extractor.datasets.store import KnownDocument
from extractor.fetch.ledger import Entry, Ledger
from extractor.fetch.origins import Kept, Origins
from extractor.jobs.succession import Fate, Fetched, Looked, changes, fates, placeholder_id, superseded
from extractor.source.inputs import folders_of
from extractor.source.source import NO_ORIGIN

OLD, NEWER = "a" * 64, "b" * 64


def known(history: History = NEW, status: str = "ok") -> KnownDocument:
    return KnownDocument("downloads/aa/x.pdf", status, "0.1.0", "hash", history)


def at_path(path: str, history: History = NEW, status: str = "ok") -> KnownDocument:
    return known(history, status)._replace(path=path)


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
    files = {i: f"downloads/{i[:2]}/x.pdf" for i in kept}
    found = [Fetched(i, files[i], "", said) for i, said in kept.items()]
    return Looked(at={file: i for i, file in files.items()}, fates=fates(found, ()))


def test_what_an_address_gives_now_supersedes_what_it_gave_before(tmp_path: Path) -> None:
    kept = of_ledger(tmp_path, (OLD, 200), (NEWER, 200))
    assert changes({OLD: known(), NEWER: known()}, {}, looked(kept)).superseded == {OLD: NEWER}


def test_what_cannot_be_read_supersedes_nothing(tmp_path: Path) -> None:
    kept = of_ledger(tmp_path, (OLD, 200), (NEWER, 200))
    assert changes({OLD: known(), NEWER: known(status="crash")}, {}, looked(kept)).superseded == {}


def test_of_several_corrections_the_latest_that_can_be_read_supersedes(tmp_path: Path) -> None:
    kept = of_ledger(tmp_path, (OLD, 200), (NEWER, 200), ("c" * 64, 200))
    documents = {OLD: known(), NEWER: known(), "c" * 64: known(status="not_a_document")}
    assert changes(documents, {}, looked(kept)).superseded == {OLD: NEWER}


def test_a_document_that_is_read_again_stays_superseded_unless_it_is_back_at_its_path() -> None:
    documents = {OLD: at_path("p.pdf", NEW._replace(superseded_by=NEWER)), NEWER: at_path("p.pdf")}
    assert superseded(documents, {}, Looked(at={"archive/p.pdf": OLD, "p.pdf": NEWER})) == {}
    assert superseded(documents, {}, Looked(at={"p.pdf": OLD})) == {OLD: None, NEWER: OLD}


def test_a_content_that_may_still_be_at_another_path_is_not_superseded(tmp_path: Path) -> None:
    documents = {OLD: at_path("p.pdf"), NEWER: at_path("p.pdf")}
    copy = tmp_path / "q.pdf"
    copy.touch()
    duplicates = {str(copy): OLD}
    assert superseded(documents, duplicates, Looked(at={"p.pdf": NEWER})) == {}
    copy.unlink()
    assert superseded(documents, duplicates, Looked([str(tmp_path)], at={"p.pdf": NEWER})) == {OLD: NEWER}


def test_a_document_that_moved_is_superseded_at_its_new_path() -> None:
    documents = {OLD: at_path("gone/p.pdf"), NEWER: at_path("new/p.pdf")}
    assert superseded(documents, {"new/p.pdf": OLD}, Looked(["gone"], at={"new/p.pdf": NEWER})) == {OLD: NEWER}


def test_the_row_of_an_archive_that_opens_now_is_removed_and_one_of_this_run_is_not() -> None:
    row = placeholder_id("a.zip")
    opened = Looked(files=frozenset(["a.zip"]), at={"a.zip!/p.pdf": OLD})
    assert changes({row: at_path("a.zip", status="crash")}, {}, opened).removed == {row}
    opened.unread.add("a.zip")
    assert changes({row: at_path("a.zip", status="crash")}, {}, opened).removed == set()


def test_in_the_working_folder_files_are_looked_for_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Looked(["."]).misses("gone.pdf")
    assert not Looked(["."]).misses("/elsewhere/gone.pdf")


def test_a_file_that_is_not_named_again_is_not_retired_and_one_that_its_folder_lacks_is(tmp_path: Path) -> None:
    named, gone = str(tmp_path / "named.pdf"), str(tmp_path / "gone.pdf")
    documents = {OLD: at_path(gone), NEWER: at_path(named)}

    def retired(*arguments: str) -> dict[str, bool]:
        looked = Looked(folders_of(arguments), frozenset([named]), at={named: NEWER})
        return dict(changes(documents, {}, looked).retired)

    assert retired(named) == {}  # by a person, or by a shell for *.pdf
    assert retired(str(tmp_path)) == {OLD: True}
    assert retired(str(tmp_path / "*.pdf")) == {OLD: True}  # in quotes: the run looks through the folder itself


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


def in_archives(kept: dict[str, Kept], members: dict[str, dict[str, str]], unread: str = "") -> dict[str, Fate]:
    """Return what became of the members of archives, given content of an archive → path in it → document id."""
    found = [Fetched(i, f"{a}.zip", path, kept[a]) for a, within in members.items() for path, i in within.items()]
    return fates(found, {f"{unread}.zip"} if unread else ())


FIRST, SECOND, THIRD = "1" * 64, "2" * 64, "3" * 64


def test_a_member_of_an_archive_is_superseded_by_what_has_its_path_in_the_next_one_of_that_address(
    tmp_path: Path,
) -> None:
    kept = of_ledger(tmp_path, (FIRST, 200), (SECOND, 200), (THIRD, 200))
    at = {
        FIRST: {"a.pdf": "a1", "b.pdf": "b"},
        SECOND: {"a.pdf": "a2", "b.pdf": "b"},
        THIRD: {"a.pdf": "a3", "b.pdf": "b"},
    }
    assert in_archives(kept, at) == {
        "a1": Fate(("a3", "a2"), False),
        "a2": Fate(("a3",), False),
        "a3": Fate((), False),
        "b": Fate((), False),  # unchanged
    }


def test_a_member_that_the_latest_archive_of_its_address_has_no_more_is_gone(tmp_path: Path) -> None:
    kept = of_ledger(tmp_path, (FIRST, 200), (SECOND, 200))
    at = {FIRST: {"a.pdf": "a", "b.pdf": "b"}, SECOND: {"b.pdf": "b", "c.pdf": "c"}}
    assert in_archives(kept, at)["a"] == Fate((), True)
    assert in_archives(kept, at, unread=SECOND)["a"] == Fate((), False, unseen=True)  # it may be in what is not opened
    both = {FIRST: {"a.pdf": "a"}, SECOND: {"moved/a.pdf": "a"}}
    assert in_archives(kept, both)["a"] == Fate((), False)


def test_an_address_that_gives_no_archive_any_more_retires_its_members(tmp_path: Path) -> None:
    kept = of_ledger(tmp_path, (FIRST, 200), (None, 404))
    assert in_archives(kept, {FIRST: {"a.pdf": "a"}}) == {"a": Fate((), True)}


def test_a_member_of_two_archives_stands_while_it_is_in_one_of_them(tmp_path: Path) -> None:
    kept = of_ledger(tmp_path / "one", (FIRST, 200), (SECOND, 200)) | of_ledger(tmp_path / "two", (THIRD, 200))
    at = {FIRST: {"a.pdf": "a1"}, SECOND: {"a.pdf": "a2"}, THIRD: {"x.pdf": "a1"}}
    assert in_archives(kept, at)["a1"] == Fate((), False)
    gone = kept | of_ledger(tmp_path / "three", (THIRD, 200), (None, 404))
    assert in_archives(gone, at)["a1"] == Fate(("a2",), False)


def test_a_member_that_two_archives_have_and_the_latest_has_no_more_is_gone_and_does_not_supersede_itself(
    tmp_path: Path,
) -> None:
    kept = of_ledger(tmp_path, (FIRST, 200), (SECOND, 200), (THIRD, 200))
    at = {FIRST: {"a.pdf": "a"}, SECOND: {"a.pdf": "a"}, THIRD: {"b.pdf": "b"}}
    assert in_archives(kept, at)["a"] == Fate((), True)


def test_of_two_documents_that_changed_places_neither_supersedes_the_other() -> None:
    found = [
        Fetched(i, f"{i}.pdf", "", Kept(i, NO_ORIGIN, (other,), True)) for i, other in ((OLD, NEWER), (NEWER, OLD))
    ]
    assert fates(found, ()) == {OLD: Fate((), True), NEWER: Fate((), True)}


@pytest.mark.parametrize("history", [NEW._replace(superseded_by=NEWER), NEW._replace(retired=True)])
def test_a_run_that_does_not_look_into_a_later_archive_takes_nothing_back(tmp_path: Path, history: History) -> None:
    kept = of_ledger(tmp_path, (FIRST, 200), (SECOND, 200))
    documents = {OLD: at_path("1.zip!/a.pdf", history), NEWER: at_path("2.zip!/a.pdf")}
    alone = {FIRST: {"a.pdf": OLD}}
    truncated = {**alone, SECOND: {"b.pdf": "b"}}
    for fate in (in_archives(kept, alone), in_archives(kept, truncated, unread=SECOND)):
        found = changes(documents, {}, Looked(at={"1.zip!/a.pdf": OLD}, fates=fate))
        assert (found.superseded, found.retired) == ({}, {})


def test_a_member_is_superseded_by_what_is_seen_while_the_latest_archive_cannot_be_opened(tmp_path: Path) -> None:
    kept = of_ledger(tmp_path, (FIRST, 200), (SECOND, 200), (THIRD, 200))
    fate = in_archives(kept, {FIRST: {"a.pdf": OLD}, SECOND: {"a.pdf": NEWER}})
    documents = {OLD: at_path("1.zip!/a.pdf"), NEWER: at_path("2.zip!/a.pdf")}
    assert superseded(documents, {}, Looked(fates=fate)) == {OLD: NEWER}
