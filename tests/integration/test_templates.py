"""CONTRIBUTING's six steps, followed once on a real table that no title and no header of the vocabulary names."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.common import CORPUS, SAMPLES
from support.vocabulary import CONFIG, VOCABULARY

from extractor.commands.main import cli
from extractor.errors import ConfigError
from extractor.inspection import inspect_document
from extractor.source.source import read_source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import compile_vocabulary

UNKNOWN = CORPUS / "weifang" / "发展和改革局_2026年部门预算.pdf"


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False)
    return result.output


@pytest.fixture
def configs(tmp_path: Path, config: Config) -> Path:
    return Path(shutil.copytree(config.directory, tmp_path / "configs"))


def test_a_draft_is_valid_as_it_stands(configs: Path) -> None:
    draft = run("templates", "draft", SAMPLES / "shanghai-2026-unit.pdf", "--page", "8")
    assert 'table_type = "expenditure_summary"' in draft
    (configs / "templates" / "new.toml").write_text(draft, encoding="utf-8")
    assert len(Config.read(configs).templates) == len(CONFIG.templates) + 1


def test_a_page_without_a_table_is_said() -> None:
    with pytest.raises(Exception, match="no table was read there"):
        run("templates", "draft", SAMPLES / "shanghai-2026-unit.pdf", "--page", "1")


@pytest.mark.corpus
def test_six_steps(configs: Path) -> None:
    # 1. what is not known; 2. and 3. the vocabulary stays as it is, since only this publisher prints such a table
    before = inspect_document(read_source(UNKNOWN), 2, "pdfium", compile_vocabulary(Config.read(configs)))
    assert {t.table_type for t in before.tables} == {None}
    # 4. a template, drafted and edited
    draft = run("templates", "draft", UNKNOWN, "--page", "2", "--configs", configs)
    edited = re.sub(r'id = "[^"]*"', 'id = "website-report-2"', draft).replace(
        "expenditure_detail", "staff_and_subsidy"
    )
    (configs / "templates" / "website.toml").write_text(edited, encoding="utf-8")
    # 5. it is valid, and the table is known by it
    assert "all valid" in run("templates", "check", "--configs", configs)
    (table,) = inspect_document(read_source(UNKNOWN), 2, "pdfium", compile_vocabulary(Config.read(configs))).tables
    assert (table.table_type, table.template_id) == ("staff_and_subsidy", "website-report-2")
    # 6. no other document is read otherwise
    sample = read_source(SAMPLES / "shanghai-2026-unit.pdf")
    assert inspect_document(sample, None, "pdfium", compile_vocabulary(Config.read(configs))) == inspect_document(
        sample, None, "pdfium", VOCABULARY
    )


def test_check_names_a_fault_with_its_place(configs: Path) -> None:
    file = configs / "templates" / "shanghai.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"revenue_summary"', '"revenues"'), encoding="utf-8")
    line = text[: text.index('"revenue_summary"')].count("\n") + 1
    with pytest.raises(ConfigError, match=rf'^{re.escape(str(file))}:{line}: .*unknown table type "revenues"'):
        run("templates", "check", "--configs", configs)


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        ("measures.toml", 'value = "adjusted_budget"', 'value = "adjusted"', 'unknown phase or side "adjusted"'),
        ("tables.toml", 'side = "expenditure"', 'side = "spending"', 'unknown side "spending"'),
    ],
)
def test_a_word_that_no_column_allows_is_an_error(configs: Path, name: str, old: str, new: str, place: str) -> None:
    text = (configs / name).read_text(encoding="utf-8")
    assert old in text
    (configs / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(place)):
        Config.read(configs)
