"""Numbers as spreadsheets show them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractor.grids.office.number_format import EPOCH_1904, displayed, general, plain


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5600000000001, "General", "1234.56"),
        (0.1 + 0.2, "General", "0.3"),
        (1e15, "General", "\ufffd1000000000000000"),  # 1E+15
        (12345678901, "General", "12345678901"),
        (333.333333333333, "General", "333.3333333"),
        (2.675, "0.00", "2.68"),  # the double lies below 2.675; spreadsheets round what they show
        (1.005, "0.00", "1.01"),
        (-1234.5, "#,##0.00_ ;[Red]\\-#,##0.00\\ ", "-1,234.50"),
        (-1234.5, "#,##0;[Red]#,##0", "-1,235"),  # red is the sign
        (-1234.5, "#,##0;#,##0", "1,235"),
        (-1234.5, "#,##0.00_);(#,##0.00)", "(1,234.50)"),
        (0, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"??_ ;_ @_ ', "-"),
        (1234567, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"??_ ;_ @_ ', "1,234,567"),
        (0.131702521834474, "0.0%", "13.2%"),
        (12, '0"人"', "12人"),
        (0, "#,##0", "0"),
        (0, "#,###", ""),
        (0.5, "#.##", ".5"),
        (-0.3, "#,##0", "0"),
        (5, ";;;", ""),
        (1234567890, "#,##0,", "1,234,568"),
        (1234567, '0!.0,"万"', "123.5万"),
        (301, "000", "301"),
        (1, "000", "001"),
        (20103, "@", "20103"),
        (12.5, "[>=10]0.0;0.00", "12.5"),
        (2.5, "[>=10]0.0;0.00", "2.50"),
        (99.5, "[$¥-804]#,##0.00", "¥99.50"),
        (45672, "yyyy/m/d", "2025/1/15"),
        (45672, 'yyyy"年"mm"月"dd"日"', "2025年01月15日"),
        (45672.75, "yyyy-mm-dd hh:mm", "2025-01-15 18:00"),
        (208, "yyyy/m/d", "208"),  # codes under a date's format
        (2010301, "yyyy/m/d", "2010301"),
        (50101, 'm"月"d"日"', "50101"),
        (1e300, "#,##0.00", "1" + ",000" * 100 + ".00"),
    ],
)
def test_numbers_are_shown_as_spreadsheets_show_them(value: float, code: str, shown: str) -> None:
    assert displayed(value, code) == shown


def test_dates_count_from_the_workbooks_own_day() -> None:
    assert displayed(44210, "yyyy/m/d", EPOCH_1904) == "2025/1/15"
    assert displayed(Decimal("1.50"), "General") == "1.5"


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (45672.75, "h:mm", "18:00"),  # minutes behind hours, and not months
        (45672.75, "mm:ss", "00:00"),
        (45672, "yy-m-d", "25-1-15"),
        (0.75, "h:mm", "18:00"),
        (-1, "yyyy/m/d", "\ufffd-1"),  # ####
        (434.56, "h:mm", "\ufffd434.56"),
        (905200, "yyyy/m/d", "\ufffd905200"),
        (4345600, "yyyy/m/d", "\ufffd4345600"),  # ####: no code is so large
        (20805, "[h]:mm", "\ufffd20805"),  # 499320:00
        (8000000, "0E+00", "\ufffd8000000"),  # 8E+06, and so is 8345600
        (8, "# ?/?", "8"),
        (800, '0"/"00', "8/00"),
        (1234.5, "", "1234.5"),
        (-5, "General", "-5"),
        (5, 'General"万元"', "5万元"),
        (0.5, "0.00E+00", "\ufffd0.5"),
        (5, "0*0", "5\ufffd"),
        (3, '[=1]"一";[=2]"二";0', "3"),
        (7, "[<5]0;[>=9]0.0", "7.0"),  # none fits: the last
        (-3, "[<>0]0.0;0", "-3.0"),
        (1234.567, "0.0##", "1234.567"),
        (1234.5, "0.0##", "1234.5"),
        (0.049, "0.0", "0.0"),
        (-0.04, "0.0", "0.0"),  # rounded to nought, a number has no sign
        (12345678.9, "#,##0.0,,", "12.3"),
        (12, '0.0"%"', "12.0%"),
        (5, "0\\-0", "0-5"),
        (5, "[DBNum1]0", "5"),
    ],
)
def test_sections_conditions_and_odd_formats(value: float, code: str, shown: str) -> None:
    assert displayed(value, code) == shown


def test_a_number_is_stored_in_fifteen_digits() -> None:
    assert plain(1234.5600000000001) == Decimal("1234.56")
    assert plain(Decimal("0.12345678901234567")) == Decimal("0.123456789012346")


def test_general_prints_no_exponent() -> None:
    assert [general(Decimal(text)) for text in ("1E+3", "0E-5", "1.50", "-2E-7")] == ["1000", "0", "1.5", "-0.0000002"]


@pytest.mark.parametrize(
    ("value", "code", "shown"), [(12, "# ?/?", "12"), (0.5, "# ??/??", "\ufffd0.5"), (12, 'G/通用格式"元"', "12元")]
)
def test_fractions_are_not_read_and_general_has_a_name_of_its_own(value: float, code: str, shown: str) -> None:
    assert displayed(value, code) == shown
