"""Messages go in the daytime by the clock on the wall, on the days that have 23 or 25 hours and on leap days too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.language import TIMEZONE
from outcomes.services.sending_times import TRIES, WAITS, is_nightly, next_sending_time, retry_wait, start_of_day

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def local(*when: int) -> datetime:
    return datetime(*when, tzinfo=TIMEZONE).astimezone(UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("at", "goes"),
    [
        (local(2026, 3, 2, 9, 59), local(2026, 3, 2, 10, 0)),
        (local(2026, 3, 2, 10, 0), local(2026, 3, 2, 10, 0)),
        (local(2026, 3, 2, 17, 59), local(2026, 3, 2, 17, 59)),
        (local(2026, 3, 2, 18, 0), local(2026, 3, 3, 10, 0)),
        (local(2026, 3, 28, 20, 0), datetime(2026, 3, 29, 8, 0, tzinfo=UTC)),  # summer time begins in the night
        (local(2026, 10, 24, 20, 0), datetime(2026, 10, 25, 9, 0, tzinfo=UTC)),  # and ends
        (local(2028, 2, 28, 23, 0), local(2028, 2, 29, 10, 0)),
        (local(2027, 2, 28, 23, 0), local(2027, 3, 1, 10, 0)),
        (local(2026, 12, 31, 23, 30), local(2027, 1, 1, 10, 0)),
    ],
)
def test_nothing_goes_at_night(at: datetime, goes: datetime) -> None:
    assert next_sending_time(at) == goes


@given(MOMENTS)
def test_the_next_time_is_in_the_daytime_and_within_a_day(at: datetime) -> None:
    goes = next_sending_time(at)
    assert 10 <= goes.astimezone(TIMEZONE).hour < 18
    assert timedelta(0) <= goes - at < timedelta(hours=17)
    assert next_sending_time(goes) == goes


@given(MOMENTS)
def test_a_day_begins_at_midnight_in_denmark(at: datetime) -> None:
    begun = start_of_day(at).astimezone(TIMEZONE)
    assert (begun.hour, begun.minute, begun.date()) == (0, 0, at.astimezone(TIMEZONE).date())


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC),
                                 datetime(2028, 2, 29, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)])  # fmt: skip
def test_one_of_the_calls_of_a_day_is_the_nightly_one(day: datetime) -> None:
    midnight = start_of_day(day + timedelta(hours=12))
    calls = [midnight + timedelta(hours=hour, minutes=10) for hour in range(23)]
    nightly = [call for call in calls if is_nightly(call, hour=2, minute=10)]
    assert len(nightly) == 1
    assert nightly[0].astimezone(TIMEZONE).hour == (3 if (day.month, day.day) == (3, 29) else 2)


def test_waits_grow_and_a_code_is_tried_again_at_once() -> None:
    waits = [retry_wait("invitation", tries) for tries in range(1, TRIES)]
    assert waits == sorted(waits) == list(WAITS)
    assert retry_wait("login_code", 3) < timedelta(minutes=1)
