"""One table set in many ways, as PDFs: ruled wholly, in part, or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extractor.pages.page import Page
from extractor.pages.pdfium import open_pdf, read_page

FONT, SIZE, LINE = "STSong-Light", 9.0, 11.0
WIDTH, HEIGHT = 842.0, 595.0
pdfmetrics.registerFont(UnicodeCIDFont(FONT))

Head = tuple[int, int, int, int, str]  # row, column, row span, column span, text
Draw = Callable[["Sheet"], None]


@dataclass
class Sheet:
    """A page to draw on; y grows downwards."""

    canvas: Canvas
    lines: list[tuple[float, float, float, float]] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, align: str = "left", size: float = SIZE) -> None:
        """Set one line; y is its middle."""
        self.canvas.setFont(FONT, size)
        width = pdfmetrics.stringWidth(text, FONT, size)
        left = {"left": x, "right": x - width, "center": x - width / 2}[align]
        self.canvas.drawString(left, HEIGHT - y - 0.36 * size, text)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw one rule as a stroke."""
        self.canvas.setLineWidth(0.5)
        self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)


@dataclass(frozen=True)
class Table:
    """A table to typeset.

    Attributes:
        widths: Column widths in points.
        header: Cells with their spans.
        rows: Texts of the data rows; figures are set right, other texts left, a newline wraps.
        title: Set above, larger.
        unit: Set above at the right side.
        left: Points.
        top: Points.
        height: Points of a row of one line.
        size: Points of type.
        figures_at: Where in a row of several lines one that has fewer begins: `top`, `middle` or `bottom`.
        lower: Points by which figures stand lower than labels.
    """

    widths: Sequence[float]
    header: Sequence[Head]
    rows: Sequence[Sequence[str]]
    title: str = ""
    unit: str = "单位：万元"
    left: float = 50.0
    top: float = 120.0
    height: float = 22.0
    size: float = SIZE
    figures_at: str = "middle"
    lower: float = 0.0

    @property
    def line(self) -> float:
        """Points from a line of a text that wraps to the next."""
        return LINE / SIZE * self.size

    @property
    def xs(self) -> list[float]:
        """Column edges."""
        return [self.left + sum(self.widths[:n]) for n in range(len(self.widths) + 1)]

    @property
    def depth(self) -> int:
        """Number of header rows."""
        return max((row + tall for row, _, tall, _, _ in self.header), default=0)

    @property
    def ys(self) -> list[float]:
        """Row edges, those of the header first."""
        edges = [self.top + self.height * n for n in range(self.depth + 1)]
        for row in self.rows:
            edges.append(edges[-1] + self.height + self.line * max(text.count("\n") for text in row))
        return edges

    def boxes(self) -> list[tuple[float, float, float, float, str, bool]]:
        """Return (x0, top, x1, bottom, text, whether it belongs to the header) of every cell."""
        xs, ys = self.xs, self.ys
        cells = [(xs[c], ys[r], xs[c + w], ys[r + t], text, True) for r, c, t, w, text in self.header]
        for number, row in enumerate(self.rows, self.depth):
            cells += [(xs[c], ys[number], xs[c + 1], ys[number + 1], text, False) for c, text in enumerate(row)]
        return cells

    def texts(self, sheet: Sheet) -> None:
        """Set title, unit and all cells."""
        if self.title:
            sheet.text((self.xs[0] + self.xs[-1]) / 2, self.top - 40, self.title, "center", 16)
        if self.unit:
            sheet.text(self.xs[-1], self.top - 12, self.unit, "right")
        for x0, top, x1, bottom, text, header in self.boxes():
            lines = text.split("\n")
            start = self._first_line(top, bottom, len(lines), "middle" if header else self.figures_at)
            for number, line in enumerate(lines):
                y = start + self.line * number
                if header:
                    sheet.text((x0 + x1) / 2, y, line, "center", self.size)
                elif is_figure(text.replace("\n", "")):
                    sheet.text(x1 - 2, y + self.lower, line, "right", self.size)
                else:
                    indent = len(line) - len(line.lstrip("　"))
                    sheet.text(x0 + 2 + self.size * indent, y, line.lstrip("　"), size=self.size)

    def _first_line(self, top: float, bottom: float, lines: int, place: str) -> float:
        if place == "top":
            return top + self.height / 2
        if place == "bottom":
            return bottom - self.height / 2 - self.line * (lines - 1)
        return (top + bottom) / 2 - self.line * (lines - 1) / 2


def is_figure(text: str) -> bool:
    """Return whether a text is set at the right side."""
    digits = text.replace(",", "").replace(".", "").replace("-", "").removesuffix("%")
    return digits.isdigit() and ("." in text or "," in text or not is_code(text))


def is_code(text: str) -> bool:
    """Return whether a number is set left: a code."""
    return text.isdigit() and len(text) in (3, 5, 7)


def lattice(table: Table, sheet: Sheet, horizontal: bool = True, vertical: bool = True) -> None:
    """Draw every cell's border, or its horizontal or vertical sides alone."""
    for x0, top, x1, bottom, _, _ in table.boxes():
        if horizontal:
            sheet.rule(x0, top, x1, top)
            sheet.rule(x0, bottom, x1, bottom)
        if vertical:
            sheet.rule(x0, top, x0, bottom)
            sheet.rule(x1, top, x1, bottom)


def open_rows(table: Table, sheet: Sheet, every: int = 0, bare: int = 0, bottom: float = 0.0) -> None:
    """Draw frame, header and columns, and no rule between the rows, as government books do.

    Args:
        table: What to draw.
        sheet: Where to.
        every: Rows after which a rule runs through all the same; 0 for none.
        bare: Columns at the left whose header cells have no rule under them.
        bottom: Where the frame ends, in points; 0 for the end of the last row.
    """
    xs, ys = table.xs, table.ys
    end = bottom or ys[-1]
    for x0, top, x1, low, _, header in table.boxes():
        if header:
            sheet.rule(x0, top, x1, top)
            if low < ys[table.depth] or x1 > xs[bare]:
                sheet.rule(x0, low, x1, low)
            sheet.rule(x0, top, x0, low)
            sheet.rule(x1, top, x1, low)
    for x in xs:
        sheet.rule(x, ys[table.depth], x, end)
    ruled = range(table.depth + every, len(ys) - 1, every) if every else ()
    for y in (*([] if table.depth else [ys[0]]), *(ys[n] for n in ruled), end):
        sheet.rule(xs[0], y, xs[-1], y)


def sideways(sheet: Sheet) -> None:
    """Lay the page on its side: what is drawn after this stands turned on a page in portrait."""
    sheet.canvas.setPageSize((HEIGHT, WIDTH))
    sheet.canvas.translate(HEIGHT, 0)
    sheet.canvas.rotate(90)


def three_rules(table: Table, sheet: Sheet) -> None:
    """Draw a rule over and under the header, and one under the table."""
    for y in (table.ys[0], table.ys[table.depth], table.ys[-1]):
        sheet.rule(table.xs[0], y, table.xs[-1], y)


def pdf_of(*draw: Draw) -> bytes:
    """Typeset one page."""
    return pages_of(draw)


def pages_of(*pages: Sequence[Draw]) -> bytes:
    """Typeset a page of each."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True)
    for draw in pages:
        for part in draw:
            part(Sheet(canvas))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def page_of(*draw: Draw) -> Page:
    """Typeset one page and read it."""
    with open_pdf(pdf_of(*draw), "typeset.pdf") as document:
        return read_page(document, 1)


SPENDING = Table(
    widths=(70, 220, 110, 110, 110, 110),
    header=(
        (0, 0, 1, 2, "项目"), (1, 0, 1, 1, "科目编码"), (1, 1, 1, 1, "科目名称"), (0, 2, 2, 1, "合计"),
        (0, 3, 1, 2, "基本支出"), (1, 3, 1, 1, "人员经费"), (1, 4, 1, 1, "公用经费"), (0, 5, 2, 1, "项目支出"),
    ),
    rows=(
        ("", "合计", "9,876.54", "5,432.10", "1,234.56", "3,209.88"),
        ("201", "一般公共服务支出", "8,000.00", "5,000.00", "1,000.00", "2,000.00"),
        ("20103", "　政府办公厅（室）及相关机构事务", "8,000.00", "5,000.00", "1,000.00", "2,000.00"),
        ("2010301", "　　行政运行", "6,000.00", "5,000.00", "1,000.00", ""),
        ("2010399", "　　其他政府办公厅（室）及\n相关机构事务支出", "2,000.00", "", "", "2,000.00"),
        ("208", "社会保障和就业支出", "1,876.54", "432.10", "234.56", "1,209.88"),
        ("20805", "　行政事业单位养老支出", "1,876.54", "432.10", "234.56", "1,209.88"),
    ),
    title="支出预算总表",
)  # fmt: skip
SUMMARY = Table(
    widths=(200, 110, 200, 110),
    header=((0, 0, 1, 2, "收入"), (0, 2, 1, 2, "支出"), (1, 0, 1, 1, "项目"), (1, 1, 1, 1, "预算数"),
            (1, 2, 1, 1, "项目"), (1, 3, 1, 1, "预算数")),
    rows=(
        ("一、一般公共预算拨款收入", "8,123.45", "一、一般公共服务支出", "6,000.00"),
        ("二、政府性基金预算拨款收入", "0.00", "二、教育支出", "123.45"),
        ("三、事业收入", "", "三、社会保障和就业支出", "1,000.00"),
        ("四、其他收入", "76.55", "四、住房保障支出", "1,076.55"),
        ("收入总计", "8,200.00", "支出总计", "8,200.00"),
    ),
    title="收支预算总表",
)  # fmt: skip
