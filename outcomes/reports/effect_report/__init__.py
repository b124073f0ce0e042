"""The effect report: what is known about one intervention in one organisation, honestly.

``ReportMaterial`` is handed in by the service; ``build_context`` makes the one context that the web page, the PDF, the
workbook and the JSON are all made from. See ``docs/reports/effect-report.md``.
"""

from outcomes.reports.effect_report.build import build_context
from outcomes.reports.effect_report.context import EffectReportContext
from outcomes.reports.effect_report.json import to_json
from outcomes.reports.effect_report.material import (
    CutOffMaterial,
    ExperienceMaterial,
    GoalsMaterial,
    MeasureMaterial,
    MoneyMaterial,
    PersonGoals,
    PlanMaterial,
    PreviousMaterial,
    ReportMaterial,
)
from outcomes.reports.effect_report.pdf import (
    render_archive_pdf,
    render_archive_pdf_in_subprocess,
    render_committee_pdf,
    render_committee_pdf_in_subprocess,
    render_html,
    render_pdf,
    render_pdf_in_subprocess,
)
from outcomes.reports.effect_report.workbook import write_workbook

__all__ = [
    "CutOffMaterial",
    "EffectReportContext",
    "ExperienceMaterial",
    "GoalsMaterial",
    "MeasureMaterial",
    "MoneyMaterial",
    "PersonGoals",
    "PlanMaterial",
    "PreviousMaterial",
    "ReportMaterial",
    "build_context",
    "render_archive_pdf",
    "render_archive_pdf_in_subprocess",
    "render_committee_pdf",
    "render_committee_pdf_in_subprocess",
    "render_html",
    "render_pdf",
    "render_pdf_in_subprocess",
    "to_json",
    "write_workbook",
]
