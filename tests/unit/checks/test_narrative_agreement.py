"""What the prose may accuse a document of: sentences in the likeness of many publishers', beside one set of tables."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from support.common import grid_of, read_tables
from support.vocabulary import VOCABULARY

from extractor.checks.check import Check
from extractor.checks.narrative.agreement import ALONE, UNIT, is_slip
from extractor.checks.narrative.changes import NEGATIVE, NOT_NEXT
from extractor.checks.narrative.narrative import LAST_DIGIT, NEARLY, OTHER_MONEY, UNSAID
from extractor.checks.reconcile import reconcile, verdicts
from extractor.grids.grid import PageLayout, TextLine
from extractor.prose.reader import read_prose
from extractor.records.facts import Facts
from extractor.records.items import read_items

ID = "d" * 64
BUDGET = Facts(2026, "budget", "示例市示例局", "department", None, None)
UNIT_BUDGET = Facts(2026, "budget", "示例市示例局", "unit", None, None)
ACCOUNTS = Facts(2026, "final_accounts", "示例市示例局", "department", None, None)

Rows = list[list[str]]
CODES: Rows = [
    ["201", "一般公共服务支出", "900.00", "500.00", "400.00"],
    ["20106", "财政事务", "900.00", "500.00", "400.00"],
    ["2010601", "行政运行", "500.00", "500.00", ""],
    ["2010602", "一般行政管理事务", "400.00", "", "400.00"],
    ["208", "社会保障和就业支出", "200.00", "200.00", ""],
    ["20805", "行政事业单位养老支出", "200.00", "200.00", ""],
    ["2080505", "机关事业单位基本养老保险缴费支出", "200.00", "200.00", ""],
    ["221", "住房保障支出", "100.00", "100.00", ""],
    ["22102", "住房改革支出", "100.00", "100.00", ""],
    ["2210201", "住房公积金", "100.00", "100.00", ""],
]
LAND: Rows = [
    ["212", "城乡社区支出", "100.00", "", "100.00"],
    ["21208", "国有土地使用权出让收入安排的支出", "100.00", "", "100.00"],
]
HEADER = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]


def summary(word: str, left: str = "0.00") -> Rows:
    """Return 收支总表; `left` is what last year left."""
    total = str(Decimal("1300.00") + Decimal(left))
    return [
        ["收入", "", "支出", ""],
        ["项目", f"{word}数", "项目", f"{word}数"],
        ["一、一般公共预算拨款收入", "1200.00", "一、一般公共服务支出", "900.00"],
        ["二、政府性基金预算拨款收入", "100.00", "二、社会保障和就业支出", "200.00"],
        ["", "", "三、住房保障支出", "100.00"],
        ["", "", "四、城乡社区支出", "100.00"],
        ["本年收入合计", "1300.00", "本年支出合计", "1300.00"],
        ["上年结转", left, "结转下年", left],
        ["收入总计", total, "支出总计", total],
    ]


def tables(word: str = "预算") -> dict[str, Rows]:
    return {
        f"2026年部门收支{word}总表": summary(word),
        f"2026年部门支出{word}总表": [HEADER, ["", "合计", "1,300.00", "800.00", "500.00"], *CODES, *LAND],
        f"2026年一般公共预算支出{word}表": [HEADER, ["", "合计", "1,200.00", "800.00", "400.00"], *CODES],
        f"2026年政府性基金预算支出{word}表": [HEADER, ["", "合计", "100.00", "", "100.00"], *LAND],
        f"2026年“三公”经费{word}表": [
            ["合计", "因公出国（境）费", "公务用车购置费", "公务用车运行费", "公务接待费"],
            ["20.00", "5.00", "0.00", "12.00", "3.00"],
        ],
    }


def check(
    text: str, facts: Facts = BUDGET, printed: Mapping[str, Rows] | None = None, unit: str = "万元"
) -> tuple[list[Check], dict[str, str]]:
    """Return the narrative checks of a page of prose behind tables, and the verdicts of their totals by table type."""
    printed = printed or tables("决算" if facts.phase == "final_accounts" else "预算")
    layouts = [
        PageLayout(
            page,
            600,
            800,
            title,
            (grid_of([list(row) for row in rows], page=page),),
            (TextLine(title, 50, 20, 300, 30), TextLine(f"单位：{unit}", 50, 40, 300, 50)),
        )
        for page, (title, rows) in enumerate(printed.items(), start=1)
    ]
    layouts.append(PageLayout(len(layouts) + 1, 600, 800, text, (), ()))
    found = read_tables(layouts, VOCABULARY)
    items = read_items(ID, found, facts, VOCABULARY)
    checks = reconcile(items, found, VOCABULARY, read_prose(ID, layouts, facts, VOCABULARY))
    said = verdicts(items, checks)
    totals = {i.table_type or "": said[i.item_id] for i in items if i.is_total and i.measure == "total"}
    return [c for c in checks if c.rule == "narrative"], totals


def failing(text: str, facts: Facts = BUDGET) -> list[tuple[str | None, str | None, Decimal, Decimal]]:
    return [(c.standing, c.doubt, c.stated, c.computed) for c in check(text, facts)[0] if c.holds == "no"]


def wan(amount: str) -> Decimal:
    return Decimal(amount) * 10_000


OVERALL = "一、收支预算总体情况说明\r\n"
GENERAL = "二、一般公共预算支出情况说明\r\n"
BASIC = "三、一般公共预算基本支出情况说明\r\n"
FUND = "四、政府性基金预算支出情况说明\r\n"
THREE = "五、“三公”经费预算情况说明\r\n"
FINAL = "六、一般公共预算财政拨款支出决算情况说明\r\n"
LONG_ITEM = "1.一般公共服务支出（类）财政事务（款）行政运行（项）"


@pytest.mark.parametrize(
    ("text", "facts", "stated", "computed"),
    [
        (OVERALL + "示例市示例局2026年收支总预算1350.00万元。", BUDGET, "1350", "1300"),
        (OVERALL + "本部门2026年收入预算1350.00万元，支出预算1300.00万元。", BUDGET, "1350", "1300"),
        (OVERALL + "2026年收入预算0.23亿元。", BUDGET, "2300", "1300"),
        (OVERALL + "1.收入总计1300.00万元。2.支出总计1350.00万元。", BUDGET, "1350", "1300"),
        (OVERALL + "（一）收入预算1300.00万元。（二）支出预算。2026年支出预算1350.00万元。", BUDGET, "1350", "1300"),
        (OVERALL + "2026年支出预算1300.00万元，其中：一般公共服务支出950.00万元。", BUDGET, "950", "900"),
        (OVERALL + "一般公共服务支出950.00万元，占73.08%。", BUDGET, "950", "900"),
        (GENERAL + LONG_ITEM + "2026年预算数为550.00万元。", BUDGET, "550", "500"),
        (BASIC + "2026年一般公共预算基本支出850.00万元，其中：人员经费700.00万元。", BUDGET, "850", "800"),
        (FUND + "2026年政府性基金预算支出150.00万元。", BUDGET, "150", "100"),
        (THREE + "2026年公务接待费4.00万元。", BUDGET, "4", "3"),
        (FINAL + LONG_ITEM + "。年初预算为450.00万元，支出决算为520.00万元。", ACCOUNTS, "520", "500"),
        (FINAL + "一般公共服务（类）支出930.00万元，占75%。", ACCOUNTS, "930", "900"),
        (
            "一、支出决算情况说明\r\n本年支出合计1300.00万元，其中：基本支出800.00万元，占61.5%；项目支出550.00万元，占42.3%。",
            ACCOUNTS,
            "550",
            "500",
        ),
    ],
)
def test_a_figure_that_surely_means_one_total_accuses(text: str, facts: Facts, stated: str, computed: str) -> None:
    assert failing(text, facts) == [("finding", None, wan(stated), wan(computed))]


@pytest.mark.parametrize(
    "text",
    [
        # Another body's figures, or a part of the department's.
        OVERALL + "1.示例市示例中心2026年收入预算300.00万元，支出预算300.00万元。",
        OVERALL + "其中：局本级收入预算800.00万元，支出预算800.00万元；下属单位支出预算500.00万元。",
        OVERALL + "示例市示例中心：收入预算300.00万元。支出预算300.00万元。",
        "一、示例市公路养护中心2026年单位预算情况说明\r\n本单位2026年收入预算300.00万元，支出预算300.00万元。",
        THREE + "2026年本部门及下属单位“三公”经费预算数为30.00万元。",
        # Another year, or less than a year.
        "一、上年预算执行情况\r\n收入预算1100.00万元，支出预算1100.00万元。",
        "一、2025年部门预算执行情况\r\n收入预算1100.00万元，支出预算1100.00万元。",
        OVERALL + "2025年支出预算1100.00万元，上年支出预算1050.00万元。",
        OVERALL + "2026年上半年支出预算执行600.00万元。",
        # No figure is claimed.
        OVERALL + "2026年支出预算约1290.00万元，收入预算超过1200.00万元，支出预算1200.00万元左右。",
        # Parts: what is spent on something, of 基本支出, of 公用经费, of some money.
        GENERAL + "安排一般公共服务支出50.00万元用于信息化建设。安排住房保障支出20.00万元，支持保障房建设。",
        "三、公用经费情况说明\r\n一般公共服务支出50.00万元，社会保障和就业支出20.00万元。",
        OVERALL + "2026年新增支出预算200.00万元，追加支出预算100.00万元。",
        # Another fund: the class is printed for all funds alone.
        "二、财政拨款支出情况说明\r\n城乡社区支出80.00万元。",
        GENERAL + "城乡社区支出80.00万元。",
        # Items with a name of their own.
        "二、住房保障支出（类）\r\n1.安全生产专项。2026年预算数为30.00万元，比上年增加5.00万元，增长20%。",
        GENERAL + LONG_ITEM + "。2026年预算数为500.00万元。\r\n2.安全生产专项。2026年预算数为30.00万元。",
        OVERALL + "1.信息化建设项目。2026年支出预算100.00万元，2026年预算支出100.00万元。",
        OVERALL + "（一）信息化建设项目\r\n2026年支出预算100.00万元。",
        "五、信息化建设\r\n项目总投资5000.00万元，2026年支出预算100.00万元。",
        GENERAL + LONG_ITEM + "。2026年支出预算500.00万元，2025年支出预算450.00万元。",
        GENERAL + "（1）行政运行（2010601）500.00万元；（2）新增专项30.00万元，较上年增加30.00万元。",
    ],
)
def test_words_that_may_mean_another_figure_accuse_nobody(text: str) -> None:
    assert failing(text) == []


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (OVERALL + "2026年支出预算1300.00万元，比上年100.00万元，增加8.33%。", BUDGET),
        (OVERALL + "2026年收入预算1300.00万元，比上年增加100.00万元，同口径增长5%。", BUDGET),
        (OVERALL + "2026年收入预算1300.00万元，剔除一次性因素后比上年增加100.00万元，增长5%。", BUDGET),
        (OVERALL + "2026年收入预算1300.00万元，比上年增加（减少）100.00万元，增长（下降）-8.00%。", BUDGET),
        (OVERALL + "2026年收入预算1300.00万元，比上年增加100.00万元，增长3%左右。", BUDGET),
        (
            "一、收入支出决算总体情况说明\r\n2026年度收、支总计各是1300.00，1300.00万元。与上年相比，收、支总计各减少100.00,90.00万元，"
            "各下降7.14%、6.47%。",
            ACCOUNTS,
        ),
        (
            OVERALL
            + "2026年支出预算1300.00万元，其中基本支出800.00万元，增加30.00万元，项目支出500.00万元，增加70.00万元，增长16.28%。",
            BUDGET,
        ),
        (
            FINAL
            + LONG_ITEM
            + "。年初预算为400.00万元，调整预算为520.00万元，支出决算为500.00万元，决算数小于预算数。",
            ACCOUNTS,
        ),
    ],
)
def test_a_change_on_another_basis_accuses_nobody(text: str, facts: Facts) -> None:
    assert failing(text, facts) == []


@pytest.mark.parametrize(
    ("text", "facts", "accused"),
    [
        (OVERALL + "2026年收入预算1300.00万元，比上年增加100.00万元，增长8.63%。", BUDGET, 1),
        (
            GENERAL + LONG_ITEM + "2026年预算数为500.00万元，比2025年执行数450.00万元增加60.00万元，增长11.11%。",
            BUDGET,
            2,
        ),
        (
            FINAL + LONG_ITEM + "。年初预算为450.00万元，支出决算为500.00万元。决算数小于预算数的主要原因是增资。",
            ACCOUNTS,
            1,
        ),
        (
            "一、收入支出决算总体情况说明\r\n2026年度收、支总计1300.00万元。与上年相比，收、支总计各增加100.00万元，增长8.63%。",
            ACCOUNTS,
            1,
        ),
    ],
)
def test_a_change_that_its_own_figures_deny_accuses(text: str, facts: Facts, accused: int) -> None:
    assert [f[:2] for f in failing(text, facts)] == [("finding", None)] * accused


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (OVERALL + "2026年其他收入50.00万元，比上年增加80.00万元。", NEGATIVE),
        (
            OVERALL + "2026年支出预算1300.00万元，事业收入5.00万元，支出预算比上年增加100.00万元，增长8.99%。",
            NOT_NEXT,
        ),
        ("七、绩效目标\r\n2026年编报绩效目标的项目10个，涉及预算资金900.00万元。", OTHER_MONEY),
    ],
)
def test_what_the_words_leave_open_is_a_doubt(text: str, why: str) -> None:
    assert [f[:2] for f in failing(text)] == [("doubt", why)]


@pytest.mark.parametrize("phase", [None, "budget"])
def test_a_document_that_is_not_what_it_was_taken_for_is_not_accused(phase: str | None) -> None:
    text = FINAL + LONG_ITEM + "。年初预算为450.00万元，支出决算为480.00万元。"
    assert failing(text, Facts(2026, phase, "示例市示例局", "department", None, None)) == []


def test_parts_that_are_left_out_may_be_something() -> None:
    text = "七、政府采购情况\r\n2026年政府采购预算总额100.00万元，其中：货物20.00万元、{}服务60.00万元。"
    assert [f[:2] for f in failing(text.format(""))] == [("doubt", UNSAID)]
    assert [f[:2] for f in failing(text.format("工程0万元、"))] == [("finding", None)]


def test_a_part_is_held_against_its_own_column() -> None:
    for heading, amount in ((BASIC, "500.00"), ("三、项目支出情况说明\r\n", "400.00")):
        checks, _ = check(f"{heading}一般公共服务支出{amount}万元。")
        assert [c.holds for c in checks] == ["exact"]
    assert failing(BASIC + "一般公共服务支出900.00万元。") == [("finding", None, wan("900"), wan("500"))]


@pytest.mark.parametrize("facts", [BUDGET, Facts(2026, "budget", None, None, None, None)])
def test_no_government_is_accused_whatever_its_book_calls_itself(facts: Facts) -> None:
    text = (
        "一、2026年预算草案\r\n全市一般公共预算支出2000.00万元。全市政府性基金预算支出200.00万元，全市国有资本经营预算支出1.00万元。"
        "市本级一般公共预算支出1000.00万元。教育支出300.00万元。一般公共预算支出1250.00万元。"
    )
    assert failing(text, facts) == []


@pytest.mark.parametrize(
    ("text", "accused"),
    [
        ("2026年收入预算1290.00万元。", []),  # with what last year left, or without
        ("2026年本年收入1290.00万元。", [("1290", "1300")]),
        ("2026年收入总计1340.00万元。", [("1340", "1350")]),
        ("2026年收入预算1300.00万元，支出预算1350.00万元。", []),
    ],
)
def test_money_that_last_year_left_asks_which_total_is_meant(text: str, accused: list[tuple[str, str]]) -> None:
    checks, _ = check(OVERALL + text, printed={"2026年部门收支预算总表": summary("预算", "50.00")})
    failed = [(c.stated, c.computed) for c in checks if c.standing == "finding"]
    assert failed == [(wan(stated), wan(computed)) for stated, computed in accused]


def test_a_table_that_differs_by_one_power_of_ten_may_be_in_another_unit() -> None:
    text = FUND + "2026年政府性基金预算支出100.00万元。城乡社区支出100.00万元。"
    printed = {"2026年政府性基金预算支出预算表": tables()["2026年政府性基金预算支出预算表"]}
    checks, totals = check(text, printed=printed, unit="元")
    assert {(c.standing, c.doubt) for c in checks} == {("doubt", UNIT)}
    assert totals == {"government_fund_expenditure": "uncovered"}
    checks, totals = check(FUND + "2026年政府性基金预算支出100.00元。城乡社区支出100.00万元。", printed=printed)
    assert [c.standing for c in checks] == ["finding", None]  # the unit of one figure of the prose is wrong
    assert totals == {"government_fund_expenditure": "contradicted"}


def test_a_figure_that_nothing_else_bears_out_may_be_misread() -> None:
    printed: dict[str, Rows] = {"2026年政府性基金预算支出预算表": [HEADER, ["", "合计", "100.00", "", ""]]}
    checks, _ = check(FUND + "2026年政府性基金预算支出150.00万元。", printed=printed)
    assert [(c.standing, c.doubt) for c in checks] == [("doubt", ALONE)]


def test_a_class_named_like_an_owner_is_that_class() -> None:
    """城乡社区支出 is no 支出 of a 社区."""
    checks, _ = check(OVERALL + "城乡社区支出100.00万元，主要用于土地开发。")
    assert [(c.holds, c.stated) for c in checks] == [("exact", wan("100"))]


def test_a_unit_speaks_of_itself_as_of_its_own_level() -> None:
    assert [f[0] for f in failing(OVERALL + "局本级2026年收入预算1350.00万元。", UNIT_BUDGET)] == ["finding"]
    assert failing(OVERALL + "局本级2026年收入预算1350.00万元。") == []


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("123456", "123756", True),
        ("123456", "124356", True),
        ("123456", "12356", True),
        ("12345", "123456", True),
        ("50000", "50007", True),
        ("123456", "123456", False),
        ("123456", "123765", False),
        ("123456", "214356", False),
        ("10000", "130000", False),  # round figures
        ("20000", "30000", False),
    ],
)
def test_a_slip_is_one_digit_or_two_exchanged(one: str, other: str, slip: bool) -> None:
    assert is_slip(one, other) is slip
    assert is_slip(other, one) is slip


def test_a_figure_that_misses_one_that_it_may_mean_by_a_slip_is_a_doubt() -> None:
    assert failing(GENERAL + "城乡社区支出100.05万元。") == [("doubt", NEARLY, wan("100.05"), wan("100"))]


def test_figures_that_print_the_same_unit_to_the_same_digit_are_not_each_other_rounded() -> None:
    assert failing(THREE + "2026年公务接待费3.01万元。") == [("doubt", LAST_DIGIT, wan("3.01"), wan("3"))]
    assert failing(THREE + "2026年公务接待费3.0万元。") == []
