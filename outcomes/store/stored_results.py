"""Stored results: written when they are worked out, read by the overview, and what tells whether they are still true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from outcomes.models import AnalysisPlan, Episode, Intervention, LegalBasis, Occasion, Response, StoredResult

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models.base import Json


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day that anybody began."""

    first_day: date
    last_day: date


def list_organisation_ids(session: Session) -> Sequence[UUID]:
    """Every organisation of the instance, by id: for what is done for all of them, one after the other."""
    return session.scalars(text("SELECT organisation_ids()")).all()


def lock_results(session: Session) -> bool:
    """Take the organisation's results until the transaction ends; False where somebody else works them out just now."""
    lock = text("SELECT pg_try_advisory_xact_lock(hashtextextended('results:' || app_organisation(), 0))")
    return bool(session.scalar(lock))


def list_spans(session: Session) -> dict[UUID, Span]:
    """When people began, by intervention; an intervention that nobody has begun isn't there."""
    rows = session.execute(
        select(Episode.intervention_id, func.min(Episode.started_on), func.max(Episode.started_on))
        .group_by(Episode.intervention_id)
        .order_by(Episode.intervention_id)
    )
    return {intervention_id: Span(first, last) for intervention_id, first, last in rows}


def list_latest_plans(session: Session) -> dict[UUID, AnalysisPlan]:
    """The newest analysis plan of each intervention that has one, by intervention."""
    plans = session.scalars(
        select(AnalysisPlan)
        .ext(distinct_on(AnalysisPlan.intervention_id))
        .order_by(AnalysisPlan.intervention_id, AnalysisPlan.version.desc())
    )
    return {plan.intervention_id: plan for plan in plans}


def list_sections(session: Session) -> list[tuple[Intervention, str | None]]:
    """Every intervention by slug, with the law and section that it rests on as one text."""
    rows = session.execute(
        select(Intervention, LegalBasis.law, LegalBasis.section)
        .outerjoin(LegalBasis, LegalBasis.id == Intervention.legal_basis_id)
        .order_by(Intervention.slug)
    )
    return [(intervention, f"{law} {section}" if law else None) for intervention, law, section in rows]


def list_results(session: Session) -> Sequence[StoredResult]:
    """Everything that is stored, by intervention, plan, period and population."""
    return session.scalars(
        select(StoredResult).order_by(
            StoredResult.intervention_id, StoredResult.plan_id, StoredResult.first_day, StoredResult.last_day,
            StoredResult.population,
        )
    ).all()  # fmt: skip


def list_results_of_period(session: Session, *, first_day: date, last_day: date) -> Sequence[StoredResult]:
    """What is stored of whenever, and of those who began in the period; by intervention, plan, period and population."""
    of_period = and_(StoredResult.first_day == first_day, StoredResult.last_day == last_day)
    return session.scalars(
        select(StoredResult)
        .where(or_(StoredResult.first_day.is_(None), of_period))
        .order_by(StoredResult.intervention_id, StoredResult.plan_id, StoredResult.first_day, StoredResult.population)
    ).all()


def list_results_of_periods(session: Session, periods: Collection[tuple[date, date]]) -> Sequence[StoredResult]:
    """What is stored of whenever, and of those who began in one of the periods (first and last day of each), ordered."""
    return session.scalars(
        select(StoredResult)
        .where(
            or_(
                StoredResult.first_day.is_(None),
                tuple_(StoredResult.first_day, StoredResult.last_day).in_(sorted(periods)),
            )
        )
        .order_by(StoredResult.intervention_id, StoredResult.plan_id, StoredResult.first_day, StoredResult.population)
    ).all()


def find_result(
    session: Session, *, plan_id: UUID, population: str, days: tuple[date, date] | None
) -> StoredResult | None:
    """What is stored of a population under a plan; ``days``: first and last of a period, None for whenever."""
    first, last = days or (None, None)
    return session.scalar(
        select(StoredResult).where(
            StoredResult.plan_id == plan_id,
            StoredResult.population == population,
            StoredResult.first_day.is_not_distinct_from(first),
            StoredResult.last_day.is_not_distinct_from(last),
        )
    )


def put_result(
    session: Session, *, organisation_id: UUID | None, intervention_id: UUID, plan_id: UUID, population: str = "",
    first_day: date | None, last_day: date | None, snapshot: str, code_version: str, content: Json, computed_at: datetime,
) -> UUID:  # fmt: skip
    """Store a result in place of the one of the same intervention, plan, population and period; gives its id."""
    made = {"snapshot": snapshot, "code_version": code_version, "content": content, "computed_at": computed_at}
    return session.execute(
        insert(StoredResult)
        .values(
            organisation_id=organisation_id, id=func.gen_random_uuid(), intervention_id=intervention_id,
            plan_id=plan_id, population=population, first_day=first_day, last_day=last_day, **made,
        )
        .on_conflict_do_update(constraint="uq_stored_result_period", set_={**made, "read_at": func.now()})
        .returning(StoredResult.id)
    ).scalar_one()  # fmt: skip


def remove_other_results(session: Session, *, kept: Collection[UUID]) -> int:
    """Remove every result that isn't among ``kept``; gives how many of them were everybody's."""
    gone = session.scalars(
        delete(StoredResult).where(StoredResult.id.not_in(kept)).returning(StoredResult.population)
    ).all()
    return sum(not population for population in gone)


def list_newest_answers(session: Session, *, since: datetime) -> dict[UUID, datetime]:
    """When the newest answer of those stored after ``since`` (the database's clock) was stored, by intervention."""
    rows = session.execute(
        select(Episode.intervention_id, func.max(Response.created_at))
        .select_from(Response)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .join(Episode, Episode.id == Occasion.episode_id)
        .where(Response.created_at > since)
        .group_by(Episode.intervention_id)
        .order_by(Episode.intervention_id)
    )
    return {row[0]: row[1] for row in rows}


def mark_results_seen(session: Session, *, plan_ids: Collection[UUID], at: datetime) -> None:
    """Write down when the results of frozen plans were first seen. The first one counts."""
    session.execute(
        update(AnalysisPlan)
        .where(AnalysisPlan.id.in_(plan_ids), AnalysisPlan.results_first_seen_at.is_(None))
        .values(results_first_seen_at=func.greatest(at, AnalysisPlan.frozen_at))
        .execution_options(synchronize_session=False)
    )
