"""Word verdicts, figures and findings for readers of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any, NamedTuple

from extractor.language import Language, translations
from extractor.notation.units import YUAN

DatasetRow = Mapping[str, Any]  # one row of a dataset, as `datasets/schemas.py` names its columns
SHOWN_ID = 16  # characters of a document's id in file names, and before the hyphen of an item's id


class VerdictWording(NamedTuple):
    """A verdict's mark and meaning, so that it is never shown by colour alone."""

    id: str
    mark: str
    meaning: str


VERDICTS = (
    VerdictWording("proven", "✓", "an identity holds to the last printed digit, and none fails"),
    VerdictWording("rounded", "≈", "identities hold within what rounding explains, and none fails"),
    VerdictWording("uncovered", "○", "no identity of the document reaches it"),
    VerdictWording("contradicted", "✕", "an identity fails that nothing explains"),
)
RESULTS = {"exact": "proven", "rounding": "rounded", "doubt": "uncovered", "finding": "contradicted"}


class Caution(NamedTuple):
    """A message that says what to know before a failure is quoted."""

    message: str


CONFIRMED = Caution(
    "Two readers that share no code read these figures alike, and the identity is established for them."
)
CAUTIONS = {
    "document": CONFIRMED,
    None: Caution("Read once. Compare with the page before quoting: a misread figure looks the same."),
}


def share(part: int, whole: int) -> str:
    """Return a share in percent, rounded down, so that only the whole is 100 %."""
    return f"{(Decimal(100 * part) / whole).quantize(Decimal('0.1'), ROUND_FLOOR)} %" if whole else "–"


def proof(counts: Mapping[str, int], tables: int, language: Language, *, documents: int = 1) -> str:
    """Return the sentence that says how many amounts of one or more documents are proven."""
    say = translations(language)
    whole = sum(counts.values())
    in_tables = say.ngettext("{n} table", "{n} tables", tables).format(n=f"{tables:,}")
    if not whole:
        return say.gettext("No amounts were read in {tables}: there is nothing to prove.").format(tables=in_tables)
    texts = {
        "proven": f"{counts['proven']:,}",
        "amounts": say.ngettext("{n} amount", "{n} amounts", whole).format(n=f"{whole:,}"),
        "tables": in_tables,
        "share": share(counts["proven"], whole),
        "rest": say.gettext(", ").join(_rest(counts, language)),
    }
    return say.ngettext(
        "{proven} of {amounts} in {tables} ({share}) proven to the last printed digit by the arithmetic of the document itself; {rest}.",
        "{proven} of {amounts} in {tables} ({share}) proven to the last printed digit by the arithmetic of the documents themselves; {rest}.",
        documents,
    ).format(**texts)


def _rest(counts: Mapping[str, int], language: Language) -> list[str]:
    say = translations(language)
    texts = (
        ("rounded", say.gettext("{n} within rounding")),
        ("uncovered", say.gettext("{n} reached by no identity")),
        ("contradicted", say.gettext("{n} contradicted")),
    )
    told = [text.format(n=f"{counts[verdict]:,}") for verdict, text in texts if counts[verdict]]
    return told if counts["contradicted"] else [*told, say.gettext("none contradicted")]


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
    """Return the name of a table: its number and title; empty where it has neither."""
    return " ".join(filter(None, (table.get("table_number"), table["title"])))


def caution(check: DatasetRow) -> Caution | None:
    """Return what to know before a finding is quoted."""
    return CAUTIONS.get(check["kind"]) if check["standing"] == "finding" else None


def local_id(item_id: str) -> str:
    """Return what names an item on its document's page: its id without the document."""
    return item_id[SHOWN_ID + 1 :]
