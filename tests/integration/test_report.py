from __future__ import annotations

import base64
import dataclasses
import gzip
import http.client
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.common import SAMPLES

from extractor.datasets.document_result import document_result
from extractor.datasets.folder import Folder
from extractor.datasets.store import open_store, read_rows
from extractor.document import DocumentReading
from extractor.errors import DatasetError, DocumentError, UsageError
from extractor.jobs.limits import Limits
from extractor.jobs.opener import Opener
from extractor.pipeline import read_document
from extractor.report.as_read import rebuild
from extractor.report.drawer import Drawer
from extractor.report.original import link_to
from extractor.report.pictures import Extent, cut
from extractor.report.render_pages import PageToDraw
from extractor.report.serve import ReportServer
from extractor.report.spending import FUNCTION, NoSpending, Spending, spending
from extractor.report.treemap import Rectangle, squarify, treemap
from extractor.report.wording import proof, share
from extractor.report.write import Report, Wanted, write_report
from extractor.report.years import bars
from extractor.source.source import read_source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary

PLANTED = "shanghai-2025-planted-errors.pdf"
HOSTILE = '</script><script>window.hit = 1</script><img src=x onerror="hit=1">"\' onfocus=\'hit=1'


def commit(folder: Path, config: Config, *documents: DocumentReading) -> Path:
    with open_store(Folder(folder)) as store:
        store.commit([document_result(d, config.hash) for d in documents])
    return folder


def report_of(folder: Path, out: Path, vocabulary: Vocabulary, pictures: bool = False) -> list[Path]:
    return write_report(Folder(folder), out, vocabulary, 1, lambda *_: None, Wanted(pictures=pictures))


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, config: Config, vocabulary: Vocabulary) -> Path:
    """Return a dataset of the sample with planted errors, a file that is no document, and their report beside it."""
    folder = tmp_path_factory.mktemp("planted")
    source = folder / PLANTED
    source.write_bytes((SAMPLES / PLANTED).read_bytes())
    page = folder / "page.pdf"
    page.write_bytes(b"<!DOCTYPE html><html><body>404</body></html>")
    documents = [read_document(read_source(p), vocabulary) for p in (source, page)]
    commit(folder / "data", config, *documents)
    report_of(folder / "data", folder / "report", vocabulary, pictures=True)
    return folder


class Page(HTMLParser):
    """The elements of a page: (tag, attributes), and the text outside scripts and styles."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.blocks: dict[str, str] = {}
        self._raw = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {k: v or "" for k, v in attrs}))
        self._raw = dict(attrs).get("id") or tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""

    def handle_data(self, data: str) -> None:
        if self._raw:
            self.blocks[self._raw] = data
        else:
            self.text += data

    def unpacked(self, block: str) -> Any:
        return json.loads(gzip.decompress(base64.b64decode(self.blocks[block])))

    def checks(self) -> list[list[set[str]]]:
        """Return the stated and the computed items of every check, in the page's short form or not."""
        return [[full_ids(check[2]), full_ids(check[3])] for check in self.unpacked("checks")]

    def having(self, attribute: str) -> list[dict[str, str]]:
        return [a for _, a in self.elements if attribute in a]


def full_ids(text: str) -> set[str]:
    found, table = set(), ""
    for part in text.split():
        table = part.split("/")[0] if part.count("/") == 2 else table
        found.add(part if part.count("/") == 2 else f"{table}/{part}")
    return found


def document_page(folder: Path) -> Path:
    return next(p for p in sorted(folder.glob("*.html")) if re.fullmatch(r"[0-9a-f]{16}\.html", p.name))


@pytest.fixture(scope="module")
def page(planted: Path) -> Page:
    return Page(document_page(planted / "report"))


def test_every_reference_is_to_an_id_of_the_page(page: Page) -> None:
    ids = Counter(a["id"] for a in page.having("id"))
    assert max(ids.values()) == 1
    assert page.checks()
    for sides in page.checks():
        assert all(item in ids and f"o{item}" in ids for side in sides for item in side)
        assert any(sides)
    numbers = {int(n) for a in page.having("data-checks") for n in a["data-checks"].split()}
    assert numbers == set(range(len(page.checks())))
    assert {int(a["data-check"]) for a in page.having("data-check")} <= numbers
    links = {a["href"] for a in page.having("href") if a["href"].startswith("#")}
    assert {link[1:] for link in links} <= set(ids)


def test_every_item_of_the_datasets_has_a_permalink_and_every_check_is_there(planted: Path, page: Page) -> None:
    items = read_rows(Folder(planted / "data"), "line_items").to_pylist()
    cells = {a["id"]: a["class"] for tag, a in page.elements if tag == "td" and "id" in a}
    boxes = {a["id"]: a["class"] for tag, a in page.elements if tag == "rect" and "id" in a}
    assert cells == {i["item_id"][17:]: i["verdict"] for i in items}
    assert boxes == {f"o{name}": verdict for name, verdict in cells.items()}
    assert len(page.checks()) == read_rows(Folder(planted / "data"), "checks").num_rows
    for item in items:
        assert item["amount_text"] in page.text


def test_the_links_lead_to_the_page_of_the_original(planted: Path, page: Page) -> None:
    links = {a["href"] for a in page.having("href") if ".pdf" in a["href"]}
    pages = {str(i["page"]) for i in read_rows(Folder(planted / "data"), "line_items").to_pylist()}
    assert pages <= {link.partition("#page=")[2] for link in links}
    assert {(planted / "report" / link.partition("#")[0]).resolve() for link in links} == {planted / PLANTED}


@pytest.mark.parametrize(
    ("place", "link"),
    [
        ("https://example.org/a b.pdf", ""),
        ("https://example.org/预算.pdf", "https://example.org/%E9%A2%84%E7%AE%97.pdf"),
        ("https://example.org/?a=1&b=2", "https://example.org/?a=1&b=2"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("s3://bucket/a.pdf", ""),
        ("file:///etc/passwd", ""),
        ("data/all.zip!/a.pdf", ""),
    ],
)
def test_no_link_has_a_scheme_of_the_datasets_choice(
    place: str, link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert link_to({"source_url": None, "path": place}, tmp_path) == link


def test_a_finding_says_which_figure_where_and_both_figures(page: Page) -> None:
    for words in ("20805 行政事业单位养老支出", "is printed as 4,253,039 元", "4,253,739 元: 700 元 more", "Page 6"):
        assert words in page.text
    assert "587.60 万元" in page.text
    assert "577.60 万元" in page.text


def test_the_page_loads_nothing_from_anywhere(page: Page) -> None:
    for tag, attributes in page.elements:
        assert tag not in ("link", "iframe", "object", "base")
        assert re.fullmatch(
            r"pictures/[0-9a-f]{16}-\d+\.webp", attributes.get("src", "pictures/0000000000000000-0.webp")
        )
        assert not attributes.get("href", "").startswith(("http:", "https:", "//"))
    policy = next(a["content"] for a in page.having("http-equiv"))
    assert "default-src 'none'" in policy
    assert policy.count("'sha256-") == 2


def test_hostile_texts_are_shown_and_never_run(tmp_path: Path, config: Config, vocabulary: Vocabulary) -> None:
    document = read_document(read_source(SAMPLES / PLANTED), vocabulary)
    hostile = dataclasses.replace(
        document,
        status="partial",
        reason=HOSTILE,
        path=str(tmp_path / (HOSTILE.replace("/", "") + ".pdf")),
        facts=dataclasses.replace(document.facts, organisation=HOSTILE, region=HOSTILE),
        tables=tuple(dataclasses.replace(t, title=HOSTILE, agency=HOSTILE, notes=(HOSTILE,)) for t in document.tables),
        items=tuple(
            i._replace(
                label=HOSTILE,
                label_standard=HOSTILE,
                measure_label=HOSTILE,
                amount_text=HOSTILE,
                attributes=((HOSTILE, HOSTILE),),
            )
            for i in document.items
        ),
        checks=tuple(c._replace(statement=HOSTILE, rule=HOSTILE) for c in document.checks),
    )
    commit(tmp_path / "data", config, hostile)
    for path in report_of(tmp_path / "data", tmp_path / "report", vocabulary):
        page = Page(path)
        scripts = [a.get("type", "run") for tag, a in page.elements if tag == "script"]
        assert set(scripts) <= {"run", "application/json", "application/gzip"}
        assert scripts.count("run") == 2
        assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
        assert not any("src" in a for _, a in page.elements)
        assert not any(a["href"].lower().startswith(("javascript", "data")) for a in page.having("href"))
        assert HOSTILE in (page.unpacked("searched")["texts"] if path.name == "search.html" else page.text)


def test_a_report_is_no_document(planted: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    """Neither in a folder of datasets, which no walk enters, nor where somebody has put it."""
    for page in (planted / "report").glob("*.html"):
        found = read_document(read_source(page), vocabulary)
        assert (found.status, "is a page of `extractor report`" in found.reason) == ("not_a_document", True)


def test_a_file_that_is_gone_or_changed_costs_only_the_page_images(
    tmp_path: Path, config: Config, vocabulary: Vocabulary
) -> None:
    source = tmp_path / "in.pdf"
    source.write_bytes((SAMPLES / PLANTED).read_bytes())
    commit(tmp_path / "data", config, read_document(read_source(source), vocabulary))
    for change, words in ((b"%PDF-1.4 other", "has changed"), (None, "no longer be read")):
        source.write_bytes(change) if change else source.unlink()
        report_of(tmp_path / "data", tmp_path / "report", vocabulary, pictures=True)
        page = Page(document_page(tmp_path / "report"))
        assert words in page.text
        assert not any(tag == "img" for tag, _ in page.elements)
        assert any(tag == "td" and "id" in a for tag, a in page.elements)
        assert "587.60 万元" in page.text


def test_a_page_that_cannot_be_drawn_costs_the_images_of_its_document() -> None:
    sheet = PageToDraw(1, 0, 595, 842, (("t", 0, 842),))
    with Drawer(1) as drawer:
        with pytest.raises(DocumentError):
            list(drawer.draw(b"%PDF-1.4 junk", "junk.pdf", [sheet]))
        drawn = list(drawer.draw((SAMPLES / PLANTED).read_bytes(), PLANTED, [sheet]))
    assert [strip.page for chunk in drawn for _, strip in chunk] == [1]


def test_the_index_lists_documents_and_last_those_without_amounts_with_the_reason(planted: Path) -> None:
    index = Page(planted / "report" / "index.html")
    documents = [a["href"] for a in index.having("href") if re.match("[0-9a-f]{16}", a["href"])]
    assert documents == [document_page(planted / "report").name]
    assert index.text.index(PLANTED) < index.text.index("page.pdf")
    for words in ("not a document", "不是预算文件", "is a web page", "是网页（HTML）"):
        assert words in index.text


def test_one_page_has_all_findings_the_gravest_first(planted: Path) -> None:
    page = Page(planted / "report" / "findings.html")
    shown = [a["data-severity"] for a in page.having("data-severity")]
    rows = read_rows(Folder(planted / "data"), "checks").to_pylist()
    found = [(n, row) for n, row in enumerate(rows) if row["standing"] == "finding"]
    assert shown == ["high", "medium", "medium"]
    assert sorted(shown) == sorted(row["severity"] for _, row in found)
    links = {a["href"] for a in page.having("href") if "#k" in a["href"]}
    assert links == {f"{document_page(planted / 'report').name}#k{n}" for n, _ in found}
    for _, row in found:
        assert row["sentence"] in page.text
        assert row["sentence_zh"] in page.text


def test_the_search_has_every_label_and_amount_with_its_permalink(planted: Path) -> None:
    searched = Page(planted / "report" / "search.html").unpacked("searched")
    ((file, *_, tables),) = searched["documents"]
    texts = searched["texts"]
    found = {
        (f"{file[:16]}-{table}/{place}", texts[label], amount)
        for table, values in tables
        for label, _, amount, place in zip(*[iter(values)] * 4, strict=True)
    }
    items = read_rows(Folder(planted / "data"), "line_items").to_pylist()
    assert found == {(i["item_id"], i["label"], i["amount_text"]) for i in items}


def test_only_documents_that_changed_are_drawn_again(planted: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    report_of(planted / "data", tmp_path, vocabulary)
    page = document_page(tmp_path)
    first = page.read_bytes()
    page.write_bytes(first + b"<!-- untouched -->")
    report_of(planted / "data", tmp_path, vocabulary)
    assert page.read_bytes().endswith(b"<!-- untouched -->")
    page.write_bytes(first.replace(b'name="state" content="', b'name="state" content="0', 1))
    report_of(planted / "data", tmp_path, vocabulary)
    assert page.read_bytes() == first


def test_pictures_are_shared_between_runs_and_kept(planted: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    report_of(planted / "data", tmp_path, vocabulary, pictures=True)
    pictures = {p: p.stat().st_mtime_ns for p in (tmp_path / "pictures").iterdir()}
    assert len(pictures) > 9
    document_page(tmp_path).unlink()
    report_of(planted / "data", tmp_path, vocabulary, pictures=True)
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "pictures").iterdir()} == pictures
    report_of(planted / "data", tmp_path, vocabulary)
    assert any("src" in a for _, a in Page(document_page(tmp_path)).elements)


def test_a_document_that_has_no_pictures_is_not_asked_for_them_again(
    tmp_path: Path, config: Config, vocabulary: Vocabulary
) -> None:
    source = tmp_path / "收支总表.html"
    source.write_text(
        "<meta charset=utf-8><p>单位：万元</p><table><tr><th>项目<th>金额<tr><td>本年收入合计<td>5.00<tr><td>一、财政拨款收入<td>5.00</table>"
    )
    commit(tmp_path / "data", config, read_document(read_source(source), vocabulary))
    out = tmp_path / "report"
    report_of(tmp_path / "data", out, vocabulary)
    assert "are made of PDF files alone" not in Page(document_page(out)).text
    report_of(tmp_path / "data", out, vocabulary, pictures=True)
    assert "are made of PDF files alone" in Page(document_page(out)).text
    source.unlink()
    page = document_page(out).read_bytes()
    report_of(tmp_path / "data", out, vocabulary, pictures=True)
    assert document_page(out).read_bytes() == page


def test_pictures_of_other_cuts_leave_none_of_the_former(planted: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    report_of(planted / "data", tmp_path, vocabulary, pictures=True)
    names = {p.name for p in (tmp_path / "pictures").iterdir()}
    (listed,) = (tmp_path / "pictures").glob("*.json")
    former = listed.with_name(f"{listed.stem}-999.webp")
    former.write_bytes(b"")
    listed.write_text(json.dumps({**json.loads(listed.read_bytes()), "key": "of other cuts"}))
    document_page(tmp_path).unlink()
    report_of(planted / "data", tmp_path, vocabulary, pictures=True)
    assert {p.name for p in (tmp_path / "pictures").iterdir()} == names


def test_rerun_replaces_its_own_and_touches_nothing_else(planted: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    out = tmp_path / "report"
    first = {p: p.read_bytes() for p in report_of(planted / "data", out, vocabulary)}
    stale, alien, note = out / f"{'0' * 16}.html", out / f"{'1' * 16}.html", out / "notes.txt"
    picture = out / "pictures" / f"{'0' * 16}-0.webp"
    picture.parent.mkdir()
    picture.write_bytes(b"")
    stale.write_bytes(first[out / "index.html"])
    alien.write_text("<p>mine</p>")
    note.write_text("mine")
    assert {p: p.read_bytes() for p in report_of(planted / "data", out, vocabulary)} == first
    assert {p.name for p in out.iterdir()} == {"pictures", *(p.name for p in (*first, alien, note))}
    assert not picture.exists()


@pytest.fixture
def server(planted: Path, tmp_path: Path, vocabulary: Vocabulary) -> Iterator[ReportServer]:
    with Opener(Limits()) as opener, Drawer(1) as drawer:
        report = Report(Folder(planted / "data"), tmp_path, vocabulary, opener, drawer, Wanted())
        report.write_all(lambda *_: None)
        with ReportServer(report, 0) as found:
            thread = threading.Thread(target=found.serve_forever)
            thread.start()
            yield found
            found.shutdown()
            thread.join()


def get(server: ReportServer, path: str, host: str = "") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{server.server_port}")
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def test_a_served_page_gets_its_pictures_when_it_is_asked_for(server: ReportServer, planted: Path) -> None:
    assert server.server_address[0] == "127.0.0.1"
    page = document_page(server.report.out)
    assert b"<img" not in page.read_bytes()
    status, content = get(server, f"/{page.name}")
    picture = re.search(rb'src="(pictures/[^"]+)"', content)
    assert status == 200
    assert picture
    assert get(server, f"/{picture[1].decode()}")[1].startswith(b"RIFF")
    link = urljoin("http://report/", next(iter(re.findall(r'id="original" href="([^"]+)"', content.decode()))))
    assert get(server, urlsplit(link).path) == (200, (planted / PLANTED).read_bytes())
    assert get(server, "/")[0] == get(server, "/search.html?q=1")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/pictures/../secret.txt",
        "//etc/passwd",
        "/secret.txt",
        "/pictures/",
        "/0.html",
    ],
)
def test_a_server_gives_nothing_but_the_report(server: ReportServer, path: str) -> None:
    (server.report.out / "secret.txt").write_text("mine")
    (server.report.out.parent / "secret.txt").write_text("mine")
    assert get(server, path)[0] == 404


def test_a_server_answers_to_no_other_name(server: ReportServer) -> None:
    assert get(server, "/", "evil.example")[0] == 421
    assert get(server, "/", "127.0.0.1:1")[0] == 421


def test_an_original_that_has_changed_is_not_served(
    server: ReportServer, planted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = server.originals
    monkeypatch.setitem(server.originals, path, {**server.originals[path], "document_id": "0" * 64})
    assert get(server, quote(path))[0] == 404


def test_a_file_of_another_origin_is_never_overwritten(planted: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "index.html").write_text("<p>mine</p>")
    with pytest.raises(UsageError, match="was not written by `extractor report`"):
        report_of(planted / "data", tmp_path, vocabulary)
    assert [p.name for p in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_text() == "<p>mine</p>"


@pytest.mark.parametrize("name", ["pictures", "pictures/0000000000000000-0.webp"])
def test_no_link_of_a_report_is_followed(planted: Path, tmp_path: Path, vocabulary: Vocabulary, name: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    place = tmp_path / "report" / name
    place.parent.mkdir(parents=True)
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is a link"):
        report_of(planted / "data", tmp_path / "report", vocabulary)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_folder_that_is_no_dataset_is_refused(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(DatasetError, match=r"manifest\.json"):
        report_of(tmp_path, tmp_path / "report", vocabulary)
    assert not (tmp_path / "report").exists()


def test_only_all_is_a_hundred_percent() -> None:
    assert share(9999, 10000) == "99.9 %"
    assert share(10000, 10000) == "100.0 %"
    assert share(0, 0) == "–"
    counts = Counter(proven=9999, rounded=0, uncovered=1, contradicted=0)
    assert "9,999 of 10,000 amounts in 3 tables (99.9 %)" in proof(counts, 3, "en")
    assert proof(counts, 3, "en").endswith("1 reached by no identity, none contradicted.")
    assert proof(counts, 3, "zh").startswith("3 张表共 10,000 个金额：9,999 个（99.9 %）")


def item(row: int, column: int, amount: str, **fields: Any) -> dict[str, Any]:
    text = f"{Decimal(amount):,.2f}"
    return {
        "item_id": f"t/{row}/{column}", "table_id": "t", "row": row, "column": column, "page": 1, "amount_text": text,
        "amount": Decimal(amount) * 10000, "unit": "万元", "code": None, "functional_code": fields.get("code"), "label": "",
        "label_standard": None, "agency_code": None, "agency_name": None, "attributes": [], "is_total": False,
        "measure": "total", "measure_label": "合计", "phase": "budget", "side": None, "verdict": "proven", **fields,
    }  # fmt: skip


TABLE = {
    "table_id": "t", "table_type": "expenditure_summary", "title": "支出总表", "table_number": "表3", "first_page": 1,
    "columns": 3, "header": '[{"text": "科目编码"}, {"text": "科目名称"}, {"text": "合计"}]',
}  # fmt: skip


DOCUMENT = {"organisation": "某局", "fiscal_year": 2026, "phase": "budget"}


def figure(level: int, amount: str, code: str | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "organisation": "某局", "year": 2026, "phase": "budget", "direction": "expenditure", "fund": "all", "scope": "own",
        "classification": "functional", "component": "total", "level": level, "code": code, "name": f"支出{code}",
        "amount": Decimal(amount) * 10000, "incomplete": False, "item_ids": ["t/0/2"], **fields,
    }  # fmt: skip


def chosen(*figures: dict[str, Any]) -> Spending | NoSpending:
    return spending(DOCUMENT, figures, {"t/0/2": item(0, 2, "3.00")}, FUNCTION)


def test_spending_is_drawn_only_where_it_sums_up() -> None:
    total, education, schools = figure(0, "3.00"), figure(1, "2.00", "205"), figure(2, "1.50", "20502")
    health = figure(1, "1.00", "210")
    found = chosen(total, education, schools, health)
    assert isinstance(found, Spending)
    assert [(c.code, c.amount) for c in found.classes] == [("205", 20000), ("210", 10000)]
    assert found.classes[0].parts == ()  # 1.50 is not 2.00: drawn whole
    assert found.undivided == 1
    assert isinstance(chosen({**total, "incomplete": True}, education), NoSpending)
    assert isinstance(chosen(education, health), NoSpending)
    assert isinstance(chosen(total, education, health, figure(1, "-1.00", "208")), NoSpending)
    assert isinstance(chosen({**total, "organisation": "另一局"}, education), NoSpending)


def test_tiles_cover_the_chart_in_proportion() -> None:
    found = chosen(figure(0, "10.00"), *(figure(1, str(n), f"20{n}") for n in range(1, 5)))
    assert isinstance(found, Spending)
    tiles = treemap(found).tiles
    areas = [t.box.width * t.box.height for t in tiles]
    assert [round(a / sum(areas), 6) for a in areas] == [0.4, 0.3, 0.2, 0.1]


def test_bars_of_years_stand_in_proportion_for_one_fund_and_scope() -> None:
    totals = [
        figure(0, "4.00", year=2025),
        figure(0, "2.00", year=2024),
        figure(0, "9.00", year=2025, fund="state_capital"),
    ]
    found = bars([*totals, figure(0, "3.00", year=2025, phase="final_accounts")], totals[0])
    assert [(b.year, b.phase) for b in found] == [(2024, "budget"), (2025, "budget"), (2025, "final_accounts")]
    assert [round(b.box.height / found[1].box.height, 3) for b in found] == [0.5, 1.0, 0.75]
    assert bars(totals[:1], totals[0]) == ()
    assert bars([*totals, figure(0, "-1.00", year=2023)], totals[0]) == ()


@given(st.lists(st.floats(1, 1e9), min_size=1, max_size=40))
def test_squarified_areas_are_in_proportion_and_within_the_box(values: list[float]) -> None:
    values = sorted(values, reverse=True)
    boxes = squarify(values, Rectangle(0, 0, 960, 460))
    assert len(boxes) == len(values)
    scale = 960 * 460 / sum(values)
    for value, box in zip(values, boxes, strict=True):
        assert box.width * box.height == pytest.approx(value * scale, rel=1e-6, abs=1e-6)
        assert box.x >= -1e-3
        assert box.y >= -1e-3
        assert box.x + box.width <= 960 + 1e-3
        assert box.y + box.height <= 460 + 1e-3


def test_a_page_is_cut_between_its_tables_without_gap_or_overlap() -> None:
    cuts = cut([Extent("b", 1, 400, 500), Extent("a", 1, 100, 300)], 842)
    assert [name for name, _, _ in cuts] == ["a", "b"]
    assert cuts[0][1] == 0
    assert cuts[-1][2] == 842
    assert all(above[2] == below[1] for above, below in pairwise(cuts))


def test_tables_side_by_side_both_show_whole() -> None:
    cuts = cut([Extent("a", 1, 100, 300), Extent("b", 1, 100, 300)], 842)
    for _, top, bottom in cuts:
        assert top <= 100
        assert bottom >= 300


def test_rows_are_named_by_code_and_label_under_the_header_tree() -> None:
    read = rebuild(TABLE, [item(0, 2, "3.00", code="205", label="教育支出")])
    assert [(h.text, h.columns, h.rows) for h in read.header[0]] == [
        ("科目编码", 1, 1),
        ("科目名称", 1, 1),
        ("合计", 1, 1),
    ]
    assert [(c.code, c.text, c.columns) for c in read.lines[0].cells] == [("205", "教育支出", 2), ("", "3.00", 1)]


def test_a_table_with_two_sides_names_each() -> None:
    header = (
        '[{"text": "收入", "children": [{"text": "项目"}, {"text": "预算数"}]},'
        ' {"text": "支出", "children": [{"text": "项目"}, {"text": "预算数"}]}]'
    )
    table = {**TABLE, "columns": 4, "header": header}
    read = rebuild(
        table,
        [
            item(0, 1, "1.00", label="财政拨款收入"),
            item(0, 3, "2.00", label="教育支出"),
            item(1, 3, "3.00", label="合计"),
        ],
    )
    assert [(h.text, h.columns, h.rows) for h in read.header[0]] == [("收入", 2, 1), ("支出", 2, 1)]
    assert [[c.text for c in line.cells] for line in read.lines] == [
        ["财政拨款收入", "1.00", "教育支出", "2.00"],
        ["", "", "合计", "3.00"],
    ]


def test_columns_that_happen_to_be_blank_are_no_stub() -> None:
    header = '[{"text": "名称"}, {"text": "事业收入"}, {"text": "合计"}, {"text": "其他收入"}, {"text": "基金"}]'
    read = rebuild(
        {**TABLE, "columns": 5, "header": header}, [item(0, 2, "1.00", label="行"), item(0, 4, "1.00", label="行")]
    )
    assert [(c.text, c.row_header) for c in read.lines[0].cells] == [
        ("行", True),
        ("", False),
        ("1.00", False),
        ("", False),
        ("1.00", False),
    ]


def test_a_merged_header_falls_back_on_the_columns_of_the_amounts() -> None:
    table = {**TABLE, "columns": 5}
    read = rebuild(
        table,
        [
            item(0, 3, "1.00", label="行", measure_label="本年支出/合计"),
            item(0, 4, "1.00", label="行", measure_label="本年支出/基本支出"),
        ],
    )
    assert [(h.text, h.columns, h.rows) for h in read.header[0]] == [("", 1, 2), ("本年支出", 2, 1)]
    assert [c.text for c in read.lines[0].cells] == ["行", "1.00", "1.00"]


def test_texts_of_a_form_that_has_no_columns_for_them_name_the_row() -> None:
    form = {**TABLE, "header": '[{"text": "整体绩效目标"}]'}
    texts = [{"name": "整体绩效目标", "text": "新建道路"}, {"name": "整体绩效目标", "text": "≥"}]
    read = rebuild(form, [item(0, 2, "3.00", label="绩效指标", attributes=texts)])
    assert read.lines[0].cells[0].text == "绩效指标 · 新建道路 · ≥"


def test_a_row_that_is_a_unit_is_named_once() -> None:
    unit = item(0, 2, "3.00", label="劳动局（本级）", agency_code="309001", agency_name="劳动局(本级)")
    assert rebuild(TABLE, [unit]).lines[0].cells[0].text == "309001 劳动局(本级)"
