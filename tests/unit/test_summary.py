"""The summary of a run for a person: few documents are listed, many are counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from rich.cells import cell_len

from extractor.datasets.document_result import Contradiction, DocumentResult, document_result
from extractor.document import DocumentReading
from extractor.jobs.executor import RunSummary
from extractor.summary import MANY, MAX_WORST, print_summary

FINDING = Contradiction(
    "children_sum", "document", "high", "201 = 20103", "201 is printed as 1.00 万元: 2 less.", "2.00"
)


def result(
    name: str, status: str = "ok", reason: str = "", region: str | None = "示例市", **changes: object
) -> DocumentResult:
    reading = DocumentReading(f"{name:0>64}"[:64], f"folder/{name}", "pdf", status, reason)  # type: ignore[arg-type]
    made = replace(document_result(reading, "0" * 64), region=region, pages=3, tables=2, line_items=9, amounts=9)
    return replace(made, verdicts=Counter({"proven": 9}), **changes)  # type: ignore[arg-type]


def printed(capsys: pytest.CaptureFixture[str], *results: DocumentResult) -> str:
    outcome = RunSummary("data")
    for one in results:
        outcome.add(one)
    print_summary(outcome)
    return capsys.readouterr().out


def many(*others: DocumentResult) -> list[DocumentResult]:
    return [*others, *(result(f"{n}年示例市住房和城乡建设委员会部门预算.pdf") for n in range(MANY))]


def test_many_documents_are_counted_by_publisher_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, *many(result("a.pdf", "partial", region="示例县"), result("b.pdf", "crash", region=None)))
    rows = [line.split() for line in shown.splitlines()]
    assert ["示例市", "100", "100"] in rows
    assert ["示例县", "1", "1"] in rows
    assert ["unknown", "1", "1"] in rows
    assert "部门预算" not in shown


STATUSES = ("partial", "not_a_document", "unreadable", "encrypted", "timeout", "memory", "crash")


@pytest.mark.parametrize("count", [3, MANY])
def test_tables_fit_80_columns(capsys: pytest.CaptureFixture[str], count: int) -> None:
    results = many(*(result(f"{status}.pdf", status) for status in STATUSES))
    table = printed(capsys, *(results if count == MANY else results[-count:])).split("\n\n", maxsplit=1)[0]
    assert "示例市" in table
    assert max(map(cell_len, table.splitlines())) <= 80
    heading, first, *_ = table.splitlines()[1:]
    assert "…" not in heading + first.partition(" ")[2]


def test_the_worst_documents_come_first_each_with_one_reason(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(
        capsys,
        *many(
            result("p.pdf", "partial", "pages 3-4 are images"),
            result("f.pdf", contradictions=(FINDING, FINDING, FINDING)),
            result("e.pdf", "encrypted", "e.pdf: asks for a password"),
        ),
    )
    worst = [line for line in shown.splitlines() if "folder/" in line]
    assert worst == [
        "  encrypted: folder/e.pdf: asks for a password",
        f"  high finding: folder/f.pdf: {FINDING.sentence} … and 2 findings more",
        "  partial: folder/p.pdf: pages 3-4 are images",
    ]


def test_no_more_than_ten_of_them_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, *many(*(result(f"{n}.pdf", "partial", f"page {n}") for n in range(MAX_WORST + 3))))
    assert shown.count("folder/") == MAX_WORST
    assert "… and 3 more" in shown


def test_a_reason_of_several_documents_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, *many(*(result(f"{n}.pdf", "crash", f"{n}.pdf: a web page") for n in range(7))))
    assert "  crash: 7 documents: a web page: 0.pdf, 1.pdf, 2.pdf, 3.pdf, 4.pdf and 2 more\n" in shown


def test_documents_without_amounts_are_counted_by_reason(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(
        capsys,
        *many(
            result("t.pdf", tables=0, line_items=0, amounts=0),
            result("u.pdf", tables=0, line_items=0, amounts=0),
            result("o.pdf", amounts=0, publication="other"),
            result("v.pdf", amounts=0),
            result("w.pdf", line_items=0, amounts=0),
        ),
    )
    assert "5 documents without amounts" in shown
    for line in (
        "2, has no table: t.pdf, u.pdf",
        "1, is no budget: o.pdf",
        "1, no figure in its tables is money: v.pdf",
        "1, its tables are empty: w.pdf",
    ):
        assert f"  {line}\n" in shown


def test_few_documents_are_listed_and_a_reason_names_its_file_once(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, result("a.pdf"), result("e.pdf", "encrypted", "e.pdf: asks for a password"))
    assert "  encrypted: folder/e.pdf: asks for a password\n" in shown
    assert "publisher" not in shown


def test_what_was_skipped_is_named_and_no_control_character_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, result("a.pdf"), result("[red]\x1b[31m.md", "skipped", "is a text"))
    assert "skipped, as texts that are no documents: [red]\\x1b[31m.md" in shown
    assert "1 documents read" in shown
    assert "\x1b" not in shown


def test_texts_beside_documents_do_not_make_a_run_fail() -> None:
    outcome = RunSummary("data")
    outcome.add(result("a.pdf"))
    outcome.add(result("README.md", "skipped"))
    assert outcome.all_read
    outcome.add(result("b.md", "not_a_document"))
    assert not outcome.all_read
