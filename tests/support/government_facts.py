"""Figures typed in from pictures of government books' pages, and the score of a reading against them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pikepdf

from extractor.document import DocumentReading
from extractor.pipeline import read_document
from extractor.prose.statement import Statement
from extractor.records.item import LineItem
from extractor.source.source import read_source
from extractor.vocabulary.vocabulary import Vocabulary
from support.common import SHARED

TRUTH = Path(__file__).parent / "government_facts.tsv"
GOVERNMENT = SHARED / "government"
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


class Score(NamedTuple):
    """Shares of the typed figures, from 0 to 1: read, and of those in tables on their row, for their year, as what."""

    read: float
    row: float
    year: float
    phase: float


def read_facts() -> list[Fact]:
    with TRUTH.open(encoding="utf-8") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Fact(**{**row, "page": int(row["page"]), "year": int(row["year"])}) for row in rows]


def find_books(names: set[str]) -> dict[str, Path]:
    """Return the documents that were typed in, by the hashes of their set's index."""
    with (GOVERNMENT / "INDEX.tsv").open(encoding="utf-8") as stream:
        rows = [r for r in csv.DictReader(stream, delimiter="\t") if r["sha256"] in names]
    return {r["sha256"]: GOVERNMENT / r["publisher"] / r["file"] for r in rows}


def read_books(facts: Sequence[Fact], vocabulary: Vocabulary) -> dict[str, DocumentReading]:
    """Read the documents of some facts, by their sha256.

    Whole, for the year and the phase of a table may stand in a heading many pages before it; sentences alone (in scans,
    which take seconds a page) with the pages beside theirs.
    """
    pages: dict[str, set[int]] = defaultdict(set)
    tables = {fact.sha256 for fact in facts if fact.place == "table"}
    for fact in facts:
        pages[fact.sha256] |= {fact.page - 1, fact.page, fact.page + 1} - {0}
    documents: dict[str, DocumentReading] = {}
    for name, path in find_books(set(pages)).items():
        source = read_source(path)
        if name not in tables:
            source = replace(source, data=blank_other_pages(source.data, pages[name]))
        documents[name] = read_document(source, vocabulary)
    return documents


def blank_other_pages(data: bytes, pages: set[int]) -> bytes:
    """Return a PDF with nothing on its pages but on some; pages keep their numbers."""
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            if number not in pages:
                page.Contents = pdf.make_stream(b"")
        pdf.save(stream)
    return stream.getvalue()


def score_of(facts: Iterable[Fact], documents: Mapping[str, DocumentReading]) -> Score:
    """Hold documents, by their sha256, against the figures typed in.

    A figure counts as on its row, for its year or of its phase where an item that prints it on its page has its label
    and is so; a share and a figure without a stated phase have none to be right or wrong in.
    """
    items: dict[tuple[str, int, str], list[LineItem]] = defaultdict(list)
    said: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for name, document in documents.items():
        for item in document.items:
            items[name, item.page, plain(item.amount_text)].append(item)
        for statement in document.prose.statements:
            said[name, plain(statement.amount_text)].append(statement)
    read, row, year, phase = [], [], [], []
    for fact in facts:
        found = items[fact.sha256, fact.page, plain(fact.printed)]
        if fact.place == "prose":
            sentences = said[fact.sha256, plain(fact.printed)]
            read.append(bool(found) or any(s.page <= fact.page <= s.end_page for s in sentences))
            continue
        own = [item for item in found if name_of(item.label) == name_of(fact.label)]
        read.append(bool(found))
        row.append(bool(own))
        year.append(any(item.amount_year == fact.year for item in own))
        if fact.phase in PHASES:
            phase.append(any(item.phase in PHASES[fact.phase] for item in own))
    return Score(*(sum(right) / len(right) for right in (read, row, year, phase)))


def plain(figure: str) -> str:
    """Return a printed figure in narrow type, its dashes as minus signs and without blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", figure.translate(_DASHES)))


def name_of(label: str) -> str:
    """Return a label in narrow type without numbering and blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", _NUMBERING.sub(r"\1", label.strip())))
