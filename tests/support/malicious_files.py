"""Files made to harm their reader, each by one line of a table; none is kept in the repository."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf

FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
MEGABYTE = 1 << 20


def pdf(objects: Sequence[bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Make a PDF of numbered objects, the first one its catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer\n<</Size %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start))


def stream(content: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (len(packed), entries, packed)


def one_page(content: bytes, resources: bytes = b"/Font<</F 5 0 R>>", box: bytes = b"0 0 595 842") -> list[bytes]:
    """Return the objects of a document of one page: 4 is its content, 5 its font; more may follow."""
    return [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Resources<<%s>>/Contents 4 0 R>>" % (box, resources),
        content,
        FONT,
    ]


def repeated(unit: bytes, count: int, levels: int) -> bytes:
    """Return a stream that unpacks to `count` units, compressed again and again: a gibibyte of blanks in 2 kB."""
    packed = zlib.compressobj(9)
    block = unit * max(1, MEGABYTE // len(unit))
    parts = [packed.compress(block) for _ in range(count * len(unit) // len(block))]
    content = b"".join(parts) + packed.flush()
    for _ in range(levels - 1):
        content = zlib.compress(content, 9)
    filters = b"/FlateDecode" * levels
    return b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(content), filters, content)


def flate_bomb() -> bytes:
    return pdf(one_page(repeated(b" ", 1 << 30, 2)))


def many_operators() -> bytes:
    return pdf(one_page(repeated(b"1 1 m 9 9 l S\n", 10_000_000, 2)))  # 30 million operators


def nested_forms() -> bytes:
    forms = [
        stream(b"/X Do " * 10, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % (n + 7))
        for n in range(12)
    ]
    last = stream(b"0 0 m 9 9 l S", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    return pdf([*one_page(stream(b"/X Do " * 10), b"/XObject<</X 6 0 R>>"), *forms, last])


def form_within_itself() -> bytes:
    form = stream(b"/X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>")
    return pdf([*one_page(stream(b"/X Do"), b"/XObject<</X 6 0 R>>"), form])


def many_characters() -> bytes:
    lines = (b"1 0 0 1 9 %d Tm (%s) Tj\n" % (9 + 4 * n, b"1234567 " * 1250) for n in range(200))
    return pdf(one_page(stream(b"BT /F 1 Tf " + b"".join(lines) + b"ET")))  # 2 million


def page_loop() -> bytes:
    objects = one_page(stream(b""))
    objects[1] = b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>"
    return pdf(objects)


def deep_tree(depth: int = 50_000) -> bytes:
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (n + 3) for n in range(depth)]
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", *nodes, b"<</Type/Page/MediaBox[0 0 9 9]>>"])


def reference_loop() -> bytes:
    file = pdf(one_page(stream(b"")))
    start = file.rindex(b"xref\n0")
    return file.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start)


def huge_page() -> bytes:
    return pdf(one_page(stream(b"BT /F 9 Tf 9 9 Td (1) Tj ET"), box=b"0 0 2000000 2000000"))


def many_rectangles() -> bytes:
    boxes = b"".join(b"%d %d 2 2 re S\n" % (n % 245 * 2.4, n // 245 * 3.4) for n in range(60_000))
    return pdf(one_page(stream(boxes)))


def many_rules(count: int = 3000) -> bytes:
    across = b"".join(b"0 %.2f m 14000 %.2f l S\n" % (n * 4.6, n * 4.6) for n in range(count))
    down = b"".join(b"%.2f 0 m %.2f 14000 l S\n" % (n * 4.6, n * 4.6) for n in range(count))
    words = b"BT /F 9 Tf 9 9 Td (1 2 3 4) Tj ET"  # a page without any is taken for a picture
    return pdf(one_page(stream(across + down + words), box=b"0 0 14000 14000"))


def unended_image() -> bytes:
    return pdf(one_page(stream(b"BI /W 99999 /H 99999 /BPC 8 /CS /RGB ID " + b"x" * 100_000)))


def wide_unicode_map() -> bytes:
    ranges = (
        b"1 beginbfrange <00000000> <7fffffff> <0041> endbfrange\n1 begincodespacerange <00> <ff> endcodespacerange"
    )
    objects = one_page(stream(b"BT /F 9 Tf 9 9 Td (1 2 3 4) Tj ET"))
    objects[4] = FONT[:-2] + b"/ToUnicode 6 0 R>>"
    return pdf([*objects, stream(b"/CIDInit/ProcSet findresource begin begincmap " + ranges + b" endcmap end")])


def surrogates() -> bytes:
    """Text that maps to halves of characters, and to none."""
    ranges = b"3 beginbfchar <31> <d800> <32> <dc00> <33> <ffffffff> endbfchar 1 begincodespacerange <00> <ff> endcodespacerange"
    objects = one_page(stream(b"BT /F 9 Tf 9 9 Td (1 2 3 4 5) Tj ET"))
    objects[4] = FONT[:-2] + b"/ToUnicode 6 0 R>>"
    return pdf([*objects, stream(b"begincmap " + ranges + b" endcmap")])


def many_pages(count: int = 200_000) -> bytes:
    kids = b" ".join([b"3 0 R"] * count)
    objects = one_page(stream(b"BT /F 9 Tf 9 9 Td (1) Tj ET"))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)
    return pdf(objects)


def claims_many_pages() -> bytes:
    objects = one_page(stream(b""))
    objects[1] = b"<</Type/Pages/Kids[3 0 R]/Count 2000000000>>"
    return pdf(objects)


def no_pages() -> bytes:
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"])


def encrypted(path: Path, sample: Path, user: str) -> None:
    with pikepdf.open(sample) as document:
        document.save(path, encryption=pikepdf.Encryption(owner="owner", user=user))


def without_trailer(file: bytes) -> bytes:
    """Return a file that PDFium refuses and qpdf repairs: its objects are there, the way to them is not."""
    return file.replace(b"startxref", b"startxxxx").replace(b"trailer", b"trxxler")


FILES: dict[str, Callable[[], bytes]] = {
    f.__name__: f
    for f in (
        flate_bomb,
        many_operators,
        nested_forms,
        form_within_itself,
        many_characters,
        page_loop,
        deep_tree,
        reference_loop,
        huge_page,
        many_rectangles,
        many_rules,
        unended_image,
        wide_unicode_map,
        surrogates,
        many_pages,
        claims_many_pages,
        no_pages,
    )
}
