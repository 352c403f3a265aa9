from __future__ import annotations

import re
import string
from pathlib import Path

import click
import polib
import pytest
from click.testing import CliRunner
from support.common import ROOT
from write_messages import Key, collect, update

from extractor.commands.main import cli
from extractor.language import CATALOGUE, CLICK, SENTENCE, language_of, sentence, speak, word

ENTRIES = {(e.msgctxt, e.msgid): e for e in polib.pofile(str(CATALOGUE))}


def translation(entry: polib.POEntry) -> str:
    return entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr


def placeholders(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


@pytest.fixture(scope="module")
def wanted() -> dict[Key, str]:
    return collect()


def test_every_message_is_translated_and_no_other_is_kept(wanted: dict[Key, str]) -> None:
    own = {key for key in ENTRIES if key[0] != CLICK}
    assert wanted.keys() - own == set(), "run scripts/write_messages.py, and translate what it adds"
    assert own - wanted.keys() == set(), "run scripts/write_messages.py, which removes them"
    assert [key for key, entry in ENTRIES.items() if not translation(entry)] == []
    assert all(ENTRIES[key].msgid_plural == plural for key, plural in wanted.items())


@pytest.mark.parametrize("key", [key for key in ENTRIES if key[0] != "help"])
def test_a_translation_has_the_placeholders_of_its_message(key: tuple[str | None, str]) -> None:
    entry = ENTRIES[key]
    own = placeholders(translation(entry)) if "{" in entry.msgid else []
    if entry.msgid_plural:  # what is called with both numbers gives the values of both
        assert set(own) <= {*placeholders(entry.msgid), *placeholders(entry.msgid_plural)}
    elif own or "{" in entry.msgid:
        assert own == placeholders(entry.msgid)


@pytest.mark.parametrize("message", [m for context, m in ENTRIES if context == SENTENCE])
def test_a_sentence_is_known_again_with_values_in_it(message: str) -> None:
    values = {name: f"⟨{name}⟩" for name in placeholders(message)}
    told = sentence(message.format(*values.values()) if values else message, "zh")
    assert told == ENTRIES[SENTENCE, message].msgstr.format(*values.values())


def test_reasons_that_are_joined_are_translated_each_and_what_is_unknown_stays() -> None:
    reasons = "pages 3, 7 are images without usable text; to read them: scan; 12 figures are hidden or struck and left out; 其他"
    assert (
        sentence(reasons, "zh")
        == "第 3, 7 页是图像，没有可用文字；要读取它们：scan；有 12 个数字已隐藏或划去，未计入；其他"
    )
    assert sentence(reasons, "en") == reasons
    left_out = "figures that are not displayed, are struck out or belong to a watermark are left out: 7 on page 1, 27 on page 17"
    assert sentence(left_out, "zh") == "不显示、被划去或属于水印的数字未计入：第 1 页 7 个、第 17 页 27 个"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "", "LANG": "de_DE"}, "en"),
        ({}, "en"),
    ],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_words_have_names_in_both_languages() -> None:
    assert word("Status", "not_a_document", "en") == "not a document"
    assert word("Status", "not_a_document", "zh") == "不是预算文件"


@pytest.mark.parametrize("command", [(), ("run",), ("templates",), ("templates", "draft")])
def test_help_is_in_the_language_that_is_asked_for(command: tuple[str, ...]) -> None:
    try:
        chinese = CliRunner().invoke(cli, ["--lang", "zh", *command, "--help"]).output
        english = CliRunner().invoke(cli, ["--lang", "en", *command, "--help"]).output
    finally:
        speak("en")
    assert re.search("[一-龥]", chinese)
    assert not re.search("[一-龥]", english)


def test_the_catalogue_gains_and_loses_messages() -> None:
    catalogue = polib.POFile()
    catalogue += [polib.POEntry(msgid="kept", msgstr="留"), polib.POEntry(msgid="gone", msgstr="去")]
    catalogue.append(polib.POEntry(msgctxt=CLICK, msgid="Usage:", msgstr="用法："))
    assert update(catalogue, {(None, "new"): "", (None, "kept"): ""}) == ["new"]
    assert [e.msgid for e in catalogue] == ["kept", "new", "Usage:"]


def test_commands_are_found_for_the_catalogue(wanted: dict[Key, str]) -> None:
    assert isinstance(cli, click.Group)
    assert ("help", "Exit with code 3 when an amount is contradicted.") in wanted


def outline(page: Path) -> dict[str, object]:
    """Return what two pages of the same content share: headings by level, commands, inline code, links to other pages."""
    text = page.read_text(encoding="utf-8")
    commands = [
        line.split("#")[0].strip() for line in re.findall(r"^    (?:extractor|make|pip) .*$", text, re.MULTILINE)
    ]
    return {
        "headings": re.findall(r"^#+", text, re.MULTILINE),
        "commands": commands,
        "code": set(re.findall(r"(?<!`)`([^`\n]+)`", text)),
        "links": {link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("README")},
    }


def test_the_chinese_readme_has_the_content_of_the_english() -> None:
    english, chinese = outline(ROOT / "README.md"), outline(ROOT / "README.zh-CN.md")
    for part, found in english.items():
        assert chinese[part] == found, part
