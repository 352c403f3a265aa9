"""Word's own footnotes: what cells of tables refer to becomes a mark there, and a line of notes under the table."""

from __future__ import annotations

from typing import Any

from lxml import etree

from extractor.grids.office.docx_display import W
from extractor.notation.marks import raised
from extractor.source.markup import DamagedXml, parse_xml

_NOTE = "注{number}：{text}"


def place_footnotes(root: Any, content: bytes) -> None:
    """Put the number of each footnote where a table refers to it, and its text under the table.

    Args:
        root: The main part; it is changed.
        content: The part `word/footnotes.xml`; empty where a document has none.
    """
    texts = _texts(content)
    references = [e for e in root.iter(f"{W}footnoteReference") if e.get(f"{W}customMarkFollows") is None]
    for number, reference in reversed([*enumerate(references, 1)]):  # each line goes right under its table
        table = next(reversed([*reference.iterancestors(f"{W}tbl")]), None)
        text = texts.get(reference.get(f"{W}id", ""))
        if table is None or text is None:
            continue
        reference.tag, reference.text = f"{W}t", raised(str(number))
        line = etree.Element(f"{W}p")
        etree.SubElement(etree.SubElement(line, f"{W}r"), f"{W}t").text = _NOTE.format(number=number, text=text)
        table.addnext(line)


def _texts(content: bytes) -> dict[str, str]:
    """Return id → text of the footnotes; none of a damaged part."""
    try:
        root = parse_xml(content) if content else None
    except DamagedXml:
        return {}
    notes = root.iter(f"{W}footnote") if root is not None else ()
    return {note.get(f"{W}id", ""): "".join(note.itertext(f"{W}t")).strip() for note in notes}
