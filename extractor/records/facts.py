"""Document facts: year, phase, organisation and region, from the content and never from the file's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, NamedTuple

from extractor.contract import Described, DocumentPhase, Int16, OrganisationLevel, Publication
from extractor.grids.grid import PageLayout
from extractor.notation.numbering import ATTACHMENT, CHINESE, NUMBERING
from extractor.notation.text import clean
from extractor.notation.years import RANGE, WITH_WORD, YEAR, in_figures
from extractor.tables.table import Table
from extractor.vocabulary.organisations import OrganisationNames
from extractor.vocabulary.regions import Place, RegionNames

_YEAR = re.compile(rf"({YEAR})年(?=.{{0,30}}?(?:预算|决算|年度|收支|财政))")
_YEAR_ALONE = re.compile(rf"[(]?({YEAR})年度?[)]?")
_WHOLE_YEAR = re.compile(rf"({YEAR})(?:年度|[(]年度[)])")
_ORGANISATION = re.compile(
    r"(?:(?:预算)?(?:主管部门|单位|部门)|编制(?:单位|部门)|公开(?:单位|部门)|部门\(单位\))(?:名称)?[::]\s*(?!20)([^\s::]{3,40})"
)
_DEPARTMENT = re.compile(r"(?:编制)?部门(?:名称)?[::](.+?)(?:(?:金额)?单位[::].*)?$")
# A cover: 2026年度福州市公安局单位预算, or 福州市公安局2026年度单位预算, over one line or some.
_COVERS = (
    re.compile(
        rf"(?P<year>{YEAR})年度?(?P<name>[一-鿿()、\d“”·]{{3,40}}?)(?:市级|区级|县级|省级)?(?P<level>部门|单位)(?:综合)?(?:预算|决算)"
    ),
    re.compile(
        rf"(?P<name>[一-鿿()、\d“”·]{{3,40}}?)(?P<year>{YEAR})年度?(?:市级|区级|县级|省级|本级)?(?P<level>部门|单位)(?:综合)?(?:预算|决算)"
    ),
)
_ABOUT = "(?:信息)?(?:公开)?(?:目录|(?:情况)?说明|报告)?"
# Without those words it is one where the name is an organisation's: 2018年度江苏省高级人民法院预算公开.
_PLAIN_COVERS = (
    re.compile(rf"(?P<year>{YEAR})年度?(?P<name>[一-鿿()“”·]{{4,40}}?)(?:预算|决算){_ABOUT}"),
    re.compile(rf"(?P<name>[一-鿿()“”·]{{4,40}}?)(?P<year>{YEAR})年度?(?:预算|决算){_ABOUT}"),
)
_SECTION = re.compile(rf"^(?:{NUMBERING.pattern}|目录|\(.*?\)|{ATTACHMENT}|表[{CHINESE}\d])")
_NUMBER_BEFORE = re.compile(r"^(?:.*\d{5,}|\d+)")  # of the page, or of the document: 监督索引号53000100100000
_SUMMED = re.compile(r"\((?:汇总|部门汇总|含下属单位)\)$")
_KEY = re.compile(r"(?:部门|单位|部门\(单位\)|单位\(部门\))名称")
# What came of one year, and what the next is to bring: the report is about the next.
_NEXT_YEAR = re.compile(
    rf"{YEAR}年[^。]{{0,60}}?执行情况[^。]{{0,12}}?[和与及暨、][^。]{{0,12}}?({YEAR})年[^。]{{0,40}}?(?:预算|计划|草案|安排)"
)
# A text's own title: 关于2022年某省省级一般公共预算支出. A sentence has commas, and most often a figure.
_HEADING = re.compile(rf"(?:关于)?[一-鿿]{{0,15}}?({YEAR})年[^\d,，。;；:：]{{2,40}}")
# A report of a township or a zone, which the list of regions has not: 东平镇2023年预算执行情况, and what its text calls itself.
_TOWNSHIP = re.compile(
    rf"[镇乡](?:人民政府|{YEAR}年)|[全我本][镇乡](?!村)"
    rf"|(?:高新|经开|开发|保税|示范|产业|工业)区(?:[(][^()]*[)])?(?:管委会|管理委员会)?{YEAR}年"
)
_TOWNSHIP_NAME = re.compile(r"[一-鿿]{2,20}[镇乡]人民政府")
# Whose money no region's is: 关于2023年中央对地方转移支付预算的说明.
_NATIONAL = re.compile(rf"(?:国务院|财政部)?(?:关于)?(?:{YEAR}年度?)?(?:中央(?!财政.*(?:资金|补助))|全国)[^，。,]*$")
_QUOTED = re.compile(r"《[^》]*》")
_DATELINE = re.compile(r"[一-鿿]{2,10}?\d{1,2}月\d{1,2}日(?:电|讯)")  # where a newspaper wrote: 本报北京10月31日电
COVER_LINES, OPENING_LINES = 5, 30
HEADING_LINES = 8
OPENING_PAGES = 4
COVER_WEIGHT, TITLE_WEIGHT = 100, 2  # a cover outweighs whatever years the text below it mentions


class _Cover(NamedTuple):
    """What a document's first lines say."""

    year: str | None
    name: str | None
    level: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document says of itself, None where it does not say: columns of `documents`."""

    fiscal_year: Annotated[
        Int16 | None, Described("The budget year; null where the document does not say.", 2026, unit="calendar year")
    ]
    phase: Annotated[
        DocumentPhase | None,
        Described(
            "Whether it is a budget (预算) or final accounts (决算); null where it calls itself neither.", "budget"
        ),
    ]
    organisation: Annotated[str | None, Described("Whose budget it is, as printed.", "福州市公安局")]
    organisation_level: Annotated[
        OrganisationLevel | None,
        Described("A department with its units (部门), one unit (单位, 本级), or a government.", "department"),
    ]
    region_code: Annotated[
        str | None,
        Described(
            "The region's code of GB/T 2260; of a document that names none, that of the source it was fetched from.",
            "350100",
            values="6 digits, of `configs/codes/regions.csv`",
        ),
    ]
    region: Annotated[str | None, Described("The region's name.", "福州市")]
    publication: Annotated[
        Publication | None,
        Described(
            "What the document is, by the words of its title; `other` is no budget (工作总结, 管理办法, 政府信息公开年报): its "
            "tables have no `table_type`, its figures no `amount`. Null where no words decide.",
            "unit_budget",
        ),
    ] = field(default=None, compare=False)  # another reader's lines decide it in other words
    publication_words: Annotated[
        str | None,
        Described(
            "The words that decided `publication`: its title, or else that of a table.", "福州市公安局2026年度单位预算"
        ),
    ] = field(default=None, compare=False)


def read_facts(
    layouts: Sequence[PageLayout],
    tables: Sequence[Table],
    phase: DocumentPhase | None,
    regions: RegionNames,
    organisations: OrganisationNames,
    region_hint: str | None = None,
) -> Facts:
    """Read what a document says of itself on its first pages, over its tables and in their headers, beside its phase.

    Where it names no region, that of its publisher stands for it.
    """
    lines = [
        in_figures(clean(line))
        for layout in layouts[:OPENING_PAGES]
        for line in layout.text.splitlines()
        if line.strip()
    ]
    cover = _cover(lines, organisations)
    year = _year(cover, lines, tables, layouts)
    organisation = _organisation(cover, lines, tables, organisations)
    organisation = _SUMMED.sub("", organisation) if organisation else None
    level = _level(cover, lines, tables, organisation, organisations)
    author = "" if organisation is None or level == "government" else organisation
    region = _region(author, layouts, tables, year, regions)
    if level == "government":
        region = region or regions.whole_of(_row_names(tables), year)
        township = next(filter(_TOWNSHIP.search, lines[:HEADING_LINES]), None)
        if township is not None:
            organisation = next((m[0] for m in map(_TOWNSHIP_NAME.fullmatch, lines[:HEADING_LINES]) if m), None)
        else:
            organisation = None if region is None else regions.government_of(region)  # whoever writes its report
    published_in = None if region else regions.region(region_hint, year)
    if published_in is not None:
        region = regions.place(published_in, year)
    return Facts(year, phase, organisation, level, *(region or (None, None)))


def _cover(lines: Sequence[str], organisations: OrganisationNames) -> _Cover:
    """Read the cover: the first lines alone or joined, as a long name wraps."""
    first = next((i for i, line in enumerate(lines[:COVER_LINES]) if line.startswith("目录")), COVER_LINES)
    for last in range(1, min(first, len(lines)) + 1):
        for start in range(last):
            text = "".join(lines[start:last])
            for pattern in _COVERS:
                match = pattern.match(text)
                if match and not _SECTION.match(text):
                    return _Cover(match["year"], match["name"], match["level"])
            for pattern in _PLAIN_COVERS:
                match = pattern.fullmatch(text)
                if match and _is_name(match["name"], organisations):
                    return _Cover(match["year"], match["name"], None)
    return _Cover(None, None, None)


def _year(cover: _Cover, lines: Sequence[str], tables: Sequence[Table], layouts: Sequence[PageLayout]) -> int | None:
    """Return the year that most of a document speaks of: its cover, its titles, its opening, its newest columns."""
    years: Counter[str] = Counter()
    if cover.year:
        years[cover.year] += COVER_WEIGHT
    heading = _NEXT_YEAR.search("".join(map(_without_quoted, lines[:OPENING_LINES])))
    if heading is None and not tables:
        heading = next(filter(None, map(_HEADING.fullmatch, lines[:COVER_LINES])), None)
    if heading is not None:
        years[heading[1]] += COVER_WEIGHT
    elif len(tables) == 1 and tables[0].year and tables[0].first_page == 1:
        # A table published alone has no cover: what it begins with is its title.
        years[str(tables[0].year)] += COVER_WEIGHT
        newest = max((c.year for c in tables[0].columns if c.year and c.phase in (None, "budget")), default=None)
        if newest:
            years[str(newest)] += 1
    for table in tables:
        years.update(_years(in_figures(table.title), TITLE_WEIGHT))
    for number, line in enumerate(lines):
        years.update(_years(line, 1))
        if number < COVER_LINES and (match := _YEAR_ALONE.fullmatch(line)):
            years[match[1]] += COVER_WEIGHT
    if not years:
        for layout in layouts:
            years.update(_WHOLE_YEAR.findall(clean(layout.text)))
    return int(min(years, key=lambda y: (-years[y], -int(y)))) if years else None


def _without_quoted(line: str) -> str:
    """Return a line; of a sentence, without the titles in it, which are of other documents: 批准了《…的报告》，."""
    return _QUOTED.sub("", line) if re.search("[,，。]", line) else line


def _years(text: str, weight: int) -> dict[str, int]:
    return dict.fromkeys(_YEAR.findall(RANGE.sub("", text)), weight) if "年" in text else {}


def _organisation(
    cover: _Cover, lines: Sequence[str], tables: Sequence[Table], organisations: OrganisationNames
) -> str | None:
    agencies = Counter(table.agency for table in tables if table.agency)
    if agencies:
        return agencies.most_common(1)[0][0]
    if cover.name and not organisations.is_scrap(cover.name):
        return _NUMBER_BEFORE.sub("", cover.name)
    for line in lines[:40]:
        if (match := _ORGANISATION.search(line)) and _is_name(match[1], organisations):
            return match[1]
    for line in lines[:6]:
        plain = re.sub(rf"^{WITH_WORD}", "", line)
        if _is_name(plain, organisations) and 4 <= len(plain) <= 30 and not _SECTION.match(plain):
            return plain
    return next(_named_in_forms(tables), None)


def _is_name(text: str, organisations: OrganisationNames) -> bool:
    return organisations.ends_in(text) and not organisations.is_scrap(text)


def _is_of_government(
    cover: _Cover, lines: Sequence[str], tables: Sequence[Table], organisations: OrganisationNames
) -> bool:
    """Return whether a book is a whole government's: most titles of its tables say so, else its heading."""
    if cover.level:
        return False
    titles = [clean(table.title) for table in tables]
    of_government = sum(map(organisations.is_of_government, titles))
    of_departments = sum(map(organisations.is_of_department, titles))
    if of_government or of_departments:
        return of_government > of_departments
    return organisations.is_of_government("".join(lines[:HEADING_LINES]))


def _named_in_forms(tables: Iterable[Table]) -> Iterator[str]:
    """Yield what forms of a whole department's targets print beside 部门名称."""
    for table in tables:
        for row in table.rows[:4] if table.form else ():
            cells = [clean(c.text) for c in row.cells if c is not None and clean(c.text)]
            for key, value in pairwise(cells):
                if _KEY.fullmatch(key):
                    yield value


def _region(
    author: str, layouts: Sequence[PageLayout], tables: Sequence[Table], year: int | None, regions: RegionNames
) -> Place | None:
    """Return the region whose budget it is: of the organisation, the heading, the titles, the text; no row names it."""
    texts = [[in_figures(clean(line)) for line in _outside_grids(layout)] for layout in layouts[:OPENING_PAGES]]
    outside = [_DATELINE.sub("", text) for page in texts for text in page if text]
    if any(map(_NATIONAL.match, outside[:HEADING_LINES])):
        return None
    heading = "".join(outside[:HEADING_LINES])
    titles = "\n".join(clean(table.title) for table in tables)
    if found := regions.find(f"{author}\n{heading}", year) or regions.find(titles, year):
        return found
    return regions.find("\n".join(outside), year, short=False)


def _outside_grids(layout: PageLayout) -> list[str]:
    return [line.text for line in layout.lines] if layout.grids else layout.text.splitlines()


def _row_names(tables: Iterable[Table]) -> Iterator[str]:
    for table in tables:
        for column in table.columns:
            if column.role == "name":
                yield from (clean(cell.text) for row in table.rows if (cell := row.cells[column.ordinal]) is not None)


def _level(
    cover: _Cover,
    lines: Sequence[str],
    tables: Sequence[Table],
    organisation: str | None,
    organisations: OrganisationNames,
) -> OrganisationLevel | None:
    """Return what a document is of: its cover decides, then its titles, then what its text calls itself."""
    titles, opening = "".join(table.title for table in tables), "".join(lines)
    if _is_of_government(cover, lines, tables, organisations):
        return "government"
    if organisation and re.search(r"\(本级\)$|本级$", organisation):
        return "unit"
    words: dict[str, OrganisationLevel] = {"部门": "department", "单位": "unit"}
    if cover.level:
        return words[cover.level]
    for where in (titles, opening):
        units = len(re.findall(r"预算单位|单位(?:综合)?(?:预算|决算|收|支)|本单位", where))
        departments = len(re.findall(r"部门(?:综合)?(?:预算|决算|收|支)|本部门", where))
        if units != departments:
            return "unit" if units > departments else "department"
    names = [match[1] for line in lines if (match := _DEPARTMENT.match(line))]
    if organisation and "部门整体支出" in titles:
        names.append(organisation)
    if any(map(organisations.is_organ, names)):
        return "department"  # 单位: stands before the name of a department too, and 单位:个 before what is counted
    return None
