from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.disclosure import (
    MINIMUM_CELL,
    hide_gaps,
    hide_lines,
    may_show_cell,
    may_show_estimate,
    may_show_model,
    may_show_share,
    suppress_counts,
    too_few_for_estimate,
    too_few_for_model,
    too_few_for_share,
    too_few_in_an_arm,
)
from outcomes.analysis.effect_results import CellMark
from outcomes.analysis.results import WithheldReason


def possible(cells, total: int, position: int) -> set[int]:
    """Every value that the hidden count at ``position`` could have for who reads the row and knows its total."""
    choices = []
    for cell in cells:
        if cell.mark is CellMark.SHOWN:
            choices.append([cell.count])
        elif cell.mark is CellMark.UNDER_MINIMUM:
            choices.append(range(MINIMUM_CELL))
        else:
            choices.append(range(total + 1))
    some_under = any(cell.mark is CellMark.UNDER_MINIMUM for cell in cells)
    values = set()
    for row in product(*choices):
        marks_fit = not some_under or all(
            count >= MINIMUM_CELL or cell.mark is not CellMark.WITHHELD for count, cell in zip(row, cells, strict=True)
        )
        if sum(row) == total and marks_fit:
            values.add(row[position])
    return values


@pytest.mark.parametrize("total", range(10, 31, 4))
def test_no_small_count_can_be_worked_out(total: int) -> None:
    for first in range(total + 1):
        for second in range(total - first + 1):
            counts = [first, second, total - first - second]
            cells = suppress_counts(counts, spare=1)
            for position, count in enumerate(counts):
                if not may_show_cell(count):
                    assert cells[position].count is None
                    assert possible(cells, total, position) >= set(range(MINIMUM_CELL)), counts


def test_keeps_what_the_reader_needs_most() -> None:
    better, unchanged, worse = suppress_counts([13, 14, 0], spare=1)
    assert better.count == 13
    assert unchanged.mark is CellMark.WITHHELD
    assert worse.mark is CellMark.UNDER_MINIMUM


def test_nothing_small_nothing_hidden() -> None:
    assert [cell.count for cell in suppress_counts([5, 6, 7])] == [5, 6, 7]


def test_a_tiny_row_is_hidden_whole() -> None:
    assert {cell.mark for cell in suppress_counts([1, 2, 0])} == {CellMark.UNDER_MINIMUM}


def test_a_row_that_nothing_helps_is_withheld_whole() -> None:
    assert {cell.mark for cell in suppress_counts([0, 6])} == {CellMark.WITHHELD}


def test_negative_counts_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="negative"):
        suppress_counts([3, -1])


def test_limits() -> None:
    assert [may_show_cell(n) for n in (0, 4, 5)] == [False, False, True]
    assert [may_show_estimate(n) for n in (9, 10)] == [False, True]
    assert [may_show_model(n) for n in (29, 30)] == [False, True]
    assert may_show_share(5, 10)
    assert not may_show_share(4, 20)
    assert not may_show_share(16, 20)
    assert not may_show_share(5, 9)


def test_what_is_withheld_says_from_how_many_on_it_is_shown() -> None:
    reasons = [too_few_for_estimate(), too_few_for_model(), too_few_in_an_arm(), too_few_for_share()]
    assert {reason.code for reason in reasons} == {WithheldReason.TOO_FEW}
    found = [re.search(r"fewer than (\d+)|at least (\d+)", str(reason.sentence), re.IGNORECASE) for reason in reasons]
    assert [int(one[1] or one[2]) for one in found if one] == [10, 30, 5, 5]


def test_limits_are_met_from_themselves_on() -> None:
    assert [may_show_cell(count) for count in (4, 5)] == [False, True]
    assert [may_show_estimate(count) for count in (9, 10)] == [False, True]
    assert [may_show_model(count) for count in (29, 30)] == [False, True]
    assert [may_show_share(*case) for case in ((5, 10), (4, 10), (6, 10), (4, 9))] == [True, False, False, False]


def test_a_count_below_zero_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="never negative"):
        suppress_counts([6, -1])
    assert {cell.mark for cell in suppress_counts([1, 2, 1])} == {CellMark.UNDER_MINIMUM}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=6))
def test_what_hidden_gaps_come_to_is_nobody_or_at_least_five_wherever_others_can_give_way(gaps):
    named = {str(number): gap for number, gap in enumerate(gaps)}
    found = hide_gaps(named, hidden=(), groups=[tuple(named)])
    assert all(gap == 0 or gap >= 5 for key, gap in named.items() if key not in found)
    total = sum(named[key] for key in found)
    assert total == 0 or total >= 5 or total == sum(gaps)


@pytest.mark.parametrize(
    ("counts", "few", "hidden"),
    [
        ({"a": 20, "b": 3, "c": 9}, {"b"}, {"a", "b"}),
        ({"a": 3, "b": 1, "c": 9}, {"a", "b"}, {"a", "b", "c"}),
        ({"a": 3, "b": 2, "c": 9}, {"a", "b"}, {"a", "b"}),
        ({"a": 20, "b": 9}, set(), set()),
        ({"a": 3}, {"a"}, {"a"}),
    ],
)
def test_no_line_is_hidden_alone(counts, few, hidden):
    """All lines together are known from another page; which one joins never depends on its size."""
    assert hide_lines(counts, hidden=few) == hidden
