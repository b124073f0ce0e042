"""The effect report of one intervention and period: one context, which page, PDF, Excel and JSON are made from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.language import LOCALES
from outcomes.services.freeze_plan import find_plan, require_frozen
from outcomes.services.gather_outcomes import Period
from outcomes.store import interventions

if TYPE_CHECKING:
    from outcomes.reports.effect_report.context import EffectReportContext
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

FORMATS = ("json", "pdf", "xlsx")


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report as a file: its bytes, its name and its media type."""

    content: bytes
    name: str
    media_type: str


def build_report(
    runtime: Runtime, scope: Scope, *, intervention_slug: str, period: Period | None = None
) -> EffectReportContext:
    """The report's context. ``period`` None: every episode there is.

    Raises ``NotFoundError`` (no intervention, plan or data) and ``AnalysisPlanError`` (plan not frozen). The first time
    that results of a plan are built is written down with the plan.
    """
    from outcomes.reports.effect_report import build_context  # noqa: PLC0415 - heavy, and not in a citizen's path
    from outcomes.services.gather_material import gather_material, gather_plan_outcomes  # noqa: PLC0415

    with runtime.database.transaction(scope) as session:
        intervention, stored = find_plan(session, intervention_slug)
        require_frozen(stored, intervention_slug)
        found = gather_plan_outcomes(runtime, session, intervention, stored, period)
        material = gather_material(runtime, session, intervention, stored, found)
    if stored.results_first_seen_at is None:
        _mark_seen(runtime, scope, intervention_slug)
    return build_context(material)


def _mark_seen(runtime: Runtime, scope: Scope, slug: str) -> None:
    """Write down, before anybody sees them, when a plan's results were first looked at. The first one counts."""
    with runtime.database.transaction(scope) as session:
        _, stored = find_plan(session, slug, lock=True)
        if stored.results_first_seen_at is None:
            stored.results_first_seen_at = max(runtime.now(), require_frozen(stored, slug))
            session.commit()


def render_report(context: EffectReportContext, file_format: str, locale: str) -> ReportFile:
    """The report as ``json``, ``pdf`` or ``xlsx`` in ``locale``. PDF is made in a process of its own."""
    from outcomes.reports.effect_report import (  # noqa: PLC0415
        render_pdf_in_subprocess,
        to_json,
        write_workbook,
    )

    if locale not in LOCALES or file_format not in FORMATS:
        raise NotFoundError(Sentence("The report does not come in that language or format."))
    name = f"outcomes-{context.trace.snapshot}-{locale}.{file_format}"
    if file_format == "pdf":
        return ReportFile(render_pdf_in_subprocess(context, locale), name, "application/pdf")
    if file_format == "xlsx":
        media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return ReportFile(write_workbook(context, locale), name, media_type)
    text = json.dumps(to_json(context, locale), ensure_ascii=False, indent=2, allow_nan=False)
    return ReportFile(text.encode(), name, "application/json")


def read_period(runtime: Runtime, scope: Scope, *, intervention_slug: str | None = None) -> Period:
    """From the first to the last start of an episode, in one intervention or all; today where there is none."""
    with runtime.database.transaction(scope) as session:
        intervention = interventions.find_intervention(session, slug=intervention_slug) if intervention_slug else None
        first, last = interventions.episode_span(session, intervention_id=intervention.id if intervention else None)
    today = runtime.today()
    return Period(first or today, max(last or today, today))
