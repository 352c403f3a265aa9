"""One TOML file of a configuration: validated by its model, each fault told with its line."""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from extractor.errors import ConfigError
from extractor.vocabulary.fields import KnownIds, nearest
from extractor.vocabulary.toml_lines import Place, lines_of

M = TypeVar("M", bound=BaseModel)


class TomlFile:
    """One TOML file: what it says, and in which lines."""

    def __init__(self, path: Path, remedy: str = "copy it from the package's configs") -> None:
        self.path = path
        try:
            content = path.read_bytes()
            self.text = content.decode("utf-8")
            self.data: dict[str, Any] = tomllib.loads(self.text)
        except FileNotFoundError as error:
            raise ConfigError(f"{path}: missing; expected a TOML file: {remedy}") from error
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise ConfigError(f"{path}:{line}: not UTF-8 ({error.reason}); save the file as UTF-8") from error
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"at line (\d+)", str(error))
            line = int(place[1]) if place else self.text.count("\n") + 1
            raise ConfigError(f"{path}:{line}: not valid TOML ({error}); correct that line") from error

    @cached_property
    def lines(self) -> dict[Place, int]:
        """Place → line; read only where there is a fault to tell of."""
        return lines_of(self.text)

    def ids(self, array: str) -> frozenset[str]:
        """Return the ids that an array of tables defines, valid or not."""
        entries = self.data.get(array)
        tables = entries if isinstance(entries, list) else []
        return frozenset(str(table["id"]) for table in tables if isinstance(table, dict) and "id" in table)

    def validated(self, model: type[M], known: KnownIds) -> M:
        """Return the file as a model of it."""
        try:
            return model.model_validate(self.data, context=known)
        except ValidationError as error:
            faults = error.errors()
            misspelt = (
                fault for fault in faults if fault["type"] == "extra_forbidden"
            )  # it says more than what it lacks
            raise self.error(next(misspelt, faults[0]), model) from error

    def place(self, place: Place) -> str:
        """Return file and line of a place, or of the innermost table or value around it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return f"{self.path}:{self.lines.get(place, 1)}"

    def error(self, fault: ErrorDetails, model: type[BaseModel]) -> ConfigError:
        """Return a fault in one line: where, what, and what was expected."""
        place, what = fault["loc"], _told(fault, model)
        value = _at(self.data, place)
        if isinstance(value, list):  # of several regular expressions one is wrong
            place += tuple(i for i, v in enumerate(value) if what.startswith(f'"{v}" '))[:1]
        return ConfigError(f"{self.place(place)}: {'.'.join(map(str, place))}: {what}")


def _at(data: Any, place: Place) -> Any:
    """Return what a file says at a place; None where it says nothing."""
    for step in place:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _told(fault: ErrorDetails, model: type[BaseModel]) -> str:
    if fault["type"] == "extra_forbidden":
        keys = _keys(model, fault["loc"][:-1])
        return f"unknown key; expected one of {', '.join(keys)}{nearest(str(fault['loc'][-1]), keys)}"
    if fault["type"] == "missing":
        return "missing; add this key"
    return fault["msg"].removeprefix("Value error, ")


def _keys(model: type[BaseModel], place: Place) -> list[str]:
    """Return the keys that the table at a place may have."""
    for step in place:
        if step in model.model_fields:
            inner: list[Any] = [model.model_fields[str(step)].annotation]
            while inner and not (isinstance(inner[0], type) and issubclass(inner[0], BaseModel)):
                inner = [*get_args(inner[0]), *inner[1:]]
            model = inner[0] if inner else model
    return list(model.model_fields)
