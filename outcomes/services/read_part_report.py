"""The report of a part of an intervention's people, from the figures that the overview stores and shows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.analysis.population import Population
from outcomes.errors import NotFoundError, Sentence
from outcomes.language import LOCALES, TIMEZONE
from outcomes.reports.overview_page import OverviewQuestion
from outcomes.services.build_report import MEDIA_TYPES, FileOffer, ReportFile, read_period
from outcomes.services.freeze_plan import find_plan
from outcomes.services.gather_outcomes import Period
from outcomes.services.judge_targets import list_population_targets
from outcomes.services.list_interventions import list_interventions
from outcomes.services.measure_population import read_population
from outcomes.services.runtime import code_version
from outcomes.store import organisations

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.reports.overview_page import OverviewRow
    from outcomes.reports.part_report import PartContext, PartMaterial
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

FORMATS = ("pdf", "xlsx", "json")


def name_part(intervention: str, provider: str | None, target_group: str | None) -> Population:
    """The part that somebody writes; raises ``NotFoundError`` for a provider's id that is none."""
    try:
        return Population(intervention, UUID(provider) if provider else None, target_group or None)
    except ValueError:
        raise _nothing() from None


def read_part_report(runtime: Runtime, scope: Scope, *, part: Population, period: Period | None = None) -> PartContext:
    """The report of ``part``: of one provider, one target group, or one provider's people of a target group. ``period`` None:
    everybody who ever began.

    Figures are those of the overview for the same period, worked out the first time that somebody asks for them. Raises
    ``NotFoundError`` where there are no such people, and where nothing is stored of them that may be shown.
    """
    from outcomes.reports.part_report import build_part  # noqa: PLC0415 - heavy, and not in a citizen's path

    question = OverviewQuestion(
        provider_id=part.provider_id, target_group=part.target_group, intervention=part.intervention
    )
    period = period or read_period(runtime, scope, intervention_slug=part.intervention)
    page = list_interventions(runtime, scope, period, question)
    row = next((each for each in page.rows if each.population == part and each.figures), None)
    if row is None or part.is_everybody:
        raise _nothing()
    days = Period(*row.days) if row.days else period
    with runtime.database.transaction(scope) as session:
        return build_part(_material(runtime, session, row, days))


def _material(runtime: Runtime, session: Session, row: OverviewRow, period: Period) -> PartMaterial:
    from outcomes.analysis.plan import parse_analysis_plan  # noqa: PLC0415 - heavy
    from outcomes.reports.part_report import PartMaterial  # noqa: PLC0415
    from outcomes.services.gather_measure import find_measure  # noqa: PLC0415

    intervention, stored = find_plan(session, row.population.intervention)
    figures = read_population(runtime, session, row.population, period)
    if figures is None:
        raise _nothing()
    plan = parse_analysis_plan(stored.definition["analysis"])
    organisation = organisations.get_organisation(session, organisation_id=intervention.organisation_id)
    everybody = replace(row.population, provider_id=None, target_group=None)
    return PartMaterial(
        organisation=organisation.name,
        row=row,
        figures=figures,
        everybody=read_population(runtime, session, everybody, period),
        plan_version=stored.version,
        plan_frozen_on=stored.frozen_at.astimezone(TIMEZONE).date() if stored.frozen_at else None,
        measure=find_measure(session, plan, frozenset()),
        period_from=figures.first_day,
        period_to=figures.last_day,
        targets=list_population_targets(runtime, session, row.population, stored_only=True),
        code_version=code_version(),
        reproduce=_command(organisation.slug, row.population, period),
        generated_at=runtime.now(),
        is_demo=runtime.settings.demo,
    )


def _command(organisation: str, part: Population, period: Period) -> str:
    asked = [f"--provider {part.provider_id}" if part.provider_id else ""]
    asked += [f"--target-group {part.target_group}" if part.target_group else ""]
    whom = " ".join(each for each in asked if each)
    days = f"--from {period.from_date} --to {period.to_date}"
    return (
        f"outcomes report --organisation {organisation} --intervention {part.intervention} {whom} {days} --format json"
    )


def render_part(context: PartContext, file_format: str, locale: str) -> ReportFile:
    """The report of a part as one of ``FORMATS`` in ``locale``. PDF is made in a process of its own."""
    from outcomes.reports import part_report as made  # noqa: PLC0415 - heavy, and not in a citizen's path

    if locale not in LOCALES or file_format not in FORMATS:
        raise NotFoundError(Sentence("The report does not come in that language or format."))
    name = f"outcomes-part-{context.trace.snapshot}-{context.mark}-{locale}.{file_format}"
    if file_format == "pdf":
        content = made.render_part_pdf(context, locale)
    elif file_format == "xlsx":
        content = made.write_part_workbook(context, locale)
    else:
        text = json.dumps(made.part_to_json(context, locale), ensure_ascii=False, indent=2, allow_nan=False)
        content = text.encode()
    return ReportFile(content, name, MEDIA_TYPES[file_format])


def offer_part_files() -> tuple[FileOffer, ...]:
    """The files that the report of a part can be taken as; none is made before somebody asks for it."""
    return tuple(FileOffer(file_format, locale, None) for locale in LOCALES for file_format in FORMATS)


def _nothing() -> NotFoundError:
    return NotFoundError(Sentence("There is no such page, or it is not yours to see."))


__all__ = ["FORMATS", "Population", "name_part", "offer_part_files", "read_part_report", "render_part"]
