"""`codes/funds.toml`: what tables of one fund leave out of its names, and which codes are its alone."""

from __future__ import annotations

from extractor.vocabulary.fields import Code, Id, Pattern, Strict


class FundNames(Strict):
    """How the rows of one fund's tables are named.

    Attributes:
        tables: How the types of its tables begin.
        name: What names leave out in these: 上级补助收入.
        part: The names of the funds that it consists of: 失业保险基金收入.
        codes: How the codes of these begin.
        all_revenue: The code whose name may also mean all that the fund's budget takes in.
    """

    tables: Id
    name: str
    part: Pattern | None = None
    codes: tuple[Code, ...] = ()
    all_revenue: Code | None = None


class Funds(Strict):
    """`codes/funds.toml`."""

    fund: tuple[FundNames, ...]
