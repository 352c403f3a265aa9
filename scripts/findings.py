"""Compare the findings of a dataset with those that were judged by eye on their pages: precision, recall, and what nobody judged.

`make findings` holds them against their floors.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from extractor.datasets.folder import Folder
from extractor.datasets.store import read_rows

ROOT = Path(__file__).parent.parent
# Failing checks with their label: real, false (it is ours) or unclear. Ours are those that were not failing before.
JUDGED = (ROOT.parent / "shared" / "findings.tsv", ROOT / "tests" / "support" / "findings.tsv")

Key = tuple[str, str, Decimal, Decimal]  # document, rule, stated, computed


class Failure(NamedTuple):
    """A failing check of a dataset."""

    page: int | None
    standing: str
    statement: str


class Judgement(NamedTuple):
    """A failing check that was looked at on its page."""

    key: Key
    page: int | None
    label: str
    statement: str


def judgements() -> Iterator[Judgement]:
    """Yield what is judged."""
    for path in JUDGED:
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                key = row["sha256"], row["rule"], Decimal(row["stated"]), Decimal(row["computed"])
                yield Judgement(key, int(row["page"]) if row["page"] else None, row["label"], row["statement"])


def failures(out: Path) -> dict[Key, list[Failure]]:
    """Return the failing checks of a dataset."""
    folder = Folder(out)
    pages = {i["item_id"]: i["page"] for i in _rows(folder, "line_items", ["item_id", "page"])}
    pages |= {s["statement_id"]: s["page"] for s in _rows(folder, "statements", ["statement_id", "page"])}
    found: dict[Key, list[Failure]] = defaultdict(list)
    for check in read_rows(folder, "checks").to_pylist():
        if check["holds"] == "no":
            key = check["document_id"], check["rule"], check["stated"], check["computed"]
            page = next((pages[i] for i in check["left_items"] if i in pages), None)
            found[key].append(Failure(page, check["standing"], check["statement"]))
    return found


def _rows(folder: Folder, name: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_rows(folder, name).select(list(columns)).to_pylist()
    return found


def measure_findings(out: Path, documents: Iterable[Path]) -> dict[str, float]:
    """Return precision and recall of the findings that are judged, of all rules and of the tables', and how many are not judged.

    What is lost, wrong or not judged is printed. A check that is no longer made accuses nobody.
    """
    del documents
    found, counts = failures(out), Counter[tuple[str, str, bool]]()
    for judged in judgements():
        same = found.get(judged.key, [])
        taken = next((f for f in same if f.page == judged.page), same[0] if same else None)
        if taken:
            same.remove(taken)
        accused = taken is not None and taken.standing == "finding"
        counts["prose" if judged.key[1] == "narrative" else "tables", judged.label, accused] += 1
        if accused != (judged.label == "real") and judged.label != "unclear":
            print(
                f"{'lost' if judged.label == 'real' else 'false'}: p.{judged.page} {judged.key[1:]} {judged.statement}"
            )
    unjudged = [f for own in found.values() for f in own if f.standing == "finding"]
    for failure in unjudged:
        print(f"not judged: p.{failure.page} {failure.statement}")
    shares = {"unjudged": float(len(unjudged))}
    for name, kinds in (("", ("tables", "prose")), ("tables_", ("tables",))):
        real, false, lost = (
            sum(counts[kind, label, accused] for kind in kinds)
            for label, accused in (("real", True), ("false", True), ("real", False))
        )
        shares |= {f"{name}precision": real / max(1, real + false), f"{name}recall": real / max(1, real + lost)}
    return shares
