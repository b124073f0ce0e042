"""What an outcome contract pays for a period, from figures that were frozen before it was worked out.

Question: was what was agreed reached, for how many, and what is to be paid for it?
Formula: the trigger is judged as a target is (:mod:`outcomes.analysis.target_status`): the whole interval must lie on the
agreed side, and at least the agreed number must have answered. Where it is met: rate x citizens who count, but never more
than is left of the cap after what was paid for other periods. Where it isn't, or can't be said yet, nothing is due. Figures
of the same period that are corrected pay what is missing; what was paid too much is said, and never taken back by itself.
Who counts: those who are in the share.
Assumptions: the figures are those of the frozen release and of nothing else, so that anybody gets the same øre from them.
Units: whole øre; the threshold in the indicator's own unit.
Missing data: whoever hasn't answered doesn't count.
Errors: ValueError for a rate or cap that no contract could have (a fault of the caller).
Checked: tests/unit/analysis/test_outcome_payment.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.analysis.target_status import TargetStatus, judge_target


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed. ``rate``: øre for each citizen who counts; ``cap``: øre in all, over all periods.

    ``direction``: ``at_least`` or ``at_most``, as for targets.
    """

    indicator: str
    threshold: float
    direction: str
    minimum_n: int
    rate: int
    cap: int


@dataclass(frozen=True, slots=True)
class FrozenFigure:
    """The indicator as it was frozen: value with interval, ``n`` behind it, ``counted`` citizens who count.

    ``highest``: the interval's upper end had everybody who hasn't answered counted; None where that wasn't frozen, or nobody
    unknown is in it. Below the threshold by missing answers alone isn't "not met", as for targets.
    """

    estimate: float
    ci_low: float
    ci_high: float
    n: int
    counted: int
    highest: float | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """What is to be paid, and every step to it, in øre. ``earned``: rate x counted; ``left``: of the cap after other periods;
    ``due``: for the period in all; ``amount``: what of it isn't paid yet; ``too_much``: paid for the period beyond it."""

    status: TargetStatus
    counted: int
    earned: int
    left: int
    due: int
    amount: int
    too_much: int

    @property
    def capped(self) -> bool:
        """True where the cap, and not the rate, decided the amount."""
        return self.status is TargetStatus.MET and self.due < self.earned


def work_out_payment(terms: Terms, figure: FrozenFigure, *, paid_before: int, paid_for_period: int = 0) -> Payment:
    """The payment that follows from a frozen figure.

    ``paid_before``: øre by the same contract for other periods; ``paid_for_period``: for this one, from earlier figures.
    """
    if not 0 < terms.rate <= terms.cap or min(paid_before, paid_for_period, figure.counted) < 0:
        raise ValueError("a rate is above 0 and within the cap, and nothing is counted or paid below 0")
    status = judge_target(
        ci_low=figure.ci_low,
        ci_high=figure.ci_high,
        n=figure.n,
        threshold=terms.threshold,
        direction=terms.direction,
        minimum_n=terms.minimum_n,
        highest=figure.highest,
    ).status
    earned = terms.rate * figure.counted
    left = max(0, terms.cap - paid_before)
    due = min(earned, left) if status is TargetStatus.MET else 0
    amount, too_much = max(0, due - paid_for_period), max(0, paid_for_period - due)
    return Payment(status, figure.counted, earned, left, due, amount, too_much)
