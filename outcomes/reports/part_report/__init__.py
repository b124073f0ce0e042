"""The report of a part of an intervention's people: one provider's, one target group's, or one provider's of a target group.

Made of the same stored figures as the overview, so that it shows what the overview shows and hides what it hides. See
``docs/reports/part-report.md``.
"""

from outcomes.reports.part_report.build import build_part
from outcomes.reports.part_report.context import PartContext, PartMaterial
from outcomes.reports.part_report.exports import part_to_json, render_part_pdf, write_part_workbook

__all__ = [
    "PartContext",
    "PartMaterial",
    "build_part",
    "part_to_json",
    "render_part_pdf",
    "write_part_workbook",
]
