"""The effect report as PDF/UA-1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.language import current_locale, text_direction, use_locale
from outcomes.reports.environment import report_environment
from outcomes.reports.pdf import make_pdf
from outcomes.reports.render_process import render_process

if TYPE_CHECKING:
    from outcomes.reports.effect_report.context import EffectReportContext


def render_html(context: EffectReportContext, locale: str) -> str:
    """The whole document as HTML, the way it goes into the PDF: everything open, nothing to click."""
    with use_locale(locale):
        template = report_environment().get_template("reports/effect/document.html")
        return template.render(report=context, locale=current_locale(), direction=text_direction())


def render_pdf(context: EffectReportContext, locale: str) -> bytes:
    """The report as PDF in ``locale``, made in this process: for the render worker and the command line."""
    return make_pdf(render_html(context, locale))


def render_pdf_in_subprocess(context: EffectReportContext, locale: str) -> bytes:
    """The same, made in the render worker: for web processes."""
    return render_process.run(render_pdf, context, locale)
