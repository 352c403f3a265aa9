"""The heading that a table stands under, pages before it too: 一、2025年预算执行情况 says what time its tables are of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from extractor.contract import Scope
from extractor.notation.numbering import level_of
from extractor.notation.text import clean
from extractor.notation.years import YEAR, in_figures
from extractor.vocabulary.label_rules import Captions

LONGEST = 40
_SENTENCE = re.compile(r"[,，。;；:：]|[\d.…]$")  # a table of contents ends its lines in page numbers
_DATED = re.compile(rf"{YEAR}年")
_OF_A_BUDGET = re.compile("预算|决算|执行|草案")
UNNUMBERED = 1  # such a heading ends where one of the outermost level begins


class Headings:
    """Reads the lines of a document that stand in no table, in their order, and remembers the dated heading above, and the scope."""

    def __init__(self, captions: Captions, scope_of: Callable[[str], Scope | None]) -> None:
        """Begin without a heading.

        Args:
            captions: What no heading is.
            scope_of: The scope that a heading names: 二、市本级.
        """
        self._captions, self._scope_of = captions, scope_of
        self._level = self._scope_level = UNNUMBERED
        self.dated = ""
        self.scope: Scope | None = None

    def read(self, lines: Iterable[str], title: str = "") -> str:
        """Return the dated heading that holds after some lines; empty where none does.

        Args:
            lines: What stands above a table, or on a page without one; a table of contents has no headings.
            title: The table's title, which dates no other table.
        """
        texts = [clean(line) for line in lines]
        if any(self._captions.listing.fullmatch(text) for text in texts):
            return self.dated
        for text in texts:
            if text and len(text) <= LONGEST and text not in title and not _SENTENCE.search(text):
                self._read_line(in_figures(text))
        return self.dated

    def _read_line(self, text: str) -> None:
        level = level_of(text)
        if level is not None:
            self._read_scope(text, level)
        if level is None and not _DATED.match(text):
            return
        if _DATED.search(text) and _OF_A_BUDGET.search(text):
            self._level, self.dated = level or UNNUMBERED, text
        elif level is not None and level <= self._level:
            self.dated = ""

    def _read_scope(self, text: str, level: int) -> None:
        scope = self._scope_of(text)
        if scope is not None:
            self._scope_level, self.scope = level, scope
        elif level <= self._scope_level:
            self.scope = None
