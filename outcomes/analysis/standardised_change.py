"""Change in standard deviations, from scores or from published summaries, and the difference of two groups' changes.

Question: how large is a change on a scale whose points nobody knows by heart, and how much larger than in another group?
Estimand: mean change divided by a standard deviation that is named in the result.
Formula: with M1, SD1 before and M2, SD2 after, r their correlation, n people, J(v) the exact factor of Hedges:
SMCR g = J(n - 1) (M2 - M1) / SD1, variance 2 (1 - r) / n + g^2 / (2 n);
SMCRH, the same g where the two standard deviations differ, variance J(n - 1)^2 (SD_change^2 / (SD1^2 (n - 1)) + g^2 / (2 (n -
1))), with SD_change^2 = SD1^2 + SD2^2 - 2 r SD1 SD2;
SMCC g = J(n - 1) (M2 - M1) / SD_change, variance 1 / n + g^2 / (2 n);
by a known SD (a register's or a norm sample's): (M2 - M1) / SD, standard error SD_change / (SD sqrt(n)), t on n - 1.
Two groups: the difference of their SMCR, variances added; or by the baselines' pooled SD_p (Morris 2008)
J(n1 + n2 - 2) (change1 - change2) / SD_p, variance 2 (1 - r) (1 / n1 + 1 / n2) + d^2 / (2 (n1 + n2)), r the mean of the two
correlations weighted by people.
Assumptions: people are independent, scores near enough normal for their means. SMCC is divided by the spread of changes,
which differs between places: it never compares units. A known SD is taken as known without error.
Units: standard deviations, sign of the raw change. Intervals are normal but where a known SD is used.
Missing data: pairs only.
Errors: :class:`~outcomes.errors.EstimateError` under three people, without spread, or for numbers that aren't possible.
Source: Becker 1988, doi:10.1111/j.2044-8317.1988.tb00901.x; Gibbons, Hedeker & Davis 1993, doi:10.3102/10769986018003271;
Bonett 2008, doi:10.1037/1082-989X.13.2.99; Morris 2008, doi:10.1177/1094428106291059.
Checked: tests/reference/change (R's metafor, 1e-10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.change import small_sample_factor
from outcomes.analysis.intervals import normal_estimate, t_estimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.results import TermEstimate


@dataclass(frozen=True, slots=True)
class PairedSummary:
    """``n`` people measured twice: means and standard deviations in points, ``correlation`` -1 to 1 of the two scores."""

    n: int
    mean_before: float
    mean_after: float
    sd_before: float
    sd_after: float
    correlation: float

    def __post_init__(self) -> None:
        numbers = (self.mean_before, self.mean_after, self.sd_before, self.sd_after, self.correlation)
        if not all(math.isfinite(number) for number in numbers):
            raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
        if self.n < 3:
            raise EstimateError(Sentence("A standardised change needs scores of at least three people."))
        if self.sd_before <= 0.0 or self.sd_after <= 0.0:
            raise EstimateError(Sentence("All have the same score, so change can't be given in standard deviations."))
        if not -1.0 <= self.correlation <= 1.0:
            raise EstimateError(Sentence("A correlation must be between -1 and 1. Correct the number."))

    @property
    def change(self) -> float:
        """Mean change in points."""
        return self.mean_after - self.mean_before

    @property
    def variance_of_change(self) -> float:
        """Variance of people's changes, points squared."""
        product = self.sd_before * self.sd_after
        return (self.sd_before - self.sd_after) ** 2 + 2.0 * (1.0 - self.correlation) * product


def summarise_pairs(before: Sequence[float], after: Sequence[float]) -> PairedSummary:
    """What the formulas need to know of paired scores (points)."""
    pre, post = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if pre.ndim != 1 or pre.shape != post.shape:
        raise EstimateError(Sentence("Each person needs one score before and one after. Give as many of each."))
    if not (np.isfinite(pre).all() and np.isfinite(post).all()):
        raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
    if pre.size < 3:
        raise EstimateError(Sentence("A standardised change needs scores of at least three people."))
    sds = float(pre.std(ddof=1)), float(post.std(ddof=1))
    if min(sds) == 0.0:
        raise EstimateError(Sentence("All have the same score, so change can't be given in standard deviations."))
    # a correlation of one comes out of the arithmetic a rounding error above it
    correlation = min(1.0, max(-1.0, float(np.corrcoef(pre, post)[0, 1])))
    return PairedSummary(int(pre.size), float(pre.mean()), float(post.mean()), *sds, correlation)


def smcr(summary: PairedSummary) -> TermEstimate:
    """Change in standard deviations of the first score."""
    g = small_sample_factor(summary.n - 1) * summary.change / summary.sd_before
    variance = 2.0 * (1.0 - summary.correlation) / summary.n + g * g / (2 * summary.n)
    return normal_estimate("smcr", g, math.sqrt(variance))


def smcr_heteroscedastic(summary: PairedSummary) -> TermEstimate:
    """SMCRH: SMCR with a variance that holds where the spread isn't the same before and after."""
    factor = small_sample_factor(summary.n - 1)
    g = factor * summary.change / summary.sd_before
    relative = summary.variance_of_change / summary.sd_before**2
    return normal_estimate("smcrh", g, math.sqrt(factor**2 * (relative + g * g / 2.0) / (summary.n - 1)))


def smcc(summary: PairedSummary) -> TermEstimate:
    """Change in standard deviations of the changes. Not for comparing units."""
    if summary.variance_of_change == 0.0:
        raise EstimateError(Sentence("All have changed by the same, so change can't be given in their spread."))
    g = small_sample_factor(summary.n - 1) * summary.change / math.sqrt(summary.variance_of_change)
    return normal_estimate("smcc", g, math.sqrt(1.0 / summary.n + g * g / (2 * summary.n)))


def change_by_known_sd(summary: PairedSummary, sd: float) -> TermEstimate:
    """Change in standard deviations of a register or norm sample (``sd`` points): comparable between units."""
    if not (math.isfinite(sd) and sd > 0.0):
        raise EstimateError(
            Sentence("A known standard deviation must be a number above 0. Correct it in the register.")
        )
    if summary.variance_of_change == 0.0:
        raise EstimateError(Sentence("All have the same value, so no uncertainty can be worked out."))
    std_error = math.sqrt(summary.variance_of_change / summary.n) / sd
    return t_estimate("change_known_sd", summary.change / sd, std_error, float(summary.n - 1))


def difference_of_smcr(first: PairedSummary, second: PairedSummary) -> TermEstimate:
    """SMCR of the first group minus that of the second, each by its own baseline's standard deviation."""
    one, other = smcr(first), smcr(second)
    variance = one.std_error**2 + other.std_error**2
    return normal_estimate("smcr_difference", one.estimate - other.estimate, math.sqrt(variance))


def difference_by_pooled_sd(first: PairedSummary, second: PairedSummary) -> TermEstimate:
    """Difference of two groups' changes in standard deviations of both baselines together (Morris' d_ppc2)."""
    df = first.n + second.n - 2
    pooled = math.sqrt(((first.n - 1) * first.sd_before**2 + (second.n - 1) * second.sd_before**2) / df)
    d = small_sample_factor(df) * (first.change - second.change) / pooled
    people = first.n + second.n
    correlation = (first.n * first.correlation + second.n * second.correlation) / people
    variance = 2.0 * (1.0 - correlation) * (1.0 / first.n + 1.0 / second.n) + d * d / (2.0 * people)
    return normal_estimate("pooled_sd_difference", d, math.sqrt(variance))
