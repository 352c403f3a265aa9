"""Profile the reading of documents in one process, without isolation and commits: `make profile`, or give paths."""

from __future__ import annotations

import cProfile
import pstats
import sys
from pathlib import Path

from extractor.datasets.document_result import document_result
from extractor.pages.pdfium import initialise
from extractor.pipeline import read_document
from extractor.source.inputs import find_inputs
from extractor.source.source import read_source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import compile_vocabulary

ROOT = Path(__file__).parent.parent
MAX_LINES = 40  # lines printed


def main() -> int:
    initialise()
    config = Config.read()
    vocabulary = compile_vocabulary(config)
    sources = [read_source(path) for path in find_inputs(sys.argv[1:] or [str(ROOT / "samples")]).files]
    profile = cProfile.Profile()
    profile.enable()
    for source in sources:
        document_result(read_document(source, vocabulary), config.hash)
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(MAX_LINES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
