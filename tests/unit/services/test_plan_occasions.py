"""From a plan to days: by the calendar, never by adding 30 days; and from a window to where an occasion stands."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from outcomes.services.plan_occasions import (
    REPEATS_WITHOUT_END,
    OccasionStatus,
    Step,
    occasion_status,
    plan_occasions,
)

INSTRUMENT = uuid4()


def step(
    kind: str, period: int | None = None, unit: str = "months", *, code: str = "x", opens=7, due=7, closes=14
) -> Step:
    return Step(uuid4(), INSTRUMENT, code, kind, period, unit, opens, due, closes)


def days(*steps: Step, start: date, end: date | None = None, months: int | None = None) -> list[tuple[str, date]]:
    planned = plan_occasions(steps, started_on=start, ended_on=end, planned_months=months)
    return [(each.code, each.planned_on) for each in planned]


def test_the_baseline_is_the_day_it_starts():
    (baseline,) = plan_occasions([step("baseline")], started_on=date(2026, 3, 2), ended_on=None, planned_months=None)
    assert (baseline.planned_on, baseline.months, baseline.sequence) == (date(2026, 3, 2), 0.0, 0)
    assert (baseline.opens_on, baseline.due_on, baseline.closes_on) == (
        date(2026, 2, 23), date(2026, 3, 9), date(2026, 3, 16),
    )  # fmt: skip


def test_months_are_counted_from_the_start_so_that_month_ends_come_back():
    found = days(step("every", 1, code="m"), start=date(2026, 1, 31), months=4)
    assert found == [
        ("m-1", date(2026, 2, 28)), ("m-2", date(2026, 3, 31)), ("m-3", date(2026, 4, 30)), ("m-4", date(2026, 5, 31)),
    ]  # fmt: skip


def test_leap_days():
    yearly = step("every", 12, code="y")
    assert days(yearly, start=date(2024, 2, 29), months=48) == [
        ("y-1", date(2025, 2, 28)), ("y-2", date(2026, 2, 28)), ("y-3", date(2027, 2, 28)), ("y-4", date(2028, 2, 29)),
    ]  # fmt: skip
    assert days(step("at", 1, code="m"), start=date(2024, 1, 30)) == [("m", date(2024, 2, 29))]


def test_weeks_are_seven_days_also_over_summer_time():
    found = days(step("every", 2, "weeks", code="w"), start=date(2026, 3, 20), months=2)
    assert found == [(f"w-{n}", date(2026, 3, 20) + timedelta(weeks=2 * n)) for n in range(1, 5)]


def test_repeats_go_on_to_the_planned_end_and_not_past_it():
    every = step("every", 3, code="q")
    assert [code for code, _ in days(every, start=date(2026, 1, 1), months=12)] == ["q-1", "q-2", "q-3", "q-4"]
    assert [code for code, _ in days(every, start=date(2026, 1, 1), months=11)] == ["q-1", "q-2", "q-3"]
    assert len(days(every, start=date(2026, 1, 1))) == REPEATS_WITHOUT_END


def test_what_belongs_to_the_end_waits_until_the_end_is_known():
    steps = (step("baseline", code="start"), step("end", code="end"), step("after_end", 6, code="later"))
    assert days(*steps, start=date(2026, 1, 1), months=6) == [("start", date(2026, 1, 1))]
    assert days(*steps, start=date(2026, 1, 1), end=date(2026, 5, 31)) == [
        ("start", date(2026, 1, 1)), ("end", date(2026, 5, 31)), ("later", date(2026, 11, 30)),
    ]  # fmt: skip


def test_nothing_is_asked_after_the_end_but_what_belongs_to_it():
    steps = (step("every", 1, code="m"), step("at", 3, code="at"), step("end", code="end"))
    found = days(*steps, start=date(2026, 1, 15), end=date(2026, 3, 15), months=12)
    assert found == [("m-1", date(2026, 2, 15)), ("end", date(2026, 3, 15)), ("m-2", date(2026, 3, 15))]


def test_months_of_the_end_are_the_time_that_passed():
    planned = plan_occasions(
        [step("end")], started_on=date(2026, 1, 1), ended_on=date(2026, 4, 16), planned_months=None
    )
    assert planned[0].months == pytest.approx(3.49, abs=0.01)


@st.composite
def plans(draw):
    steps = [step("baseline", code="start")]
    for number in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["at", "every", "end", "after_end"]))
        due = draw(st.integers(0, 30))
        steps.append(
            step(
                kind, None if kind == "end" else draw(st.integers(1, 30)), draw(st.sampled_from(["weeks", "months"])),
                code=f"s{number}", opens=draw(st.integers(0, 30)), due=due, closes=due + draw(st.integers(0, 30)),
            )
        )  # fmt: skip
    start = draw(st.dates(date(2000, 1, 1), date(2050, 1, 1)))
    end = draw(st.none() | st.integers(0, 2000).map(lambda n: start + timedelta(days=n)))
    return steps, start, end, draw(st.none() | st.integers(1, 36))


@given(plans())
def test_whatever_the_plan_windows_and_order_make_sense(plan):
    steps, start, end, months = plan
    planned = plan_occasions(steps, started_on=start, ended_on=end, planned_months=months)
    kinds = {each.id: each.kind for each in steps}
    assert [each.sequence for each in planned] == list(range(len(planned)))
    assert [each.planned_on for each in planned] == sorted(each.planned_on for each in planned)
    assert len({each.code for each in planned}) == len(planned)
    for each in planned:
        assert each.opens_on <= each.planned_on <= each.due_on <= each.closes_on
        assert each.planned_on >= start
        assert each.months >= 0
        if end is not None and kinds[each.step_id] != "after_end":
            assert each.planned_on <= end
    again = plan_occasions(list(reversed(steps)), started_on=start, ended_on=end, planned_months=months)
    assert [(each.code, each.planned_on) for each in again] == [(each.code, each.planned_on) for each in planned]


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(1, 36))
def test_a_month_later_is_a_month_later_by_the_calendar(start, count):
    (found,) = days(step("at", count), start=start)
    assert found[1] == start + relativedelta(months=count)
    assert (found[1].year * 12 + found[1].month) - (start.year * 12 + start.month) == count


WINDOW = {
    "opens_on": date(2026, 3, 1), "planned_on": date(2026, 3, 8), "due_on": date(2026, 3, 15),
    "closes_on": date(2026, 3, 22),
}  # fmt: skip


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2026, 2, 28), "planned"),
        (date(2026, 3, 1), "open"),
        (date(2026, 3, 7), "open"),
        (date(2026, 3, 8), "due"),
        (date(2026, 3, 15), "due"),
        (date(2026, 3, 16), "overdue"),
        (date(2026, 3, 22), "overdue"),
        (date(2026, 3, 23), "missed"),
    ],
)
def test_where_an_occasion_stands_by_the_day(day, status):
    assert occasion_status(state="planned", today=day, **WINDOW) == status
    begun = occasion_status(state="planned", today=day, begun=True, **WINDOW)
    assert begun == ("missed" if status == "missed" else "partly_answered")


@given(
    st.dates(date(2026, 1, 1), date(2026, 6, 1)), st.booleans(), st.sampled_from(["planned", "declined", "withdrawn"])
)
def test_what_was_answered_is_answered_whatever_the_day(day, late, state):
    status = occasion_status(state=state, today=day, answered=True, late=late, **WINDOW)
    assert status is (OccasionStatus.ANSWERED_LATE if late else OccasionStatus.ANSWERED)
    if state != "planned":
        assert occasion_status(state=state, today=day, begun=True, **WINDOW) == state


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 6, 1)), min_size=2, max_size=2).map(sorted))
def test_time_moves_an_occasion_forward_only(two_days):
    order = ["planned", "open", "due", "overdue", "missed"]
    first, second = (order.index(occasion_status(state="planned", today=day, **WINDOW)) for day in two_days)
    assert first <= second
