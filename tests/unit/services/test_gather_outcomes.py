"""Which rows count in a report: whose, and from when."""

from __future__ import annotations

from collections import namedtuple
from datetime import date

import pytest

from outcomes.services.gather_outcomes import Period, first_episodes, is_due

Planned = namedtuple("Planned", "state score planned_on due_on end_reason ended_on")
Begun = namedtuple("Begun", "number episode_id comparison_status")
PLANNED = Planned("planned", None, date(2026, 5, 1), date(2026, 5, 8), None, None)


@pytest.mark.parametrize("score", [None, 40.0])
@pytest.mark.parametrize(("today", "due"), [(date(2026, 5, 8), False), (date(2026, 5, 9), True)])
def test_the_day_alone_decides_whether_an_answer_is_due(score, today, due):
    assert is_due(PLANNED._replace(score=score), today) is due


def test_nobody_who_withdrew_moved_or_died_is_due_but_those_who_declined_are():
    today = date(2026, 6, 1)
    assert is_due(PLANNED._replace(state="declined"), today)
    assert not is_due(PLANNED._replace(state="withdrawn", score=40.0), today)
    for reason in ("moved", "died"):
        assert not is_due(PLANNED._replace(end_reason=reason, ended_on=date(2026, 4, 30)), today)
        assert is_due(PLANNED._replace(end_reason=reason, ended_on=date(2026, 5, 2)), today)
    assert is_due(PLANNED._replace(end_reason="completed", ended_on=date(2026, 4, 30)), today)


def test_a_person_counts_with_the_first_episode_that_is_looked_at():
    rows = [Begun(1, "a", "waiting_list"), Begun(1, "b", "intervention"), Begun(1, "c", "intervention"),
            Begun(2, "d", "intervention"), Begun(2, "d", "intervention")]  # fmt: skip
    assert [row.episode_id for row in first_episodes(rows, with_comparison=True)] == ["a", "d", "d"]
    assert [row.episode_id for row in first_episodes(rows, with_comparison=False)] == ["b", "d", "d"]


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [
        (date(2026, 2, 3), date(2026, 2, 4), (date(2026, 1, 1), date(2026, 3, 31))),
        (date(2025, 12, 31), date(2026, 4, 1), (date(2025, 10, 1), date(2026, 6, 30))),
        (date(2024, 1, 1), date(2024, 12, 31), (date(2024, 1, 1), date(2024, 12, 31))),
    ],
)
def test_a_period_is_widened_to_whole_quarters(first, last, whole):
    period = Period(first, last).in_whole_quarters()
    assert (period.from_date, period.to_date) == whole
    assert period.in_whole_quarters() == period
