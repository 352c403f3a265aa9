from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import SAMPLES

from extractor.arbitration import WITNESSES, Judged, arbitrate, judge
from extractor.config import Config
from extractor.grids.grid import PageLayout
from extractor.grids.readers import read_layouts
from extractor.source.source import Source, read_source

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


def misread(layout: PageLayout, printed: str, read: str) -> PageLayout:
    """A layout as a reader would see it that takes one figure for another."""
    grids = tuple(
        replace(g, cells=tuple(c._replace(text=c.text.replace(printed, read)) for c in g.cells)) for g in layout.grids
    )
    return replace(layout, grids=grids)


def first_reading(name: str, config: Config) -> tuple[Source, Judged]:
    source = read_source(SAMPLES / name)
    return source, judge(source.sha256, read_layouts(source).layouts, config)


def test_the_reading_that_satisfies_more_is_taken(config: Config) -> None:
    source, sound = first_reading("shanghai-2022-department.pdf", config)
    layouts = [misread(p, "2,793,270", "2,793,970") for p in sound.layouts]
    wrong = judge(source.sha256, layouts, config)
    final = arbitrate(source, wrong, config)
    assert [c for c in wrong.checks if c.holds == "no"]
    assert not [c for c in final.checks if c.holds == "no"]
    assert [i.amount for i in final.items] == [i.amount for i in sound.items]
    tried = {t.readings_tried for t in final.tables}
    assert ("pdfium", "pdfplumber", "camelot") in tried


def test_where_readings_agree_the_document_is_wrong(config: Config) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", config)
    final = arbitrate(source, first, config)
    assert {c.kind for c in final.checks if c.holds == "no"} == {"document"}
    assert final.items == first.items
    # Two that share no code are enough.
    assert {t.readings_tried for t in final.tables} == {(), ("pdfium", "camelot")}


def test_a_third_reader_is_asked_where_the_second_disagrees(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", config)
    failed = next(c for c in first.checks if c.holds == "no")
    printed = next(i.amount_text for i in first.items if i.item_id == failed.left_items[0])
    camelot = WITNESSES["camelot"]
    wrong = {
        "pdfplumber": WITNESSES["pdfplumber"],
        "camelot": lambda data, pages: [misread(p, printed, "1") for p in camelot(data, pages)],
    }
    monkeypatch.setattr("extractor.arbitration.WITNESSES", wrong)
    final = arbitrate(source, first, config)
    assert ("pdfium", "pdfplumber", "camelot") in {t.readings_tried for t in final.tables}
    assert {c.kind for c in final.checks if c.holds == "no"} == {"document"}
    assert final.items == first.items


def test_a_sound_document_is_read_once(config: Config) -> None:
    source, first = first_reading("shanghai-2022-department.pdf", config)
    assert arbitrate(source, first, config) is first


def test_a_witness_that_sees_nothing_never_wins(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", config)
    blind = dict.fromkeys(WITNESSES, lambda data, pages: [PageLayout(n, 600, 800, "", (), ()) for n in pages])
    monkeypatch.setattr("extractor.arbitration.WITNESSES", blind)
    assert arbitrate(source, first, config).items == first.items


def test_our_own_reading_is_no_witness_of_itself(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", config)
    failed = {i for c in first.checks if c.holds == "no" for i in (*c.left_items, *c.right_items)}
    page = min(i.page for i in first.items if i.item_id in failed)
    read = WITNESSES["pdfplumber"]
    monkeypatch.setattr("extractor.arbitration.WITNESSES", {"pdfplumber": lambda data, pages: read(data, [page])})
    final = arbitrate(source, first, config)
    pages = {i.item_id: i.page for i in final.items}
    kinds = {(pages[c.left_items[0]] == page, c.kind) for c in final.checks if c.holds == "no" and c.left_items}
    assert kinds == {(True, "document"), (False, None)}


def test_a_document_that_fails_on_too_many_pages_says_so(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", config)
    monkeypatch.setattr("extractor.arbitration.MOST_PAGES", 0)
    final = arbitrate(source, first, config)
    assert final.items == first.items
    assert any("; not read again: identities fail on" in t.reason for t in final.tables)
