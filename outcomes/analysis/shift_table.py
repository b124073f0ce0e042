"""Shift table: from which level to which did people move, where the answer is one of a few ordered levels?

Question: of those who began at each level, how many stand at each level now, and did more move to the better or the worse?
Estimand: number of people by level before and level after, among those with both; shares better, unchanged and worse.
Formula: counts; Wilson intervals for the shares; exact sign test: with b better and w worse, the two-sided probability of a
split at least as uneven, b + w people each going either way with probability one half.
Assumptions: people are independent; the two levels are of one scale (never joined over two instruments or versions).
Units: people; shares 0-1. Which end is better is said by the caller (needs by FFB or VUM, 0 to 4: lower is better).
Missing data: people with both levels; the caller says how many lack one.
Small numbers: nothing under 10 people. The table, its row and column totals and the three shares are protected together:
counts under 5 are hidden, then others, until a linear program over all that is shown can't bound any hidden small count
more tightly than 0 to 4. Which are hidden besides follows from places alone, never from counts.
Errors: :class:`~outcomes.errors.EstimateError` for levels that aren't on the scale (with the person's place), for lists of
different lengths, and for fewer than two levels.
Source: Dixon & Mood 1946, doi:10.1080/01621459.1946.10501898; Cox 1980, doi:10.1080/01621459.1980.10477481.
Checked: tests/reference/shift_table (R's binom.test and table, 1e-10); tests/unit/analysis/test_shift_table.py tries what a
reader can work out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.disclosure import (
    MINIMUM_CELL,
    may_show_cell,
    may_show_estimate,
    may_show_share,
    suppress_counts,
    too_few_for_estimate,
    too_few_for_share,
)
from outcomes.analysis.effect_results import Cell, CellMark
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import Share, Withheld
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Counts = NDArray[np.int64]
Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Marks = list[CellMark]

# a linear program's solution is as near as this to the true one
CLOSE = 1e-7


@dataclass(frozen=True, slots=True)
class SignTest:
    """``better`` against ``worse`` (people); ``p_value`` two-sided, exact."""

    better: int
    worse: int
    p_value: float


@dataclass(frozen=True, slots=True)
class ShiftTable:
    """``n`` people by level before (rows) and after (columns), both in the order of ``levels``.

    ``before`` and ``after``: totals per level. ``better``, ``unchanged``, ``worse``: shares (0-1) of all ``n``. ``sign_test``
    is withheld with them.
    """

    levels: tuple[int, ...]
    lower_is_better: bool
    n: int
    cells: tuple[tuple[Cell, ...], ...]
    before: tuple[Cell, ...]
    after: tuple[Cell, ...]
    better: Share | Withheld
    unchanged: Share | Withheld
    worse: Share | Withheld
    sign_test: SignTest | Withheld


def shift_table(
    before: Sequence[int], after: Sequence[int], *, levels: Sequence[int], lower_is_better: bool
) -> ShiftTable | Withheld:
    """The table of people's levels ``before`` and ``after``, protected; withheld under 10 people."""
    scale = tuple(sorted(set(levels)))
    counts = _count(before, after, scale)
    n = int(counts.sum())
    if not may_show_estimate(n):
        return too_few_for_estimate()
    size = len(scale)
    places = np.arange(size)
    moved = np.sign(places[None, :] - places[:, None]) * (-1 if lower_is_better else 1)
    shares = [int(counts[moved == way].sum()) for way in (1, 0, -1)]
    published = _Published.of(counts, moved, shares)
    published.protect()
    marks, row_marks, column_marks, share_marks = published.split()
    better, unchanged, worse = (
        estimate_share(count, n) if mark is CellMark.SHOWN else too_few_for_share()
        for count, mark in zip(shares, share_marks, strict=True)
    )
    known = isinstance(better, Share) and isinstance(worse, Share)
    grid = [_cell(int(count), mark) for count, mark in zip(counts.ravel(), marks, strict=True)]
    return ShiftTable(
        scale,
        lower_is_better,
        n,
        tuple(tuple(grid[row * size : (row + 1) * size]) for row in range(size)),
        tuple(_cell(int(count), mark) for count, mark in zip(counts.sum(axis=1), row_marks, strict=True)),
        tuple(_cell(int(count), mark) for count, mark in zip(counts.sum(axis=0), column_marks, strict=True)),
        better,
        unchanged,
        worse,
        _sign_test(shares[0], shares[2]) if known else too_few_for_share(),
    )


def _count(before: Sequence[int], after: Sequence[int], scale: tuple[int, ...]) -> Counts:
    if len(scale) < 2:
        raise EstimateError(Sentence("A shift table needs a scale of at least two levels."))
    if len(before) != len(after):
        raise EstimateError(Sentence("Each person needs one level before and one after. Give as many of each."))
    place = {level: index for index, level in enumerate(scale)}
    counts = np.zeros((len(scale), len(scale)), dtype=np.int64)
    for person, (first, second) in enumerate(zip(before, after, strict=True), start=1):
        for level in (first, second):
            if level not in place:
                raise EstimateError(
                    Sentence(
                        "Person %(person)s has the level %(level)s, which isn't on the scale (%(levels)s). Correct it, or"
                        " leave the person out.",
                        person=person,
                        level=level,
                        levels=", ".join(str(level) for level in scale),
                    )
                )
        counts[place[first], place[second]] += 1
    return counts


def _sign_test(better: int, worse: int) -> SignTest:
    from scipy.special import bdtr  # noqa: PLC0415 - scipy only where a number is worked out

    fewer, moved = min(better, worse), better + worse
    return SignTest(better, worse, min(1.0, 2.0 * float(bdtr(fewer, moved, 0.5))))


def _cell(count: int, mark: CellMark) -> Cell:
    return Cell(count if mark is CellMark.SHOWN else None, mark)


@dataclass(slots=True, eq=False)
class _Published:
    """All numbers that the table gives: sums of its cells (each cell is the sum of itself), with their marks.

    ``sums``: number x cell, 1 where the cell is part of the number. ``least``: what a number is at least if withheld. The
    order: cells, row totals, column totals, shares.
    """

    sums: Matrix
    values: Counts
    marks: Marks
    least: list[int]
    size: int

    @classmethod
    def of(cls, counts: Counts, moved: NDArray[np.int64], shares: list[int]) -> _Published:
        """The numbers of a table: counts under 5 hidden, and totals and shares as a row of their own would need it."""
        size = len(counts)
        unit, ones = np.eye(size), np.ones(size)
        ways = np.array([(moved == way).ravel() for way in (1, 0, -1)], dtype=float)
        sums = np.vstack([np.eye(size * size), np.kron(unit, ones), np.kron(ones, unit), ways])
        values = (sums @ counts.ravel()).round().astype(np.int64)
        cells = [CellMark.SHOWN if may_show_cell(int(count)) else CellMark.UNDER_MINIMUM for count in counts.ravel()]
        rows, columns = ([cell.mark for cell in suppress_counts(counts.sum(axis=axis).tolist())] for axis in (1, 0))
        three = [cell.mark for cell in suppress_counts(shares, spare=1)]
        # a row that is withheld as a whole doesn't say which of it is small
        groups = ([CellMark.SHOWN] * size**2, rows, columns, three)
        least = [0 if set(marks) == {CellMark.WITHHELD} else MINIMUM_CELL for marks in groups for _ in marks]
        n = int(counts.sum())
        # a share is shown whole or not at all: its complement mustn't be small either
        three = [
            mark if mark is not CellMark.SHOWN or may_show_share(count, n) else CellMark.WITHHELD
            for count, mark in zip(shares, three, strict=True)
        ]
        return cls(sums, values, [*cells, *rows, *columns, *three], least, size)

    def protect(self) -> None:
        """Hide more until every hidden small number could be anything from 0 to 4 for who knows all that is shown."""
        hidden: list[int] = []
        while (place := self._first_unsafe()) is not None:
            beside = self._beside(place)
            if beside is None:
                self.marks = [CellMark.WITHHELD] * len(self.marks)
                return
            self.marks[beside] = CellMark.WITHHELD
            hidden.append(beside)
        # what was hidden early may not be needed any more
        for index in hidden:
            self.marks[index] = CellMark.SHOWN
            if self._first_unsafe() is not None:
                self.marks[index] = CellMark.WITHHELD

    def split(self) -> tuple[Marks, Marks, Marks, Marks]:
        """Marks of cells, row totals, column totals and shares."""
        first, second, third = self.size**2, self.size**2 + self.size, self.size**2 + 2 * self.size
        return self.marks[:first], self.marks[first:second], self.marks[second:third], self.marks[third:]

    def _first_unsafe(self) -> int | None:
        """The first hidden small number that can't be everything from 0 to 4, given all that is shown and how the rest is
        marked: "under 5" is 0 to 4, and as a reader knows that nothing larger is marked so, what is withheld is 5 or more.
        """
        small = [index for index, mark in enumerate(self.marks) if mark is CellMark.UNDER_MINIMUM]
        # each table found shows for all of them what they can be, so few need a search of their own
        lowest, highest = np.full(len(small), np.inf), np.full(len(small), -np.inf)
        search = self._search(small)
        for place, index in enumerate(small):
            for sign in (1.0, -1.0):
                if (lowest[place] if sign > 0 else MINIMUM_CELL - 1 - highest[place]) <= CLOSE:
                    continue
                values = self.sums[small] @ search(sign * self.sums[index])
                lowest, highest = np.minimum(lowest, values), np.maximum(highest, values)
            if lowest[place] > CLOSE or highest[place] < MINIMUM_CELL - 1 - CLOSE:
                return index
        return None

    def _search(self, small: list[int]) -> Callable[[Vector], Vector]:
        """Finds the table of counts that has the least of a weighted sum among all that agree with what a reader knows."""
        from scipy.optimize import linprog  # noqa: PLC0415 - scipy only where a number is worked out

        shown = [index for index, mark in enumerate(self.marks) if mark is CellMark.SHOWN]
        large = [index for index, mark in enumerate(self.marks) if mark is CellMark.WITHHELD]
        cells = self.size**2
        equal = np.vstack([self.sums[shown], np.ones((1, cells))])
        values = np.append(self.values[shown], self.values[:cells].sum())
        within = np.vstack([self.sums[small], -self.sums[large]])
        limits = [MINIMUM_CELL - 1.0] * len(small) + [-float(self.least[index]) for index in large]

        def least(weights: Vector) -> Vector:
            found = linprog(weights, A_eq=equal, b_eq=values, A_ub=within, b_ub=limits, method="highs")
            return np.asarray(found.x, dtype=np.float64)

        return least

    def _beside(self, place: int) -> int | None:
        """The next shown number of: cells in a row or column with ``place``, totals of these, other cells and totals,
        and last the shares; None where nothing is left."""
        totals = range(self.size**2, self.size**2 + 2 * self.size)
        own = [total for total in totals if (self.sums[total] * self.sums[place]).any()]
        near = [cell for cell in range(self.size**2) if any(self.sums[total, cell] for total in own)]
        order = (*near, *own, *range(len(self.marks)))
        return next((index for index in order if self.marks[index] is CellMark.SHOWN), None)
