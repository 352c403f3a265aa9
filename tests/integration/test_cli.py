from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner
from support.commands import extractor
from support.common import ROOT, SAMPLES

from extractor.checks.check import Check
from extractor.commands.main import COMMANDS, cli, main
from extractor.commands.templates import COMMANDS as TEMPLATES
from extractor.datasets.document_result import document_result
from extractor.datasets.folder import Folder
from extractor.datasets.integrity import verify
from extractor.datasets.store import open_store, read_rows
from extractor.document import DocumentReading
from extractor.jobs.log import log, log_to
from extractor.pipeline import read_document
from extractor.source.source import read_source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary

SAMPLE = SAMPLES / "shanghai-2024-final-accounts.pdf"
PLANTED = SAMPLES / "shanghai-2025-planted-errors.pdf"


def started(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell does."""
    command = [sys.executable, "-m", "extractor", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


NO_BUDGET = """<html><body><h1>示例市示例局2024年政府信息公开工作年度报告</h1>
<p>二、主动公开政府信息情况</p><table>
<tr><td>信息内容</td><td>本年处理决定数量</td></tr><tr><td>行政许可</td><td>12,345</td></tr>
<tr><td>信息内容</td><td>本年收费金额（单位：万元）</td></tr><tr><td>行政事业性收费</td><td>1,234.56</td></tr>
</table></body></html>"""

# A run whose disk is full once documents are staged.
NO_ROOM = """
import errno, sys
from extractor.commands.main import main
from extractor.datasets.folder import Folder
write = Folder.write
def full(self, name, content):
    if name.startswith(".staging/"):
        raise OSError(errno.ENOSPC, "No space left on device")
    write(self, name, content)
Folder.write = full
if __name__ == "__main__":
    main()
"""


@pytest.fixture(scope="module")
def planted_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Convert the sample with planted errors; return the dataset, and what the command said."""
    out = tmp_path_factory.mktemp("planted") / "data"
    return out, started("run", PLANTED, "--out", out)


@pytest.fixture
def planted(planted_run: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    """Return a dataset of the sample with planted errors, to be left as it is."""
    return planted_run[0]


def encrypted(path: Path, user: str) -> Path:
    with pikepdf.open(SAMPLE) as document:
        document.save(path, encryption=pikepdf.Encryption(owner="owner", user=user))
    return path


def no_pages(path: Path) -> Path:
    with pikepdf.new() as document:
        document.save(path)
    return path


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Convert a folder of bad files with one good one among them; return name → (status, reason)."""
    folder = tmp_path_factory.mktemp("in")
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "page.pdf").write_bytes(b"<!DOCTYPE html><html><body>404</body></html>")
    (folder / "cut.pdf").write_bytes(SAMPLE.read_bytes()[:3000])
    (folder / "noise.pdf").write_bytes(bytes(range(256)) * 20)
    encrypted(folder / "user.pdf", "secret")
    encrypted(folder / "owner.pdf", "")
    no_pages(folder / "none.pdf")
    out = folder / "out"
    done = extractor("run", folder, "--out", out, "--json")
    assert done.returncode == 1
    assert done.stderr == ""
    rows = read_rows(Folder(out), "documents").to_pylist()
    return {Path(r["path"]).name: (r["status"], r["reason"]) for r in rows}


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("empty.pdf", "not_a_document", "empty"),
        ("page.pdf", "not_a_document", "web page"),
        ("cut.pdf", "partial", "no end mark"),
        ("noise.pdf", "not_a_document", "no kind that budgets"),
        ("user.pdf", "encrypted", "password"),
        ("owner.pdf", "ok", ""),
        ("none.pdf", "not_a_document", "cannot be opened"),
    ],
)
def test_bad_input_has_its_row_and_its_remedy(
    bad: dict[str, tuple[str, str]], name: str, status: str, words: str
) -> None:
    assert bad[name][0] == status
    assert words in bad[name][1]


def test_second_run_skips_and_a_changed_file_replaces(tmp_path: Path) -> None:
    source, out = tmp_path / "in.pdf", tmp_path / "out"
    source.write_bytes(SAMPLE.read_bytes())
    assert json.loads(extractor("run", source, "--out", out, "--json").stdout)["documents"] == 1
    again = json.loads(extractor("run", source, "--out", out, "--json").stdout)
    assert (again["documents"], again["skipped"]) == (0, 1)
    source.write_bytes((SAMPLES / "shanghai-2022-department.pdf").read_bytes())
    assert json.loads(extractor("run", source, "--out", out, "--json").stdout)["documents"] == 1
    assert verify(Folder(out)) == []


def test_texts_beside_documents_are_skipped_unless_they_are_named(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "in.pdf").write_bytes(SAMPLE.read_bytes())
    (folder / "README.md").write_text("# 说明\n\n下载 2025 年预算。\n", encoding="utf-8")
    (folder / "files.tsv").write_text("文件\t页数\nin.pdf\t16\n附件.pdf\t8\n", encoding="utf-8")
    done = extractor("run", folder, "--out", out)
    assert done.returncode == 0
    assert "skipped, as texts that are no documents: README.md, files.tsv" in done.stdout.splitlines()
    statuses = {Path(row["path"]).name: row["status"] for row in read_rows(Folder(out), "documents").to_pylist()}
    assert statuses == {"in.pdf": "ok", "README.md": "skipped", "files.tsv": "skipped"}
    again = extractor("run", folder / "README.md", "--out", out, "--json")
    assert again.returncode == 1
    assert json.loads(again.stdout)["status"] == {"not_a_document": 1}


def test_what_is_no_budget_has_figures_and_no_amounts(tmp_path: Path) -> None:
    page, out = tmp_path / "report.html", tmp_path / "out"
    page.write_text(NO_BUDGET, encoding="utf-8")
    assert extractor("run", page, "--out", out).returncode == 0
    (document,) = read_rows(Folder(out), "documents").to_pylist()
    assert document["publication"] == "other"
    assert document["publication_words"] == "示例市示例局2024年政府信息公开工作年度报告"
    items = read_rows(Folder(out), "line_items").to_pylist()
    assert [(i["label"], str(i["value"]), i["amount"], i["unit"]) for i in items] == [
        ("行政许可", "12345.000000", None, None),
        ("行政事业性收费", "1234.560000", None, None),
    ]
    assert {table["table_type"] for table in read_rows(Folder(out), "tables").to_pylist()} == {None}
    assert read_rows(Folder(out), "figures").num_rows == 0


def test_planted_errors_are_reported(planted_run: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, done = planted_run
    assert (done.returncode, done.stderr) == (0, "")
    assert "add up to 4,253,739 元: 700 元 more than stated" in done.stdout
    assert "587.60" in done.stdout
    assert extractor("check", out, "--strict").returncode == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "nowhere.pdf", "--out", "o"), "no such file"),
        (("run", "{empty}", "--out", "o"), "nothing to read"),
        (("run", SAMPLE, "--out", "{full}"), "not an output folder of `extractor run`"),
        (("run", SAMPLE, "--out", "{empty}", "--log-json", "{empty}/no/log"), "cannot be written"),
        (("run", SAMPLE, "--out", "{page}"), "is not a folder"),
        (("run", SAMPLE, "--out", "{page}/below"), "is not a folder"),
        (("check", "{empty}"), "manifest.json"),
        (("verify", "{empty}"), "manifest.json"),
        (("report", "{empty}"), "manifest.json"),
        (("inspect", "nowhere.pdf"), "no such file"),
        (("inspect", "{empty}"), "is a folder; expected a file"),
        (("templates", "draft", "nowhere.pdf", "--page", "1"), "no such file"),
        (("inspect", SAMPLE, "--page", "99"), "at most"),
        (("inspect", "{page}", "--page", "2"), "at most"),
        (("inspect", "{page}", "--reader", "camelot"), "expected a PDF"),
        (("templates", "check", "--configs", "{empty}"), "missing"),
    ],
)
def test_usage_errors_are_one_line_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str | Path, ...], words: str
) -> None:
    """In this process: a command of its own says so in `test_an_error_about_a_name_of_several_lines_is_one_line`."""
    empty, full = tmp_path / "empty", tmp_path / "full"
    empty.mkdir()
    full.mkdir()
    (full / "mine.txt").write_text("x")
    page = tmp_path / "page.html"
    page.write_text("<table><tr><td>项目<td>预算数<tr><td>合计<td>1.5</table>")
    with pytest.raises(SystemExit) as ended:
        main([str(a).format(empty=empty, full=full, page=page) for a in arguments])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert words in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize("command", [("run", SAMPLE, "--out"), ("report", "{data}", "--out")])
def test_a_folder_that_cannot_be_made_is_storage_and_exits_4(planted: Path, command: tuple[str | Path, ...]) -> None:
    done = extractor(*(str(a).format(data=planted) for a in command), "/proc/out")  # where even root makes nothing
    assert done.returncode == 4
    assert done.stderr.startswith("extractor: /proc/out: cannot be")
    assert len(done.stderr.splitlines()) == 1


def test_a_full_disk_exits_4_and_keeps_what_was_committed(planted: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(planted, out)
    before = read_rows(Folder(out), "documents")
    command = [sys.executable, "-c", NO_ROOM, "run", str(SAMPLE), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 4
    assert "No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert verify(Folder(out)) == []
    assert read_rows(Folder(out), "documents") == before


ESCAPED = "a\x1b[31m\u202e.txt"


def on_a_terminal(*arguments: str | Path, cwd: Path) -> str:
    """Return all that a command prints where it prints to a terminal."""
    screen, terminal = os.openpty()
    command = [sys.executable, "-m", "extractor", *map(str, arguments)]
    env = {**os.environ, "TERM": "dumb", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, cwd=cwd, env=env)
    os.close(terminal)
    printed = b""
    try:
        while piece := os.read(screen, 65536):
            printed += piece
    except OSError:  # the other end is closed: all was read
        pass
    os.close(screen)
    process.wait(120)
    return printed.decode()


def test_control_characters_of_names_do_not_reach_a_terminal(tmp_path: Path) -> None:
    data, missing = tmp_path / "data", "b\x1b]0;title\x07.pdf"
    amount = Decimal("1.50")
    failed = Check("c", "a" * 64, "rows_total", ESCAPED, ("t",), ("i",), ("j",), *[amount] * 4, "no", None, "i", amount)
    failed = failed._replace(standing="finding", severity="high", sentence=ESCAPED, sentence_zh=ESCAPED)
    document = DocumentReading("a" * 64, ESCAPED, "pdf", "ok", "", checks=(failed,))
    with open_store(Folder(data)) as store:
        store.commit([document_result(document, "hash")])
    for command in (("check", data, "--json"), ("run", missing, "--out", "o"), (missing,)):
        printed = on_a_terminal(*command, cwd=tmp_path)
        assert printed
        assert not any(c in printed for c in "\x1b\x07\u202e"), (command, printed)
    assert "\\x1b[31m" in on_a_terminal("check", data, cwd=tmp_path)


HOSTILE = "a\x1b[31m\x7f\x9b31m\u061c\u200f\u202e\u2066 :warning: [red]x[/red]"
OBEYED = {*"\x1b\x7f\x9b\u061c\u200f\u202e\u2066\u26a0"}
STATEMENT = f"select path, reason, '{HOSTILE}' as \"{HOSTILE}\" from documents"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Path:
    """Make a dataset whose every text moves a terminal's cursor, and is markup."""
    read = read_document(read_source(SAMPLE), vocabulary)
    facts = replace(read.facts, organisation=HOSTILE, region=HOSTILE)
    items = tuple(
        i._replace(label=HOSTILE, label_standard=HOSTILE, measure_label=HOSTILE, amount_text=HOSTILE)
        for i in read.items
    )
    tables = tuple(replace(t, title=HOSTILE, agency=HOSTILE, notes=(HOSTILE,)) for t in read.tables)
    checks = tuple(
        c._replace(statement=HOSTILE, sentence=HOSTILE, sentence_zh=HOSTILE, holds="no") for c in read.checks
    )
    names = {"path": HOSTILE, "status": "partial", "reason": HOSTILE}
    document = replace(read, facts=facts, items=items, tables=tables, checks=checks, **names)
    other = DocumentReading("b" * 64, f"{HOSTILE}2", "pdf", "unreadable", HOSTILE)
    data = tmp_path_factory.mktemp("hostile") / "data"
    with open_store(Folder(data)) as store:
        store.commit([document_result(document, "hash"), document_result(other, "hash")])
    return data


@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("status",),
        ("figures",),
        ("verify", "--deep"),
        ("gc",),
        ("diff", "bbbb", HOSTILE, "--of", "line_items"),
        ("sql", STATEMENT),
        ("sql", STATEMENT, "--json"),
        ("prune", "--document", "b" * 64, "--dry-run"),
        ("export", "--to", "csv", "--out", HOSTILE),
        ("report", "--out", HOSTILE),
    ],
)
def test_no_command_prints_what_a_terminal_obeys(
    hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, [command[0], str(hostile), *command[1:]], catch_exceptions=False)
    assert done.output
    assert not set(done.output) & OBEYED


def test_the_log_is_safe_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with log_to(Path("-")):
        log("document", path=HOSTILE, reason="预算")
        log("document", path="预算.pdf")
    first, second = capsys.readouterr().err.splitlines()
    assert json.loads(first)["path"] == HOSTILE
    assert first.isascii()
    assert "预算.pdf" in second


def test_an_error_about_a_name_of_several_lines_is_one_line(tmp_path: Path) -> None:
    done = started("run", tmp_path / "a\nb.pdf", "--out", tmp_path / "out")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "a\\nb.pdf: no such file" in done.stderr


@pytest.mark.parametrize("out", ["o[red]", "o[/]"])
def test_a_folder_is_named_as_it_is_and_not_as_markup(tmp_path: Path, out: str) -> None:
    done = extractor("run", SAMPLE, "--out", tmp_path / out)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"written to {tmp_path / out}" in done.stdout.replace("\n", "")


def test_a_damaged_part_is_one_line_and_the_run_goes_on(planted: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(planted, out)
    part = next((out / "line_items").rglob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-1])
    # One document of the damaged bucket, and one of another.
    bucket = part.stem.removeprefix("part-")
    data = PLANTED.read_bytes()
    texts = {b: data + b"\n" * n for n in range(200, 0, -1) if (b := sha256(data + b"\n" * n).hexdigest()[0])}
    (tmp_path / "same.pdf").write_bytes(texts[bucket])
    (tmp_path / "other.pdf").write_bytes(texts["0" if bucket != "0" else "1"])
    done = extractor("run", tmp_path / "same.pdf", tmp_path / "other.pdf", "--out", out, "--json")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"{part.relative_to(out)} differs from the manifest" in line
    assert json.loads(done.stdout).items() >= {"documents": 1, "held_back": 1}.items()
    assert json.loads(done.stdout)["damaged"] == [line.removeprefix("extractor: ").rpartition(";")[0]]
    assert len(verify(Folder(out))) == 1
    assert any(path.stem != part.stem for path in (out / "line_items").rglob("*.parquet"))


def test_documents_of_a_damaged_part_are_not_read_again_each_night(planted: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(planted, out)
    part = next((out / "documents").iterdir())
    whole = part.read_bytes()
    part.write_bytes(whole[:-1])
    for _ in range(2):
        done = extractor("run", PLANTED, "--out", out, "--json")
        (line,) = done.stderr.splitlines()
        assert "restore it, or run again into a new folder" in line
        assert json.loads(done.stdout).items() >= {"documents": 0, "skipped": 0, "held_back": 1}.items()
    part.write_bytes(whole)
    done = extractor("run", PLANTED, "--out", out, "--json")
    assert json.loads(done.stdout).items() >= {"skipped": 1, "held_back": 0, "damaged": []}.items()


def test_a_damaged_part_of_figures_stops_a_run_before_anything_is_read(planted: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(planted, out)
    part = next((out / "figures").iterdir())
    whole = part.read_bytes()
    part.write_bytes(whole[:-1])
    done = extractor("run", SAMPLE, "--out", out)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert f"extractor figures {out} --rebuild" in done.stderr
    assert extractor("figures", out, "--rebuild").returncode == 0
    assert part.read_bytes() == whole
    assert extractor("run", SAMPLE, "--out", out).returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
@pytest.mark.parametrize("command", [("run", PLANTED, "--out", "{out}"), ("check", "{data}"), ("inspect", SAMPLE)])
def test_an_output_without_unicode_loses_no_command(
    planted: Path, tmp_path: Path, command: tuple[str | Path, ...], encoding: str
) -> None:
    arguments = [str(a).format(data=planted, out=tmp_path / encoding) for a in command]
    for options in ([], ["--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "extractor", *arguments, *options],
            env={**os.environ, "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        # Click takes ASCII for a terminal set up wrongly, and writes texts in UTF-8.
        assert done.stdout.decode("utf-8" if encoding == "ascii" else encoding)
    assert json.loads(done.stdout.decode(encoding))


def test_check_prints_a_suggested_amount_as_json(tmp_path: Path, config: Config) -> None:
    amount = Decimal("1.50")
    failed = Check("c", "d" * 64, "rows_total", "1 = 2", ("t",), ("i",), ("j",), *[amount] * 4, "no", None, "i", amount)
    with open_store(Folder(tmp_path / "data")) as store:
        store.commit(
            [document_result(DocumentReading("d" * 64, "in.pdf", "pdf", "ok", "", checks=(failed,)), config.hash)]
        )
    found = json.loads(extractor("check", tmp_path / "data", "--json").stdout)
    assert found["failed"][0]["suggested"] == "1.50"
    assert found["failed"][0]["left_items"] == ["i"]


def test_help_lists_every_command_and_imports_none() -> None:
    modules = "print(*(m for m in sys.modules if m.startswith('extractor.commands.') or m in ('pyarrow', 'pypdfium2')))"
    code = f"import sys; from extractor.commands.main import cli; cli(['--help'], standalone_mode=False); {modules}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    text, _, imported = done.stdout.strip().rpartition("\n")
    assert set(imported.split()) == {f"extractor.commands.{name}" for name in ("main", "lazy_group", "options")}
    for name in COMMANDS:
        assert f"\n  {name} " in text


@pytest.mark.parametrize("words", [(name,) for name in COMMANDS] + [("templates", name) for name in TEMPLATES])
def test_every_command_has_help(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli, [*words, "--help"], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.output.startswith(f"Usage: cli {' '.join(words)} ")


def test_unknown_config_key_is_named_with_its_place(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES.parent / "configs", tmp_path / "configs")
    with (tmp_path / "configs" / "tables.toml").open("a") as stream:
        stream.write('\n[[table]]\nid = "x"\nzh = "x"\ntitel = ["x"]\n')
    done = extractor("templates", "check", "--configs", tmp_path / "configs")
    assert done.returncode == 2
    assert "titel" in done.stderr


def test_log_for_machines_names_every_document_and_commit(tmp_path: Path) -> None:
    log, out = tmp_path / "log.jsonl", tmp_path / "out"
    done = extractor("run", SAMPLE, "--out", out, "--json", "--log-json", log)
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert [e["event"] for e in events] == ["start", "document", "commit", "end"]
    assert events[1]["status"] == "ok"
    assert {"layouts", "judging", "second_readers", "figures", "datasets"} == set(events[1]["stages"])
    assert events[3].items() >= json.loads(done.stdout).items()


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1/17", "1", "a/b"])
def test_shards_are_checked(tmp_path: Path, shard: str) -> None:
    done = extractor("run", SAMPLE, "--out", tmp_path / "out", "--shard", shard)
    assert done.returncode == 2
    assert "expected I/N" in done.stderr


def test_inspect_shows_every_stage() -> None:
    done = extractor("inspect", SAMPLE, "--page", "3")
    assert done.returncode == 0
    for word in ("grid", "because", "column", "total", "proven"):
        assert word in done.stdout


def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    """The run is interrupted when it has told of its first document: on a cold start that takes who knows how long."""
    folder, out, log = tmp_path / "in", tmp_path / "out", tmp_path / "log.jsonl"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.pdf").write_bytes(SAMPLE.read_bytes() + b"\n" * number)
    command = [sys.executable, "-m", "extractor", "run", folder, "--out", out, "--workers", "1", "--log-json", log]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not (log.exists() and '"event": "document"' in log.read_text()):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130, errors
    assert "run the same command to continue" in errors
    assert verify(Folder(out)) == []
    done = read_rows(Folder(out), "documents").num_rows
    assert 0 < done < 40
    again = extractor("run", folder, "--out", out, "--json")
    assert (again.returncode, json.loads(again.stdout)["skipped"]) == (0, done)
    assert verify(Folder(out)) == []
    assert read_rows(Folder(out), "documents").num_rows == 40
