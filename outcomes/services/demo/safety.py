"""A questionnaire that can tell of danger, the protocol for it, and one of Mette's citizens who has answered it so.

It is here so that the signal, the form for what was done and the protocol can be seen. The questionnaire and the protocol
are invented; Livslinjen and 112 are real and open to everybody.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import yaml
from sqlalchemy import select

from outcomes.instruments import parse_instrument
from outcomes.models import Coordinator, Episode, Occasion, ResponseDraft, RiskProtocol
from outcomes.services.demo import content, staff
from outcomes.services.install_instrument import add_instrument
from outcomes.services.raise_signals import raise_signals

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outcomes.services.demo.municipality import Municipality

SAFETY = """
format: 1
key: safety-demo
version: "1.0"
kind: measure
own_authored: true
validated: false
languages: [da, en]
title: {da: Tryghed (opdigtet til demoen), en: Safety (invented for the demo)}
items:
  - id: calm
    type: scale_0_10
    wording: {da: "Hvor tryg er du i din hverdag?", en: "How safe do you feel in everyday life?"}
    ends: {low: {da: Slet ikke tryg, en: Not safe at all}, high: {da: Helt tryg, en: Wholly safe}}
  - id: life
    type: single_choice
    risk: {at_least: 1}
    wording: {da: "Har du haft lyst til at give op i den seneste uge?", en: "Have you felt like giving up in the past week?"}
    options:
      - {value: 0, wording: {da: Nej, en: "No"}}
      - {value: 1, wording: {da: Nogle gange, en: Sometimes}}
      - {value: 2, wording: {da: Det meste af tiden, en: Most of the time}}
scales:
  - key: calm
    title: {da: Tryghed, en: Safety}
    items: [calm]
    range: [0, 10]
    direction: higher_is_better
licence:
  id: CC-BY-SA-4.0
  holder: The outcomes project
  text: {da: Opdigtet til demoen., en: Invented for the demo.}
  may_ship_wording: true
"""
HELP_LINES = (
    {
        "name": {"da": "Livslinjen", "en": "Livslinjen, the Danish lifeline"},
        "phone": "70 201 201",
        "hours": {"da": "Se tiderne på livslinjen.dk", "en": "See the hours on livslinjen.dk"},
    },
    {
        "name": {"da": "Bostøttens vagt (opdigtet)", "en": "The home support's duty phone (invented)"},
        "phone": "00 00 00 00",
        "hours": {"da": "Hele døgnet", "en": "All day and night"},
    },
    {"name": {"da": "Alarm 112", "en": "Emergency 112"}, "phone": "112", "hours": {}},
)
ACT_WITHIN_HOURS = 24
ANSWERED_BEFORE = timedelta(hours=3)


def add_safety(session: Session, place: Municipality, *, now: datetime) -> None:
    """The questionnaire, its protocol and one risk answer that isn't sent yet, added to the session."""
    instrument = parse_instrument(yaml.safe_load(SAFETY))
    session.add(
        RiskProtocol(
            id=place.new_id(),
            organisation_id=place.id,
            instrument_key=instrument.key,
            version=1,
            help_lines=[dict(line) for line in HELP_LINES],
            act_within_hours=ACT_WITHIN_HOURS,
            duty_user_id=place.users[staff.HOME_WORKERS[0].email],
            decided_by=staff.MANAGER.name,
        )
    )
    session.flush()
    version = add_instrument(session, place.scope, instrument)
    first = _first_occasion(session, place)
    at, day = now - ANSWERED_BEFORE, (now - ANSWERED_BEFORE).date()
    occasion = Occasion(
        id=place.new_id(),
        organisation_id=place.id,
        episode_id=first.episode_id,
        step_id=first.step_id,
        instrument_version_id=version.id,
        code="safety",
        sequence=99,
        months=max(0.0, round((day - first.planned_on).days / 30.4, 1)),
        planned_on=day,
        opens_on=day,
        due_on=day + timedelta(days=content.DUE_AFTER),
        closes_on=day + timedelta(days=content.CLOSES_AFTER),
    )
    session.add(occasion)
    session.flush()
    answers = {"calm": 3, "life": 1}
    session.add(
        ResponseDraft(
            organisation_id=place.id,
            id=place.new_id(),
            occasion_id=occasion.id,
            respondent_kind="citizen",
            answers=answers,
            updated_at=at,
        )
    )
    session.flush()
    raise_signals(
        session, organisation_id=place.id, occasion_id=occasion.id, instrument=instrument, answers=answers, at=at
    )


def _first_occasion(session: Session, place: Municipality) -> Occasion:
    """The start of the newest course of help at home that the demo's worker coordinates."""
    return session.scalars(
        select(Occasion)
        .join(Episode, Episode.id == Occasion.episode_id)
        .join(Coordinator, Coordinator.citizen_id == Episode.citizen_id)
        .where(
            Coordinator.user_id == place.users[staff.WORKER.email],
            Coordinator.to_date.is_(None),
            Episode.intervention_id == place.services[content.HOME_SUPPORT.slug].intervention_id,
            Episode.ended_on.is_(None),
            Occasion.code == content.BASELINE,
        )
        .order_by(Occasion.planned_on.desc(), Occasion.id)
        .limit(1)
    ).one()
