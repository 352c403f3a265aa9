"""What runs every night, as `docs/examples` has it: a script, systemd, Dagster and Airflow, against a site on this machine."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from support.budget_site import BudgetSite, budget_site
from support.budget_workbook import budget
from support.common import ROOT

from extractor.commands.main import cli

EXAMPLES = ROOT / "docs" / "examples"
AIRFLOW = (
    ROOT / "build" / "airflow" / "bin"
)  # `make build/airflow` makes it: Airflow asks for other versions of some packages


@dataclass
class Nights:
    """A site, and the folder that its budgets are kept in."""

    site: BudgetSite
    folder: Path

    def publish(self, *lost: str, **budgets: int) -> None:
        """Have the site publish budgets, each with its sum for education, and no others; of those that are lost, only the link."""
        self.site.at = {}
        written = self.folder.parent / "written.xlsx"
        for name, education in budgets.items():
            budget(written, education)
            self.site.pdf(f"/files/{name}.xlsx", written.read_bytes())
        self.site.page("/czxx/", "".join(f'<a href="/files/{name}.xlsx">{name}</a>' for name in (*budgets, *lost)))

    def environment(self) -> dict[str, str]:
        """Return an environment in which `extractor` is this one."""
        return {**os.environ, "PATH": f"{self.folder.parent / 'bin'}:{os.environ['PATH']}", "BUDGETS": str(self.folder)}

    def run(self, *command: str | Path, code: int = 0, **more: str) -> str:
        done = subprocess.run(
            list(map(str, command)),
            env={**self.environment(), **more},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == code, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout + done.stderr

    def says(self, *arguments: str) -> Any:
        """Return what a command that only looks says to machines."""
        command = [str(self.folder / a) if a == "data" else a for a in (*arguments, "--json")]
        return json.loads(CliRunner().invoke(cli, command, standalone_mode=False, catch_exceptions=False).output)


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "extractor"
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m extractor "$@"\n'
    )
    command.chmod(0o755)
    with budget_site() as site:
        found = Nights(site, tmp_path / "budgets")
        found.folder.mkdir()
        start = f'[[source]]\nname = "city"\nstart = ["{site.url}/czxx/"]\ndelay_s = 0.05\n'
        (found.folder / "sources.toml").write_text(start, encoding="utf-8")
        yield found


def test_two_nights_of_the_script_keep_what_was_corrected_and_what_is_gone(nights: Nights) -> None:
    script = EXAMPLES / "nightly.sh"
    nights.publish("lost", a=70, gone=71)
    (line,) = nights.run(script, nights.folder, code=1).splitlines()  # one mail with one line; the rest goes on
    assert "/files/lost.xlsx: answers 404" in line
    nights.site.night()
    nights.publish(a=75)
    assert nights.run(script, nights.folder) == ""  # nothing to tell, and so no mail
    assert {sent.path for sent in nights.site.night() if sent.status == 200} == {"/czxx/", "/files/a.xlsx"}

    said = nights.says("status", "data")
    (corrected,), (gone,) = said["corrected"], said["retired"]
    changed = nights.says("diff", "data", corrected["supersedes"], corrected["document_id"])["rows"]
    education = [(r["old"], r["new"]) for r in changed if r["component"] == "total" and r["code"] == "205"]
    assert education == [("700000.00", "750000.00")]
    kept = {path.relative_to(nights.folder).as_posix() for path in (nights.folder / "downloads").glob("??/*")}
    assert len(kept) == 3 and {corrected["path"], gone["path"]} < kept
    assert said["failing"] == []
    assert json.loads((nights.folder / "log" / "check.json").read_text("utf-8"))
    assert (nights.folder / "log" / "extractor.prom").read_text("utf-8").endswith("# EOF\n")


def loaded(path: Path) -> Any:
    """Import an example."""
    spec = importlib.util.spec_from_file_location(f"example_{path.parent.name}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.unmeasured
def test_dagster_makes_downloads_and_dataset_and_its_checks_name_what_is_wrong(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    import dagster

    example = loaded(EXAMPLES / "dagster" / "budgets.py")
    nights.publish("lost", a=70)
    nights.site.pdf("/files/broken.pdf", b"%PDF-1.4 nothing")
    nights.site.page("/czxx/", "".join(f'<a href="/files/{n}">{n}</a>' for n in ("a.xlsx", "broken.pdf", "lost.xlsx")))
    defined = [*example.defs.assets, *example.defs.asset_checks]
    extractor = example.Extractor(folder=str(nights.folder))
    done = dagster.materialize(defined, resources={"extractor": extractor})
    assert done.success
    counts = {
        name: {k: v.value for k, v in done.asset_materializations_for_node(name)[0].metadata.items()}
        for name in ("downloads", "dataset")
    }
    assert (counts["downloads"]["new"], counts["dataset"]["documents"]) == (2, 2)
    checks = {check.check_name: check for check in done.get_asset_check_evaluations()}
    assert {name: check.passed for name, check in checks.items()} == {
        "intact": True, "all_read": False, "layouts_as_usual": True, "no_grave_finding": True,
    }  # fmt: skip
    assert [row["status"] for row in checks["all_read"].metadata["first"].value] == ["not_a_document"]
    dagster.Definitions.validate_loadable(example.defs)  # its job and schedule, too


@pytest.mark.slow
@pytest.mark.skipif(not AIRFLOW.exists(), reason="Airflow is not installed: make build/airflow/.installed")
def test_airflow_runs_the_dag_from_the_download_to_the_checks(nights: Nights) -> None:
    nights.publish("lost", a=70)
    settings = {
        "AIRFLOW_HOME": str(nights.folder.parent / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(EXAMPLES / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    nights.run(AIRFLOW / "airflow", "db", "migrate", **settings)
    log = nights.run(AIRFLOW / "python", EXAMPLES / "airflow" / "budgets.py", **settings)
    ended = re.findall(r"end task task_id=(\w+)", log)
    assert ended[:3] == ["downloads", "dataset", "intact"]
    assert sorted(ended[3:]) == ["all_read", "layouts_as_usual"]
    assert "/files/lost.xlsx: answers 404" in log
    assert nights.says("status", "data")["failing"] == []


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_takes_the_units_without_a_word(tmp_path: Path) -> None:
    for unit in (EXAMPLES / "systemd").iterdir():
        text = unit.read_text(encoding="utf-8").replace("/srv/nightly.sh", str(EXAMPLES / "nightly.sh"))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", *sorted(map(str, tmp_path.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_workflow_of_github_runs_the_script_and_keeps_what_it_leaves() -> None:
    workflow = yaml.safe_load((EXAMPLES / "github-actions" / "nightly.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    used = {step["uses"].partition("@")[0]: step for step in job["steps"] if "uses" in step}
    assert used["actions/cache/restore"]["with"]["key"] == used["actions/cache/save"]["with"]["key"]
    assert used["actions/cache/save"]["if"] == "always()"
    assert "sh nightly.sh budgets" in job["steps"][-3]["run"]
