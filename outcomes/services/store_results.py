"""Work out what the overview says of each intervention, once, and store it: no page of an overview waits for an estimate.

A result is the report's own: the same rows, the same estimate, the same sentences. It is worked out again only where the
fingerprint of the data, the plan or the program has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from outcomes.errors import AnalysisPlanError, EstimateError, NotFoundError
from outcomes.reports.overview import FORM, Figures, figures_to_json, make_figures, without_result
from outcomes.services.runtime import Runtime, code_version
from outcomes.store import aggregates, interventions, stored_results
from outcomes.store.aggregates import Refreshed
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.models import AnalysisPlan, Intervention, StoredResult
    from outcomes.models.base import Json
    from outcomes.services.gather_material import PlanOutcomes
    from outcomes.services.gather_outcomes import Period


@dataclass(frozen=True, slots=True)
class StoredResults:
    """What a refresh did: interventions worked out, found to be as they were, and results of old plans and other periods
    that were removed; and what became of the sums."""

    worked_out: int
    unchanged: int
    removed: int
    sums: Refreshed


@dataclass(slots=True)
class _Work:
    """One refresh in one transaction."""

    runtime: Runtime
    scope: Scope
    session: Session

    def put(
        self, intervention: Intervention, plan: AnalysisPlan, period: Period | None, known: StoredResult | None
    ) -> tuple[UUID, bool] | None:
        """Store what an intervention's row says; gives its id, and whether it was worked out. None: nobody has begun."""
        from outcomes.services.gather_material import gather_plan_outcomes  # noqa: PLC0415 - see STACK: heavy imports

        try:
            found = gather_plan_outcomes(self.runtime, self.session, intervention, plan, period)
        except NotFoundError:
            return None
        snapshot, version = found.data.snapshot, code_version()
        content = _still_true(known, snapshot, version)
        fresh = content is None
        if content is None:
            content = figures_to_json(self._figures(intervention, plan, found))
        result_id = stored_results.put_result(
            self.session,
            organisation_id=self.scope.organisation_id,
            intervention_id=intervention.id,
            plan_id=plan.id,
            first_day=period.from_date if period else None,
            last_day=period.to_date if period else None,
            snapshot=snapshot,
            code_version=version,
            content=content,
            computed_at=self.runtime.now(),
        )
        return result_id, fresh

    def _figures(self, intervention: Intervention, plan: AnalysisPlan, found: PlanOutcomes) -> Figures:
        from outcomes.services.gather_material import gather_material  # noqa: PLC0415

        try:
            material = gather_material(self.runtime, self.session, intervention, plan, found, with_sensitivity=False)
        except (AnalysisPlanError, EstimateError) as error:
            return without_result(error.sentence)
        return make_figures(material)


def _still_true(known: StoredResult | None, snapshot: str, version: str) -> Json | None:
    """What is stored, where neither the data nor the program has changed since."""
    if known is None or (known.snapshot, known.code_version, known.content.get("form")) != (snapshot, version, FORM):
        return None
    return known.content


def store_results(runtime: Runtime, scope: Scope) -> StoredResults | None:
    """Work out every intervention of the organisation, and make its sums anew, in one transaction.

    Results of other periods go: they are worked out again when somebody asks for them. Twice in a row changes no figure.
    None: somebody else is at it just now, and nothing was done.
    """
    with runtime.database.transaction(scope) as session:
        if not stored_results.lock_results(session):
            return None
        done = _refresh(_Work(runtime, scope, session))
        session.commit()
        return done


def _refresh(work: _Work) -> StoredResults:
    """Results before sums: the lock of the sums is everybody's, and not to be held while estimates are made."""
    session = work.session
    plans = stored_results.list_latest_plans(session)
    known = {(each.plan_id, each.first_day): each for each in stored_results.list_results(session)}
    done = []
    for intervention in interventions.list_interventions(session):
        plan = plans.get(intervention.id)
        if plan is not None and plan.frozen_at is not None:
            done.append(work.put(intervention, plan, None, known.get((plan.id, None))))
    stored = [each for each in done if each is not None]
    removed = stored_results.remove_other_results(session, kept=[result_id for result_id, _ in stored])
    sums = aggregates.refresh_aggregates(session, today=work.runtime.today())
    worked_out = sum(fresh for _, fresh in stored)
    return StoredResults(worked_out, len(stored) - worked_out, removed, sums)


def store_results_of_period(
    runtime: Runtime, scope: Scope, *, intervention_ids: frozenset[UUID], period: Period
) -> None:
    """Work out these interventions for those who began in the period, and store it until the next refresh."""
    with runtime.database.transaction(scope) as session:
        work, plans = _Work(runtime, scope, session), stored_results.list_latest_plans(session)
        for intervention in interventions.list_interventions(session):
            plan = plans.get(intervention.id)
            if intervention.id in intervention_ids and plan is not None and plan.frozen_at is not None:
                work.put(intervention, plan, period, None)
        session.commit()
