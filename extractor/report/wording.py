"""Word verdicts, figures and findings for readers of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any, NamedTuple

from extractor.notation.units import YUAN

DatasetRow = Mapping[str, Any]  # one row of a dataset, as `datasets/schemas.py` names its columns


class VerdictWording(NamedTuple):
    """A verdict's mark, Chinese name and meaning, so that it is never shown by colour alone."""

    id: str
    mark: str
    zh: str
    meaning: str


VERDICTS = (
    VerdictWording("proven", "✓", "印证", "an identity holds to the last printed digit, and none fails"),
    VerdictWording("rounded", "≈", "舍入内", "identities hold within what rounding explains, and none fails"),
    VerdictWording("uncovered", "○", "未覆盖", "no identity of the document reaches it"),
    VerdictWording("contradicted", "✕", "矛盾", "an identity fails that nothing explains"),
)
RULES = {
    "children_sum": ("sub-items sum", "下级之和"),
    "rows_total": ("rows sum to total", "各行合计"),
    "columns_sum": ("columns sum", "各列合计"),
    "cross_table": ("across tables", "表间勾稽"),
    "balance": ("revenue = expenditure", "收支平衡"),
    "narrative": ("text against table", "文表核对"),
    "cross_document": ("across documents", "文件间核对"),
}
PHASES = {"budget": "budget 预算", "final_accounts": "final accounts 决算"}
RESULTS = {"exact": VERDICTS[0], "rounding": VERDICTS[1], "doubt": VERDICTS[2], "finding": VERDICTS[3]}
SEVERITIES = {"high": "高", "medium": "中", "low": "低", "marginal": "轻微"}
CONFIRMED = "Two readers that share no code read these figures alike, and the identity is established for them."
CAUTIONS = {
    "document": CONFIRMED,
    None: "Read once. Compare with the page before quoting: a misread figure looks the same.",
}


def share(part: int, whole: int) -> str:
    """Return a share in percent, rounded down, so that only the whole is 100 %."""
    return f"{(Decimal(100 * part) / whole).quantize(Decimal('0.1'), ROUND_FLOOR)} %" if whole else "–"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun in the singular or plural."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def proof(counts: Mapping[str, int], tables: int, *, documents: int = 1) -> str:
    """Return the sentence that says how many amounts of one or more documents are proven."""
    whole = sum(counts.values())
    if not whole:
        return f"No amounts were read in {count(tables, 'table')}: there is nothing to prove."
    are = "is" if counts["proven"] == 1 else "are"
    rest = [
        f"{counts['rounded']:,} within rounding" if counts["rounded"] else "",
        f"{counts['uncovered']:,} reached by no identity" if counts["uncovered"] else "",
        f"{counts['contradicted']:,} contradicted" if counts["contradicted"] else "none contradicted",
    ]
    return (
        f"{counts['proven']:,} of {count(whole, 'amount')} in {count(tables, 'table')} "
        f"({share(counts['proven'], whole)}) {are} proven to the last printed digit by the arithmetic of the "
        f"{'document itself' if documents == 1 else 'documents themselves'}; "
        f"{', '.join(filter(None, rest))}."
    )


def proof_zh(counts: Mapping[str, int], tables: int) -> str:
    """Return the same sentence in Chinese; empty where nothing was read."""
    whole = sum(counts.values())
    if not whole:
        return ""
    return (
        f"{tables} 张表共 {whole:,} 个金额：{counts['proven']:,} 个（{share(counts['proven'], whole)}）由文件自身的勾稽关系印证到"
        f"末位，{counts['rounded']:,} 个在舍入范围内成立，{counts['uncovered']:,} 个没有勾稽关系可核，"
        f"{counts['contradicted']:,} 个与勾稽关系矛盾。"
    )


def yuan(amount: Decimal | None) -> str:
    """Return yuan with thousands separators, cents and a minus sign (U+2212)."""
    return "" if amount is None else f"{amount:,.2f}".replace("-", "−")


def round_yuan(amount: Decimal) -> str:
    """Return yuan rounded to about three digits, in 亿元, 万元 or 元."""
    for unit, size in (("亿元", YUAN["亿元"]), ("万元", YUAN["万元"])):
        if abs(amount) >= size:
            value = amount / size
            return f"{value:,.{0 if value >= 1000 else 1 if value >= 100 else 2}f} {unit}"
    return f"{amount:,.0f} 元"


class Figures(NamedTuple):
    """Both sides of a failed identity in the printed unit; `in_yuan` is the difference where that unit is not yuan."""

    unit: str
    stated: str
    computed: str
    difference: str
    in_yuan: str


def figures_of(check: DatasetRow, items: Sequence[DatasetRow]) -> Figures:
    """Return a check's figures in the unit of its items, or in yuan where these differ."""
    units = {i["unit"] for i in items}
    unit = next(iter(units)) if len(units) == 1 and units <= set(YUAN) else "元"
    decimals = max((len(i["amount_text"].strip("()（）").partition(".")[2]) for i in items), default=2)
    if len(units) != 1:
        decimals = 2

    def printed(amount: Decimal) -> str:
        return f"{amount / YUAN[unit]:,.{decimals}f}".replace("-", "−")

    gap = abs(check["difference"])
    return Figures(
        unit,
        printed(check["stated"]),
        printed(check["computed"]),
        printed(gap),
        "" if unit == "元" else f"{yuan(gap)} 元",
    )


def table_name(table: DatasetRow) -> str:
    """Return the name of a table: its number and title, or its page."""
    name = " ".join(filter(None, (table.get("table_number"), table["title"])))
    return name or f"untitled table on page {table['first_page']}"


def caution(check: DatasetRow) -> str:
    """Return what to know before a failure is quoted; empty where the identity holds."""
    if check["standing"] == "doubt":
        return f"A doubt, no finding: {check['doubt']}."
    return CAUTIONS.get(check["kind"], "") if check["standing"] else ""
