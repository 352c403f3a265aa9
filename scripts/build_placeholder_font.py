"""Build `extractor/pages/placeholder.ttf`: one square glyph that stands for every Chinese character.

python scripts/build_placeholder_font.py
"""

from __future__ import annotations

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

TARGET = Path(__file__).parent.parent / "extractor" / "pages" / "placeholder.ttf"
FAMILY = "WenQuanYi Micro Hei"  # the name under which PDFium looks for Chinese glyphs on Linux
EM, ASCENT, DESCENT = 1000, 880, -120
BLOCKS = (range(0x21, 0x7F), range(0x2000, 0xD800), range(0xF900, 0xFFEE))
CHINESE_CODE_PAGES = 1 << 18 | 1 << 20  # GB 2312 and Big 5


def square() -> object:
    """Return a glyph that fills the em square."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, DESCENT))
    for corner in ((0, ASCENT), (EM, ASCENT), (EM, DESCENT)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def many_to_one() -> CmapSubtable:
    """Return a character map of format 13: whole blocks to one glyph, in a few bytes."""
    table = CmapSubtable.newSubtable(13)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = {code: "square" for block in BLOCKS for code in block}
    return table


def main() -> None:
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupGlyf({".notdef": square(), "square": square()})
    builder.setupHorizontalMetrics({".notdef": (EM, 0), "square": (EM, 0)})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupCharacterMap({0x4E00: "square"})
    builder.font["cmap"].tables = [many_to_one()]
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular", "fullName": FAMILY, "psName": "Placeholder"})
    builder.setupOS2(usWinAscent=ASCENT, usWinDescent=-DESCENT, ulCodePageRange1=CHINESE_CODE_PAGES)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 0  # the same bytes whenever it is built
    builder.font.recalcTimestamp = False
    builder.save(TARGET)


if __name__ == "__main__":
    main()
