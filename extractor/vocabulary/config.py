"""`configs/`: vocabulary, tables, templates and regions as strict frozen models, read once, hashed for reruns."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from extractor.contract import Fund, Phase, Side
from extractor.errors import ConfigError

M = TypeVar("M", bound=BaseModel)
SIDES = {"revenue", "expenditure"}  # the totals of a two-sided table


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


def _patterns(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f'"{value}" is not a regular expression: {error}') from error
    return values


class Measure(_Strict):
    """One column concept: an id and the header texts that mean it, as regular expressions that match whole."""

    id: str = Field(pattern=r"^[a-z_]+$")
    zh: str
    match: tuple[str, ...]

    _check = field_validator("match")(_patterns)


class Term(_Strict):
    """Header texts that say something other than a concept: of a phase, a side, a role, or nothing at all."""

    kind: str
    value: Phase | Side | Literal[""] = ""
    match: tuple[str, ...]

    _check = field_validator("match")(_patterns)


class Affixes(_Strict):
    """Words before and after a concept that add nothing to it."""

    before: tuple[str, ...]
    after: tuple[str, ...]


class Vocabulary(_Strict):
    """`measures.toml`: every column concept once, and the terms around them."""

    affixes: Affixes
    measure: tuple[Measure, ...]
    term: tuple[Term, ...]


class TableKind(_Strict):
    """One table type: titles that mean it, and what they imply.

    Attributes:
        id: The `table_type`.
        zh: The usual Chinese title.
        title: Regular expressions searched in the title with blanks removed; the first kind that fits wins.
        unless: Regular expressions that rule the kind out.
        header: Regular expressions, each of which some header text must match, for tables without a known title.
        measures: Concepts, each of which some column must have, for tables without a known title.
        fund: general_public_budget, government_fund or state_capital.
        side: revenue or expenditure, where all of the table is one.
        form: The table may be a form of labels and values, not rows under a header.
        measured_by_rows: Where the header says no more than 金额, the rows' labels name the measures (“三公”).
    """

    id: str = Field(pattern=r"^[a-z_]+$")
    zh: str
    title: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    fund: Fund | None = None
    side: Side | None = None
    form: bool = False
    measured_by_rows: bool = False

    _check = field_validator("title", "unless", "header")(_patterns)


class TableKinds(_Strict):
    """`tables.toml`."""

    table: tuple[TableKind, ...]


class Template(_Strict):
    """A layout that the vocabulary alone would leave open; it only narrows what the vocabulary says.

    Attributes:
        id: Unique, such as `shanghai-budget-1`.
        table_type: An id of `tables.toml`.
        source: The document that it was read off, and its years.
        title: Regular expression searched in the title with blanks removed.
        header: Header texts (regular expressions), each of which must be there.
        unit: The unit that the table must say, if it matters.
        measures: Header path (joined by `/`, regular expression matching whole) → measure id.
    """

    id: str
    table_type: str
    source: str
    years: tuple[int, int]
    title: str
    header: tuple[str, ...] = ()
    unit: str | None = None
    measures: dict[str, str] = {}

    @field_validator("title", "header", "measures")
    @classmethod
    def _check(cls, value: str | tuple[str, ...] | dict[str, str]) -> str | tuple[str, ...] | dict[str, str]:
        _patterns((value,) if isinstance(value, str) else tuple(value))
        return value


class Templates(_Strict):
    """One file of `templates/`."""

    template: tuple[Template, ...]


class Sum(_Strict):
    """A concept that is the sum of its parts, along a row.

    Attributes:
        whole: Concepts, the first of which that one column has is the sum.
        parts: Concepts, all of which the table must have.
        optional: Concepts that are parts where the table has them.
    """

    whole: tuple[str, ...]
    parts: tuple[str, ...]
    optional: tuple[str, ...] = ()


class Tie(_Strict):
    """Two tables that print the same figure: (table type, measure or code) each.

    Attributes:
        left: One side; and `right`.
        sure: Whether it always holds, so that a failure between the only totals of both is a finding.
    """

    left: tuple[str, str]
    right: tuple[str, str]
    sure: bool = False


class Identities(_Strict):
    """`checks.toml`."""

    sum: tuple[Sum, ...]
    tie: tuple[Tie, ...]


class Region(_Strict):
    """A province or city: its name, how texts call it, and its six-digit code of GB/T 2260."""

    code: str = Field(pattern=r"^\d{6}$")
    name: str


class Regions(_Strict):
    """`regions.toml`."""

    region: tuple[Region, ...]


class Word(_Strict):
    """One word of the prose: an id and the phrases that mean it, as regular expressions.

    Attributes:
        id: What the datasets call it.
        zh: The usual Chinese term.
        match: Regular expressions.
        within: Kinds of sections outside which the phrase means something else; empty: anywhere.
    """

    id: str = Field(pattern=r"^[a-z_]+$")
    zh: str
    match: tuple[str, ...]
    within: tuple[str, ...] = ()

    _check = field_validator("match")(_patterns)


class Words(_Strict):
    """`words.toml`: kinds of sections, subjects of figures, kinds of units, parts of a project's description."""

    section: tuple[Word, ...]
    subject: tuple[Word, ...]
    unit_kind: tuple[Word, ...]
    project_part: tuple[Word, ...]


class Config:
    """Everything under one `configs` folder, validated.

    Attributes:
        directory: The folder.
        hash: Hex digest over every file in it: results of another hash are not reused.
    """

    def __init__(
        self,
        directory: Path,
        vocabulary: Vocabulary,
        kinds: TableKinds,
        templates: tuple[Template, ...],
        identities: Identities,
        regions: Regions,
        words: Words,
        digest: str,
    ) -> None:
        """Keep what `read` has validated."""
        self.directory = directory
        self.vocabulary = vocabulary
        self.kinds = kinds.table
        self.templates = templates
        self.identities = identities
        self.regions = regions.region
        self.words = words
        self.hash = digest

    @classmethod
    def read(cls, directory: Path | None = None) -> Config:
        """Read and validate a `configs` folder; None means the one that comes with the package.

        Raises:
            ConfigError: A file is missing, is not TOML, or has an unknown or wrong key; the message names its place.
        """
        folder = directory or packaged_configs()
        if not folder.is_dir():
            raise ConfigError(f"{folder}: no such folder; expected one with measures.toml, tables.toml and templates/")
        vocabulary = _load(folder / "measures.toml", Vocabulary)
        kinds = _load(folder / "tables.toml", TableKinds)
        identities = _load(folder / "checks.toml", Identities)
        regions = _load(folder / "regions.toml", Regions)
        words = _load(folder / "words.toml", Words)
        templates: list[Template] = []
        for path in sorted((folder / "templates").glob("*.toml")):
            templates += _load(path, Templates).template
        _check_references(folder, vocabulary, kinds, templates, identities)
        _check_sections(folder, words)
        digest = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in (".toml", ".csv"):
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
        return cls(folder, vocabulary, kinds, tuple(templates), identities, regions, words, digest.hexdigest())


def _load(path: Path, model: type[M]) -> M:
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: missing; expected a TOML file: copy it from the package's configs") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML ({error}); mend the line that it names") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {place}: {first['msg']}; known keys: {', '.join(model.model_fields)}") from error


def _check_references(
    folder: Path, vocabulary: Vocabulary, kinds: TableKinds, templates: list[Template], identities: Identities
) -> None:
    known_measures = {measure.id for measure in vocabulary.measure}
    known_kinds = {kind.id for kind in kinds.table}
    for kind in kinds.table:
        _require(
            known_measures,
            kind.measures,
            f"{folder / 'tables.toml'}: table {kind.id}: unknown measure",
            "measures.toml",
        )
    checks = folder / "checks.toml"
    for rule in identities.sum:
        _require(
            known_measures, (*rule.whole, *rule.parts, *rule.optional), f"{checks}: unknown measure", "measures.toml"
        )
    for table, figure in (side for tie in identities.tie for side in (tie.left, tie.right)):
        _require(known_kinds, [table], f"{checks}: unknown table type", "tables.toml")
        if not figure.isdigit():
            _require(known_measures | SIDES, [figure], f"{checks}: unknown measure", "measures.toml")
    seen: set[str] = set()
    for template in templates:
        where = f"{folder / 'templates'}: template {template.id}"
        if template.id in seen:
            raise ConfigError(f"{where}: the id is used twice; give each template its own")
        seen.add(template.id)
        _require(known_kinds, [template.table_type], f"{where}: unknown table_type", "tables.toml")
        for measure in template.measures.values():
            _require(known_measures, measure.split("/"), f"{where}: unknown measure", "measures.toml")


def _require(known: set[str], names: Iterable[str], what: str, file: str) -> None:
    for name in names:
        if name not in known:
            raise ConfigError(f'{what} "{name}"; see {file}')


def _check_sections(folder: Path, words: Words) -> None:
    known = {section.id for section in words.section}
    for subject in words.subject:
        _require(
            known, subject.within, f"{folder / 'words.toml'}: subject {subject.id}: unknown section", "its sections"
        )


def packaged_configs() -> Path:
    """Return the `configs` folder of the wheel, or of the checkout that the package runs from."""
    inside = Path(__file__).parent.parent / "configs"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent / "configs"
