"""Convert a large folder in which one file of twenty is hostile, and watch the memory of the process that writes the datasets.

Every input must have its row, the good ones theirs whole; the process must take less than 300 MB, and in the last quarter of
its time no more than in the second, but for a tenth.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from support import malicious_files

from extractor.datasets.folder import Folder
from extractor.datasets.integrity import verify
from extractor.datasets.store import read_rows

EVERY = 20  # one input of so many is hostile
MOST = 300.0  # MB that the process may take
GROWTH = 1.1  # how much more memory the process may take in the end
SLOW = frozenset(("flate_bomb", "many_operators", "nested_forms"))  # seconds each: every hundredth hostile one


def good(number: int) -> bytes:
    rows = "\n".join(f"{2010101 + n}\t行政运行{n}\t{number}.{n:02}\t{number}.{n:02}" for n in range(20))
    return f"2026年部门支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\n{rows}\n".encode()


def hostile() -> Iterator[tuple[str, bytes]]:
    """Yield suffix and content of hostile files, each kind again and again."""
    made = {name: make() for name, make in malicious_files.FILES.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.pdf", bytes(range(256)) * 9)
    damaged = bytearray(packed.getvalue())
    damaged[40:80] = b"\xff" * 40
    others = {
        ".zip": bytes(damaged),
        ".mht": b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n" * 3000,
    }
    for number in range(1 << 30):
        name = list(made)[number % len(made)]
        if name not in SLOW or number % 100 == 0:
            yield ".pdf", made[name]
        yield from others.items()


def write_inputs(folder: Path, count: int) -> None:
    bad = hostile()
    for number in range(count):
        place = folder / f"{number % 100:02}"
        place.mkdir(exist_ok=True)
        if number % EVERY:
            (place / f"{number}.txt").write_bytes(good(number))
        else:
            suffix, content = next(bad)
            (place / f"{number}{suffix}").write_bytes(content + b"\n%%%d\n" % number)


def memory_of(process: subprocess.Popen[str]) -> Iterator[float]:
    """Yield the resident memory of a process in MB twice a second until it ends."""
    while process.poll() is None:
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                yield int(line.split()[1]) / 1024
        time.sleep(0.5)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place) / "in", Path(place) / "out"
        folder.mkdir()
        write_inputs(folder, arguments.inputs)
        options = ["--out", str(out), "--memory", "0.4", "--timeout", "60"]
        command = [sys.executable, "-m", "extractor", "run", str(folder), *options, "--json"]
        begun = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, text=True)
        taken = list(memory_of(process))
        seconds = time.monotonic() - begun
        assert process.returncode == 1, f"exit code {process.returncode}"
        assert verify(Folder(out)) == []
        rows = read_rows(Folder(out), "documents").to_pylist()
        read = [row for row in rows if row["path"].endswith(".txt")]
        assert len({row["path"].partition("!/")[0] for row in rows}) == arguments.inputs
        assert all(row["status"] == "ok" and row["line_items"] == 40 for row in read), "good documents are not whole"
    quarters = [max(taken[len(taken) * n // 4 : len(taken) * (n + 1) // 4]) for n in range(4)]
    print(f"{arguments.inputs} inputs in {seconds:.0f} s: {dict(Counter(row['status'] for row in rows))}")
    print(
        f"memory of the process, at most, in each quarter of the time: {', '.join(f'{mb:.0f} MB' for mb in quarters)}"
    )
    assert max(taken) < MOST, f"more than {MOST:.0f} MB"
    assert quarters[3] < quarters[1] * GROWTH, "it grows"
    return 0


if __name__ == "__main__":
    sys.exit(main())
