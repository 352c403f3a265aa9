"""What a printed number looks like."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

FIGURE = re.compile(r"[-−–—△▲(]?[¥+]?\d[\d,]*(?:\.\d+)?[)%]?")


@lru_cache(maxsize=65536)
def is_figure(text: str) -> bool:
    """Return whether a text is one number, printed in any of the usual ways."""
    return bool(FIGURE.fullmatch("".join(unicodedata.normalize("NFKC", text).split())))
