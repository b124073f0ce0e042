"""When messages go: in the daytime in Denmark, and how long to wait after one that couldn't be handed over."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from outcomes.language import TIMEZONE

FIRST_HOUR, LAST_HOUR = 10, 18
"""Invitations and reminders go between these hours, by the clock in Denmark."""
TRIES = 8
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
CODE_WAIT = timedelta(seconds=20)
"""A code to sign in with is worth something for minutes only."""


def next_sending_time(at: datetime) -> datetime:
    """``at``, where messages may go then; else the next morning at which they may."""
    local = at.astimezone(TIMEZONE)
    if FIRST_HOUR <= local.hour < LAST_HOUR:
        return at
    return morning(at) if local.hour < FIRST_HOUR else next_morning(at)


def morning(at: datetime) -> datetime:
    """When messages begin to go on the day of ``at`` in Denmark."""
    return _local(at, time(FIRST_HOUR))


def next_morning(at: datetime) -> datetime:
    """When messages begin to go on the day after."""
    local = at.astimezone(TIMEZONE)
    return datetime.combine(local.date() + timedelta(days=1), time(FIRST_HOUR), TIMEZONE).astimezone(UTC)


def start_of_day(at: datetime, *, days_ago: int = 0) -> datetime:
    """Midnight in Denmark before ``at``, or as many days before that."""
    day = at.astimezone(TIMEZONE).date() - timedelta(days=days_ago)
    return datetime.combine(day, time(0), TIMEZONE).astimezone(UTC)


def retry_wait(kind: str, tries: int) -> timedelta:
    """How long to wait after the ``tries``-th time that a message couldn't be handed over."""
    return CODE_WAIT if kind == "login_code" else WAITS[min(tries, len(WAITS)) - 1]


def is_nightly(at: datetime, *, hour: int, minute: int) -> bool:
    """Whether ``at`` is in the one hour of the day that begins at ``hour:minute`` in Denmark.

    On the day that has no such time (summer time begins) the hour after is meant; where there are two, the first.
    """
    planned = _local(at, time(hour, minute))
    return planned <= at < planned + timedelta(hours=1)


def _local(at: datetime, clock: time) -> datetime:
    return datetime.combine(at.astimezone(TIMEZONE).date(), clock, TIMEZONE).astimezone(UTC)
