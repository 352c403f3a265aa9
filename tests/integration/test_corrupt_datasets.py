"""Damage to any file of a dataset, and what every command says of it: one line, or what the whole dataset says; no traceback.

Some of it always; hundreds of damages with `make fuzz`.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from support.common import EXAMPLES, SAMPLES

from extractor.commands.main import cli
from extractor.datasets.commit import MANIFEST
from extractor.datasets.document_result import document_result
from extractor.datasets.folder import Folder
from extractor.datasets.schemas import BY_ORGANISATION, DATASETS, OF_DOCUMENTS, SCHEMAS
from extractor.datasets.store import open_store, read_rows, reference_files
from extractor.document import DocumentReading
from extractor.errors import ExtractorError
from extractor.pipeline import read_document
from extractor.source.source import read_source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary

COMMANDS = (
    ("verify", "--deep"),
    ("check", "--json"),
    ("sql", "select * from line_items order by all", "--json"),
    ("sql", "select * from findings order by all"),
    ("export", "--to", "csv", "--out", "{out}/csv"),
    ("export", "--to", "sqlite", "--out", "{out}/data.sqlite"),
    ("report", "--workers", "1", "--out", "{out}/report"),
    ("figures",),
    ("status",),
    ("prune", "--superseded"),
    ("gc",),
    ("figures", "--rebuild"),
)


def _flipped(content: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << draw.randrange(8)]) + content[place + 1 :]


def _cut(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content))]


def _doubled(content: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(content))
    return content[:place] + content[place // 2 :]


SAMPLE = read_source(SAMPLES / "shanghai-2025-planted-errors.pdf")
OTHER = DocumentReading(SAMPLE.sha256[0] + "0" * 63, "other.pdf", "pdf", "unreadable", "made up")
DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_flipped, _cut, _doubled)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, config: Config, vocabulary: Vocabulary) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "data"
    document = read_document(SAMPLE, vocabulary)
    with open_store(Folder(folder)) as store:
        store.commit([document_result(document, "hash")], references=lambda: reference_files(config))
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


def run_command(command: tuple[str, ...], folder: Path, out: Path) -> Result:
    """Run a command, which may fail in one line alone."""
    out.mkdir(parents=True, exist_ok=True)
    ran = CliRunner().invoke(cli, [command[0], str(folder), *(part.format(out=out) for part in command[1:])])
    known = ran.exception is None or isinstance(ran.exception, SystemExit | ExtractorError)
    assert known, (command, ran.exc_info)
    return ran


@pytest.fixture(scope="module")
def said(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], str]:
    """Return what commands that print values print of the whole dataset."""
    out = tmp_path_factory.mktemp("said")
    return {c: run_command(c, whole, out).stdout for c in COMMANDS if c[0] in ("check", "sql")}


@pytest.mark.unmeasured
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["manifest.json", "datapackage.json", *DATASETS])
def test_a_damaged_file_is_said_or_changes_no_value(
    whole: Path, tmp_path: Path, kind: str, said: dict[tuple[str, ...], str]
) -> None:
    if kind not in kinds_of(whole):
        pytest.skip(f"the sample has no {kind}")
    expected = {name: read_rows(Folder(whole), name) for name in DATASETS}
    for number, damage in enumerate(chain.from_iterable(damaged(whole, kind, draw) for draw in draws(kind))):
        copy = tmp_path / f"{number}"
        shutil.copytree(whole, copy)
        damage(copy)
        for name in DATASETS:
            assert values(copy, name) in (None, expected[name])
        for command in COMMANDS if EXAMPLES else (*COMMANDS[:1], COMMANDS[number % len(COMMANDS)]):
            again = tmp_path / "again"
            shutil.copytree(copy, again)
            ran = run_command(command, again, tmp_path / f"{number}.out")
            if ran.exit_code == 0 and command in said:
                assert ran.stdout == said[command]
            shutil.rmtree(again)
        if not (copy / MANIFEST).exists():  # a run begins anew there, and deletes nothing
            continue
        committed(copy)
        for name in set(OF_DOCUMENTS) - set(BY_ORGANISATION):  # of these, another document may change rows
            found = values(copy, name)
            assert (
                found is None or found.filter(pc.not_equal(found["document_id"], OTHER.document_id)) == expected[name]
            )


def draws(kind: str) -> Iterator[random.Random]:
    for number in range(max(1, EXAMPLES // 200)):
        yield random.Random(f"{kind} {number}")


def committed(folder: Path) -> None:
    """Commit another document, of the damaged bucket, as the next run would."""
    try:
        with open_store(Folder(folder)) as store:
            store.find_damage({OTHER.document_id[0]})
            store.commit([document_result(OTHER, "hash")])
    except ExtractorError as error:
        assert "\n" not in str(error)


def odd_value(kind: pa.DataType, draw: random.Random) -> Any:
    """Return a value of a type that no run writes there, if it can."""
    if pa.types.is_list(kind):
        return [odd_value(kind.value_type, draw)]
    if pa.types.is_struct(kind):
        return {field.name: odd_value(field.type, draw) for field in kind}
    if pa.types.is_string(kind):
        return draw.choice(("", "..", "[", "{}", "\x1b[31m", "<script>", "\0", "=1"))
    if pa.types.is_decimal(kind):
        return Decimal(10) ** (kind.precision - kind.scale - 1)
    return draw.choice((float("nan"), float("inf"), -1.0)) if pa.types.is_floating(kind) else draw.choice((0, -1, 1))


def sign(folder: Path, name: str) -> None:
    """Have the manifest list a part as it is."""
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["files"][name]["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest))


def signed_with_odd_values(folder: Path, draw: random.Random) -> None:
    """Put odd values into a column of a part, and sign that: what a stranger can do."""
    name = draw.choice(sorted(json.loads((folder / MANIFEST).read_text())["files"]))
    schema = SCHEMAS[name.split("/")[0]]
    rows = pq.read_table(folder / name, schema=schema, partitioning=None)
    field = draw.choice([field for field in schema if field.name != "document_id"])
    value = None if field.nullable and draw.random() < 0.5 else odd_value(field.type, draw)
    if pa.types.is_boolean(field.type):
        value = value and bool(value)
    odd = pa.array([value] * rows.num_rows, field.type)
    pq.write_table(rows.set_column(schema.get_field_index(field.name), field, odd), folder / name)
    sign(folder, name)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(EXAMPLES // 40 or 5))
def test_rows_that_no_run_writes_cause_no_traceback(whole: Path, tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    shutil.copytree(whole, tmp_path / "data")
    signed_with_odd_values(tmp_path / "data", draw)
    for command in COMMANDS if EXAMPLES else draw.sample(COMMANDS, 3):
        run_command(command, tmp_path / "data", tmp_path / "out" / command[0])
        shutil.rmtree(tmp_path / "out")


def test_a_rule_without_a_name_stops_no_report(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "data")
    (part,) = (tmp_path / "data" / "checks").iterdir()
    rows = pq.read_table(part, schema=SCHEMAS["checks"], partitioning=None)
    place = rows.schema.get_field_index("rule")
    pq.write_table(rows.set_column(place, SCHEMAS["checks"].field("rule"), pa.nulls(rows.num_rows, pa.string())), part)
    sign(tmp_path / "data", f"checks/{part.name}")
    ran = run_command(("report", "--workers", "1"), tmp_path / "data", tmp_path / "out")
    assert ran.exception is None
    assert (tmp_path / "out" / "report" / "index.html").exists() or list((tmp_path / "data").rglob("index.html"))
