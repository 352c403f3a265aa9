"""The lines around a grid → title, table number, unit and agency, found by form and place, not by a fixed offset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from extractor.grids.grid import TextLine
from extractor.notation.numbering import NUMBERING, is_page_number
from extractor.notation.text import clean
from extractor.notation.units import MONEY, YUAN
from extractor.notation.years import WITH_WORD, YEAR
from extractor.vocabulary.label_rules import Captions

_UNIT = re.compile(rf"(?:(?:金额)?单\s*位\s*[::]?|金额[::])\s*(?:人民币)?\s*({MONEY})")
_UNIT_ALONE = re.compile(rf"[(（]?(?:人民币)?({MONEY})[)）]?")
_UNIT_CUT = re.compile(r"(?:金额)?单\s*位\s*[::]?\s*(?:人民币)?([百千万亿]+)$")  # 元 stands on the next line
# A unit's code before its name; of few digits alone it may be a part of that: 302医院.
_AGENCY_CODE = re.compile(rf"(?:[\[(（【]\d{{3,9}}[\])）】][-—_:]?|\d{{3,9}}[-—_:]|\d{{6,9}})(?=[一-鿿])(?!{MONEY})")
_MONEY_START = re.compile(rf"(?!{_AGENCY_CODE.pattern})\d|(?:人民币)?(?:{MONEY})")
_YEAR_ALONE = re.compile(rf"[(（]?(?:{WITH_WORD})?[)）]?")
_YEAR_BEHIND = re.compile(rf"[(（]?{YEAR}年度?[)）]?$")  # 编制单位:某某局 2024年度 单位:万元, in one line
_DATED = re.compile(rf"{YEAR}年")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_PROSE = re.compile(rf"[,;。]|\d[\d.]*(?:{MONEY})")  # 比上年减少3,630.64万元,主要原因是落实零基预算
_PROSE_END = ("。", "；", ";", "，", ",", ":", "：")
TITLE_LONGEST = 60


class Surroundings(NamedTuple):
    """What the lines around a grid say; empty or None where they say nothing."""

    title: str
    number: str
    agency: str
    unit: str | None


def read_surroundings(lines: Sequence[str], captions: Captions) -> Surroundings:
    """Read the lines above a grid, from top to bottom.

    The title is the last line that looks like one; a title that repeats or that wraps over two lines is taken whole.
    """
    texts = [clean(line) for line in lines]
    unit = _unit(texts)
    bodies = [t for t in texts if not (_UNIT.fullmatch(t) or _UNIT_CUT.fullmatch(t))]
    agency = next((name for t in bodies if (name := _agency(t, captions)) is not None), "")
    agency = _YEAR_BEHIND.sub("", _UNIT.sub("", agency))
    agency = agency[code.end() :] if (code := _AGENCY_CODE.match(agency)) else agency
    number, title = "", ""
    candidates: list[str] = []
    for text in texts:
        if is_page_number(text) or is_note(text, captions):
            continue
        if is_number(text, captions) and not number:
            number = text.rstrip(":")
            continue
        rest = _UNIT.sub("", text).replace("()", "")  # 债务限额情况(单位:亿元)
        if rest != text and not rest.strip("()（）"):
            continue
        if _begins_with_agency(text, captions):
            continue
        candidates.append(rest)
    title, printed_number = _title(candidates, captions)
    return Surroundings(title, number or printed_number, agency, unit)


def unwrapped(lines: Sequence[TextLine], captions: Captions) -> list[str]:
    """Return the texts of lines, a title that wraps made one again.

    A first line is at least as long as the rest of it, or says the year that the rest does not (2025年某某区 newline
    政府性基金预算收入表); it is set as high, centred over it, close, and no title of its own.
    """
    texts: list[str] = []
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else None
        wraps = before is not None and bool(texts) and _wraps(before, line)
        if wraps and _may_wrap(clean(texts[-1]), clean(line.text), captions):
            texts[-1] += line.text
        else:
            texts.append(line.text)
    return texts


def _wraps(first: TextLine, second: TextLine) -> bool:
    height = second.bottom - second.top
    return (
        (first.x1 - first.x0 >= second.x1 - second.x0 or _is_dated_by(clean(first.text), clean(second.text)))
        and abs((first.bottom - first.top) - height) < 0.15 * height
        and abs((first.x0 + first.x1) - (second.x0 + second.x1)) < 2 * height
        and -0.2 * height < second.top - first.bottom < height
    )


def _is_dated_by(first: str, rest: str) -> bool:
    return _DATED.match(first) is not None and _DATED.search(rest) is None


def _may_wrap(text: str, rest: str, captions: Captions) -> bool:
    """Return whether a text may go on: a whole title ends in 表, unless a bracket follows."""
    return not (
        (is_title(text, captions) and text.endswith("表") and not _BRACKETS.fullmatch(rest))
        or text.endswith(_PROSE_END)
        or _UNIT.search(text)
        or _begins_with_agency(text, captions)
        or is_number(text, captions)
        or _YEAR_ALONE.fullmatch(text)
    )


def _agency(text: str, captions: Captions) -> str | None:
    """Return what follows 编制单位：; None where nothing says whose the table is, as in 单位：万元."""
    names = (text[match.end() :] for match in captions.agency.finditer(text))
    return next((name for name in names if not _MONEY_START.match(name)), None)


def _begins_with_agency(text: str, captions: Captions) -> bool:
    match = captions.agency.match(text)
    return match is not None and not _MONEY_START.match(text, match.end())


def _unit(texts: Sequence[str]) -> str | None:
    for text in reversed(texts):
        if match := _UNIT.search(text):
            return match[1]
    if match := _UNIT.search("".join(texts)):  # `单位：` newline `万元`, also where a line is cut within a word
        return match[1]
    if cut := next(filter(None, map(_UNIT_CUT.search, texts)), None):  # 部门名称：某某局 stands between 万 and 元
        return f"{cut[1]}元" if "元" in texts and f"{cut[1]}元" in YUAN else None
    return next((m[1] for text in texts if (m := _UNIT_ALONE.fullmatch(text))), None)


def _title(candidates: Sequence[str], captions: Captions) -> tuple[str, str]:
    """Return (title, table number printed before it)."""
    for index in range(len(candidates) - 1, -1, -1):
        text = candidates[index]
        if len(text) > TITLE_LONGEST or text.endswith(_PROSE_END):
            continue
        if is_title(text, captions):
            before = candidates[index - 1] if index else ""
            starts = bool(before) and not before.endswith(_PROSE_END) and not is_title(before, captions)
            numbered = captions.number_start.match(before)
            # 公开09表：“三公”经费、培训费 newline 支出预算表, but not 附件3：2026年部门预算公开, which is of all tables.
            goes_on = numbered is not None and "表" in numbered[0] and numbered.end() < len(before)
            if starts and (goes_on or not captions.subject.search(text)):
                text = before + text  # a title that wraps: 部门预算政府采购 newline 预算表(不含上年结转)
            number = captions.number_start.match(text)
            title = captions.continued.sub("", text[number.end() :] if number else text)
            return title, number[0].strip(":、.") if number else ""
        whole = candidates[index - 1] + text if index else ""
        if whole and is_title(whole, captions) and not is_title(candidates[index - 1], captions):
            return whole, ""
    return "", ""


def is_title(text: str, captions: Captions) -> bool:
    """Return whether a text without blanks reads like a table's title."""
    plain = captions.continued.sub("", re.sub(rf"(?:{_BRACKETS.pattern})+$", "", text))
    if is_number(plain, captions) or len(plain) < 3 or captions.listing.search(plain) or _PROSE.search(plain):
        return False
    if captions.table_end.search(plain) or re.search(r"表[(（].{0,20}[)）]?$", text):
        return not NUMBERING.match(plain) or len(plain) > 5
    return bool(captions.end.search(plain)) and bool(captions.end_subject.search(plain))


def is_number(text: str, captions: Captions) -> bool:
    """Return whether a text without blanks is a table's number: 公开03表, 预算01-3表, 附件3."""
    return bool(captions.number.fullmatch(text))


def is_note(text: str, captions: Captions) -> bool:
    """Return whether a line without blanks is a note under a table."""
    return bool(captions.note.match(text))
