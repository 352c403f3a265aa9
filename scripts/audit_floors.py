"""Run the extractor over the shared corpus and hold the audit's figures against their floors, which only rise.

python scripts/audit_floors.py [GROUP ...]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


def measure(pdfs: list[Path], work: Path) -> dict[str, float]:
    """Return recall, invented share, sums and named share over some PDFs."""
    out, report = work / "out", work / "audit.json"
    command = [sys.executable, "-m", "extractor", "run", *map(str, pdfs), "--out", str(out), "--json"]
    subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.DEVNULL)
    audit = [sys.executable, str(SHARED / "tools" / "audit.py"), str(out), *map(str, pdfs), "--json", str(report)]
    subprocess.run(audit, check=True, stdout=subprocess.DEVNULL)
    total = json.loads(report.read_text(encoding="utf-8"))["total"]
    return {
        "recall": total["found"] / total["printed"],
        "invented": total["invented"] / total["items"],
        "sums": total["sums_held"] / total["sums_tried"],
        "named": total["named"] / total["items"],
    }


def main(groups: list[str]) -> int:
    """Print a line a group; exit 1 when a figure is under its floor."""
    if not (SHARED / "tools" / "audit.py").is_file():
        print("corpus audit skipped: ../shared is not there")
        return 0
    floors = tomllib.loads((ROOT / "tests" / "floors.toml").read_text(encoding="utf-8"))
    failed = False
    for group, floor in floors.items():
        if groups and group not in groups:
            continue
        pdfs = sorted(p for folder in floor["folders"] for p in (SHARED / "corpus").glob(f"{folder}/*.pdf"))
        with tempfile.TemporaryDirectory() as work:
            figures = measure(pdfs, Path(work))
        low = [n for n in ("recall", "sums", "named") if figures[n] < floor[n]]
        low += ["invented"] if figures["invented"] > floor["invented"] else []
        print(f"{group}: " + "  ".join(f"{n} {v:.5f} (floor {floor[n]})" for n, v in figures.items()))
        if low:
            print(f"{group}: under its floor: {', '.join(low)}; mend the cause, a floor only rises", file=sys.stderr)
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
