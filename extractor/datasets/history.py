"""What later runs make of a document: when it was first seen, what replaced it, and whether its source is gone.

Nothing that was published is removed: a document that another one replaces stays, and names its successor.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

import pyarrow as pa

from extractor.contract import Described, Moment

_ID = "4588cbbcbd3fc885a0b4c5cac3b2a30fcbf8c94ff239508c50b0782e26e5347b"
SUCCESSOR = Described(
    "The document that was published in its place, at the same path or URL; null for one that stands.", _ID
)


class History(NamedTuple):
    """The columns of `documents` that later runs change."""

    first_seen: Annotated[
        Moment | None,
        Described("When a run read it for the first time.", datetime(2026, 3, 1, 2, 30, tzinfo=UTC)),
    ]
    last_read: Annotated[
        Moment | None, Described("When a run read it last.", datetime(2026, 11, 27, 2, 31, tzinfo=UTC))
    ]
    supersedes: Annotated[
        str | None,
        Described("The document that it replaced, at the same path or URL; null for the first one.", _ID),
    ]
    superseded_by: Annotated[str | None, SUCCESSOR]
    retired: Annotated[
        bool, Described("Whether its file was no longer there when its folder was last looked through.", False)
    ]


def stands(document: Mapping[str, Any]) -> bool:
    """Return whether a row of `documents` is what its publisher says today: nothing supersedes it, and its file is there."""
    return document["superseded_by"] is None and not document["retired"]


NEW = History(None, None, None, None, False)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run changes of documents besides those that it reads.

    Attributes:
        removed: Ids of documents to delete, with all their rows.
        superseded: Document id → the id of its successor; None for one that stands again.
        retired: Document id → whether its file is gone.
        duplicates: Path → the id of the document that it has once more, None where it has it no longer.
    """

    removed: Collection[str] = ()
    superseded: Mapping[str, str | None] = field(default_factory=dict)
    retired: Mapping[str, bool] = field(default_factory=dict)
    duplicates: Mapping[str, str | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return any(map(bool, (self.removed, self.superseded, self.retired, self.duplicates)))


NO_CHANGES = Changes()


def histories(
    known: Mapping[str, History], read: Collection[str], moment: datetime | None, changes: Changes
) -> dict[str, History]:
    """Return the new histories of the documents that are read, superseded or retired.

    Args:
        known: Document id → its history so far.
        read: The ids of the documents of a commit.
        moment: When they were read.
        changes: What else the commit changes; documents that are neither known nor read are left out.
    """
    new = {i: NEW._replace(first_seen=moment) if i not in known else known[i] for i in read}
    new = {i: history._replace(last_read=moment) for i, history in new.items()}

    def change(document_id: str, **values: Any) -> None:
        history = new.get(document_id) or known.get(document_id)
        if history is not None:
            new[document_id] = history._replace(**values)

    for old, successor in changes.superseded.items():
        change(old, superseded_by=successor)
        if successor is not None:
            change(successor, supersedes=old)
    for document_id, gone in changes.retired.items():
        change(document_id, retired=gone)
    return new


def with_history(rows: pa.Table, new: Mapping[str, History]) -> pa.Table:
    """Return rows of any dataset in which the columns of `History` say what is new of the documents that it names."""
    import pyarrow.compute as pc  # noqa: PLC0415 - 0.03 s, which workers do without

    ids = pa.array(new, pa.string())
    places = pc.index_in(rows["document_id"], ids)
    changed = pc.is_valid(places)
    if not pc.any(changed).as_py():
        return rows
    for name in History._fields:
        column = rows.schema.get_field_index(name)
        if column >= 0:
            kind = rows.schema.field(column).type
            values = pa.array([getattr(history, name) for history in new.values()], kind).take(places)
            rows = rows.set_column(column, rows.schema.field(column), pc.if_else(changed, values, rows[name]))
    return rows
