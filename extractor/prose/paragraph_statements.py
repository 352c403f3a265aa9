"""The statements of one paragraph: each figure as one, or as the amount or the rate of the one that it belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple, get_args

from extractor.contract import Base, Direction, Phase, Scope
from extractor.prose.bodies import Bodies, Body
from extractor.prose.figures import ProseFigure
from extractor.prose.months import read_months
from extractor.prose.paragraphs import Paragraph
from extractor.prose.sections import Section
from extractor.prose.statement import Statement
from extractor.prose.subjects import Subject
from extractor.prose.wording import BOUND, PRINTED_YEAR, Period, Wording, read_wording
from extractor.records.facts import Facts
from extractor.vocabulary.phrases import Changes

DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
COUNT = "个"
EXPLANATION = re.compile(
    r"主要(?:用于(?!以下|如下)|用途|原因|是|为|包括|因|由于|系|支出(?!科目|项目|情况|如下)|内容|有|涉及)|(?:增加|减少|增长|下降|变动|变化)的?原因|原因(?:是|为|:)"
    r"|(?:这|该)一?因素|由于|因为"
)
_AGAINST_BUDGET = re.compile(r"决算数?(?:支出)?(?:与|同|和|较|比)(?:全年|年初)?预算数?")
_OF_BUDGET = re.compile(
    r"(?:为|占|完成)(?:了)?(?:当年|全年|年度)?(?P<adjusted>调整(?:后)?)?(?:年初|年)?预算(?:数)?(?:[\d,.]+[万亿千百]*元)?的?$"
)
_ANOTHER_RATE = re.compile(r"[、,，和]\d[\d.]*%")
_ROUGHLY = re.compile(rf"(?:约|近|超|逾|不足|{BOUND}|最高|最多|至少)(?:为|达)?$")
_OR_SO = re.compile(r"左右|以[上下]|上下|多(?![于少])|余元")
# 安排1.3亿元支持卫生健康事业, 投入教育支出5亿元用于…: some of it, for a purpose; …5亿元，主要用于… is all of it.
_EARMARK = re.compile(
    r"(?:，)?(?:专项|重点|全力|大力|积极)?(?:支持|推动|推进|促进|保障|落实)|(?:专门|专项|全部)?用于|资助"
)
_RATE_GAP = 14  # characters between a change and the rate that repeats it


@dataclass(slots=True)
class Sentence:
    """The state of reading one sentence.

    Attributes:
        start: Its offset in the paragraph.
        plain: Its text, narrowed.
        first: Number of statements before it in the paragraph.
        period: The year that it speaks of.
        after: Offset of the end of the last figure.
        explaining: purpose or reason inside an explanation, else empty.
        whole: The subject whose parts 其中 lists.
        parts: Number of parts listed since 其中 or the last change.
        bracketed: That 其中 stands in a bracket, which ends what it lists.
        listed: The parts are separated by 、.
        outside: The year that it speaks of outside the bracket that is open; None where none is.
    """

    start: int
    plain: str
    first: int
    period: Period
    after: int = 0
    explaining: str = ""
    whole: Subject | None = None
    bracketed: bool = False
    parts: int = 0
    listed: bool = False
    outside: Period | None = None


class Mention(NamedTuple):
    """One figure in its sentence.

    Attributes:
        figure: The figure.
        between: The text between the figure before it and it.
        wording: What the phrase before it says.
        subject: What it is of.
        about: What the text was about before it.
        body: Whose it is.
        explained: It is inside an explanation.
    """

    figure: ProseFigure
    between: str
    wording: Wording
    subject: Subject
    about: Subject
    body: Body | None
    explained: bool


class ParagraphStatements:
    """Collects the statements of one paragraph, figure after figure."""

    def __init__(
        self, section: Section, kind: str | None, paragraph: Paragraph, facts: Facts, changes: Changes, bodies: Bodies
    ) -> None:
        """Take the paragraph, and the kind of section that its figures are of."""
        self.section, self.kind, self.paragraph = section, kind, paragraph
        self.facts, self.changes, self.bodies = facts, changes, bodies
        self.found: list[Statement] = []
        self.places: list[int] = []  # the offset of each in the paragraph

    def take(self, mention: Mention, sentence: Sentence) -> Subject:
        """Add a statement for a figure, or add the figure to the statement that it belongs to.

        Returns:
            What the text is about from here on.
        """
        figure, between, wording, subject, about, _, explained = mention
        last = self.found[-1] if self.found else None
        if figure.unit == COUNT:
            if self.kind == "performance":
                counted = Subject("performance_projects", None, wording.label)
                self._add(mention._replace(subject=counted), None, sentence)
        elif figure.unit == "%":
            self._take_rate(mention, sentence)
        elif not between and last and last.direction == "flat" and figure.amount is not None:
            # 与2024年预算一致0万元
            self.found[-1] = replace(last, amount=figure.amount, value=figure.value, unit=figure.unit)
        elif not between and last and last.direction and not last.amount_text and not last.percent_text and figure.unit:
            # 决算数大于预算数5万元
            self.found[-1] = replace(
                last, amount=figure.amount, value=figure.value, unit=figure.unit, amount_text=figure.text
            )
        else:
            if not explained:
                about = subject
                if figure.unit and not wording.direction and _EARMARK.match(sentence.plain[figure.end :]):
                    mention = mention._replace(subject=Subject(None, None, wording.label))
            elif not (wording.direction and subject.id and not wording.inherits):
                mention = mention._replace(subject=Subject(None, None, wording.label))
            flat: Direction | None = None if figure.unit else "flat"
            compared = next((direction for direction in DIRECTIONS if direction == figure.text), None)
            self._add(mention, compared or wording.direction or flat, sentence)
        return about

    def _take_rate(self, mention: Mention, sentence: Sentence) -> None:
        """Add a rate to the change that it repeats, or as a change by itself; other percentages are left out."""
        figure, between, wording, subject, about, _, explained = mention
        if wording.direction and _ANOTHER_RATE.match(sentence.plain[figure.end :]):
            return  # 收、支总计各下降2%、3%: of which of them, its order says
        share = _OF_BUDGET.search(sentence.plain[: figure.start])
        if share and not explained:
            own = read_wording("", "", self.facts, sentence.period, self.changes)
            last = self.found[-1] if self.found else None
            if (
                last is not None
                and last.label == about.label
                and PRINTED_YEAR.search(last.phrase)
                and last.phase != "budget"
            ):
                own = own._replace(year=last.fiscal_year, phase=last.phase)  # 2024年决算为5万元，完成预算的90%
            self._add(mention._replace(wording=own, subject=about), None, sentence)
            base: Base = "adjusted_budget" if share["adjusted"] else "budget"
            self.found[-1] = replace(self.found[-1], base=base, label=about.label)
        if share or not wording.direction:
            return
        last = self.found[-1] if self.found else None
        repeats = last is not None and last.phase == "change" and last.percent is None and wording.inherits
        if last is not None and repeats and last.direction == wording.direction and len(between) <= _RATE_GAP:
            rough = last.approximate or self._is_rough(figure, sentence)
            self.found[-1] = replace(last, percent=figure.value, percent_text=figure.text, approximate=rough)
        elif not explained or (subject.id and not wording.inherits):
            self._add(mention, wording.direction, sentence)

    def _add(self, mention: Mention, direction: Direction | None, sentence: Sentence) -> None:
        self.found.append(self._statement(mention, direction, sentence))
        self.places.append(sentence.start + mention.figure.start)

    def _statement(self, mention: Mention, direction: Direction | None, sentence: Sentence) -> Statement:
        figure, wording, subject = mention.figure, mention.wording, mention.subject
        begin, end = sentence.start, sentence.start + len(sentence.plain)
        span = self.paragraph.span(begin, end)
        rate = figure.unit == "%"
        printed = bool(figure.unit) and not rate
        year = self._change_year(mention, sentence) if direction else wording.year
        phase: Phase | None = "change" if direction else wording.phase
        return Statement(
            statement_id="",
            document_id="",
            ordinal=0,
            section=self.section.ordinal,
            section_kind=self.kind,
            section_title=self.section.title,
            subject=subject.id,
            code=subject.code,
            part_of=sentence.whole.id if sentence.whole and subject != sentence.whole else None,
            label=subject.label or wording.label,
            fiscal_year=year,
            amount_year=year,
            phase=phase,
            months=self._months(mention, phase, sentence),
            direction=direction,
            base=self._base(mention, year) if direction else None,
            amount=figure.amount if printed else None,
            value=figure.value if printed else None,
            unit=figure.unit if printed else None,
            percent=figure.value if rate else None,
            amount_text=figure.text if printed else "",
            percent_text=figure.text if rate else "",
            approximate="基本" in figure.text or self._is_rough(figure, sentence),
            explained=mention.explained,
            explanation=None,
            page=span.page,
            end_page=span.end_page,
            start=span.start,
            end=span.end,
            text=self.paragraph.text[begin:end],
            paragraph=0,
            scope=self._scope(mention),
            body=mention.body,
            phrase=wording.lead,
            inherits=wording.inherits,
        )

    @staticmethod
    def _months(mention: Mention, phase: Phase | None, sentence: Sentence) -> str | None:
        """Return the months of a figure, unless its own words name another year; 占年初预算5亿元 is all of a year's budget."""
        if phase in ("budget", "adjusted_budget"):
            return read_months(mention.wording.lead)
        return sentence.period.months if mention.wording.named_year in (None, sentence.period.year) else None

    def _scope(self, mention: Mention) -> Scope | None:
        """Return the scope that a figure's own words name, or those of the figure whose change or share it is."""
        if mention.wording.lead and not mention.wording.inherits:
            return self.bodies.scope(mention.wording.lead)
        last = self.found[-1] if self.found else None
        return last.scope if last is not None and last.label == mention.subject.label else None

    def _change_year(self, mention: Mention, sentence: Sentence) -> int | None:
        """Return the year that a change leads to: its own words', that of the figure that it follows, else the text's."""
        wording = mention.wording
        if PRINTED_YEAR.match(wording.lead):
            return wording.named_year
        told = self.found[sentence.first :]
        levels = [s for s in told if s.amount_text and not s.direction and s.subject == mention.subject.id]
        follows = wording.inherits and wording.base and not PRINTED_YEAR.search(wording.lead)
        if follows and len(levels) == 1 and PRINTED_YEAR.search(levels[0].phrase):
            return levels[0].fiscal_year
        return sentence.period.year

    def _is_rough(self, figure: ProseFigure, sentence: Sentence) -> bool:
        """Return whether the words around an amount make it no exact one: 约5万元, 超过5万元, 5万元左右."""
        before, after = sentence.plain[sentence.after : figure.start], sentence.plain[figure.end :]
        return bool(figure.unit) and bool(_ROUGHLY.search(before) or _OR_SO.match(after))

    def _base(self, mention: Mention, year: int | None) -> Base | None:
        """Return what a change is against; 比2025年预算数100万元减少10万元 states it with the previous figure.

        Args:
            mention: The change.
            year: The year that it leads to.
        """
        if mention.figure.text in DIRECTIONS or _AGAINST_BUDGET.search(mention.wording.lead):
            return "budget"
        if "年均" in mention.wording.lead:
            return None  # of several years
        last = self.found[-1] if self.found else None
        goes_on = last is not None and last.subject == mention.subject.id and last.direction is None
        if last is not None and goes_on and mention.wording.base is None and last.fiscal_year != year:
            return last.phase if last.phase in ("prior_year_budget", "prior_year_execution") else None
        return mention.wording.base

    def explain(self, sentence: Sentence) -> None:
        """Set the explanation of the statements before it, up to the next ；.

        An explanation at the beginning of a sentence explains the sentence before.
        """
        begun = sentence.start
        for match in EXPLANATION.finditer(sentence.plain):
            at = sentence.start + match.start()
            if at < begun:
                continue
            stop = sentence.plain.find("；", match.start())
            stop = sentence.start + (len(sentence.plain) if stop < 0 else stop)
            own = [i for i in range(sentence.first, len(self.found)) if begun <= self.places[i] < at]
            if not own and begun == sentence.start:
                own = list(range(sentence.first))[-2:]
            for index in own:
                if not self.found[index].explained and self.found[index].explanation is None:
                    text = self.paragraph.text[at:stop].rstrip("。；;")
                    self.found[index] = replace(self.found[index], explanation=text)
            begun = stop
