from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from support.common import ROOT, SAMPLES

from extractor.datasets.document_result import DocumentResult
from extractor.datasets.folder import Folder
from extractor.datasets.integrity import verify
from extractor.datasets.store import open_store, read_rows
from extractor.errors import UsageError
from extractor.filesystem import Place
from extractor.jobs.executor import Job, RunSummary, _ordered, run
from extractor.vocabulary.config import Config

SAMPLE = SAMPLES / "shanghai-2024-final-accounts.pdf"
PAGE = b"<html>nothing here %d</html>"


def convert(config: Config, out: Path, *paths: Path, job: Job | None = None) -> RunSummary:
    with open_store(Folder(out)) as store:
        return run(paths, store, config, job or Job(), lambda _: None)


def rows(out: Path) -> dict[str, str]:
    """Return path → status of the documents that stand, each path once."""
    found = [r for r in read_rows(Folder(out), "documents").to_pylist() if r["superseded_by"] is None]
    assert len({r["path"] for r in found}) == len(found)
    return {Path(r["path"]).name: r["status"] for r in found}


def test_the_same_content_under_two_paths_is_one_document(config: Config, tmp_path: Path) -> None:
    one, two = tmp_path / "one.pdf", tmp_path / "two.pdf"
    one.write_bytes(SAMPLE.read_bytes())
    two.write_bytes(SAMPLE.read_bytes())
    outcome = convert(config, tmp_path / "out", one, two)
    assert (outcome.counts["documents"], outcome.duplicates) == (1, 1)
    assert rows(tmp_path / "out") == {"one.pdf": "ok"}
    assert convert(config, tmp_path / "out", two).skipped == 1


def test_a_new_content_under_a_path_supersedes_the_old_whose_rows_stay(config: Config, tmp_path: Path) -> None:
    out, path = tmp_path / "out", tmp_path / "a.pdf"
    path.write_bytes(SAMPLE.read_bytes())
    convert(config, out, path)
    amounts = read_rows(Folder(out), "line_items").num_rows
    path.write_bytes(SAMPLE.read_bytes() + b"\n")
    assert convert(config, out, path).superseded == 1
    assert rows(out) == {"a.pdf": "ok"}
    old, new = sorted(read_rows(Folder(out), "documents").to_pylist(), key=lambda r: r["superseded_by"] is None)
    assert (old["superseded_by"], new["supersedes"]) == (new["document_id"], old["document_id"])
    assert old["first_seen"] and new["first_seen"]
    items = read_rows(Folder(out), "line_items").to_pylist()
    assert sorted({(i["document_id"], i["superseded_by"]) for i in items}) == sorted(
        [(old["document_id"], new["document_id"]), (new["document_id"], None)]
    )
    assert len(items) == 2 * amounts
    figures = read_rows(Folder(out), "figures").to_pylist()
    assert {f["document_id"] for f in figures if f["preferred"]} == {new["document_id"]}
    assert verify(Folder(out)) == []


def test_a_second_run_over_a_correction_changes_nothing(config: Config, tmp_path: Path) -> None:
    out, path = tmp_path / "out", tmp_path / "a.pdf"
    for end in (b"", b"\n"):
        path.write_bytes(SAMPLE.read_bytes() + end)
        convert(config, out, path)
    before = (out / "manifest.json").read_bytes()
    assert convert(config, out, path).superseded == 0
    assert (out / "manifest.json").read_bytes() == before


def test_a_correction_that_is_taken_back_is_superseded_by_what_it_replaced(config: Config, tmp_path: Path) -> None:
    out, path = tmp_path / "out", tmp_path / "a.pdf"
    for end in (b"", b"\n", b""):
        path.write_bytes(SAMPLE.read_bytes() + end)
        convert(config, out, path)
    first, correction = (
        hashlib.sha256(SAMPLE.read_bytes()).hexdigest(),
        hashlib.sha256(path.read_bytes() + b"\n").hexdigest(),
    )
    found = {r["document_id"]: r["superseded_by"] for r in read_rows(Folder(out), "documents").to_pylist()}
    assert found == {first: None, correction: first}


def test_a_file_that_disappears_is_retired_and_stands_again_when_it_is_back(config: Config, tmp_path: Path) -> None:
    out, folder = tmp_path / "out", tmp_path / "in"
    folder.mkdir()
    for name, end in (("a.pdf", b""), ("b.pdf", b"\n")):
        (folder / name).write_bytes(SAMPLE.read_bytes() + end)
    job = Job(folders=[str(folder)])
    convert(config, out, *sorted(folder.iterdir()), job=job)
    (folder / "a.pdf").rename(tmp_path / "kept.pdf")
    assert convert(config, out, folder / "b.pdf").retired == 0  # nobody looked through the folder
    assert convert(config, out, folder / "b.pdf", job=job).retired == 1
    assert [Path(r["path"]).name for r in read_rows(Folder(out), "documents").to_pylist() if r["retired"]] == ["a.pdf"]
    (tmp_path / "kept.pdf").rename(folder / "a.pdf")
    convert(config, out, *sorted(folder.iterdir()), job=job)
    assert not any(r["retired"] for r in read_rows(Folder(out), "documents").to_pylist())


def test_a_further_file_of_the_same_content_is_a_row_that_names_the_document(config: Config, tmp_path: Path) -> None:
    out, one, two = tmp_path / "out", tmp_path / "a.pdf", tmp_path / "b.pdf"
    one.write_bytes(SAMPLE.read_bytes())
    two.write_bytes(SAMPLE.read_bytes())
    convert(config, out, one, two)
    (row,) = read_rows(Folder(out), "duplicates").to_pylist()
    assert row == {"document_id": hashlib.sha256(SAMPLE.read_bytes()).hexdigest(), "path": str(two)}
    two.write_bytes(SAMPLE.read_bytes() + b"\n")
    convert(config, out, one, two)
    assert read_rows(Folder(out), "duplicates").num_rows == 0
    assert verify(Folder(out)) == []


def test_failures_of_earlier_runs_stand_until_their_documents_are_replaced(config: Config, tmp_path: Path) -> None:
    out, good, bad = tmp_path / "out", tmp_path / "a.pdf", tmp_path / "b.pdf"
    good.write_bytes(SAMPLE.read_bytes())
    bad.write_bytes(b"%PDF-1.4 nothing")
    assert convert(config, out, good, bad).standing == 1
    again = convert(config, out, good, bad)
    assert (again.standing, again.all_read) == (1, True)
    bad.write_bytes(SAMPLE.read_bytes() + b"\n")
    assert convert(config, out, good, bad).standing == 0


def test_a_damaged_content_does_not_take_the_place_of_a_good_one(config: Config, tmp_path: Path) -> None:
    out, path = tmp_path / "out", tmp_path / "a.pdf"
    path.write_bytes(SAMPLE.read_bytes())
    convert(config, out, path)
    path.write_bytes(PAGE % 1)
    convert(config, out, path)
    assert sorted(r["status"] for r in read_rows(Folder(out), "documents").to_pylist()) == ["not_a_document", "ok"]
    path.write_bytes(SAMPLE.read_bytes())
    convert(config, out, path)
    assert rows(out) == {"a.pdf": "ok"}


def test_a_content_that_moved_to_another_path_stays(config: Config, tmp_path: Path) -> None:
    out, one, two = tmp_path / "out", tmp_path / "a.pdf", tmp_path / "b.pdf"
    one.write_bytes(SAMPLE.read_bytes())
    convert(config, out, one)
    two.write_bytes(SAMPLE.read_bytes())
    one.write_bytes(SAMPLE.read_bytes() + b"\n")
    convert(config, out, one, two)
    assert read_rows(Folder(out), "documents").num_rows == 2


def test_a_file_that_cannot_be_read_has_a_row_until_it_can(config: Config, tmp_path: Path) -> None:
    out, path = tmp_path / "out", tmp_path / "a.pdf"
    outcome = convert(config, out, path)
    assert outcome.status == {"unreadable": 1}
    assert rows(out) == {"a.pdf": "unreadable"}
    path.write_bytes(SAMPLE.read_bytes())
    convert(config, out, path)
    assert rows(out) == {"a.pdf": "ok"}


def test_a_file_that_changes_during_the_run_is_said_and_read_by_the_next(config: Config, tmp_path: Path) -> None:
    """Files are hashed first and read later: the first document that is done changes the last."""
    out = tmp_path / "out"
    paths = [tmp_path / f"{n}.pdf" for n in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(PAGE % number)
    changed: list[str] = []

    def change(result: DocumentResult | None) -> None:
        if result is not None and not changed:
            for path in paths:
                if str(path) != result.path:
                    path.write_bytes(SAMPLE.read_bytes() + path.name.encode())
                    changed.append(path.name)

    with open_store(Folder(out)) as store:
        run(paths, store, config, Job(), change)
    statuses = read_rows(Folder(out), "documents")["reason"].to_pylist()
    assert any("was changed during the run" in reason for reason in statuses)
    convert(config, out, *paths)
    assert [rows(out)[name] for name in changed] == ["ok", "ok"]


def test_documents_that_failed_for_want_of_time_are_retried_on_request(config: Config, tmp_path: Path) -> None:
    out = tmp_path / "out"
    convert(config, out, SAMPLE)
    with open_store(Folder(out)) as store:
        (document_id,) = store.known
        for job, counted in ((Job(), {}), (Job(retry=True), {"ok": 1})):
            store.known[document_id] = store.known[document_id]._replace(status="timeout")
            assert run([SAMPLE], store, config, job, lambda _: None).status == counted


def test_large_files_are_read_first_within_a_commit() -> None:
    small, large, archive = Path("small"), Path("large"), Path("a.zip")
    todo: list[tuple[str, Path | Place]] = [
        ("1a", small),
        ("0b", archive),
        ("0c", large),
        ("1d", archive),
        ("0e", small),
    ]
    sizes = Counter({"small": 1, "large": 9, "a.zip": 5})
    assert [i for i, _ in _ordered(todo, sizes, 3)] == ["0c", "0b", "0e", "1d", "1a"]
    assert [i for i, _ in _ordered(todo, sizes, 5)] == ["0c", "0b", "1d", "0e", "1a"]


def test_order_and_size_of_commits_do_not_show(config: Config, tmp_path: Path) -> None:
    paths = sorted(SAMPLES.glob("*.pdf"))
    convert(config, tmp_path / "one", *paths)
    convert(config, tmp_path / "two", *paths[::-1], job=Job(workers=3, commit_every=1))
    for part in (tmp_path / "one").rglob("*.parquet"):
        if part.parent.name != "documents":  # which say how long it took
            assert part.read_bytes() == (tmp_path / "two" / part.relative_to(tmp_path / "one")).read_bytes()


@pytest.mark.slow
def test_shards_write_into_one_folder_at_once_what_one_run_writes(config: Config, tmp_path: Path) -> None:
    paths = sorted(SAMPLES.glob("*.pdf"))
    for number in range(8):
        paths.append(tmp_path / f"{number}.pdf")
        paths[-1].write_bytes(PAGE % number)
    paths.append(tmp_path / "nowhere.pdf")
    convert(config, tmp_path / "one", *paths)
    command = [sys.executable, "-m", "extractor", "run", *map(str, paths[:-1])]
    options = ["--out", str(tmp_path / "two"), "--workers", "1", "--commit-every", "1", "--shard"]
    shards = [subprocess.Popen([*command, *options, f"{n}/3"], stdout=subprocess.DEVNULL) for n in (1, 2, 3)]
    assert {shard.wait(120) for shard in shards} <= {0, 1}
    assert verify(Folder(tmp_path / "two")) == []
    for n in (1, 2, 3):  # the file that is not there, which the command line would refuse
        with open_store(Folder(tmp_path / "two"), shared=True) as store:
            run(paths, store, config, Job(shard=(n, 3)), lambda _: None)
    assert rows(tmp_path / "one") == rows(tmp_path / "two")
    for part in (tmp_path / "one").rglob("*.parquet"):
        if part.parent.name != "documents":
            assert part.read_bytes() == (tmp_path / "two" / part.relative_to(tmp_path / "one")).read_bytes()


def test_a_shard_and_a_whole_run_keep_out_of_each_others_way(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with (
        open_store(Folder(out), shared=True),
        open_store(Folder(out), shared=True),
        pytest.raises(UsageError, match="another run"),
    ):
        open_store(Folder(out)).__enter__()
    with open_store(Folder(out)), pytest.raises(UsageError, match="another run"):
        open_store(Folder(out), shared=True).__enter__()


def test_a_folder_of_odd_names_is_read_whole(config: Config, tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "in", tmp_path / "elsewhere"
    names = [b"-rf.pdf", "😀.pdf".encode(), b"two\nlines.pdf", b"\xff\xfe.pdf", b"[red]x.pdf", b"a b;$(c).PDF"]
    for place in (folder, elsewhere):
        place.mkdir()
    for number, name in enumerate(names):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(PAGE % number)
    (elsewhere / "secret.pdf").write_bytes(PAGE % 99)
    (folder / "link.pdf").symlink_to(elsewhere / "secret.pdf")
    (folder / "linked").symlink_to(elsewhere)
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.pdf").symlink_to(tmp_path / "gone")
    (folder / "folder.pdf").mkdir()
    os.mkfifo(folder / "pipe.pdf")
    command = [sys.executable, "-m", "extractor", "run", "in", "in/../in", "--out", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert done.stderr == ""
    assert "two\\nlines.pdf" in done.stdout
    found = read_rows(Folder(tmp_path / "out"), "documents")["path"].to_pylist()
    assert sorted(Path(p).name for p in found) == sorted(
        ["-rf.pdf", "😀.pdf", "two\nlines.pdf", r"\udcff\udcfe.pdf", "[red]x.pdf", "a b;$(c).PDF"]
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_has_its_row(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    path.chmod(0)
    convert(config, tmp_path / "out", path)
    assert rows(tmp_path / "out") == {"a.pdf": "unreadable"}


@pytest.mark.slow
def test_killed_at_random_it_ends_as_if_undisturbed(tmp_path: Path) -> None:
    """`make torture` does the same two hundred times, with all samples."""
    for number in range(4):
        (tmp_path / f"{number}.pdf").write_bytes(SAMPLE.read_bytes() + b"\n" * number)
    script, options = ROOT / "scripts" / "kill_runs.py", ("--times", "10", "--timeout", "5")
    command = [sys.executable, str(script), *options, "--inputs", str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == 0


def test_documents_of_another_configuration_are_read_again_unless_that_is_not_asked(
    config: Config, tmp_path: Path
) -> None:
    out, path = tmp_path / "out", tmp_path / "a.pdf"
    path.write_bytes(PAGE % 1)
    convert(config, out, path)
    other = replace(config, hash="0" * 64)
    assert convert(other, out, path, job=Job(reread="none")).skipped == 1
    assert convert(other, out, path).counts["documents"] == 1
    assert convert(other, out, path).skipped == 1
    assert convert(other, out, path, job=Job(reread="all")).counts["documents"] == 1
