"""Uptake: everybody is counted once, no period shows fewer than five, and the months follow on each other."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.quarters import first_day_of_quarter, join_for_counts
from outcomes.analysis.uptake import UptakePeriod, count_uptake

UNTIL = date(2026, 11, 22)
starts = st.lists(st.dates(date(2024, 1, 1), UNTIL), max_size=60)


@given(starts)
def test_periods_cover_every_start_and_none_is_small(days):
    found = count_uptake(days, UNTIL)
    if len(days) < 5:
        assert found == ()
        return
    assert sum(each.begun for each in found) == len(days) == found[-1].so_far
    assert not any(0 < each.begun < 5 for each in found)
    assert found[0].first_day == min(days).replace(day=1)
    assert found[-1].last_day == date(2026, 11, 30)
    edges = join_for_counts(Counter(first_day_of_quarter(day) for day in days))[1:]
    assert not any(each.first_day < edge <= each.last_day for each in found for edge in edges), (
        "as other pages part them"
    )
    for before, after in itertools.pairwise(found):
        assert after.first_day == before.last_day + timedelta(days=1)
        assert after.so_far == before.so_far + after.begun


def test_small_months_are_put_together_and_the_rest_goes_with_the_last():
    days = [date(2026, 8, 3)] * 2 + [date(2026, 9, 1)] * 4 + [date(2026, 10, 5)] * 7 + [date(2026, 11, 2)] * 3
    assert count_uptake(days, UNTIL) == (
        UptakePeriod(date(2026, 8, 1), date(2026, 9, 30), 6, 6),
        UptakePeriod(date(2026, 10, 1), date(2026, 11, 30), 10, 16),
    )
    assert count_uptake(days[:13], UNTIL)[-1] == UptakePeriod(date(2026, 11, 1), date(2026, 11, 30), 0, 13)


def test_no_period_reaches_over_the_quarters_that_other_pages_begin_at():
    """January and February 7, and the first quarter 9 on the overview: March would be 2."""
    days = [date(2026, 1, 5)] * 3 + [date(2026, 2, 5)] * 4 + [date(2026, 3, 5)] * 2 + [date(2026, 4, 5)] * 12
    assert [(each.last_day, each.begun) for each in count_uptake(days, date(2026, 4, 30))] == [
        (date(2026, 3, 31), 9),
        (date(2026, 4, 30), 12),
    ]
