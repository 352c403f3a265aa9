"""Compare two documents, such as a budget and its correction: which figures changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc

from extractor.datasets.opened import Datasets
from extractor.errors import UsageError
from extractor.figures.figure import FigureKey

if TYPE_CHECKING:
    import pandas as pd

Compared = Literal["figures", "line_items"]
_SAME: dict[Compared, tuple[str, ...]] = {  # columns that say what a row is of, and are shown
    "figures": ("organisation", *(name for name in FigureKey._fields if name != "organisation_id"), "name"),
    "line_items": (
        *(
            "table_type",
            "side",
            "agency_name",
            "code",
            "label",
            "measure",
            "measure_label",
            "amount_year",
            "phase",
            "unit",
        ),
    ),
}


def find_document(documents: pa.Table, named: str) -> str:
    """Return the id of the one document that a person names.

    Args:
        documents: Rows of `documents`.
        named: Its id or the beginning of it, its path, or the URL that it was read from; of several documents at one place, the
            one that stands.

    Raises:
        UsageError: There is no such document, or there are several.
    """
    rows = documents.select(["document_id", "path", "source_url", "superseded_by"]).to_pylist()
    found = [r for r in rows if named and r["document_id"].startswith(named)]
    found = found or [r for r in rows if named in (r["path"], r["source_url"]) and r["superseded_by"] is None]
    if len(found) != 1:
        what = "no such document" if not found else f"{len(found)} documents"
        raise UsageError(f"{named}: {what}; expected the path, the URL or the document_id of one in the dataset")
    return str(found[0]["document_id"])


def difference(datasets: Datasets, old: str, new: str, of: Compared = "figures") -> pa.Table:
    """Return every row that is not the same in two documents, with both amounts in yuan.

    Args:
        datasets: Those of a folder.
        old: A `documents.document_id`.
        new: Another one.
        of: What is compared: `figures`, each once, or `line_items`, every amount with its value as printed.

    Returns:
        `change` (changed, added, removed), what the row is of, `old`, `new` and `difference`.

    Raises:
        DatasetError: A part is missing or damaged.
    """
    rows = datasets.figures.to_arrow() if of == "figures" else datasets.line_items.to_arrow()
    same, amount = list(_SAME[of]), "amount" if of == "figures" else "value"
    pages = [] if of == "figures" else ["page"]
    sides = [_side(rows.filter(pc.equal(rows["document_id"], i)), same, [amount, *pages]) for i in (old, new)]
    both = sides[0].merge(
        sides[1], how="outer", on=[*same, "_nth"], suffixes=("_old", "_new"), indicator=True, sort=False
    )
    before, after = both[f"{amount}_old"], both[f"{amount}_new"]
    both["change"] = both["_merge"].astype(str).map({"both": "changed", "left_only": "removed", "right_only": "added"})
    both["difference"] = (after - before).where(both["_merge"] == "both")
    differs = (before != after) & ~(before.isna() & after.isna())
    shown = both[(both["_merge"] != "both") | differs]
    names = {f"{amount}_old": "old", f"{amount}_new": "new"}
    columns = ["change", *same, *(f"page_{side}" for side in ("old", "new") if pages), *names, "difference"]
    return _table(shown[columns].rename(columns=names), rows.schema, amount)


def _side(rows: pa.Table, same: list[str], values: list[str]) -> pd.DataFrame:
    """Return the rows of one document, those that are of the same thing numbered in reading order."""
    rows = pa.concat_tables(
        [rows, rows.schema.empty_table()]
    )  # pandas joins no texts of which there is not even a chunk
    frame: pd.DataFrame = rows.select([*same, *values]).to_pandas(integer_object_nulls=True)
    frame["_nth"] = frame.groupby(same, dropna=False, sort=False).cumcount()
    return frame


def _table(frame: pd.DataFrame, schema: pa.Schema, amount: str) -> pa.Table:
    """Return a frame as Arrow, in the types of the dataset that it came from."""
    kinds = {"change": pa.string(), **dict.fromkeys(("old", "new", "difference"), schema.field(amount).type)}
    kinds |= dict.fromkeys(("page_old", "page_new"), pa.int32())
    columns = {
        name: pa.array(frame[name], kinds.get(name) or schema.field(name).type, from_pandas=True)
        for name in frame.columns
    }
    return pa.table(columns)
