"""Trend: a change at one quarter signals, ordinary quarters don't, and few quarters give no limits."""

from __future__ import annotations

from datetime import date

from outcomes.analysis.adjusted_change import adjust_changes
from outcomes.analysis.control_chart import ControlChart
from outcomes.analysis.results import Withheld
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


def test_small_quarters_are_left_out_and_few_have_no_limits() -> None:
    frame, facts = simulate_people(100)
    days = (date(2024, 1, 5), date(2024, 5, 5), date(2024, 8, 5))
    started = {subject: days[(int(subject) >= 40) + (int(subject) >= 75)] for subject in facts}
    started["99"] = date(2023, 1, 1)
    found = follow_trend(adjust_changes(read_people(frame), {}), started)
    assert isinstance(found, Trend)
    assert isinstance(found.chart, Withheld)
    assert "8 quarters" in str(found.chart.sentence)
    # the one of 2023 could be worked out from the number of all, so another quarter is kept back too
    assert [point.quarter for point in found.points] == ["2024-Q2", "2024-Q3"]
    assert found.n_left_out == 2


def test_the_quarter_of_a_day() -> None:
    assert [quarter_of(date(2026, month, 1)) for month in (1, 3, 4, 12)] == ["2026-Q1", "2026-Q1", "2026-Q2", "2026-Q4"]
