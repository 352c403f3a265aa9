from __future__ import annotations

import dataclasses
import re
from collections import Counter
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.common import SAMPLES

from extractor.datasets.document_result import document_result
from extractor.datasets.folder import Folder
from extractor.datasets.store import open_store, read_rows
from extractor.document import DocumentReading
from extractor.errors import DatasetError, DocumentError, UsageError
from extractor.pipeline import read_document
from extractor.report.as_read import rebuild
from extractor.report.drawer import Drawer
from extractor.report.images import Extent, cut
from extractor.report.render_pages import PageToDraw
from extractor.report.spending import NoSpending, Spending, by_function
from extractor.report.treemap import Rectangle, squarify, treemap
from extractor.report.wording import proof, share
from extractor.report.write import write_report
from extractor.source.source import read_source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary

PLANTED = "shanghai-2025-planted-errors.pdf"
HOSTILE = '</script><script>window.hit = 1</script><img src=x onerror="hit=1">"\' onfocus=\'hit=1'


def commit(folder: Path, config: Config, *documents: DocumentReading) -> Path:
    with open_store(Folder(folder)) as store:
        store.commit([document_result(d, config.hash) for d in documents])
    return folder


def report_of(folder: Path, out: Path, vocabulary: Vocabulary) -> list[Path]:
    return write_report(Folder(folder), out, vocabulary, 1, lambda *_: None)


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
    report_of(folder / "data", folder / "report", vocabulary)
    return folder


class Page(HTMLParser):
    """The elements of a page: (tag, attributes), and the text outside scripts and styles."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._raw = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {k: v or "" for k, v in attrs}))
        self._raw = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._raw = False

    def handle_data(self, data: str) -> None:
        if not self._raw:
            self.text += data

    def having(self, attribute: str) -> list[dict[str, str]]:
        return [a for _, a in self.elements if attribute in a]


def document_page(folder: Path) -> Path:
    return next(p for p in sorted(folder.iterdir()) if p.name != "index.html")


@pytest.fixture(scope="module")
def page(planted: Path) -> Page:
    return Page(document_page(planted / "report"))


def test_every_reference_is_to_an_id_of_the_page(page: Page) -> None:
    ids = Counter(a["id"] for a in page.having("id"))
    assert max(ids.values()) == 1
    checks = page.having("data-left")
    assert checks
    for check in checks:
        numbers = [*check["data-left"].split(), *check["data-right"].split()]
        assert numbers
        assert all(f"c{n}" in ids and f"o{n}" in ids for n in numbers)
    assert {a["data-check"] for a in page.having("data-check")} <= set(ids)
    links = {a["href"] for a in page.having("href") if a["href"].startswith("#")}
    assert {link[1:] for link in links} <= set(ids)


def test_every_amount_and_check_of_the_datasets_is_on_the_page(planted: Path, page: Page) -> None:
    items = read_rows(Folder(planted / "data"), "line_items").to_pylist()
    verdicts = Counter(i["verdict"] for i in items)
    cells = [
        a["class"].split()[-1] for tag, a in page.elements if tag == "td" and re.fullmatch(r"c\d+", a.get("id", ""))
    ]
    boxes = [a["class"] for tag, a in page.elements if tag == "rect" and "id" in a]
    assert Counter(cells) == Counter(boxes) == verdicts
    assert len(page.having("data-left")) == read_rows(Folder(planted / "data"), "checks").num_rows
    for item in items:
        assert item["amount_text"] in page.text


def test_a_finding_says_which_figure_where_and_both_figures(page: Page) -> None:
    for words in ("20805 行政事业单位养老支出", "is printed as 4,253,039 元", "4,253,739 元: 700 元 more", "Page 6"):
        assert words in page.text
    assert "587.60 万元" in page.text
    assert "577.60 万元" in page.text


def test_the_page_loads_nothing_from_anywhere(page: Page) -> None:
    for tag, attributes in page.elements:
        assert tag not in ("link", "iframe", "object", "base")
        assert attributes.get("src", "data:").startswith("data:")
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
        assert sum(tag == "script" for tag, _ in page.elements) == 2
        assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
        assert all(a["src"].startswith("data:") for _, a in page.elements if "src" in a)
        assert HOSTILE in page.text


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
        page = Page(report_of(tmp_path / "data", tmp_path / "report", vocabulary)[1])
        assert words in page.text
        assert not any(tag == "img" for tag, _ in page.elements)
        assert any(re.fullmatch(r"c\d+", a["id"]) for a in page.having("id"))
        assert "587.60 万元" in page.text


def test_a_page_that_cannot_be_drawn_costs_the_images_of_its_document() -> None:
    sheet = PageToDraw(1, 0, 595, 842, (("t", 0, 842),))
    with Drawer(1) as drawer:
        with pytest.raises(DocumentError):
            list(drawer.draw(b"%PDF-1.4 junk", "junk.pdf", [sheet]))
        drawn = list(drawer.draw((SAMPLES / PLANTED).read_bytes(), PLANTED, [sheet]))
    assert [strip.page for chunk in drawn for _, strip in chunk] == [1]


def test_beyond_the_limit_pages_are_named_and_contradictions_come_first(
    tmp_path: Path, config: Config, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extractor.report.images.LIMIT", 1)
    commit(tmp_path / "data", config, read_document(read_source(SAMPLES / PLANTED), vocabulary))
    page = Page(report_of(tmp_path / "data", tmp_path / "report", vocabulary)[1])
    wrong = {
        i["page"]
        for i in read_rows(Folder(tmp_path / "data"), "line_items").to_pylist()
        if i["verdict"] == "contradicted"
    }
    assert [a["alt"].split()[1] for a in page.having("alt")] == [str(min(wrong))]
    assert "are left out: a document gets at most" in page.text


def test_the_index_lists_documents_and_failures(planted: Path) -> None:
    index = Page(planted / "report" / "index.html")
    assert [a["href"] for a in index.having("href") if a["href"].endswith(".html")] == [
        document_page(planted / "report").name
    ]
    assert "not_a_document" in index.text
    assert "web page" in index.text


def test_rerun_replaces_its_own_and_touches_nothing_else(planted: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    out = tmp_path / "report"
    first = {p: p.read_bytes() for p in report_of(planted / "data", out, vocabulary)}
    stale, alien, note = out / f"{'0' * 16}.html", out / f"{'1' * 16}.html", out / "notes.txt"
    stale.write_bytes(first[out / "index.html"])
    alien.write_text("<p>mine</p>")
    note.write_text("mine")
    assert {p: p.read_bytes() for p in report_of(planted / "data", out, vocabulary)} == first
    assert {p.name for p in out.iterdir()} == {p.name for p in (*first, alien, note)}


def test_a_file_of_another_origin_is_never_overwritten(planted: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "index.html").write_text("<p>mine</p>")
    with pytest.raises(UsageError, match="was not written by `extractor report`"):
        report_of(planted / "data", tmp_path, vocabulary)
    assert [p.name for p in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_text() == "<p>mine</p>"


def test_a_folder_that_is_no_dataset_is_refused(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(DatasetError, match=r"manifest\.json"):
        report_of(tmp_path, tmp_path / "report", vocabulary)
    assert not (tmp_path / "report").exists()


def test_only_all_is_a_hundred_percent() -> None:
    assert share(9999, 10000) == "99.9 %"
    assert share(10000, 10000) == "100.0 %"
    assert share(0, 0) == "–"
    counts = Counter(proven=9999, rounded=0, uncovered=1, contradicted=0)
    assert "9,999 of 10,000 amounts in 3 tables (99.9 %)" in proof(counts, 3)
    assert proof(counts, 3).endswith("1 reached by no identity, none contradicted.")


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


def spending(*items: dict[str, Any]) -> Spending | NoSpending:
    return by_function([TABLE], {"t": items}, lambda scheme, code: None)


def test_spending_is_drawn_only_where_it_sums_up() -> None:
    total = item(0, 2, "3.00", is_total=True, label="合计")
    education = item(1, 2, "2.00", code="205", label="教育支出")
    schools = item(2, 2, "1.50", code="20502", label="普通教育")
    health = item(3, 2, "1.00", code="210", label="卫生健康支出")
    found = spending(total, education, schools, health)
    assert isinstance(found, Spending)
    assert [(c.name, c.amount) for c in found.classes] == [("教育支出", 20000), ("卫生健康支出", 10000)]
    assert found.classes[0].parts == ()  # 1.50 is not 2.00: drawn whole
    assert found.undivided == 1
    refused = spending(total, education, item(3, 2, "0.90", code="210", label="卫生健康支出"))
    assert isinstance(refused, NoSpending)
    assert "29,000.00 元" in refused.reason
    assert isinstance(spending(education, health), NoSpending)
    assert isinstance(spending(total, education, health, item(4, 2, "-1.00", code="208")), NoSpending)


def test_tiles_cover_the_chart_in_proportion() -> None:
    found = spending(
        item(0, 2, "10.00", is_total=True), *(item(n, 2, str(n), code=f"20{n}", label="支出") for n in range(1, 5))
    )
    assert isinstance(found, Spending)
    tiles = treemap(found).tiles
    areas = [t.box.width * t.box.height for t in tiles]
    assert [round(a / sum(areas), 6) for a in areas] == [0.4, 0.3, 0.2, 0.1]


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
