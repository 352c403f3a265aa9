"""Rebuild a table as it was read, header and rows, from its line items."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from extractor.report.wording import DatasetRow
from extractor.vocabulary.codes import normalise_name

_ROW_HEADER = re.compile(
    r"编码|代码|名称|科目|项目$|^[类款项目]$|序号|行次|栏次|单位|部门|分类|内容|说明|指标|类别|^[一二三]级$|^$"
)

HeaderPath = tuple[str, ...]


class ShownHeaderCell(NamedTuple):
    """One header cell; `columns` and `rows` are its spans, `figure` marks the header of amounts."""

    text: str
    columns: int
    rows: int
    figure: bool


class ShownCell(NamedTuple):
    """One cell of a row: a row header (`item` None, `row_header` true), an amount, or a blank."""

    text: str = ""
    code: str = ""
    columns: int = 1
    row_header: bool = False
    item: DatasetRow | None = None


class ShownRow(NamedTuple):
    """One row; `page` is set where it is the first row of a page."""

    page: int | None
    cells: list[ShownCell]


class ColumnGroup(NamedTuple):
    """The columns of a row header and of the amounts that it names; a two-sided table has two such groups."""

    row_header: tuple[int, ...]
    amounts: tuple[int, ...]


class AsRead(NamedTuple):
    """A table as the report shows it; `columns` has the header and the unit of each column of amounts."""

    header: list[list[ShownHeaderCell]]
    lines: list[ShownRow]
    columns: dict[int, tuple[str, str]]


def rebuild(table: DatasetRow, items: Sequence[DatasetRow]) -> AsRead:
    """Return a table as it was read.

    Args:
        table: Its row of `tables`.
        items: Its rows of `line_items`. Rows without amounts are in no dataset and are left out.
    """
    paths = _paths(table, items)
    rows: dict[int, dict[int, DatasetRow]] = defaultdict(dict)
    for item in items:
        rows[item["row"]][item["column"]] = item
    blocks = _blocks(paths, rows)
    shown: list[tuple[HeaderPath, bool]] = []
    for block in blocks:
        shown += [(paths.get(c, ()), False) for c in block.row_header] + [
            (paths.get(c, ()), True) for c in block.amounts
        ]
    columns = {i["column"]: (i["measure_label"], i["unit"] or "") for i in reversed(items)}
    return AsRead(_header(shown), list(_lines(blocks, paths, rows)), columns)


def _paths(table: DatasetRow, items: Sequence[DatasetRow]) -> dict[int, HeaderPath]:
    """Return column → header texts; from the line items where the header tree does not fit the columns (merged headers)."""
    leaves = list(_leaves(json.loads(table["header"] or "[]"), ()))
    columns = max([table["columns"] or 0, *(i["column"] + 1 for i in items)])
    if len(leaves) == columns:
        return dict(enumerate(leaves))
    known = {i["column"]: tuple(filter(None, i["measure_label"].split("/"))) for i in items}
    return {c: known.get(c, ()) for c in range(columns)}


def _leaves(nodes: Sequence[Mapping[str, object]], above: HeaderPath) -> Iterator[HeaderPath]:
    for node in nodes:
        text = str(node.get("text") or "")
        path = (*above, text) if text else above
        children = node.get("children")
        if isinstance(children, list) and children:
            yield from _leaves(children, path)
        else:
            yield path


def _blocks(paths: Mapping[int, HeaderPath], rows: Mapping[int, Mapping[int, DatasetRow]]) -> list[ColumnGroup]:
    """Split the columns into row headers and the amounts that they name."""
    filled = {column for row in rows.values() for column in row}
    blocks: list[ColumnGroup] = []
    for has_amounts, group in groupby(sorted(paths), key=lambda c: c in filled):
        run = list(group)
        if has_amounts:
            last = blocks[-1] if blocks else ColumnGroup((-1,) if _named(rows) else (), ())
            blocks[-1:] = [ColumnGroup(last.row_header, (*last.amounts, *run))]
        elif not blocks:
            blocks.append(_opened(run, paths, bool(filled) and _named(rows)))
        elif _begins_block(run, blocks[-1], paths, rows):
            blocks.append(_opened(run, paths, True))
        else:
            kept = [c for c in run if paths[c]]
            blocks[-1] = ColumnGroup(blocks[-1].row_header, (*blocks[-1].amounts, *kept))
    return blocks


def _opened(run: Sequence[int], paths: Mapping[int, HeaderPath], named: bool) -> ColumnGroup:
    """Return the group that begins with columns without amounts: its row header, then columns that happen to be blank."""
    texts = [c for c in run if paths[c]]
    ends = [n for n, c in enumerate(texts, 1) if _ROW_HEADER.search(paths[c][-1])]
    cut = ends[-1] if ends else len(texts)
    row_header = tuple(texts[:cut]) or (tuple(run[:1]) if named else ())
    return ColumnGroup(row_header, tuple(texts[cut:]))


def _named(rows: Mapping[int, Mapping[int, DatasetRow]]) -> bool:
    return any(i["label"] or i["code"] or i["agency_code"] for row in rows.values() for i in row.values())


def _begins_block(
    run: Sequence[int],
    before: ColumnGroup,
    paths: Mapping[int, HeaderPath],
    rows: Mapping[int, Mapping[int, DatasetRow]],
) -> bool:
    """Return whether columns without amounts are the next row header: the amounts after them have other labels."""
    if not any(_ROW_HEADER.search(paths[c][-1] if paths[c] else "") for c in run):
        return False
    for row in rows.values():
        left = next((row[c] for c in before.amounts if c in row), None)
        right = next((row[c] for c in sorted(row) if c > run[-1]), None)
        if left and right and (left["label"], left["code"]) != (right["label"], right["code"]):
            return True
    return False


def _header(shown: Sequence[tuple[HeaderPath, bool]]) -> list[list[ShownHeaderCell]]:
    """Return header paths as rows of cells: equal neighbours under one parent are merged, a leaf spans to the bottom."""
    depth = max((len(path) for path, _ in shown), default=0)
    rows: list[list[ShownHeaderCell]] = []
    for level in range(depth):
        row: list[ShownHeaderCell] = []
        for (path, rank), group in groupby(
            enumerate(shown), key=lambda e: (e[1][0][: level + 1], e[0] if len(e[1][0]) <= level + 1 else -1)
        ):
            members = list(group)
            figure = members[0][1][1]
            if len(path) == level + 1:
                tall = depth - level if rank >= 0 else 1
                row.append(ShownHeaderCell(path[level], len(members), tall, figure))
            elif not path and level == 0:
                row.append(ShownHeaderCell("", len(members), depth, figure))
        rows.append(row)
    return rows


def _lines(
    blocks: Sequence[ColumnGroup], paths: Mapping[int, HeaderPath], rows: Mapping[int, Mapping[int, DatasetRow]]
) -> Iterator[ShownRow]:
    page = None
    for number in sorted(rows):
        row = rows[number]
        own = min(i["page"] for i in row.values())
        cells: list[ShownCell] = []
        for block in blocks:
            first = next((row[c] for c in block.amounts if c in row), None)
            cells += _row_header_cells(block, first, paths, {_name(paths, c) for b in blocks for c in b.amounts})
            texts = _texts(first)
            for c in block.amounts:
                item = row.get(c)
                cells.append(
                    ShownCell(item["amount_text"], item=item) if item else ShownCell(texts.get(_name(paths, c), ""))
                )
        yield ShownRow(own if own != page else None, cells)
        page = own


def _row_header_cells(
    block: ColumnGroup, item: DatasetRow | None, paths: Mapping[int, HeaderPath], elsewhere: set[str]
) -> list[ShownCell]:
    """Return the row header of a row: its printed text columns where the dataset has all, else code, label and other texts."""
    if not block.row_header:
        return []
    if item is None:
        return [ShownCell(columns=len(block.row_header), row_header=True)]
    texts = _texts(item)
    printed = [texts.get(_name(paths, c), "") for c in block.row_header]
    if len(printed) > 1 and printed.count("") == 1:  # the label is in the one column that is not an attribute
        printed[printed.index("")] = item["label"] or ""
    if all(printed):
        code = item["code"] or ""
        shown = any(code in text for text in printed)
        return [ShownCell(text, "" if n or shown else code, row_header=True) for n, text in enumerate(printed)]
    unit = " ".join(filter(None, (item["agency_code"], item["agency_name"])))
    others = [a["text"] for a in item["attributes"] or () if a["name"] not in elsewhere]
    label = item["label"] or ""
    if normalise_name(label) in normalise_name(unit):  # the label repeats the name of the organisation
        label = ""
    names = dict.fromkeys(filter(None, (unit, label, *others)))
    return [ShownCell(" · ".join(names), item["code"] or "", len(block.row_header), row_header=True)]


def _texts(item: DatasetRow | None) -> dict[str, str]:
    """Return header → text of a row's text columns."""
    return {a["name"]: a["text"] for a in item["attributes"] or ()} if item else {}


def _name(paths: Mapping[int, HeaderPath], column: int) -> str:
    return "/".join(paths.get(column, ()))
