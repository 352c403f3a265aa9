"""A page's objects → its rules, images, fills and texts: rules are stroked segments, thin filled rectangles and thin images.

PDFium is asked for each path as a whole, through form XObjects with their matrices composed; what the paths of a page
draw is then told for all of them at once.
"""

from __future__ import annotations

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


class Placed(NamedTuple):
    """Objects of one kind, as columns.

    Attributes:
        items: Where each is.
        orders: Its place in the order of drawing.
        forms: The number of the form that it is in; 0 for none.
        matrices: The matrix of each form in the page's space, as rows; the first is that of the page.
    """

    items: calls.Handles
    orders: NDArray[np.intp]
    forms: NDArray[np.intp]
    matrices: Floats

    def at(self, places: NDArray[np.intp] | NDArray[np.bool_]) -> Placed:
        """Return some of the objects."""
        return Placed(self.items[places], self.orders[places], self.forms[places], self.matrices)

    def joined(self, other: Placed) -> Placed:
        """Return these objects and others of the same page."""
        if not len(other.items):
            return self
        items = np.concatenate((self.items, other.items))
        orders, forms = np.concatenate((self.orders, other.orders)), np.concatenate((self.forms, other.forms))
        return Placed(items, orders, forms, self.matrices)

    def outers(self) -> Matrix[Floats]:
        """Return the matrix that each object is under."""
        a, b, c, d, e, f = self.matrices[self.forms].T
        return a, b, c, d, e, f


class Drawing(NamedTuple):
    """What the page's objects are; boxes and rules are rows of two corners in PDF space.

    Attributes:
        rules: Its rules.
        images: Its images.
        paths: How many paths it has.
        texts: Its text objects.
        forms: Its forms, in the order of their numbers.
        fills: What covers what was drawn before: filled paths that are no rules, and images.
        fill_boxes: The boxes of those.
        veiled: Those text objects that stand in a form drawn as a group: it may be transparent or masked.
        outlines: The boxes of painted paths that leave the axes, such as characters drawn as outlines, and slanted lines.
        specks: The boxes of painted paths that are no larger than a sign or a point.
        slants: The boxes of painted paths that are one straight line and leave the axes.
    """

    rules: Floats
    images: Floats
    paths: int
    texts: Placed
    forms: Placed
    fills: Placed
    fill_boxes: Floats
    veiled: calls.Handles
    outlines: Floats
    specks: Floats
    slants: Floats


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
    objects = calls.walk_objects(page, MAX_FORM_DEPTH, MAX_OBJECTS)
    if objects is None:
        raise DocumentError(f"page {number} draws more than {MAX_OBJECTS:,} objects")
    forms, matrices, veils = _forms(objects)

    def of(kind: int) -> Placed:
        places = (objects.kinds == kind).nonzero()[0]
        return Placed(objects.items[places], places + 1, forms[places], matrices)

    texts, paths, within = of(raw.FPDF_PAGEOBJ_TEXT), of(raw.FPDF_PAGEOBJ_PATH), of(raw.FPDF_PAGEOBJ_FORM)
    pictures, images = _boxed(of(raw.FPDF_PAGEOBJ_IMAGE))
    shadings, shaded = _boxed(of(raw.FPDF_PAGEOBJ_SHADING))
    with np.errstate(invalid="ignore", over="ignore"):  # of numbers beyond all paper
        drawn = _read_paths(paths)
        rules = np.concatenate((thin(np.concatenate((drawn.boxes, images))), straight(drawn.strokes)))
    fills = drawn.fills.joined(pictures.joined(shadings))
    fill_boxes = np.concatenate((drawn.fill_boxes, images, shaded))
    veiled = texts.items[veils[texts.forms]]
    return Drawing(rules, images, len(paths.items), texts, within, fills, fill_boxes, veiled, *drawn[4:])


class _Paths(NamedTuple):
    """What a page's paths draw: boxes that are only filled and both ends of strokes, and the last five as in `Drawing`."""

    boxes: Floats
    strokes: Floats
    fills: Placed
    fill_boxes: Floats
    outlines: Floats
    specks: Floats
    slants: Floats


def _read_paths(paths: Placed) -> _Paths:
    areas, points, sizes = _outlined(paths)
    if not len(points):
        none = np.zeros((0, 4))
        return _Paths(none, none, areas, none, none, none, none)
    boxes, strokes, whole, filled, painted, upright = _drawn(areas, points, sizes)
    extent = whole[:, 2:] - whole[:, :2]
    wide = (filled & (extent[:, 0] > THIN) & (extent[:, 1] > THIN)).nonzero()[0]
    small = np.maximum(extent[:, 0], extent[:, 1]) <= np.where(upright, SPECK, POINT)
    outlines, specks = whole[painted & ~upright & ~small], whole[painted & small]
    slants = whole[painted & ~upright & (sizes == 2)] if len(outlines) else outlines
    return _Paths(boxes, strokes, areas.at(wide), whole[wide], outlines, specks, slants)


def _forms(objects: calls.Objects) -> tuple[NDArray[np.intp], Floats, NDArray[np.bool_]]:
    """Return the number of the form that each object is in, the matrix of each form, and whether it is drawn as a group.

    The page is number 0. What is in a form that is in a group is in the group too.
    """
    places = (objects.kinds == raw.FPDF_PAGEOBJ_FORM).nonzero()[0]
    if not len(places):  # as on most pages
        return np.zeros(len(objects.items), np.intp), np.array([IDENTITY]), np.zeros(1, bool)
    number_at = np.zeros(len(objects.items) + 1, np.intp)  # the last, which is at -1, is the page's
    number_at[places] = np.arange(1, len(places) + 1)
    forms = number_at[objects.holders]
    own = calls.matrices_of_each(objects.items[places]).tolist()
    groups = calls.ints_of_each(calls.is_transparent, objects.items[places]).tolist()
    matrices, veils = [IDENTITY], [False]
    for matrix, group, outer in zip(own, groups, forms[places].tolist(), strict=True):  # outer ones come first
        a, b, c, d, e, f = matrix
        matrices.append(compose((a, b, c, d, e, f), matrices[outer]))
        veils.append(bool(group) or veils[outer])
    return forms, np.array(matrices), np.array(veils)


def _boxed(objects: Placed) -> tuple[Placed, Floats]:
    """Return those objects that have a box, and the boxes in the page's space."""
    if not len(objects.items):  # as on most pages
        return objects, np.zeros((0, 4))
    own, known = calls.four_of_each(calls.bounds_of, objects.items, np.float32)
    objects = objects.at(known)
    left, bottom, right, top = own[known].astype(float).T
    a, b, c, d, e, f = objects.outers()
    with np.errstate(invalid="ignore", over="ignore"):  # of numbers beyond all paper
        xs = np.array([a * x + c * y + e for x in (left, right) for y in (bottom, top)])
        ys = np.array([b * x + d * y + f for x in (left, right) for y in (bottom, top)])
    return objects, np.stack((xs.min(axis=0), ys.min(axis=0), xs.max(axis=0), ys.max(axis=0)), axis=1)


def _outlined(paths: Placed) -> tuple[Placed, NDArray[np.void], calls.Ints]:
    """Return those paths that have points, the points of all, and how many each has."""
    points, sizes = calls.points_of_each(paths.items)
    return (paths, points, sizes) if sizes.all() else (paths.at(sizes > 0), points, sizes[sizes > 0])


def _drawn(
    paths: Placed, points: NDArray[np.void], sizes: calls.Ints
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the boxes of what is only filled, both ends of what is stroked, and of each path its box and what it is.

    That is: whether it is filled, whether it is painted at all, and whether all of it runs along the axes.

    Each subpath is looked at by itself; one with a curve is a drawing, not a rule, and is left out.
    """
    is_filled, is_stroked = (calls.draw_modes_of_each(paths.items) != 0).T
    path = np.arange(len(sizes)).repeat(sizes)
    xs, ys = _in_page(points, paths, path)
    kinds, firsts = points["kind"], (sizes.cumsum() - sizes).astype(np.intp)
    begins, curves = kinds == raw.FPDF_SEGMENT_MOVETO, kinds == raw.FPDF_SEGMENT_BEZIERTO
    begins[firsts] = True
    starts = begins.nonzero()[0]
    goes_on = np.zeros(len(points), bool)  # to the next point, by a line or curve
    np.logical_not(begins[1:], out=goes_on[:-1])
    plain = ~np.logical_or.reduceat(curves, starts) & goes_on[starts]
    stroked = is_stroked[path[starts]]
    filled = plain & ~stroked & is_filled[path[starts]]
    boxes = _boxes_around(xs, ys, starts)
    whole = boxes if len(firsts) == len(starts) else _boxes_around(xs, ys, firsts)
    live, strokes = plain & stroked, boxes[:0]
    if live.any():
        part = begins.cumsum() - 1
        strokes = _strokes(points, xs, ys, starts[part], live[part], goes_on)
    leaves = (np.abs(xs[1:] - xs[:-1]) > SLANT) & (np.abs(ys[1:] - ys[:-1]) > SLANT)
    curves[:-1] |= goes_on[:-1] & leaves
    bent = np.logical_or.reduceat(curves, firsts)
    return boxes[filled], strokes, whole, is_filled, is_filled | is_stroked, ~bent


def _strokes(
    points: NDArray[np.void],
    xs: Floats,
    ys: Floats,
    first: NDArray[np.intp],
    live: NDArray[np.bool_],
    goes_on: NDArray[np.bool_],
) -> Floats:
    """Return both ends of each stroke from a point of a subpath that is stroked: to the next one, or back to its first."""
    closes = points["closes"] != 0
    ways = live & closes, live & goes_on & ~closes, live & goes_on & closes
    to_first, to_next, from_first = (way.nonzero()[0] for way in ways)
    start = np.concatenate((to_first, to_next, first[from_first]))
    end = np.concatenate((first[to_first], to_next + 1, from_first + 1))
    return np.array((xs[start], ys[start], xs[end], ys[end])).T


def _boxes_around(xs: Floats, ys: Floats, starts: NDArray[np.intp]) -> Floats:
    """Return the box of the points from each start to the next."""
    return np.array([at.reduceat(v, starts) for at in (np.minimum, np.maximum) for v in (xs, ys)]).T


def _in_page(points: NDArray[np.void], paths: Placed, path: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return x and y of each point in the page's space."""
    own = in_page(paths)
    alike = bool((own == own[:, :1]).all())  # as on most pages
    a, b, c, d, e, f = own[:, 0] if alike else own.take(path, axis=1)
    xs, ys = points["x"].astype(float), points["y"].astype(float)
    return a * xs + c * ys + e, b * xs + d * ys + f


def in_page(objects: Placed) -> Floats:
    """Return the matrix of each object in the page's space, as a column."""
    own = calls.matrices_of_each(objects.items).astype(float).T
    if not objects.forms.any():
        return own
    a, b, c, d, e, f = own
    return np.array(compose((a, b, c, d, e, f), objects.outers()))


def thin(boxes: Floats) -> Floats:
    """Return the centre lines of those boxes that are thin enough to be rules."""
    return _centre_lines(boxes, THIN)


def straight(strokes: Floats) -> Floats:
    """Return those strokes as rules that run along an axis."""
    return _centre_lines(_ordered(strokes), SLANT) if len(strokes) else strokes


def _centre_lines(boxes: Floats, thickest: float) -> Floats:
    """Return the centre lines of those boxes that are longer than SHORTEST_RULE, and no thicker than `thickest`, which is no more."""
    if not len(boxes):  # as where all rules are strokes, or none is
        return boxes
    sides = boxes[:, 2:] - boxes[:, :2]
    narrow, long = sides <= thickest, sides > SHORTEST_RULE
    chosen = (narrow & long[:, ::-1]).any(axis=1)
    lines, across = boxes[chosen], narrow[chosen]
    middles = (lines[:, :2] + lines[:, 2:]) / 2
    return np.concatenate([np.where(across, middles, ends) for ends in (lines[:, :2], lines[:, 2:])], axis=1)


def placed(boxes: Floats, place: Matrix[Number]) -> Floats:
    """Return boxes under a matrix, or each under its own, that keeps them upright or lays them on a side."""
    if not len(boxes):  # as of what few pages have
        return boxes
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
