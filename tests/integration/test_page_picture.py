"""`document.page(7).show()`: a page as a picture, its figures framed in the colours of their verdicts."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageColor
from support.common import SAMPLES

import extractor as ex
from extractor.report import page_picture
from extractor.report.page_picture import COLOURS, MARKED

PLANTED = SAMPLES / "shanghai-2025-planted-errors.pdf"
PAGE, SCALE = 6, 2.0


@pytest.fixture(scope="module")
def document() -> ex.Document:
    return ex.read(PLANTED)


def frame_of(picture: Image.Image, item: dict[str, float]) -> set[tuple[int, int, int]]:
    """Return the colours of a figure's frame, on its left and right, half way down."""
    middle = round((item["top"] + item["bottom"]) / 2 * SCALE)
    sides = (item["x0"] + page_picture.INSET) * SCALE, (item["x1"] - page_picture.INSET) * SCALE
    return {picture.getpixel((round(x), middle)) for x in sides}


def test_every_figure_has_a_frame_in_the_colour_of_its_verdict(document: ex.Document) -> None:
    page = document.page(PAGE)
    picture = page.show()
    items = page.line_items.to_pylist()
    assert {item["verdict"] for item in items} == {"proven", "contradicted"}
    for item in items:
        assert frame_of(picture, item) == {ImageColor.getrgb(COLOURS[item["verdict"]])}


def test_nothing_else_of_the_page_is_changed(document: ex.Document, tmp_path: Path) -> None:
    code = f"import pypdfium2; pypdfium2.PdfDocument({str(PLANTED)!r})[{PAGE - 1}].render(scale={SCALE}).to_pil().save('page.png')"
    subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=60
    )  # this process has a placeholder font
    drawn = Image.open(tmp_path / "page.png").convert("RGB")
    page = document.page(PAGE)
    items = page.line_items.to_pylist()
    left, top = (min(item[side] for item in items) * SCALE for side in ("x0", "top"))
    x0, y0, *_ = ImageChops.difference(page.show(), drawn).getbbox() or (0, 0)
    assert (x0, y0) >= (left, top)


def test_a_number_that_pandas_gave_shows_the_same_page(document: ex.Document) -> None:
    page = document.page(PAGE)
    asked = document.page(page.to_pandas()["page"].iloc[0])
    assert ImageChops.difference(page.show(), asked.show()).getbbox() is None


def test_a_figure_that_is_asked_for_is_marked(document: ex.Document) -> None:
    page = document.page(PAGE)
    first = page.line_items.to_pylist()[0]
    plain, marked = page.show(), page.show(first["item_id"])
    x0, y0, x1, y1 = ImageChops.difference(plain, marked).getbbox() or (0, 0, 0, 0)
    assert first["x0"] * SCALE <= x0 < x1 <= first["x1"] * SCALE
    assert first["top"] * SCALE <= y0 < y1 <= first["bottom"] * SCALE
    red, green, blue = marked.getpixel((x0 + 4, y0 + 4))
    assert min(red, green) > blue + 50  # yellow


def test_the_colours_are_those_of_the_report() -> None:
    css = (Path(page_picture.__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+): light-dark\((#\w{6}),", css))
    assert {verdict: colours[verdict] for verdict in COLOURS} == COLOURS
    assert colours["lit"] == MARKED


def test_what_cannot_be_shown_says_why(document: ex.Document, tmp_path: Path) -> None:
    with pytest.raises(ex.UsageError, match="page 17: the document has 16; expected one from 1 to 16"):
        document.page(17)
    with pytest.raises(ex.UsageError, match="nothing: is not on page 6; expected ids of its `line_items`"):
        document.page(PAGE).show("nothing")
    copy = tmp_path / "copy.pdf"
    shutil.copy(PLANTED, copy)
    page = ex.read(copy).page(PAGE)
    copy.write_bytes(copy.read_bytes() + b"\n")
    with pytest.raises(ex.UsageError, match=r"copy\.pdf: has changed since it was read"):
        page.show()
    text = tmp_path / "table.txt"
    text.write_text("2026年收支总表\n单位：万元\n项目\t预算数\n教育支出\t1.50\n合计\t1.50\n", encoding="utf-8")
    with pytest.raises(ex.UsageError, match=r"table\.txt: is text; only pages of PDF files are drawn"):
        ex.read(text).page(1).show()


def test_a_page_is_named_by_its_number(document: ex.Document) -> None:
    page = document.page(PAGE)
    assert repr(page) == "<page 6 of shanghai-2025-planted-errors.pdf: 42 figures>"
    assert set(page.to_pandas()["page"]) == {PAGE}
