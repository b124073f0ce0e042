"""Meetings and what was written down at them, and what a learning page needs to know of an intervention's people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from outcomes.models import Episode, LearningMeeting, LearningPoint, Provider, StoredResult, TargetGroup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def list_meetings(session: Session, *, intervention_id: UUID) -> Sequence[LearningMeeting]:
    """Meetings about an intervention as a whole, newest first."""
    return session.scalars(
        select(LearningMeeting)
        .where(LearningMeeting.intervention_id == intervention_id, LearningMeeting.provider_id.is_(None))
        .order_by(LearningMeeting.held_on.desc(), LearningMeeting.id)
    ).all()


def find_meeting(session: Session, *, intervention_id: UUID, held_on: date) -> LearningMeeting | None:
    """The meeting of a day."""
    return session.scalar(
        select(LearningMeeting).where(
            LearningMeeting.intervention_id == intervention_id,
            LearningMeeting.provider_id.is_(None),
            LearningMeeting.held_on == held_on,
        )
    )


def list_points(session: Session, *, intervention_id: UUID) -> Sequence[LearningPoint]:
    """Everything that was written down about an intervention, oldest first."""
    return session.scalars(
        select(LearningPoint)
        .where(LearningPoint.intervention_id == intervention_id)
        .order_by(LearningPoint.observed_on, LearningPoint.created_at, LearningPoint.id)
    ).all()


def find_point(session: Session, *, intervention_id: UUID, point_id: UUID, lock: bool = False) -> LearningPoint | None:
    """One of them by id."""
    query = select(LearningPoint).where(LearningPoint.id == point_id, LearningPoint.intervention_id == intervention_id)
    return session.scalar(query.with_for_update() if lock else query)


def count_open_points(session: Session) -> dict[UUID, int]:
    """How many points wait to be followed up, by intervention."""
    rows = session.execute(
        select(LearningPoint.intervention_id, func.count())
        .where(LearningPoint.state == "open")
        .group_by(LearningPoint.intervention_id)
        .order_by(LearningPoint.intervention_id)
    )
    return {row[0]: row[1] for row in rows}


def last_meetings(session: Session) -> dict[UUID, date]:
    """When each intervention was last met about."""
    rows = session.execute(
        select(LearningMeeting.intervention_id, func.max(LearningMeeting.held_on))
        .where(LearningMeeting.provider_id.is_(None))
        .group_by(LearningMeeting.intervention_id)
        .order_by(LearningMeeting.intervention_id)
    )
    return {row[0]: row[1] for row in rows}


def list_figures(session: Session, *, plan_id: UUID) -> Sequence[StoredResult]:
    """What is stored of everybody and of each part of them under a plan, whenever they began; everybody first."""
    return session.scalars(
        select(StoredResult)
        .where(StoredResult.plan_id == plan_id, StoredResult.first_day.is_(None))
        .order_by(StoredResult.population)
    ).all()


def list_first_starts(session: Session, *, intervention_id: UUID) -> Sequence[date]:
    """Each person's first day in the intervention itself (nobody whom they are compared with), oldest first."""
    first = (
        select(Episode.citizen_id, Episode.started_on)
        .where(Episode.intervention_id == intervention_id, Episode.comparison_status == "intervention")
        .ext(distinct_on(Episode.citizen_id))
        .order_by(Episode.citizen_id, Episode.started_on, Episode.id)
        .subquery()
    )
    return session.scalars(select(first.c.started_on).order_by(first.c.started_on)).all()


def count_stopped(session: Session, *, intervention_id: UUID) -> int:
    """How many have ended the intervention by their own wish."""
    return (
        session.scalar(
            select(func.count(func.distinct(Episode.citizen_id))).where(
                Episode.intervention_id == intervention_id,
                Episode.comparison_status == "intervention",
                Episode.end_reason == "stopped_by_citizen",
            )
        )
        or 0
    )


def list_provider_names(session: Session) -> dict[UUID, str]:
    """Names of the organisation's providers by id."""
    return {row.id: row.name for row in session.execute(select(Provider.id, Provider.name).order_by(Provider.name))}


def list_group_titles(session: Session) -> dict[str, dict[str, str]]:
    """Titles of target groups by code, the newest where one was renamed."""
    rows = session.execute(
        select(TargetGroup.code, TargetGroup.title).order_by(TargetGroup.code, TargetGroup.valid_from)
    )
    return {row.code: row.title for row in rows}
