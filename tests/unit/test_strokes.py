"""Which figures of a picture a pen has struck out."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

pytest.importorskip("cv2")
from extractor.pages.strokes import darkest, is_struck


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
