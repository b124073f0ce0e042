"""Composition: material to context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.evidence import allowed_word
from outcomes.errors import Sentence
from outcomes.reports.effect_report.committee import build_committee
from outcomes.reports.effect_report.context import EffectReportContext, Heading, Trace
from outcomes.reports.effect_report.course import course_section
from outcomes.reports.effect_report.distribution import distribution_section
from outcomes.reports.effect_report.duties import duties_of, duties_section
from outcomes.reports.effect_report.effect import effect_section
from outcomes.reports.effect_report.experience import experience_section
from outcomes.reports.effect_report.flow import flow_section
from outcomes.reports.effect_report.goals import goals_section
from outcomes.reports.effect_report.method import build_method
from outcomes.reports.effect_report.money import money_section
from outcomes.reports.effect_report.people import people_section
from outcomes.reports.effect_report.periods import periods_section
from outcomes.reports.effect_report.progression import progression_section
from outcomes.reports.effect_report.starting_point import starting_point_section
from outcomes.reports.effect_report.subgroups import subgroups_section
from outcomes.reports.effect_report.summary import build_summary
from outcomes.reports.effect_report.targets import targets_section
from outcomes.reports.effect_report.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.reports.effect_report.context import Section
    from outcomes.reports.effect_report.material import ReportMaterial


def build_context(material: ReportMaterial) -> EffectReportContext:
    """The report's context: every number at full precision, every sentence untranslated.

    Pure and total: whatever the analysis withheld becomes a section that says why.
    """
    words = Words(material)
    summary, sections = build_summary(words), tuple(_sections(words))
    return EffectReportContext(
        heading=_heading(words),
        summary=summary,
        sections=sections,
        method=build_method(words),
        trace=Trace(
            material.plan.version,
            material.plan.frozen_on,
            material.snapshot,
            material.code_version,
            material.reproduce,
            material.people_snapshot,
            material.previous.snapshot if material.previous else "",
        ),
        estimate=material.estimate,
        begun=tuple((arm, words.begun(arm)) for arm in (None, *(size.arm for size in material.estimate.arms))),
        committee=build_committee(words, summary),
    )


def _sections(words: Words) -> Iterator[Section]:
    """The report's parts in order; what the material doesn't have isn't there."""
    from outcomes.reports.effect_report.levels import levels_section  # noqa: PLC0415 - the analysis behind loads numpy
    from outcomes.reports.effect_report.providers import providers_section  # noqa: PLC0415 - as above
    from outcomes.reports.effect_report.trend import trend_section  # noqa: PLC0415 - as above

    material, breakdown = words.material, words.material.breakdown
    if breakdown is not None:
        yield people_section(words, breakdown)
    yield flow_section(words)
    yield starting_point_section(words)
    yield course_section(words)
    yield progression_section(words)
    if breakdown is not None and breakdown.levels is not None:
        yield levels_section(words, breakdown.levels)
    yield effect_section(words)
    yield distribution_section(words)
    if material.goals is not None:
        yield goals_section(material.goals)
    if material.experience is not None:
        yield experience_section(material.experience)
    if breakdown is not None:
        yield subgroups_section(words, breakdown.subgroups)
        yield providers_section(words, breakdown.providers)
    if breakdown is not None and material.period_from is not None:
        yield trend_section(words, breakdown.trend)
        yield periods_section(words, material.previous)
    if material.targets:
        yield targets_section(material.targets)
    if material.money is not None:
        yield money_section(material.money)
    if material.duties is not None:
        yield duties_section(material.duties, duties_of(material.duties, material.intervention))


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
