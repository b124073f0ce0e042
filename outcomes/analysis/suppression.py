"""Suppression: which cells of a table may be shown, so that none of the hidden ones can be worked out from the rest.

Question: a table of counts of persons with its totals is to be published; what must be left out?
Rule: a count under 5 is hidden (primary). Then others are hidden too (complementary) until a linear program over all that is
shown, the sums that a reader knows and the marks leaves every hidden small count anywhere from 0 to 4.
Formula: for a hidden small cell x_p, min x_p <= 0 and max x_p >= 4 subject to A x = b (each sum, with what is shown of it on
the right), 0 <= x <= 4 for cells marked "under 5" and x >= 5 for cells marked as withheld. Where no choice of cells reaches
that, all hidden cells bear the one mark "withheld", and the reader knows x >= 0 alone.
Which cell goes first never depends on the counts, since a choice by size would tell which of two is the smaller: cells that
share a sum with an exposed one, parts before totals, in the order given. What turns out to be needless is shown again.
Means: :func:`round_mean` rounds so coarsely that the difference of two means, before and after one person joins, leaves that
person's value open by ``span`` to both sides together: n * step >= span / 2. A share is rounded with ``SHARE_SPAN``, so that
n * step >= 2: at least two counts of persons fit each rounded share. :func:`round_interval` rounds outward, and
:func:`round_term` an estimate with its interval: at least two sums of whole-number scores fit it, wherever a scale has four
steps or more, so that the exact sum can't be had back by multiplying with n.
Assumptions: the reader knows the sums and the marks, and nothing else about single cells; what was published before is given
as ``public`` cells.
Units: persons; means in their own units.
Missing data: a cell that isn't in the table is no cell; not answered is a cell where a total counts it.
Errors: ValueError for a table that doesn't add up (a fault of the caller). :class:`~outcomes.errors.EstimateError` where
public cells give a hidden one away whatever is hidden, and for a table of more than 2,000 cells.
Source: METHODS.md section 7; Cox 1980, doi:10.1080/01621459.1980.10477481; Fischetti & Salazar 2001,
doi:10.1287/mnsc.47.7.1008.9805; Willenborg & de Waal 2001, doi:10.1007/978-1-4613-0121-9.
Checked: tests/unit/analysis/test_suppression.py has an attacker of its own, a linear program over random tables.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from outcomes.analysis.disclosure import MINIMUM_CELL, may_show_cell
from outcomes.analysis.effect_results import Cell, CellMark
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from outcomes.analysis.results import TermEstimate

    _Bounds = tuple[float, float | None]

MOST_CELLS = 2000
TABLES_KEPT = 256
"""Protected tables that a process remembers."""
LARGEST_HIDDEN = MINIMUM_CELL - 1
DOWN, UP = 1.0, -1.0
"""Which way a linear program moves a cell: it makes ``cell * sign`` as small as it can."""
CLOSE = 1e-6
"""What a linear program's answer may be off by."""
TINY = 1e-9
"""Of a step: what a whole number of steps may be off by."""
STEPS = (1.0, 2.0, 5.0)
SPAN = 20.0
"""Points that a person's value stays open by, where nobody says how long the scale is."""
SHARE_SPAN = 4.0
"""A share counts whole persons: with a step under two of them, the count could be read out of it."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What a reader knows of a table: the cell ``total`` counts the persons of all ``parts`` together."""

    total: str
    parts: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Every cell of the sum."""
        return (self.total, *self.parts)


@dataclass(frozen=True, slots=True)
class _Table:
    cells: Mapping[str, int]
    sums: Sequence[Sum]
    public: frozenset[str]

    @property
    def small(self) -> frozenset[str]:
        return frozenset(key for key, count in self.cells.items() if not may_show_cell(count)) - self.public


def protect_cells(cells: Mapping[str, int], sums: Sequence[Sum], *, public: Collection[str] = ()) -> frozenset[str]:
    """Keys of the cells that are not to be shown, small ones and those that protect them.

    ``cells``: persons by key, those that a reader misses least first; ``public``: cells that are known already.
    """
    marked = protect_table(cells, sums, public=public)
    return frozenset(key for key, cell in marked.items() if cell.mark is not CellMark.SHOWN)


def protect_table(cells: Mapping[str, int], sums: Sequence[Sum], *, public: Collection[str] = ()) -> dict[str, Cell]:
    """Every cell as it may be shown: the count, "under 5", or withheld; arguments as :func:`protect_cells` has them."""
    return dict(_protect(tuple(cells.items()), tuple(sums), frozenset(public)))


@lru_cache(maxsize=TABLES_KEPT)
def _protect(
    cells_in_order: tuple[tuple[str, int], ...], sums: tuple[Sum, ...], public: frozenset[str]
) -> dict[str, Cell]:
    """The same of a table that may have been protected before: each look at a report asks for the same ones."""
    cells = dict(cells_in_order)
    table = _Table(cells, sums, public)
    _require_table(table)
    small = table.small
    hidden = _hide(table, marked=True)
    if hidden is not None:
        return {key: _cell(count, key in hidden, key in small) for key, count in cells.items()}
    hidden = _hide(table, marked=False)
    if hidden is None:
        raise EstimateError(
            Sentence(
                "What is public already would give away a group of fewer than %(minimum)s people, whatever else is left"
                " out. Publish the table without these groups.",
                minimum=MINIMUM_CELL,
            )
        )
    return {key: _cell(count, key in hidden, under=False) for key, count in cells.items()}


def round_mean(value: float, n: int, *, span: float = SPAN) -> float:
    """``value`` of ``n`` persons in whole steps of 1, 2 or 5 times a power of ten, with ``n * step >= span / 2``.

    ``span``: length of the measure's scale, in the value's units.
    """
    step = rounding_step(n, span=span)
    digits = max(0, -math.floor(math.log10(step)))
    rounded = round(math.floor(value / step + 0.5 + TINY) * step, digits)  # halves upward: all steps are as wide
    return rounded + 0.0  # never -0


def round_interval(low: float, high: float, n: int, *, span: float = SPAN) -> tuple[float, float]:
    """The ends of an interval of ``n`` persons in whole steps, each away from the middle: what holds of the rounded interval
    holds of the one that it stands for."""
    step = rounding_step(n, span=span)
    digits = max(0, -math.floor(math.log10(step)))
    down = math.floor(low / step + TINY) * step
    up = math.ceil(high / step - TINY) * step
    return round(down, digits) + 0.0, round(up, digits) + 0.0


def round_term(term: TermEstimate, n: int, *, span: float = SPAN) -> TermEstimate:
    """An estimate of ``n`` persons as it may be shown of a part: middle and interval in whole steps, the interval as far to
    both sides and wide enough for the exact one, so that its ends tell no more of the middle than the middle itself does.

    The standard error is that of the rounded interval, and there is no p: either would give the exact middle back.
    """
    step = rounding_step(n, span=span)
    middle = round_mean(term.estimate, n, span=span)
    half = max(term.ci_high - term.estimate, term.estimate - term.ci_low)
    reach = max(term.ci_high - middle, middle - term.ci_low)
    reach = max(1, math.ceil(reach / step - TINY)) * step
    digits = max(0, -math.floor(math.log10(step)))
    return replace(
        term,
        estimate=middle,
        std_error=term.std_error * reach / half if half > 0 else 0.0,
        ci_low=round(middle - reach, digits) + 0.0,
        ci_high=round(middle + reach, digits) + 0.0,
        p_value=None,
    )


def rounding_step(n: int, *, span: float = SPAN) -> float:
    """The step that a mean of ``n`` persons is rounded to."""
    if n < 1 or not span > 0:
        raise ValueError("a mean has at least one person and a scale with a length")
    least = span / 2 / n
    power = math.floor(math.log10(least))
    steps = (float(f"{step:.0f}e{exponent}") for exponent in (power, power + 1) for step in STEPS)
    return next(step for step in steps if step >= least * (1 - 1e-12))


def _require_table(table: _Table) -> None:
    if len(table.cells) > MOST_CELLS:
        raise EstimateError(
            Sentence(
                "The table has more than %(most)s cells and can't be protected as a whole. Publish it in parts.",
                most=MOST_CELLS,
            )
        )
    if any(count < 0 for count in table.cells.values()):
        raise ValueError("a count of persons is never negative")
    for each in table.sums:
        if each.total in each.parts or len(set(each.parts)) != len(each.parts):
            raise ValueError(f"{each.total}: a cell stands twice in a sum")
        if table.cells[each.total] != sum(table.cells[part] for part in each.parts):
            raise ValueError(f"{each.total} isn't the sum of its parts")


def _cell(count: int, hidden: bool, under: bool) -> Cell:
    if not hidden:
        return Cell(count, CellMark.SHOWN)
    return Cell(None, CellMark.UNDER_MINIMUM if under else CellMark.WITHHELD)


def _hide(table: _Table, *, marked: bool) -> frozenset[str] | None:
    """The cells to hide; None where some small one is exposed whatever is hidden."""
    small = table.small
    hidden, added, seen = set(small), list[str](), list[dict[str, float]]()
    while exposed := _exposed(table, hidden, small, seen, marked=marked):
        chosen = _choose(table, hidden, exposed)
        if chosen is None:
            return None
        hidden.add(chosen)
        added.append(chosen)
    for key in added[:-1]:  # the last one was needed
        fewer, true = hidden - {key}, float(table.cells[key])
        kept = [point for point in seen if abs(point.get(key, true) - true) < CLOSE]
        if not _exposed(table, fewer, small, kept, marked=marked):
            hidden, seen = fewer, kept
    return frozenset(hidden)


def _choose(table: _Table, hidden: Collection[str], exposed: Collection[str]) -> str | None:
    """The next cell to hide: beside an exposed one, else anywhere in a sum with a hidden one."""
    totals = {each.total for each in table.sums}
    order = sorted(table.cells, key=lambda key: key in totals)
    for reach in (exposed, hidden):
        near = {key for each in table.sums if not set(each.keys).isdisjoint(reach) for key in each.keys}
        for key in order:
            if key in near and key not in hidden and key not in table.public:
                return key
    return None


def _exposed(
    table: _Table, hidden: Collection[str], small: frozenset[str], seen: list[dict[str, float]], *, marked: bool
) -> list[str]:  # fmt: skip
    """Hidden small cells of which a reader can say more than "0 to 4".

    ``seen``: tables that the reader can't tell from the true one, found so far; more are added. They stay so when more is
    hidden, with the newly hidden cell as it is.
    """
    found = []
    for group, sums in _groups(table.sums, hidden):
        found += _exposed_in(table, group, sums, small, seen, marked=marked)
    return found


def _groups(sums: Sequence[Sum], hidden: Collection[str]) -> Iterable[tuple[list[str], list[Sum]]]:
    """Hidden cells that sums tie together, with those sums. What is in no sum tells nothing of others."""
    rest = {key: [each for each in sums if key in each.keys] for key in sorted(hidden)}
    while rest:
        waiting, group, tied = [next(iter(rest))], list[str](), list[Sum]()
        while waiting:
            key = waiting.pop()
            if key not in rest:
                continue
            group.append(key)
            for each in rest.pop(key):
                if each not in tied:
                    tied.append(each)
                    waiting += [other for other in each.keys if other in rest]
        yield group, tied


def _exposed_in(
    table: _Table,
    group: Sequence[str],
    sums: Sequence[Sum],
    small: frozenset[str],
    seen: list[dict[str, float]],
    *,
    marked: bool,
) -> list[str]:
    if not sums:
        return []
    aims = [
        (key, sign)
        for key in group
        if key in small
        for sign in (DOWN, UP)
        if not _is_seen(seen, key, sign, true=float(table.cells[key]))
    ]
    if not aims:
        return []
    column = {key: place for place, key in enumerate(group)}
    matrix, right = _equations(table, column, sums)
    bounds = [_bounds(key in small, marked=marked) for key in group]
    points = _furthest([(column[key], sign) for key, sign in aims], matrix, right, bounds)
    if points is None:  # can't be: the true table is one of those that the reader takes for possible
        return [key for key in group if key in small]
    seen += [dict(zip(group, point, strict=True)) for point in points]
    far = {key for (key, sign), point in zip(aims, points, strict=True) if not _reaches(point[column[key]], sign)}
    return [key for key in group if key in far]


def _furthest(
    aims: Sequence[tuple[int, float]], matrix: NDArray[np.float64], right: NDArray[np.float64], bounds: Sequence[_Bounds]
) -> list[list[float]] | None:  # fmt: skip
    """For each aim (a column, and which way) a table in which that cell is as far out as it can be, up to what is wanted.

    One linear program for all: a block for each aim, and no two blocks share anything.
    """
    import numpy as np  # noqa: PLC0415
    from scipy.optimize import linprog  # noqa: PLC0415
    from scipy.sparse import block_diag  # noqa: PLC0415

    width = matrix.shape[1]
    direction = np.zeros(len(aims) * width)
    within: list[_Bounds] = []
    for number, (column, sign) in enumerate(aims):
        direction[number * width + column] = sign
        own = list(bounds)
        own[column] = (bounds[column][0], float(LARGEST_HIDDEN))  # further up nobody asks
        within += own
    blocks: Any = block_diag([matrix] * len(aims), format="csc")  # SciPy's annotations know dense ones alone
    answer = linprog(direction, A_eq=blocks, b_eq=np.tile(right, len(aims)), bounds=within, method="highs")
    if answer.x is None:
        return None
    points: list[list[float]] = answer.x.reshape(len(aims), width).tolist()
    return points


def _equations(
    table: _Table, column: Mapping[str, int], sums: Sequence[Sum]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each sum of a group as a row over its hidden cells, and what the shown ones leave for them."""
    import numpy as np  # noqa: PLC0415

    matrix, right = np.zeros((len(sums), len(column))), np.zeros(len(sums))
    for row, each in enumerate(sums):
        for key in each.keys:
            sign = -1.0 if key == each.total else 1.0
            if key in column:
                matrix[row, column[key]] = sign
            else:
                right[row] -= sign * table.cells[key]
    return matrix, right


def _is_seen(seen: Sequence[Mapping[str, float]], key: str, sign: float, *, true: float) -> bool:
    """Is the cell as far out as wanted in a table that is seen already? Where it isn't part of one, it is as it is."""
    return any(_reaches(point.get(key, true), sign) for point in seen)


def _reaches(value: float, sign: float) -> bool:
    """Is a hidden small cell down at 0, or up at 4?"""
    return value <= CLOSE if sign == DOWN else value >= LARGEST_HIDDEN - CLOSE


def _bounds(is_small: bool, *, marked: bool) -> _Bounds:
    """What the marks tell of a hidden cell."""
    if not marked:
        return 0.0, None
    return (0.0, float(LARGEST_HIDDEN)) if is_small else (float(MINIMUM_CELL), None)
