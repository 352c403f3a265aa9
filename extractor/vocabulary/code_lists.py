"""Read the lists of `configs/codes/`: a header, then a row a line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from extractor.errors import ConfigError

T = TypeVar("T")


def read_code_list(path: Path, parse: Callable[..., T], what: str, columns: str) -> Iterator[T]:
    """Yield what the rows of a list stand for.

    Args:
        path: A CSV file in UTF-8.
        parse: Makes one of the texts of a row; raises TypeError or ValueError where they are none.
        what: What a row stands for, for messages: a code.
        columns: The columns that are expected, for messages.

    Raises:
        ConfigError: The file is missing, or one of its lines is none; the message names it.
    """
    line = 1
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.reader(stream)
            next(reader)
            for row in reader:
                line = reader.line_num
                yield parse(*row)
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path}: missing; expected a list, {what} a line: copy it from the package's configs"
        ) from error
    except (TypeError, ValueError, StopIteration, csv.Error) as error:
        raise ConfigError(f"{path}:{line}: not {what} ({error}); expected {columns}") from error
