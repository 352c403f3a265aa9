"""Budgets in Airflow 3: fetch → read → checks, each a call of the command line.

`BUDGETS` is a folder that has sources.toml; it gets downloads and data. `extractor` must be on the workers' PATH, from a virtual
environment of its own: Airflow asks for other versions of some packages. Try it: `python budgets.py`, after `airflow db migrate`.
"""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, task
from airflow.sdk.exceptions import AirflowFailException

FOLDER = os.environ.get("BUDGETS", "/srv/budgets")
OR_SOME_FAILED = (
    "|| [ $? -eq 1 ]"  # something could not be fetched or read, a line for each is in the log; the rest is there
)


def command(name: str, arguments: str) -> BashOperator:
    """Return a task that runs a command in the folder."""
    return BashOperator(task_id=name, bash_command=f"extractor {arguments}", cwd=FOLDER, append_env=True)


@task
def none_of(kind: str) -> None:
    """Fail where the status of the datasets has rows of a kind."""
    said = ["extractor", "status", "data", "--json"]
    rows = json.loads(subprocess.run(said, cwd=FOLDER, capture_output=True, text=True, check=True).stdout)[kind]
    if rows:
        raise AirflowFailException("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))


with DAG(
    "budgets",
    schedule="30 18 * * *",  # UTC: half past two at night in China
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"execution_timeout": timedelta(hours=10)},
) as dag:
    downloads = command("downloads", f"fetch sources.toml --into downloads {OR_SOME_FAILED}")
    dataset = command("dataset", f"run downloads --out data {OR_SOME_FAILED}")
    intact = command("intact", "verify data")
    all_read = none_of.override(task_id="all_read")("failing")
    layouts_as_usual = none_of.override(task_id="layouts_as_usual")("drift")
    downloads >> dataset >> intact >> [all_read, layouts_as_usual]

if __name__ == "__main__":
    sys.exit(dag.test().state != "success")
