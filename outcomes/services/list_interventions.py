"""The manager's overview: one finding per intervention, in the words its design allows; what needs attention first.

Read from what is stored (see :mod:`outcomes.services.store_results`): a few queries, whatever the number of citizens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from outcomes.errors import AnalysisPlanError, NotFoundError, Sentence
from outcomes.language import TIMEZONE
from outcomes.models import AnalysisPlan, Intervention
from outcomes.reports.overview import (
    Figures,
    InterventionRow,
    figures_from_json,
    make_row,
    on_one_scale,
    plan_status,
    without_result,
)
from outcomes.reports.parts import local_text
from outcomes.services.freeze_plan import require_frozen
from outcomes.services.gather_outcomes import Period
from outcomes.services.store_results import store_results_of_period
from outcomes.store import interventions, organisations, stored_results

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models import StoredResult
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope
    from outcomes.store.stored_results import Span

NOT_YET = Sentence("Not worked out yet. It is done every night, and can be done now.")


@dataclass(frozen=True, slots=True)
class Overview:
    """An organisation's interventions. ``computed_at``: when the oldest of the figures was worked out (None: none is).

    ``outdated``: something isn't worked out yet, or answers have come since.
    """

    organisation_name: str
    rows: tuple[InterventionRow, ...]
    computed_at: datetime | None
    outdated: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """One intervention with its newest plan, and the period as it is stored: None where it holds everybody."""

    intervention: Intervention
    plan: AnalysisPlan
    period: Period | None


def list_interventions(runtime: Runtime, scope: Scope, period: Period) -> Overview:
    """Every intervention with an analysis plan that somebody has begun; what needs attention first, never by size of effect.

    Figures of everybody are those of the last refresh, and the row says so where there are none. Those of another period
    are worked out the first time that somebody asks for it.
    """
    overview, missing = _read(runtime, scope, period)
    if missing:
        store_results_of_period(runtime, scope, intervention_ids=missing, period=period)
        overview, _ = _read(runtime, scope, period)
    return overview


def _read(runtime: Runtime, scope: Scope, period: Period) -> tuple[Overview, frozenset[UUID]]:
    """What is stored; and the interventions whose figures for the period aren't."""
    if scope.organisation_id is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    with runtime.database.transaction(scope) as session:
        name = organisations.get_organisation(session, organisation_id=scope.organisation_id).name
        asked = _list_asked(session, period)
        found = _list_found(session, period)
        newest = _newest_answers(session, list(found.values()))
        rows, missing, shown = [], set(), set()
        for each in asked:
            stored = found.get((each.plan.id, each.period is None))
            figures = figures_from_json(stored.content) if stored else None
            rows.append(_row(each, stored, figures, newest))
            if figures and figures.from_results and each.plan.results_first_seen_at is None:
                shown.add(each.plan.id)
            if figures is None and each.period is not None and each.plan.frozen_at is not None:
                missing.add(each.intervention.id)
        if shown:  # before anybody sees them
            stored_results.mark_results_seen(session, plan_ids=shown, at=runtime.now())
            session.commit()
    ordered = sorted(on_one_scale(rows), key=lambda row: (row.attention, row.intervention_id))
    moments = [row.computed_at for row in rows if row.computed_at is not None]
    outdated = any(row.answers_since or row.withheld == NOT_YET for row in rows)
    return Overview(name, tuple(ordered), min(moments, default=None), outdated), frozenset(missing)


def _list_asked(session: Session, period: Period) -> list[_Asked]:
    """Interventions with a plan, by slug: those that somebody has begun, and those whose plan waits to be frozen."""
    plans, spans = stored_results.list_latest_plans(session), stored_results.list_spans(session)
    asked = []
    for intervention in interventions.list_interventions(session):
        plan, span = plans.get(intervention.id), spans.get(intervention.id)
        if plan is not None and (span is not None or plan.frozen_at is None):
            asked.append(_Asked(intervention, plan, None if _holds_everybody(plan, span, period) else period))
    return asked


def _holds_everybody(plan: AnalysisPlan, span: Span | None, period: Period) -> bool:
    """Does the period hold every start, or does nobody know the dates?"""
    if span is None or not plan.definition.get("dates_known", True):
        return True
    return period.from_date <= span.first_day and span.last_day <= period.to_date


def _list_found(session: Session, period: Period) -> dict[tuple[UUID, bool], StoredResult]:
    """What is stored, by plan and whether it is of everybody."""
    stored = stored_results.list_results_of_period(session, first_day=period.from_date, last_day=period.to_date)
    return {(each.plan_id, each.first_day is None): each for each in stored}


def _newest_answers(session: Session, stored: list[StoredResult]) -> dict[UUID, datetime]:
    """When the newest answer came after the oldest of what is stored, by intervention."""
    if not stored:
        return {}
    return stored_results.list_newest_answers(session, since=min(each.read_at for each in stored))


def _row(
    asked: _Asked, stored: StoredResult | None, figures: Figures | None, newest: Mapping[UUID, datetime]
) -> InterventionRow:
    slug, name, plan = asked.intervention.slug, local_text(asked.intervention.title), asked.plan
    try:
        frozen_on = require_frozen(plan, slug).astimezone(TIMEZONE).date()
    except AnalysisPlanError as error:
        waits = Sentence("The analysis plan waits to be frozen.")
        return make_row(without_result(error.sentence), slug=slug, name=name, plan_status=waits)
    status = plan_status(plan.version, frozen_on)
    if stored is None or figures is None:
        return make_row(without_result(NOT_YET), slug=slug, name=name, plan_status=status)
    answer = newest.get(asked.intervention.id)
    return make_row(
        figures,
        slug=slug,
        name=name,
        plan_status=status,
        computed_at=stored.computed_at,
        answers_since=answer is not None and answer > stored.read_at,
    )
