"""A row's cells → its header: codes, label, numbering, unit and phase."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.common import grid_of, layout, read_tables

from extractor.grids.grid import Grid
from extractor.records.rows import RowHeader, RowHeaderReader
from extractor.vocabulary.vocabulary import Vocabulary

Texts = list[str | tuple[str, int, int]]
TITLE = "2026年部门支出预算总表"
LEVELS: list[Texts] = [
    [("科目编码", 1, 3), ("科目名称", 2, 1), ("合计", 2, 1), ("基本支出", 2, 1)],
    ["类", "款", "项"],
]
NAMED: list[Texts] = [["科目编码", "科目名称", "合计", "基本支出"]]
NAMES: list[Texts] = [["功能分类科目名称", "合计", "基本支出"]]
REVENUE: list[Texts] = [["收入项目", "合计", "预算数"]]
PROJECTS: list[Texts] = [["项目名称", "合计", "财政拨款"]]
MONEY = ["3.00", "1.00"]


def read(
    vocabulary: Vocabulary, grid: Grid, title: str = TITLE, block: int = 0, organisation: str | None = None
) -> list[RowHeader]:
    (table,) = read_tables([layout(grid, lines=(title, "单位：万元"))], vocabulary)
    reader = RowHeaderReader(
        table,
        block,
        vocabulary.codes,
        2026,
        organisation,
        vocabulary.headers,
        vocabulary.totals,
        vocabulary.organisations,
    )
    return [reader.read(row) for row in table.rows]


def headers_of(
    vocabulary: Vocabulary, header: list[Texts], *rows: list[str], title: str = TITLE, organisation: str | None = None
) -> list[RowHeader]:
    """Return the headers of rows, whose amounts are added to them."""
    return read(vocabulary, grid_of([*header, *([*row, *MONEY] for row in rows)]), title, organisation=organisation)


def codes_of(vocabulary: Vocabulary, header: list[Texts], *rows: list[str]) -> list[tuple[str | None, str | None]]:
    found = headers_of(vocabulary, header, *rows)
    return [(h.codes[h.leading] if h.leading else None, h.source) for h in found]


def test_a_code_over_three_columns_is_one(vocabulary: Vocabulary) -> None:
    (header,) = headers_of(vocabulary, LEVELS, ["201", "03", "01", "行政运行"])
    assert (header.codes, header.source, header.label) == ({"functional": "2010301"}, "printed", "行政运行")


def test_codes_and_names_under_a_word_for_units_are_those_of_units(vocabulary: Vocabulary) -> None:
    head: list[Texts] = [[("部门（单位）", 1, 2), ("合计", 2, 1), ("财政拨款", 2, 1)], ["代码", "名称"]]
    (header,) = headers_of(vocabulary, head, ["301001", "示例局"])
    assert (header.agency_code, header.agency_name, header.codes) == ("301001", "示例局", {})


def test_codes_of_their_own_level_take_their_parents_from_the_rows_above(vocabulary: Vocabulary) -> None:
    rows = (["201", "", "", "类"], ["", "03", "", "款"], ["", "", "01", "项"], ["", "05", "", "款"])
    assert codes_of(vocabulary, LEVELS, *rows) == [
        ("201", "printed"),
        ("20103", "inherited"),
        ("2010301", "inherited"),
        ("20105", "inherited"),
    ]


def test_whole_codes_in_level_columns_are_no_parents_and_children_at_once(vocabulary: Vocabulary) -> None:
    rows = (["201", "", "", "类"], ["", "20103", "", "款"], ["", "", "2010301", "项"])
    assert [code for code, _ in codes_of(vocabulary, LEVELS, *rows)] == ["201", "20103", "2010301"]


def test_below_a_total_nothing_is_inherited(vocabulary: Vocabulary) -> None:
    rows = (["201", "", "", "类"], ["合计", "", "", ""], ["", "03", "", "款"])
    assert codes_of(vocabulary, LEVELS, *rows)[2] == (None, None)


def test_a_level_whose_zero_a_spreadsheet_ate_is_whole(vocabulary: Vocabulary) -> None:
    assert codes_of(vocabulary, LEVELS, ["201", "3", "1", "行政运行"]) == [("2010301", "printed")]


def test_digits_that_make_no_whole_code_are_none(vocabulary: Vocabulary) -> None:
    assert codes_of(vocabulary, LEVELS, ["20", "03", "01", "行政运行"]) == [(None, None)]
    rows = (["201", "一般公共服务支出"], ["20", "政府办公厅"], ["2010", "其他"])
    assert [code for code, _ in codes_of(vocabulary, NAMED, *rows)] == ["201", None, None]


def test_a_code_before_a_name_is_its_code(vocabulary: Vocabulary) -> None:
    (header,) = headers_of(vocabulary, NAMES, ["2010301行政运行"])
    assert (header.codes, header.source, header.label) == ({"functional": "2010301"}, "printed", "行政运行")


def test_of_codes_before_names_in_several_columns_the_longest_says_all(vocabulary: Vocabulary) -> None:
    header: list[Texts] = [["科目名称", "科目名称", "科目名称", "合计", "基本支出"]]
    (row,) = headers_of(vocabulary, header, ["201-一般公共服务支出", "20103-政府办公厅", "2010301-行政运行"])
    assert (row.codes, row.label) == ({"functional": "2010301"}, "行政运行")


def test_a_number_before_a_project_is_a_code_only_with_the_codes_name(vocabulary: Vocabulary) -> None:
    own, listed = headers_of(vocabulary, PROJECTS, ["301专项业务类"], ["301工资福利支出"])
    assert (own.codes, own.label) == ({}, "301专项业务类")
    assert (listed.codes, listed.label) == ({"economic_department": "301"}, "工资福利支出")


def test_names_without_codes_are_looked_up_under_the_names_above_them(vocabulary: Vocabulary) -> None:
    rows = (["一般公共服务支出"], ["人大事务"], ["行政运行"], ["政协事务"], ["行政运行"])
    assert codes_of(vocabulary, NAMES, *rows) == [
        ("201", "looked_up"),
        ("20101", "looked_up"),
        ("2010101", "looked_up"),
        ("20102", "looked_up"),
        ("2010201", "looked_up"),
    ]


def test_a_name_that_several_parents_have_is_not_looked_up_without_one(vocabulary: Vocabulary) -> None:
    assert codes_of(vocabulary, NAMES, ["行政运行"]) == [(None, None)]


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (["税收收入", "增值税(款)", "企业所得税"], ["101", "10101", "10104"]),
        (["国有土地使用权出让收入", "污水处理费", "彩票公益金收入"], ["1030148", "1030178", "1030155"]),
        (["上级补助收入", "返还性收入", "专项转移支付收入", "上年结转"], [None, "11001", "11003", "11008"]),
        (["税收收入", "其他收入", "非税收入"], ["101", None, "103"]),  # the rest of which list?
    ],
)
def test_revenue_has_its_codes_by_name(vocabulary: Vocabulary, names: list[str], codes: list[str | None]) -> None:
    found = headers_of(vocabulary, REVENUE, *([name] for name in names), title="2026年一般公共预算收入表")
    assert [h.codes.get("revenue") for h in found] == codes


def test_a_name_whose_parent_is_not_known_has_no_code(vocabulary: Vocabulary) -> None:
    rows = (["一般公共服务支出"], ["人大事务"], ["行政运行"], ["机关服务"], ["审事计务"], ["行政运行"], ["审计业务"])
    assert [code for code, _ in codes_of(vocabulary, NAMES, *rows)] == [
        "201", "20101", "2010101", "2010103", None, None, "2010804",
    ]  # fmt: skip


def test_siblings_ascend_or_stand_under_a_parent_that_nobody_knows(vocabulary: Vocabulary) -> None:
    rows = (["一般公共服务支出"], ["人大事务"], ["机关服务"], ["行政运行"])
    assert [code for code, _ in codes_of(vocabulary, NAMES, *rows)] == ["201", "20101", "2010103", None]


def test_a_section_and_its_item_of_one_name_have_a_code_each(vocabulary: Vocabulary) -> None:
    rows = (["社会保障和就业支出"], ["其他社会保障和就业支出"], ["其他社会保障和就业支出"])
    assert [code for code, _ in codes_of(vocabulary, NAMES, *rows)] == ["208", "20899", "2089999"]


def test_the_classification_that_knows_most_names_is_the_one(vocabulary: Vocabulary) -> None:
    rows = (["机关工资福利支出"], ["工资奖金津补贴"], ["对事业单位经常性补助"], ["工资福利支出"])
    found = headers_of(vocabulary, [["支出科目名称", "合计", "基本支出"]], *rows, title="2026年一般公共预算支出表")
    assert [h.codes.get("economic_government") for h in found] == ["501", "50101", "505", "50501"]


def test_what_departments_carry_over_is_no_transfer(vocabulary: Vocabulary) -> None:
    rows = (["一般公共服务支出"], ["教育支出"], ["结转下年"])
    assert [code for code, _ in codes_of(vocabulary, NAMES, *rows)] == ["201", "205", None]


def test_a_name_of_the_classification_among_other_words_has_no_code(vocabulary: Vocabulary) -> None:
    rows = (["办公楼修缮"], ["课题经费"], ["信息系统"], ["一般公共服务支出"])
    assert codes_of(vocabulary, NAMES, *rows)[3] == (None, None)


@pytest.mark.parametrize(
    ("printed", "numbering", "label"),
    [
        ("一、本年收入", "一、", "本年收入"),
        ("（一）行政运行", "（一）", "行政运行"),
        ("1.办公费", "1.", "办公费"),
        ("①差旅费", "①", "差旅费"),
        ("1.转移支付支出①", "1.", "转移支付支出"),
        ("2026年支出", "", "2026年支出"),
        ("1.5倍系数", "", "1.5倍系数"),
    ],
)
def test_numbering_stands_apart_from_the_label(
    vocabulary: Vocabulary, printed: str, numbering: str, label: str
) -> None:
    (header,) = headers_of(vocabulary, PROJECTS, [printed])
    assert (header.numbering, header.label) == (numbering, label)


@pytest.mark.parametrize(
    ("label", "total"),
    [
        ("合计", True),
        ("合 计", True),
        ("本年支出合计", True),
        ("总计：", True),
        ("十、本年收入合计", True),
        ("基金收入总计", True),
        ("地方本级支出合计", True),
        ("支出预算数合计", True),
        ("合计拨付款", False),
        ("小计", False),
    ],
)
def test_a_total_is_what_is_labelled_so(vocabulary: Vocabulary, label: str, total: bool) -> None:
    assert headers_of(vocabulary, PROJECTS, [label])[0].is_total == total


def test_the_organisations_own_name_in_the_first_row_is_its_total(vocabulary: Vocabulary) -> None:
    rows = (["示例局"], ["专项"], ["示例局"])
    assert [h.is_total for h in headers_of(vocabulary, PROJECTS, *rows, organisation="示例局")] == [True, False, False]
    assert not headers_of(vocabulary, PROJECTS, *rows, organisation="另一局")[0].is_total


def test_a_label_is_as_indented_as_its_cell(vocabulary: Vocabulary) -> None:
    grid = grid_of([*PROJECTS, ["总项", *MONEY], ["其中", *MONEY]])
    grid = replace(grid, cells=tuple(c._replace(indent=12.0) if c.text == "其中" else c for c in grid.cells))
    assert [h.indent for h in read(vocabulary, grid)] == [0.0, 12.0]


def test_a_unit_stays_that_of_the_rows_below_it_until_a_total(vocabulary: Vocabulary) -> None:
    header: list[Texts] = [["单位名称", "项目名称", "合计", "财政拨款"]]
    rows = (["示例局", "甲"], ["", "乙"], ["合计", ""], ["", "丙"])
    assert [h.agency_name for h in headers_of(vocabulary, header, *rows)] == ["示例局", "示例局", None, None]


def test_a_units_code_and_name_in_one_cell_are_told_apart(vocabulary: Vocabulary) -> None:
    header: list[Texts] = [["单位名称", "项目名称", "合计", "财政拨款"]]
    (row,) = headers_of(vocabulary, header, ["101001示例中心", "甲"])
    assert (row.agency_code, row.agency_name) == ("101001", "示例中心")


CODED_PROJECTS: list[Texts] = [["单位编码", "单位（项目）名称", "合计", "财政拨款"]]
PURCHASES: list[Texts] = [["单位编码", "采购项目", "合计", "财政拨款"]]


def test_a_row_with_the_code_of_the_unit_above_is_its_project(vocabulary: Vocabulary) -> None:
    rows = (["101001", "示例局"], ["101001", "培训专项"], ["101002", "省示例中学"], ["", "市专项资金示例局"])
    named = [h.agency_name for h in headers_of(vocabulary, CODED_PROJECTS, *rows)]
    assert named == ["示例局", "示例局", "省示例中学", "省示例中学"]


def test_a_label_beside_a_units_code_is_its_name_where_names_have_no_column(vocabulary: Vocabulary) -> None:
    rows = (["101001", "示例局"], ["", "复印纸"], ["1", "全额"], ["", "计算机"])
    assert [h.agency_name for h in headers_of(vocabulary, PURCHASES, *rows)] == ["示例局", "示例局", None, None]


def test_the_innermost_level_of_a_catalogue_names_a_row(vocabulary: Vocabulary) -> None:
    header: list[Texts] = [["一级", "二级", "三级", "合计", "财政拨款"]]
    rows = (["01-公共服务", "0115-宣传服务", "公益宣传服务"], ["02-辅助服务", "0201-法律服务", ""])
    named = [h.label for h in headers_of(vocabulary, header, *rows, title="政府购买服务明细表")]
    assert named == ["公益宣传服务", "0201-法律服务"]


def test_rows_that_are_years_and_changes_say_their_phase(vocabulary: Vocabulary) -> None:
    header: list[Texts] = [["年度", "合计", "公务接待费"]]
    first, second, change = headers_of(
        vocabulary, header, ["2025年"], ["2026年"], ["增减变化"], title="“三公”经费预算表"
    )
    assert [h.phase.year if h.phase else None for h in (first, second)] == [2025, 2026]
    assert change.phase is not None
    assert change.phase.phase == "change"


SUMMARY: list[Texts] = [["收入项目", "预算数", "支出项目", "预算数"]]


def test_each_of_two_blocks_has_a_header_of_its_own(vocabulary: Vocabulary) -> None:
    grid = grid_of([*SUMMARY, ["一、事业收入", "3.00", "一、教育支出", "1.00"], ["二、其他收入", "3.00", "", ""]])
    assert [h.label for h in read(vocabulary, grid, "收支预算总表", 0)] == ["事业收入", "其他收入"]
    assert [h.label for h in read(vocabulary, grid, "收支预算总表", 1)] == ["教育支出", ""]


def test_a_label_that_runs_over_two_blocks_is_that_of_both(vocabulary: Vocabulary) -> None:
    grid = grid_of(
        [
            ["人员经费", "预算数", "公用经费", "预算数"],
            ["基本工资", "3.00", "办公费", "1.00"],
            ["津贴补贴", "3.00", "印刷费", "1.00"],
            [("公用经费合计", 1, 3), "2.00"],
        ]
    )
    assert read(vocabulary, grid, "一般公共预算基本支出表", 1)[2].label == "公用经费合计"


def test_nothing_is_inherited_from_another_class(vocabulary: Vocabulary) -> None:
    rows = (["208", "05", "02", "项"], ["201", "", "01", "项"], ["", "", "03", "项"])
    assert codes_of(vocabulary, LEVELS, *rows) == [("2080502", "printed"), (None, None), ("2080503", "inherited")]


def test_digits_before_a_name_of_its_own_are_a_code_where_nearly_all_rows_have_their_codes_names(
    vocabulary: Vocabulary,
) -> None:
    named = ["2050801—教师进修", "2050802—干部教育", "2050803—培训支出", "2050804—退役士兵能力提升"]
    rows: list[Texts] = [["项目", "合计", "预算数"], *([text, *MONEY] for text in ("20508—进修与培训", *named))]
    assert not read(vocabulary, grid_of([*rows]))[0].codes
    more = [
        *rows,
        *(
            [text, *MONEY]
            for text in (
                "20501—教育管理事务",
                "2050101—行政运行",
                "20502—普通教育",
                "2050201—学前教育",
                "2050202—小学教育",
            )
        ),
    ]
    assert read(vocabulary, grid_of(more))[0].codes == {"functional": "20508"}


@pytest.mark.parametrize(
    ("rows", "totals"),
    [
        ([["", ""]], [True]),
        ([["", ""], ["205", "教育支出"]], [False, False]),
        ([["", "教育支出"]], [False]),
    ],
)
def test_a_row_without_a_label_is_a_total_where_it_is_all_of_its_table(
    vocabulary: Vocabulary, rows: list[list[str]], totals: list[bool]
) -> None:
    header: list[Texts] = [["科目编码", "科目名称", "合计"]]
    grid = grid_of([*header, *([*row, "3.00"] for row in rows)])
    assert [h.is_total for h in read(vocabulary, grid, TITLE)] == totals
