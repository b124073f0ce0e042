"""Interventions, their analysis plans, and the tidy rows that an estimate is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, Row, and_, cast, func, null, select
from sqlalchemy.dialects.postgresql import distinct_on

from outcomes.models import (
    AnalysisPlan,
    Citizen,
    Episode,
    InstrumentVersion,
    Intervention,
    InterventionTargetGroup,
    LegalBasis,
    Occasion,
    Provider,
    Response,
    Score,
    TargetGroup,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def list_interventions(session: Session) -> Sequence[Intervention]:
    """The interventions of the organisation in force, by slug."""
    return session.scalars(select(Intervention).order_by(Intervention.slug)).all()


def find_intervention(session: Session, *, slug: str) -> Intervention | None:
    """An intervention by slug."""
    return session.scalar(select(Intervention).where(Intervention.slug == slug))


def find_legal_basis(session: Session, *, legal_basis_id: UUID | None) -> LegalBasis | None:
    """The law and section of an intervention."""
    return session.scalar(select(LegalBasis).where(LegalBasis.id == legal_basis_id)) if legal_basis_id else None


def list_target_groups(session: Session, *, intervention_id: UUID) -> Sequence[TargetGroup]:
    """The target groups of an intervention, by code."""
    return session.scalars(
        select(TargetGroup)
        .join(InterventionTargetGroup, InterventionTargetGroup.target_group_id == TargetGroup.id)
        .where(InterventionTargetGroup.intervention_id == intervention_id)
        .order_by(TargetGroup.code)
    ).all()


def list_providers(session: Session, *, intervention_id: UUID) -> Sequence[str]:
    """Names of the providers that deliver an intervention."""
    return session.scalars(
        select(Provider.name)
        .where(
            select(Episode.id)
            .where(Episode.provider_id == Provider.id, Episode.intervention_id == intervention_id)
            .exists()
        )
        .order_by(Provider.name)
    ).all()


def latest_analysis_plan(session: Session, *, intervention_id: UUID, lock: bool = False) -> AnalysisPlan | None:
    """The newest analysis plan of an intervention."""
    query = (
        select(AnalysisPlan)
        .where(AnalysisPlan.intervention_id == intervention_id)
        .order_by(AnalysisPlan.version.desc())
        .limit(1)
    )
    return session.scalar(query.with_for_update() if lock else query)


def list_outcome_rows(
    session: Session, *, intervention_id: UUID, instrument_key: str, scale: str, started_from: date, started_to: date,
    with_background: bool = True,
) -> Sequence[Row[*tuple[Any, ...]]]:  # fmt: skip
    """One row per episode and planned occasion: who, where, arm, background, occasion, windows, score and version or None.

    Every episode that started in the period, every occasion that uses the instrument; by citizen, start and time.
    ``with_background`` False: without it, for a plan that looks at none of it.
    """
    return session.execute(
        select(
            Citizen.number.label("number"),
            Citizen.id.label("citizen_id"),
            Episode.id.label("episode_id"),
            Episode.provider_id.label("provider_id"),
            TargetGroup.code.label("target_group"),
            Episode.arm.label("arm"),
            Episode.comparison_status.label("comparison_status"),
            (Episode.background if with_background else null()).label("background"),
            Episode.ended_on.label("ended_on"),
            Episode.end_reason.label("end_reason"),
            Occasion.code.label("occasion"),
            Occasion.months.label("months"),
            Occasion.planned_on.label("planned_on"),
            Occasion.due_on.label("due_on"),
            Occasion.state.label("state"),
            Score.value.label("score"),
            Response.instrument_version_id.label("version_id"),
        )
        .join(Citizen, Citizen.id == Episode.citizen_id)
        .join(Occasion, Occasion.episode_id == Episode.id)
        .join(InstrumentVersion, InstrumentVersion.id == Occasion.instrument_version_id)
        .outerjoin(TargetGroup, TargetGroup.id == Episode.target_group_id)
        .outerjoin(Response, and_(Response.occasion_id == Occasion.id, Response.respondent_kind == "citizen"))
        .outerjoin(Score, and_(Score.response_id == Response.id, Score.scale == scale))
        .where(
            Episode.intervention_id == intervention_id,
            InstrumentVersion.key == instrument_key,
            Episode.started_on >= started_from,
            Episode.started_on <= started_to,
        )
        .order_by(Citizen.number, Episode.started_on, Episode.id, Occasion.sequence)
    ).all()


def count_begun(session: Session, *, intervention_id: UUID) -> Sequence[Row[date, int]]:
    """People by the first day of the quarter in which they first began the intervention itself, oldest first."""
    first = (
        select(Episode.citizen_id, cast(func.date_trunc("quarter", Episode.started_on), Date).label("quarter"))
        .where(Episode.intervention_id == intervention_id, Episode.comparison_status == "intervention")
        .ext(distinct_on(Episode.citizen_id))
        .order_by(Episode.citizen_id, Episode.started_on, Episode.id)
        .subquery()
    )
    return session.execute(
        select(first.c.quarter, func.count()).group_by(first.c.quarter).order_by(first.c.quarter)
    ).all()


def count_known(
    session: Session, *, intervention_id: UUID, instrument_key: str, scale: str, occasions: tuple[str, str]
) -> Sequence[Row[date, bool, int]]:
    """People with a score on both occasions, by the first day of the quarter in which they began and by whether they are in
    the intervention itself; oldest first. Nobody is left out: a quarter without any has 0."""
    ours = (Episode.comparison_status == "intervention").label("ours")
    found = Score.value.is_not(None) & (Occasion.state != "withdrawn") & Occasion.code.in_(occasions)
    each = (
        select(
            Episode.citizen_id,
            cast(func.date_trunc("quarter", Episode.started_on), Date).label("quarter"),
            ours,
            func.count(Occasion.code.distinct()).filter(found).label("scored"),
        )
        .join(Occasion, Occasion.episode_id == Episode.id)
        .join(InstrumentVersion, InstrumentVersion.id == Occasion.instrument_version_id)
        .outerjoin(Response, and_(Response.occasion_id == Occasion.id, Response.respondent_kind == "citizen"))
        .outerjoin(Score, and_(Score.response_id == Response.id, Score.scale == scale))
        .where(Episode.intervention_id == intervention_id, InstrumentVersion.key == instrument_key)
        .group_by(Episode.id, Episode.citizen_id, Episode.started_on, Episode.comparison_status)
        .subquery()
    )
    known = func.count(each.c.citizen_id.distinct()).filter(each.c.scored == len(set(occasions)))
    return session.execute(
        select(each.c.quarter, each.c.ours, known)
        .group_by(each.c.quarter, each.c.ours)
        .order_by(each.c.quarter, each.c.ours)
    ).all()


def occasion_times(session: Session, *, intervention_id: UUID) -> dict[str, float]:
    """Planned months since the start, by occasion code, of every occasion that anybody has in the intervention."""
    rows = session.execute(
        select(Occasion.code, func.min(Occasion.months))
        .join(Episode, Episode.id == Occasion.episode_id)
        .where(Episode.intervention_id == intervention_id)
        .group_by(Occasion.code)
        .order_by(Occasion.code)
    )
    return {code: float(months) for code, months in rows}


def list_analysis_plans(session: Session, *, intervention_id: UUID) -> Sequence[AnalysisPlan]:
    """Every version of an intervention's analysis plan, newest first."""
    return session.scalars(
        select(AnalysisPlan)
        .where(AnalysisPlan.intervention_id == intervention_id)
        .order_by(AnalysisPlan.version.desc())
    ).all()


def episode_span(session: Session, *, intervention_id: UUID | None = None) -> tuple[date | None, date | None]:
    """First and last day that an episode started, in one intervention or all."""
    query = select(func.min(Episode.started_on), func.max(Episode.started_on))
    if intervention_id is not None:
        query = query.where(Episode.intervention_id == intervention_id)
    first, last = session.execute(query).one()
    return first, last
