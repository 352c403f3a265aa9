"""Lines of a page → regions: which lines are a table's header and body, and which are none of a table's."""

from __future__ import annotations

import pytest
from support.small_lines import EM, centred, left, line_of, right

from extractor.grids.geometry.unruled import regions
from extractor.grids.geometry.unruled.regions import TableRegion, find_regions, is_data, is_prose, split_region
from extractor.grids.geometry.unruled.tokens import TokenLine

WIDTH = 600.0


def row(y: float, label: str, *amounts: str) -> TokenLine:
    """Set a label, and amounts that end at 300, 400 …"""
    return line_of(left(label, 50, y), *(right(a, 300 + 100 * n, y) for n, a in enumerate(amounts)))


def header(y: float, em: float = EM) -> TokenLine:
    return line_of(left("项目", 80, y, em), centred("金额", 285, y, em))


def texts(lines: tuple[TokenLine, ...]) -> list[str]:
    return [line.text for line in lines]


def regions_of(*lines: TokenLine) -> list[tuple[list[str], list[str]]]:
    return [(texts(b.header), texts(b.body)) for b in find_regions(lines, EM, WIDTH)]


BODY = (row(120, "甲", "1.00"), row(140, "乙", "2.00"), row(160, "丙", "3.00"))
ALL = ["甲 1.00", "乙 2.00", "丙 3.00"]


def test_a_header_is_the_lines_above_the_first_figures() -> None:
    assert regions_of(header(100), *BODY) == [(["项目 金额"], ALL)]


def test_years_over_columns_are_header_texts() -> None:
    years = line_of(right("2025", 300, 105), right("2026", 400, 105))
    assert not is_data(years)
    assert regions_of(years, *BODY) == [(["2025 2026"], ALL)]


def test_a_header_ends_below_a_title_and_below_what_states_the_unit() -> None:
    title = line_of(centred("支出预算表", 200, 80, em=14.0))
    unit = line_of(right("单位：万元", 300, 80))
    assert regions_of(title, header(100), *BODY) == regions_of(unit, header(100), *BODY) == [(["项目 金额"], ALL)]


def test_a_part_of_a_whole_in_a_header_states_nothing() -> None:
    part = line_of(centred("其中：", 285, 85))
    assert regions_of(part, header(100), *BODY) == [(["其中:", "项目 金额"], ALL)]


def test_a_sentence_with_a_colon_states_nothing_and_is_of_the_row_beside_it() -> None:
    text = [
        line_of(left(words, 320, y)) for words, y in (("开展各项业务,达到如下目标:", 90), ("防治灾害能力得到提升", 105))
    ]
    assert regions_of(header(70), *text, *BODY) == [(["项目 金额"], [line.text for line in text] + ALL)]


def test_the_first_line_of_a_wrapped_label_is_body() -> None:
    top, *_ = regions_of(header(90), line_of(left("甲类", 50, 110)), *BODY)
    assert top == (["项目 金额"], ["甲类", *ALL])


def test_another_header_or_title_below_begins_another_region() -> None:
    title = line_of(centred("收入预算表", 200, 180, em=14.0))
    again = (header(200), row(220, "丁", "4.00"), row(240, "戊", "5.00"))
    expected = [(["项目 金额"], ALL), (["项目 金额"], ["丁 4.00", "戊 5.00"])]
    assert regions_of(header(100), *BODY, title, *again) == expected
    assert regions_of(header(100), *BODY, *again) == expected


def test_lines_farther_down_than_any_row_are_another_region() -> None:
    assert len(regions_of(*BODY, row(260, "丁", "4,000.00", "5.00"))) == 2


def test_empty_rows_end_no_region_where_figures_below_end_as_those_above() -> None:
    assert len(regions_of(*BODY, row(260, "丁", "4.00"))) == 1


def test_a_label_right_below_the_last_figures_is_the_rest_of_their_row_and_one_far_below_is_not() -> None:
    assert regions_of(*BODY, line_of(left("类", 50, 172)))[0][1] == [*ALL, "类"]
    assert regions_of(*BODY, line_of(left("类", 50, 195)))[0][1] == ALL


def test_a_page_number_is_in_no_region() -> None:
    number = line_of(centred("- 12 -", 300, 175))
    assert regions_of(*BODY, number) == regions_of(number, *BODY) == [([], ALL)]


@pytest.mark.parametrize(
    "line",
    [
        line_of(left("注：本表金额含上年结转", 50)),
        line_of(left("收支总表", 50), left("........", 100), right("5", 500)),
        line_of(left("本部门收入预算", 50), right("1,234.50", 170), left("万元，比上年", 175)),
        line_of(left("本年度本部门的各项收入和支出都比上一年度有所增加了一些因为新增的人员多", 50)),
        line_of(left("增加234.50万元，主要是人员经费增加的缘故", 50)),
        line_of(left("因为本年度内新增了人员所以基本支出和项目支出有所增加，", 50), right("12", 590)),
    ],
    ids=["note", "contents", "figure before its unit", "wide text", "amount within a text", "end of a clause"],
)
def test_a_line_of_a_sentence_a_note_or_a_table_of_contents_is_prose(line: TokenLine) -> None:
    assert is_prose(line, WIDTH)


@pytest.mark.parametrize(
    "line", [BODY[0], header(100), row(100, "一二三四五六七八九十一二三四五六七八九十一二三四五，", "1.00", "2.00")]
)
def test_a_row_and_a_header_are_no_prose(line: TokenLine) -> None:
    assert not is_prose(line, WIDTH)


def test_prose_between_two_tables_separates_them() -> None:
    sentence = line_of(left("注：本表金额含上年结转", 50, 175))
    assert regions_of(*BODY, sentence, row(190, "丁", "4.00")) == [([], ALL), ([], ["丁 4.00"])]


def test_tables_beside_each_other_are_split_at_an_edge_and_lines_of_one_of_them_stay_whole() -> None:
    both = line_of(left("甲", 50, 120), right("1.00", 200, 120), left("乙", 300, 120))
    halves = split_region(TableRegion((), (both, line_of(left("丙", 50, 140))), EM), 250)
    assert [texts(half.body) for half in halves] == [["甲 1.00", "丙"], ["乙"]]


def test_rows_without_figures_above_the_first_with_some_are_body() -> None:
    assert regions_of(header(70), row(90, "子"), row(105, "丑"), *BODY) == [(["项目 金额"], ["子", "丑", *ALL])]


def test_a_label_lower_than_the_texts_beside_it_is_header() -> None:
    lines = (line_of(centred("金额", 285, 94)), line_of(left("项目", 50, 100)))
    assert regions_of(*lines, *BODY) == [(["金额", "项目"], ALL)]


def test_the_number_of_a_title_is_no_figure_of_a_row() -> None:
    title = line_of(left("2.11", 90, 60, em=14.0), left("收入表", 140, 60, em=14.0))
    assert regions_of(title, header(100), *BODY) == [(["项目 金额"], ALL)]


def test_a_header_set_downwards_has_a_line_for_every_character() -> None:
    places = [
        (285 + 100 * side, 20 + 10 * n + 4 * side, char) for side in (0, 1) for n, char in enumerate("公务用车购置费用")
    ]
    downwards = [line_of(centred(char, x, y)) for x, y, char in sorted(places, key=lambda place: place[1])]
    ((head, body),) = regions_of(*downwards, *BODY)
    assert len(head) == 16
    assert body == ALL


def test_a_total_below_empty_rows_goes_on_with_the_table_though_it_is_set_a_little_left() -> None:
    total = line_of(left("合计", 50, 330), right("6.00", 290, 330))
    assert regions_of(header(100), *BODY, total) == [(["项目 金额"], [*ALL, "合计 6.00"])]


def test_a_tall_first_row_stands_under_the_header_though_far_below_it() -> None:
    head = line_of(left("项目", 80, 20), *(centred("金额", 285 + 100 * n, 20) for n in range(3)))
    assert regions_of(head, row(90, "甲", "1.00", "2.00", "3.00")) == [([head.text], ["甲 1.00 2.00 3.00"])]


def test_the_rest_of_a_unit_that_wraps_is_no_header() -> None:
    unit = [line_of(right("单位：万", 300, 75)), line_of(right("元", 300, 87))]
    assert regions_of(*unit, header(100), *BODY) == [(["项目 金额"], ALL)]


def test_numbered_labels_at_the_top_of_a_page_are_rows_and_no_header() -> None:
    labels = [line_of(left(text, 50, y)) for text, y in (("二十二、其他支出", 80), ("二十三、债务付息支出", 100))]
    assert regions_of(*labels, *BODY) == [([], [*(line.text for line in labels), *ALL])]


def test_figures_beside_each_other_in_one_cell_head_no_further_table() -> None:
    shares = row(130, "三次产业结构", "0.4：41.4：58.2")
    ((_, body),) = regions_of(header(100), BODY[0], shares, *BODY[1:])
    assert len(body) == 4


def test_the_number_of_a_turned_page_stands_beside_the_table() -> None:
    number = [line_of(left(char, 20, y)) for char, y in (("—", 121), ("6", 131), ("2", 141), ("—", 151))]
    assert regions_of(header(100), *sorted([*BODY, *number], key=lambda line: line.middle)) == [(["项目 金额"], ALL)]


def test_a_page_number_set_with_blanks_is_no_row() -> None:
    number = line_of(*(left(char, 250 + 20 * n, 180) for n, char in enumerate("—20—")))
    assert regions_of(header(100), *BODY, number) == [(["项目 金额"], ALL)]


def test_further_lines_of_a_page_all_take_as_much_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def lines_looked_at(rows: int) -> int:
        seen: list[int] = []
        monkeypatch.setattr(regions, "read_column_extents", lambda lines: seen.append(len(lines)) or [])
        wrapped = ((row(20 * n, "甲类", "1.00"), line_of(left("乙", 50, 20 * n + 10))) for n in range(rows))
        assert len(regions_of(*(line for own in wrapped for line in own))) == 1
        return sum(seen)

    few, more, many = map(lines_looked_at, (100, 200, 300))
    assert many - more == more - few > 0
