"""What a page of a PDF displays of its text."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
import reportlab
from fontTools import ttLib
from fontTools.pens.recordingPen import DecomposingRecordingPen
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.colors import black
from reportlab.lib.colors import white as white_colour
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from support.pdf_maker import FONT

from extractor.errors import DocumentError
from extractor.grids.grid import Reading
from extractor.grids.readers import read_layouts
from extractor.pages import pdfium_display, pdfium_glyphs
from extractor.pages.appearances import with_fields
from extractor.pages.pdfium import UNKNOWN, read_hints
from extractor.source.source import Source

Draw = Callable[[Canvas], None]


def page(draw: Draw, arrange: Callable[[pikepdf.Pdf], None] = lambda _: None) -> Reading:
    """Read a page of one ruled cell with what a function draws."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, (300, 200))
    for y in (40, 80, 120, 160):
        canvas.line(20, y, 280, y)
    canvas.line(20, 40, 20, 160)
    canvas.line(280, 40, 280, 160)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    document = pikepdf.open(buffer)
    arrange(document)
    out = io.BytesIO()
    document.save(out)
    return read_layouts(Source("预算.pdf", "", "pdf", out.getvalue()))


def texts(reading: Reading) -> list[str]:
    return [cell.text for layout in reading.layouts for grid in layout.grids for cell in grid.cells if cell.text]


def shown(canvas: Canvas) -> None:
    canvas.setFillGray(0)
    canvas.drawString(40, 90, "1,234.56")


def invisible(canvas: Canvas) -> None:
    canvas.drawString(40, 50, "9,999", mode=3)


def white(canvas: Canvas) -> None:
    canvas.setFillGray(1)
    canvas.drawString(40, 50, "9,999")


def covered(canvas: Canvas) -> None:
    canvas.drawString(40, 50, "9,999")
    canvas.setFillGray(1)
    canvas.rect(30, 45, 60, 20, stroke=0, fill=1)


def clipped(canvas: Canvas) -> None:
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(20, 80, 200, 80)
    canvas.clipPath(path, stroke=0)
    canvas.drawString(40, 50, "9,999")
    canvas.restoreState()


def white_on_a_picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (8, 8), "white")), 25, 42, 100, 30)
    white(canvas)


def in_white_strokes_that_clip(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setStrokeGray(1)
    canvas.drawString(40, 50, "9,999", mode=5)
    canvas.restoreState()


@pytest.mark.parametrize("hidden", [invisible, white, covered, clipped, white_on_a_picture, in_white_strokes_that_clip])
def test_a_figure_that_is_not_displayed_is_left_out_and_said(hidden: Draw) -> None:
    def draw(canvas: Canvas) -> None:
        hidden(canvas)
        shown(canvas)

    reading = page(draw)
    assert texts(reading) == ["1,234.56"]
    assert reading.notes == [
        "figures that are not displayed, are struck out or belong to a watermark are left out: 1 on page 1"
    ]


def test_a_figure_far_from_its_clip_is_left_out_without_being_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def clipped_far_off(canvas: Canvas) -> None:
        shown(canvas)
        path = canvas.beginPath()
        path.rect(200, 100, 50, 20)
        canvas.clipPath(path, stroke=0)
        canvas.drawString(40, 50, "9,999")

    monkeypatch.setattr(pdfium_display, "_drawn", None)
    reading = page(clipped_far_off)
    assert (texts(reading), len(reading.notes)) == (["1,234.56"], 1)


def test_white_on_a_dark_fill_and_text_over_a_fill_are_displayed() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.1)
        canvas.rect(30, 45, 60, 20, stroke=0, fill=1)
        white(canvas)
        canvas.setFillGray(0.9)
        canvas.rect(30, 85, 80, 20, stroke=0, fill=1)
        shown(canvas)

    reading = page(draw)
    assert (texts(reading), reading.notes) == (["1,234.56", "9,999"], [])


def layered(document: pikepdf.Pdf) -> None:
    """Put the page's first content into a layer that is off."""
    layer = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="草稿"))
    document.Root.OCProperties = pikepdf.Dictionary(
        OCGs=pikepdf.Array([layer]), D=pikepdf.Dictionary(OFF=pikepdf.Array([layer]))
    )
    document.pages[0].Resources.Properties = pikepdf.Dictionary(MC0=layer)
    content = document.pages[0].Contents.read_bytes()
    assert b"(9,999)" in content
    start = content.rindex(b"BT", 0, content.index(b"(9,999)"))
    stop = content.index(b"ET", start) + 2
    document.pages[0].Contents = document.make_stream(
        content[:start] + b"/OC /MC0 BDC " + content[start:stop] + b" EMC " + content[stop:]
    )


def test_a_layer_that_is_off_is_left_out() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(40, 50, "9,999")
        shown(canvas)

    assert texts(page(draw)) == ["1,234.56", "9,999"]
    assert texts(page(draw, layered)) == ["1,234.56"]


def test_what_lies_beside_the_cropbox_is_left_out() -> None:
    def crop(document: pikepdf.Pdf) -> None:
        document.pages[0].CropBox = pikepdf.Array([0, 0, 150, 200])

    def draw(canvas: Canvas) -> None:
        canvas.drawString(200, 50, "9,999")
        shown(canvas)

    reading = page(draw, crop)
    assert texts(reading) == ["1,234.56"]
    assert reading.notes == [
        "figures that are not displayed, are struck out or belong to a watermark are left out: 1 on page 1"
    ]


def raised_mark(canvas: Canvas) -> None:
    shown(canvas)
    canvas.setFont("Helvetica", 6)
    canvas.drawString(40 + canvas.stringWidth("1,234.56", "Helvetica", 12), 95, "1")


def test_a_small_raised_figure_is_a_mark_and_a_small_decimal_is_none() -> None:
    def decimals(canvas: Canvas) -> None:
        canvas.drawString(40, 90, "1,234.")
        canvas.setFont("Helvetica", 6)
        canvas.drawString(40 + canvas.stringWidth("1,234.", "Helvetica", 12), 94, "56")

    assert texts(page(raised_mark)) == ["1,234.56¹"]
    assert texts(page(decimals)) == ["1,234.56"]


def marks(*drawn: tuple[float, float, float, str]) -> Draw:
    """Return what draws texts at some places beside a figure, each in a size."""

    def draw(canvas: Canvas) -> None:
        for size, right, up, text in drawn:
            canvas.setFont("Helvetica", size)
            canvas.drawString(60 + right, 90 + up, text)

    return draw


FIGURE = (12.0, 0.0, 0.0, "434.56")
END = 37.0  # points that it takes


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        ([FIGURE, (10.2, END, 3.0, "1")], "434.56¹"),  # hardly smaller
        ([FIGURE, (6.0, END, 5.0, "[1]")], "434.56⁽¹⁾"),
        ([FIGURE, (6.0, END, 5.0, "1,2")], "434.56¹,²"),
        ([FIGURE, (6.0, END, 5.0, "a")], "434.56ᵃ"),
        ([FIGURE, (6.0, -3.5, 5.0, "1")], "¹434.56"),
        ([(6.0, -3.5, 5.0, "1"), FIGURE], "¹434.56"),
        ([(6.0, -7.0, 5.0, "12"), FIGURE], "¹²434.56"),
        ([FIGURE, (12.0, 0.0, 40.0, "1,234.56"), (6.0, END, 5.0, "1")], "434.56¹"),  # drawn after all figures
        ([FIGURE, (11.5, END + 1, 0.0, "1")], "434.561"),
        ([FIGURE, (6.0, END, 0.0, "1")], "434.56\ufffd"),  # a mark that is not raised, or a digit
        ([FIGURE, (12.0, END, 1.8, "1")], "434.56\ufffd"),  # a mark that is not smaller, or a digit out of line
        ([FIGURE, (10.2, END, 3.0, ")")], "434.56)"),  # of a font of other heights
        ([(12.0, 0.0, 5.0, "12,345,"), (12.0, 20.0, -5.0, "600")], "12,345,\n600"),  # over two lines
    ],
)
def test_what_is_small_and_raised_beside_a_figure_is_a_mark(
    drawn: list[tuple[float, float, float, str]], read: str
) -> None:
    assert texts(page(marks(*drawn)))[-1] == read


MAP = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /M def
1 begincodespacerange <00> <ff> endcodespacerange %d beginbfchar %s endbfchar endcmap end end"""


def mapped(lie: dict[str, int], *figures: str, arrange: Callable[[pikepdf.Pdf], None] = lambda _: None) -> Reading:
    """Read figures one below the other, in a font whose map leads some characters astray."""

    def draw(canvas: Canvas) -> None:
        for number, figure in enumerate(figures):
            canvas.drawString(40, 130 - 40 * number, figure)

    def map_wrong(document: pikepdf.Pdf) -> None:
        codes = {char: lie.get(char, ord(char)) for char in "-,.0123456789I|S"}
        pairs = b" ".join(b"<%02x> <%04x>" % (ord(char), code) for char, code in codes.items())
        font = next(iter(document.pages[0].Resources.Font.values()))
        font.ToUnicode = document.make_stream(MAP % (len(codes), pairs))
        arrange(document)

    return page(draw, map_wrong)


def wrapped(document: pikepdf.Pdf) -> None:
    """Put a page's content into a form, and its fonts with it."""
    own = document.pages[0]
    form = document.make_stream(own.Contents.read_bytes())
    form.Type, form.Subtype, form.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, own.MediaBox
    form.Resources = own.Resources
    own.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fm0=form))
    own.Contents = document.make_stream(b"/Fm0 Do")


def with_direct_fonts(document: pikepdf.Pdf) -> None:
    """Make the fonts no objects of their own, after another such font."""
    plain = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Courier)
    plain.ToUnicode = document.make_stream(MAP % (1, b"<31> <0031>"))
    fonts = document.pages[0].Resources.Font
    own = {name: pikepdf.Dictionary(dict(font.items())) for name, font in fonts.items()}
    document.pages[0].Resources.Font = pikepdf.Dictionary({"/A": plain, **own})


@pytest.mark.parametrize(
    ("lie", "read"),
    [
        ({"6": 0x38}, "86"),  # two digits to one
        ({"8": 0xE008, "6": 0xE006}, "86"),  # to the private use area
        ({"8": 0xFFFD}, "86"),
        ({"8": 0x36, "6": 0x38}, "86"),  # one for the other
        ({"-": 0x03}, "86"),
        ({"8": 0x02}, "86"),  # PDFium's hyphen at the end of a line
        ({"8": 0x2D}, "86"),  # to a sign
        ({"8": 0x2212}, "86"),
        ({"8": 0x2E}, "86"),
    ],
)
def test_a_digit_that_its_font_maps_wrong_is_read_by_its_shape(lie: dict[str, int], read: str) -> None:
    reading = mapped(lie, f"-1,2{read}.80")
    assert texts(reading) == [f"-1,2{read}.80"]
    assert "read by their shapes" in reading.notes[0]


def with_odd_names(document: pikepdf.Pdf) -> None:
    """Call the font and the form that has it as keys are called whose values hold none."""
    own = document.pages[0]
    ((name, font),) = own.Resources.Font.items()
    own.Resources.Font = pikepdf.Dictionary({"/W": font})
    own.Contents = document.make_stream(own.Contents.read_bytes().replace(name.encode(), b"/W"))
    wrapped(document)
    own.Resources.XObject = pikepdf.Dictionary({"/Contents": own.Resources.XObject.Fm0})
    own.Contents = document.make_stream(b"/Contents Do")


@pytest.mark.parametrize("arrange", [wrapped, with_direct_fonts, with_odd_names])
def test_a_wrong_map_is_found_wherever_its_font_is(arrange: Callable[[pikepdf.Pdf], None]) -> None:
    assert texts(mapped({"6": 0x38}, "1,286", arrange=arrange)) == ["1,286"]


def test_a_font_whose_map_cannot_be_read_counts_as_one_with_a_wrong_map() -> None:
    document = pikepdf.new()
    fonts = pikepdf.Dictionary(C=pikepdf.Dictionary(Type=pikepdf.Name.Font, BaseFont="/C", ToUnicode=1))
    for name, filters in (("A", pikepdf.Name.Nonsense), ("B", pikepdf.Name.FlateDecode)):
        stream = document.make_stream(b"")
        stream.write(zlib.compress(MAP % (1, b"<31> <0031>")), filter=filters)
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, BaseFont=f"/{name}", ToUnicode=stream)
        fonts[f"/{name}"] = document.make_indirect(font)
    document.add_blank_page().Resources = pikepdf.Dictionary(Font=fonts)
    assert pdfium_glyphs.lying_fonts(document) == {b"A", b"C"}


def test_of_a_file_too_damaged_to_tell_every_font_and_layer_is_doubted() -> None:
    assert read_hints(b"%PDF-1.7 /ToUnicode") == UNKNOWN


@pytest.mark.parametrize("char", "|IS")
def test_a_glyph_that_is_no_digit_is_not_taken_for_the_digit_that_it_looks_like(char: str) -> None:
    assert texts(mapped({char: 0xE001}, f"2{char}4")) == ["2\ufffd4"]


@pytest.mark.parametrize("blank", [0x20, 0xA0, 0x3000])
@pytest.mark.parametrize(("char", "figure"), [("1", "\ufffd,286"), ("6", "1,28\ufffd"), ("8", "1,2\ufffd6")])
def test_a_digit_that_its_font_maps_to_a_blank_is_unread(blank: int, char: str, figure: str) -> None:
    assert texts(mapped({char: blank}, "1,286")) == [figure]


def test_digits_beyond_those_that_are_looked_at_are_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfium_glyphs, "MAX_GLYPHS", 5)
    reading = mapped({"6": 0x38}, "1,286", "5,632")
    assert texts(reading) == ["1,286", "\ufffd" * 5]
    assert reading.notes == [
        "characters that the text lacks, or its fonts' maps lead astray, are read by their shapes: 6 on page 1"
    ]


def test_form_fields_are_read() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.acroForm.textfield(name="a", value="1,234.56", x=40, y=85, width=100, height=20)

    assert texts(page(draw)) == ["1,234.56"]


def field(canvas: Canvas) -> None:
    canvas.acroForm.textfield(name="a", value="1,234.56", x=40, y=85, width=100, height=20)


def without_appearance(document: pikepdf.Pdf) -> None:
    for annotation in document.pages[0].Annots:
        del annotation.AP


def changed(value: str) -> Callable[[pikepdf.Pdf], None]:
    """Return what gives a field a value that its appearance does not show, and says that viewers must draw it."""

    def change(document: pikepdf.Pdf) -> None:
        document.pages[0].Annots[0].V = value
        document.Root.AcroForm.NeedAppearances = True

    return change


@pytest.mark.parametrize(
    ("arrange", "read"),
    [(without_appearance, "1,234.56"), (changed("9,999.00"), "9,999.00"), (changed("1,234.56元"), "1,234.56")],
)
def test_fields_that_their_viewer_draws_are_read_as_it_draws_them(
    arrange: Callable[[pikepdf.Pdf], None], read: str
) -> None:
    assert texts(page(field, arrange)) == [read]


def test_fields_of_a_file_that_cannot_be_opened_stay_as_they_are() -> None:
    assert with_fields(b"%PDF-1.7") == b"%PDF-1.7"


def annotated(kind: str, drawn: bool, flags: int = 4) -> Callable[[pikepdf.Pdf], None]:
    """Return what puts an annotation with a figure on a page."""

    def annotate(document: pikepdf.Pdf) -> None:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        form = document.make_stream(b"BT /F 12 Tf 5 5 Td (9,999) Tj ET")
        form.Type, form.Subtype, form.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, pikepdf.Array([0, 0, 100, 20])
        form.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name(kind),
            Rect=pikepdf.Array([40, 45, 140, 65]),
            Contents="9,999",
            F=flags,
        )
        if drawn:
            note.AP = pikepdf.Dictionary(N=form)
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(note)])

    return annotate


@pytest.mark.parametrize("kind", ["/FreeText", "/Stamp", "/Square", "/Highlight"])
def test_figures_that_annotations_print_are_read(kind: str) -> None:
    assert texts(page(shown, annotated(kind, drawn=True))) == ["1,234.56", "9,999"]


def test_a_watermark_is_not_read_and_a_note_without_an_appearance_is_a_gap() -> None:
    assert texts(page(shown, annotated("/Watermark", drawn=True))) == ["1,234.56"]
    reading = page(shown, annotated("/FreeText", drawn=False))
    assert texts(reading) == ["1,234.56"]
    assert reading.page_errors == ["1 notes with figures over its pages have no appearance: print it to PDF again"]


def test_a_box_that_its_viewer_draws_covers_what_is_under_it() -> None:
    def box(document: pikepdf.Pdf) -> None:
        annotated("/Square", drawn=False)(document)
        document.pages[0].Annots[0].IC = document.pages[0].Annots[0].C = pikepdf.Array([1, 1, 1])

    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 50, "9,999")
        shown(canvas)

    assert texts(page(draw)) == ["1,234.56", "9,999"]
    assert texts(page(draw, box)) == ["1,234.56"]


@pytest.mark.parametrize("states", [False, True])
def test_an_annotation_in_a_layer_that_is_off_is_left_out(states: bool) -> None:
    def stamped(document: pikepdf.Pdf) -> None:
        annotated("/Stamp", drawn=True)(document)
        note = document.pages[0].Annots[0]
        if states:
            note.AP.N, note.AS = pikepdf.Dictionary(On=note.AP.N), pikepdf.Name.On

    def in_layers(document: pikepdf.Pdf) -> None:
        stamped(document)
        on, off = (document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=name)) for name in "甲乙")
        document.Root.OCProperties = pikepdf.Dictionary(
            OCGs=pikepdf.Array([on, off]), D=pikepdf.Dictionary(OFF=pikepdf.Array([off]))
        )
        (note,) = document.pages[0].Annots
        other = document.make_indirect(pikepdf.Dictionary(note))  # drawn by the same stream
        other.Rect = pikepdf.Array([160, 45, 260, 65])
        note.OC, other.OC = off, on
        document.pages[0].Annots.append(other)

    assert texts(page(shown, stamped)) == ["1,234.56", "9,999"]
    reading = page(shown, in_layers)
    assert texts(reading) == ["1,234.56", "9,999"]
    assert reading.notes == [
        "figures that are not displayed, are struck out or belong to a watermark are left out: 1 on page 1"
    ]


@pytest.mark.parametrize(("own", "noted", "seen"), [(0, 0, True), (0, 1, False), (1, 0, False)])
def test_of_an_annotation_and_its_appearance_both_layers_have_to_be_on(own: int, noted: int, seen: bool) -> None:
    def in_layers(document: pikepdf.Pdf) -> None:
        annotated("/Stamp", drawn=True)(document)
        layers = [document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=name)) for name in "甲乙"]
        document.Root.OCProperties = pikepdf.Dictionary(
            OCGs=pikepdf.Array(layers), D=pikepdf.Dictionary(OFF=pikepdf.Array(layers[1:]))
        )
        (note,) = document.pages[0].Annots
        note.OC, note.AP.N.OC = layers[noted], layers[own]

    assert texts(page(shown, in_layers)) == ["1,234.56"] + ["9,999"] * seen


@pytest.mark.parametrize("flags", [2, 32])
def test_notes_that_are_hidden_or_for_paper_alone_are_not_read(flags: int) -> None:
    assert texts(page(shown, annotated("/FreeText", drawn=True, flags=flags))) == ["1,234.56"]


@pytest.mark.parametrize("matrix", ["-1 0 0 1 80 130", "-1 0 0 -1 80 140"])
def test_a_figure_that_is_mirrored_or_upside_down_among_others_is_unread(matrix: str) -> None:
    def draw(canvas: Canvas) -> None:
        cells("", "1,286", "2,400")(canvas)
        canvas._code.append(f"BT /F1 12 Tf {matrix} Tm (906) Tj ET")

    assert texts(page(draw)) == ["\ufffd\ufffd\ufffd", "1,286", "2,400"]


def test_a_figure_one_digit_of_which_is_not_displayed_is_unread() -> None:
    def draw(canvas: Canvas) -> None:
        cells("1,286")(canvas)
        canvas.setFillGray(1)
        canvas.drawString(33, 130, "9")

    assert texts(page(draw)) == ["\ufffd1,286"]


def test_figures_in_red_are_unread_where_the_page_says_that_these_are_below_zero() -> None:
    def draw(canvas: Canvas) -> None:
        cells("1,286")(canvas)
        canvas.setFillColorRGB(1, 0, 0)
        canvas.drawString(40, 90, "2,400")
        canvas.setFont(FONT, 9)
        canvas.drawString(40, 50, "2026年 -350")
        canvas.setFillGray(0)
        canvas.drawString(40, 20, note)

    note = "注：红字为负数"
    assert texts(page(draw)) == ["1,286", "\ufffd,\ufffd\ufffd\ufffd", "2026年-350"]
    note = "注：红字为重点项目"
    assert texts(page(draw)) == ["1,286", "2,400", "2026年-350"]


def test_a_note_about_red_holds_for_all_pages() -> None:
    def draw(canvas: Canvas) -> None:
        cells("1,286")(canvas)
        canvas.setFillColorRGB(1, 0, 0)
        canvas.drawString(40, 90, "2,400")
        canvas.showPage()
        canvas.setFont(FONT, 9)
        canvas.drawString(40, 20, "注：红字为负数")

    assert texts(page(draw)) == ["1,286", "\ufffd,\ufffd\ufffd\ufffd"]


def test_a_figure_in_type_that_nobody_can_read_is_unread() -> None:
    def draw(canvas: Canvas) -> None:
        cells("1,286", "2,400")(canvas)
        canvas.setFont("Helvetica", size)
        canvas.drawString(40, 50, "350")

    size = 2.0
    assert texts(page(draw)) == ["1,286", "2,400", "\ufffd" * 3]
    size = 6.0
    assert texts(page(draw)) == ["1,286", "2,400", "350"]


def test_digits_of_a_figure_that_lie_on_each_other_are_unread() -> None:
    def draw(canvas: Canvas) -> None:
        canvas._code.append("BT /F1 12 Tf " + " ".join(f"1 0 0 1 40 50 Tm ({digit}) Tj" for digit in "4357") + " ET")
        shown(canvas)

    assert texts(page(draw)) == ["1,234.56", "4\ufffd"]


def test_the_digits_around_a_seal_turn_no_figures_over() -> None:
    def draw(canvas: Canvas) -> None:
        cells("1,286", "2,400", "3,500")(canvas)
        for number in range(13):
            canvas._code.append(f"BT /F1 6 Tf -1 0 0 -1 {150 + 8 * number} 20 Tm (3) Tj ET")

    assert texts(page(draw)) == ["1,286", "2,400", "3,500"]


def test_type_of_a_negative_size_under_a_matrix_that_turns_it_back_is_upright() -> None:
    def draw(canvas: Canvas) -> None:
        canvas._code.append("BT /F1 -12 Tf -1 0 0 -1 40 90 Tm (1,234.56) Tj 0 40 Td (7,890.00) Tj ET")

    assert texts(page(draw)) == ["1,234.56", "7,890.00"]


def test_a_table_that_lies_sideways_under_upright_prose_is_turned() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(20, 180, "a budget of words and words and words and more")
        canvas.rotate(90)
        for number in range(6):
            canvas.drawString(45, -60 - 30 * number, "12,345,678.90")

    (layout,) = page(draw).layouts
    assert (layout.width, layout.height) == (200, 300)


def test_outlines_in_a_table_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(4):
            canvas.circle(60 + 20 * number, 100, 5, stroke=0, fill=1)
        canvas.circle(150, 180, 5, stroke=0, fill=1)  # outside

    monkeypatch.setattr("extractor.pages.scan.is_installed", lambda: False)
    (layout,) = page(draw).layouts
    assert layout.drawn == 4


def cells(*figures: str) -> Draw:
    def draw(canvas: Canvas) -> None:
        for number, figure in enumerate(figures):
            canvas.drawString(40, 130 - 40 * number, figure)

    return draw


def transparent(canvas: Canvas) -> None:
    canvas.setFillAlpha(0)
    canvas.drawString(40, 50, "9,999")
    canvas.setFillAlpha(1)


def on_its_colour(canvas: Canvas) -> None:
    canvas.setFillGray(0.3)
    canvas.rect(30, 45, 60, 20, stroke=0, fill=1)
    canvas.drawString(40, 50, "9,999")


def tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 0.05)
    canvas.drawString(40, 50, "9,999")
    canvas.setFont("Helvetica", 12)


def stroked_white(canvas: Canvas) -> None:
    canvas.setStrokeGray(1)
    canvas.drawString(40, 50, "9,999", mode=1)
    canvas.setStrokeGray(0)


def shaded_over(canvas: Canvas) -> None:
    canvas.drawString(40, 50, "9,999")
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(30, 45, 60, 20)
    canvas.clipPath(path, stroke=0)
    canvas.linearGradient(30, 45, 90, 65, (white_colour, white_colour))
    canvas.restoreState()


def clipped_by_an_angle(canvas: Canvas) -> None:
    canvas.saveState()
    path = canvas.beginPath()
    path.moveTo(30, 45)
    for corner in ((30, 70), (31, 70), (31, 46), (100, 46), (100, 45)):
        path.lineTo(*corner)
    path.close()
    canvas.clipPath(path, stroke=0)
    canvas.drawString(40, 50, "9,999")
    canvas.restoreState()


def patterned(document: pikepdf.Pdf) -> None:
    """Give a page a white pattern."""
    pattern = document.make_stream(b"1 g 0 0 9 9 re f")
    pattern.Type, pattern.Resources = pikepdf.Name.Pattern, pikepdf.Dictionary()
    pattern.PatternType = pattern.PaintType = pattern.TilingType = 1
    pattern.BBox, pattern.XStep, pattern.YStep = pikepdf.Array([0, 0, 9, 9]), 9, 9
    document.pages[0].Resources.Pattern = pikepdf.Dictionary(P1=pattern)


def test_a_figure_in_a_white_pattern_is_left_out() -> None:
    def draw(canvas: Canvas) -> None:
        canvas._code.append("q /Pattern cs /P1 scn BT /F1 12 Tf 1 0 0 1 40 50 Tm (9,999) Tj ET Q")
        shown(canvas)

    assert texts(page(draw, patterned)) == ["1,234.56"]


def on_a_shading_of_its_colour(canvas: Canvas) -> None:
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(30, 45, 60, 20)
    canvas.clipPath(path, stroke=0)
    canvas.linearGradient(30, 45, 90, 65, (black, black))
    canvas.restoreState()
    canvas.drawString(40, 50, "9,999")


def clipped_by_a_text(canvas: Canvas) -> None:
    canvas.saveState()
    canvas._code.append("BT /F1 1 Tf 7 Tr 1 0 0 1 150 10 Tm (.) Tj ET")
    canvas.drawString(40, 50, "9,999", mode=0)
    canvas.restoreState()


@pytest.mark.parametrize(
    "hidden",
    [
        transparent,
        on_its_colour,
        tiny,
        stroked_white,
        shaded_over,
        clipped_by_an_angle,
        on_a_shading_of_its_colour,
        clipped_by_a_text,
    ],
)
def test_a_figure_that_cannot_be_seen_is_left_out_however_it_is_hidden(hidden: Draw) -> None:
    def draw(canvas: Canvas) -> None:
        hidden(canvas)
        shown(canvas)

    assert texts(page(draw)) == ["1,234.56"]


def grouped(document: pikepdf.Pdf) -> None:
    """Draw the form of a page as a transparent group."""
    (form,) = (
        item for item in document.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"
    )
    form.Group = pikepdf.Dictionary(S=pikepdf.Name.Transparency)
    own = document.pages[0]
    own.Resources.ExtGState = pikepdf.Dictionary(None_=pikepdf.Dictionary(ca=0, CA=0))
    content = own.Contents.read_bytes()
    start = content.rindex(b"\n", 0, content.rindex(b" Do")) + 1
    own.Contents = document.make_stream(content[:start] + b"/None_ gs " + content[start:])


def policed(document: pikepdf.Pdf) -> None:
    """Show the form of a page only while a layer that is on is off."""
    layer = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="甲"))
    document.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array([layer]), D=pikepdf.Dictionary())
    policy = pikepdf.Dictionary(Type=pikepdf.Name.OCMD, OCGs=pikepdf.Array([layer]), P=pikepdf.Name.AllOff)
    (form,) = (
        item for item in document.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"
    )
    form.OC = document.make_indirect(policy)


def in_a_clipped_form(document: pikepdf.Pdf) -> None:
    """Draw the form of a page within another, whose box leaves out what it shows."""
    own = document.pages[0]
    (name,) = own.Resources.XObject.keys()
    outer = document.make_stream(f"{name} Do".encode())
    outer.Type, outer.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    outer.BBox, outer.Resources = pikepdf.Array([0, 0, 9, 9]), own.Resources
    content = own.Contents.read_bytes()
    own.Resources = pikepdf.Dictionary(own.Resources)
    own.Resources.XObject = pikepdf.Dictionary({name: outer})
    own.Contents = document.make_stream(content)


def under_a_clip(document: pikepdf.Pdf) -> None:
    """Draw the form of a page under a clip that leaves out what it shows."""
    own = document.pages[0]
    content = own.Contents.read_bytes()
    start = content.rindex(b"\n", 0, content.rindex(b" Do")) + 1
    own.Contents = document.make_stream(content[:start] + b"0 0 9 9 re W n " + content[start:])


@pytest.mark.parametrize("arrange", [grouped, policed, in_a_clipped_form, under_a_clip])
def test_a_form_that_is_not_displayed_is_left_out(arrange: Callable[[pikepdf.Pdf], None]) -> None:
    def draw(canvas: Canvas) -> None:
        shown(canvas)
        canvas.beginForm("hidden")
        canvas.drawString(40, 50, "9,999")
        canvas.endForm()
        canvas.doForm("hidden")

    assert texts(page(draw, arrange)) == ["1,234.56"]


def test_a_minus_that_its_font_maps_to_a_plus_is_read_by_its_shape() -> None:
    assert texts(mapped({"-": ord("+")}, "-1,286.80")) == ["-1,286.80"]


def set_in_two_byte_codes(figure: str, lie: dict[int, int]) -> Callable[[pikepdf.Pdf], None]:
    """Set a figure by glyph numbers, in an embedded font whose map from them leads astray."""
    face = TTFont("Vera", "Vera.ttf").face
    glyphs = {char: face.charToGlyph[ord(char)] for char in "0123456789,."}

    def arrange(document: pikepdf.Pdf) -> None:
        pairs = b" ".join(b"<%04x> <%04x>" % (glyph, lie.get(ord(char), ord(char))) for char, glyph in glyphs.items())
        cmap = MAP.replace(b"<00> <ff>", b"<0000> <ffff>") % (len(glyphs), pairs)
        name = pikepdf.Name("/AAAAAA+Vera")
        descriptor = pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor, FontName=name, Flags=4, FontBBox=pikepdf.Array([-200, -300, 1300, 1000]),
            ItalicAngle=0, Ascent=900, Descent=-250, CapHeight=730, StemV=80,
            FontFile2=document.make_stream(face._ttf_data),
        )  # fmt: skip
        system = pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0)
        inner = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType2, BaseFont=name, CIDSystemInfo=system,
            FontDescriptor=document.make_indirect(descriptor), DW=636, CIDToGIDMap=pikepdf.Name.Identity,
        )  # fmt: skip
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=name, Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=pikepdf.Array([document.make_indirect(inner)]), ToUnicode=document.make_stream(cmap),
        )  # fmt: skip
        own = document.pages[0]
        own.Resources.Font[pikepdf.Name("/V")] = document.make_indirect(font)
        codes = b"".join(b"%04x" % glyphs[char] for char in figure)
        text = b"\nBT /V 12 Tf 1 0 0 1 40 90 Tm <%s> Tj ET" % codes
        own.Contents = document.make_stream(own.Contents.read_bytes() + text)

    return arrange


NEXT = {0x30 + digit: 0x30 + (digit + 1) % 10 for digit in range(10)}
WIDE = {0x30 + digit: 0xFF10 + (digit + 1) % 10 for digit in range(10)}


OF_ANOTHER_SCRIPT = {0x30 + digit: 0x966 + (digit + 1) % 10 for digit in range(10)}
LETTERS = {0x30 + digit: 0x61 + digit for digit in range(10)}
SOME_LETTERS = {0x30: ord("O"), 0x31: ord("l")}
HAN = {0x30 + digit: 0x4F60 + digit for digit in range(10)}


@pytest.mark.parametrize(
    "lie",
    [
        NEXT, WIDE, {0x31: 0xB9, 0x32: 0xB2}, {0x36: 0x38, 0x38: 0x36}, OF_ANOTHER_SCRIPT, LETTERS, SOME_LETTERS, HAN,
    ],
)  # fmt: skip
def test_an_embedded_font_whose_map_is_another_permutation_of_digits_is_read_by_its_outlines(
    lie: dict[int, int],
) -> None:
    reading = page(lambda _: None, set_in_two_byte_codes("1,286.80", lie))
    assert texts(reading) == ["1,286.80"]
    assert "read by their shapes" in reading.notes[0]


def set_in_drawn_glyphs(figure: str, lie: dict[str, str]) -> Callable[[pikepdf.Pdf], None]:
    """Set a figure in a Type 3 font, the box of each of whose glyphs is that of them all, and whose map leads astray."""
    face = ttLib.TTFont(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")
    glyphs, names, chars = face.getGlyphSet(), face.getBestCmap(), sorted(",.0123456789")

    def drawn(char: str) -> bytes:
        pen = DecomposingRecordingPen(glyphs)
        glyphs[names[ord(char)]].draw(pen)
        steps = [f"{glyphs[names[ord(char)]].width} 0 -300 -500 2000 2000 d1"]
        for kind, points in pen.value:
            verb = "m" if kind == "moveTo" else "l"
            steps += [f"{point[0]} {point[1]} {verb}" for point in points if point] or ["h"]
        return "\n".join([*steps, "f"]).encode()

    def arrange(document: pikepdf.Pdf) -> None:
        named = {f"/g{ord(char)}": document.make_stream(drawn(char)) for char in chars}
        pairs = b" ".join(b"<%02x> <%04x>" % (ord(char), ord(lie.get(char, char))) for char in chars)
        codes = [part for char in chars for part in (ord(char), pikepdf.Name(f"/g{ord(char)}"))]
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type3, FontBBox=pikepdf.Array([-300, -500, 2000, 2000]),
            FontMatrix=pikepdf.Array([1 / 2048, 0, 0, 1 / 2048, 0, 0]), CharProcs=pikepdf.Dictionary(named),
            Encoding=pikepdf.Dictionary(Differences=pikepdf.Array(codes)), Resources=pikepdf.Dictionary(),
            FirstChar=44, LastChar=57, ToUnicode=document.make_stream(MAP % (len(chars), pairs)),
            Widths=pikepdf.Array([glyphs[names[code]].width for code in range(44, 58)]),
        )  # fmt: skip
        own = document.pages[0]
        own.Resources.Font[pikepdf.Name("/T")] = document.make_indirect(font)
        text = f"\nBT /T 12 Tf 1 0 0 1 40 90 Tm ({figure}) Tj ET".encode()
        own.Contents = document.make_stream(own.Contents.read_bytes() + text)

    return arrange


@pytest.mark.parametrize(
    "lie", [{}, {"6": "8"}, {"8": "6"}, {char: str((int(char) + 1) % 10) for char in "0123456789"}]
)
def test_a_font_of_drawn_glyphs_is_read_by_their_shapes(lie: dict[str, str]) -> None:
    assert texts(page(lambda _: None, set_in_drawn_glyphs("8,612,865.80", lie))) == ["8,612,865.80"]


@pytest.mark.parametrize("word", ["abc.de", "l,OOO", "9,8b7"])
def test_letters_that_look_like_letters_are_read_as_such(word: str) -> None:
    assert texts(page(lambda canvas: canvas.drawString(40, 90, word))) == [word]


def test_an_embedded_font_with_an_honest_map_is_read_by_it() -> None:
    reading = page(lambda _: None, set_in_two_byte_codes("1,234,567,890.80", {}))
    assert (texts(reading), reading.notes) == (["1,234,567,890.80"], [])


def test_a_minus_a_point_and_a_stroke_that_are_drawn_are_part_of_what_a_figure_says() -> None:
    def draw(canvas: Canvas) -> None:
        cells("1,286.80", "2,400", "3,500")(canvas)
        canvas.line(33, 134, 38, 134)  # a minus
        canvas.line(39, 94, 72, 94)  # through all of it
        canvas.line(40, 48.5, 70, 48.5)  # under it

    reading = page(draw)
    assert texts(reading) == ["-1,286.80", "3,500"]
    assert reading.notes[-1].endswith("are left out: 1 on page 1")


def test_a_line_across_a_row_strikes_its_figures_out() -> None:
    def draw(canvas: Canvas) -> None:
        cells("1,286", "2,400", "3,500")(canvas)
        canvas.drawString(220, 90, "Total")
        canvas.line(22, 94, 278, 94)
        canvas.line(22, 54, 278, 54)  # which meets no name: it may be a rule between two rows

    assert texts(page(draw)) == ["1,286", "Total", "\ufffd,500"]


@pytest.mark.parametrize("grey", [1.0, 0.8])
def test_a_rule_through_a_figure_that_nobody_sees_is_none(grey: float) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setStrokeGray(grey)
        canvas.line(20, 134.5, 280, 134.5)
        cells("1,286", "2,400", "3,500")(canvas)

    assert texts(page(draw))[0] == ("1,286" if grey == 1 else "\ufffd,286")


def test_figures_that_a_cross_is_drawn_over_are_unread() -> None:
    def draw(canvas: Canvas) -> None:
        cells("1,286", "2,400")(canvas)
        canvas.line(20, 80, 280, 120)
        canvas.line(20, 120, 280, 80)

    assert texts(page(draw)) == ["1,286", "\ufffd,400"]


def test_a_figure_that_a_drawing_touches_is_unread_without_recognition(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(canvas: Canvas) -> None:
        cells("1,286", "2,400")(canvas)
        canvas.line(40, 128, 70, 142)

    monkeypatch.setattr("extractor.pages.scan.is_installed", lambda: False)
    assert texts(page(draw)) == ["\ufffd,286", "2,400"]


def test_text_that_runs_aslant_or_is_pale_and_keeps_to_no_cell_is_a_watermark() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.8)
        for x in (60, 130, 200):
            canvas.drawString(x, 116, "20240601")
        canvas.rotate(30)
        canvas.drawString(100, 10, "8")
        canvas.rotate(-30)
        shown(canvas)

    assert texts(page(draw)) == ["1,234.56"]


def test_pale_figures_that_keep_to_their_cells_are_read() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.75)
        cells("0.00", "0.00", "0.00")(canvas)

    assert texts(page(draw)) == ["0.00"] * 3


def test_an_empty_cell_that_shows_something_is_named() -> None:
    def draw(canvas: Canvas) -> None:
        shown(canvas)
        canvas.rect(100, 50, 20, 10, stroke=0, fill=1)

    reading = page(draw)
    assert reading.layouts[0].unexplained == ("row 3 column 1",)
    assert 0 < reading.ink[0][0] < reading.ink[0][1]


def test_a_figure_that_is_a_picture_in_its_cell_is_recognised() -> None:
    pytest.importorskip("rapidocr")

    def draw(canvas: Canvas) -> None:
        shown(canvas)
        picture = Image.new("L", (260, 60), 255)
        ImageDraw.Draw(picture).text((4, 4), "9,876.50", font=ImageFont.load_default(48), fill=0)
        canvas.drawImage(ImageReader(picture), 100, 50, 65, 15)

    (layout,) = page(draw).layouts
    assert [cell.text for grid in layout.grids for cell in grid.cells if cell.text] == ["1,234.56", "9,876.50"]
    assert (layout.reading, layout.drawn, layout.unexplained) == ("shapes", 0, ())


def test_a_page_that_leans_is_a_gap() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rotate(angle)
        cells("1,286", "2,400", "3,500")(canvas)

    angle = 2.0
    with pytest.raises(DocumentError, match=r"page 1 stands 2\.0 degrees aslant"):
        page(draw)
    angle = 0.2
    assert texts(page(draw)) == ["1,286", "2,400", "3,500"]


def test_oblique_type_on_level_lines_does_not_lean() -> None:
    def draw(canvas: Canvas) -> None:
        for number, figure in enumerate(("1,286", "2,400", "3,500")):
            canvas._code.append(f"BT /F1 12 Tf 1 0 .15 1 40 {130 - 40 * number} Tm ({figure}) Tj ET")

    assert texts(page(draw)) == ["1,286", "2,400", "3,500"]


def test_a_stamp_that_leans_says_nothing_of_its_page() -> None:
    def draw(canvas: Canvas) -> None:
        cells("1,286", "2,400", "3,500")(canvas)
        canvas.translate(20, 20)
        canvas.rotate(2)
        canvas.setFont(FONT, 9)
        canvas.drawString(0, 0, "预算公开专用章" * 9)

    assert texts(page(draw)) == ["1,286", "2,400", "3,500"]


def test_a_figure_that_a_white_stroke_lies_over_is_unread() -> None:
    def draw(canvas: Canvas) -> None:
        shown(canvas)
        canvas.drawString(40, 130, "2,400.00")
        canvas.setStrokeGray(1)
        canvas.setLineWidth(12)
        canvas.line(38, 94, 92, 94)

    assert texts(page(draw)) == ["2,400.00", "\ufffd,234.56"]
