"""What a worker sends is looked at: a result comes back as it was, and nothing else is taken for one."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pyarrow as pa
import pytest

from extractor.checks.check import Check
from extractor.datasets.document_result import DocumentResult, document_result
from extractor.datasets.schemas import DATASETS
from extractor.document import DocumentReading
from extractor.figures.organisations import Mention, organisation_of
from extractor.jobs import answers
from extractor.jobs.answers import BadAnswerError, answer_of, packed, parse_answer, receive_answer, unpacked
from extractor.source.source import Source

SOURCE = Source("a.pdf", "a" * 64, "pdf", b"%PDF-")


def result_of(document_id: str = "a" * 64, path: str = "a.pdf") -> DocumentResult:
    check = Check._make(None for _ in Check._fields)._replace(
        check_id="1",
        document_id=document_id,
        rule="children_sum",
        statement="合计",
        holds="no",
        kind="document",
        standing="finding",
    )
    return document_result(DocumentReading(document_id, path, "pdf", "ok", "因此", checks=(check,)), "hash")


def messages(result: DocumentResult) -> list[bytes]:
    return [bytes(message) for message in answer_of(result, reusable=True)]


def test_a_result_comes_back_as_it_was() -> None:
    result = result_of()
    assert parse_answer(iter(messages(result)), SOURCE) == (result, True)
    assert len(result.contradictions) == 1


def test_a_result_comes_back_from_a_reader_that_packs_it() -> None:
    result = result_of()
    content = packed(answer_of(result, reusable=True))
    assert parse_answer(unpacked(content), SOURCE) == (result, True)
    for sent in (content[:-1], content[:4], b"", pickle.dumps(result), result, [content]):
        with pytest.raises(BadAnswerError, match=r"."):
            parse_answer(unpacked(sent), SOURCE)  # type: ignore[arg-type]


def refused(*sent: bytes) -> None:
    with pytest.raises(BadAnswerError, match=r"."):
        parse_answer(iter(sent), SOURCE)


def test_a_worker_speaks_of_its_own_document_alone() -> None:
    refused(*messages(result_of("b" * 64)))
    refused(*messages(result_of(path="b.pdf")))
    own, other = result_of(), result_of("b" * 64)
    refused(*messages(replace(own, rows={**own.rows, "checks": other.rows["checks"]})))
    named = Mention("b" * 64, 2026, True, "局", "unit", None, None, None, False, None)
    organisations = DATASETS["organisations"].table([organisation_of("000000-局", [named])])
    refused(*messages(replace(own, rows={**own.rows, "organisations": organisations})))
    refused(*messages(replace(own, rows={**own.rows, "documents": pa.concat_tables([own.rows["documents"]] * 2)})))


def test_what_is_no_answer_is_refused() -> None:
    said, documents, *rest = messages(result_of())
    refused(pickle.dumps(result_of()))
    refused(b"[]")
    refused(said.replace(b'"ok"', b'"fine"'))
    refused(said.replace(b'"reusable"', b'"usable"'))
    refused(said, rest[0], *rest)
    refused(said, documents[: len(documents) // 2], *rest)
    refused(said, b"", *rest)


@pytest.mark.parametrize("codec", ["zstd", "lz4"])
def test_rows_that_would_unfold_are_refused_before_they_do(codec: str) -> None:
    result = result_of()
    said, _, *rest = messages(result)
    content = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=codec)
    with pa.ipc.new_stream(content, result.rows["documents"].schema, options=options) as stream:
        stream.write_table(result.rows["documents"])
    with pytest.raises(BadAnswerError, match="would unfold"):
        parse_answer(iter([said, content.getvalue().to_pybytes(), *rest]), SOURCE)


def test_an_answer_is_bounded_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MAX_ANSWER", 100)
    allowed: list[int] = []

    def receive(most: int) -> bytes:
        allowed.append(most)
        return bytes(most // 2)

    sent = receive_answer(receive, bytes(20))
    assert [len(next(sent)) for _ in range(4)] == [20, 40, 20, 10]
    assert allowed == [80, 40, 20]


def test_a_packed_answer_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MAX_ANSWER", 100)
    with pytest.raises(BadAnswerError, match="at most 100 bytes"):
        next(unpacked(bytes(101)))


def test_damaged_rows_are_refused_or_rows_of_the_document() -> None:
    said, documents, *rest = messages(result_of())
    for place in range(0, len(documents), 7):
        damaged = documents[:place] + bytes([documents[place] ^ 0xFF]) + documents[place + 1 :]
        try:
            result, _ = parse_answer(iter([said, damaged, *rest]), SOURCE)
        except BadAnswerError:
            continue
        assert result.rows["documents"]["document_id"].to_pylist() == [SOURCE.sha256]
