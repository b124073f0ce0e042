"""A row in every table of the citizen's side, for tests that look at all tables alike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from outcomes.models import (
    AccessShare,
    Attempt,
    CitizenSession,
    Correction,
    InstrumentAudio,
    KeyedSheet,
    LoginCode,
    Message,
    Occasion,
    Relation,
    RiskProtocol,
    Signal,
)
from outcomes.vault import token_hash

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Actor, Runtime
    from tests.integration.builders import Case


def fill_citizens_side(runtime: Runtime, case: Case, actor: Actor) -> None:
    """One row each, of the case's citizen and by the actor."""
    organisation_id, relation_id, protocol_id = case.tenant.organisation_id, uuid4(), uuid4()
    at, key = runtime.now(), token_hash(case.tenant.slug)
    occasion_id = case.occasions["start"]
    with runtime.database.transaction(case.tenant.scope) as session:
        version_id = session.get_one(Occasion, (organisation_id, occasion_id)).instrument_version_id
        session.add_all(
            [
                Relation(
                    id=relation_id, organisation_id=organisation_id, citizen_id=case.citizen_id, kind="parent",
                    name_sealed=b"sealed", from_date=date(2026, 1, 1),
                ),
                RiskProtocol(
                    id=protocol_id, organisation_id=organisation_id, instrument_key="small", version=1,
                    help_lines=[{"name": {"da": "Livlinje"}, "phone": "70000000"}], act_within_hours=24, decided_by="Test",
                ),
            ]
        )  # fmt: skip
        session.flush()
        session.add_all(
            [
                _signal(case, actor, relation_id, protocol_id, runtime),
                CitizenSession(
                    organisation_id=organisation_id, citizen_id=case.citizen_id, token_hash=key, method="code",
                    expires_at=at + timedelta(hours=1),
                ),
                LoginCode(
                    organisation_id=organisation_id, citizen_id=case.citizen_id, challenge_hash=key, code_hash=key,
                    expires_at=at,
                ),
                InstrumentAudio(
                    organisation_id=organisation_id, instrument_version_id=version_id, item="mood", locale="da",
                    media_type="audio/ogg", content=b"OggS",
                ),
                AccessShare(
                    organisation_id=organisation_id, citizen_id=case.citizen_id, code_hash=key, code_expires_at=at, days=7
                ),
                KeyedSheet(
                    organisation_id=organisation_id, occasion_id=case.occasions["month-1"], respondent_kind="citizen",
                    keying=1, keyed_by=actor.user_id, answered_on=date(2026, 1, 1), locale="da", answers={},
                ),
                Message(
                    organisation_id=organisation_id, kind="invitation", channel="mail", cause="test",
                    citizen_id=case.citizen_id, locale="da", send_after=at,
                ),
                Correction(
                    organisation_id=organisation_id, citizen_id=case.citizen_id, words="Det passer ikke.", at=at,
                    submission_key=uuid4(),
                ),
                Attempt(subject=key),
            ]
        )  # fmt: skip
        session.commit()


def _signal(case: Case, actor: Actor, relation_id: UUID, protocol_id: UUID, runtime: Runtime) -> Signal:
    return Signal(
        organisation_id=case.tenant.organisation_id,
        citizen_id=case.citizen_id,
        episode_id=case.episode_id,
        occasion_id=case.occasions["start"],
        respondent_kind="parent",
        relation_id=relation_id,
        kind="risk_answer",
        subject="mood",
        protocol_id=protocol_id,
        raised_at=runtime.now(),
        due_at=runtime.now() + timedelta(days=1),
        owner_id=actor.user_id,
    )
