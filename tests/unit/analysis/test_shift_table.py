"""Shift tables: what is counted, what is hidden, and that nobody can work out what is hidden."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.effect_results import Cell, CellMark
from outcomes.analysis.results import Share, Withheld, WithheldReason
from outcomes.analysis.shift_table import ShiftTable, SignTest, shift_table
from outcomes.errors import EstimateError

SHOWN, UNDER, HIDDEN = CellMark.SHOWN, CellMark.UNDER_MINIMUM, CellMark.WITHHELD


def people(counts: np.ndarray) -> tuple[list[int], list[int]]:
    """Levels before and after of the people that a table of counts is made of."""
    pairs = [(row, column) for row, column in np.ndindex(*counts.shape) for _ in range(int(counts[row, column]))]
    return [first for first, _ in pairs], [second for _, second in pairs]


def of(counts: list[list[int]], *, lower_is_better: bool = True) -> ShiftTable:
    table = np.array(counts)
    found = shift_table(*people(table), levels=range(len(table)), lower_is_better=lower_is_better)
    assert isinstance(found, ShiftTable)
    return found


def test_large_counts_are_all_shown() -> None:
    found = of([[20, 5, 6], [30, 40, 7], [10, 11, 12]])
    assert [[cell.count for cell in row] for row in found.cells] == [[20, 5, 6], [30, 40, 7], [10, 11, 12]]
    assert [cell.count for cell in found.before] == [31, 77, 33]
    assert [cell.count for cell in found.after] == [60, 56, 25]
    assert (found.n, found.levels, found.lower_is_better) == (141, (0, 1, 2), True)
    for share, count in ((found.better, 51), (found.unchanged, 72), (found.worse, 18)):
        assert isinstance(share, Share)
        assert (share.count, share.total) == (count, 141)
    assert isinstance(found.sign_test, SignTest)
    assert (found.sign_test.better, found.sign_test.worse) == (51, 18)


def test_direction_turns_better_and_worse() -> None:
    lower, higher = of([[20, 5], [9, 40]]), of([[20, 5], [9, 40]], lower_is_better=False)
    assert isinstance(lower.better, Share)
    assert isinstance(higher.better, Share)
    assert (lower.better.count, higher.better.count) == (9, 5)
    assert lower.better == higher.worse
    assert isinstance(lower.sign_test, SignTest)
    assert isinstance(higher.sign_test, SignTest)
    assert lower.sign_test.p_value == higher.sign_test.p_value


def test_equal_ways_have_no_direction() -> None:
    found = of([[20, 6], [6, 20]])
    assert isinstance(found.sign_test, SignTest)
    assert found.sign_test.p_value == 1.0


def test_one_small_count_takes_others_with_it() -> None:
    found = of([[20, 4], [30, 40]])
    assert found.cells[0][1] == Cell(None, UNDER)
    assert sum(cell.mark is SHOWN for row in found.cells for cell in row) < 3
    assert isinstance(found.worse, Withheld)
    assert isinstance(found.sign_test, Withheld)
    assert found.sign_test.code is WithheldReason.TOO_FEW


def consistent(found: ShiftTable, n: int) -> np.ndarray:
    """Every table of ``n`` people in two levels that agrees with all that is shown."""
    tables = np.array([(a, b, c, n - a - b - c) for a, b, c in product(range(n + 1), repeat=3) if a + b + c <= n])
    a, b, c, d = tables.T
    numbers = [a, b, c, d, a + b, c + d, a + c, b + d]
    cells = [*found.cells[0], *found.cells[1], *found.before, *found.after]
    kept = np.ones(len(tables), dtype=bool)
    for values, cell in zip(numbers, cells, strict=True):
        kept &= values == cell.count if cell.mark is SHOWN else values < 5 if cell.mark is UNDER else values >= 5
    for values, share in ((c, found.better), (a + d, found.unchanged), (b, found.worse)):
        if isinstance(share, Share):
            kept &= values == share.count
    return tables[kept]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=4, max_size=4).filter(lambda counts: 10 <= sum(counts) <= 26))
def test_no_small_count_can_be_worked_out(counts: list[int]) -> None:
    """Whoever tries every table that agrees with what is shown finds each hidden small count anywhere from 0 to 4."""
    found = of([counts[:2], counts[2:]])
    cells = [*found.cells[0], *found.cells[1]]
    if all(cell.mark is HIDDEN for cell in cells):
        return
    tables = consistent(found, sum(counts))
    for place, cell in enumerate(cells):
        if cell.mark is UNDER:
            assert set(tables[:, place].tolist()) == {0, 1, 2, 3, 4}
        if cell.mark is SHOWN:
            assert cell.count == counts[place]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 4, 5, 9, 30]), min_size=9, max_size=9).filter(lambda counts: sum(counts) >= 10))
def test_nothing_under_five_is_ever_shown(counts: list[int]) -> None:
    table = np.array(counts).reshape(3, 3)
    found = of(table.tolist())
    for row, column in np.ndindex(3, 3):
        cell = found.cells[row][column]
        assert cell.count is None or cell.count == table[row, column] >= 5
    for cells, totals in ((found.before, table.sum(axis=1)), (found.after, table.sum(axis=0))):
        assert all(cell.count is None or cell.count == total >= 5 for cell, total in zip(cells, totals, strict=True))
    for share in (found.better, found.unchanged, found.worse):
        assert isinstance(share, Withheld) or 5 <= share.count <= share.total - 5


def test_order_of_people_does_not_matter() -> None:
    before, after = people(np.array([[8, 5, 0], [9, 20, 2], [1, 6, 15]]))
    order = np.random.default_rng(1).permutation(len(before)).tolist()
    again = [before[place] for place in order], [after[place] for place in order]
    assert shift_table(before, after, levels=range(3), lower_is_better=True) == shift_table(
        *again, levels=[2, 1, 0, 0], lower_is_better=True
    )


@pytest.mark.parametrize(("n", "withheld"), [(9, True), (10, False)])
def test_under_ten_people_there_is_no_table(n: int, withheld: bool) -> None:
    found = shift_table([0] * n, [1] * n, levels=[0, 1], lower_is_better=True)
    assert isinstance(found, Withheld) is withheld


def test_everybody_in_one_cell_says_nothing_of_anyone_else() -> None:
    found = of([[12, 0], [0, 0]])
    assert not any(cell.count for row in found.cells for cell in row)
    assert all(isinstance(share, Withheld) for share in (found.better, found.unchanged, found.worse))


@pytest.mark.parametrize(
    ("before", "after", "levels", "words"),
    [
        ([0, 1], [0], [0, 1], "as many of each"),
        ([0, 1], [0, 7], [0, 1], "Person 2 has the level 7, which isn't on the scale"),
        ([0, -1], [0, 1], [0, 1], "Person 2 has the level -1"),
        ([0], [0], [0], "at least two levels"),
        ([0], [0.5], [0, 1], "level 0.5"),
    ],
)
def test_what_cannot_be(before: list[int], after: list[int], levels: list[int], words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        shift_table(before, after, levels=levels, lower_is_better=True)
