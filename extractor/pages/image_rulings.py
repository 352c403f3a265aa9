"""Picture of a page → what can be read off it without recognising a character: skew, rulings, cells, lines of ink.

All by OpenCV on arrays of pixels, y downwards; nothing here knows what a glyph says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Mask = NDArray[np.uint8]

RED = 40  # grey levels by which red leads the other channels in the ink of a seal
BLACK = 70  # grey levels: red ink is brighter, black text under it is not
FAINT = 40  # grey levels by which the faintest print is darker than the paper
MAX_SKEW = 5.0  # degrees; a sheet laid worse is scanned again
SHORTEST = 12.0  # points: shorter strokes are parts of glyphs
THICKEST = 5.0  # points: thicker strokes are bars and backgrounds
TOUCH = 2.0  # points: rules that come so near each other touch
DRIFT = 0.7  # points by which a rule leaves its centre line on a sheet that lies askew
DROPOUT = 9.0  # points: gaps that specks and bad ink leave in a rule
LONG = 120.0  # points: no stroke of a glyph or a seal is straight for so long
OPEN_BORDER = 3  # rules that end freely at one line: fewer are strokes
SMALLEST_GRID = (60.0, 12.0)  # points: a box no larger is a glyph such as 国
SMALLEST_CELL = 4.0  # points
EDGE = 1.2  # points: what is left of a blurred rule along the edge of a cell is no thicker
SLENDER = 2.5  # times as long as thick: such a remainder, and no glyph
SPECK = 1.2  # points: ink that is smaller both ways is dust; a full stop at 200 dpi is larger
LINE_GAP = 2.5  # of a line's height: texts further apart on a line are recognised apart


class Segment(NamedTuple):
    """One straight rule in pixels, a centre line: `x0 == x1` for a vertical one, `y0 == y1` for a horizontal one.

    `thickness` is that of its ink.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    thickness: float

    @property
    def length(self) -> float:
        """Length in pixels."""
        return self.x1 - self.x0 + self.y1 - self.y0

    @property
    def level(self) -> bool:
        """Return whether it is horizontal."""
        return self.y0 == self.y1


class Area(NamedTuple):
    """A rectangle of pixels, ends excluded."""

    x0: int
    y0: int
    x1: int
    y1: int


class Ruled(NamedTuple):
    """A picture with its rulings told from its text.

    Attributes:
        grey: The picture, its rulings painted over.
        rules: The rulings.
        cells: The regions that rulings enclose, in no particular order, each with its label in `labels`.
        labels: For each pixel its region: 0 for rulings.
        cell_labels: The labels of `cells`.
    """

    grey: Grey
    rules: tuple[Segment, ...]
    cells: tuple[Area, ...]
    labels: NDArray[np.int32]
    cell_labels: tuple[int, ...]


def without_red(picture: NDArray[np.uint8]) -> Grey:
    """Return a colour picture (blue, green, red) in grey, red seals and letterheads left out, text under them kept."""
    red = picture[:, :, 2]
    other = np.maximum(picture[:, :, 0], picture[:, :, 1])
    bright = _grey(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    seal = red.astype(np.int16) - other > RED
    grey = np.where(seal, bright, red)
    grey[seal & (bright > BLACK)] = np.median(red)
    return _grey(grey)


def ink_of(grey: Grey, dpi: float) -> Mask:
    """Return 255 where a picture is darker than its surroundings, 0 elsewhere."""
    size = int(dpi / 5) | 1
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    return _mask(cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, size, 18))


def has_ink(grey: Grey) -> bool:
    """Return whether a picture shows anything but paper: more than one pixel in ten thousand is clearly darker."""
    small = cv2.resize(grey, None, fx=1 / 3, fy=1 / 3, interpolation=cv2.INTER_AREA)
    return bool(np.count_nonzero(small < np.median(small) - FAINT) > small.size / 10_000)


def skew_of(ink: Mask) -> float:
    """Return by how many degrees a picture must be turned counterclockwise for its lines to lie along the axes."""
    scale = min(1.0, 1200 / max(ink.shape))
    small = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(small, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    best = 0.0
    for picture, reach, step in ((coarse, MAX_SKEW, 0.5), (small, 0.5, 0.1), (small, 0.1, 0.02)):
        angles = best + np.arange(-reach, reach + step / 2, step)
        turned = {float(angle): _sharpness(turn(_grey(picture), angle, 0)) for angle in angles}
        best = max(turned, key=lambda angle: (turned[angle], -abs(angle)))
    return best


def _sharpness(ink: Grey) -> float:
    """Return how sharply rows and columns of ink are set off from each other: most when they lie along the axes."""
    sums = (cv2.reduce(ink, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S) for axis in (0, 1))
    return float(sum((np.diff(s.ravel()).astype(np.float64) ** 2).sum() for s in sums))


def turn(grey: Grey, angle: float, background: int) -> Grey:
    """Return a picture turned about its middle by a few degrees counterclockwise, of the same size."""
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    flags = cv2.INTER_LINEAR if background == 0 else cv2.INTER_CUBIC
    return _grey(cv2.warpAffine(grey, matrix, (width, height), flags=flags, borderValue=(background,)))


def _grey(array: Any) -> Grey:
    return np.asarray(array, dtype=np.uint8)


_mask = _grey


def read_rulings(grey: Grey, dpi: float) -> Ruled:
    """Tell rulings from text: find them, paint them over, and find the cells that they enclose."""
    unit = dpi / 72
    ink = ink_of(grey, dpi)
    strokes = [*_strokes(ink, unit, level=True), *_strokes(ink, unit, level=False)]
    rules = _grids_only(_joined(strokes, unit), unit)
    if not rules:  # one region, as a search for regions would find, which takes long
        return Ruled(grey, (), (), np.ones(grey.shape, np.int32), ())
    painted = _painted(ink, rules, unit)
    clean = grey.copy()
    clean[painted > 0] = int(np.median(grey[ink == 0])) if (ink == 0).any() else 255
    walls = painted.copy()
    for rule in rules:
        cv2.line(walls, (round(rule.x0), round(rule.y0)), (round(rule.x1), round(rule.y1)), (255,), 1)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.bitwise_not(walls), connectivity=4)
    cells, names = [], []
    height, width = grey.shape
    for label in range(1, count):
        x, y, w, h = (int(v) for v in stats[label][:4])
        inside = x > 0 and y > 0 and x + w < width and y + h < height
        if inside and min(w, h) >= SMALLEST_CELL * unit:
            cells.append(Area(x, y, x + w, y + h))
            names.append(label)
    return Ruled(clean, tuple(rules), tuple(cells), np.asarray(labels, dtype=np.int32), tuple(names))


def _strokes(ink: Mask, unit: float, *, level: bool) -> Iterator[Segment]:
    """Yield the straight strokes of one direction that are long and thin enough for a rule."""
    length = max(3, round(SHORTEST * unit))
    along, across = ((1, length), (3, 1)) if level else ((length, 1), (1, 3))
    # A rule that leans by a pixel or two still has a run of ink in one row once it is three pixels thick.
    thick = cv2.dilate(ink, np.ones(across, np.uint8))
    runs = _mask(cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones(along, np.uint8)))
    for start, end in _bands(runs, level=level):
        band = runs[start:end] if level else runs[:, start:end]
        count, _, stats, centres = cv2.connectedComponentsWithStats(band, connectivity=8)
        for label in range(1, count):
            x, y, w, h, area = (int(v) for v in stats[label])
            long, thin = (w, area / w) if level else (h, area / h)
            if long >= length and thin <= THICKEST * unit + 2:
                middle = start + float(centres[label][1 if level else 0])
                x0, y0, x1, y1 = (x, middle, x + w, middle) if level else (middle, y, middle, y + h)
                yield Segment(x0, y0, x1, y1, max(1.0, thin - 2))


def _bands(runs: Mask, *, level: bool) -> Iterator[tuple[int, int]]:
    """Yield the ends of the bands of rows, or of columns, that have ink: a search in each is quicker than one in all."""
    inked = np.flatnonzero(cv2.reduce(runs, 1 if level else 0, cv2.REDUCE_MAX))
    for band in np.split(inked, np.flatnonzero(np.diff(inked) > 1) + 1):
        if band.size:
            yield int(band[0]), int(band[-1]) + 1


def _joined(strokes: Sequence[Segment], unit: float) -> list[Segment]:
    """Join collinear strokes over the gaps that bad ink leaves."""
    joined: list[Segment] = []
    for level in (True, False):
        # (position across, start, end, thickness)
        own = [s for s in strokes if s.level == level]
        lines = sorted((s.y0, s.x0, s.x1, s.thickness) if level else (s.x0, s.y0, s.y1, s.thickness) for s in own)
        while lines:
            position, start, end, thickness = lines.pop(0)
            grown = True
            while grown:
                grown = False
                for other in lines:
                    if other[0] - position > TOUCH * unit:
                        break
                    if other[1] <= end + DROPOUT * unit and other[2] >= start - DROPOUT * unit:
                        length, more = end - start, other[2] - other[1]
                        position = (position * length + other[0] * more) / (length + more)
                        start, end = min(start, other[1]), max(end, other[2])
                        thickness = max(thickness, other[3])
                        lines.remove(other)
                        grown = True
                        break
            x0, y0, x1, y1 = (start, position, end, position) if level else (position, start, position, end)
            joined.append(Segment(x0, y0, x1, y1, thickness))
    return joined


def _grids_only(rules: Sequence[Segment], unit: float) -> list[Segment]:
    """Keep rules that end at rules of the other direction: 一, 丨 and the strokes of a black seal do not.

    Where a border is open, three rules or more end freely at the same line; a long one may end in a stain. What is left
    is drawn to the rules at its ends, so that cells close.
    """
    reach = TOUCH * unit
    kept = list(rules)
    while True:
        crossing = {level: [rule for rule in kept if rule.level != level] for level in (True, False)}
        touching = {rule: [o for o in crossing[rule.level] if _touch(rule, o, reach)] for rule in kept}
        loose = {rule: _loose_ends(rule, touching[rule], reach) if rule.length < LONG * unit else [] for rule in kept}
        ends = [(rule.level, end) for rule in kept for end in loose[rule]]
        fewer = [
            rule
            for rule in kept
            if len(touching[rule]) >= 2
            and all(
                sum(level == rule.level and abs(end - other) <= reach for level, other in ends) >= OPEN_BORDER
                for end in loose[rule]
            )
        ]
        if len(fewer) == len(kept):
            break
        kept = fewer
    large = _large(kept, touching, unit)
    return [_fitted(rule, touching[rule], reach) for rule in kept if rule in large]


def _loose_ends(rule: Segment, touching: Sequence[Segment], reach: float) -> list[float]:
    spots = [other.x0 if rule.level else other.y0 for other in touching]
    ends = (rule.x0, rule.x1) if rule.level else (rule.y0, rule.y1)
    return [end for end in ends if all(abs(end - spot) > 2 * reach for spot in spots)]


def _touch(a: Segment, b: Segment, reach: float) -> bool:
    flat, tall = (a, b) if a.level else (b, a)
    return flat.x0 - reach <= tall.x0 <= flat.x1 + reach and tall.y0 - reach <= flat.y0 <= tall.y1 + reach


def _fitted(rule: Segment, touching: Sequence[Segment], reach: float) -> Segment:
    spots = [other.x0 if rule.level else other.y0 for other in touching]
    start, end = (rule.x0, rule.x1) if rule.level else (rule.y0, rule.y1)
    start = min(spots) if abs(min(spots) - start) <= 2 * reach else start
    end = max(spots) if abs(max(spots) - end) <= 2 * reach else end
    return rule._replace(x0=start, x1=end) if rule.level else rule._replace(y0=start, y1=end)


def _large(rules: Sequence[Segment], touching: dict[Segment, list[Segment]], unit: float) -> set[Segment]:
    """Return the rules that belong to connected sets larger than a glyph."""
    large: set[Segment] = set()
    seen: set[Segment] = set()
    for rule in rules:
        if rule in seen:
            continue
        group, front = {rule}, [rule]
        while front:
            fresh = set(touching[front.pop()]) - group
            group |= fresh
            front += fresh
        seen |= group
        width = max(r.x1 for r in group) - min(r.x0 for r in group)
        height = max(r.y1 for r in group) - min(r.y0 for r in group)
        if width >= SMALLEST_GRID[0] * unit and height >= SMALLEST_GRID[1] * unit:
            large |= group
    return large


def _painted(ink: Mask, rules: Sequence[Segment], unit: float) -> Mask:
    """Return the ink of the rules: the long runs along each, no further off its centre line than it is thick.

    Amounts stand flush right, a point from the rule: a wider band would take the stems of their last digits with it.
    """
    painted = np.zeros_like(ink)
    length = round(0.8 * SHORTEST * unit)
    for level in (True, False):
        kernel = np.ones((1, length) if level else (length, 1), np.uint8)
        across = np.ones((3, 1) if level else (1, 3), np.uint8)
        runs = cv2.morphologyEx(cv2.dilate(ink, across), cv2.MORPH_OPEN, kernel)
        band = np.zeros_like(ink)
        for rule in rules:
            if rule.level == level:
                reach = rule.thickness / 2 + DRIFT * unit
                grow_x, grow_y = (1.0, reach) if level else (reach, 1.0)
                x0, y0 = round(max(0.0, rule.x0 - grow_x)), round(max(0.0, rule.y0 - grow_y))
                band[y0 : round(rule.y1 + grow_y) + 1, x0 : round(rule.x1 + grow_x) + 1] = 255
        painted |= _mask(cv2.bitwise_and(runs, band))
    return painted


def crop(ruled: Ruled, area: Area, label: int | None) -> Grey:
    """Return a part of a picture; pixels of other regions than `label` are paper."""
    part = ruled.grey[area.y0 : area.y1, area.x0 : area.x1].copy()
    if label is not None:
        labels = ruled.labels[area.y0 : area.y1, area.x0 : area.x1]
        part[(labels != label) & (labels != 0)] = 255
    return part


def text_lines_in(part: Grey, dpi: float, line_height: float | None) -> list[Area]:
    """Return the lines of ink in a cell from top to bottom, split where a wide gap parts them.

    Args:
        part: The cell's pixels.
        dpi: Pixels an inch.
        line_height: Pixels that a line of this page is usually high; None while that is being found out.
    """
    ink = _without_specks(ink_of(part, dpi), dpi)
    rows = np.flatnonzero(ink.any(axis=1))
    if not rows.size:
        return []
    runs = [(int(r[0]), int(r[-1]) + 1) for r in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)]
    lines: list[Area] = []
    for top, bottom in _whole_lines(runs, line_height or 0.0):
        columns = np.flatnonzero(ink[top:bottom].any(axis=0))
        gap = LINE_GAP * max(bottom - top, line_height or 0.0)
        pieces = np.split(columns, np.flatnonzero(np.diff(columns) > gap) + 1)
        lines += [Area(int(piece[0]), top, int(piece[-1]) + 1, bottom) for piece in pieces]
    return lines


def _without_specks(ink: Mask, dpi: float) -> Mask:
    """Return the ink of a cell without dust, and without the blurred edges of its rulings, which look like a 1."""
    least, thin = SPECK * dpi / 72, EDGE * dpi / 72
    height, width = ink.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    small = []
    for label in range(1, count):
        x, y, w, h = (int(v) for v in stats[label][:4])
        beside = w <= thin and (x <= thin or x + w >= width - thin) and h >= SLENDER * w
        below = h <= thin and (y <= thin or y + h >= height - thin) and w >= SLENDER * h
        if max(w, h) < least or beside or below:
            small.append(label)
    if not small:
        return ink
    clean = ink.copy()
    clean[np.isin(labels, small)] = 0
    return clean


def _whole_lines(runs: Sequence[tuple[int, int]], line_height: float) -> list[tuple[int, int]]:
    """Join runs of inked rows that are strokes of one line: 二 and ： have paper between theirs."""
    lines: list[tuple[int, int]] = []
    for top, bottom in runs:
        if lines:
            upper, lower = lines[-1]
            flat = min(lower - upper, bottom - top) < 0.6 * line_height
            if flat and bottom - upper <= 1.25 * line_height and top - lower <= 0.5 * line_height:
                lines[-1] = (upper, bottom)
                continue
        lines.append((top, bottom))
    return lines
