"""The documentation in Chinese: nothing of its pages is left out, and each paragraph has the code, the links and the emphasis of its original."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import polib
import pytest
from markdown_it import MarkdownIt
from support.common import ROOT
from write_docs_messages import CATALOGUES, renew

ENTRIES = [
    pytest.param(entry, id=f"{path.stem}-{number}")
    for path in sorted(CATALOGUES.rglob("*.po"))
    for number, entry in enumerate(polib.pofile(str(path)))
]


@pytest.mark.slow
def test_every_paragraph_that_users_read_is_translated() -> None:
    script = ROOT / "scripts" / "write_docs_messages.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), f"run `make messages`, and translate: {done.stdout}{done.stderr}"


def markup(text: str) -> Counter[tuple[str, str]]:
    """Count what a paragraph holds beside words: pieces of code, links by where they lead, emphasis."""
    (paragraph,) = MarkdownIt().parseInline(text)
    tokens = paragraph.children or []
    return Counter(
        (token.type, token.content if token.type == "code_inline" else str(token.attrs.get("href", "")))
        for token in tokens
        if token.type in ("code_inline", "link_open", "strong_open", "em_open")
    )


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_translation_has_the_markup_of_its_paragraph(entry: polib.POEntry) -> None:
    assert markup(entry.msgstr) == markup(entry.msgid)


def test_a_paragraph_that_was_changed_has_its_old_translation_for_a_draft() -> None:
    catalogue = polib.POFile()
    catalogue += [
        polib.POEntry(msgid="One command reads a folder.", msgstr="一条命令读取一个文件夹。"),
        polib.POEntry(msgid="Kept.", msgstr="保留。"),
        polib.POEntry(msgid="Something else that is gone.", msgstr="已删除。"),
    ]
    assert renew(catalogue, ["Kept.", "One command reads two folders.", "New."]) == [
        "One command reads two folders.",
        "New.",
    ]
    assert [(e.msgid, e.msgstr, e.fuzzy) for e in catalogue] == [
        ("Kept.", "保留。", False),
        ("One command reads two folders.", "一条命令读取一个文件夹。", True),
        ("New.", "", False),
    ]
