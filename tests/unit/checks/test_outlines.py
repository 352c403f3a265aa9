"""Sums that indents alone draw."""

from __future__ import annotations

from support.small_tables import items_down

from extractor.checks.identity import borne_out
from extractor.checks.outlines import check_outline, levels_of
from extractor.records.item import LineItem

Rows = tuple[tuple[str, str, float], ...]
LIST: Rows = (
    ("一般性转移支付", "9.00", 0.0),
    ("均衡性转移支付", "4.00", 10.0),
    ("水利", "5.00", 10.0),
    ("水土保持", "2.00", 20.0),
    ("其他水利支出", "3.00", 20.0),
    ("专项转移支付", "1.00", 0.0),
)


def series(rows: Rows) -> list[LineItem]:
    return items_down(*((label, amount, {"indent": indent}) for label, amount, indent in rows))


def results(rows: Rows) -> list[tuple[str, str, list[str]]]:
    items = series(rows)
    labels = {i.item_id: i.label for i in items}
    found = borne_out(check_outline(items, "p.1"))
    return [(labels[c.left_items[0]], c.holds, [labels[i] for i in c.right_items]) for c in found]


def test_a_row_is_the_sum_of_the_rows_one_step_deeper() -> None:
    water = ("水利", "exact", ["水土保持", "其他水利支出"])
    assert results(LIST) == [("一般性转移支付", "exact", ["均衡性转移支付", "水利"]), water]


def test_the_label_of_a_total_is_centred_over_the_steps() -> None:
    assert results((("合计", "10.00", 50.0), *LIST))[0][0] == "一般性转移支付"


def test_indents_that_are_no_steps_say_nothing() -> None:
    centred = tuple((label, amount, 3.7 * n) for n, (label, amount, _) in enumerate(LIST))
    assert levels_of(series(centred)) == [0] * len(LIST)
    lone = (*LIST[:1], ("均衡性转移支付", "9.00", 10.0))  # one row is set off: a step has more
    assert results(lone) == results(tuple((label, amount, 0.0) for label, amount, _ in LIST)) == []


def test_what_does_not_hold_or_holds_within_a_rounding_as_large_as_the_sum_says_nothing() -> None:
    assert results((("一般性转移支付", "9.50", 0.0), *LIST[1:3], LIST[5])) == []
    small: Rows = (("甲", "3", 0.0), ("乙", "1", 10.0), ("丙", "1", 10.0))
    assert results(small) == []
    large: Rows = (("甲", "301", 0.0), ("乙", "100", 10.0), ("丙", "200", 10.0))
    assert [holds for _, holds, _ in results(large)] == ["rounding"]


def test_a_sum_in_one_column_that_two_others_contradict_is_one_by_chance() -> None:
    good = series(LIST[:3] + LIST[5:])
    bad = [item._replace(amount=(item.amount or 0) * (1 + item.row), item_id=f"{item.item_id}/b") for item in good]
    tried = [*check_outline(good, "p.1"), *check_outline(bad, "p.1")]
    assert [check and check.holds for _, check in tried] == ["exact", None]
    assert [c.holds for c in borne_out(tried)] == ["exact"]
    assert list(borne_out([*tried, tried[1]])) == []
