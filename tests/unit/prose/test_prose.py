from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.common import grid_of, layout
from support.vocabulary import VOCABULARY

from extractor.grids.grid import PageLayout, TextLine
from extractor.notation.amounts import half_digit
from extractor.prose.figures import read_figures
from extractor.prose.paragraphs import narrow, read_paragraphs
from extractor.prose.prose import Prose
from extractor.prose.reader import read_prose
from extractor.prose.statement import Statement
from extractor.records.facts import Facts

BUDGET = Facts(2026, "budget", None, None, None, None)
ACCOUNTS = Facts(2024, "final_accounts", None, None, None, None)


def layouts(*pages: str) -> list[PageLayout]:
    return [PageLayout(n, 600, 800, text, (), ()) for n, text in enumerate(pages, start=1)]


def wrapped(text: str, width: int = 30) -> str:
    """Break a text into lines of a page, each but the last full."""
    return "\r\n".join(text[i : i + width] for i in range(0, len(text), width))


def read(*pages: str, facts: Facts = BUDGET) -> Prose:
    return read_prose("d" * 64, layouts(*pages), facts, VOCABULARY)


def brief(statement: Statement) -> tuple[str | None, str | None, str]:
    figure = statement.amount_text + (statement.unit or "")
    return statement.subject, statement.direction or statement.phase, figure or f"{statement.percent_text}%"


def told(*pages: str, facts: Facts = BUDGET) -> list[tuple[str | None, str | None, str]]:
    return [brief(s) for s in read(*pages, facts=facts).statements]


# Paragraphs ------------------------------------------------------------------------------------------------------

BODY = "本单位全年围绕重点任务安排资金，统筹保障日常运转和各项专项工作顺利开展，确有必要时再作调整。"


def test_lines_are_joined_and_running_heads_and_page_numbers_dropped() -> None:
    head = "某某市样本局二〇二六年预算"
    bodies = [wrapped(f"{start}{BODY}{start}乙年另行安排。") for start in "甲丙丁"]
    pages = [f"{head}\r\n- {n} -\r\n{body}" for n, body in enumerate(bodies, start=1)]
    assert [p.text for p in read_paragraphs(layouts(*pages))] == ["".join(body.split()) for body in bodies]


def test_a_paragraph_goes_on_over_a_page_end() -> None:
    text = wrapped(BODY)
    cut = text.index("\r\n") + 2
    first, second = text[:cut], text[cut:]
    other = wrapped(BODY)
    found = read_paragraphs(layouts(f"{other}\r\n{first}12", f"{second}\r\n13"))
    assert [p.text for p in found] == [BODY, BODY]
    assert found[1].span(0, len(BODY)).page == 1
    assert found[1].span(0, len(BODY)).end_page == 2


def test_a_text_box_over_two_pages_is_read_once() -> None:
    box = wrapped(BODY + "甲" + BODY + "乙" + BODY)
    assert len(read_paragraphs(layouts(box, box))) == 1


def test_spans_lead_back_into_the_page() -> None:
    text = wrapped("甲" * 30 + BODY)
    (paragraph,) = read_paragraphs(layouts(text))
    span = paragraph.span(30, len(paragraph.text))
    assert "".join(text[span.start : span.end].split()) == BODY


def test_letter_spaced_figures_are_one_figure_and_two_figures_stay_two() -> None:
    (paragraph,) = read_paragraphs(layouts("本部门收入预算 1 2 , 3 4 5 . 6 7万元，2 0 2 6 年编制。"))
    assert "12,345.67万元，2026年" in paragraph.text
    assert read_paragraphs(layouts("共 12 345 号文件。"))[0].text == "共12 345号文件。"


def test_a_comma_separates_clauses_or_thousands() -> None:
    assert narrow("３，４５６元，12万元，34万元,5,678元") == "3,456元，12万元，34万元，5,678元"


# Outline -----------------------------------------------------------------------------------------------------------

OUTLINE = [
    "目 录\r\n第一部分 样本局概况\r\n一、主要职能\r\n二、机构设置\r\n第二部分 2026年部门预算情况说明\r\n一、收支预算总体情况说明",
    "第一部分 样本局概况\r\n一、主要职能\r\n（一）拟订本市样本工作规划并组织实施。\r\n（二）承办上级交办的其他事项。\r\n"
    "二、机构设置\r\n本部门中，行政单位1家，参公单位2家，事业单位3家，具体包括：\r\n1. 样本局本部\r\n2. 样本事务中心\r\n"
    "第二部分 2026年部门预算情况说明\r\n一、收支预算总体情况说明\r\n" + BODY + "\r\n"
    "二、其他重要事项\r\n（一）机关运行经费：本部门机关运行经费预算12.30万元。",
]


def test_outline_has_levels_kinds_and_run_in_headings() -> None:
    sections = read(*OUTLINE).sections
    assert [(s.level, s.number, s.title, s.kind, s.listed) for s in sections] == [
        (1, "第一部分", "样本局概况", "overview", True),
        (2, "一、", "主要职能", "duties", True),
        (2, "二、", "机构设置", "organisation", True),
        (1, "第二部分", "2026年部门预算情况说明", "overall", True),
        (2, "一、", "收支预算总体情况说明", "overall", True),
        (2, "二、", "其他重要事项", "overall", False),
        (3, "（一）", "机关运行经费", "agency_operating", False),
    ]
    assert sections[-1].text == "本部门机关运行经费预算12.30万元。"
    assert all(s.page == 2 for s in sections)


def test_duties_and_units() -> None:
    entries = read(*OUTLINE).entries
    assert [(e.kind, e.name or e.category, e.count) for e in entries] == [
        ("duty", None, None),
        ("duty", None, None),
        ("unit_count", "administrative", 1),
        ("unit_count", "civil_service_managed", 2),
        ("unit_count", "public_institution", 3),
        ("unit", "样本局本部", None),
        ("unit", "样本事务中心", None),
    ]


def test_terms_with_and_without_numbers() -> None:
    said = read(
        "名词解释\r\n一、事业收入：指开展专业业务活动取得的收入。\r\n（二）机关运行经费：是保障机关运转的公用经费。\r\n"
        "基本支出：指保障日常运转的支出。其中包括人员经费。"
    )
    assert [(e.number, e.name, e.text) for e in said.entries] == [
        ("一、", "事业收入", "开展专业业务活动取得的收入。"),
        ("（二）", "机关运行经费", "保障机关运转的公用经费。"),
        ("", "基本支出", "保障日常运转的支出。其中包括人员经费。"),
    ]


def test_assets_held_and_planned() -> None:
    said = read(
        "五、国有资产占有使用情况\r\n截至2025年8月31日，本单位共有车辆3辆，其中：机要通信用车1辆、其他用车2辆；"
        "单价100万元（含）以上设备（不含车辆）4台（套）。2026年预算安排购置车辆1辆。"
    )
    assert [(a.kind, a.label, a.is_total, a.planned, a.count, a.threshold, a.as_of) for a in said.assets] == [
        ("vehicle", "车辆", True, False, 3, None, "2025年8月31日"),
        ("vehicle", "机要通信用车", False, False, 1, None, "2025年8月31日"),
        ("vehicle", "其他用车", False, False, 2, None, "2025年8月31日"),
        ("equipment", "单价100万元(含)以上设备(不含车辆)", False, False, 4, 100, "2025年8月31日"),
        ("vehicle", "车辆", True, True, 1, None, None),
    ]
    assert said.statements == ()  # a threshold is no amount


def test_projects_and_their_parts() -> None:
    said = read(
        "项目经费情况说明\r\n一、项目概述\r\n为全市居民提供样本服务，全年服务不少于一万人次，并按季评估。\r\n二、立项依据\r\n本市样本条例第九条和年度工作要点关于样本服务的规定。\r\n三、实施主体\r\n样本中心。\r\n"
        "五、实施周期\r\n2026年1月至12月。\r\n六、年度预算安排\r\n全年安排30.00万元。"
    )
    (project,) = said.projects
    assert (project.basis, project.implementing_unit, project.period) == (
        "本市样本条例第九条和年度工作要点关于样本服务的规定。",
        "样本中心。",
        "2026年1月至12月。",
    )
    assert (project.budget, project.targets) == ("全年安排30.00万元。", None)


# Figures -----------------------------------------------------------------------------------------------------------

AMOUNTS = st.decimals(min_value=0, max_value=Decimal("9999999"), places=2)
UNITS = {"元": 1, "万元": 10_000, "亿元": 100_000_000}


@given(AMOUNTS, st.sampled_from(sorted(UNITS)), st.booleans(), st.booleans())
def test_a_printed_figure_is_read_exactly(value: Decimal, unit: str, separators: bool, wide: bool) -> None:
    text = f"{value:,.2f}" if separators else f"{value:.2f}"
    if wide:
        text = text.translate(str.maketrans("0123456789.,", "０１２３４５６７８９．，"))
    (figure,) = read_figures(narrow(f"收入预算{text}{unit}。"), VOCABULARY.phrases.changes.flat)
    assert figure.amount == value * UNITS[unit]


@settings(max_examples=60)
@given(AMOUNTS, st.integers(20, 45), st.sampled_from(["\r\n", "\f"]))
def test_a_figure_wrapped_anywhere_is_read_exactly(value: Decimal, width: int, end: str) -> None:
    """Every width breaks the line elsewhere: in the figure, before its unit, in the phrase; a page may end there."""
    sentence = (
        f"一、收入预算情况说明甲乙{'丙' * 12}局2026年收入预算{value:,.2f}万元，比上年减少0.00万元，与上年执行数持平。"[
            10:
        ]
    )
    lines = [sentence[i : i + width] for i in range(0, len(sentence), width)]
    pages = (
        ["二、收支预算总体情况说明\r\n" + lines[0], *lines[1:]]
        if end == "\f"
        else ["二、收支预算总体情况说明\r\n" + "\r\n".join(lines)]
    )
    statements = read(*pages).statements
    assert [(s.subject, s.direction, s.amount) for s in statements] == [
        ("total_revenue", None, value * 10_000),
        ("total_revenue", "decrease", Decimal(0)),
        ("total_revenue", "flat", None),
    ]


@pytest.mark.parametrize("text", ["单价100万元以上的设备", "每人500元/月", "提高3个百分点", "编号1,23万元", "A12元"])
def test_what_is_no_figure(text: str) -> None:
    assert list(read_figures(narrow(text), VOCABULARY.phrases.changes.flat)) == []


def test_half_of_the_last_printed_digit() -> None:
    assert half_digit("1,234.5", "万元") == 500
    assert half_digit("28,828", "万元") == 5_000
    assert half_digit("0", "万元", zero_is_exact=True) == 0  # nothing is nothing


# Statements, in the ways of several publishers ---------------------------------------------------------------------


def test_subject_goes_on_to_the_change_that_follows() -> None:
    assert told(
        "2026年单位预算编制说明\r\n2026年，样本局收入预算500.00万元，其中：财政拨款收入480.00万元，比2025年预算增加20.00万元；"
        "事业收入0万元；其他收入20.00万元。\r\n支出预算500.00万元，其中：财政拨款支出预算480.00万元，与2025年预算持平。"
    ) == [
        ("total_revenue", "budget", "500.00万元"),
        ("fiscal_appropriation_revenue", "budget", "480.00万元"),
        ("fiscal_appropriation_revenue", "increase", "20.00万元"),
        ("business_revenue", "budget", "0万元"),
        ("other_revenue", "budget", "20.00万元"),
        ("total_expenditure", "budget", "500.00万元"),
        ("fiscal_appropriation_expenditure", "budget", "480.00万元"),
        ("fiscal_appropriation_expenditure", "flat", "%"),
    ]


def test_last_years_figure_and_rate() -> None:
    said = read(
        "二、收入预算情况说明\r\n2026年度收入预算90.00万元，比2025年年初预算数100.00万元减少10.00万元，下降10.00%。"
    )
    level, before, change = said.statements
    assert (level.phase, level.fiscal_year, level.amount) == ("budget", 2026, 900_000)
    assert (before.phase, before.fiscal_year, before.subject) == ("prior_year_budget", 2025, "total_revenue")
    assert (change.direction, change.base, change.percent) == ("decrease", "prior_year_budget", Decimal("10.00"))


def test_classes_by_names_codes_and_headings() -> None:
    said = read(
        "五、财政拨款支出预算情况说明\r\n1.“一般公共服务支出（类）财政事务（款）行政运行（项）”12.00万元，主要用于运转。"
        "2025年当年预算执行数为10.00万元，2026年预算安排12.00万元，比2025年预算执行数增加20.00%。\r\n"
        "（二）2080505-机关事业单位基本养老保险缴费支出3.00万元。主要用于缴费。\r\n3.行政单位医疗（2101101）4.00万元，较上年增加1.00万元。\r\n"
        "（四）住房保障支出（类）\r\n1.住房改革支出（款）住房公积金（项）支出5.00万元。"
    )
    assert [(s.subject, s.code, s.phase, s.amount_text or s.percent_text) for s in said.statements] == [
        ("functional_class", "2010601", "budget", "12.00"),
        ("functional_class", "2010601", "prior_year_execution", "10.00"),
        ("functional_class", "2010601", "budget", "12.00"),
        ("functional_class", "2010601", "change", "20.00"),
        ("functional_class", "2080505", "budget", "3.00"),
        ("functional_class", "2101101", "budget", "4.00"),
        ("functional_class", "2101101", "change", "1.00"),
        ("functional_class", "2210201", "budget", "5.00"),
    ]
    assert said.statements[0].explanation == "主要用于运转"


def test_a_heading_names_the_subject() -> None:
    assert told(
        "四、财政拨款“三公”经费预算情况说明\r\n（一）因公出国（境）费用。2026年预算数3.00万元，较2025年年初预算增加0.00万元。\r\n"
        "（二）公务接待费\r\n2026年预算安排1.00万元，与上年持平。"
    ) == [
        ("overseas_trips", "budget", "3.00万元"),
        ("overseas_trips", "increase", "0.00万元"),
        ("hospitality", "budget", "1.00万元"),
        ("hospitality", "flat", "%"),
    ]


def test_a_closed_bracket_goes_back_to_the_whole() -> None:
    assert told(
        "二、“三公”经费安排情况\r\n公务用车购置及运行维护费9.00万元（公务用车购置费0万元，与上年持平；"
        "公务用车运行维护费9.00万元。）比上年减少0.50万元。"
    )[-1] == ("vehicles", "decrease", "0.50万元")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("收入预算9.00万元，其中：事业收入4.00万元、其他收入5.00万元，较上年增加1.00万元。", "total_revenue"),
        ("收入预算9.00万元，其中：事业收入4.00万元，其他收入5.00万元，较上年增加1.00万元。", None),
        ("收入预算9.00万元，其中：事业收入4.00万元，较上年增加1.00万元。", "business_revenue"),
        ("收入预算9.00万元，其中：事业收入4.00万元。比上年增加1.00万元。", "total_revenue"),
    ],
)
def test_a_change_after_a_list_is_of_the_whole_or_of_nobody(text: str, subject: str | None) -> None:
    assert told(f"一、收支预算总体情况说明\r\n{text}")[-1][0] == subject


def test_a_part_is_told_from_the_whole() -> None:
    said = read(
        "二、支出预算情况说明\r\n项目支出9.00万元，其中：教育支出4.00万元，卫生健康支出5.00万元。基本支出1.00万元。"
    )
    assert [(s.code or s.subject, s.part_of) for s in said.statements] == [
        ("project_expenditure", None),
        ("205", "project_expenditure"),
        ("210", "project_expenditure"),
        ("basic_expenditure", None),
    ]


def test_explanations_carry_nothing_on() -> None:
    said = read(
        "二、支出预算情况说明\r\n基本支出6.00万元，主要用于人员，其中奖励2.00万元；项目支出3.00万元，比上年减少1.00万元，"
        "主要原因是设备少购5.00万元。"
    )
    assert [(s.subject, s.amount_text, s.explained) for s in said.statements] == [
        ("basic_expenditure", "6.00", False),
        (None, "2.00", True),
        ("project_expenditure", "3.00", False),
        ("project_expenditure", "1.00", False),
        (None, "5.00", True),
    ]
    assert said.statements[3].explanation == "主要原因是设备少购5.00万元"


def test_an_unknown_phrase_leaves_the_subject_open() -> None:
    assert told("一、收支预算总体情况说明\r\n收入预算9.00万元。样本专户余额3.00万元，比上年增加1.00万元。") == [
        ("total_revenue", "budget", "9.00万元"),
        (None, "budget", "3.00万元"),
        (None, "increase", "1.00万元"),
    ]


def test_a_clause_without_a_figure_changes_what_is_spoken_of() -> None:
    assert told("六、“三公”经费情况\r\n“三公”经费预算9.00万元，因公出国（境）经费未安排，较上年无变化。")[-1] == (
        None,
        "flat",
        "%",
    )


def test_final_accounts_against_the_budget() -> None:
    said = read(
        "三、支出决算情况说明\r\n1、卫生健康支出（类）行政事业单位医疗（款）行政单位医疗（项）。主要用于：缴费。年初预算为6.00万元，"
        "支出决算为5.00万元。决算数小于预算数的主要原因：人员减少。",
        facts=ACCOUNTS,
    )
    assert [(s.code, s.phase, s.direction, s.base, s.amount_text) for s in said.statements] == [
        ("2101101", "budget", None, None, "6.00"),
        ("2101101", "final_accounts", None, None, "5.00"),
        ("2101101", "change", "decrease", "budget", ""),
    ]


def test_procurement_and_performance() -> None:
    assert told(
        "三、政府采购情况\r\n2026年本部门政府采购预算8.00万元，其中：政府采购货物预算1.00万元、政府采购工程预算0万元、政府采购服务预算7.00万元。\r\n"
        "2026年本部门面向中小企业预留政府采购项目预算金额3.00万元，其中，预留给小型和微型企业的政府采购项目预算为2.00万元。\r\n"
        "四、绩效目标设置情况\r\n2026年度，本单位编报绩效目标的项目共5个，涉及项目预算资金40.00万元。"
    ) == [
        ("procurement_total", "budget", "8.00万元"),
        ("procurement_goods", "budget", "1.00万元"),
        ("procurement_works", "budget", "0万元"),
        ("procurement_services", "budget", "7.00万元"),
        ("procurement_sme", "budget", "3.00万元"),
        ("procurement_small", "budget", "2.00万元"),
        ("performance_projects", "budget", "5个"),
        ("performance_funds", "budget", "40.00万元"),
    ]


def test_statements_are_placed_and_numbered() -> None:
    page = "二、收入预算情况说明\r\n" + wrapped("样本局2026年收入预算合计100.00万元，包括本年收入90.00万元和其他来源。")
    said = read("封面", page)
    for number, statement in enumerate(said.statements, start=1):
        assert statement.statement_id == f"{'d' * 16}/statement/{number}"
        assert "".join(page[statement.start : statement.end].split()) == statement.text
        assert (statement.page, statement.section) == (2, 1)


WORDS_OF_PROSE = [
    "收入预算",
    "支出",
    "“三公”经费",
    "其中：",
    "比上年",
    "增加",
    "下降",
    "与2025年预算",
    "持平",
    "12.30万元",
    "0元",
    "5%",
    "，",
    "。",
    "；",
    "、",
    "（",
    "）",
    "\r\n",
    "第一部分",
    "一、",
    "（一）",
    "1.",
    "主要用于",
    "2010601-行政运行",
    "名词解释",
    "国有资产",
    "3辆",
    " ",
    "目录",
]


@settings(max_examples=150)
@given(st.lists(st.lists(st.sampled_from(WORDS_OF_PROSE), max_size=40).map("".join), max_size=4))
def test_no_prose_breaks_the_reader(pages: list[str]) -> None:
    said = read(*pages)
    for statement in said.statements:
        assert statement.amount is None or statement.amount >= 0
        assert 1 <= statement.page <= statement.end_page <= len(pages)
        if statement.start is not None and statement.end is not None and statement.page == statement.end_page:
            page = pages[statement.page - 1]
            assert "".join(page[statement.start : statement.end].split()) == "".join(statement.text.split())


def test_a_long_text_without_punctuation_is_read_at_once() -> None:
    assert told("一、收支预算总体情况说明\r\n" + "安排的年" * 20_000 + "收入预算1.00万元。") == [
        ("total_revenue", "budget", "1.00万元")
    ]


# Governments --------------------------------------------------------------------------------------------------------


def years(*pages: str, facts: Facts = BUDGET) -> list[tuple[str | None, int | None, str | None, str]]:
    return [(s.subject, s.fiscal_year, s.phase, s.amount_text) for s in read(*pages, facts=facts).statements]


def test_debt_is_limit_and_balance_of_the_year_that_the_sentence_opens_with() -> None:
    text = "一、政府债务情况\n截至2025年末，全市政府债务余额518.6亿元，其中：一般债务200.1亿元、专项债务318.5亿元；全市债务限额530亿元。"
    execution = "prior_year_execution"
    assert years(text) == [
        ("debt_balance", 2025, execution, "518.6"),
        ("general_debt_balance", 2025, execution, "200.1"),
        ("special_debt_balance", 2025, execution, "318.5"),
        ("debt_limit", 2025, execution, "530"),
    ]


def test_parts_in_a_bracket_are_of_the_year_of_the_whole() -> None:
    text = "一、政府债务情况\n我市2025年政府债务限额88.7亿元（一般债务30.1亿元、专项债务58.6亿元）；2025年末债务余额85亿元。"
    assert years(text) == [
        ("debt_limit", 2025, "prior_year_budget", "88.7"),
        ("general_debt_limit", 2025, "prior_year_budget", "30.1"),
        ("special_debt_limit", 2025, "prior_year_budget", "58.6"),
        ("debt_balance", 2025, "prior_year_execution", "85"),
    ]


def test_parts_in_a_sentence_of_their_own_are_of_the_year_of_the_whole() -> None:
    text = (
        "一、政府债务情况\n省财政厅核定我市2024年地方政府债务限额90亿元。其中，一般债务限额40亿元，专项债务限额50亿元。"
    )
    assert [(subject, year) for subject, year, _, _ in years(text)] == [
        ("debt_limit", 2024), ("general_debt_limit", 2024), ("special_debt_limit", 2024),
    ]  # fmt: skip


@pytest.mark.parametrize("label", ["新增债务限额", "隐性债务余额", "结存债务限额", "提前下达我市新增专项债务限额"])
def test_what_a_year_adds_to_the_limit_and_hidden_debt_are_neither(label: str) -> None:
    text = f"一、政府债务情况\n截至2025年末，在上级核定的规模以内，全市{label}5亿元。"
    assert [s.subject for s in read(text).statements] == [None]


def test_a_heading_says_the_year_of_what_stands_under_it() -> None:
    text = (
        "一、2025年预算执行情况\n（一）一般公共预算\n全市一般公共预算收入完成8,500亿元，为预算的99.5%，增长1.5%。\n"
        "二、2026年预算草案\n全市一般公共预算收入安排8,700亿元。"
    )
    told = read(text).statements
    revenue = "general_public_budget_revenue"
    assert [(s.subject, s.fiscal_year, s.phase, s.base) for s in told] == [
        (revenue, 2025, "prior_year_execution", None),
        (revenue, 2025, "prior_year_execution", "budget"),
        (revenue, 2025, "change", None),
        (revenue, 2026, "budget", None),
    ]
    assert [s.percent_text for s in told] == ["", "99.5", "1.5", ""]


def test_a_heading_left_over_from_last_year_says_nothing() -> None:
    told = read("一、2025年预算情况说明\n全年安排项目支出5亿元，统筹保障各项重点任务。").statements
    assert [(s.subject, s.fiscal_year) for s in told] == [("project_expenditure", 2026)]


def test_a_share_of_the_adjusted_budget_is_of_what_was_spent() -> None:
    (spent, planned, share) = read(
        "一、2026年预算草案\n二、2025年预算执行情况\n全州一般公共预算支出508,075万元，为调整预算502,100万元的101.2%。"
    ).statements
    assert [s.subject for s in (spent, planned, share)] == ["general_public_budget_expenditure"] * 3
    assert (planned.phase, share.base, share.percent_text) == ("prior_year_budget", "adjusted_budget", "101.2")


def test_a_number_of_more_digits_than_any_budget_has_is_no_figure() -> None:
    assert told(f"一、支出\n项目支出{'7' * 40}亿元，基本支出5亿元。") == [("basic_expenditure", "budget", "5亿元")]


def test_contents_end_where_their_page_goes_on_with_what_they_list() -> None:
    lines = ["目录", "一、收支情况", "二、政府债务情况", "某市预算报告", "一、收支情况", "全市一般公共预算收入5亿元。"]
    words = read("\n".join(lines))
    assert [(s.title, s.listed) for s in words.sections] == [("收支情况", True)]
    assert [s.subject for s in words.statements] == ["general_public_budget_revenue"]


# Whose figure, of what -----------------------------------------------------------------------------------------------

OF_A_BUREAU = Facts(2026, "budget", "示例市卫生健康委员会", "department", None, None)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("2026年收入预算9.00万元。", None),
        ("本部门2026年收入预算9.00万元。", "own"),
        ("示例市卫生健康委员会（汇总）2026年收入预算9.00万元。", "own"),
        ("市卫健委2026年收入预算9.00万元。", "own"),
        ("示例市疾病预防控制中心2026年收入预算9.00万元。", "other"),
        ("委机关2026年收入预算9.00万元。", "other"),
        ("示例市卫生健康委员会（本级）2026年收入预算9.00万元。", "other"),
        ("所属单位收入预算9.00万元。", "other"),
        ("示例市疾病预防控制中心：收入预算9.00万元。", "other"),
        ("全市收入预算9.00万元。", "all_region"),
        ("市本级收入预算9.00万元。", "own_level"),
        ("根据各区县和市本级预算草案的数据，全市收入预算9.00万元。", "all_region"),
    ],
)
def test_a_figure_is_of_the_body_that_its_words_name(text: str, body: str | None) -> None:
    assert [s.body for s in read(f"二、收入预算情况说明\r\n{text}", facts=OF_A_BUREAU).statements] == [body]


def test_a_body_stands_until_another_is_named() -> None:
    text = "二、收支预算情况说明\r\n示例市疾病预防控制中心收入预算9.00万元，支出预算8.00万元。本部门收入预算99.00万元。"
    assert [s.body for s in read(text, facts=OF_A_BUREAU).statements] == ["other", "other", "own"]
    heading = "二、示例市疾病预防控制中心2026年单位预算说明\r\n本单位收入预算9.00万元。"
    assert [s.body for s in read(heading, facts=OF_A_BUREAU).statements] == ["other"]
    titled = "二、政府采购情况说明\r\n收入预算9.00万元。"
    assert [s.body for s in read(titled, facts=OF_A_BUREAU).statements] == [None]


def test_a_unit_of_the_department_that_is_the_document_is_its_own() -> None:
    unit = Facts(2026, "budget", "示例市卫生健康委员会(本级)", "unit", None, None)
    text = "一、示例市卫生健康委员会（本级）\r\n示例市卫生健康委员会（本级）收入预算9.00万元。"
    assert [s.body for s in read(text, facts=unit).statements] == ["own"]


def test_what_is_spent_on_something_is_not_the_class() -> None:
    text = "二、教育支出（类）\r\n教育支出9.00万元。安排教育支出1.30万元支持办学，安排教育支出2.00万元用于奖励，教育支出9.00万元，主要用于学校。"
    assert [s.code for s in read(text).statements] == ["205", None, None, "205"]


@pytest.mark.parametrize("figure", ["约9.00万元", "近9.00万元", "超过9.00万元", "不低于9.00万元", "9.00万元左右"])
def test_a_figure_that_is_none_exactly_is_approximate(figure: str) -> None:
    assert [s.approximate for s in read(f"二、收入预算情况说明\r\n收入预算{figure}。").statements] == [True]
    assert [s.approximate for s in read("二、收入预算情况说明\r\n收入预算9.00万元。").statements] == [False]


@pytest.mark.parametrize("bound", ["超过", "不低于", "不少于", "不高于", "大于", "少于"])
def test_a_bound_is_no_change_unless_something_is_compared(bound: str) -> None:
    (level,) = read(f"二、收入预算情况说明\r\n收入预算{bound}9.00万元。").statements
    assert (level.direction, level.phase, level.subject, level.approximate) == (None, "budget", "total_revenue", True)
    (change,) = read(f"二、收入预算情况说明\r\n收入预算比上年减少{bound}9.00万元。").statements[-1:]
    assert (change.phase, change.subject, change.approximate) == ("change", "total_revenue", True)


def test_a_bound_that_is_not_passed_leaves_the_direction_of_a_change() -> None:
    text = "二、收入预算情况说明\r\n收入预算比上年减少不高于9.00万元，增幅均超过5%。"
    assert [s.direction for s in read(text).statements] == ["decrease", "increase"]


def test_what_a_government_spends_on_its_tasks_is_stated_and_not_what_a_department_aims_at() -> None:
    text = "三、2026年重点工作任务\r\n强化科技创新攻坚。市本级拟安排9.40亿元。"
    (planned,) = read(text, facts=replace(BUDGET, organisation_level="government")).statements
    assert (planned.phase, planned.fiscal_year, planned.amount) == ("budget", 2026, 940_000_000)
    assert not read(text, facts=replace(BUDGET, organisation_level="department")).statements


def test_trillions_are_amounts() -> None:
    assert [s.amount for s in read("二、收入预算情况说明\r\n收入预算累计4.7万亿元。").statements] == [
        Decimal(4_700_000_000_000)
    ]


def test_what_is_left_out_below_a_size_states_no_amount() -> None:
    text = "二、收入预算情况说明\r\n收入预算9.00万元（小于5.00万元的除外）。"
    assert [s.amount_text for s in read(text).statements] == ["9.00"]


def test_a_numbered_item_that_nobody_knows_has_no_subject() -> None:
    text = "二、住房保障支出（类）\r\n1.住房改革支出（款）住房公积金（项）。预算数为9.00万元。\r\n2.安全生产专项。预算数为3.00万元，比上年增加1.00万元。"
    assert [s.code for s in read(text).statements] == ["2210201", None, None]
    inline = "二、收入预算情况说明\r\n（一）收入预算9.00万元；（二）安全生产专项。预算数为3.00万元。"
    assert [s.subject for s in read(inline).statements] == ["total_revenue", None]


def test_a_character_on_a_line_of_its_own_belongs_to_the_text() -> None:
    split = "二、支出预算情况说明\r\n示例局2026年\r\n一\r\n般公共预算支出9.00万元。"
    assert [s.subject for s in read(split).statements] == ["general_public_budget_expenditure"]
    wrapped_heading = "二、示例局收支预算情\r\n况\r\n收入预算9.00万元。"
    assert [p.text for p in read_paragraphs(layouts(wrapped_heading))][-1] == "收入预算9.00万元。"
    colon = "二、支出预算情况说明\r\n一般公共预算支出\r\n：\r\n9.00万元。"
    assert [p.text for p in read_paragraphs(layouts(colon))][-1] == "一般公共预算支出：9.00万元。"


def test_units_with_budgets_make_no_budget_of_what_was_spent() -> None:
    facts = Facts(2026, "final_accounts", None, "department", None, None)
    text = "二、“三公”经费情况说明\r\n行政事业预算单位“三公”经费支出9.00万元。“三公”经费预算10.00万元。"
    assert [s.phase for s in read(text, facts=facts).statements] == ["final_accounts", "budget"]


def test_a_heading_about_last_year_is_about_last_year() -> None:
    text = "一、上年预算执行情况说明\r\n收入9.00万元。\r\n二、收入与上年相比情况说明\r\n收入预算9.00万元。"
    assert [(s.fiscal_year, s.phase) for s in read(text).statements] == [
        (2025, "prior_year_execution"),
        (2026, "budget"),
    ]


def test_what_a_governments_report_says_of_last_year_is_believed_without_what_it_says_of_its_own() -> None:
    text = "一、2025年预算执行情况\r\n（一）一般公共预算收支情况\r\n全市一般公共预算收入9.00亿元。"
    government = replace(BUDGET, organisation_level="government")
    for facts, period in ((government, (2025, "prior_year_execution")), (BUDGET, (2026, "budget"))):
        (statement,) = read(text, facts=facts).statements
        assert (statement.fiscal_year, statement.phase) == period


def test_a_numbered_line_that_does_not_fill_its_narrow_column_is_a_heading() -> None:
    column = "全市财政部门统筹安排各项资金切实保障民生支出稳步推进改革。"
    text = "\r\n".join(["一、上年预算执行情况", *wrapped(column * 5, 14).splitlines()])
    assert read_paragraphs(layouts(text))[0].text == "一、上年预算执行情况"


def test_lines_under_each_other_are_two_however_high_their_boxes_are() -> None:
    lines = (TextLine("    第一行", 60, 100, 160, 121), TextLine("第二行", 40, 108, 160, 129))
    (paragraph,) = read_paragraphs([PageLayout(1, 600, 800, "第一行\n第二行", (), lines)])
    assert paragraph.text == "第一行第二行"


# Governments' reports --------------------------------------------------------------------------------------------

REPORT = Facts(2024, "budget", None, "government", None, None, "execution_report", "样本县2024年1-5月财政收支情况")
PLAN = Facts(
    2024,
    "budget",
    None,
    "government",
    None,
    None,
    "government_budget",
    "样本县2023年预算执行情况和2024年预算草案的报告",
)
UNDER = "一、财政收支情况\r\n"
REST = "\r\n以上各项情况，请各位委员予以审议，并提出意见和建议。"  # lines before it are short ones


def dated(page: str, facts: Facts) -> list[tuple[str, int | None, str | None, str | None]]:
    return [
        (s.amount_text or f"{s.percent_text}%", s.fiscal_year, s.phase, s.months)
        for s in read(page, facts=facts).statements
    ]


def test_what_was_done_in_some_months_is_no_budget_and_no_years_figure() -> None:
    text = "1-5月，全县一般公共预算收入完成31元，占年初预算90元的34.4%，同比增收4元，增长14.8%。"
    assert dated(UNDER + text, REPORT) == [
        ("31", 2024, "execution", "1-5"),
        ("90", 2024, "budget", None),
        ("34.4%", 2024, "execution", "1-5"),
        ("4", 2024, "change", "1-5"),
    ]


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ("上半年，", "1-6"),
        ("元至7月，", "1-7"),
        ("截至8月底，", "1-8"),
        ("9月份，", "9"),
        ("9月，累计", "1-9"),
        ("前三季度，", "1-9"),
        ("1-12月，", None),
        ("在第四季度", "1-5"),  # says when, and not of which months the figure is
    ],
)
def test_the_months_of_a_clause(words: str, months: str | None) -> None:
    assert [m for _, _, _, m in dated(f"{UNDER}{words}全县地方财政收入完成31元。", REPORT)] == [months]


def test_the_months_of_the_title_go_on_through_the_text_but_not_to_whole_years() -> None:
    text = "全县地方财政收入完成31元。2024年地方财政收入为80元，2023年地方财政收入为70元。"
    assert [m for _, _, _, m in dated(UNDER + text, REPORT)] == ["1-5", None, None]


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ("9月当月收入4元。", "9"),
        ("1-9月，全县收入31元，当月收入4元。", "9"),
        ("9月，全县收入4元，累计收入31元。", "1-9"),
        ("9月，全县收入4元。\r\n今年以来，全县收入31元。", "1-9"),
        ("三季度，全县收入4元，累计收入31元。", "1-9"),
        ("下半年，全县收入4元，全年预计收入31元。", None),
        ("1-9月，全县收入31元(其中：9月当月收入4元)，增长2%。", "1-9"),
    ],
)
def test_the_months_of_what_follows(words: str, months: str | None) -> None:
    assert dated(UNDER + words + REST, REPORT)[-1][3] == months


def test_months_have_the_year_that_stands_before_them() -> None:
    text = "2023年上半年，全县收入31元。\r\n全县支出28元。\r\n2024年全县收入90元。"
    assert dated(UNDER + text, REPORT) == [
        ("31", 2023, "prior_year_execution", "1-6"),
        ("28", 2023, "prior_year_execution", "1-6"),
        ("90", 2024, "execution", None),
    ]


def test_months_without_a_year_in_accounts_may_be_of_a_later_one() -> None:
    text = "二、今年上半年执行情况\r\n上半年，全县收入31元。\r\n全县支出28元。" + REST
    assert [(year, months) for _, year, _, months in dated(text, ACCOUNTS)] == [(None, "1-6"), (None, "1-6")]


def test_a_funds_name_says_no_phase() -> None:
    text = "一、2023年预算执行情况\r\n全县社会保险基金预算收入31元，社会保险基金预算数为30元。"
    assert [phase for _, _, phase, _ in dated(text, PLAN)] == ["prior_year_execution", "prior_year_budget"]


def test_several_years_are_no_year() -> None:
    text = (
        "“十四五”期间，全县一般公共预算收入累计完成710元，其中：税收收入500元。2023年，全县一般公共预算收入完成150元。"
    )
    assert [(a, y) for a, y, _, _ in dated(UNDER + text, PLAN)] == [("710", None), ("500", None), ("150", 2023)]


def test_a_year_goes_on_in_the_next_paragraph_of_a_governments_report() -> None:
    text = "2023年，全县一般公共预算收入完成150元。\r\n全县一般公共预算支出完成380元。\r\n2024年草案中，全县支出安排400元。"
    assert dated(UNDER + text, PLAN) == [
        ("150", 2023, "prior_year_execution", None),
        ("380", 2023, "prior_year_execution", None),
        ("400", 2024, "budget", None),
    ]


def test_text_that_no_heading_stands_over_is_read_under_its_title() -> None:
    said = read(
        "样本县2024年财政收支\r\n样本县财政局\r\n全县一般公共预算收入31元，增长2%。\r\n一、其他\r\n无。", facts=REPORT
    )
    assert [(s.title, s.number) for s in said.sections] == [("样本县2024年财政收支", ""), ("其他", "一、")]
    assert [brief(s) for s in said.statements] == [
        ("general_public_budget_revenue", "execution", "31元"),
        ("general_public_budget_revenue", "increase", "2%"),
    ]


def test_a_line_without_sentences_is_no_text() -> None:
    assert read("单位：元\r\n合计 31元\r\n一、其他\r\n" + BODY, facts=REPORT).sections[0].title == "其他"


@pytest.mark.parametrize(
    ("words", "direction", "base"),
    [
        ("同比减收", "decrease", "prior_year_execution"),
        ("比上年同期增支", "increase", "prior_year_execution"),
        ("较上年同口径执行数增加", "increase", "prior_year_execution"),
        ("较年初预算超收", "increase", "budget"),
        ("比调整预算短收", "decrease", "adjusted_budget"),
        ("同口径比上年增加", "increase", "prior_year_execution"),
        ("比2021年增加", "increase", None),  # neither this year's nor last year's
    ],
)
def test_what_a_change_is_against(words: str, direction: str, base: str | None) -> None:
    *_, change = read(f"{UNDER}全县一般公共预算收入完成31元，{words}4元。", facts=REPORT).statements
    assert (change.subject, change.direction, change.base) == ("general_public_budget_revenue", direction, base)


def test_negative_growth_is_a_decrease() -> None:
    assert told(f"{UNDER}全县一般公共预算收入完成31元，减少2元，负增长6.1%。", facts=REPORT)[1] == (
        "general_public_budget_revenue",
        "decrease",
        "2元",
    )


def test_revenue_of_another_level_is_not_all_revenue() -> None:
    said = told(UNDER + "上划省级收入3元；市区级收入4元；地方收入5元；全县收入6元。", facts=REPORT)
    assert [subject for subject, _, _ in said] == [None, None, None, "total_revenue"]


def test_totals_with_transfers_are_subjects_of_their_own() -> None:
    said = told(UNDER + "全县一般公共预算收入31元，加上级补助50元，全县一般公共预算收入总计81元。", facts=PLAN)
    assert said[0][0] == "general_public_budget_revenue"
    assert said[-1][0] == "general_public_budget_total_revenue"


def test_expenditure_behind_a_revenue_is_of_the_same() -> None:
    text = "全县社会保险基金收入31元，支出28元。城乡居民医疗保险基金收入5元，支出4元。"
    assert [subject for subject, _, _ in told(UNDER + text, facts=PLAN)] == [
        "social_insurance_revenue",
        "social_insurance_expenditure",
        None,
        None,
    ]


def test_expenditure_behind_an_expenditure_is_no_revenue() -> None:
    text = "全县一般公共预算支出31元。支出安排28元，其中：县本级支出9元。"
    assert [subject for subject, _, _ in told(UNDER + text, facts=PLAN)] == ["general_public_budget_expenditure"] * 3


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("收入完成31元", "government_fund_revenue"),
        ("收入总计31元", "government_fund_total_revenue"),
        ("收入合计31元", "total_revenue"),  # with transfers or without
        ("税务部门完成收入31元", None),
        ("农村社区收入31元", "total_revenue"),  # whatever that is
        ("单位自有资金收入31元，支出预算28元", "total_expenditure"),
        ("社会保险基金收支平衡，收入总计31元", "total_revenue"),
    ],
)
def test_revenue_under_a_funds_heading_is_the_funds(words: str, subject: str | None) -> None:
    assert [s for s, _, _ in told(f"二、政府性基金预算执行情况\r\n{words}。{REST}", facts=PLAN)][-1:] == [subject]


def test_parts_end_with_their_bracket_and_with_the_other_side() -> None:
    text = (
        "全县一般公共预算支出91元(其中镇级支出10元)，结转下年支出6元。"
        "全县政府性基金收入9元，其中土地收入8元；完成政府性基金支出7元。"
    )
    said = read(UNDER + text, facts=PLAN).statements
    assert [s.part_of for s in said] == [
        None,
        "general_public_budget_expenditure",
        None,
        None,
        "government_fund_revenue",
        None,
    ]


def test_an_adjustment_leads_from_the_budget_to_the_adjusted_budget() -> None:
    said = read(UNDER + "全县一般公共预算支出由44元调整为48元。", facts=PLAN).statements
    assert [(s.phase, s.amount_text) for s in said] == [("budget", "44"), ("adjusted_budget", "48")]


def test_what_a_congress_approved_is_the_budget() -> None:
    said = read(UNDER + "年初县人大审议通过的全县一般公共预算支出77元，实际支出91元。", facts=ACCOUNTS).statements
    assert [s.phase for s in said] == ["budget", "final_accounts"]


def test_scopes_are_those_that_a_figure_names() -> None:
    text = "全县一般公共预算收入9元，增长2%，其中：税收收入7元；县本级一般公共预算收入5元。上划省级收入3元。"
    assert [s.scope for s in read(UNDER + text, facts=PLAN).statements] == [
        "all_region",
        "all_region",
        None,
        "own_level",
        None,
    ]


# Departments' explanations ---------------------------------------------------------------------------------------


def test_a_class_before_a_colon_is_what_its_paragraph_is_about() -> None:
    text = "1.教育支出（类）普通教育（款）小学教育（项）：支出决算为30元，完成预算99%，决算数小于预算数1元。"
    said = read("五、一般公共预算支出决算情况\r\n" + text, facts=ACCOUNTS).statements
    assert [(s.code, s.direction, s.base, s.amount_text) for s in said] == [
        ("2050202", None, None, "30"),
        ("2050202", None, "budget", ""),
        ("2050202", "decrease", "budget", "1"),
    ]


def test_a_budget_behind_a_class_and_a_colon_is_the_classs() -> None:
    text = "1.教育支出（类）普通教育（款）小学教育（项）：年初预算为31元，支出决算为30元。"
    said = read("五、一般公共预算支出决算情况\r\n" + text, facts=ACCOUNTS)
    assert [(s.code, s.phase) for s in said.statements] == [("2050202", "budget"), ("2050202", "final_accounts")]


def test_units_that_a_subject_includes_are_no_whole() -> None:
    text = "区级部门，包括行政单位和事业单位，“三公”经费预算6元。其中：公务接待费2元。"
    assert [s.part_of for s in read("三、“三公”经费情况\r\n" + text).statements] == [None, "three_public"]


def test_a_change_is_of_the_year_that_its_words_or_its_figure_say() -> None:
    text = "2026年公务接待费预算较2025年度增加2元。2025年公务接待费决算为9元，较上年增加1元。"
    said = read("三、2025年“三公”经费情况\r\n" + text).statements
    assert [(s.fiscal_year, s.amount_text) for s in said] == [(2026, "2"), (2025, "9"), (2025, "1")]


def test_a_budget_behind_a_part_is_the_parts() -> None:
    text = "其中：公务接待费支出3元，年初预算为4元；公务用车运行费支出5元，年初预算为6元。"
    assert told("三、“三公”经费情况\r\n" + text, facts=ACCOUNTS) == [
        ("hospitality", "final_accounts", "3元"),
        ("hospitality", "budget", "4元"),
        ("vehicle_operation", "final_accounts", "5元"),
        ("vehicle_operation", "budget", "6元"),
    ]


def test_two_rates_behind_two_subjects_are_of_neither() -> None:
    assert told("二、收支总体情况\r\n与2023年相比，收、支总计各下降23.5%、38.2%。", facts=ACCOUNTS) == []


def test_a_part_of_a_budget_is_budget_and_what_is_added_to_a_limit_is_no_limit() -> None:
    text = "全县一般公共预算支出预算数67元(其中：县级支出35元)。"
    assert [s.phase for s in read(UNDER + text, facts=ACCOUNTS).statements] == ["budget", "budget"]
    assert told(UNDER + "全县新增政府债务限额2元，政府债务限额5元。", facts=PLAN) == [
        (None, "budget", "2元"),
        ("debt_limit", "budget", "5元"),
    ]


def test_without_a_phase_of_the_document_the_words_say_it() -> None:
    text = "债务余额执行数4元，还本预算数3元，付息2元。"
    said = read(UNDER + text, facts=Facts(2024, None, None, "government", None, None)).statements
    assert [s.phase for s in said] == ["execution", "budget", None]


def test_a_document_that_is_neither_budget_nor_accounts_compares_with_neither() -> None:
    said = read(UNDER + "转移支付5元，比上年减少1元。", facts=Facts(2024, None, None, None, None, None)).statements
    assert [(s.direction, s.base) for s in said] == [(None, None), ("decrease", None)]


def test_a_class_whose_expenditure_was_carried_out_is_not_the_whole_of_it() -> None:
    text = "城乡社区支出完成67.3亿元，农林水支出预计安排5亿元，其他城乡社区支出1亿元，补助某某区支出2亿元。"
    read_as = [(s.subject, s.code) for s in read(text).statements]
    assert read_as == [("functional_class", "212"), ("functional_class", "213"), (None, None), (None, None)]


def test_sentences_in_the_cells_of_a_table_are_prose() -> None:
    rows: list[list[str | tuple[str, int, int]]] = [
        ["收入情况", "2026年收入预算9.00万元，\n比上年增加1.00万元。"],
        ["支出情况", "支出预算8.00万元。"],
    ]
    page = layout(grid_of(rows), lines=("二、收支预算情况说明",))
    statements = read_prose("d" * 64, [page], BUDGET, VOCABULARY).statements
    assert [brief(s) for s in statements] == [
        ("total_revenue", "budget", "9.00万元"),
        ("total_revenue", "increase", "1.00万元"),
        ("total_expenditure", "budget", "8.00万元"),
    ]


def test_a_sentence_beside_a_label_is_not_of_what_the_heading_over_its_table_says() -> None:
    rows: list[list[str | tuple[str, int, int]]] = [["甲项目", "教育支出9.00万元。"], ["乙项目", "安排10.00万元。"]]
    page = layout(grid_of(rows), lines=("二、支出预算情况说明",))
    assert [s.subject for s in read_prose("d" * 64, [page], BUDGET, VOCABULARY).statements] == [
        "functional_class",
        None,
    ]


def test_a_numbered_line_in_a_cell_is_a_heading() -> None:
    text = "一、收入预算情况说明\n2026年收入预算9.00万元，比上年增加\n1.00万元。"
    page = layout(grid_of([["首页", text]]))
    (section,) = read_prose("d" * 64, [page], BUDGET, VOCABULARY).sections
    assert (section.title, section.text) == ("收入预算情况说明", "2026年收入预算9.00万元，比上年增加1.00万元。")


@pytest.mark.parametrize("cell", ["1,234.00", "≥90%", "三级指标"])
def test_a_table_with_a_figure_or_a_target_of_its_own_is_no_prose(cell: str) -> None:
    page = layout(grid_of([["总体目标", "销售收入达到9.00万元。"], ["其他", cell]]), lines=("二、收支预算情况说明",))
    assert not read_prose("d" * 64, [page], BUDGET, VOCABULARY).statements
