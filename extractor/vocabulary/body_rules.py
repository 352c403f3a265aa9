"""`organisations.toml`: what stands in a name beside the body's own, and what bodies became."""

from __future__ import annotations

from pydantic import Field

from extractor.vocabulary.fields import Pattern, Strict


class Written(Strict):
    """One of two ways to write a name, and what stands for it, which may refer to the groups of the match."""

    match: Pattern
    into: str = Field(alias="as")


class Renamed(Strict):
    """A reform that gave bodies of one kind another name."""

    old: str
    new: str
    ends: tuple[str, ...]
    year: int
    source: str


class Merged(Strict):
    """A reform that joined several bodies in one."""

    old: tuple[str, ...]
    new: str
    year: int
    source: str


class Bodies(Strict):
    """`organisations.toml`: what stands in a name beside the body's own, and what bodies became.

    Attributes:
        own: What stands at a name's end, its brackets narrowed, of what the body spends itself: (本级).
        summed: And of what it spends with its units: (汇总).
        no_name: What stands in columns of units and is no body.
        written: Names that are written in two ways.
        renamed: Bodies whose id has another name than theirs.
        merged: Bodies that went into others.
    """

    own: Pattern
    summed: Pattern
    no_name: Pattern
    written: tuple[Written, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    merged: tuple[Merged, ...] = ()
