"""What a worker says of a document, as data: JSON and Arrow streams, looked at before they are believed.

A worker has read a hostile document. It may speak of that document alone, in rows of the contract; nothing that it sends is run.
"""

from __future__ import annotations

import json
import os
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import IO, NamedTuple

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt, ValidationError

from extractor.contract import Publication, Status, Verdict
from extractor.datasets.document_result import Contradiction, DocumentResult
from extractor.datasets.schemas import OF_DOCUMENTS, SCHEMAS, documents_of
from extractor.document import printable
from extractor.source.source import Source

MAX_ANSWER = 1 << 30  # bytes of all messages: the largest document seen has 40 MB of line items
MAX_SAID = 64 << 20  # bytes of the first message, which becomes many objects
_LENGTH = struct.Struct("<Q")
_LZ4 = pa.Codec("lz4_raw")  # a quarter of the bytes, in 0.1 ms a document
_SAID = [field.name for field in fields(DocumentResult) if field.name not in ("rows", "contradictions")]


class BadAnswerError(ValueError):
    """A worker sends what no worker sends."""


class _Answer(BaseModel):
    """The fields of `DocumentResult` but its rows, and whether the worker can be used again."""

    model_config = ConfigDict(extra="forbid", defer_build=True)  # no worker asks for it
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
    amounts: NonNegativeInt
    region: str | None
    publication: Publication | None
    verdicts: dict[Verdict, NonNegativeInt]
    contradictions: tuple[Contradiction, ...]
    seconds: NonNegativeFloat
    stages: dict[str, float]
    peak: NonNegativeInt
    reusable: bool


class _Spilled(NamedTuple):
    """Where a stream is in a file."""

    file: IO[bytes]
    place: int
    size: int

    def read(self) -> bytes:
        self.file.seek(self.place)
        return self.file.read(self.size)


class SentRows(Mapping[str, pa.Table]):
    """Dataset → its rows, decoded when they are asked for: as tables, those of a small document take twelve times the memory."""

    def __init__(self, streams: Mapping[str, bytes]) -> None:
        """Take Arrow streams that were looked at, and keep them compressed: a commit waits for those of 200 documents."""
        self._streams: dict[str, tuple[int, bytes | _Spilled]] = {
            name: (len(content), _LZ4.compress(content, asbytes=True)) for name, content in streams.items()
        }

    def __getitem__(self, dataset: str) -> pa.Table:
        """Return the rows of a dataset."""
        size, content = self._streams[dataset]
        stream = content if isinstance(content, bytes) else content.read()
        return _decoded(_LZ4.decompress(stream, size), SCHEMAS[dataset])

    def spill(self, file: IO[bytes]) -> None:
        """Move the streams to the end of a file, from which rows are decoded as long as it has them."""
        for name, (size, content) in self._streams.items():
            if isinstance(content, bytes):
                place = file.seek(0, os.SEEK_END)
                file.write(content)
                self._streams[name] = size, _Spilled(file, place, len(content))

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the datasets."""
        return iter(self._streams)

    def __len__(self) -> int:
        """Return how many datasets there are."""
        return len(self._streams)


def answer_of(result: DocumentResult, reusable: bool) -> Iterator[bytes | pa.Buffer]:
    """Yield the messages for a result: what is said of the document, then the rows of every dataset.

    Each table is let go once it is a message, if the caller has let go of the result: both at once would be twice the memory.
    """
    said = {name: getattr(result, name) for name in _SAID}
    said |= {"contradictions": [asdict(c) for c in result.contradictions], "reusable": reusable}
    rows = dict(result.rows)
    del result
    yield json.dumps(said).encode()
    for name in OF_DOCUMENTS:
        yield _stream_of(rows.pop(name), SCHEMAS[name])
        pa.default_memory_pool().release_unused()


def _stream_of(table: pa.Table, schema: pa.Schema) -> pa.Buffer:
    """Return a table as an Arrow stream, measured first: a buffer that grows takes three times as much memory."""
    size = pa.MockOutputStream()
    _write(table, schema, size)
    content = pa.allocate_buffer(size.size())
    _write(table, schema, pa.FixedSizeBufferWriter(content))
    return content


def _write(table: pa.Table, schema: pa.Schema, target: pa.NativeFile) -> None:
    with pa.ipc.new_stream(target, schema) as stream:
        stream.write_table(table)


def packed(messages: Iterable[bytes | pa.Buffer]) -> bytes:
    """Return messages as one, for those who can send no more: before each, its length."""
    return b"".join(part for message in messages for part in (_LENGTH.pack(len(message)), bytes(message)))


def unpacked(content: bytes) -> Iterator[bytes]:
    """Yield the messages of `packed`.

    Raises:
        BadAnswerError: It is no such message, or longer than an answer may be.
    """
    if not isinstance(content, bytes) or len(content) > MAX_ANSWER:
        raise BadAnswerError(f"expected at most {MAX_ANSWER} bytes")
    start = 0
    while start + _LENGTH.size <= len(content):
        (size,) = _LENGTH.unpack_from(content, start)
        start += _LENGTH.size + size
        yield content[start - size : start]
    raise BadAnswerError("an answer that is cut off")


def receive_answer(receive: Callable[[int], bytes], first: bytes) -> Iterator[bytes]:
    """Yield the messages of `answer_of`, none of them longer than the whole answer may still be.

    Args:
        receive: Receives a message of at most so many bytes.
        first: The first message, received already.

    Raises:
        OSError: A message is longer, or there is none.
    """
    yield first
    left = MAX_ANSWER - len(first)
    while True:
        message = receive(left)
        left -= len(message)
        yield message


def parse_answer(messages: Iterator[bytes], source: Source) -> tuple[DocumentResult, bool]:
    """Return the result for a document from the messages of `answer_of`, and whether the worker can be used again.

    Raises:
        BadAnswerError: It is not of the contract, or of another document.
    """
    try:
        said = _Answer.model_validate_json(next(messages))
        rows = SentRows({name: _sent_rows(next(messages), SCHEMAS[name], source) for name in OF_DOCUMENTS})
    except (ValidationError, OSError, struct.error, pa.ArrowException) as error:
        raise BadAnswerError(str(error).splitlines()[0]) from error
    own = (source.sha256, printable(source.path))
    if (said.document_id, said.path) != own or rows["documents"]["path"].to_pylist() != [said.path]:
        raise BadAnswerError("an answer about another document")
    values = {name: getattr(said, name) for name in _SAID} | {"verdicts": Counter(said.verdicts)}
    return DocumentResult(**values, contradictions=said.contradictions, rows=rows), said.reusable


def _sent_rows(content: bytes, schema: pa.Schema, source: Source) -> bytes:
    """Return the stream of a dataset's rows, if it is one, and of the document."""
    import pyarrow.compute as pc  # noqa: PLC0415 - 0.03 s, which workers do without

    head, *batches = list(pa.ipc.MessageReader.open_stream(pa.py_buffer(content))) or [None]
    if head is None or head.type != "schema" or pa.ipc.read_schema(head) != schema:
        raise BadAnswerError("rows of another schema")
    if any(batch.type != "record batch" or not _is_plain(batch) for batch in batches):
        raise BadAnswerError("rows that would unfold")
    rows = _decoded(content, schema)
    rows.validate(full=True)
    if not pc.all(pc.fill_null(pc.equal(documents_of(rows), source.sha256), False), min_count=0).as_py():
        raise BadAnswerError("rows of another document")
    return content


def _decoded(content: bytes | pa.Buffer, schema: pa.Schema) -> pa.Table:
    _, *batches = pa.ipc.MessageReader.open_stream(pa.py_buffer(content))
    return pa.Table.from_batches([pa.ipc.read_record_batch(batch, schema) for batch in batches], schema)


def _is_plain(batch: pa.Message) -> bool:
    """Return whether a record batch is as large in memory as it was sent: a compressed one could be of any size.

    Arrow says what it has found only after it has unfolded it, so this looks into the flatbuffer (Message.fbs): the field
    `compression` of a RecordBatch, and the `custom_metadata` of a Message, where an early version of Arrow said so.
    """
    data = batch.metadata.to_pybytes()
    (message,) = struct.unpack_from("<I", data)
    header = _field(data, message, 2)
    (distance,) = struct.unpack_from("<I", data, header)
    return not _field(data, header + distance, 3) and not _field(data, message, 4)


def _field(data: bytes, table: int, slot: int) -> int:
    """Return where a field of a table of a flatbuffer begins, 0 where it is left out."""
    (distance,) = struct.unpack_from("<i", data, table)
    (size,) = struct.unpack_from("<H", data, table - distance)
    if 4 + 2 * slot >= size:
        return 0
    (offset,) = struct.unpack_from("<H", data, table - distance + 4 + 2 * slot)
    return table + offset if offset else 0
