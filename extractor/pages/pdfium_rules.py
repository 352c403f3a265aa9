"""A page's objects → its rules, images, fills and texts: rules are stroked segments, thin filled rectangles and thin images.

PDFium is asked for each path as a whole, through form XObjects with their matrices composed; what the paths of a page
draw is then told for all of them at once.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from itertools import repeat
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
    images = np.array(walk.images, float).reshape(-1, 4)
    covers = walk.pictures.joined(walk.shadings)
    fills, fill_boxes, outlines, specks = covers, np.concatenate((images, walk.shaded)), images[:0], images[:0]
    with np.errstate(invalid="ignore", over="ignore"):  # of numbers beyond all paper
        boxes, strokes = images[:0], images[:0]
        if walk.points:
            boxes, strokes, whole, filled, painted, upright = _drawn(walk.heads, walk.areas.outers, walk.points)
            sides = whole[:, 2:] - whole[:, :2]
            wide = np.flatnonzero(filled & (sides > THIN).all(axis=1))
            fills = walk.areas.at(wide.tolist()).joined(covers)
            fill_boxes = np.concatenate((whole[wide], fill_boxes))
            small = (sides <= np.where(upright, SPECK, POINT)[:, None]).all(axis=1)
            outlines, specks = whole[painted & ~upright & ~small], whole[painted & small]
        rules = np.concatenate((thin(np.concatenate((boxes, images))), straight(strokes)))
    veiled = frozenset(walk.veiled)
    return Drawing(rules, images, walk.paths, walk.texts, fills, fill_boxes, veiled, outlines, specks)


class _Walk:
    """Collects the texts, and for every path what it fills and strokes and its matrix, and its points."""

    def __init__(self, number: int) -> None:
        self.heads: list[bytes] = []
        self.points: list[bytes] = []
        self.areas, self.texts, self.pictures, self.shadings = (Placed([], [], []) for _ in range(4))
        self.images: list[tuple[float, float, float, float]] = []
        self._shaded: list[tuple[float, float, float, float]] = []
        self.veiled: list[int] = []
        self.paths = self._visited = self._order = 0
        self._number = number
        self._head = ctypes.create_string_buffer(_HEAD.itemsize)
        self._head_at = ctypes.addressof(self._head)
        self._sides = (ctypes.c_float * 6)()

    @property
    def shaded(self) -> Floats:
        """Return the boxes of the shadings."""
        return np.array(self._shaded, float).reshape(-1, 4)

    def visit(self, count: int, get: Callable[[int, int], int], holder: int, outer: Matrix[float], depth: int) -> None:
        """Visit the objects of a page or form."""
        self._visited += max(0, count)
        if self._visited > MAX_OBJECTS:
            raise DocumentError(f"page {self._number} draws more than {MAX_OBJECTS:,} objects")
        items = [*map(get, repeat(holder), range(count))]
        kinds = [*map(calls.kind_of, items)]
        begun = 0
        for index in [index for index, kind in enumerate(kinds) if kind != _TEXT]:
            if begun < index:
                self._add_texts(items[begun:index], outer)
            self._add_other(items[index], kinds[index], outer, depth)
            begun = index + 1
        self._add_texts(items[begun:], outer)

    def _add_texts(self, items: Sequence[int], outer: Matrix[float]) -> None:
        """Add texts that are drawn one after the other: all at once, for there are many."""
        first = self._order + 1
        self._order += len(items)
        self.texts.items.extend(items)
        self.texts.outers.extend(repeat(outer, len(items)))
        self.texts.orders.extend(range(first, first + len(items)))

    def _add_other(self, item: int, kind: int, outer: Matrix[float], depth: int) -> None:
        self._order += 1
        if kind == _PATH:
            self._add_path(item, outer)
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
            calls.matrix_of(item, ctypes.addressof(self._sides))
            a, b, c, d, e, f = self._sides
            inner = compose((a, b, c, d, e, f), outer)
            before = len(self.texts.items)
            self.visit(calls.objects_of_form(item), calls.object_of_form, item, inner, depth + 1)
            if calls.is_transparent(item):
                self.veiled += self.texts.items[before:]
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            self._add_box(item, outer, self.images, self.pictures)
        elif kind == raw.FPDF_PAGEOBJ_SHADING:
            self._add_box(item, outer, self._shaded, self.shadings)

    def _add_path(self, item: int, outer: Matrix[float]) -> None:
        self.paths += 1
        points = calls.points_of(item)
        if points:
            calls.draw_mode_of(item, self._head_at, self._head_at + 4)
            calls.matrix_of(item, self._head_at + 8)
            self.heads.append(self._head.raw)
            self.points.append(points)
            self._add(self.areas, item, outer)

    def _add_box(
        self, item: int, outer: Matrix[float], boxes: list[tuple[float, float, float, float]], placed: Placed
    ) -> None:
        at = ctypes.addressof(self._sides)
        if calls.bounds_of(item, at, at + 4, at + 8, at + 12):
            left, bottom, right, top = self._sides[:4]
            a, b, c, d, e, f = outer
            xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
            ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
            boxes.append((min(xs), min(ys), max(xs), max(ys)))
            self._add(placed, item, outer)

    def _add(self, placed: Placed, item: int, outer: Matrix[float]) -> None:
        placed.items.append(item)
        placed.outers.append(outer)
        placed.orders.append(self._order)


def _drawn(
    heads: list[bytes], outers: list[Matrix[float]], parts: list[bytes]
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the boxes of what is only filled, both ends of what is stroked, and of each path its box and what it is.

    That is: whether it is filled, whether it is painted at all, and whether all of it runs along the axes.

    Each subpath is looked at by itself; one with a curve is a drawing, not a rule, and is left out.
    """
    points = np.frombuffer(b"".join(parts), calls.POINT)
    head = np.frombuffer(b"".join(heads), _HEAD)
    sizes = np.fromiter(map(len, parts), int, len(parts)) // calls.POINT.itemsize
    path = np.repeat(np.arange(len(parts)), sizes)
    xs, ys = _in_page(points, head["matrix"].astype(float), outers, path)
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


def _in_page(
    points: NDArray[np.void], own: Floats, outers: list[Matrix[float]], path: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return x and y of each point in the page's space."""
    a, b, c, d, e, f = own.T
    if any(outer is not IDENTITY for outer in outers):
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
    corners = (a * x0 + c * y0 + e, b * x0 + d * y0 + f, a * x1 + c * y1 + e, b * x1 + d * y1 + f)
    return _ordered(np.stack(corners, axis=1))


def _ordered(boxes: Floats) -> Floats:
    """Return rows of two corners as rows of least and greatest x and y."""
    return np.concatenate((np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])), axis=1)
