"""Real scans against figures typed in from the picture: what is read, what is read wrong, and what is called proven."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import pikepdf
import pytest
from conftest import ROOT

from extractor.config import Config
from extractor.datasets.document import Document
from extractor.pages.scan import REMEDY, is_installed
from extractor.pipeline import read_document
from extractor.source.source import read_source

CORPUS = ROOT.parent / "shared" / "corpus"
TRUTH = Path(__file__).parent / "ocr_truth" / "amounts.tsv"
LEAST_DIGITS = 0.98  # share of the typed digits that are read right
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


def score_of(documents: dict[str, Document], truth: Truth) -> Score:
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


@pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared is not there: real scans cannot be read")
@pytest.mark.skipif(not is_installed(), reason=f"the extra ocr is not installed: {REMEDY}")
def test_real_scans_are_read_as_typed(config: Config) -> None:
    documents: dict[str, Document] = {}
    truth: Truth = {}
    for path in find_scans(set(read_truth())):
        source = read_source(path)
        pages = read_truth()[source.sha256]
        # The typed pages alone: `make ocr` reads all.
        documents[source.sha256] = read_document(replace(source, data=only_pages(source.data, list(pages))), config)
        truth[source.sha256] = {number: pages[page] for number, page in enumerate(pages, 1)}
    assert len(documents) == 3
    score = score_of(documents, truth)
    assert score.digits_right / score.digits_typed >= LEAST_DIGITS, score
    assert not score.wrong_proven, score
