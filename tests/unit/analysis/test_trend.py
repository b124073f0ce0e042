"""Trend: a change at one quarter signals, ordinary quarters don't, and few quarters give no limits."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.adjusted_change import AdjustedChanges, adjust_changes
from outcomes.analysis.control_chart import ControlChart
from outcomes.analysis.results import Withheld, WithheldReason
from outcomes.analysis.trend import Trend, follow_trend, quarter_of
from tests.unit.analysis.parts_data import read_people, simulate_people


def trend(n: int, **options: object) -> Trend:
    frame, facts = simulate_people(n, **options)  # type: ignore[arg-type]
    found = follow_trend(
        adjust_changes(read_people(frame), {}), {subject: fact.started for subject, fact in facts.items()}
    )
    assert isinstance(found, Trend)
    return found


def test_quarters_stand_in_order_and_the_first_eight_are_the_baseline() -> None:
    found = trend(480)
    assert [point.quarter for point in found.points] == [
        f"{year}-Q{q}" for year in range(2022, 2026) for q in range(1, 5)
    ]
    assert isinstance(found.chart, ControlChart)
    assert found.chart.n_baseline == 8
    assert found.chart.centre == sum(point.change.estimate for point in found.points[:8]) / 8


def test_a_planted_fall_signals() -> None:
    found = trend(480, extra=lambda facts, _age: -15.0 if facts.started >= date(2025, 7, 1) else 0.0)
    assert isinstance(found.chart, ControlChart)
    assert {"2025-Q3", "2025-Q4"} <= {point.period for point in found.chart.signals}


def few(days: list[date], starts: tuple[date, ...] = ()) -> Trend | Withheld:
    frame, facts = simulate_people(len(days))
    started = dict(zip(sorted(facts, key=int), days, strict=True))
    return follow_trend(adjust_changes(read_people(frame), {}), started, starts=starts)


def test_small_quarters_are_joined_and_few_have_no_limits() -> None:
    days = [date(2023, 1, 1)] + [date(2024, 1, 5)] * 39 + [date(2024, 5, 5)] * 35 + [date(2024, 8, 5)] * 4
    found = few(days)
    assert isinstance(found, Trend)
    assert isinstance(found.chart, Withheld)
    assert "8 quarters" in str(found.chart.sentence)
    assert [(point.quarter, point.n) for point in found.points] == [("2023-Q1/2024-Q1", 40), ("2024-Q2/2024-Q3", 39)]
    assert found.n_left_out == 0
    assert isinstance(few(days[:45]), Withheld)


def test_quarters_that_pages_never_part_are_one_point() -> None:
    """Though each has ten: what pages join, since few of those compared with have answered, the chart joins too."""
    days = [date(2024, month, 5) for month in (1, 5, 8, 11) for _ in range(12)]
    found = few(days, (date(2024, 4, 1), date(2024, 10, 1)))
    assert isinstance(found, Trend)
    assert [(point.quarter, point.n) for point in found.points] == [("2024-Q1/2024-Q3", 36), ("2024-Q4", 12)]


@given(st.lists(st.integers(0, 7), min_size=25, max_size=80))
def test_points_differ_by_ten_people_or_more(quarters: list[int]) -> None:
    days = sorted(date(2024 + each // 4, each % 4 * 3 + 1, 1) for each in quarters)
    residuals = np.arange(float(len(days)))
    changes = AdjustedChanges(tuple(map(str, range(len(days)))), residuals, 1.0, 0.0, (), 0)
    found = follow_trend(changes, {str(place): day for place, day in enumerate(days)})
    if isinstance(found, Trend):
        assert min(point.n for point in found.points) >= 10
        assert sum(point.n for point in found.points) == len(days), (
            "nobody is left out: what is left can't be worked out"
        )


def test_the_quarter_of_a_day() -> None:
    assert [quarter_of(date(2026, month, 1)) for month in (1, 3, 4, 12)] == ["2026-Q1", "2026-Q1", "2026-Q2", "2026-Q4"]


def test_points_by_hand_and_why_there_are_no_limits() -> None:
    days = [date(2022 + place // 4, place % 4 * 3 + 1, 1) for place in range(8) for _ in range(10)]
    residuals = np.tile(np.arange(10.0), 8)
    changes = AdjustedChanges(tuple(map(str, range(80))), residuals, 1.0, 2.0, (), 0)
    started = {str(place): day for place, day in enumerate(days)}
    found = follow_trend(changes, started)
    assert isinstance(found, Trend)
    assert [point.change.estimate for point in found.points] == [6.5] * 8
    assert {point.change.term for point in found.points} == {"mean_change"}
    assert found.mean_change == 2.0
    assert isinstance(found.chart, Withheld)
    assert found.chart.code is WithheldReason.NOT_POSSIBLE, "nothing varies between the quarters"
    assert str(found.chart.sentence)
    early = follow_trend(changes, dict.fromkeys(started, date(2024, 1, 1)))
    assert isinstance(early, Withheld)
    assert (early.code, "two quarters" in str(early.sentence)) == (WithheldReason.TOO_FEW, True)
    assert follow_trend(early, started) is early


def test_a_quarter_where_all_are_alike_has_no_interval_and_is_left_out() -> None:
    days = [date(2022, month, 1) for month in (1, 4, 7) for _ in range(10)]
    residuals = np.concatenate([np.zeros(10), np.arange(10.0), np.arange(10.0)])
    found = follow_trend(
        AdjustedChanges(tuple(map(str, range(30))), residuals, 1.0, 0.0, (), 0),
        {str(place): day for place, day in enumerate(days)},
    )
    assert isinstance(found, Trend)
    assert ([point.quarter for point in found.points], found.n_left_out) == (["2022-Q2", "2022-Q3"], 1)
