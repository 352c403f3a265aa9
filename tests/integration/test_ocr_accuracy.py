"""Real scans against figures typed in from the picture: what is read, what is read wrong, and what is called proven."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.ocr_truth import Truth, find_scans, only_pages, read_truth, score_of

from extractor.document import DocumentReading
from extractor.pages.models import is_installed
from extractor.pages.scan import REMEDY
from extractor.pipeline import read_document
from extractor.source.source import read_source
from extractor.vocabulary.vocabulary import Vocabulary

MIN_DIGITS = 0.98  # share of the typed digits that are read right


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.skipif(not is_installed(), reason=f"the extra ocr is not installed: {REMEDY}")
def test_real_scans_are_read_as_typed(vocabulary: Vocabulary) -> None:
    documents: dict[str, DocumentReading] = {}
    truth: Truth = {}
    for path in find_scans(set(read_truth())):
        source = read_source(path)
        pages = read_truth()[source.sha256]
        # The typed pages alone: `make ocr` reads all.
        documents[source.sha256] = read_document(replace(source, data=only_pages(source.data, list(pages))), vocabulary)
        truth[source.sha256] = {number: pages[page] for number, page in enumerate(pages, 1)}
    assert len(documents) == 3
    score = score_of(documents, truth)
    assert score.digits_right / score.digits_typed >= MIN_DIGITS, score
    assert not score.wrong_proven, score
