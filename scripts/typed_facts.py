"""Hold a dataset against figures typed in from pictures of government books' pages: are they read, on their row, for their year, as what?"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

TRUTH = Path(__file__).parent.parent / "tests" / "support" / "government_facts.tsv"
# What the dataset calls a figure that prints one of these words; its names also say what year the document is for.
PHASES = {
    "budget": {"budget", "prior_year_budget"},
    "adjusted_budget": {"adjusted_budget"},
    "execution": {"execution", "prior_year_execution"},
    "final_accounts": {"final_accounts", "prior_year_execution"},
    "change": {"change"},
}
_DASHES = str.maketrans("–—−\ue010", "---.")
_NUMBERING = re.compile(
    r"(^|其中[:：])\s*(?:[一二三四五六七八九十]+、|[(（](?:[一二三四五六七八九十]+|\d+)[)）]|\d{1,2}[.．、](?!\d)|[①-⑳])"
)


class Fact(NamedTuple):
    """One figure as a reader of the page sees it.

    Attributes:
        sha256: Of its document.
        page: From 1.
        place: `table` or `prose`.
        label: Of its row, without numbering; in prose what the sentence calls it.
        header: Over its column, `/` between levels.
        year: That the figure is for.
        phase: A key of `PHASES`; `ratio` and `other` where the page states a share, or none.
        unit: As printed.
        printed: The figure.
    """

    sha256: str
    page: int
    place: str
    label: str
    header: str
    year: int
    phase: str
    unit: str
    printed: str


def read_facts() -> list[Fact]:
    with TRUTH.open(encoding="utf-8") as stream:
        rows: list[dict[str, Any]] = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Fact(**{**row, "page": int(row["page"]), "year": int(row["year"])}) for row in rows]


def score_facts(
    facts: Iterable[Fact], items: Iterable[Mapping[str, Any]], statements: Iterable[Mapping[str, Any]]
) -> dict[str, float]:
    """Return the shares of the typed figures that are read, and of those in tables on their row, for their year, as what.

    A figure counts as on its row, for its year or of its phase where an item that prints it on its page has its label
    and is so; a share and a figure without a stated phase have none to be right or wrong in.

    Args:
        facts: The typed figures.
        items: Rows of `line_items`.
        statements: Rows of `statements`.
    """
    printed: dict[tuple[str, int, str], list[Mapping[str, Any]]] = defaultdict(list)
    said: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for item in items:
        printed[item["document_id"], item["page"], plain(item["amount_text"])].append(item)
    for statement in statements:
        said[statement["document_id"], plain(statement["amount_text"])].append(statement)
    right: dict[str, list[bool]] = {"read": [], "row": [], "year": [], "phase": []}
    for fact in facts:
        found = printed[fact.sha256, fact.page, plain(fact.printed)]
        if fact.place == "prose":
            sentences = said[fact.sha256, plain(fact.printed)]
            right["read"].append(bool(found) or any(s["page"] <= fact.page <= s["end_page"] for s in sentences))
            continue
        own = [item for item in found if name_of(item["label"]) == name_of(fact.label)]
        right["read"].append(bool(found))
        right["row"].append(bool(own))
        right["year"].append(any(item["amount_year"] == fact.year for item in own))
        if fact.phase in PHASES:
            right["phase"].append(any(item["phase"] in PHASES[fact.phase] for item in own))
    return {name: sum(of_facts) / len(of_facts) for name, of_facts in right.items()}


def plain(figure: str) -> str:
    """Return a printed figure in narrow type, its dashes as minus signs and without blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", figure.translate(_DASHES)))


def name_of(label: str) -> str:
    """Return a label in narrow type without numbering and blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", _NUMBERING.sub(r"\1", label.strip())))
