"""Around the demo municipality: two others with the same intervention, one that tells nothing, and a national authority.

Everything is invented, names and people and numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from outcomes.models import AppUser, Organisation, OutcomeTarget, Provider
from outcomes.services.build_report import read_period
from outcomes.services.demo import content, goals, staff, targets
from outcomes.services.demo.courses import Courses
from outcomes.services.demo.municipality import (
    Municipality,
    add_instruments,
    add_service,
    draw_id,
    make_municipality,
    make_user,
)
from outcomes.services.demo.people import draw_names
from outcomes.services.demo.person import Person
from outcomes.services.demo.requirements import add_retired_duty
from outcomes.services.demo.simulate import Pattern, draw_life
from outcomes.services.demo.value import add_neighbour_value
from outcomes.services.draft_release import publish_draft
from outcomes.services.find_supervision_signals import find_supervision_signals
from outcomes.services.gather_outcomes import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

SEED = 20261122
STEPS = (
    content.Step(content.BASELINE, "wellbeing", 0),
    content.Step("month-6", "wellbeing", 6),
    content.Step("month-12", "wellbeing", 12),
    content.Step("influence-4", "influence", 4),
)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another municipality: its provider and staff, how its people fare, how many began, and what it publishes."""

    slug: str
    name: str
    offer: staff.Offer
    worker: staff.Colleague
    manager: staff.Colleague
    fare: Pattern
    people: int
    published: tuple[str, ...]


ENGHAVN = Neighbour(
    "enghavn",
    "Enghavn Kommune",
    staff.Offer("Bostøtten i Enghavn", staff.ADULTS, None, has_address=False),
    staff.Colleague("vejleder@enghavn.example", "Jonna Lundby", "Socialpædagog", "worker", None),
    staff.Colleague("leder@enghavn.example", "Torben Askely", "Leder af Voksenområdet", "manager", None),
    Pattern(start=0.44, spread=0.12, turns=((0.52, 0.32), (0.33, 0.0), (0.15, -0.25)), stopping=0.015, missing=0.08),
    62,
    ("overview", "value", "requirements", "supervision"),
)
BAKKEDAL = Neighbour(
    "bakkedal",
    "Bakkedal Kommune",
    staff.Offer("Hjemmevejlederne i Bakkedal", staff.ADULTS, None, has_address=False),
    staff.Colleague("vejleder@bakkedal.example", "Poula Ravnsbæk", "Socialpædagog", "worker", None),
    staff.Colleague("leder@bakkedal.example", "Gert Højmose", "Leder af Voksenområdet", "manager", None),
    Pattern(start=0.46, spread=0.12, turns=((0.34, 0.30), (0.41, 0.0), (0.25, -0.28)), stopping=0.03, missing=0.15),
    58,
    ("overview", "supervision"),
)
NEIGHBOURS = (ENGHAVN, BAKKEDAL)
EVERYTHING = ("overview", "offers", "value", "requirements", "supervision", "contract")
"""What the demo municipality publishes. The others leave some of it untold: there it is unknown."""
SILENT_SLUG, SILENT_NAME = "soendermark", "Søndermark Kommune"
AUTHORITY_NAME = "Den nationale socialmyndighed (opdigtet)"
STARTED = (750, 400)
"""Days ago."""


def add_neighbours(runtime: Runtime) -> tuple[Scope, ...]:
    """The others, with the authority. None of them has published anything yet."""
    rng = Random(SEED)
    add_authority(runtime, rng)
    _add_silent(runtime, rng)
    return tuple(add_neighbour(runtime, neighbour, rng) for neighbour in NEIGHBOURS)


def publish_everything(runtime: Runtime, scope: Scope, neighbours: Sequence[Scope]) -> None:
    """What all of them publish for the authority. ``scope``: the demo municipality's, whose results are stored already."""
    for kind in EVERYTHING:
        publish_for_authority(runtime, scope, by=staff.MANAGER.name, kind=kind, stored=True)
    for neighbour, other in zip(NEIGHBOURS, neighbours, strict=True):
        find_supervision_signals(runtime, other)
        for kind in neighbour.published:
            publish_for_authority(runtime, other, by=neighbour.manager.name, kind=kind)


def target_period(today: date) -> Period:
    """The days of the national target, which every municipality publishes its overview of."""
    first, last = (today - timedelta(days=ago) for ago in targets.STARTED)
    return Period(first, last).in_whole_quarters()


def add_neighbour(runtime: Runtime, neighbour: Neighbour, rng: Random) -> Scope:
    """A municipality with one intervention and its people. Its results aren't worked out yet."""
    place = make_municipality(rng)
    with runtime.database.transaction(place.scope) as session:
        _add_rows(session, place, neighbour, runtime)
        if "value" in neighbour.published:
            add_neighbour_value(session, place, by=neighbour.manager.name)
        if "requirements" in neighbour.published:
            add_retired_duty(session, place, today=runtime.today())
        courses = Courses(runtime, place)
        _add_people(courses, place, neighbour, runtime.today())
        courses.store(session)
        session.commit()
    return place.scope


def publish_for_authority(
    runtime: Runtime, scope: Scope, *, by: str, kind: str = "overview", stored: bool = False
) -> None:
    """Publish the organisation's figures for itself and the authority: overview and value are of the target's days."""
    of_target = kind in {"overview", "value"}
    period = target_period(runtime.today()) if of_target else read_period(runtime, scope).in_whole_quarters()
    subject = content.HOME_SUPPORT.slug if kind == "value" else ""
    publish_draft(
        runtime, scope, kind=kind, subject=subject, period=period, seen=None, for_authority=True, reason="", by=by,
        stored=stored,
    )  # fmt: skip


def add_authority(runtime: Runtime, rng: Random) -> Scope:
    """The authority with its one user and one national target."""
    place, period = Municipality(draw_id(rng), rng, ids=rng), target_period(runtime.today())
    with runtime.database.transaction(place.scope) as session:
        session.add(Organisation(id=place.id, slug=staff.AUTHORITY_SLUG, name=AUTHORITY_NAME, kind="authority"))
        session.flush()
        session.add(make_user(place.id, draw_id(rng), staff.AUTHORITY))
        session.add(
            OutcomeTarget(
                id=draw_id(rng), organisation_id=place.id, code="trivsel-bostoette", version=1,
                title={
                    "da": "Flere skal få det målbart bedre med bostøtte",
                    "en": "More people are to be measurably better with support at home",
                },
                indicator="share_better", level="national", intervention_slug=content.HOME_SUPPORT.slug,
                threshold=Decimal("0.1"), direction="at_least", first_day=period.from_date, last_day=period.to_date,
                minimum_n=30, reason="Opdigtet til demoen.", decided_by=staff.AUTHORITY.name,
            )
        )  # fmt: skip
        session.commit()
    return place.scope


def _add_silent(runtime: Runtime, rng: Random) -> None:
    """A municipality that has published nothing: how it is there is unknown."""
    place = Municipality(draw_id(rng), rng, ids=rng)
    with runtime.database.transaction(place.scope) as session:
        session.add(Organisation(id=place.id, slug=SILENT_SLUG, name=SILENT_NAME, kind="municipality"))
        session.commit()


def _add_rows(session: Session, place: Municipality, neighbour: Neighbour, runtime: Runtime) -> None:
    session.add(Organisation(id=place.id, slug=neighbour.slug, name=neighbour.name, kind="municipality"))
    session.flush()
    place.providers[neighbour.offer.name] = place.new_id()
    session.add(
        Provider(
            id=place.providers[neighbour.offer.name], organisation_id=place.id, name=neighbour.offer.name,
            has_address=neighbour.offer.has_address, capacity=neighbour.offer.capacity,
        )
    )  # fmt: skip
    users: list[AppUser] = []
    for colleague in (neighbour.worker, neighbour.manager):
        place.users[colleague.email] = place.new_id()
        users.append(make_user(place.id, place.users[colleague.email], colleague))
    session.add_all(users)
    session.flush()
    add_instruments(session, place)
    offered = replace(content.HOME_SUPPORT, steps=STEPS, workers=(neighbour.worker,), offers=(neighbour.offer,))
    add_service(session, place, offered, runtime.now())


def _add_people(courses: Courses, place: Municipality, neighbour: Neighbour, today: date) -> None:
    names: Iterator[str] = draw_names(place.rng, taken=frozenset())
    service = place.services[content.HOME_SUPPORT.slug]
    last, first = STARTED[1], STARTED[0]
    for _ in range(neighbour.people):
        started_on = today - timedelta(days=place.rng.randint(last, first))
        rng = Random(place.rng.getrandbits(64))
        person = Person(
            next(names), started_on.year - rng.randint(19, 74), goals.ALONE, started_on, draw_life(neighbour.fare, rng)
        )
        courses.add(person, service, place.users[neighbour.worker.email], place.providers[neighbour.offer.name], rng)
