"""The notebooks of the documentation run as they are, from the top."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from support.common import ROOT

FOLDER = ROOT / "docs" / "notebooks"
# What is found in their outputs: text, or the kind of a picture.
SHOWN = {
    "cities": ["{'ok': 2}", "苏州市    9.1"],
    "years": ["社会保障和就业支出", "上海市示例合作交流办公室"],
    "findings": ["medium: 第6页", "proven"],
    "trace": ["社会保障和就业支出", "expenditure_summary", "image/png"],
}


def test_every_notebook_is_here_and_kept_without_outputs() -> None:
    notebooks = {path.stem: nbformat.read(path, as_version=4) for path in FOLDER.glob("*.ipynb")}
    assert notebooks.keys() == SHOWN.keys()
    assert not any(cell.get("outputs") for notebook in notebooks.values() for cell in notebook.cells)
    page = (ROOT / "docs" / "how-to" / "notebooks.md").read_text(encoding="utf-8")
    assert all(f"notebooks/{name}.ipynb" in page for name in notebooks)


@pytest.mark.parametrize("name", SHOWN)
def test_a_notebook_runs(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    shown = "".join(str(output.get("text", output.get("data", ""))) for output in outputs)
    for text in SHOWN[name]:
        assert text in shown
