"""An attacker of its own: everything that a reader knows, as a linear program, over random tables."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from outcomes.analysis.disclosure import MINIMUM_CELL, may_show_cell
from outcomes.analysis.effect_results import Cell, CellMark
from outcomes.analysis.suppression import (
    MOST_CELLS,
    SHARE_SPAN,
    Sum,
    protect_cells,
    protect_table,
    round_interval,
    round_mean,
    rounding_step,
)
from outcomes.errors import EstimateError


def known_range(cells: dict[str, Cell], sums: list[Sum], key: str) -> tuple[float, float]:
    """The least and the most that the cell can be, for who knows the shown cells, the sums, and what the marks mean."""
    keys = list(cells)
    marks_differ = any(cell.mark is CellMark.UNDER_MINIMUM for cell in cells.values())
    bounds: list[tuple[float, float | None]] = []
    for cell in cells.values():
        if cell.mark is CellMark.SHOWN:
            bounds.append((float(cell.count), float(cell.count)))
        elif cell.mark is CellMark.UNDER_MINIMUM:
            bounds.append((0.0, MINIMUM_CELL - 1.0))
        else:
            bounds.append((float(MINIMUM_CELL) if marks_differ else 0.0, None))
    rows = np.zeros((len(sums), len(keys)))
    for row, each in enumerate(sums):
        rows[row, keys.index(each.total)] = -1
        for part in each.parts:
            rows[row, keys.index(part)] += 1
    aim = np.zeros(len(keys))
    aim[keys.index(key)] = 1
    ends = []
    for sign in (1, -1):
        answer = linprog(sign * aim, A_eq=rows, b_eq=np.zeros(len(sums)), bounds=bounds)
        ends.append(sign * answer.fun if answer.status == 0 else -sign * np.inf)
    return ends[0], ends[1]


def crossed(counts: list[list[int]]) -> tuple[dict[str, int], list[Sum]]:
    """A table of rows by columns with all its margins."""
    n_rows, n_columns = len(counts), len(counts[0])
    cells = {f"{r},{c}": counts[r][c] for r, c in product(range(n_rows), range(n_columns))}
    sums = [Sum(f"row {r}", tuple(f"{r},{c}" for c in range(n_columns))) for r in range(n_rows)]
    sums += [Sum(f"column {c}", tuple(f"{r},{c}" for r in range(n_rows))) for c in range(n_columns)]
    sums.append(Sum("all", tuple(f"row {r}" for r in range(n_rows))))
    for each in sums:
        cells[each.total] = sum(cells[part] for part in each.parts)
    return cells, sums


def assert_nothing_solved(cells: dict[str, int], sums: list[Sum], marked: dict[str, Cell]) -> None:
    for key, count in cells.items():
        if marked[key].mark is CellMark.SHOWN:
            assert marked[key].count == count >= MINIMUM_CELL
        elif not may_show_cell(count):
            low, high = known_range(marked, sums, key)
            assert low <= 1e-6, (key, cells)
            assert high >= MINIMUM_CELL - 1 - 1e-6, (key, cells)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(2, 4).flatmap(
        lambda columns: st.lists(
            st.lists(st.one_of(st.integers(0, 12), st.integers(0, 200)), min_size=columns, max_size=columns),
            min_size=2,
            max_size=4,
        )
    )
)
def test_no_hidden_cell_of_a_table_is_bounded_tighter_than_the_rule(counts: list[list[int]]) -> None:
    cells, sums = crossed(counts)
    assert_nothing_solved(cells, sums, protect_table(cells, sums))


@settings(max_examples=25)
@given(st.lists(st.lists(st.integers(0, 25), min_size=2, max_size=4), min_size=2, max_size=4))
def test_no_hidden_cell_of_totals_of_totals_is_bounded_tighter_than_the_rule(groups: list[list[int]]) -> None:
    cells = {f"{group}.{part}": count for group, counts in enumerate(groups) for part, count in enumerate(counts)}
    sums = [Sum(f"{g}", tuple(f"{g}.{part}" for part in range(len(counts)))) for g, counts in enumerate(groups)]
    cells |= {f"{g}": sum(counts) for g, counts in enumerate(groups)}
    sums.append(Sum("all", tuple(f"{g}" for g in range(len(groups)))))
    cells["all"] = sum(map(sum, groups))
    assert_nothing_solved(cells, sums, protect_table(cells, sums))


def test_hiding_small_cells_alone_is_solved() -> None:
    """The attacker can attack: with the small cells alone hidden, it solves most of them (THREATS: 86 % seen)."""
    rng = np.random.default_rng(5)
    solved = hidden = 0
    for _ in range(40):
        cells, sums = crossed(rng.poisson(9, size=(3, 4)).tolist())
        marked = {
            key: Cell(count, CellMark.SHOWN) if may_show_cell(count) else Cell(None, CellMark.UNDER_MINIMUM)
            for key, count in cells.items()
        }
        for key in [key for key, count in cells.items() if not may_show_cell(count)]:
            low, high = known_range(marked, sums, key)
            hidden += 1
            solved += high - low < 1e-6
    assert hidden > 20
    assert solved / hidden > 0.5


def test_keeps_a_table_without_small_cells_as_it_is() -> None:
    cells, sums = crossed([[5, 6], [7, 8]])
    assert protect_cells(cells, sums) == frozenset()


def test_hides_no_more_than_it_must() -> None:
    cells = {"a": 30, "b": 40, "c": 2, "all": 72}
    assert protect_cells(cells, [Sum("all", ("a", "b", "c"))]) == {"a", "c"}


def test_what_is_public_stays_and_costs_both_marks() -> None:
    cells = {"small": 2, "rest": 5, "all": 7}
    sums = [Sum("all", ("small", "rest"))]
    marked = protect_table(cells, sums, public=["all"])
    assert marked["all"].count == 7
    assert {marked["small"].mark, marked["rest"].mark} == {CellMark.WITHHELD}
    assert known_range(marked, sums, "small") == (0, 7)


def test_refuses_what_public_cells_give_away() -> None:
    cells, sums = {"a": 2, "b": 0, "all": 2}, [Sum("all", ("a", "b"))]
    with pytest.raises(EstimateError, match="give away"):
        protect_cells(cells, sums, public=["all"])


@pytest.mark.parametrize(
    ("cells", "sums"),
    [
        ({"a": -1, "all": -1}, [Sum("all", ("a",))]),
        ({"a": 5, "all": 6}, [Sum("all", ("a",))]),
        ({"a": 5, "all": 10}, [Sum("all", ("a", "a"))]),
    ],
)
def test_a_table_that_does_not_add_up_is_a_fault(cells: dict[str, int], sums: list[Sum]) -> None:
    with pytest.raises(ValueError, match=r"never negative|isn't the sum|stands twice"):
        protect_cells(cells, sums)


def test_refuses_a_table_that_is_too_large() -> None:
    with pytest.raises(EstimateError, match="in parts"):
        protect_cells({str(number): 9 for number in range(MOST_CELLS + 1)}, [])


@given(n=st.integers(10, 5000), span=st.sampled_from([1.0, 10.0, 20.0, 100.0]), data=st.data())
def test_two_rounded_means_leave_the_one_who_joined_open(n: int, span: float, data: st.DataObject) -> None:
    """The mean before and after one person joins: what is worked out of them is a span as long as the scale, or longer."""
    before = data.draw(st.floats(0, span))
    joins = data.draw(st.floats(0, span))
    after = (before * n + joins) / (n + 1)
    first, second = round_mean(before, n, span=span), round_mean(after, n + 1, span=span)
    half_before, half_after = rounding_step(n, span=span) / 2, rounding_step(n + 1, span=span) / 2
    worked_out = second * (n + 1) - first * n
    open_by = half_after * (n + 1) + half_before * n
    assert abs(worked_out - joins) <= open_by * (1 + 1e-9)
    assert 2 * open_by >= span


def test_rounds_in_steps_that_people_read() -> None:
    assert [rounding_step(n) for n in (10, 20, 50, 100, 1000)] == [1.0, 0.5, 0.2, 0.1, 0.01]
    assert round_mean(-0.04, 50) == 0.0
    assert str(round_mean(-0.04, 50)) == "0.0"
    assert round_mean(12.3456, 100) == 12.3


def test_a_mean_of_nobody_is_a_fault() -> None:
    with pytest.raises(ValueError, match="at least one"):
        round_mean(1.0, 0)


@given(n=st.integers(10, 2000), data=st.data())
def test_two_counts_at_least_fit_a_rounded_share(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(5, n - 5))
    published = round_mean(count / n, n, span=SHARE_SPAN)
    assert sum(round_mean(each / n, n, span=SHARE_SPAN) == published for each in range(n + 1)) >= 2


@given(n=st.integers(10, 2000), low=st.floats(-50, 50), width=st.floats(0, 50), span=st.sampled_from([4.0, 100.0]))
def test_ends_are_rounded_outward(n: int, low: float, width: float, span: float) -> None:
    high, step = low + width, rounding_step(n, span=span)
    down, up = round_interval(low, high, n, span=span)
    assert low - step * 1.001 <= down <= low + 1e-9
    assert high - 1e-9 <= up <= high + step * 1.001
    assert round_interval(down, up, n, span=span) == (down, up)  # what is rounded stays


def test_a_remembered_table_is_not_changed_by_whoever_asked_for_it() -> None:
    cells, sums = {"a": 2, "b": 3, "all": 5}, (Sum("all", ("a", "b")),)
    first = protect_table(cells, sums)
    right = dict(first)
    first.clear()
    assert protect_table(cells, sums) == right
