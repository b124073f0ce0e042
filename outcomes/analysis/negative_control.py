"""Negative control: does the comparison find a difference where there can't be one?

Question: is the difference between the groups the intervention's, or were they different all along?
Estimand: the same comparison, by the same method with the same adjustment, of an outcome that the intervention can't have
touched (a score from before it, or of something that it doesn't work on).
Formula: none of its own. The finding applies where the 95 % interval of that difference leaves out zero.
Assumptions: what sets the groups apart would show in the control outcome as it does in the main one; the intervention has
no way to it. A control outcome that shows nothing rules out no more than its interval does: the largest difference in it is
part of the result.
Units: those of the control outcome (points). The sign is that of the raw outcome.
Missing data: as the comparison has it.
Errors: :class:`~outcomes.errors.EstimateError` for a control outcome without a name, and all that the comparison raises.
Without an interval (too few clusters) nothing is found, and the sentence says so.
Source: Lipsitch, Tchetgen Tchetgen & Cohen 2010, doi:10.1097/EDE.0b013e3181d61eeb.
Checked: tests/unit/analysis/test_negative_control.py (a simulation with and without something that nobody measured).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

FINDING = "negative_control"


@dataclass(frozen=True, slots=True)
class NegativeControl:
    """``difference`` (points) of ``outcome``, which can't have been touched; ``finding`` names what is looked at.

    ``applies``: the interval leaves out zero, so something else sets the groups apart. ``largest``: the largest difference
    either way that the interval holds (points); None without an interval.
    """

    finding: str
    outcome: str
    difference: TermEstimate
    applies: bool
    largest: float | None
    reason: Sentence


def compare_negative_control(
    outcome: str, scores: ArrayLike, compare: Callable[[ArrayLike], TermEstimate]
) -> NegativeControl:
    """Run ``compare`` (the main comparison with its people, weights and covariates) on the control outcome's ``scores``."""
    return judge_negative_control(outcome, compare(scores))


def judge_negative_control(outcome: str, difference: TermEstimate) -> NegativeControl:
    """What a ``difference`` in an ``outcome`` that the intervention can't have touched says of the comparison."""
    name = outcome.strip()
    if not name:
        raise EstimateError(
            Sentence("A control outcome needs a name, so that readers can see that it can't be touched.")
        )
    if not (math.isfinite(difference.ci_low) and math.isfinite(difference.ci_high)):
        reason = Sentence(
            "%(outcome)s, which the intervention can't have touched, has no interval, so it says nothing of the comparison.",
            outcome=name,
        )
        return NegativeControl(FINDING, name, difference, False, None, reason)
    low, high = difference.ci_low, difference.ci_high
    largest = max(abs(low), abs(high))
    values = {"outcome": name, "low": _plain(low), "high": _plain(high)}
    if difference.includes_zero:
        reason = Sentence(
            "%(outcome)s, which the intervention can't have touched, doesn't clearly differ between the groups (from %(low)s"
            " to %(high)s points). Differences within that interval aren't ruled out.",
            **values,
        )
    else:
        reason = Sentence(
            "%(outcome)s, which the intervention can't have touched, differs between the groups too (from %(low)s to %(high)s"
            " points). Something else sets them apart, so the main difference can't be put down to the intervention.",
            **values,
        )
    return NegativeControl(FINDING, name, difference, not difference.includes_zero, largest, reason)


def _plain(value: float) -> float:
    return float(f"{value:.3g}")
