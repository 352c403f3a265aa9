"""Read the statements of sections: every figure of the prose with its subject, year and phase, or the change it states.

The subject is read from the phrase before the figure. A phrase without a subject (比上年增加, 2026年预算数) inherits the
previous subject of its paragraph, or that of the heading; a phrase that the vocabulary does not know has no subject, and no
check uses it. Figures in explanations (主要用于 …, 主要原因是 …) do not change the subject of later figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from extractor.notation.numbering import CHINESE, NUMBERING
from extractor.notation.years import YEAR
from extractor.prose.figures import ProseFigure, read_figures
from extractor.prose.months import following_months, names_several_years, opening_months, opening_year, read_months
from extractor.prose.paragraph_statements import COUNT, DIRECTIONS, EXPLANATION, Mention, ParagraphStatements, Sentence
from extractor.prose.paragraphs import Paragraph
from extractor.prose.sections import Section
from extractor.prose.statement import Statement
from extractor.prose.subjects import CLASS, NO_SUBJECT, Subject, SubjectReader, says_no_part
from extractor.prose.wording import PRINTED_YEAR, Period, Wording, read_period, read_wording
from extractor.records.facts import Facts
from extractor.vocabulary.phrases import Changes, bare

WITHOUT_FIGURES = ("terms", "duties")
_PURPOSE = re.compile(r"用于|用途|包括|支出|内容|涉及")  # an explanation of the purpose, not of the reason
_ITEM = re.compile(rf"^(?:[{CHINESE}]是|其中|另|\(\d\)|\d[.、])")
_SENTENCE_END = re.compile(r"。|(?<=[元%])\.")
_BOUNDARY = re.compile(r"[。;；:：，]|(?<!收)(?<!收入)、")
_PARTS = re.compile(r"其中|分项(?:情况)?(?:是|为|:)|(?<!主要)包括")
# A clause of its own before the figures of a year: 截至2025年末，全市政府债务余额…
_PERIOD = re.compile(
    rf"(?<![^。；，])(?:截[至止]|到|至)?(?P<year>{YEAR})年(?:度|\d{{1,2}}月)?(?:\d{{1,2}}日)?[末底]?(?=，)"
)
_AT_A_DATE = re.compile("[末底截]")
_BARE, _EITHER = re.compile(r"总?(?:收入|支出)(?:预计)?(?:执行|完成|实现|安排)*"), re.compile(r"收入|支出")
_SIDES = re.compile(r"_(?:revenue|expenditure|limit|balance)$")
_CLAUSES = re.compile(r"[。；：]")
_NAMED = re.compile(r"经费|费用?|支出|收入|拨款|资金")
_OPENING_CHARS = 12  # of a paragraph that may begin with a year of its own
_MAX_PHRASE_CHARS = 100  # characters; what stands further before a figure does not say what it is of
# 编报绩效目标的项目共5个，涉及项目预算资金3,328.13万元
_PROJECTS = re.compile(
    r"(?:项目[^，。；\d]{0,6}(\d+)\s?个|(\d+)\s?个(?:[一二三]级)?项目)(?=[^。；]{0,30}?(?:涉及|预算资金))"
)


def read_statements(
    document_id: str, sections: Sequence[Section], facts: Facts, subjects: SubjectReader
) -> list[Statement]:
    """Return the statements of a document's sections, in reading order; terms, duties and a department's tasks are left out.

    Args:
        document_id: SHA-256 of the file, in hex.
        sections: The document's sections.
        facts: The document facts.
        subjects: Reads the subject of a phrase.
    """
    found: list[tuple[int, Statement]] = []
    paragraphs = 0
    periods = subjects.periods(sections)
    for section in sections:
        if section.kind in WITHOUT_FIGURES or (section.kind == "tasks" and facts.organisation_level != "government"):
            continue  # a government says what it is to spend on its tasks, others what these are to achieve
        heading = subjects.heading(section)
        about = heading
        own = said = subjects.period(section, periods.get(section.ordinal))
        for paragraph in section.paragraphs:
            paragraphs += 1
            said = own if _begins_with_another_year(paragraph, said) else said
            opening = subjects.opening(paragraph, section)
            # What is said of a class may go on in the next paragraph: 1、…(项)。主要用于 … newline 年初预算为 …
            going_on = about.id == CLASS and not NUMBERING.match(paragraph.plain) and not paragraph.labelled
            told = NO_SUBJECT if paragraph.labelled else heading
            reader = _ParagraphReader(
                section,
                paragraph,
                opening or (about if going_on else told),
                opening is not None,
                said,
                facts,
                subjects,
            )
            found += ((paragraphs, statement) for statement in reader.read())
            about = reader.subject
            said = _goes_on_with(said, reader, dated=section.ordinal in periods)
    return [
        replace(
            statement,
            statement_id=f"{document_id[:16]}/statement/{n}",
            document_id=document_id,
            ordinal=n,
            paragraph=paragraph,
        )
        for n, (paragraph, statement) in enumerate(found, start=1)
    ]


def _begins_with_another_year(paragraph: Paragraph, said: Period) -> bool:
    """Return whether a paragraph says at its beginning that it is of another year than the one before."""
    match = PRINTED_YEAR.search(paragraph.plain, 0, _OPENING_CHARS)
    return match is not None and int(match[0]) != said.year


def _goes_on_with(said: Period, reader: _ParagraphReader, *, dated: bool) -> Period:
    """Return the period that the next paragraph of a section speaks of where it says none.

    2025年，全市…收入…; newline 全市…支出…: in a government's report, under a heading that is not `dated`, the year goes on.

    Args:
        said: The period of the paragraph.
        reader: It has read the paragraph.
        dated: The heading, or one around it, says a year.
    """
    opened = reader.opened_with
    if not dated and opened and (opened.months or reader.facts.organisation_level == "government"):
        said = opened
    return said._replace(months=reader.period.months) if reader.period.year == said.year else said


class _ParagraphReader:
    """Reads one paragraph's statements, and follows its subject."""

    def __init__(
        self,
        section: Section,
        paragraph: Paragraph,
        heading: Subject,
        opened: bool,
        period: Period,
        facts: Facts,
        subjects: SubjectReader,
    ) -> None:
        self.section, self.paragraph, self.facts, self.subjects = section, paragraph, facts, subjects
        self.changes = subjects.words.changes
        self.kind = section.kind
        if "三公" in paragraph.plain and self.kind in (None, "overall", "expenditure", "general_public_budget"):
            self.kind = "three_public"
        self.subject = heading
        self.opened, self.last_end = opened, 0  # the paragraph's own opening is its subject; the end of its last figure
        self.item, self.item_opens = heading if opened else None, False
        self.bodies = subjects.bodies
        self.body = self.bodies.over((section.title, *reversed(section.around)))
        self.under_another = self.body == "other"
        self.period = period
        self.opened_with: Period | None = None  # the year that a clause of its own says: 2025年，
        self.outer: list[Subject] = []  # the subject before each open bracket
        self.told = ParagraphStatements(section, self.kind, paragraph, facts, self.changes, self.bodies)

    def read(self) -> list[Statement]:
        """Return the paragraph's statements."""
        start = 0
        plain = self.paragraph.plain
        ends = [match.end() for match in _SENTENCE_END.finditer(plain)]
        for end in (*ends, len(plain)):
            if end > start:
                self._read_sentence(Sentence(start, plain[start:end], len(self.told.found), self.period))
            start = end
        return self.told.found

    def _read_sentence(self, sentence: Sentence) -> None:
        for figure in _tokens(sentence.plain, self.changes):
            mention = self._mention(figure, sentence)
            self.subject = self.told.take(mention, sentence)
            changes = mention.wording.direction is not None
            sentence.listed = mention.between.startswith("、") or (sentence.parts == 0 and not changes)
            part = figure.amount is not None and not mention.wording.inherits and not self.outer
            sentence.parts = 0 if changes or not figure.unit else sentence.parts + part
            sentence.after, self.last_end = figure.end, sentence.start + figure.end
        self._brackets(sentence.plain[sentence.after :])
        self.told.explain(sentence)
        self.subject = sentence.whole or self.subject  # …，其中：…。比上年增加…: the subject is the whole again

    def _mention(self, figure: ProseFigure, sentence: Sentence) -> Mention:
        between = sentence.plain[sentence.after : figure.start]
        skipped, lead = _split(between)
        self._brackets(between)
        if between.startswith("("):  # 2025年债务限额88亿元(一般债务30亿元、专项债务58亿元)
            sentence.outside, sentence.period = sentence.period, self._period_of_whole(sentence)
        elif ")" in between and sentence.outside is not None:
            self.period = sentence.period = sentence.outside
            sentence.outside = None
        if _PARTS.search(between):
            sentence.period = self._period_of_whole(sentence)
        self._follow_period(between, sentence)
        self._end_parts(between, lead, sentence)
        wording = read_wording(between, lead, self.facts, sentence.period, self.changes)
        if figure.text in DIRECTIONS and not lead:
            wording = wording._replace(inherits=True)
        if _lists_parts(between, explaining=bool(sentence.explaining), told=bool(self.told.found)):
            sentence.bracketed = sentence.whole is None and between.startswith("(")
            sentence.whole, sentence.parts = sentence.whole or self.subject, 0
        subject = self._subject(wording, skipped, sentence)
        if sentence.whole is not None and _side(subject) != _side(sentence.whole) is not None and _side(subject):
            sentence.whole, sentence.parts = None, 0  # 收入5亿元，其中：税收4亿元；支出6亿元: a whole of its own
        begins = PRINTED_YEAR.match(wording.lead) is not None
        if begins and wording.direction and wording.named_year != sentence.period.year:
            self.period = sentence.period = read_period(wording.named_year or 0, wording.lead, self.facts)
        elif self._opens_with_year(wording, skipped, sentence):
            self.period = sentence.period = read_period(wording.named_year or 0, wording.lead, self.facts)._replace(
                months=read_months(opening_months(between) or "")
            )
        elif wording.named_year == sentence.period.year is not None and not opening_months(between):
            self.period = sentence.period = sentence.period._replace(months=None)
        self._follow_body(subject.owner if not wording.inherits else "", skipped)
        self._follow_explanation(between, lead, wording, subject, sentence)
        return Mention(figure, between, wording, subject, self.subject, self.body, bool(sentence.explaining))

    def _follow_period(self, between: str, sentence: Sentence) -> None:
        """Record the year and the months of the figures from here on: 截至2025年末，; 1-5月，全县…; 五年来，…累计."""
        for clause in _PERIOD.finditer(between):
            self.period = sentence.period = read_period(int(clause["year"]), clause[0], self.facts)
            self.opened_with = None if _AT_A_DATE.search(clause[0]) else self.period
        if sentence.explaining or EXPLANATION.search(between):
            return
        if names_several_years(between):
            self.period = sentence.period = Period(None, several=True)
        elif opening := opening_months(between):
            self.period = sentence.period = self._period_of_months(opening, sentence.period)
            if self.period.months and self.period.year != self.facts.fiscal_year and not _AT_A_DATE.search(opening):
                self.opened_with = self.period
        else:
            months = following_months(between, sentence.period.months)
            self.period = sentence.period = sentence.period._replace(months=months)

    def _period_of_months(self, opening: str, period: Period) -> Period:
        """Return the period of a text that opens with months, and before these maybe with a year: 2024年上半年，…."""
        year, months = opening_year(opening), read_months(opening)
        if year is not None:
            period = period if year == period.year else read_period(year, opening, self.facts)
        elif months and period.year == self.facts.fiscal_year:
            period = self.subjects.of_months(period)
        return period._replace(months=months, several=False)

    def _opens_with_year(self, wording: Wording, skipped: str, sentence: Sentence) -> bool:
        """Return whether a sentence of a government begins with another year: 2024年市级…收入完成5亿元，加上…3亿元."""
        begins = self.facts.organisation_level == "government" and not sentence.after and not skipped
        level = wording.direction is None and wording.base is None and not _AT_A_DATE.search(wording.lead)
        begins = begins and PRINTED_YEAR.match(wording.lead) is not None
        return begins and level and wording.named_year not in (None, sentence.period.year)

    @staticmethod
    def _end_parts(between: str, lead: str, sentence: Sentence) -> None:
        """Record where a list of parts ends: with its bracket, or before a figure that says its own year."""
        if (sentence.bracketed and ")" in between) or ("；" in between and PRINTED_YEAR.match(lead)):
            sentence.whole, sentence.bracketed, sentence.parts = None, False, 0

    def _period_of_whole(self, sentence: Sentence) -> Period:
        """Return the period of what 其中 divides: 2025年末…余额5亿元，其中：一般债务…, in one sentence or in two."""
        if sentence.period.several:
            return sentence.period
        found = self.told.found
        if len(found) == sentence.first and found:
            told = [s for s in found if s.start == found[-1].start]
        else:
            told = found[sentence.first :]
        of = {
            Period(s.fiscal_year, s.phase, s.months)
            for s in told
            if s.label == self.subject.label and s.direction is None
        }
        return of.pop() if len(of) == 1 and self.subject.label else sentence.period

    def _brackets(self, between: str) -> None:
        """Restore the subject from before a bracket when the bracket closes.

        公务用车购置及运行费9万元(购置费0万元；运行费9万元)，比上年减少1万元: the whole decreases.
        """
        for char in between:
            if char == "(":
                self.outer.append(self.subject)
            elif char == ")" and self.outer:
                self.subject = self.outer.pop()

    def _follow_body(self, owner: str, skipped: str) -> None:
        """Record whose the figures are from here on; 本单位 under another unit's heading is that unit."""
        body = self.bodies.named(owner) or self.bodies.introduced(skipped)
        if body is not None and not (body == "own" and self.under_another):
            self.body = body

    def _subject(self, wording: Wording, skipped: str, sentence: Sentence) -> Subject:
        if sentence.whole and wording.inherits and sentence.parts > 1:
            # 其中：甲3万元、乙2万元，较上年增加1万元: all of it. Without 、 the subject is ambiguous.
            return sentence.whole if sentence.listed else NO_SUBJECT
        if "；" in skipped and not wording.inherits:
            sentence.parts = 0  # 其中：甲3万元；乙2万元，年初预算为1万元: the last part alone
        self._follow_item(skipped, sentence)
        if wording.inherits and self.item is not None and self.item_opens:
            return self.item
        opening = self.opened and not self.told.found  # …(项):年初预算为: the class is no other thing
        if wording.inherits and not opening and not EXPLANATION.search(skipped) and _NAMED.search(skipped):
            return NO_SUBJECT  # 因公出国(境)经费未安排，较上年无变化: the clause between is about something else
        subject = self.subjects.read(wording, self.section, self.kind, self.subject)
        if subject.general and _BARE.fullmatch(bare(wording.noun)) and _EITHER.search(self.subject.label):
            subject = self.subjects.other_side(subject, self.subject)
        of_level = self.facts.organisation_level == "government" and subject.owner and says_no_part(subject.owner)
        if sentence.whole is not None and of_level and subject.id in ("total_revenue", "total_expenditure"):
            subject = self.subjects.other_side(subject, sentence.whole)  # …预算支出5亿元，其中：县本级支出3亿元
        return self.item if subject.general and self.item is not None else subject

    def _follow_item(self, skipped: str, sentence: Sentence) -> None:
        """Record the subject of a numbered item that opens between the last figure and a phrase.

        3.安全生产专项。年初预算为…: the item has a name of its own, and what nobody knows is no subject.
        """
        self.item_opens = False
        if self.opened and not self.told.found:
            return
        between = self.paragraph.plain[self.last_end : sentence.start + sentence.after + len(skipped)]
        items = [clause[m.end() :] for clause in _CLAUSES.split(between) if (m := NUMBERING.match(clause))]
        if items:
            self.item, self.item_opens = self.subjects.item(items[-1], self.section, self.kind), True

    @staticmethod
    def _follow_explanation(between: str, lead: str, wording: Wording, subject: Subject, sentence: Sentence) -> None:
        """Record where an explanation begins, and where it ends before the end of the sentence."""
        explanatory = between
        if sentence.explaining == "purpose" and wording.inherits and wording.direction and wording.base:
            sentence.explaining = ""  # 用于…等重点工作，比上年增加…: the change is of what is explained
        another = subject.id or (sentence.explaining == "reason" and subject.label)
        if "；" in between and another and not wording.inherits and not _ITEM.match(lead):
            sentence.explaining, explanatory = "", between.rpartition("；")[2]
        if sentence.explaining or (wording.inherits and wording.base):
            return
        match = EXPLANATION.search(explanatory)
        if match:
            sentence.explaining = "purpose" if _PURPOSE.search(match[0]) else "reason"


def _lists_parts(between: str, *, explaining: bool, told: bool) -> bool:
    """Return whether the words before a figure say that it is a part of what stood before, outside of an explanation.

    原因是厉行节约；其中：… is no part of the reason; 本级部门，包括行政单位，…5万元 has no figure before it to divide.
    """
    match = _PARTS.search(between)
    if match is None or (match[0] == "包括" and not told):
        return False
    before = between[: match.start()]
    explained = "；" not in before and (explaining or EXPLANATION.search(before) is not None)
    return not explained and EXPLANATION.search(between, match.start()) is None


def _side(subject: Subject) -> str | None:
    """Return on which side a subject stands: revenue or expenditure, limit or balance; None for all others."""
    match = _SIDES.search(subject.id or "")
    return match[0] if match else None


def _tokens(plain: str, changes: Changes) -> Iterator[ProseFigure]:
    """Yield figures, statements of no change, and comparisons of accounts with the budget, in order."""
    found = list(read_figures(plain, changes.flat))
    for match in changes.against_budget.finditer(plain):
        direction = changes.directions[match["word"]]
        found.append(ProseFigure(match.start(), match.end(), direction, Decimal(0), ""))
    for match in _PROJECTS.finditer(plain):
        text = match[1] or match[2]
        found.append(ProseFigure(match.start(), match.end(), text, Decimal(text), COUNT))
    yield from sorted(found)


def _split(between: str) -> tuple[str, str]:
    """Return (skipped text, phrase before a figure); the phrase begins after the last punctuation outside brackets.

    It also begins after an open bracket.
    """
    depth = 0
    start = 0
    for index in range(len(between) - 1, -1, -1):
        depth += (between[index] == ")") - (between[index] == "(")
        if depth < 0 or (depth == 0 and _BOUNDARY.match(between, index)):
            start = index + 1
            break
    lead = between[start:].lstrip(")")[-_MAX_PHRASE_CHARS:]
    number = NUMBERING.match(lead)
    return between[:start], (lead[number.end() :] if number else lead).strip('“”"')
