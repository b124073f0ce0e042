"""Work out what the overview says of each intervention and of the parts of its people, once, and store it.

No page of an overview waits for an estimate. A result is the report's own: the same rows, the same estimate, the same
sentences. It is worked out again only where the fingerprint of the data, the plan or the program has changed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from outcomes.analysis.population import EVERYBODY
from outcomes.errors import AnalysisPlanError, EstimateError, NotFoundError
from outcomes.reports.overview import make_figures, make_part, row_to_json, without_result
from outcomes.reports.stored_population import FORM
from outcomes.services.measure_population import PartEstimates, holds_everybody
from outcomes.services.runtime import Runtime, code_version
from outcomes.services.settle_period import explain_parted, find_whole_period
from outcomes.store import aggregates, interventions, stored_results
from outcomes.store.aggregates import Refreshed
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from outcomes.analysis.population import Population
    from outcomes.models import AnalysisPlan, Intervention, StoredResult
    from outcomes.models.base import Json
    from outcomes.services.gather_material import PlanOutcomes
    from outcomes.services.gather_outcomes import Period
    from outcomes.services.gather_population import People
    from outcomes.store.stored_results import Span


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
    estimates: PartEstimates = field(default_factory=dict)

    def put(
        self, intervention: Intervention, plan: AnalysisPlan, period: Period | None, known: Mapping[str, StoredResult],
        also: Sequence[Population] = (),
    ) -> tuple[list[UUID], bool] | None:  # fmt: skip
        """Store what is known of an intervention and of each part of its people; gives the ids, and whether it was worked
        out. None: nobody has begun. ``known``: what is stored, by population; ``also``: parts that are asked for."""
        from outcomes.services.gather_material import gather_plan_outcomes  # noqa: PLC0415 - see STACK: heavy imports
        from outcomes.services.gather_population import gather_people  # noqa: PLC0415

        try:
            found = gather_plan_outcomes(self.runtime, self.session, intervention, plan, period)
        except NotFoundError:
            return None
        people = gather_people(self.session, intervention, found, self.runtime.today(), also=also)
        wanted = {each.key for each in also if people.parts.get(each.key)}
        contents = _still_true(known, people.fingerprint, code_version(), wanted)
        fresh = contents is None
        if contents is None:
            contents = self._contents(intervention, plan, found, people)
        ids = [
            self._put(intervention, plan, period, population, people.fingerprint, content)
            for population, content in sorted(contents.items())
        ]
        return ids, fresh

    def _put(
        self, intervention: Intervention, plan: AnalysisPlan, period: Period | None, population: str, snapshot: str,
        content: Json,
    ) -> UUID:  # fmt: skip
        return stored_results.put_result(
            self.session,
            organisation_id=self.scope.organisation_id,
            intervention_id=intervention.id,
            plan_id=plan.id,
            population=population,
            first_day=period.from_date if period else None,
            last_day=period.to_date if period else None,
            snapshot=snapshot,
            code_version=code_version(),
            content=content,
            computed_at=self.runtime.now(),
        )

    def _contents(
        self, intervention: Intervention, plan: AnalysisPlan, found: PlanOutcomes, people: People
    ) -> dict[str, Json]:
        """What is stored, by population; everybody's row alone where nothing can be estimated."""
        from outcomes.services.gather_material import gather_material  # noqa: PLC0415
        from outcomes.services.measure_population import describe_people  # noqa: PLC0415

        try:
            material = gather_material(self.runtime, self.session, intervention, plan, found, with_sensitivity=False)
        except (AnalysisPlanError, EstimateError) as error:
            return {EVERYBODY: row_to_json(without_result(error.sentence), None)}
        figures = describe_people(people, found, material.estimate, made=self.estimates)
        row = make_figures(material)
        parts = {
            key: row_to_json(make_part(each, row.scale), each) for key, each in figures.items() if key != EVERYBODY
        }
        return {EVERYBODY: row_to_json(row, figures.get(EVERYBODY)), **parts}


def _still_true(
    known: Mapping[str, StoredResult], fingerprint: str, version: str, wanted: set[str]
) -> dict[str, Json] | None:
    """What is stored, where neither the data nor the program has changed since and nothing wanted is missing."""
    same = {(each.snapshot, each.code_version, each.content.get("form")) for each in known.values()}
    if same != {(fingerprint, version, FORM)} or not {EVERYBODY, *wanted} <= known.keys():
        return None
    return {population: each.content for population, each in known.items()}


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
    plans, spans = stored_results.list_latest_plans(session), stored_results.list_spans(session)
    known: dict[tuple[UUID, date | None, date | None], dict[str, StoredResult]] = defaultdict(dict)
    for result in stored_results.list_results(session):
        known[result.plan_id, result.first_day, result.last_day][result.population] = result
    done, of_targets = [], []
    asked = _list_target_periods(session)
    for intervention in interventions.list_interventions(session):
        plan = plans.get(intervention.id)
        if plan is not None and plan.frozen_at is not None:
            whole, periods = _split(plan, spans.get(intervention.id), asked.get(intervention.slug, ()))
            done.append(work.put(intervention, plan, None, known[plan.id, None, None], whole))
            for period, parts in periods.items():
                before = known[plan.id, period.from_date, period.to_date]
                of_targets.append(work.put(intervention, plan, period, before, parts))
    stored = [each for each in done if each is not None]
    kept = [result_id for each in (*done, *of_targets) if each is not None for result_id in each[0]]
    removed = stored_results.remove_other_results(session, kept=kept)
    sums = aggregates.refresh_aggregates(session, today=work.runtime.today())
    worked_out = sum(fresh for _, fresh in stored)
    return StoredResults(worked_out, len(stored) - worked_out, removed, sums)


def _list_target_periods(session: Session) -> dict[str, list[tuple[Population, Period]]]:
    """Whom targets in force are about and when they began, by intervention: no page of targets waits for an estimate.

    Days that part a few people from the others are left out: no figure of them is shown."""
    from outcomes.services.judge_targets import list_target_populations  # noqa: PLC0415 - it measures by what is here

    found: dict[str, list[tuple[Population, Period]]] = defaultdict(list)
    for population, period in list_target_populations(session):
        found[population.intervention].append((replace(population, legal_section=None), period))
    whole = {slug: find_whole_period(session, slug) for slug in found}
    return {
        slug: [each for each in asked if explain_parted(whole[slug], each[1]) is None] for slug, asked in found.items()
    }


def _split(
    plan: AnalysisPlan, span: Span | None, asked: Sequence[tuple[Population, Period]]
) -> tuple[list[Population], dict[Period, list[Population]]]:
    """The parts that are asked for of everybody who ever began, and of those who began in a period."""
    whole: list[Population] = []
    periods: dict[Period, list[Population]] = defaultdict(list)
    for population, period in asked:
        parts = whole if holds_everybody(plan, span, period) else periods[period]
        if not population.is_everybody:
            parts.append(population)
    return whole, periods


def store_results_of_period(
    runtime: Runtime,
    scope: Scope,
    *,
    intervention_ids: frozenset[UUID],
    period: Period | None,
    also: Sequence[Population] = (),
) -> None:
    """Work out these interventions for those who began in the period (None: whenever), and store it until the next refresh.

    ``also``: parts of their people that are asked for beside each provider and each target group.
    """
    with runtime.database.transaction(scope) as session:
        work, plans = _Work(runtime, scope, session), stored_results.list_latest_plans(session)
        for intervention in interventions.list_interventions(session):
            plan = plans.get(intervention.id)
            if intervention.id in intervention_ids and plan is not None and plan.frozen_at is not None:
                parts = [each for each in also if each.intervention == intervention.slug]
                work.put(intervention, plan, period, {}, parts)
        session.commit()
