"""Who lives in the demo municipality: how many in each intervention, when they began, and how they fare."""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from outcomes.services.demo import content, goals, staff
from outcomes.services.demo.people import draw_names
from outcomes.services.demo.person import Person, start_for
from outcomes.services.demo.simulate import Life, Pattern, draw_life

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.services.demo.content import Offered
    from outcomes.services.demo.courses import Courses
    from outcomes.services.demo.municipality import Municipality

N_LONG_AT_HOME, N_NEW_AT_HOME = 82, 25
"""Beside the demo worker's own; the first have been measured a whole year through."""
YEARS_AT_HOME = (760, 396)
"""Days ago, of those who have been measured a whole year through."""
N_EARLIER_AT_HOME, EARLIER_AT_HOME = 124, (1410, 761)
"""Those before them, 17 or 18 in a quarter: so many that each of their quarters can be shown, and enough quarters for the
limits of a control chart and for a period before the last one."""
EARLIER_SEED = 10
"""Their chance is their own: one series in four has a quarter beyond its limits by chance alone on some day of the year, and
this one has none."""
N_COMMUNITY, N_WAITING = 50, 45
N_FAMILIES = 7
SHARE_ALONE = 0.6
ALONE_LIFT = -0.05
MISSED_OF_CASELOAD = 0.05

FARE_AT_HOME = Pattern(
    start=0.45, spread=0.12, turns=((0.27, 0.32), (0.39, -0.01), (0.34, -0.33)), stopping=0.02, missing=0.12
)
FARE_EARLIER = Pattern(start=0.45, spread=0.12, turns=FARE_AT_HOME.turns, stopping=0.01, missing=0.05)
"""As :data:`FARE_AT_HOME`, asked more closely."""
FARE_WORSE = Pattern(start=0.45, spread=0.12, turns=((0.05, -0.05), (0.95, -0.45)), stopping=0.004, missing=0.04)
FARE_UNEVENLY = Pattern(
    start=0.45, spread=0.16, turns=((0.35, 0.40), (0.20, 0.0), (0.45, -0.40)), stopping=0.01, missing=0.06
)
ELSEWHERE: tuple[tuple[staff.Offer, Pattern, int, tuple[int, int]], ...] = (
    (staff.CLOVER_OFFER, FARE_AT_HOME, 20, YEARS_AT_HOME),
    (staff.RYE_OFFER, FARE_AT_HOME, 18, YEARS_AT_HOME),
    (staff.LINDEN_OFFER, FARE_AT_HOME, 11, (760, 640)),
    (staff.LINDEN_OFFER, FARE_WORSE, 25, (639, 396)),
    (staff.ELM_OFFER, FARE_AT_HOME, 16, YEARS_AT_HOME),
    (staff.OAT_OFFER, FARE_UNEVENLY, 18, YEARS_AT_HOME),
    (staff.FOREST_OFFER, FARE_AT_HOME, 12, YEARS_AT_HOME),
)
"""Help at home at the other providers: how people fare there, how many, and how many days ago they began."""
FARE_TOGETHER = Pattern(start=0.40, spread=0.14, turns=((0.75, 0.28), (0.25, 0.0)), stopping=0.028, missing=0.06)
FARE_WAITING = Pattern(start=0.40, spread=0.14, turns=((0.25, 0.10), (0.75, -0.03)), stopping=0.028, missing=0.06)
FARE_OF_CHILDREN = Pattern(start=0.45, spread=0.12, turns=((0.6, 0.25), (0.4, 0.0)), stopping=0.01, missing=0.1)


def add_population(courses: Courses, place: Municipality, today: date) -> None:
    """Everybody, the demo worker's own citizens first."""
    names = draw_names(place.rng, taken=frozenset(own.name for own in goals.CASELOAD))
    for own in goals.CASELOAD:
        _add_own(courses, place, own, today)
    for count, first, last in ((N_LONG_AT_HOME, *YEARS_AT_HOME), (N_NEW_AT_HOME, 395, 12)):
        starts = _spread(place.rng, count, today, first=first, last=last)
        _add_group(courses, place, content.HOME_SUPPORT, FARE_AT_HOME, names, starts)
    together = _spread(place.rng, N_COMMUNITY, today, first=500, last=235)
    _add_group(courses, place, content.COMMUNITY, FARE_TOGETHER, names, together)
    waiting = _spread(place.rng, N_WAITING, today, first=500, last=235)
    _add_group(courses, place, content.COMMUNITY, FARE_WAITING, names, waiting, status="waiting_list")
    children = _spread(place.rng, N_FAMILIES, today, first=300, last=60)
    _add_group(courses, place, content.FAMILY_SUPPORT, FARE_OF_CHILDREN, names, children, ages=(7, 13))
    for offer, pattern, number, (first, last) in ELSEWHERE:
        starts = _spread(place.rng, number, today, first=first, last=last)
        _add_group(courses, place, content.HOME_SUPPORT, pattern, names, starts, offers=(offer,))
    _add_earlier(courses, place, names, today)


def _add_earlier(courses: Courses, place: Municipality, names: Iterator[str], today: date) -> None:
    rng, (first, last) = Random(EARLIER_SEED), EARLIER_AT_HOME
    starts = _spread_evenly(rng, N_EARLIER_AT_HOME, today, first=first, last=last)
    _add_group(courses, place, content.HOME_SUPPORT, FARE_EARLIER, names, starts, rng=rng)


def _spread_evenly(rng: Random, count: int, today: date, *, first: int, last: int) -> list[date]:
    """``count`` days between ``first`` and ``last`` days ago, oldest first, about as far from each other."""
    gap = (first - last) / count
    return [today - timedelta(days=round(first - (number + rng.random()) * gap)) for number in range(count)]


def _spread(rng: Random, count: int, today: date, *, first: int, last: int) -> list[date]:
    """``count`` days between ``first`` and ``last`` days ago, oldest first."""
    return sorted(today - timedelta(days=rng.randint(last, first)) for _ in range(count))


def _add_own(courses: Courses, place: Municipality, own: goals.OwnCitizen, today: date) -> None:
    rng = Random(place.rng.getrandbits(64))
    person = Person(
        own.name,
        own.born,
        own.living,
        start_for(own.moment, today),
        Life(own.level, own.change, answers_until=math.inf, missing=MISSED_OF_CASELOAD),
        locale=own.locale,
        own=own,
    )
    service = place.services[content.HOME_SUPPORT.slug]
    courses.add(person, service, place.users[staff.WORKER.email], place.providers[staff.HOME_OFFER.name], rng)


def _add_group(
    courses: Courses, place: Municipality, offered: Offered, pattern: Pattern, names: Iterator[str],
    starts: list[date], *, status: str = "intervention", ages: tuple[int, int] = (19, 74),
    offers: tuple[staff.Offer, ...] = (), rng: Random | None = None,
) -> None:  # fmt: skip
    service, chance = place.services[offered.slug], rng or place.rng
    offers = offers or offered.offers
    for index, (started_on, name) in enumerate(zip(starts, names, strict=False)):
        rng = Random(chance.getrandbits(64))
        alone = rng.random() < SHARE_ALONE
        person = Person(
            name,
            started_on.year - rng.randint(*ages),
            goals.ALONE if alone else goals.WITH_OTHERS,
            started_on,
            draw_life(pattern, rng, lift=ALONE_LIFT if alone else 0.0),
            status=status,
        )
        worker = offered.workers[index % len(offered.workers)]
        offer = offers[index % len(offers)]
        courses.add(person, service, place.users[worker.email], place.providers[offer.name], rng)
