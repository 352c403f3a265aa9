"""Names of regions, and which region a text names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from extractor.vocabulary.config import Config

_REGION_END = re.compile(r"(?:市|省|(?:壮族|回族|维吾尔)?自治区)$")


class _Name(NamedTuple):
    """A region and how texts call it: 上海市普陀区 is 普陀区 where a text names 上海 too."""

    code: str
    full: str
    short: str
    above: str | None
    below: str


@lru_cache(maxsize=4)
def _region_names(config: Config) -> tuple[_Name, ...]:
    """Return what texts call the regions of a configuration: a third of all judging before it was compiled once."""
    names = []
    for region in config.regions:
        short = _REGION_END.sub("", region.name) if len(region.name) > 2 else region.name
        above = next((r.name for r in config.regions if r is not region and region.name.startswith(r.name)), None)
        outer = None if above is None else _REGION_END.sub("", above)
        names.append(_Name(region.code, region.name, short, outer, region.name.removeprefix(above or "")))
    return tuple(names)


def region_of(text: str, config: Config) -> tuple[str, str] | None:
    """Return (code, name) of the most narrow region that a text names; of two alike, the one named in full."""
    best: tuple[tuple[int, ...], str, str] | None = None
    for code, full, short, above, below in _region_names(config):
        hit = full in text or (above is not None and below in text and above in text)
        if hit or short in text:
            rank = (not code.endswith("0000"), 2 * len(full) if hit else len(short))
            if best is None or rank > best[0]:
                best = (rank, code, full)
    return (best[1], best[2]) if best else None
