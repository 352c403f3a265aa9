"""Budgets in Dagster: downloads → dataset, with what `extractor` says of the dataset as its checks.

`BUDGETS` is a folder that has sources.toml; it gets downloads and data. Try it: `dagster dev -f budgets.py`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import dagster as dg

SOME_FAILED = 1  # exit code: something could not be fetched or read; the rest is there
MAX_NAMED = 20


class Extractor(dg.ConfigurableResource):
    """The command line, in a folder."""

    folder: str

    def __call__(self, *arguments: str, fine: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        """Run a command.

        Raises:
            dagster.Failure: It ends with another exit code.
        """
        command = [sys.executable, "-m", "extractor", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode not in fine:
            raise dg.Failure(done.stderr or done.stdout)
        return done

    def json(self, *arguments: str, fine: tuple[int, ...] = (0,)) -> dict[str, Any]:
        """Run a command, and return what it says to machines."""
        said: dict[str, Any] = json.loads(self(*arguments, "--json", fine=fine).stdout)
        return said


@dg.asset
def downloads(context: dg.AssetExecutionContext, extractor: Extractor) -> dg.MaterializeResult:
    """What the publishers' sites have, kept by hash, with the ledger."""
    said = extractor.json("fetch", "sources.toml", "--into", "downloads", fine=(0, SOME_FAILED))
    for line in (*said["faults"], *said["notes"]):
        context.log.warning(line)
    return dg.MaterializeResult(
        metadata={name: said[name] for name in ("new", "changed", "unchanged", "gone", "bytes")}
    )


@dg.asset(deps=[downloads])
def dataset(extractor: Extractor) -> dg.MaterializeResult:
    """The datasets of all documents, in Parquet."""
    said = extractor.json("run", "downloads", "--out", "data", fine=(0, SOME_FAILED))
    names = ("documents", "skipped", "superseded", "retired", "line_items", "contradicted")
    return dg.MaterializeResult(metadata={name: said[name] for name in names})


@dg.asset_check(asset=dataset, blocking=True)
def intact(extractor: Extractor) -> dg.AssetCheckResult:
    """Every file of the datasets is what the manifest says."""
    done = extractor("verify", "data", fine=(0, 1))
    return dg.AssetCheckResult(passed=done.returncode == 0, metadata={"said": done.stderr or done.stdout})


STANDING = {  # check → what it says, and the part of `extractor status` that is empty where it passes
    "all_read": ("No document of the datasets is one that could not be read.", "failing"),
    "layouts_as_usual": ("No publisher has changed its tables in the documents of the last night.", "drift"),
    "no_grave_finding": ("No document contradicts itself by much.", "findings"),
}


@dg.multi_asset_check(
    specs=[dg.AssetCheckSpec(name, asset=dataset, description=text) for name, (text, _) in STANDING.items()]
)
def standing(extractor: Extractor) -> Iterator[dg.AssetCheckResult]:
    """Warn of what stands in the datasets."""
    said = extractor.json("status", "data")
    said["findings"] = [finding for finding in said["findings"] if finding["severity"] == "high"]
    for name, (_, part) in STANDING.items():
        rows = said[part]
        metadata = {"number": len(rows), "first": rows[:MAX_NAMED]}
        severity = dg.AssetCheckSeverity.WARN
        yield dg.AssetCheckResult(passed=not rows, check_name=name, severity=severity, metadata=metadata)


night = dg.define_asset_job("night", selection=[downloads, dataset])

defs = dg.Definitions(
    assets=[downloads, dataset],
    asset_checks=[intact, standing],
    jobs=[night],
    schedules=[dg.ScheduleDefinition(job=night, cron_schedule="30 2 * * *", execution_timezone="Asia/Shanghai")],
    resources={"extractor": Extractor(folder=os.environ.get("BUDGETS", "/srv/budgets"))},
)
