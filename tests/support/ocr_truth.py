"""Figures typed in from pictures of real scans, and the score of a reading against them."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from extractor.document import DocumentReading
from support.common import CORPUS

TRUTH = Path(__file__).parent / "ocr_truth.tsv"
Truth = dict[str, dict[int, list[str]]]  # amounts in reading order by the document's sha256 and page


@dataclass(frozen=True)
class Score:
    """What was read of the typed amounts."""

    typed: int
    right: int
    read: int
    digits_typed: int
    digits_right: int
    wrong_proven: tuple[str, ...]
    proven: int

    def __str__(self) -> str:
        return (
            f"amounts {self.right} of {self.typed} read ({self.right / self.typed:.4f}), "
            f"{self.right} of {self.read} read are right ({self.right / self.read:.4f}), "
            f"digits {self.digits_right / self.digits_typed:.4f} right, "
            f"{self.proven} proven, of them {len(self.wrong_proven)} wrong"
        )


def read_truth() -> Truth:
    truth: Truth = defaultdict(lambda: defaultdict(list))
    with TRUTH.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            truth[row["sha256"]][int(row["page"])].append(row["amount"])
    return truth


def find_scans(names: set[str]) -> list[Path]:
    """Return the documents of the corpus that were typed in, by the hashes of its index."""
    with (CORPUS / "INDEX.tsv").open(encoding="utf-8") as stream:
        return [CORPUS / r["path"] for r in csv.DictReader(stream, delimiter="\t") if r["sha256"] in names]


def only_pages(data: bytes, pages: list[int]) -> bytes:
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as whole, pikepdf.new() as part:
        for page in pages:
            part.pages.append(whole.pages[page - 1])
        part.save(stream)
    return stream.getvalue()


def score_of(documents: dict[str, DocumentReading], truth: Truth) -> Score:
    typed: Counter[tuple[str, int, str]] = Counter()
    read: Counter[tuple[str, int, str]] = Counter()
    proven: list[tuple[str, int, str]] = []
    for name, pages in truth.items():
        document = documents[name]
        typed.update((name, page, amount) for page, amounts in pages.items() for amount in amounts)
        own = [i for i in document.items if i.page in pages]
        read.update((name, i.page, i.amount_text) for i in own)
        proven += [(name, i.page, i.amount_text) for i in own if document.verdicts[i.item_id] in ("proven", "rounded")]
    right = typed & read
    return Score(
        typed.total(),
        right.total(),
        read.total(),
        sum(_digits(key) * n for key, n in typed.items()),
        sum(_digits(key) * n for key, n in right.items()),
        tuple(f"p.{page}: {amount}" for name, page, amount in proven if (name, page, amount) not in typed),
        len(proven),
    )


def _digits(key: tuple[str, int, str]) -> int:
    return sum(c.isdigit() for c in key[2])
