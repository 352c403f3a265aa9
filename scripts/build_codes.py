"""Build `configs/codes/*.csv` from the researched code lists: one row for every name of a code and its years.

`code_aliases.csv` adds names that governments' books print for a code without printing the code.

python scripts/build_codes.py [SOURCE] [--check]
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

SCHEMES = {
    "functional": ("functional.csv", "func"),
    "economic_department": ("economic_dept.csv", "econ_dept"),
    "economic_government": ("economic_gov.csv", "gov_eco"),
    "revenue": ("revenue.csv", "revenue"),
}
FIRST_DIGITS = {"functional": "2", "economic_department": "3", "economic_government": "5", "revenue": "1"}
# Misprints that the lists carry and no second document confirms.
SLIPS = frozenset({"2041003", "2101850", "2160650"})
# Names of a 款 that documents print beside the code of its 类.
DISPLACED = frozenset(
    {("231", "地方政府一般债务还本"), ("231", "地方政府一般债务还本支出"), ("231", "地方政府专项债务还本支出")}
)
ALIASES = Path(__file__).parent / "code_aliases.csv"
FIELDS = ("code", "name", "first_year", "last_year", "ledger", "sourced", "alias")
_PERIOD = re.compile(r"(.+)\[(\d{4})(?:-(\d{4}))?\]")

Row = tuple[str, str, str, str, str, str, str]


def periods(record: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield (name, first year, last year); years are empty where no document prints code and name together."""
    for part in record["name_by_year"].split(" > "):
        match = _PERIOD.fullmatch(part.strip())
        if match:
            yield match[1], match[2], match[3] or match[2]
    if not record["name_by_year"].strip():
        yield record["name"], "", ""


def rows(source: Path, scheme: str) -> list[Row]:
    """Return every row of one scheme, sorted; names seen beside the standard one are aliases."""
    file, prefix = SCHEMES[scheme]
    found: set[Row] = set()
    ledgers: dict[str, str] = {}
    standard: set[tuple[str, str]] = set()
    coded: dict[str, str] = {}
    with (source / file).open(encoding="utf-8-sig", newline="") as stream:
        for record in csv.DictReader(stream):
            if record["code"] in SLIPS:
                continue
            ledgers[record["code"]] = record["ledger"]
            coded[record["code"]] = record["years_coded"]
            for name, first, last in periods(record):
                found.add((record["code"], name, first, last, record["ledger"], record["sourced"], "no"))
                standard.add((record["code"], name))
    with (source / "renames_observed.csv").open(encoding="utf-8-sig", newline="") as stream:
        for record in csv.DictReader(stream):
            code, name = record["code"], record["name"]
            if record["scheme"] == prefix and code in ledgers and (code, name) not in standard:
                found.add((code, name, record["first_year"], record["last_year"], ledgers[code], "yes", "yes"))
    first_digit = FIRST_DIGITS[scheme]
    if scheme in ("functional", "revenue"):
        found |= set(amendments(source, first_digit, ledgers))
    found |= set(aliases(first_digit, ledgers, {row[:2] for row in found}))
    return sorted(renumbered({row for row in found if row[:2] not in DISPLACED}, coded))


def renumbered(found: set[Row], coded: dict[str, str]) -> Iterator[Row]:
    """Yield the rows; of codes of one parent and name (2089901, since 2021 2089999), each with the years that print it."""
    codes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for code, name, *_ in found:
        codes[code[:-2], name].add(code)
    for row in found:
        code, name, _, _, *rest = row
        years = coded.get(code, "")
        if len(codes[code[:-2], name]) > 1 and years:
            yield code, name, min(years.split(",")), max(years.split(",")), rest[0], rest[1], rest[2]
        else:
            yield row


def aliases(first_digit: str, ledgers: dict[str, str], found: set[tuple[str, ...]]) -> Iterator[Row]:
    """Yield the names that governments' books print for a code; of a code that the lists lack, the first is the standard one."""
    seen = set(ledgers)
    with ALIASES.open(encoding="utf-8", newline="") as stream:
        for record in csv.DictReader(stream):
            code, name = record["code"], record["name"]
            if code.startswith(first_digit) and (code, name) not in found:
                yield code, name, "", "", ledgers.get(code, ""), "no", "yes" if code in seen else "no"
                seen.add(code)


def amendments(source: Path, first_digit: str, known: dict[str, str]) -> Iterator[Row]:
    """Yield codes that a notice of the Ministry of Finance adds and no document has printed yet."""
    with (source / "official_amendments.csv").open(encoding="utf-8-sig", newline="") as stream:
        for record in csv.DictReader(stream):
            code = record["code"]
            if code.startswith(first_digit) and code not in known and record["action"] == "add":
                yield code, record["name"], record["date"][:4], "", "", "yes", "no"


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` report whether they would change."""
    check = "--check" in arguments
    places = [a for a in arguments if a != "--check"]
    root = Path(__file__).parent.parent
    source = Path(places[0]) if places else root.parent / "shared" / "codes"
    stale = []
    for scheme in SCHEMES:
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows(rows(source, scheme))
        target = root / "configs" / "codes" / f"{scheme}.csv"
        if not target.is_file() or target.read_text(encoding="utf-8") != stream.getvalue():
            stale.append(target.name)
            if not check:
                target.write_text(stream.getvalue(), encoding="utf-8")
    print(("would change: " if check else "written: ") + (", ".join(stale) or "nothing"))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
