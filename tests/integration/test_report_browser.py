"""The report in a browser: Debian's chromium, driven from outside; skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.common import SAMPLES

from extractor.datasets.document_result import document_result
from extractor.datasets.folder import Folder
from extractor.datasets.store import open_store
from extractor.pipeline import read_document
from extractor.report.write import write_report
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
    write_report(Folder(folder / "data"), folder / "report", vocabulary, 1, lambda *_: None)
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


@pytest.fixture
def page(tab: Any, report: Path) -> Any:
    tab.goto((report / "report" / (report / "planted").read_text()).as_uri())
    return tab


def lit(page: Any, prefix: str) -> set[str]:
    found: list[str] = page.eval_on_selector_all(f"[id^={prefix}].lit", "nodes => nodes.map(n => n.id.slice(1))")
    return set(found)


def terms(page: Any, check: str) -> set[str]:
    left, right = (page.get_attribute(check, f"data-{side}").split() for side in ("left", "right"))
    return {*left, *right}


def test_a_check_lights_its_cells_in_image_and_table(page: Any) -> None:
    page.click(".findings button[data-check]")
    check = "#" + page.get_attribute(".findings button[data-check]", "data-check")
    assert lit(page, "c") == lit(page, "o") == terms(page, check)
    assert page.locator("td.lit.stated").count() == 1
    assert page.is_visible("#inspector")
    first = page.locator("td.lit.stated")
    assert first.bounding_box()["y"] < page.locator("#inspector").bounding_box()["y"]


def test_a_cell_lists_its_checks_and_each_leads_on(page: Any) -> None:
    page.click("td.contradicted >> nth=0")
    number = page.locator("td.chosen").get_attribute("id")[1:]
    listed = page.eval_on_selector_all("#inspector [data-check]", "nodes => nodes.map(n => n.dataset.check)")
    wanted = page.eval_on_selector_all(
        ".check",
        "(nodes, n) => nodes.filter(k => `${k.dataset.left} ${k.dataset.right}`.split(' ').includes(n)).map(k => k.id)",
        number,
    )
    assert listed == wanted != []
    page.click("#inspector [data-check] >> nth=0")
    assert lit(page, "c") == terms(page, f"#{listed[0]}")


def test_a_check_of_the_list_lights_its_cells_and_escape_returns_to_it(page: Any) -> None:
    section = page.locator("section.table:has(details)").first
    section.locator("summary").click()
    check = section.locator(".check").last
    check.click()
    assert lit(page, "c") == terms(page, "#" + check.get_attribute("id"))
    top = page.locator("td.lit").first.bounding_box()["y"]
    assert 0 <= top < page.locator("#inspector").bounding_box()["y"]
    page.keyboard.press("Escape")
    assert lit(page, "c") == set()
    assert page.evaluate("document.activeElement.id") == check.get_attribute("id")


def test_a_box_on_the_image_chooses_its_cell(page: Any) -> None:
    box = page.locator(".sheet rect.contradicted").first
    box.scroll_into_view_if_needed()
    box.click()
    assert lit(page, "c") == {box.get_attribute("id")[1:]}


def test_the_keyboard_goes_all_the_way(page: Any) -> None:
    cell = page.locator("table[role=grid] td[tabindex='0']").first
    cell.focus()
    start = cell.get_attribute("id")
    page.keyboard.press("ArrowDown")
    below = page.evaluate("document.activeElement.id")
    assert below != start
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == start
    page.keyboard.press("Enter")
    assert lit(page, "c") == {start[1:]}
    page.keyboard.press("F6")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "close"
    page.keyboard.press("Tab")
    chosen = page.evaluate("document.activeElement.dataset.check")
    page.keyboard.press("Enter")
    assert lit(page, "c") == terms(page, f"#{chosen}")
    page.keyboard.press("Escape")
    assert page.is_hidden("#inspector")
    assert lit(page, "c") == set()
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
    page.reload()
    assert page.evaluate(paper) == light
    page.click("#theme")
    assert page.evaluate(paper) == dark
    page.evaluate("localStorage.clear()")


def test_a_link_to_a_check_opens_it(tab: Any, report: Path) -> None:
    tab.goto((report / "report" / (report / "planted").read_text()).as_uri() + "#k0")
    assert tab.is_visible("#inspector")
    assert lit(tab, "c") == terms(tab, "#k0")


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
    tab.goto((report / "report" / "index.html").as_uri())
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
    tab.click("table.index tbody a >> nth=0")
    assert tab.locator("h1").count() == 1
