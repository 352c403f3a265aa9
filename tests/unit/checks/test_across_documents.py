from __future__ import annotations

from decimal import Decimal
from typing import Any

from extractor.checks.across_documents import Finding, compare


def document(
    name: str, year: int = 2026, level: str = "department", phase: str = "budget", copy: str = ""
) -> dict[str, Any]:
    return {
        "document_id": f"{name}{year}{copy}",
        "path": f"{name}{year}{copy}.pdf",
        "organisation": name,
        "organisation_level": level,
        "fiscal_year": year,
        "phase": phase,
    }


def amount(document: dict[str, Any], text: str, phase: str = "budget", code: str | None = None) -> dict[str, Any]:
    return {
        "document_id": document["document_id"],
        "table_type": "expenditure_summary",
        "measure": "total",
        "code": code,
        "is_total": code is None,
        "phase": phase,
        "amount": Decimal(text) * 10_000,
        "amount_text": text,
        "unit": "万元",
        "page": 1,
    }


def unit(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {"document_id": document["document_id"], "kind": "unit", "name": name}


def rules(findings: list[Finding]) -> list[tuple[str, Decimal, Decimal]]:
    return [(f.rule, f.stated, f.computed) for f in findings]


def test_a_document_published_twice_with_other_figures() -> None:
    first, second = document("示例局", copy="a"), document("示例局", copy="b")
    findings = list(compare([first, second], [amount(first, "5.00"), amount(second, "5.10")], []))
    assert rules(findings) == [("published_twice", Decimal("51000.00"), Decimal("50000.00"))]
    assert list(compare([first, second], [amount(first, "5.00"), amount(second, "5.00")], [])) == []


def test_last_years_figures_printed_again() -> None:
    old, new = document("示例局", 2025), document("示例局", 2026)
    figures = [
        amount(old, "3.00", code="201"),
        amount(new, "3.50", "prior_year_budget", "201"),
        amount(new, "9.00", code="201"),
    ]
    assert rules(list(compare([old, new], figures, []))) == [("year_on_year", Decimal("35000.00"), Decimal("30000.00"))]


def test_what_rounding_explains_is_no_finding() -> None:
    old, new = document("示例局", 2025), document("示例局", 2026)
    figures = [amount(old, "3.001", code="201"), amount(new, "3.00", "prior_year_budget", "201")]
    assert list(compare([old, new], figures, [])) == []


def test_a_department_is_the_sum_of_its_units_where_all_are_there() -> None:
    whole = document("示例局")
    parts = [document("示例局(本级)", level="unit"), document("示例站", level="unit")]
    names = [unit(whole, "示例局（本级）"), unit(whole, "示例站")]
    figures = [amount(whole, "5.00"), amount(parts[0], "3.00"), amount(parts[1], "1.00")]
    assert rules(list(compare([whole, *parts], figures, names))) == [
        ("units_sum", Decimal("50000.00"), Decimal("40000.00"))
    ]
    assert list(compare([whole, parts[0]], figures[:2], names)) == []
