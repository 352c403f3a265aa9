"""A night after a night: what was corrected, what is gone, what still fails, as the commands show it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.budget_workbook import budget
from support.common import read_rows

from extractor.commands.main import cli
from extractor.datasets.folder import Folder
from extractor.datasets.integrity import verify
from extractor.fetch.ledger import Entry, Ledger
from extractor.language import speak

ROWS = [("201", "一般公共服务支出", 30), ("205", "教育支出", 70)]


TEXT = "示例市{0}局2026年部门预算\n收支总表\n单位：万元\n项目\t预算数\n事业收入\t{1}\n收入总计\t{1}\n"


def extractor(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, list(map(str, arguments)), standalone_mode=False, catch_exceptions=False)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with `data` after two nights: a budget was corrected, one is gone, one cannot be read."""
    place = tmp_path_factory.mktemp("nights")
    (place / "in").mkdir()
    budget(place / "in" / "a.xlsx", 70)
    budget(place / "in" / "gone.xlsx", 71)
    (place / "in" / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    assert extractor("run", place / "in", "--out", place / "data", "--json").return_value == 1
    budget(place / "in" / "a.xlsx", 75)
    (place / "in" / "gone.xlsx").unlink()
    yield place


def test_a_second_night_says_what_changed_and_fails_while_a_document_is_not_read(nights: Path) -> None:
    done = extractor("run", nights / "in", "--out", nights / "data", "--json")
    found = json.loads(done.output)
    assert (found["documents"], found["superseded"], found["retired"], found["standing"]) == (1, 1, 1, 1)
    assert done.return_value == 1
    assert extractor("run", nights / "in", "--out", nights / "data", "--json", "--only-new").return_value == 0
    assert verify(Folder(nights / "data")) == []

    shown = extractor("status", nights / "data").output
    assert "failing: 1" in shown and "bad.pdf" in shown
    assert "corrected: 1" in shown and "retired: 1" in shown
    state = json.loads(extractor("status", nights / "data", "--json", "--since", "2100-01-01").output)
    assert (len(state["failing"]), state["corrected"], len(state["retired"])) == (1, [], 1)

    new, old = state_of(nights)
    figures = json.loads(extractor("diff", nights / "data", old, new, "--json").output)["rows"]
    changed = {r["code"]: (r["old"], r["new"], r["difference"]) for r in figures if r["component"] == "total"}
    assert changed["205"] == ("700000.00", "750000.00", "50000.00")
    assert "201" not in changed
    items = json.loads(
        extractor("diff", nights / "data", old, nights / "in" / "a.xlsx", "--of", "line_items", "--json").output
    )
    assert {(r["code"], r["old"], r["new"]) for r in items["rows"] if r["code"]} == {("205", "70.000000", "75.000000")}
    assert extractor("diff", nights / "data", old, old).output == "no figures differ\n"

    would = extractor("prune", nights / "data", "--superseded", "--retired", "--dry-run").output
    assert would.count("would delete") == 2
    assert extractor("prune", nights / "data", "--document", new, "--dry-run").output.count("would delete") == 1
    assert extractor("prune", nights / "data", "--superseded").output.count("deleted ") == 1
    assert verify(Folder(nights / "data")) == []
    assert json.loads(extractor("status", nights / "data", "--json").output)["retired"]


def test_an_altered_header_and_unit_are_told_by_status_metrics_and_report(tmp_path: Path) -> None:
    folder, data, metrics = tmp_path / "in", tmp_path / "data", tmp_path / "extractor.prom"
    folder.mkdir()
    for number in range(5):
        budget(folder / f"{number}.xlsx", 70 + number)
    assert extractor("run", folder, "--out", data, "--json").return_value == 0
    assert json.loads(extractor("status", data, "--json").output)["drift"] == []
    time.sleep(1.1)  # first_seen has whole seconds
    budget(folder / "5.xlsx", 90, project="专项经费支出", unit="元")
    assert extractor("run", folder, "--out", data, "--json", "--metrics", metrics).return_value == 0

    told = [d for d in json.loads(extractor("status", data, "--json").output)["drift"] if d["table_type"]]
    assert [(Path(d["path"]).name, d["page"], d["what"], d["found"], d["usual"], d["documents"]) for d in told] == [
        ("5.xlsx", 1, "header", "专项经费支出", "项目支出", 5),
        ("5.xlsx", 1, "unit", "元", "万元", 5),
    ]
    lines = metrics.read_text(encoding="utf-8").splitlines()
    assert 'extractor_drifts{what="unit"} 1' in lines
    (alarm,) = (line for line in lines if 'what="header"' in line and line.startswith("extractor_drift{"))
    assert '5.xlsx",page="1",' in alarm and 'found="专项经费支出"' in alarm
    assert extractor("run", folder, "--out", data, "--json", "--metrics", metrics).return_value == 0
    assert 'extractor_drifts{what="unit"} 0' in metrics.read_text(encoding="utf-8")  # of a night that brought nothing

    extractor("report", data, "--workers", "1")
    index = (data / "report" / "index.html").read_text(encoding="utf-8")
    assert 'id="changes"' in index and ">专项经费支出<" in index and "5.xlsx" in index


def test_status_speaks_chinese_and_its_json_does_not(nights: Path) -> None:
    try:
        chinese = extractor("--lang", "zh", "status", nights / "data").output
        machine = extractor("--lang", "zh", "status", nights / "data", "--json").output
    finally:
        speak("en")
    assert re.search(r"未能读取：1\n *起始日期 +状态 +路径 +原因", chinese)
    assert "不是预算文件" in chinese and "not_a_document" not in chinese
    assert json.loads(machine)["failing"][0]["status"] == "not_a_document"


def test_a_member_of_an_archive_that_was_fetched_again_supersedes_its_predecessor(tmp_path: Path) -> None:
    downloads, data = tmp_path / "downloads", tmp_path / "data"
    kept = [fetch_archive(downloads, {"甲.txt": 10, "乙.txt": 20, "丙.txt": 30})]
    assert extractor("run", downloads, "--out", data, "--json").return_value == 0
    kept.append(fetch_archive(downloads, {"甲.txt": 11, "乙.txt": 20}))
    found = json.loads(extractor("run", downloads, "--out", data, "--json").output)
    assert (found["documents"], found["skipped"], found["superseded"], found["retired"]) == (1, 3, 1, 1)
    rows = {
        Path(d["path"]).relative_to(downloads).as_posix(): d for d in read_rows(Folder(data), "documents").to_pylist()
    }
    old, new = (rows[f"{archive}!/甲.txt"] for archive in kept)
    assert (old["superseded_by"], new["supersedes"]) == (new["document_id"], old["document_id"])
    assert [rows[f"{kept[0]}!/{name}.txt"]["retired"] for name in "甲乙丙"] == [False, False, True]
    assert rows[f"{kept[0]}!/乙.txt"]["superseded_by"] is None
    assert json.loads(extractor("run", downloads, "--out", data, "--json").output)["superseded"] == 0


def fetch_archive(folder: Path, amounts: dict[str, int]) -> str:
    """Keep an archive of budgets as a fetch of one address does; return its name in the folder."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, amount in amounts.items():
            archive.writestr(zipfile.ZipInfo(name), TEXT.format(name[0], amount))
    sha256 = hashlib.sha256(content.getvalue()).hexdigest()
    name = f"{sha256[:2]}/{sha256}.zip"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_bytes(content.getvalue())
    ledger, moment = Ledger(folder), datetime.now(UTC)
    link = ("city", None, "https://example.gov.cn/a.zip", None, None, None, None)
    ledger.record(Entry(*link, moment, moment, 200, sha256=sha256, kind="zip", file=name))
    ledger.save()
    return name


def state_of(nights: Path) -> tuple[str, str]:
    """Return the ids of the correction and of what it supersedes."""
    (row,) = json.loads(extractor("status", nights / "data", "--json").output)["corrected"]
    return row["document_id"], row["supersedes"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("diff", "data", "nothing", "nobody"), "nothing: no such document; expected the path"),
        (("prune", "data"), "expected --superseded, --retired or --document"),
        (("prune", "data", "--document", "f" * 64), "no such document; expected a document_id"),
        (("status", "elsewhere"), "has no manifest.json"),
    ],
)
def test_wrong_arguments_are_one_line(nights: Path, arguments: tuple[str, ...], said: str) -> None:
    command, folder, *rest = arguments
    with pytest.raises(Exception, match=said):
        extractor(command, nights / folder, *rest)
