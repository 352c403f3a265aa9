"""The parts of `organisations`: each made of what all documents say of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from extractor.datasets.figure_parts import organisation_bucket
from extractor.datasets.parts import Part
from extractor.datasets.schemas import DATASETS
from extractor.figures.organisations import Alias, Mention, organisation_of

ORGANISATIONS = "organisations"
_DATASET = DATASETS[ORGANISATIONS]


def organisation_parts(
    read: Callable[[str], Part],
    known: Collection[str],
    fresh: Sequence[Callable[[], pa.Table]],
    replaced: Collection[str],
) -> Iterator[tuple[str, list[pa.Table]]]:
    """Yield (file name, rows in a table) for every part that documents change.

    Args:
        read: Reads a part by its name.
        known: The names of the parts there are.
        fresh: Each returns rows of documents that are added or replaced, each of which names one document.
        replaced: The ids of all documents that are added, replaced or removed.
    """
    named: dict[str, dict[str, list[Mention]]] = defaultdict(lambda: defaultdict(list))
    for key, mention in chain.from_iterable(_mentions(rows_of()) for rows_of in fresh):
        named[_part(key)][key].append(mention)
    gone = set(replaced)
    for name in sorted({*known, *named}):
        old = read(name).table() if name in known else _DATASET.schema.empty_table()
        touched = {*named[name], *_named_by(old, gone)}
        if not touched:
            continue
        changes = pc.is_in(old["organisation_id"], pa.array(sorted(touched), pa.string()))
        for key, mention in _mentions(old.filter(changes)):
            if mention.document_id not in gone:
                named[name][key].append(mention)
        made = [organisation_of(key, mentions) for key, mentions in named[name].items()]
        rows = pa.concat_tables([old.filter(pc.invert(changes)), _DATASET.table(made)])
        yield name, [rows.take(pc.sort_indices(rows, [("organisation_id", "ascending")])).combine_chunks()]


def _named_by(rows: pa.Table, documents: Collection[str]) -> list[str]:
    """Return the organisations of which one of the documents says something."""
    said = rows["named_by"].combine_chunks()
    hit = pc.is_in(pc.struct_field(pc.list_flatten(said), "document_id"), pa.array(documents, pa.string()))
    found: list[str] = rows["organisation_id"].take(pc.unique(pc.list_parent_indices(said).filter(hit))).to_pylist()
    return found


def _mentions(rows: pa.Table) -> Iterator[tuple[str, Mention]]:
    """Yield organisation and what a document says of it."""
    for key, named in zip(rows["organisation_id"].to_pylist(), rows["named_by"].to_pylist(), strict=True):
        for mention in named:
            yield key, _mention(mention)


def _mention(values: dict[str, Any]) -> Mention:
    reform = values.pop("reform")
    return Mention(**values, reform=None if reform is None else Alias(**reform))


def _part(organisation_id: str) -> str:
    return f"{ORGANISATIONS}/part-{organisation_bucket(organisation_id)}.parquet"
