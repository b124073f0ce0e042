"""Who began, where and when, and in which version of the questions they answered: for the parts of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from outcomes.models import Citizen, Episode, InstrumentVersion, Occasion, Provider, Response, TargetGroup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def list_people(
    session: Session, *, intervention_id: UUID, started_from: date, started_to: date
) -> Sequence[Row[*tuple[Any, ...]]]:
    """One row per episode that started in the period: number, status, provider's name, target group's code, days, and why it
    ended; by citizen and start."""
    return session.execute(
        select(
            Citizen.number.label("number"),
            Episode.id.label("episode_id"),
            Episode.comparison_status.label("comparison_status"),
            Provider.name.label("provider"),
            TargetGroup.code.label("target_group"),
            Episode.started_on.label("started_on"),
            Episode.end_reason.label("end_reason"),
        )
        .join(Citizen, Citizen.id == Episode.citizen_id)
        .outerjoin(Provider, Provider.id == Episode.provider_id)
        .outerjoin(TargetGroup, TargetGroup.id == Episode.target_group_id)
        .where(
            Episode.intervention_id == intervention_id,
            Episode.started_on >= started_from,
            Episode.started_on <= started_to,
        )
        .order_by(Citizen.number, Episode.started_on, Episode.id)
    ).all()


def list_answered_versions(
    session: Session, *, intervention_id: UUID, instrument_key: str, started_from: date, started_to: date
) -> Sequence[Row[*tuple[Any, ...]]]:
    """One row per answer of a citizen to any version of one instrument: episode, months, key and version; by episode and
    time."""
    return session.execute(
        select(
            Episode.id.label("episode_id"),
            Occasion.months.label("months"),
            InstrumentVersion.key.label("key"),
            InstrumentVersion.version.label("version"),
        )
        .join(Occasion, Occasion.episode_id == Episode.id)
        .join(Response, Response.occasion_id == Occasion.id)
        .join(InstrumentVersion, InstrumentVersion.id == Response.instrument_version_id)
        .where(
            Episode.intervention_id == intervention_id,
            Episode.comparison_status == "intervention",
            Response.respondent_kind == "citizen",
            InstrumentVersion.key == instrument_key,
            Episode.started_on >= started_from,
            Episode.started_on <= started_to,
        )
        .order_by(Episode.id, Occasion.months)
    ).all()
