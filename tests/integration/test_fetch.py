"""`extractor fetch` against sites on this machine, as a process of its own: two nights, politeness, and what goes wrong."""

from __future__ import annotations

import hashlib
import json
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from support.budget_site import HTML, BudgetSite, Resource, budget_site
from support.common import ROOT, SAMPLES, read_rows
from support.processes import wait_until

from extractor.datasets.folder import Folder
from extractor.fetch.ledger import JOURNAL, LEDGER, Entry, read_entries

pytestmark = pytest.mark.usefixtures("measured_processes")  # what fetches runs nowhere else
DELAY = 0.05
ARTICLE = (
    '<meta name="ArticleTitle" content="{0}"><h1>{0}</h1><p>发布日期：{1}</p><p>附件：<a href="{2}">{0}.pdf</a></p>'
)
TABLE = "2026年部门预算\n收支总表\n单位：万元\n项目\t预算数\n事业收入\t10\n收入总计\t10\n"


@dataclass
class Nightly:
    """A site and the folder that it is fetched into."""

    site: BudgetSite
    folder: Path

    @property
    def into(self) -> Path:
        return self.folder / "downloads"

    def sources(self, *more: str, **keys: Any) -> None:
        """Write `sources.toml`: the site, and other sources as TOML."""
        said = {"name": "city", "start": [f"{self.site.url}/czxx/"], "follow": ["/czxx/*"], "delay_s": DELAY, **keys}
        lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in said.items())
        (self.folder / "sources.toml").write_text("\n".join((f"[[source]]\n{lines}", *more)), encoding="utf-8")

    def command(self, *options: str) -> list[str]:
        sources = self.folder / "sources.toml"
        return [sys.executable, "-m", "extractor", "fetch", str(sources), "--into", str(self.into), *options]

    def fetch(self, *options: str, code: int = 0) -> tuple[dict[str, Any], list[str]]:
        """Run the command; return its summary, and the lines on stderr."""
        done = subprocess.run(
            self.command("--json", *options), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout), done.stderr.splitlines()

    def entries(self) -> dict[str, list[Entry]]:
        """Return the ledger's rows by the path of their link."""
        found: dict[str, list[Entry]] = {}
        for entry in read_entries(self.into):
            found.setdefault(entry.url.removeprefix(self.site.url), []).append(entry)
        return found


@pytest.fixture
def nightly(tmp_path: Path) -> Iterator[Nightly]:
    with budget_site() as site:
        yield Nightly(site, tmp_path)


def publish(site: BudgetSite) -> None:
    """Build a department's site: a list of three pages, articles, and documents of many names."""
    site.at["/robots.txt"] = Resource(b"User-agent: *\nDisallow: /czxx/secret/\n", "text/plain")
    rows = '<li><a href="a.html">甲局预算</a> 2026-03-01</li><li><a href="secret/x.html">内部</a></li>'
    site.page("/czxx/", f'<ul>{rows}</ul><a href="index_1.html">下一页</a><a href="./">首页</a>')
    site.page(
        "/czxx/index_1.html", '<a href="b.html">乙局预算</a><script>createPageHTML(9, 1, "index", "html")</script>'
    )
    site.page("/czxx/a.html", ARTICLE.format("甲局2026年部门预算", "2026-03-02", "/files/down?id=1"))
    site.page(
        "/czxx/b.html", ARTICLE.format("乙局2026年部门预算", "2026-02-01", "/files/b.pdf") + '<a href="c.html?n=1">'
    )
    site.at["/files/down?id=1"] = Resource(b"%PDF-1.4 first", "application/octet-stream")
    site.pdf("/files/b.pdf", b"%PDF-1.4 second")
    site.page("/czxx/c.html?n=1", '<a href="b.html">上一页</a><a href="c.html?n=1#top">更多</a>')  # a loop


def test_the_second_night_costs_what_changed(nightly: Nightly) -> None:
    publish(nightly.site)
    nightly.sources()
    first, said = nightly.fetch()
    assert (first["new"], first["documents"], first["faults"]) == (2, 2, [])
    assert said == [
        f"extractor: city: robots.txt of {nightly.site.url[7:]} forbids it: 1 links, first {nightly.site.url}/czxx/secret/x.html"
    ]
    assert all(sent.status == 200 for sent in nightly.site.night())

    unchanged, _ = nightly.fetch()
    assert (unchanged["unchanged"], unchanged["new"], unchanged["bytes"]) == (2, 0, 0)
    night = nightly.site.night()
    assert {sent.status for sent in night} == {304}
    assert sum(sent.size for sent in night) == 0
    assert len(night) == len({sent.path for sent in night}) == 8  # robots.txt, five pages, two documents, each once

    nightly.site.pdf("/files/b.pdf", b"%PDF-1.4 corrected")
    changed, _ = nightly.fetch()
    assert (changed["changed"], changed["unchanged"]) == (1, 1)
    assert [(sent.path, sent.size) for sent in nightly.site.night() if sent.size] == [("/files/b.pdf", 18)]

    before, after = nightly.entries()["/files/b.pdf"]
    assert [(nightly.into / str(entry.file)).read_bytes() for entry in (before, after)] == [
        b"%PDF-1.4 second",
        b"%PDF-1.4 corrected",
    ]
    assert (after.found_on, after.link_text) == (f"{nightly.site.url}/czxx/b.html", "乙局2026年部门预算.pdf")
    assert (after.title, after.published) == ("乙局2026年部门预算", date(2026, 2, 1))
    assert before.fetched_at < before.checked_at < after.fetched_at


def test_hosts_are_asked_one_at_a_time_with_their_delay_and_left_alone_while_they_are_busy(nightly: Nightly) -> None:
    publish(nightly.site)
    page = nightly.site.at["/czxx/b.html"]
    busy = Resource(status=429, headers={"Retry-After": "1"})
    nightly.site.at["/czxx/b.html"] = lambda times: page if times and isinstance(page, Resource) else busy
    nightly.sources()
    summary, _ = nightly.fetch()
    assert (summary["new"], summary["faults"]) == (2, [])
    log = sorted(nightly.site.log, key=lambda sent: sent.at)
    assert log[0].path == "/robots.txt"
    assert not nightly.site.asked("/czxx/secret/x.html")
    assert all(sent.open_at_once == 1 for sent in log)
    gaps = [later.at - earlier.at for earlier, later in pairwise(log)]
    assert gaps.pop([sent.status for sent in log].index(429)) > 0.9
    assert sum(gaps) > len(gaps) * DELAY / 2  # each as the server sees it, which may have been slow to look


def test_a_host_that_asks_for_too_long_is_left_for_the_next_run(nightly: Nightly) -> None:
    publish(nightly.site)
    nightly.site.at["/czxx/"] = Resource(status=503, headers={"Retry-After": "86400"})
    nightly.sources()
    _, (line,) = nightly.fetch(code=1)
    assert f"{nightly.site.url[7:]} asks to be left alone for 86400 s: left for the next run" in line


def test_nothing_is_fetched_where_robots_txt_cannot_be_had(nightly: Nightly) -> None:
    publish(nightly.site)
    nightly.site.at["/robots.txt"] = Resource(status=503, headers={"Retry-After": "0"})
    nightly.sources()
    _, (line,) = nightly.fetch(code=1)
    assert f"without the robots.txt of {nightly.site.url[7:]} nothing may be fetched there: it answers 503" in line
    assert {sent.path for sent in nightly.site.log} == {"/robots.txt"}


def test_an_answer_that_does_not_come_in_time_is_a_line(nightly: Nightly) -> None:
    nightly.site.page("/czxx/", '<a href="/files/slow">slow.pdf</a>')
    nightly.site.pdf("/files/slow", b"%PDF-1.4 slow", seconds=3600)
    nightly.sources(follow=["/czxx/*"], download=["/files/*"])
    _, lines = nightly.fetch("--timeout", "1", code=1)
    assert any(
        "did not answer in time" in line for line in lines
    )  # on a busy machine, that of the page may be late too


def test_what_goes_wrong_is_a_line_and_the_rest_goes_on(nightly: Nightly, tmp_path: Path) -> None:
    site = nightly.site
    links = "".join(f'<a href="/files/{name}">{name}.pdf</a>' for name in ("good", "login", "gone", "big", "ftp"))
    site.page("/czxx/", f'{links}<a href="/files/loop">loop.pdf</a><a href="http://10.1.2.3/x.pdf">x</a>')
    site.pdf("/files/good", b"%PDF-1.4 good")
    site.page("/files/login", '<form><input type="password"></form>')
    site.pdf("/files/big", b"%PDF-1.4" + b" " * (2 << 20))
    site.at["/files/ftp"] = Resource(status=302, headers={"Location": "ftp://a.cn/b.pdf"})
    site.at["/files/loop"] = Resource(status=302, headers={"Location": "/files/loop"})
    with budget_site(self_signed(tmp_path)) as secure:
        nightly.sources(
            f'[[source]]\nname = "tls"\nstart = ["{secure.url.replace("127.0.0.1", "localhost")}/"]\ndelay_s = 0.05',
            '[[source]]\nname = "nowhere"\nstart = ["http://no-such-host.invalid/"]',
            f'[[source]]\nname = "shut"\nstart = ["http://127.0.0.1:{unused_port()}/"]\ndelay_s = 0.05',
            follow=["/czxx/*"],
            download=["/files/*", "*.xlsx", "http://10.1.2.3/*"],
        )
        summary, lines = nightly.fetch("--max-mb", "1", code=1)
    assert summary["new"] == 1
    for name, fault in {
        f"city: {site.url}/files/login": "is a login page; expected a document",
        f"city: {site.url}/files/gone": "answers 404",
        f"city: {site.url}/files/big": "is larger than --max-mb allows",
        f"city: {site.url}/files/ftp": "redirects to ftp://a.cn/b.pdf; expected http or https",
        f"city: {site.url}/files/loop": "redirects in a loop",
        "city: 10.1.2.3 has the address 10.1.2.3, which is not public": "first http://10.1.2.3/x.pdf",
        'city: follow: "/czxx/*" matches none of 7 links': "correct it in the sources",
        'city: download: "*.xlsx" matches none of 7 links': "correct it in the sources",
        "tls: ": "its certificate is not trusted",
        "shut: without the robots.txt of 127.0.0.1:": "refuses connections",
        "nowhere: its host no-such-host.invalid cannot be found": "first http://no-such-host.invalid/",
    }.items():
        (line,) = (line for line in lines if line.startswith(f"extractor: {name}"))
        assert fault in line
    assert len(lines) == len(summary["faults"]) == 11


def unused_port() -> int:
    """Return a port of this machine where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_a_folder_that_cannot_be_written_ends_the_fetch(nightly: Nightly) -> None:
    publish(nightly.site)
    nightly.sources()
    nightly.into.mkdir()
    (nightly.into / hashlib.sha256(b"%PDF-1.4 second").hexdigest()[:2]).write_text("in the way of a folder")
    done = subprocess.run(nightly.command(), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 4
    (line,) = done.stderr.splitlines()[-1:]
    assert line.startswith(f"extractor: {nightly.into}") and line.endswith("what was fetched before is kept")


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return the context of a server whose certificate nobody has signed."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    encoded = serialization.Encoding.PEM
    secret = key.private_bytes(encoded, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(secret + certificate.public_bytes(encoded))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_a_document_that_no_page_has_any_more_is_asked_for_until_it_is_gone(nightly: Nightly) -> None:
    nightly.site.page("/czxx/", '<a href="/files/a.pdf">预算</a>')
    nightly.site.pdf("/files/a.pdf", b"%PDF-1.4 a")
    nightly.sources(follow=[])
    nightly.fetch()
    nightly.site.page("/czxx/", '<a href="/">首页</a>')
    del nightly.site.at["/files/a.pdf"]
    summary, _ = nightly.fetch()
    assert (summary["gone"], summary["faults"]) == (1, [])
    nightly.site.night()
    nightly.fetch()
    assert not nightly.site.asked("/files/a.pdf")
    kept, gone = nightly.entries()["/files/a.pdf"]
    assert (kept.status, gone.status, gone.file) == (200, 404, None)
    assert (nightly.into / str(kept.file)).exists()


def test_a_calendar_without_end_is_left_at_the_depth_limit(nightly: Nightly) -> None:
    class Calendar(dict[str, Any]):
        def get(self, path: str, default: Any = None) -> Any:
            month = int(path.rpartition("=")[2]) if path.startswith("/czxx/?m=") else None
            if month is None:
                return super().get(path, default)
            return Resource(f'<html><body><a href="?m={month + 1}">{month + 1}月</a></body></html>'.encode(), HTML)

    nightly.site.at = Calendar()
    nightly.sources(start=[f"{nightly.site.url}/czxx/?m=1"], max_depth=3)
    summary, (line,) = nightly.fetch()
    assert summary["pages"] == 4
    assert "city: max_depth = 3 leaves pages out: 1 links" in line


def test_an_interrupted_fetch_keeps_what_it_has_and_goes_on(nightly: Nightly) -> None:
    links = "".join(f'<a href="/files/{n}.pdf">{n}</a>' for n in range(40))
    nightly.site.page("/czxx/", links)
    for n in range(40):
        nightly.site.pdf(f"/files/{n}.pdf", b"%PDF-1.4 " + str(n).encode())
    nightly.sources(follow=[])
    running = subprocess.Popen(nightly.command(), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert wait_until(lambda: (nightly.into / JOURNAL).exists() and len(read_entries(nightly.into)) >= 3)
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=60)
    killed = len(read_entries(nightly.into))
    running = subprocess.Popen(nightly.command(), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert wait_until(lambda: len(read_entries(nightly.into)) >= killed + 3)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "interrupted" in said
    kept = pq.read_table(nightly.into / LEDGER).num_rows
    assert killed + 3 <= kept < 40
    nightly.site.night()
    summary, _ = nightly.fetch()
    assert (summary["new"], summary["unchanged"]) == (40 - kept, kept)
    assert sum(sent.size > 0 for sent in nightly.site.night() if sent.path.startswith("/files/")) == 40 - kept


@pytest.mark.browser
def test_a_list_that_a_script_writes_is_read_in_a_browser(nightly: Nightly) -> None:
    script = (
        'document.body.innerHTML = "<a href=/files/a>2026年部门预算.pdf</a>"; fetch("http://10.1.2.3/").catch(() => 0)'
    )
    nightly.site.page("/czxx/", f"<script>{script}</script>")
    nightly.site.pdf("/files/a", b"%PDF-1.4 a")
    nightly.sources(follow=[])
    _, (line,) = nightly.fetch(code=1)
    assert "has no links; where a script writes them, give the source javascript = true" in line
    nightly.sources(follow=[], javascript=True)
    summary, _ = nightly.fetch()
    assert (summary["new"], summary["faults"]) == (1, [])


def test_the_run_takes_address_date_and_region_from_the_ledger(nightly: Nightly) -> None:
    sample = next(path for path in sorted(SAMPLES.glob("*.pdf")))
    nightly.site.page(
        "/czxx/", '<ul><li><a href="/files/a">某单位预算.pdf</a> 2026-03-02</li><li><a href="/b">b.txt</a></li></ul>'
    )
    nightly.site.pdf("/files/a", sample.read_bytes())
    nightly.site.at["/b"] = Resource(TABLE.encode(), "text/plain")
    nightly.sources(follow=[], download=["/files/*", "/b"], region="320200")
    nightly.fetch()
    out = nightly.folder / "data"
    run = [sys.executable, "-m", "extractor", "run", str(nightly.into), "--out", str(out), "--workers", "1"]
    done = subprocess.run(run, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    rows = {row["source_url"]: row for row in read_rows(Folder(out), "documents").to_pylist()}
    pdf, text = rows[f"{nightly.site.url}/files/a"], rows[f"{nightly.site.url}/b"]
    assert (pdf["published"], text["published"]) == ("2026-03-02", None)
    assert (text["region_code"], text["region"]) == ("320200", "无锡市")  # it names none itself
    assert pdf["region_code"] not in (None, "320200")  # what the document says counts
