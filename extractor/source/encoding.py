"""Bytes → text: what an encoding is by the bytes, whatever a page or a server says of it."""

from __future__ import annotations

import codecs
import email
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BIG5 = re.compile(rb"""charset\s*=\s*["']?big5""", re.IGNORECASE)
MAX_BROKEN = 0.01  # share of a UTF-8 text's characters that a cut or a bad byte may break
# The head of a page that Word or a browser saved with its pictures (MHTML): mail headers before any markup.
_MAIL_HEAD = re.compile(rb"[^<]{0,4000}?^MIME-Version:", re.IGNORECASE | re.MULTILINE)


def saved_page(data: bytes) -> bytes | None:
    """Return the page within a page saved with its pictures; None where the bytes are no such file."""
    if not _MAIL_HEAD.match(data):
        return None
    try:
        for part in email.message_from_bytes(data).walk():
            content = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
            if isinstance(content, bytes):
                return content
    except RecursionError:  # parts within parts, thousands deep: no program writes them
        return None
    return None


def decode_text(data: bytes) -> str:
    """Decode a text by its byte order mark, as UTF-8 if it is that, else as GB18030 (Big5 where it says so).

    A declared charset is not asked: pages that say GB2312 and are UTF-8, and the other way round, are common.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    text = data.decode("utf-8", "replace")
    wide = sum(char > "\x7f" for char in text)
    if text.count("\ufffd") <= MAX_BROKEN * wide:
        return text
    return data.decode("big5hkscs" if _BIG5.search(data[:4096]) else "gb18030", "replace")
