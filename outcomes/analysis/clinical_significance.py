"""Clinically significant change: has a person moved from the distressed population into the ordinary one, reliably?

Question: is a person who changed by more than error also where ordinary people are?
Formula: a cut-off (a, b or c, see reliable_change) divides the scale. Recovered: reliably better, and from the distressed
to the ordinary side. Improved: reliably better without crossing. Deteriorated: reliably worse. Harmed: reliably worse,
and from the ordinary to the distressed side. Unchanged: the rest. A score exactly on the cut-off is on neither side.
By the cut-off alone: only who crossed counts. By an important difference: a change of that many points or more. By a
percentage: a change of that share of the first score or more.
Hageman-Arrindell: a cut-off between true scores, c_true = (t0 M1 + t1 M0) / (t0 + t1) with t = s sqrt(reliability); on the
ordinary side by more than error where (M2 + (x2 - M2) r2 - c_true) / (sqrt(r2) SEM) is beyond 1.65; who came from there
(estimated true score before, M1 + (x1 - M1) r, not on the distressed side) hasn't recovered.
Assumptions: the two populations' means and standard deviations hold for these people, and both are near normal.
Units: points; percentages as shares (0.5 is half). Better follows the measure's direction.
Missing data: without both scores "not compared"; it stays in the denominator of shares. A share of a first score of 0
or less means nothing: not compared either.
Errors: :class:`~outcomes.errors.EstimateError` where limits aren't above 0 or a score isn't a number.
Source: Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12; Hageman & Arrindell 1999, doi:10.1016/S0005-7967(99)00032-7.
Checked: tests/reference/reliable_change (40 and 555 patients per person and in counts, R's clinicalsignificance).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from outcomes.analysis.reliable_change import ChangeCategory
from outcomes.analysis.reliable_change_formulas import CRITICAL_ONE_WAY, PersonIndex, reliability_at
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outcomes.analysis.plan import Direction
    from outcomes.analysis.reliable_change_formulas import ChangeNorms, ReliableChange


class Side(StrEnum):
    """Where a score stands against a cut-off."""

    DISTRESSED = "distressed"
    ORDINARY = "ordinary"
    NEITHER = "neither"


class ClinicalCategory(StrEnum):
    """A person's change against error and cut-off together."""

    RECOVERED = "recovered"
    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    DETERIORATED = "deteriorated"
    HARMED = "harmed"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class PersonSignificance:
    """One person: ``change`` against error, ``category`` against error and cut-off."""

    subject: str
    change: ChangeCategory
    category: ClinicalCategory


@dataclass(frozen=True, slots=True)
class TrueCutoff:
    """Cut-off between true scores (points), and the reliabilities (0-1) that it and the judgement rest on.

    ``mean_after``, ``reliability_after``: of this group after; ``standard_error_of_measurement`` in points.
    """

    value: float
    reliability_distressed: float
    reliability_ordinary: float
    reliability_after: float
    mean_before: float
    mean_after: float
    standard_error_of_measurement: float

    def index_after(self, after: float) -> float:
        """How far the estimated true score after lies from the cut-off, in its standard errors."""
        true = self.mean_after + (after - self.mean_after) * self.reliability_after
        return (true - self.value) / (math.sqrt(self.reliability_after) * self.standard_error_of_measurement)

    def true_before(self, before: float) -> float:
        """Estimated true score before (points)."""
        return self.mean_before + (before - self.mean_before) * self.reliability_distressed


def side_of(score: float, cutoff: float, direction: Direction) -> Side:
    """Where ``score`` stands against ``cutoff`` (points); exactly on it: neither."""
    if not (math.isfinite(score) and math.isfinite(cutoff)):
        raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
    gap = (score - cutoff) * direction.sign
    if gap == 0.0:
        return Side.NEITHER
    return Side.ORDINARY if gap > 0.0 else Side.DISTRESSED


def classify_by_cutoff(
    before: float | None, after: float | None, *, cutoff: float, direction: Direction
) -> ChangeCategory:
    """By the cut-off alone: better where it was crossed to the ordinary side, worse where it was crossed back."""
    if before is None or after is None:
        return ChangeCategory.NOT_COMPARED
    sides = side_of(before, cutoff, direction), side_of(after, cutoff, direction)
    if sides == (Side.DISTRESSED, Side.ORDINARY):
        return ChangeCategory.BETTER
    if sides == (Side.ORDINARY, Side.DISTRESSED):
        return ChangeCategory.WORSE
    return ChangeCategory.UNCHANGED


def classify_by_important_difference(
    before: float | None,
    after: float | None,
    *,
    improvement: float,
    direction: Direction,
    deterioration: float | None = None,
) -> ChangeCategory:
    """By points: a gain of ``improvement`` or more, a loss of ``deterioration`` or more (default: the same)."""
    limits = _limits(improvement, deterioration)
    if before is None or after is None:
        return ChangeCategory.NOT_COMPARED
    return _at_least((after - before) * direction.sign, *limits)


def classify_by_percentage(
    before: float | None,
    after: float | None,
    *,
    improvement: float,
    direction: Direction,
    deterioration: float | None = None,
) -> ChangeCategory:
    """By the share (0.5 is half) of the first score: only for scales that begin at a true zero."""
    limits = _limits(improvement, deterioration)
    if before is None or after is None or before <= 0.0:
        return ChangeCategory.NOT_COMPARED
    return _at_least((after - before) / before * direction.sign, *limits)


def combine(change: ChangeCategory, crossed: ChangeCategory) -> ClinicalCategory:
    """Change against error, together with the crossing of the cut-off."""
    if ChangeCategory.NOT_COMPARED in {change, crossed}:
        return ClinicalCategory.NOT_COMPARED
    if change is ChangeCategory.BETTER:
        return ClinicalCategory.RECOVERED if crossed is ChangeCategory.BETTER else ClinicalCategory.IMPROVED
    if change is ChangeCategory.WORSE:
        return ClinicalCategory.HARMED if crossed is ChangeCategory.WORSE else ClinicalCategory.DETERIORATED
    return ClinicalCategory.UNCHANGED


def judge_significance(
    change: ReliableChange, *, cutoff: float, direction: Direction
) -> tuple[PersonSignificance, ...]:
    """Each person of ``change`` against a cut-off in points."""
    return tuple(
        PersonSignificance(
            person.subject,
            person.category,
            combine(
                person.category, classify_by_cutoff(person.before, person.after, cutoff=cutoff, direction=direction)
            ),
        )
        for person in change.persons
    )


def true_cutoff(norms: ChangeNorms, *, ordinary_mean: float, ordinary_sd: float) -> TrueCutoff:
    """Hageman and Arrindell's cut-off between the true scores of the group before and of the ordinary population."""
    if norms.mean_after is None or norms.sd_after is None:
        raise EstimateError(
            Sentence("This formula needs the group's mean, spread and correlation after as well. Give both scores.")
        )
    if not (norms.sd_before > 0.0 and ordinary_sd > 0.0):
        raise EstimateError(Sentence("Cut-offs need standard deviations above 0 for both populations."))
    ordinary = reliability_at(ordinary_sd, norms)
    spread_distressed = norms.sd_before * math.sqrt(norms.reliability)
    spread_ordinary = ordinary_sd * math.sqrt(ordinary)
    weighted = spread_ordinary * norms.mean_before + spread_distressed * ordinary_mean
    return TrueCutoff(
        weighted / (spread_ordinary + spread_distressed),
        norms.reliability,
        ordinary,
        reliability_at(norms.sd_after, norms),
        norms.mean_before,
        norms.mean_after,
        norms.standard_error_of_measurement,
    )


def judge_true_significance(
    change: ReliableChange, *, cutoff: TrueCutoff, direction: Direction
) -> tuple[PersonSignificance, ...]:
    """Each person by Hageman and Arrindell's own cut-off."""
    return tuple(
        PersonSignificance(person.subject, person.category, _true_category(person, cutoff, direction))
        for person in change.persons
    )


def count_significance(persons: Sequence[PersonSignificance]) -> Mapping[ClinicalCategory, int]:
    """Persons per category; every category is there, with 0 where nobody is in it."""
    return {category: sum(person.category is category for person in persons) for category in ClinicalCategory}


def _true_category(person: PersonIndex, cutoff: TrueCutoff, direction: Direction) -> ClinicalCategory:
    if person.before is None or person.after is None:
        return ClinicalCategory.NOT_COMPARED
    start = side_of(cutoff.true_before(person.before), cutoff.value, direction)
    index = cutoff.index_after(person.after) * direction.sign
    crossed = ChangeCategory.UNCHANGED
    if start is Side.DISTRESSED and index > CRITICAL_ONE_WAY:
        crossed = ChangeCategory.BETTER
    elif start is Side.ORDINARY and index < -CRITICAL_ONE_WAY:
        crossed = ChangeCategory.WORSE
    return combine(person.category, crossed)


def _limits(improvement: float, deterioration: float | None) -> tuple[float, float]:
    worse = improvement if deterioration is None else deterioration
    if not (math.isfinite(improvement) and math.isfinite(worse) and improvement > 0.0 and worse > 0.0):
        raise EstimateError(Sentence("An important change must be a number above 0. Correct the analysis plan."))
    return improvement, worse


def _at_least(gain: float, improvement: float, deterioration: float) -> ChangeCategory:
    if not math.isfinite(gain):
        raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
    # a scale's decimals aren't exact in binary: 0.7 - 0.4 is meant to be 0.3
    if gain >= improvement * (1.0 - 1e-9):
        return ChangeCategory.BETTER
    if gain <= -deterioration * (1.0 - 1e-9):
        return ChangeCategory.WORSE
    return ChangeCategory.UNCHANGED
