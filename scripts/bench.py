"""Measure the whole job beside other readers, as ratios, and how it grows; write docs/benchmarks.md.

Each reader has a process of its own, and what it takes to start is counted, for the job as for all others. Readers take turns, and
the least of their rounds counts, which a busy machine disturbs least.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

from bench_kinds import FLOOR, KINDS, ROOT, SAMPLES, Kind
from bench_processes import Job, Taken, run_job, take

SMALL = SAMPLES / "shanghai-2024-final-accounts.pdf"
THIS = "this job, one worker: read, reconciled, written"
PAGES, DOCUMENTS = (20, 60, 200, 600, 2_000), (10, 100, 1_000, 20_000)
ROUNDS = 3
LONG = 60.0  # seconds: a reader that has taken so many has no further round
DIGITS = 8  # of a SHA-256, in the list of documents
PACKAGES = ("pypdfium2", "pyarrow", "pdfplumber", "camelot-py", "tabula-py", "docling-parse", "rapidocr", "pandas")


class Round(NamedTuple):
    """One reading of all documents: what it took, with how many of them the reader failed, and the job's summary."""

    taken: Taken
    failed: int
    summary: Mapping[str, Any] = {}


def run_once(inputs: Sequence[Path], scratch: Path, workers: int = 1) -> Job:
    job = run_job(inputs, scratch / "out", workers)
    shutil.rmtree(scratch / "out")
    return job


def read_with(reader: str, paths: Sequence[Path], scratch: Path) -> Round | None:
    """Read documents once; None where the reader is not installed."""
    if reader == THIS:
        job = run_once(paths, scratch)
        peak = job.taken.peak + job.summary["peak_worker_mb"]
        unread = sum(count for status, count in job.summary["status"].items() if status not in ("ok", "partial"))
        return Round(job.taken._replace(peak=peak), unread, job.summary)
    taken, printed = take([sys.executable, str(ROOT / "scripts" / "bench_readers.py"), reader, *map(str, paths)])
    return Round(taken, int(printed)) if printed else None


def in_turn(readers: Sequence[str], paths: Sequence[Path], rounds: int, scratch: Path) -> dict[str, list[Round]]:
    """Let readers take turns; those that are not installed have no rounds."""
    found: dict[str, list[Round]] = {reader: [] for reader in readers}
    for _ in range(rounds):
        for reader, own in found.items():
            if sum(r.taken.clock for r in own) < LONG and (read := read_with(reader, paths, scratch)):
                own.append(read)
    return found


def least(rounds: Sequence[Round]) -> Taken:
    clock, processor, peak = zip(*(r.taken for r in rounds), strict=True)
    return Taken(min(clock), min(processor), max(peak))


def comparison(found: Mapping[str, Sequence[Round]], base: str, pages: int) -> list[str]:
    """Return the rows of a table: what each reader took, its speed in the base's, and its time in that of PDFium's floor."""
    took = {reader: least(rounds) for reader, rounds in found.items() if rounds}
    rows = [
        f"| reader | clock, s | processor, s | ms a page | speed: {base} = 1 | time: PDFium's floor = 1 | peak, MiB | fails |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for reader, rounds in found.items():
        if reader not in took:
            rows.append(f"| {reader} | not installed | | | | | | |")
            continue
        own = took[reader]
        speed = ratios(took[base], own) if base in took else ""
        time = ratios(own, took[FLOOR]) if FLOOR in took else ""
        each = 1000 * own.processor / pages
        cells = (f"{own.clock:.1f}", f"{own.processor:.1f}", f"{each:.1f}", speed, time, own.peak, rounds[0].failed)
        rows.append(f"| {reader} | {' | '.join(map(str, cells))} |")
    return [*rows, ""]


def ratios(one: Taken, other: Taken) -> str:
    """Return how many times as long one took as another, by the clock and of processor time."""
    return f"{one.clock / other.clock:.1f} / {one.processor / other.processor:.1f}"


def shares(rounds: Sequence[Round], start_up: float) -> str:
    """Return which share of a job's processor time each stage took, and starting; the rest is the parent's: finding, hashing, committing."""
    best = min(rounds, key=lambda r: r.taken.processor)
    parts = {"start-up": start_up, **best.summary["stages"]}
    parts["parent"] = max(0.0, best.taken.processor - sum(parts.values()))
    whole = sum(parts.values())
    return ", ".join(f"{part} {100 * seconds / whole:.0f} %" for part, seconds in parts.items())


def side_by_side(kind: Kind, drawn: Mapping[str, Path], rounds: int, start_up: float, scratch: Path) -> list[str]:
    """Return the section of a kind: every reader and the whole job on the same documents."""
    found = in_turn((THIS, *kind.beside), [*drawn.values()], rounds, scratch)
    pages = found[THIS][0].summary["pages"]
    return [
        f"## {kind.name}",
        "",
        f"{pages:,} pages in {len(drawn)} documents: {', '.join(f'`{digest[:DIGITS]}`' for digest in drawn)}",
        "",
        *comparison(found, kind.beside[0], pages),
        f"The job's processor time: {shares(found[THIS], start_up)}.",
        "",
    ]


def starting(rounds: int, scratch: Path) -> tuple[float, list[str]]:
    """Return how many seconds of processor time a run takes beside its stages, and the section on starting."""
    runs = [run_once([SMALL], scratch) for _ in range(rounds)]
    helps = [take([sys.executable, "-m", "extractor", "--help"])[0] for _ in range(rounds)]
    beside = min(job.taken.processor - job.stages for job in runs)
    rows = ["## Start-up", "", "| command | clock, s | processor, s |", "| --- | --- | --- |"]
    for command, taken in (("`--help`", helps), (f"`run` of `{SMALL.name}`", [job.taken for job in runs])):
        rows.append(f"| {command} | {min(t.clock for t in taken):.2f} | {min(t.processor for t in taken):.2f} |")
    return beside, [*rows, ""]


def growth_in_pages(sizes: Sequence[int], scratch: Path) -> list[str]:
    """Return the rows of a table: one document of so many pages, start-up apart."""
    rows = ["| pages | clock, s | ms of processor time a page | worker, MiB |", "| --- | --- | --- | --- |"]
    for size in sizes:
        path = scratch / "long.pdf"
        repeat_pages(SMALL, size, path)
        job = run_once([path], scratch)
        each = 1000 * job.stages / job.summary["pages"]
        rows.append(f"| {size:,} | {job.taken.clock:.1f} | {each:.1f} | {job.summary['peak_worker_mb']} |")
    return [*rows, ""]


def repeat_pages(source: Path, count: int, target: Path) -> None:
    """Write a PDF with the pages of another, again and again until there are so many."""
    import pikepdf  # noqa: PLC0415 - a command's peak memory is at least this process's, which imports it at the end

    with pikepdf.open(source) as pages, pikepdf.new() as made:
        made.pages.extend(islice(cycle(pages.pages), count))
        made.save(target)


def growth_in_documents(sizes: Sequence[int], scratch: Path) -> list[str]:
    """Return the rows of a table: so many documents, and again with nothing changed."""
    rows = [
        "| documents | ms by the clock each | commits | their share | parent, MiB | worker, MiB | run again, s |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for count in sizes:
        inputs, out = copies(scratch / "many", count), scratch / "many-out"
        job, again = (run_job(inputs, out, os.cpu_count() or 1) for _ in range(2))
        memory = f"{job.taken.peak} | {job.summary['peak_worker_mb']}"
        share = f"{job.summary['commits']} | {100 * job.summary['commit_seconds'] / job.taken.clock:.1f} %"
        each = 1000 * job.taken.clock / count
        rows.append(f"| {count:,} | {each:.0f} | {share} | {memory} | {again.taken.clock:.1f} |")
        shutil.rmtree(scratch / "many")
        shutil.rmtree(out)
    return [*rows, ""]


def copies(folder: Path, count: int) -> list[Path]:
    """Make documents that differ in their last bytes alone."""
    folder.mkdir()
    data = SMALL.read_bytes()
    for number in range(count):
        (folder / f"{number:06d}.pdf").write_bytes(data + b"\n%% %d\n%%%%EOF\n" % number)
    return [folder]


def scaling(paths: Sequence[Path], rounds: int, scratch: Path) -> list[str]:
    """Return the rows of a table: clock by number of workers."""
    clocks = {
        workers: min(run_once(paths, scratch, workers).taken.clock for _ in range(rounds))
        for workers in range(1, (os.cpu_count() or 1) + 1)
    }
    rows = ["| workers | clock, s | times one worker |", "| --- | --- | --- |"]
    rows += [f"| {workers} | {clock:.1f} | {clocks[1] / clock:.2f} |" for workers, clock in clocks.items()]
    return [*rows, ""]


def reports(paths: Sequence[Path], scratch: Path) -> list[str]:
    """Return the rows of a table: the report of documents, written and again with nothing changed, without pictures and with."""
    run_job(paths, scratch / "read", os.cpu_count() or 1)
    out = scratch / "report"
    rows = ["| command | clock, s | processor, s | pictures | MiB |", "| --- | --- | --- | --- | --- |"]
    for options in ([], ["--pictures"]):
        for which in ("", ", nothing changed"):
            command = [sys.executable, "-m", "extractor", "report", str(scratch / "read"), "--out", str(out), *options]
            taken, _ = take(command)
            files = [path for path in out.rglob("*") if path.is_file()]
            size = sum(path.stat().st_size for path in files) / (1 << 20)
            pictures = sum(path.suffix == ".webp" for path in files)
            shown = f"`{' '.join(['report', *options])}`{which}"
            rows.append(f"| {shown} | {taken.clock:.1f} | {taken.processor:.1f} | {pictures:,} | {size:.0f} |")
    return [*rows, ""]


def commit() -> str:
    """Return the commit that is measured, with a mark where files differ from it."""
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=, with changes"]
    return subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "no checkout"


def machine() -> str:
    known = {d.name: d.version for d in importlib.metadata.distributions() if d.name in PACKAGES}
    versions = ", ".join(f"{name} {known[name]}" for name in PACKAGES if name in known)
    with Path("/proc/cpuinfo").open() as stream:
        models = [line.split(":", 1)[1].strip() for line in stream if line.startswith("model name")]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({models[0] if models else platform.machine()}), {platform.system()}, Python "
        f"{platform.python_version()}, {versions}; load before the run {load}."
    )


EXPLAINED = (
    "Documents are drawn by their SHA-256, the smallest first, so that nobody has chosen them; those of which a page has to be recognised "
    "in a picture are scans, where most have to, or else left out. What starting takes is counted, for every reader. Ratios are by the "
    "clock / of processor time, which is that of all processes that a reader starts."
)


def draw_all(limit: int) -> dict[str, dict[str, Path]]:
    """Return for each kind its documents by their SHA-256, drawn by a process of its own: a command's peak memory is at least this one's."""
    command = [sys.executable, str(ROOT / "scripts" / "bench_lists.py"), str(limit)]
    drawn = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return {kind: {digest: Path(path) for digest, path in documents} for kind, documents in drawn.items()}


def sections(arguments: argparse.Namespace, scratch: Path) -> Iterator[list[str]]:
    start_up, lines = starting(arguments.rounds, scratch)
    yield lines
    drawn = draw_all(arguments.documents)
    for kind in KINDS:
        if drawn[kind.name]:
            yield side_by_side(kind, drawn[kind.name], arguments.rounds, start_up, scratch)
    most = max(drawn, key=lambda kind: len(drawn[kind]))
    yield ["## Workers", "", f"The documents of {most.lower()}.", ""]
    yield scaling([*drawn[most].values()], arguments.rounds, scratch)
    yield ["## Report", "", f"The documents of {most.lower()}, a worker for each core.", ""]
    yield reports([*drawn[most].values()], scratch)
    yield ["## Growth in documents", "", f"A worker for each core; copies of `{SMALL.name}`.", ""]
    yield growth_in_documents(arguments.growth, scratch)
    yield ["## Growth in pages", "", f"One document; the pages of `{SMALL.name}` again and again.", ""]
    yield growth_in_pages(arguments.pages, scratch)


def written_by(arguments: argparse.Namespace) -> str:
    """Return what a run of the benchmark was, with what it measured less of than `make bench` does."""
    less = {"documents": sys.maxsize, "pages": PAGES, "growth": DOCUMENTS, "rounds": ROUNDS}
    given = {name: value for name, value in vars(arguments).items() if name in less and value != less[name]}
    shown = " ".join(f"--{name} {' '.join(map(str, [v] if isinstance(v, int) else v))}" for name, v in given.items())
    return f"`scripts/bench.py {shown}`" if shown else "`make bench`"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=sys.maxsize, help="at most so many of a kind")
    parser.add_argument("--pages", type=int, nargs="+", default=PAGES, help="of one document, for its growth")
    parser.add_argument("--growth", type=int, nargs="+", default=DOCUMENTS, help="numbers of documents")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    arguments = parser.parse_args()
    lines = [
        "# Benchmarks",
        "",
        f"Written by {written_by(arguments)}, at {commit()}.",
        "",
        machine(),
        "",
        EXPLAINED,
        "",
    ]
    print("\n".join(lines), flush=True)
    with tempfile.TemporaryDirectory() as place:
        for section in sections(arguments, Path(place)):
            print("\n".join(section), flush=True)
            lines += section
    arguments.out.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
