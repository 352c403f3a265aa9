"""`drift.toml`: when a publisher's new documents differ from its earlier ones."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PositiveInt

from extractor.vocabulary.fields import Strict

Share = Annotated[float, Field(ge=0, le=1)]


class DriftRules(Strict):
    """The thresholds.

    Attributes:
        least: Number of earlier documents from which on there is something usual.
        rare: Share of the earlier documents that have something no other of them has; where more have, news are usual.
        usual: Share of the earlier documents with a table type, from which on a document is expected to have it.
        margin: How far below the lowest share of the earlier documents a share may be.
    """

    least: PositiveInt
    rare: Share
    usual: Share
    margin: Share
