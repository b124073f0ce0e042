"""The figures of one population, from its estimate and its counts, with what can't be shown taken out.

Question, formula, assumptions and units: those of :mod:`outcomes.analysis.effect`; shares with Wilson intervals.
Estimand of a part: its people's own change, by the plan's measure and model, with nobody to compare with; who has changed
reliably is judged by the threshold of everybody, so that the parts add up.
A part's means are rounded by how many of its people answered (:func:`~outcomes.analysis.suppression.round_term`), so that
neither the sum of their scores nor what one person more answered can be worked out; everybody's are exact, as in the report.
Missing data: see :class:`~outcomes.analysis.population.PopulationFigures`.
Errors: none raised; a figure that can't or may not be given is a Withheld with its reason.
Checked: tests/unit/analysis/test_population_figures.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import (
    may_show_estimate,
    may_show_gap,
    may_show_share,
    protects_another,
    too_few_for_estimate,
    too_few_for_share,
)
from outcomes.analysis.effect import judge_interval
from outcomes.analysis.effect_results import CellMark, EffectEstimate, Progression, Verdict
from outcomes.analysis.evidence import DesignLabel, EvidenceGrade, allowed_word
from outcomes.analysis.plan import AnalysisPlan, Design, Direction, ErrorKind
from outcomes.analysis.population import Population, PopulationFigures
from outcomes.analysis.population_counts import MAIN, Counts
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import INTERVENTION, ChangeEstimate, Share, TermEstimate, Withheld
from outcomes.analysis.suppression import SPAN, round_mean, round_term
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from datetime import date

    from outcomes.analysis.reliable_change import ChangeThreshold

HIGHER = Sentence("points, higher is better")
LOWER = Sentence("points, lower is better")
STANDARDISED_SPAN = 4.0
"""Standard deviations that hold nearly everybody."""
DECIMALS = 9
"""What a sum of two rounded numbers keeps, so that it is a whole number of steps again."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a population: its ``estimate`` (or why there is none), its counts, and the marks of hidden ones."""

    estimate: EffectEstimate | Withheld
    counts: Counts
    hidden: Mapping[str, CellMark]
    is_everybody: bool = False

    def count(self, name: str) -> int | None:
        """A count, or None where it isn't shown."""
        return None if name in self.hidden else int(getattr(self.counts, name))

    def share(self, part: str, whole: str) -> Share | Withheld:
        """A share of two counts, or why it isn't shown."""
        count, total = getattr(self.counts, part), getattr(self.counts, whole)
        if CellMark.WITHHELD in {self.hidden.get(part), self.hidden.get(whole)}:
            return protects_another()
        if {part, whole} & self.hidden.keys() or not may_show_share(count, total):
            return too_few_for_share()
        return estimate_share(count, total)

    def part_known(self, part: str, whole: str) -> float | None:
        """A plain share of two counts that are both shown, and where those of a part who are missing aren't few."""
        count, total = self.count(part), self.count(whole)
        if count is None or not total or not (self.is_everybody or may_show_gap(total - count)):
            return None
        return count / total


def plan_of_part(plan: AnalysisPlan, threshold: ChangeThreshold | None) -> AnalysisPlan:
    """The plan as a part is judged by it: its change alone, and everybody's threshold of reliable change."""
    error = plan.measurement_error
    if error is not None and error.kind is ErrorKind.OWN_BASELINE_SD and threshold is not None:
        error = replace(error, kind=ErrorKind.SD_RELIABILITY, sd=threshold.sd)
    return replace(plan, design=Design.NONE, covariates=(), randomised_evidence=None, measurement_error=error)


def describe_population(
    population: Population, days: tuple[date, date], plan: AnalysisPlan, known: Known, snapshot: str
) -> PopulationFigures:
    """The figures that may be shown; ``days``: first and last of those on which they began."""
    known = replace(known, is_everybody=population.is_everybody)
    estimate = known.estimate
    found = estimate if isinstance(estimate, EffectEstimate) else None
    main = _main(known)
    label = found.label if found else DesignLabel.D0
    lower = plan.measure.direction is Direction.LOWER
    shown = isinstance(main, TermEstimate)
    means = _means(known)
    figures = PopulationFigures(
        population=population,
        first_day=days[0],
        last_day=days[1],
        n_begun=known.count("begun"),
        n_due=known.count("due"),
        n_answered=known.count("answered"),
        completeness=known.part_known("answered", "due"),
        label=label,
        grade=found.evidence.grade if found else EvidenceGrade.D,
        unit=LOWER if lower else HIGHER,
        lower_is_better=lower,
        main=main,
        change=_change(known),
        standardised=_standardised(known, main),
        better=_share_of_due(known, "better"),
        unchanged=_share_of_due(known, "unchanged"),
        worse=_share_of_due(known, "worse"),
        success=_share_of_due(known, "succeeded"),
        goal_attainment=known.share("reached", "rated"),
        experience=known.share("positive", "replied"),
        word=allowed_word(label),
        snapshot=snapshot,
        n_behind=_behind(known, found) if shown else None,
        mean_start=means[0],
        mean_then=means[1],
        goal_kind=plan.goal_kind,
        verdict=found.verdict if found and shown else Verdict.WITHHELD,
        goals_known=known.part_known("rated", "begun"),
        experience_known=known.part_known("replied", "asked"),
        protecting=tuple(sorted(name for name, mark in known.hidden.items() if mark is CellMark.WITHHELD)),
    )
    return figures if known.is_everybody else _rounded(figures, plan, known.counts.answered)


def _rounded(figures: PopulationFigures, plan: AnalysisPlan, n: int) -> PopulationFigures:
    """A part's means as coarse as its people are few; what was found of it is read off the rounded interval."""
    span = plan.measure.length or SPAN
    main, change, standardised = figures.main, figures.change, figures.standardised
    if isinstance(main, TermEstimate):
        main = round_term(main, n, span=span)
    if isinstance(standardised, TermEstimate):
        standardised = round_term(standardised, n, span=STANDARDISED_SPAN)
    start, then = figures.mean_start, figures.mean_then
    if isinstance(change, TermEstimate):
        change = round_term(change, n, span=span)
        start = None if start is None else round_mean(start, n, span=span)
        then = None if start is None else round(start + change.estimate, DECIMALS)  # the two agree, and tell no more
    verdict = judge_interval(main, plan.measure.direction) if isinstance(main, TermEstimate) else figures.verdict
    return replace(
        figures, main=main, change=change, standardised=standardised, mean_start=start, mean_then=then, verdict=verdict
    )


def _shown_estimate(known: Known) -> EffectEstimate | Withheld:
    """The estimate, or why no number of it may be shown."""
    if isinstance(known.estimate, Withheld):
        return known.estimate
    if not may_show_estimate(known.counts.answered):
        return too_few_for_estimate()
    if {MAIN, "answered"} & known.hidden.keys():
        return protects_another()
    return known.estimate


def _main(known: Known) -> TermEstimate | Withheld:
    estimate = _shown_estimate(known)
    if isinstance(estimate, Withheld):
        return estimate
    if isinstance(estimate.effect, TermEstimate) or estimate.label > DesignLabel.D0:
        return estimate.effect
    return estimate.main_change


def _change(known: Known) -> TermEstimate | Withheld:
    """The people's own change, whoever the design compares them with: the same number for everybody and for a part."""
    estimate = _shown_estimate(known)
    return estimate if isinstance(estimate, Withheld) else estimate.main_change


def _standardised(known: Known, main: TermEstimate | Withheld) -> TermEstimate | Withheld:
    """The intervention's change in standard deviations; hidden wherever the main number is."""
    if isinstance(main, Withheld) or isinstance(known.estimate, Withheld):
        return main if isinstance(main, Withheld) else too_few_for_estimate()
    primary = known.estimate.plan.primary_occasion
    for change in known.estimate.changes:
        if change.occasion == primary and change.arm == INTERVENTION:
            found = change.result
            return found.standardised if isinstance(found, ChangeEstimate) else found
    return too_few_for_estimate()


def _behind(known: Known, estimate: EffectEstimate | None) -> int | None:
    """People that the main number stands on; of a part those who answered both times, since how many more have answered
    once would tell of the few who haven't."""
    if known.is_everybody:
        return estimate.n_behind if estimate else None
    return known.counts.answered


def _means(known: Known) -> tuple[float | None, float | None]:
    """Mean scores at the start and then, of those who answered both times: as far as the change itself is shown."""
    estimate = _shown_estimate(known)
    if isinstance(estimate, Withheld) or not isinstance(estimate.main_change, TermEstimate):
        return None, None
    primary = estimate.plan.primary_occasion
    for change in estimate.changes:
        if (change.occasion, change.arm) == (primary, INTERVENTION) and isinstance(change.result, ChangeEstimate):
            return change.result.mean_baseline, change.result.mean_score
    return None, None


def _share_of_due(known: Known, name: str) -> Share | Withheld:
    estimate = known.estimate
    if isinstance(estimate, Withheld):
        return estimate
    if not isinstance(estimate.progression, Progression) and not known.counts.compared:
        return estimate.progression
    if not may_show_estimate(known.counts.compared):
        return too_few_for_share()
    return known.share(name, "due")
