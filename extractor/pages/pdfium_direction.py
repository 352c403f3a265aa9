"""Which way up the text of a PDF's page stands: by which rotation it reads upright, how far it leans, which digits are upside down."""

from __future__ import annotations

import math
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pypdfium2 import raw

from extractor.pages import pdfium_calls as calls
from extractor.pages.char_table import DIGITS, Flags, char_table, codes_of
from extractor.pages.pdfium_rules import Floats

ASKEW = 0.12  # quarters of a circle: text that leaves its axis by more is a watermark's
MAX_SKEW = 0.7  # degrees: rows that lean by more run into each other
MIN_TURNED = 8  # sampled characters of figures that say how a page's tables are turned
SAMPLE_STEP = 8  # characters looked at for direction and visibility: one in so many
_FIGURE_CHARS = char_table("0123456789,.")


def sample_direction(text_page: Any, owners: calls.Handles, text: str) -> tuple[int | None, int, float]:
    """Return the rotation by which most text reads upright (None without text), how much text is invisible, and by how many degrees it leaves the upright.

    A page laid sideways carries its text turned, with or without a /Rotate to undo it: the glyphs decide, not the key;
    and where there are enough, those of figures, for a table may lie sideways under upright prose.
    """
    places = np.arange(0, len(text), SAMPLE_STEP, dtype=np.int32)
    places = places[owners[places] != 0]  # the others are blanks that PDFium generated
    turns = _turns(text_page, places)
    sides = np.rint(turns)
    leans = np.abs(turns - sides)
    along = leans <= ASKEW
    if not along.any():
        return None, 0, 0.0
    leans, places, sides = leans[along], places[along], sides[along].astype(int) % 4
    of_figures = _FIGURE_CHARS[codes_of(text)[places]]
    told = of_figures if of_figures.any() else np.ones(len(places), bool)  # a stamp's text may lean alone
    skew = 90 * median(leans[told].tolist())  # a tenth of the time that NumPy takes
    skew = skew if skew <= MAX_SKEW else _lean_of_lines(text_page, places[told])
    modes = calls.ints_of_each(calls.render_mode_of, owners[places])
    hidden = SAMPLE_STEP * int(np.count_nonzero(modes == raw.FPDF_TEXTRENDERMODE_INVISIBLE))
    chosen = sides[of_figures] if np.count_nonzero(of_figures) >= MIN_TURNED else sides
    return (360 - 90 * int(np.bincount(chosen).argmax())) % 360, hidden, skew


def _turns(text_page: Any, places: NDArray[np.int32]) -> Floats:
    """Return by how many quarters of a circle each of some characters is turned."""
    handle = calls.address(text_page.raw)
    turns = calls.angles_of_chars(handle, places) / (math.pi / 2)
    turns += 2 * (calls.sizes_of_chars(handle, places) < 0)  # PDFium's angle is the matrix's, and does not turn by it
    return turns


def _lean_of_lines(text_page: Any, places: NDArray[np.int32]) -> float:
    """Return by how many degrees the lines of some characters leave the axes: PDFium's angle takes oblique type for a turn."""
    matrix, leans = raw.FS_MATRIX(), []
    for place in places.tolist():
        raw.FPDFText_GetMatrix(text_page.raw, place, matrix)
        turn = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
        leans.append(90 * abs(turn - round(turn)))
    return median(leans)


def find_turned_over(text_page: Any, owners: calls.Handles, text: str, direction: int | None) -> Flags:
    """Return the digits that stand upside down, or are mirrored, among a page's others: 609 is 906 from the other side."""
    digits: Flags = DIGITS[codes_of(text)] & (owners != 0)
    if direction is None or not digits.any():
        return np.zeros(len(text), bool)
    places = np.flatnonzero(digits).astype(np.int32)
    own = owners[places]
    firsts = calls.run_starts(own)  # all characters of a text object are turned alike
    off = (_turns(text_page, places[firsts]) + direction / 90) % 4  # of the upright
    against = np.abs(off - 2) <= ASKEW
    return digits & np.isin(owners, own[firsts][against]) if against.any() else np.zeros(len(text), bool)
