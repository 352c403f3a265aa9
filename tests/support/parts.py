"""Parts of datasets that no file holds, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from extractor.datasets.parts import Part


class PartOf(Part):
    """A part with given rows, of which `batches` yields two at once."""

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        rows = self.table(columns)
        yield from (rows.slice(start, 2) for start in range(0, rows.num_rows, 2))

    def table(self, columns: Sequence[str] | None = None) -> pa.Table:
        return self._rows if columns is None else self._rows.select(columns)
