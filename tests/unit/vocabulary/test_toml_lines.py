from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.common import ROOT

from extractor.vocabulary.toml_lines import Place, lines_of

TRICKY = '''# a comment with [brackets] and = signs
title = "a # no comment" # a comment
"quoted key"."b.c" = 'literal \\'
text = """
[[not.a.table]]
"quoted" \\""" still
"""

list = [ # why
    "one", # first
    { name = "in a table", deep = [1, 2.5] },
    [[], [true]],
]
[[fruit]]
name = "apple"
[fruit.size]
height = 1979-05-27
[[fruit.kind]]
name = "red"
[[fruit.kind]]
name = "green"
[[fruit]]
name = "pear"
[[fruit.kind]]
name = "yellow"
[a.'x.y'.c]
d = 1
'''


def values(data: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    yield place, data
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in inner:
        yield from values(value, (*place, step))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_value_has_its_line(end: str) -> None:
    lines = lines_of(TRICKY.replace("\n", end))
    assert {place: lines[place] for place in [("title",), ("quoted key", "b.c"), ("text",), ("list",)]} == {
        ("title",): 2, ("quoted key", "b.c"): 3, ("text",): 4, ("list",): 9,
    }  # fmt: skip
    assert [lines["list", i] for i in range(3)] == [10, 11, 12]
    assert (lines["list", 1, "deep", 1], lines["list", 2, 1, 0]) == (11, 12)
    assert [lines["fruit", i] for i in range(2)] == [14, 22]
    assert lines["fruit", 0, "size", "height"] == 17
    assert [lines["fruit", 0, "kind", i, "name"] for i in range(2)] == [19, 21]
    assert lines["fruit", 1, "kind", 0, "name"] == 25
    assert lines["a", "x.y", "c", "d"] == 27


@pytest.mark.parametrize("path", sorted((ROOT / "configs").rglob("*.toml")), ids=lambda path: path.name)
def test_every_text_of_configs_stands_in_its_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    printed, lines = text.splitlines(), lines_of(text)
    for place, value in values(tomllib.loads(text)):
        if isinstance(value, str):
            assert json.dumps(value, ensure_ascii=False) in printed[lines[place] - 1]
