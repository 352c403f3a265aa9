"""Web page → the article that it shows: what stands around it (navigation, related links, footers) is no part of it.

No list of sites says where it is. Sentences do: commas and full stops stand in running text, hardly in menus.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import dropwhile
from typing import Any

from extractor.grids.office.raster import Block, RawTable, visible
from extractor.notation.figures import IN_SENTENCE, is_figure, is_money
from extractor.notation.text import clean, narrow
from extractor.notation.units import MONEY, SHARE

MIN_AMOUNTS, MIN_FIGURES = 2, 5  # in sentences; pages that list documents have one at most, and no rates
MOST = 0.8  # share of the page's stops and commas that stand in its article; the rest are of summaries and footers
MIN_TITLE_CHARS = 8  # shorter lines of a page's title are the names of its parts: 首页, 财政预决算
_FIGURE = re.compile(rf"{IN_SENTENCE}\s?(?:(?P<money>{MONEY})|{SHARE})")
_STOP = re.compile("[。，；]")
_STAMP = re.compile(r"20\d\d[-/.年]\d\d?[-/.月]\d\d?")  # when a page was published: next year, often
_LABEL = re.compile(r"[【\[]?[^：:，。【】]{2,8}[：:]")
# One long paragraph may have nearly all of the commas: the headings and short paragraphs beside it are of the article too.
_PARAGRAPHS = frozenset(["p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "span", "font", "b", "strong"])
_OF_ROWS = frozenset(["table", "thead", "tbody", "tfoot", "tr"])


def states_amounts(blocks: Sequence[Block]) -> bool:
    """Return whether the sentences of a page state amounts of money."""
    sentences = (narrow(block) for block in blocks if isinstance(block, str) and _STOP.search(narrow(block)))
    amounts = [match["money"] for text in sentences for match in _FIGURE.finditer(text)]
    return len(amounts) >= MIN_FIGURES and sum(map(bool, amounts)) >= MIN_AMOUNTS


def find_article(root: Any, is_shown: Callable[[Any], bool]) -> Any:
    """Return the innermost element that holds nearly all running text and every table with figures.

    Args:
        root: The page.
        is_shown: Says whether an element is displayed.
    """
    stops: Counter[Any] = Counter()
    for element, text in _texts(root, is_shown):
        count = len(_STOP.findall(text))
        if count:
            stops.update(dict.fromkeys([element, *element.iterancestors()], count))
    figures = [table for table in root.iter("table") if _holds_data(list(filter(is_figure, table.itertext())))]
    article = root
    while inner := [
        child
        for child in article
        if child.tag not in _PARAGRAPHS
        and stops[child] >= MOST * stops[root]
        and stops[child]
        and all(table is child or child in table.iterancestors() for table in figures)
    ]:
        article = inner[0]
    while article.tag in _OF_ROWS and article is not root:
        article = article.getparent()
    return article


def _holds_data(figures: Sequence[str]) -> bool:
    """Return whether the figures of a table are data: the only one of a site's table is the page's number (索引号)."""
    return len(figures) > 1 or any(map(is_money, figures))


def _texts(element: Any, is_shown: Callable[[Any], bool]) -> Iterator[tuple[Any, str]]:
    """Yield the texts that an element and those in it display, each with the element around it; links have none."""
    open_elements = [element]
    while open_elements:
        around = open_elements.pop()
        if around.text and around.tag != "a":
            yield around, around.text
        for child in around:
            if child.tail:
                yield around, child.tail
            if isinstance(child.tag, str) and is_shown(child):
                open_elements.append(child)


def trim_article(article: Sequence[Block], page: Sequence[Block], title: str) -> list[Block]:
    """Return an article's blocks from its title on, without the lines under it that say when and where it was published.

    Args:
        article: The blocks of its element.
        page: All blocks of the page: the title may stand in an element of its own.
        title: What the page says of itself, which holds the article's title.
    """
    known = clean(title)

    def is_title(line: Block) -> bool:
        return isinstance(line, str) and len(clean(line)) >= MIN_TITLE_CHARS and clean(visible(line)) in known

    begins = next((i for i, block in enumerate(article) if isinstance(block, RawTable) or _STOP.search(block)), 0)
    opening = list(dropwhile(lambda line: not is_title(line), article[:begins]))
    if not opening:
        titles = [block for block in page if isinstance(block, str) and is_title(block)]
        opening = [*([max(titles, key=len)] if titles else []), *article[:begins]]
    return [*(line for line in opening if isinstance(line, str) and not _is_note_of_site(line)), *article[begins:]]


def _is_note_of_site(line: str) -> bool:
    """Return whether a line is a note of the site: 来源：市财政局 2026-02-13 10:17, 字号：大 中 小."""
    text = visible(line)
    return not text.startswith("—") and (_STAMP.search(text) or _LABEL.match(text)) is not None
