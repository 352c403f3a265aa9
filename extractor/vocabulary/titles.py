"""What a title means: table types by their patterns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from extractor.notation.text import clean
from extractor.vocabulary.table_rules import TableKind

_QUOTES = re.compile(r"[“”\"'‘’《》]")
_WITHOUT = re.compile(r"[-—(,]?(?:不含|不包括|剔除)[^()]*")  # 支出明细表(按功能分类科目-不含上级转移支付)


def plain_title(title: str) -> str:
    """Return a title for comparison: cleaned, without quotation marks and without what the table leaves out."""
    return _WITHOUT.sub("", _QUOTES.sub("", clean(title)))


class TitleReader:
    """Reads titles by the table kinds' patterns."""

    def __init__(self, kinds: Sequence[TableKind]) -> None:
        """Compile the patterns of each kind, those that mean it and those that rule it out."""
        self._kinds = [(kind, _any_of(kind.title), _any_of(kind.unless)) for kind in kinds]
        self.kind = lru_cache(maxsize=8192)(self._kind)

    def _kind(self, title: str) -> TableKind | None:
        """Return the first table kind whose patterns a title fits; None for an empty or unknown one."""
        plain = plain_title(title)
        return next(
            (k for k, fits, unless in self._kinds if plain and fits.search(plain) and not unless.search(plain)), None
        )


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns) if patterns else r"(?!)")
