"""What each who succeeds costs at each provider, with the mix of people accounted for. Person data in, aggregates out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.cost_per_outcome import AllPlaces, PlaceCost, cost_of_all, cost_per_success
from outcomes.errors import EstimateError
from outcomes.store import value

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.analysis.effect_results import EffectEstimate
    from outcomes.models import Intervention
    from outcomes.services.gather_material import PlanOutcomes

DAYS_A_MONTH = 365.25 / 12
START = "start"


def cost_by_provider(
    session: Session,
    intervention: Intervention,
    found: PlanOutcomes,
    estimate: EffectEstimate,
    *,
    cost_per_month: float,
    today: date,
) -> tuple[tuple[PlaceCost, ...], AllPlaces | None]:
    """Cost per success at each provider, by name, and of all together; nothing where it can't be worked out or there is only
    one.

    ``cost_per_month`` in kroner. Of those who answered both times; what is known of them at the start is their score then,
    and the numbers that the plan adjusts for.
    """
    spans: dict[UUID, tuple[str, float]] = {}
    for citizen_id, provider, first, last in value.list_help_spans(session, intervention_id=intervention.id):
        if provider is not None and found.period.from_date <= first <= found.period.to_date:
            months = (min(last or today, today) - first).days / DAYS_A_MONTH
            spans.setdefault(citizen_id, (provider, max(months, 1.0) * cost_per_month))
    background = _background(found)
    rows = [
        (*spans[placed.citizen_id], bool(person.succeeded), (person.before, *background[person.subject]))
        for person in estimate.individuals
        if person.succeeded is not None
        and person.before is not None
        and (placed := found.data.people[person.subject]).in_intervention
        and placed.citizen_id in spans
        and None not in background[person.subject]
    ]
    if len({row[0] for row in rows}) < 2:  # noqa: PLR2004 - one place can't be held against others
        return (), None
    names = (START, *_numbers(found))
    columns = [[float(each) for each in row[3] if each is not None] for row in rows]
    costs, successes = [row[1] for row in rows], [int(row[2]) for row in rows]
    try:
        places = cost_per_success([row[0] for row in rows], costs, successes, columns, names)
    except EstimateError:  # too few, or too much alike, for expected values
        return (), None
    return places, cost_of_all(costs, successes)


def _numbers(found: PlanOutcomes) -> list[str]:
    return [each.name for each in found.plan.covariates if each.kind == "number"]


def _background(found: PlanOutcomes) -> dict[str, tuple[float | None, ...]]:
    """The numbers known of each subject at the start."""
    names = _numbers(found)
    return {record["subject"]: tuple(record[name] for name in names) for record in found.data.records}
