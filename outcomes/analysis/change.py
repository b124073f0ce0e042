"""Change from baseline of a group: mean change with its interval, and change in baseline standard deviations.

Question: by how much have those who answered both times changed? A description: it doesn't say why.
Estimand: mean of (score - baseline score) among persons with both scores.
Formula: mean change with t interval on n - 1 degrees of freedom; SMCR g = J(n - 1) (M_post - M_pre) / SD_pre with
J(v) = Gamma(v / 2) / (sqrt(v / 2) Gamma((v - 1) / 2)) and variance 2 (1 - r) / n + g^2 / (2 n), r the correlation of
the two scores; its interval is normal.
Assumptions: persons are independent; changes are near enough normal for their mean. Those lost are *not* assumed to be
like those who stayed: that is why the change stands beside the drop-out, and isn't the main result where a model can
be fitted.
Units: points; SMCR in standard deviations of the baseline. The sign is that of the raw change.
Missing data: pairs only, with n given.
Errors: :class:`~outcomes.errors.EstimateError` under two pairs or where nobody's change differs.
Source: Becker 1988, doi:10.1111/j.2044-8317.1988.tb00901.x; Hedges 1981, doi:10.3102/10769986006002107.
Checked: tests/reference/change (R's t.test and metafor's escalc on three arms, 1e-10).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.disclosure import may_show_estimate, too_few_for_estimate
from outcomes.analysis.intervals import normal_estimate, t_estimate
from outcomes.analysis.results import ChangeEstimate, TermEstimate, Withheld, WithheldReason
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence


def estimate_mean(scores: Sequence[float], term: str = "mean") -> TermEstimate:
    """Mean of independent values (points) with t interval; ``p_value`` is against zero."""
    values = np.asarray(scores, dtype=float)
    if values.size < 2:
        raise EstimateError(Sentence("A mean with an interval needs scores of at least two people."))
    if not np.isfinite(values).all():
        raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
    mean = float(values.mean())
    std_error = float(values.std(ddof=1)) / math.sqrt(values.size)
    if std_error == 0.0:
        raise EstimateError(Sentence("All have the same value, so no uncertainty can be worked out."))
    return t_estimate(term, mean, std_error, float(values.size - 1))


def small_sample_factor(df: float) -> float:
    """Hedges' exact J: what takes the bias out of a standardised difference on ``df`` degrees of freedom."""
    if df <= 1:
        raise EstimateError(Sentence("A standardised change needs scores of at least three people."))
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def standardised_mean_change(before: Sequence[float], after: Sequence[float]) -> TermEstimate:
    """SMCR of paired scores, in standard deviations of ``before``, with normal interval."""
    pre, post = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    n = pre.size
    factor = small_sample_factor(n - 1)
    sd_pre, sd_post = float(pre.std(ddof=1)), float(post.std(ddof=1))
    if sd_pre == 0.0 or sd_post == 0.0:
        raise EstimateError(Sentence("All have the same score, so change can't be given in standard deviations."))
    correlation = float(np.corrcoef(pre, post)[0, 1])
    g = factor * float(post.mean() - pre.mean()) / sd_pre
    std_error = math.sqrt(2 * (1 - correlation) / n + g * g / (2 * n))
    return normal_estimate("smcr", g, std_error)


def estimate_change(
    before: Sequence[float], after: Sequence[float], *, occasion: str, time: float, arm: str | None
) -> ChangeEstimate | Withheld:
    """Change of one arm at one occasion from paired scores (points); withheld under 10 pairs."""
    pre, post = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if not may_show_estimate(pre.size):
        return too_few_for_estimate()
    try:
        mean_change = estimate_mean(list(post - pre), "mean_change")
    except EstimateError as error:
        return Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)
    try:
        standardised: TermEstimate | Withheld = standardised_mean_change(before, after)
    except EstimateError as error:
        standardised = Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)
    return ChangeEstimate(
        occasion, time, arm, int(pre.size), float(pre.mean()), float(post.mean()), mean_change, standardised
    )
