"""Reliable change of one person (Jacobson-Truax), clinical cut-offs, and success by the kind of goal.

Question: has this person changed by more than the measure's own error?
Formula: SEM = s * sqrt(1 - r); S_diff = sqrt(2) * SEM; RCI = (post - pre) / S_diff; reliable where |RCI| > 1.96, that
is where the change is larger than SDC = 1.96 * S_diff. A published smallest detectable change takes the place of SDC;
where its source says "that many points or more", a change of exactly that many counts too.
Cut-offs: a = M1 +/- 2 s1 (leaving the distressed population), b = M0 -/+ 2 s0 (entering the ordinary one),
c = (s0 M1 + s1 M0) / (s0 + s1) (between the two).
Assumptions: errors are independent, normal and equally large along the scale; the person's group has that s and r.
Units: points of the scale; RCI in standard errors of a difference. Better follows the measure's direction.
Missing data: a person without both scores is "not compared", and stays in the denominator of shares.
Errors: :class:`~outcomes.errors.EstimateError` where s, r or the published value isn't possible.
Source: Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12.
Checked: tests/reference/reliable_change (the 1991 worked example, and 40 patients against R's clinicalsignificance).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from outcomes.analysis.plan import Direction, ErrorKind, GoalKind, MeasurementError
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CRITICAL = 1.96


class ChangeCategory(StrEnum):
    """A person's change against measurement error."""

    BETTER = "better"
    UNCHANGED = "unchanged"
    WORSE = "worse"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class ChangeThreshold:
    """Smallest detectable change (points) with what it was made from.

    ``s_diff``: standard error of a difference (points). ``sd`` (points) and ``reliability`` are None where a smallest
    detectable change was published. ``assumed``: a planning value. ``sd_from_these_data``: s is the baseline's own.
    ``inclusive``: a change of exactly the smallest detectable change counts.
    """

    smallest_detectable_change: float
    s_diff: float
    kind: ErrorKind
    sd: float | None
    reliability: float | None
    source: str
    assumed: bool
    internal_consistency: bool
    inclusive: bool = False

    def exceeded_by(self, points: float) -> bool:
        """True where a gain of ``points`` is more than the measure's error (as much as it, where that counts)."""
        # a scale's decimals aren't exact in binary: 0.7 - 0.4 is meant to be 0.3
        slack = 1e-9 * self.smallest_detectable_change
        limit = self.smallest_detectable_change
        return points >= limit - slack if self.inclusive else points > limit + slack

    @property
    def sd_from_these_data(self) -> bool:
        return self.kind is ErrorKind.OWN_BASELINE_SD


@dataclass(frozen=True, slots=True)
class PersonChange:
    """One person (pseudonymous ``subject``): scores and change in points, ``rci`` in standard errors of a difference.

    ``succeeded``: by the plan's kind of goal; None where the person can't be compared.
    """

    subject: str
    arm: str
    before: float | None
    after: float | None
    change: float | None
    rci: float | None
    category: ChangeCategory
    succeeded: bool | None


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Jacobson-Truax cut-offs in points; ``c`` is preferred where the ordinary population's norms are known."""

    a: float
    b: float
    c: float


def change_threshold(error: MeasurementError, baseline: Sequence[float] = ()) -> ChangeThreshold:
    """Smallest detectable change from what is known of the measure's error.

    ``baseline``: baseline scores (points), needed where the standard deviation is to come from these data.
    """
    if error.smallest_detectable_change is not None:
        published = error.smallest_detectable_change
        if not (math.isfinite(published) and published > 0):
            raise EstimateError(Sentence("The smallest detectable change must be above 0. Correct the analysis plan."))
        return _threshold(error, published / CRITICAL, published, None, None)
    sd = _standard_deviation(baseline) if error.kind is ErrorKind.OWN_BASELINE_SD else error.sd
    if sd is None or not (math.isfinite(sd) and sd > 0):
        raise EstimateError(
            Sentence("Reliable change needs a standard deviation above 0. Give a published one in the analysis plan.")
        )
    if error.reliability is None or not 0 <= error.reliability < 1:
        raise EstimateError(Sentence("Reliable change needs a reliability of at least 0 and under 1."))
    s_diff = math.sqrt(2.0) * sd * math.sqrt(1.0 - error.reliability)
    return _threshold(error, s_diff, CRITICAL * s_diff, sd, error.reliability)


def classify_change(
    before: float, after: float, threshold: ChangeThreshold, direction: Direction
) -> tuple[float, ChangeCategory]:
    """RCI (standard errors of a difference, sign of the raw change) and category of a change in points."""
    rci = (after - before) / threshold.s_diff
    if not threshold.exceeded_by(abs(after - before)):
        return rci, ChangeCategory.UNCHANGED
    return rci, ChangeCategory.BETTER if rci * direction.sign > 0 else ChangeCategory.WORSE


def classify_person(
    subject: str,
    arm: str,
    before: float | None,
    after: float | None,
    *,
    threshold: ChangeThreshold,
    direction: Direction,
    kind: GoalKind = GoalKind.DEVELOP,
    expected_change: float | None = None,
) -> PersonChange:
    """One person's change, category and success; without both scores the person is "not compared"."""
    if before is None or after is None:
        return PersonChange(subject, arm, before, after, None, None, ChangeCategory.NOT_COMPARED, None)
    rci, category = classify_change(before, after, threshold, direction)
    succeeded = goal_succeeded(after - before, kind, threshold, direction, expected_change)
    return PersonChange(subject, arm, before, after, after - before, rci, category, succeeded)


def goal_succeeded(
    change: float,
    kind: GoalKind,
    threshold: ChangeThreshold,
    direction: Direction,
    expected_change: float | None = None,
) -> bool:
    """Whether ``change`` (points) is success: reliable improvement (develop), no reliable worsening (maintain), or
    better than ``expected_change`` (points) by more than the error (limit loss)."""
    gain = change * direction.sign
    if kind is GoalKind.DEVELOP:
        return threshold.exceeded_by(gain)
    if kind is GoalKind.MAINTAIN:
        return not threshold.exceeded_by(-gain)
    if expected_change is None:
        raise EstimateError(
            Sentence("Limiting a loss is judged against an expected change. Give it in the analysis plan.")
        )
    return threshold.exceeded_by(gain - expected_change * direction.sign)


def count_categories(changes: Sequence[PersonChange]) -> Mapping[ChangeCategory, int]:
    """Persons per category; every category is there, with 0 where nobody is in it."""
    return {category: sum(change.category is category for change in changes) for category in ChangeCategory}


def clinical_cutoffs(
    *, distressed_mean: float, distressed_sd: float, ordinary_mean: float, ordinary_sd: float
) -> Cutoffs:
    """Cut-offs a, b and c (points) between a distressed and an ordinary population (means and SDs in points)."""
    if distressed_sd <= 0 or ordinary_sd <= 0:
        raise EstimateError(Sentence("Cut-offs need standard deviations above 0 for both populations."))
    towards = 1.0 if ordinary_mean >= distressed_mean else -1.0
    weighted = ordinary_sd * distressed_mean + distressed_sd * ordinary_mean
    return Cutoffs(
        distressed_mean + towards * 2 * distressed_sd,
        ordinary_mean - towards * 2 * ordinary_sd,
        weighted / (ordinary_sd + distressed_sd),
    )


def _threshold(
    error: MeasurementError, s_diff: float, change: float, sd: float | None, reliability: float | None
) -> ChangeThreshold:
    kind = ErrorKind.SMALLEST_DETECTABLE_CHANGE if sd is None else error.kind
    return ChangeThreshold(
        change,
        s_diff,
        kind,
        sd,
        reliability,
        error.source,
        error.assumed,
        error.internal_consistency,
        error.inclusive and kind is ErrorKind.SMALLEST_DETECTABLE_CHANGE,
    )


def _standard_deviation(scores: Sequence[float]) -> float | None:
    n = len(scores)
    if n < 2:
        return None
    mean = math.fsum(scores) / n
    return math.sqrt(math.fsum((score - mean) ** 2 for score in scores) / (n - 1))
