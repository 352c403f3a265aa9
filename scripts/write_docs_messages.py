"""Collect the paragraphs of the pages that users read into their Chinese, `docs/locale/`, and name what it does not translate yet."""

from __future__ import annotations

import argparse
import re
import sys
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory

import polib
from sphinx.application import Sphinx
from write_messages import WIDTH, update

DOCS = Path(__file__).parent.parent / "docs"
CATALOGUES = DOCS / "locale" / "zh_CN" / "LC_MESSAGES"
# Pages in English alone: those of developers, measurements, and what is made from code.
ENGLISH = [
    "benchmarks.md",
    "changelog.md",
    "contributing.md",
    "corpus.md",
    "mutations.md",
    "decisions/*",
    "reference/[cp]*",
]
_CODE = re.compile(r"\{\w+\}|`[^`]*`")
SAME = 0.75  # share of its characters that a paragraph keeps when it is changed; below it is another one


def collect() -> dict[str, list[str]]:
    """Return page → its paragraphs, in their order, but for those that are code, numbers or Chinese alone."""
    with TemporaryDirectory() as place:
        overrides = {"exclude_patterns": ENGLISH, "gettext_compact": False}
        app = Sphinx(DOCS, DOCS, place, place, "gettext", overrides, status=None, warning=None)
        app.build()
        catalogues = app.builder.catalogs  # type: ignore[attr-defined]
    return {
        page: [m.text for m in messages if re.search("[A-Za-z]", _CODE.sub("", m.text))]
        for page, messages in catalogues.items()
    }


def renew(catalogue: polib.POFile, texts: list[str]) -> list[str]:
    """Bring the catalogue of a page up to its texts, and return what it does not translate.

    A text that was changed gets the translation of what it was, marked as fuzzy: Sphinx does not show it until somebody has looked at it.
    """
    before = {e.msgid: e.msgstr for e in catalogue if e.msgstr}
    update(catalogue, {(None, text): "" for text in texts})
    gone = before.keys() - set(texts)
    for entry in catalogue:
        if not entry.msgstr and (close := get_close_matches(entry.msgid, gone, 1, SAME)):
            entry.msgstr, entry.previous_msgid = before[close[0]], close[0]
            entry.flags.append("fuzzy")
    catalogue.sort(key=lambda entry: texts.index(entry.msgid))
    return [entry.msgid for entry in catalogue if entry.fuzzy or not entry.msgstr]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    missing, left = False, set(CATALOGUES.rglob("*.po"))
    for page, texts in collect().items():
        path = CATALOGUES / f"{page}.po"
        left.discard(path)
        catalogue = polib.pofile(str(path), wrapwidth=WIDTH) if path.exists() else polib.POFile(wrapwidth=WIDTH)
        for text in renew(catalogue, texts):
            print(f"{page}.po does not translate: {text}")
            missing = True
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue.save(str(path))
    for path in left:
        print(f"{path}: there is no such page in two languages; delete it")
    return 1 if missing or left else 0


if __name__ == "__main__":
    sys.exit(main())
