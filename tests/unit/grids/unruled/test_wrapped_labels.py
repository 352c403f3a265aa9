"""Lines of labels and figures → rows: labels of several lines, and rows without figures as close to each other as those."""

from __future__ import annotations

from support.small_lines import EM, left, line_of, right

from extractor.grids.geometry.unruled.rows import read_rows
from extractor.grids.geometry.unruled.tokens import TokenLine

END = 110.0  # of the labels' column: eight characters from 24 points on, six points of it empty


def set_rows(*rows: tuple[str, str], pitch: float = 20.0, step: float = 12.0) -> list[TokenLine]:
    """Set labels, their lines divided by `/`, each with its figure at its middle."""
    lines: list[TokenLine] = []
    y = 100.0
    for label, figure in rows:
        texts = label.split("/")
        height = max(pitch, step * len(texts) + pitch - step)
        first = y + height / 2 - step * (len(texts) - 1) / 2
        lines += [line_of(left(text, 24, first + step * n)) for n, text in enumerate(texts)]
        if figure:
            lines.append(line_of(right(figure, 200, y + height / 2)))
        y += height
    return sorted(lines, key=lambda line: line.middle)


def rows_of(lines: list[TokenLine], ends: tuple[float, ...] = (END, 210.0)) -> list[str]:
    rows = read_rows(lines, (), EM, 2, END if ends else None, ends)
    return ["".join(sorted_texts(row.tokens)) for row in rows]


def sorted_texts(tokens: tuple[object, ...]) -> list[str]:
    return [token.text for token in sorted(tokens, key=lambda p: (p.figure, p.top, p.x0))]  # type: ignore[attr-defined]


def test_rows_without_figures_between_rows_with_some_are_rows_of_their_own() -> None:
    rows = (("土地出让收入", "1.00"), ("土地收益基金", ""), ("污水处理费", ""), ("彩票公益金", "2.00"))
    assert rows_of(set_rows(*rows, pitch=15)) == ["土地出让收入1.00", "土地收益基金", "污水处理费", "彩票公益金2.00"]


def test_labels_of_two_lines_without_figures_stand_apart_from_the_row_above() -> None:
    rows = (("大中型水库库区基金/付息支出", "1.00"), ("小型水库移民扶助基/金付息支出", ""), ("车辆通行费付息", "2.00"))
    assert rows_of(set_rows(*rows, pitch=16)) == [
        "大中型水库库区基金付息支出1.00",
        "小型水库移民扶助基金付息支出",
        "车辆通行费付息2.00",
    ]


def test_labels_of_five_lines_as_far_apart_as_rows_are_lie_around_their_figures() -> None:
    label = "省财政厅关于提前下/达困难群众救助补助/资金预算的通知支持/困难失能老年人等群/体服务"
    rows = ((label, "1.00"), ("养老服务", "2.00"), (label, "3.00"), ("儿童福利", "4.00"))
    whole = label.replace("/", "")
    assert rows_of(set_rows(*rows, pitch=15, step=15)) == [
        f"{whole}1.00",
        "养老服务2.00",
        f"{whole}3.00",
        "儿童福利4.00",
    ]


def test_a_line_with_room_for_more_does_not_go_on_in_the_next() -> None:
    lines = [line_of(left("债务收入", 24, 100), right("1.00", 200, 100)), line_of(left("还本支出", 24, 112))]
    assert rows_of([*lines, line_of(left("合计", 24, 124), right("1.00", 200, 124))])[:2] == [
        "债务收入1.00",
        "还本支出",
    ]


def test_the_end_of_a_label_stands_left_of_its_indented_beginning() -> None:
    lines = [
        line_of(left("用于其他事业的", 44, 94)),
        line_of(right("1.00", 200, 100)),
        line_of(left("公益", 24, 106)),
        line_of(left("体育事业", 44, 124), right("2.00", 200, 124)),
    ]
    assert rows_of(lines, (120.0, 210.0)) == ["用于其他事业的公益1.00", "体育事业2.00"]


def test_a_number_in_brackets_alone_in_a_line_ends_a_label() -> None:
    lines = set_rows(("东湖产业园设施项目/(二)", "1.00"), ("南湖产业园", "2.00"))
    assert rows_of(lines) == ["东湖产业园设施项目(二)1.00", "南湖产业园2.00"]


def test_a_percentage_is_in_one_line_whole() -> None:
    lines = set_rows(("1.78%、1.99%、/2.01%、2.07%、/2.38%、2.41%", "1.00"), ("2.50%", "2.00"), pitch=18)
    assert rows_of(lines, (100.0, 210.0)) == ["1.78%、1.99%、2.01%、2.07%、2.38%、2.41%1.00", "2.50%2.00"]


def test_labels_of_a_right_half_alone_are_rows_too() -> None:
    halves = [
        line_of(left("债务收入", 24, 100), right("1.00", 200, 100), left("还本支出", 220, 100), right("3.00", 400, 100))
    ]
    halves += [line_of(left(text, 220, y)) for text, y in (("国债还本支出", 118), ("债券还本", 136))]
    halves += [line_of(left("总计", 24, 154), right("1.00", 200, 154), left("总计", 220, 154), right("3.00", 400, 154))]
    assert len(rows_of(halves, (110.0, 210.0, 310.0, 410.0))) == 4


def test_a_total_in_the_middle_of_its_column_does_not_go_on_from_the_label_above_it() -> None:
    lines = [line_of(left("二十六、其他支出", 24, 100)), line_of(left("合计", 80, 115), right("1.00", 200, 115))]
    assert rows_of(lines) == ["二十六、其他支出", "合计1.00"]
