"""How targets stand: each judged by the figures of its own people and days, which are outcomes and nothing else.

Figures that are stored are read; where none are stored they are worked out from the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.analysis.indicators import INDICATORS, IndicatorValue, indicator_value
from outcomes.analysis.population import Population
from outcomes.errors import AnalysisPlanError, EstimateError, NotFoundError, Sentence
from outcomes.reports.parts import LocalText, local_text
from outcomes.reports.targets import (
    LEVEL_WORDS,
    Standing,
    TargetCounts,
    TargetView,
    count_standings,
    stand,
    stand_without,
    wish_words,
)
from outcomes.services.gather_outcomes import Period
from outcomes.services.measure_population import measure_population, read_population
from outcomes.services.settle_period import explain_parted, find_whole_period
from outcomes.store import interventions, stored_results, targets

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from outcomes.analysis.population import PopulationFigures
    from outcomes.models import OutcomeTarget
    from outcomes.services.runtime import Runtime


@dataclass(frozen=True, slots=True)
class TargetNames:
    """What interventions (by slug), providers (by id) and target groups (by code) are called."""

    interventions: Mapping[str, LocalText]
    providers: Mapping[UUID, str]
    groups: Mapping[str, LocalText]


def read_target_names(session: Session) -> TargetNames:
    """The names of what an organisation's targets are about."""
    return TargetNames(
        {each.slug: local_text(each.title) for each in interventions.list_interventions(session)},
        targets.list_provider_names(session),
        {code: local_text(title or code) for code, title in targets.list_group_titles(session).items()},
    )


def list_newest(session: Session) -> list[OutcomeTarget]:
    """The newest version of every target that the organisation may read, also of those that have ended."""
    newest = {(each.organisation_id, each.code): each for each in targets.list_targets(session)}
    return list(newest.values())


def view_targets(
    runtime: Runtime, session: Session, rows: Iterable[OutcomeTarget], names: TargetNames, *, own: UUID | None,
    judged: bool = True, stored_only: bool = False,
) -> tuple[TargetView, ...]:  # fmt: skip
    """Targets with how they stand. ``own``: the organisation that reads them.

    ``judged`` False: without a standing. ``stored_only``: figures that nobody has worked out yet aren't worked out now.
    """
    views = []
    for row in rows:
        standing = judge(runtime, session, row, stored_only=stored_only) if judged and not row.ends else None
        views.append(_view(row, names, standing, own))
    return tuple(views)


def judge(runtime: Runtime, session: Session, row: OutcomeTarget, *, stored_only: bool = False) -> Standing:
    """How one version of a target stands today, by its own people and days."""
    population, period = target_population(row)
    try:
        figures: PopulationFigures | None = read_population(runtime, session, population, period)
        parted = (
            explain_parted(find_whole_period(session, population.intervention), period) if figures is None else None
        )
        if parted is not None:
            return stand_without(parted)
        if figures is None and stored_only:
            return stand_without(Sentence("The figures haven't been worked out yet. They are each night."))
        if figures is None:
            figures = measure_population(runtime, session, population, period)
    except NotFoundError:
        return stand_without(Sentence("Nobody has begun in these days yet."))
    except (AnalysisPlanError, EstimateError) as error:
        return stand_without(error.sentence)
    return stand(
        indicator_value(figures, row.indicator),
        threshold=float(row.threshold),
        direction=row.direction,
        minimum_n=row.minimum_n,
        snapshot=figures.snapshot,
    )


def target_population(row: OutcomeTarget) -> tuple[Population, Period]:
    """Whom a target is about, and when they began."""
    population = Population(row.intervention_slug or "", row.provider_id, row.target_group, row.legal_section)
    return population, Period(row.first_day, row.last_day)


def list_target_populations(session: Session) -> tuple[tuple[Population, Period], ...]:
    """Whom the targets in force are about: whoever stores figures for pages stores these too, so that no page waits."""
    found = {target_population(row) for row in list_newest(session) if not row.ends}
    return tuple(
        sorted(found, key=lambda each: (each[0].intervention, each[0].key, each[1].from_date, each[1].to_date))
    )


def list_population_targets(
    runtime: Runtime, session: Session, population: Population, *, stored_only: bool = False
) -> tuple[TargetView, ...]:
    """The targets in force for exactly these people, with how they stand, by level and code."""
    rows = [row for row in list_newest(session) if not row.ends and target_population(row)[0] == population]
    views = view_targets(runtime, session, rows, read_target_names(session), own=None, stored_only=stored_only)
    return tuple(sorted(views, key=lambda view: (view.level, view.code)))


def list_intervention_targets(
    runtime: Runtime, session: Session, intervention: str, *, stored_only: bool = False
) -> tuple[TargetView, ...]:
    """The targets in force for an intervention's people and for parts of them, those for everybody first."""
    rows = [row for row in list_newest(session) if not row.ends and row.intervention_slug == intervention]
    views = view_targets(runtime, session, rows, read_target_names(session), own=None, stored_only=stored_only)
    return tuple(sorted(views, key=lambda view: (view.population.key, view.level, view.code)))


def read_target_status(
    runtime: Runtime, session: Session, population: Population, *, stored_only: bool = True
) -> TargetCounts:
    """How many of the targets for exactly these people are met, not met, and can't be said yet."""
    return count_standings(list_population_targets(runtime, session, population, stored_only=stored_only))


def count_by_population(runtime: Runtime, session: Session) -> dict[Population, TargetCounts]:
    """The same for every population that has a target, by stored figures alone: for pages of many rows."""
    found: dict[Population, list[OutcomeTarget]] = {}
    for row in list_newest(session):
        if not row.ends:
            found.setdefault(target_population(row)[0], []).append(row)
    names = read_target_names(session)
    return {
        population: count_standings(view_targets(runtime, session, rows, names, own=None, stored_only=True))
        for population, rows in found.items()
    }


def mark_seen(session: Session, views: Iterable[TargetView], at: datetime) -> None:
    """Write down, before anybody sees them, when the results behind the standings were first looked at."""
    shown = {view.intervention for view in views if view.standing and isinstance(view.standing.value, IndicatorValue)}
    ids = {each.id for each in interventions.list_interventions(session) if each.slug in shown}
    plans = stored_results.list_latest_plans(session)
    fresh = {plans[each].id for each in ids & plans.keys() if plans[each].results_first_seen_at is None}
    if fresh:
        stored_results.mark_results_seen(session, plan_ids=fresh, at=at)


def _view(row: OutcomeTarget, names: TargetNames, standing: Standing | None, own: UUID | None) -> TargetView:
    slug, indicator = row.intervention_slug or "", INDICATORS[row.indicator]
    return TargetView(
        code=row.code,
        version=row.version,
        title=local_text(row.title),
        own=row.organisation_id == own,
        level=row.level,
        level_words=LEVEL_WORDS[row.level],
        indicator=row.indicator,
        indicator_title=indicator.title,
        unit=indicator.unit,
        intervention=slug,
        intervention_name=names.interventions.get(slug, local_text(slug)),
        provider_id=row.provider_id,
        provider=names.providers.get(row.provider_id) if row.provider_id else None,
        target_group=row.target_group,
        target_group_title=_group(names, row.target_group),
        legal_section=row.legal_section,
        threshold=float(row.threshold),
        direction=row.direction,
        wish=wish_words(row.indicator, row.direction, float(row.threshold)),
        first_day=row.first_day,
        last_day=row.last_day,
        minimum_n=row.minimum_n,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.created_at,
        ends=row.ends,
        standing=standing,
    )


def _group(names: TargetNames, code: str | None) -> LocalText | None:
    return names.groups.get(code, local_text(code)) if code else None
