"""A page's objects → its rules, images, fills and texts: rules are stroked segments, thin filled rectangles and thin images.

PDFium is asked for each path as a whole, through form XObjects with their matrices composed; what the paths of a page
draw is then told for all of them at once.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Sequence
from itertools import groupby, repeat
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from pypdfium2 import raw

from extractor.errors import DocumentError
from extractor.pages import pdfium_calls as calls

Floats = NDArray[np.float64]
Number = TypeVar("Number", float, Floats)
Matrix = tuple[Number, Number, Number, Number, Number, Number]
IDENTITY: Matrix[float] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
THIN = 3.0  # points: a filled rectangle no thicker is a rule, a thicker one is background
SHORTEST_RULE = 3.0  # points: shorter strokes are glyph outlines, ticks and dash remains
SLANT = 1.0  # points: a stroke that leaves its axis by more is no rule
SPECK, POINT = 8.0, 2.5  # points: a minus that is drawn is no longer, and a round point is no larger
MAX_FORM_DEPTH = 12  # forms that nest deeper are attacks, not tables
MAX_OBJECTS = 500_000  # of a page, those in forms included: more is an attack or no budget
_TEXT, _PATH = raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH
_COLLECTED = (_TEXT, _PATH, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING)
_HEAD = np.dtype([("filled", "i4"), ("stroked", "i4"), ("matrix", "f4", 6)])


class Placed(NamedTuple):
    """Objects of one kind: where each is, which matrix it is under, and its place in the order of drawing."""

    items: list[int]
    outers: list[Matrix[float]]
    orders: list[int]

    def at(self, places: Sequence[int]) -> Placed:
        """Return some of the objects."""
        return Placed(
            [self.items[n] for n in places], [self.outers[n] for n in places], [self.orders[n] for n in places]
        )

    def joined(self, other: Placed) -> Placed:
        """Return these objects and others."""
        return Placed(self.items + other.items, self.outers + other.outers, self.orders + other.orders)


class Drawing(NamedTuple):
    """What the page's objects are; boxes and rules are rows of two corners in PDF space.

    Attributes:
        rules: Its rules.
        images: Its images.
        paths: How many paths it has.
        texts: Its text objects.
        fills: What covers what was drawn before: filled paths that are no rules, and images.
        fill_boxes: The boxes of those.
        veiled: Those text objects that stand in a form drawn as a group: it may be transparent or masked.
        outlines: The boxes of painted paths that leave the axes, such as characters drawn as outlines, and slanted lines.
        specks: The boxes of painted paths that are no larger than a sign or a point.
    """

    rules: Floats
    images: Floats
    paths: int
    texts: Placed
    fills: Placed
    fill_boxes: Floats
    veiled: frozenset[int]
    outlines: Floats
    specks: Floats


def compose(inner: Matrix[Number], outer: Matrix[Number]) -> Matrix[Number]:
    """Return the matrix that applies `inner` first, then `outer`, in PDF's row-vector convention."""
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def read_drawing(page: int, number: int) -> Drawing:
    """Walk a page's objects, forms included, for rules and images.

    Args:
        page: Where PDFium's page is.
        number: 1-based page number.

    Raises:
        DocumentError: There are too many.
    """
    walk = _Walk(number)
    walk.visit(calls.objects_of_page(page), calls.object_of_page, page, IDENTITY, 0)
    pictures, images = _boxed(walk.of[raw.FPDF_PAGEOBJ_IMAGE])
    shadings, shaded = _boxed(walk.of[raw.FPDF_PAGEOBJ_SHADING])
    covers = pictures.joined(shadings)
    fills, fill_boxes, outlines, specks = covers, np.concatenate((images, shaded)), images[:0], images[:0]
    areas, points = _outlined(walk.of[_PATH])
    with np.errstate(invalid="ignore", over="ignore"):  # of numbers beyond all paper
        boxes, strokes = images[:0], images[:0]
        if points:
            boxes, strokes, whole, filled, painted, upright = _drawn(areas, points)
            sides = whole[:, 2:] - whole[:, :2]
            wide = np.flatnonzero(filled & (sides[:, 0] > THIN) & (sides[:, 1] > THIN))
            fills = areas.at(wide.tolist()).joined(covers)
            fill_boxes = np.concatenate((whole[wide], fill_boxes))
            small = np.maximum(sides[:, 0], sides[:, 1]) <= np.where(upright, SPECK, POINT)
            outlines, specks = whole[painted & ~upright & ~small], whole[painted & small]
        rules = np.concatenate((thin(np.concatenate((boxes, images))), straight(strokes)))
    veiled = frozenset(walk.veiled)
    paths = len(walk.of[_PATH].items)
    return Drawing(rules, images, paths, walk.of[_TEXT], fills, fill_boxes, veiled, outlines, specks)


class _Walk:
    """Collects the objects of a page by their kind.

    Attributes:
        of: Kind → its objects, but for forms.
        veiled: The texts in transparent forms.
    """

    def __init__(self, number: int) -> None:
        self.of = {kind: Placed([], [], []) for kind in _COLLECTED}
        self.veiled: list[int] = []
        self._visited = self._order = 0
        self._number = number
        self._sides = (ctypes.c_float * 6)()

    def visit(self, count: int, get: Callable[[int, int], int], holder: int, outer: Matrix[float], depth: int) -> None:
        """Visit the objects of a page or form."""
        self._visited += max(0, count)
        if self._visited > MAX_OBJECTS:
            raise DocumentError(f"page {self._number} draws more than {MAX_OBJECTS:,} objects")
        items = [*map(get, repeat(holder), range(count))]
        kinds = [*map(calls.kind_of, items)]
        begun = 0
        for kind, run in groupby(kinds):  # what is drawn one after the other is added at once, for there is much
            own = items[begun : begun + sum(1 for _ in run)]
            begun += len(own)
            if kind == raw.FPDF_PAGEOBJ_FORM:
                for item in own:
                    self._visit_form(item, outer, depth)
                continue
            if kind in self.of:
                placed = self.of[kind]
                placed.items.extend(own)
                placed.outers.extend(repeat(outer, len(own)))
                placed.orders.extend(range(self._order + 1, self._order + 1 + len(own)))
            self._order += len(own)

    def _visit_form(self, item: int, outer: Matrix[float], depth: int) -> None:
        self._order += 1
        if depth >= MAX_FORM_DEPTH:
            return
        calls.matrix_of(item, ctypes.addressof(self._sides))
        a, b, c, d, e, f = self._sides
        texts = self.of[_TEXT].items
        before = len(texts)
        inner = compose((a, b, c, d, e, f), outer)
        self.visit(calls.objects_of_form(item), calls.object_of_form, item, inner, depth + 1)
        if calls.is_transparent(item):
            self.veiled += texts[before:]


def _boxed(objects: Placed) -> tuple[Placed, Floats]:
    """Return those objects that have a box, and the boxes in the page's space."""
    if not objects.items:  # as on most pages
        return objects, np.zeros((0, 4))
    own, known = calls.four_of_each(calls.bounds_of, objects.items, np.float32)
    boxes = np.zeros((len(own), 4))
    for place in np.flatnonzero(known).tolist():
        left, bottom, right, top = own[place].tolist()
        a, b, c, d, e, f = objects.outers[place]
        xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
        ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
        boxes[place] = (min(xs), min(ys), max(xs), max(ys))
    return objects.at(np.flatnonzero(known).tolist()), boxes[known]


def _outlined(paths: Placed) -> tuple[Placed, list[bytes]]:
    """Return those paths that have points, and the points of each."""
    points = [*map(calls.points_of, paths.items)]
    return (paths if all(points) else paths.at([n for n, own in enumerate(points) if own])), [*filter(None, points)]


def _drawn(
    paths: Placed, parts: list[bytes]
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the boxes of what is only filled, both ends of what is stroked, and of each path its box and what it is.

    That is: whether it is filled, whether it is painted at all, and whether all of it runs along the axes.

    Each subpath is looked at by itself; one with a curve is a drawing, not a rule, and is left out.
    """
    points = np.frombuffer(b"".join(parts), calls.POINT)
    head = _heads(paths.items)
    sizes = np.fromiter(map(len, parts), int, len(parts)) // calls.POINT.itemsize
    path = np.repeat(np.arange(len(parts)), sizes)
    xs, ys = _in_page(points, head["matrix"].astype(float), paths.outers, path)
    begins = points["kind"] == raw.FPDF_SEGMENT_MOVETO
    begins[np.cumsum(sizes) - sizes] = True
    starts = np.flatnonzero(begins)
    part = np.cumsum(begins) - 1
    curved = np.logical_or.reduceat(points["kind"] == raw.FPDF_SEGMENT_BEZIERTO, starts)
    plain = ~curved & (np.diff(starts, append=len(points)) > 1)
    stroked = head["stroked"][path[starts]] != 0
    filled = plain & ~stroked & (head["filled"][path[starts]] != 0)
    sides = [at.reduceat(v, starts)[filled] for at in (np.minimum, np.maximum) for v in (xs, ys)]
    first, live = starts[part], (plain & stroked)[part]
    here = np.arange(len(points))
    goes_on = np.append(part[1:] == part[:-1], False)
    closes = points["closes"] != 0
    to_first, to_next, from_first = (live & closes, live & goes_on & ~closes, live & goes_on & closes)
    start = np.concatenate((here[to_first], here[to_next], first[from_first]))
    end = np.concatenate((first[to_first], here[to_next] + 1, here[from_first] + 1))
    firsts = np.cumsum(sizes) - sizes
    whole = np.stack([at.reduceat(v, firsts) for at in (np.minimum, np.maximum) for v in (xs, ys)], axis=1)
    strokes = np.stack((xs[start], ys[start], xs[end], ys[end]), axis=1)
    leaves = goes_on & (np.abs(np.append(np.diff(xs), 0.0)) > SLANT) & (np.abs(np.append(np.diff(ys), 0.0)) > SLANT)
    bent = np.logical_or.reduceat(leaves | (points["kind"] == raw.FPDF_SEGMENT_BEZIERTO), firsts)
    is_filled = head["filled"] != 0
    return np.stack(sides, axis=1), strokes, whole, is_filled, is_filled | (head["stroked"] != 0), ~bent


def _heads(paths: Sequence[int]) -> NDArray[np.void]:
    """Return whether each path is filled and stroked, and its matrix."""
    heads = np.zeros(len(paths), _HEAD)
    filled, stroked, matrix = (
        range(start := heads[name].ctypes.data, start + heads.nbytes, heads.itemsize)
        for name in ("filled", "stroked", "matrix")
    )
    deque(map(calls.draw_mode_of, paths, filled, stroked), maxlen=0)
    deque(map(calls.matrix_of, paths, matrix), maxlen=0)
    return heads


def _in_page(
    points: NDArray[np.void], own: Floats, outers: list[Matrix[float]], path: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return x and y of each point in the page's space."""
    a, b, c, d, e, f = own.T
    if outers.count(IDENTITY) < len(outers):
        g, h, i, j, k, m = np.array(outers).T
        a, b, c, d, e, f = compose((a, b, c, d, e, f), (g, h, i, j, k, m))
    xs, ys = points["x"].astype(float), points["y"].astype(float)
    return a[path] * xs + c[path] * ys + e[path], b[path] * xs + d[path] * ys + f[path]


def thin(boxes: Floats) -> Floats:
    """Return the centre lines of those boxes that are thin enough to be rules."""
    left, bottom, right, top = boxes.T
    width, height = right - left, top - bottom
    flat = (height <= THIN) & (width > np.maximum(height, SHORTEST_RULE))
    tall = ~flat & (width <= THIN) & (height > np.maximum(width, SHORTEST_RULE))
    return _centred(boxes, flat, tall)


def straight(strokes: Floats) -> Floats:
    """Return those strokes as rules that run along an axis."""
    x0, y0, x1, y1 = strokes.T
    dx, dy = np.abs(x1 - x0), np.abs(y1 - y0)
    flat = (dy <= SLANT) & (dx > SHORTEST_RULE)
    tall = ~flat & (dx <= SLANT) & (dy > SHORTEST_RULE)
    return _centred(_ordered(strokes), flat, tall)


def _centred(boxes: Floats, flat: NDArray[np.bool_], tall: NDArray[np.bool_]) -> Floats:
    lines = boxes.copy()
    for level, chosen in ((1, flat), (0, tall)):
        middle = (boxes[chosen, level] + boxes[chosen, level + 2]) / 2
        lines[chosen, level] = lines[chosen, level + 2] = middle
    return lines[flat | tall]


def placed(boxes: Floats, place: Matrix[float]) -> Floats:
    """Return boxes under a matrix that keeps them upright or lays them on a side."""
    a, b, c, d, e, f = place
    x0, y0, x1, y1 = boxes.T
    return _between(a * x0 + c * y0 + e, b * x0 + d * y0 + f, a * x1 + c * y1 + e, b * x1 + d * y1 + f)


def _ordered(boxes: Floats) -> Floats:
    """Return rows of two corners as rows of least and greatest x and y."""
    return _between(*boxes.T)


def _between(x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> Floats:
    """Return the boxes between two corners of each."""
    boxes = np.empty((len(x0), 4))
    for number, (least, first, second) in enumerate(
        ((np.minimum, x0, x1), (np.minimum, y0, y1), (np.maximum, x0, x1), (np.maximum, y0, y1))
    ):
        least(first, second, out=boxes[:, number])
    return boxes
