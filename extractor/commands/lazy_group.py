"""A group of commands whose modules are imported only when a command is called."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from importlib import import_module
from inspect import cleandoc
from typing import Any, NamedTuple, TypeVar

import click

from extractor.language import CLICK, HELP, in_context

CommandT = TypeVar("CommandT", bound=click.Command)


class LazyCommand(NamedTuple):
    """A command's module, its name there, and its one-line help."""

    module: str
    name: str
    short_help: str


class LazyGroup(click.Group):
    """A group of `LazyCommand`s by their names on the command line."""

    def __init__(self, *args: Any, lazy: Mapping[str, LazyCommand], **kwargs: Any) -> None:
        """Take the arguments of `click.Group`, and the commands."""
        super().__init__(*args, **kwargs)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the command names in their order."""
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self._lazy:
            return None
        module, name, _ = self._lazy[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return translated(command)

    @property
    def short_helps(self) -> list[str]:
        """What the list of commands says of each."""
        return [command.short_help for command in self._lazy.values()]

    def get_help(self, ctx: click.Context) -> str:
        """Return the help in the language that is chosen by then."""
        return click.Group.get_help(translated(self), ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section(in_context(CLICK, "Commands")):
            formatter.write_dl([(word, in_context(HELP, command.short_help)) for word, command in self._lazy.items()])


def translated(command: CommandT) -> CommandT:
    """Return a command with its help, and that of its options and commands, in the language of this process."""
    told = copy(command)
    told.help = command.help and in_context(HELP, cleandoc(command.help))
    told.params = list(map(copy, command.params))
    for parameter in told.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = in_context(HELP, cleandoc(parameter.help))
    if isinstance(told, click.Group) and not isinstance(told, LazyGroup):
        told.commands = {name: translated(below) for name, below in told.commands.items()}
    return told
