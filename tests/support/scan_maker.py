"""Scans made by the tests: a page that PDFium read, drawn as a scanner would show it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pylopdf_fonts_zh_cn
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from extractor.pages.page import Page

FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent
INK = (40, 40, 45)
SERIF, SANS = "NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf"


@dataclass(frozen=True)
class Scanner:
    """How badly a sheet is scanned."""

    dpi: float = 200
    font: str = SERIF
    skew: float = 0.0  # degrees
    noise: float = 0.0  # standard deviation, grey levels
    blur: float = 0.0  # pixels
    fade: float = 0.0  # share of the ink that is lost
    seal: bool = False  # a red one over the table's head
    quarters: int = 0  # turns clockwise by which the sheet lies wrong
    seed: int = 1


def scan(page: Page, scanner: Scanner) -> NDArray[np.uint8]:
    """Return the picture of a page: rows, columns, and blue, green, red."""
    unit = scanner.dpi / 72
    image = Image.new("RGB", (round(page.width * unit), round(page.height * unit)), "white")
    draw = ImageDraw.Draw(image)
    stamped = Image.new("RGB", image.size, "white")
    for rule in page.rules:
        draw.line([v * unit for v in rule], fill="black", width=max(1, round(0.7 * unit)))
    for char in page.chars:
        if char.text.strip():
            size = char.bottom - char.top
            font = ImageFont.truetype(str(FONTS / scanner.font), round(0.78 * size * unit))
            # Noto's digits are wider than those of the font that is not embedded: kept clear of the rule to their right.
            shift, baseline = 2.2 * unit, (char.bottom - 0.2 * size) * unit
            if char.text == ".":  # a point stands at the left of its box
                draw.text((char.x0 * unit - shift, baseline), char.text, fill=INK, font=font, anchor="ls")
            else:
                middle = (char.x0 + char.x1) / 2 * unit - shift
                draw.text((middle, baseline), char.text, fill=INK, font=font, anchor="ms")
    if scanner.seal:
        _stamp(ImageDraw.Draw(stamped), page, unit)
    inks = np.minimum(np.asarray(image), np.asarray(stamped))
    return _scanned(inks[:, :, ::-1].copy(), scanner)


def _stamp(draw: ImageDraw.ImageDraw, page: Page, unit: float) -> None:
    x, y, r = 0.4 * page.width * unit, 0.3 * page.height * unit, 55 * unit
    draw.ellipse([x - r, y - r, x + r, y + r], outline=(225, 40, 50), width=round(3 * unit))
    font = ImageFont.truetype(str(FONTS / SERIF), round(22 * unit))
    draw.text((x, y + 0.5 * r), "专用章", fill=(225, 40, 50), font=font, anchor="mm")
    draw.regular_polygon((x, y - 0.2 * r, 0.4 * r), 3, fill=(225, 40, 50))


def _scanned(picture: NDArray[np.uint8], scanner: Scanner) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    if scanner.skew:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), scanner.skew, 1.0)
        picture = np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderValue=(255, 255, 255)), np.uint8)
    values = picture.astype(np.float32)
    values = 255 - (255 - values) * (1 - scanner.fade)
    if scanner.blur:
        values = np.asarray(cv2.GaussianBlur(values, (0, 0), scanner.blur), np.float32)
    if scanner.noise:
        values += np.random.default_rng(scanner.seed).normal(0, scanner.noise, values.shape)
    picture = np.clip(values, 0, 255).astype(np.uint8)
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 75])[1]
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.ascontiguousarray(np.rot90(decoded, -scanner.quarters))
