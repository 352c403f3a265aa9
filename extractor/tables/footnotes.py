"""The notes under a table by the marks that refer to them, as in 注：①含上年结转；②含补缴部分."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from extractor.notation.numbering import is_page_number
from extractor.notation.text import MARKS
from extractor.notation.years import YEAR
from extractor.tables.surroundings import is_note, is_title
from extractor.vocabulary.label_rules import Captions

WRAPPED = 30  # characters of a line that may go on in the next
MAX_CHARS = 500  # of a note: a longer one is the page's prose
_SIGN = rf"[{MARKS}⑴-⒇]+"
_MARK = re.compile(
    rf"(?P<sign>{_SIGN})|(?P<stars>\*{{1,4}}|[†‡§#])|(?P<plain>\d{{1,2}})(?:[.、)](?!\d)|[.、](?={YEAR}年))|[(\[](?P<held>\d{{1,2}})[)\]]"
)
_FIRST = re.compile(rf"{_SIGN}|[*†‡§#]")
_CLAUSES = re.compile(r"(?<=[。;])|\n")
_ENDS = "。"


def read_footnotes(lines: Sequence[str], captions: Captions) -> dict[str, str]:
    """Return the notes under a table, by the number or the stars of their marks.

    Args:
        lines: The lines under it, without blanks.
        captions: How titles and notes read.
    """
    found: dict[str, str] = {}
    key = None
    lines = [*_note_lines(lines, captions)]
    for clause in (clause for line in lines for clause in _CLAUSES.split(line)):
        begun = _begin(clause, captions)
        if begun is not None and begun[0] not in found:
            key, clause = begun  # noqa: PLW2901 - without its mark
            found[key] = ""
        if key is not None:
            found[key] += clause
    if not found and any("*" in line for line in lines):  # 注：加*项目包含对市县专项转移支付
        found["*"] = captions.note.sub("", "".join(lines), count=1)
    return {key: note.strip(".、:);")[:MAX_CHARS] for key, note in found.items()}


def footnote_of(mark: str, footnotes: Mapping[str, str]) -> str:
    """Return a mark of a figure, and behind a blank the text of the notes that it refers to, where the table has it."""
    texts = (footnotes.get(key, "") for key in _keys(mark, footnotes))
    return " ".join((mark, *dict.fromkeys(filter(None, texts))))


def _note_lines(lines: Sequence[str], captions: Captions) -> Iterator[str]:
    """Yield the lines of notes: from the first that begins like one to a title, a page number or prose."""
    start = next((n for n, line in enumerate(lines) if is_note(line, captions) or _FIRST.match(line)), len(lines))
    before = ""
    for line in lines[start:]:
        ended = before.endswith(_ENDS) or len(before) < WRAPPED  # a line that goes on may end like a title
        if is_page_number(line) or (before.endswith(_ENDS) and _begin(line, captions) is None):
            return
        if ended and is_title(line, captions):
            return
        yield line
        before = line


def _begin(clause: str, captions: Captions) -> tuple[str, str] | None:
    """Return the mark that a clause begins with, as a key, and the rest of it; None where it begins with none."""
    lead = captions.note.match(clause)
    named = re.search(r"\d", lead[0]) if lead else None
    rest = clause[lead.end() :] if lead else clause
    if named:
        return named[0], rest
    match = _MARK.match(rest)
    if match is None:
        return None
    return match["stars"] or _number(match["sign"] or "") or match["plain"] or match["held"], rest[match.end() :]


def _number(sign: str) -> str:
    """Return the number that a mark is, empty where it is none: ¹² is 12."""
    return "".join(f"{unicodedata.numeric(char):.0f}" for char in sign if unicodedata.numeric(char, None) is not None)


def _keys(mark: str, footnotes: Mapping[str, str]) -> list[str]:
    """Return the keys that a figure's mark may mean: ①② are two notes, and so are ¹² where no note is the twelfth."""
    stars, signs = re.findall(r"\*+|[†‡§#]", mark), re.sub(r"[^\w①-⒇❶-❿]|注", "", mark)
    whole = _number(signs)
    is_one = whole in footnotes and not re.search(r"[①-⒇]{2}", signs)
    return [*stars, *([whole] if is_one else map(_number, signs))]
