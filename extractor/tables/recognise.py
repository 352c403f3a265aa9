"""Title, header and unit → table type and template, with the reason in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.contract import FINAL, DocumentPhase
from extractor.tables.table import Column
from extractor.vocabulary.table_rules import TableKind, Template
from extractor.vocabulary.titles import plain_title
from extractor.vocabulary.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a table was recognised as."""

    kind: TableKind | None
    template: Template | None
    final: bool
    reason: str

    @property
    def table_type(self) -> str | None:
        """The contract's `table_type`."""
        if self.kind is None:
            return None
        return f"{self.kind.id}{FINAL}" if self.final else self.kind.id


def recognise(
    title: str, columns: Sequence[Column], unit: str | None, phase: DocumentPhase | None, vocabulary: Vocabulary
) -> Recognition:
    """Name a table by its title; by its header texts where the title says nothing.

    A template is taken only when exactly one fits: with none or two the vocabulary alone has its say.
    """
    texts = {text for column in columns for text in column.path}
    plain = plain_title(title)
    kind = vocabulary.titles.kind(title)
    why = f'title "{title}" means {kind.zh}' if kind else ""
    concepts = {concept for column in columns for concept in column.concepts}
    held = _held(kind, concepts, vocabulary.kinds)
    if held is not None:
        kind, why = held, f"its columns mean {held.zh}"
    elif kind is None:
        kind = next((k for k in vocabulary.kinds if _signature_fits(k, texts, concepts)), None)
        why = f"the header texts mean {kind.zh}" if kind else "no title and no header of tables.toml fits"
    budget = "预算" in re.sub(r"(公共|经营|基金)预算", "", title)
    final = "决算" in title or (phase == "final_accounts" and not budget)
    templates = [t for t in vocabulary.templates if _template_fits(t, plain, texts, unit)]
    template = templates[0] if len(templates) == 1 else None
    if template is not None:
        why += f"; template {template.id} ({template.source})"
        kind = next(k for k in vocabulary.kinds if k.id == template.table_type)
    return Recognition(kind, template, final, why)


def _held(kind: TableKind | None, concepts: set[str], kinds: Sequence[TableKind]) -> TableKind | None:
    """Return the kind that a table's columns mean, and its title does not: 支出预算表 is the last line of “三公”经费、会议费、培训费支出预算表."""
    if kind is None or not kind.measures or concepts.intersection(kind.measures):
        return None
    named = (
        k for k in kinds if k.measured_by_rows and k.measures and k is not kind
    )  # whose concepts no other table has
    return next((k for k in named if concepts.issuperset(k.measures)), None)


def _signature_fits(kind: TableKind, texts: set[str], concepts: set[str]) -> bool:
    """Return whether a table has every header text and every concept that the kind asks for, where it asks for any."""
    return (
        bool(kind.header or kind.measures)
        and all(_any(pattern, texts) for pattern in kind.header)
        and concepts.issuperset(kind.measures)
    )


def _any(pattern: str, texts: set[str]) -> bool:
    return any(re.fullmatch(pattern, text) for text in texts)


def _template_fits(template: Template, title: str, texts: set[str], unit: str | None) -> bool:
    return (
        bool(re.search(template.title, title))
        and all(_any(pattern, texts) for pattern in template.header)
        and template.unit in (None, unit)
    )
