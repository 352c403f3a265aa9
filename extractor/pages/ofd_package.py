"""An OFD file (GB/T 33190, the national layout format), a zip of XML → its pages, and the parts that they refer to.

Element names are taken without their namespace: programs write several.
"""

from __future__ import annotations

import math
import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from extractor.errors import DocumentError, EncryptedError, NotADocumentError
from extractor.pages.page import Box
from extractor.pages.pdfium import MAX_PAGES
from extractor.source.archive import open_container, read_part
from extractor.source.markup import DamagedXml, parse_xml

FARTHEST = 1e6  # millimetres: what lies beyond is on no page
A4 = Box(0.0, 0.0, 210.0, 297.0)  # millimetres
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_LAYERS = {"Background": 0, "Body": 1, "Foreground": 2}
_WATERMARK = "Watermark"  # of an annotation: it lies over the table and belongs to none of its cells


class Part(NamedTuple):
    """An element, and the folder that its locations start from."""

    element: Any
    folder: str


@dataclass(frozen=True, slots=True)
class OfdPage:
    """What one page draws.

    Attributes:
        box: Its paper, in millimetres.
        shown: The part of it that is displayed; None where it is all.
        blocks: Its layers and annotations in the order of drawing: each a block of objects.
        resources: Fonts, drawing parameters, pictures and composite units by their ids.
    """

    box: Box
    shown: Box | None
    blocks: list[Any]
    resources: dict[str, Part]


@dataclass(slots=True)
class _Document:
    """One document of a package; a package may hold several."""

    folder: str
    box: Box
    shown: Box | None
    resources: dict[str, Part]
    templates: dict[str, str]  # id → location
    annotations: dict[str, list[Part]] = field(default_factory=dict)  # page id → where its annotations are


class OfdPackage:
    """An open OFD file.

    Attributes:
        pages: Its pages, of all of its documents.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive, self._name = archive, name
        self._members = {_plain(info.filename): info.filename for info in archive.infolist()}
        self.pages = [*self._find_pages()]
        if not self.pages:
            raise NotADocumentError(f"{name}: an OFD file without pages; expected at least one: download it again")
        if len(self.pages) > MAX_PAGES:
            raise DocumentError(
                f"{name}: has {len(self.pages):,} pages; expected at most {MAX_PAGES:,}: split it into documents"
            )

    def read_page(self, number: int) -> OfdPage:
        """Read what a page draws.

        Args:
            number: 1-based.

        Raises:
            NotADocumentError: A part of it is missing or damaged.
        """
        document, entry = self.pages[number - 1]
        part = self._xml(entry.get("BaseLoc", ""), document.folder)
        area = find(part.element, "Area")
        resources = {**document.resources}
        behind: list[Any] = []
        before: list[Any] = []
        for template in every(part.element, "Template"):
            location = document.templates.get(template.get("TemplateID", ""))
            if location is not None:
                own = self._xml(location, document.folder)
                resources |= self._resources(own.element, "PageRes", own.folder)
                (before if template.get("ZOrder") == "Foreground" else behind).extend(_layers(own.element))
        resources |= self._resources(part.element, "PageRes", part.folder)
        blocks = [*behind, *_layers(part.element), *before, *self._appearances(document, entry.get("ID", ""))]
        box = box_of(area, "PhysicalBox") or document.box
        return OfdPage(box, box_of(area, "ApplicationBox") or document.shown, blocks, resources)

    def content(self, location: str, folder: str) -> bytes | None:
        """Return what is at a location, None where nothing is or it is damaged."""
        member = self._member(location, folder)
        try:
            return None if member is None else self._archive.read(member)
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
            return None

    def _find_pages(self) -> Iterator[tuple[_Document, Any]]:
        root = self._xml("OFD.xml", "")
        for body in every(root.element, "DocBody"):
            location = find(body, "DocRoot")
            part = self._xml(text_of(location), "")
            document = self._document(part)
            for entry in every(find(part.element, "Pages"), "Page"):
                yield document, entry

    def _document(self, part: Part) -> _Document:
        common = find(part.element, "CommonData")
        area = find(common, "PageArea")
        resources = {
            **self._resources(common, "PublicRes", part.folder),
            **self._resources(common, "DocumentRes", part.folder),
        }
        templates = {t.get("ID", ""): t.get("BaseLoc", "") for t in every(common, "TemplatePage")}
        box = box_of(area, "PhysicalBox") or A4
        document = _Document(part.folder, box, box_of(area, "ApplicationBox"), resources, templates)
        for listed in every(part.element, "Annotations"):
            index = self._xml(text_of(listed), part.folder)
            for page in every(index.element, "Page"):
                own = document.annotations.setdefault(page.get("PageID", ""), [])
                own.extend(Part(location, index.folder) for location in every(page, "FileLoc"))
        return document

    def _resources(self, parent: Any, tag: str, folder: str) -> dict[str, Part]:
        """Return id → resource of the resource files that an element names."""
        found: dict[str, Part] = {}
        for location in every(parent, tag):
            part = self._xml(text_of(location), folder)
            base = posixpath.join(part.folder, part.element.get("BaseLoc", ""))
            found |= {own.get("ID", ""): Part(own, base) for group in part.element for own in elements(group)}
        return found

    def _appearances(self, document: _Document, page_id: str) -> Iterator[Any]:
        """Yield what the annotations of a page draw."""
        for location in document.annotations.get(page_id, ()):
            for annotation in every(self._xml(text_of(location.element), location.folder).element, "Annot"):
                if not is_off(annotation.get("Visible")) and annotation.get("Type") != _WATERMARK:
                    yield from every(annotation, "Appearance")

    def _xml(self, location: str, folder: str) -> Part:
        """Return a part's root element, and its folder.

        Raises:
            NotADocumentError: It is missing, damaged or hostile.
        """
        member = self._member(location, folder)
        content = read_part(self._archive, member or location, self._name)
        try:
            root = parse_xml(content, remove_comments=True)
        except DamagedXml as error:
            raise NotADocumentError(
                f"{self._name}: its part {location} is damaged ({error}); download it again"
            ) from error
        return Part(root, posixpath.dirname(_plain(member or location)))

    def _member(self, location: str, folder: str) -> str | None:
        """Return the member at a location: from the root, from a folder, or, as some programs write it, from the root after all."""
        places = [location] if location.startswith(("/", "\\")) else [f"{folder}/{location}", location]
        return next((self._members[p] for p in map(_plain, places) if p in self._members), None)


@contextmanager
def open_ofd(data: bytes, name: str) -> Iterator[OfdPackage]:
    """Open an OFD file for reading.

    Args:
        data: The package.
        name: How error messages call the file.

    Raises:
        EncryptedError: Its parts are encrypted.
        NotADocumentError: It is damaged or hostile, or has no pages.
        DocumentError: It has more pages than any budget.
    """
    with open_container(data, name) as archive:
        if any(_plain(member) == "encryptions.xml" for member in archive.namelist()):  # GM/T 0099
            raise EncryptedError(
                f"{name}: asks for a password; expected an OFD file that opens without one: remove its password first"
            )
        yield OfdPackage(archive, name)


def elements(parent: Any) -> Iterator[Any]:
    """Yield an element's children, comments and instructions left out."""
    return (child for child in (() if parent is None else parent) if isinstance(child.tag, str))


def tag_of(element: Any) -> str:
    """Return an element's name without its namespace."""
    tag: str = element.tag
    return tag.rpartition("}")[2]


def every(parent: Any, tag: str) -> Iterator[Any]:
    """Yield an element's children of a name."""
    return (child for child in elements(parent) if tag_of(child) == tag)


def find(parent: Any, tag: str) -> Any:
    """Return an element's first child of a name, or None."""
    return next(every(parent, tag), None)


def text_of(element: Any) -> str:
    """Return an element's text, trimmed."""
    return (element.text or "").strip() if element is not None else ""


def is_off(flag: str | None, default: bool = False) -> bool:
    """Return whether a flag says no."""
    return default if flag is None else flag.strip().lower() in ("false", "0")


def number(text: str | None, default: float) -> float:
    """Return a number that a part states; where it states none, the default."""
    return next(iter(numbers(text)), default)


def numbers(text: str | None) -> list[float]:
    """Return the numbers of a list, those beyond all paper at its end."""
    return [float_of(match) for match in _NUMBER.findall(text or "")]


def float_of(text: str) -> float:
    """Return a number within what lies on paper."""
    value = float(text)
    return max(-FARTHEST, min(FARTHEST, value)) if math.isfinite(value) else 0.0


def box_of(element: Any, tag: str) -> Box | None:
    """Return a box (left, top, width, height) that an element's child states, None where it states none."""
    sides = numbers(text_of(find(element, tag)))
    if len(sides) != 4 or min(sides[2:]) <= 0:
        return None
    return Box(sides[0], sides[1], sides[0] + sides[2], sides[1] + sides[3])


def _layers(page: Any) -> list[Any]:
    """Return a page's layers in the order of drawing."""
    layers = [layer for content in every(page, "Content") for layer in every(content, "Layer")]
    return sorted(layers, key=lambda layer: _LAYERS.get(layer.get("Type", "Body"), 1))


def _plain(location: str) -> str:
    """Return a location from the root of the package; some programs write backslashes, and other cases than the zip's."""
    return posixpath.normpath("/" + location.replace("\\", "/")).lstrip("/").lower()
