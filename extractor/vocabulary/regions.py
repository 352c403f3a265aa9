"""Divisions of county level and above since 1981, and which of them a text or a row's label names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from extractor.vocabulary.code_lists import read_code_list
from extractor.vocabulary.label_rules import RegionLabels

COLUMNS = "code,name,level,first_year,last_year,successors"
RegionLevel = Literal["province", "prefecture", "county"]
LEVELS: tuple[RegionLevel, ...] = get_args(RegionLevel)
_INCLUDED = re.compile(r"[(（](?:含|包括)[^()（）]*[)）]$")
TOTAL = re.compile("[合总小共]计$")
# The number and the year that a title begins with: §1 2021年, 2021年和2022年.
_BEFORE_NAME = re.compile(r"(?:[^一-鿿]*[和及至]?[^一-鿿]*年[度末初]?)?(?:[和及至]\d+年度?)?[^一-鿿]*")
STANDING = 9999  # the last year of a division that is in force


class Region(NamedTuple):
    """A division over the years in which it has this name and this code.

    Attributes:
        code: Six digits of GB/T 2260.
        name: Its own: 普陀区, of which there are two.
        level: province, prefecture or county.
        first: The year that it came into force.
        last: The year that it ended in; STANDING where it has not.
        successors: The codes of those that it went into as a whole.
    """

    code: str
    name: str
    level: RegionLevel
    first: int
    last: int = STANDING
    successors: tuple[str, ...] = ()

    def holds(self, other: Region) -> bool:
        """Return whether another is this one or lies in it: codes hold those that begin as they do."""
        return other.code.startswith(self.code[: 2 * (LEVELS.index(self.level) + 1)])


class Place(NamedTuple):
    """A division as the datasets name it: 上海市普陀区, 长沙市."""

    code: str
    name: str


class _Mention(NamedTuple):
    start: int
    end: int
    regions: Sequence[Region]


def read_regions(path: Path) -> tuple[Region, ...]:
    """Read `configs/codes/regions.csv`.

    Raises:
        ConfigError: The file is missing, or one of its lines is no division; the message names it.
    """
    return tuple(read_code_list(path, _region, "a division", COLUMNS))


def _region(code: str, name: str, level: str, first: str, last: str, successors: str) -> Region:
    if not re.fullmatch(r"\d{6}", code):
        raise ValueError(f'code "{code}" has not six digits')
    known = next((one for one in LEVELS if one == level), None)
    if known is None:
        raise ValueError(f'level "{level}" is not one of {", ".join(LEVELS)}')
    whole = tuple(c for c in successors.split() if "[" not in c)  # 310115[1992] took but a part of it
    return Region(code, name, known, int(first), int(last or STANDING), whole)


class RegionNames:
    """Knows what texts call the divisions."""

    def __init__(self, regions: Sequence[Region], labels: RegionLabels) -> None:
        """Compile the names: 红河哈尼族彝族自治州 is 红河州 too, and 红河 in short."""
        ends = "|".join(sorted(labels.ends, key=len, reverse=True))
        self._form = re.compile(rf"(.{{2,}}?)({'|'.join(labels.peoples)})*({ends})")
        self._inside_word, self._of_another = labels.inside_word, labels.of_another
        self._before, self._of_city, self._of_whole = labels.before, labels.of_city, labels.of_whole
        self._behind = re.compile(labels.behind)
        self._governments = labels.governments
        self._in_title, self._not_in_title = labels.in_title, labels.not_in_title
        whole, level, behind = labels.all_of, labels.level, labels.behind
        self._level = re.compile(rf"(?:{whole})({level})(?:{behind})|({level})(?!$)(?:{behind})")
        self._codes: dict[str, list[Region]] = defaultdict(list)
        self._full: dict[str, list[Region]] = defaultdict(list)
        self._short: dict[str, list[Region]] = defaultdict(list)
        for region in regions:
            self._codes[region.code].append(region)
            names, short = self._names_of(region)
            for name in names:
                self._full[name].append(region)
            if short is not None:
                self._short[short].append(region)
        self._begins = self._by_beginning()
        self._beginning = re.compile(f"[{''.join(sorted({start[0] for start in self._begins}))}]")

    def find(self, text: str, year: int | None, *, short: bool = True) -> Place | None:
        """Return the division that a text names first, and as narrowly as it goes on: 江苏省苏州市财政局.

        Of several with one name, it is the one in a division that the text names too, else none of them.

        Args:
            text: Without blanks.
            year: Only divisions that are in force then; None: today.
            short: Whether provinces and prefectures without their last word count too: 长沙, 内蒙古.
        """
        mentions = list(self._mentions(text, short))
        found: Region | None = None
        end = -1
        for mention in mentions:
            if found is None:
                found = self._one(mention.regions, year) or self._in_others(mention, mentions, year)
            elif mention.start == end and (narrower := self._one(mention.regions, year, found)):
                found = narrower
            else:
                break
            end = mention.end
        return None if found is None else self.place(found, year)

    def government_of(self, place: Place) -> str:
        """Return the name of a division's government: 长沙市人民政府, 锡林郭勒盟行政公署."""
        return place.name + next(name for end, name in self._governments.items() if place.name.endswith(end))

    def behind(self, name: str, place: Place) -> str | None:
        """Return what an organisation's name says behind its region's, which it may leave out; None where it names another.

        A name in short is a part of the organisation's own: 广州图书馆 is not 广州市图书馆.

        Args:
            name: Without blanks: 上海市普陀区财政局, 普陀区财政局, 财政局.
            place: The organisation's region.
        """
        mentions = list(self._mentions(name, short=True))
        end = 0
        for mention in mentions:
            if mention.start != end:
                break
            end = mention.end
            full = self._full.get(name[mention.start : end], ())
            if any(region.code == place.code for region in full):
                return name[end:] or None
        return None if mentions else name

    def of_row(self, label: str, year: int | None, home: Region | None, city: Region | None) -> Region | None:
        """Return whose figures a row of a table by region has; None where it may be several, or none that there is.

        Args:
            label: Without blanks.
            year: The document's.
            home: The division that the table is about, which holds all of its rows.
            city: The last division above the row that holds others: 市本级 is its own level, 朝阳区 lies in it.
        """
        named = self.named_in_row(label, year, home, city)
        if named is not None:
            return named
        plain = self._plain(label)
        if self._of_city.fullmatch(plain):
            return city or home
        if self._of_whole.fullmatch(plain):
            return home
        word = self._level.fullmatch(plain)
        ends = next(filter(None, word.groups())) if word else ""
        return next((r for r in (city, home) if r is not None and ends and r.name.endswith(ends)), None)

    def named_in_row(self, label: str, year: int | None, home: Region | None, city: Region | None) -> Region | None:
        """Return the division that a row's label names: 长沙市, 其中:长沙市本级, 长沙市芙蓉区."""
        plain = self._plain(label)
        if plain[:2] not in self._begins:  # hardly a label is any
            return None
        short = self._short if home is not None else {}  # 公安 is no county where nothing says that it is in 湖北
        for end in range(len(plain), 1, -1):
            regions = self._full.get(plain[:end]) or short.get(plain[:end])
            if regions is None:
                continue
            region = self._in_either(regions, year, home, city)
            if region is not None and self._behind.fullmatch(plain, end):
                return region
            if region is not None and (inner := self.named_in_row(plain[end:], year, region, None)) not in (
                None,
                region,
            ):
                return inner
        return None

    def is_whole(self, label: str, region: Region) -> bool:
        """Return whether a row's label is a division's name and no more, but for a word for a total: 长沙市, 芙蓉区合计.

        长沙市示例医院 and 长沙市区县合计 begin with one.
        """
        plain = TOTAL.sub("", self._plain(label))
        ends = (end for end in range(len(plain) - 1) if not end or plain[:end] in self._full)  # 长沙市芙蓉区
        named = (r for end in ends for known in (self._full, self._short) for r in known.get(plain[end:], ()))
        return any(region.code == r.code or region.code in r.successors for r in named)

    def is_sum(self, label: str) -> bool:
        """Return whether a row's label says no more than that it sums the rows beside it: 合计."""
        return TOTAL.fullmatch(self._plain(label)) is not None

    def _in_either(
        self, regions: Sequence[Region], year: int | None, home: Region | None, city: Region | None
    ) -> Region | None:
        if city is not None and (inner := self._one(regions, year, city)):
            return inner
        return home if home in regions else self._one(regions, year, home)

    def _plain(self, label: str) -> str:
        """Return a row's label without what stands before the name, and without what it includes."""
        before = self._before.match(label)
        plain = label[before.end() :] if before else label
        return _INCLUDED.sub("", plain) if plain.endswith((")", "）")) else plain  # hardly a label does

    def name_in_title(self, title: str) -> str | None:
        """Return the name of the division, or of the zone within one, that a table's title says it is of: 某某高新区.

        Args:
            title: Without blanks.
        """
        before = _BEFORE_NAME.match(title)
        match = self._in_title.match(title, before.end() if before else 0)
        return None if match is None or self._not_in_title.search(match[0]) else match[0]

    def without_name(self, text: str, region: Region) -> str:
        """Return what a text says of a division behind its proper name: 省本级 for 广东省本级, 省 for 广东省."""
        form = self._form.fullmatch(region.name)
        if form is None:
            return text
        end = form[form.re.groups]
        names = (form[1] + rest for rest in (region.name.removeprefix(form[1]), end, end.removeprefix("自治")))
        name = next((name for name in names if text.startswith(name)), None)
        return text if name is None else end + text.removeprefix(name)

    def behind_name(self, text: str, region: Region) -> str:
        """Return what stands behind a division's name: 区县合计 for 长沙市区县合计; the text itself without the name."""
        name = next(
            (name for name in sorted(self._names_of(region)[0], key=len, reverse=True) if text.startswith(name)), ""
        )
        return text.removeprefix(name)

    def whole_of(self, labels: Iterable[str], year: int | None) -> Place | None:
        """Return the division that some rows divide: over half of its parts are there, and nothing that lies elsewhere.

        Many books of a province say but 全省; the rows of their tables by region say of which.
        """
        parts = {region for label in labels if (region := self.named_in_row(label, year, None, None)) is not None}
        above = {region.code: whole for region in parts if (whole := self._above(region, year)) is not None}
        wholes = [whole for whole in set(above.values()) if all(whole.holds(region) for region in parts)]
        if not wholes:
            return None
        whole = max(wholes, key=lambda region: LEVELS.index(region.level))
        children = {
            child.code
            for code in self._codes
            if (child := self.region(code, year)) is not None
            and child != whole
            and whole.holds(child)
            and self._above(child, year) == whole
        }
        return self.place(whole, year) if 2 * len(children & above.keys()) > len(children) else None

    def region(self, code: str | None, year: int | None) -> Region | None:
        """Return the division that has a code in a year."""
        return self._one(self._codes.get(code or "", ()), year)

    def above(self, code: str | None, year: int | None) -> Place | None:
        """Return the division that holds the one of a code; None for provinces."""
        region = self.region(code, year)
        whole = None if region is None else self._above(region, year)
        return None if whole is None else self.place(whole, year)

    def place(self, region: Region, year: int | None) -> Place:
        """Return a division by the name that the datasets give it: a city's district by the city's name too."""
        above = self._above(region, year) if region.level == "county" and region.name.endswith("区") else None
        city = above.name if above is not None and above.name.endswith("市") else ""
        return Place(region.code, city + region.name)

    def _above(self, region: Region, year: int | None) -> Region | None:
        if region.level == "province":
            return None
        prefecture = self.region(region.code[:4] + "00", year) if region.level == "county" else None
        return prefecture or self.region(region.code[:2] + "0000", year)

    def _names_of(self, region: Region) -> tuple[set[str], str | None]:
        """Return the names of a division with the word for what it is, and the one without, if that says anything."""
        form = self._form.fullmatch(region.name)
        if form is None:
            return {region.name}, None
        base, end = form[1], form[form.re.groups]
        plain = end if end == "自治区" else end.removeprefix("自治")
        return {region.name, base + end, base + plain}, base

    def _by_beginning(self) -> dict[str, tuple[str, ...]]:
        """Return the names that texts are searched for by their first two characters, the longest first.

        7,000 names are not to be looked for at every character. A county in short is too often a word: 新华书店.
        """
        wide = {n for n, regions in self._short.items() if any(r.level != "county" for r in regions)}
        begins: dict[str, list[str]] = defaultdict(list)
        for name in sorted(wide | self._full.keys(), key=len, reverse=True):
            begins[name[:2]].append(name)
        return {start: tuple(names) for start, names in begins.items()}

    def _mentions(self, text: str, short: bool) -> Iterator[_Mention]:
        end = 0
        for beginning in self._beginning.finditer(text):
            at = beginning.start()
            for name in self._begins.get(text[at : at + 2], ()) if at >= end else ():
                stop = at + len(name)
                if text.startswith(name, at) and self._is_mention(text, at, stop, end, short):
                    yield _Mention(at, stop, self._full.get(name) or self._short[name])
                    end = stop
                    break

    def _is_mention(self, text: str, start: int, stop: int, end: int, short: bool) -> bool:
        """Return whether a name is none of 市场, 区域, 南京路 …; 城区 is one only behind its city."""
        name = text[start:stop]
        if name not in self._full:
            return short and not self._of_another.match(text, stop)
        if self._inside_word.match(text, stop - 1):
            return False
        return start == end or len(name) > 2 or not name.endswith("区")

    def _in_others(self, mention: _Mention, mentions: Sequence[_Mention], year: int | None) -> Region | None:
        """Return which of several with one name lies in a division that the text names elsewhere."""
        wider = [region for m in mentions if m is not mention and (region := self._one(m.regions, year))]
        found = {region for w in wider if (region := self._one(mention.regions, year, w)) and region != w}
        return found.pop() if len(found) == 1 else None

    def _one(self, regions: Sequence[Region], year: int | None, within: Region | None = None) -> Region | None:
        """Return the one of some that is meant; None where it may be several.

        吉林 and 海南 are provinces before anything else of the name, 长沙 is a city before the county in it.
        """
        possible = [r for r in self._in_force(regions, year) if within is None or (within.holds(r) and r != within)]
        outer = [r for r in possible if r.level == "province" or all(r.holds(other) for other in possible)]
        return outer[0] if len(outer) == 1 else None

    def _in_force(self, regions: Sequence[Region], year: int | None) -> Sequence[Region]:
        """Return those in force in a year; where none is, what they became as a whole: documents keep old names."""
        then = year or STANDING
        standing = [r for r in regions if r.first <= then <= r.last]
        lasting = [r for r in standing if then < r.last or r.last == STANDING]  # in the year of a change, both are
        if standing:
            return lasting or standing
        heirs: set[Region] = set()
        for region in regions:
            if region.last < then and len(region.successors) == 1:
                later = [r for r in self._codes.get(region.successors[0], ()) if r.last > region.last]
                heirs.update(self._in_force(later, year))
        return list(heirs)
