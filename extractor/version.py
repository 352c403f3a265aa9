"""The version of this package: datasets name it, and results of another are not reused."""

__version__ = "0.1.0"
