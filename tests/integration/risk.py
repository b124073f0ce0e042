"""A questionnaire of our own that can tell of danger, and somebody who answers it so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import yaml
from sqlalchemy import select

from outcomes.instruments import Instrument, parse_instrument
from outcomes.models import AppUser, RiskProtocol, Signal
from outcomes.services.save_answers import save_answer
from outcomes.services.sign_in import make_actor
from tests.integration.builders import add_case, add_citizen, add_coordinator, add_course, get_ticket

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from tests.integration.builders import Case, Tenant

RISKY = """
format: 1
key: safety
version: "1.0"
kind: measure
own_authored: true
validated: false
languages: [da, en]
title: {da: Tryghed, en: Safety}
items:
  - id: calm
    type: scale_0_10
    wording: {da: "Hvor rolig er du?", en: "How calm are you?"}
    ends: {low: {da: Slet ikke, en: Not at all}, high: {da: Helt, en: Wholly}}
  - id: life
    type: single_choice
    risk: {at_least: 1}
    wording: {da: "Har du lyst til at leve?", en: "Do you want to live?"}
    options:
      - {value: 0, wording: {da: Ja, en: "Yes"}}
      - {value: 1, wording: {da: Ikke altid, en: Not always}}
      - {value: 2, wording: {da: Nej, en: "No"}}
scales:
  - key: calm
    title: {da: Ro, en: Calm}
    items: [calm]
    range: [0, 10]
    direction: higher_is_better
    measurement_error:
      kind: assumed
      sd: 2
      reliability: 0.9
      note: {da: Til prøver., en: For tests.}
licence:
  id: CC-BY-SA-4.0
  holder: Us
  text: {da: Vores eget., en: Our own.}
  may_ship_wording: true
"""
"""Two questions; an answer of 1 or more to the second one sets the protocol going. Chance alone moves the calm by 1.75."""


def risky_instrument(**changes: Any) -> Instrument:
    """The questionnaire, with ``changes`` to its top level."""
    return parse_instrument({**yaml.safe_load(RISKY), **changes})


def add_protocol(
    runtime: Runtime,
    tenant: Tenant,
    *,
    key: str = "safety",
    version: int = 1,
    hours: int = 24,
    duty: UUID | None = None,
) -> UUID:
    """What happens when an answer tells of danger."""
    protocol_id = uuid4()
    with runtime.database.transaction(tenant.scope) as session:
        session.add(
            RiskProtocol(
                id=protocol_id, organisation_id=tenant.organisation_id, instrument_key=key, version=version,
                help_lines=[{"name": {"da": "Livslinjen"}, "phone": "70 201 201", "hours": {}}],
                act_within_hours=hours, duty_user_id=duty, decided_by="Test",
            )
        )  # fmt: skip
        session.commit()
    return protocol_id


def risky_case(
    runtime: Runtime, tenant: Tenant, *, owner: str | None = None, hours: int = 24, duty: UUID | None = None,
    citizen_id: UUID | None = None,
) -> Case:  # fmt: skip
    """A citizen who is asked the questionnaire; ``owner``: the mail of whoever coordinates their case."""
    with runtime.database.transaction(tenant.scope) as session:
        known = session.scalars(select(RiskProtocol.id)).all()
        user = session.scalar(select(AppUser).where(AppUser.email == owner)) if owner else None
    if not known:
        add_protocol(runtime, tenant, hours=hours, duty=duty)
    course = add_course(runtime, tenant, slug="tryg", instrument=risky_instrument())
    citizen_id = citizen_id or add_citizen(runtime, tenant, name="Bodil Prøvesen")
    case = add_case(runtime, course, citizen_id=citizen_id)
    if user is not None:
        add_coordinator(runtime, make_actor(user), case.citizen_id)
    return case


def answer_risky(runtime: Runtime, case: Case, *, value: int = 2, code: str = "start") -> UUID:
    """Answer so that somebody is to look; the signal's id."""
    save_answer(runtime, get_ticket(runtime, case, code), item_id="life", value=value)
    with runtime.database.transaction(case.tenant.scope) as session:
        return session.scalars(
            select(Signal.id).where(Signal.occasion_id == case.occasions[code], Signal.kind == "risk_answer")
        ).one()
