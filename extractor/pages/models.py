"""The models in RapidOCR's wheel, loaded by ONNX Runtime: without the rest of RapidOCR, whose imports take half a second."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_PACKAGES = ("cv2", "onnxruntime", "pyclipper", "rapidocr")
FATAL = 4  # severity in ONNX Runtime's log


def is_installed() -> bool:
    """Return whether the extra `ocr` is installed, of a version that has these models; imports nothing."""
    return all(map(find_spec, _PACKAGES)) and _path_of(DETECTOR).is_file() and _path_of(RECOGNISER).is_file()


def _path_of(name: str) -> Path:
    package = find_spec("rapidocr")
    return Path(package.origin if package and package.origin else "").parent / "models" / name


@lru_cache(maxsize=2)
def load_model(name: str) -> Any:
    """Load a model, once a process and on one thread: workers share the cores among themselves.

    Args:
        name: Its file.

    Returns:
        Its ONNX session.
    """
    import cv2  # noqa: PLC0415 - an extra, as is what follows
    import onnxruntime  # noqa: PLC0415

    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = FATAL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it would keep what the longest line took
    options.enable_mem_pattern = False  # plans for every size of picture; hardly any comes twice
    return onnxruntime.InferenceSession(str(_path_of(name)), options, providers=["CPUExecutionProvider"])
