"""What the blocks of an OFD page draw: glyphs, strokes, fills and pictures, in points from the page's top left.

Every object has a boundary, which places and clips it, and a matrix for what lies within.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from extractor.errors import DocumentError
from extractor.notation.figures import RED, UNREAD
from extractor.pages.ofd_package import (
    OfdPage,
    Part,
    elements,
    every,
    find,
    float_of,
    is_off,
    number,
    numbers,
    tag_of,
    text_of,
)
from extractor.pages.page import Box
from extractor.pages.pdfium import MAX_CHARS
from extractor.pages.pdfium_display import FAINT, LIGHT
from extractor.pages.pdfium_rules import MAX_FORM_DEPTH, MAX_OBJECTS, Matrix, compose

NARROWEST = 0.1  # of the width of a character: less is a stroke
POINTS = 72 / 25.4  # to a millimetre
ASCENT, DESCENT = 0.86, 0.14  # of the type's size: the loose box of most Chinese fonts
WIDE, NARROW, LETTER = 1.0, 0.5, 0.7  # of the type's size: the advance of a glyph where nothing states it
WIDE_STROKE = 4.0  # points: a wider stroke covers text, as a fill does
MAX_POINTS = 2_000_000  # of a page's paths
_PLANE = Box(-math.inf, -math.inf, math.inf, math.inf)
_OPERATOR = re.compile(r"([A-Za-z])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)")
_TRANSFORM = (("CodePosition", 0.0), ("CodeCount", 1.0), ("GlyphCount", 1.0))
_OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}  # of each operator of a path


class Glyph(NamedTuple):
    """One character.

    Attributes:
        text: The character.
        corners: Left, top, right and bottom of its loose box, before `matrix`.
        matrix: From there to the page.
        clip: What it is clipped to.
        order: Its place in the order of drawing.
        light: Whether only something darker behind it makes it seen.
        hidden: Whether its object says that it is not displayed.
        font: The id of its font.
        number: The number of its glyph in the font; None where the font's own map says it.
        red: Whether it is filled in red.
    """

    text: str
    corners: Box
    matrix: Matrix[float]
    clip: Box
    order: int
    light: bool
    hidden: bool
    font: str
    number: int | None
    red: bool = False


class Fill(NamedTuple):
    """What covers a box: a filled path or a picture.

    Attributes:
        box: On the page.
        order: Its place in the order of drawing.
        opaque: Whether nothing of what it covers is seen.
        light: Whether light text on it is not seen.
        curved: Whether it is a path with curves, such as a character drawn as an outline.
        picture: The id of its picture; None of a path.
    """

    box: Box
    order: int
    opaque: bool
    light: bool = False
    curved: bool = False
    picture: str | None = None


@dataclass(slots=True)
class Content:
    """What a page draws.

    Attributes:
        glyphs: Its characters, in stream order.
        strokes: Both ends of each straight stroke.
        light: Both ends of those in a colour that paper is.
        fills: Its filled paths and pictures.
        paths: How many paths there are.
    """

    glyphs: list[Glyph] = field(default_factory=list)
    strokes: list[Box] = field(default_factory=list)
    light: list[Box] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    paths: int = 0


class _State(NamedTuple):
    """What an object takes from those around it."""

    matrix: Matrix[float]
    clip: Box
    parameters: str | None
    hidden: bool


def read_content(page: OfdPage, page_number: int) -> Content:
    """Read what a page draws.

    Raises:
        DocumentError: It draws more than any page of a budget.
    """
    walk = _Walk(page.resources, page_number)
    base = (POINTS, 0.0, 0.0, POINTS, -POINTS * page.box.x0, -POINTS * page.box.top)
    for block in page.blocks:
        state = _State(base, _PLANE, block.get("DrawParam"), hidden=False)
        walk.block(block, walk.within(block, state), 0)
    return walk.content


class _Walk:
    """Collects what blocks of objects draw."""

    def __init__(self, resources: dict[str, Part], page_number: int) -> None:
        self.content = Content()
        self._resources, self._number = resources, page_number
        self._order = self._points = 0

    def within(self, element: Any, state: _State) -> _State:
        """Return what holds within an object or a block: its boundary, its matrix, whether it is shown."""
        boundary = numbers(element.get("Boundary"))
        matrix, clip = state.matrix, state.clip
        if len(boundary) == 4:
            matrix = compose((1.0, 0.0, 0.0, 1.0, boundary[0], boundary[1]), matrix)
            if min(boundary[2:]) > 0:
                clip = _overlap(clip, mapped(Box(0.0, 0.0, boundary[2], boundary[3]), matrix))
        own = numbers(element.get("CTM"))
        if len(own) == 6:
            matrix = compose((own[0], own[1], own[2], own[3], own[4], own[5]), matrix)
        hidden = state.hidden or is_off(element.get("Visible"))
        return _State(matrix, clip, element.get("DrawParam", state.parameters), hidden)

    def block(self, block: Any, state: _State, depth: int) -> None:
        """Read the objects of a block, whose own place is in `state` already."""
        if depth > MAX_FORM_DEPTH:
            raise DocumentError(f"page {self._number} nests its objects more than {MAX_FORM_DEPTH} deep")
        for element in elements(block):
            self._order += 1
            if self._order > MAX_OBJECTS:
                raise DocumentError(f"page {self._number} draws more than {MAX_OBJECTS:,} objects")
            own, tag = self.within(element, state), tag_of(element)
            if tag == "TextObject":
                self._add_text(element, own)
            elif tag == "PathObject":
                self._add_path(element, own)
            elif tag == "ImageObject":
                self._add_picture(element, own)
            elif tag == "CompositeObject":
                unit = self._resources.get(element.get("ResourceID", ""))
                for content in every(unit.element, "Content") if unit else ():
                    self.block(content, own, depth + 1)
            elif tag in ("PageBlock", "Layer"):
                self.block(element, own, depth + 1)

    def _add_text(self, element: Any, state: _State) -> None:
        colour, alpha = self._colour(element, state, "FillColor", drawn=not is_off(element.get("Fill")))
        edge, edge_alpha = self._colour(element, state, "StrokeColor", drawn=not is_off(element.get("Stroke"), True))
        hidden = state.hidden or max(alpha, edge_alpha) < FAINT or number(element.get("Size"), 0.0) <= 0
        hidden = hidden or number(element.get("HScale"), 1.0) < NARROWEST
        red = is_red(self._value(element, state)) and alpha > 0
        light = all(shade is not None and shade >= LIGHT for shade, a in ((colour, alpha), (edge, edge_alpha)) if a)
        clip = self._clipped(element, state)
        turned = math.radians(number(element.get("CharDirection"), 0.0))
        numbered = _glyph_numbers(element)
        a, b, c, d, *_ = state.matrix
        mirrored = a * d < b * c
        for place, (text, x, y, width) in enumerate(_placed(element)):
            if len(self.content.glyphs) >= MAX_CHARS:
                raise DocumentError(f"page {self._number} has more than {MAX_CHARS:,} characters")
            size = number(element.get("Size"), 0.0)
            matrix = (math.cos(turned), math.sin(turned), -math.sin(turned), math.cos(turned), x, y)
            corners = Box(0.0, -ASCENT * size, width, DESCENT * size)
            self.content.glyphs.append(
                Glyph(
                    UNREAD if mirrored and text.isdecimal() else text,
                    corners,
                    compose(matrix, state.matrix),
                    clip,
                    self._order,
                    light,
                    hidden,
                    element.get("Font", ""),
                    numbered.get(place),
                    red,
                )
            )

    def _add_path(self, element: Any, state: _State) -> None:
        fill, fill_alpha = self._colour(element, state, "FillColor", drawn=not is_off(element.get("Fill"), True))
        edge, alpha = self._colour(element, state, "StrokeColor", drawn=not is_off(element.get("Stroke")))
        self.content.paths += 1
        if state.hidden or max(alpha, fill_alpha) < FAINT:
            return
        clip = _grown(self._clipped(element, state))
        data = find(element, "AbbreviatedData")
        for points, curved in self._subpaths(data.text if data is not None else "", state.matrix):
            if alpha >= FAINT and not curved:
                ends = (_overlap(clip, _between(a, b)) for a, b in pairwise(points))
                drawn = self.content.light if edge is not None and edge >= LIGHT else self.content.strokes
                lines = [line for line in ends if line.x0 <= line.x1 and line.top <= line.bottom]
                drawn += lines
                self._add_wide(lines, element, state, edge, alpha)
            if fill_alpha >= FAINT:
                box = _overlap(clip, _around(points))
                light = fill is not None and fill >= LIGHT
                self.content.fills.append(Fill(box, self._order, fill_alpha > 255 - FAINT, light, curved))

    def _add_wide(self, lines: Sequence[Box], element: Any, state: _State, edge: float | None, alpha: float) -> None:
        """Take straight strokes so wide that they cover text for fills."""
        half = number(element.get("LineWidth"), 0.353) * math.hypot(*state.matrix[:2]) / 2
        if 2 * half > WIDE_STROKE:
            boxes = (Box(line.x0 - half, line.top - half, line.x1 + half, line.bottom + half) for line in lines)
            light = edge is not None and edge >= LIGHT
            self.content.fills += (Fill(box, self._order, alpha > 255 - FAINT, light) for box in boxes)

    def _subpaths(self, data: str | None, matrix: Matrix[float]) -> Iterator[tuple[list[tuple[float, float]], bool]]:
        """Yield the points of each part of a path on the page, and whether curves join them."""
        a, b, c, d, e, f = matrix
        for points, curved in subpaths(data or ""):
            self._points += len(points)
            if self._points > MAX_POINTS:
                raise DocumentError(f"page {self._number} has paths of more than {MAX_POINTS:,} points")
            yield [(a * x + c * y + e, b * x + d * y + f) for x, y in points], curved

    def _add_picture(self, element: Any, state: _State) -> None:
        alpha = number(element.get("Alpha"), 255.0)
        if not state.hidden and alpha >= FAINT:
            box = _overlap(self._clipped(element, state), mapped(Box(0.0, 0.0, 1.0, 1.0), state.matrix))
            opaque = alpha > 255 - FAINT and element.get("ImageMask") is None
            picture = element.get("ResourceID", "")
            self.content.fills.append(Fill(box, self._order, opaque, picture=picture))

    def _colour(self, element: Any, state: _State, tag: str, drawn: bool) -> tuple[float | None, float]:
        """Return the darkest component of a colour, 0 to 255 (None: not known), and how opaque it is; 0 if not drawn."""
        if not drawn:
            return None, 0.0
        colour = find(element, tag)
        if colour is None:
            colour = self._parameter(state.parameters, tag)
        opaque = number(element.get("Alpha"), 255.0)
        if colour is None:
            return 0.0, opaque
        opaque = min(opaque, number(colour.get("Alpha"), 255.0))
        parts = _components(colour)
        if next(elements(colour), None) is not None or not parts:
            return (None if len(colour) or colour.get("Index") else 0.0), opaque
        return (255.0 - max(parts) if len(parts) == 4 else min(parts)), opaque

    def _value(self, element: Any, state: _State) -> Sequence[float]:
        """Return the components of the colour that a text is filled with; none where nobody says them."""
        colour = find(element, "FillColor")
        colour = colour if colour is not None else self._parameter(state.parameters, "FillColor")
        return _components(colour) if colour is not None else ()

    def _parameter(self, parameters: str | None, tag: str) -> Any:
        """Return what drawing parameters, or those that they rely on, say of a colour."""
        for _ in range(MAX_FORM_DEPTH):
            part = self._resources.get(parameters or "")
            if part is None:
                return None
            colour = find(part.element, tag)
            if colour is not None:
                return colour
            parameters = part.element.get("Relative")
        return None

    def _clipped(self, element: Any, state: _State) -> Box:
        """Return what an object is clipped to: its boundary, and the boxes of its clips."""
        clip = state.clip
        for own in (one for clips in every(element, "Clips") for one in every(clips, "Clip")):
            boxes = [box for area in every(own, "Area") for box in self._areas(area, state.matrix)]
            if boxes:
                sides = [*zip(*boxes, strict=True)]
                clip = _overlap(clip, Box(min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])))
        return clip

    def _areas(self, area: Any, matrix: Matrix[float]) -> Iterator[Box]:
        outer = self.within(area, _State(matrix, _PLANE, None, hidden=False)).matrix
        for path in every(area, "Path"):
            own = self.within(path, _State(outer, _PLANE, None, hidden=False)).matrix
            data = find(path, "AbbreviatedData")
            for points, _ in self._subpaths(data.text if data is not None else "", own):
                yield _around(points)


def _components(colour: Any) -> list[float]:
    """Return the components of a colour, which its value states as numbers or in hexadecimal digits."""
    parts = [float(int(h, 16)) for h in re.findall(r"#([0-9A-Fa-f]{1,2})\b", colour.get("Value", ""))]
    return parts or numbers(colour.get("Value"))


def is_red(parts: Sequence[float]) -> bool:
    """Return whether three components of a colour, 0 to 255, make red."""
    return len(parts) == 3 and parts[0] > RED[0] and max(parts[1:]) < RED[1]


def _placed(element: Any) -> Iterator[tuple[str, float, float, float]]:
    """Yield each character of a text object with its origin and its width."""
    size, stretch = number(element.get("Size"), 0.0), number(element.get("HScale"), 1.0)
    reading = math.radians(number(element.get("ReadDirection"), 0.0))
    x = y = 0.0
    for code in every(element, "TextCode"):
        x, y = number(code.get("X"), x), number(code.get("Y"), y)
        text = (code.text or "").strip("\r\n\t")
        right, down = deltas(code.get("DeltaX"), len(text)), deltas(code.get("DeltaY"), len(text))
        widths = [advance_of(char) * size * stretch for char in text]
        if not right and not down:
            widths = _fitted(widths, element, x)
        for index, (char, width) in enumerate(zip(text, widths, strict=True)):
            # Where nothing says where the next one stands, it follows.
            step_x, step_y = width * math.cos(reading), width * math.sin(reading)
            if index < max(len(right), len(down)):
                step_x = right[index] if index < len(right) else 0.0
                step_y = down[index] if index < len(down) else 0.0
            stacked = index < max(len(right), len(down)) and step_x == step_y == 0 and char.isdecimal()
            yield UNREAD if stacked else char, x, y, min(width, abs(step_x) or width)
            x, y = x + step_x, y + step_y


def _glyph_numbers(element: Any) -> dict[int, int]:
    """Return the glyphs of a text object's characters by their places, as far as it says one for each character."""
    found: dict[int, int] = {}
    for transform in every(element, "CGTransform"):
        start, codes, glyphs = (int(number(transform.get(key), d)) for key, d in _TRANSFORM)
        listed = numbers(text_of(find(transform, "Glyphs")))
        if codes == glyphs:
            found.update(zip(range(start, start + codes), map(int, listed), strict=False))
    return found


def _fitted(widths: list[float], element: Any, start: float) -> list[float]:
    """Return widths that nothing states, no wider together than their object's boundary."""
    boundary = numbers(element.get("Boundary"))
    room = boundary[2] - start if len(boundary) == 4 and element.get("CTM") is None else 0.0
    total = sum(widths)
    return [width * room / total for width in widths] if 0 < room < total else widths


def deltas(text: str | None, most: int) -> list[float]:
    """Return the steps that a list states, of which `g 5 3.5` is five of 3.5; no more than there are characters."""
    steps: list[float] = []
    tokens = iter((text or "").split())
    for token in tokens:
        if len(steps) >= most:
            break
        if token.lower() == "g":
            count, step = next(tokens, "0"), next(tokens, "0")
            steps += [_float(step)] * min(int(_float(count)), most - len(steps))
        else:
            steps.append(_float(token))
    return steps


def _float(token: str) -> float:
    try:
        return float_of(token)
    except ValueError:
        return 0.0


def advance_of(char: str) -> float:
    """Return how far a glyph reaches, in its type's size, where nothing states it."""
    if unicodedata.east_asian_width(char) in "WFA":
        return WIDE
    return LETTER if char.isalpha() else NARROW


def subpaths(data: str) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    """Yield the points of each part of abbreviated path data, and whether curves or arcs join them."""
    points: list[tuple[float, float]] = []
    curved = False
    for operator, operands in _operations(data):
        if operator in ("S", "M"):
            if len(points) > 1:
                yield points, curved
            points, curved = [(operands[0], operands[1])], False
        elif operator == "C":
            points += points[:1]
        else:
            curved = curved or operator != "L"
            points += zip(operands[-2:][::2], operands[-2:][1::2], strict=True)
    if len(points) > 1:
        yield points, curved


def _operations(data: str) -> Iterator[tuple[str, Sequence[float]]]:
    """Yield each operator of a path with its operands; several sets of operands repeat it, what is no operator ends the path."""
    operator, operands = "", list[float]()
    for match in _OPERATOR.finditer(data):
        if match[1]:
            operator, operands = match[1].upper(), []
            if operator not in _OPERANDS:
                return
        elif operator:
            operands.append(float_of(match[2]))
        else:
            return
        if len(operands) == _OPERANDS[operator]:
            yield operator, operands
            operands = []
            if operator == "C":
                operator = ""


def mapped(box: Box, matrix: Matrix[float]) -> Box:
    """Return the box around a box under a matrix."""
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (box.x0, box.x1) for y in (box.top, box.bottom)]
    return _around([(a * x + c * y + e, b * x + d * y + f) for x, y in corners])


def _around(points: Sequence[tuple[float, float]]) -> Box:
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def _between(one: tuple[float, float], other: tuple[float, float]) -> Box:
    return _around((one, other))


def _overlap(one: Box, other: Box) -> Box:
    return Box(max(one.x0, other.x0), max(one.top, other.top), min(one.x1, other.x1), min(one.bottom, other.bottom))


def _grown(box: Box) -> Box:
    """Return a boundary with room for the width of lines: that of a ruling is often as flat as itself."""
    return Box(box.x0 - POINTS, box.top - POINTS, box.x1 + POINTS, box.bottom + POINTS)
