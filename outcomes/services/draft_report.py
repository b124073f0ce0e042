"""What a release of an intervention's report would hold: its findings and tables of everybody, as people see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.plan import parse_analysis_plan
from outcomes.analysis.suppression import rounding_step
from outcomes.reports.release_content import counts_few
from outcomes.reports.release_document import DocumentSection, ReleaseDocument, as_published, coarsely
from outcomes.reports.release_overview import scale_length
from outcomes.services.build_report import build_report
from outcomes.services.draft_overview import Material
from outcomes.services.freeze_plan import find_plan
from outcomes.services.release_ledger import open_ledger
from outcomes.services.release_people import gather_release_people

if TYPE_CHECKING:
    from outcomes.reports.effect_report.context import Section
    from outcomes.services.gather_outcomes import Period
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

PUBLISHED = frozenset({"flow", "course", "distribution", "progression", "effect", "goals"})
"""Sections about everybody. Those about parts of the people are published with the overview, part by part."""

ABOUT_ONE = "progression"
"""Says how many points one person's change must have to count: the measure's own number, whoever answers."""


def draft_report(runtime: Runtime, scope: Scope, slug: str, period: Period) -> Material:
    """The report of the intervention. Raises ``NotFoundError`` and ``AnalysisPlanError`` as the report does."""
    context = build_report(runtime, scope, intervention_slug=slug, period=period)
    with runtime.database.transaction(scope) as session:
        intervention, stored = find_plan(session, slug)
        plan = parse_analysis_plan(stored.definition["analysis"])
        days = period if stored.definition.get("dates_known", True) else None
        people = gather_release_people(session, intervention, plan, days)
        changed = open_ledger(runtime, session, slug).count_changed(people.inside)
    summary, length = context.summary, scale_length(plan.measure)
    step = rounding_step(max(changed, 1), span=length)
    document = ReleaseDocument(
        context.heading.name,
        (summary.finding, coarsely(summary.number, step), context.heading.period, *summary.cannot_say),
        tuple(_section(section, step, length) for section in context.sections if section.key in PUBLISHED),
    )
    span = f"{days.from_date}..{days.to_date}" if days else ""
    return Material(document, people.whole(span), context.trace.snapshot, ())


def _section(section: Section, step: float, length: float) -> DocumentSection:
    """The section; ``step`` rounds what is of the people, and not how much of a change counts as one; a table's row that
    counts its own people is rounded by them."""
    lines = (section.finding, *section.body, *section.withheld, *section.warnings)
    tables = ((section.figure.table,) if section.figure else ()) + section.tables
    return DocumentSection(
        section.title,
        tuple(line if section.key == ABOUT_ONE else coarsely(line, step) for line in lines if not counts_few(line)),
        tuple(as_published(table, step, length=length) for table in tables if table.on_page),
    )
