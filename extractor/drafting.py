"""Draft a commented template for a table, with the measures that the vocabulary already knows."""

from __future__ import annotations

import json
import re

from extractor.errors import UsageError
from extractor.inspection import inspect_document
from extractor.notation.years import WITH_WORD
from extractor.pages.pdfium import initialise
from extractor.records.facts import Facts
from extractor.source.source import Source
from extractor.tables.table import Column, Table
from extractor.vocabulary.config import Config
from extractor.vocabulary.titles import plain_title
from extractor.vocabulary.vocabulary import compile_vocabulary

_YEAR = re.compile(WITH_WORD)
GUESS = "expenditure_detail"  # the most frequent type of tables without a known title


def draft_template(source: Source, page: int, config: Config) -> bytes:
    """Return a valid template file for the tables on one page, for the user to edit.

    Args:
        source: The document.
        page: 1-based page on which a table lies.
        config: The configuration to which the draft will be added.

    Raises:
        UsageError: No table was read on the page.
        DocumentError: The document cannot be read.
    """
    initialise()
    found = inspect_document(source, page, "pdfium", compile_vocabulary(config))
    if not found.tables:
        raise UsageError(
            f"{source.name} p.{page}: no table was read there; expected a page with a table: see `extractor inspect`"
        )
    return "\n".join(_draft(table, found.facts, page) for table in found.tables).encode(errors="replace")


def _draft(table: Table, facts: Facts, page: int) -> str:
    """Return one `[[template]]`; open decisions are comments, so that the draft is valid unedited."""
    year = facts.fiscal_year or 2026
    title = _pattern(plain_title(table.title)) or "^$"
    source = " ".join(filter(None, (facts.organisation, str(facts.fiscal_year or ""), f"p.{page}")))
    measures = [c for c in table.columns if c.role == "measure"]
    lines = [
        f"# Drafted from {_text(table.title or 'a table without a title')}: {table.reason}.",
        "[[template]]",
        f"id = {_text(f'draft-{year}-p{page}-{table.ordinal}')} # choose an id: publisher, document, number",
        f"table_type = {_text(table.table_type or GUESS)} # `extractor templates list` shows all of them",
        f"source = {_text(source)}",
        f"years = [{year}, {year}]",
        f"title = {_text(title)} # a regular expression searched in the title; ^$ is a table without one",
        f"header = {json.dumps(_leaves(table), ensure_ascii=False)} # regular expressions; each must match a header text",
    ]
    lines += [f"unit = {_text(table.unit)}"] if table.unit else ["# unit: the table prints none"]
    lines += ["[template.measures] # header path (a regular expression) → measure id"]
    lines += [_measure(column) for column in measures] or ["# no column of amounts was found"]
    return "\n".join(lines) + "\n"


def _measure(column: Column) -> str:
    path = _text(_pattern("/".join(column.path)))
    if column.measure:
        return f"# {path} = {_text(column.measure)} # already known from the vocabulary"
    return f'# {path} = "amount" # unknown: choose a measure of measures.toml and remove the leading #'


def _leaves(table: Table) -> list[str]:
    leaves = dict.fromkeys(column.path[-1] for column in table.columns if column.path)
    return [_pattern(leaf) for leaf in leaves]


def _pattern(text: str) -> str:
    """Return a regular expression that matches a text with any year in the place of its own."""
    return _YEAR.pattern.join(re.escape(part) for part in _YEAR.split(text))


def _text(text: str) -> str:
    """Return a TOML string: a JSON string is one."""
    return json.dumps(text, ensure_ascii=False)
