"""What `manifest.json` and the journal of a commit may say: their shapes, and the names of files that they may contain.

A folder of datasets may come from a stranger: no name in it is used before it is known to be one that a run gives.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError, model_validator

from extractor.datasets.schemas import SCHEMAS
from extractor.errors import DatasetError
from extractor.filesystem import Place

FORMAT = "budget-extractor-dataset-1"
MAX_BYTES = 16 << 20  # bytes of a manifest or a journal: one of sixteen buckets and a hundred years has 0.3 MB
_FOLDERS = "|".join(name if name != "line_items" else "line_items/year=[0-9]{1,5}" for name in SCHEMAS)
_PART = rf"^(?:{_FOLDERS})/part-[0-9a-f]\.parquet$"
_STAGED = r"^(?:[0-9a-f]{32}/)?[0-9]{5}$"  # until 2026-11 without a folder of their own

_PartName = Annotated[str, Field(pattern=_PART)]
_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Part(_Strict):
    rows: NonNegativeInt
    sha256: _Digest


class _Manifest(_Strict):
    format: str
    files: dict[_PartName, _Part]
    datapackage: _Digest | None = None  # manifests of earlier versions list neither
    schemas: _Digest | None = None


class _Journal(_Strict):
    moves: dict[Annotated[str, Field(pattern=_STAGED)], _PartName]
    removed: list[_PartName]
    manifest: _Manifest
    datapackage: dict[str, Any]

    @model_validator(mode="after")
    def _agrees_with_its_manifest(self) -> _Journal:
        unlisted = [name for name in self.moves.values() if name not in self.manifest.files]
        kept = [name for name in self.removed if name in self.manifest.files]
        if unlisted or kept:
            raise ValueError(f"{(unlisted + kept)[0]} is moved or removed otherwise than the manifest says")
        return self


_Model = TypeVar("_Model", bound=_Strict)


def parse_manifest(content: bytes, place: Place) -> dict[str, Any]:
    """Return the content of a manifest, whose names are safe to use.

    Raises:
        DatasetError: It is of another format, or of the wrong shape, or it names what no run writes.
    """
    found = _format(content)
    if isinstance(found, str) and found != FORMAT:
        raise DatasetError(f"{place}: is of format {found!r}; expected {FORMAT}: run again into a new folder")
    return _parse(_Manifest, content, place, "run again into a new folder")


def parse_journal(content: bytes, place: Place) -> dict[str, Any]:
    """Return the content of a journal, whose names are safe to use.

    Raises:
        DatasetError: It is of the wrong shape, or it names what no run writes.
    """
    return _parse(_Journal, content, place, "delete it, and run `extractor verify`")


def _format(content: bytes) -> object:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):  # `_parse` says so
        return None
    return found.get("format") if isinstance(found, dict) else None


def _parse(model: type[_Model], content: bytes, place: Place, remedy: str) -> dict[str, Any]:
    try:
        if len(content) > MAX_BYTES:
            raise DatasetError(f"{place}: has {len(content)} bytes; expected at most {MAX_BYTES}: {remedy}")
        return model.model_validate_json(content).model_dump(exclude_none=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise DatasetError(
            f"{place}: is damaged ({f'{where!r}: ' if where else ''}{first['msg']}); expected what `extractor run` writes: {remedy}"
        ) from error
