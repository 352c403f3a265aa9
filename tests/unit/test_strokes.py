"""Which figures of a picture a pen has struck out, and which are in red."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

pytest.importorskip("cv2")
from extractor.pages.strokes import darkest, holds_red, is_crossed, is_struck, red_figure_in


def line(text: str, *stroke: int, colour: tuple[int, int, int] = (0, 0, 0)) -> bool:
    """Return whether a figure is struck out, with a stroke from one place to another over it."""
    picture = Image.new("RGB", (240, 50), "white")
    pen = ImageDraw.Draw(picture)
    pen.text((10, 8), text, font=ImageFont.load_default(28), fill="black")
    if stroke:
        pen.line(stroke, fill=colour, width=3)
    return is_struck(darkest(np.asarray(picture)))


@pytest.mark.parametrize("colour", [(0, 0, 0), (220, 30, 30)])
@pytest.mark.parametrize("stroke", [(4, 26, 150, 26), (4, 38, 150, 14)])
def test_a_stroke_of_any_colour_through_all_of_a_figure_strikes_it_out(
    stroke: tuple[int, ...], colour: tuple[int, int, int]
) -> None:
    assert line("4,345,600", *stroke, colour=colour)


@pytest.mark.parametrize("text", ["4,345,600", "444444", "-434.56", "4"])
def test_a_figure_by_itself_is_not_struck_out(text: str) -> None:
    assert not line(text)


@pytest.mark.parametrize("stroke", [(4, 46, 150, 46), (60, 4, 62, 46), (4, 26, 60, 26)])
def test_a_line_under_across_or_over_a_part_of_a_figure_strikes_nothing_out(stroke: tuple[int, ...]) -> None:
    assert not line("4,345,600", *stroke)


def test_paper_alone_is_not_struck_out() -> None:
    assert not is_struck(np.full((20, 60), 255, np.uint8))


def drawn(text: str, *stroke: int) -> bool:
    """Return whether a digit of a figure is crossed, with a stroke from one place to another."""
    picture = Image.new("L", (240, 50), 255)
    pen = ImageDraw.Draw(picture)
    pen.text((10, 8), text, font=ImageFont.load_default(28), fill=0)
    if stroke:
        pen.line(stroke, fill=0, width=3)
    return is_crossed(np.asarray(picture))


def test_a_stroke_over_one_digit_crosses_it_and_signs_and_brackets_cross_none() -> None:
    assert drawn("4,345,600", 58, 2, 70, 48)
    assert not any(map(drawn, ("4,345,600", "(434.56)", "-434.56", "11", "")))
    assert not is_crossed(np.zeros((0, 0), np.uint8))


def test_a_line_of_red_ink_in_a_cell_is_found_and_a_seal_over_its_edge_is_not() -> None:
    picture = Image.new("RGB", (240, 60), "white")
    pen = ImageDraw.Draw(picture)
    pen.text((60, 16), "434.56", font=ImageFont.load_default(28), fill=(30, 20, 220))  # blue, green, red
    cell = np.asarray(picture)
    assert holds_red(cell)
    place = red_figure_in(cell, 20.0)
    assert place is not None
    assert place[0] >= 60
    assert red_figure_in(cell, 60.0) is None
    pen.line((0, 0, 239, 59), fill=(30, 20, 220))
    assert red_figure_in(np.asarray(picture), 20.0) is None
    assert red_figure_in(np.full((60, 240, 3), 255, np.uint8), 20.0) is None
