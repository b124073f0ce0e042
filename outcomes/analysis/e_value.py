"""E-value: how strong something unmeasured would have to be to explain a difference away.

Question: could a common cause that nobody measured make the whole difference?
Estimand: the smallest risk ratio that such a cause would need with both the intervention and the outcome, given what was
adjusted for, to move the estimate (or the nearer end of its interval) to no difference.
Formula: E = RR + sqrt(RR (RR - 1)), with 1/RR in place of RR under one. A standardised difference d counts as
RR = exp(0.91 d), with interval exp(0.91 d -/+ 1.78 SE).
Assumptions: for a score, that the outcome is near normal and alike in spread in both arms: the ratio is an approximation.
Units: E is a risk ratio, 1 or more: 1 means that nothing unmeasured is needed. d in standard deviations.
Missing data: none enters. An E-value says nothing of those lost.
Errors: :class:`~outcomes.errors.EstimateError` for a ratio not above zero, a spread not above zero, or limits in the
wrong order.
Source: VanderWeele & Ding 2017, doi:10.7326/M16-2607; Chinn 2000 (0.91 = about pi / sqrt(12)),
doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M.
Checked: tests/unit/analysis/test_e_value.py (the 2017 paper's example: 3.9, 1.8 to 8.7 gives 7.26 and 3.00).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from outcomes.errors import EstimateError, Sentence

LOG_RATIO_PER_SD = 0.91
LOG_RATIO_PER_STANDARD_ERROR = 1.78


@dataclass(frozen=True, slots=True)
class EValue:
    """``risk_ratio`` with its interval, and what would explain it away, all as ratios.

    ``estimate``: for the estimate itself. ``interval``: for the end of the interval nearer to no difference; 1 where the
    interval holds no difference already. ``approximate``: the ratio was made from a standardised difference.
    """

    risk_ratio: float
    ci_low: float
    ci_high: float
    estimate: float
    interval: float
    approximate: bool


def risk_ratio_e_value(risk_ratio: float, ci_low: float, ci_high: float) -> EValue:
    """E-value of a risk ratio with its 95 % interval."""
    return _e_value(risk_ratio, ci_low, ci_high, approximate=False)


def difference_e_value(difference: float, std_error: float, standard_deviation: float) -> EValue:
    """E-value of a difference in mean score: ``difference`` and ``std_error`` in points, ``standard_deviation`` of the
    outcome in points."""
    if not (standard_deviation > 0 and std_error > 0 and math.isfinite(standard_deviation + std_error + difference)):
        raise EstimateError(
            Sentence("An E-value needs a finite difference, and a standard error and a spread above zero.")
        )
    d, margin = difference / standard_deviation, LOG_RATIO_PER_STANDARD_ERROR * std_error / standard_deviation
    middle = LOG_RATIO_PER_SD * d
    if abs(middle) + margin > 700:
        raise EstimateError(
            Sentence("The difference is too many standard deviations for a risk ratio. Check the scale of the scores.")
        )
    return _e_value(math.exp(middle), math.exp(middle - margin), math.exp(middle + margin), approximate=True)


def _e_value(risk_ratio: float, ci_low: float, ci_high: float, *, approximate: bool) -> EValue:
    if not 0 < ci_low <= risk_ratio <= ci_high < math.inf:
        raise EstimateError(
            Sentence("An E-value needs a risk ratio above zero that lies within its interval. Check the three numbers.")
        )
    interval = 1.0 if ci_low <= 1 <= ci_high else _needed(ci_low if risk_ratio > 1 else ci_high)
    return EValue(risk_ratio, ci_low, ci_high, _needed(risk_ratio), interval, approximate)


def _needed(ratio: float) -> float:
    away = ratio if ratio >= 1 else 1 / ratio
    return away + math.sqrt(away) * math.sqrt(away - 1)  # two roots: the product of large ratios would overflow
