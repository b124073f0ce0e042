"""Analysis plans: kept with the intervention, versioned, and frozen before anybody looks at results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from outcomes.errors import AnalysisPlanError, NotFoundError, Sentence
from outcomes.instruments import ErrorKind, ReliabilityKind, restore_instrument
from outcomes.models import AnalysisPlan as StoredPlan
from outcomes.models import Intervention
from outcomes.reports.parts import LocalText, local_text
from outcomes.store import instruments, interventions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.instruments import Instrument, Scale
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

Wording = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlanView:
    """The newest plan of an intervention, for the page that freezes it. ``definition``: the plan as it was written."""

    intervention_slug: str
    intervention: LocalText
    version: int
    created_at: datetime
    frozen_at: datetime | None
    frozen_by: str | None
    definition: Mapping[str, Any]
    characteristics: Mapping[str, LocalText]
    measure: tuple[LocalText, ...]
    """Name of the questionnaire and of its scale; once where they are the same."""
    months: Mapping[str, float]
    """When each occasion is, in months since the start, by its code."""
    earlier: tuple[tuple[int, datetime | None], ...]


def make_definition(
    analysis: Mapping[str, Any],
    *,
    comparison: Wording | None = None,
    characteristics: Mapping[str, Wording] | None = None,
    categories: Mapping[str, Mapping[str, Wording]] | None = None,
    data_source: Wording | None = None,
    dates_known: bool = True,
) -> dict[str, Any]:
    """What is stored of a plan: the plan itself (checked here) and the words for what it names.

    ``characteristics``: words for each covariate; ``categories``: for each covariate, words for its values.
    ``dates_known`` False: the episodes' dates only carry the months between, and no report shows them.
    Raises ``AnalysisPlanError`` with every fault of the plan.
    """
    from outcomes.analysis.plan import parse_analysis_plan  # noqa: PLC0415 - pandas stays out of the citizen's path

    return {
        "analysis": parse_analysis_plan(analysis).to_mapping(),
        "words": {
            "comparison": dict(comparison) if comparison else None,
            "characteristics": {key: dict(words) for key, words in (characteristics or {}).items()},
            "categories": {
                key: {value: dict(words) for value, words in values.items()}
                for key, values in (categories or {}).items()
            },
            "data_source": dict(data_source) if data_source else None,
        },
        "dates_known": dates_known,
    }


def describe_precision(instrument: Instrument, scale: Scale) -> dict[str, Any] | None:
    """What an instrument's file says of its measurement error, as an analysis plan says it; None where it isn't known."""
    error = scale.measurement_error
    source = error.source.text if error.source else f"{instrument.title['da']} {instrument.version}"
    if error.smallest_detectable_change is not None:
        return {
            "kind": "smallest_detectable_change",
            "smallest_detectable_change": error.smallest_detectable_change,
            "inclusive": error.inclusive,
            "source": source,
        }
    if error.reliability is None:
        return None
    consistency = error.reliability_kind is ReliabilityKind.INTERNAL_CONSISTENCY
    known = {"reliability": error.reliability, "internal_consistency": consistency, "source": source}
    if error.kind is ErrorKind.OWN_BASELINE_SD:
        return {"kind": "own_baseline_sd", **known}
    return {"kind": "sd_reliability", "sd": error.sd, "assumed": error.assumed, **known}


def add_plan(session: Session, scope: Scope, intervention: Intervention, definition: dict[str, Any]) -> StoredPlan:
    """A new version of the intervention's plan, not frozen yet."""
    latest = interventions.latest_analysis_plan(session, intervention_id=intervention.id)
    plan = StoredPlan(
        organisation_id=scope.organisation_id,
        intervention_id=intervention.id,
        version=latest.version + 1 if latest else 1,
        definition=definition,
    )
    session.add(plan)
    session.flush()
    return plan


def read_plan(runtime: Runtime, scope: Scope, slug: str) -> PlanView:
    """The newest plan. Raises ``NotFoundError`` where there is no such intervention or it has no plan."""
    with runtime.database.transaction(scope) as session:
        intervention, plan = find_plan(session, slug)
        versions = interventions.list_analysis_plans(session, intervention_id=intervention.id)
        analysis = plan.definition["analysis"]
        return PlanView(
            intervention_slug=slug,
            intervention=local_text(intervention.title),
            version=plan.version,
            created_at=plan.created_at,
            frozen_at=plan.frozen_at,
            frozen_by=plan.frozen_by,
            definition=analysis,
            measure=_measure_names(session, analysis["measure"]["instrument"], analysis["measure"]["scale"]),
            months=interventions.occasion_times(session, intervention_id=intervention.id),
            characteristics={
                key: local_text(text) for key, text in plan.definition["words"]["characteristics"].items()
            },
            earlier=tuple((old.version, old.frozen_at) for old in versions if old.version < plan.version),
        )


def _measure_names(session: Session, key: str, scale_key: str) -> tuple[LocalText, ...]:
    found = [version for version in instruments.list_versions(session) if version.key == key]
    if not found:
        return (local_text(key), local_text(scale_key))
    instrument = restore_instrument(found[-1].definition)
    scale = next((scale for scale in instrument.scales if scale.key == scale_key), None)
    names = (local_text(instrument.title), local_text((scale.title if scale else None) or instrument.title))
    return tuple(dict.fromkeys(names))


def freeze_plan(runtime: Runtime, scope: Scope, slug: str, *, by: str) -> int:
    """Freeze the newest plan; gives its version. Frozen already: nothing changes."""
    with runtime.database.transaction(scope) as session:
        _, plan = find_plan(session, slug, lock=True)
        if plan.frozen_at is None:
            plan.frozen_at = runtime.now()
            plan.frozen_by = by
            session.commit()
        return plan.version


def find_plan(session: Session, slug: str, *, lock: bool = False) -> tuple[Intervention, StoredPlan]:
    """An intervention and its newest plan. Raises ``NotFoundError``."""
    intervention = interventions.find_intervention(session, slug=slug)
    if intervention is None:
        raise NotFoundError(Sentence("There is no intervention called %(name)s here.", name=slug))
    plan = interventions.latest_analysis_plan(session, intervention_id=intervention.id, lock=lock)
    if plan is None:
        raise NotFoundError(Sentence("%(name)s has no analysis plan yet.", name=slug))
    return intervention, plan


def require_frozen(plan: StoredPlan, slug: str) -> datetime:
    """When the plan was frozen. Raises ``AnalysisPlanError`` where it wasn't: results wait for that."""
    if plan.frozen_at is None:
        raise AnalysisPlanError(
            Sentence(
                "The analysis plan of %(name)s is not frozen yet. Freeze it first: then the report can be made, and "
                "nobody can say that the plan was fitted to the result.",
                name=slug,
            )
        )
    return plan.frozen_at
