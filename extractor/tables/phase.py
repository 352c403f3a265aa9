"""Whether a document is a budget or final accounts: read once, and handed to all who ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extractor.contract import DocumentPhase
from extractor.grids.grid import PageLayout
from extractor.notation.text import clean
from extractor.notation.units import MONEY_OR_SHARE

OPENING_PAGES, HEAD_LINES = 4, 12
_STATES = re.compile(rf"\d(?:{MONEY_OR_SHARE})")  # 完成预算的95%: of the figure, and not of the document
_OFFICE = re.compile("预算[科处股](?!目)")  # among whom a list of projects names is the 预算科 of a bureau
_BUDGET = re.compile(r"(?<!公共)(?<!基金)(?<!经营)(?<!国资)预算")  # a fund is called so in final accounts too


def read_phase(layouts: Sequence[PageLayout], titles: Iterable[str]) -> DocumentPhase | None:
    """Return what a document calls itself more often in its first lines and over its tables; None where it does neither.

    Its text below the first lines says nothing of it: an account tells of the budget at length; nor do lines with amounts.

    Args:
        layouts: Its pages.
        titles: What stands over its tables.
    """
    pages = layouts[:OPENING_PAGES]
    lines = [_OFFICE.sub("", clean(line)) for layout in pages for line in layout.text.splitlines() if line.strip()]
    over = "".join(titles)
    opening = "".join(line for line in lines if not _STATES.search(line)) + over
    if "决算" not in opening and "预算" not in opening:
        return None
    head = "".join(line for line in lines[:HEAD_LINES] if not _STATES.search(line)) + over
    return "final_accounts" if head.count("决算") > len(_BUDGET.findall(head)) else "budget"
