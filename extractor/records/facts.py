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
from extractor.vocabulary.document_rules import DocumentRules, LevelWords
from extractor.vocabulary.organisations import OrganisationNames
from extractor.vocabulary.regions import Place
from extractor.vocabulary.vocabulary import Vocabulary

_YEAR_ALONE = re.compile(rf"[(]?({YEAR})年度?[)]?")
_WHOLE_YEAR = re.compile(rf"({YEAR})(?:年度|[(]年度[)])")
_SECTION = re.compile(rf"^(?:{NUMBERING.pattern}|目录|\(.*?\)|{ATTACHMENT}|表[{CHINESE}\d])")
_QUOTED = re.compile(r"《[^》]*》")
COVER_LINES, OPENING_LINES = 5, 30
HEADING_LINES = 8
OPENING_PAGES = 4
COVER_WEIGHT, TITLE_WEIGHT = 100, 2  # a cover outweighs whatever years the text below it mentions


class _Cover(NamedTuple):
    """What a document's first lines say."""

    year: str | None
    name: str | None
    level: OrganisationLevel | None


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
    vocabulary: Vocabulary,
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
    regions, government = vocabulary.regions, vocabulary.documents.government
    cover = _cover(lines, vocabulary)
    year = _year(cover, lines, tables, layouts, vocabulary.documents)
    organisation = _organisation(cover, lines, tables, vocabulary)
    organisation = vocabulary.bodies.whole(organisation) if organisation else None
    level = _level(cover, lines, tables, organisation, vocabulary)
    author = "" if organisation is None or level == "government" else organisation
    region = _region(author, layouts, tables, year, vocabulary)
    if level == "government":
        region = region or regions.whole_of(_row_names(tables), year)
        heading = lines[:HEADING_LINES]
        if any(map(government.smaller.search, heading)):
            organisation = next((line for line in heading if government.township.fullmatch(line)), None)
        else:
            organisation = None if region is None else regions.government_of(region)  # whoever writes its report
    published_in = None if region else regions.region(region_hint, year)
    if published_in is not None:
        region = regions.place(published_in, year)
    return Facts(year, phase, organisation, level, *(region or (None, None)))


def _cover(lines: Sequence[str], vocabulary: Vocabulary) -> _Cover:
    """Read the cover: the first lines alone or joined, as a long name wraps."""
    first = next((i for i, line in enumerate(lines[:COVER_LINES]) if line.startswith("目录")), COVER_LINES)
    for last in range(1, min(first, len(lines)) + 1):
        for start in range(last):
            text = "".join(lines[start:last])
            if found := next(_covers(text, vocabulary), None):
                return found
    return _Cover(None, None, None)


def _covers(text: str, vocabulary: Vocabulary) -> Iterator[_Cover]:
    """Yield what a text says as a cover, by each form that fits."""
    for cover in vocabulary.documents.cover:
        for form in cover.forms:
            match = form.fullmatch(text) if cover.whole else form.match(text)
            if match is None:
                continue
            if _is_name(match["name"], vocabulary.organisations) if cover.whole else not _SECTION.match(text):
                level: OrganisationLevel | None = (
                    None if cover.whole else "department" if match["department"] else "unit"
                )
                yield _Cover(match["year"], match["name"], level)


def _year(
    cover: _Cover,
    lines: Sequence[str],
    tables: Sequence[Table],
    layouts: Sequence[PageLayout],
    rules: DocumentRules,
) -> int | None:
    """Return the year that most of a document speaks of: its cover, its titles, its opening, its newest columns."""
    years: Counter[str] = Counter()
    if cover.year:
        years[cover.year] += COVER_WEIGHT
    heading = rules.year.next.search("".join(map(_without_quoted, lines[:OPENING_LINES])))
    if heading is None and not tables:
        heading = next(filter(None, map(rules.year.heading.fullmatch, lines[:COVER_LINES])), None)
    if heading is not None:
        years[heading[1]] += COVER_WEIGHT
    elif len(tables) == 1 and tables[0].year and tables[0].first_page == 1:
        # A table published alone has no cover: what it begins with is its title.
        years[str(tables[0].year)] += COVER_WEIGHT
        newest = max((c.year for c in tables[0].columns if c.year and c.phase in (None, "budget")), default=None)
        if newest:
            years[str(newest)] += 1
    for table in tables:
        years.update(_years(rules.year.budget, in_figures(table.title), TITLE_WEIGHT))
    for number, line in enumerate(lines):
        years.update(_years(rules.year.budget, line, 1))
        if number < COVER_LINES and (match := _YEAR_ALONE.fullmatch(line)):
            years[match[1]] += COVER_WEIGHT
    if not years:
        for layout in layouts:
            years.update(_WHOLE_YEAR.findall(clean(layout.text)))
    return int(min(years, key=lambda y: (-years[y], -int(y)))) if years else None


def _without_quoted(line: str) -> str:
    """Return a line; of a sentence, without the titles in it, which are of other documents: 批准了《…的报告》，."""
    return _QUOTED.sub("", line) if re.search("[,，。]", line) else line


def _years(budget: re.Pattern[str], text: str, weight: int) -> dict[str, int]:
    return dict.fromkeys(budget.findall(RANGE.sub("", text)), weight) if "年" in text else {}


def _organisation(cover: _Cover, lines: Sequence[str], tables: Sequence[Table], vocabulary: Vocabulary) -> str | None:
    organisations, words = vocabulary.organisations, vocabulary.documents.name
    agencies = Counter(table.agency for table in tables if table.agency)
    if agencies:
        return agencies.most_common(1)[0][0]
    if cover.name and not organisations.is_scrap(cover.name):
        return words.number_before.sub("", cover.name)
    for line in lines[:40]:
        if (match := words.line.search(line)) and _is_name(match[1], organisations):
            return match[1]
    for line in lines[:6]:
        plain = re.sub(rf"^{WITH_WORD}", "", line)
        if _is_name(plain, organisations) and 4 <= len(plain) <= 30 and not _SECTION.match(plain):
            return plain
    return next(_named_in_forms(tables, words.cell_before), None)


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


def _named_in_forms(tables: Iterable[Table], cell_before: re.Pattern[str]) -> Iterator[str]:
    """Yield what forms of a whole department's targets print beside 部门名称."""
    for table in tables:
        for row in table.rows[:4] if table.form else ():
            cells = [clean(c.text) for c in row.cells if c is not None and clean(c.text)]
            for label, value in pairwise(cells):
                if cell_before.fullmatch(label):
                    yield value


def _region(
    author: str, layouts: Sequence[PageLayout], tables: Sequence[Table], year: int | None, vocabulary: Vocabulary
) -> Place | None:
    """Return the region whose budget it is: of the organisation, the heading, the titles, the text; no row names it."""
    texts = [[in_figures(clean(line)) for line in _outside_grids(layout)] for layout in layouts[:OPENING_PAGES]]
    regions, words = vocabulary.regions, vocabulary.documents.government
    outside = [words.dateline.sub("", text) for page in texts for text in page if text]
    if any(map(words.national.match, outside[:HEADING_LINES])):
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
    vocabulary: Vocabulary,
) -> OrganisationLevel | None:
    """Return what a document is of: its cover decides, then its titles, then what its text calls itself."""
    titles, names = "".join(table.title for table in tables), vocabulary.documents.name
    if _is_of_government(cover, lines, tables, vocabulary.organisations):
        return "government"
    if organisation and vocabulary.bodies.is_own(organisation):
        return "unit"
    if cover.level:
        return cover.level
    for where in (titles, "".join(lines)):
        if found := _more_often(where, vocabulary.documents.level):
            return found
    named = [match[1] for line in lines if (match := names.department.match(line))]
    if organisation and names.whole_department in titles:
        named.append(organisation)
    if any(map(vocabulary.organisations.is_organ, named)):
        return "department"  # 单位: stands before the name of a department too, and 单位:个 before what is counted
    return None


def _more_often(text: str, words: LevelWords) -> OrganisationLevel | None:
    """Return of whom a text speaks more often; None where of both alike."""
    units, departments = len(words.unit.findall(text)), len(words.department.findall(text))
    return None if units == departments else "unit" if units > departments else "department"
