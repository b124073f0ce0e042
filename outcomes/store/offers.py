"""The register of offers as it was on each day, who needs them, and how people were doing when they began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, and_, or_, select

from outcomes.models import (
    Episode,
    InstrumentVersion,
    InterventionTargetGroup,
    LegalBasis,
    Occasion,
    Provider,
    ProviderRecord,
    Response,
    Score,
    Specialisation,
    TargetGroup,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def list_providers(session: Session) -> Sequence[Row[Provider, str | None]]:
    """Every provider with the name of its unit, by name and id."""
    return session.execute(
        select(Provider, Unit.name).outerjoin(Unit, Unit.id == Provider.unit_id).order_by(Provider.name, Provider.id)
    ).all()


def find_provider(session: Session, *, provider_id: UUID) -> Provider | None:
    """A provider by id."""
    return session.scalar(select(Provider).where(Provider.id == provider_id))


def find_by_portal_id(session: Session, *, tilbudsportal_id: str) -> Provider | None:
    """A provider by its id at Tilbudsportalen; of several with the same one, the first by name."""
    return session.scalars(
        select(Provider).where(Provider.tilbudsportal_id == tilbudsportal_id).order_by(Provider.name).limit(1)
    ).first()


def list_records(session: Session) -> Sequence[ProviderRecord]:
    """Everything that was ever recorded of every provider, the oldest first."""
    return session.scalars(select(ProviderRecord).order_by(ProviderRecord.provider_id, ProviderRecord.valid_from)).all()


def list_records_of(session: Session, *, provider_id: UUID) -> Sequence[ProviderRecord]:
    """What was ever recorded of one provider, the oldest first."""
    return session.scalars(
        select(ProviderRecord).where(ProviderRecord.provider_id == provider_id).order_by(ProviderRecord.valid_from)
    ).all()


def list_target_groups(session: Session) -> Sequence[TargetGroup]:
    """Every version of every target group, by code, the oldest first."""
    return session.scalars(select(TargetGroup).order_by(TargetGroup.code, TargetGroup.valid_from)).all()


def list_legal_bases(session: Session) -> Sequence[LegalBasis]:
    """Every version of every law and section, by law and section, the oldest first."""
    return session.scalars(select(LegalBasis).order_by(LegalBasis.law, LegalBasis.section, LegalBasis.valid_from)).all()


def list_intended_groups(session: Session) -> dict[UUID, list[UUID]]:
    """Ids of the target groups that each intervention is meant for, by intervention."""
    rows = session.execute(
        select(InterventionTargetGroup.intervention_id, InterventionTargetGroup.target_group_id).order_by(
            InterventionTargetGroup.intervention_id, InterventionTargetGroup.target_group_id
        )
    )
    found: dict[UUID, list[UUID]] = {}
    for intervention_id, group_id in rows:
        found.setdefault(intervention_id, []).append(group_id)
    return found


def list_live_episodes(session: Session, *, on: date) -> Sequence[Row[UUID, UUID, UUID | None, str]]:
    """Citizen, intervention, target group and status of every episode that is going on, on a day; by start."""
    return session.execute(
        select(Episode.citizen_id, Episode.intervention_id, Episode.target_group_id, Episode.comparison_status)
        .where(Episode.started_on <= on, or_(Episode.ended_on.is_(None), Episode.ended_on > on))
        .order_by(Episode.started_on, Episode.id)
    ).all()


def list_interventions_with_waiting_list(session: Session) -> frozenset[UUID]:
    """The interventions that somebody has ever waited for."""
    return frozenset(
        session.scalars(
            select(Episode.intervention_id)
            .where(Episode.comparison_status == "waiting_list")
            .distinct()
            .order_by(Episode.intervention_id)
        )
    )


def list_baselines(
    session: Session, *, intervention_id: UUID, instrument_key: str, scale: str, code: str, first_day: date,
    last_day: date,
) -> Sequence[Row[*tuple[Any, ...]]]:  # fmt: skip
    """One row per episode begun in the period: citizen, start, target group, unit's name, and the first score or None.

    Whoever takes no part isn't there.
    """
    return session.execute(
        select(
            Episode.citizen_id.label("citizen_id"),
            Episode.started_on.label("started_on"),
            Episode.target_group_id.label("target_group_id"),
            Unit.name.label("unit"),
            Score.value.label("score"),
        )
        .join(Occasion, and_(Occasion.episode_id == Episode.id, Occasion.code == code))
        .join(
            InstrumentVersion,
            and_(InstrumentVersion.id == Occasion.instrument_version_id, InstrumentVersion.key == instrument_key),
        )
        .outerjoin(Response, and_(Response.occasion_id == Occasion.id, Response.respondent_kind == "citizen"))
        .outerjoin(Score, and_(Score.response_id == Response.id, Score.scale == scale))
        .outerjoin(Provider, Provider.id == Episode.provider_id)
        .outerjoin(Unit, Unit.id == Provider.unit_id)
        .where(
            Episode.intervention_id == intervention_id,
            Episode.started_on >= first_day,
            Episode.started_on <= last_day,
            Occasion.state != "withdrawn",
        )
        .order_by(Episode.started_on, Episode.id)
    ).all()


def list_givers(session: Session) -> Sequence[Row[UUID, UUID | None]]:
    """Intervention and provider wherever somebody has begun the one with the other, by their ids."""
    return session.execute(
        select(Episode.intervention_id, Episode.provider_id)
        .where(Episode.provider_id.is_not(None))
        .distinct()
        .order_by(Episode.intervention_id, Episode.provider_id)
    ).all()


def list_specialisations(session: Session) -> Sequence[Specialisation]:
    """Every level that was ever set, by intervention, target group, provider and day."""
    return session.scalars(
        select(Specialisation).order_by(
            Specialisation.intervention_id,
            Specialisation.target_group_id,
            Specialisation.provider_id,
            Specialisation.valid_from,
        )
    ).all()
