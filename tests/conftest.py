from __future__ import annotations

import os

import pytest

from extractor.pages.pdfium import initialise
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary, compile_vocabulary


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files; refused in CI")


def pytest_configure(config: pytest.Config) -> None:
    initialise()
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("--update-golden is refused in CI: rewrite golden files by hand and review the diff")


@pytest.fixture(scope="session")
def config() -> Config:
    return Config.read()


@pytest.fixture(scope="session")
def vocabulary(config: Config) -> Vocabulary:
    return compile_vocabulary(config)
