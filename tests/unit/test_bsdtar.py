"""RAR and 7z archives: their members where `bsdtar` is installed, and what is said of them where it is not."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

from extractor.errors import DocumentError
from extractor.grids.readers import read_layouts
from extractor.source import archive, bsdtar
from extractor.source.inputs import find_inputs
from extractor.source.source import Source, Unread, read_sources, sniff

TEXT = "项目\t预算数\n合计\t1,234.50\n".encode()
needs_bsdtar = pytest.mark.skipif(shutil.which("bsdtar") is None, reason="bsdtar is not installed")


def number(value: int) -> bytes:
    """Return a number as RAR 5 writes it: seven bits a byte, the lowest first."""
    parts = []
    while value > 0x7F:
        parts.append(0x80 | (value & 0x7F))
        value >>= 7
    return bytes([*parts, value])


def block(head: bytes, data: bytes = b"") -> bytes:
    sized = number(len(head)) + head
    return zlib.crc32(sized).to_bytes(4, "little") + sized + data


def rar(members: dict[str, bytes]) -> bytes:
    """Return a RAR 5 archive whose members are stored as they are."""
    parts = [b"Rar!\x1a\x07\x01\x00", block(bytes((1, 0, 0)))]
    for name, data in members.items():
        own = name.encode()
        before = (2, 2, len(data), 4, len(data), 0o100644)  # a file, of so many bytes, with a checksum
        after = (0, 1, len(own))  # stored, on Unix
        crc = zlib.crc32(data).to_bytes(4, "little")
        parts.append(block(b"".join([*map(number, before), crc, *map(number, after), own]), data))
    return b"".join([*parts, block(bytes((5, 0, 0)))])


def seven_zip(folder: Path, members: dict[str, bytes]) -> bytes:
    for name, data in members.items():
        (folder / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "in" / name).write_bytes(data)
    command = ["bsdtar", "-c", "--format", "7zip", "-f", str(folder / "made.7z"), "-C", str(folder / "in"), *members]
    subprocess.run(command, check=True, timeout=60, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/local/bin"})
    return (folder / "made.7z").read_bytes()


def read(folder: Path, data: bytes, name: str = "预算.rar") -> list[tuple[str, str]]:
    """Return what is read of an archive: the path within it and the kind of each member, or why there is none."""
    (folder / name).write_bytes(data)
    found = [*read_sources(folder / name)]
    return [
        (source.path.partition("!/")[2], str(source.error) if isinstance(source, Unread) else source.kind)
        for source in found
    ]


@needs_bsdtar
def test_each_member_of_a_rar_archive_is_a_document_of_its_own(tmp_path: Path) -> None:
    data = rar({"附件/预算.txt": TEXT, "__MACOSX/a.txt": TEXT, "附件/.hidden": TEXT})
    assert sniff(data) == "rar"
    assert read(tmp_path, data) == [("附件/预算.txt", "text")]


@needs_bsdtar
def test_each_member_of_a_7z_archive_is_read_archives_within_it_too(tmp_path: Path) -> None:
    data = seven_zip(tmp_path, {"预算.txt": TEXT, "内.rar": rar({"决算.txt": TEXT})})
    assert sniff(data) == "7z"
    assert sorted(read(tmp_path, data, "预算.7z")) == [("内.rar!/决算.txt", "text"), ("预算.txt", "text")]


def test_without_bsdtar_the_archive_is_named_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    ((_, reason),) = read(tmp_path, rar({"a.txt": TEXT}))
    assert reason.startswith("预算.rar: is a RAR archive, which needs bsdtar on the PATH: install libarchive-tools")
    ((_, reason),) = read(tmp_path, b"7z\xbc\xaf\x27\x1c" + b"\0" * 64, "预算.7z")
    assert reason.startswith("预算.7z: is a 7z archive")


@needs_bsdtar
@pytest.mark.parametrize(
    "data", [rar({"a.txt": TEXT, "b.txt": TEXT * 50})[:-600], b"Rar!\x1a\x07\x01\x00" + b"\xff" * 99]
)
def test_a_damaged_archive_is_said_to_be(tmp_path: Path, data: bytes) -> None:
    ((_, reason),) = read(tmp_path, data)
    assert reason.startswith("预算.rar: cannot be unpacked (")
    assert "/tmp" not in reason


@needs_bsdtar
def test_an_archive_that_expands_without_end_or_has_members_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = {"a.txt": TEXT, "b.txt": TEXT}
    monkeypatch.setattr(archive, "MAX_EXPANDED", 50)
    first, (_, reason) = read(tmp_path, rar(members))
    assert first == ("a.txt", "text")
    assert "an archive bomb" in reason
    monkeypatch.setattr(bsdtar, "MAX_MEMBERS", 0)
    ((_, reason),) = read(tmp_path, rar(members))
    assert "holds more than 0 members" in reason


@needs_bsdtar
def test_an_encrypted_archive_and_one_that_takes_too_long_are_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bsdtar"
    monkeypatch.setattr(shutil, "which", lambda _: str(program))
    for script, expected in (
        ("echo 'Encrypted file is unsupported' >&2; exit 1", "asks for a password"),
        ("kill -9 $$", "takes bsdtar more than 120 s or 2 GiB"),
        ("exit 3", "bsdtar ended with 3"),
    ):
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        ((_, reason),) = read(tmp_path, rar({"a.txt": TEXT}))
        assert expected in reason


def test_an_archive_itself_is_no_document() -> None:
    with pytest.raises(DocumentError, match="is an archive, and each file in it a document of its own"):
        read_layouts(Source("a.rar", "", "rar", b""))


def test_archives_are_found_in_folders_under_any_name(tmp_path: Path) -> None:
    (tmp_path / "附件1.2025年").write_bytes(rar({"a.txt": TEXT}))
    (tmp_path / "附件2.7z").write_bytes(b"7z\xbc\xaf\x27\x1c")
    assert len(find_inputs([str(tmp_path)]).files) == 2
