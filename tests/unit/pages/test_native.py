"""What the native core says of a page, and what Python says of it by one call after the other, are the same."""

from __future__ import annotations

import ctypes
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdfium2 import raw
from reportlab.pdfgen.canvas import Canvas
from support.common import CORPUS, SAMPLES

from extractor.commands.main import cli
from extractor.pages import native
from extractor.pages import pdfium_calls as calls
from extractor.pages.page import Chars, Page
from extractor.pages.pdfium import UNKNOWN, Hints, open_pdf, read_hints, read_page

CORE = native.core
DOCUMENTS = 1  # of each folder of the corpus
PAGES = 3  # of each of these

needs_core = pytest.mark.skipif(CORE is None, reason="no native core here: python scripts/build_native.py")


def all_of(page: Page) -> list[Any]:
    """Return everything a page is, as values that are compared exactly."""
    chars = Chars.of(page.chars)
    rest = [getattr(page, name) for name in page.__slots__ if name != "chars"]
    return [*rest, [*chars.texts], np.asarray(chars.boxes).tobytes(), [*chars.confidences]]


def both(data: bytes, hints: Hints, monkeypatch: pytest.MonkeyPatch, last: int = 100) -> Iterator[tuple[Any, Any]]:
    """Yield every page by the core and by Python.

    It is read once before, and stays open: of some damaged fonts, PDFium has widths at random whenever it loads them.
    """
    with open_pdf(data, "x.pdf") as document:
        for number in range(1, min(last, len(document)) + 1):
            found = []
            for core in (CORE, CORE, None):
                monkeypatch.setattr(native, "core", core)
                found.append(all_of(read_page(document, number, hints)))
            yield found[1], found[2]


def draw_text(canvas: Canvas, pick: random.Random) -> None:
    text = canvas.beginText()
    text.setFont(pick.choice(("Helvetica", "Times-Bold", "Courier")), pick.uniform(1, 30))
    text.setTextRenderMode(pick.choice((0, 0, 0, 1, 2, 3, 7)))
    text.setTextTransform(
        *pick.choice(((1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0.7, 0.7, -0.7, 0.7))), pick.uniform(0, 300), 90
    )
    text.textLine(pick.choice(("1,234.56", "12 345", "total 7,700.00 -3.1", "x", "(1)", " ")))
    canvas.drawText(text)


def draw_path(canvas: Canvas, pick: random.Random) -> None:
    path = canvas.beginPath()
    path.moveTo(pick.uniform(0, 300), pick.uniform(0, 200))
    for _ in range(pick.randint(1, 5)):
        ends = [pick.choice((pick.uniform(0, 300), 50.0, 100.0)) for _ in range(6)]
        path.lineTo(*ends[:2]) if pick.random() < 0.8 else path.curveTo(*ends)
        if pick.random() < 0.3:
            path.close()
            path.moveTo(*ends[2:4])
    canvas.drawPath(path, stroke=pick.randint(0, 1), fill=pick.randint(0, 1))


def draw_rule(canvas: Canvas, pick: random.Random) -> None:
    x, y = pick.randint(0, 10) * 30, pick.randint(0, 10) * 20
    canvas.line(x, y, *pick.choice(((x, y + 100), (x + 100, y))))


def draw_box(canvas: Canvas, pick: random.Random) -> None:
    canvas.rect(pick.uniform(0, 200), pick.uniform(0, 100), pick.choice((0.5, 90)), pick.choice((0.5, 20)), 0, 1)


def draw_clipped(canvas: Canvas, pick: random.Random) -> None:
    canvas.saveState()
    for _ in range(pick.randint(1, 2)):
        path = canvas.beginPath()
        path.rect(pick.uniform(0, 100), 20, pick.uniform(5, 150), 150)
        canvas.clipPath(path, stroke=0)
    draw_text(canvas, pick)
    canvas.restoreState()


def draw_coloured(canvas: Canvas, pick: random.Random) -> None:
    canvas.setFillColorRGB(*(pick.choice((0, 0.5, 0.8, 1)) for _ in range(3)), alpha=pick.choice((1, 0.1)))
    canvas.setStrokeColorRGB(*(pick.choice((0, 1)) for _ in range(3)))


DRAWN: tuple[Callable[[Canvas, random.Random], None], ...] = (
    draw_text, draw_text, draw_path, draw_rule, draw_rule, draw_box, draw_clipped, draw_coloured,
)  # fmt: skip


def random_page(pick: random.Random) -> bytes:
    """Return a page of random objects, some in forms that nest."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, (300, 200), pageCompression=0)
    forms = [f"form{number}" for number in range(pick.randint(0, 3))]
    for number, name in enumerate(forms):
        canvas.beginForm(name, 0, 0, 300, 200)
        for _ in range(pick.randint(0, 6)):
            pick.choice(DRAWN)(canvas, pick)
        if number and pick.random() < 0.7:
            canvas.doForm(pick.choice(forms[:number]))
        canvas.endForm()
    for _ in range(pick.randint(1, 30)):
        pick.choice(DRAWN)(canvas, pick)
        if forms and pick.random() < 0.1:
            canvas.saveState()
            canvas.transform(pick.uniform(0.5, 2), 0, 0, pick.uniform(0.5, 2), pick.uniform(-50, 50), 0)
            canvas.doForm(pick.choice(forms))
            canvas.restoreState()
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@needs_core
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 32), hints=st.sampled_from((UNKNOWN, Hints(layered=False, lying=frozenset()))))
def test_random_pages_are_the_same_by_both(seed: int, hints: Hints, monkeypatch: pytest.MonkeyPatch) -> None:
    for native_page, python_page in both(random_page(random.Random(seed)), hints, monkeypatch):
        assert native_page == python_page


@needs_core
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.pdf")), ids=lambda path: path.stem)
def test_samples_are_the_same_by_both(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = path.read_bytes()
    pages = [*both(data, read_hints(data), monkeypatch)]
    assert pages
    assert all(native_page == python_page for native_page, python_page in pages)


@needs_core
@pytest.mark.corpus
@pytest.mark.slow
def test_pages_of_the_corpora_are_the_same_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [
        folder for corpus in ("corpus", "government", "tricky") for folder in (CORPUS.parent / corpus).glob("**/")
    ]
    found = 0
    for path in (path for folder in sorted(folders) for path in sorted(folder.glob("*.pdf"))[:DOCUMENTS]):
        data = path.read_bytes()
        if data[:4] != b"%PDF":
            continue
        hints = read_hints(data)
        with pikepdf.open(io.BytesIO(data)) as document:
            del document.pages[PAGES:]
            out = io.BytesIO()
            document.save(out)
        for native_page, python_page in both(out.getvalue(), hints, monkeypatch, PAGES):
            assert native_page == python_page, path
            found += 1
    assert found


@needs_core
@pytest.mark.parametrize("limit", [0, 5, 6, 7])
def test_both_stop_at_more_objects_than_the_limit(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, (300, 200))
    canvas.beginForm("form", 0, 0, 300, 200)
    canvas.rect(1, 1, 5, 5)
    canvas.rect(9, 1, 5, 5)
    canvas.endForm()
    canvas.doForm("form")
    canvas.doForm("form")  # six objects: two forms with two rectangles each
    canvas.save()
    walked = []
    with open_pdf(buffer.getvalue(), "x.pdf") as document:
        page = document[0]
        for core in (CORE, None):
            monkeypatch.setattr(native, "core", core)
            found = calls.walk_objects(calls.address(page.raw), 12, limit)
            walked.append(None if found is None else [column.tolist() for column in found])
            shallow = calls.walk_objects(calls.address(page.raw), 0, limit)
            assert shallow is None if limit < 2 else shallow is not None and len(shallow.items) == 2
    assert walked[0] == walked[1]
    assert (walked[0] is None) == (limit < 6)
    if walked[0] is not None:
        assert walked[0][2] == [-1, 0, 0, -1, 3, 3]


@needs_core
def test_what_pdfium_says_otherwise_the_second_time_passes_no_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a page with a form of -1 objects, one that has itself in it, a path without the segments that it promised."""
    count_of = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
    object_of = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
    kinds = {1: raw.FPDF_PAGEOBJ_FORM, 2: raw.FPDF_PAGEOBJ_PATH, 0: raw.FPDF_PAGEOBJ_UNKNOWN}
    functions = [
        count_of(lambda _: 3),
        object_of(lambda _, index: index),  # nothing, a form, a path
        count_of(lambda form: 2 if form else -1),
        object_of(lambda _, index: index),
        count_of(lambda item: kinds[item or 0]),
    ]
    monkeypatch.setattr(calls, "_OBJECTS", calls._addresses(*functions))
    found = calls.walk_objects(1, 3, 50)
    assert found is not None
    assert found.items.tolist() == [0, 1, 0, 1, 0, 1, 0, 1, 2]
    assert found.holders.tolist() == [-1, -1, 1, 1, 3, 3, 5, 5, -1]
    assert calls.walk_objects(1, 3, 8) is None
    monkeypatch.setattr(calls, "segments_of", count_of(lambda _: 2))
    point_of = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    segments = object_of(lambda _, index: None if index else 1), point_of(lambda *_: 1), count_of(lambda _: 2)
    monkeypatch.setattr(calls, "_SEGMENTS", calls._addresses(*segments, count_of(lambda _: 1)))
    points, sizes = calls.points_of_each(np.array([7, 8], np.uint64))
    assert sizes.tolist() == [2, 2]
    assert points["kind"].tolist() == [2, 0, 2, 0]


def test_a_column_with_gaps_is_refused() -> None:
    with pytest.raises(ValueError, match="one after the other"):
        calls._start(np.zeros(8)[::2])


def test_a_library_of_another_source_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "native.c"
    changed.write_bytes(native.SOURCE.read_bytes() + b"\n")
    assert (native.load(native.LIBRARY) is None) == (CORE is None)
    monkeypatch.setattr(native, "SOURCE", changed)
    assert native.load(native.LIBRARY) is None
    assert native.load(tmp_path / "none.so") is None


@pytest.mark.parametrize(("core", "lines"), [(object(), 1), (None, 2)])
def test_the_version_says_whether_python_reads_alone(core: object, lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "core", core)
    result = CliRunner().invoke(cli, ["--version"])
    assert result.exit_code == 0
    assert result.output.startswith("extractor, version ")
    assert len(result.output.splitlines()) == lines
