"""`configs/`: every file read once, validated with the place of each fault, and hashed for reruns."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from extractor.contract import Fund, Phase, Publication, Side
from extractor.errors import ConfigError
from extractor.vocabulary.codes import SCHEMES, Classifications, Successor, read_successors
from extractor.vocabulary.drift_rules import DriftRules
from extractor.vocabulary.figure_rules import FigureRules
from extractor.vocabulary.models import (
    Bodies,
    Headers,
    Identities,
    Known,
    KnownIds,
    Labels,
    TableKind,
    TableKinds,
    Template,
    Templates,
    Words,
    nearest,
)
from extractor.vocabulary.publication_rules import PublicationRules
from extractor.vocabulary.regions import Region, read_regions
from extractor.vocabulary.toml_lines import Place, lines_of

M = TypeVar("M", bound=BaseModel)
# What the reader itself knows, and no file defines.
TERMS = frozenset(
    (
        *("group_total", "neutral", "phase", "side", "code", "name"),
        *("agency_code", "agency_name", "helper", "attribute"),
    )
)
NOT_READ_BY = ("drift.toml",)  # what changes no result of reading
READ_SUBJECTS = frozenset(("functional_class", "economic_class", "performance_projects"))  # of no word in words.toml


@dataclass(frozen=True)
class Config:
    """Everything under one `configs` folder, validated.

    Attributes:
        directory: The folder.
        hash: Hex digest over what every file in it says: results of another hash are read again.
    """

    directory: Path
    headers: Headers
    kinds: tuple[TableKind, ...]
    templates: tuple[Template, ...]
    identities: Identities
    regions: tuple[Region, ...]
    words: Words
    labels: Labels
    figures: FigureRules
    publications: PublicationRules
    drift: DriftRules
    bodies: Bodies
    codes: Classifications
    successors: tuple[Successor, ...]
    hash: str

    @classmethod
    def read(cls, directory: Path | None = None) -> Config:
        """Read and validate a `configs` folder; None means the one that comes with the package.

        Raises:
            ConfigError: A file is missing, is not TOML, or has a wrong key, value or id; the message names file and line.
        """
        folder = directory or packaged_configs()
        if not folder.is_dir():
            raise ConfigError(f"{folder}: no such folder; expected one with measures.toml, tables.toml and templates/")
        names = ("measures", "tables", "checks", "words", "labels", "figures", "publications", "drift", "organisations")
        measures, tables, checks, words, labels, figures, publications, drift, bodies = (
            _File(folder / f"{name}.toml") for name in names
        )
        codes = Classifications.read(folder / "codes")
        known = _known(measures, tables, words, codes)
        drafts = [_File(path) for path in sorted((folder / "templates").glob("*.toml"))]
        config = cls(
            folder,
            measures.validated(Headers, known),
            tables.validated(TableKinds, known).table,
            tuple(template for file in drafts for template in file.validated(Templates, known).template),
            checks.validated(Identities, known),
            read_regions(folder / "codes" / "regions.csv"),
            words.validated(Words, known),
            labels.validated(Labels, known),
            figures.validated(FigureRules, known),
            publications.validated(PublicationRules, known),
            drift.validated(DriftRules, known),
            bodies.validated(Bodies, known),
            codes,
            read_successors(folder / "codes" / "successors.csv", codes),
            _digest(folder),
        )
        _require_unique("measure", measures)
        _require_unique("table", tables)
        _require_unique("publication", publications)
        _require_unique("template", *drafts)
        return config


class _File:
    """One TOML file: what it says, and in which lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            content = path.read_bytes()
            self.text = content.decode("utf-8")
            self.data: dict[str, Any] = tomllib.loads(self.text)
        except FileNotFoundError as error:
            raise ConfigError(f"{path}: missing; expected a TOML file: copy it from the package's configs") from error
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise ConfigError(f"{path}:{line}: not UTF-8 ({error.reason}); save the file as UTF-8") from error
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"at line (\d+)", str(error))
            line = int(place[1]) if place else self.text.count("\n") + 1
            raise ConfigError(f"{path}:{line}: not valid TOML ({error}); correct that line") from error

    @cached_property
    def lines(self) -> dict[Place, int]:
        """Place → line; read only where there is a fault to tell of."""
        return lines_of(self.text)

    def ids(self, array: str) -> frozenset[str]:
        """Return the ids that an array of tables defines, valid or not."""
        entries = self.data.get(array)
        tables = entries if isinstance(entries, list) else []
        return frozenset(str(table["id"]) for table in tables if isinstance(table, dict) and "id" in table)

    def validated(self, model: type[M], known: KnownIds) -> M:
        """Return the file as a model of it."""
        try:
            return model.model_validate(self.data, context=known)
        except ValidationError as error:
            faults = error.errors()
            misspelt = (
                fault for fault in faults if fault["type"] == "extra_forbidden"
            )  # it says more than what it lacks
            raise self.error(next(misspelt, faults[0]), model) from error

    def place(self, place: Place) -> str:
        """Return file and line of a place, or of the innermost table or value around it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return f"{self.path}:{self.lines.get(place, 1)}"

    def error(self, fault: ErrorDetails, model: type[BaseModel]) -> ConfigError:
        """Return a fault in one line: where, what, and what was expected."""
        place, what = fault["loc"], _told(fault, model)
        value = _at(self.data, place)
        if isinstance(value, list):  # of several regular expressions one is wrong
            place += tuple(i for i, v in enumerate(value) if what.startswith(f'"{v}" '))[:1]
        return ConfigError(f"{self.place(place)}: {'.'.join(map(str, place))}: {what}")


def _at(data: Any, place: Place) -> Any:
    """Return what a file says at a place; None where it says nothing."""
    for step in place:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _told(fault: ErrorDetails, model: type[BaseModel]) -> str:
    if fault["type"] == "extra_forbidden":
        keys = _keys(model, fault["loc"][:-1])
        return f"unknown key; expected one of {', '.join(keys)}{nearest(str(fault['loc'][-1]), keys)}"
    if fault["type"] == "missing":
        return "missing; add this key"
    return fault["msg"].removeprefix("Value error, ")


def _keys(model: type[BaseModel], place: Place) -> list[str]:
    """Return the keys that the table at a place may have."""
    for step in place:
        if step in model.model_fields:
            inner: list[Any] = [model.model_fields[str(step)].annotation]
            while inner and not (isinstance(inner[0], type) and issubclass(inner[0], BaseModel)):
                inner = [*get_args(inner[0]), *inner[1:]]
            model = inner[0] if inner else model
    return list(model.model_fields)


def _require_unique(array: str, *files: _File) -> None:
    """Raise where two tables of an array, in one file or in several, have one id."""
    first: dict[str, tuple[_File, Place]] = {}
    for file in files:
        for index, entry in enumerate(file.data.get(array, ())):
            place: Place = (array, index, "id")
            before, where = first.setdefault(entry["id"], (file, place))
            if (before, where) != (file, place):
                raise ConfigError(
                    f'{file.place(place)}: {array}.{index}.id: "{entry["id"]}" is used twice, first in '
                    f"{before.place(where)}; give each its own"
                )


def _known(measures: _File, tables: _File, words: _File, codes: Classifications) -> KnownIds:
    """Return every kind of id that a file may refer to."""
    sides, phases, funds, publications = (frozenset(get_args(kind)) for kind in (Side, Phase, Fund, Publication))
    return {
        "measure": Known(measures.ids("measure"), "measures.toml"),
        "fund": Known(funds, ", ".join(sorted(funds))),
        "publication": Known(publications, ", ".join(sorted(publications))),
        "table type": Known(tables.ids("table"), "tables.toml"),
        "section": Known(words.ids("section"), "the sections of words.toml"),
        "subject": Known(words.ids("subject") | READ_SUBJECTS, "the subjects of words.toml"),
        "side": Known(sides, ", ".join(sorted(sides))),
        "phase or side": Known(phases | sides, ", ".join(sorted(phases | sides))),
        "kind of term": Known(TERMS, ", ".join(sorted(TERMS))),
        "code": Known(frozenset(c for name in SCHEMES.values() for c in codes.scheme(name).names), "codes/*.csv"),
    }


def _digest(folder: Path) -> str:
    """Return the digest of what the files say: a comment or a blank line changes no result, and no document is read again for it."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix not in (".toml", ".csv") or path.name in NOT_READ_BY:
            continue
        text = path.read_text(encoding="utf-8")
        said = repr(tomllib.loads(text)) if path.suffix == ".toml" else text
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + said.encode() + b"\0")
    return digest.hexdigest()


def packaged_configs() -> Path:
    """Return the `configs` folder of the wheel, or of the checkout that the package runs from."""
    inside = Path(__file__).parent.parent / "configs"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent / "configs"
