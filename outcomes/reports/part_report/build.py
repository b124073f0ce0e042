"""Composition: a part's figures to its report. What the overview hides of the part is hidden here, with the same marks."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from outcomes.analysis.evidence import grade_word
from outcomes.analysis.results import TermEstimate
from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import Heading, KeyFigure, Section, Trace
from outcomes.reports.effect_report.targets import RULE, said_counts, targets_table
from outcomes.reports.part_report.context import PartContext
from outcomes.reports.part_report.method import build_method
from outcomes.reports.part_report.sections import (
    course_section,
    flow_section,
    goals_and_experience,
    progression_section,
)
from outcomes.reports.parts import Kind, LocalText, Points, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.reports.overview_page import FigureView
    from outcomes.reports.part_report.context import PartMaterial

NAME = Sentence("Report of a part of the people")
MARK_LETTERS = 8


def build_part(material: PartMaterial) -> PartContext:
    """The report's context: every number at full precision, every sentence untranslated."""
    row, figures = material.row, material.figures
    return PartContext(
        heading=_heading(material),
        mark=sha256(row.population.key.encode()).hexdigest()[:MARK_LETTERS],
        part=_part(material),
        finding=row.finding,
        caution=row.caution,
        number=_number(material),
        key_figures=tuple(_key_figures(material)),
        sections=tuple(_sections(material)),
        method=build_method(material),
        trace=Trace(
            material.plan_version,
            material.plan_frozen_on,
            figures.snapshot,
            material.code_version,
            material.reproduce,
        ),
    )


def _sections(material: PartMaterial) -> Iterator[Section]:
    yield flow_section(material)
    yield course_section(material)
    yield progression_section(material)
    yield from goals_and_experience(material)
    targets = material.targets
    if targets:
        title = Sentence("What was to be reached")
        yield Section("targets", title, said_counts(targets), (RULE,), None, (targets_table(targets),))


def _heading(material: PartMaterial) -> Heading:
    figures = material.figures
    version = Sentence(
        "Analysis plan version %(plan)s, data %(data)s", plan=material.plan_version, data=figures.snapshot[:8]
    )
    return Heading(
        name=NAME,
        organisation=material.organisation,
        intervention=_titled(material.row.name, _part(material)),
        kind=figures.word,
        period=Sentence("%(first)s to %(last)s", first=material.period_from, last=material.period_to),
        version=version,
        generated_at=material.generated_at,
        is_demo=material.is_demo,
    )


def _part(material: PartMaterial) -> LocalText:
    return material.row.part or material.row.name


def _titled(name: LocalText, part: LocalText) -> LocalText:
    """Both names in every language that either has."""
    names, parts = dict(name.texts), dict(part.texts)
    first, other = name.texts[0][1], part.texts[0][1]
    locales = sorted(names.keys() | parts.keys())
    return LocalText(tuple((each, f"{names.get(each, first)}: {parts.get(each, other)}") for each in locales))


def _number(material: PartMaterial) -> Sentence:
    """The main number in a sentence, with its interval and who is behind it."""
    figures, number = material.figures, material.figures.main
    if not isinstance(number, TermEstimate):
        return number.sentence
    return Sentence(
        "Average %(word)s: %(estimate)s points (95 per cent interval %(low)s to %(high)s), among the %(n)s people who"
        " answered both times. %(better)s",
        word=figures.word,
        estimate=Points(number.estimate),
        low=Points(number.ci_low),
        high=Points(number.ci_high),
        n=figures.n_answered,
        better=Sentence("A lower score is better.")
        if figures.lower_is_better
        else Sentence("A higher score is better."),
    )


def _key_figures(material: PartMaterial) -> Iterator[KeyFigure]:
    """How many began, how many answered, and how sure the number is."""
    views = {view.key: view for view in material.row.figures}
    yield _key(views["begun"], Kind.COUNT)
    yield _key(views["completeness"], Kind.SHARE)
    grade = material.figures.grade
    yield KeyFigure("grade", Sentence("evidence grade"), grade.value, Kind.TEXT, grade_word(grade))


def _key(view: FigureView, kind: Kind) -> KeyFigure:
    if view.value is None:
        why, mark = view.why or Sentence("withheld"), view.mark or Sentence("withheld")
        return KeyFigure(view.key, view.label, Withheld(why, mark), kind, why)
    value = int(view.value) if kind is Kind.COUNT else view.value
    return KeyFigure(view.key, view.label, value, kind, view.base or Sentence("in the period"), 0)
