"""An estimate with its t interval and p value: the one place where Student's distribution is asked.

Formula: estimate -/+ t(0.975, df) * standard error; p two-sided against zero. Units: those of the estimate.
Errors: none raised; the caller makes sure that the standard error and the degrees of freedom are above zero.
Source: Student 1908, doi:10.1093/biomet/6.1.1. Checked: tests/reference/change and tests/reference/mixed_model.
"""

from __future__ import annotations

from outcomes.analysis.results import TermEstimate


def t_estimate(term: str, estimate: float, std_error: float, df: float) -> TermEstimate:
    """``estimate`` with 95 % interval and p value on ``df`` degrees of freedom."""
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415 - scipy only where a number is worked out

    margin = float(stdtrit(df, 0.975)) * std_error
    p_value = float(2 * stdtr(df, -abs(estimate) / std_error))
    return TermEstimate(term, estimate, std_error, df, estimate - margin, estimate + margin, p_value)
