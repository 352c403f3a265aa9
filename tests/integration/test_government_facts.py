"""Government books against figures typed in from the picture: are they read, on their row, for their year, as what?"""

from __future__ import annotations

import tomllib

import pytest
from support.common import ROOT
from support.government_facts import read_books, read_facts, score_of

from extractor.vocabulary.vocabulary import Vocabulary


@pytest.mark.corpus
@pytest.mark.slow
def test_government_books_are_read_as_typed(vocabulary: Vocabulary) -> None:
    facts = read_facts()
    score = score_of(facts, read_books(facts, vocabulary))
    floors = tomllib.loads((ROOT / "tests" / "floors.toml").read_text(encoding="utf-8"))["government_facts"]
    assert {name: share for name, share in score._asdict().items() if share < floors[name]} == {}
