"""Chinese public budgets and final accounts as tidy, traced, reconciled Parquet.

    import extractor as ex
    document = ex.read("预算.pdf")
    document.to_pandas()

Everything in `__all__` is public, the rest may change. Names are imported when they are first used, so that importing
this package costs nothing and changes nothing in the process.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from extractor.version import __version__ as __version__

if TYPE_CHECKING:
    from extractor.api import Document, Page, read, run
    from extractor.checks.check import Check
    from extractor.datasets.opened import Datasets, Rows, open_dataset
    from extractor.datasets.schemas import DATASETS, Dataset
    from extractor.errors import (
        ConfigError,
        DatasetError,
        DocumentError,
        ExtractorError,
        StorageError,
        UsageError,
    )
    from extractor.jobs.executor import RunSummary
    from extractor.prose.statement import Statement
    from extractor.records.item import LineItem
    from extractor.vocabulary.config import Config

__all__ = [
    "DATASETS",
    "Check",
    "Config",
    "ConfigError",
    "Dataset",
    "DatasetError",
    "Datasets",
    "Document",
    "DocumentError",
    "ExtractorError",
    "LineItem",
    "Page",
    "Rows",
    "RunSummary",
    "Statement",
    "StorageError",
    "UsageError",
    "open_dataset",
    "read",
    "run",
]
_HOMES = {
    "extractor.api": ("Document", "Page", "read", "run"),
    "extractor.checks.check": ("Check",),
    "extractor.datasets.opened": ("Datasets", "Rows", "open_dataset"),
    "extractor.datasets.schemas": ("DATASETS", "Dataset"),
    "extractor.errors": (
        "ConfigError",
        "DatasetError",
        "DocumentError",
        "ExtractorError",
        "StorageError",
        "UsageError",
    ),
    "extractor.jobs.executor": ("RunSummary",),
    "extractor.prose.statement": ("Statement",),
    "extractor.records.item": ("LineItem",),
    "extractor.vocabulary.config": ("Config",),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name on first use."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    """Return the public names, for completion."""
    return [*globals(), *__all__]
