"""Lay out spending as a squarified treemap, after Bruls, Huizing and van Wijk (2000)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.report.spending import Node, Spending
from extractor.report.wording import round_yuan, share, yuan

WIDTH, HEIGHT = 960.0, 460.0
MAX_FONT_SIZE, MIN_FONT_SIZE, OVERLINE = 19.0, 10.5, 11.0
CJK, LATIN = 1.0, 0.56  # width of a character, in ems
HUES = 8
PAD = 7.0


class Rectangle(NamedTuple):
    """A rectangle of the chart, in pixels."""

    x: float
    y: float
    width: float
    height: float


class TileText(NamedTuple):
    """One line of text in a tile; `step` is the distance from the line above, `kind` is class, amount or empty."""

    text: str
    step: float
    kind: str = ""


class Tile(NamedTuple):
    """One amount without parts: its rectangle, the colour of its class, and as much text as fits."""

    box: Rectangle
    hue: int
    shade: int
    title: str
    size: float
    lines: tuple[TileText, ...]


class Treemap(NamedTuple):
    """The tiles, and the frames of the classes with their colours."""

    tiles: tuple[Tile, ...]
    frames: tuple[tuple[Rectangle, int], ...]


def treemap(spending: Spending) -> Treemap:
    """Return the layout of spending: classes side by side, with their leaves inside."""
    boxes = squarify([float(c.amount) for c in spending.classes], Rectangle(0.0, 0.0, WIDTH, HEIGHT))
    tiles: list[Tile] = []
    frames = []
    for hue, (node, box) in enumerate(zip(spending.classes, boxes, strict=True)):
        leaves = sorted(node.leaves(), key=lambda n: (-n.amount, n.code))
        frames.append((box, min(hue, HUES - 1)))
        for shade, (leaf, inner) in enumerate(
            zip(leaves, squarify([float(x.amount) for x in leaves], box), strict=True)
        ):
            tiles.append(_tile(leaf, node, inner, min(hue, HUES - 1), shade, spending.total["amount"]))
    return Treemap(tuple(tiles), tuple(frames))


def squarify(values: Sequence[float], box: Rectangle) -> list[Rectangle]:
    """Return one rectangle per value, with proportional area and nearly square.

    Args:
        values: Positive numbers in descending order.
        box: The rectangle to fill.
    """
    if not values:
        return []
    scale = box.width * box.height / sum(values)
    areas = [v * scale for v in values]
    placed: list[Rectangle] = []
    while areas:
        side = min(box.width, box.height)
        row = 1
        while row < len(areas) and _worst(areas[: row + 1], side) <= _worst(areas[:row], side):
            row += 1
        placed += _row(areas[:row], box)
        box = _rest(sum(areas[:row]), box)
        areas = areas[row:]
    return placed


def _worst(areas: Sequence[float], side: float) -> float:
    """Return the worst aspect ratio of a row of areas along a side."""
    total = sum(areas)
    if not side or not total:
        return float("inf")
    return max(side * side * max(areas) / total**2, total**2 / (side * side * max(min(areas), 1e-12)))


def _row(areas: Sequence[float], box: Rectangle) -> list[Rectangle]:
    total = sum(areas)
    upright = box.width >= box.height
    thick = total / max(box.height if upright else box.width, 1e-9)
    placed, at = [], 0.0
    for area in areas:
        long = area / max(thick, 1e-9)
        placed.append(
            Rectangle(box.x, box.y + at, thick, long) if upright else Rectangle(box.x + at, box.y, long, thick)
        )
        at += long
    return placed


def _rest(area: float, box: Rectangle) -> Rectangle:
    if box.width >= box.height:
        thick = area / max(box.height, 1e-9)
        return Rectangle(box.x + thick, box.y, max(box.width - thick, 0.0), box.height)
    thick = area / max(box.width, 1e-9)
    return Rectangle(box.x, box.y + thick, box.width, max(box.height - thick, 0.0))


def _tile(leaf: Node, node: Node, box: Rectangle, hue: int, shade: int, total: Decimal) -> Tile:
    path = leaf.name if leaf is node else f"{node.name} › {leaf.name}"
    title = f"{leaf.code} {path}: {yuan(leaf.amount)} 元, {share_of(leaf.amount, total)}"
    over = "" if shade or leaf is node else f"{node.name} {share_of(node.amount, total)}"
    size, lines = _fit(over, leaf.name, round_yuan(leaf.amount), box)
    return Tile(box, hue, shade % 4, title, size, lines)


def share_of(amount: Decimal, total: Decimal) -> str:
    """Return an amount's share of the total, rounded down to a tenth of a percent."""
    return share(int(amount), int(total)) if amount >= total / 1000 else "< 0.1 %"


def _fit(over: str, name: str, amount: str, box: Rectangle) -> tuple[float, tuple[TileText, ...]]:
    """Return the font size and the lines that fit the box: the class where it fits, the name and the amount; else none."""
    width, height = box.width - 2 * PAD, box.height - 2 * PAD
    if over and (_length(over) * OVERLINE > width or height < 5 * OVERLINE):
        over = ""
    above = OVERLINE * 1.6 if over else 0.0
    size = min(MAX_FONT_SIZE, max(MIN_FONT_SIZE, (box.width * box.height) ** 0.5 / 11))
    while size >= MIN_FONT_SIZE:
        names = _wrapped(name, width / size)
        tall = above + (len(names) + 1) * size * 1.3
        if names and len(names) <= 3 and tall <= height and _length(amount) * size <= width:
            lines = [TileText(text, size * (1.3 if n or over else 1.1)) for n, text in enumerate(names)]
            first = [TileText(over, OVERLINE * 1.2, "class")] if over else []
            return size, (*first, *lines, TileText(amount, size * 1.3, "amount"))
        size -= 1.0
    return 0.0, ()


def _length(text: str) -> float:
    return sum(CJK if ord(c) > 0x2E7F else LATIN for c in text)


def _wrapped(text: str, width: float) -> list[str]:
    """Break a name into lines of at most `width` ems; Chinese text may break anywhere."""
    if width < 2:
        return []
    lines, line = [], ""
    for glyph in text:
        if _length(line + glyph) > width:
            lines.append(line)
            line = ""
        line += glyph
    return [*lines, line]
