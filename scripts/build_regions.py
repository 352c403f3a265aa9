"""Build `configs/codes/regions.csv` from the list of all divisions since 1981: one row for every name of a code and its years.

python scripts/build_regions.py [SOURCE] [--check]

SOURCE is the result of yescallop/areacodes (CC0), which compiles the lists of the Ministry of Civil Affairs.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

FIELDS = ("code", "name", "level", "first_year", "last_year", "successors")
LEVELS = {"省级": "province", "地级": "prefecture", "县级": "county"}

Row = tuple[str, str, str, str, str, str]


def rows(source: Path) -> list[Row]:
    """Return every division, sorted; successors that took a part of it only carry the year: 310115[1992]."""
    with source.open(encoding="utf-8-sig", newline="") as stream:
        return sorted(
            (
                record["代码"],
                record["名称"],
                LEVELS[record["级别"]],
                record["启用时间"],
                record["变更/弃用时间"],
                record["新代码"].replace(";", " "),
            )
            for record in csv.DictReader(stream)
        )


def main(arguments: list[str]) -> int:
    """Write the file, or with `--check` say whether it would change."""
    check = "--check" in arguments
    places = [a for a in arguments if a != "--check"]
    root = Path(__file__).parent.parent
    source = Path(places[0]) if places else root.parent / "shared" / "codes" / "regions.csv"
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows(rows(source))
    target = root / "configs" / "codes" / "regions.csv"
    stale = not target.is_file() or target.read_text(encoding="utf-8") != stream.getvalue()
    if stale and not check:
        target.write_text(stream.getvalue(), encoding="utf-8")
    print(("would change: " if check else "written: ") + (target.name if stale else "nothing"))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
