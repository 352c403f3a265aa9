"""Damaged PDFs: what is said of one that nobody can open."""

from __future__ import annotations

import io

import pikepdf
import pytest

from extractor.errors import NotADocumentError
from extractor.pages.damage import save_again


def without_pages() -> bytes:
    document, out = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.save(out)
    return out.getvalue().replace(b"/Kids", b"/Kidz")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7\n" + b"x" * 99, "the list of its objects, which is at its end, is lost"),
        (without_pages(), "its list of pages is damaged"),
    ],
)
def test_what_is_damaged_is_said_in_plain_words(data: bytes, reason: str) -> None:
    with pytest.raises(NotADocumentError) as raised:
        save_again(data, "预算.pdf")
    assert str(raised.value) == (
        f"预算.pdf: begins like a PDF, but cannot be opened ({reason}); it is truncated or damaged: download it again"
    )
