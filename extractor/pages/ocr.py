"""Picture of a page → `Page` by optical character recognition: RapidOCR's models by ONNX Runtime, offline.

Each line of each cell is recognised by itself, its rulings painted over: recognised as one page, codes and amounts come
out wrong. Text outside of grids is found by the detector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extractor.notation.figures import UNREAD, is_figure
from extractor.pages.image_rulings import (
    Area,
    Grey,
    Ruled,
    crop,
    has_ink,
    ink_of,
    read_rulings,
    skew_of,
    text_lines_in,
    turn,
    without_red,
)
from extractor.pages.models import RECOGNISER, load_model
from extractor.pages.page import Char, Page, Rule
from extractor.pages.strokes import darkest, holds_red, is_crossed, is_struck, red_figure_in
from extractor.pages.text_detector import find_lines

INPUT = "x"  # what the recogniser calls the picture
FLAT = 0.45  # a run of ink that is lower, beside whole lines, is a piece of a seal
TALL = 1.6  # a run of ink so many lines high is several lines, or a line under a seal
SIDEWAYS = 1.5  # a detected line that is so much taller than wide is written sideways
FEWEST, TRIED = 3, 8  # lines that are recognised to tell which side is up
BEGINNING = 8  # of a line's height: what is recognised of each of them
CLEAR = 0.9  # mean confidence of lines that are surely upright
LEAD = 1.0  # confidence, over all of them, by which one side is surely up
FAINTEST = 0.5  # mean confidence of a line outside of grids; less is a seal, a stain or a signature
MIN_CONTRAST = 40  # grey levels between paper and ink: less is paper alone
SPOILT = 0.5  # confidence, at most, of a character that meets a rule or has a stain beside it
MARGIN = 0.25  # of a line's height: paper left beside a line; more above and below makes 一 disappear
HEIGHT = 48  # pixels: what the recogniser was trained on
MIN_STRIP = 48
MAX_STRIP = 3200
GLYPH = 0.5  # of a line's height: half of the width of a Chinese character
FIGURE = 0.3  # half of the width of a digit


class Glyph(NamedTuple):
    """One recognised character: where its middle is, in shares of the line's width, and how sure the engine is."""

    text: str
    middle: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Recogniser:
    """The loaded model that reads a line.

    Attributes:
        session: Its ONNX session.
        characters: What each class stands for; class 0 is the blank between characters.
    """

    session: Any
    characters: Sequence[str]


@lru_cache(maxsize=1)
def load_recogniser() -> Recogniser:
    """Load the model that reads a line, once a process."""
    session = load_model(RECOGNISER)
    characters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    return Recogniser(session, ("", *characters, " "))


def read_picture(picture: NDArray[np.uint8], number: int, dpi: float) -> Page:
    """Recognise the picture of a page.

    Args:
        picture: Rows, columns, and blue, green, red.
        number: 1-based page number.
        dpi: Pixels an inch.

    Returns:
        The page upright and level, with `reading` "ocr" and a confidence for each character.
    """
    grey = without_red(picture)
    if not has_ink(grey):
        return Page(number, _points(grey.shape[1], dpi), _points(grey.shape[0], dpi), "", (), (), reading="ocr")
    recogniser = load_recogniser()
    skew = skew_of(ink_of(grey, dpi))
    grey = turn(grey, skew, 255)
    boxes = find_lines(grey)
    quarters = _quarters(recogniser, grey, boxes)
    if quarters:
        grey = np.ascontiguousarray(np.rot90(grey, -quarters))
        boxes = find_lines(grey)
    ruled = read_rulings(grey, dpi)
    lines = [*_lines_in_cells(ruled, dpi), *_lines_outside(ruled, boxes)]

    @cache
    def dark() -> Grey:
        return np.ascontiguousarray(np.rot90(turn(darkest(picture), skew, 255), -quarters))

    @cache
    def coloured() -> NDArray[np.uint8]:
        level = [turn(np.ascontiguousarray(picture[:, :, n]), skew, 255) for n in range(3)]
        return np.ascontiguousarray(np.rot90(np.stack(level, axis=2), -quarters))

    text, chars = _text_and_chars(recogniser, lines, dark, dpi)
    if holds_red(picture):
        chars = (*chars, *_red_figures(ruled, chars, coloured(), dpi))
    rules = tuple(Rule(*(_points(v, dpi) for v in rule[:4])) for rule in ruled.rules)
    width, height = _points(grey.shape[1], dpi), _points(grey.shape[0], dpi)
    return Page(number, width, height, text, chars, rules, turned=90 * quarters, reading="ocr")


def read_lines(grey: Grey, areas: Sequence[Area], dpi: float) -> list[list[Char]]:
    """Recognise lines of a picture; return the characters of each with places on the page.

    Args:
        grey: The picture.
        areas: Where each line is, nothing else within it.
        dpi: Pixels an inch.
    """
    found = _recognise(load_recogniser(), [grey[a.y0 : a.y1, a.x0 : a.x1] for a in areas])
    return [list(_placed(glyphs, area, dpi)) for glyphs, area in zip(found, areas, strict=True)]


class _Line(NamedTuple):
    """One line to be recognised: where it is, its pixels, its cell (None outside of grids), and what spoils it.

    A line is spoilt when it meets a rule: painting that over has cut its first or last character, or taken it away. It
    is when the edge of a black seal lies beside it in its cell.
    """

    area: Area
    part: Grey
    cell: int | None
    spoilt: bool = False


def _points(pixels: float, dpi: float) -> float:
    return pixels * 72 / dpi


def _mean(glyphs: Sequence[Glyph]) -> float:
    return sum(glyph.confidence for glyph in glyphs) / len(glyphs) if glyphs else 0.0


def _quarters(recogniser: Recogniser, grey: Grey, boxes: Sequence[Area]) -> int:
    """Return by how many quarters of a turn clockwise the picture must be turned to stand upright."""
    tall = sum(a.y1 - a.y0 for a in boxes if a.y1 - a.y0 > SIDEWAYS * (a.x1 - a.x0))
    wide = sum(a.x1 - a.x0 for a in boxes if a.x1 - a.x0 > SIDEWAYS * (a.y1 - a.y0))
    longest = sorted(boxes, key=lambda a: max(a.x1 - a.x0, a.y1 - a.y0), reverse=True)[:TRIED]
    parts = [np.rot90(grey[a.y0 : a.y1, a.x0 : a.x1], -1 if tall > wide else 0) for a in longest]
    parts = [np.ascontiguousarray(part[:, : BEGINNING * part.shape[0]]) for part in parts]
    upright, other = (1, 3) if tall > wide else (0, 2)
    sure: list[float] = []
    turned: list[float] = []
    for number, part in enumerate(parts, 1):
        sure += map(_mean, _recognise(recogniser, [part]))
        if number < min(FEWEST, len(parts)):
            continue
        if sum(sure) > CLEAR * number:
            break
        heads = [np.ascontiguousarray(np.rot90(head, 2)) for head in parts[len(turned) : number]]
        turned += map(_mean, _recognise(recogniser, heads))
        if abs(sum(sure) - sum(turned)) > LEAD:
            break
    return upright if sum(sure) >= sum(turned) else other


def _text_and_chars(
    recogniser: Recogniser, lines: Sequence[_Line], dark: Callable[[], Grey], dpi: float
) -> tuple[str, tuple[Char, ...]]:
    """Recognise lines; return their text, and their characters with a blank after each line.

    Of a figure that a pen has struck out, the first character is unread: the engine sees the digits as if it had not.
    """
    chars: list[Char] = []
    texts: list[str] = []
    for line, glyphs in _legible(lines, _recognise(recogniser, [line.part for line in lines])):
        area = line.area
        if is_figure("".join(glyph.text for glyph in glyphs)) and (
            is_crossed(line.part) or is_struck(dark()[area.y0 : area.y1, area.x0 : area.x1])
        ):
            glyphs[0] = glyphs[0]._replace(text=UNREAD)
        chars += _placed(glyphs, area, dpi)
        chars.append(Char(" ", 0.0, 0.0, 0.0, 0.0))
        texts.append("".join(glyph.text for glyph in glyphs))
    return "\n".join(texts), tuple(chars)


def _red_figures(ruled: Ruled, chars: Sequence[Char], picture: NDArray[np.uint8], dpi: float) -> Iterator[Char]:
    """Yield a character that nobody can read for each cell that has no text but a line of red ink, of which none was recognised."""
    inked = [char for char in chars if char.bottom > char.top]
    middles = ((c.x0 + c.x1, c.top + c.bottom) for c in inked)
    places = [(int(x * dpi / 144), int(y * dpi / 144)) for x, y in middles]
    rows, columns = ruled.labels.shape
    filled = {int(ruled.labels[y, x]) for x, y in places if y < rows and x < columns}
    height = float(np.median([c.bottom - c.top for c in inked])) * dpi / 72 if inked else 0.0
    for cell, label in zip(ruled.cells, ruled.cell_labels, strict=True):
        place = red_figure_in(picture[cell.y0 : cell.y1, cell.x0 : cell.x1], height) if label not in filled else None
        if place is not None:
            sides = (cell.x0 + place[0], cell.y0 + place[1], cell.x0 + place[2], cell.y0 + place[3])
            x0, top, x1, bottom = (_points(side, dpi) for side in sides)
            yield Char(UNREAD, x0, top, x1, bottom, 0.0)
            yield Char(" ", 0.0, 0.0, 0.0, 0.0)


def _legible(lines: Sequence[_Line], found: Sequence[list[Glyph]]) -> Iterator[tuple[_Line, list[Glyph]]]:
    """Yield the lines that say something; nothing is sure of one that is spoilt, or that has a stain in its cell.

    What is recognised without confidence is no text: a seal, a signature, dirt. Alone in its cell it is kept, so that
    the cell does not look blank.
    """
    best: dict[int | None, float] = {None: 1.0}
    for line, glyphs in zip(lines, found, strict=True):
        best[line.cell] = max(best.get(line.cell, 0.0), _mean(glyphs))
    faint = [
        bool(glyphs) and _mean(glyphs) < FAINTEST <= best[line.cell] for line, glyphs in zip(lines, found, strict=True)
    ]
    stained = {line.cell for line, dropped in zip(lines, faint, strict=True) if dropped} - {None}
    for line, glyphs, dropped in zip(lines, found, faint, strict=True):
        if not glyphs or dropped:
            continue
        most = SPOILT if line.spoilt or line.cell in stained else 1.0
        yield line, [glyph._replace(confidence=min(glyph.confidence, most)) for glyph in glyphs]


def _lines_in_cells(ruled: Ruled, dpi: float) -> Iterator[_Line]:
    """Yield the lines of ink of every cell."""
    parts = [crop(ruled, area, label) for area, label in zip(ruled.cells, ruled.cell_labels, strict=True)]
    heights = [a.y1 - a.y0 for part in parts for a in text_lines_in(part, dpi, None)]
    usual = float(np.median([float(h) for h in heights if h > dpi / 18] or [dpi / 7]))  # 4 points; else 10 points
    for number, (cell, part) in enumerate(zip(ruled.cells, parts, strict=True)):
        lines = text_lines_in(part, dpi, usual)
        if any(a.y1 - a.y0 > TALL * usual for a in lines):
            lines = find_lines(part) or lines
        whole = [a for a in lines if a.y1 - a.y0 >= FLAT * usual]
        for a in whole or lines:
            placed = Area(cell.x0 + a.x0, cell.y0 + a.y0, cell.x0 + a.x1, cell.y0 + a.y1)
            ends = part[a.y0 : a.y1, [0, -1]]
            meets = ends.min() < (float(part.min()) + float(np.median(part))) / 2
            spoilt = bool(meets) or len(whole) not in (0, len(lines))
            yield _Line(placed, part[a.y0 : a.y1, a.x0 : a.x1], number, spoilt)


def _lines_outside(ruled: Ruled, boxes: Sequence[Area]) -> Iterator[_Line]:
    """Yield the detected lines whose middle lies in no cell, cut where they reach into one."""
    cells = set(ruled.cell_labels)
    for a in boxes:
        label = int(ruled.labels[(a.y0 + a.y1) // 2, (a.x0 + a.x1) // 2])
        if label in cells:
            continue
        part = ruled.grey[a.y0 : a.y1, a.x0 : a.x1].copy()
        part[np.isin(ruled.labels[a.y0 : a.y1, a.x0 : a.x1], ruled.cell_labels)] = 255
        yield _Line(a, part, None)


def _recognise(recogniser: Recogniser, parts: Sequence[Grey]) -> list[list[Glyph]]:
    """Recognise pictures of one line each, in order; the session takes as long for one by one as for many at once."""
    return [_decode(recogniser, part) for part in parts]


def _decode(recogniser: Recogniser, part: Grey) -> list[Glyph]:
    margin = round(MARGIN * part.shape[0])
    padded = cv2.copyMakeBorder(_stretched(part), 0, 0, margin, margin, cv2.BORDER_CONSTANT, value=(255,))
    width = min(MAX_STRIP, max(MIN_STRIP, round(padded.shape[1] * HEIGHT / padded.shape[0])))
    scaled = cv2.resize(padded, (width, HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.float32) / 127.5 - 1.0
    ((steps,),) = recogniser.session.run(None, {INPUT: np.broadcast_to(scaled, (1, 3, HEIGHT, width))})
    best = steps.argmax(axis=1)
    runs = list(_runs(best))
    rivals = _rivals(steps, best, runs)
    glyphs: list[Glyph] = []
    for number, (start, end) in enumerate(runs):
        sure = min(float(steps[start:end, best[start]].max()), 1.0 - max(rivals[number : number + 2]))
        middle = ((start + end) / 2) / len(best) * padded.shape[1] - margin
        glyphs.append(Glyph(recogniser.characters[best[start]], middle / part.shape[1], sure))
    return [glyph for glyph in glyphs if glyph.text.strip()]


def _rivals(steps: NDArray[np.float32], best: NDArray[np.int64], runs: Sequence[tuple[int, int]]) -> list[float]:
    """Return, for the gap before each character and after the last, how likely it is that one was left out there."""
    rivals = []
    for before, after in pairwise([(0, 0), *runs, (len(best), len(best))]):
        gap = steps[before[1] : after[0]].copy()
        gap[:, [0, *best[before[0] : before[1]], *best[after[0] : after[1]]]] = 0.0
        rivals.append(float(gap.max(initial=0.0)))
    return rivals


def _stretched(part: Grey) -> Grey:
    """Return a line with its ink black and its paper white: faint print is read as well as black one."""
    ink, paper = float(np.percentile(part, 2)), float(np.percentile(part, 75))
    if paper - ink < MIN_CONTRAST:
        return part
    stretched: Grey = np.clip((part - ink) * (255 / (paper - ink)), 0, 255).astype(np.uint8)
    return stretched


def _runs(best: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield the runs of steps that read one character; class 0 parts characters."""
    ends = [*(np.flatnonzero(np.diff(best)) + 1).tolist(), len(best)]
    start = 0
    for end in ends:
        if best[start]:
            yield start, end
        start = end


def _placed(glyphs: Sequence[Glyph], area: Area, dpi: float) -> Iterator[Char]:
    """Yield characters with boxes inside their line: as wide as usual, but no wider than their neighbours leave them."""
    x0, top, x1, bottom = (_points(v, dpi) for v in area)
    middles = [x0 + min(1.0, max(0.0, glyph.middle)) * (x1 - x0) for glyph in glyphs]
    for index, (glyph, middle) in enumerate(zip(glyphs, middles, strict=True)):
        half = (FIGURE if glyph.text.isascii() else GLYPH) * (bottom - top)
        left = (middles[index - 1] + middle) / 2 if index else x0
        right = (middle + middles[index + 1]) / 2 if index + 1 < len(glyphs) else x1
        yield Char(
            glyph.text, max(left, middle - half), top, min(right, middle + half), bottom, round(glyph.confidence, 4)
        )
