"""Which day a subscription comes next, and who can be told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.models import AppUser
from outcomes.models.subscription import SCHEDULES
from outcomes.services.subscription_rules import SCHEDULE_NAMES, has_address, next_day, subject_path

LONGEST = {"weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}


@given(st.sampled_from(SCHEDULES), st.dates(date(2020, 1, 1), date(2060, 12, 31)))
def test_the_next_day_is_the_first_of_its_kind_after_today(schedule, today):
    found = next_day(schedule, today)
    assert today < found <= today + timedelta(days=LONGEST[schedule])
    if schedule == "weekly":
        assert found.weekday() == 0
        return
    assert found.day == 1
    assert found.month in {"monthly": range(1, 13), "quarterly": (1, 4, 7, 10), "yearly": (1,)}[schedule]


def test_days_at_the_turn_of_a_year():
    assert next_day("weekly", date(2026, 12, 28)) == date(2027, 1, 4)
    assert next_day("monthly", date(2026, 12, 1)) == date(2027, 1, 1)
    assert next_day("quarterly", date(2026, 9, 30)) == date(2026, 10, 1)
    assert next_day("yearly", date(2026, 1, 1)) == date(2027, 1, 1)
    assert set(SCHEDULE_NAMES) == set(SCHEDULES)


@pytest.mark.parametrize(("email", "good"), [("a@b.dk", True), ("", False), ("S-123", False), ("@b.dk", False)])
def test_an_address_is_one_that_mail_can_go_to(email, good):
    assert has_address(AppUser(email=email)) is good


def test_the_page_of_a_subject():
    assert subject_path("overview") == "/indsatser"
    assert subject_path("report:bostoette") == "/indsatser/bostoette"
