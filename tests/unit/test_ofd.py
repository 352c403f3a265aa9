"""What a page of an OFD file displays."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas
from support.ofd_maker import layer, ofd_of, part, path, rulings, text

from extractor.errors import DocumentError, EncryptedError, NotADocumentError
from extractor.gaps import unread_scans
from extractor.grids.grid import Reading
from extractor.grids.readers import read_layouts
from extractor.pages import ofd, ofd_content, ofd_package
from extractor.pages.models import is_installed
from extractor.pages.ofd_content import deltas, subpaths
from extractor.source.source import Source, Unread, read_sources, sniff

GRID = rulings((20, 80, 140), (20, 40, 60, 80))
SHOWN = text(30, 50, "1,234.56")
LEFT_OUT = ["figures that are not displayed, are struck out or belong to a watermark are left out: 1 on page 1"]
DARK = '<ofd:FillColor Value="20 20 20"/>'
WHITE = '<ofd:FillColor Value="255 255 255"/>'
BOX = "M 0 0 L 40 0 L 40 10 L 0 10 C"


def read(data: bytes) -> Reading:
    assert sniff(data) == "ofd"
    return read_layouts(Source("预算.ofd", "", "ofd", data))


def page(objects: str, **more: str) -> Reading:
    """Read a page of a ruled grid of three rows with some objects."""
    return read(ofd_of([layer(GRID + objects)], **more))


def texts(reading: Reading) -> list[str]:
    return [cell.text for layout in reading.layouts for grid in layout.grids for cell in grid.cells if cell.text]


def test_text_stands_in_the_cells_of_strokes_at_its_place_in_points() -> None:
    reading = page(SHOWN)
    (grid,) = reading.layouts[0].grids
    assert (grid.rows, grid.columns, grid.reading) == (3, 2, "ofd")
    (cell,) = [cell for cell in grid.cells if cell.text]
    assert (cell.text, cell.row, cell.column) == ("1,234.56", 1, 0)
    assert cell[5:9] == pytest.approx([v * 72 / 25.4 for v in (20, 40, 80, 60)], abs=0.5)
    assert (round(reading.layouts[0].width), round(reading.layouts[0].height)) == (595, 842)


def test_thin_filled_rectangles_are_rules() -> None:
    across = "".join(
        path(f"20 {y} 120 0.3", "M 0 0 L 120 0 L 120 0.3 L 0 0.3 C", "Fill='true' Stroke='false'") for y in (20, 40)
    )
    down = "".join(
        path(f"{x} 20 0.3 20", "M0 0L0.3 0L0.3 20L0 20C", "Fill='true' Stroke='false'") for x in (20, 80, 140)
    )
    assert texts(read(ofd_of([layer(across + down + text(30, 30, "1,234.56"))]))) == ["1,234.56"]


@pytest.mark.parametrize(
    ("stated", "steps"),
    [
        ("1 2 3", [1, 2, 3]),
        ("g 2 3.5 1", [3.5, 3.5, 1]),
        ("1 G 9 2", [1, 2, 2, 2]),
        ("g 2", [0, 0]),
        ("x", [0]),
        (None, []),
    ],
)
def test_steps_are_read_with_their_repeats_and_no_more_than_there_are_characters(
    stated: str | None, steps: list[float]
) -> None:
    assert deltas(stated, 4) == steps


def test_a_step_repeated_without_end_costs_nothing() -> None:
    assert deltas("g 999999999999 1", 3) == [1, 1, 1]


def test_paths_end_at_what_is_no_operator() -> None:
    assert [*subpaths("S0 0L10 0 10 5C M 1 1 B 1 2 3 4 5 6 Z L 9 9")] == [
        ([(0, 0), (10, 0), (10, 5), (0, 0)], False),
        ([(1, 1), (5, 6)], True),
    ]
    assert [*subpaths("M 0 0 Q 1 1 2 2 A 3 3 0 1 1 4 4")] == [([(0, 0), (2, 2), (4, 4)], True)]


@given(st.text("SMLQBACZ0123456789.- eg", max_size=60))
def test_no_path_and_no_list_of_steps_stops_the_reader(data: str) -> None:
    assert all(len(points) > 1 for points, _ in subpaths(data))
    assert len(deltas(data, 5)) <= 5


HIDDEN = {
    "invisible": text(30, 70, "9,999", 'Visible="false"'),
    "transparent": text(30, 70, "9,999", 'Alpha="0"'),
    "of a transparent colour": text(30, 70, "9,999", inside='<ofd:FillColor Value="0 0 0" Alpha="0"/>'),
    "not filled": text(30, 70, "9,999", 'Fill="false"'),
    "white": text(30, 70, "9,999", inside=WHITE),
    "white in hex digits": text(30, 70, "9,999", inside='<ofd:FillColor Value="#FF #FF #FF"/>'),
    "without ink": text(30, 70, "9,999", inside='<ofd:FillColor Value="0 0 0 0"/>'),
    "covered": text(30, 70, "9,999") + path("28 62 40 10", BOX, 'Fill="true"', WHITE),
    "beyond its boundary": '<ofd:TextObject ID="5" Font="3" Size="4" Boundary="30 62 20 4"><ofd:TextCode X="0" Y="9" '
    'DeltaX="2 2 2 2">9,999</ofd:TextCode></ofd:TextObject>',
    "clipped": text(
        30,
        70,
        "9,999",
        inside='<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path Boundary="0 0 2 2"><ofd:AbbreviatedData>M 0 0 L 1 0 L 1 1 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>',
    ),
    "in an invisible block": f'<ofd:PageBlock ID="8" Visible="false">{text(30, 70, "9,999")}</ofd:PageBlock>',
    "of no width": text(30, 70, "9,999", 'HScale="0.01"').replace(' DeltaX="g 4 2"', ""),
    "of no size": text(30, 70, "9,999").replace('Size="4"', 'Size="0"'),
    "aslant": text(30, 70, "9,999", 'CTM="0.8 0.6 -0.6 0.8 0 0"'),
}


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_figure_that_is_not_displayed_is_left_out_and_said(hidden: str) -> None:
    reading = page(HIDDEN[hidden] + SHOWN)
    assert (texts(reading), reading.notes) == (["1,234.56"], LEFT_OUT)


SEEN = {
    "white on dark": path("28 62 40 10", BOX, 'Fill="true"', DARK) + text(30, 70, "9,999", inside=WHITE),
    "over a fill": path("28 62 40 10", BOX, 'Fill="true"', WHITE) + text(30, 70, "9,999"),
    "under a transparent fill": text(30, 70, "9,999") + path("28 62 40 10", BOX, 'Fill="true" Alpha="90"', DARK),
    "stroked": text(30, 70, "9,999", 'Fill="false" Stroke="true"'),
    "of a shaded colour": text(30, 70, "9,999", inside="<ofd:FillColor><ofd:AxialShd/></ofd:FillColor>"),
    "partly beyond its boundary": '<ofd:TextObject ID="5" Font="3" Size="4" Boundary="30 66 6 5"><ofd:TextCode X="0" Y="4" '
    'DeltaX="g 4 2">9,999</ofd:TextCode></ofd:TextObject>',
    "an object a character": "".join(text(30 + 2 * n, 70, char) for n, char in enumerate("9,999")),
    "in a block with a matrix": f'<ofd:PageBlock ID="8" CTM="1 0 0 1 10 20">{text(20, 50, "9,999")}</ofd:PageBlock>',
    "without steps": '<ofd:TextObject ID="5" Font="3" Size="4" Boundary="30 66 20 5"><ofd:TextCode X="0" Y="4">9,999'
    "</ofd:TextCode></ofd:TextObject>",
}


@pytest.mark.parametrize("seen", SEEN)
def test_a_figure_that_is_displayed_is_read(seen: str) -> None:
    reading = page(SHOWN + SEEN[seen])
    assert (texts(reading), reading.notes) == (["1,234.56", "9,999"], [])


def test_what_lies_beside_the_displayed_area_is_left_out() -> None:
    area = "<ofd:Area><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox><ofd:ApplicationBox>0 0 210 60</ofd:ApplicationBox></ofd:Area>"
    reading = read(ofd_of([area + layer(GRID + SHOWN + text(30, 70, "9,999"))]))
    assert (texts(reading), reading.notes) == (["1,234.56"], LEFT_OUT)


LINE = '<ofd:StrokeColor Value="{}"/>'


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        (path("27 47 3 3", "M 0.8 1.5 L 2.2 1.5"), ["-1,234.56"]),
        (path("28.6 48.4 1.4 0.3", "M 0 0 L 1.4 0 L 1.4 0.3 L 0 0.3 C", "Fill='true' Stroke='false'"), ["-1,234.56"]),
        (path("28 47 20 3", "M 2 1.5 L 17.8 1.5"), []),
        (path("28 47 20 3", "M 2 1.5 L 17.8 1.5", "", LINE.format("255 255 255")), ["1,234.56"]),
        (path("28 47 20 5", "M 2 4.4 L 17.8 4.4"), ["1,234.56"]),
        (text(60, 50, "合计") + path("22 47 56 3", "M 0 1.5 L 56 1.5"), ["合计"]),  # across its row
    ],
)
def test_strokes_at_a_figure_are_its_minus_or_strike_it_out(drawn: str, read: list[str]) -> None:
    assert texts(page(SHOWN + drawn)) == read


def test_a_small_raised_figure_is_a_mark() -> None:
    mark = '<ofd:TextObject ID="5" Font="3" Size="2" Boundary="46 45.5 2 3"><ofd:TextCode X="0" Y="3">1</ofd:TextCode></ofd:TextObject>'
    assert texts(page(SHOWN + mark)) == ["1,234.56¹"]


def test_templates_lie_below_or_above_the_page_and_their_own_resources_count() -> None:
    common = '<ofd:TemplatePage ID="1" BaseLoc="Tpls/Tpl_0/Content.xml"/><ofd:TemplatePage ID="2" BaseLoc="Tpls/Tpl_1/Content.xml"/>'
    cover = path("28 42 40 10", BOX, 'Fill="true" DrawParam="90"').replace('DrawParam="4"', "")
    parts = {
        "Doc_0/Tpls/Tpl_0/Content.xml": part("Page", layer(GRID + text(30, 70, "8,888"))),
        "Doc_0/Tpls/Tpl_1/Content.xml": part("Page", "<ofd:PageRes>Res.xml</ofd:PageRes>" + layer(cover)),
        "Doc_0/Tpls/Tpl_1/Res.xml": part(
            "Res",
            f'<ofd:DrawParams><ofd:DrawParam ID="90" Relative="91"/><ofd:DrawParam ID="91">{WHITE}</ofd:DrawParam></ofd:DrawParams>',
        ),
    }
    below, above = '<ofd:Template TemplateID="1"/>', '<ofd:Template TemplateID="2" ZOrder="Foreground"/>'
    missing = '<ofd:Template TemplateID="3"/>'
    assert texts(read(ofd_of([missing + below + layer(SHOWN)], common=common, parts=parts))) == ["1,234.56", "8,888"]
    assert texts(read(ofd_of([below + above + layer(SHOWN)], common=common, parts=parts))) == ["8,888"]


def test_layers_are_drawn_by_their_kind() -> None:
    cover = layer(path("28 42 40 10", BOX, 'Fill="true"', WHITE), "Background")
    assert texts(read(ofd_of([layer(GRID + SHOWN) + cover]))) == ["1,234.56"]


def test_composite_units_are_drawn_where_they_are_used() -> None:
    unit = f'<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="70" Width="60" Height="20"><ofd:Content>{text(10, 10, "1,234.56")}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>'
    use = '<ofd:CompositeObject ID="71" ResourceID="70" Boundary="20 40 60 20"/>'
    assert texts(read(ofd_of([layer(GRID + use)], parts={"Doc_0/PublicRes.xml": part("Res", unit)}))) == ["1,234.56"]


def test_units_within_themselves_are_refused() -> None:
    unit = '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="70"><ofd:Content><ofd:CompositeObject ResourceID="70"/></ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>'
    with pytest.raises(DocumentError, match="page 1 nests its objects more than 12 deep"):
        read(
            ofd_of([layer('<ofd:CompositeObject ResourceID="70"/>')], parts={"Doc_0/PublicRes.xml": part("Res", unit)})
        )


@pytest.mark.parametrize(
    ("kind", "seen"), [('Type="Stamp"', True), ('Type="Watermark"', False), ('Type="Stamp" Visible="false"', False)]
)
def test_what_annotations_show_is_read_but_for_watermarks(kind: str, seen: bool) -> None:
    appearance = f'<ofd:Appearance Boundary="20 40 60 20">{text(10, 10, "1,234.56")}</ofd:Appearance>'
    parts = {
        "Doc_0/Annots/Annotations.xml": part(
            "Annotations", '<ofd:Page PageID="10"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page>'
        ),
        "Doc_0/Annots/Page_0/Annotation.xml": part("PageAnnot", f'<ofd:Annot ID="1" {kind}>{appearance}</ofd:Annot>'),
    }
    where = "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"
    filled = text(30, 30, "科目")
    assert texts(read(ofd_of([layer(GRID + filled)], document=where, parts=parts))) == ["科目"] + ["1,234.56"] * seen


@pytest.mark.parametrize("matrix", ["0 1 -1 0 210 0", "0 -1 1 0 0 297", "-1 0 0 -1 210 297"])
def test_a_page_whose_text_lies_sideways_is_turned(matrix: str) -> None:
    reading = read(ofd_of([layer(f'<ofd:PageBlock ID="8" CTM="{matrix}">{GRID}{SHOWN}</ofd:PageBlock>')]))
    (layout,) = reading.layouts
    assert (layout.width < layout.height) == matrix.startswith("-1")
    (cell,) = [cell for grid in layout.grids for cell in grid.cells if cell.text]
    assert (cell.text, cell.row, cell.column) == ("1,234.56", 1, 0)


def test_other_names_of_the_space_and_other_ways_to_write_locations_are_read() -> None:
    plain = ofd_of([layer(GRID + SHOWN)], parts={"Doc_0\\Extra.xml": "<a/>"})
    assert texts(read(plain)) == ["1,234.56"]
    other = {
        "OFD.xml": '<OFD xmlns="urn:other"><DocBody><DocRoot>\\Doc_0\\document.xml</DocRoot></DocBody></OFD>',
        "Doc_0/Document.xml": '<Document><Pages><Page ID="1" BaseLoc="/Doc_0/Pages/Page_0/Content.xml"/></Pages></Document>',
    }
    assert texts(read(ofd_of([layer(GRID + SHOWN)], parts=other))) == ["1,234.56"]


def test_a_page_that_is_missing_or_damaged_is_a_gap() -> None:
    whole = layer(GRID + SHOWN)
    reading = read(ofd_of([whole, whole], parts={"Doc_0/Pages/Page_1/Content.xml": "<ofd:Page"}))
    assert texts(reading) == ["1,234.56"]
    (error,) = reading.page_errors
    assert "Pages/Page_1/Content.xml is damaged" in error
    with pytest.raises(DocumentError, match="no page could be read"):
        read(ofd_of([whole], parts={"Doc_0/Pages/Page_0/Content.xml": "<!DOCTYPE a><a/>"}))


def test_a_package_without_pages_and_an_encrypted_one_are_refused() -> None:
    with pytest.raises(NotADocumentError, match="an OFD file without pages"):
        read(ofd_of([]))
    with pytest.raises(EncryptedError, match="asks for a password"):
        read(ofd_of([layer(SHOWN)], parts={"Encryptions.xml": part("Encryptions", "")}))


@pytest.mark.parametrize(
    ("module", "bound", "message"),
    [
        (ofd_package, "MAX_PAGES", "has 1 pages; expected at most 0"),
        (ofd_content, "MAX_OBJECTS", "draws more than 0 objects"),
        (ofd_content, "MAX_CHARS", "has more than 0 characters"),
        (ofd_content, "MAX_POINTS", "has paths of more than 0 points"),
        (ofd, "MAX_SIDE", "points long"),
    ],
)
def test_what_is_larger_than_any_budget_is_refused(
    module: object, bound: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, bound, 0)
    with pytest.raises(DocumentError, match=message):
        page(SHOWN)


def picture_of(content: str) -> bytes:
    """Return a page that prints a text in large type, as PNG."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, (595, 842))
    canvas.setFont("Helvetica", 60)
    canvas.drawString(60, 500, content)
    canvas.save()
    document = pdfium.PdfDocument(buffer.getvalue())
    out = io.BytesIO()
    document[0].render(scale=2).to_pil().save(out, "PNG")
    document.close()
    return out.getvalue()


@pytest.mark.parametrize("readable", [True, False])
def test_a_page_that_is_a_picture_is_recognised_or_a_gap(readable: bool) -> None:
    if readable and not is_installed():
        pytest.skip("the extra ocr is not installed")
    media = '<ofd:MultiMedias><ofd:MultiMedia ID="80" Type="Image"><ofd:MediaFile>scan.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>'
    shown = '<ofd:ImageObject ID="81" ResourceID="80" Boundary="0 0 210 297" CTM="210 0 0 297 0 0"/>'
    parts = {"Doc_0/PublicRes.xml": part("Res", media, 'BaseLoc="Res"'), "Doc_0/Res/scan.png": picture_of("1,234.56")}
    if not readable:
        parts["Doc_0/Res/scan.png"] = b"\x97JB2\r\n\x1a\n"
    reading = read(ofd_of([layer(shown)], parts=parts))
    (layout,) = reading.layouts
    if readable:
        assert (layout.reading, layout.text.strip()) == ("ocr", "1,234.56")
    else:
        assert layout.scanned
        assert next(unread_scans(reading.layouts)).startswith("pages 1")


def numbered(x: int, y: int, content: str, glyphs: str) -> str:
    """Return a text whose glyphs are said by their numbers."""
    transform = (
        f'<ofd:CGTransform CodePosition="0" CodeCount="{len(content)}" GlyphCount="{len(content)}"><ofd:Glyphs>{glyphs}'
        "</ofd:Glyphs></ofd:CGTransform>"
    )
    return text(x, y, content, inside=transform)


@pytest.mark.parametrize(
    ("first", "second", "read"),
    [
        (("86.4", "8 6 1 4"), ("68.4", "6 8 1 4"), ["86.4", "68.4"]),
        (("86.4", "8 6 1 4"), ("88.4", "8 6 1 4"), ["\ufffd\ufffd.4"] * 2),  # one glyph for two digits
        (("85.4", "8 5 1 4"), ("88.4", "8 6 1 4"), ["\ufffd5.4", "\ufffd\ufffd.4"]),  # two glyphs for one
        (("86.4", "8 6"), ("68.4", ""), ["86.4", "68.4"]),
    ],
)
def test_digits_whose_glyphs_contradict_their_text_are_unread(
    first: tuple[str, str], second: tuple[str, str], read: list[str]
) -> None:
    assert texts(page(numbered(30, 50, *first) + numbered(30, 70, *second))) == read


STACKED = text(30, 70, "99").replace("g 1 2", "0")


@pytest.mark.parametrize("drawn", [text(30, 70, "99", 'CTM="-1 0 0 1 8 0"'), STACKED])
def test_digits_that_are_mirrored_or_set_over_each_other_are_unread(drawn: str) -> None:
    assert "\ufffd" in "".join(texts(page(drawn)))


def test_outlines_and_pictures_in_a_table_are_counted() -> None:
    drawn = "".join(path(f"{90 + 5 * n} 45 2 4", "M 0 0 Q 1 1 2 2 L 0 4 C", 'Fill="true"') for n in range(4))
    (layout,) = page(SHOWN + drawn).layouts
    assert layout.drawn == 4


def test_files_attached_to_an_ofd_file_are_documents_of_their_own(tmp_path: Path) -> None:
    where = "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
    parts = {
        "Doc_0/Attachs/Attachments.xml": part(
            "Attachments", '<ofd:Attachment ID="1" Name="附表"><ofd:FileLoc>a.html</ofd:FileLoc></ofd:Attachment>'
        ),
        "Doc_0/Attachs/a.html": "<html><table><tr><td>合计</td><td>5</td></tr></table></html>",
    }
    data = ofd_of([layer(GRID + SHOWN)], document=where, parts=parts)
    file = tmp_path / "a.ofd"
    file.write_bytes(data)
    found = [*read_sources(file)]
    assert [(source.kind, source.path.partition("!/")[2]) for source in found if not isinstance(source, Unread)] == [
        ("ofd", ""),
        ("html", "Doc_0/Attachs/a.html"),
    ]
    assert read(data).notes == ["holds 1 files, which are documents of their own: Doc_0/Attachs/a.html"]


RED = '<ofd:FillColor Value="255 0 0"/>'


@pytest.mark.parametrize(("note", "read"), [("注：红字为负数", "\ufffd.\ufffd"), ("注：红字为新增", "9.5")])
def test_figures_in_red_are_unread_where_the_page_says_that_these_are_below_zero(note: str, read: str) -> None:
    drawn = text(30, 30, note) + text(30, 50, "9.5", inside=RED) + text(30, 70, "-9.5", inside=RED)
    assert texts(page(drawn))[1:] == [read, "-9.5"]


def test_a_wide_white_stroke_covers_the_figure_under_it() -> None:
    stroke = path("28 47 40 4", "M 0 2 L 40 2", 'LineWidth="4"', inside='<ofd:StrokeColor Value="255 255 255"/>')
    assert texts(page(text(30, 30, "2.5") + SHOWN + stroke)) == ["2.5"]
