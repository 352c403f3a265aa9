"""What is drawn over the cells of an Excel 97 workbook, of which xlrd says nothing: its pictures.

A sheet's records hold its drawings in one run of containers (MS-ODRAW), whose anchors say between which cells each lies;
older programs write a record of its own for each picture.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

_BOUNDSHEET, _BOF, _EOF, _DRAWING, _OBJECT, _CONTINUE = 0x85, 0x809, 0x0A, 0xEC, 0x5D, 0x3C
_KIND, _OF_CELLS = 5, b"\0"  # where the record of a sheet says what it is, and what it says of most
_OLD_PICTURE = 8
_CONTAINER = 0xF  # in a header's first four bits: what follows are its parts
_SHAPE, _ANCHOR = 0xF00A, 0xF010
_PICTURE_FRAME = 75  # a kind of shape
_ACROSS, _DOWN = 1024, 256  # parts of a cell that its inner places are counted in


class Drawing(NamedTuple):
    """The cells whose middle a picture hides, and the one that it begins in."""

    rows: range
    columns: range
    first: tuple[int, int]


def pictures_of(stream: bytes, number: int) -> list[Drawing]:
    """Return the pictures of a sheet.

    Args:
        stream: The workbook's stream.
        number: The sheet's, from 0, those left out that hold no cells but a chart or macros.
    """
    sheets = (data for kind, data in _records(stream, 0) if kind == _BOUNDSHEET and data[_KIND:][:1] == _OF_CELLS)
    starts = [struct.unpack_from("<I", data)[0] for data in sheets]
    found: list[Drawing] = []
    drawn = b""
    before = 0
    for kind, data in _records(stream, starts[number]) if number < len(starts) else ():
        if kind == _DRAWING or (kind == _CONTINUE and before == _DRAWING):
            drawn += data
        elif kind == _OBJECT and len(data) >= 26 and struct.unpack_from("<IH", data) == (1, _OLD_PICTURE):
            found.append(_between(*struct.unpack_from("<8H", data, 10)))
        before = kind
    return [*found, *_in_containers(drawn)]


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part of a workbook's stream, those of parts within it left out."""
    depth = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 1:
            yield kind, stream[start + 4 : start + 4 + length]
        if depth <= 0:
            return
        start += 4 + length


def _in_containers(data: bytes) -> Iterator[Drawing]:
    """Yield the pictures among a run of containers: of each shape, its kind comes before its anchor."""
    place, kind = 0, 0
    while place + 8 <= len(data):
        header, name, length = struct.unpack_from("<HHI", data, place)
        place += 8
        if header & 0xF == _CONTAINER:
            continue
        if name == _SHAPE:
            kind = header >> 4
        elif name == _ANCHOR and length >= 18 and place + 18 <= len(data) and kind == _PICTURE_FRAME:
            yield _between(*struct.unpack_from("<8H", data, place + 2))
        place += length


def _between(left: int, x: int, top: int, y: int, right: int, to_x: int, bottom: int, to_y: int) -> Drawing:
    rows = range(top + (2 * y > _DOWN), bottom + (2 * to_y >= _DOWN))
    return Drawing(rows, range(left + (2 * x > _ACROSS), right + (2 * to_x >= _ACROSS)), (top, left))


def stream_of(data: bytes) -> bytes:
    """Return the stream of a workbook's records; empty where its file has none."""
    from xlrd.compdoc import SIGNATURE, CompDoc, CompDocError  # noqa: PLC0415 - most runs meet no workbook

    if not data.startswith(SIGNATURE):
        return data
    try:
        parts: Any = CompDoc(data, ignore_workbook_corruption=True)
        found = (parts.locate_named_stream(name) for name in ("Workbook", "Book"))
        memory, start, length = next((part for part in found if part[0]), (b"", 0, 0))
    except CompDocError:
        return b""
    return bytes(memory[start : start + length])
