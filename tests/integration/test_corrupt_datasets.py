"""Damage to any file of a dataset, and what every command says of it: one line, or what the whole dataset says; no traceback."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner
from support.common import SAMPLES

from extractor.commands.main import cli
from extractor.datasets.document_result import document_result
from extractor.datasets.folder import Folder
from extractor.datasets.schemas import DATASETS, reference_tables
from extractor.datasets.store import open_store, read_rows
from extractor.errors import ExtractorError
from extractor.pipeline import read_document
from extractor.source.source import read_source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary

COMMANDS = (
    ("verify", "--deep"),
    ("check", "--json"),
    ("export", "--to", "csv", "--out", "{out}/csv"),
    ("report", "--out", "{out}/report"),
    ("figures",),
    ("gc",),
)


def _flipped(content: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << draw.randrange(8)]) + content[place + 1 :]


def _cut(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content))]


def _doubled(content: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(content))
    return content[:place] + content[place // 2 :]


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_flipped, _cut, _doubled)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, config: Config, vocabulary: Vocabulary) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "data"
    document = read_document(read_source(SAMPLES / "shanghai-2025-planted-errors.pdf"), vocabulary)
    with open_store(Folder(folder)) as store:
        store.commit([document_result(document, "hash")], references=reference_tables(config))
    return folder


def kinds_of(folder: Path) -> dict[str, list[Path]]:
    """Return the files of a dataset by their kind: the dataset of a part, else the name."""
    kinds: dict[str, list[Path]] = {}
    for file in sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file() and p.stat().st_size):
        kinds.setdefault(file.parts[0], []).append(file)
    return kinds


def damaged(whole: Path, kind: str, draw: random.Random) -> Iterator[Callable[[Path], None]]:
    """Yield what damages a copy of a dataset: a file of that kind changed, exchanged with another, or gone."""
    files, others = kinds_of(whole)[kind], [f for found in kinds_of(whole).values() for f in found]
    for damage in DAMAGES:
        file = draw.choice(files)
        yield partial(_write, file, damage((whole / file).read_bytes(), draw))
    file = draw.choice(files)
    yield partial(_write, file, (whole / draw.choice([other for other in others if other != file])).read_bytes())
    yield partial(_remove, draw.choice(files))


def _write(file: Path, content: bytes, copy: Path) -> None:
    (copy / file).write_bytes(content)


def _remove(file: Path, copy: Path) -> None:
    (copy / file).unlink()


def values(folder: Path, name: str) -> pa.Table | None:
    try:
        return read_rows(Folder(folder), name)
    except ExtractorError as error:
        assert "\n" not in str(error)
        return None


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["manifest.json", "datapackage.json", *DATASETS])
def test_a_damaged_file_is_said_or_changes_no_value(whole: Path, tmp_path: Path, kind: str) -> None:
    if kind not in kinds_of(whole):
        pytest.skip(f"the sample has no {kind}")
    draw = random.Random(kind)
    expected = {name: read_rows(Folder(whole), name) for name in DATASETS}
    for number, damage in enumerate(damaged(whole, kind, draw)):
        copy = tmp_path / f"{number}"
        shutil.copytree(whole, copy)
        damage(copy)
        for name in DATASETS:
            assert values(copy, name) in (None, expected[name])
        for command in COMMANDS:
            shutil.copytree(copy, again := tmp_path / f"{number}-{command[0]}")
            rest = [part.format(out=f"{again}.out") for part in command[1:]]
            ran = CliRunner().invoke(cli, [command[0], str(again), *rest])
            assert ran.exception is None or isinstance(ran.exception, SystemExit | ExtractorError), (
                command,
                ran.exception,
            )
