"""The effect report on paper: PDF/UA-1, the same for the archive as PDF/A-3 with its figures as data, and one page for those
who decide."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from outcomes.language import current_locale, gettext, text_direction, use_locale
from outcomes.reports.effect_report.json import to_json
from outcomes.reports.effect_report.workbook import write_workbook
from outcomes.reports.environment import report_environment
from outcomes.reports.pdf import DataFile, make_archive_pdf, make_pdf
from outcomes.reports.render_process import render_process

if TYPE_CHECKING:
    from outcomes.reports.effect_report.context import EffectReportContext

WHOLE, COMMITTEE = "reports/effect/document.html", "reports/effect/committee_document.html"


def render_html(context: EffectReportContext, locale: str, *, template: str = WHOLE) -> str:
    """The whole document as HTML, the way it goes into the PDF: everything open, nothing to click."""
    with use_locale(locale):
        found = report_environment().get_template(template)
        return found.render(report=context, locale=current_locale(), direction=text_direction())


def render_pdf(context: EffectReportContext, locale: str) -> bytes:
    """The report as PDF in ``locale``, made in this process: for the render worker and the command line."""
    return make_pdf(render_html(context, locale))


def render_committee_pdf(context: EffectReportContext, locale: str) -> bytes:
    """The one page for the committee as PDF."""
    return make_pdf(render_html(context, locale, template=COMMITTEE))


def render_archive_pdf(context: EffectReportContext, locale: str) -> bytes:
    """The report as PDF/A-3 with its figures attached, as JSON and as a workbook."""
    with use_locale(locale):
        name = f"outcomes-{context.trace.snapshot[:16]}-{locale}"
        data = json.dumps(to_json(context, locale), ensure_ascii=False, indent=2, allow_nan=False).encode()
        files = (
            DataFile(f"{name}.json", gettext("The figures of this report as data (JSON)"), data),
            DataFile(
                f"{name}.xlsx", gettext("The figures of this report as a workbook (Excel)"),
                write_workbook(context, locale),
            ),
        )  # fmt: skip
        return make_archive_pdf(render_html(context, locale), files, made=context.heading.generated_at)


def render_pdf_in_subprocess(context: EffectReportContext, locale: str) -> bytes:
    """The same as :func:`render_pdf`, made in the render worker: for web processes."""
    return render_process.run(render_pdf, context, locale)


def render_committee_pdf_in_subprocess(context: EffectReportContext, locale: str) -> bytes:
    """The same as :func:`render_committee_pdf`, made in the render worker."""
    return render_process.run(render_committee_pdf, context, locale)


def render_archive_pdf_in_subprocess(context: EffectReportContext, locale: str) -> bytes:
    """The same as :func:`render_archive_pdf`, made in the render worker."""
    return render_process.run(render_archive_pdf, context, locale)
