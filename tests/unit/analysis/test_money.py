from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.money import split_ore, to_ore
from outcomes.errors import EstimateError

AMOUNTS = st.lists(st.floats(-1e7, 1e7), min_size=1, max_size=12)


@given(AMOUNTS)
def test_parts_sum_to_the_total_and_stay_near(parts: list[float]) -> None:
    total = to_ore(math.fsum(parts))
    split = split_ore(total, parts)
    assert sum(split) == total
    assert all(abs(whole - part * 100) <= 1.001 for whole, part in zip(split, parts, strict=True))


@given(AMOUNTS, st.integers(-(10**9), 10**9))
def test_any_total_is_split_wholly(parts: list[float], total: int) -> None:
    assert sum(split_ore(total, parts)) == total


def test_who_lost_most_gets_the_rest_and_the_first_of_those_alike() -> None:
    assert split_ore(100, [1 / 3] * 3) == (34, 33, 33)
    assert split_ore(-100, [-1 / 3] * 3) == (-33, -33, -34)
    assert split_ore(100, [0.331, 0.335, 0.334]) == (33, 34, 33)
    assert split_ore(3, [0.004, 0.026]) == (0, 3)
    assert split_ore(0, []) == ()
    assert split_ore(1, [1.0, -1.0]) == (101, -100)


def test_rounding() -> None:
    assert to_ore(1.236) == 124
    assert to_ore(-1.236) == -124


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_no_number(wrong: float) -> None:
    with pytest.raises(EstimateError, match="isn't a finite number"):
        to_ore(wrong)
    with pytest.raises(EstimateError, match="isn't a finite number"):
        split_ore(1, [1.0, wrong])


def test_nobody_to_share_between() -> None:
    with pytest.raises(ValueError, match=r"^an amount can't be split between nobody$"):
        split_ore(1, [])
