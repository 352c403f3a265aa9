from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from support.common import SAMPLES

from extractor.arbitration import SECOND_READERS, UNCONFIRMED, arbitrate
from extractor.grids.grid import PageLayout, TextLine
from extractor.grids.readers import read_layouts
from extractor.judging import Judged, judge
from extractor.source.source import Source, read_source
from extractor.vocabulary.vocabulary import Vocabulary

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


def misread(layout: PageLayout, printed: str, read: str) -> PageLayout:
    """A layout as a reader would see it that takes one figure for another."""
    grids = tuple(
        replace(g, cells=tuple(c._replace(text=c.text.replace(printed, read)) for c in g.cells)) for g in layout.grids
    )
    return replace(layout, grids=grids)


def first_reading(name: str, vocabulary: Vocabulary) -> tuple[Source, Judged]:
    source = read_source(SAMPLES / name)
    return source, judge(source.sha256, read_layouts(source).layouts, vocabulary)


def test_the_reading_that_satisfies_more_is_taken(vocabulary: Vocabulary) -> None:
    source, sound = first_reading("shanghai-2022-department.pdf", vocabulary)
    layouts = [misread(p, "2,793,270", "2,793,970") for p in sound.layouts]
    wrong = judge(source.sha256, layouts, vocabulary)
    final = arbitrate(source, wrong, vocabulary)
    assert [c for c in wrong.checks if c.holds == "no"]
    assert not [c for c in final.checks if c.holds == "no"]
    assert [i.amount for i in final.items] == [i.amount for i in sound.items]
    tried = {t.readings_tried for t in final.tables}
    assert ("pdfium", "camelot") in tried


def test_pages_with_unread_figures_are_not_read_again_by_readers_that_know_no_doubt(vocabulary: Vocabulary) -> None:
    source, sound = first_reading("shanghai-2022-department.pdf", vocabulary)
    layouts = [misread(p, "2,793,270", "2,793,970") for p in sound.layouts]
    for other in ("33,840", "33,736"):  # of which each of its tables has one
        layouts = [misread(p, other, f"\ufffd{other}") for p in layouts]
    wrong = judge(source.sha256, layouts, vocabulary)
    assert [c for c in wrong.checks if c.holds == "no"]
    assert arbitrate(source, wrong, vocabulary).items == wrong.items


def test_where_readings_agree_the_document_is_wrong(vocabulary: Vocabulary) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", vocabulary)
    final = arbitrate(source, first, vocabulary)
    assert {c.kind for c in final.checks if c.holds == "no"} == {"document"}
    assert final.items == first.items


def test_a_sound_document_is_read_once(vocabulary: Vocabulary) -> None:
    source, first = first_reading("shanghai-2022-department.pdf", vocabulary)
    assert arbitrate(source, first, vocabulary) is first


def test_a_second_reader_that_sees_nothing_never_wins(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", vocabulary)
    blind = dict.fromkeys(SECOND_READERS, lambda data, pages: [PageLayout(n, 600, 800, "", (), ()) for n in pages])
    monkeypatch.setattr("extractor.arbitration.SECOND_READERS", blind)
    assert arbitrate(source, first, vocabulary).items == first.items


def test_our_own_reading_does_not_confirm_itself(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", vocabulary)
    failed = {i for c in first.checks if c.holds == "no" for i in (*c.left_items, *c.right_items)}
    page = min(i.page for i in first.items if i.item_id in failed)
    read = SECOND_READERS["pdfplumber"]
    monkeypatch.setattr("extractor.arbitration.SECOND_READERS", {"pdfplumber": lambda data, pages: read(data, [page])})
    final = arbitrate(source, first, vocabulary)
    pages = {i.item_id: i.page for i in final.items}
    kinds = {(pages[c.left_items[0]] == page, c.kind) for c in final.checks if c.holds == "no" and c.left_items}
    assert kinds == {(True, "document"), (False, None)}


def test_where_second_readers_are_skipped_the_table_says_so(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", vocabulary)
    monkeypatch.setattr("extractor.arbitration.SECOND_READERS", None)
    final = arbitrate(source, first, vocabulary, skip_second_readers=True)
    assert final.items == first.items
    assert any("; not read again: the previous try" in t.reason for t in final.tables)


def asked_after_camelot(
    first: Judged, source: Source, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch, blind: Sequence[int] = ()
) -> tuple[Judged, set[int]]:
    """Return the last reading, and the pages that pdfplumber is asked for where camelot sees no grid on some."""
    camelot, asked = SECOND_READERS["camelot"], set[int]()
    readers = {
        "camelot": lambda data, pages: camelot(data, [page for page in pages if page not in blind]),
        "pdfplumber": lambda data, pages: asked.update(pages) or [],
    }
    monkeypatch.setattr("extractor.arbitration.SECOND_READERS", readers)
    return arbitrate(source, first, vocabulary), asked


def test_the_next_reader_is_not_asked_where_one_reads_the_same_and_the_page_shows_no_more(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", vocabulary)
    final, asked = asked_after_camelot(first, source, vocabulary, monkeypatch)
    assert {c.kind for c in final.checks if c.holds == "no"} == {"document"}
    assert not asked


@pytest.mark.parametrize("outside", [None, "其他支出 5.00", "5000"])
def test_the_next_reader_is_asked_where_the_page_shows_a_figure_in_no_cell(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch, outside: str | None
) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", vocabulary)
    lines = [TextLine(outside, 90, 700, 300, 712)] if outside else []
    text = outside or "5"
    layouts = tuple(replace(p, text=p.text + text, lines=(*p.lines, *lines)) for p in first.layouts)
    _, asked = asked_after_camelot(replace(first, layouts=layouts), source, vocabulary, monkeypatch)
    assert asked


def test_the_next_reader_is_asked_for_the_pages_of_a_table_one_of_which_the_second_does_not_see(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", vocabulary)
    failed = [c for c in first.checks if c.holds == "no"]
    figures = {i for c in failed for i in (*c.left_items, *c.right_items)}
    telling = {i.page for i in first.items if i.item_id in figures}
    spans = {range(t.first_page, t.last_page + 1) for c in failed for t in first.tables if t.table_id in c.table_ids}
    span, silent = next((span, page) for span in spans for page in span if page not in telling)
    _, asked = asked_after_camelot(first, source, vocabulary, monkeypatch, blind=[silent])
    assert asked == {*span}


def test_the_next_reader_is_asked_for_no_more_pages_than_the_second(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, sound = first_reading("shanghai-2022-department.pdf", vocabulary)
    layouts = [misread(p, "2,793,270", "2,793,970") for p in sound.layouts]
    wrong = judge(source.sha256, layouts, vocabulary)
    monkeypatch.setattr("extractor.arbitration.MAX_REREAD_PAGES", 1)
    monkeypatch.setattr("extractor.arbitration._satisfies_all", lambda *_: False)
    _, asked = asked_after_camelot(wrong, source, vocabulary, monkeypatch)
    assert len(asked) == 1


def test_a_row_that_the_second_reader_misses_too_is_had_from_the_third(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, sound = first_reading("shanghai-2022-department.pdf", vocabulary)
    lost = next(i for i in sound.items if i.code == "2010301")

    def without(layout: PageLayout) -> PageLayout:
        grids = []
        for grid in layout.grids:
            rows = {c.row for c in grid.cells if c.text == lost.label}
            cells = tuple(c._replace(text="") if c.row in rows else c for c in grid.cells)
            grids.append(replace(grid, cells=cells if layout.page == lost.page else grid.cells))
        return replace(layout, grids=tuple(grids))

    wrong = judge(source.sha256, [without(p) for p in sound.layouts], vocabulary)
    camelot = SECOND_READERS["camelot"]
    readers = {**SECOND_READERS, "camelot": lambda data, pages: [without(p) for p in camelot(data, pages)]}
    monkeypatch.setattr("extractor.arbitration.SECOND_READERS", readers)
    assert [c for c in wrong.checks if c.holds == "no"]
    final = arbitrate(source, wrong, vocabulary)
    assert not [c for c in final.checks if c.holds == "no"]
    assert [i.amount for i in final.items] == [i.amount for i in sound.items]


def test_the_reader_whose_reading_was_taken_does_not_confirm_it(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, sound = first_reading("shanghai-2022-department.pdf", vocabulary)
    wrong = judge(source.sha256, [misread(p, "2,793,270", "2,793,970") for p in sound.layouts], vocabulary)
    failed = {c.table_ids for c in wrong.checks if c.holds == "no"}
    camelot = SECOND_READERS["camelot"]
    monkeypatch.setattr("extractor.arbitration.SECOND_READERS", {"camelot": camelot})
    final = arbitrate(source, wrong, vocabulary)
    assert failed
    assert "camelot" in {t.reading for t in final.tables}
    assert not [c for c in final.checks if c.holds == "no" and c.kind == "document"]


def test_a_document_that_fails_on_too_many_pages_says_so(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", vocabulary)
    monkeypatch.setattr("extractor.arbitration.MAX_REREAD_PAGES", 0)
    final = arbitrate(source, first, vocabulary)
    assert final.items == first.items
    assert any("; not read again: identities fail on" in t.reason for t in final.tables)


def test_a_second_reader_that_crashes_is_named(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(data: bytes, pages: Sequence[int]) -> list[PageLayout]:
        raise TypeError

    source, first = first_reading("shanghai-2025-planted-errors.pdf", vocabulary)
    monkeypatch.setattr("extractor.arbitration.SECOND_READERS", {"pdfplumber": crash})
    final = arbitrate(source, first, vocabulary)
    assert final.items == first.items
    assert any(t.reason.endswith("; pdfplumber failed (TypeError)") for t in final.tables)


def test_where_pages_are_too_many_only_those_of_some_failing_figures_are_read_and_the_rest_is_doubted(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, first = first_reading("shanghai-2025-planted-errors.pdf", vocabulary)
    monkeypatch.setattr("extractor.arbitration.MAX_REREAD_PAGES", 1)
    final = arbitrate(source, first, vocabulary)
    failed = [c for c in final.checks if c.holds == "no" and c.table_ids]
    assert {(c.kind, c.standing, c.doubt) for c in failed} == {
        ("document", "finding", None),
        (None, "doubt", UNCONFIRMED),
    }
    assert any("more than 1" in table.reason for table in final.tables)
