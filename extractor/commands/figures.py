"""`extractor figures`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from extractor.commands.options import configs_option, echo, folder_argument, reading_datasets
from extractor.datasets.folder import Folder
from extractor.datasets.opened import open_dataset
from extractor.datasets.store import Made, Row, open_store
from extractor.explanation import count_figures, explain
from extractor.figures.figures import FigureMaker
from extractor.figures.organisations import document_organisations
from extractor.language import _
from extractor.prose.listings import Entry
from extractor.records.bodies import Bodies, bodies_of
from extractor.records.item import LineItem
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
    with reading_datasets(location):
        if rebuild:
            with open_store(Folder(location)) as store:
                made = store.rebuild(_maker(compile_vocabulary(Config.read(configs))))
                echo(_("{n} figures made of the line items").format(n=made))
        elif figure_id is not None:
            echo(explain(open_dataset(location), figure_id, compile_vocabulary(Config.read(configs))))
        else:
            echo(count_figures(open_dataset(location)))
    return 0


def _maker(vocabulary: Vocabulary) -> Callable[[Row, list[Row], list[Row]], Made]:
    """Return what makes the figures and organisations of a document."""
    bodies = Bodies(vocabulary)

    def made(document: Row, rows: list[Row], entries: list[Row]) -> Made:
        items = [*map(LineItem.of_row, rows)]
        maker = FigureMaker(vocabulary, {row["item_id"]: row["verdict"] for row in rows})
        named = bodies_of(document, items, bodies).values()
        listed = [Entry(**{name: value for name, value in e.items() if name != "document_id"}) for e in entries]
        return maker.figures(document, items), document_organisations(document, named, listed, vocabulary)

    return made
