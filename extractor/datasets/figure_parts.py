"""The parts of `figures`, by organisation: of several documents that state one figure, one is preferred."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from extractor.datasets.history import History, with_history
from extractor.datasets.schemas import SCHEMAS
from extractor.figures.figure import FigureKey

FIGURES = "figures"
SCHEMA = SCHEMAS[FIGURES]
KEY = FigureKey._fields
LATER = ("budget", "final_accounts")  # a document's phases in their order


def figure_parts(
    read: Callable[[str], pa.Table],
    known: Collection[str],
    fresh: pa.Table,
    replaced: Collection[str],
    history: Mapping[str, History],
) -> Iterator[tuple[str, pa.Table]]:
    """Yield (file name, rows) for every part that documents change.

    All rows of one organisation are in one part, so that a part alone says which of its rows are preferred.

    Args:
        read: Reads a part by its name.
        known: The names of the parts there are.
        fresh: The rows of the documents that are added or replaced.
        replaced: The ids of all documents that are added, replaced or removed.
        history: Document id → its history, where that is new.
    """
    fresh = with_history(fresh, history)
    buckets = pa.array([organisation_bucket(name) for name in fresh["organisation_id"].to_pylist()], pa.string())
    gone = pa.array(sorted(replaced), pa.string())
    for name in sorted({*known, *(f"{FIGURES}/part-{bucket}.parquet" for bucket in pc.unique(buckets).to_pylist())}):
        own = fresh.filter(pc.equal(buckets, name.rsplit("-", 1)[1][0])) if len(buckets) else fresh
        old = read(name) if name in known else SCHEMA.empty_table()
        kept = old.filter(pc.invert(pc.is_in(old["document_id"], gone)))
        changed = with_history(kept, history)
        if own.num_rows or kept.num_rows < old.num_rows or changed is not kept:
            yield name, with_preferred(pa.concat_tables([changed, own]))


def organisation_bucket(organisation_id: str) -> str:
    """Return the bucket of an organisation, 0 to f."""
    return hashlib.sha256(organisation_id.encode()).hexdigest()[0]


def with_preferred(figures: pa.Table) -> pa.Table:
    """Return figures ordered by document, with one preferred of those that stand and agree in all of `FigureKey`.

    It is that of a document about the figure's year, the one of the latest phase; where there is none, of the document of the
    latest year. A document that is superseded states none
    any more, and one whose file is gone only what no other states.
    """
    order = pc.sort_indices(figures, [("document_id", "ascending")])  # stable: reading order within a document
    figures = figures.take(order).combine_chunks()
    about = pc.fill_null(pc.equal(figures["fiscal_year"], figures["year"]), False)
    stands = pc.is_null(figures["superseded_by"])
    phase = pc.fill_null(pc.index_in(figures["document_phase"], pa.array(LATER)), -1)
    there = pc.invert(pc.fill_null(figures["retired"], False))
    ranked = (
        figures.select(KEY)
        .append_column("stands", stands.cast(pa.int8()))
        .append_column("there", there.cast(pa.int8()))
    )
    ranked = ranked.append_column("about", about.cast(pa.int8())).append_column("phase_rank", phase)
    ranked = ranked.append_column("fiscal_year", figures["fiscal_year"]).append_column(
        "document_id", figures["document_id"]
    )
    best_first = [(name, "descending") for name in ("stands", "there", "about", "phase_rank", "fiscal_year")]
    places = pc.sort_indices(
        ranked, [*((name, "ascending") for name in KEY), *best_first, ("document_id", "ascending")]
    )
    sorted_keys = ranked.select(KEY).take(places)
    preferred = _first_of_each(sorted_keys)
    chosen = pa.array(places).filter(preferred)
    flags = pc.and_(pc.is_in(pa.array(range(figures.num_rows), places.type), chosen), stands)
    column = SCHEMA.get_field_index("preferred")
    return figures.set_column(column, SCHEMA.field(column), flags)


def _first_of_each(keys: pa.Table) -> pa.Array:
    """Return whether each row differs from the one before; rows that agree stand beside each other."""
    if not keys.num_rows:
        return pa.array([], pa.bool_())
    differs = pa.array([True] + [False] * (keys.num_rows - 1))
    for name in keys.column_names:
        column = keys[name].combine_chunks()
        filled = pc.fill_null(column, "" if pa.types.is_string(column.type) else -1)
        changed = pc.not_equal(filled.slice(1), filled.slice(0, len(filled) - 1))
        differs = pc.or_(differs, pa.concat_arrays([pa.array([True]), changed]))
    return differs
