"""Composition: material to context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.evidence import allowed_word
from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import EffectReportContext, Heading, Trace
from outcomes.reports.effect_report.course import course_section
from outcomes.reports.effect_report.distribution import distribution_section
from outcomes.reports.effect_report.effect import effect_section
from outcomes.reports.effect_report.flow import flow_section
from outcomes.reports.effect_report.goals import goals_section
from outcomes.reports.effect_report.method import build_method
from outcomes.reports.effect_report.progression import progression_section
from outcomes.reports.effect_report.starting_point import starting_point_section
from outcomes.reports.effect_report.summary import build_summary
from outcomes.reports.effect_report.words import Words

if TYPE_CHECKING:
    from outcomes.reports.effect_report.material import ReportMaterial


def build_context(material: ReportMaterial) -> EffectReportContext:
    """The report's context: every number at full precision, every sentence untranslated.

    Pure and total: whatever the analysis withheld becomes a section that says why.
    """
    words = Words(material)
    sections = [
        flow_section(words),
        starting_point_section(words),
        course_section(words),
        progression_section(words),
        effect_section(words),
        distribution_section(words),
    ]
    if material.goals is not None:
        sections.append(goals_section(material.goals))
    return EffectReportContext(
        heading=_heading(words),
        summary=build_summary(words),
        sections=tuple(sections),
        method=build_method(words),
        trace=Trace(
            material.plan.version, material.plan.frozen_on, material.snapshot, material.code_version, material.reproduce
        ),
        estimate=material.estimate,
        begun=tuple((arm, words.begun(arm)) for arm in (None, *(size.arm for size in material.estimate.arms))),
    )


def _heading(words: Words) -> Heading:
    material = words.material
    version = Sentence(
        "Analysis plan version %(plan)s, data %(data)s", plan=material.plan.version, data=material.snapshot[:8]
    )
    causal = material.estimate.label.causal
    return Heading(
        name=Sentence("Effect report") if causal else Sentence("Outcome report"),
        organisation=material.organisation,
        intervention=material.intervention,
        kind=allowed_word(material.estimate.label),
        period=words.period,
        version=version,
        generated_at=material.generated_at,
        is_demo=material.is_demo,
    )
