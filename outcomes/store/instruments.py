"""Instrument versions, measurement plans and their steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Row, func, select

from outcomes.models import InstrumentVersion, Intervention, MeasurementPlan, PlanStep

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session


def find_version(session: Session, *, key: str, version: str) -> InstrumentVersion | None:
    """One version of an instrument."""
    return session.scalar(
        select(InstrumentVersion).where(InstrumentVersion.key == key, InstrumentVersion.version == version)
    )


def get_version(session: Session, *, version_id: UUID) -> InstrumentVersion:
    """A version by id."""
    return session.scalars(select(InstrumentVersion).where(InstrumentVersion.id == version_id)).one()


def list_versions(session: Session) -> Sequence[InstrumentVersion]:
    """Every version of every instrument, by key and version."""
    return session.scalars(select(InstrumentVersion).order_by(InstrumentVersion.key, InstrumentVersion.version)).all()


def find_version_by_id(session: Session, *, version_id: UUID) -> InstrumentVersion | None:
    """A version by id; None where there is none."""
    return session.scalar(select(InstrumentVersion).where(InstrumentVersion.id == version_id))


def is_known(session: Session, *, key: str) -> bool:
    """Whether there is any version of an instrument."""
    return bool(session.scalar(select(select(InstrumentVersion.id).where(InstrumentVersion.key == key).exists())))


def list_uses(session: Session) -> Sequence[Row[UUID, dict[str, str], str]]:
    """Which version the newest plan of each intervention asks: version, title and short
    name of the intervention; by intervention."""
    newest = (
        select(MeasurementPlan.intervention_id, func.max(MeasurementPlan.version).label("version"))
        .group_by(MeasurementPlan.intervention_id)
        .subquery()
    )
    return session.execute(
        select(PlanStep.instrument_version_id, Intervention.title, Intervention.slug)
        .join(MeasurementPlan, MeasurementPlan.id == PlanStep.plan_id)
        .join(
            newest,
            (newest.c.intervention_id == MeasurementPlan.intervention_id)
            & (newest.c.version == MeasurementPlan.version),
        )
        .join(Intervention, Intervention.id == MeasurementPlan.intervention_id)
        .distinct()
        .order_by(Intervention.slug, PlanStep.instrument_version_id)
    ).all()


def latest_plan(session: Session, *, intervention_id: UUID) -> MeasurementPlan | None:
    """The newest measurement plan of an intervention."""
    return session.scalar(
        select(MeasurementPlan)
        .where(MeasurementPlan.intervention_id == intervention_id)
        .order_by(MeasurementPlan.version.desc())
        .limit(1)
    )


def list_steps(session: Session, *, plan_id: UUID) -> Sequence[PlanStep]:
    """The steps of a plan, by code."""
    return session.scalars(select(PlanStep).where(PlanStep.plan_id == plan_id).order_by(PlanStep.code)).all()
