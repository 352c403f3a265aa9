"""Figures typed in from pictures of real scans, and the score of a reading against them: what is read, what is read wrong, and what is called proven."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
TRUTH = ROOT / "tests" / "support" / "ocr_truth.tsv"
Truth = dict[str, dict[int, list[str]]]  # amounts in reading order by the document's sha256 and page


class ReadFigure(NamedTuple):
    """A figure as it was read, and its verdict."""

    sha256: str
    page: int
    printed: str
    verdict: str


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


def score_scans(figures: Iterable[ReadFigure], truth: Truth) -> Score:
    """Hold what was read of the typed pages against what was typed."""
    typed = Counter((name, page, amount) for name, pages in truth.items() for page in pages for amount in pages[page])
    own = [figure for figure in figures if figure.page in truth.get(figure.sha256, ())]
    read = Counter(figure[:3] for figure in own)
    proven = [figure[:3] for figure in own if figure.verdict in ("proven", "rounded")]
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
