"""Measure the whole job beside other readers, in one run, as ratios; write docs/benchmarks.md.

Processor time is compared, not wall clock, so that a busy machine changes the figures less; each reader has a process of
its own, whose peak memory is the kernel's figure.
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
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from extractor.datasets.folder import Folder
from extractor.datasets.store import read_rows

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
EVERY = 3  # real documents that all readers read: one in so many
GROWTH = (10, 100, 1_000, 5_000, 10_000)
SMALL = ROOT / "samples" / "shanghai-2024-final-accounts.pdf"


class Measured(NamedTuple):
    """Pages read, seconds of processor time they took, peak memory in MiB."""

    pages: int
    seconds: float
    peak: int

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.pages / self.seconds


def read_pdfium_text(path: Path) -> int:
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(path)
    for page in document:
        page.get_textpage().get_text_range()
        page.close()
    return len(document)


def read_pdfplumber(path: Path) -> int:
    import pdfplumber  # noqa: PLC0415

    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_tables()
            page.close()
        return len(document.pages)


def read_camelot(path: Path) -> int:
    from extractor.grids.second_readers.camelot import read_camelot as read_layout  # noqa: PLC0415

    pages = read_pdfium_text(path)
    return len(list(read_layout(path.read_bytes(), range(1, pages + 1))))


def read_tabula(path: Path) -> int:
    from tabula.io import read_pdf  # noqa: PLC0415

    read_pdf(path, pages="all", lattice=True, silent=True)
    return read_pdfium_text(path)


READERS: dict[str, Callable[[Path], int]] = {
    "PDFium, text alone": read_pdfium_text,
    "pdfplumber, extract_tables": read_pdfplumber,
    "camelot, lattice, vector engine": read_camelot,
    "tabula-py, lattice": read_tabula,
}


def child(reader: str, paths: Sequence[Path]) -> None:
    """Read in this process and print what it took; importing is not counted."""
    read = READERS[reader]
    read(SMALL)
    before = os.times()
    pages = sum(read(path) for path in paths)
    after = os.times()
    print(json.dumps({"pages": pages, "seconds": sum(after[:4]) - sum(before[:4])}))


def measure(reader: str, paths: Sequence[Path]) -> Measured | None:
    """Measure a reader in a process of its own; None where it is not installed, or gives up on a document."""
    command = [sys.executable, __file__, "--child", reader, *map(str, paths)]
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        if status:
            return None
        output.seek(0)
        found = json.loads(output.read().splitlines()[-1])
    return Measured(found["pages"], found["seconds"], usage.ru_maxrss >> 10)


class Job(NamedTuple):
    """A whole run: its summary, wall clock, and the parent's own processor time and peak memory in MiB."""

    summary: dict[str, Any]
    wall: float
    parent: float
    peak: int


def run_job(inputs: Sequence[Path], out: Path, workers: int = 1) -> Job:
    command = [sys.executable, "-m", "extractor", "run", *map(str, inputs), "--out", str(out), "--json"]
    with tempfile.TemporaryFile("w+") as output:
        begun = time.monotonic()
        process = subprocess.Popen([*command, "--workers", str(workers)], stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
        process.returncode = status
        output.seek(0)
        summary = json.loads(output.read())
    return Job(summary, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss >> 10)


def without_scans(paths: Sequence[Path], scratch: Path) -> list[Path]:
    """Return the documents that the other readers can read: they see nothing in a picture, and take no time to."""
    if not paths:
        return []
    run_job(paths, scratch / "all", os.cpu_count() or 1)
    rows = read_rows(Folder(scratch / "all"), "documents").to_pylist()
    shutil.rmtree(scratch / "all")
    return [Path(row["path"]) for row in sorted(rows, key=lambda row: row["path"]) if not row["pages_ocr"]]


def side_by_side(paths: Sequence[Path], scratch: Path) -> list[str]:
    """Return the rows of a table: every reader and the whole job on the same pages."""
    job = run_job(paths, scratch / "side")
    shutil.rmtree(scratch / "side")
    idle = run_job([SMALL], scratch / "idle")
    shutil.rmtree(scratch / "idle")
    stages = sum(job.summary["stages"].values())
    parent = max(0.0, job.parent - idle.parent)  # without what any run costs: importing
    whole = Measured(job.summary["pages"], stages + parent, job.peak + job.summary["peak_worker_mb"])
    measured: dict[str, Measured | None] = {"this job, one worker: read, reconciled, written": whole}
    for reader in READERS:
        measured[reader] = measure(reader, paths)
    plumber = measured["pdfplumber, extract_tables"]
    assert plumber is not None  # it is a dependency
    base = plumber.rate
    rows = [f"{whole.pages} pages in {len(paths)} documents", ""]
    rows += ["| reader | pages/s | times pdfplumber | peak MiB |", "| --- | --- | --- | --- |"]
    rows += [
        f"| {name} | {m.rate:,.0f} | {m.rate / base:.1f} | {m.peak} |" if m else f"| {name} | fails | | |"
        for name, m in measured.items()
    ]
    shares = ", ".join(f"{stage} {100 * t / stages:.0f} %" for stage, t in job.summary["stages"].items())
    return [*rows, "", f"Where the job's time goes: {shares}.", ""]


def copies(folder: Path, count: int) -> list[Path]:
    """Make documents that differ in their last bytes alone."""
    folder.mkdir()
    data = SMALL.read_bytes()
    for number in range(count):
        (folder / f"{number:06d}.pdf").write_bytes(data + b"\n%% %d\n%%%%EOF\n" % number)
    return [folder]


def growth(scratch: Path, sizes: Sequence[int]) -> list[str]:
    """Return the rows of a table: the same document so many times, and again with nothing changed."""
    rows = [
        "| documents | ms of wall clock each | commits | their share | parent MiB | worker MiB | run again, s |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for count in sizes:
        inputs, out = copies(scratch / "many", count), scratch / "many-out"
        job, again = run_job(inputs, out), run_job(inputs, out)
        commits, seconds = job.summary["commits"], job.summary["commit_seconds"]
        memory = f"{job.peak} | {job.summary['peak_worker_mb']}"
        share = f"{100 * seconds / job.wall:.1f} %"
        rows.append(
            f"| {count:,} | {1000 * job.wall / count:.0f} | {commits} | {share} | {memory} | {again.wall:.1f} |"
        )
        shutil.rmtree(scratch / "many")
        shutil.rmtree(out)
    return [*rows, ""]


def scaling(paths: Sequence[Path], scratch: Path) -> list[str]:
    """Return the rows of a table: wall clock by number of workers."""
    rows = ["| workers | wall clock, s | times one worker |", "| --- | --- | --- |"]
    first = 0.0
    for workers in range(1, (os.cpu_count() or 1) + 1):
        job = run_job(paths, scratch / "workers", workers)
        shutil.rmtree(scratch / "workers")
        first = first or job.wall
        rows.append(f"| {workers} | {job.wall:.1f} | {first / job.wall:.2f} |")
    return [*rows, ""]


def machine() -> str:
    names = ("pypdfium2", "pyarrow", "pdfplumber", "camelot-py")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    processor = platform.processor() or platform.machine()
    with Path("/proc/cpuinfo").open() as stream:
        models = [line.split(":", 1)[1].strip() for line in stream if line.startswith("model name")]
    processor = models[0] if models else processor
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({processor}), {platform.system()}, Python {platform.python_version()}, {versions}; "
        f"load before the run {load}."
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", choices=READERS)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--growth", type=int, nargs="+", default=GROWTH, help="numbers of documents")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.child, arguments.paths)
        return 0
    samples = sorted((ROOT / "samples").glob("*.pdf"))
    lines = ["# Benchmarks", "", "Written by `make bench`.", "", machine(), ""]
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        lines += ["## Typeset samples", "", *side_by_side(samples, scratch)]
        real = without_scans([p for p in sorted(CORPUS.rglob("*.pdf")) if p.read_bytes()[:4] == b"%PDF"], scratch)
        if real:
            lines += ["## Real documents without scanned pages", "", *side_by_side(real[::EVERY], scratch)]
        lines += ["## Growth", "", f"One worker; copies of `{SMALL.name}`.", "", *growth(scratch, arguments.growth)]
        lines += ["## Workers", "", *scaling(real or samples, scratch)]
    text = "\n".join(lines).rstrip() + "\n"
    arguments.out.parent.mkdir(exist_ok=True)
    arguments.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
