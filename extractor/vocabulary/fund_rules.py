"""`codes/funds.toml`: what tables of one fund leave out of its names, and which codes are its alone."""

from __future__ import annotations

from extractor.vocabulary.fields import Code, Id, Strict


class FundNames(Strict):
    """How the rows of one fund's tables are named.

    Attributes:
        tables: How the types of its tables begin.
        name: What names leave out in these: 上级补助收入.
        codes: How the codes begin that are the fund's alone.
        all_revenue: The code whose name may also mean all that the fund's budget takes in.
    """

    tables: Id
    name: str
    codes: tuple[Code, ...]
    all_revenue: Code | None = None


class Funds(Strict):
    """`codes/funds.toml`."""

    fund: tuple[FundNames, ...]
