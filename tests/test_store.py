from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from conftest import SAMPLES

from extractor.config import Config
from extractor.datasets import store as store_module
from extractor.datasets.document import Document
from extractor.datasets.schemas import SCHEMAS
from extractor.datasets.store import Store, open_store, read_rows, verify
from extractor.errors import UsageError
from extractor.pipeline import read_document
from extractor.source.source import read_source

SAMPLE = SAMPLES / "shanghai-2024-final-accounts.pdf"


@pytest.fixture(scope="module")
def document(config: Config) -> Document:
    return read_document(read_source(SAMPLE), config)


def commit(folder: Path, *documents: Document) -> None:
    with open_store(folder) as store:
        store.commit(documents, "hash")


def test_contract_schemas_are_read_back(tmp_path: Path, document: Document) -> None:
    commit(tmp_path / "out", document)
    for name, schema in SCHEMAS.items():
        assert read_rows(tmp_path / "out", name).schema == schema
    assert verify(tmp_path / "out") == []
    frame = pd.read_parquet(tmp_path / "out" / "line_items")
    assert (frame["fiscal_year"] == 2024).all()
    assert (frame["year"].astype(int) == 2024).all()


def test_a_document_read_again_replaces_itself_even_in_another_year(tmp_path: Path, document: Document) -> None:
    out = tmp_path / "out"
    moved = replace(document, items=tuple(i._replace(fiscal_year=2019) for i in document.items))
    commit(out, document)
    commit(out, moved)
    items = read_rows(out, "line_items")
    assert items.num_rows == len(document.items)
    assert set(items["fiscal_year"].to_pylist()) == {2019}
    assert read_rows(out, "documents").num_rows == 1
    assert verify(out) == []


def test_order_of_commits_does_not_matter(tmp_path: Path, document: Document) -> None:
    other = Document("a" * 64, Path("b.pdf"), "pdf", "unreadable", "made up")
    commit(tmp_path / "one", document, other)
    commit(tmp_path / "two", other)
    commit(tmp_path / "two", document)
    first = (tmp_path / "one" / "manifest.json").read_text()
    assert first == (tmp_path / "two" / "manifest.json").read_text()


@pytest.mark.parametrize("step", range(1, 12))
def test_dying_at_any_step_of_a_commit_leaves_all_or_nothing(
    tmp_path: Path, document: Document, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Every step of a commit ends in a sync: die in the n-th one, open again, and find a whole dataset."""
    out = tmp_path / "out"
    other = Document("a" * 64, Path("b.pdf"), "pdf", "unreadable", "made up")
    commit(out, other)
    calls = 0
    real = store_module._sync

    def dies(path: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == step:
            raise KeyboardInterrupt
        real(path)

    with open_store(out) as store:
        monkeypatch.setattr(store_module, "_sync", dies)
        try:
            store.commit([document], "hash")
        except KeyboardInterrupt:
            monkeypatch.setattr(store_module, "_sync", real)
            Store(out)
    monkeypatch.setattr(store_module, "_sync", real)
    assert verify(out) == []
    assert read_rows(out, "line_items").num_rows in (0, len(document.items))
    commit(out, document)
    assert read_rows(out, "line_items").num_rows == len(document.items)


def test_verify_sees_damage(tmp_path: Path, document: Document) -> None:
    out = tmp_path / "out"
    commit(out, document)
    part = next((out / "line_items").rglob("*.parquet"))
    shutil.copy(part, part.with_name("part-zz.parquet"))
    part.write_bytes(part.read_bytes()[:-1])
    problems = "\n".join(verify(out))
    assert "differs from the manifest" in problems
    assert "part-zz.parquet: not in the manifest" in problems


def test_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(UsageError, match="not an output folder of ours"), open_store(tmp_path):
        pass
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    with open_store(tmp_path / "out"), pytest.raises(UsageError, match="another run"), open_store(tmp_path / "out"):
        pass


def test_datapackage_lists_every_part(tmp_path: Path, document: Document) -> None:
    commit(tmp_path / "out", document)
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    listed = {path for resource in package["resources"] for path in resource["path"]}
    assert listed == set(json.loads((tmp_path / "out" / "manifest.json").read_text())["files"])
