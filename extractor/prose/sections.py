"""Find headings among the paragraphs, by numbering or by their words, and group the paragraphs into sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, NamedTuple

from extractor.contract import Described, Int8
from extractor.notation.numbering import NUMBERING, level_of
from extractor.notation.text import printed
from extractor.notation.units import MONEY_OR_SHARE
from extractor.notation.years import WITH_WORD
from extractor.prose.paragraphs import Paragraph
from extractor.vocabulary.phrases import Phrases

MAX_HEADING_CHARS = 45  # characters; a heading may wrap, a sentence is longer
MAX_RUN_IN_CHARS = 25
MAX_TITLE_CHARS = 60
UNNUMBERED = 1
DEEPEST = 5  # ① numbers items, not sections
_SENTENCE = re.compile(r"[。，,；;！？]")
_MONEY = re.compile(rf"\d\s?(?:{MONEY_OR_SHARE})")
_RUN_IN = re.compile(rf"([^。：:，；]{{2,{MAX_RUN_IN_CHARS}}})[。：:]")
_PLAIN_HEADING = re.compile(r"(?:说明|情况|职能|职责|设置|解释|概况|构成|信息公开)$")
# 2024年预算执行情况: over the first half of a government's report.
_YEARS_HEADING = re.compile(rf"{WITH_WORD}[^\d，。、和与及]{{0,16}}(?:执行情况|预算草案|预算安排(?:情况)?)")
_NO_HEADING = re.compile(r"表(?:[（(].*)?$|^图\s?\d|^注[：:]|[：:].*单位")
_CLASS = re.compile(r"[（(]\d{0,3}[类款项][)）]")
_YEAR = re.compile(WITH_WORD)
_ITEMS = frozenset(("duties", "organisation", "terms", "tasks"))  # sections whose numbered paragraphs are their items


class Section(NamedTuple):
    """One heading and what stands under it, up to the next heading; what is described here is a column of `sections`.

    Attributes beyond the contract:
        ordinal: 1-based, in reading order.
        own_kind: The kind by its own words only.
        run_in: The heading is the beginning of a paragraph of text.
        paragraphs: The paragraphs under it, up to the next heading.
        around: The titles of the sections around it, outermost first.
    """

    ordinal: int
    level: Annotated[
        Int8,
        Described(
            "1 第一部分 and headings without a number, 2 一、, 3 (一), 4 1., 5 (1).", 2, unit="depth", values="1 to 5"
        ),
    ]
    number: Annotated[str, Described("The numbering as printed; empty where there is none.", "三、")]
    title: Annotated[
        str,
        Described(
            "The heading without it; before the first heading the title of the text, empty where it has none.",
            "关于某局2026年“三公”经费预算情况说明",
        ),
    ]
    kind: Annotated[
        str | None,
        Described(
            "What it is about: by its own words, or by the section around it where they say nothing.",
            "three_public",
            values="a [kind of section](#kinds-of-sections)",
        ),
    ]
    own_kind: str | None
    page: Annotated[int, Described("The page that the heading stands on.", 6, unit="ordinal, from 1")]
    end_page: Annotated[int, Described("The page that its own text ends on.", 7, unit="ordinal, from 1")]
    listed: Annotated[bool, Described("The table of contents (目录) has it.", True)]
    run_in: bool
    paragraphs: tuple[Paragraph, ...]
    around: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its own text, a paragraph a line."""
        return "\n".join(p.text for p in self.paragraphs)


class _Heading(NamedTuple):
    level: int
    number: str
    title: str
    run_in: int  # offset at which the text continues; 0 where the heading is a paragraph of its own


def read_sections(paragraphs: Sequence[Paragraph], words: Phrases) -> list[Section]:
    """Return the sections of a document; before the first heading, only text that states amounts is one, under its title."""
    listed = {_bare_title(p.text) for p in paragraphs if p.contents} - {""}
    sections: list[Section] = []
    around: list[tuple[int, str, str | None]] = []
    title: Paragraph | None = None
    for paragraph in paragraphs:
        if paragraph.contents:
            continue
        heading = _heading(paragraph, listed, words, around[-1][2] if around else None)
        if heading is None:
            if not sections and _states_amounts(paragraph):
                sections.append(_opening(title or paragraph, title, words))
            elif not sections:
                title = paragraph if _may_be_title(paragraph, title) else title
            if sections:
                last = sections[-1]
                end = paragraph.end_page
                sections[-1] = last._replace(paragraphs=(*last.paragraphs, paragraph), end_page=end)
            continue
        around = [entry for entry in around if entry[0] < heading.level]
        is_listed = _bare_title(paragraph.text) in listed or _bare_title(heading.title) in listed
        section = _section(len(sections) + 1, paragraph, heading, around, words, is_listed)
        around.append((heading.level, heading.title, section.kind))
        sections.append(section)
    return sections


def _states_amounts(paragraph: Paragraph) -> bool:
    """Return whether a paragraph is text with amounts, and no line of a form: 单位：万元."""
    return _SENTENCE.search(paragraph.text) is not None and _MONEY.search(paragraph.plain) is not None


def _may_be_title(paragraph: Paragraph, known: Paragraph | None) -> bool:
    """Return whether a paragraph before the text may be its title: the first that has a year, or else the last."""
    text = paragraph.text
    if len(text) > MAX_TITLE_CHARS or _SENTENCE.search(text) or text.endswith(("：", ":")) or text[0] in "—-(（":
        return False
    return known is None or not _YEAR.search(known.text)


def _opening(first: Paragraph, title: Paragraph | None, words: Phrases) -> Section:
    """Return the section of text that no heading stands over."""
    text = "" if title is None else title.text
    own = words.section(text)
    return Section(1, UNNUMBERED, "", text, own, own, first.page, first.end_page, False, False, (), ())


def _section(
    ordinal: int,
    paragraph: Paragraph,
    heading: _Heading,
    around: Sequence[tuple[int, str, str | None]],
    words: Phrases,
    is_listed: bool,
) -> Section:
    """Return the section that a heading begins, within those `around` it (level, title and kind, outermost first)."""
    own = words.section(heading.title)
    outer = around[-1][2] if around else None
    return Section(
        ordinal,
        heading.level,
        heading.number,
        heading.title,
        outer if outer == "projects" else own or outer,
        own,
        paragraph.page,
        paragraph.end_page,
        is_listed,
        bool(heading.run_in),
        (_rest(paragraph, heading.run_in),) if heading.run_in else (),
        tuple(title for _, title, _ in around),
    )


def _heading(paragraph: Paragraph, listed: set[str], words: Phrases, kind: str | None) -> _Heading | None:
    text = paragraph.text
    match = NUMBERING.match(text)
    if match is None:
        return _unnumbered(paragraph, listed, words)
    number, title = match[0], text[match.end() :].strip(" 、.．：:")
    level = level_of(number)
    if level is None or level > DEEPEST or len(title) < 2:
        return None
    plain = paragraph.plain[match.end() :]
    own = words.section(title)
    if len(title) <= MAX_HEADING_CHARS and not _SENTENCE.search(title) and not _MONEY.search(plain):
        if kind in _ITEMS and level > 2 and own is None:
            return None
        if kind == "terms" and ("：" in title or ":" in plain):
            return None
        return _Heading(level, number, title, 0)
    run_in = _RUN_IN.match(text, match.end())
    if run_in is None or _MONEY.search(run_in[1]) or kind in _ITEMS or _CLASS.search(run_in[1]):
        return None
    name = run_in[1].strip()
    if words.section(name) or words.subject(paragraph.plain[run_in.start(1) : run_in.end(1)], kind):
        return _Heading(level, number, name, run_in.end())
    return None


def _unnumbered(paragraph: Paragraph, listed: set[str], words: Phrases) -> _Heading | None:
    """Return a heading without a number: one that the contents list, or that the vocabulary knows as a section."""
    title = paragraph.text.strip(" ：:")
    if not paragraph.short or len(title) > MAX_HEADING_CHARS or _SENTENCE.search(title) or _NO_HEADING.search(title):
        return None
    known = (
        _bare_title(title) in listed
        or (_PLAIN_HEADING.search(title) and words.section(title))
        or _YEARS_HEADING.fullmatch(paragraph.plain)
    )
    return _Heading(UNNUMBERED, "", title, 0) if known and not _MONEY.search(paragraph.plain) else None


def _bare_title(text: str) -> str:
    """Return a heading for comparison with the contents: without number, year and blanks."""
    number = NUMBERING.match(text)
    return printed(_YEAR.sub("", text[number.end() :] if number else text)).strip("、.．：:")


def _rest(paragraph: Paragraph, offset: int) -> Paragraph:
    return paragraph._replace(
        text=paragraph.text[offset:],
        plain=paragraph.plain[offset:],
        pages=paragraph.pages[offset:],
        offsets=paragraph.offsets[offset:],
        short=False,
    )
