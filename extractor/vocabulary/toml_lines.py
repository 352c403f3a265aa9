"""Where a value stands in a TOML file: `tomllib` reads what a file says and not in which line it says it."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

Place = tuple[str | int, ...]  # keys and 0-based indexes from the root: ("table", 3, "title", 0)
_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}\n#]+")


def lines_of(text: str) -> dict[Place, int]:
    """Return the 1-based line of every table, key and value of a TOML text that `tomllib` has read without an error."""
    return _Scanner(text.replace("\r\n", "\n")).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.ends = [match.start() for match in re.finditer("\n", text)]
        self.lines: dict[Place, int] = {}
        self.counts: dict[Place, int] = {}  # arrays of tables: how many have begun

    def scan(self) -> dict[Place, int]:
        table: Place = ()
        self._skip()
        while self.at < len(self.text):
            line = self._line()
            if self.text[self.at] == "[":
                array = self.text.startswith("[[", self.at)
                self.at += 2 if array else 1
                table = self._table(self._key(), array)
                self.at += 2 if array else 1
                self.lines[table] = line
            else:
                self._pair(table)
            self._skip()
        return self.lines

    def _table(self, key: Place, array: bool) -> Place:
        """Return the place of a table by its header: under the newest of each array that it names."""
        place: Place = ()
        for number, part in enumerate(key):
            place = (*place, part)
            if array and number == len(key) - 1:
                self.counts[place] = self.counts.get(place, 0) + 1
                self.lines.setdefault(place, self._line())
            if place in self.counts:
                place = (*place, self.counts[place] - 1)
        return place

    def _pair(self, table: Place) -> None:
        line = self._line()
        place = (*table, *self._key())
        for length in range(len(table) + 1, len(place) + 1):
            self.lines.setdefault(place[:length], line)
        self.at += 1  # =
        self._skip()
        self._value(place)

    def _key(self) -> Place:
        parts: list[str] = []
        while True:
            self._skip()
            quoted = _STRING.match(self.text, self.at)
            found = quoted or _BARE_KEY.match(self.text, self.at)
            assert found is not None  # tomllib has read it
            parts.append(str(tomllib.loads(f"key = {found[0]}")["key"]) if quoted else found[0])
            self.at = found.end()
            self._skip()
            if not self.text.startswith(".", self.at):
                return tuple(parts)
            self.at += 1

    def _value(self, place: Place) -> None:
        self.lines.setdefault(place, self._line())
        opening = self.text[self.at]
        if opening not in "[{":
            found = _STRING.match(self.text, self.at) or _BARE_VALUE.match(self.text, self.at)
            assert found is not None
            self.at = found.end()
            return
        self.at += 1
        self._skip()
        index = 0
        while self.text[self.at] not in "]}":
            if opening == "{":
                self._pair(place)
            else:
                self._value((*place, index))
            index += 1
            self._skip()
            if self.text[self.at] == ",":
                self.at += 1
                self._skip()
        self.at += 1

    def _skip(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _line(self) -> int:
        return bisect_right(self.ends, self.at - 1) + 1
