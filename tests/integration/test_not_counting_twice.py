"""docs/not-counting-twice.md: its snippets run one after the other on the samples, and print what it says that they print."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from support.common import ROOT, SAMPLES

from extractor.datasets.document_result import document_result
from extractor.datasets.folder import Folder
from extractor.datasets.store import open_store
from extractor.pipeline import read_document
from extractor.source.source import read_source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary

PAGE = ROOT / "docs" / "not-counting-twice.md"
SNIPPET = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)


def test_every_snippet_prints_what_the_page_says(
    config: Config, vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(Folder(tmp_path / "data")) as store:
        documents = [read_document(read_source(path), vocabulary) for path in sorted(SAMPLES.glob("*.pdf"))]
        store.commit([document_result(document, config.hash) for document in documents])
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    snippets = SNIPPET.findall(page)
    assert len(snippets) == page.count("```python")
    names: dict[str, object] = {}
    for code, expected in snippets:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(code, str(PAGE), "exec"), names)
        assert said.getvalue().rstrip() == expected.rstrip(), code
