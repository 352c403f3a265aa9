from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from support.common import CORPUS, SAMPLES, grid_of, read_tables
from support.vocabulary import VOCABULARY

from extractor.checks.check import Check
from extractor.checks.reconcile import reconcile, verdicts
from extractor.datasets.document_result import document_result
from extractor.datasets.folder import Folder
from extractor.datasets.integrity import verify
from extractor.datasets.store import open_store, read_rows
from extractor.document import DocumentReading
from extractor.grids.grid import PageLayout, TextLine
from extractor.pipeline import read_document
from extractor.prose.reader import read_prose
from extractor.records.facts import Facts
from extractor.records.items import read_items
from extractor.source.source import read_source

ID = "d" * 64
TABLE = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["合计", "", "300,100.00", "200,100.00", "100,000.00"],
    ["201", "一般公共服务支出", "300,100.00", "200,100.00", "100,000.00"],
    ["20103", "政府办公厅", "200,100.00", "200,100.00", ""],
    ["20104", "发展与改革事务", "100,000.00", "", "100,000.00"],
]


def check(
    text: str, rows: list[list[str]] = TABLE, phase: str | None = "budget"
) -> tuple[list[Check], Callable[[str, str], str]]:
    """Reconcile one table in 元 with a page of prose; return the narrative checks, and verdicts by label and measure."""
    facts = Facts(2026, phase, None, None, None, None)
    lines = (TextLine("支出总表", 50, 20, 300, 30), TextLine("单位：元", 50, 40, 300, 50))
    layouts = [PageLayout(1, 600, 800, "支出总表", (grid_of(rows),), lines), PageLayout(2, 600, 800, text, (), ())]
    tables = read_tables(layouts, VOCABULARY)
    items = read_items(ID, tables, facts, VOCABULARY)
    prose = read_prose(ID, layouts, facts, VOCABULARY)
    checks = reconcile(items, tables, VOCABULARY, prose)
    found = verdicts(items, checks)

    def verdict(label: str, measure: str) -> str:
        return found[next(i.item_id for i in items if i.label == label and i.measure == measure)]

    return [c for c in checks if c.rule == "narrative"], verdict


def results(text: str, phase: str | None = "budget") -> list[tuple[str, Decimal]]:
    return [(c.holds, c.difference) for c in check(text, phase=phase)[0]]


def section(body: str, title: str = "二、支出预算情况说明") -> str:
    return f"{title}\r\n{body}"


def test_prose_proves_a_total() -> None:
    (tie,), _ = check(section("样本局2026年支出预算300100元。"))
    assert (tie.holds, tie.stated, tie.computed) == ("exact", 300_100, 300_100)
    assert tie.left_items == (f"{ID[:16]}/statement/1",)
    assert tie.right_items[0].startswith(tie.table_ids[0])


@pytest.mark.parametrize(
    ("printed", "holds"),
    [
        ("30.01", ["exact"]),
        ("30.0", ["rounding"]),
        ("30", ["rounding"]),
        ("30.02", []),
        ("30.04", ["no"]),
        ("3.01", ["no"]),
    ],
)
def test_tolerance_is_half_of_the_last_printed_digit(printed: str, holds: list[str]) -> None:
    """30.02 is within a whole last digit of 30.0100: it may be cut or carried, and accuses nobody."""
    assert [r[0] for r in results(section(f"样本局2026年支出预算{printed}万元。"))] == holds


def test_a_contradicted_total_loses_its_verdict() -> None:
    text = section("样本局2026年支出预算31.00万元。")
    checks, verdict = check(text)
    assert [c.difference for c in checks] == [Decimal("9900.00")]
    assert "31.00万元" in checks[0].statement
    assert verdict("合计", "total") == "contradicted"
    assert check(section("样本局2026年支出预算30.01万元。"))[1]("合计", "total") == "proven"


def test_other_years_and_explanations_make_no_checks() -> None:
    assert results(section("主要原因是支出预算9.00万元。2024年支出预算8.00万元。")) == []


def test_a_class_is_tied_by_its_code_but_not_the_part_of_it() -> None:
    assert results(section("1.“一般公共服务支出（类）发展与改革事务（款）”10.00万元。")) == [("exact", Decimal("0.00"))]
    of_projects = "项目支出10.00万元，其中：一般公共服务支出{}万元。"
    assert results(section(of_projects.format("10.00"))) == [("exact", Decimal("0.00"))] * 2
    assert [r[0] for r in results(section(of_projects.format("30.01")))] == ["exact"]  # that is all of it, not the part


def test_several_totals_prove_but_never_accuse() -> None:
    rows = [*TABLE, ["合计", "", "5.00", "5.00", ""]]
    agreeing, _ = check(section("样本局2026年支出预算5元。"), rows)
    assert [c.holds for c in agreeing] == ["exact"]
    disagreeing, _ = check(section("样本局2026年支出预算7元。"), rows)
    assert disagreeing == []


PROCUREMENT = (
    "2026年政府采购预算{}万元，其中：政府采购货物预算1.00万元、政府采购工程预算0万元、政府采购服务预算7.00万元。"
)


@pytest.mark.parametrize(("total", "holds"), [("8.00", "exact"), ("8.01", "rounding"), ("9.00", "no"), ("0", "no")])
def test_procurement_is_the_sum_of_its_parts(total: str, holds: str) -> None:
    assert [r[0] for r in results(section(PROCUREMENT.format(total), "三、政府采购情况"))] == [holds]


@pytest.mark.parametrize(("reserved", "holds"), [("8.00", "exact"), ("8.50", "no")])
def test_no_more_is_reserved_than_bought(reserved: str, holds: str) -> None:
    body = PROCUREMENT.format("8.00") + f"面向中小企业预留政府采购项目预算金额{reserved}万元。"
    assert results(section(body, "三、政府采购情况"))[-1][0] == holds


@pytest.mark.parametrize(("funds", "holds"), [("10.00", "exact"), ("9.00", "exact"), ("12.00", "no")])
def test_projects_with_targets_cost_no_more_than_all_projects(funds: str, holds: str) -> None:
    text = section(f"编报绩效目标的项目共2个，涉及项目预算资金{funds}万元。", "四、绩效目标设置情况")
    checks, verdict = check(text)
    assert [c.holds for c in checks] == [holds]
    assert all(c.table_ids == () for c in checks)  # a bound neither proves nor contradicts an amount
    assert verdict("合计", "project_expenditure") == "proven"


def test_three_public_is_the_sum_of_its_parts() -> None:
    body = (
        "“三公”经费预算{}万元，其中：因公出国（境）费1.00万元，公务接待费2.00万元，公务用车购置及运行费3.00万元"
        "（公务用车购置费1.00万元、公务用车运行费2.00万元）。"
    )
    title = "一、“三公”经费预算情况说明"
    assert [r[0] for r in results(section(body.format("6.00"), title))] == ["exact", "exact"]
    assert results(section(body.format("7.00"), title)) == [("exact", 0), ("no", Decimal("10000.00"))]


CHANGES = [
    ("收入预算90.00万元，比2025年预算数100.00万元减少10.00万元，下降10.00%。", ["exact", "exact"]),
    ("收入预算90.00万元，比2025年预算数100.00万元增加10.00万元。", ["no"]),
    ("收入预算90.00万元，比2025年预算数100.00万元减少1.00万元。", ["no"]),
    ("收入预算90.00万元，比上年增加10.00万元，增长12.50%。", ["exact"]),
    ("收入预算90.00万元，比上年增加10.00万元，增长1.25%。", ["no"]),
    ("收入预算90.00万元，比上年增加10.00万元，增长12.5%。", ["exact"]),
    ("收入预算90.00万元，比上年增加100.00万元。", ["no"]),
    ("收入预算90.00万元，事业收入5.00万元，比上年增加10.00万元，增长12.50%。", []),
    ("2025年预算执行数为80.00万元，2026年收入预算90.00万元，比2025年预算执行数增加12.50%。", []),
]


@pytest.mark.parametrize(("body", "holds"), CHANGES)
def test_changes_agree_in_sign_and_size(body: str, holds: list[str]) -> None:
    found = [r[0] for r in results(section(body, "二、收入预算情况说明"))]
    bounds = [h for h in found if h == "no" or h in holds]
    assert bounds[-len(holds) :] == holds if holds else "no" not in found


def test_what_some_months_grew_by_is_held_against_these_months_and_not_the_years_budget() -> None:
    done = "1-5月，一般公共预算收入完成31.00元，占年初预算90.00元的34.4%，比上年同期27.00元增收{}元。"
    assert results(section(done.format("4.00"), "一、收支情况")) == [("exact", 0)]
    assert results(section(done.format("5.00"), "一、收支情况")) == [("no", Decimal("1.00"))]
    years = "2025年完成80.00元。1-5月，一般公共预算收入完成33.00元，同比增长10%。"
    assert results(section(f"一般公共预算收入{years}", "一、收支情况")) == []


def test_a_change_against_nobody_knows_what_is_not_held_against_its_own_figure() -> None:
    assert results(section("培训费30.00元，比上年减少2.00元。", "一、收支情况"), phase=None) == []


def test_a_class_has_one_amount() -> None:
    text = "1、一般公共服务支出（类）发展与改革事务（款）10.00万元。主要用于：运转。2025年当年预算执行数为8.00万元，2026年预算安排{}万元，比2025年预算执行数增加25.00%。"
    assert all(r[0] != "no" for r in results(section(text.format("10.00"))))
    failed = [r for r in results(section(text.format("15.00"))) if r[0] == "no"]
    assert len(failed) == 2  # the figure before, and the rate; the one table may be of more money


ACCOUNTS = "1、卫生健康支出（类）行政事业单位医疗（款）行政单位医疗（项）。年初预算为6.00万元，支出决算为{}万元。决算数{}预算数的主要原因：变动。"


@pytest.mark.parametrize(
    ("final", "word", "holds"),
    [
        ("5.00", "小于", "exact"),
        ("5.00", "大于", "no"),
        ("5.00", "等于", "no"),
        ("6.00", "等于", "exact"),
        ("6.00", "大于", "no"),
    ],
)
def test_accounts_against_the_budget(final: str, word: str, holds: str) -> None:
    text = section(ACCOUNTS.format(final, word), "三、支出决算情况说明")
    assert [r[0] for r in results(text, phase="final_accounts")] == [holds]


def test_level_only_roughly_claims_nothing() -> None:
    body = "收入预算90.00万元，2025年预算数为91.00万元，与上年基本持平。"
    assert results(section(body, "二、收入预算情况说明")) == []


def test_statements_are_committed_and_checks_refer_to_them(tmp_path: Path) -> None:
    document = read_document(read_source(SAMPLES / "shanghai-2026-unit.pdf"), VOCABULARY)
    with open_store(Folder(tmp_path / "out")) as store:
        store.commit([document_result(document, "hash")])
    statements = read_rows(Folder(tmp_path / "out"), "statements").to_pylist()
    assert [(s["subject"], s["amount"], s["page"]) for s in statements] == [
        ("total_revenue", Decimal("85990000.00"), 2),
        ("total_expenditure", Decimal("85990000.00"), 2),
    ]
    checks = [c for c in read_rows(Folder(tmp_path / "out"), "checks").to_pylist() if c["rule"] == "narrative"]
    assert [c["left_items"] for c in checks] == [[s["statement_id"]] for s in statements]
    sections = read_rows(Folder(tmp_path / "out"), "sections").to_pylist()
    assert {s["section"] for s in statements} <= {s["section"] for s in sections}
    assert verify(Folder(tmp_path / "out")) == []


# The corpus --------------------------------------------------------------------------------------------------------

PLANTED = CORPUS / "shanghai-putuo" / "24年普陀区财政局（测试问题版本）.pdf"


@pytest.fixture(scope="module")
def planted() -> DocumentReading:
    return read_document(read_source(PLANTED), VOCABULARY)


@pytest.mark.corpus
def test_planted_errors_of_the_prose_are_found(planted: DocumentReading) -> None:
    """The total of 0, and three comparisons of accounts with the budget that their own figures deny."""
    failed = [c for c in planted.checks if c.rule == "narrative" and c.holds == "no"]
    found = {(c.stated, c.computed) for c in failed}
    assert {
        (Decimal("0.00"), Decimal("29953900.00")),
        (Decimal("15118900.00"), Decimal("15600500.00")),
        (Decimal("803800.00"), Decimal("808100.00")),
        (Decimal("609900.00"), Decimal("622900.00")),
    } <= found
    assert len(failed) == 5  # the rate of the total's change denies the 0 too


@pytest.mark.corpus
def test_statements_lead_back_to_the_page(planted: DocumentReading) -> None:
    assert len(planted.prose.statements) > 50
    assert {s.page for s in planted.prose.statements} <= set(range(18, 25))
