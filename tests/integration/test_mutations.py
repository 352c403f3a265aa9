"""Proof that the proof works: a changed digit in a code table is noticed, and its cell is never proven any more."""

from __future__ import annotations

import sys

import pytest
from support.common import ROOT, SAMPLES

from extractor.vocabulary.vocabulary import Vocabulary

sys.path.insert(0, str(ROOT / "scripts"))
from mutate import measure


@pytest.mark.parametrize("name", ["shanghai-2022-department.pdf", "shanghai-2024-final-accounts.pdf"])
def test_a_changed_digit_is_noticed_and_never_proven(name: str, vocabulary: Vocabulary) -> None:
    digits = [outcome for kind, outcome in measure(SAMPLES / name, vocabulary, 10) if kind == "a digit"]
    assert len(digits) == 10
    assert all(o.noticed and o.located and not o.still_proven for o in digits)
