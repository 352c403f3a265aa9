"""Document facts: year, phase, organisation and region, from the content and never from the file's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.config import Config
from extractor.grids.grid import PageLayout
from extractor.tables.amounts import clean
from extractor.tables.table import Table

_YEAR = re.compile(r"(20[0-4]\d)年?(?:度|区级|市级|省级|本级|部门|单位|县级|预算|收支|财政|政府)")
_ORGANISATION = re.compile(
    r"(?:(?:预算)?(?:主管部门|单位|部门)|编制(?:单位|部门)|公开(?:单位|部门)|部门\(单位\))(?:名称)?[::]\s*(?!20)([^\s::]{3,40})"
)
_COVER = re.compile(
    r"^([一-鿿()、]{4,40}?)(?:20\d\d年?度?)?(?:本级)?(?:市级|区级|县级|省级)?(部门|单位)(?:综合)?(?:预算|决算)"
)
_ORGANISATION_END = re.compile(
    r"(?:局|委|委员会|厅|院|学校|大学|中心|办公室|所|站|队|会|部|政府|处|馆|办事处|社|团|本级|机关|研究会|联合会|银行|医院|法院|检察院)(?:\([^()]*\))?$"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document says of itself; None where it does not say.

    Attributes:
        fiscal_year: The budget year.
        phase: budget or final_accounts.
        organisation: The organisation's name as printed.
        organisation_level: department, unit or government.
        region_code: Six digits of GB/T 2260 where the region is known.
        region: The region's name.
    """

    fiscal_year: int | None
    phase: str | None
    organisation: str | None
    organisation_level: str | None
    region_code: str | None
    region: str | None


def read_facts(layouts: Sequence[PageLayout], tables: Sequence[Table], config: Config) -> Facts:
    """Read what a document says of itself on its first pages and over its tables."""
    lines = [clean(line) for layout in layouts[:4] for line in layout.text.splitlines()]
    opening = "".join(lines)
    titles = "".join(table.title for table in tables)
    years = Counter(_YEAR.findall(titles) * 2 + _YEAR.findall(opening))
    year = int(min(years, key=lambda y: (-years[y], -int(y)))) if years else None
    phase = None
    if "决算" in opening + titles or "预算" in opening + titles:
        head = "".join(lines[:12]) + titles
        # 一般公共预算 and its like name a fund in final accounts too.
        budgets = len(re.findall(r"(?<!公共)(?<!基金)(?<!经营)(?<!国资)预算", head))
        phase = "final_accounts" if head.count("决算") > budgets else "budget"
    organisation = _organisation(lines, tables)
    region = _region((organisation or "") + "\n" + "".join(lines[:8]), config)
    region = region or _region(opening, config)
    return Facts(year, phase, organisation, _level(opening, titles, organisation), *(region or (None, None)))


def _organisation(lines: Sequence[str], tables: Sequence[Table]) -> str | None:
    agencies = Counter(table.agency for table in tables if table.agency)
    if agencies:
        return re.sub(r"^\d{3,9}[-_]?", "", agencies.most_common(1)[0][0])
    for line in lines[:40]:
        if match := _ORGANISATION.search(line):
            return match[1]
    for index, line in enumerate(lines[:12]):
        plain = re.sub(r"^20\d\d年?度?", "", line)
        if match := _COVER.match(plain):
            return match[1]
        if _ORGANISATION_END.search(plain) and 4 <= len(plain) <= 30 and index < 6:
            return plain
    return None


def _level(opening: str, titles: str, organisation: str | None) -> str | None:
    text = titles + opening
    if (
        re.search(r"(财政预算执行|预算草案|全市(一般公共预算)?收支|政府预算|财政总决算)", text)
        and "部门预算" not in text
    ):
        return "government"
    units = len(re.findall(r"预算单位|单位预算|单位决算|本单位", text))
    departments = len(re.findall(r"部门预算|部门决算|本部门|主管部门", text))
    if units == departments == 0:
        return None
    if organisation and re.search(r"\(本级\)$|本级$", organisation):
        return "unit"
    return "unit" if units > departments else "department"


def _region(text: str, config: Config) -> tuple[str, str] | None:
    """Return (code, name) of the most narrow region that a text names."""
    best: tuple[int, str, str] | None = None
    for region in config.regions:
        short = region.name.removesuffix("市") if len(region.name) > 2 else region.name
        hit = region.name in text or (
            region.name.startswith("上海市") and len(region.name) > 3 and region.name[3:] in text and "上海" in text
        )
        weight = (
            2 * len(region.name) if hit else (len(short) if short in text and not region.code.endswith("0000") else 0)
        )
        narrow = weight + (0 if region.code.endswith("0000") else 3)
        if weight and (best is None or narrow > best[0]):
            best = (narrow, region.code, region.name)
    return (best[1], best[2]) if best else None
