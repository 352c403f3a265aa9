"""Derive dataset columns from annotated fields: name, Arrow type, allowed values and description."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from extractor.contract import Described

_STORED = {
    "int8": pa.int8(),
    "int16": pa.int16(),
    "yuan": pa.decimal128(20, 2),
    "number": pa.decimal128(24, 6),
    "moment": pa.timestamp("ms", "UTC"),  # Parquet has none of seconds
    str: pa.string(),
    int: pa.int32(),
    float: pa.float32(),
    bool: pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class DatasetColumn:
    """One column of a dataset.

    Attributes:
        name: The name in the files, and of the attribute that fills it.
        owner: The class that describes it.
        described: Its description.
        arrow: Its Arrow type.
        nullable: Whether it may be null.
        allowed: The allowed values, of each element for a list; empty where any value of the type is allowed.
    """

    name: str
    owner: type
    described: Described
    arrow: pa.DataType
    nullable: bool
    allowed: tuple[str, ...]


@cache
def columns_of(owner: type) -> tuple[DatasetColumn, ...]:
    """Return the columns that a class describes, in the order of its fields; fields without `Described` are left out."""
    return tuple(_columns(owner))


def _columns(owner: type) -> Iterator[DatasetColumn]:
    for name, annotation in get_type_hints(owner, include_extras=True).items():
        if get_origin(annotation) is Annotated:
            kind, *notes = get_args(annotation)
            for described in (note for note in notes if isinstance(note, Described)):
                stored = next((note for note in notes if isinstance(note, str)), None)
                bare, nullable = _without_none(Annotated[kind, stored] if stored else kind)
                words = get_args(bare)[0] if get_origin(bare) is tuple else bare
                allowed = get_args(words) if get_origin(words) is Literal else ()
                yield DatasetColumn(name, owner, described, _arrow(bare), nullable, allowed)


def _without_none(kind: Any) -> tuple[Any, bool]:
    if get_origin(kind) not in (Union, UnionType):
        return kind, False
    (bare,) = (one for one in get_args(kind) if one is not type(None))
    return bare, True


def _arrow(kind: Any) -> pa.DataType:
    """Return the Arrow type of an annotation; a `NamedTuple` becomes a struct."""
    if get_origin(kind) is Annotated:
        return _STORED[get_args(kind)[1]]
    if get_origin(kind) is Literal:
        return pa.string()
    if get_origin(kind) is tuple:
        return pa.list_(_arrow(get_args(kind)[0]))
    if hasattr(kind, "_fields"):  # whose own fields may be null
        return pa.struct([(name, _arrow(_without_none(own)[0])) for name, own in get_type_hints(kind).items()])
    return _STORED[kind]
