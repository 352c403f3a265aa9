"""What a store must do to be kept equal to the datasets, and the table in which it knows what was sent to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple, Protocol

import pyarrow as pa

from extractor.contract import Described
from extractor.datasets.schemas import Dataset
from extractor.errors import UsageError

# A password that nobody has escaped may have whatever separates the parts of a location: rather too much is left out.
_PASSWORD = re.compile(r"(passw(?:or)?d\s*=\s*)(?:'(?:\\.|[^'\\])*'?|(?:\\.|\S)+)", re.IGNORECASE)
_USER = re.compile("(://).*@")
_UNESCAPED = re.compile(r"postgres(?:ql)?://[^?]*(?:[@/]|%(?![0-9a-fA-F]{2}))[^?]*@")


class LoadedRow(NamedTuple):
    """A row of the table of what was sent.

    A unit is a set of parts in which all rows of a document are, if one is: a bucket of a dataset by document, all of `figures`.
    """

    unit: Annotated[str, Described("Parts of a dataset: its name, and their bucket.", "line_items/3")]
    key: Annotated[
        str,
        Described(
            "The document whose rows were sent; the organisation, region or classification where a dataset is by these; empty "
            "for the unit itself.",
            "4588cbbcbd3fc885a0b4c5cac3b2a30fcbf8c94ff239508c50b0782e26e5347b",
        ),
    ]
    digest: Annotated[
        str,
        Described("SHA-256 of the rows that were sent, and of the unit's parts; empty while they are written.", "9f…"),
    ]


LOADED = Dataset(
    "loaded",
    "what `extractor load` has sent: the next load sends what differs",
    (LoadedRow,),
    " ".join(LoadedRow._fields),
    ("unit", "key"),
    {},
)


class Sink(Protocol):
    """A store that is open for one load: all that is written becomes visible at its end, or nothing."""

    def prepare(self, datasets: Sequence[Dataset]) -> None:
        """Create the tables, and the columns, that are missing; of a table that is created, nothing counts as sent.

        Raises:
            UsageError: A table has another shape, or somebody else's has its name.
        """

    def units(self) -> dict[str, str]:
        """Return unit → the digest of its parts when it was sent."""

    def keys(self, unit: str) -> dict[str, str]:
        """Return key → the digest of its rows when they were sent."""

    def delete(self, dataset: Dataset, where: Mapping[str, Sequence[str]]) -> None:
        """Delete the rows whose columns each have one of some values."""

    def insert(self, dataset: Dataset, rows: pa.Table) -> None:
        """Add rows, whose columns are the dataset's."""


def shown(text: str) -> str:
    """Return a location, or a message that quotes it, without users and passwords."""
    return _USER.sub(r"\1", _PASSWORD.sub(r"\1", text))


def require_escaped(location: str) -> None:
    """Refuse a URL in which PostgreSQL would take a part of the password for a host or a port, and name it in its message.

    Raises:
        UsageError: A user or password has a character that separates the parts of a URL.
    """
    if _UNESCAPED.search(location):
        raise unreadable(location)


def unreadable(location: str) -> UsageError:
    """Return the error of a URL that cannot be parsed, without the parser's message, which quotes parts of it."""
    return UsageError(
        f"{shown(location).partition('?')[0]}: cannot be read as a URL; write @, / and % within a user or password as %40, %2F and %25"
    )


def has_loads(loaded: Mapping[str, str]) -> bool:
    """Return whether earlier loads have written to a store, given the columns of its table `loaded`, if it has one."""
    return {*LOADED.schema.names} <= {*loaded}


def key_of(dataset: Dataset) -> str:
    """Return the column by whose values rows of a dataset are replaced."""
    return "document_id" if "document_id" in dataset.schema.names else dataset.primary_key[0]


def missing_columns(dataset: Dataset, there: Mapping[str, str], expected: Mapping[str, str], is_own: bool) -> list[str]:
    """Return the columns that a table of a store lacks; all where there is no table.

    Args:
        dataset: The dataset that is to be in the table.
        there: Column → type of the table, in the store's words; empty where there is none.
        expected: The same as a load would create it.
        is_own: Whether earlier loads have written to the store.

    Raises:
        UsageError: The table is none that a load has made, or a column has another type.
    """
    if there and not is_own:
        raise UsageError(
            f"{dataset.name}: is a table that no load has made; rename or drop it, or load into a schema or namespace of its own"
        )
    for name, kind in expected.items():
        if there.get(name, kind) != kind:
            raise UsageError(
                f"{dataset.name}.{name}: is {there[name]}; expected {kind}: rename or drop the table, or load into a schema or namespace of its own"
            )
    return [name for name in expected if name not in there]
