"""The commands in Chinese and English, each in a process of its own, as a shell starts them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from support.common import SAMPLES

CHINESE = {"LANG": "zh_CN.UTF-8"}
COMMAND = (sys.executable, "-m", "extractor")


def said(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**kept, "PYTHONUTF8": "1", **environment},
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    ran = said(
        "run", str(SAMPLES / "shanghai-2025-planted-errors.pdf"), "--out", str(folder), "--workers", "1", **CHINESE
    )
    assert ran.returncode == 0, ran.stderr
    return folder


def test_the_locale_chooses_chinese_and_an_option_goes_before_it(data: Path) -> None:
    chinese, english = said("check", str(data), **CHINESE).stdout, said("check", str(data)).stdout
    assert re.match(r"印证 +237\n", chinese)
    assert re.match(r"proven +237\n", english)
    assert "高: shanghai-2025-planted-errors.pdf: 第16页" in chinese
    assert said("--lang", "en", "check", str(data), **CHINESE).stdout == english
    assert said("--lang", "zh", "check", str(data)).stdout == chinese


def test_errors_are_in_chinese_with_their_remedy_and_the_same_exit_code(tmp_path: Path) -> None:
    found = said("check", str(tmp_path), **CHINESE)
    assert (found.returncode, found.stderr) == (
        2, f"extractor: {tmp_path}：没有 manifest.json；应为 `extractor run --out` 写入的文件夹\n"
    )  # fmt: skip
    assert said("run", **CHINESE).stderr.startswith("用法：")
    unknown = said("run", "--nonsense", **CHINESE).stderr
    assert "错误：没有选项 '--nonsense'。" in unknown
    assert "Did you mean" not in unknown


def test_the_datasets_say_the_same_in_every_locale(tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_bytes(b"<!DOCTYPE html><html><body>404</body></html>")
    for name, environment in (("zh", CHINESE), ("en", {})):
        said("run", str(tmp_path / "page.pdf"), "--out", str(tmp_path / name), "--workers", "1", **environment)
    reason = "select reason from documents"
    found = [said("sql", str(tmp_path / name), reason, "--json").stdout for name in ("zh", "en")]
    assert found[0] == found[1]
    assert "is a web page (HTML)" in found[0]


def test_a_report_is_served_until_it_is_interrupted(data: Path, tmp_path: Path) -> None:
    command = [
        *COMMAND,
        "--lang",
        "zh",
        "report",
        str(data),
        "--out",
        str(tmp_path / "report"),
        "--serve",
        "--port",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as served:
        assert served.stdout
        assert served.stdout.readline().startswith("1 份文件：")
        url = served.stdout.readline().strip()
        with urllib.request.urlopen(url, timeout=60) as answer:
            assert '<html lang="zh-Hans">' in answer.read().decode()
        served.send_signal(signal.SIGINT)
        assert served.wait(60) == 0
