"""One invented person: who they are, when they answer, and how their episode ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from outcomes.language import TIMEZONE
from outcomes.services.demo import goals
from outcomes.services.demo.goals import OwnCitizen
from outcomes.services.demo.simulate import MODES, Life, draw_reply

if TYPE_CHECKING:
    from random import Random

    from outcomes.services.plan_occasions import PlannedOccasion

DAYS_PER_MONTH = 30.4
COMPLETES, LEAVES = 0.7, 0.5
"""Share whose episode ends as planned, and share of those who stop answering who stop the help too."""
WITHDRAWN, DECLINED = 0.12, 0.3
"""Share of those who stop answering who withdraw, and of missed measurements that are declined in words."""
JUST_NOW = timedelta(minutes=40)
EVENING = 19 * 60 + 24
"""Minutes of the day."""
ENDINGS = ("stopped_by_citizen",) * 4 + ("moved", "moved", "referred", "died")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who begins an episode. ``own`` is set for the demo worker's citizens."""

    name: str
    born: int
    living: str
    started_on: date
    life: Life
    status: str = "intervention"
    locale: str | None = None
    own: OwnCitizen | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one occasion by now. ``begun``: some answers are there, and not sent."""

    state: str
    answered_at: datetime | None
    mode: str
    begun: bool = False


def draw_fate(
    person: Person, planned: PlannedOccasion, rng: Random, *, now: datetime, today: date, gone_on: date | None
) -> Fate:
    """Whether and when the person answers an occasion. Nobody answers after ``gone_on``, or after ``now``."""
    reply = draw_reply(person.life, planned.months, rng, on_time=person.own is not None)
    withdraws, declines = rng.random() < WITHDRAWN, rng.random() < DECLINED
    if person.own and planned.opens_on <= today <= planned.closes_on:
        answer = person.own.moment.answer
        times = {goals.TODAY: now - JUST_NOW, goals.YESTERDAY: at_minute(today - timedelta(days=1), EVENING)}
        answered_at = times.get(answer)
        return Fate("planned", answered_at, MODES[0], begun=answer == goals.BEGUN)
    if reply is None:
        if planned.months > person.life.answers_until:
            return Fate("withdrawn" if withdraws else "planned", None, MODES[0])
        return Fate("declined" if declines and planned.closes_on < today else "planned", None, MODES[0])
    answered_on = planned.planned_on + timedelta(days=reply.delay)
    answered_at = at_minute(answered_on, reply.minute)
    there = answered_at <= now and (gone_on is None or answered_on < gone_on)
    return Fate("planned", answered_at if there else None, reply.mode)


def at_minute(day: date, minute: int) -> datetime:
    """A time of ``day`` in Denmark."""
    return datetime.combine(day, time(minute // 60, minute % 60), TIMEZONE)


def start_for(moment: goals.Moment, today: date) -> date:
    """The start that puts the measurement after ``moment.months`` on its day (a few days before where months are short)."""
    return today + timedelta(days=moment.days) - relativedelta(months=moment.months)


def draw_ending(person: Person, planned_months: int, today: date, rng: Random) -> tuple[date, str] | None:
    """Day and reason of the end of an episode that has ended by ``today``."""
    planned_end = person.started_on + relativedelta(months=planned_months, days=rng.randint(1, 20))
    completes, leaves, reason = rng.random() < COMPLETES, rng.random() < LEAVES, rng.choice(ENDINGS)
    if person.own is not None:
        return None
    if person.status == "waiting_list":
        return (planned_end, "other") if planned_end <= today else None
    stops = person.life.answers_until
    if stops < planned_months and leaves:
        left_on = person.started_on + timedelta(days=int(stops * DAYS_PER_MONTH))
        if left_on <= today:
            return left_on, reason
    return (planned_end, "completed") if completes and planned_end <= today else None
