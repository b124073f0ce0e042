"""A row in every table that is steered by, for tests that look at all tables alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from uuid import uuid4

from outcomes.models import (
    BatchItem,
    ContractPayment,
    LearningMeeting,
    LearningPoint,
    OutcomeContract,
    OutcomeTarget,
    PriceSet,
    ProcessRequirement,
    ProviderFact,
    ProviderRecord,
    Release,
    ReleaseLedger,
    ReportBatch,
    RequirementEvent,
    Specialisation,
    Subscription,
    SupervisionLook,
    SupervisionSignal,
    ThemeSet,
    ValueCase,
)

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Actor, Runtime
    from tests.integration.builders import Tenant

DAY = date(2026, 1, 1)
BY = "Test"
SIGNAL = {
    "measure": {"texts": {"da": "Trivsel"}}, "n": 24, "completeness": 0.75, "mean": None, "false_alarms": 0.08,
    "list_false_alarms": 0.4, "providers": 6, "compared_from": "2025-01-01", "compared_to": "2025-12-31",
}  # fmt: skip


def fill_steering(
    runtime: Runtime, tenant: Tenant, actor: Actor, *, intervention_id: UUID, target_group_id: UUID
) -> None:
    """One row each, of the tenant's provider and the intervention."""
    with runtime.database.transaction(tenant.scope) as session:
        for fill in (_fill_register, _fill_supervision, _fill_learning):
            fill(session, tenant, intervention_id, target_group_id)
        _fill_targets(session, tenant, intervention_id)
        _fill_value(session, tenant, actor, intervention_id)
        _fill_reports(session, tenant, actor)
        session.commit()


def _fill_register(session: Session, tenant: Tenant, intervention_id: UUID, target_group_id: UUID) -> None:
    whose = {"organisation_id": tenant.organisation_id, "provider_id": tenant.provider_id, "valid_from": DAY}
    session.add_all(
        [
            ProviderRecord(**whose, owner_kind="municipal", owner="x", has_address=True, source="x", recorded_by=BY),
            Specialisation(
                **whose, intervention_id=intervention_id, target_group_id=target_group_id, level=2, criteria_version="1",
                criteria={}, assessed_by=BY,
            ),
        ]
    )  # fmt: skip


def _fill_supervision(session: Session, tenant: Tenant, intervention_id: UUID, _group: UUID) -> None:
    whose = {"organisation_id": tenant.organisation_id, "provider_id": tenant.provider_id}
    session.add_all(
        [
            ThemeSet(
                organisation_id=tenant.organisation_id, authority="socialtilsyn", title={}, valid_from=DAY, source="x",
                themes=[], recorded_by=BY,
            ),
            ProviderFact(**whose, datum="staff", value={}, as_of=DAY, source="x", entered_by=BY),
            SupervisionLook(
                organisation_id=tenant.organisation_id, intervention_id=intervention_id, until=DAY,
                content={**SIGNAL, "funnel": None, "not_compared": []},
                snapshot="x", code_version="x", computed_at=datetime.combine(DAY, time(), UTC),
            ),
            SupervisionSignal(**whose, intervention_id=intervention_id, method="funnel", found_on=DAY, content=dict(SIGNAL)),
        ]
    )  # fmt: skip


def _fill_learning(session: Session, tenant: Tenant, intervention_id: UUID, _group: UUID) -> None:
    whose = {"organisation_id": tenant.organisation_id, "intervention_id": intervention_id}
    meeting = LearningMeeting(id=uuid4(), **whose, held_on=DAY, seen={}, held_by=BY)
    session.add(meeting)
    session.flush()
    session.add(LearningPoint(**whose, meeting_id=meeting.id, kind="action", words="x", observed_on=DAY, entered_by=BY))


def _fill_targets(session: Session, tenant: Tenant, intervention_id: UUID) -> None:
    organisation_id = tenant.organisation_id
    duty = ProcessRequirement(
        id=uuid4(), organisation_id=organisation_id, code="plan", title={}, source_kind="local_rule", source="x",
        law_bound=False, minutes_per_month=10, minutes_source="x", entered_by=BY,
    )  # fmt: skip
    session.add_all(
        [
            duty,
            OutcomeTarget(
                organisation_id=organisation_id, code="better", version=1, title={}, indicator="share_better",
                level="municipal", intervention_id=intervention_id, threshold=0, direction="at_least", first_day=DAY,
                last_day=DAY, minimum_n=10, decided_by=BY,
            ),
        ]
    )  # fmt: skip
    session.flush()
    session.add(
        RequirementEvent(
            organisation_id=organisation_id,
            requirement_id=duty.id,
            number=1,
            step="proposed",
            on_day=DAY,
            reason="x",
            by=BY,
        )
    )


def _fill_value(session: Session, tenant: Tenant, actor: Actor, intervention_id: UUID) -> None:
    whose = {"organisation_id": tenant.organisation_id}
    prices = PriceSet(
        id=uuid4(), **whose, name="x", source="x", price_year=2026, invented=True, prices=[], checksum=bytes(32),
        imported_by=BY,
    )  # fmt: skip
    contract = OutcomeContract(
        id=uuid4(), **whose, code="x", version=1, title={}, intervention_id=intervention_id, payer="x", payee="x",
        verifier="x", trigger={}, rate=1, cap=2, first_day=DAY, last_day=DAY, decided_by=BY,
    )  # fmt: skip
    release = Release(
        id=uuid4(), **whose, kind="contract", subject="x", organisation_name="x", version=1, content={},
        checksum=bytes(32), snapshot="", code_version="", published_by=BY,
    )  # fmt: skip
    session.add_all([prices, contract, release])
    session.flush()
    session.add_all(
        [
            ValueCase(
                **whose,
                intervention_id=intervention_id,
                price_set_id=prices.id,
                version=1,
                assumptions={},
                decided_by=BY,
            ),
            ReleaseLedger(**whose, release_id=release.id, population="", people=[]),
            ContractPayment(
                **whose,
                contract_id=contract.id,
                release_id=release.id,
                amount=0,
                working={},
                worked_out_by_id=actor.user_id,
            ),
        ]
    )


def _fill_reports(session: Session, tenant: Tenant, actor: Actor) -> None:
    whose = {"organisation_id": tenant.organisation_id}
    batch = ReportBatch(id=uuid4(), **whose, requested_by=BY)
    session.add_all(
        [
            batch,
            Subscription(**whose, user_id=actor.user_id, subject="overview", schedule="monthly", added_by=BY),
        ]
    )
    session.flush()
    session.add(BatchItem(**whose, batch_id=batch.id, number=1, subject="x", locale="da", file_format="pdf"))
