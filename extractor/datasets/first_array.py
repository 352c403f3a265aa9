"""Arrow imports pandas, where it is installed, when it makes its first array; a command and a worker need neither's 0.4 s."""

from __future__ import annotations

from extractor.cheap_imports import without


def make_first_array() -> None:
    """Make Arrow's first array while there is no pandas; what asks Arrow for data frames later imports it then."""
    import pyarrow as pa  # noqa: PLC0415 - a command imports it without NumPy

    with without("pandas"):
        pa.array([0])
        pa.scalar(0, pa.duration("ns")).as_py()  # where there is no NumPy, it looks for pandas here as well
