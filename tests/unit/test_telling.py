"""What a run tells others: metrics for a collector, and a message for a chat."""

from __future__ import annotations

import json
import os
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from http.client import BadStatusLine
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from unittest.mock import Mock

import click
import pytest
from click.testing import CliRunner
from prometheus_client.openmetrics.parser import text_string_to_metric_families

import extractor
from extractor.commands.main import cli
from extractor.datasets.document_result import Contradiction, DocumentResult
from extractor.drift import Drift
from extractor.errors import DatasetError, StorageError, UsageError
from extractor.jobs.executor import RunSummary
from extractor.metrics import write_metrics
from extractor.notification import TRIES, message, notify, require_web_address

FINDING = Contradiction(
    "children_sum", "document", "high", "201 = 20101", "201 does not add up", "201 与明细不符", "1.00"
)

DRIFT = Drift(
    "示例市", "department", None, 'a "b"\\c.pdf', 7, "expenditure_summary", "header", "专项支出", "项目支出", 12
)


def summary() -> RunSummary:
    found = RunSummary("/srv/data", skipped=340, duplicates=1)
    for status, reason in (("ok", ""), ("not_a_document", "<b>.pdf: is a web page")):
        counts: Counter[str] = Counter(proven=7, contradicted=1)
        found.add(
            DocumentResult(
                "a", "<b>.pdf", status, reason, 2026, 3, 2, 1, 0, 8, 8, None, None, counts, (FINDING,), 1.0, {}, {}
            )  # type: ignore[arg-type]
        )
    return found


def test_metrics_are_lines_of_openmetrics(tmp_path: Path) -> None:
    path = tmp_path / "extractor.prom"
    write_metrics(path, summary(), [])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "# EOF"
    for line in lines[:-1]:
        assert re.fullmatch(r'# (?:TYPE|HELP) extractor_\w+ .+|extractor_\w+(?:\{\w+="\w+"\})? \d+', line)
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    assert 'extractor_documents{status="not_a_document"} 1' in lines
    assert 'extractor_amounts{verdict="contradicted"} 2' in lines
    assert 'extractor_findings{severity="high"} 2' in lines
    assert "extractor_unchanged_documents 340" in lines
    assert 'extractor_drifts{what="header"} 0' in lines
    assert list(tmp_path.iterdir()) == [path]


def test_metrics_say_nothing_of_changes_that_are_not_known(tmp_path: Path) -> None:
    write_metrics(tmp_path / "extractor.prom", summary())
    assert "drift" not in (tmp_path / "extractor.prom").read_text(encoding="utf-8")


def test_metrics_name_a_change_at_a_publisher_with_its_page(tmp_path: Path) -> None:
    path = tmp_path / "extractor.prom"
    write_metrics(
        path, summary(), [DRIFT, DRIFT._replace(found="x" * 5000), DRIFT._replace(what="partial", found="1\n2")]
    )
    families = text_string_to_metric_families(path.read_text(encoding="utf-8"))
    samples = {family.name: family.samples for family in families}
    assert {s.labels["what"]: s.value for s in samples["extractor_drifts"] if s.value} == {"header": 2, "partial": 1}
    first, long, lines = samples["extractor_drift"]
    assert first.labels == {
        "publisher": "示例市", "organisation_level": "department", "path": 'a "b"\\c.pdf', "page": "7",
        "table_type": "expenditure_summary", "what": "header", "found": "专项支出", "usual": "项目支出",
    }  # fmt: skip
    assert (len(long.labels["found"]), lines.labels["found"]) == (200, "1\n2")


def test_metrics_that_cannot_be_written_are_an_error_of_storage(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="give another --metrics"):
        write_metrics(tmp_path / "nowhere" / "extractor.prom", summary())


def test_metrics_that_cannot_be_written_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "replace", Mock(side_effect=OSError(ENOSPC, "full")))
    with pytest.raises(StorageError):
        write_metrics(tmp_path / "extractor.prom", summary())
    assert not list(tmp_path.iterdir())


def test_metrics_are_written_into_a_pipe_and_over_the_file_that_a_link_leads_to(tmp_path: Path) -> None:
    pipe, link, file = (tmp_path / name for name in ("pipe", "link", "file"))
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_metrics(pipe, summary())
    assert (os.read(reader, 1 << 20)[-6:], pipe.is_fifo()) == (b"# EOF\n", True)
    os.close(reader)
    link.symlink_to(file)
    write_metrics(link, summary())
    assert (link.is_symlink(), file.is_symlink(), file.read_bytes()[-6:]) == (True, False, b"# EOF\n")


@contextmanager
def webhook(*statuses: int) -> Iterator[tuple[str, list[str]]]:
    """Serve a webhook that answers with these statuses in turn; yield its address and the texts that it was given."""
    left, texts = list(statuses), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            texts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            self.send_response(left.pop(0))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/secret", texts
        server.shutdown()
        thread.join()


def test_a_message_counts_what_was_read_and_lists_what_was_not() -> None:
    assert message(summary()).splitlines() == [
        "extractor: 2 documents read (1 ok, 1 not_a_document), 340 unchanged; 16 amounts, 2 findings, 2 of them grave: /srv/data",
        "• not_a_document: <b>.pdf: <b>.pdf: is a web page",
    ]


def test_a_message_is_posted_again_until_it_is_taken() -> None:
    waited: list[float] = []
    with webhook(500, 429, 200) as (url, texts):
        assert notify(url, "<b> & c", waited.append) == ""
    assert texts == ["&lt;b&gt; &amp; c"] * 3
    assert waited == [2.0, 4.0]


def test_a_message_that_nobody_takes_is_a_line_without_the_secret() -> None:
    with webhook(*[403] * TRIES) as (url, texts):
        said = notify(url, "text", lambda _seconds: None)
    assert len(texts) == TRIES
    assert said.startswith("--notify: 127.0.0.1 did not take the message (HTTP Error 403: Forbidden)")
    assert "secret" not in said


def test_a_server_that_does_not_speak_http_does_not_take_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*_args: object, **_options: object) -> None:
        raise BadStatusLine("SSH-2.0-x")

    monkeypatch.setattr("urllib.request.urlopen", answer)
    said = notify("http://a.cn/secret", "text", lambda _seconds: None)
    assert said.startswith("--notify: a.cn did not take the message (SSH-2.0-x)")


@pytest.mark.parametrize(
    "url",
    ["hooks.slack.com/x", "file:///etc/passwd", "http://", "http://[::1/x", "https://a.cn:abc/x", "https://a.cn/x y"],
)
def test_a_message_is_posted_to_the_web_alone(url: str) -> None:
    with pytest.raises(UsageError, match="expected one such as https://"):
        require_web_address(url)


def test_a_run_tells_its_collector_and_its_chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.commands.run.start_server", lambda **_: None)
    monkeypatch.setattr(extractor, "run", lambda *_args, **_options: summary())
    monkeypatch.setattr("extractor.commands.run._drifts", lambda *_: [DRIFT])
    path = tmp_path / "extractor.prom"
    with webhook(200) as (url, texts):
        arguments = ["run", "in", "--out", "out", "--json", "--metrics", str(path), "--notify", url]
        done = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert done.return_value == 1  # as without: a document was not read
    assert texts == [message(summary(), [DRIFT]).replace("<", "&lt;").replace(">", "&gt;")]
    assert "专项支出" in path.read_text(encoding="utf-8")


def test_a_run_is_told_although_what_is_new_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(_location: str) -> None:
        raise DatasetError("out: a part is missing")

    monkeypatch.setattr("extractor.commands.run.start_server", lambda **_: None)
    monkeypatch.setattr(extractor, "run", lambda *_args, **_options: summary())
    monkeypatch.setattr(extractor, "open_dataset", damaged)
    path = tmp_path / "extractor.prom"
    arguments = ["run", "in", "--out", "out", "--json", "--metrics", str(path)]
    done = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert (done.exception, done.return_value) == (None, 1)
    assert done.stderr == "extractor: what is new at publishers is not told: out: a part is missing\n"
    assert path.read_text(encoding="utf-8").endswith("# EOF\n")


@pytest.mark.parametrize("path", ["/", "", "nowhere/extractor.prom"])
def test_metrics_that_have_no_file_are_refused_before_the_run(path: str) -> None:
    done = CliRunner().invoke(cli, ["run", "in", "--out", "out", "--metrics", path], standalone_mode=False)
    assert isinstance(done.exception, click.BadParameter)


def test_a_message_says_what_changed_at_a_publisher() -> None:
    assert message(summary(), [DRIFT]).splitlines()[-1] == (
        '• changed: a "b"\\c.pdf p.7 expenditure_summary: header 专项支出, usual 项目支出'
    )
    assert message(summary(), [DRIFT] * 12).splitlines()[-1] == "• … and 2 more"


def test_a_run_that_ends_early_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_options: object) -> RunSummary:
        raise StorageError("out: the disk is full")

    monkeypatch.setattr("extractor.commands.run.start_server", lambda **_: None)
    monkeypatch.setattr(extractor, "run", full)
    with webhook(200) as (url, texts):
        done = CliRunner().invoke(cli, ["run", "in", "--out", "out", "--notify", url], standalone_mode=False)
    assert isinstance(done.exception, StorageError)
    assert texts == ["extractor: the run ended early: out: the disk is full"]
