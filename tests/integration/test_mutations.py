"""Proof that the proof works: a changed digit in a code table is noticed, and its cell never proven any more; so is what is lost."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from support.common import ROOT, SAMPLES

from extractor.vocabulary.vocabulary import Vocabulary

sys.path.insert(0, str(ROOT / "scripts"))
from mutate import measure

EACH = 10


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", ["shanghai-2022-department.pdf", "shanghai-2024-final-accounts.pdf"])
def test_a_changed_digit_and_a_lost_row_or_page_are_noticed(name: str, vocabulary: Vocabulary) -> None:
    outcomes = list(measure(SAMPLES / name, vocabulary, EACH))
    digits = [outcome for kind, outcome in outcomes if kind == "a digit"]
    assert len(digits) == EACH
    assert all(o.noticed and o.located and not o.still_proven for o in digits)
    lost = [(kind, outcome.noticed) for kind, outcome in outcomes if kind.endswith("lost")]
    assert Counter(kind for kind, _ in lost) == {"a row lost": EACH, "a page lost": EACH // 4}
    assert all(noticed for _, noticed in lost)
