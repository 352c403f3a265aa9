"""The models in RapidOCR's wheel, loaded by ONNX Runtime: without the rest of RapidOCR, whose imports take half a second."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import cv2

FATAL = 4  # severity in ONNX Runtime's log


@lru_cache(maxsize=2)
def load_model(name: str) -> Any:
    """Load a model, once a process and on one thread: workers share the cores among themselves.

    Args:
        name: Its file.

    Returns:
        Its ONNX session.
    """
    import onnxruntime  # noqa: PLC0415 - an extra

    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = FATAL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it would keep what the longest line took
    options.enable_mem_pattern = False  # plans for every size of picture; hardly any comes twice
    return onnxruntime.InferenceSession(
        str(files("rapidocr") / "models" / name), options, providers=["CPUExecutionProvider"]
    )
