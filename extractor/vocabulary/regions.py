"""Names of regions, and which region a text names."""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.vocabulary.models import Regions


class _Name(NamedTuple):
    """A region and how texts call it: 上海市普陀区 is 普陀区 where a text names 上海 too."""

    code: str
    full: str
    short: str
    above: str | None
    below: str


class RegionNames:
    """Knows what texts call the regions: a third of all judging before it was compiled once."""

    def __init__(self, regions: Regions) -> None:
        """Compile the names."""
        end = re.compile(f"(?:{'|'.join(map(re.escape, regions.ends))})$")
        self._names: list[_Name] = []
        for region in regions.region:
            short = end.sub("", region.name) if len(region.name) > 2 else region.name
            above = next((r.name for r in regions.region if r is not region and region.name.startswith(r.name)), None)
            outer = None if above is None else end.sub("", above)
            self._names.append(_Name(region.code, region.name, short, outer, region.name.removeprefix(above or "")))

    def find(self, text: str) -> tuple[str, str] | None:
        """Return (code, name) of the most narrow region that a text names; of two alike, the one named in full."""
        best: tuple[tuple[int, ...], str, str] | None = None
        for code, full, short, above, below in self._names:
            hit = full in text or (above is not None and below in text and above in text)
            if hit or short in text:
                rank = (not code.endswith("0000"), 2 * len(full) if hit else len(short))
                if best is None or rank > best[0]:
                    best = (rank, code, full)
        return (best[1], best[2]) if best else None
