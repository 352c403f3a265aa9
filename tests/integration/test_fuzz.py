"""Damaged documents and configs, as many as a run has time for: none may end in an error of our own.

CI tries the same few every time, in some seconds; `make fuzz` tries thousands, others each time.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.common import EXAMPLES, ROOT, SAMPLES

from extractor.datasets.document_result import DocumentResult
from extractor.errors import ConfigError
from extractor.jobs.forkserver import start_server
from extractor.jobs.limits import Limits
from extractor.jobs.pool import run_all
from extractor.jobs.worker_pool import WorkerPool
from extractor.source.source import Source, sniff
from extractor.vocabulary.config import Config

pytestmark = [pytest.mark.slow, pytest.mark.unmeasured]
FUZZ = settings(
    max_examples=EXAMPLES or 60,
    derandomize=not EXAMPLES,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TOKENS = (
    b"0",
    b"-1",
    b"99999999999",
    b"1e308",
    b"nan",
    b"<<",
    b">>",
    b"[",
    b"]",
    b"endobj",
    b"stream",
    b"R",
    b"(",
    b"Do",
    b"BT",
    b"re",
)
CONFIGS = sorted(p.relative_to(ROOT / "configs") for p in (ROOT / "configs").rglob("*.toml"))
TEXTS = ('"', "[", "]", "=", "\n", "[[", "(", "*", "0", "true", "''", "{", "é", "\\")

Damage = tuple[str, float, float, bytes]


def plain(path: Path) -> bytes:
    """Return a PDF with nothing packed, so that damage reaches what its pages say."""
    out = io.BytesIO()
    with pikepdf.open(path) as document:
        document.save(out, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    return out.getvalue()


WHOLE = plain(SAMPLES / "shanghai-2024-final-accounts.pdf")


def damaged(data: bytes, damages: list[Damage]) -> bytes:
    """Carry out damages one after the other; places are shares of the length."""
    for kind, place, length, token in damages:
        start = int(place * len(data))
        stop = min(len(data), start + 1 + int(length * 200))
        if kind == "replace":
            data = data[:start] + token + data[stop:]
        elif kind == "insert":
            data = data[:start] + b" " + token + b" " + data[start:]
        elif kind == "repeat":
            data = data[:stop] + data[start:]
        elif kind == "cut":
            data = data[:start] if length > 0.9 else data[:start] + data[stop:]
        else:  # a token for another
            data = data[:start] + data[start:stop].replace(b" ", b" " + token + b" ", 1) + data[stop:]
    return data


DAMAGES = st.lists(
    st.tuples(
        st.sampled_from(("replace", "insert", "repeat", "cut", "token")),
        st.floats(0, 1, exclude_max=True),
        st.floats(0, 1),
        st.sampled_from(TOKENS) | st.binary(max_size=8),
    ),
    min_size=1,
    max_size=12,
)


class Bench:
    """Reads one document after the other in isolation."""

    def __init__(self, config: Config) -> None:
        self._pool = WorkerPool(start_server(), config, 1, Limits(seconds=5, memory=1 << 30))

    def read(self, data: bytes) -> DocumentResult:
        (result,) = run_all(iter([Source("fuzz.pdf", "0" * 64, sniff(data), data)]), self._pool)
        return result

    def end(self) -> None:
        self._pool.end()


@pytest.fixture(scope="module")
def bench(config: Config) -> Iterator[Bench]:
    bench = Bench(config)
    yield bench
    bench.end()


@FUZZ
@given(damages=DAMAGES)
def test_a_damaged_pdf_has_its_row(bench: Bench, damages: list[Damage]) -> None:
    result = bench.read(damaged(WHOLE, damages))
    assert result.status != "crash", result.reason  # what runs out of time or memory is told of, and costs one row
    assert result.status == "ok" or result.reason


@FUZZ
@given(
    name=st.sampled_from(CONFIGS),
    damages=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 30), st.sampled_from(TEXTS) | st.text(max_size=4)),
        min_size=1,
        max_size=4,
    ),
)
def test_a_damaged_config_is_named(
    tmp_path_factory: pytest.TempPathFactory, name: Path, damages: list[tuple[float, int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("fuzz") / "configs"
    shutil.copytree(ROOT / "configs", folder)
    text = (folder / name).read_text(encoding="utf-8")
    for place, length, other in damages:
        start = int(place * len(text))
        text = text[:start] + other + text[start + length :]
    (folder / name).write_text(text, encoding="utf-8", errors="replace")
    try:
        Config.read(folder)
    except ConfigError as error:
        assert str(folder) in str(error)
    finally:
        shutil.rmtree(folder.parent)
