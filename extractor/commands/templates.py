"""`extractor templates`: list and check; only `draft`, in a module of its own, imports the reading stages."""

from __future__ import annotations

from pathlib import Path

import click

from extractor.commands.lazy_group import LazyCommand, LazyGroup
from extractor.commands.options import configs_option, echo
from extractor.language import _
from extractor.vocabulary.config import Config

COMMANDS = {
    "list": LazyCommand(__name__, "list_templates", "List table types and templates."),
    "check": LazyCommand(__name__, "check_templates", "Validate the configs; every error names file and line."),
    "draft": LazyCommand("extractor.commands.draft", "draft", "Draft a template for the tables on one page of a file."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def templates() -> None:
    """The known templates."""


@click.command()
@configs_option
def list_templates(configs: Path | None) -> int:
    """List table types and templates."""
    config = Config.read(configs)
    for kind in config.kinds:
        echo(f"{kind.id:58}{kind.zh}")
    for template in config.templates:
        echo(f"{template.id:40}{template.table_type:40}{template.years[0]}-{template.years[1]}  {template.source}")
    return 0


@click.command()
@configs_option
def check_templates(configs: Path | None) -> int:
    """Validate the configs; every error names file and line."""
    config = Config.read(configs)
    counts = {"types": len(config.kinds), "templates": len(config.templates)}
    echo(_("{folder}: {types} table types, {templates} templates: all valid").format(folder=config.directory, **counts))
    return 0
