"""An estimate with its interval and p value: the one place where Student's and the normal distribution are asked.

Formula: estimate -/+ t(0.975, df), or z(0.975), times the standard error; p two-sided against zero.
Units: those of the estimate.
Errors: :class:`~outcomes.errors.EstimateError` from :func:`normal_estimate` where there is no uncertainty; the caller of
:func:`t_estimate` makes sure that the standard error and the degrees of freedom are above zero.
Source: Student 1908, doi:10.1093/biomet/6.1.1. Checked: tests/reference/change and tests/reference/mixed_model.
"""

from __future__ import annotations

import math

from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

Z_95 = 1.959963984540054


def t_estimate(term: str, estimate: float, std_error: float, df: float) -> TermEstimate:
    """``estimate`` with 95 % interval and p value on ``df`` degrees of freedom."""
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415 - scipy only where a number is worked out

    margin = float(stdtrit(df, 0.975)) * std_error
    p_value = float(2 * stdtr(df, -abs(estimate) / std_error))
    return TermEstimate(term, estimate, std_error, df, estimate - margin, estimate + margin, p_value)


def normal_estimate(term: str, estimate: float, std_error: float) -> TermEstimate:
    """``estimate`` with 95 % interval and p value by the normal distribution; it has no degrees of freedom."""
    if not (std_error > 0 and math.isfinite(estimate) and math.isfinite(std_error)):
        raise EstimateError(Sentence("All have the same value, so no uncertainty can be worked out."))
    margin = Z_95 * std_error
    p_value = math.erfc(abs(estimate) / std_error / math.sqrt(2))
    return TermEstimate(term, estimate, std_error, None, estimate - margin, estimate + margin, p_value)
