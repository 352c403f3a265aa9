"""The lines around a grid → title, table number, unit and agency, found by form and place, not by a fixed offset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from extractor.grids.grid import TextLine
from extractor.notation.numbering import ATTACHMENT, CHINESE, NUMBERING, is_page_number
from extractor.notation.text import clean
from extractor.notation.units import MONEY
from extractor.notation.years import WITH_WORD, YEAR

_UNIT = re.compile(rf"(?:金额)?单\s*位\s*[::]?\s*(?:人民币)?\s*({MONEY})")
_UNIT_ALONE = re.compile(rf"[(（]?(?:人民币)?({MONEY})[)）]?")
_AGENCY = re.compile(
    r"(?:编制|填报|预算|公开|填制|编报|部门|主管|申报)*(?:单位|部门)(?:[(（](?:单位|盖章|公章|部门)[)）])?"
    rf"(?:名称)?(?:及代码)?[::](?!\d|(?:人民币)?(?:{MONEY}))(.*)"
)
_NUMBER = re.compile(
    rf"(?:{YEAR}年)?(?:公开|预算|附|部门|单位|财预|财决|财|决)*(?:表|件)?[\dA-Z{CHINESE}]{{1,4}}(?:[-—]\d+)?表?[::]?"
)
_NUMBER_START = re.compile(
    rf"^(?:(?:公开|预算|附|单位预算|部门预算|单位)?(?:表)[{CHINESE}\d]{{1,3}}(?:-\d+)?|(?:公开|预算|财决公开|附)\d{{1,2}}表|{ATTACHMENT})[::、.]?"
)
_CONTINUED = re.compile(r"[(（]?续表?[)）]?$|^续表")
_NOTE = re.compile(r"^(?:备?注|说明|注释)\d?[::、]?")
_SUBJECT = re.compile(r"收入|支出|收支|经费|采购|项目|基金|绩效|债务|资产|资本|公共|服务")
_YEAR_ALONE = re.compile(rf"[(（]?(?:{WITH_WORD})?[)）]?")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_TITLE_END = re.compile(r"表[-—–]{1,2}[^,。]{2,30}$|(?:收入|支出)分类(?:汇总)?$|工资福利$|商品和服务$")
_PROSE = re.compile(rf"[,;。]|\d[\d.]*(?:{MONEY})")  # 比上年减少3,630.64万元,主要原因是落实零基预算
_PROSE_END = ("。", "；", ";", "，", ",", ":", "：")
TITLE_LONGEST = 60


class Surroundings(NamedTuple):
    """What the lines around a grid say; empty or None where they say nothing."""

    title: str
    number: str
    agency: str
    unit: str | None


def read_surroundings(lines: Sequence[str]) -> Surroundings:
    """Read the lines above a grid, from top to bottom.

    The title is the last line that looks like one; a title that repeats or that wraps over two lines is taken whole.
    """
    texts = [clean(line) for line in lines]
    unit = _unit(texts)
    agency = next((m[1] for t in texts if (m := _AGENCY.search(t)) and not _UNIT.fullmatch(t)), "")
    agency = _UNIT.sub("", agency)
    number, title = "", ""
    candidates: list[str] = []
    for text in texts:
        if is_page_number(text) or _NOTE.match(text):
            continue
        if _NUMBER.fullmatch(text) and not number:
            number = text.rstrip(":")
            continue
        rest = _UNIT.sub("", text)
        if rest != text and not rest.strip("()（）"):
            continue
        if _AGENCY.match(text):
            continue
        candidates.append(rest)
    title, printed_number = _title(candidates)
    return Surroundings(title, number or printed_number, agency, unit)


def unwrapped(lines: Sequence[TextLine]) -> list[str]:
    """Return the texts of lines, a title that wraps made one again.

    A first line is at least as long as the rest of it, set as high, centred over it, close, and no title of its own.
    """
    texts: list[str] = []
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else None
        if before is not None and texts and _wraps(before, line) and _may_wrap(clean(texts[-1]), clean(line.text)):
            texts[-1] += line.text
        else:
            texts.append(line.text)
    return texts


def _wraps(first: TextLine, second: TextLine) -> bool:
    height = second.bottom - second.top
    return (
        first.x1 - first.x0 >= second.x1 - second.x0
        and abs((first.bottom - first.top) - height) < 0.15 * height
        and abs((first.x0 + first.x1) - (second.x0 + second.x1)) < 2 * height
        and -0.2 * height < second.top - first.bottom < height
    )


def _may_wrap(text: str, rest: str) -> bool:
    """Return whether a text may go on: a whole title ends in 表, unless a bracket follows."""
    return not (
        (is_title(text) and text.endswith("表") and not _BRACKETS.fullmatch(rest))
        or text.endswith(_PROSE_END)
        or _UNIT.search(text)
        or _AGENCY.match(text)
        or _NUMBER.fullmatch(text)
        or _YEAR_ALONE.fullmatch(text)
    )


def _unit(texts: Sequence[str]) -> str | None:
    for text in reversed(texts):
        if match := _UNIT.search(text):
            return match[1]
    joined = "".join(texts)  # `单位：万` newline `元`
    if match := _UNIT.search(joined):
        return match[1]
    return next((m[1] for text in texts if (m := _UNIT_ALONE.fullmatch(text))), None)


def _title(candidates: Sequence[str]) -> tuple[str, str]:
    """Return (title, table number printed before it)."""
    for index in range(len(candidates) - 1, -1, -1):
        text = candidates[index]
        if len(text) > TITLE_LONGEST or text.endswith(_PROSE_END):
            continue
        if is_title(text):
            before = candidates[index - 1] if index else ""
            if before and not _SUBJECT.search(text) and not is_title(before) and not before.endswith(_PROSE_END):
                text = before + text  # a title that wraps: 部门预算政府采购 newline 预算表(不含上年结转)
            number = _NUMBER_START.match(text)
            return _CONTINUED.sub("", _NUMBER_START.sub("", text)), number[0].strip(":、.") if number else ""
        if index and is_title(candidates[index - 1] + text) and not is_title(candidates[index - 1]):
            return candidates[index - 1] + text, ""
    return "", ""


def is_title(text: str) -> bool:
    """Return whether a text without blanks reads like a table's title."""
    plain = _CONTINUED.sub("", re.sub(rf"(?:{_BRACKETS.pattern})+$", "", text))
    if _NUMBER.fullmatch(plain) or len(plain) < 3 or "目录" in plain or _PROSE.search(plain):
        return False
    if plain.endswith("表") or re.search(r"表[(（].{0,20}[)）]?$", text) or _TITLE_END.search(plain):
        return not NUMBERING.match(plain) or len(plain) > 5
    return bool(
        re.search(r"(总表|情况表|预算表|决算表|明细表|(?:收支|支出|收入|预算|决算|执行)情况|预算(?:数)?|决算)$", plain)
    ) and bool(re.search(r"收入|支出|收支|预算|决算|经费|项目|采购|绩效|债务", plain))


def is_number(text: str) -> bool:
    """Return whether a text without blanks is a table's number: 公开03表, 预算01-3表, 附件3."""
    return bool(_NUMBER.fullmatch(text))


def is_note(text: str) -> bool:
    """Return whether a line without blanks is a note under a table."""
    return bool(_NOTE.match(text))
