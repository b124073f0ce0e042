"""What is written about targets and requirements: codes, numbers, the most that have begun, the days of being retired."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.reports.requirements import FREE_STEPS, State, next_steps, retired_spans
from outcomes.services.gather_outcomes import Period
from outcomes.services.read_written import code_of, free_code, written_day, written_number
from outcomes.services.target_rules import most_begun

DAY = date(2026, 1, 1)


@given(st.text(max_size=200), st.sets(st.sampled_from(["x", "x-2", "status", "status-2"])))
def test_a_code_can_always_be_stored_and_is_free(title, taken):
    code = free_code(title, taken)
    assert code not in taken
    assert code[0].isalnum()
    assert set(code) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_danish_letters_are_written_out():
    assert code_of("Årlig opfølgning på målæ") == "aarlig-opfoelgning-paa-maalae"


@pytest.mark.parametrize(
    ("text", "number"),
    [("2,5", Decimal("2.5")), (" 40 ", Decimal(40)), ("-3.25", Decimal("-3.25")), ("1e9", None), ("NaN", None), ("", None),
     ("1.23456", None), ("٣", None)],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(text, number):
    assert written_number(text) == number


def test_a_day_is_one_or_none():
    assert written_day(" 2026-02-28 ") == date(2026, 2, 28)
    assert [written_day(text) for text in ("2026-02-30", "", "i går")] == [None, None, None]


@given(st.lists(st.integers(0, 900), max_size=40), st.integers(1, 200))
def test_the_most_that_have_begun_is_what_counting_gives(offsets, length):
    starts = sorted(DAY + timedelta(days=offset) for offset in offsets)
    today = DAY + timedelta(days=1000)
    period = Period(today, today + timedelta(days=length - 1))
    counted = [sum(first <= day < first + timedelta(days=length) for day in starts) for first in starts]
    expected = None if not starts or starts[0] + timedelta(days=length) > today else max(counted)
    assert most_begun(starts, period, today) == expected


def test_a_period_that_is_over_is_looked_at_alone():
    starts = [DAY, DAY, DAY + timedelta(days=100)]
    assert most_begun(starts, Period(DAY + timedelta(days=50), DAY + timedelta(days=150)), date(2027, 1, 1)) == 1


def test_a_requirement_is_retired_from_its_day_until_the_law_comes():
    steps = [("retired", DAY), ("reinstated", DAY + timedelta(days=10)), ("retired", DAY + timedelta(days=20))]
    assert retired_spans(steps, until=DAY + timedelta(days=25)) == (
        (DAY, DAY + timedelta(days=9)),
        (DAY + timedelta(days=20), DAY + timedelta(days=25)),
    )
    assert retired_spans(steps[:1], until=DAY - timedelta(days=1)) == ()
    assert retired_spans(steps[:2], until=DAY + timedelta(days=3)) == ((DAY, DAY + timedelta(days=3)),)


@pytest.mark.parametrize("state", State)
def test_what_a_law_demands_has_no_way_to_being_retired(state):
    reached, ways = {state}, [state]
    while ways:
        for step in next_steps(ways.pop(), law_bound=True):
            if State(step) not in reached:
                reached.add(State(step))
                ways.append(State(step))
    assert State.RETIRED not in reached or state is State.RETIRED
    assert all(step != "retired" for before, steps in FREE_STEPS.items() if before is not State.HEARD for step in steps)
