"""Files that nobody can open: each costs its own row, whatever it does to the process that opens it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.common import SAMPLES

from extractor.document import printable
from extractor.filesystem import Place, open_place
from extractor.jobs import isolated
from extractor.jobs import opener as opening
from extractor.jobs.isolated import remove_left_folders
from extractor.jobs.limits import Limits
from extractor.jobs.opener import Found, Opener, _parse
from extractor.jobs.openers import Openers
from extractor.source import source as sources
from extractor.source.inputs import find_inputs
from extractor.source.source import MAX_INPUT, Source, Unread, read_sources, sniff

SAMPLE = SAMPLES / "shanghai-2024-final-accounts.pdf"
GOOD = b"<html><body>nothing</body></html>"


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def damaged_lzma() -> bytes:
    data = bytearray(zipped({"a.pdf": bytes(range(256)) * 9}, zipfile.ZIP_LZMA))
    at = data.index(b"a.pdf") + 5
    data[at : at + 40] = b"\xff" * 40
    return bytes(data)


def parts_within_parts() -> bytes:
    """Make a saved page of parts within parts, thousands deep."""
    lines = ["MIME-Version: 1.0"]
    for n in range(3000):
        lines += [f'Content-Type: multipart/related; boundary="b{n}"', "", f"--b{n}"]
    return "\r\n".join(lines).encode()


def no_utf_8() -> bytes:
    return zipped({"预.html": GOOD}).replace("预".encode(), b"\xff\xff\xff")


HOSTILE = {
    "lzma.zip": damaged_lzma(),
    "lzma.ods": damaged_lzma(),
    "a.mht": parts_within_parts(),
    "utf8.zip": no_utf_8(),
}


@pytest.fixture
def opener() -> Iterator[Opener]:
    with Opener(Limits(seconds=60)) as started:
        yield started


def statuses(found: list[Found | Unread]) -> list[str]:
    return [each.error.status if isinstance(each, Unread) else each.kind for each in found]


def test_a_file_is_found_and_read_as_in_this_process(tmp_path: Path, opener: Opener) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a.html": GOOD, "b.pdf": SAMPLE.read_bytes(), "b/c.zip": zipped({"d.html": GOOD + b" "})}))
    here = [each for each in read_sources(path) if isinstance(each, Source)]
    assert list(opener.find(path)) == [Found(s.path, s.sha256, s.kind, len(s.data)) for s in here]
    assert list(opener.read(path, {s.sha256 for s in here})) == here
    assert list(opener.read(path, {here[1].sha256})) == [here[1]]


def test_hostile_files_have_rows_and_the_next_is_opened_as_if_nothing_was(tmp_path: Path, opener: Opener) -> None:
    (tmp_path / "good.html").write_bytes(GOOD)
    for name, data in HOSTILE.items():
        (tmp_path / name).write_bytes(data)
        found = list(opener.find(tmp_path / name))
        assert found
        assert all(isinstance(each, Unread) or each.kind in ("text", "unknown", "zip", "ods") for each in found), name
        assert "crash" not in statuses(found)
        assert statuses(list(opener.find(tmp_path / "good.html"))) == ["html"]


def test_any_exception_of_a_file_is_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> None:
        raise LookupError("nobody expected this")

    (tmp_path / "a.html").write_bytes(GOOD)
    monkeypatch.setattr(sources, "sniff", fail)
    (found,) = read_sources(tmp_path / "a.html")
    assert isinstance(found, Unread)
    assert found.error.status == "crash"
    assert "LookupError: nobody expected this" in str(found.error)


def test_a_first_member_that_is_stored_is_not_the_archive(tmp_path: Path) -> None:
    stored = zipped({f"{n}.pdf": SAMPLE.read_bytes() + b"\n" * n for n in range(3)}, zipfile.ZIP_STORED)
    assert b"%PDF-" in stored[:1024]
    assert sniff(stored) == "zip"
    (tmp_path / "a.zip").write_bytes(stored)
    assert [found.path.rpartition("/")[2] for found in read_sources(tmp_path / "a.zip")] == ["0.pdf", "1.pdf", "2.pdf"]


def test_a_member_whose_name_leads_out_of_the_archive_is_read_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"../a.html": GOOD, ".hidden": GOOD}))
    assert [found.path for found in read_sources(tmp_path / "a.zip")] == [f"{tmp_path}/a.zip!/../a.html"]
    assert list(tmp_path.parent.glob("*.html")) == []


def test_archives_within_archives_unfold_to_so_much_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each archive alone is within its limits."""
    monkeypatch.setattr(sources, "FREE_EXPANSION", 100_000)
    monkeypatch.setattr(sources, "MAX_RATIO", 10)
    inner = zipped({f"{n}.txt": b"1" * 30_000 for n in range(3)})
    (tmp_path / "a.zip").write_bytes(zipped({f"{n}.zip": inner for n in range(20)}))
    *read, last = read_sources(tmp_path / "a.zip")
    assert len(read) == 3
    assert isinstance(last, Unread)
    assert last.path == str(tmp_path / "a.zip")
    assert "unfolds to more than" in str(last.error)


def test_more_than_an_input_may_have_is_not_read(tmp_path: Path, opener: Opener) -> None:
    with (tmp_path / "sparse.pdf").open("wb") as stream:
        stream.truncate(12 * MAX_INPUT)
    (found,) = opener.find(tmp_path / "sparse.pdf")
    assert isinstance(found, Unread)
    assert "the most that an input may have" in str(found.error)


def test_of_a_path_and_an_id_there_is_one_copy_for_all_who_keep_it(tmp_path: Path, opener: Opener) -> None:
    (tmp_path / "预算.html").write_bytes(GOOD)
    (file,) = find_inputs([str(tmp_path)]).files
    (found,), (again,) = opener.find(file), opener.find(file)
    assert isinstance(found, Found) and isinstance(again, Found)
    assert found.path is again.path is printable(found.path) is str(file)
    assert found.sha256 is again.sha256


def test_a_pipe_is_not_waited_for(tmp_path: Path, opener: Opener) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    (found,) = opener.find(tmp_path / "a.pdf")
    assert isinstance(found, Unread)
    assert "is no file but a folder, a pipe or a device" in str(found.error)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGSTOP, "timeout"), (signal.SIGKILL, "crash")])
def test_a_process_that_stops_or_dies_costs_one_file(tmp_path: Path, number: signal.Signals, status: str) -> None:
    (tmp_path / "a.html").write_bytes(GOOD)
    with Opener(Limits(seconds=2)) as opener:
        assert statuses(list(opener.find(tmp_path / "a.html"))) == ["html"]
        assert opener._worker is not None
        pid = opener._worker.process.pid
        assert pid is not None
        os.kill(pid, number)
        assert statuses(list(opener.find(tmp_path / "a.html"))) in ([status], ["html"])
        assert statuses(list(opener.find(tmp_path / "a.html"))) == ["html"]
        assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"1",
        b"{}",
        b'{"path": 1, "kind": "pdf"}',
        b'{"path": "a", "kind": "exe"}',
        b'{"path": "a", "kind": "pdf", "sha256": 1}',
    ],
)
def test_what_the_process_says_is_looked_at(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        _parse(content)


def test_folders_of_dead_runs_are_removed_and_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated.tempfile, "gettempdir", lambda: str(tmp_path))
    long_ago = time.time() - 3600
    for name in ("extractor-dead", "extractor-alive", "extractor-new", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".in-use").write_bytes(b"")
        if name != "extractor-new":
            os.utime(tmp_path / name / ".in-use", (long_ago, long_ago))
    (tmp_path / "extractor-without").mkdir()
    (tmp_path / "extractor-alive" / ".in-use").unlink()
    with isolated._locked(tmp_path / "extractor-alive"):
        os.utime(tmp_path / "extractor-alive" / ".in-use", (long_ago, long_ago))
        remove_left_folders()
    assert {path.name for path in tmp_path.iterdir()} == {
        "extractor-alive",
        "extractor-new",
        "extractor-without",
        "other",
    }


@pytest.mark.parametrize("put", [os.mkfifo, lambda lock: lock.symlink_to("/dev/zero")], ids=["pipe", "link"])
def test_what_a_document_has_put_in_place_of_a_lock_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put: Callable[[Path], None]
) -> None:
    monkeypatch.setattr(isolated.tempfile, "gettempdir", lambda: str(tmp_path))
    (tmp_path / "extractor-dead").mkdir()
    put(lock := tmp_path / "extractor-dead" / ".in-use")
    os.utime(lock, (0, 0), follow_symlinks=False)
    remove_left_folders()
    assert (tmp_path / "extractor-dead").exists() == lock.is_symlink()


def test_folders_within_folders_without_end_stop_nothing(tmp_path: Path) -> None:
    number = os.open(tmp_path, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=number)
        number, above = os.open("d", os.O_RDONLY, dir_fd=number), number
        os.close(above)
    os.close(number)
    isolated._remove(tmp_path / "d")
    subprocess.run(["rm", "-r", str(tmp_path / "d")], check=False)


def test_only_what_opens_files_at_urls_has_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    online: list[bool] = []

    def start(*args: Any, **options: bool) -> isolated.Isolated:
        online.append(options["online"])
        return isolated.start(*args, **options)

    monkeypatch.setattr(opening, "start", start)
    (tmp_path / "a.txt").write_text("收入")
    place = open_place(f"fsspec+file://{tmp_path / 'a.txt'}")
    with Opener(Limits(seconds=60)) as started:
        found = [
            [type(f) for f in started.find(file)] for file in (tmp_path / "a.txt", place, place, tmp_path / "a.txt")
        ]
    assert found == [[Found]] * 4
    assert online == [False, True, False]


def test_files_at_urls_are_opened_together_and_come_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=60)

    def find(opener: Opener, file: Path | Place) -> Iterator[Found | Unread]:
        both.wait()  # breaks where one file waits for the other
        yield Found(str(file), "", "pdf", 0)

    monkeypatch.setattr(Opener, "find", find)
    files = [open_place((tmp_path / name).as_uri()) for name in ("a.pdf", "b.pdf")]
    with Openers(Limits()) as openers:
        found = [(file, [d.path for d in documents]) for file, documents in openers.find(files)]
    assert found == [(file, [str(file)]) for file in files]


def test_an_opener_that_is_interrupted_while_its_process_starts_does_not_wait_for_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*arguments: Any, **options: Any) -> isolated.Isolated:
        opener.interrupt()
        return isolated.start(*arguments, **options)

    monkeypatch.setattr(opening, "start", start)
    (tmp_path / "a.pdf").write_bytes(GOOD)
    with Opener(Limits()) as opener:
        assert [type(found) for found in opener.find(tmp_path / "a.pdf")] == [Unread]


def test_an_archive_at_a_url_is_read_when_it_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def read(opener: Opener, file: Path | Place, wanted: Collection[str]) -> Iterator[Source]:
        asked.append(file.name)
        yield from ()

    monkeypatch.setattr(Opener, "read", read)
    archive, document = (open_place((tmp_path / name).as_uri()) for name in ("a.zip", "b.pdf"))
    with Openers(Limits()) as openers:
        first, second = openers.read([(archive, {"1", "2"}), (document, {"3"})])
        assert asked == ["b.pdf"]
        assert [*first[2], *second[2]] == []
    assert asked == ["b.pdf", "a.zip"]
