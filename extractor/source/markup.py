"""Parse the XML of documents: nothing in it is fetched, no entity is put in, and want of memory is not taken for damage."""

from __future__ import annotations

from typing import Any

from lxml import etree

from extractor.errors import is_out_of_memory

DamagedXml = etree.XMLSyntaxError


def parse_xml(content: bytes, remove_comments: bool = False) -> Any:
    """Return the root element of a part of a document.

    Raises:
        DamagedXml: It is no XML.
        MemoryError: There is not enough memory for it.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=remove_comments)
    try:
        return etree.fromstring(content, parser)
    except DamagedXml as error:
        if is_out_of_memory(error):
            raise MemoryError from error
        raise
