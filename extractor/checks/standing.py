"""Doubt the failing checks of a table that its other rows and columns do not bear out.

Readers that agree prove that the figures were read, not that the identity applies to them: a parent exceeds its children
where items are withheld by law (涉密), and a list's total may leave out what the list goes on to show.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from extractor.checks.check import Check, doubted
from extractor.contract import Rule
from extractor.notation.amounts import is_amount
from extractor.notation.figures import is_nil
from extractor.records.item import LineItem
from extractor.tables.table import Table
from extractor.vocabulary.check_rules import Withholding
from extractor.vocabulary.codes import Classification

UNESTABLISHED = "unestablished: too few other rows or columns of the table obey this sum"
INCOMPLETE = "incomplete: the total exceeds its printed parts, and rows may be withheld or left out"
UNCODED = "uncoded: a row among these parts has an amount and no code"
UNREAD = "unread: a cell among these figures holds something that is no amount"
DOWN: frozenset[Rule] = frozenset(("children_sum", "rows_total"))
LONE_FAILURES = 2  # sums down a table's columns that may fail beyond as many as hold: where most fail, it is misread
MIN_YEARS = 2  # windows of two years and their change that must add up before one that does not is the document's fault

Place = tuple[int, int]  # row, column


class TableStanding:
    """What the rows and columns of one table say for or against its failing checks.

    Attributes:
        table: The table.
        items: item_id → amount.
        checks: All of its checks.
    """

    def __init__(self, table: Table, items: Sequence[LineItem], checks: Sequence[Check]) -> None:
        """Index amounts and checks by where they stand."""
        self.table, self.checks = table, checks
        self.items = {i.item_id: i for i in items}
        self._rows = {row.ordinal: row for row in table.rows}
        self._newest = max((i.amount_year for i in items if i.amount_year is not None), default=None)
        self._down: dict[int, list[LineItem]] = defaultdict(list)
        for item in items:
            if item.amount is not None:
                self._down[item.column].append(item)
        # Down a column: the checks of a stated amount; along a row: its whole, and the columns that it is the sum of.
        self._stated: dict[Place, list[Check]] = defaultdict(list)
        self._sums: dict[int, list[tuple[int, frozenset[int]]]] = defaultdict(list)
        for check in checks:
            left = self._left(check)
            if check.rule in DOWN:
                self._stated[left.row, left.column].append(check)
            elif check.rule == "columns_sum" and check.holds != "no":
                self._sums[left.row].append((left.column, frozenset(i.column for i in self._right(check) if i.amount)))

    def weighed(self, withheld: Withholding, functional: Classification) -> Iterator[Check]:
        """Yield the table's checks, each failure with the first doubt that there is about it."""
        telling = Counter(c.rule for c in self.checks if c.holds != "no" and self._is_telling(c))
        failing = sum(c.rule in DOWN and c.holds == "no" and not c.doubt for c in self.checks)
        unborne: set[Rule] = {"year_on_year"} if telling["year_on_year"] < MIN_YEARS else set()
        unborne |= DOWN if failing > LONE_FAILURES + sum(telling[rule] for rule in DOWN) else set()
        for check in self.checks:
            if check.holds != "no":
                yield check
            elif self._holds_unread_cell(check):
                yield doubted(check, UNREAD)
            elif self._has_uncoded_row(check):
                yield doubted(check, UNCODED)
            elif self._may_be_incomplete(check, withheld, functional):
                yield doubted(check, INCOMPLETE)
            else:
                yield doubted(check, UNESTABLISHED) if check.rule in unborne or self._is_lone_list(check) else check

    def _left(self, check: Check) -> LineItem:
        return self.items[check.left_items[0]]

    def _right(self, check: Check) -> list[LineItem]:
        return [self.items[i] for i in check.right_items]

    def _is_telling(self, check: Check) -> bool:
        """Return whether an identity that holds says something: a whole that equals its only part does not."""
        return sum(bool(i.amount) for i in self._right(check)) > 1

    def _holds_unread_cell(self, check: Check) -> bool:
        """Return whether a cell between the first and the last figure holds text: a label that spilled, a figure that was not read."""
        found = [self._left(check), *self._right(check)]
        across = check.rule == "columns_sum"
        columns = {c.ordinal for c in self.table.columns if c.role == "measure" and c.unit != "%"}
        if across:
            columns &= set(range(min(i.column for i in found), max(i.column for i in found) + 1))
        else:
            columns &= {i.column for i in found}
        for number in range(min(i.row for i in found), max(i.row for i in found) + 1):
            row = self._rows.get(number)
            for cell in (row.cells[c] for c in columns if c < len(row.cells)) if row else ():
                if cell is not None and not is_nil(cell.text) and not is_amount(cell.text):
                    return True
        return False

    def _has_uncoded_row(self, check: Check) -> bool:
        """Return whether an amount without a code stands among the children of a code, or may be a part of a total.

        Its code may have been lost.
        """
        left, right = self._left(check), self._right(check)
        if check.rule not in DOWN or not all(i.code for i in right):
            return False
        if not left.code:
            beside = (i for c in {i.column for i in right} for i in self._down[c])
            return check.difference > 0 and any(
                i.amount and not i.code and not i.is_total and not i.label.startswith("其中") for i in beside
            )
        last = max(i.row for i in right)
        for item in self._down[left.column]:
            if item.row > last and item.code and not item.code.startswith(left.code):
                break
            if item.row > left.row and not item.code and not item.is_total and item.amount:
                return True
        return False

    def _may_be_incomplete(self, check: Check, withheld: Withholding, functional: Classification) -> bool:
        """Return whether rows may be missing among the parts of a total that exceeds them.

        Items may be withheld in the general budget's functional classification alone. All are printed where the list of codes
        has no others, or where the same rows add up in a column that would show the missing amount too.
        """
        left, right = self._left(check), self._right(check)
        if check.rule not in DOWN or check.difference <= 0:
            return False
        if left.fund in withheld.never_of:
            return False
        if any(i.classification != "functional" for i in right):
            return self._is_selection(left) and not self._adds_up_elsewhere(left)
        if left.code and not _left_out(left.code, {i.code or "" for i in right}, functional):
            return False
        return not self._adds_up_elsewhere(left)

    def _is_selection(self, left: LineItem) -> bool:
        """Return whether another code of the table exceeds its children too, as in a list of the larger items alone."""
        return left.code is not None and any(
            check.rule == "children_sum" and check.holds == "no" and check.difference > 0
            for (row, _), checks in self._stated.items()
            if row != left.row
            for check in checks
        )

    def _adds_up_elsewhere(self, left: LineItem) -> bool:
        """Return whether a total is the sum of its rows for another time, or in the columns it is the sum of or a part of."""
        for checks in self._stated.values():
            other = self._left(checks[0])
            same = (other.row, other.block, other.measure, other.scope) == (
                left.row,
                left.block,
                left.measure,
                left.scope,
            )
            # A code that the year after did away with has no row: that year's column cannot show it.
            another_time = (other.phase, other.amount_year) != (left.phase, left.amount_year)
            another_time = another_time and left.amount_year == self._newest
            if same and another_time and any(c.holds != "no" and self._is_telling(c) for c in checks):
                return True
        for whole, parts in self._sums[left.row]:
            if left.column == whole and len(parts) > 1 and all(self._holds_at(left.row, part) for part in parts):
                return True
            if left.column in parts and self._holds_at(left.row, whole):
                return True
        return False

    def _holds_at(self, row: int, column: int) -> bool:
        checks = self._stated.get((row, column), [])
        return bool(checks) and all(c.holds != "no" for c in checks)

    def _is_lone_list(self, check: Check) -> bool:
        """Return whether a list without codes has a total that no other column bears out."""
        left, right = self._left(check), self._right(check)
        if check.rule != "rows_total" or any(i.code for i in right):
            return False
        rows = [i.row for i in right]
        return not any(
            c.holds != "no" and self._is_telling(c) and [i.row for i in self._right(c)] == rows
            for (row, _), checks in self._stated.items()
            if row == left.row
            for c in checks
        )


def _left_out(parent: str, printed: set[str], functional: Classification) -> bool:
    """Return whether the list of codes has children of a code, on the level of those printed, that are not printed."""
    digits = {len(code) for code in printed}
    return any(code.startswith(parent) and len(code) in digits and code not in printed for code in functional.names)
