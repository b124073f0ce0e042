"""More to answer in the demo than it prints links for: occasions of its own people, made as the demo makes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import yaml
from sqlalchemy import func, select

from outcomes.instruments import parse_instrument
from outcomes.language import DEFAULT_LOCALE
from outcomes.models import Citizen, Coordinator, Episode, InstrumentVersion, Intervention, Occasion
from outcomes.services.demo import content, staff
from outcomes.services.install_instrument import add_instrument, add_shipped_instrument
from outcomes.services.open_link import issue_link
from outcomes.services.sign_in import organisation_actor
from outcomes.store import organisations
from tests.conftest import file_lock

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.store.database import Scope
    from tests.e2e.running import Demo

EVERY_KIND = """
format: 1
key: every-kind
version: "1.0"
kind: measure
own_authored: true
validated: false
languages: [da, en]
title: {da: Alle slags, en: Every kind}
intro: {da: Tænk på i dag., en: Think of today.}
items:
  - id: mood
    type: single_choice
    wording: {da: "Hvordan har du det?", en: "How are you?"}
    options:
      - {value: 0, symbol: sad, wording: {da: Skidt, en: Poorly}}
      - {value: 1, symbol: neutral, wording: {da: Midt imellem, en: In between}}
      - {value: 2, symbol: glad, wording: {da: Godt, en: Well}}
  - id: sleep
    type: scale_0_10
    wording: {da: "Hvor godt sov du?", en: "How well did you sleep?"}
    ends: {low: {da: Meget dårligt, en: Very badly}, high: {da: Meget godt, en: Very well}}
  - id: meals
    type: number
    minimum: 0
    maximum: 10
    step: 0.5
    unit: {da: måltider, en: meals}
    wording: {da: "Hvor mange måltider spiste du i går?", en: "How many meals did you have yesterday?"}
    help: {da: "Et halvt måltid skriver du som 0,5.", en: "You write half a meal as 0.5."}
  - id: why
    type: free_text
    show_if: {item: meals, at_most: 1}
    wording: {da: "Hvad var grunden til, at du spiste så lidt?", en: "What was the reason that you ate so little?"}
  - id: with
    type: multi_choice
    wording: {da: "Hvem var du sammen med?", en: "Who were you with?"}
    options:
      - {value: family, wording: {da: Familie, en: Family}}
      - {value: friends, wording: {da: Venner, en: Friends}}
      - {value: nobody, exclusive: true, wording: {da: Ingen, en: Nobody}}
  - id: hope
    type: visual_analogue
    wording: {da: "Hvor meget håb har du?", en: "How much hope do you have?"}
    ends: {low: {da: Intet håb, en: No hope}, high: {da: Meget håb, en: Much hope}}
  - id: say
    type: free_text
    wording: {da: "Er der mere, du vil sige?", en: "Is there more that you want to say?"}
scales:
  - key: sleep
    title: {da: Søvn, en: Sleep}
    items: [sleep]
    range: [0, 10]
    direction: higher_is_better
licence:
  id: CC-BY-SA-4.0
  holder: The outcomes project
  text: {da: Til prøver., en: For tests.}
  may_ship_wording: true
"""
"""All six kinds of answer, and a question that only some are asked."""


@dataclass(frozen=True)
class Asked:
    """Someone who is asked once more: their personal link, and who they are."""

    link: str
    citizen_id: UUID
    occasion_id: UUID


def ask_once_more(demo: Demo, instrument: str, *, of: str = staff.WORKER.email, in_days: int = 0) -> Asked:
    """Ask one of a worker's citizens the questions of ``instrument``, whoever has been asked least.

    ``in_days``: when, from today; negative where the day has passed. One can answer for 28 days, and late for 14 more.
    """
    with file_lock(demo.home / "tests.lock"), demo.open() as runtime:
        _, scope = organisation_actor(runtime, content.SLUG, "tests")
        with runtime.database.transaction(scope) as session:
            version = _version(session, scope, instrument)
            first = _least_asked(session, of)
            citizen_id = session.get_one(Episode, (scope.organisation_id, first.episode_id)).citizen_id
            # Another test may have chosen a language as this citizen, and that is theirs from then on.
            session.get_one(Citizen, (scope.organisation_id, citizen_id)).locale = DEFAULT_LOCALE
            occasion = _occasion(first, version.id, runtime.today() + timedelta(days=in_days))
            session.add(occasion)
            session.commit()
        token = issue_link(runtime, scope, occasion_id=occasion.id)
        return Asked(f"{demo.url}/b/{token}", citizen_id, occasion.id)


def _version(session: Session, scope: Scope, key: str) -> InstrumentVersion:
    """The questionnaire in question: one that somebody has taken in, else one that the product ships."""
    if key == "every-kind":
        return add_instrument(session, scope, parse_instrument(yaml.safe_load(EVERY_KIND)))
    taken_in = select(InstrumentVersion).where(InstrumentVersion.key == key, InstrumentVersion.active)
    known = session.scalar(taken_in.order_by(InstrumentVersion.version.desc()).limit(1))
    return known or add_shipped_instrument(session, scope, key=key)


def _least_asked(session: Session, email: str) -> Occasion:
    """The first occasion of the support at home of whoever has the fewest occasions."""
    worker = organisations.find_user(session, email=email)
    assert worker is not None
    counts = select(Occasion.episode_id, func.count().label("n")).group_by(Occasion.episode_id).subquery()
    return session.scalars(
        select(Occasion)
        .join(Episode, Episode.id == Occasion.episode_id)
        .join(Intervention, Intervention.id == Episode.intervention_id)
        .join(Coordinator, Coordinator.citizen_id == Episode.citizen_id)
        .join(counts, counts.c.episode_id == Occasion.episode_id)
        .where(
            Coordinator.user_id == worker.id,
            Coordinator.to_date.is_(None),
            Intervention.slug == content.HOME_SUPPORT.slug,
            Occasion.code == content.BASELINE,
        )
        .order_by(counts.c.n, Occasion.id)
        .limit(1)
    ).one()


def _occasion(first: Occasion, version_id: UUID, day: date) -> Occasion:
    """An occasion of the same course, that no plan names: no report counts it."""
    return Occasion(
        id=uuid4(),
        organisation_id=first.organisation_id,
        episode_id=first.episode_id,
        step_id=first.step_id,
        instrument_version_id=version_id,
        code=f"extra-{uuid4().hex[:8]}",
        sequence=99,
        months=24.0,
        planned_on=day,
        opens_on=day,
        due_on=day + timedelta(days=7),
        closes_on=day + timedelta(days=28),
    )
