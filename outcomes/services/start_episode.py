"""Start an episode: a citizen in an intervention, with every occasion planned at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from outcomes.errors import NotFoundError, Sentence
from outcomes.models import Citizen, CitizenIdentity, Episode, Intervention, MeasurementPlan, Occasion
from outcomes.services.list_caseload import name_place
from outcomes.services.plan_occasions import Step, plan_occasions
from outcomes.store import citizens, instruments, interventions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope
    from outcomes.vault import Vault


@dataclass(frozen=True, slots=True)
class NewEpisode:
    """What is known when an episode starts. ``background``: facts from before, for fair comparison."""

    citizen_id: UUID
    started_on: date
    provider_id: UUID | None = None
    ended_on: date | None = None
    end_reason: str | None = None
    comparison_status: str = "intervention"
    arm: str | None = None
    background: Mapping[str, Any] | None = None


def start_episode(runtime: Runtime, scope: Scope, *, intervention_slug: str, new: NewEpisode) -> UUID:
    """Store the episode and its occasions; gives its id. Raises ``NotFoundError`` where there is no measurement plan."""
    with runtime.database.transaction(scope) as session:
        intervention = interventions.find_intervention(session, slug=intervention_slug)
        plan = instruments.latest_plan(session, intervention_id=intervention.id) if intervention else None
        if intervention is None or plan is None:
            raise NotFoundError(
                Sentence("%(name)s has no measurement plan yet. Make one first.", name=intervention_slug)
            )
        episode, _ = add_episode(session, scope, intervention, plan, read_steps(session, plan), new)
        session.commit()
        return episode.id


def add_episode(
    session: Session, scope: Scope, intervention: Intervention, plan: MeasurementPlan, steps: tuple[Step, ...],
    new: NewEpisode,
) -> tuple[Episode, tuple[Occasion, ...]]:  # fmt: skip
    """The episode and its planned occasions, added to the session."""
    episode, occasions = make_episode(scope, intervention, plan, steps, new)
    session.add(episode)
    session.flush()
    session.add_all(occasions)
    return episode, occasions


def make_episode(
    scope: Scope, intervention: Intervention, plan: MeasurementPlan, steps: tuple[Step, ...], new: NewEpisode
) -> tuple[Episode, tuple[Occasion, ...]]:
    """The same rows, in no session yet."""
    episode = Episode(
        id=uuid4(),
        organisation_id=scope.organisation_id,
        citizen_id=new.citizen_id,
        intervention_id=intervention.id,
        provider_id=new.provider_id,
        plan_id=plan.id,
        started_on=new.started_on,
        ended_on=new.ended_on,
        end_reason=new.end_reason,
        comparison_status=new.comparison_status,
        arm=new.arm,
        background=dict(new.background or {}),
    )
    planned = plan_occasions(
        steps, started_on=new.started_on, ended_on=new.ended_on, planned_months=intervention.planned_months
    )
    occasions = tuple(
        Occasion(
            id=uuid4(),
            organisation_id=scope.organisation_id,
            episode_id=episode.id,
            step_id=each.step_id,
            instrument_version_id=each.instrument_version_id,
            code=each.code,
            sequence=each.sequence,
            months=each.months,
            planned_on=each.planned_on,
            opens_on=each.opens_on,
            due_on=each.due_on,
            closes_on=each.closes_on,
        )
        for each in planned
    )
    return episode, occasions


def read_steps(session: Session, plan: MeasurementPlan) -> tuple[Step, ...]:
    """The steps of a plan, as the planner wants them."""
    return tuple(
        Step(
            step.id, step.instrument_version_id, step.code, step.kind, step.period, step.period_unit,
            step.opens_days_before, step.due_days_after, step.closes_days_after,
        )
        for step in instruments.list_steps(session, plan_id=plan.id)
    )  # fmt: skip


def add_citizen(
    session: Session, vault: Vault, scope: Scope, *, name: str | None = None, cpr: str | None = None,
    source: str | None = None, external_id: str | None = None, locale: str | None = None, number: int | None = None,
) -> Citizen:  # fmt: skip
    """A citizen, and apart from them, sealed, who they are; added to the session."""
    number = number or citizens.next_number(session)
    citizen, identity = make_citizen(
        vault, scope, name=name, cpr=cpr, source=source, external_id=external_id, locale=locale, number=number
    )
    session.add(citizen)
    session.flush()
    if identity is not None:
        session.add(identity)
    return citizen


def make_citizen(
    vault: Vault, scope: Scope, *, name: str | None, cpr: str | None, source: str | None, external_id: str | None,
    number: int, locale: str | None = None,
) -> tuple[Citizen, CitizenIdentity | None]:  # fmt: skip
    """The same rows, in no session yet; no identity where nobody says who it is."""
    citizen = Citizen(
        id=uuid4(),
        organisation_id=scope.organisation_id,
        number=number,
        locale=locale,
        source=source,
        external_id=external_id,
    )
    if not name and not cpr:
        return citizen, None
    identity = CitizenIdentity(
        organisation_id=scope.organisation_id,
        citizen_id=citizen.id,
        name_sealed=vault.encrypt(name or f"#{citizen.number:04d}", place=name_place(citizen.id)),
        cpr_sealed=vault.encrypt(cpr, place=cpr_place(citizen.id)) if cpr else None,
        cpr_hash=vault.lookup_hash(cpr, kind="cpr") if cpr else None,
    )
    return citizen, identity


def cpr_place(citizen_id: UUID) -> str:
    """Where a citizen's CPR number belongs: it doesn't decrypt anywhere else."""
    return f"citizen_identity.cpr:{citizen_id}"
