"""Chinese public budgets and final accounts as tidy, traced, reconciled Parquet."""

__version__ = "0.1.0"
