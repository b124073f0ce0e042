"""Fill an empty database with the demo; in a filled one, only make fresh links."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from outcomes.services.demo import content
from outcomes.services.demo.links import DemoLinks, make_links
from outcomes.services.demo.trial import fill_trial
from outcomes.services.find_supervision_signals import find_supervision_signals
from outcomes.services.store_results import store_results
from outcomes.store import organisations
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime

SEED = 20261121


def fill_demo(runtime: Runtime, *, rng: Random | None = None) -> DemoLinks:
    """The demo's links; its people are made the first time, with dates around that day.

    ``rng`` decides everything that is left to chance; the same generator gives the same people and answers.
    """
    scope = _find_municipality(runtime) or _fill_municipality(runtime, rng or Random(SEED))
    return make_links(runtime, scope, with_trial=fill_trial(runtime))


def _find_municipality(runtime: Runtime) -> Scope | None:
    with runtime.database.transaction(Scope(slug=content.SLUG)) as session:
        found = organisations.find_organisation(session, slug=content.SLUG)
    return Scope(found.id, actor="command:demo") if found else None


def _fill_municipality(runtime: Runtime, rng: Random) -> Scope:
    """Everything in one transaction: a demo is there whole, or not at all. Sums and results follow from it."""
    from outcomes.services.demo.courses import Courses  # noqa: PLC0415 - a filled demo starts without these
    from outcomes.services.demo.family import add_family  # noqa: PLC0415
    from outcomes.services.demo.learning import add_learning  # noqa: PLC0415
    from outcomes.services.demo.municipality import Municipality, add_municipality, draw_id  # noqa: PLC0415
    from outcomes.services.demo.neighbours import add_neighbours  # noqa: PLC0415
    from outcomes.services.demo.offers import add_offers  # noqa: PLC0415
    from outcomes.services.demo.population import add_population  # noqa: PLC0415
    from outcomes.services.demo.requirements import add_requirements  # noqa: PLC0415
    from outcomes.services.demo.safety import add_safety  # noqa: PLC0415
    from outcomes.services.demo.supervision import add_supervision  # noqa: PLC0415
    from outcomes.services.demo.targets import add_targets  # noqa: PLC0415
    from outcomes.services.demo.value import add_value  # noqa: PLC0415

    place = Municipality(draw_id(rng), rng, ids=Random(rng.getrandbits(64)))
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
    store_results(runtime, place.scope)
    with runtime.database.transaction(place.scope) as session:
        add_learning(runtime, session, place, today=runtime.today())
        session.commit()
    find_supervision_signals(runtime, place.scope)
    add_neighbours(runtime, place.scope)
    return place.scope
