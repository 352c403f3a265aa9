"""`extractor fetch`."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from extractor.commands.options import configs_option, echo, echo_json, json_option
from extractor.errors import UsageError
from extractor.source.source import MAX_INPUT
from extractor.vocabulary.config import packaged_configs


@click.command()
@click.argument("sources", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--into", required=True, type=click.Path(path_type=Path), help="Folder for the files and their ledger.")
@click.option(
    "--timeout", type=click.FloatRange(0.1), default=300.0, show_default=True, help="Maximum seconds per answer."
)
@click.option(
    "--max-mb", type=click.IntRange(1), default=MAX_INPUT >> 20, show_default=True, help="Largest answer, in MiB."
)
@configs_option
@json_option
def fetch(sources: Path, into: Path, timeout: float, max_mb: int, configs: Path | None, as_json: bool) -> int:
    """Fetch what is new on the publishers' sites that SOURCES (a TOML file) names, politely, for `extractor run`.

    Files are kept by the hash of their content and never overwritten; ledger.parquet beside them says where each came
    from. Servers are asked whether what is known has changed, so that an unchanged site sends nothing again.
    """
    if find_spec("scrapy") is None:
        raise UsageError("fetch: needs Scrapy: pip install 'budget-extractor[fetch]'")
    from extractor.fetch.crawl import fetch_sites  # noqa: PLC0415 - Scrapy is an extra
    from extractor.fetch.sources import read_sites  # noqa: PLC0415

    folder = configs or packaged_configs()
    summary = fetch_sites(read_sites(sources, folder), into, folder, timeout, max_mb)
    for line in (*summary.notes, *summary.faults):
        echo(f"extractor: {line}", err=True)
    if summary.interrupted:
        raise KeyboardInterrupt
    if as_json:
        echo_json(summary.as_json())
    else:
        echo(summary.as_text())
    return 1 if summary.faults else 0
