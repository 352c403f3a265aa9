"""Collect what users read into the catalogue of Chinese, `extractor/locale/zh.po`, and name what it does not translate yet."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from pathlib import Path
from typing import get_args

import click
import polib
from babel.messages.extract import extract_from_dir

from extractor import contract
from extractor.commands.lazy_group import LazyGroup
from extractor.commands.main import cli
from extractor.language import CATALOGUE, CLICK, HELP, SENTENCE
from extractor.report.templating import IN_SCRIPT

PACKAGE = Path(contract.__file__).parent
WIDTH = 140  # columns of a catalogue
WORDS = (
    "DocumentKind", "Status", "Phase", "Scope", "OrganisationLevel", "DriftKind", "Verdict", "Rule", "Severity", "Standing", "FigureDirection",
    "Publication", "FigureFund", "FigureScope", "FigurePhase", "FigureClassification", "Component", "Origin",
)  # fmt: skip
# Functions that mark messages, in code and in templates: how many of their first texts are messages.
IN_CODE = {"_": 1, "gettext": 1, "ngettext": 2, "Caution": 1, "Missing": 1, "NoSpending": 1, "VerdictWording": 3}
IN_TEMPLATES: dict[str, tuple[int, ...] | None] = {"t": None, "tn": (1, 2), "plain": None, "attribute": (2,)}
# Whose strings are messages by themselves or English alone: texts of the dataset's own description, SQL, patterns.
NO_SENTENCES = re.compile(
    r"(?:commands|report|export|vocabulary/codes|vocabulary/regions|checks/sentences|datasets/(?:schemas|datapackage|rows)|"
    r"contract|drafting|inspection|explanation|review|summary|language|datasets/(?:history|organisation_rows)|grids/office/(?:ods|doc)\.py)"
)
_WORDS = re.compile(r"(?:\b[a-z]{2,}\b(?:[ ,;]+|: )){2,}[a-z]{2,}|\} on page \{|\} more$|^title \"\{")
_INTERNAL = ("ValueError", "AssertionError", "RuntimeError", "OSError", "AttributeError", "TypeError", "TimeoutError")

Key = tuple[str | None, str]  # context and message


def collect() -> dict[Key, str]:
    """Return every message with its plural, which is empty for most."""
    found: dict[Key, str] = {}
    for context, message, plural in (*_marked(), *_words(), *_helps(cli, click.Context(cli)), *_sentences()):
        found.setdefault((context, message), plural)
    return found


def _marked() -> Iterator[tuple[None, str, str]]:
    """Yield the messages of code, templates and scripts that are marked as such."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name in IN_CODE:
                texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                if len(texts) == IN_CODE[name]:
                    yield None, texts[0 if name == "ngettext" else -1], texts[1] if name == "ngettext" else ""
    templates = [("report/templates/**.html", "jinja2")]
    for *_, message, _comments, _context in extract_from_dir(PACKAGE, templates, keywords=IN_TEMPLATES):
        one, many = message if isinstance(message, tuple) else (message, "")
        yield None, one, many
    for script in sorted(PACKAGE.glob("report/templates/*.js")):
        for text in IN_SCRIPT.findall(script.read_text(encoding="utf-8")):
            yield None, text, ""


def _words() -> Iterator[tuple[str, str, str]]:
    for name in WORDS:
        for word in get_args(getattr(contract, name)):
            yield name, word, ""


def _helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str, str]]:
    """Yield what `--help` prints of a command and of those below it."""
    texts = [command.help, command.short_help, *(getattr(p, "help", None) for p in command.params)]
    yield from ((HELP, cleandoc(text), "") for text in texts if text)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _helps(below, context)
    if isinstance(command, LazyGroup):
        yield from ((HELP, text, "") for text in command.short_helps)


def _sentences() -> Iterator[tuple[str, str, str]]:
    """Yield the sentences of errors and reasons, with {0}, {1} … for what differs."""
    for path in sorted(PACKAGE.rglob("*.py")):
        errors, others = _strings(ast.parse(path.read_text(encoding="utf-8")))
        if not NO_SENTENCES.match(path.relative_to(PACKAGE).as_posix()):
            errors |= {text for text in others if _WORDS.search(text)}
        for text in sorted(errors):
            if len(re.findall("[a-z]{2,}", text)) > 1:
                yield SENTENCE, text.removeprefix("; "), ""


def _strings(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return the texts of errors, and the other strings of a module, without descriptions and docstrings."""
    errors: set[str] = set()
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            skipped.add(id(node.value))
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name.endswith("Error") and name not in _INTERNAL:
                errors |= {text for argument in node.args[:1] if (text := _template(argument))}
            if name.endswith("Error") or name in ("Described", "compile"):
                skipped |= set(map(id, ast.walk(node)))
        if isinstance(node, ast.JoinedStr):
            skipped |= set(map(id, ast.walk(node))) - {id(node)}
    others = {text for node in ast.walk(tree) if id(node) not in skipped and (text := _template(node))}
    return errors, others


def _template(node: ast.AST) -> str:
    """Return the text of a string or f-string, each of whose values is its number in braces; empty for other nodes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return ""
    texts, number = [], 0
    for part in node.values:
        texts.append(part.value if isinstance(part, ast.Constant) else f"{{{number}}}")
        number += isinstance(part, ast.FormattedValue)
    return "".join(map(str, texts))


def update(catalogue: polib.POFile, collected: Mapping[Key, str]) -> list[str]:
    """Bring a catalogue up to what is collected, and return what it does not translate."""
    known = {(e.msgctxt, e.msgid): e for e in catalogue}
    kept = [e for key, e in known.items() if key in collected or key[0] == CLICK]
    for (context, message), plural in collected.items():
        if (context, message) not in known:
            kept.append(
                polib.POEntry(
                    msgctxt=context, msgid=message, msgid_plural=plural, msgstr_plural={0: ""} if plural else ""
                )
            )
    catalogue[:] = sorted(kept, key=lambda e: (e.msgctxt or "", e.msgid))
    return [e.msgid for e in catalogue if not (e.msgstr_plural.get(0) if e.msgid_plural else e.msgstr)]


def main() -> int:
    catalogue = polib.pofile(str(CATALOGUE), wrapwidth=WIDTH)
    missing = update(catalogue, collect())
    catalogue.save(str(CATALOGUE))
    for message in missing:
        print(f"not translated: {message}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
