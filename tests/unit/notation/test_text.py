from __future__ import annotations

import pytest

from extractor.notation.text import clean, fold, narrow, printed


def test_a_text_for_matching_is_folded_and_has_no_blanks() -> None:
    assert clean("　（部⻔）\n ２０２６ ：") == "(部门)2026:"


def test_a_text_for_printing_only_loses_its_blanks() -> None:
    assert printed("　（部门）\n ２０２６ ：") == "（部门）２０２６："


@pytest.mark.parametrize("mark", ["①", "⑳", "²", "¹", "❶"])
def test_no_way_of_matching_makes_a_mark_a_digit(mark: str) -> None:
    for text in (fold(f"（{mark}３０"), clean(f"（{mark}３０"), narrow(f"（{mark}３０")):
        assert text == f"({mark}30"


def test_a_sentence_for_matching_keeps_its_length() -> None:
    text = "支出１２，３４５万元，其中：㎡①二〇二五年"
    assert len(narrow(text)) == len(text)
    assert narrow(text) == "支出12,345万元，其中:㎡①2025年"
