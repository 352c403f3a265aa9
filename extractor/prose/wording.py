"""Split the phrase before a figure of the prose: year, phase, months, comparison and direction, and the noun that is left."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from extractor.contract import Base, Direction, Phase
from extractor.notation.years import YEAR
from extractor.records.facts import Facts
from extractor.vocabulary.phrases import PRIOR, Changes, bare

_COMPARED = re.compile(
    rf"(?:按?同口径)?(?:比|较|与|和|同)(?P<prior>{PRIOR})(?:\([^()]*\))?"
    rf"(?P<what>(?:当年|年初|年|财政拨款|一般公共预算|调整|快报|预计|的|三公经费|实际|同口径)*(?:预算|决算|执行|完成|支出)*(?:执行|安排)?数?)(?:相比|比较)?"
    r"|同比"
)
# 较年初预算数增加5万元: this year's, in accounts and reports of a year that is over or goes on.
_AGAINST_PLAN = re.compile(
    r"(?:(?<!相)比|较|与|和|同)(?:当年|全年|本年)?(?:年初|(?P<adjusted>调整后?))?预算(?:安排)?数?(?:相比|比较)?(?=[^，。；]{0,6}$)"
)
_PRIOR_FIGURE = re.compile(rf"^(?:而)?(?:比|较|与|和|同)?(?P<prior>{PRIOR})(?!同期|结转|结余|实户|末|底)")
YEARS = re.compile(rf"{YEAR}年(?:度|初|当年)?|(?:上年度?|去年|上一年度?|年初)(?!结转|结余|实户)|当年|本年度")
_INHERITS = re.compile(
    r"(?:为|占|完成)?(?:全年|年初|当年|调整后?(?=预算))?(?:预算|决算)?(?:执行|安排|完成)*(?:总额|金额|数额|数|额)?(?:各|均|约|为|共|是|:)*"
    r"|(?:调整|调增|调减|增加|减少|提高)[到至为]"
    r"|决算数?(?:与|同|和|较|比)(?:全年|年初)?预算数?|本年数?"
)
PRINTED_YEAR = re.compile(rf"{YEAR}(?=年)")
_OF_A_YEAR = re.compile(rf"{YEAR}年度?(?:预算|决算)(?=比|较|与|和|同)")  # 2026年预算比2025年预算增加: all of it
_LABEL_TAIL = re.compile(r"(?<=.)(?:数|(?<![余限])额)?(?:各|均|约|共|为|是|:)+$")
_OVER = re.compile(
    r"[末底]|截[至止]|执行|完成|决算"
)  # 2025年预算执行情况, 截至2025年末: what was, not what was planned
_PHASE = re.compile(r"预算|决算|执行|完成")
# 总投资超过5亿元, 每年不低于5亿元 bound a figure, 比上年超过5亿元 is a change; 减少不低于5亿元 is one with a bound.
BOUND = r"不?(?:[大高多小低少]于|超过)"
_BOUND, _NOT_BELOW = re.compile(rf"均?{BOUND}$"), re.compile(rf"均?(?=不){BOUND}$")
_COMPARES = re.compile("[比较]")
_FROM = re.compile(r"(?<=.)[由从]$")  # 收入总量由5亿元调整为6亿元
_TO = re.compile(r"调整[到至为]$")
_APPROVED = re.compile(
    r"(?:审议|审查|审定|表决)(?:通过|批准|批复)的(?!.*(?:限额|调整|债))|(?:会议|大会|人大|常委会)批准的(?!.*(?:限额|调整|债))"
)
_PLAN_AT_END = re.compile(r"预算(?:安排)?数?(?:[为是:])?$")  # 完成常委会批准的调整预算
_SAID = re.compile(r"(预算|执行)数(?:[为是:])?$")
_PLANNED = re.compile(r"预算(?!执行|完成|收入|支出|[性内外])|计划|拟")
_AT_THE_END = re.compile(rf"{YEAR}年[末底](?!.*预算)")
FUNDS = re.compile(
    r"(?:一般|地方)?公共(?:财政)?预算(?!数)|(?:政府性基金|国有资本经营|社会保险基金|社保基金)(?:预算(?!数))?|预算稳定调节基金"
    r"|预算(?:单位|部门|内(?!外))|预算管理"
)


class Wording(NamedTuple):
    """The phrase before a figure, split into its parts.

    Attributes:
        lead: The phrase, narrowed.
        noun: The phrase without year, comparison and direction.
        direction: increase or decrease, where it states a change.
        base: The phase that the change is against.
        year: The year that the figure is for.
        named_year: The year that the phrase itself says, outside of its comparison.
        phase: The phase that it is of.
        inherits: The phrase names no subject: the figure has the previous subject.
        label: The noun as printed.
    """

    lead: str
    noun: str
    direction: Direction | None
    base: Base | None
    year: int | None
    named_year: int | None
    phase: Phase | None
    inherits: bool
    label: str


class Period(NamedTuple):
    """What a text speaks of where a figure says nothing else.

    Attributes:
        year: The year.
        phase: The phase of its figures, where the text says one.
        months: Its months, where these are not all: 1-6.
        several: It is of several years: 五年来, “十四五”期间.
    """

    year: int | None
    phase: Phase | None = None
    months: str | None = None
    several: bool = False

    @property
    def is_over(self) -> bool:
        """Whether its figures are of what was, and not of what is planned."""
        return self.months is not None or self.phase == "prior_year_execution"


def read_period(year: int, words: str, facts: Facts) -> Period:
    """Return the period of some words with a year: 一、2025年预算执行情况, 截至2025年末."""
    if facts.fiscal_year is None or year >= facts.fiscal_year:
        return Period(year)
    return Period(year, "prior_year_execution" if _OVER.search(words) else _earlier(FUNDS.sub("", words), facts))


def read_wording(between: str, lead: str, facts: Facts, period: Period, changes: Changes) -> Wording:
    """Split the phrase before a figure into its parts.

    Args:
        between: The text of the sentence since the previous figure.
        lead: The phrase, which is the end of `between`.
        facts: The document facts.
        period: The year that the text around it speaks of.
        changes: Words of increase and decrease.
    """
    stated = (_NOT_BELOW if _COMPARES.search(lead) else _BOUND).sub("", lead)
    change = changes.phrase.fullmatch(stated)
    noun = change["noun"] if change else stated
    direction: Direction | None = None if change is None else "increase" if change["up"] else "decrease"
    named = PRINTED_YEAR.findall(_COMPARED.sub("", lead))
    named_year = int(named[-1]) if named else None
    comparison = next(iter(reversed(list(_COMPARED.finditer(between)))), None)
    base: Base | None = None
    if comparison and (direction or lead.endswith(comparison[0])):
        base = _base(comparison, named_year or period.year, facts, period)
    plan = _AGAINST_PLAN.search(lead)
    if plan and (direction or lead.endswith(plan[0])):
        base, noun = "adjusted_budget" if plan["adjusted"] else "budget", noun[: plan.start()] + noun[plan.end() :]
    earlier = None if change else _PRIOR_FIGURE.match(lead)
    years = PRINTED_YEAR.findall(lead)
    year = int(years[-1]) if years else period.year
    if earlier and not years and period.year:
        year = period.year - 1
    noun = _FROM.sub("", YEARS.sub("", _COMPARED.sub("", noun)).strip("，,的了"))
    plain = bare(noun)
    names_year = change and _OF_A_YEAR.match(lead)
    inherits = bool(lead) and not names_year and _INHERITS.fullmatch(plain) is not None
    return Wording(
        lead,
        noun,
        direction,
        base,
        year,
        named_year,
        _phase(lead, year, facts, period),
        inherits,
        _LABEL_TAIL.sub("", noun).strip('“”"'),
    )


def _base(comparison: re.Match[str], year: int | None, facts: Facts, period: Period) -> Base | None:
    """Return which of the figures of the year before a comparison is with; None where it is with another year's, or nobody knows."""
    before = PRINTED_YEAR.search(comparison[0])
    if before and int(before[0]) + 1 != year:
        return None  # 比2019年(疫情前)减少5万元
    what = comparison["what"] or ""
    return None if _names_no_phase(what, facts, period) else _earlier(what, facts, period.is_over)


def _names_no_phase(what: str, facts: Facts, period: Period) -> bool:
    """Return whether neither a comparison nor its document says with what of last year it is: 比上年."""
    known = (
        facts.phase is not None or facts.organisation_level == "government" or facts.publication == "execution_report"
    )
    return not known and not period.is_over and _PHASE.search(what) is None


def _earlier(what: str, facts: Facts, is_over: bool = False) -> Literal["prior_year_budget", "prior_year_execution"]:
    """Return which of last year's figures a comparison means: with what was done until now, what was done until then."""
    if "预算" in what and (_PLAN_AT_END.search(what) or not re.search(r"执行|完成|决算", what)):
        return "prior_year_budget"
    if re.search(r"执行|完成|决算", what):
        return "prior_year_execution"
    was = is_over or facts.phase == "final_accounts" or facts.publication == "execution_report"
    # A government budgets by what came of the year before, but for these.
    was = was or (facts.organisation_level == "government" and facts.publication != "three_public_expenses")
    return "prior_year_execution" if was else "prior_year_budget"


def _phase(lead: str, year: int | None, facts: Facts, period: Period) -> Phase | None:
    words = FUNDS.sub("", lead)
    if year is None and period.several:
        return None
    if year is not None and facts.fiscal_year is not None and year < facts.fiscal_year:
        return _phase_of_earlier(words, year, facts, period)
    if ("调整" in words and "预算" in words) or _TO.search(words):
        return "adjusted_budget"
    if _APPROVED.search(words):
        return "budget"
    if period.phase in ("budget", "adjusted_budget") and not _PHASE.search(words):
        return period.phase  # 预算5亿元(其中：区级3亿元)
    if period.months or facts.publication == "execution_report":
        return "budget" if _PLANNED.search(words) else "execution"
    return _phase_of_own_year(words, facts)


def _phase_of_own_year(words: str, facts: Facts) -> Phase | None:
    """Return the phase of a figure of the document's year: its words', else the document's."""
    if facts.phase == "final_accounts":
        return "budget" if "预算" in words and "决算" not in words else "final_accounts"
    if facts.phase is None and (said := _SAID.search(words)):
        return "budget" if said[1] == "预算" else "execution"
    return "final_accounts" if "决算" in words and "预算" not in words else facts.phase


def _phase_of_earlier(words: str, year: int, facts: Facts, period: Period) -> Phase | None:
    """Return the phase of a figure of a year before the document's."""
    if _PHASE.search(words):
        return "prior_year_execution" if _AT_THE_END.search(words) else _earlier(words, facts)
    if period.phase and year == period.year:
        return period.phase
    if facts.phase is None:
        return None
    return "prior_year_execution" if _AT_THE_END.search(words) else _earlier(words, facts)
