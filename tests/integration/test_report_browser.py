"""The report in a browser: Debian's chromium, driven from outside; skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from support.common import SAMPLES
from support.format_writers import docx_of, docx_paragraph, docx_table, html_table, xlsx_of
from support.pdf_maker import Table, lattice, pdf_of

import extractor as ex
from extractor.datasets.document_result import document_result
from extractor.datasets.folder import Folder
from extractor.datasets.store import open_store, read_rows
from extractor.pipeline import read_document
from extractor.report.write import Wanted, write_report
from extractor.source.source import read_source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, config: Config, vocabulary: Vocabulary) -> Path:
    folder = tmp_path_factory.mktemp("report")
    names = ("shanghai-2025-planted-errors.pdf", "shanghai-2024-final-accounts.pdf")
    documents = [read_document(read_source(SAMPLES / name), vocabulary) for name in names]
    with open_store(Folder(folder / "data")) as store:
        store.commit([document_result(d, config.hash) for d in documents])
    write_report(Folder(folder / "data"), folder / "report", vocabulary, 1, lambda *_: None, Wanted(pictures=True))
    (folder / "planted").write_text(f"{documents[0].document_id[:16]}.html")
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=CHROMIUM,
            args=list(FLAGS),
            viewport={"width": 1400, "height": 900},
        )
        yield context
        context.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """Return a tab whose every request beyond files and data, and every console message, fails the test."""
    tab = browser.new_page()
    heard: list[str] = []
    tab.on("console", lambda message: heard.append(message.text))
    tab.on("pageerror", lambda error: heard.append(str(error)))
    tab.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else heard.append(r.url))
    yield tab
    tab.close()
    assert heard == []


def opened(tab: Any, report: Path, page: str) -> Any:
    tab.goto(f"{(report / 'report').as_uri()}/{page}")
    tab.wait_for_selector("body[data-ready]")
    return tab


@pytest.fixture
def page(tab: Any, report: Path) -> Any:
    return opened(tab, report, (report / "planted").read_text())


def lit(page: Any, kind: str) -> set[str]:
    found: list[str] = page.eval_on_selector_all(f"{kind}.lit", "nodes => nodes.map(n => n.id)")
    return {name.removeprefix("o") for name in found}


def terms(report: Path, number: int | str) -> set[str]:
    rows = read_rows(Folder(report / "data"), "checks").to_pylist()
    planted = [row for row in rows if row["document_id"].startswith((report / "planted").read_text()[:16])]
    check = planted[int(str(number).removeprefix("k"))]
    return {item[17:] for item in (*check["left_items"], *check["right_items"]) if "/statement/" not in item}


def test_a_check_lights_its_cells_in_image_and_table(page: Any, report: Path) -> None:
    page.click(".findings button[data-check]")
    number = page.get_attribute(".findings button[data-check]", "data-check")
    assert lit(page, "td") == lit(page, "rect") == terms(report, number)
    assert page.locator("td.lit.stated").count() == 1
    assert page.is_visible("#inspector")
    first = page.locator("td.lit.stated")
    assert first.bounding_box()["y"] < page.locator("#inspector").bounding_box()["y"]


def test_a_cell_lists_its_checks_and_each_leads_on(page: Any, report: Path) -> None:
    page.click("td.contradicted >> nth=0")
    item = page.locator("td.chosen").get_attribute("id")
    listed = page.eval_on_selector_all("#inspector [data-check]", "nodes => nodes.map(n => n.dataset.check)")
    assert listed
    assert all(item in terms(report, number) for number in listed)
    page.click("#inspector [data-check] >> nth=0")
    assert lit(page, "td") == terms(report, listed[0])


def test_a_cell_has_a_permalink_and_a_link_to_the_page_of_the_original(page: Any, report: Path) -> None:
    cell = page.locator("td[id]").nth(30)
    cell.click()
    item = cell.get_attribute("id")
    permalink = page.locator("#inspector .permalink")
    assert permalink.get_attribute("href") == f"#{item}"
    row = next(
        r
        for r in read_rows(Folder(report / "data"), "line_items").to_pylist()
        if r["item_id"] == permalink.inner_text()
    )
    assert row["amount_text"] == cell.inner_text().strip()
    link = page.locator("#inspector .about a").get_attribute("href")
    assert link.endswith(f"planted-errors.pdf#page={row['page']}")
    opened(page, report, "findings.html")
    opened(page, report, f"{(report / 'planted').read_text()}#{row['item_id']}")
    assert lit(page, "td") == {item}


def test_a_check_of_the_list_lights_its_cells_and_escape_returns_to_it(page: Any, report: Path) -> None:
    section = page.locator("section.table:has(details)").first
    section.locator("summary").click()
    check = section.locator(".check").last
    check.click()
    assert lit(page, "td") == terms(report, check.get_attribute("id"))
    top = page.locator("td.lit").first.bounding_box()["y"]
    assert 0 <= top < page.locator("#inspector").bounding_box()["y"]
    page.keyboard.press("Escape")
    assert lit(page, "td") == set()
    assert page.evaluate("document.activeElement.id") == check.get_attribute("id")


def test_a_box_on_the_image_chooses_its_cell(page: Any) -> None:
    box = page.locator(".sheet rect.contradicted").first
    box.scroll_into_view_if_needed()
    box.click()
    assert lit(page, "td") == {box.get_attribute("id")[1:]}


def test_the_keyboard_goes_all_the_way(page: Any, report: Path) -> None:
    cell = page.locator("table[role=grid] td[tabindex='0']").first
    cell.focus()
    start = cell.get_attribute("id")
    page.keyboard.press("ArrowDown")
    below = page.evaluate("document.activeElement.id")
    assert below != start
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == start
    page.keyboard.press("Enter")
    assert lit(page, "td") == {start}
    page.keyboard.press("F6")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "close"
    for _ in range(3):  # the page of the original, the permalink, the first check
        page.keyboard.press("Tab")
    chosen = page.evaluate("document.activeElement.dataset.check")
    page.keyboard.press("Enter")
    assert lit(page, "td") == terms(report, chosen)
    page.keyboard.press("Escape")
    assert page.is_hidden("#inspector")
    assert lit(page, "td") == set()
    assert page.evaluate("document.activeElement.id") == start


def test_tab_reaches_each_table_once(page: Any) -> None:
    grids = page.locator("table[role=grid]:has(td[id])").count()
    assert page.locator("table[role=grid] td[tabindex='0']").count() == grids


def test_dark_follows_the_system_and_the_button(page: Any) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="light")
    light = page.evaluate(paper)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(paper)
    assert light != dark
    page.click("#theme")
    assert page.evaluate(paper) == light
    for _ in range(20):  # the browser stores what a page keeps a moment later
        page.reload()
        if page.evaluate(paper) == light:
            break
    assert page.evaluate(paper) == light
    page.click("#theme")
    assert page.evaluate(paper) == dark
    page.evaluate("localStorage.clear()")


def test_a_link_to_a_check_opens_it(tab: Any, report: Path) -> None:
    opened(tab, report, (report / "planted").read_text() + "#k0")
    assert tab.is_visible("#inspector")
    assert lit(tab, "td") == terms(report, 0)


def test_a_finding_is_copied_or_selected_with_one_press(page: Any) -> None:
    button = page.locator(".copy").first
    button.click()
    page.wait_for_function("button => /Copied|Selected/.test(button.textContent)", arg=button.element_handle())


def test_the_chart_and_images_are_drawn(page: Any) -> None:
    assert page.locator(".chart svg .tile").count() > 3
    image = page.locator(".sheet img").first
    image.scroll_into_view_if_needed()
    image.evaluate("node => node.decode()")
    assert image.evaluate("node => node.naturalWidth") > 600


def test_print_hides_what_cannot_be_pressed(page: Any) -> None:
    page.emulate_media(media="print")
    assert page.is_hidden("#theme")
    assert page.is_visible(".findings")
    page.emulate_media(media="screen")


def test_the_index_sorts_and_filters(tab: Any, report: Path) -> None:
    opened(tab, report, "index.html")
    contradicted = "rows => rows.filter(r => !r.hidden).map(r => Number(r.dataset.contradicted))"
    rows = "table.index tbody tr"
    tab.click("[data-sort=contradicted]")
    found = tab.eval_on_selector_all(rows, contradicted)
    assert found == sorted(found, reverse=True)
    assert tab.get_attribute("th:has([data-sort=contradicted])", "aria-sort") == "descending"
    tab.click("[data-sort=contradicted]")
    assert tab.eval_on_selector_all(rows, contradicted) == found[::-1]
    tab.check("#wrong")
    assert tab.eval_on_selector_all(rows, contradicted) == found[:1]
    tab.uncheck("#wrong")
    tab.fill("#find", "final-accounts")
    assert tab.inner_text("#shown") == "1 of 2 shown"
    tab.keyboard.press("Escape")
    assert tab.inner_text("#shown") == "2 of 2 shown"
    tab.select_option("[data-facet=phase]", "final_accounts")
    assert tab.inner_text("#shown") == "1 of 2 shown"
    tab.click("table.index tbody tr:not([hidden]) a >> nth=0")
    assert tab.locator("h1").count() == 1


def test_the_findings_are_filtered_and_lead_to_their_cells(tab: Any, report: Path) -> None:
    opened(tab, report, "findings.html")
    tab.select_option("[data-facet=severity]", "high")
    assert tab.locator(".findings li:visible").count() == 1
    link = tab.locator(".findings li:visible .actions a").first
    number = link.get_attribute("href").partition("#k")[2]
    link.click()
    tab.wait_for_selector("body[data-ready]")
    assert lit(tab, "td") == terms(report, number)


def test_a_search_finds_labels_and_amounts_without_a_server(tab: Any, report: Path) -> None:
    opened(tab, report, "index.html")
    tab.fill("[name=q]", "住房")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#results tr")
    assert all("住房" in text for text in tab.locator("#results th a").all_inner_texts())
    tab.fill("#q", "4253039")
    tab.click("#results tr:first-child:has(td:text-is('4,253,039')) a")
    tab.wait_for_selector("body[data-ready]")
    assert tab.locator("td.chosen").inner_text().strip() == "4,253,039"


def test_a_table_is_downloaded_as_csv(page: Any) -> None:
    with page.expect_download() as waiting:
        page.click(".csv >> nth=0")
    lines = Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "page,本年收入/项目,本年收入/预算数,本年支出/项目,本年支出/预算数"
    assert '3,一、财政拨款收入,"85,794,954",201 一、一般公共服务支出,"71,648,736"' in lines


RUNS = '<img src=x onerror="hit=1"></script><script>hit=1</script>'
FORMULAS = ("=1+1", "－基本支出", "-2+3", "@SUM(A1)")
ROWS = (
    ("科目编码", f"科目名称{RUNS}", "合计"),
    ("201", RUNS, "4.00"),
    *((str(20101 + number), text, "1.00") for number, text in enumerate(FORMULAS)),
)
CELLS = [(row, column, 1, 1, text) for row, texts in enumerate(ROWS) for column, text in enumerate(texts)]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read documents of several kinds whose names and texts are scripts, and write their report."""
    folder = tmp_path_factory.mktemp("hostile")
    title = f"2026年部门支出总表{RUNS}"
    drawn = Table((90, 500, 90), CELLS[:3], ROWS[1:], title)
    (folder / "in").mkdir()
    for suffix, content in {
        "pdf": pdf_of(drawn.texts, partial(lattice, drawn)),
        "docx": docx_of(docx_paragraph(title) + docx_table(CELLS)),
        "xlsx": xlsx_of([CELLS]),
        "html": f"<html><body><p>{escape(title)}</p>{html_table(CELLS)}</body></html>".encode(),
        "txt": "\n".join([title, *map("\t".join, ROWS)]).encode(),
    }.items():
        (folder / "in" / f"{RUNS.replace('/', '')}.{suffix}").write_bytes(content)
    ex.run(folder / "in", folder / "data", workers=2)
    return folder


def test_no_script_of_a_document_or_its_name_runs(tab: Any, hostile: Path, vocabulary: Vocabulary) -> None:
    written = write_report(
        Folder(hostile / "data"), hostile / "report", vocabulary, 1, lambda *_: None, Wanted(pictures=True)
    )
    assert len(written) == 3 + 4  # the text is taken for a page of the web, which has no table: the index has its name
    shown = 0
    pages = [path.name for path in written if path.name != "findings.html"]  # which says only that there is none
    for page in (*pages, f"search.html?q={quote(RUNS)}", f"{pages[-1]}#{RUNS}"):
        opened(tab, hostile, page)
        shown += "<img src=x onerror=" in tab.inner_text("body")
        assert tab.evaluate("window.hit") is None
        assert tab.locator("body img[src=x]").count() == 0
    assert shown >= 4


def test_what_a_spreadsheet_would_run_is_quoted_in_a_download(tab: Any, hostile: Path) -> None:
    (row,) = [r for r in read_rows(Folder(hostile / "data"), "documents").to_pylist() if r["path"].endswith(".docx")]
    opened(tab, hostile, f"{row['document_id'][:16]}.html")
    with tab.expect_download() as waiting:
        tab.click(".csv >> nth=0")
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert all(f"'{formula}" in text for formula in FORMULAS)


def test_the_language_is_switched_without_another_page_and_kept(page: Any, report: Path) -> None:
    page.click("td.contradicted >> nth=0")
    assert page.inner_text("#inspector .about").strip().startswith("contradicted")
    assert page.inner_text("#findings") == "What does not add up"
    page.click("#language")
    assert page.inner_text("#findings") == "不平之处"
    assert page.inner_text("#inspector .about").strip().startswith("矛盾")
    assert page.get_attribute(".bar >> nth=0", "aria-label").startswith("印证 237")
    for _ in range(100):  # what one process of the browser stores reaches the next page's a moment later
        opened(page, report, "index.html")
        if page.title() == "预算：有多少对得上":
            break
    assert page.title() == "预算：有多少对得上"
    assert page.locator(".en:visible").count() == 0
    page.click("#language")
    assert page.locator(".zh:visible").count() == 0
    page.evaluate("localStorage.clear()")


@pytest.mark.parametrize("name", ["index.html", "findings.html", "search.html?q=住房", ""])
def test_nothing_is_wider_than_a_telephone_and_no_title_is_broken_into_characters(
    tab: Any, report: Path, name: str
) -> None:
    tab.set_viewport_size({"width": 390, "height": 800})
    opened(tab, report, name or (report / "planted").read_text())
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    narrow = "nodes => Math.min(...nodes.map(n => n.getBoundingClientRect().width))"
    for selector in ("h1", "main h2", ".contents tbody th", ".index tbody th", ".results tbody th"):
        if tab.locator(selector).count():
            assert tab.eval_on_selector_all(selector, narrow) > 120
