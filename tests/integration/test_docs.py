"""The examples of the documentation, run as a reader would run them, and the files that its pages name."""

from __future__ import annotations

import doctest
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path

import click
import pytest
from support.commands import extractor
from support.common import ROOT, SAMPLES

from extractor.commands.main import cli

DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n(\n?)", re.MULTILINE | re.DOTALL)
PROMPT = "$ extractor "
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
GUIDES = [
    page
    for page in sorted((DOCS / "how-to").glob("*.md"))
    if re.search("^```(console|python)", page.read_text("utf-8"), re.M)
]


def blocks(text: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield (language, code, expected output) of what can be run; None where the page shows no output."""
    found = list(BLOCK.finditer(text))
    for block, following in zip(found, [*found[1:], None], strict=True):
        if block[1] == "console":
            for command in re.split(r"^(?=\$ )", block[2], flags=re.MULTILINE)[1:]:
                line, _, output = command.partition("\n")
                yield "console", line, output
        elif block[1] == "python":
            shown = following is not None and following[1] == "text" and following.start() == block.end()
            yield "python", block[2], following[2] if shown and following else None


def run_command(line: str, folder: Path) -> str:
    assert line.startswith(PROMPT), f"{line}: the documentation's commands are extractor's"
    with chdir(folder):
        done = extractor(*shlex.split(line.removeprefix(PROMPT)))
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_page(page: Path, folder: Path) -> None:
    names: dict[str, object] = {}
    checker = doctest.OutputChecker()
    for language, code, expected in blocks(page.read_text(encoding="utf-8")):
        if language == "console":
            output = run_command(code, folder)
        else:
            with redirect_stdout(io.StringIO()) as stream:
                exec(compile(code, page.name, "exec"), names)
            output = stream.getvalue()
        if expected is not None:
            assert checker.check_output(expected, output, OPTIONS), (
                f"{page.name}: {code}\nprints\n{output}\nnot\n{expected}"
            )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "samples").symlink_to(SAMPLES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_tutorial_prints_what_it_says(folder: Path) -> None:
    run_page(DOCS / "tutorial.md", folder)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what `make run` makes of the samples; each guide has a copy of it."""
    place = tmp_path_factory.mktemp("guides")
    (place / "samples").symlink_to(SAMPLES)
    run_command("$ extractor run samples --out data", place)
    return place / "data"


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_the_guides_print_what_they_say(page: Path, folder: Path, data: Path) -> None:
    shutil.copytree(data, folder / "data")
    run_page(page, folder)


def named_commands(page: Path) -> Iterator[list[str]]:
    """Yield the commands of ours that a page or a script names, without what a shell makes of their output."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in re.findall(r"(?:^|`|\$ |^ {4}|&& |\| |--rm .*)extractor ([a-z][^`\n]*)", text, re.MULTILINE):
        words = shlex.split(line, comments=True)
        yield words[: next((n for n, word in enumerate(words) if re.match(r"\d?>|[|&]", word)), None)]


def parse(words: list[str]) -> None:
    """Raise a usage error where a command has no such option, or none of its name is there."""
    command: click.Command = cli
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(click.Context(command), name)
        assert found, name
        command = found
    command.make_parser(click.Context(command)).parse_args(words)


@pytest.mark.parametrize(
    "page",
    [
        path
        for path in (*ROOT.glob("*.md"), ROOT / "Dockerfile", *DOCS.rglob("*.md"), *DOCS.rglob("*.sh"))
        if any(named_commands(path))
    ],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_the_commands_that_are_named_have_their_options(page: Path) -> None:
    for words in named_commands(page):
        try:
            parse(words)
        except click.UsageError as error:
            pytest.fail(f"extractor {' '.join(words)}: {error.message}")


def missing(paths: list[str]) -> list[str]:
    return [p for p in paths if not (ROOT / p).exists() and not (ROOT / "extractor" / p).exists()]


def test_contributing_names_files_that_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| (?!command).*? \| (`.*`) \|$", text, re.MULTILINE)
    paths = [path for cell in cells for path in re.findall(r"`([^`]+)`", cell)]
    assert len(paths) > 40
    assert missing(paths) == []


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_a_page_names_files_that_are_there(page: Path) -> None:
    packages = [folder.parent.name for folder in (ROOT / "extractor").glob("*/__init__.py")]
    folders = "|".join(["extractor", "configs", "docs", "samples", "scripts", "tests", *packages])
    assert missing(re.findall(rf"`((?:{folders})/[\w./-]+)`", page.read_text(encoding="utf-8"))) == []
