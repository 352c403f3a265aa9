"""What a title means: table types by their patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from extractor.notation.text import clean
from extractor.vocabulary.config import Config, TableKind

_QUOTES = re.compile(r"[“”\"'‘’《》]")
_WITHOUT = re.compile(r"[-—(,]?(?:不含|不包括|剔除)[^()]*")  # 支出明细表(按功能分类科目-不含上级转移支付)
Search = Callable[[str], re.Match[str] | None]


def plain_title(title: str) -> str:
    """Return a title for comparison: cleaned, without quotation marks and without what the table leaves out."""
    return _WITHOUT.sub("", _QUOTES.sub("", clean(title)))


def kind_of_title(title: str, config: Config) -> TableKind | None:
    """Return the first table kind whose patterns a title fits; None for an empty or unknown one."""
    plain = plain_title(title)
    return next((k for k, fits, unless in title_patterns(config) if plain and fits(plain) and not unless(plain)), None)


@lru_cache(maxsize=4)
def title_patterns(config: Config) -> tuple[tuple[TableKind, Search, Search], ...]:
    """Return each table kind with its title patterns compiled, those that mean it and those that rule it out."""
    return tuple((kind, _any_of(kind.title), _any_of(kind.unless)) for kind in config.kinds)


def _any_of(patterns: Sequence[str]) -> Search:
    return re.compile("|".join(f"(?:{p})" for p in patterns) if patterns else r"(?!)").search
