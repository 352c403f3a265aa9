"""Fuzz the native core under AddressSanitizer and the sanitizer of undefined behaviour: `make fuzz`.

The core is compiled with both, and this script runs again with their library loaded first. Damaged samples are read
page by page, and a PDFium that lies is walked: counts that are negative, large or change, handles to nothing, forms
without end. What NumPy allocates lies between zones that the sanitizer watches.
"""

from __future__ import annotations

import ctypes
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from extractor.errors import ExtractorError
from extractor.pages import native
from extractor.pages import pdfium_calls as calls
from extractor.pages.pdfium import UNKNOWN, initialise, open_pdf, read_page

ROOT = Path(__file__).parent.parent
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "200"))
FLAGS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O1")
MOST_PAGES = 3
CHANGES = 20  # bytes of a document that are changed, at most


def main() -> int:
    if sys.argv[1:]:
        return fuzz(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as scratch:
        library = Path(scratch) / native.LIBRARY.name
        source = str(native.SOURCE)
        command = ["cc", *FLAGS, f"-DSOURCE={native.checksum()}u", "-shared", "-fPIC", source, "-o", str(library)]
        subprocess.run(command, check=True)
        options = {"LD_PRELOAD": f"{path_of('libasan.so')} {path_of('libubsan.so')}", "ASAN_OPTIONS": "detect_leaks=0"}
        command = [sys.executable, __file__, str(library)]
        return subprocess.run(command, env=os.environ | options, check=False).returncode


def path_of(library: str) -> str:
    """Return where the compiler has a library of its own."""
    command = ["cc", f"-print-file-name={library}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def fuzz(library: Path) -> int:
    """Fuzz a library of the core in this process; what it does wrong ends the process."""
    native.core = native.load(library)
    assert native.core is not None
    initialise()
    pick = random.Random(EXAMPLES)
    pages = sum(read_damaged(pick) for _ in range(EXAMPLES))
    walks = sum(walk_lies(pick) for _ in range(10 * EXAMPLES))
    print(
        f"{EXAMPLES} damaged documents, of which {pages} pages were read; {10 * EXAMPLES} lies, {walks} walked to the end"
    )
    return 0


def read_damaged(pick: random.Random) -> int:
    """Read the first pages of a damaged sample, and return how many there were."""
    data = bytearray(pick.choice(sorted((ROOT / "samples").glob("*.pdf"))).read_bytes())
    for _ in range(pick.randint(0, CHANGES)):
        data[pick.randrange(len(data))] = pick.randrange(256)
    read = 0
    try:
        with open_pdf(bytes(data), "damaged.pdf") as document:
            for number in range(1, min(MOST_PAGES, len(document)) + 1):
                try:
                    read_page(document, number, UNKNOWN)
                except ExtractorError:
                    continue
                read += 1
    except ExtractorError:
        pass
    return read


def walk_lies(pick: random.Random) -> bool:
    """Ask a PDFium that lies for its objects, boxes and points; return whether its objects came to an end."""

    def lie(*_: object) -> int:
        return pick.choice((-(2**31), -1, 0, 1, 2, 3, 5, pick.choice((3, 1000, 2**31 - 1))))

    count_of = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(lie)
    object_of = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
        lambda _, index: pick.choice((0, index))
    )
    point_of = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(lie)
    calls._OBJECTS = calls._addresses(count_of, object_of, count_of, object_of, count_of)
    found = calls.walk_objects(1, pick.randint(0, 12), pick.choice((0, 1, 10, 100, 5000)))
    sizes = np.array([pick.choice((-1, 0, 1, 7)) for _ in range(pick.randint(0, 9))], np.int32)
    points = np.empty(int(np.maximum(sizes, 0).sum()), calls.POINT)
    paths = np.zeros(len(sizes), np.uint64)
    ask = calls._addresses(object_of, point_of, count_of, count_of)
    start = calls._start
    assert native.core is not None
    native.core.points_of_each(ask, start(paths), start(sizes), len(sizes), start(points))
    return found is not None


if __name__ == "__main__":
    sys.exit(main())
