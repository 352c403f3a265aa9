"""The parts of `figures`, by organisation: of several documents that state one figure, one is preferred."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from extractor.datasets.history import History, with_history
from extractor.datasets.parts import GROUP, Part, documents_in, merged
from extractor.datasets.schemas import SCHEMAS
from extractor.figures.figure import FigureKey

FIGURES = "figures"
SCHEMA = SCHEMAS[FIGURES]
KEY = FigureKey._fields
RANKED = [*KEY, "document_id", "fiscal_year", "document_phase", "superseded_by", "retired"]
LATER = ("budget", "final_accounts")  # a document's phases in their order


def figure_parts(
    read: Callable[[str], Part],
    known: Collection[str],
    fresh: Sequence[Callable[[], pa.Table]],
    replaced: Collection[str],
    history: Mapping[str, History],
) -> Iterator[tuple[str, Iterator[pa.Table]]]:
    """Yield (file name, rows, a table after the other) for every part that documents change.

    All rows of one organisation are in one part, so that a part alone says which of its rows are preferred.

    Args:
        read: Reads a part by its name.
        known: The names of the parts there are.
        fresh: Each returns the rows of documents that are added or replaced; all of them in the order of their ids.
        replaced: The ids of all documents that are added, replaced or removed.
        history: Document id → its history, where that is new.
    """
    named: dict[str, dict[int, list[str]]] = defaultdict(dict)  # part → place in `fresh` → the organisations there
    for place, rows_of in enumerate(fresh):
        for organisation in pc.unique(rows_of()["organisation_id"]).to_pylist():
            part = f"{FIGURES}/part-{organisation_bucket(organisation)}.parquet"
            named[part].setdefault(place, []).append(organisation)
    changed = pa.array(sorted({*replaced, *history}), pa.string())
    for name in sorted({*known, *named}):
        own = named.get(name, {})
        old = read(name) if name in known else None
        organisations = {*chain(*own.values()), *(() if old is None else _named_by(changed, old))}
        if organisations:
            rows = partial(_rows_of, fresh, own)
            yield name, _changed(old, rows, pa.array(sorted(organisations), pa.string()), replaced, history)


def _rows_of(
    fresh: Sequence[Callable[[], pa.Table]], named: Mapping[int, Sequence[str]], columns: list[str]
) -> Iterator[pa.Table]:
    """Yield the rows of some organisations, a table a document: they are decoded one after the other, so that many need no memory."""
    for place, organisations in named.items():
        rows = fresh[place]()
        own = pc.is_in(rows["organisation_id"], pa.array(organisations, pa.string()))
        yield from documents_in(rows.select(columns).filter(own))


def _named_by(documents: pa.Array, part: Part) -> Iterator[str]:
    """Yield the organisations of which documents state figures."""
    for rows in part.batches(["organisation_id", "document_id"]):
        yield from pc.unique(rows.filter(pc.is_in(rows["document_id"], documents))["organisation_id"]).to_pylist()


def _changed(
    old: Part | None,
    own: Callable[[list[str]], Iterator[pa.Table]],
    organisations: pa.Array,
    replaced: Collection[str],
    history: Mapping[str, History],
) -> Iterator[pa.Table]:
    """Yield the rows of a part after a change: which are preferred of the organisations that it names is found first.

    It is found in the columns that say so; of other organisations, the rows stay as they are.
    """

    def after(columns: list[str]) -> Iterator[pa.Table]:
        before = () if old is None else old.batches(columns)
        return (with_history(rows, history) for rows in merged(before, own(columns), replaced))

    chosen, start = preferred(after(RANKED), organisations), 0
    for rows in after(SCHEMA.names):
        places = pa.array(range(start, start + rows.num_rows), pa.int64())
        named = pc.is_in(rows["organisation_id"], organisations)
        flags = pc.if_else(named, pc.is_in(places, chosen), rows["preferred"])
        column = SCHEMA.get_field_index("preferred")
        yield rows.set_column(column, SCHEMA.field(column), flags)
        start += rows.num_rows


def organisation_bucket(organisation_id: str) -> str:
    """Return the bucket of an organisation, 0 to f."""
    return hashlib.sha256(organisation_id.encode()).hexdigest()[0]


def preferred(figures: Iterable[pa.Table], organisations: pa.Array) -> pa.Array:
    """Return the places of the preferred figures of some organisations: each one of those that stand and agree in all of `FigureKey`.

    It is that of a document about the figure's year, the one of the latest phase; where there is none, of the document of the
    latest year. A document that is superseded states none any more, and one whose file is gone only what no other states.

    Args:
        figures: The columns `RANKED` of a part, by document, some rows at a time: of those that agree, one is kept in memory.
        organisations: Their ids.
    """
    held, start, kept = [], 0, 0
    for rows in figures:
        placed = rows.append_column("place", pa.array(range(start, start + rows.num_rows), pa.int64()))
        start += rows.num_rows
        held.append(placed.filter(pc.is_in(rows["organisation_id"], organisations)))
        if sum(own.num_rows for own in held) > max(2 * kept, GROUP):
            held = [_best(pa.concat_tables(held))]
            kept = held[0].num_rows
    best = _best(pa.concat_tables(held))
    return best["place"].combine_chunks().filter(pc.is_null(best["superseded_by"]).combine_chunks())


def _best(figures: pa.Table) -> pa.Table:
    """Return the best of each figures that agree, of equals the first."""
    about = pc.fill_null(pc.equal(figures["fiscal_year"], figures["year"]), False)
    stands = pc.is_null(figures["superseded_by"])
    phase = pc.fill_null(pc.index_in(figures["document_phase"], pa.array(LATER)), -1)
    there = pc.invert(pc.fill_null(figures["retired"], False))
    rank = {"stands": stands.cast(pa.int8()), "there": there.cast(pa.int8()), "about": about.cast(pa.int8())}
    rank |= {"phase_rank": phase, "later": figures["fiscal_year"]}
    ranked = pa.table({**{name: _numbered(figures[name]) for name in KEY}, **rank})
    order = [*((name, "ascending") for name in KEY), *((name, "descending") for name in rank)]
    places = pc.sort_indices(ranked, order)  # stable
    return figures.take(places.filter(_first_of_each(ranked.select(KEY).take(places)))).combine_chunks()


def _numbered(column: pa.ChunkedArray) -> pa.Array:
    """Return numbers that agree where values do: to sort these takes less time, and less memory, than texts."""
    return column.combine_chunks().dictionary_encode("encode").indices


def _first_of_each(keys: pa.Table) -> pa.Array:
    """Return whether each row differs from the one before; rows that agree stand beside each other."""
    if not keys.num_rows:
        return pa.array([], pa.bool_())
    differs = pa.array([True] + [False] * (keys.num_rows - 1))
    for column in keys.columns:
        changed = pc.not_equal(column.slice(1), column.slice(0, len(column) - 1)).combine_chunks()
        differs = pc.or_(differs, pa.concat_arrays([pa.array([True]), changed]))
    return differs
