"""The contract: what the classes describe is what the files hold, and every column is described whole."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import pyarrow as pa
import pytest

from extractor.contract import Described, Int8, Number, Yuan
from extractor.datasets.columns import DatasetColumn, columns_of
from extractor.datasets.schemas import DATASETS, SCHEMAS, Dataset

COLUMNS = [pytest.param(c, id=f"{name}.{c.name}") for name, dataset in DATASETS.items() for c in dataset.columns]


def test_the_schemas_are_those_that_were_published() -> None:
    """Names, order and types are the contract: add a column at need, and to this file; never rename or retype one."""
    published = Path(__file__).with_name("schemas.txt").read_text(encoding="utf-8")
    assert "\n\n".join(f"{name}\n{schema}" for name, schema in SCHEMAS.items()) + "\n" == published


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_says_its_meaning_its_unit_and_an_example(column: DatasetColumn) -> None:
    described = column.described
    assert described.meaning.endswith(".")
    number = (
        pa.types.is_integer(column.arrow) or pa.types.is_floating(column.arrow) or pa.types.is_decimal(column.arrow)
    )
    assert bool(described.unit) == number
    assert described.example is not None
    assert pa.array([described.example], column.arrow).to_pylist() == [described.example]
    examples = described.example if isinstance(described.example, list) else [described.example]
    assert not column.allowed or set(examples) <= set(column.allowed)


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_a_column_is_described_once_and_what_is_described_is_a_column(dataset: Dataset) -> None:
    described = [column.name for owner in dataset.described_by for column in columns_of(owner)]
    assert sorted(described) == sorted(dataset.order.split())


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_keys_are_columns_that_are_never_null_on_either_side(dataset: Dataset) -> None:
    assert dataset.primary_key
    for key, other in (*((k, d) for k, d in dataset.foreign_keys.items()), (dataset.primary_key, dataset.name)):
        assert set(key) <= {c.name for c in dataset.columns if not c.nullable}
        assert key == DATASETS[other].primary_key


class _Pair(NamedTuple):
    name: str
    text: str


class _Row(NamedTuple):
    level: Annotated[Int8 | None, Described("A level.", 1, unit="depth")]
    amount: Annotated[Yuan, Described("An amount.", Decimal("1.00"), unit="yuan")]
    value: Annotated[Number | None, Described("A number.", Decimal(1), unit="its own")]
    side: Annotated[Literal["revenue", "expenditure"] | None, Described("A side.", "revenue")]
    notes: Annotated[tuple[str, ...], Described("Some notes.", ["a"])]
    pairs: Annotated[tuple[_Pair, ...], Described("Some pairs.", [{"name": "a", "text": "b"}])]
    own: int  # no column


def test_annotations_say_how_a_column_is_stored() -> None:
    found = {c.name: (c.arrow, c.nullable, c.allowed) for c in columns_of(_Row)}
    assert found == {
        "level": (pa.int8(), True, ()),
        "amount": (pa.decimal128(20, 2), False, ()),
        "value": (pa.decimal128(24, 6), True, ()),
        "side": (pa.string(), True, ("revenue", "expenditure")),
        "notes": (pa.list_(pa.string()), False, ()),
        "pairs": (pa.list_(pa.struct([("name", pa.string()), ("text", pa.string())])), False, ()),
    }
