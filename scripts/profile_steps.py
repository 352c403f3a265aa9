"""Which step of a job its processor time goes to: where the program is, looked at every millisecond."""

from __future__ import annotations

import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from types import CodeType, FrameType, TracebackType
from typing import Self

INTERVAL = 0.001  # seconds of processor time
REST = "rest"
# The places of each step: a package, a module, or one of its functions. The innermost that is running has the time.
STEPS = {
    "opening a file, and what it says as a whole": (
        "extractor/pages/pdfium.py:OpenPdf.__init__",
        "extractor/pages/pdfium.py:read_hints",
        "extractor/source",
    ),
    "PDFium: load page": ("pypdfium2/_helpers/document.py:PdfDocument.get_page",),
    "PDFium: text page": ("extractor/pages/pdfium.py:_text_of",),
    "PDFium: text": ("extractor/pages/pdfium.py:_text",),
    "PDFium: close": ("pypdfium2/internal/bases.py",),
    "walking what a page draws": ("extractor/pages/pdfium_rules.py",),
    "characters, direction sample, page": ("extractor/pages",),
    "… of which some are read by their shapes": ("extractor/pages/pdfium_glyphs.py",),
    "… which of it is displayed": ("extractor/pages/pdfium_display.py", "extractor/pages/pdfium_watermarks.py"),
    "ink that nothing explains": ("extractor/pages/ink.py",),
    "recognition of pictures": (
        "extractor/pages/ocr.py",
        "extractor/pages/image_rulings.py",
        "extractor/pages/drawn_figures.py",
        "extractor/pages/scan.py:_rendered",
    ),
    "layouts: stream of characters": ("extractor/grids/geometry/char_stream.py",),
    "layouts: lattices": ("extractor/grids/geometry/lattice.py",),
    "layouts: cells": (
        "extractor/grids/geometry/layout.py:_assign_words",
        "extractor/grids/geometry/layout.py:_cell_numbers",
        "extractor/grids/geometry/layout.py:_grid",
    ),
    "layouts: rows without rules between them": ("extractor/grids/geometry/stacked_rows.py",),
    "layouts: tables without rules": ("extractor/grids/geometry/unruled",),
    "layouts: lines of text, and the rest": ("extractor/grids/geometry", "extractor/grids/readers.py"),
    "layouts: Word, workbooks, HTML, text": ("extractor/grids/office",),
    "tables": ("extractor/tables",),
    "records": ("extractor/records",),
    "prose": ("extractor/prose",),
    "checks": ("extractor/checks",),
    "second readers": ("extractor/grids/second_readers", "extractor/arbitration.py"),
    "figures": ("extractor/figures",),
    "Arrow tables": ("extractor/datasets",),
}
_STEP_OF = {place: step for step, places in STEPS.items() for place in places}


@cache
def place_of(code: CodeType) -> str | None:
    """Return the module and the function that code is of; None outside of what steps are told by."""
    for package in ("extractor", "pypdfium2"):
        _, within, module = code.co_filename.replace("\\", "/").rpartition(f"/{package}/")
        if within:
            return f"{package}/{module}:{code.co_qualname.partition('.<locals>')[0]}"
    return None


@cache
def step_of(place: str) -> str | None:
    """Return the step of a place: its own, its module's, or that of the nearest package around it."""
    module = place.partition(":")[0]
    parts = module.split("/")
    around = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((_STEP_OF[name] for name in (place, *around) if name in _STEP_OF), None)


class Profile:
    """Attributes processor time to steps and functions while it is entered.

    Signals wait until a call into C has returned, so that each stands for the time since the last.

    Attributes:
        steps: Step → seconds.
        functions: Module and function → seconds in itself, and in what it calls outside of these packages.
    """

    def __init__(self) -> None:
        self.steps: defaultdict[str, float] = defaultdict(float)
        self.functions: defaultdict[str, float] = defaultdict(float)
        self._last = 0.0

    def __enter__(self) -> Self:
        signal.signal(signal.SIGPROF, self._look)
        self._last = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._look(signal.SIGPROF, None)

    def _look(self, _: int, frame: FrameType | None) -> None:
        seconds = time.process_time() - self._last
        places = [*_places(frame)]
        self.steps[next(filter(None, map(step_of, places)), None) or REST] += seconds
        self.functions[places[0] if places else REST] += seconds
        self._last = time.process_time()


def _places(frame: FrameType | None) -> Iterator[str]:
    """Yield the places that are running, from the innermost on."""
    while frame is not None:
        if (place := place_of(frame.f_code)) is not None:
            yield place
        frame = frame.f_back
