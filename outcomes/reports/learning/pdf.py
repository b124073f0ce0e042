"""The printout of a learning meeting as PDF/UA-1: two or three pages to have on the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.language import current_locale, text_direction, use_locale
from outcomes.reports.environment import report_environment
from outcomes.reports.pdf import make_pdf
from outcomes.reports.render_process import render_process

if TYPE_CHECKING:
    from outcomes.reports.learning.context import LearningContext


def render_html(context: LearningContext, locale: str) -> str:
    """The whole document as HTML, the way it goes into the PDF."""
    with use_locale(locale):
        template = report_environment().get_template("reports/learning/document.html")
        return template.render(learning=context, locale=current_locale(), direction=text_direction())


def render_pdf(context: LearningContext, locale: str) -> bytes:
    """The printout in ``locale``, made in this process: for the render worker and the command line."""
    return make_pdf(render_html(context, locale))


def render_pdf_in_subprocess(context: LearningContext, locale: str) -> bytes:
    """The same, made in the render worker: for web processes."""
    return render_process.run(render_pdf, context, locale)
