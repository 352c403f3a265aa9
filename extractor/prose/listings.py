"""Read what sections list: duties, units, terms, assets and projects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from extractor.contract import AssetKind, Described, EntryKind, SectionOrdinal
from extractor.notation.numbering import NUMBERING
from extractor.notation.text import fold
from extractor.notation.years import YEAR
from extractor.prose.paragraphs import Paragraph
from extractor.prose.sections import Section
from extractor.vocabulary.organisations import OrganisationNames
from extractor.vocabulary.phrases import Phrases

_TERM = re.compile(
    r"^(?P<term>[^：:。；]{2,90}?)(?:[：:、，]?\s?(?:是指|指的是|指|反映)|[：:]\s?(?:是指|是|指)?)\s?(?P<definition>.+)",
    re.DOTALL,
)
_LIST_OF_UNITS = re.compile(
    r"(?:分别(?:是|为)|具体包括|下属单位(?:具体)?包括|单位包括|包括下属|所属事业单位|分别)[：:]"
)
_INNER = re.compile(r"内设|处室|科室|机构包括|职能处|个处|派出|机关设")
_OWNER = re.compile(r"^.*(?:直属|下属|所属)单位(?:有|为|包括)?")
_ASSET_COUNT = re.compile(r"(\d{1,6})\s?(辆|台\(套\)|台/套|台\(件、套\)|台件|台套|台|件|套)")
_CLAUSE = re.compile(r"[，。；、:：]|(?<!万元)\((?!套|含|不含|件)")
_THRESHOLD = re.compile(r"单(?:位)?(?:价值|价)(?:在)?\s?(\d+)\s?万元?(?:[(（]含[)）])?(?:及)?以上")
_PLANNED = re.compile(r"购置|拟新增|新增配(?:置|备)|更新|计划")
_DATE = re.compile(rf"截[至止]\s?({YEAR}年(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?|上年)(?:底|末)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a list: a duty, a unit, a number of units, or a term; a row of `entries`."""

    kind: Annotated[EntryKind, Described("What is listed: a duty, a unit, a number of units, a term.", "term")]
    section: SectionOrdinal
    ordinal: Annotated[int, Described("Its place among the document's entries.", 1, unit="ordinal, from 1")]
    number: Annotated[str, Described("Its numbering as printed; empty where there is none.", "（一）")]
    name: Annotated[str, Described("The term, or the unit's name; empty for a duty.", "机关运行经费")]
    text: Annotated[
        str, Described("The duty, the definition, or the words around a unit.", "指行政单位使用财政拨款安排的公用经费")
    ]
    category: Annotated[
        str | None,
        Described(
            "Of units: 行政, 参公 or 事业, where it is said.",
            "public_institution",
            values="a [kind of unit](#kinds-of-units)",
        ),
    ]
    count: Annotated[int | None, Described("Of a `unit_count`: how many.", 4, unit="units")]
    page: Annotated[int, Described("The page that it begins on.", 2, unit="ordinal, from 1")]
    start: Annotated[
        int | None,
        Described(
            "Offset into that page's text; null where the page's stream does not run so.", 120, unit="characters"
        ),
    ]


@dataclass(frozen=True, slots=True)
class Asset:
    """A number of vehicles or of pieces of equipment; a row of `assets`."""

    section: SectionOrdinal
    ordinal: Annotated[int, Described("Its place among the document's assets.", 1, unit="ordinal, from 1")]
    kind: Annotated[AssetKind, Described("What is counted.", "vehicle")]
    label: Annotated[str, Described("What they are, as printed; 车辆 for all vehicles.", "机要通信用车")]
    is_total: Annotated[bool, Described("All vehicles, of which others are a part.", False)]
    planned: Annotated[bool, Described("To be bought, not held.", False)]
    count: Annotated[int, Described("How many.", 46, unit="what `unit` says")]
    unit: Annotated[str, Described("What they are counted in, as printed.", "辆", values="辆, 台, 件, 套, 台(套) …")]
    threshold: Annotated[
        int | None,
        Described(
            "The value of one from which equipment counts (单价); null where none is said.",
            100,
            unit="ten thousand yuan (万元)",
        ),
    ]
    as_of: Annotated[str | None, Described("The date for which it is said, as printed.", "2025年12月31日")]
    page: Annotated[int, Described("The page that its sentence begins on.", 9, unit="ordinal, from 1")]
    start: Annotated[
        int | None,
        Described(
            "Offset of the sentence into that page's text; null where the page's stream does not run so.",
            88,
            unit="characters",
        ),
    ]
    text: Annotated[str, Described("The sentence as printed.", "本部门共有车辆46辆，其中，一般公务用车46辆。")]


@dataclass(frozen=True, slots=True)
class Project:
    """What 项目经费情况说明 says of one project; a row of `projects`, texts as printed, null where a part is missing."""

    section: SectionOrdinal
    ordinal: Annotated[int, Described("Its place among the document's projects.", 1, unit="ordinal, from 1")]
    name: Annotated[str | None, Described("The project, where a heading names it.", "信息系统运行维护")]
    overview: Annotated[str | None, Described("项目概况.", "保障信息系统日常运行。")]
    basis: Annotated[str | None, Described("立项依据.", "《上海市预算绩效管理实施办法》")]
    implementing_unit: Annotated[str | None, Described("实施主体.", "办公室、预算科")]
    plan: Annotated[str | None, Described("实施方案.", "根据合同有序推进。")]
    period: Annotated[str | None, Described("实施周期.", "2025年1月1日至2025年12月31日")]
    budget: Annotated[str | None, Described("年度预算安排.", "信息化系统日常维护费166.66万元。")]
    targets: Annotated[str | None, Described("绩效目标.", "详见单位的项目绩效目标表")]
    page: Annotated[int, Described("The page that its first part begins on.", 17, unit="ordinal, from 1")]


def read_entries(sections: Sequence[Section], words: Phrases, organisations: OrganisationNames) -> list[Entry]:
    """Return duties, units and terms in reading order."""
    found: list[Entry] = []
    for section in sections:
        if section.kind == "duties":
            found += _duties(section)
        elif section.kind == "organisation":
            found += _units(section, words, organisations)
        elif section.kind == "terms":
            found += _terms(section)
    return [replace(entry, ordinal=n) for n, entry in enumerate(found, start=1)]


def _duties(section: Section) -> Iterator[Entry]:
    for paragraph in section.paragraphs:
        number = NUMBERING.match(paragraph.text)
        if number and len(paragraph.text) > number.end() + 3 and not number[0].startswith("第"):
            yield _entry("duty", section, paragraph, number[0], "", paragraph.text[number.end() :].strip())


def _terms(section: Section) -> Iterator[Entry]:
    """Yield terms; a paragraph without a definition continues the term before it."""
    open_term: Entry | None = None
    for paragraph in section.paragraphs:
        number = NUMBERING.match(paragraph.text)
        body = paragraph.text[number.end() :] if number else paragraph.text
        match = _TERM.match(body.lstrip("、"))
        if match and (number or not match["term"].startswith(("其中", "包括", "具体"))):
            if open_term:
                yield open_term
            term = match["term"].strip("、 ")
            open_term = _entry(
                "term", section, paragraph, number[0] if number else "", term, match["definition"].strip()
            )
        elif open_term:
            open_term = replace(open_term, text=open_term.text + paragraph.text)
    if open_term:
        yield open_term


def _units(section: Section, words: Phrases, organisations: OrganisationNames) -> Iterator[Entry]:
    """Yield numbers of units by kind, and the units that a list names: one a paragraph, or separated by 、."""
    for paragraph in section.paragraphs:
        number = NUMBERING.match(paragraph.text)
        body = paragraph.text[number.end() :] if number else paragraph.text
        name = body.strip(" 。；;")
        if number and organisations.ends_in(fold(name)) and len(name) <= 50 and not re.search(r"[，。：:；]", name):
            yield _entry("unit", section, paragraph, number[0], name, paragraph.text)
            continue
        yield from _counts(section, paragraph, words)
        listed = _LIST_OF_UNITS.search(paragraph.text)
        if listed and not _INNER.search(paragraph.text[: listed.start()].rpartition("。")[2]):
            rest = re.split(r"[。；;]", paragraph.text[listed.end() :])[0]
            for part in (_OWNER.sub("", text) for text in _split(rest)):
                if organisations.ends_in(fold(part)) and 4 <= len(part) <= 50:
                    yield _entry("unit", section, paragraph, "", part, rest)


def _split(text: str) -> Iterator[str]:
    """Yield the parts of a text between separators outside brackets."""
    depth, part = 0, ""
    for char in text:
        depth += (char in "（(") - (char in "）)")
        if char in "、，," and depth <= 0:
            yield part.strip()
            part = ""
        else:
            part += char
    yield part.strip()


def _counts(section: Section, paragraph: Paragraph, words: Phrases) -> Iterator[Entry]:
    """Yield 行政单位1家，参公单位1家，事业单位4家."""
    for phrase in words.unit_kinds:
        for match in re.finditer(
            rf"(?:{phrase.pattern.pattern})[^，。；、\d]{{0,4}}(\d{{1,4}})\s?[家个]", paragraph.text
        ):
            before = paragraph.text[max(0, match.start() - 4) : match.start()]
            if phrase.id == "public_institution" and re.search(r"参公|管理的?$", before):
                continue
            entry = _entry("unit_count", section, paragraph, "", "", match[0])
            yield replace(entry, category=phrase.id, count=int(match[1]))


def _entry(kind: EntryKind, section: Section, paragraph: Paragraph, number: str, name: str, text: str) -> Entry:
    span = paragraph.span(0, len(paragraph.text))
    return Entry(kind, section.ordinal, 0, number, name, text, None, None, span.page, span.start)


def read_assets(sections: Sequence[Section]) -> list[Asset]:
    """Return the vehicles and the equipment that the sections on 国有资产 count."""
    found: list[Asset] = []
    for section in sections:
        if section.kind == "assets":
            for paragraph in section.paragraphs:
                found += _assets(section, paragraph)
    return [replace(asset, ordinal=n) for n, asset in enumerate(found, start=1)]


def _assets(section: Section, paragraph: Paragraph) -> Iterator[Asset]:
    start = 0
    as_of: str | None = None
    for sentence in re.split(r"(?<=。)", paragraph.plain):
        date = _DATE.search(sentence)
        as_of = date[1] if date else as_of
        planned = _PLANNED.search(sentence) is not None and not date
        for match in _ASSET_COUNT.finditer(sentence):
            clause = _CLAUSE.split(sentence[: match.start()])[-1]
            asset = _asset(section, paragraph, clause, match, planned, None if planned else as_of)
            if asset is not None:
                span = paragraph.span(start, start + len(sentence))
                yield replace(
                    asset, page=span.page, start=span.start, text=paragraph.text[start : start + len(sentence)]
                )
        start += len(sentence)


def _asset(
    section: Section, paragraph: Paragraph, clause: str, match: re.Match[str], planned: bool, as_of: str | None
) -> Asset | None:
    """Return the asset that a clause counts; None where it is neither vehicles nor equipment."""
    label = re.sub(r"^.*?(?:共有|拥有|购置|新增配置|其中|有(?=公务|车)|为(?=车))", "", clause).strip("的为,，: )")
    threshold = _THRESHOLD.search(clause)
    if match[2] == "辆" or "车" in label.replace("不含车辆", ""):
        kind: AssetKind = "vehicle"
        whole = re.fullmatch(r"(?:公务|机动)?(?:用)?车辆?", label) is not None or not label
        label = label or "车辆"
    elif "设备" in clause:
        kind, whole = "equipment", False
        label = re.sub(r"^.*?(?=单(?:位)?价|专用|通用|设备)", "", clause, count=1)
    else:
        return None
    plain = threshold and int(threshold[1])
    return Asset(
        section.ordinal,
        0,
        kind,
        label.strip(" ,"),
        whole,
        planned or _PLANNED.search(clause) is not None,
        int(match[1]),
        match[2],
        plain or None,
        as_of,
        paragraph.page,
        None,
        "",
    )


def read_projects(sections: Sequence[Section], words: Phrases) -> list[Project]:
    """Return the projects that the sections on 项目经费 describe; a repeated part begins the next project."""
    found: list[Project] = []
    current: dict[str, str] = {}
    name: str | None = None
    opened: Section | None = None
    for section in sections:
        part = words.part(section.title) if section.kind == "projects" and section.level > 1 else None
        if part is None:
            found += _project(opened, name, current)
            current, opened = {}, None
            name = _project_name(section) if section.kind == "projects" else None
            continue
        if part in current:
            found += _project(opened, name, current)
            current, opened, name = {}, None, None
        opened = opened or section
        current[part] = section.text
    found += _project(opened, name, current)
    return [replace(project, ordinal=n) for n, project in enumerate(found, start=1)]


def _project_name(section: Section) -> str | None:
    """Return the name of a project in a heading; None for 项目经费情况说明 alone."""
    title = re.sub(r"(?:项目)?(?:经费)?(?:预算)?(?:情况)?(?:说明)?$", "", section.title)
    return title.strip("“”《》 ") or None


def _project(section: Section | None, name: str | None, parts: dict[str, str]) -> Iterator[Project]:
    if section is None or not parts:
        return
    yield Project(
        section.ordinal,
        0,
        name,
        parts.get("overview"),
        parts.get("basis"),
        parts.get("implementing_unit"),
        parts.get("plan"),
        parts.get("period"),
        parts.get("budget"),
        parts.get("targets"),
        section.page,
    )
