"""Every fault in `configs/` is an error in one line that names file, line, what was expected, and the nearest known id."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from extractor.errors import ConfigError
from extractor.vocabulary.config import Config

TEMPLATES = "templates/shanghai.toml"


@pytest.fixture
def configs(tmp_path: Path, config: Config) -> Path:
    return Path(shutil.copytree(config.directory, tmp_path / "configs"))


def fault(configs: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        Config.read(configs)
    (line,) = str(caught.value).splitlines()
    return line


def changed(configs: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old` of a file; return the line of `new`."""
    path = configs / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old) + (len(new) - len(new.lstrip("\n")))].count("\n") + 1


UNKNOWN = [
    ("measures.toml", 'generic = ["total"', 'generic = ["totl"', 'measure "totl"', "measures.toml", "total"),
    ("measures.toml", 'no_money = ["share"', 'no_money = ["shares"', 'measure "shares"', "measures.toml", "share"),
    ("measures.toml", 'within = ["proj', 'within = ["xproj', 'measure "xproj', "measures.toml", "project_expenditure"),
    ("measures.toml", 'kind = "helper"', 'kind = "helpers"', 'kind of term "helpers"', "agency_code", "helper"),
    ("measures.toml", 'value = "revenue"', 'value = "revnue"', 'phase or side "revnue"', "adjusted_budget", "revenue"),
    ("tables.toml", 'measures = ["overseas_trips"', 'measures = ["trips"', 'measure "trips"', "measures.toml", ""),
    ("tables.toml", 'side = "revenue"', 'side = "revenues"', 'side "revenues"', "expenditure, revenue", "revenue"),
    ("tables.toml", 'fund = "government_fund"', 'fund = "fund"', 'fund "fund"', "general_public_budget", "government_fund"),
    ("checks.toml", 'whole = ["vehicles"]', 'whole = ["vehicle"]', 'measure "vehicle"', "measures.toml", "vehicles"),
    ("checks.toml", '"public_operating"]', '"operating"]', 'measure "operating"', "measures.toml", ""),
    ("checks.toml", 'optional = ["oper', 'optional = ["xoper', 'measure "xoper', "measures.toml", "operating_expenditure"),
    ("checks.toml", 'closed = ["vehicles"]', 'closed = ["vehicle"]', 'measure "vehicle"', "measures.toml", "vehicles"),
    ("checks.toml", 'codes = ["301"', 'codes = ["399999"', 'code "399999"', "codes/*.csv", "3"),
    ("checks.toml", 'left = ["revenue_summary"', 'left = ["revenue"', 'table type "revenue"', "tables.toml", "revenue"),
    ("checks.toml", '_summary", "total"]', '_summary", "totl"]', 'measure or side "totl"', "measures.toml", "total"),
    ("checks.toml", '"30212"]', '"30299999"]', 'code "30299999"', "codes/*.csv", ""),
    ("checks.toml", 'detail = { table = "expend', 'detail = { table = "xpend', 'table type "xpend', "tables.toml", "expend"),
    ("checks.toml", 'class_measures = ["total"', 'class_measures = ["all"', 'measure "all"', "measures.toml", ""),
    ("checks.toml", 'whole_sections = ["overall"', 'whole_sections = ["all"', 'section "all"', "words.toml", ""),
    ("checks.toml", 'subject = "hospitality"', 'subject = "hospital"', 'subject "hospital"', "words.toml", "hospitality"),
    ("checks.toml", 'subject = "total_revenue"', 'subject = "revenue"', 'subject "revenue"', "words.toml", "revenue"),
    ("checks.toml", 'side = "revenue"', 'side = "left"', 'side "left"', "expenditure, revenue", ""),
    ("checks.toml", 'part = "procurement_sme"', 'part = "sme"', 'subject "sme"', "words.toml", ""),
    ("words.toml", 'within = ["performance"]', 'within = ["performing"]', 'section "performing"', "words.toml", "performance"),
    ("figures.toml", 'type = "expenditure_summary"', 'type = "expenditures"', 'table type "expenditures"', "tables.toml", "expenditure"),
    ("figures.toml", 'id = "superior_subsidy"', 'id = "superior"', 'measure "superior"', "measures.toml", "superior"),
    ("codes/funds.toml", 'codes = ["102"', 'codes = ["1999999"', 'code "1999999"', "codes/*.csv", ""),
    ("figures.toml", 'codes = ["105"', 'codes = ["1057777"', 'code "1057777"', "codes/*.csv", ""),
    ("publications.toml", 'id = "performance"', 'id = "performing"', 'publication "performing"', "execution_report", "performance"),
    (TEMPLATES, 'table_type = "revenue_summary"', 'table_type = "revenues"', 'table type "revenues"', "tables.toml", "revenue"),
    (TEMPLATES, 'unit = "元"', '[template.measures]\n"合计" = "total/amout"', 'measure "amout"', "measures.toml", "amount"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "what", "expected", "near"), UNKNOWN)
def test_an_unknown_id_is_named_with_its_place(
    configs: Path, name: str, old: str, new: str, what: str, expected: str, near: str
) -> None:
    line = changed(configs, name, old, new) + new.count("\n")
    said = fault(configs)
    assert said.startswith(f"{configs / name}:{line}: ")
    assert re.search(rf"unknown {re.escape(what)}.*; expected one of .*{re.escape(expected)}", said)
    assert re.search(rf'did you mean "[^"]*{near}[^"]*"\?$', said)


def test_every_file_of_configs_that_refers_to_ids_is_among_them(configs: Path) -> None:
    silent = {"documents.toml", "drift.toml", "labels.toml", "links.toml", "organisations.toml"}  # they name no id
    files = {path.relative_to(configs).as_posix() for path in configs.rglob("*.toml") if path.parent.name != "sources"}
    assert files - silent == {name for name, *_ in UNKNOWN}


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("measures.toml", "[groups]", "[group]", "group: unknown key; expected one of affixes, groups, parts, government_levels, scope, measure, term"),
        ("tables.toml", "unless =", "unles =", 'unknown key; expected one of id, zh, title, unless, header, measures, fund, side, two_sided, form, measured_by_rows, listed_in_columns, by_economic_class: did you mean "unless"?'),
        ("checks.toml", "year_row =", "yearrow =", 'did you mean "year_row"?'),
        ("labels.toml", "row = [", "rows = [", "unknown key; expected one of words, column, row"),
        ("words.toml", "increase = [", "rise = [", "unknown key; expected one of increase, decrease"),
        ("codes/regions.csv", "110000,北京市", "1100,北京市", 'not a division (code "1100" has not six digits)'),
        ("codes/regions.csv", "北京市,province", "北京市,region", 'level "region" is not one of province, prefecture, county'),
        ("labels.toml", '"" = "人民政府"', '"州" = "人民政府"', "region.governments: no name for any other government"),
        ("publications.toml", 'id = "department_budget"', 'id = "unit_budget"', "is used twice, first in "),
        ("documents.toml", "(?P<name>[一-鿿()“”·]{4,40}?)(?:预算|决算)", "(?:预算|决算)", "must have the groups name, year: (?P<year>…)"),
        ("documents.toml", "(20[0-4]\\\\d)年(?=", "20[0-4]\\\\d年(?=", "year.budget: has 0 groups"),
        ("publications.toml", "wrapped = 4", "wrapped = 0", "title.wrapped: Input should be greater than 0"),
        ("publications.toml", 'titles = ["(?<!预)决算"]', 'despite = ["决算"]\ntitles = ["(?<!预)决算"]', 'despite: only "other" may say that it is none'),
        (TEMPLATES, 'unit = "元"', 'unt = "元"', "template.0.unt: unknown key"),
        ("measures.toml", '"预算支出总额",', '"(预算支出总额",', '"(预算支出总额" is not a regular expression'),
        ("labels.toml", '    "总额[:：]?",', '    "总额[:：?",', '"总额[:：?" is not a regular expression'),
        ("checks.toml", 'label = "因公出国"', 'label = "(因公出国"', "is not a regular expression"),
        (TEMPLATES, 'title = "财务', 'title = "(财务', "is not a regular expression"),
        (TEMPLATES, 'id = "shanghai-budget-2"', 'id = "shanghai-budget-1"', "is used twice, first in "),
        ("measures.toml", 'id = "other_special_account"', 'id = "education_fees"', "is used twice, first in "),
        ("tables.toml", "form = true", 'form = "maybe"', "table.0.form: Input should be a valid boolean"),
        ("tables.toml", 'form = true', 'form = ', "not valid TOML"),
    ],
)  # fmt: skip
def test_every_other_fault_is_named_with_its_line(configs: Path, name: str, old: str, new: str, what: str) -> None:
    line = changed(configs, name, old, new)
    said = fault(configs)
    assert what in said
    assert said.startswith(f"{configs / name}:{line}: ")


def test_a_missing_key_is_named_with_its_table(configs: Path) -> None:
    line = changed(configs, "checks.toml", 'section = "three_public"\n', "")
    said = fault(configs)
    assert said == f"{configs / 'checks.toml'}:{line - 1}: narrative.sum.0.section: missing; add this key"


def test_bytes_that_are_no_text_are_named_with_their_line(configs: Path) -> None:
    (configs / "words.toml").write_bytes(b"# one\n# two\n\xff\xfe")
    assert fault(configs).startswith(f"{configs / 'words.toml'}:3: not UTF-8")


@pytest.mark.parametrize("row", ["201,name", "201,name,soon,,,yes,no"])
def test_a_line_of_codes_that_is_none_is_named(configs: Path, row: str) -> None:
    path = configs / "codes" / "functional.csv"
    count = len(path.read_text(encoding="utf-8").splitlines())
    with path.open("a", encoding="utf-8") as stream:
        stream.write(f"{row}\n")
    assert fault(configs).startswith(f"{path}:{count + 1}: not a code")


@pytest.mark.parametrize("name", ["labels.toml", "checks.toml", "codes/revenue.csv", "codes/regions.csv"])
def test_a_missing_file_is_named(configs: Path, name: str) -> None:
    (configs / name).unlink()
    assert fault(configs).startswith(f"{configs / name}: missing; ")


def test_a_comment_changes_no_hash_and_a_word_does(configs: Path) -> None:
    before, path = Config.read(configs).hash, configs / "labels.toml"
    said = path.read_text(encoding="utf-8")
    path.write_text(f"# a remark\n\n{said}", encoding="utf-8")
    assert Config.read(configs).hash == before
    path.write_text(said.replace("(?:合计|小计|", "(?:合计|小计|共计数|", 1), encoding="utf-8")
    assert Config.read(configs).hash == Config.read(configs).hash != before
