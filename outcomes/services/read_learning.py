"""Everything for a learning meeting about one intervention: stored figures, and what the team has written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import AnalysisPlanError, NotFoundError, Sentence
from outcomes.reports.learning import LearningContext, LearningMaterial, Origin, build_learning
from outcomes.reports.parts import LocalText, local_text
from outcomes.reports.stored_population import read_stored_figures
from outcomes.services.freeze_plan import require_frozen
from outcomes.services.runtime import code_version
from outcomes.store import interventions, learning, organisations, stored_results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from outcomes.analysis.population import PopulationFigures
    from outcomes.models import AnalysisPlan, Intervention, LearningMeeting, StoredResult
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

    Parts = dict[str, list[tuple[LocalText | str, PopulationFigures]]]


def read_learning(runtime: Runtime, scope: Scope, *, intervention_slug: str) -> LearningContext:
    """The context of a meeting. A few queries on stored figures, whatever the number of citizens.

    Raises ``NotFoundError`` where there is no such intervention. That a plan's results were seen is written down.
    """
    with runtime.database.transaction(scope) as session:
        intervention = find_own(session, intervention_slug)
        plan = interventions.latest_analysis_plan(session, intervention_id=intervention.id)
        stored = list_stored(session, plan, intervention.slug)
        context = build_learning(_material(runtime, session, intervention, plan, stored))
        if stored and plan is not None and plan.results_first_seen_at is None:  # before anybody sees them
            stored_results.mark_results_seen(session, plan_ids=[plan.id], at=runtime.now())
            session.commit()
    return context


def find_own(session: Session, slug: str) -> Intervention:
    """The intervention of this name. Raises ``NotFoundError``."""
    found = interventions.find_intervention(session, slug=slug)
    if found is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    return found


def list_stored(session: Session, plan: AnalysisPlan | None, slug: str) -> Sequence[StoredResult]:
    """What is stored under the newest plan, where that is frozen; everybody first."""
    if plan is None:
        return ()
    try:
        require_frozen(plan, slug)
    except AnalysisPlanError:
        return ()
    return learning.list_figures(session, plan_id=plan.id)


def _material(
    runtime: Runtime, session: Session, intervention: Intervention, plan: AnalysisPlan | None,
    stored: Sequence[StoredResult],
) -> LearningMaterial:  # fmt: skip
    today = runtime.today()
    meetings = learning.list_meetings(session, intervention_id=intervention.id)
    earlier = [each for each in meetings if each.held_on < today]
    everybody = next((each for each in stored if not each.population), None)
    figures = read_stored_figures(everybody.content) if everybody else None
    providers = learning.list_provider_names(session)
    return LearningMaterial(
        organisation=organisations.get_organisation(session, organisation_id=intervention.organisation_id).name,
        slug=intervention.slug,
        intervention=local_text(intervention.title),
        today=today,
        is_demo=runtime.settings.demo,
        figures=figures,
        parts=_parts(
            stored, {str(each): name for each, name in providers.items()}, learning.list_group_titles(session)
        ),
        seen=_seen(earlier),
        met_today=next((each.id for each in meetings if each.held_on == today), None),
        meetings=tuple(each.held_on for each in earlier),
        points=learning.list_points(session, intervention_id=intervention.id),
        starts=learning.list_first_starts(session, intervention_id=intervention.id),
        stopped=learning.count_stopped(session, intervention_id=intervention.id),
        origin=Origin(
            plan_version=plan.version if plan else None,
            snapshot=figures.snapshot if figures else "",
            code_version=everybody.code_version if everybody else code_version(),
            computed_at=everybody.computed_at if everybody else None,
        ),
    )


def _seen(earlier: Sequence[LearningMeeting]) -> tuple[date, PopulationFigures | None] | None:
    """The newest earlier meeting's day, and the figures that it saw."""
    return (earlier[0].held_on, read_stored_figures(earlier[0].seen)) if earlier else None


def _parts(stored: Sequence[StoredResult], providers: Mapping[str, str], groups: Mapping[str, dict[str, str]]) -> Parts:
    """The figures of each provider and each target group, with its name. Nothing that is a part by two marks at once."""
    found: Parts = {"provider": [], "target_group": []}
    for each in stored:
        figures = read_stored_figures(each.content) if each.population else None
        whose = figures.population if figures else None
        if figures is None or whose is None or (whose.provider_id and whose.target_group):
            continue
        if whose.provider_id is not None:
            found["provider"].append((providers.get(str(whose.provider_id), ""), figures))
        elif whose.target_group is not None:
            code = whose.target_group
            found["target_group"].append((local_text(groups[code]) if groups.get(code) else code, figures))
    return found
