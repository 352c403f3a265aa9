"""OFD files: a package around the content of pages, and a canvas that draws as reportlab's does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from typeset_samples import FONT, HEIGHT, WIDTH, Part, Prose, Style, Typesetter

from support.format_writers import package

NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
MM = 25.4 / 72
RESOURCES = (
    '<ofd:Fonts><ofd:Font ID="3" FontName="宋体"/></ofd:Fonts>'
    '<ofd:DrawParams><ofd:DrawParam ID="4" LineWidth="0.25"/></ofd:DrawParams>'
)


def part(tag: str, content: str, attributes: str = "") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><ofd:{tag} {NAMESPACE} {attributes}>{content}</ofd:{tag}>'


def ofd_of(
    pages: Sequence[str],
    *,
    box: str = "0 0 210 297",
    common: str = "",
    document: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """Return a package of pages.

    Args:
        pages: What stands in each page's element.
        box: The paper of every page, in millimetres.
        common: What else the document says of all pages, such as templates.
        document: What else the document says, such as where its annotations are.
        parts: More parts, or others in the place of those that a package has.
    """
    listed = "".join(
        f'<ofd:Page ID="{10 + number}" BaseLoc="Pages/Page_{number}/Content.xml"/>' for number in range(len(pages))
    )
    area = f"<ofd:PageArea><ofd:PhysicalBox>{box}</ofd:PhysicalBox></ofd:PageArea>"
    shared = f"<ofd:CommonData>{area}<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>{common}</ofd:CommonData>"
    body = "<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
    made: dict[str, str | bytes] = {
        "OFD.xml": part("OFD", body, 'Version="1.1" DocType="OFD"'),
        "Doc_0/Document.xml": part("Document", f"{shared}<ofd:Pages>{listed}</ofd:Pages>{document}"),
        "Doc_0/PublicRes.xml": part("Res", RESOURCES, 'BaseLoc="Res"'),
    }
    made |= {f"Doc_0/Pages/Page_{n}/Content.xml": part("Page", content) for n, content in enumerate(pages)}
    return package({**made, **(parts or {})})


def layer(objects: str, kind: str = "Body") -> str:
    return f'<ofd:Content><ofd:Layer ID="2" Type="{kind}">{objects}</ofd:Layer></ofd:Content>'


def text(x: float, y: float, content: str, attributes: str = "", inside: str = "") -> str:
    """Return a line of text in type of 4 mm whose baseline begins at a place."""
    steps = f' DeltaX="g {len(content) - 1} 2"' if len(content) > 1 else ""
    return (
        f'<ofd:TextObject ID="5" Font="3" Size="4" Boundary="{x} {y - 4} {2 * len(content) + 2} 5" {attributes}>{inside}'
        f'<ofd:TextCode X="0" Y="4"{steps}>{escape(content)}</ofd:TextCode></ofd:TextObject>'
    )


def path(box: str, data: str, attributes: str = "", inside: str = "") -> str:
    return (
        f'<ofd:PathObject ID="6" DrawParam="4" Boundary="{box}" {attributes}>{inside}'
        f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def rulings(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Return the rules of a grid."""
    wide, high = xs[-1] - xs[0], ys[-1] - ys[0]
    across = (path(f"{xs[0]} {y} {wide} 0.25", f"M 0 0 L {wide} 0") for y in ys)
    down = (path(f"{x} {ys[0]} 0.25 {high}", f"M 0 0 L 0 {high}") for x in xs)
    return "".join((*across, *down))


# ruff: noqa: N802 - the names of reportlab's canvas
class OfdCanvas:
    """Draws the pages of an OFD file; in points from the bottom left, as reportlab's canvas does."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self._objects: list[str] = []
        self._size, self._grey, self._turned = 10.0, 0.0, False

    def setFont(self, _: str, size: float) -> None:
        self._size = size

    def setLineWidth(self, width: float) -> None:
        assert width > 0

    def setFillGray(self, grey: float) -> None:
        self._grey = grey

    def drawString(self, x: float, y: float, content: str) -> None:
        widths = [MM * pdfmetrics.stringWidth(char, FONT, self._size) for char in content]
        runs = [(len([*group]), step) for step, group in groupby(round(width, 3) for width in widths[:-1])]
        steps = " ".join(f"g {count} {step}" if count > 1 else f"{step}" for count, step in runs)
        size = round(MM * self._size, 3)
        place = self._placed(x, HEIGHT - y - self._size, sum(widths) / MM, 1.3 * self._size)
        delta = f' DeltaX="{steps}"' if steps else ""
        self._objects.append(
            f'<ofd:TextObject ID="5" Font="3" Size="{size}" {place}>{self._colour()}'
            f'<ofd:TextCode X="0" Y="{size}"{delta}>{escape(content)}</ofd:TextCode></ofd:TextObject>'
        )

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        wide, high = x1 - x0, y0 - y1
        place = self._placed(x0, HEIGHT - y0, wide, high)
        self._objects.append(
            f'<ofd:PathObject ID="6" DrawParam="4" {place}><ofd:AbbreviatedData>M 0 0 L {MM * wide:.3f} {MM * high:.3f}'
            "</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def rect(self, x: float, y: float, width: float, height: float, **_: int) -> None:
        place = self._placed(x, HEIGHT - y - height, width, height)
        wide, high = MM * width, MM * height
        self._objects.append(
            f'<ofd:PathObject ID="6" Fill="true" Stroke="false" {place}>{self._colour()}<ofd:AbbreviatedData>M 0 0 L '
            f"{wide:.3f} 0 L {wide:.3f} {high:.3f} L 0 {high:.3f} C</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def setPageSize(self, size: tuple[float, float]) -> None:
        self._turned = size[0] > size[1]

    def setPageRotation(self, degrees: int) -> None:
        assert degrees in (0, 90)

    def showPage(self) -> None:
        sides = (HEIGHT, WIDTH) if self._turned else (WIDTH, HEIGHT)
        box = f"0 0 {MM * sides[0]:.3f} {MM * sides[1]:.3f}"
        content = layer("".join(self._objects))
        if self._turned:  # a block that is turned as a whole: OFD has no rotation of pages
            inner = f'<ofd:PageBlock ID="7" CTM="0 1 -1 0 {MM * HEIGHT:.3f} 0">{"".join(self._objects)}</ofd:PageBlock>'
            content = layer(inner)
        self.pages.append(f"<ofd:Area><ofd:PhysicalBox>{box}</ofd:PhysicalBox></ofd:Area>{content}")
        self._objects, self._turned = [], False

    def _placed(self, x: float, top: float, width: float, height: float) -> str:
        return f'Boundary="{MM * x:.3f} {MM * top:.3f} {MM * width:.3f} {MM * height:.3f}"'

    def _colour(self) -> str:
        shade = round(255 * self._grey)
        return f'<ofd:FillColor Value="{shade} {shade} {shade}"/>'


class OfdTypesetter(Typesetter):
    """Draws one sample document as an OFD file."""

    def __init__(self, style: Style) -> None:
        super().__init__(style)
        self.canvas: OfdCanvas = OfdCanvas()


def write_ofd(parts: Sequence[Part]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    setter = OfdTypesetter(Style())
    for own in parts:
        if isinstance(own, Prose):
            setter.prose(own.heading, own.lines)
        else:
            setter.sheet(own)
    return ofd_of(setter.canvas.pages)
