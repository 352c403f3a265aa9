"""The machine-readable log: one JSON object per line, through Python's own logging."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from extractor.errors import UsageError

_LOGGER = logging.getLogger("extractor")
STDERR = Path("-")


def log(event: str, **fields: Any) -> None:
    """Log an event; without `log_to` nothing is written."""
    _LOGGER.info(event, extra={"fields": fields})


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "fields", {})
        said = {"time": time, "event": record.getMessage(), **fields}
        text = json.dumps(said, ensure_ascii=False)
        return text if text.isprintable() else json.dumps(said)  # stderr may be a terminal


@contextmanager
def log_to(path: Path | None) -> Iterator[None]:
    """Append the log to a file, or write it to stderr for `-`; None writes no log.

    Raises:
        UsageError: The file cannot be written.
    """
    if path is None:
        yield
        return
    try:
        handler = logging.StreamHandler(sys.stderr) if path == STDERR else logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written ({error.strerror}); expected a file that can be appended to, or -: give another --log-json"
        ) from error
    handler.setFormatter(_Formatter())
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)
    try:
        yield
    finally:
        _LOGGER.removeHandler(handler)
        handler.close()
