"""The texts of the notes that figures refer to."""

from __future__ import annotations

import pytest

from extractor.tables.footnotes import footnote_of, read_footnotes
from extractor.vocabulary.vocabulary import Vocabulary

CARRIED, PAID = "含上年结转", "含补缴部分"


@pytest.mark.parametrize(
    ("lines", "notes"),
    [
        ([f"注:①{CARRIED}。②{PAID}。"], {"1": f"{CARRIED}。", "2": f"{PAID}。"}),
        ([f"注:1.{CARRIED};2.{PAID}"], {"1": CARRIED, "2": PAID}),
        ([f"注:①{CARRIED}", f"②{PAID}"], {"1": CARRIED, "2": PAID}),
        ([f"注1:{CARRIED}。", f"注2:{PAID}。"], {"1": f"{CARRIED}。", "2": f"{PAID}。"}),
        ([f"*{CARRIED}", f"**{PAID}"], {"*": CARRIED, "**": PAID}),
        (["注:加*项目包含转移支付。"], {"*": "加*项目包含转移支付。"}),
        ([f"¹{CARRIED}"], {"1": CARRIED}),
        ([f"†{CARRIED}", f"‡{PAID}"], {"†": CARRIED, "‡": PAID}),
        ([f"(1){CARRIED}"], {}),  # prose, where no note comes before
        (["注:", f"(1){CARRIED}", f"[2]{PAID}"], {"1": CARRIED, "2": PAID}),
        (
            ["注:①主要因为:一是国家建", "立制度,二是", "扩面。", "二、支出情况"],
            {"1": "主要因为:一是国家建立制度,二是扩面。"},
        ),
        ([f"注:①{CARRIED}", "一般公共预算支出表"], {"1": CARRIED}),
        (["注:①" + 30 * "长", "2024年收入决算"], {"1": 30 * "长" + "2024年收入决算"}),
        ([f"注:①{CARRIED}", "-3-", PAID], {"1": CARRIED}),
        (["注:2024年比2023年增长1.5万元。"], {}),
        (["注:1.2022年末余额"], {"1": "2022年末余额"}),
        (["支出1.5万元。"], {}),
    ],
)
def test_notes_are_read_by_their_marks(lines: list[str], notes: dict[str, str], vocabulary: Vocabulary) -> None:
    assert read_footnotes(lines, vocabulary.captions) == notes


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        ("①", f"① {CARRIED}"),
        ("¹", f"¹ {CARRIED}"),
        ("①②", f"①② {CARRIED} {PAID}"),
        ("¹²", f"¹² {CARRIED} {PAID}"),
        ("③", "③"),
        ("*", "* 注"),
        ("①*", f"①* 注 {CARRIED}"),
        ("注1", f"注1 {CARRIED}"),
        ("[2]", f"[2] {PAID}"),
        ("¹,²", f"¹,² {CARRIED} {PAID}"),
        ("†", "† 略"),
        ("ᵃ", "ᵃ"),
    ],
)
def test_a_mark_goes_with_the_text_of_its_notes(mark: str, note: str) -> None:
    assert footnote_of(mark, {"1": CARRIED, "2": PAID, "*": "注", "†": "略"}) == note


def test_a_mark_of_two_figures_is_one_note_where_there_is_such_a_note() -> None:
    assert footnote_of("¹²", {"1": CARRIED, "12": PAID}) == f"¹² {PAID}"
    assert footnote_of("⑿", {"12": PAID}) == f"⑿ {PAID}"
