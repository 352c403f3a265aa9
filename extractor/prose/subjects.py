"""Read the subject of a figure from the phrase before it: a subject of the vocabulary, a class, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from extractor.notation.numbering import NUMBERING
from extractor.notation.text import narrow
from extractor.notation.years import RANGE
from extractor.prose.bodies import Bodies
from extractor.prose.months import read_months
from extractor.prose.paragraphs import Paragraph
from extractor.prose.sections import Section
from extractor.prose.wording import FUNDS, PRINTED_YEAR, YEARS, Period, Wording, read_period
from extractor.records.facts import Facts
from extractor.vocabulary.codes import Classification, Classifications, scheme_of
from extractor.vocabulary.phrases import Phrases, bare

_BRACKETS = re.compile(r"\([^()]*\)")
_LAST_YEAR = re.compile(r"(?<![比较与和同])(?:上年|去年|上一年)度?(?!.{0,4}(?:结转|结余|相比|比较|对比))")
_CODE_NAME = re.compile(r"(?<!\d)(?P<code>\d{3}(?:\d\d){0,2})[-—–]?(?P<name>[^\d，。;；:]{2,40})$")
_NAME_CODE = re.compile(r"(?P<name>[^\d，。;；:.、]{2,40})\((?P<code>\d{3}(?:\d\d){0,2})\)$")
_CLASSES = re.compile(r"([^()“”、，。:\d.]{2,40})\((?:\d{2,3})?(类|款|项)\)")
_NAMED = re.compile(r"[“\"]([^“”\"]{2,30})[”\"](?:科目|\((?:类|款|项)\))?$")
_CLASS_TAIL = re.compile(
    r"[”\"]?(?:科目)?(?:支出)?(?:预算)?(?:支出)?(?:预计|累计)?(?:安排|完成|执行|实现)?(?:合计|总计|数)?(?:为|共|是)?:?$"
)
_FILLER_TAIL = re.compile(r"[”\"]?(?:预算)?(?:安排)?(?:合计|总计|数)?(?:为|共|是)?:?$")
_TITLE_TAIL = re.compile(r"(?:安排|使用|设置|增减|变化|总体|具体)*(?:情况)?(?:总体|具体)?(?:情况)?(?:说明)?$")
_NO_NAME = re.compile(
    r".{0,1}|.*，.*|(?:年初|当年|预算|决算|收入|支出|收支|执行|安排|完成|增减|变化|变动|总体|具体|情况|的|及|和)*"
)
# Sections about one subject: 支出 there is the expenditure of that subject.
_NARROW = frozenset(
    ("three_public", "agency_operating", "procurement", "government_fund", "state_capital", "commissioned_services")
)
_SUMMED = re.compile("[合共小]计")
_INSURANCE = re.compile("社会保险基金|社保基金")  # a heading of its own may be missing
_NO_PART = re.compile(
    r"(?:[全我本][省市县区州盟旗镇乡]|[省市县区州盟旗]?本?级|年度?|预计|实际|累计|完成|实现|其中|共|安排)*"
)
# Sections of governments' reports about one fund: 收入 and 支出 there are those of the fund.
_FUND_KINDS = frozenset(("general_public_budget", "government_fund", "state_capital"))


class Subject(NamedTuple):
    """The subject of a figure; where `id` is None, the words do not say it, and `label` is the phrase as printed.

    Attributes:
        owner: The words before it that may say whose the figure is.
        general: 支出 and no more: of what is spoken of, and where nothing is, all of it.
    """

    id: str | None
    code: str | None
    label: str
    owner: str = ""
    general: bool = False


CLASS, ECONOMIC_CLASS = "functional_class", "economic_class"
NO_SUBJECT = Subject(None, None, "")


def says_no_part(owner: str) -> bool:
    """Return whether the words before 收入 name no more than a region or a level: 全县, 县本级, 实际完成."""
    return _NO_PART.fullmatch(bare(YEARS.sub("", owner))) is not None


class SubjectReader:
    """Reads the subject of a phrase, with the vocabulary and the classification."""

    def __init__(self, words: Phrases, names: Classifications, bodies: Bodies, facts: Facts) -> None:
        """Take the vocabulary and the codes of the document's year."""
        self.words, self.names, self.bodies, self.facts = words, names, bodies, facts
        self.year = facts.fiscal_year
        title = narrow(facts.publication_words or "")
        self._months = None if "决算" in title or len(set(PRINTED_YEAR.findall(title))) > 1 else read_months(title)

    def heading(self, section: Section) -> Subject:
        """Return the subject that a section's heading gives to its figures."""
        title = YEARS.sub("", _TITLE_TAIL.sub("", bare(narrow(section.title))))
        found = self.words.subject(title, section.kind)
        return Subject(found.id, None, section.title) if found else NO_SUBJECT

    def item(self, name: str, section: Section, kind: str | None) -> Subject | None:
        """Return the subject that a numbered item's name gives to its figures; None where it is no name (预算安排情况)."""
        plain = YEARS.sub("", _TITLE_TAIL.sub("", bare(name)))
        if _NO_NAME.fullmatch(plain):
            return None
        found = self.words.subject(plain, kind)
        return self._class(name, section) or (Subject(found.id, None, name, found.owner) if found else NO_SUBJECT)

    def opening(self, paragraph: Paragraph, section: Section) -> Subject | None:
        """Return the class that a paragraph's own opening names, as in 1、…(类)…(款)…(项)。主要用于 … ."""
        first = re.split("[。:]", paragraph.plain, maxsplit=1)[0]
        match = NUMBERING.match(first)
        phrase = first[match.end() :] if match else first
        if len(phrase) > 90 or not _CLASSES.search(phrase) or not phrase.rstrip("”").endswith(")"):
            return None
        return self._class(phrase.strip("“”"), section)

    def periods(self, sections: Sequence[Section]) -> dict[int, Period]:
        """Return, by ordinal, the period of every section whose heading, or the nearest around it, names one year.

        A year that is not the document's own may be left over from the document that it was copied from: headings are
        believed where one of them names the document's own, and where they say 上年. A government's report says of the year
        before how its budget was carried out, and a newspaper may print what it says of its own on another page.
        """
        found = {s.ordinal: period for s in sections if (period := self._period(s)) is not None}
        own = {Period(self.year)}
        if self.facts.organisation_level == "government" and self.year is not None:
            own.add(Period(self.year - 1, "prior_year_execution"))
        found = found if any(period in own or period.year == self.year for period in found.values()) else {}
        last = [s for s in sections if self.year is not None and _LAST_YEAR.search(s.title)]
        return found | {s.ordinal: read_period((self.year or 0) - 1, s.title, self.facts) for s in last}

    def period(self, section: Section, found: Period | None) -> Period:
        """Return what a section speaks of where its figures say nothing else.

        Args:
            section: The section.
            found: Its period by `periods`.
        """
        period = found or Period(self.year)
        if period.phase:
            return period
        titles = [narrow(title) for title in (section.title, *reversed(section.around))]
        months = next(filter(None, map(read_months, titles)), None)
        months = months or (self._months if period.year == self.year else None)
        return (self.of_months(period) if found is None else period)._replace(months=months) if months else period

    def of_months(self, period: Period) -> Period:
        """Return the period of months whose year no word says: accounts tell of the months of a later one, 今年上半年."""
        return period._replace(year=None) if self.facts.phase == "final_accounts" else period

    def _period(self, section: Section) -> Period | None:
        titles = [narrow(title) for title in (section.title, *reversed(section.around))]
        named = (set(PRINTED_YEAR.findall(RANGE.sub("", title))) for title in titles)
        years = next(filter(None, named), set())
        if len(years) != 1:
            return None
        year = years.pop()
        return read_period(int(year), "".join(title for title in titles if year in title), self.facts)

    def read(self, wording: Wording, section: Section, kind: str | None, current: Subject) -> Subject:
        """Return the subject of a figure.

        Args:
            wording: The phrase before it.
            section: The section around it.
            kind: The section kind of the paragraph.
            current: The previous subject.
        """
        plain = bare(wording.noun)
        if wording.inherits or self._goes_on(plain, wording, kind, current):
            return current
        if not plain:
            return NO_SUBJECT
        found = self._class(wording.noun, section)
        if found is not None:
            return found
        subject = self.words.subject(wording.noun, kind, current.id)
        named = self._named(wording) if subject is None or subject.general else NO_SUBJECT
        if subject is None or named.id is not None:
            return named
        owner = subject.owner and subject.owner + "".join(_BRACKETS.findall(wording.noun))  # 示例局(本级)
        if subject.general and self.bodies.is_part(subject.owner):
            return Subject(None, None, wording.label)
        read = Subject(subject.id, None, wording.label, owner, subject.general and not owner)
        # 收入合计 may be with transfers or without, and what 收入 grew by, that of either.
        plainly = subject.general and wording.direction is None and not _SUMMED.search(wording.noun)
        plainly = plainly and says_no_part(subject.owner)
        if current.id is None and re.search("收入|支出", current.label) and "总" not in wording.noun:
            plainly = False  # 单位自有资金收入5亿元，支出5亿元
        fund = self._fund(section) if plainly else None
        return self._of(fund, read) if fund else read

    def other_side(self, subject: Subject, before: Subject) -> Subject:
        """Return what 支出 alone is of behind the revenue or expenditure of something: of the same; none where nobody knows what that is.

        Args:
            subject: What it is where nothing stands before it: all money.
            before: 一般公共预算收入, 某基金收入.
        """
        if before.general or before.id in ("total_revenue", "total_expenditure"):
            return subject
        if before.id is None:
            return subject if "总" in subject.label else Subject(None, None, subject.label)
        stem, _, side = before.id.rpartition("_")
        return self._of(stem, subject) if side in ("revenue", "expenditure") else subject

    def _of(self, fund: str, subject: Subject) -> Subject:
        """Return 收入 or 支出 as that of a fund: of all of it where the words say 总, if that has a subject of its own."""
        side = (subject.id or "").rpartition("_")[2]
        ids = ([f"{fund}_total_{side}"] if "总" in subject.label else []) + [f"{fund}_{side}"]
        named = next((name for name in ids if name in self.words.ids), None)
        return subject if named is None else subject._replace(id=named, general=False)

    def _fund(self, section: Section) -> str | None:
        """Return the fund that a heading of a government's report is about: 收入 under 政府性基金预算 is that fund's."""
        if self.facts.organisation_level != "government" or _INSURANCE.search(section.text):
            return None
        titles = [t for t in (section.title, *reversed(section.around)) if len(FUNDS.findall(narrow(t))) == 1]
        return next((kind for kind in map(self.words.section, titles) if kind in _FUND_KINDS), None)

    def _goes_on(self, plain: str, wording: Wording, kind: str | None, current: Subject) -> bool:
        """Return whether 支出 alone has the previous subject: 年初预算为 …，支出决算为 …, or a section about one thing."""
        if re.fullmatch(r"支出决算(?:为|数)?|(?:预算|决算)?支出", plain) is None:
            return False
        if current.id is None:
            return bool(current.label) and "决算" in wording.lead
        return not current.id.endswith("revenue") and ("决算" in wording.lead or kind in _NARROW)

    def _class(self, phrase: str, section: Section) -> Subject | None:
        named, phrase = _FILLER_TAIL.sub("", phrase), _CLASS_TAIL.sub("", phrase)
        match = _CODE_NAME.search(named) or _NAME_CODE.search(phrase)
        scheme = scheme_of(match["code"]) if match else None
        if match and scheme and scheme != "revenue":
            kind = CLASS if scheme == "functional" else ECONOMIC_CLASS
            return Subject(kind, match["code"], match["name"].strip('“”"'))
        levels = _CLASSES.findall(phrase)
        if levels and phrase.strip("”").endswith(")"):
            return self._levels(levels, section)
        match = _NAMED.search(phrase)
        if match:
            codes = self.names.functional.find(match[1], self.year, digits=3)
            return Subject(CLASS, codes[0] if len(codes) == 1 else None, match[1])
        return None

    def _levels(self, levels: list[tuple[str, str]], section: Section) -> Subject:
        """Return the class of names with their levels; a missing outer level is taken from the headings."""
        outer = [pair for title in (*section.around, section.title) for pair in _CLASSES.findall(narrow(title))]
        named = dict.fromkeys("类款项", "")
        for name, level in (*outer, *levels):
            named[level] = name
        last = levels[-1][1]
        code: str | None = None
        for level, digits in (("类", 3), ("款", 5), ("项", 7)):
            if not named[level] or (digits > 3 and code is None):
                code = None
                break
            codes = _find(self.names.functional, named[level], self.year, code, digits)
            code = codes[0] if len(codes) == 1 else None
            if level == last:
                break
        return Subject(CLASS, code, levels[-1][0])

    def _named(self, wording: Wording) -> Subject:
        """Return the 类 that a name alone means (教育支出55,670.32万元), else no subject."""
        name = _CLASS_TAIL.sub("", wording.noun).removeprefix("其中").removeprefix("包括")
        codes = self.names.functional.find(name, self.year, digits=3) if 2 <= len(name) <= 20 else ()
        if len(codes) == 1 and (wording.noun.removeprefix("其中") != name or name.endswith("支出")):
            return Subject(CLASS, codes[0], wording.label.removeprefix("其中").removeprefix("包括"))
        return Subject(None, None, wording.label)


def _find(scheme: Classification, name: str, year: int | None, parent: str | None, digits: int) -> tuple[str, ...]:
    name = name.replace("其它", "其他")
    found = scheme.find(name, year, parent=parent, digits=digits)
    return found or scheme.find(name.removesuffix("支出"), year, parent=parent, digits=digits)
