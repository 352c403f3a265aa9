"""Digits of a PDF's page in red: where the document says that such figures are below zero, they have no sign to say so."""

from __future__ import annotations

import re

import numpy as np

from extractor.notation.figures import RED, SIGN
from extractor.pages import pdfium_calls as calls
from extractor.pages.char_table import DIGITS, Flags, codes_of

_TOLD = re.compile(rf"\d+(?=\s?[年号〕])|(?:{SIGN}|[负(（])[\d,.]+")  # what no colour makes another figure


def find_red_digits(texts: calls.Handles, owners: calls.Handles, text: str) -> Flags:
    """Return which characters are digits in red of figures without a sign.

    Args:
        texts: A page's text objects.
        owners: The text object of each of its characters.
        text: Its characters.
    """
    found: Flags = unsigned_digits(text) & np.isin(owners, _red(texts))
    return found


def _red(texts: calls.Handles) -> calls.Handles:
    """Return the text objects in red."""
    colours, plain = calls.four_of_each(calls.fill_colour_of, texts, np.uint32)
    reds: calls.Handles = texts[plain & (colours[:, 0] > RED[0]) & (colours[:, 1:3].max(axis=1) < RED[1])]
    return reds


def unsigned_digits(text: str) -> Flags:
    """Return which characters are digits, but for those of figures with a sign, of years and of numbers of documents (〔2026〕5号)."""
    digits: Flags = DIGITS[codes_of(text)]
    for match in _TOLD.finditer(text):
        digits[slice(*match.span())] = False
    return digits
