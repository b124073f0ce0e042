"""A provider's pack of evidence as a document: PDF/UA-1, A4, made from the same context as the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.language import current_locale, text_direction, use_locale
from outcomes.reports.environment import report_environment
from outcomes.reports.pdf import make_pdf
from outcomes.reports.render_process import render_process

if TYPE_CHECKING:
    from outcomes.reports.supervision.context import PackContext


def render_pack_html(pack: PackContext, locale: str) -> str:
    """The pack as HTML, the way it goes into the PDF."""
    with use_locale(locale):
        template = report_environment().get_template("reports/supervision/pack.html")
        return template.render(pack=pack, locale=current_locale(), direction=text_direction())


def render_pack(pack: PackContext, locale: str) -> bytes:
    """The pack as PDF, made in this process: for the render worker and the command line."""
    return make_pdf(render_pack_html(pack, locale))


def render_pack_apart(pack: PackContext, locale: str) -> bytes:
    """The same, made in the render process: for web processes."""
    return render_process.run(render_pack, pack, locale)
