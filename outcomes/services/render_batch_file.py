"""One report as a file, made in the render process: whatever a renderer keeps, it keeps there, and it is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.services.build_report import ReportFile, render_report

if TYPE_CHECKING:
    from outcomes.reports.effect_report.context import EffectReportContext

AS_IT_IS = ("pdf", "json")
"""Formats that :func:`render_report` makes in the render process by itself, or that nothing is rendered for."""


def render_batch_file(context: EffectReportContext, file_format: str, locale: str) -> ReportFile:
    """The report in ``file_format`` and ``locale``."""
    from outcomes.reports.render_process import render_process  # noqa: PLC0415 - heavy, and not in a citizen's path

    if file_format in AS_IT_IS:
        return render_report(context, file_format, locale)
    return render_process.run(render_report, context, file_format, locale)
