"""From a measurement plan to dated occasions, and from an occasion's window to its status. Pure: dates in, dates out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from dateutil.relativedelta import relativedelta

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WEEKS_PER_MONTH = 365.25 / 12 / 7
REPEATS_WITHOUT_END = 24
"""How many repeats of an ``every`` step are planned where the intervention has no planned length."""


class OccasionStatus(StrEnum):
    """Where an occasion stands on a day."""

    PLANNED = "planned"
    OPEN = "open"
    DUE = "due"
    OVERDUE = "overdue"
    PARTLY_ANSWERED = "partly_answered"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered_late"
    MISSED = "missed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a measurement plan (see ``models.PlanStep``)."""

    id: UUID
    instrument_version_id: UUID
    code: str
    kind: str
    period: int | None
    period_unit: str
    opens_days_before: int
    due_days_after: int
    closes_days_after: int


@dataclass(frozen=True, slots=True)
class PlannedOccasion:
    """A dated occasion, not yet stored. ``months`` is the planned time since the start, in months."""

    step_id: UUID
    instrument_version_id: UUID
    code: str
    sequence: int
    months: float
    planned_on: date
    opens_on: date
    due_on: date
    closes_on: date


def plan_occasions(
    steps: Iterable[Step], *, started_on: date, ended_on: date | None, planned_months: int | None
) -> tuple[PlannedOccasion, ...]:
    """Every occasion of an episode, in order of time.

    Days are counted from the start by calendar months (31 January + 1 month is the last day of February; + 2 months is
    31 March again), never from the occasion before. Steps at or after the end wait until the end is known. A step
    planned after the episode's end isn't asked, except those that belong to the end.
    """
    dated = sorted(
        (
            (day, months, code, step)
            for step in steps
            for day, months, code in _days(step, started_on, ended_on, planned_months)
        ),
        key=lambda entry: (entry[0], entry[2]),
    )
    return tuple(_occasion(step, code, number, months, day) for number, (day, months, code, step) in enumerate(dated))


def occasion_status(
    *, state: str, opens_on: date, planned_on: date, due_on: date, closes_on: date, today: date,
    answered: bool = False, late: bool = False, begun: bool = False,
) -> OccasionStatus:  # fmt: skip
    """Where an occasion stands ``today``: what was answered or declined first, then what its window says."""
    if answered:
        return OccasionStatus.ANSWERED_LATE if late else OccasionStatus.ANSWERED
    if state in (OccasionStatus.DECLINED, OccasionStatus.WITHDRAWN):
        return OccasionStatus(state)
    by_window = (
        (today > closes_on, OccasionStatus.MISSED),
        (begun, OccasionStatus.PARTLY_ANSWERED),
        (today > due_on, OccasionStatus.OVERDUE),
        (today >= planned_on, OccasionStatus.DUE),
        (today >= opens_on, OccasionStatus.OPEN),
    )
    return next((status for holds, status in by_window if holds), OccasionStatus.PLANNED)


def _days(
    step: Step, started_on: date, ended_on: date | None, planned_months: int | None
) -> Iterator[tuple[date, float, str]]:
    """Day, months since the start, and code of each occasion of one step."""
    if step.kind == "baseline":
        yield started_on, 0.0, step.code
    elif step.kind == "at":
        day = _add(started_on, step, 1)
        if ended_on is None or day <= ended_on:
            yield day, _months(step, 1), step.code
    elif step.kind == "every":
        for count in range(1, _repeats(step, planned_months) + 1):
            day = _add(started_on, step, count)
            if ended_on is None or day <= ended_on:
                yield day, _months(step, count), f"{step.code}-{count}"
    elif ended_on is not None:
        day = ended_on if step.kind == "end" else _add(ended_on, step, 1)
        yield day, _months_between(started_on, day), step.code


def _repeats(step: Step, planned_months: int | None) -> int:
    if planned_months is None:
        return REPEATS_WITHOUT_END
    return int(planned_months / _months(step, 1) + 1e-9)


def _add(day: date, step: Step, count: int) -> date:
    number = (step.period or 0) * count
    return day + (relativedelta(weeks=number) if step.period_unit == "weeks" else relativedelta(months=number))


def _months(step: Step, count: int) -> float:
    number = float((step.period or 0) * count)
    return number / WEEKS_PER_MONTH if step.period_unit == "weeks" else number


def _months_between(start: date, end: date) -> float:
    gap = relativedelta(end, start)
    return round(gap.years * 12 + gap.months + gap.days / 30.4375, 2)


def _occasion(step: Step, code: str, number: int, months: float, day: date) -> PlannedOccasion:
    return PlannedOccasion(
        step_id=step.id,
        instrument_version_id=step.instrument_version_id,
        code=code,
        sequence=number,
        months=months,
        planned_on=day,
        opens_on=day - timedelta(days=step.opens_days_before),
        due_on=day + timedelta(days=step.due_days_after),
        closes_on=day + timedelta(days=step.closes_days_after),
    )
