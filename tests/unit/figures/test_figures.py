from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from support.small_tables import line_item

from extractor.figures.figure import Figure
from extractor.figures.figures import FigureMaker
from extractor.records.item import LineItem
from extractor.vocabulary.vocabulary import Vocabulary

DOCUMENT: dict[str, Any] = {
    "document_id": "d" * 64,
    "organisation": "福州市民政局",
    "organisation_level": "department",
    "region_code": "350100",
    "region": "福州市",
    "fiscal_year": 2026,
    "phase": "budget",
}


def row(amount: str, label: str = "", code: str | None = None, **changes: Any) -> LineItem:
    """Make an amount of a table: a function's, or a total where it has no code."""
    values: dict[str, Any] = {"label": label, "code": code, "is_total": code is None, **changes}
    if code is not None:
        values = {"classification": "functional", "functional_code": code, **values}
    return line_item(amount, **values)


def numbered(*rows: LineItem) -> list[LineItem]:
    return [r._replace(row=n, item_id=f"{r.table_id}/{n}/{r.column}") for n, r in enumerate(rows)]


@pytest.fixture
def make(vocabulary: Vocabulary) -> Any:
    maker = FigureMaker(vocabulary, {})

    def figures(*rows: LineItem, **document: Any) -> list[Figure]:
        whole = {**DOCUMENT, **document}
        home = {name: whole[name] for name in ("region_code", "region")}
        return maker.figures(whole, numbered(*(r if r.region_code else r._replace(**home) for r in rows)))

    return figures


def told(figures: Sequence[Figure]) -> list[tuple[str | None, int, str]]:
    return [(f.key.code, f.value.level, str(f.value.amount / 10000)) for f in figures]


def test_a_figure_that_two_tables_print_is_one_with_both_items(make: Any) -> None:
    rows = [
        row("30.00", "合计"),
        row("30.00", "教育支出", "205"),
        row("30.00", "支出总计", table=2, table_type="revenue_expenditure_summary", measure="amount"),
        row("30.00", "教育支出", "205", table=2, table_type="revenue_expenditure_summary", measure="amount"),
    ]
    total, education = make(*rows)
    assert told([total, education]) == [(None, 0, "30.00"), ("205", 1, "30.00")]
    assert len(total.value.item_ids) == len(education.value.item_ids) == 2
    assert not education.value.conflict
    assert education.key == (
        "350100-福州市民政局",
        "department",
        2026,
        "budget",
        "expenditure",
        "all",
        "functional",
        "205",
        "total",
    )


def test_another_value_of_the_same_figure_is_a_conflict_and_the_better_table_is_quoted(make: Any) -> None:
    other = {"table": 2, "table_type": "revenue_expenditure_summary", "measure": "amount"}
    figures = make(row("31.00", "合计", **other), row("30.00", "合计"), row("30.00", "教育支出", "205"))
    (total,) = [f for f in figures if f.value.level == 0]
    assert (total.value.amount, total.value.conflict) == (Decimal("300000.00"), True)


def test_columns_are_components_and_funds_not_other_totals(make: Any) -> None:
    rows = [
        row("30.00", "教育支出", "205"),
        row("20.00", "教育支出", "205", column=3, measure="basic_expenditure"),
        row("30.00", "教育支出", "205", column=4, measure="general_public_budget"),
        row("30.00", "教育支出", "205", column=5, measure="carried_over/general_public_budget"),
    ]
    found = {(f.key.fund, f.key.component): f.value.amount / 10000 for f in make(*rows)}
    assert found == {("all", "total"): 30, ("all", "basic"): 20, ("general_public_budget", "total"): 30}


def test_last_years_column_is_a_figure_of_last_year(make: Any) -> None:
    (figure,) = make(row("30.00", "教育支出", "205", phase="prior_year_execution", amount_year=2025))
    assert (figure.key.year, figure.key.phase) == (2025, "execution")


def test_changes_and_rates_are_no_figures(make: Any) -> None:
    assert make(row("3.00", "教育支出", "205", phase="change"), row("3.00", "教育支出", "205", unit="%")) == []


def test_parents_that_no_table_prints_are_derived_where_they_make_up_the_total(make: Any) -> None:
    parts = [row("10.00", "学前教育", "2050201"), row("20.00", "小学教育", "2050202")]
    figures = make(row("30.00", "合计"), *parts)
    assert told(figures) == [
        (None, 0, "30.00"),
        ("205", 1, "30.00"),
        ("20502", 2, "30.00"),
        ("2050201", 3, "10.00"),
        ("2050202", 3, "20.00"),
    ]
    assert [f.value.origin for f in figures] == ["printed", "derived", "derived", "printed", "printed"]
    missing = make(row("40.00", "合计"), *parts)
    assert [f.key.code for f in missing] == [None, "2050201", "2050202"]


def test_a_total_that_its_classes_do_not_make_up_is_incomplete(make: Any) -> None:
    figures = make(row("30.00", "合计"), row("20.00", "教育支出", "205"))
    assert [f.value.incomplete for f in figures] == [True, True]


def test_units_are_bodies_of_their_own_and_their_rows_sum_to_the_departments(make: Any) -> None:
    rows = [
        row("30.00", "合计"),
        row("10.00", "教育支出", "205", agency_name="福州市第一中学"),
        row("20.00", "教育支出", "205", agency_name="福州市第二中学"),
    ]
    by_body = {f.key.organisation_id: f for f in make(*rows) if f.key.code == "205"}
    assert {name: f.value.amount / 10000 for name, f in by_body.items()} == {
        "350100-福州市民政局": 30,
        "350100-福州市第一中学": 10,
        "350100-福州市第二中学": 20,
    }
    assert by_body["350100-福州市民政局"].value.origin == "derived"
    assert by_body["350100-福州市第一中学"].key.scope == "own"


def test_rows_of_one_code_by_economic_class_are_parts_of_it(make: Any) -> None:
    parts = [
        row("10.00", "行政运行", "2050101", economic_department_code="30101"),
        row("20.00", "行政运行", "2050101", economic_department_code="30201"),
    ]
    codes = {f.key.code: f.value.amount / 10000 for f in make(row("30.00", "合计"), *parts)}
    assert codes["2050101"] == 30
    assert make(*parts) == []


def test_a_department_and_what_it_spends_itself_are_two_scopes_of_one_body(make: Any) -> None:
    keys = [
        make(row("30.00", "合计"), organisation=name, organisation_level=level)[0].key
        for name, level in (
            ("福州市民政局(汇总)", "department"),
            ("福州市民政局（本级）", "unit"),
            ("福州市民政局", "department"),
        )
    ]
    assert [(k.organisation_id, k.scope) for k in keys] == [
        ("350100-福州市民政局", "department"),
        ("350100-福州市民政局", "own"),
        ("350100-福州市民政局", "department"),
    ]


def test_transfers_of_a_government_stand_below_the_line(make: Any) -> None:
    table = {"table_type": "general_public_budget_expenditure", "measure": "amount"}
    rows = [
        row("30.00", "教育支出", "205", **table),
        row("30.00", "支出合计", **table),
        row("5.00", "转移性支出", "230", **table),
        row("35.00", "支出总计", **table),
    ]
    figures = make(*rows, organisation_level="government", organisation="福州市人民政府")
    found = {(f.key.component, f.key.code): f.value.amount / 10000 for f in figures}
    assert found == {("total", None): 30, ("total", "205"): 30, ("balancing", "230"): 5, ("grand_total", None): 35}
    assert not any(f.value.incomplete for f in figures)


def test_a_governments_grand_total_in_one_table_is_not_the_total_of_another(make: Any) -> None:
    balance = {"table_type": "government_fund_expenditure", "table": 2, "measure": "amount"}
    government = {"organisation": "福州市人民政府", "organisation_level": "government"}
    plain = row("30.00", "本年支出合计", table_type="government_fund_expenditure")

    def found(grand: str) -> dict[str, Any]:
        figures = make(plain, row(grand, "支出总计", **balance), **government)
        return {f.key.component: (f.value.amount / 10000, f.value.conflict) for f in figures}

    assert found("70.00") == {"total": (30, False), "grand_total": (70, False)}
    assert found("30.00") == {"total": (30, False)}


def test_rows_that_are_regions_are_figures_of_their_governments(make: Any) -> None:
    table = {"table_type": "government_debt", "side": None, "is_total": False}
    fuzhou = {"region_code": "350100", "region": "福州市"}
    xiamen = {"region_code": "350200", "region": "厦门市"}
    rows = [
        row("50.00", "福州市", scope="all_region", measure="debt_limit/general_debt", **fuzhou, **table),
        row("20.00", "福州市本级", scope="own_level", measure="debt_limit/general_debt", **fuzhou, **table),
        row("70.00", "厦门市", scope="all_region", measure="debt_balance", **xiamen, **table),
    ]
    province = {
        "organisation": "福建省人民政府",
        "organisation_level": "government",
        "region_code": "350000",
        "region": "福建省",
    }
    found = {
        (f.key.organisation_id, f.key.scope, f.key.direction, f.key.fund): f.value.amount / 10000
        for f in make(*rows, **province)
    }
    assert found == {
        ("350100-福州市人民政府", "all_region", "debt_limit", "general_debt"): 50,
        ("350100-福州市人民政府", "own_level", "debt_limit", "general_debt"): 20,
        ("350200-厦门市人民政府", "all_region", "debt_balance", "all"): 70,
    }


def test_the_sources_of_revenue_are_read_from_columns_and_from_labels(make: Any) -> None:
    summary = {"table_type": "revenue_summary", "side": "revenue"}
    columns = [
        row("30.00", "合计", measure=m, column=n, **summary) for n, m in enumerate(("total", "fiscal_appropriation"))
    ]
    labels = [
        row("30.00", label, measure="amount", is_total=False, side="revenue", table_type="revenue_expenditure_summary")
        for label in ("一、财政拨款收入",)
    ]
    for figures in (make(*columns), make(*labels)):
        source = next(f for f in figures if f.key.code)
        assert (source.key.classification, source.key.code, source.value.level) == ("source", "fiscal_appropriation", 1)


def test_parts_of_the_three_public_expenses_have_levels(make: Any) -> None:
    measures = ("three_public", "overseas_trips", "vehicles", "vehicle_purchase")
    rows = [row("3.00", measure=m, column=n, table_type="three_public_expenses") for n, m in enumerate(measures)]
    assert [(f.key.code, f.value.level) for f in make(*rows)] == [
        (None, 0),
        ("overseas_trips", 1),
        ("vehicles", 1),
        ("vehicle_purchase", 2),
    ]


def test_tables_that_no_rule_names_state_nothing(make: Any) -> None:
    assert make(row("30.00", "合计", table_type="performance_targets"), row("30.00", "合计", table_type=None)) == []


def test_ids_are_the_same_in_every_run(vocabulary: Vocabulary) -> None:
    ids = [
        FigureMaker(vocabulary, {}).figures(DOCUMENT, numbered(row("30.00", "合计")))[0].value.figure_id
        for _ in range(2)
    ]
    assert ids[0] == ids[1]
    assert ids[0].startswith("d" * 16 + "/figure/")


GOVERNMENT = {"organisation": "福州市人民政府", "organisation_level": "government"}
SPENT = {"table_type": "general_public_budget_expenditure", "side": "expenditure", "measure": "amount"}


def uncoded(amount: str, label: str) -> LineItem:
    return row(amount, label, is_total=False, **SPENT)


def spent(amount: str, label: str, code: str | None = None) -> LineItem:
    return row(amount, label, code, **SPENT)


def test_classes_that_stand_under_no_code_complete_the_total(make: Any) -> None:
    figures = make(spent("30.00", "教育支出", "205"), uncoded("12.00", "其他各项支出"), spent("42.00", "支出合计"))
    assert told(figures) == [(None, 0, "42.00"), ("205", 1, "30.00"), ("其他各项支出", 1, "12.00")]
    assert not any(f.value.incomplete for f in figures)


def test_rows_without_a_code_that_do_not_complete_the_total_are_no_classes(make: Any) -> None:
    figures = make(spent("30.00", "教育支出", "205"), uncoded("11.00", "其他各项支出"), spent("42.00", "支出合计"))
    assert told(figures) == [(None, 0, "42.00"), ("205", 1, "30.00")]
    assert all(f.value.incomplete for f in figures)


def test_a_class_within_other_expenditure_is_a_part_of_it(make: Any) -> None:
    figures = make(
        spent("30.00", "教育支出", "205"),
        uncoded("12.00", "其他各项支出"),
        spent("5.00", "其中：预备费", "227"),
        spent("42.00", "支出合计"),
    )
    assert told(figures) == [(None, 0, "42.00"), ("205", 1, "30.00"), ("其他各项支出", 1, "12.00"), ("227", 2, "5.00")]


def test_a_class_between_the_total_and_the_grand_total_is_below_the_line(make: Any) -> None:
    figures = make(
        spent("30.00", "教育支出", "205"),
        spent("30.00", "支出合计"),
        spent("2.00", "援助其他地区支出", "219"),
        spent("32.00", "支出总计"),
    )
    assert {f.key.code: f.key.component for f in figures if f.key.code} == {"205": "total", "219": "balancing"}


def test_a_total_with_transfers_is_the_grand_total_of_what_the_subtotal_sums(make: Any) -> None:
    figures = make(
        spent("30.00", "教育支出", "205"),
        uncoded("30.00", "一般公共预算支出小计"),
        uncoded("8.00", "转移性支出小计"),
        spent("38.00", "支出合计"),
    )
    totals = {f.key.component: str(f.value.amount / 10000) for f in figures if f.value.level == 0}
    assert totals == {"total": "30.00", "grand_total": "38.00"}


def test_what_was_carried_over_is_no_revenue_of_the_year(vocabulary: Vocabulary) -> None:
    place: dict[str, Any] = {"table_type": "revenue_summary", "side": "revenue"}
    columns = {"total": "38.00", "general_public_budget": "30.00", "carried_over": "8.00"}
    rows = [row(a, "合计", measure=m, column=n, **place) for n, (m, a) in enumerate(columns.items())]
    figures = {
        (f.key.direction, f.key.component, f.key.code): f for f in FigureMaker(vocabulary, {}).figures(DOCUMENT, rows)
    }
    assert str(figures["revenue", "grand_total", None].value.amount) == "380000.00"
    assert str(figures["carry_over", "total", None].value.amount) == "80000.00"
    assert ("revenue", "total", None) not in figures


def test_rows_below_what_was_carried_over_are_no_sources_of_the_year(make: Any) -> None:
    labels = ("一般公共预算拨款收入", "上年结转", "政府性基金预算拨款收入")
    place: dict[str, Any] = {"side": "revenue", "measure": "amount", "table_type": "revenue_expenditure_summary"}
    figures = make(*(row("8.00", label, is_total=False, **place) for label in labels))
    stated = {(f.key.direction, f.key.code) for f in figures}
    assert stated == {("revenue", "fiscal_appropriation"), ("revenue", "general_public_budget"), ("carry_over", None)}


def test_a_total_of_personnel_is_none_of_all_basic_expenditure(make: Any) -> None:
    table = {"table_type": "basic_expenditure_by_economic_class"}
    wages = row("20.00", "工资福利支出", "301", classification="economic_department", **table)
    figures = make(wages, row("20.00", "人员经费合计", **table))
    assert [f.key.component for f in figures if f.value.level == 0] == ["personnel"]


def test_of_two_tables_of_a_government_the_larger_is_of_all_of_it(make: Any) -> None:
    zone = [spent("3.00", "教育支出", "205"), spent("3.00", "支出合计")]
    city = [
        r._replace(table_id="d-002", page=2) for r in (spent("30.00", "教育支出", "205"), spent("30.00", "支出合计"))
    ]
    assert told(make(*zone, *city, **GOVERNMENT)) == [(None, 0, "30.00"), ("205", 1, "30.00")]


def test_a_detail_is_quoted_before_the_summary_that_repeats_its_total(make: Any) -> None:
    detail = [spent("3.00", "学前教育", "2050201"), spent("4.00", "小学教育", "2050202"), spent("7.00", "合计")]
    rows = [spent("7.00", "教育支出", "205"), spent("2.00", "调出资金"), spent("9.00", "支出合计")]
    summary = [r._replace(table_id="d-002", page=2) for r in rows]
    figures = make(*detail, *summary, **GOVERNMENT)
    assert (None, 0, "7.00") in told(figures) and ("2050201", 3, "3.00") in told(figures)
    assert not any(f.value.conflict for f in figures)


def test_a_department_among_its_units_is_what_it_spends_itself(make: Any) -> None:
    name = DOCUMENT["organisation"]
    figures = make(
        row("30.00", "合计"),
        row("10.00", name, agency_name=name, is_total=False),
        row("20.00", "示例中心", agency_name="示例中心", is_total=False),
    )
    told_by_scope = {(f.value.organisation, f.key.scope): str(f.value.amount) for f in figures}
    assert told_by_scope == {
        (name, "department"): "300000.00",
        (name, "own"): "100000.00",
        ("示例中心", "own"): "200000.00",
    }
    assert not any(f.value.conflict for f in figures)


INSURANCE: dict[str, Any] = {"table_type": "social_insurance_fund", "measure": "amount", "is_total": False}
PENSIONS, INJURIES = "pension_insurance_employees", "injury_insurance"


def test_funds_of_social_insurance_are_rows_of_a_table_that_they_make_up(make: Any) -> None:
    rows = [
        row("30.00", "合计", **INSURANCE | {"is_total": True, "side": "revenue"}),
        row("20.00", "一、企业职工基本养老保险基金收入", **INSURANCE | {"side": "revenue"}),
        row("15.00", "其中:保险费收入", **INSURANCE | {"side": "revenue"}),
        row("10.00", "二、工伤保险基金收入", **INSURANCE | {"side": "revenue"}),
    ]
    figures = make(*rows, **GOVERNMENT)
    assert told(figures) == [(None, 0, "30.00"), (INJURIES, 1, "10.00"), (PENSIONS, 1, "20.00")]
    assert {(f.key.direction, f.key.fund, f.key.classification) for f in figures} == {
        ("revenue", "social_insurance", "social_insurance")
    }


def test_funds_of_social_insurance_are_columns_whose_first_row_is_all_of_each(make: Any) -> None:
    rows = [
        row(amount, label, **INSURANCE | {"measure": measure, "side": None, "column": column})
        for label, amounts in (("一、收入", ("30.00", "20.00", "10.00")), ("利息收入", ("3.00", "2.00", "1.00")))
        for column, (measure, amount) in enumerate(zip(("total", PENSIONS, INJURIES), amounts, strict=True), 2)
    ]
    assert told(make(*rows, **GOVERNMENT)) == [(None, 0, "30.00"), (INJURIES, 1, "10.00"), (PENSIONS, 1, "20.00")]


@pytest.mark.parametrize(
    "labels",
    [
        ("收入合计", "单位缴费收入"),  # of one fund, which the title names
        ("收入合计", "工伤保险基金收入"),  # others are not read
        ("本年收支结余合计", "工伤保险基金"),  # what is left
    ],
)
def test_a_total_that_no_funds_make_up_is_not_that_of_all_funds(make: Any, labels: tuple[str, str]) -> None:
    total, part = labels
    part_amount = "30.00" if "结余" in total else "20.00"
    rows = [
        row("30.00", total, **INSURANCE | {"is_total": "合计" in total, "side": "revenue"}),
        row(part_amount, part, **INSURANCE | {"side": "revenue"}),
    ]
    assert make(*rows, **GOVERNMENT) == []


def test_sources_below_a_printed_group_are_parts_of_it_where_the_total_says_so(make: Any) -> None:
    table = {"table_type": "revenue_expenditure_summary", "measure": "amount", "side": "revenue"}
    rows = [
        row("20.00", "财政拨款", is_total=False, **table),
        row("10.00", "单位资金", is_total=False, **table),
        row("4.00", "事业收入", is_total=False, **table),
        row("6.00", "其他收入", is_total=False, **table),
    ]
    assert told(make(*rows, row("30.00", "本年收入合计", **table)))[3:] == [
        ("business_revenue", 2, "4.00"),
        ("other_revenue", 2, "6.00"),
    ]
    beside = make(*rows, row("40.00", "本年收入合计", **table))
    assert {f.value.level for f in beside} == {0, 1}
    assert not any(f.value.incomplete for f in [*beside])


def test_vehicles_of_which_only_the_parts_are_printed_are_their_sum(make: Any) -> None:
    table = {"table_type": "three_public_expenses", "is_total": True, "label": ""}
    names = ("three_public", "hospitality", "vehicle_purchase", "vehicle_operation")
    rows = [
        row(amount, measure=measure, column=column, **table)
        for column, (measure, amount) in enumerate(zip(names, ("6.00", "1.00", "2.00", "3.00"), strict=True), 2)
    ]
    figures = make(*rows)
    assert told(figures)[:3] == [(None, 0, "6.00"), ("hospitality", 1, "1.00"), ("vehicles", 1, "5.00")]
    assert [f.value.origin for f in figures if f.key.code == "vehicles"] == ["derived"]
    assert not any(f.value.incomplete for f in figures)
