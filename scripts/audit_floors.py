"""Run the extractor over the shared documents and hold the audit's figures against their floors, which only rise.

python scripts/audit_floors.py [GROUP ...]
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from findings import measure_findings
from typed_facts import read_facts, score_facts
from typed_figures import share_typed
from typed_scans import ReadFigure, read_truth, score_scans

from extractor.contract import base_type
from extractor.datasets.folder import Folder
from extractor.datasets.schemas import DATASETS
from extractor.datasets.store import read_rows
from extractor.figures.figure import FigureKey
from extractor.vocabulary.config import Config

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
CEILINGS = {"invented", "glued", "crash", "unjudged", "repeated", "twice", "unnamed", "wrong_proven"}
_SHARE = re.compile(r"(\w+) (\d\.\d+)")


def run(documents: Sequence[Path], out: Path, configs: Path | None = None) -> None:
    """Convert documents; a failed one has its row, and is no reason to stop."""
    command = [sys.executable, "-m", "extractor", "run", *map(str, documents), "--out", str(out), "--json"]
    command += ["--configs", str(configs)] if configs else []
    subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.DEVNULL)


def audit(out: Path, documents: Sequence[Path]) -> dict[str, Any]:
    """Return the audit's report over the PDFs of a dataset: `total`, and `documents` by file name."""
    pdfs = [str(path) for path in documents if path.suffix.lower() == ".pdf"]
    command = [sys.executable, str(SHARED / "tools" / "audit.py"), str(out), *pdfs]
    with tempfile.NamedTemporaryFile(suffix=".json") as report:  # groups of one dataset are audited at once
        subprocess.run([*command, "--json", report.name], check=True, stdout=subprocess.DEVNULL)
        result: dict[str, Any] = json.load(report)
    return result


def shares_of(total: dict[str, int]) -> dict[str, float]:
    """Return the shares that an audit's counts come to; one of nothing is left out."""
    pairs = {
        "recall": ("found", "printed"),
        "all": ("found_all", "printed_all"),
        "sums": ("sums_held", "sums_tried"),
        "named": ("named", "items"),
    }
    shares = {name: total[part] / total[whole] for name, (part, whole) in pairs.items() if total[whole]}
    return shares | {name: total[name] / max(1, total["items"]) for name in ("invented", "glued")}


def audited(outs: Sequence[Path], documents: Sequence[Path]) -> dict[str, float]:
    """Return the audit's shares, and how many documents crashed."""
    (out,) = outs
    crashed = read_rows(Folder(out), "documents")["status"].to_pylist().count("crash")
    return {**shares_of(audit(out, documents)["total"]), "crash": float(crashed)}


def compared(outs: Sequence[Path], documents: Sequence[Path]) -> dict[str, float]:
    """Return the share of a panel's values that are read, on their city, with their year, as limit or balance."""
    (out,) = outs
    panel = [str(SHARED / "tools" / "panel.py"), str(SHARED / "government" / "panel.tsv"), str(out)]
    shown = subprocess.run([sys.executable, *panel], check=True, capture_output=True, text=True, encoding="utf-8")
    return {name: float(share) for name, share in _SHARE.findall(shown.stdout.splitlines()[-1])}


def measure_facts(outs: Sequence[Path], documents: Sequence[Path]) -> dict[str, float]:
    """Return the shares of the figures typed in from books that are read, on their row, for their year, as what."""
    (out,) = outs
    wanted = ["document_id", "page", "amount_text", "label", "amount_year", "phase"]
    items = read_rows(Folder(out), "line_items").select(wanted).to_pylist()
    return score_facts(read_facts(), items, read_rows(Folder(out), "statements").to_pylist())


def measure_scans(outs: Sequence[Path], documents: Sequence[Path]) -> dict[str, float]:
    """Return the share of the digits typed in from scans that are read right, and how many wrong figures are called proven."""
    (out,) = outs
    items = read_rows(Folder(out), "line_items").select(["document_id", "page", "amount_text", "verdict"]).to_pylist()
    score = score_scans((ReadFigure(*item.values()) for item in items), read_truth())
    return {"digits": score.digits_right / score.digits_typed, "wrong_proven": float(len(score.wrong_proven))}


def measure_figures(outs: Sequence[Path], documents: Sequence[Path]) -> dict[str, float]:
    """Return what breaks the promises of `figures`, and what shares have classes, sum to their totals and are as typed.

    `repeated` figures have another's key, `twice` so preferred ones of whatever document; `unnamed` are organisations and regions
    that their own datasets lack.
    """
    (out,) = outs
    figures = read_rows(Folder(out), "figures").to_pylist()
    keys = [(*(f[name] for name in FigureKey._fields), f["document_id"]) for f in figures]
    items = read_rows(Folder(out), "line_items").to_pylist()
    spent = {table.type for table in Config.read().figures.table if "expenditure" in table.type}  # no list of projects
    spending = {
        i["document_id"]
        for i in items
        if i["side"] == "expenditure" and i["amount"] is not None and base_type(i["table_type"]) in spent
    }
    classes = {f["document_id"] for f in figures if f["classification"] == "functional" and f["level"] == 1}
    groups: dict[object, set[int]] = defaultdict(set)
    broken = set()
    for figure, key in zip(figures, keys, strict=True):
        group = (*(part for name, part in zip(FigureKey._fields, key, strict=False) if name != "code"), key[-1])
        groups[group].add(figure["level"])
        # What a document itself adds up wrongly stands in as many figures as tables of it: the findings are held apart.
        if figure["incomplete"] and figure["verdict"] != "contradicted":
            broken.add(group)
    preferred = [key[:-1] for figure, key in zip(figures, keys, strict=True) if figure["preferred"]]
    both = [group for group, levels in groups.items() if levels >= {0, 1}]
    return {
        "repeated": float(len(keys) - len(set(keys))),
        "twice": float(len(preferred) - len(set(preferred))),
        "unnamed": float(len(_named(out, "organisation_id", "organisations") | _named(out, "region_code", "regions"))),
        "classes": len(spending & classes) / max(1, len(spending)),
        "totals": 1 - len(broken) / max(1, len(both)),
        "typed": share_typed(figures, items),
    }


def _named(out: Path, column: str, dataset: str) -> set[str]:
    """Return the values of a column, in every dataset that has it, that no row of one dataset has."""
    names = [name for name, other in DATASETS.items() if column in other.schema.names and name != dataset]
    found = {value for name in names for value in read_rows(Folder(out), name)[column].unique().to_pylist()}
    return found - {None} - set(read_rows(Folder(out), dataset)[column].to_pylist())


MEASURES: dict[str, Callable[[Sequence[Path], Sequence[Path]], dict[str, float]]] = {
    "panel": compared,
    "government_facts": measure_facts,
    "scans": measure_scans,
    "findings": measure_findings,
    "figures": measure_figures,
    "government_figures": measure_figures,
}


def main(groups: Sequence[str]) -> int:
    """Print a line a group; exit 1 when a figure is under its floor."""
    if not (SHARED / "tools" / "audit.py").is_file():
        print("corpus audit skipped: ../shared is not there")
        return 0
    floors = tomllib.loads((ROOT / "tests" / "floors.toml").read_text(encoding="utf-8"))
    failed = False
    with tempfile.TemporaryDirectory() as work, ThreadPoolExecutor(2) as pool:
        read: dict[str, Path] = {}  # folder of documents → its dataset: groups share them
        measured: dict[str, Future[dict[str, float]]] = {}
        for group, floor in floors.items():
            globs = floor.pop("documents")
            if groups and group not in groups:
                continue
            folders = sorted({glob.split("/")[0] for glob in globs})
            for folder in folders:
                if folder not in read:
                    read[folder] = Path(work) / folder
                    run(_files(f"{folder}/*/*"), read[folder])
            documents = [path for glob in globs for path in _files(glob)]
            measure = MEASURES.get(group, audited)
            measured[group] = pool.submit(measure, [read[folder] for folder in folders], documents)
        for group, figures in measured.items():
            failed |= _is_under(group, figures.result(), floors[group])
    return int(failed)


def _files(glob: str) -> list[Path]:
    return sorted(path for path in SHARED.glob(glob) if path.is_file())


def _is_under(group: str, figures: dict[str, float], floor: dict[str, float]) -> bool:
    """Print a group's figures; return whether one of them is under its floor or over its ceiling."""
    print(f"{group}: " + "  ".join(f"{n} {v:.5f} (floor {floor[n]})" for n, v in figures.items() if n in floor))
    bad = [n for n, own in floor.items() if (figures[n] > own if n in CEILINGS else figures[n] < own)]
    if bad:
        print(f"{group}: under its floor: {', '.join(bad)}; fix the cause, a floor only rises", file=sys.stderr)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
