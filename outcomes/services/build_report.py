"""The effect report of one intervention and period: one context, which page, PDF, Excel and JSON are made from."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.language import LOCALES
from outcomes.reports.collector import collector_at_rest
from outcomes.services.freeze_plan import find_plan, require_frozen
from outcomes.services.read_requirements import read_requirements
from outcomes.services.settle_period import WholePeriod, read_whole_period
from outcomes.store import interventions

if TYPE_CHECKING:
    from outcomes.reports.effect_report.context import EffectReportContext
    from outcomes.services.gather_outcomes import Period
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

FORMATS = ("json", "pdf", "xlsx")
ALL_FORMATS = (*FORMATS, "udvalg.pdf", "arkiv.pdf")
"""With the one page for the committee, and the report for the archive: PDF/A-3 with its figures attached."""
MEDIA_TYPES = {
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FILES_REMEMBERED = 256

_files: OrderedDict[tuple[str, ...], FileFacts] = OrderedDict()
_files_lock = Lock()


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report as a file: its bytes, its name and its media type."""

    content: bytes
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """``size`` of a file in bytes, and its ``pages`` where it has any."""

    size: int
    pages: int | None


@dataclass(frozen=True, slots=True)
class FileOffer:
    """A file that can be fetched in ``locale``; ``facts``: None where nobody has made it since the data changed."""

    file_format: str
    locale: str
    facts: FileFacts | None


def build_report(
    runtime: Runtime, scope: Scope, *, intervention_slug: str, period: Period | None = None
) -> EffectReportContext:
    """The report's context. ``period`` None: every episode there is.

    Raises ``NotFoundError`` (no intervention, plan or data) and ``AnalysisPlanError`` (plan not frozen). The first time
    that results of a plan are built is written down with the plan.
    """
    with collector_at_rest():
        from outcomes.reports.effect_report import build_context  # noqa: PLC0415 - heavy, and not in a citizen's path
        from outcomes.services.gather_material import gather_material, gather_plan_outcomes  # noqa: PLC0415
        from outcomes.services.gather_parts import gather_parts  # noqa: PLC0415

        with runtime.database.transaction(scope) as session:
            intervention, stored = find_plan(session, intervention_slug)
            require_frozen(stored, intervention_slug)
            found = gather_plan_outcomes(runtime, session, intervention, stored, period)
            material = gather_material(runtime, session, intervention, stored, found)
            material = gather_parts(runtime, session, intervention, found, material)
    if stored.results_first_seen_at is None:
        _mark_seen(runtime, scope, intervention_slug)
    return build_context(replace(material, duties=read_requirements(runtime, scope)))


def _mark_seen(runtime: Runtime, scope: Scope, slug: str) -> None:
    """Write down, before anybody sees them, when a plan's results were first looked at. The first one counts."""
    with runtime.database.transaction(scope) as session:
        _, stored = find_plan(session, slug, lock=True)
        if stored.results_first_seen_at is None:
            stored.results_first_seen_at = max(runtime.now(), require_frozen(stored, slug))
            session.commit()


def render_report(context: EffectReportContext, file_format: str, locale: str) -> ReportFile:
    """The report as one of ``ALL_FORMATS`` in ``locale``. PDF is made in a process of its own."""
    if locale not in LOCALES or file_format not in ALL_FORMATS:
        raise NotFoundError(Sentence("The report does not come in that language or format."))
    content = _render(context, file_format, locale)
    _remember(context, file_format, locale, content)
    name = f"outcomes-{context.trace.snapshot}-{locale}.{file_format}"
    return ReportFile(content, name, MEDIA_TYPES[file_format.rpartition(".")[2]])


def offer_files(context: EffectReportContext) -> tuple[FileOffer, ...]:
    """The files that the report can be taken as, by language, with what is known of their pages and size.

    Data files are small and made at once to tell their size; a PDF takes seconds, and is known once somebody has made it.
    """
    for locale in LOCALES:
        for file_format in ("json", "xlsx"):
            if _key(context, file_format, locale) not in _files:
                _remember(context, file_format, locale, _render(context, file_format, locale))
    return tuple(
        FileOffer(file_format, locale, _files.get(_key(context, file_format, locale)))
        for locale in LOCALES
        for file_format in ("pdf", "udvalg.pdf", "arkiv.pdf", "xlsx", "json")
    )


def _render(context: EffectReportContext, file_format: str, locale: str) -> bytes:
    from outcomes.reports import effect_report as made  # noqa: PLC0415 - heavy, and not in a citizen's path

    if file_format == "pdf":
        return made.render_pdf_in_subprocess(context, locale)
    if file_format == "udvalg.pdf":
        return made.render_committee_pdf_in_subprocess(context, locale)
    if file_format == "arkiv.pdf":
        return made.render_archive_pdf_in_subprocess(context, locale)
    if file_format == "xlsx":
        return made.write_workbook(context, locale)
    return json.dumps(made.to_json(context, locale), ensure_ascii=False, indent=2, allow_nan=False).encode()


def _key(context: EffectReportContext, file_format: str, locale: str) -> tuple[str, ...]:
    """What a file follows from: the data of every part, the days and the plan, and how it is written."""
    trace, heading = context.trace, context.heading
    return (
        trace.snapshot, trace.people_snapshot, trace.previous_snapshot, trace.reproduce, trace.code_version,
        str(trace.plan_version), heading.organisation, str(heading.generated_at.date()), file_format, locale,
    )  # fmt: skip


def _remember(context: EffectReportContext, file_format: str, locale: str, content: bytes) -> None:
    from outcomes.reports.pdf import count_pages  # noqa: PLC0415 - heavy, and not in a citizen's path

    pages = count_pages(content) if file_format.endswith("pdf") else None
    with _files_lock:
        _files[_key(context, file_format, locale)] = FileFacts(len(content), pages)
        while len(_files) > FILES_REMEMBERED:
            _files.popitem(last=False)


def read_period(runtime: Runtime, scope: Scope, *, intervention_slug: str | None = None) -> WholePeriod:
    """The whole quarters from the first to the last start of an episode, in one intervention or all; today's where there
    is none. Whole ones, since the first day would be when somebody began. Of one intervention with a plan, also the
    stretches of quarters that may be asked for."""
    today, whole = runtime.today(), None
    with runtime.database.transaction(scope) as session:
        intervention = interventions.find_intervention(session, slug=intervention_slug) if intervention_slug else None
        stored = interventions.latest_analysis_plan(session, intervention_id=intervention.id) if intervention else None
        if intervention is not None and stored is not None:
            from outcomes.analysis.plan import parse_analysis_plan  # noqa: PLC0415 - not in a citizen's path

            whole = read_whole_period(session, intervention, parse_analysis_plan(stored.definition["analysis"]))
        first, last = interventions.episode_span(session, intervention_id=intervention.id if intervention else None)
    found = WholePeriod(first or today, max(last or today, today)).in_whole_quarters()
    return replace(whole or WholePeriod(today, today), from_date=found.from_date, to_date=found.to_date)
