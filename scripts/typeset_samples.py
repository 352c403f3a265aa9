"""Typeset the PDFs of `samples/` from published figures, in the ways that publishers lay them out.

python scripts/typeset_samples.py [--check]
"""

from __future__ import annotations

import io
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT, SIZE, LINE = "STSong-Light", 9.0, 11.0
WIDTH, HEIGHT = landscape(A4)
LEFT, TOP, FLOOR = 50.0, 120.0, 60.0
HERE = Path(__file__).parent

Cell = tuple[int, int, int, int, str]  # row, column, row span, column span, text


@dataclass(frozen=True)
class Style:
    """How a publisher draws: filled or stroked rules, headers repeated or not, fake bold."""

    filled: bool = True
    repeat_header: bool = True
    bold: bool = False
    open_top: bool = False


@dataclass(frozen=True)
class Sheet:
    """One table: its title lines, header cells, column widths and rows."""

    title: str
    agency: str
    unit: str
    header: Sequence[Cell]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    split_total: bool = False  # a page of its own for the last row
    turned: bool = False  # /Rotate 90
    breaks: Sequence[int] = field(default=())  # rows before which a page ends


@dataclass(frozen=True)
class Prose:
    """A page without a table: a heading and lines."""

    heading: str
    lines: Sequence[str]


Part = Prose | Sheet


class Typesetter:
    """Draws one sample document."""

    def __init__(self, style: Style) -> None:
        """Open a canvas that gives the same bytes every time."""
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=(WIDTH, HEIGHT), invariant=1)
        self.style = style

    def text(self, x: float, y: float, text: str, size: float = SIZE, right: bool = False) -> None:
        """Draw one line with its baseline at y points from the page's top."""
        self.canvas.setFont(FONT, size)
        width = pdfmetrics.stringWidth(text, FONT, size)
        for shift in (0.0, 0.3) if self.style.bold and size > SIZE else (0.0,):
            self.canvas.drawString((x - width if right else x) + shift, HEIGHT - y, text)

    def prose(self, heading: str, lines: Sequence[str]) -> None:
        """Set a page of prose."""
        self.text(WIDTH / 2 - 100, 90, heading, 16)
        for number, line in enumerate(lines):
            self.text(LEFT + 20, 130 + 20 * number, line, 11)
        self.canvas.showPage()

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw one rule, as a thin filled rectangle or as a stroke."""
        if self.style.filled:
            self.canvas.rect(x0 - 0.25, HEIGHT - y1 - 0.25, x1 - x0 + 0.5, y1 - y0 + 0.5, stroke=0, fill=1)
        else:
            self.canvas.setLineWidth(0.5)
            self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    def cell(self, box: tuple[float, float, float, float], text: str, ruled_top: bool = True) -> None:
        """Draw a cell with its borders; text that is too wide wraps, an amount too."""
        x0, top, x1, bottom = box
        if ruled_top:
            self.rule(x0, top, x1, top)
        for a, b, c, d in ((x0, bottom, x1, bottom), (x0, top, x0, bottom), (x1, top, x1, bottom)):
            self.rule(a, b, c, d)
        lines = wrapped(text, x1 - x0 - 4)
        start = (top + bottom) / 2 - LINE * len(lines) / 2 + LINE * 0.8
        amount = text.replace(",", "").replace(".", "").isdigit() and ("," in text or "." in text)
        for number, line in enumerate(lines):
            self.text(x1 - 2 if amount else x0 + 2, start + LINE * number, line, right=amount)

    def sheet(self, sheet: Sheet) -> None:
        """Set one table over as many pages as it takes."""
        edges = [LEFT]
        for width in sheet.widths:
            edges.append(edges[-1] + width)
        depth = max(c[0] + c[2] for c in sheet.header)
        page_start = True
        y = self.head(sheet, edges, depth)
        for number, row in enumerate(sheet.rows):
            lines = max(len(wrapped(t, w - 4)) for t, w in zip(row, sheet.widths, strict=True))
            height = LINE * lines + 8
            last = sheet.split_total and number == len(sheet.rows) - 1
            if y + height > HEIGHT - FLOOR or last or number in sheet.breaks:
                self.canvas.showPage()
                y = self.header(sheet, edges, 60.0) if self.style.repeat_header else 60.0
                page_start = not self.style.repeat_header
            elif number:
                page_start = False
            total = row[0] == "合计" and row[1] == "" and len(row) > 4
            self.row(
                row,
                edges,
                (y, y + height),
                4 if total and row[3] == "" else 1,
                not (page_start and self.style.open_top and number),
            )
            y += height
        for number, note in enumerate(sheet.notes):
            self.text(LEFT, y + 16 + 14 * number, note)
        if sheet.turned:
            self.canvas.setPageSize((HEIGHT, WIDTH))  # a rotation exchanges both, and would cut the table off
            self.canvas.setPageRotation(90)
        self.canvas.showPage()
        self.canvas.setPageRotation(0)
        self.canvas.setPageSize((WIDTH, HEIGHT))

    def row(
        self, row: Sequence[str], edges: Sequence[float], span: tuple[float, float], first: int, ruled: bool
    ) -> None:
        """Draw one row; its first cell may cover several columns."""
        self.cell((edges[0], span[0], edges[first], span[1]), row[0], ruled)
        for column in range(first, len(row)):
            self.cell((edges[column], span[0], edges[column + 1], span[1]), row[column], ruled)

    def head(self, sheet: Sheet, edges: Sequence[float], depth: int) -> float:
        """Draw title, agency, unit and header; returns where the rows begin."""
        self.text((edges[0] + edges[-1]) / 2 - 8 * len(sheet.title), 60, sheet.title, 16)
        if sheet.agency:
            self.text(edges[0], TOP - 16, sheet.agency)
        self.text(edges[-1], TOP - 16, f"单位：{sheet.unit}", right=True)
        return self.header(sheet, edges, TOP) if depth else TOP

    def header(self, sheet: Sheet, edges: Sequence[float], top: float) -> float:
        """Draw the header over its grey background; returns its bottom."""
        depth = max(c[0] + c[2] for c in sheet.header)
        height = 24.0
        self.canvas.setFillGray(0.85)
        self.canvas.rect(
            edges[0], HEIGHT - top - depth * height, edges[-1] - edges[0], depth * height, stroke=0, fill=1
        )
        self.canvas.setFillGray(0)
        for row, column, tall, wide, text in sheet.header:
            self.cell((edges[column], top + row * height, edges[column + wide], top + (row + tall) * height), text)
        return top + depth * height

    def bytes(self) -> bytes:
        """Close the document."""
        self.canvas.save()
        return self.buffer.getvalue()


def wrapped(text: str, width: float) -> list[str]:
    """Break a text wherever the width ends, as spreadsheets do."""
    lines, line = [], ""
    for char in text:
        if line and pdfmetrics.stringWidth(line + char, FONT, SIZE) > width:
            lines.append(line)
            line = ""
        line += char
    return [*lines, line]


def figures(name: str) -> dict[str, list[list[str]]]:
    """Read one file of figures."""
    tables = tomllib.loads((HERE / "sample_figures" / f"{name}.toml").read_text(encoding="utf-8"))
    return {key: [line.split("|") for line in text.strip().splitlines()] for key, text in tables.items()}


STUB: tuple[Cell, ...] = (
    (0, 0, 1, 4, "项目"), (1, 0, 1, 3, "功能分类科目编码"), (1, 3, 2, 1, "功能分类科目名称"),
    (2, 0, 1, 1, "类"), (2, 1, 1, 1, "款"), (2, 2, 1, 1, "项"),
)  # fmt: skip
SPENDING: tuple[Cell, ...] = ((1, 4, 2, 1, "合计"), (1, 5, 2, 1, "基本支出"), (1, 6, 2, 1, "项目支出"))
WIDE, NARROW = (34.0, 28.0, 28.0, 230.0, 120.0, 120.0, 120.0), (34.0, 28.0, 28.0, 230.0, 120.0, 44.0, 120.0)


def shanghai_sheets(year: int, agency: str, kind: str, data: dict[str, list[list[str]]], narrow: bool) -> list[Sheet]:
    """Return the nine tables of a Shanghai budget; `narrow` wraps one column's amounts inside their cells."""

    def spending(title: str, group: str, rows: list[list[str]], **more: object) -> Sheet:
        header = (*STUB, (0, 4, 1, 3, group), *SPENDING)
        return Sheet(f"{year}年{kind}{title}", agency, "元", header, NARROW if narrow else WIDE, rows, **more)  # type: ignore[arg-type]

    empty = [["合计", "", "", "", "", "", ""]]
    return [
        Sheet(f"{year}年{kind}财务收支预算总表", agency, "元", (
            (0, 0, 1, 2, "本年收入"), (0, 2, 1, 2, "本年支出"), (1, 0, 1, 1, "项目"), (1, 1, 1, 1, "预算数"),
            (1, 2, 1, 1, "项目"), (1, 3, 1, 1, "预算数"),
        ), (220, 120, 220, 120), data["summary"]),
        Sheet(f"{year}年{kind}收入预算总表", agency, "元", (
            *STUB, (0, 4, 1, 5, "收入预算"), (1, 4, 2, 1, "合计"), (1, 5, 2, 1, "财政拨款收入"), (1, 6, 2, 1, "事业收入"),
            (1, 7, 2, 1, "事业单位经营收入"), (1, 8, 2, 1, "其他收入"),
        ), (34, 28, 28, 200, 90, 90, 80, 90, 80), data["revenue"]),
        spending("支出预算总表", "支出预算", data["expenditure"], split_total=narrow),
        Sheet(f"{year}年{kind}财政拨款收支预算总表", agency, "元", (
            (0, 0, 1, 2, "财政拨款收入"), (0, 2, 1, 3, "财政拨款支出"), (1, 0, 1, 1, "项目"), (1, 1, 1, 1, "预算数"),
            (1, 2, 1, 1, "项目"), (1, 3, 1, 1, "合计"), (1, 4, 1, 1, "一般公共预算"),
        ), (180, 120, 180, 120, 120), data["appropriation"]),
        spending("一般公共预算支出功能分类预算表", "一般公共预算支出", data["general_public_budget"], breaks=(9,)),
        spending("政府性基金预算支出功能分类预算表", "政府性基金预算支出", empty),
        spending("国有资本经营预算支出功能分类预算表", "国有资本经营预算支出", empty),
        Sheet(f"{year}年{kind}一般公共预算基本支出部门预算经济分类预算表", agency, "元", (
            (0, 0, 1, 3, "项目"), (0, 3, 1, 3, "一般公共预算基本支出"), (1, 0, 1, 2, "经济分类科目编码"),
            (1, 2, 2, 1, "部门经济分类科目名称"), (2, 0, 1, 1, "类"), (2, 1, 1, 1, "款"), (1, 3, 2, 1, "合计"),
            (1, 4, 2, 1, "人员经费"), (1, 5, 2, 1, "公用经费"),
        ), (50, 50, 240, 120, 120, 120), data["economic"]),
        Sheet(f"{year}年{kind}“三公”经费和机关运行经费预算表", agency, "万元", (
            (0, 0, 1, 6, "“三公”经费预算数"), (0, 6, 3, 1, "机关运行经费预算数"), (1, 0, 2, 1, "合计"),
            (1, 1, 2, 1, "因公出国(境)费"), (1, 2, 2, 1, "公务接待费"), (1, 3, 1, 3, "公务用车购置及运行费"),
            (2, 3, 1, 1, "小计"), (2, 4, 1, 1, "购置费"), (2, 5, 1, 1, "运行费"),
        ), (100, 100, 100, 100, 100, 100, 120), data["three_public"], turned=narrow),
    ]  # fmt: skip


def shanghai_budget(year: int, level: str, data: dict[str, list[list[str]]], narrow: bool) -> list[Part]:
    """Return a whole Shanghai budget, cover and explanations first."""
    name = "上海市示例合作交流办公室"
    agency = f"编制{level}：{name}"
    total = int(data["expenditure"][-1][4].replace(",", "")) / 10_000
    kind = "部门" if level == "部门" else "预算单位"
    return [
        Prose(f"上海市{year}年{level}预算", [f"预算{'主管部门' if level == '部门' else '单位'}：{name}"]),
        Prose(
            f"{year}年{level}预算编制说明", [f"{year}年，本{level}收入预算{total:,.0f}万元，支出预算{total:,.0f}万元。"]
        ),
        *shanghai_sheets(year, agency, kind, data, narrow),
    ]


def typeset(parts: Sequence[Part], style: Style) -> bytes:
    """Set a document as a PDF, each part on pages of its own."""
    setter = Typesetter(style)
    for part in parts:
        if isinstance(part, Prose):
            setter.prose(part.heading, part.lines)
        else:
            setter.sheet(part)
    return setter.bytes()


def planted(data: dict[str, list[list[str]]]) -> dict[str, list[list[str]]]:
    """Return the figures with one digit of one 项 row changed and a 三公 total that is not the sum of its parts."""
    wrong = {key: [list(row) for row in rows] for key, rows in data.items()}
    row = next(r for r in wrong["expenditure"] if r[:3] == ["208", "05", "05"])
    row[4], row[5] = row[4].replace("2,793,270", "2,793,970"), row[5].replace("2,793,270", "2,793,970")
    wrong["three_public"][0][0] = "587.60"
    return wrong


def final_account() -> list[Part]:
    """Return the final-accounts set in 万元: merged codes, 合计 first, two row headers side by side, pairs of columns."""
    data = figures("shanghai-2024-final")
    cover = Prose("上海市示例财政服务中心2024年度部门决算", ["部门名称：上海市示例财政服务中心"])
    pairs = ("合计", "因公出国（境）费", "小计", "公务用车购置费", "公务用车运行费", "公务接待费")
    expenditure = Sheet("一般公共预算财政拨款支出决算表", "", "万元", (
        (0, 0, 1, 2, "项目"), (1, 0, 1, 1, "科目编码"), (1, 1, 1, 1, "科目名称"), (0, 2, 2, 1, "合计"),
        (0, 3, 2, 1, "基本支出"), (0, 4, 2, 1, "项目支出"),
    ), (90, 260, 110, 110, 110), data["expenditure"], ("注：本表反映本年度一般公共预算财政拨款支出情况。",))  # fmt: skip
    economic = Sheet("一般公共预算财政拨款基本支出决算表", "", "万元", tuple(
        (0, 3 * side + column, 1, 1, text) for side in (0, 1)
        for column, text in enumerate(("经济分类科目编码", "科目名称", "决算数"))
    ), (90, 180, 90, 90, 180, 90), data["economic"])  # fmt: skip
    three_public = Sheet("财政拨款“三公”经费支出决算表", "", "万元", (
        (0, 0, 2, 2, pairs[0]), (0, 2, 2, 2, pairs[1]), (0, 4, 1, 6, "公务用车购置及运行费"), (1, 4, 1, 2, pairs[2]),
        (1, 6, 1, 2, pairs[3]), (1, 8, 1, 2, pairs[4]), (0, 10, 2, 2, pairs[5]),
        *((2, column, 1, 1, "决算数" if column % 2 else "预算数") for column in range(12)),
    ), (58,) * 12, data["three_public"])  # fmt: skip
    return [cover, expenditure, economic, three_public]


def documents() -> dict[str, bytes]:
    """Return every sample by file name."""
    data = figures("shanghai-2022")
    stroked = Style(filled=False, repeat_header=False, open_top=True, bold=True)
    return {
        "shanghai-2022-department.pdf": typeset(shanghai_budget(2022, "部门", data, narrow=False), Style()),
        "shanghai-2026-unit.pdf": typeset(shanghai_budget(2026, "单位", data, narrow=True), stroked),
        "shanghai-2025-planted-errors.pdf": typeset(
            shanghai_budget(2025, "单位", planted(data), narrow=False), Style()
        ),
        "shanghai-2024-final-accounts.pdf": typeset(final_account(), Style(filled=False)),
    }


def main(arguments: list[str]) -> int:
    """Write the samples, or with `--check` report whether they would change."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    folder = HERE.parent / "samples"
    stale = []
    for name, content in documents().items():
        target = folder / name
        if not target.is_file() or target.read_bytes() != content:
            stale.append(name)
            if "--check" not in arguments:
                target.write_bytes(content)
    print(", ".join(stale) or "nothing to write")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
