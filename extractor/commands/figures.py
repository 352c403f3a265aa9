"""`extractor figures`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from extractor.commands.options import configs_option, echo, folder_argument
from extractor.datasets.folder import Folder
from extractor.datasets.opened import open_dataset
from extractor.datasets.store import Made, Row, open_store
from extractor.explanation import count_figures, explain
from extractor.figures.figures import FigureMaker
from extractor.figures.organisations import document_organisations
from extractor.prose.listings import Entry
from extractor.records.bodies import Bodies, bodies_of
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import Vocabulary, compile_vocabulary


@click.command()
@folder_argument
@click.option(
    "--explain", "figure_id", metavar="FIGURE_ID", help="Show which line items state a figure, and why one was taken."
)
@click.option("--rebuild", is_flag=True, help="Make all figures and organisations again from the line items.")
@configs_option
def figures(location: str, figure_id: str | None, rebuild: bool, configs: Path | None) -> int:
    """Count the figures of a dataset by what they are of; explain one, or make them again."""
    if rebuild:
        with open_store(Folder(location)) as store:
            echo(f"{store.rebuild(_maker(compile_vocabulary(Config.read(configs))))} figures made of the line items")
        return 0
    datasets = open_dataset(location)
    if figure_id is not None:
        echo(explain(datasets, figure_id, compile_vocabulary(Config.read(configs))))
    else:
        echo(count_figures(datasets))
    return 0


def _maker(vocabulary: Vocabulary) -> Callable[[Row, list[Row], list[Row]], Made]:
    """Return what makes the figures and organisations of a document."""
    maker, bodies = FigureMaker(vocabulary), Bodies(vocabulary)

    def made(document: Row, items: list[Row], entries: list[Row]) -> Made:
        named = bodies_of(document, items, bodies).values()
        listed = [Entry(**{name: value for name, value in e.items() if name != "document_id"}) for e in entries]
        return maker.figures(document, items), document_organisations(document, named, listed, vocabulary)

    return made
