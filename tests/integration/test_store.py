from __future__ import annotations

import errno
import gc
import hashlib
import json
import os
import shutil
import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from support import misbehaving_reader
from support.common import SAMPLES

from extractor.datasets.document_result import DocumentResult, document_result
from extractor.datasets.folder import Folder
from extractor.datasets.history import Changes
from extractor.datasets.integrity import collect_garbage, verify
from extractor.datasets.schemas import SCHEMAS
from extractor.datasets.store import open_store, read_rows
from extractor.document import DocumentReading
from extractor.errors import DatasetError, StorageError, UsageError
from extractor.jobs.forkserver import start_server
from extractor.pipeline import read_document
from extractor.source.source import read_source
from extractor.vocabulary.vocabulary import Vocabulary

SAMPLE = SAMPLES / "shanghai-2024-final-accounts.pdf"


@pytest.fixture(scope="module")
def document(vocabulary: Vocabulary) -> DocumentReading:
    return read_document(read_source(SAMPLE), vocabulary)


def other(document_id: str = "a" * 64, path: str = "b.pdf") -> DocumentReading:
    return DocumentReading(document_id, path, "pdf", "unreadable", "made up")


def commit(folder: Path, *documents: DocumentReading, removed: tuple[str, ...] = ()) -> None:
    with open_store(Folder(folder)) as store:
        store.commit([document_result(d, "hash") for d in documents], Changes(removed))


def test_contract_schemas_are_read_back(tmp_path: Path, document: DocumentReading) -> None:
    commit(tmp_path / "out", document)
    for name, schema in SCHEMAS.items():
        assert read_rows(Folder(tmp_path / "out"), name).schema == schema
    assert verify(Folder(tmp_path / "out")) == []
    frame = pd.read_parquet(tmp_path / "out" / "line_items")
    assert (frame["fiscal_year"] == 2024).all()
    assert (frame["year"].astype(int) == 2024).all()


def test_a_document_read_again_replaces_itself_even_in_another_year(tmp_path: Path, document: DocumentReading) -> None:
    out = tmp_path / "out"
    moved = replace(document, items=tuple(i._replace(fiscal_year=2019) for i in document.items))
    commit(out, document)
    commit(out, moved)
    items = read_rows(Folder(out), "line_items")
    assert items.num_rows == len(document.items)
    assert set(items["fiscal_year"].to_pylist()) == {2019}
    assert read_rows(Folder(out), "documents").num_rows == 1
    assert verify(Folder(out)) == []


def test_order_of_commits_does_not_matter(tmp_path: Path, document: DocumentReading) -> None:
    commit(tmp_path / "one", document, other())
    commit(tmp_path / "two", other())
    commit(tmp_path / "two", document)
    first = (tmp_path / "one" / "manifest.json").read_text()
    assert first == (tmp_path / "two" / "manifest.json").read_text()


def test_a_document_that_is_removed_leaves_every_dataset(tmp_path: Path, document: DocumentReading) -> None:
    out = tmp_path / "out"
    commit(out, document, other())
    commit(out, removed=(document.document_id,))
    assert read_rows(Folder(out), "documents")["document_id"].to_pylist() == ["a" * 64]
    assert read_rows(Folder(out), "line_items").num_rows == read_rows(Folder(out), "tables").num_rows == 0
    assert verify(Folder(out)) == []


def test_of_a_document_that_is_committed_little_is_kept(tmp_path: Path) -> None:
    def counted() -> int:
        gc.collect()
        return len(gc.get_objects())

    def batch(first: int) -> list[DocumentResult]:
        return [document_result(other(f"{n:064x}", f"{n}.pdf"), "hash") for n in range(first, first + 100)]

    with open_store(Folder(tmp_path / "out")) as store:
        store.commit(batch(0))
        before = counted()
        store.commit(batch(100))
        assert counted() - before < 100 * 4


def test_names_that_are_not_utf_8_are_written(tmp_path: Path) -> None:
    commit(tmp_path / "out", other(path=os.fsdecode(b"\xc8\xff.pdf")))
    assert read_rows(Folder(tmp_path / "out"), "documents")["path"].to_pylist() == [r"\udcc8\udcff.pdf"]


def test_reasons_are_the_same_at_every_run() -> None:
    said = DocumentReading(
        "a", "b.pdf", "pdf", "unreadable", "stream <_io.BytesIO object at 0x7fb658f0ae30>: no trailer"
    )
    assert said.reason == "stream <_io.BytesIO object>: no trailer"


def test_killed_after_any_step_of_a_commit_all_or_nothing_is_there(tmp_path: Path, document: DocumentReading) -> None:
    """Kill a process after the n-th step: the folder verifies, and the same commit again ends as if undisturbed."""
    context = start_server()
    results = [document_result(document, "hash"), document_result(other("0" * 64), "hash")]

    def commit_and_die(out: Path, step: int) -> int | None:
        process = context.Process(target=misbehaving_reader.commit_and_die, args=(out, results, ["a" * 64], step))
        process.start()
        process.join()
        return process.exitcode

    commit(tmp_path / "whole", other())
    steps = commit_and_die(tmp_path / "whole", 0) or 0
    assert steps > 10
    for step in range(1, steps + 1):
        out = tmp_path / f"killed-{step}"
        commit(out, other())
        assert commit_and_die(out, step) == -signal.SIGKILL
        assert verify(Folder(out)) == []
        assert read_rows(Folder(out), "documents").num_rows in (1, 2)
        with open_store(Folder(out)) as store:
            store.commit(results, Changes(["a" * 64]))
        assert files_of(out) == files_of(tmp_path / "whole"), step


def interrupted(folder: Path, *firsts: str) -> Path:
    """Make a folder whose commit was decided and not carried out; return its staging folder."""

    def die(step: str) -> None:
        if step == "journal":
            raise KeyboardInterrupt

    commit(folder, other())
    with pytest.raises(KeyboardInterrupt), open_store(Folder(folder), die) as store:
        store.commit([document_result(other(first * 64), "hash") for first in firsts or "b"])
    return folder / ".staging"


def test_a_commit_that_an_earlier_version_had_decided_is_carried_out(tmp_path: Path) -> None:
    """Until 2026-11 the files of a commit were staged in the staging folder itself."""
    staging = interrupted(tmp_path / "out")
    journal = json.loads((staging / "journal.json").read_text())
    for staged in journal["moves"]:
        (staging / staged).rename(staging / Path(staged).name)
    journal["moves"] = {Path(staged).name: name for staged, name in journal["moves"].items()}
    (staging / "journal.json").write_text(json.dumps(journal))
    assert verify(Folder(tmp_path / "out")) == []
    assert read_rows(Folder(tmp_path / "out"), "documents").num_rows == 2


def test_a_commit_of_which_nothing_was_done_and_nothing_can_be_is_dropped(tmp_path: Path) -> None:
    for name, damage in {"gone": Path.unlink, "cut": lambda path: path.write_text("{")}.items():
        staging = interrupted(tmp_path / name)
        for path in staging.rglob("0*" if name == "gone" else "journal.json"):
            if path.is_file():  # the folder's own name is random, and begins with 0 once in sixteen times
                damage(path)
        assert verify(Folder(tmp_path / name)) == []
        assert read_rows(Folder(tmp_path / name), "documents").num_rows == 1
        commit(tmp_path / name, other("b" * 64))
        assert read_rows(Folder(tmp_path / name), "documents").num_rows == 2


def test_a_commit_of_which_a_part_was_taken_away_is_not_carried_out(tmp_path: Path) -> None:
    staging = interrupted(tmp_path / "out", "b", "c")
    next(staging.rglob("00000")).unlink()
    with (
        pytest.raises(DatasetError, match=r"the interrupted commit in it lacks documents/part-b.parquet"),
        open_store(Folder(tmp_path / "out")),
    ):
        pass
    assert read_rows(Folder(tmp_path / "out"), "documents").num_rows == 1


@pytest.mark.parametrize("name", ["", os.fsdecode(b"\xc8\xff")])
def test_a_folder_needs_a_name_that_arrow_can_open(name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a folder of datasets"):
        Folder(name)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, document: DocumentReading) -> dict[str, bytes]:
    """Return the files that a commit of the sample and another document makes."""
    folder = tmp_path_factory.mktemp("undisturbed")
    commit(folder, document, other("b" * 64))
    return files_of(folder)


@pytest.mark.parametrize("step", range(1, 19))
def test_interrupted_after_any_step_the_same_store_goes_on(
    tmp_path: Path, document: DocumentReading, undisturbed: dict[str, bytes], step: int
) -> None:
    """Ctrl-C within a commit: the run then commits what it has, in the same process."""
    count = 0

    def interrupt(_: str) -> None:
        nonlocal count
        count += 1
        if count == step:
            raise KeyboardInterrupt

    results = [document_result(document, "hash"), document_result(other("b" * 64), "hash")]
    with suppress(KeyboardInterrupt), open_store(Folder(tmp_path / "out"), interrupt) as store:
        try:
            store.commit(results)
        except KeyboardInterrupt:
            store.commit(results)
            raise
    commit(tmp_path / "out", document, other("b" * 64))
    assert files_of(tmp_path / "out") == undisturbed


def files_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_full_disk_is_one_clear_error(tmp_path: Path, document: DocumentReading) -> None:
    out = tmp_path / "out"

    def full(_: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    commit(out, other())
    with pytest.raises(StorageError, match=r"No space left.*check the free space"), open_store(Folder(out)) as store:
        store._step = full
        store.commit([document_result(document, "hash")])
    assert verify(Folder(out)) == []
    assert read_rows(Folder(out), "documents").num_rows == 1


def test_garbage_is_collected_and_nothing_else(tmp_path: Path, document: DocumentReading) -> None:
    out = tmp_path / "out"
    commit(out, document)
    before = files_of(out)
    (out / "notes.txt").write_text("mine")
    (out / "line_items" / "year=1999").mkdir()
    (out / "line_items" / "year=1999" / "part-0.parquet").write_bytes(b"x")
    (out / ".staging").mkdir()
    (out / ".staging" / "00000").write_bytes(b"x")
    assert collect_garbage(Folder(out)) == [".staging/00000", "line_items/year=1999/part-0.parquet"]
    assert files_of(out) == {**before, "notes.txt": b"mine"}
    assert not (out / "line_items" / "year=1999").exists()


def test_verify_sees_damage(tmp_path: Path, document: DocumentReading) -> None:
    out = tmp_path / "out"
    commit(out, document)
    part = next((out / "line_items").rglob("*.parquet"))
    shutil.copy(part, part.with_name("part-zz.parquet"))
    part.write_bytes(part.read_bytes()[:-1])
    problems = "\n".join(verify(Folder(out)))
    assert "differs from the manifest" in problems
    assert "part-zz.parquet: not in the manifest" in problems


def flip(path: Path, at: int) -> None:
    """Change one bit of a file; a negative place counts from its end."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("dataset", ["documents", "line_items"])
def test_a_damaged_part_is_not_signed_by_the_next_commit(
    tmp_path: Path, document: DocumentReading, dataset: str
) -> None:
    out = tmp_path / "out"
    bucket = document.document_id[0]
    neighbour, elsewhere = other(bucket + "0" * 63), other(("b" if bucket == "a" else "a") * 64)
    commit(out, document)
    part = next((out / dataset).rglob(f"part-{bucket}.parquet"))
    flip(part, 100)
    before = {name: content for name, content in files_of(out).items() if f"part-{bucket}." in name}
    with open_store(Folder(out)) as store:
        store.commit([document_result(d, "hash") for d in (neighbour, elsewhere)])
        assert part.relative_to(out).as_posix() in store.damaged[bucket]
        assert store.done(elsewhere.document_id, "hash")
        assert not store.done(neighbour.document_id, "hash")
    after = files_of(out)
    assert {name: after[name] for name in before} == before
    assert verify(Folder(out)) == [
        f"{part.relative_to(out)}: content differs from the manifest; restore it, or run again into a new folder"
    ]
    with pytest.raises(DatasetError, match="differs from the manifest"):
        read_rows(Folder(out), dataset)
    flip(part, 100)
    commit(out, neighbour)
    assert verify(Folder(out), deep=True) == []
    assert read_rows(Folder(out), "documents").num_rows == 3


def test_a_bit_of_the_data_package_is_missed(tmp_path: Path) -> None:
    commit(tmp_path / "out", other())
    size = (tmp_path / "out" / "datapackage.json").stat().st_size
    for at in range(0, size, size // 25):
        flip(tmp_path / "out" / "datapackage.json", at)
        (problem,) = verify(Folder(tmp_path / "out"))
        assert problem.startswith("datapackage.json: missing, or content differs")
        flip(tmp_path / "out" / "datapackage.json", at)
    assert verify(Folder(tmp_path / "out")) == []


def test_a_part_that_is_listed_as_it_is_and_cannot_be_decoded_is_found(tmp_path: Path) -> None:
    out = tmp_path / "out"
    commit(out, other())
    part, manifest = out / "documents" / "part-a.parquet", json.loads((out / "manifest.json").read_text())
    flip(part, 20)  # within the first column's values
    manifest["files"]["documents/part-a.parquet"]["sha256"] = hashlib.sha256(part.read_bytes()).hexdigest()
    (out / "manifest.json").write_text(json.dumps(manifest))
    assert verify(Folder(out)) == []
    (problem,) = verify(Folder(out), deep=True)
    assert problem.startswith("documents/part-a.parquet: cannot be decoded")


def test_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(UsageError, match="not an output folder of `extractor run`"), open_store(Folder(tmp_path)):
        pass
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    with (
        open_store(Folder(tmp_path / "out")),
        pytest.raises(UsageError, match="another run"),
        open_store(Folder(tmp_path / "out")),
    ):
        pass


def test_datapackage_lists_every_part(tmp_path: Path, document: DocumentReading) -> None:
    commit(tmp_path / "out", document)
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    listed = {path for resource in package["resources"] for path in resource["path"]}
    assert listed == set(json.loads((tmp_path / "out" / "manifest.json").read_text())["files"])


def test_parts_of_an_earlier_version_get_the_columns_of_this_one_in_one_commit(
    tmp_path: Path, document: DocumentReading
) -> None:
    out = tmp_path / "out"
    commit(out, document, other())
    whole, manifest = files_of(out), json.loads((out / "manifest.json").read_bytes())
    del manifest["schemas"]
    for name, listed in manifest["files"].items():
        rows = pq.read_table(out / name, partitioning=None)
        new = [
            c for c in ("superseded_by", "supersedes", "retired", "first_seen", "last_read") if c in rows.column_names
        ]
        pq.write_table(rows.drop_columns(new), out / name)
        listed["sha256"] = hashlib.sha256((out / name).read_bytes()).hexdigest()
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with open_store(Folder(out)) as store:
        assert store.migrated == len(manifest["files"])
    assert files_of(out) == whole
    assert verify(Folder(out), deep=True) == []
    with open_store(Folder(out)) as store:
        assert store.migrated == 0
