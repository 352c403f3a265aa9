"""What of a sheet is printed, whichever program wrote it."""

from __future__ import annotations

from support.readings import grids, lines

from extractor.grids.grid import Reading
from extractor.grids.office.worksheet import Sheet, read_sheets

LEFT_OUT = "{} figures in hidden rows, columns or sheets or outside the print area are left out"
FOLDED = "{} figures are read from hidden rows, because the sums that are shown count them"


def sheet_of(text: str, **options: object) -> Sheet:
    """Make a sheet from lines of cells separated by blanks; a dot is a blank cell."""
    sheet = Sheet("表", **options)  # type: ignore[arg-type]
    for row, line in enumerate(text.splitlines()):
        for column, cell in enumerate(line.split()):
            if cell != ".":
                sheet.cells[row, column] = cell
    return sheet


def read(text: str, **options: object) -> Reading:
    return read_sheets([sheet_of(text, **options)], "a.xlsx")


def test_blank_rows_and_columns_take_no_space() -> None:
    sheet = Sheet("表", cells={(0, 0): "项目", (0, 900): "数", (70_000, 0): "合计", (70_000, 900): "1.5"})
    (grid,) = read_sheets([sheet], "a.xlsx").layouts[0].grids
    assert (grid.rows, grid.columns) == (3, 2)  # one empty row stands for all between


def test_a_hidden_row_above_the_amounts_is_a_helper() -> None:
    reading = read("助 9\n项目 数\n合计 1.5", hidden_rows={0})
    assert (grids(reading.layouts), reading.notes) == ([["项目", "数", "合计", "1.5"]], [LEFT_OUT.format(1)])


def test_rows_among_the_data_that_a_filter_hides_are_read_and_others_are_not() -> None:
    reading = read("项目 数\n合计 3.5\n甲 1.5\n乙 2.0", hidden_rows={2, 3})
    assert (grids(reading.layouts), reading.notes) == ([["项目", "数", "合计", "3.5"]], [LEFT_OUT.format(2)])
    reading = read("项目 数\n合计 3.5\n甲 1.5\n乙 2.0", hidden_rows={2, 3}, filtered=True)
    assert grids(reading.layouts) == [["项目", "数", "合计", "3.5", "甲", "1.5", "乙", "2.0"]]
    assert reading.notes == [FOLDED.format(2)]


def test_hidden_rows_of_noughts_or_without_a_label_are_left_out() -> None:
    reading = read("项目 数\n合计 3.5\n甲 0.00\n. 2.0", hidden_rows={2, 3}, filtered=True)
    assert grids(reading.layouts) == [["项目", "数", "合计", "3.5"]]
    assert reading.notes == [LEFT_OUT.format(2)]


def test_of_a_merged_cell_that_begins_in_a_hidden_column_the_rest_shows_its_text() -> None:
    reading = read("支出 . . 收入\n助 基本 项目 合计\n1 1.5 2.5 3", hidden_columns={0}, merges=[(0, 0, 0, 2)])
    (grid,) = reading.layouts[0].grids
    assert [(c.row, c.column, c.column_span, c.text) for c in grid.cells if c.row == 0] == [
        (0, 0, 2, "支出"), (0, 2, 1, "收入"),
    ]  # fmt: skip


def test_of_a_merged_cell_that_begins_in_a_hidden_row_the_rest_shows_its_text() -> None:
    reading = read("项目 助\n. 数\n合计 1.5", hidden_rows={0}, merges=[(0, 0, 1, 0)])
    assert grids(reading.layouts) == [["项目", "数", "合计", "1.5"]]


def test_a_merged_cell_wholly_in_hidden_columns_is_left_out() -> None:
    reading = read("助 . 项目 数\n. . 合计 1.5", hidden_columns={0, 1}, merges=[(0, 0, 0, 1)])
    assert grids(reading.layouts) == [["项目", "数", "合计", "1.5"]]


def test_cells_outside_the_print_area_are_left_out_and_counted() -> None:
    reading = read("项目 数 9\n合计 1.5 8", printed=[(0, 0, 9, 1)])
    assert (grids(reading.layouts), reading.notes) == ([["项目", "数", "合计", "1.5"]], [LEFT_OUT.format(2)])


def test_a_print_area_around_nothing_is_a_leftover() -> None:
    assert grids(read("项目 数\n合计 1.5", printed=[(50, 50, 60, 60)]).layouts) == [["项目", "数", "合计", "1.5"]]


def test_a_hidden_sheet_is_an_empty_page_whose_figures_are_counted() -> None:
    reading = read_sheets([sheet_of("项目 数\n合计 1.5", hidden=True), sheet_of("项目 数\n合计 2.5")], "a.xlsx")
    assert [(layout.page, len(layout.grids)) for layout in reading.layouts] == [(1, 0), (2, 1)]
    assert reading.notes == [LEFT_OUT.format(1)]


def test_a_sheet_begins_with_its_name_and_sheets_share_no_ruler() -> None:
    first, second = read_sheets([sheet_of("项目 数\n合计 1.5")] * 2, "a.xlsx").layouts
    assert lines([first]) == ["表"]
    assert first.grids[0].x1 < second.grids[0].x0


def test_indents_of_alignment_and_of_blanks_add_up() -> None:
    sheet = sheet_of("项目 数\n合计 1.5")
    sheet.cells[1, 0] = "　合计"
    sheet.indents[1, 0] = 10.0
    (grid,) = read_sheets([sheet], "a.xlsx").layouts[0].grids
    assert [c.indent for c in grid.cells if c.column == 0] == [0.0, 20.0]
