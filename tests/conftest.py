from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from hypothesis import settings
from support.common import CORPUS
from support.vocabulary import CONFIG, VOCABULARY

from extractor.pages.pdfium import initialise
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary

# Marker → whether what its tests need is here, and what to do where it is not.
NEEDS = {
    "browser": (shutil.which("chromium") is not None, "no chromium here: apt-get install chromium fonts-noto-cjk"),
    "corpus": (CORPUS.is_dir(), "../shared/corpus is not there"),
    "cluster": (find_spec("ray") is not None, "Ray is not installed: pip install 'budget-extractor[ray]'"),
}
# Has coverage measure all processes that are started. It takes them half as long again, and those that read are killed and say nothing.
PROCESSES = "COVERAGE_PROCESS_CONFIG"
MEASURED = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files; refused in CI")


def pytest_configure(config: pytest.Config) -> None:
    os.environ["LC_ALL"] = "C.UTF-8"  # commands speak the language of the locale
    initialise()
    settings.register_profile("untimed", settings(), deadline=None)  # no test asserts a time
    settings.load_profile("untimed")
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("--update-golden is refused in CI: rewrite golden files by hand and review the diff")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, (here, remedy) in NEEDS.items():
        if not here and item.get_closest_marker(name):
            pytest.skip(remedy)
    if PROCESSES in os.environ:
        item.config.stash[MEASURED] = os.environ.pop(PROCESSES)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Leave a test unmeasured; `no_cover` of pytest-cov does nothing in workers of pytest-xdist, where coverage runs twice."""
    tracer = sys.gettrace()
    if item.get_closest_marker("unmeasured"):
        sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


@pytest.fixture
def measured_processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have coverage measure the processes that a test starts."""
    if value := request.config.stash.get(MEASURED, None):
        monkeypatch.setenv(PROCESSES, value)


@pytest.fixture(scope="session")
def config() -> Config:
    return CONFIG


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return VOCABULARY
