"""Scans, made by the tests themselves, read like the pages that they show; pages with a usable text layer are left alone."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from support.common import SAMPLES

from extractor import gaps
from extractor.checks.unsure import SURE
from extractor.document import DocumentReading
from extractor.grids.geometry.layout import read_layout
from extractor.notation.text import clean
from extractor.pages import scan as scan_module
from extractor.pages.models import is_installed
from extractor.pages.page import Box, Char, Page
from extractor.pages.pdfium import open_pdf, read_page
from extractor.pages.scan import REMEDY, lacks_text, read_pdf_page
from extractor.pipeline import read_document
from extractor.records.item import LineItem
from extractor.source.source import Source, read_source
from extractor.vocabulary.vocabulary import Vocabulary

pytestmark = pytest.mark.slow
needs_ocr = pytest.mark.skipif(not is_installed(), reason=f"the extra ocr is not installed: {REMEDY}")
SAMPLE = SAMPLES / "shanghai-2026-unit.pdf"
REVENUE = (4, 5)  # the pages of 收入总表


def sample_page(number: int) -> Page:
    with open_pdf(SAMPLE.read_bytes(), SAMPLE.name) as document:
        return read_page(document, number)


def image_bytes(scanner: object, *numbers: int, kind: str = "png") -> bytes:
    from PIL import Image
    from support.scan_maker import Scanner, scan

    assert isinstance(scanner, Scanner)
    frames = [Image.fromarray(scan(sample_page(n), scanner)[:, :, ::-1]) for n in numbers]
    stream = io.BytesIO()
    dpi = (scanner.dpi, scanner.dpi)
    if len(frames) > 1:
        frames[0].save(stream, kind, save_all=True, append_images=frames[1:], dpi=dpi)
    else:
        frames[0].save(stream, kind, dpi=dpi)
    return stream.getvalue()


def pdf_of(image: bytes) -> bytes:
    """Wrap a JPEG image in a PDF of one page, as scanners do."""
    from PIL import Image

    with Image.open(io.BytesIO(image)) as picture:
        width, height = picture.size
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(width * 0.36, height * 0.36))
    stream = pikepdf.Stream(pdf, image)
    stream.update(
        {
            "/Type": pikepdf.Name.XObject,
            "/Subtype": pikepdf.Name.Image,
            "/Width": width,
            "/Height": height,
            "/ColorSpace": pikepdf.Name.DeviceRGB,
            "/BitsPerComponent": 8,
            "/Filter": pikepdf.Name.DCTDecode,
        }
    )
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=pdf.make_indirect(stream)))
    page.Contents = pikepdf.Stream(pdf, f"q {width * 0.36} 0 0 {height * 0.36} 0 0 cm /Im0 Do Q".encode())
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def unmapped_pdf() -> bytes:
    """Return a page whose embedded font has no map to Unicode: its glyphs have numbers, and nothing says of what."""
    import pylopdf_fonts_zh_cn
    from fontTools import subset
    from fontTools.ttLib import TTFont

    text = "一般公共预算支出1,234.56"
    font = TTFont(Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSerifSC-Regular.otf")
    subsetter = subset.Subsetter(subset.Options(notdef_outline=True, desubroutinize=True))
    subsetter.populate(text=text)
    subsetter.subset(font)
    glyphs = "".join(f"{font.getGlyphID(font.getBestCmap()[ord(c)]):04x}" for c in text)
    stream = io.BytesIO()
    font.save(stream)
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    program = pikepdf.Stream(pdf, stream.getvalue(), {"/Subtype": pikepdf.Name.OpenType})
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name.Unmapped, Flags=4, FontFile3=pdf.make_indirect(program)
    )
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType0,
        BaseFont=pikepdf.Name.Unmapped,
        CIDSystemInfo=pikepdf.Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=1000,
    )
    page.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(
            F0=pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type0,
                BaseFont=pikepdf.Name.Unmapped,
                Encoding=pikepdf.Name("/Identity-H"),
                DescendantFonts=[pdf.make_indirect(descendant)],
            )
        )
    )
    page.Contents = pikepdf.Stream(pdf, f"BT /F0 20 Tf 60 600 Td <{glyphs}> Tj ET".encode())
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def document_of(data: bytes, kind: str, vocabulary: Vocabulary) -> DocumentReading:
    return read_document(Source(f"scan.{kind}", "0" * 64, kind, data), vocabulary)


def figures(items: Iterable[LineItem], pages: Sequence[int], first: int) -> list[tuple[object, ...]]:
    """Return everything that a page prints about its amounts, the page counted from `first`, but no geometry."""
    return [
        (
            i.page - first,
            i.row,
            i.column,
            i.code,
            clean(i.label),
            i.side,
            i.measure,
            i.phase,
            i.amount,
            i.unit,
            i.amount_text,
        )
        for i in items
        if i.page in pages
    ]


@pytest.fixture(scope="module")
def sample(vocabulary: Vocabulary) -> DocumentReading:
    return read_document(read_source(SAMPLE), vocabulary)


SCANS = {
    "skewed, noisy, sealed": {"skew": 1.3, "noise": 12.0, "seal": True},
    "on its side": {"quarters": 1, "noise": 8.0, "skew": -0.7},
    "upside down": {"quarters": 2},
    "on its other side, sans": {"quarters": 3, "font": "NotoSansSC-Regular.otf"},
}


@needs_ocr
@pytest.mark.parametrize("how", SCANS)
def test_a_scan_reads_like_its_page(how: str, sample: DocumentReading, vocabulary: Vocabulary) -> None:
    from support.scan_maker import Scanner

    scanner = Scanner(**SCANS[how])  # type: ignore[arg-type]
    document = document_of(pdf_of(image_bytes(scanner, REVENUE[0], kind="jpeg")), "pdf", vocabulary)
    assert (document.status, document.reason, document.pages_ocr) == ("ok", "", 1)
    assert figures(document.items, [1], 1) == figures(sample.items, REVENUE[:1], REVENUE[0])
    assert all(i.reading == "ocr" and i.confidence is not None for i in document.items)


@needs_ocr
def test_an_image_file_of_two_pages_is_one_document(sample: DocumentReading, vocabulary: Vocabulary) -> None:
    from support.scan_maker import Scanner

    document = document_of(image_bytes(Scanner(), *REVENUE, kind="tiff"), "tiff", vocabulary)
    assert (document.status, document.reason, document.pages, document.pages_ocr) == ("ok", "", 2, 2)
    assert [t.table_type for t in document.tables] == ["revenue_summary"]
    assert figures(document.items, [1, 2], 1) == figures(sample.items, REVENUE, REVENUE[0])


@needs_ocr
def test_blank_sheets_are_read_as_blank(vocabulary: Vocabulary) -> None:
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (1654, 2339), (250, 250, 245)).save(stream, "png")
    document = document_of(stream.getvalue(), "png", vocabulary)
    assert (document.status, document.pages_ocr, document.items) == ("ok", 1, ())


@needs_ocr
def test_a_character_that_meets_a_rule_is_not_sure() -> None:
    import cv2
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont
    from support.scan_maker import FONTS, SERIF

    from extractor.pages.ocr import read_picture

    image = Image.new("RGB", (900, 300), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(FONTS / SERIF), 28)
    for x in (40, 300, 560, 860):
        draw.line([x, 40, x, 240], fill="black", width=3)
    for y in (40, 140, 240):
        draw.line([40, y, 860, y], fill="black", width=3)
    for x, text in ((280, "84,000"), (560, "84,000"), (840, "1,033.36")):
        draw.text((x, 190), text, fill="black", font=font, anchor="rm")
    picture = cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR)
    cells = [c for g in read_layout(read_picture(picture, 1, 200)).grids for c in g.cells if c.text]
    assert (cells[0].text, cells[-1].text) == ("84,000", "1,033.36")
    assert min(cells[0].confidence or 0, cells[-1].confidence or 0) > SURE > (cells[1].confidence or 0)


def test_without_the_extra_a_scan_is_a_gap_that_names_the_remedy(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_module, "is_installed", lambda: False)
    monkeypatch.setattr(gaps, "is_installed", lambda: False)
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (400, 500), "grey").save(stream, "jpeg")
    document = document_of(pdf_of(stream.getvalue()), "pdf", vocabulary)
    assert (document.status, document.pages_ocr) == ("partial", 0)
    assert document.reason == f"pages 1 are images without usable text; to read them: {REMEDY}"
    document = document_of(stream.getvalue(), "jpeg", vocabulary)
    assert document.status == "unreadable"
    assert document.reason.endswith(REMEDY)


def test_documents_with_text_load_no_engine() -> None:
    code = (
        "import sys, pathlib, extractor.pipeline as p, extractor.source.source as s, extractor.vocabulary.config as c;"
        "import extractor.pages.pdfium as f, extractor.vocabulary.vocabulary as v; f.initialise();"
        f"d = p.read_document(s.read_source(pathlib.Path({str(SAMPLE)!r})), v.compile_vocabulary(c.Config.read()));"
        "assert d.status == 'ok', d.reason;"
        "sys.exit(any(m in sys.modules for m in ('cv2', 'onnxruntime', 'rapidocr', 'extractor.pages.ocr')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def page_of(text: str, **facts: Any) -> Page:
    chars = [
        Char(t, 10.0 * n, 10.0, 10.0 * n + 9, 20.0) if t.strip() else Char(" ", 0, 0, 0, 0) for n, t in enumerate(text)
    ]
    return Page(1, 600, 800, text, tuple(chars), (), **facts)


WHOLE = Box(0, 0, 600, 800)


@pytest.mark.parametrize(
    ("page", "lacks"),
    [
        (page_of("", picture=WHOLE), True),
        (page_of("- 12 -", picture=WHOLE), True),  # the page's number alone
        (page_of("一 般 公 共 预 算", picture=WHOLE), False),  # a background under text
        (
            page_of("一 般 公 共 预 算", picture=Box(0, 300, 600, 800)),
            True,
        ),  # a table pasted as a picture under its title
        (page_of("", paths=5000), True),  # text drawn as outlines
        (page_of("", paths=12), False),  # a blank page with a frame
        (page_of("2010301 \ufffd\ufffd\ufffd\ufffd 1,234.56"), True),  # a font without a map: only its digits survive
        (page_of("2010301 ²¿ÃÅÔ¤Ëã 1,234.56"), True),  # GBK taken for Latin-1
        (page_of("2010301 行政运行 1,234.56 \ue004"), False),  # a bullet of a symbol font
        (page_of("2010301 2010302 1,234.56"), False),  # a page of figures
        (page_of("行政运行 1.00 2.00 3.00 4.00", picture=WHOLE, hidden=20), True),  # somebody's OCR under a table
        (page_of("一、预算执行情况 1620.9 1.6% 81.7%", strips=20), True),  # a report whose lines are pictures
        (page_of("行政运行 1.00 2.00 3.00", strips=3), False),  # ornaments
        (page_of("某市二〇二六年预算" * 20, strips=20), False),  # icons beside text
        (
            page_of("支出表 单位：万元 某市 某局 第1页", picture=WHOLE),
            True,
        ),  # a table pasted as a picture under its unit
        (page_of("支出表 行政运行 机关服务 事业运行", picture=WHOLE, left_out=9), True),  # text under the picture
        (page_of("支出表 单位：万元 1.00 2.00 3.00", picture=WHOLE), False),
        (page_of("本 部 门 的 职 责 是", picture=WHOLE, hidden=7), False),  # and so is one under prose: taken as it is
    ],
)
def test_which_pages_lack_text(page: Page, lacks: bool) -> None:
    assert lacks_text(page) is lacks


@needs_ocr
def test_an_unmapped_font_is_recognised_from_its_picture() -> None:
    data = unmapped_pdf()
    with open_pdf(data, "unmapped.pdf") as document:
        assert lacks_text(read_page(document, 1))
        page = read_pdf_page(document, 1)
    assert page.reading == "ocr"
    assert clean(page.text) == "一般公共预算支出1,234.56"
