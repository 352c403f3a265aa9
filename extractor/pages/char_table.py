"""Sets of characters as tables by code: which characters of a page are in one is looked up for all of them at once."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def codes_of(text: str) -> NDArray[np.uint32]:
    """Return the code of each character."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def text_of(codes: NDArray[np.uint32]) -> str:
    """Return the characters of codes."""
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def char_table(chars: str) -> Flags:
    """Return for each code whether its character is one of these."""
    table = np.zeros(sys.maxunicode + 1, bool)
    table[codes_of(chars)] = True
    return table


DIGITS = char_table("0123456789")
