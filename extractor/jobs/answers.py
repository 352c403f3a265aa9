"""What a worker says of a document, as data: JSON and Arrow streams, looked at before they are believed.

A worker has read a hostile document. It may speak of that document alone, in rows of the contract; nothing that it sends is run.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, fields

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt, ValidationError

from extractor.contract import Fault, Rule, Severity, Status, Verdict
from extractor.datasets.document_result import Contradiction, DocumentResult
from extractor.datasets.schemas import SCHEMAS
from extractor.document import printable
from extractor.source.source import Source

MAX_MESSAGE = 1 << 30  # bytes of one message: the largest document seen has 40 MB of line items
_SAID = [field.name for field in fields(DocumentResult) if field.name not in ("rows", "contradictions")]


class BadAnswerError(ValueError):
    """A worker sends what no worker sends."""


class _Contradiction(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rule: Rule
    kind: Fault | None
    severity: Severity
    statement: str
    sentence: str
    difference: str


class _Answer(BaseModel):
    """The fields of `DocumentResult` but its rows, and whether the worker can be used again."""

    model_config = ConfigDict(extra="forbid")
    document_id: str
    path: str
    status: Status
    reason: str
    fiscal_year: int | None
    pages: NonNegativeInt
    tables: NonNegativeInt
    unrecognised: NonNegativeInt
    reread: NonNegativeInt
    line_items: NonNegativeInt
    verdicts: dict[Verdict, NonNegativeInt]
    contradictions: list[_Contradiction]
    seconds: NonNegativeFloat
    stages: dict[str, float]
    peak: NonNegativeInt
    reusable: bool


def answer_of(result: DocumentResult, reusable: bool) -> Iterator[bytes | pa.Buffer]:
    """Yield the messages for a result: what is said of the document, then the rows of every dataset."""
    said = {name: getattr(result, name) for name in _SAID}
    said |= {"contradictions": [asdict(c) for c in result.contradictions], "reusable": reusable}
    yield json.dumps(said).encode()
    for name, schema in SCHEMAS.items():
        content = pa.BufferOutputStream()
        with pa.ipc.new_stream(content, schema) as stream:
            stream.write_table(result.rows[name])
        yield content.getvalue()


def parse_answer(messages: Iterator[bytes], source: Source) -> tuple[DocumentResult, bool]:
    """Return the result for a document from the messages of `answer_of`, and whether the worker can be used again.

    Raises:
        BadAnswerError: It is not of the contract, or of another document.
    """
    try:
        said = _Answer.model_validate_json(next(messages))
        rows = {name: _rows(next(messages), schema, source) for name, schema in SCHEMAS.items()}
    except (ValidationError, OSError, pa.ArrowException) as error:
        raise BadAnswerError(str(error).splitlines()[0]) from error
    own = (source.sha256, printable(source.path))
    if (said.document_id, said.path) != own or rows["documents"]["path"].to_pylist() != [said.path]:
        raise BadAnswerError("an answer about another document")
    values = {name: getattr(said, name) for name in _SAID} | {"verdicts": Counter(said.verdicts)}
    contradictions = tuple(Contradiction(**c.model_dump()) for c in said.contradictions)
    return DocumentResult(**values, contradictions=contradictions, rows=rows), said.reusable


def _rows(content: bytes, schema: pa.Schema, source: Source) -> pa.Table:
    with pa.ipc.open_stream(pa.py_buffer(content)) as stream:
        if stream.schema != schema:
            raise BadAnswerError("rows of another schema")
        rows = stream.read_all()
    rows.validate(full=True)
    if not pc.all(pc.fill_null(pc.equal(rows["document_id"], source.sha256), False), min_count=0).as_py():
        raise BadAnswerError("rows of another document")
    return rows
