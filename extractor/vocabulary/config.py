"""`configs/`: every file read once, validated with the place of each fault, and hashed for reruns."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from extractor.contract import Fund, Phase, Publication, Side
from extractor.errors import ConfigError
from extractor.vocabulary.body_rules import Bodies
from extractor.vocabulary.check_rules import Identities
from extractor.vocabulary.codes import SCHEMES, Classifications, Successor, read_successors
from extractor.vocabulary.column_rules import Headers
from extractor.vocabulary.document_rules import DocumentRules
from extractor.vocabulary.drift_rules import DriftRules
from extractor.vocabulary.fields import Known, KnownIds
from extractor.vocabulary.figure_rules import FigureRules
from extractor.vocabulary.label_rules import Labels
from extractor.vocabulary.publication_rules import PublicationRules
from extractor.vocabulary.regions import Region, read_regions
from extractor.vocabulary.table_rules import TableKind, TableKinds, Template, Templates
from extractor.vocabulary.toml_file import TomlFile
from extractor.vocabulary.toml_lines import Place
from extractor.vocabulary.word_rules import Words

# What the reader itself knows, and no file defines.
TERMS = frozenset(
    (
        *("group_total", "neutral", "phase", "side", "code", "name"),
        *("agency_code", "agency_name", "helper", "attribute", "level", "target_unit"),
    )
)
NOT_READ_BY = (
    "drift.toml",
    "sources",
    "links.toml",
)  # what `status` and `fetch` go by: no document is read otherwise for it
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
    documents: DocumentRules
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
        names = ("measures", "tables", "checks", "words", "labels", "figures", "publications", "drift")
        files = [TomlFile(folder / f"{name}.toml") for name in (*names, "organisations", "documents")]
        measures, tables, checks, words, labels, figures, publications, drift, bodies, documents = files
        codes = Classifications.read(folder / "codes")
        known = _known(measures, tables, words, codes)
        drafts = [TomlFile(path) for path in sorted((folder / "templates").glob("*.toml"))]
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
            documents.validated(DocumentRules, known),
            codes,
            read_successors(folder / "codes" / "successors.csv", codes),
            _digest(folder, {file.path: file.data for file in (*files, *drafts)}),
        )
        _require_unique("measure", measures)
        _require_unique("table", tables)
        _require_unique("publication", publications)
        _require_unique("template", *drafts)
        return config


def _require_unique(array: str, *files: TomlFile) -> None:
    """Raise where two tables of an array, in one file or in several, have one id."""
    first: dict[str, tuple[TomlFile, Place]] = {}
    for file in files:
        for index, entry in enumerate(file.data.get(array, ())):
            place: Place = (array, index, "id")
            before, where = first.setdefault(entry["id"], (file, place))
            if (before, where) != (file, place):
                raise ConfigError(
                    f'{file.place(place)}: {array}.{index}.id: "{entry["id"]}" is used twice, first in '
                    f"{before.place(where)}; give each its own"
                )


def _known(measures: TomlFile, tables: TomlFile, words: TomlFile, codes: Classifications) -> KnownIds:
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


def _digest(folder: Path, parsed: Mapping[Path, dict[str, Any]]) -> str:
    """Return the digest of what the files say: a comment or a blank line changes no result, and no document is read again for it.

    Args:
        folder: The folder.
        parsed: Those of its TOML files that have been read already, with what they say.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if not path.is_file() or path.suffix not in (".toml", ".csv") or inner.parts[0] in NOT_READ_BY:
            continue
        text = path.read_text(encoding="utf-8")
        said = text if path.suffix == ".csv" else repr(parsed[path] if path in parsed else tomllib.loads(text))
        digest.update(inner.as_posix().encode() + b"\0" + said.encode() + b"\0")
    return digest.hexdigest()


def packaged_configs() -> Path:
    """Return the `configs` folder of the wheel, or of the checkout that the package runs from."""
    inside = Path(__file__).parent.parent / "configs"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent / "configs"
