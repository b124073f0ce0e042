"""The citizens' own goals for a report: one entry per citizen, by the latest rating of each goal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.gas import gas_t_score
from outcomes.reports.effect_report import GoalsMaterial, PersonGoals
from outcomes.store import goals

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models import Intervention
    from outcomes.services.gather_outcomes import Period


def gather_goals(session: Session, intervention: Intervention, period: Period) -> GoalsMaterial:
    """Goals of those in the intervention who began in the period."""
    rows = goals.list_goal_outcomes(
        session, intervention_id=intervention.id, started_from=period.from_date, started_to=period.to_date
    )
    with_goals = {citizen_id for citizen_id, goal, _ in rows if goal is not None}
    latest = {  # oldest rating first: the last one stays
        goal.id: (citizen_id, float(goal.weight), rating.level)
        for citizen_id, goal, rating in rows
        if goal is not None and rating is not None
    }
    by_citizen: dict[UUID, list[tuple[float, int]]] = {}
    for citizen_id, weight, level in latest.values():
        by_citizen.setdefault(citizen_id, []).append((weight, level))
    return GoalsMaterial(
        n_begun=len({citizen_id for citizen_id, _, _ in rows}),
        n_with_goals=len(with_goals),
        people=tuple(_person(rated) for _, rated in sorted(by_citizen.items())),
    )


def _person(rated: list[tuple[float, int]]) -> PersonGoals:
    levels = [level for _, level in rated]
    return PersonGoals(
        t_score=gas_t_score(levels, [weight for weight, _ in rated]).t_score,
        n_goals=len(levels),
        n_attained=sum(level >= 0 for level in levels),
    )
