"""Row forms: which code, name and agency a row carries, however its publisher writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from extractor.contract import CodeSource, Scheme
from extractor.grids.grid import Cell
from extractor.notation.amounts import is_amount
from extractor.notation.figures import is_bound
from extractor.notation.numbering import ITEM
from extractor.notation.text import MARKS, clean, printed
from extractor.records.lookup import CodeLookup, Label, hints_of
from extractor.records.page_breaks import cut_cells
from extractor.tables.table import Column, Row, Table
from extractor.vocabulary.codes import Classifications, normalise_name, scheme_of
from extractor.vocabulary.headers import NOTHING, HeaderReader, Meaning
from extractor.vocabulary.label_rules import TotalLabels
from extractor.vocabulary.organisations import OrganisationNames

SHORTEST_AGENCY_CODE = 3
LEVEL_DIGITS = 3  # of a 类; a 款 or an 项 has two
_CODED_NAME = re.compile(r"[\[(（【]?(\d{3}|\d{5}|\d{7}|\d{9})[\])）】]?[-—_:：、]?(?=[^\d.,%年月日])(.+)")
MIN_NAMED = 4  # rows whose digits stand before their code's name
NEARLY_ALL = 0.9  # of those that begin with digits
_SUBJECTS = re.compile(r"科目|功能|经济")
_NUMBERING = re.compile(ITEM)
_MARK = re.compile(rf"(?<=.)[{MARKS}]+$")  # of a note behind a label


class RowHeader(NamedTuple):
    """What the stub of one row says, one stub for each block of columns."""

    numbering: str
    label: str
    codes: dict[Scheme, str]
    leading: Scheme | None  # that of the leading code
    source: CodeSource | None
    agency_code: str | None
    agency_name: str | None
    is_total: bool
    indent: float
    phase: Meaning | None = None  # what the row says of its year and phase: 2025年, 增减变化
    unit: str | None = None  # in what the target of the row's indicator is, as printed


NO_ROW_HEADER = RowHeader("", "", {}, None, None, None, None, False, 0.0)


@dataclass
class RowHeaderReader:
    """Reads the rows of one block of one table, top to bottom; it remembers the codes above."""

    table: Table
    block: int
    names: Classifications
    year: int | None
    organisation: str | None
    reader: HeaderReader
    totals: TotalLabels
    organisations: OrganisationNames
    agency: tuple[str | None, str | None] = (None, None)
    columns: list[Column] = field(init=False)
    stub: list[Column] = field(init=False)
    groups: list[list[Column]] = field(init=False)
    name_columns: list[Column] = field(init=False)
    label_columns: list[Column] = field(init=False)
    level_columns: list[Column] = field(init=False)
    target_unit_columns: list[Column] = field(init=False)
    phase_columns: list[Column] = field(init=False)
    agency_columns: list[Column] = field(init=False)
    has_agency_codes: bool = field(init=False)  # codes of units have a column
    has_no_agency_names: bool = field(init=False)  # and their names have none
    unit_columns: frozenset[int] = field(init=False)
    cut: dict[tuple[int, int], Cell | None] = field(init=False)
    coded_columns: frozenset[int] = field(init=False)
    above: dict[int, list[str]] = field(init=False)
    texts: dict[int, list[str]] = field(init=False)
    lookup: CodeLookup = field(init=False)

    def __post_init__(self) -> None:
        """Sort the block's columns."""
        self.columns = own = [c for c in self.table.columns if c.block == self.block]
        self.stub = [c for c in own if c.role != "measure"]
        self.texts = {c.ordinal: [_text(row, c.ordinal) for row in self.table.rows] for c in self.stub}
        self.groups = _groups([c for c in own if c.role == "code"])
        self.name_columns = [c for c in own if c.role in ("name", "attribute")]
        self.label_columns = [c for c in own if c.role == "name"]
        self.level_columns = [c for c in self.name_columns if self._is_headed(c, "level")]
        self.target_unit_columns = [c for c in self.name_columns if self._is_headed(c, "target_unit")]
        self.phase_columns = [c for c in self.name_columns if self._names_phases(c)]
        self.agency_columns = [c for c in own if c.role in ("agency_code", "agency_name") or _names_agencies(c)]
        codes = [c for c in self.agency_columns if c.role == "agency_code"]
        self.has_agency_codes = any(_is_agency_code(text) for c in codes for text in self.texts[c.ordinal])
        self.has_no_agency_names = self.has_agency_codes and len(codes) == len(self.agency_columns)
        self.unit_columns = frozenset(c.ordinal for c in own if self._lists_units(c))
        self.cut = cut_cells(self.table, own)
        self.coded_columns = frozenset(c.ordinal for c in self.name_columns if self._is_coded(c))
        self.above = {index: [] for index in range(len(self.groups))}
        self.lookup = self._lookup()

    def read(self, row: Row) -> RowHeader:
        """Read one row's header; rows are to be read in their order."""
        texts = {ordinal: own[row.ordinal] for ordinal, own in self.texts.items()}
        covered, row = row, _uncovered(row, self.columns[0])
        if row is not covered:
            texts[self.columns[0].ordinal] = _text(row, self.columns[0].ordinal)
        label, indent = self._label(row, texts)
        label = _MARK.sub("", label)
        codes, source = self._column_codes(texts)
        codes, name = self._with_name_codes(codes, texts)
        label = name or label
        source = source or ("printed" if codes else None)
        agency_code, agency_name = self._agency(row, texts, clean(label))
        is_total = self._is_total(clean(label)) or bool(label and not codes and self._is_own_total(label, row))
        is_total = is_total or not (label or codes or agency_code or agency_name or len(self.table.rows) > 1)
        numbering = match[0] if (match := _NUMBERING.match(label)) else ""
        if is_total:
            self.lookup.end()
        elif label and not (codes or self.groups):
            codes = self.lookup.find(Label(label, numbering, indent), (agency_code, agency_name))
            source = "looked_up" if codes else None
        return RowHeader(
            numbering,
            label[len(numbering) :],
            codes,
            next(iter(codes), None),
            source,
            agency_code,
            agency_name,
            is_total,
            indent,
            self._phase(texts),
        )

    def of_target(self, row: Row, header: RowHeader) -> RowHeader:
        """Return a row's header as it stands beside the target of an indicator: the innermost of these is what it is of."""
        name = next((c for c in reversed(self.level_columns) if _text(row, c.ordinal)), None)
        units = (_text(row, c.ordinal) for c in self.target_unit_columns)
        unit = next((unit for unit in units if unit and not is_bound(unit)), None)  # ≥ stands among units by mistake
        header = header._replace(unit=unit)
        if name is None:
            return header
        label, indent = _named(row.cells[name.ordinal])
        return header._replace(label=label, numbering="", indent=indent)

    def _column_codes(self, texts: dict[int, str]) -> tuple[dict[Scheme, str], CodeSource | None]:
        """Return scheme → code of the code columns, and how the first of them was found: printed or inherited."""
        codes: dict[Scheme, str] = {}
        source: CodeSource | None = None
        for index, group in enumerate(self.groups):
            code, how = self._grouped(index, [texts[c.ordinal] for c in group])
            scheme = scheme_of(code) if code else None
            if code and scheme and scheme not in codes:
                codes[scheme] = code
                source = source or how
        return codes, source

    def _with_name_codes(self, codes: dict[Scheme, str], texts: dict[int, str]) -> tuple[dict[Scheme, str], str | None]:
        """Return codes with those that stand before names (2010301行政运行), and the name behind the row's only scheme."""
        codes = dict(codes)
        label: str | None = None
        for column in self.name_columns:
            match = _CODED_NAME.fullmatch(texts[column.ordinal])
            if match is None:
                continue
            code, name = match.groups()
            scheme = scheme_of(code)
            if scheme is None or not self._is_code(scheme, code, name, column):
                continue
            # 201-… | 20103-… | 2010301-… in three columns: the longest says all.
            if scheme in codes and not (code.startswith(codes[scheme]) and code != codes[scheme]):
                continue
            if codes.keys() <= {scheme}:
                label = name
            codes[scheme] = code
        return codes, label

    def _lookup(self) -> CodeLookup:
        """Return what finds the codes of the rows; it finds none where code columns print them."""
        labels = []
        for place, row in enumerate([] if self.groups else self.table.rows):
            texts = {ordinal: own[place] for ordinal, own in self.texts.items()}
            label, indent = self._label(row, texts)
            if label and not self._is_total(clean(label)):
                numbering = match[0] if (match := _NUMBERING.match(label)) else ""
                labels.append(Label(label, numbering, indent))
        hints = hints_of(self.columns, self.table) if labels else []
        return CodeLookup.of(labels, hints, self.names, self.year, self.table.table_type)

    def _names_phases(self, column: Column) -> bool:
        """Return whether a column's rows are years or phases: 2025年, 2026年, 增减变化. A 备注 or 年限 column is none."""
        leaf = self.reader.meaning(column.path[-1]) if column.path else NOTHING
        if "attribute" in leaf.kinds:
            return False
        texts = [text for text in self.texts[column.ordinal] if text]
        others = 0
        for text in texts:
            others += not self._is_phase(self.reader.meaning(text))
            if 2 * others >= len(texts):  # labels, most often: what the rest of them mean is not worth the time
                return False
        return bool(texts)

    def _is_code(self, scheme: str, code: str, name: str, column: Column) -> bool:
        """Return whether digits before a name are a code: one that is known, or a further 项 of a known 款.

        Where the header does not speak of subjects, the name must be the code's, or those of nearly all rows theirs
        (20508—进修与培训 among them): some publishers number their own kinds of project alike (311 专项业务类).
        """
        known = self.names.scheme(scheme).known
        if not (known(code) or (len(code) > 5 and known(code[:-2]))):
            return False
        return column.ordinal in self.coded_columns or self.names.scheme(scheme).named(code, name)

    def _is_coded(self, column: Column) -> bool:
        """Return whether a column's header speaks of subjects, or nearly all digits in it stand before their code's name."""
        if _SUBJECTS.search("".join(column.path)):
            return True
        found = [match.groups() for text in self.texts[column.ordinal] if (match := _CODED_NAME.fullmatch(text))]
        named = sum(
            (scheme := scheme_of(code)) is not None and self.names.scheme(scheme).named(code, name)
            for code, name in found
        )
        return named >= MIN_NAMED and named >= NEARLY_ALL * len(found)

    def _is_headed(self, column: Column, kind: str) -> bool:
        """Return whether a column's own header is a term of a kind."""
        return bool(column.path) and kind in self.reader.meaning(column.path[-1]).kinds

    def _phase(self, texts: dict[int, str]) -> Meaning | None:
        """Return what a row says of its year or phase, where a column says that of most of its rows."""
        meanings = (self.reader.meaning(texts[c.ordinal]) for c in self.phase_columns if texts[c.ordinal])
        return next((m for m in meanings if self._is_phase(m)), None)

    def _is_phase(self, meaning: Meaning) -> bool:
        """Return whether a text is a phase or a year and nothing else."""
        generic = self.reader.groups.generic
        return generic.issuperset(meaning.measures) and bool(meaning.phase or (meaning.year and meaning.kinds))

    def _label(self, row: Row, texts: dict[int, str]) -> tuple[str, float]:
        """Return the row's name: that of the name column nearest to the codes; a 合计 may stand in the code columns."""
        own = self.label_columns
        nearest = own[0 if self.groups else -1].ordinal if own else -1
        if (row.ordinal, nearest) in self.cut and not any(map(self._is_total, texts.values())):
            return _named(self.cut[row.ordinal, nearest])  # not the text of another column
        names = [c for c in own if texts[c.ordinal]]
        if names:
            return _named(row.cells[names[0 if self.groups else -1].ordinal])
        others = [c for c in self.stub if (text := texts[c.ordinal]) and not text.isdigit()]
        if not own and others and others[0] in self.level_columns:  # 一级 | 二级 | 三级 and no other name
            others = [c for c in others if c in self.level_columns][-1:]
        return _named(row.cells[others[0].ordinal]) if others else ("", 0.0)

    def _grouped(self, index: int, parts: Sequence[str]) -> tuple[str | None, CodeSource | None]:
        """Return a full code from one or more code columns, completed from the rows above where only a level is filled."""
        digits = [p if p.isdigit() else "" for p in parts]
        last = max((i for i, d in enumerate(digits) if d), default=None)
        if last is None:
            if any(self._is_total(p) for p in parts if p):
                self.above[index] = []
            return None, None
        how: CodeSource = "printed"
        if len(digits[last]) > 2 and (last > 0 or len(digits) == 1 or len(digits[last]) > LEVEL_DIGITS):
            levels = _levels(digits[last])  # 2120101 may be merged over the columns of 类, 款 and 项
        elif len(digits) == 1:
            levels = None  # two digits alone in one column do not tell their level
        else:
            levels = _completed(digits[: last + 1], self.above[index])
            if not all(digits[: last + 1]):
                how = "inherited"
        if levels is None:
            return None, None
        self.above[index] = levels
        return "".join(levels), how

    def _agency(self, row: Row, texts: dict[int, str], label: str) -> tuple[str | None, str | None]:
        """Return the unit of a row: the one that it names, else the one named above it.

        Units stand among projects and subjects in one column (单位(项目)名称): a name is one where it has a unit's code
        or, where codes have no column, the form of an organisation's name; what has the code of the unit above is its
        project. Any other text ends the unit above only where the column lists nothing but units (省国兴学堂), as does a
        blank that a page break leaves of a merged cell, and a number that is no unit's code. Where only codes have a column,
        the label may be the name.
        """
        code = name = None
        ended = False
        for column in self.agency_columns:
            text = texts[column.ordinal]
            if (row.ordinal, column.ordinal) in self.cut:
                ended = ended or self.cut[row.ordinal, column.ordinal] is None
            if not text:
                continue
            ended = ended or column.ordinal in self.unit_columns
            if column.role == "agency_code":
                code = text if _is_agency_code(text) else code
                ended = ended or (text.isdigit() and code is None)
            elif coded := self.organisations.coded(text):
                code, name = coded
            elif code and code == self.agency[0] and column.role == "name":
                continue
            elif code or (self.organisations.is_name(text) and not (self.has_agency_codes and column.role == "name")):
                name = text
        if code and self.has_no_agency_names and self.organisations.is_name(label):
            name = label
        if not name and self.agency == (None, None):
            return None, None
        if any(self._is_total(text) for c in self.columns if (text := _text(row, c.ordinal))):
            self.agency = (None, None)
            return None, None
        if name or ended:
            self.agency = (code, name) if name else (None, None)
        return self.agency

    def _lists_units(self, column: Column) -> bool:
        """Return whether a column's header speaks of units alone, and a unit's name stands in it: 单位 may be that of a quantity."""
        if column.role != "agency_name":
            return False
        return any(self.organisations.is_name(text) for text in self.texts[column.ordinal] if text)

    def _is_total(self, text: str) -> bool:
        """Return whether a text is a total's label: 合计, 本年支出合计, 十、本年收入合计."""
        numbering = _NUMBERING.match(text)
        return self.totals.row.fullmatch(text, numbering.end() if numbering else 0) is not None

    def _is_own_total(self, label: str, row: Row) -> bool:
        """Return whether a row is the organisation's own total, which some publishers print in place of 合计."""
        if row.ordinal:
            return False
        owners = {normalise_name(o) for o in (self.organisation, self.table.agency) if o}
        return normalise_name(label) in owners


def _is_agency_code(text: str) -> bool:
    return text.isdigit() and len(text) >= SHORTEST_AGENCY_CODE


def _named(cell: Cell | None) -> tuple[str, float]:
    return (printed(cell.text), cell.indent) if cell is not None else ("", 0.0)


def _levels(code: str) -> list[str] | None:
    """Split a whole code into 类, 款 and 项; None where it has no code's length."""
    if len(code) not in (3, 5, 7, 9):
        return None
    return [code[:3]] + [code[i : i + 2] for i in range(3, len(code), 2)]


def _completed(digits: Sequence[str], above: Sequence[str]) -> list[str] | None:
    """Return the levels of a code, empty ones taken from the row above; None where that makes no code.

    Under another 类 the row above has no 款 to give: 201 | blank | 01 below 208 | 05 | 02 is no 2010501.
    """
    padded = [d.zfill(2) if i and len(d) == 1 else d for i, d in enumerate(digits)]  # a spreadsheet ate the zero: 301|2
    levels: list[str] = []
    for index, own in enumerate(padded):
        is_sister = list(above[:index]) == levels
        levels.append(own or (above[index] if is_sister and index < len(above) else ""))
    whole = all(levels) and len(levels[0]) == 3 and all(len(level) == 2 for level in levels[1:])
    return levels if whole else None


def _uncovered(row: Row, first: Column) -> Row:
    """Give a stub the label that starts in the stub before it and runs over both: 公用经费合计."""
    index = first.ordinal
    if index == 0 or first.role == "measure" or row.cells[index] is not None:
        return row
    left = next((c for c in reversed(row.cells[:index]) if c is not None), None)
    if left is None or left.column + left.column_span <= index or is_amount(left.text):
        return row
    return row._replace(cells=(*row.cells[:index], left, *row.cells[index + 1 :]))


def _text(row: Row, index: int) -> str:
    cell = row.cells[index]
    return clean(cell.text) if cell is not None else ""


def _groups(columns: Sequence[Column]) -> list[list[Column]]:
    """Split code columns into classifications: neighbours under one header make one code."""
    groups: list[list[Column]] = []
    for column in columns:
        leaf = column.path[-1] if column.path else ""
        before = groups[-1][-1] if groups else None
        # One cell 科目编码 over three columns, where the row 类 款 项 was no header row, is one code too.
        parts = before is not None and (before.path == column.path or (leaf not in ("类",) and not _whole(leaf)))
        if before is not None and before.ordinal + 1 == column.ordinal and parts:
            groups[-1].append(column)
        else:
            groups.append([column])
    return groups


def _whole(leaf: str) -> bool:
    """Return whether a header means a whole code, not one level of it."""
    return bool(re.search(r"编码|代码", leaf)) and not re.search(r"[类款项]$", leaf)


def _names_agencies(column: Column) -> bool:
    return (
        column.role == "name"
        and bool(column.path)
        and bool(re.search(r"单位|部门", column.path[-1]))
        and "科目" not in column.path[-1]
    )
