from __future__ import annotations

import pytest

from extractor.notation.text import narrow
from extractor.notation.units import MONEY, YUAN
from extractor.prose.figures import read_figures
from extractor.tables.surroundings import read_surroundings
from extractor.vocabulary.vocabulary import Vocabulary


@pytest.mark.parametrize("unit", YUAN)
def test_every_unit_of_money_is_read_wherever_one_is_printed(unit: str, vocabulary: Vocabulary) -> None:
    assert read_surroundings([f"单位：{unit}"], vocabulary.captions).unit == unit
    assert read_surroundings([f"（{unit}）"], vocabulary.captions).unit == unit
    assert vocabulary.headers.meaning(f"预算数（{unit}）").unit == unit
    (figure,) = read_figures(narrow(f"支出5{unit}，"), vocabulary.phrases.changes.flat)
    assert figure.unit == unit
    assert figure.amount == 5 * YUAN[unit]


def test_longer_units_are_tried_first() -> None:
    assert MONEY.split("|")[-1] == "元"
