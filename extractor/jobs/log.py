"""The log for machines: one JSON object a line, through Python's own logging."""

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
    """Log an event; nothing happens unless somebody has asked for the log."""
    _LOGGER.info(event, extra={"fields": fields})


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "fields", {})
        return json.dumps({"time": time, "event": record.getMessage(), **fields}, ensure_ascii=False)


@contextmanager
def log_to(path: Path | None) -> Iterator[None]:
    """Append the log to a file, or write it to stderr for `-`; None leaves it out.

    Raises:
        UsageError: The file cannot be written.
    """
    if path is None:
        yield
        return
    try:
        handler = logging.StreamHandler(sys.stderr) if path == STDERR else logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); give another --log-json") from error
    handler.setFormatter(_Formatter())
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)
    try:
        yield
    finally:
        _LOGGER.removeHandler(handler)
        handler.close()
