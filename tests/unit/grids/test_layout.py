from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from extractor.grids.geometry.lattice import RuleLine, _connected, read_lattices
from extractor.grids.geometry.layout import _holds_row, read_layout
from extractor.grids.geometry.lines import read_lines
from extractor.grids.geometry.unruled.regions import find_regions
from extractor.grids.geometry.unruled.tokens import lines_of
from extractor.pages.page import Char, Page, Rule


def rules_of(xs: list[float], ys: list[float]) -> list[Rule]:
    across = [Rule(xs[0], y, xs[-1], y) for y in ys]
    return across + [Rule(x, ys[0], x, ys[-1]) for x in xs]


def chars_of(text: str, x: float, y: float, step: float = 6.0) -> list[Char]:
    return [Char(t, x + step * n, y, x + step * (n + 1), y + 10) for n, t in enumerate(text)]


def page_of(chars: list[Char], rules: list[Rule]) -> Page:
    return Page(1, 600, 800, "".join(c.text for c in chars), tuple(chars), tuple(rules))


def texts(page: Page) -> list[str]:
    return [cell.text for cell in read_layout(page).grids[0].cells]


def test_plain_grid() -> None:
    (lattice,) = read_lattices(rules_of([10, 60, 110], [10, 30, 50, 70]))
    assert lattice.spans == ((0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1), (2, 0, 1, 1), (2, 1, 1, 1))


def test_open_top_border_is_closed_where_the_side_rules_end() -> None:
    rules = [r for r in rules_of([10, 60, 110], [10, 30, 50]) if r.top != r.bottom or r.top != 10]
    (lattice,) = read_lattices(rules)
    assert lattice.ys == (10, 30, 50)


def test_double_rules_are_one() -> None:
    (lattice,) = read_lattices(rules_of([10, 11.5, 60, 110], [10, 30, 50]))
    assert len(lattice.xs) == 3


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5), st.integers(1, 4), st.booleans()), min_size=1, max_size=12)
)
def test_rules_are_of_one_grid_where_a_chain_of_touching_ones_leads(lines: list[tuple[int, int, int, bool]]) -> None:
    across = sorted({(20.0 * y, 20.0 * x, 20.0 * (x + size)) for x, y, size, flat in lines if flat})
    down = sorted({(20.0 * x, 20.0 * y, 20.0 * (y + size)) for x, y, size, flat in lines if not flat})
    sets = [({line}, set[RuleLine]()) for line in across]
    for line in down:
        touched = [own for own in sets if any(h[1] <= line[0] <= h[2] and line[1] <= h[0] <= line[2] for h in own[0])]
        joined = set[RuleLine]().union(*(own[0] for own in touched)), {line}.union(*(own[1] for own in touched))
        sets = [own for own in sets if own not in touched] + [joined]
    expected = sorted((sorted(flat), sorted(tall)) for flat, tall in sets if flat and tall)
    assert _connected(across, down) == expected


def test_a_region_that_is_no_rectangle_is_cut_into_some() -> None:
    rules = rules_of([10, 60, 110], [10, 30, 50])
    rules = [r for r in rules if r != Rule(60, 10, 60, 50)] + [Rule(60, 30, 60, 50)]
    rules = [r for r in rules if r != Rule(10, 30, 110, 30)] + [Rule(60, 30, 110, 30)]
    (lattice,) = read_lattices(rules)
    assert sum(tall * wide for _, _, tall, wide in lattice.spans) == 4


def test_an_amount_wrapped_in_its_cell_is_one_again() -> None:
    chars = [*chars_of("1,033,36", 12, 12), *chars_of("3", 12, 24), Char(" ", 0, 0, 0, 0), *chars_of("甲", 70, 12)]
    assert texts(page_of(chars, rules_of([10, 62, 110], [10, 40])))[0] == "1,033,363"


def test_a_label_that_wraps_is_as_indented_as_its_first_line() -> None:
    page = page_of(chars_of("城市建设", 26, 25) + chars_of("支出", 12, 35), rules_of([10, 60, 110], [20, 50, 80]))
    (cell,) = [cell for grid in read_layout(page).grids for cell in grid.cells if cell.text]
    assert (cell.text, cell.indent) == ("城市建设\n支出", 16.0)


def test_two_amounts_in_a_cell_stay_two() -> None:
    chars = [*chars_of("12.34", 12, 12), *chars_of("56.78", 12, 24)]
    assert texts(page_of(chars, rules_of([10, 62, 110], [10, 40])))[0] == "12.34\n56.78"


def test_doubled_glyphs_are_one_and_repeated_digits_stay() -> None:
    once = chars_of("11合计", 12, 12)
    twice = [c._replace(x0=c.x0 + 0.3, x1=c.x1 + 0.3) for c in once]
    assert texts(page_of([*once, *twice], rules_of([10, 62, 110], [10, 40])))[0] == "11合计"


def test_a_title_printed_twice_by_half_a_glyph_apart_is_one_and_texts_that_repeat_stay() -> None:
    title = "2024年政府性基金转移支付表"

    def printed(text: str, *, shift: float) -> str:
        chars = [c._replace(x0=c.x0 + by, x1=c.x1 + by) for by in (0.0, shift) for c in chars_of(text, 50, 100)]
        return "".join(c.text for line in read_lines(chars) for c in line)

    assert printed(title, shift=3.0) == title
    assert len(printed("2024 2024", shift=3.0)) > len("20242024")
    assert printed(title, shift=200.0) == title * 2


def test_a_figure_over_a_rule_stays_whole() -> None:
    chars = chars_of("1,234,567.00", 20, 12)  # 20 to 92; the rule stands at 40
    assert texts(page_of(chars, rules_of([10, 40, 110], [10, 30]))) == ["", "1,234,567.00"]


def test_text_outside_is_kept_and_split_at_wide_gaps() -> None:
    chars = [*chars_of("编制单位", 10, 2), Char(" ", 0, 0, 0, 0), *chars_of("单位", 300, 2), *chars_of("甲", 12, 22)]
    layout = read_layout(page_of(chars, rules_of([10, 60, 110], [20, 40, 60])))
    assert [line.text for line in layout.lines] == ["编制单位", "单位"]


@given(
    st.lists(st.integers(8, 60), min_size=2, max_size=6),
    st.lists(st.integers(8, 60), min_size=2, max_size=6),
    st.data(),
)
def test_random_spans_come_back(widths: list[int], heights: list[int], data: st.DataObject) -> None:
    """Cut a random table into rectangles, draw each one's border, and read the same rectangles back."""
    xs = [10.0 + sum(widths[:n]) for n in range(len(widths) + 1)]
    ys = [10.0 + sum(heights[:n]) for n in range(len(heights) + 1)]
    free = {(r, c) for r in range(len(heights)) for c in range(len(widths))}
    spans: set[tuple[int, int, int, int]] = set()
    rules: list[Rule] = []
    for row in range(len(heights)):
        for column in range(len(widths)):
            if (row, column) not in free:
                continue
            wide = 1
            while (row, column + wide) in free and data.draw(st.booleans()):
                wide += 1
            tall = data.draw(st.integers(1, len(heights) - row))
            free -= {(r, c) for r in range(row, row + tall) for c in range(column, column + wide)}
            spans.add((row, column, tall, wide))
            x0, x1, y0, y1 = xs[column], xs[column + wide], ys[row], ys[row + tall]
            rules += [Rule(x0, y0, x1, y0), Rule(x0, y1, x1, y1), Rule(x0, y0, x0, y1), Rule(x1, y0, x1, y1)]
    if len(spans) < 2:
        return
    (lattice,) = read_lattices(rules)
    read = {(lattice.xs[c], lattice.ys[r], lattice.xs[c + w], lattice.ys[r + t]) for r, c, t, w in lattice.spans}
    assert read == {(xs[c], ys[r], xs[c + w], ys[r + t]) for r, c, t, w in spans}


def test_two_figures_that_touch_across_a_rule_are_two() -> None:
    page = page_of(chars_of("244,895.02192,446.79", 10, 15, step=5), rules_of([5, 60, 115], [10, 30, 50]))
    assert texts(page)[:2] == ["244,895.02", "192,446.79"]


def test_a_figure_half_in_each_of_two_empty_cells_is_unread() -> None:
    chars = chars_of("8,695,940", 32, 15, step=5)  # 32 to 77; the rule stands at 55
    assert texts(page_of(chars, rules_of([5, 55, 115], [10, 30, 50])))[:2] == ["�8,695,940", ""]
    own, beside = chars_of("8,695,940", 30, 15, step=5), chars_of("12.00", 80, 15, step=5)  # the other has its own
    assert texts(page_of([*own, *beside], rules_of([5, 55, 115], [10, 30, 50])))[0] == "8,695,940"


def test_a_figure_wider_than_its_cell_stays_whole() -> None:
    page = page_of(chars_of("8,695,940.00", 10, 15, step=5), rules_of([5, 55, 115], [10, 30, 50]))
    assert texts(page)[:2] == ["8,695,940.00", ""]


def test_a_figure_that_runs_out_of_its_table_is_in_its_last_cell() -> None:
    page = page_of(chars_of("8,695,940.00", 100, 15, step=5), rules_of([5, 55, 115], [10, 30, 50]))
    assert texts(page)[:2] == ["", "8,695,940.00"]


def test_a_label_that_spills_over_a_figure_goes_back_to_its_cell() -> None:
    label, figure = chars_of("养老保险缴费支出", 10, 15, step=8), chars_of("2,554.07", 76, 15, step=5)
    page = page_of([*label, *chars_of(" ", 0, 0), *figure], rules_of([5, 66, 130], [10, 30, 50]))
    assert texts(page)[:2] == ["养老保险缴费支出", "2,554.07"]


def test_a_label_that_spills_over_a_whole_number_goes_back_to_its_cell() -> None:
    label, figure = chars_of("国有资源使用收入", 10, 15, step=8), chars_of("239960", 82, 15, step=5)
    page = page_of([*label, *chars_of(" ", 0, 0), *figure], rules_of([5, 66, 130], [10, 30, 50]))
    assert texts(page)[:2] == ["国有资源使用收入", "239960"]


def test_a_label_that_spills_over_an_empty_cell_goes_back_to_its_own() -> None:
    rules = rules_of([5, 69, 130], [10, 30, 50])
    assert texts(page_of(chars_of("国有资源使用收入", 10, 15, step=8), rules))[:2] == ["国有资源使用收入", ""]
    touching = page_of(chars_of("国有资源使用收入", 10, 15, step=8), rules_of([5, 58, 130], [10, 30, 50]))
    assert texts(touching)[:2] == ["国有资源使用", "收入"]


def test_a_label_whose_own_digits_lie_beyond_the_rule_is_left_as_it_is() -> None:
    page = page_of(chars_of("生态文明建设项目2026", 10, 15, step=8), rules_of([5, 66, 130], [10, 30, 50]))
    assert texts(page)[:2] == ["生态文明建设项", "目2026"]


def test_the_last_line_of_a_label_printed_over_the_next_rows_label_goes_back_to_its_cell() -> None:
    upper = [*chars_of("其他政府办公厅", 20, 12), *chars_of("事务支出", 20, 31)]
    amounts = [*chars_of("23657", 80, 12), *chars_of(" ", 0, 0)]
    page = page_of([*upper, *amounts, *chars_of("发展与改革事务", 14, 32)], rules_of([5, 66, 130], [10, 30, 50]))
    assert texts(page) == ["其他政府办公厅\n事务支出", "23657", "发展与改革事务", ""]


def test_a_last_line_that_lies_half_on_the_next_rows_label_goes_back_to_its_cell() -> None:
    upper = [*chars_of("水利工程运行与维", 8, 14), *chars_of("护", 8, 25.5), *chars_of(" ", 0, 0)]
    page = page_of([*upper, *chars_of("水利前期工作", 8, 32)], rules_of([5, 86, 130], [10, 30, 50]))
    assert texts(page)[::2] == ["水利工程运行与维\n护", "水利前期工作"]


def test_the_end_of_a_label_that_lies_on_the_next_line_is_no_part_of_it() -> None:
    lines = [chars_of("水利工程维", 20, 12), chars_of("护", 20, 22), chars_of("资本支出", 20, 25)]
    page = page_of([char for line in lines for char in line], rules_of([5, 66, 130], [10, 40, 50]))
    assert texts(page)[0] == "水利工程维\n护\n资本支出"


def test_the_lines_of_a_text_set_closely_stay_in_their_cell() -> None:
    lines = [chars_of("整体目标", 20, 12), chars_of("稳中向好及以上", 8, 31), chars_of("以政府报告为准", 8, 37)]
    page = page_of([char for line in lines for char in line], rules_of([5, 66, 130], [10, 30, 50]))
    assert texts(page)[::2] == ["整体目标", "稳中向好及以上\n以政府报告为准"]


def test_a_word_that_is_printed_twice_stays_in_its_cell() -> None:
    words = [*chars_of("支出", 20, 12), *chars_of("合计", 20, 31), *chars_of(" ", 0, 0), *chars_of("合计", 21, 31)]
    assert texts(page_of(words, rules_of([5, 66, 130], [10, 30, 50])))[::2] == ["支出", "合计"]


def test_figures_whose_sentences_are_pictures_make_no_table() -> None:
    rows = [("甲类", 50, "1,234.00"), ("乙类", 50, "5,678.00"), ("丙类", 50, "9,012.00")]
    chars = [
        char
        for n, (label, x, amount) in enumerate(rows)
        for char in (*chars_of(label, x, 100 + 20.0 * n), *chars_of(amount, 300, 100 + 20.0 * n))
    ]
    page = page_of(chars, [])
    assert len(read_layout(page).grids) == 1
    layout = read_layout(replace(page, strips=20))
    assert (layout.grids, layout.scanned) == ((), True)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("收入", "12", "1,234.50", "2024", "- 3 -", "收入1,234.50万元，增长。", "支出 5")),
            st.sampled_from((20.0, 26.0, 90.0, 300.0)),
            st.integers(0, 5),
        ),
        max_size=8,
    )
)
def test_a_page_of_which_no_line_is_a_row_has_no_region(placed: list[tuple[str, float, int]]) -> None:
    lines = read_lines([char for text, x, row in placed for char in chars_of(text, x, 40.0 + 15 * row)])
    regions = [*find_regions(lines_of(lines, 10.0), 10.0, 600.0)]
    assert _holds_row(lines, 10.0, set(), 600.0) or not regions
