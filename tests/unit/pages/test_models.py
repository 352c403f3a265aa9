"""Whether scans can be read: the extra, and its models."""

from __future__ import annotations

import pytest

from extractor.pages import models


@pytest.mark.skipif(not models.is_installed(), reason="the extra ocr is not installed")
@pytest.mark.parametrize(
    ("name", "value"), [("_PACKAGES", ("rapidocr", "no_such_package")), ("DETECTOR", "other.onnx"), ("RECOGNISER", "a")]
)
def test_without_a_package_or_a_model_the_extra_is_not_installed(
    name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, name, value)
    assert not models.is_installed()
