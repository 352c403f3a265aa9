"""`extractor figures`."""

from __future__ import annotations

from pathlib import Path

import click

from extractor.commands.options import configs_option, echo, folder_argument
from extractor.datasets.folder import Folder
from extractor.datasets.opened import open_dataset
from extractor.datasets.store import open_store
from extractor.explanation import count_figures, explain
from extractor.figures.figures import FigureMaker
from extractor.language import _
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import compile_vocabulary


@click.command()
@folder_argument
@click.option(
    "--explain", "figure_id", metavar="FIGURE_ID", help="Show which line items state a figure, and why one was taken."
)
@click.option("--rebuild", is_flag=True, help="Make all figures again from the line items.")
@configs_option
def figures(location: str, figure_id: str | None, rebuild: bool, configs: Path | None) -> int:
    """Count the figures of a dataset by what they are of; explain one, or make them again."""
    if rebuild:
        maker = FigureMaker(compile_vocabulary(Config.read(configs)))
        with open_store(Folder(location)) as store:
            echo(_("{n} figures made of the line items").format(n=store.rebuild_figures(maker.figures)))
        return 0
    datasets = open_dataset(location)
    if figure_id is not None:
        echo(explain(datasets, figure_id, compile_vocabulary(Config.read(configs))))
    else:
        echo(count_figures(datasets))
    return 0
