"""A vocabulary is what one configuration says, and nothing of another's."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from support.common import grid_of, layout, read_tables

from extractor.checks.reconcile import reconcile
from extractor.prose.reader import read_prose
from extractor.records.facts import Facts
from extractor.records.items import read_items
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary, compile_vocabulary

FACTS = Facts(2026, "budget", None, None, None, None)
# File, what it says, what another says in its place; what to ask of a vocabulary, the answers of both.
CHANGES: list[tuple[str, str, str, Callable[[Vocabulary], object], object, object]] = [
    ("measures.toml", '"共计",', '"所有",', lambda v: v.headers.meaning("所有").measures, (), ("total",)),
    ("measures.toml", 'no_money = ["share"', 'no_money = ["debt_limit"', lambda v: "share" in v.headers.groups.no_money, True, False),
    ("tables.toml", '"购买服务"]', '"购买劳务"]', lambda v: v.titles.kind("购买劳务表") is not None, False, True),
    ("words.toml", '["国有资产(?!监督)"', '["家当"', lambda v: v.phrases.section("家当"), None, "assets"),
    ("words.toml", 'increase = ["增加"', 'increase = ["涨了"', lambda v: bool(v.phrases.changes.phrase.fullmatch("涨了")), False, True),
    ("words.toml", 'more = ["大于"', 'more = ["胜过"', lambda v: v.phrases.changes.directions.get("胜过"), None, "increase"),
    ("codes/regions.csv", "310000,上海市,", "310000,申城,", lambda v: v.regions.find("申城财政", 2026), None, ("310000", "申城")),
    ("labels.toml", '"自治区", "市",', '"自治区", "城",', lambda v: v.regions.find("上海财政", 2026), ("310000", "上海市"), None),
    ("labels.toml", 'ends = [\n    "局"', 'ends = [\n    "衙门"', lambda v: v.organisations.is_name("示例衙门"), False, True),
    ("labels.toml", '    "共计[:：]?",', '    "拢共",', lambda v: bool(v.totals.row.fullmatch("拢共")), False, True),
    ("labels.toml", 'note = "(?:备?注', 'note = "(?:另注', lambda v: bool(v.captions.note.match("另注：一")), False, True),
    ("checks.toml", 'codes = ["301", "303"]', 'codes = ["301"]', lambda v: v.identities.class_total[0].covers("303"), True, False),
    ("codes/functional.csv", "\n201,一般公共服务支出,", "\n201,衙门支出,", lambda v: v.codes.functional.find("衙门支出", 2026), (), ("201",)),
]  # fmt: skip


def other(config: Config, folder: Path, name: str, old: str, new: str) -> Config:
    configs = Path(shutil.copytree(config.directory, folder / "configs"))
    text = (configs / name).read_text(encoding="utf-8")
    assert old in text
    (configs / name).write_text(text.replace(old, new), encoding="utf-8")
    return Config.read(configs)


@pytest.mark.unmeasured
@pytest.mark.parametrize(("name", "old", "new", "ask", "first", "second"), CHANGES)
def test_two_configurations_in_one_process_do_not_see_each_other(
    config: Config,
    vocabulary: Vocabulary,
    tmp_path: Path,
    name: str,
    old: str,
    new: str,
    ask: Callable[[Vocabulary], object],
    first: object,
    second: object,
) -> None:
    changed = compile_vocabulary(other(config, tmp_path, name, old, new))
    assert [ask(v) for v in (vocabulary, changed, vocabulary, changed)] == [first, second, first, second]


def test_what_checks_say_is_the_vocabularys(config: Config, vocabulary: Vocabulary, tmp_path: Path) -> None:
    """Prose that is tied to no table by one configuration is by another; both read the same document."""
    grid = grid_of([["科目编码", "科目名称", "合计"], ["合计", "", "300.00"], ["201", "一般公共服务支出", "300.00"]])
    text = "二、支出预算情况说明\n样本局2026年支出预算300元。"
    layouts = [layout(grid, lines=("支出总表", "单位：元")), layout(lines=tuple(text.splitlines()), page=2)]
    untied = compile_vocabulary(
        other(config, tmp_path, "checks.toml", 'subject = "total_expenditure"', 'subject = "meetings"')
    )

    def narrative(v: Vocabulary) -> int:
        tables = read_tables(layouts, v)
        items = read_items("d" * 64, tables, FACTS, v)
        checks = reconcile(items, tables, v, read_prose("d" * 64, layouts, FACTS, v))
        return sum(c.rule == "narrative" for c in checks)

    assert [narrative(v) for v in (vocabulary, untied, vocabulary)] == [1, 0, 1]


def test_a_vocabulary_is_frozen(vocabulary: Vocabulary) -> None:
    with pytest.raises(FrozenInstanceError):
        vocabulary.kinds = ()  # type: ignore[misc]


def test_a_configuration_goes_to_another_process_as_it_is(config: Config) -> None:
    sent: Config = pickle.loads(pickle.dumps(config))
    assert (sent.hash, sent.kinds, sent.identities) == (config.hash, config.kinds, config.identities)
    vocabulary = compile_vocabulary(sent)
    assert vocabulary.headers.meaning("合计").measures == ("total",)
