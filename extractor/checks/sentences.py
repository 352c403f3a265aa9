"""Say a failed identity in a sentence that a person can quote, in English and in Chinese: the place, and both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.checks.check import Check
from extractor.checks.severity import is_rate, severity_of
from extractor.notation.units import YUAN
from extractor.prose.statement import Statement
from extractor.records.item import LineItem
from extractor.tables.table import Table

MAX_NAMES = 4
MINUS = "−"
CHANGES = {"increase": ("an increase", "增加"), "decrease": ("a decrease", "减少"), "flat": ("no change", "持平")}
Figure = LineItem | Statement


class Sentence(NamedTuple):
    """One sentence in both languages."""

    en: str
    zh: str


def with_sentences(checks: Sequence[Check], figures: Sequence[Figure], tables: Sequence[Table]) -> Iterator[Check]:
    """Yield checks, with severity and sentences where they fail.

    Args:
        checks: Identities of a document.
        figures: Its line items and statements.
        tables: Its tables.
    """
    by_id = {f.statement_id if isinstance(f, Statement) else f.item_id: f for f in figures}
    titled = {table.table_id: table for table in tables}
    for check in checks:
        if check.holds != "no":
            yield check
            continue
        first = by_id.get(check.left_items[0])
        said = sentence_of(check, by_id, titled)
        severity = severity_of(check, first if isinstance(first, Statement) else None)
        yield check._replace(severity=severity, sentence=said.en, sentence_zh=said.zh)


def sentence_of(check: Check, figures: Mapping[str, Figure], tables: Mapping[str, Table]) -> Sentence:
    """Return the sentence of an identity that fails.

    Args:
        check: The identity.
        figures: Its items and statements by id.
        tables: The tables of the items by id.
    """
    left = [figures[i] for i in check.left_items if i in figures]
    right = [figures[i] for i in check.right_items if i in figures]
    if len(left) == 1 and isinstance(left[0], LineItem) and not right:
        said, what = _place(left[0], tables), _printed(left[0])
        return Sentence(
            f"{said.en} {what}; no rows below it are printed, as they are of all other codes of its level.",
            f"{said.zh}{what}，其下没有明细，而同级的其他科目都有。",
        )
    units = _Printed(check, [*left, *right])
    if len(left) != 1 or not right:
        return Sentence(
            f"{check.statement}: {units.stated} against {units.computed}.",
            f"{check.statement}：一边为{units.stated}，另一边为{units.computed}。",
        )
    stated = left[0]
    if isinstance(stated, Statement) and is_rate(check, stated):
        return _of_rate(check, stated)
    said, parts = _place(stated, tables), _other_side(check, stated, right, tables)
    what = _printed(stated)
    more, more_zh = ("less", "少") if check.difference > 0 else ("more", "多")
    return Sentence(
        f"{said.en} {what}{parts.en} {units.computed}: {units.gap} {more} than stated.",
        f"{said.zh}{what}，{parts.zh}{units.computed}，比所列{more_zh}{units.gap}。",
    )


class _Printed:
    """Both sides and their difference in the unit that the figures are printed in, or in yuan where these differ."""

    def __init__(self, check: Check, figures: Sequence[Figure]) -> None:
        units = {f.unit for f in figures}
        unit = next(iter(units)) if len(units) == 1 and units <= set(YUAN) else None
        size, self._unit = YUAN[unit or "元"], unit or "元"
        printed = (f.amount_text.strip("()（）").partition(".")[2] for f in figures)
        self._decimals = max(map(len, printed), default=2) if unit else 2
        self.stated, self.computed = self._text(check.stated / size), self._text(check.computed / size)
        self.gap = self._text(abs(check.difference) / size)

    def _text(self, amount: Decimal) -> str:
        return f"{amount:,.{self._decimals}f} {self._unit}".replace("-", MINUS)


def _printed(figure: Figure) -> str:
    return f"{figure.amount_text} {figure.unit or ''}".strip()


def _place(figure: Figure, tables: Mapping[str, Table]) -> Sentence:
    """Return where a figure stands and what it is of, up to the verb."""
    if isinstance(figure, Statement):
        section = figure.section_title or ""
        name = " ".join(filter(None, (figure.code, figure.label)))
        return Sentence(
            f"Page {figure.page}, text{f' under “{section}”' if section else ''}: {name} is stated as",
            f"第{figure.page}页正文{f'“{section}”' if section else ''}称“{name}”为",
        )
    title, column = table_name(tables[figure.table_id]), figure.measure_label
    name = " ".join(filter(None, (figure.code, figure.label or figure.agency_name or figure.agency_code)))
    return Sentence(
        f"Page {figure.page}, {title.en}: {', '.join(filter(None, (name, f'column {column}' if column else '')))} is printed as",
        f"第{figure.page}页{title.zh}“{name or column}”{f'的“{column}”' if name and column else ''}为",
    )


def table_name(table: Table) -> Sentence:
    """Return what to call a table: its number and title, or its page."""
    name = " ".join(filter(None, (table.table_number, table.title)))
    if name:
        return Sentence(name, f"《{name}》")
    return Sentence(f"untitled table on page {table.first_page}", "无题表")


def _other_side(check: Check, stated: Figure, right: Sequence[Figure], tables: Mapping[str, Table]) -> Sentence:
    """Return what the stated figure is held against, up to its amount."""
    only = right[0] if len(right) == 1 else None
    if isinstance(only, Statement):
        return Sentence(f"; page {only.page}, text: {only.label} is", f"而第{only.page}页正文“{only.label}”为")
    if only is not None and (
        check.rule == "balance" or isinstance(stated, Statement) or only.table_id != stated.table_id
    ):
        place = _place(only, tables)
        return Sentence(f"; {place.en[0].lower()}{place.en[1:]}", f"而{place.zh}")
    names = [_part_name(check, f) for f in right]
    listed, listed_zh = ", ".join(names[:MAX_NAMES]), "、".join(names[:MAX_NAMES])
    if len(names) > MAX_NAMES:
        listed, listed_zh = f"{listed} …", f"{listed_zh}等"
    noun = "column" if check.rule == "columns_sum" else "part"
    if len(right) == 1:
        return Sentence(f"; its one {noun} ({listed}) is", f"而其唯一的分项（{listed_zh}）为")
    return Sentence(f"; its {len(right)} {noun}s ({listed}) add up to", f"而其{len(right)}个分项（{listed_zh}）之和为")


def _part_name(check: Check, figure: Figure) -> str:
    if isinstance(figure, Statement):
        return figure.label
    column = figure.measure_label.rpartition("/")[2]
    if check.rule == "columns_sum":
        return column
    return " ".join(filter(None, (figure.code, figure.label))) or column


def _of_rate(check: Check, stated: Statement) -> Sentence:
    """Return the sentence of a rate: the earlier figure, which the check multiplied it by, makes both sides rates again."""
    rate = stated.percent or Decimal(1)
    computed = abs(rate * check.computed / check.stated).quantize(Decimal("0.01"))
    word, word_zh = CHANGES[stated.direction or "flat"]
    turned = (check.computed < 0) != (check.stated < 0)
    fact, fact_zh = CHANGES["decrease" if check.computed < 0 else "increase"] if turned else (word, word_zh)
    section = f"under “{stated.section_title}”" if stated.section_title else ""
    return Sentence(
        f"Page {stated.page}, text {section}: {stated.label} is stated to change by {stated.percent_text} % ({word}); the amounts "
        f"that the text gives make it {computed} % ({fact}).",
        f"第{stated.page}页正文{f'“{stated.section_title}”' if section else ''}称“{stated.label}”{word_zh}{stated.percent_text}%，"
        f"而按文中金额计算应为{fact_zh}{computed}%。",
    )
