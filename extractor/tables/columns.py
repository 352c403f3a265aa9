"""Header paths → columns: role, stub and concept of each, by what its header says and what it holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from typing import get_args

from extractor.contract import Fund
from extractor.grids.grid import Cell
from extractor.notation.amounts import is_amount
from extractor.notation.figures import has_separators, is_nil
from extractor.notation.text import clean
from extractor.notation.years import YEAR
from extractor.tables.header import Path
from extractor.tables.table import Column
from extractor.vocabulary.column_rules import MeasureGroups
from extractor.vocabulary.headers import HeaderReader, Meaning

_CODE = re.compile(r"\d{2,9}")
_YEAR = re.compile(YEAR)
_WHOLE_CODE = re.compile(r"[1235]\d{2}(?:\d{2}){0,2}")
_CODE_HEADER = re.compile(r"(?:编码|代码|编号)(?:\(.*\))?$")
_AGENCY_PARTS = {"代码": "agency_code", "编码": "agency_code", "编号": "agency_code", "名称": "agency_name"}
_PART_ALONE = re.compile("其中[:：]?")
_SERIAL = re.compile(r"(\d{1,2}\.|)([1-9]\d{0,2})")
MIN_SERIAL = 3  # so many figures that count up by one are numbers of rows
STUBS = frozenset(("code", "name", "text"))
# Kinds of term that stand over values, but say only how they are grouped, or when and on which side.
GROUPING = frozenset(("group_total", "neutral", "phase", "side"))
CODE_KINDS = ("agency_code", "code")
TEXT_KINDS = ("agency_name", "name", "attribute", "helper", "code")  # the likelier first, where a header can be several


@dataclass(frozen=True, slots=True)
class ColumnContent:
    """How many of a column's data cells are amounts, printed as money, digits alone, years, whole codes, and texts.

    `serial`: the amounts number their rows: 1, 2, 3 or 2.1, 2.2, 2.3. `spans`: some cell stands beside several rows.
    """

    amounts: int
    money: int
    codes: int
    years: int
    whole_codes: int
    texts: int
    total: int
    serial: bool
    spans: bool


def read_content(cells: Sequence[Cell | None]) -> ColumnContent:
    """Count what a column's data cells hold."""
    amounts = money = codes = years = whole_codes = texts = 0
    figures: list[str] = []
    for cell in cells:
        if cell is None or is_nil(cell.text):
            continue
        if not is_amount(cell.text):
            texts += 1
            continue
        amounts += 1
        text = clean(cell.text)
        figures.append(text)
        if has_separators(text):
            money += 1
        else:
            codes += _CODE.fullmatch(text) is not None
            years += _YEAR.fullmatch(text) is not None
            whole_codes += _WHOLE_CODE.fullmatch(text) is not None
    spans = any(cell is not None and cell.row_span > 1 for cell in cells)
    return ColumnContent(amounts, money, codes, years, whole_codes, texts, amounts + texts, _is_serial(figures), spans)


def _is_serial(figures: Sequence[str]) -> bool:
    """Return whether figures count up by one, within a chapter (2.9, 2.10) or from 1, or for long enough."""
    parts = [_SERIAL.fullmatch(figure) for figure in figures]
    if len(parts) < MIN_SERIAL or not all(parts):
        return False
    numbers = [(match[1], int(match[2])) for match in parts if match is not None]
    return all(b == (a[0], a[1] + 1) for a, b in pairwise(numbers)) and (
        bool(numbers[0][0]) or numbers[0][1] == 1 or len(numbers) > MIN_SERIAL
    )


def read_columns(paths: Sequence[Path], contents: Sequence[ColumnContent], reader: HeaderReader) -> tuple[Column, ...]:
    """Give every leaf column its role, its block and its meaning.

    Content decides between text and figures, the header between code, name, attribute and measure.
    """
    groups = reader.groups
    meanings = [
        _of_agencies(path, with_parts(path, meaning, reader))
        for path, meaning in zip(paths, _scoped(paths, reader), strict=True)
    ]
    roles = [_role(*column) for column in zip(paths, meanings, contents, strict=True)]
    roles = _with_inner_names(roles, paths, contents)
    blocks = _blocks(roles, meanings, contents, groups)
    columns: list[Column] = []
    for index, (path, role, block) in enumerate(zip(meanings, roles, blocks, strict=True)):
        column = Column(index, paths[index], "attribute" if role == "text" else role, block)
        if role == "measure":
            shared = _shared(index, roles, blocks, meanings)
            column = column._replace(
                measure=measure_of(concepts_of(path[shared:], groups), groups),
                concepts=tuple(concepts_of(path[shared:], groups)),
                phase=next((m.phase for m in reversed(path) if m.phase), None),
                unit=next((m.unit for m in reversed(path) if m.unit), None),
                side=next((m.side for m in path if m.side), None),
                fund=next(
                    (fund for c in reversed(concepts_of(path, groups)) for fund in get_args(Fund) if fund == c), None
                ),
                year=next((m.year for m in reversed(path) if m.year), None),
                scope=next((m.scope for m in reversed(path) if m.scope), None),
            )
        columns.append(column)
    concepts = {concept for column in columns for concept in column.concepts}
    if not concepts & {"total", "carried_over"}:  # 当年预算 beside nothing else is the amount
        columns = [
            c._replace(measure="amount", concepts=("amount",)) if c.measure == "current_year" else c for c in columns
        ]
    columns = _with_wholes(_with_total(columns), reader)
    return tuple(_with_compared_year(c, columns[: c.ordinal], groups) for c in columns)


def _with_total(columns: Sequence[Column]) -> list[Column]:
    """Return columns, the only amount beside 基本支出 and 项目支出 as the total of both: 本年支出 | 基本支出 | 项目支出."""
    parts = {("basic_expenditure",), ("project_expenditure",)}
    total = ("total",)
    told: list[Column] = []
    for column in columns:
        beside = [c.concepts for c in columns if c.block == column.block]
        alone = column.concepts == ("amount",) and beside.count(column.concepts) == 1
        is_total = alone and parts <= set(beside) and total not in beside
        told.append(column._replace(measure=total[0], concepts=total) if is_total else column)
    return told


def _with_wholes(columns: Sequence[Column], reader: HeaderReader) -> list[Column]:
    """Return columns, parts of the column before them under its concept: 债务余额 | 其中:一般债 | 专项债."""
    told: list[Column] = []
    whole, divided = "", False
    for column in columns:
        is_part = len(column.concepts) == 1 and column.concepts[0] in reader.parts
        divided = is_part and bool(whole) and (divided or column.path[-1].startswith("其中"))
        if divided:
            concepts = (whole, *column.concepts)
            told.append(column._replace(concepts=concepts, measure=measure_of(concepts, reader.groups)))
        else:
            whole = column.measure if column.measure in reader.groups.other_money else ""
            told.append(column)
    return _with_divided_wholes(told, reader.groups)


def _with_divided_wholes(columns: Sequence[Column], groups: MeasureGroups) -> list[Column]:
    """Return columns, those under a head of 其中 alone under the concepts of the column before it, of its year, phase and unit.

    2024年债务限额 | 其中:(一般债务 | 专项债务); a head that spans as many lines as 其中 does, and no group, is their whole.
    """
    told: list[Column] = []
    whole: Column | None = None
    for column in columns:
        heads = next((i for i, text in enumerate(column.path[:-1]) if _PART_ALONE.fullmatch(clean(text))), None)
        if heads is None:
            whole = column
            told.append(column)
        else:
            beside = whole and len(whole.path) == heads + 1 and whole.path[:heads] == column.path[:heads]
            told.append(_as_part(column, whole, groups) if whole and beside else column)
    return told


def _as_part(column: Column, whole: Column, groups: MeasureGroups) -> Column:
    """Return a column of the concepts of its whole and its own; as it was where it says no concept of money."""
    own, over = set(column.concepts), set(whole.concepts)
    if not (own and over) or own & groups.generic or (own | over) & groups.no_money:
        return column
    concepts = tuple(dict.fromkeys((*whole.concepts, *column.concepts)))
    of = groups.other_money | groups.divided
    return column._replace(
        concepts=concepts,
        measure="/".join([*(c for c in concepts[:-1] if c in of), concepts[-1]]),
        year=column.year or whole.year,
        phase=column.phase or whole.phase,
        unit=column.unit or whole.unit,
    )


def _scoped(paths: Sequence[Path], reader: HeaderReader) -> list[list[Meaning]]:
    """Return the meanings of a header in which 本级 is a scope only beside 全市 or 市县级; elsewhere it is a source of money.

    省级 beside 市县 is such a source too: of the two, 本级 alone is a level of government.
    """
    meanings = [[reader.meaning(text) for text in path] for path in paths]
    levels = {m for path in meanings for meaning in path for m in meaning.measures} & reader.groups.levels
    beside_all = any(m.scope == "all_region" for path in meanings for m in path)
    beside_lower = levels == {"lower_levels"}

    def of(text: str, meaning: Meaning) -> Meaning:
        if meaning.scope and (beside_all or (beside_lower and reader.wider(clean(text)) is not None)):
            return replace(meaning, measures=(), kinds=frozenset(("neutral",)))
        return replace(meaning, scope=None) if meaning.scope else meaning

    return [list(map(of, *column)) for column in zip(paths, meanings, strict=True)]


def with_parts(path: Path, meanings: list[Meaning], reader: HeaderReader) -> list[Meaning]:
    """Return the meanings of a header path in which 一般债券 beside 付息情况 is a part of that; elsewhere it is a source of money."""
    debts = reader.groups.outcomes | reader.groups.ceilings
    if not any(debts.intersection(meaning.measures) for meaning in meanings):
        return meanings
    parts = [reader.part_of(clean(text)) for text in path]
    return [m if part is None else replace(m, measures=(part,)) for m, part in zip(meanings, parts, strict=True)]


def _of_agencies(path: Path, meanings: list[Meaning]) -> list[Meaning]:
    """Return the meanings of a header path, 代码 and 名称 alone under 部门(单位) as those of units, not of subjects."""
    kind = _AGENCY_PARTS.get(path[-1]) if path else None
    if kind is None or not any("agency_name" in meaning.kinds for meaning in meanings[:-1]):
        return meanings
    return [*meanings[:-1], replace(meanings[-1], kinds=frozenset((kind,)))]


def _with_compared_year(column: Column, before: Sequence[Column], groups: MeasureGroups) -> Column:
    """Return a column of changes or shares with the newest year to its left, or its own: 2026年预算数 | 比2025年增减."""
    if column.role != "measure" or not (column.phase == "change" or groups.no_money.intersection(column.concepts[-1:])):
        return column
    newest = max((c.year for c in before if c.year and c.block == column.block), default=None)
    return column._replace(year=max(newest, column.year or newest)) if newest else column


def _role(texts: Path, path: Sequence[Meaning], content: ColumnContent) -> str:
    """Return the role of a column; `text` for a text column whose header does not say whether it names the rows."""
    if content.serial and not (path and (path[-1].measures or (path[-1].kinds and "name" not in path[-1].kinds))):
        return "helper"
    if not path:
        return _role_by_content(content)
    leaf = path[-1]
    years_alone = 0 < content.amounts == content.years
    if not leaf.known and not content.money and (years_alone or _CODE_HEADER.search(texts[-1])):
        return "attribute"  # codes of a kind that the vocabulary does not know are no amounts, nor are years
    return _role_by_both(leaf, content) if content.total else _role_by_header(leaf)


def _with_inner_names(roles: Sequence[str], paths: Sequence[Path], contents: Sequence[ColumnContent]) -> list[str]:
    """Return roles, a text column without a header right of a name as that name's parts, where no codes tell the rows.

    项目名称 may stand over the first of its two columns alone: 一般公共预算资金 beside 小计 and 专项收入, each in a row of its own.
    """
    inner = list(roles)
    for index in range(1, len(roles)):
        has_parts = inner[index - 1] == "name" and contents[index - 1].spans and "code" not in roles
        if has_parts and inner[index] == "text" and not paths[index]:
            inner[index] = "name"
    return inner


def _role_by_content(content: ColumnContent) -> str:
    """Return the role of a column without a header."""
    if not content.total:
        return "helper"  # an empty column of the frame around the table
    if content.texts > content.amounts:
        return "text"
    return "code" if content.whole_codes == content.amounts else "measure"


def _role_by_header(leaf: Meaning) -> str:
    """Return the role of a column without data."""
    if not _is_over_values(leaf):
        return _first_kind(leaf, (*CODE_KINDS, *TEXT_KINDS)) or "text"
    names = () if leaf.measures else ("name", "agency_name")
    return _first_kind(leaf, (*CODE_KINDS, *names)) or "measure"


def _role_by_both(leaf: Meaning, content: ColumnContent) -> str:
    """Return the role of a column with header and data: money is always a measure, texts only by a promise of amounts."""
    code = _first_kind(leaf, CODE_KINDS)
    if code and content.money == 0 and content.texts <= content.codes:
        return code
    only_name = leaf.kinds == {"name"} and not leaf.measures
    if only_name and content.texts < content.amounts == content.whole_codes:
        return "code"  # 科目 over the columns of codes and of names; 合计 may stand in the former
    promised = bool(leaf.measures) and not leaf.kinds & {"name", "attribute"} and content.amounts > 0
    if content.texts > content.amounts and not promised:
        return _first_kind(leaf, TEXT_KINDS) or "text"
    if content.money == 0 and not _is_over_values(leaf):
        return _first_kind(leaf, ("helper", "attribute")) or "measure"
    return "measure"


def _is_over_values(leaf: Meaning) -> bool:
    return bool(leaf.measures or leaf.kinds & GROUPING)


def _first_kind(leaf: Meaning, kinds: Sequence[str]) -> str | None:
    return next((kind for kind in kinds if kind in leaf.kinds), None)


def _blocks(
    roles: list[str],
    meanings: Sequence[Sequence[Meaning]],
    contents: Sequence[ColumnContent],
    groups: MeasureGroups,
) -> list[int]:
    """Number the stubs that stand side by side; makes the first text column of each stub its name where none says so.

    A new stub begins where a code or a name follows a measure and another measure follows it. Quantities and prices end
    no stub (采购: 项目 | 数量 | 经济科目 | 金额); codes alone, without names, begin none, nor do empty columns, which many
    publishers keep for funds that they do not have, even if they name the subject of these in one row.
    """
    filled = [role if content.total else "" for role, content in zip(roles, contents, strict=True)]
    blocks: list[int] = []
    block, measured = 0, False
    last_measure = max((i for i, role in enumerate(roles) if role == "measure"), default=-1)
    for index, role in enumerate(roles):
        if role == "measure":
            measured = measured or not (meanings[index] and set(meanings[index][-1].measures) & groups.no_money)
        elif measured and filled[index] in STUBS and index < last_measure and _names_rows(filled, contents, index):
            block, measured = block + 1, False
        blocks.append(block)
    for number in range(block + 1):
        own = [i for i, b in enumerate(blocks) if b == number]
        if not any(roles[i] == "name" for i in own):
            first = next((i for i in own if roles[i] in ("text", "agency_name")), None)
            if first is not None:
                roles[first] = "name"
    return blocks


def _names_rows(roles: Sequence[str], contents: Sequence[ColumnContent], index: int) -> bool:
    """Return whether a name stands between a column and the next measures, or a text for half as many rows as these have.

    The names of a side may be few, beside zeros for all rows of the other.
    """
    stub = list(takewhile(lambda role: role != "measure", roles[index:]))
    names = [contents[index + i].total for i, role in enumerate(stub) if role in ("name", "text")]
    start = index + len(stub)
    measures = takewhile(lambda pair: pair[0] == "measure", zip(roles[start:], contents[start:], strict=True))
    return "name" in stub or (
        bool(names) and 2 * max(names) >= max((content.total for _, content in measures), default=0)
    )


def _shared(index: int, roles: Sequence[str], blocks: Sequence[int], meanings: Sequence[Sequence[Meaning]]) -> int:
    """Return how many leading header texts say nothing of one column: those that all measures of the block share."""
    own = [meanings[i] for i in range(len(roles)) if roles[i] == "measure" and blocks[i] == blocks[index]]
    shared = 0
    if len(own) == 1:
        while len(own[0]) > shared + 1 and own[0][shared].kinds & {"side", "neutral"}:
            shared += 1
        return shared
    while all(len(path) > shared + 1 and path[shared] == own[0][shared] for path in own):
        shared += 1
    return shared


def concepts_of(path: Sequence[Meaning], groups: MeasureGroups) -> list[str]:
    """Return the concepts along a header path, outermost first; the last is the column's own.

    合计, 预算数 and their like add nothing under a concept, and mean `total` and `amount` where there is none. Empty where
    the leaf is unknown.
    """
    if not path:
        return []
    *above, leaf = path
    concepts = _group_concepts(above, leaf, groups)
    own = _own_concept(leaf, groups)
    if not groups.no_money.isdisjoint(concepts):
        own = None  # 平均年限 over 一般债务 is no debt
    part = leaf.part if own not in groups.no_money else None
    if own is not None and (part or concepts[-1:] != [own]):
        return [*concepts, *([own] if concepts[-1:] != [own] else []), *([part] if part else [])]
    if not leaf.measures and not leaf.kinds & GROUPING:
        return []
    return concepts or _generic_concepts(above, leaf)


def _own_concept(meaning: Meaning, groups: MeasureGroups) -> str | None:
    return next((m for m in meaning.measures if m not in groups.generic), None)


def _group_concepts(above: Sequence[Meaning], leaf: Meaning, groups: MeasureGroups) -> list[str]:
    """Return the concepts that the texts over a leaf name, outermost first."""
    concepts: list[str] = []
    for meaning in above:
        own = _own_concept(meaning, groups)
        if own in groups.sides and meaning.kinds & GROUPING and "group_total" not in leaf.kinds:
            continue  # 财政拨款收入 over 预算数 says the side, over 小计 whose sum it is
        if own is not None and concepts[-1:] != [own]:
            concepts.append(own)
        if meaning.part is not None and own not in groups.no_money:
            concepts.append(meaning.part)
    return concepts


def _generic_concepts(above: Sequence[Meaning], leaf: Meaning) -> list[str]:
    """Return `total` or `amount`, of a path that names no concept; 合计 under an unknown group is that group's alone."""
    if not any("group_total" in m.kinds or "total" in m.measures for m in (*above, leaf)):
        return ["amount"]
    return ["total"] if all(m.known for m in above) else []


def measure_of(concepts: Sequence[str], groups: MeasureGroups) -> str | None:
    """Return the concept of a column: its own, under those that change whose money it is."""
    if not concepts:
        return None
    return "/".join([*(c for c in concepts[:-1] if c in groups.other_money), concepts[-1]])


def tell_apart(
    columns: Sequence[Column], key: Callable[[Column], tuple[object, ...]], groups: MeasureGroups
) -> tuple[Column, ...]:
    """Name columns that one concept would name alike by their path of concepts, outermost first.

    Args:
        columns: A table's columns.
        key: What else tells two columns apart: block, phase, year.
        groups: What is true of their concepts.

    Returns:
        The columns, no two of one key with the same measure: what no path tells apart stays unnamed, all but the first.
    """
    count = Counter((c.measure, key(c)) for c in columns if c.measure)
    named: list[Column] = []
    taken: set[tuple[object, ...]] = set()
    for column in columns:
        measure = column.measure
        if (
            column.listed is not None or measure in groups.no_money or measure in groups.by_label
        ):  # 数量 and 人数, counties, economic classes may stand side by side
            named.append(column)
            continue
        if measure and count[measure, key(column)] > 1:
            path = [c for c in column.concepts[:-1] if c not in groups.own_year] + list(column.concepts[-1:])
            measure = "/".join(path)
        if measure and (measure, key(column)) in taken:
            measure = None
        taken.add((measure, key(column)))
        named.append(column._replace(measure=measure))
    return tuple(named)
