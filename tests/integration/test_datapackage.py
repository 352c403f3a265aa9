"""`datapackage.json`: Frictionless reads every row of every dataset, and finds types, words, keys and references valid."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Package, Report
from support.common import SAMPLES

from extractor.datasets.document_result import document_result
from extractor.datasets.folder import Folder
from extractor.datasets.history import Changes
from extractor.datasets.schemas import DATASETS
from extractor.datasets.store import open_store, read_rows, reference_files
from extractor.document import DocumentReading
from extractor.pipeline import read_document
from extractor.source.source import Source, read_source
from extractor.version import __version__
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary

PROSE = """示例市示例局2026年度部门预算

第一部分 部门概况

一、主要职能
（一）负责全市示例事务的规划和管理工作。

二、机构设置
纳入预算编制范围的单位共6家，其中：行政单位1家，参公单位1家，事业单位4家。

第二部分 部门预算情况说明

一、“三公”经费预算情况说明
2026年“三公”经费预算数为9.30万元，比2025年预算减少0.70万元，主要原因是厉行节约。

二、国有资产占有使用情况
截至2025年12月31日，本部门共有车辆46辆，其中，一般公务用车46辆。

三、项目经费情况说明
（一）项目概况
保障信息系统日常运行。
（二）立项依据
《示例市预算绩效管理实施办法》。

支出总表
单位：万元
科目编码\t科目名称\t合计
合计\t\t9.30
201\t一般公共服务支出\t9.30

第三部分 名词解释
一、机关运行经费：指行政单位使用财政拨款安排的基本支出中的公用经费支出。
""".encode()
PROSE_SOURCE = Source("说明.txt", hashlib.sha256(PROSE).hexdigest(), "text", PROSE)


@pytest.fixture(scope="module")
def out(config: Config, vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All samples and a document of prose, so that every dataset has rows."""
    folder = tmp_path_factory.mktemp("datapackage") / "out"
    sources = [read_source(path) for path in sorted(SAMPLES.glob("*.pdf"))]
    sources.append(PROSE_SOURCE)
    with open_store(Folder(folder)) as store:
        results = [document_result(read_document(source, vocabulary), "0" * 64) for source in sources]
        again = {f"copies/{number}.pdf": result.document_id for number, result in enumerate(results)}
        changes, moment = Changes(duplicates=again), datetime(2026, 11, 27, tzinfo=UTC)
        store.commit(results, changes, moment, partial(reference_files, config))
    return folder


@pytest.fixture(scope="module")
def small(vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document of prose alone."""
    folder = tmp_path_factory.mktemp("datapackage") / "small"
    with open_store(Folder(folder)) as store:
        store.commit([document_result(read_document(PROSE_SOURCE, vocabulary), "0" * 64)])
    return folder


def descriptor(folder: Path) -> dict[str, Any]:
    package: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return package


def joined(out: Path, folder: Path) -> dict[str, Any]:
    """Return the descriptor over one file a dataset, written here: of many, Frictionless reads the first and no other."""
    package = descriptor(out)
    for resource in package["resources"]:
        rows = read_rows(Folder(out), resource["title"])
        pq.write_table(rows, folder / f"{resource['name']}.parquet")
        resource["path"] = f"{resource['name']}.parquet"
    return package


def validate(package: dict[str, Any], folder: Path) -> Report:
    return Package.from_descriptor(package, basepath=str(folder)).validate()


def errors(report: Report) -> list[str]:
    return [error.message for task in report.tasks for error in task.errors] + [e.message for e in report.errors]


@pytest.mark.unmeasured  # Frictionless is at work here
def test_every_resource_is_valid_as_written(out: Path) -> None:
    report = validate(descriptor(out), out)
    assert errors(report) == []
    assert [task.name for task in report.tasks] == [name.replace("_", "-") for name in DATASETS]


@pytest.mark.unmeasured
def test_every_row_of_every_dataset_is_valid(out: Path, tmp_path: Path) -> None:
    report = validate(joined(out, tmp_path), tmp_path)
    assert errors(report) == []
    read = {task.name.replace("-", "_"): task.stats["rows"] for task in report.tasks}
    assert read == {name: read_rows(Folder(out), name).num_rows for name in DATASETS}
    assert all(read.values())


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("dataset", "column", "value", "found"),
    [
        ("line_items", "verdict", "sure", 'constraint "enum"'),
        ("line_items", "label", None, 'constraint "required" is "True"'),
        ("line_items", "table_id", "nowhere-000", "foreign"),
        ("line_items", "item_id", "twice", "primary"),
    ],
)
def test_a_row_that_breaks_the_contract_is_found(
    small: Path, tmp_path: Path, dataset: str, column: str, value: str | None, found: str
) -> None:
    package = joined(small, tmp_path)
    path = tmp_path / f"{dataset.replace('_', '-')}.parquet"
    rows = pq.read_table(path)
    values = rows[column].to_pylist()
    values[:2] = [value, value]
    damaged = pa.array(values, rows.schema.field(column).type)
    pq.write_table(rows.set_column(rows.schema.names.index(column), column, damaged), path)
    assert any(found in message for message in errors(validate(package, tmp_path)))


def test_the_package_says_what_it_is(out: Path) -> None:
    package = descriptor(out)
    assert package["version"] == __version__
    assert package["licenses"][0]["name"] == "MIT"
    fields = [field for resource in package["resources"] for field in resource["schema"]["fields"]]
    assert all(field["description"] and field["arrowType"] for field in fields)
    keys = {resource["title"]: resource["schema"]["primaryKey"] for resource in package["resources"]}
    assert keys == {name: list(dataset.primary_key) for name, dataset in DATASETS.items()}


def test_a_dataset_without_rows_is_no_resource(tmp_path: Path) -> None:
    with open_store(Folder(tmp_path / "out")) as store:
        store.commit([document_result(DocumentReading("a" * 64, "a.pdf", "pdf", "unreadable", "made up"), "0" * 64)])
    package = descriptor(tmp_path / "out")
    assert [resource["name"] for resource in package["resources"]] == ["documents"]
    assert errors(validate(package, tmp_path / "out")) == []
