"""What the report of a part is made from, and the context that page, PDF, workbook and JSON are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from outcomes.analysis.population import PopulationFigures
from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import Heading, KeyFigure, Method, Section, Trace
from outcomes.reports.effect_report.material import MeasureMaterial
from outcomes.reports.overview_page import OverviewRow
from outcomes.reports.parts import LocalText
from outcomes.reports.targets import TargetView


@dataclass(frozen=True, slots=True)
class PartMaterial:
    """The overview's own ``row`` of the part, and the stored ``figures`` behind it; ``everybody``: those of all the people
    (None: not stored)."""

    organisation: str
    row: OverviewRow
    figures: PopulationFigures
    everybody: PopulationFigures | None
    plan_version: int
    plan_frozen_on: date | None
    measure: MeasureMaterial
    period_from: date
    period_to: date
    targets: tuple[TargetView, ...]
    code_version: str
    reproduce: str
    generated_at: datetime
    is_demo: bool


@dataclass(frozen=True, slots=True)
class PartContext:
    """The whole report of a part. ``mark``: a few letters for a file's name, the same for the same part and another for any
    other; ``caution``: how much is unknown, where that is much (None: little)."""

    heading: Heading
    mark: str
    part: LocalText
    finding: Sentence
    caution: Sentence | None
    number: Sentence
    key_figures: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    method: Method
    trace: Trace

    def section(self, key: str) -> Section:
        """The section called ``key``; KeyError where there is none."""
        return {section.key: section for section in self.sections}[key]
