"""What fields of a config file may be, every id in them checked against its definition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from extractor.contract import Fund, Publication, Side

Id = Annotated[str, Field(pattern=r"^[a-z_]+$")]


class Known(NamedTuple):
    """The ids of one kind, and the file that defines them."""

    ids: frozenset[str]
    source: str


KnownIds = Mapping[str, Known]  # the context in which a file is validated: kind of id → ids


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the id that a wrong one most likely stands for, ready for a message; empty where there are none."""
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.0)
    return f': did you mean "{close[0]}"?' if close else ""


def _require(kinds: tuple[str, ...], name: str, info: ValidationInfo) -> str:
    context: KnownIds = info.context or {}
    known = [context[kind] for kind in kinds]
    ids = frozenset().union(*(k.ids for k in known))
    if name not in ids:
        sources = " or ".join(dict.fromkeys(k.source for k in known))
        what = " or ".join(kinds)
        raise ValueError(f'unknown {what} "{name}"; expected one of {sources}{nearest(name, ids)}')
    return name


def id_of(*kinds: str) -> AfterValidator:
    """Return a check that a text is an id of one of these kinds."""

    def check(value: str, info: ValidationInfo) -> str:
        return _require(kinds, value, info)

    return AfterValidator(check)


def word_of(*kinds: str) -> BeforeValidator:
    """Check a word of the contract before its type does: the message names the nearest."""

    def check(value: object, info: ValidationInfo) -> object:
        return _require(kinds, value, info) if isinstance(value, str) else value

    return BeforeValidator(check)


def _regex(value: str) -> str:
    try:
        names = re.compile(f"(?:{value})").groupindex  # as it stands among others
    except re.error as error:
        raise ValueError(f'"{value}" is not a regular expression: {error}') from error
    if names:
        raise ValueError(f'"{value}" names a group, which others beside it may do too: write (?:…)')
    return value


def _compiled(value: object) -> object:
    """Compile one regular expression, or a list of which one must fit."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        return value  # the field's type says what is wrong
    return re.compile("|".join(f"(?:{_regex(v)})" for v in values))


def _path(value: str, info: ValidationInfo) -> str:
    for step in value.split("/"):
        _require(("measure",), step, info)
    return value


def _figure(value: str, info: ValidationInfo) -> str:
    return _require(("code",) if value.isdigit() else ("measure", "side"), value, info)


Regex = Annotated[str, AfterValidator(_regex)]
Pattern = Annotated[re.Pattern[str], BeforeValidator(_compiled)]
MeasureId = Annotated[str, id_of("measure")]
MeasurePath = Annotated[str, AfterValidator(_path)]  # ids joined by /
TableId = Annotated[str, id_of("table type")]
SectionId = Annotated[str, id_of("section")]
SubjectId = Annotated[str, id_of("subject")]
SideId = Annotated[Side, word_of("side")]
FundId = Annotated[Fund, word_of("fund")]
PublicationId = Annotated[Publication, word_of("publication")]
Code = Annotated[str, id_of("code")]
FigureId = Annotated[str, AfterValidator(_figure)]  # a measure, a side's total, or the code of a row


class Strict(BaseModel):
    """A table of a config file: unknown keys are faults. Its validator is built by those who read files, and by no worker."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, defer_build=True)
