"""Fill an empty database with the demo; in a filled one, only make fresh links. One that was broken off isn't filled."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import select

from outcomes.errors import Sentence, UnavailableError
from outcomes.models import AuditEntry, SignInLink
from outcomes.reports.collector import collector_at_rest
from outcomes.services.demo import content
from outcomes.services.demo.links import DemoLinks, make_links
from outcomes.services.demo.trial import fill_trial
from outcomes.services.find_supervision_signals import find_supervision_signals
from outcomes.services.store_results import store_results
from outcomes.store import organisations
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.services.demo.municipality import Municipality
    from outcomes.services.runtime import Runtime

SEED = 20261121


def fill_demo(
    runtime: Runtime, *, rng: Random | None = None, analyse: Callable[[], None] | None = None
) -> DemoLinks:  # fmt: skip
    """The demo's links; its people are made the first time, with dates around that day.

    ``rng`` decides everything that is left to chance; the same generator gives the same people and answers. ``analyse`` tells
    the database, once they are there, how many rows its tables hold now: what is worked out of them is quicker for it.
    Raises ``UnavailableError`` where an earlier start was broken off (see :func:`is_broken_off`).
    """
    if is_broken_off(runtime):
        raise UnavailableError(
            Sentence("The demo was stopped while it was being made, and isn't whole. Give the demo an empty database.")
        )
    scope = _find_municipality(runtime)
    with collector_at_rest():  # rows by the ten thousand, which are all needed to the end
        if scope is None:
            place, neighbours = _fill_municipalities(runtime, rng or Random(SEED))
            if analyse is not None:
                analyse()
            _work_out(runtime, place, neighbours)
            scope = place.scope
        with_trial = fill_trial(runtime)
    return make_links(runtime, scope, with_trial=with_trial)


def is_broken_off(runtime: Runtime) -> bool:
    """Was the demo begun and never finished? Its making takes several transactions, and its links come last: where the record
    of changes knows of none, nobody has seen it yet."""
    scope = _find_municipality(runtime)
    if scope is None:
        return False
    with runtime.database.transaction(scope) as session:
        linked = select(AuditEntry.id).where(
            AuditEntry.organisation_id == scope.organisation_id, AuditEntry.table_name == SignInLink.__tablename__
        )
        return session.scalar(linked.limit(1)) is None


def _find_municipality(runtime: Runtime) -> Scope | None:
    with runtime.database.transaction(Scope(slug=content.SLUG)) as session:
        found = organisations.find_organisation(session, slug=content.SLUG)
    return Scope(found.id, actor="command:demo") if found else None


def _fill_municipalities(runtime: Runtime, rng: Random) -> tuple[Municipality, tuple[Scope, ...]]:
    """The municipality, in one transaction, and after it those around it."""
    from outcomes.services.demo.courses import Courses  # noqa: PLC0415 - a filled demo starts without these
    from outcomes.services.demo.family import add_family  # noqa: PLC0415
    from outcomes.services.demo.municipality import add_municipality, make_municipality  # noqa: PLC0415
    from outcomes.services.demo.neighbours import add_neighbours  # noqa: PLC0415
    from outcomes.services.demo.offers import add_offers  # noqa: PLC0415
    from outcomes.services.demo.population import add_population  # noqa: PLC0415
    from outcomes.services.demo.requirements import add_requirements  # noqa: PLC0415
    from outcomes.services.demo.safety import add_safety  # noqa: PLC0415
    from outcomes.services.demo.supervision import add_supervision  # noqa: PLC0415
    from outcomes.services.demo.targets import add_targets  # noqa: PLC0415
    from outcomes.services.demo.value import add_value  # noqa: PLC0415

    place = make_municipality(rng)
    with runtime.database.transaction(place.scope) as session:
        add_municipality(session, place, frozen_at=runtime.now())
        courses = Courses(runtime, place)
        add_population(courses, place, runtime.today())
        courses.store(session)
        add_safety(session, place, now=runtime.now())
        add_family(session, place, runtime.vault, today=runtime.today())
        add_supervision(session, place, today=runtime.today())
        add_offers(session, place, today=runtime.today())
        add_value(session, place, today=runtime.today())
        add_targets(session, place, today=runtime.today())
        add_requirements(session, place, today=runtime.today())
        session.commit()
    return place, add_neighbours(runtime)


def _work_out(runtime: Runtime, place: Municipality, neighbours: tuple[Scope, ...]) -> None:
    """What follows from everybody's answers: results, signals of providers, what was seen at a meeting, what is published."""
    from outcomes.services.demo.learning import add_learning  # noqa: PLC0415
    from outcomes.services.demo.neighbours import publish_everything  # noqa: PLC0415

    store_results(runtime, place.scope)
    with runtime.database.transaction(place.scope) as session:
        add_learning(runtime, session, place, today=runtime.today())
        session.commit()
    find_supervision_signals(runtime, place.scope)
    publish_everything(runtime, place.scope, neighbours)
