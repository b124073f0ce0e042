"""Whether an outcome target is met: judged by the whole interval, so that "can't be said yet" is an answer.

Question: does what happened to the citizens lie on the right side of the target, further than chance could carry it?
Estimand: the indicator's own (a share, a mean change in points, a standardised change) in the target's population.
Formula: for "at least t": met where ci_low >= t, not met where ci_high < t. For "at most t": met where ci_high <= t, not met
where ci_low > t. Everything else can't be said yet. With fewer people than the target's minimum n nothing can be said,
however the interval lies. Where people whose answers are missing stand in the figure as not counted, "not met" needs more:
the upper end had all of them counted (``highest``) must be below t too: nothing is missed for not being answered.
Assumptions: the interval is the indicator's 95 % interval and covers what it says; one target is read at a time (with many
targets some are called met or not met by chance: at most about 2.5 % each way where the truth lies on the threshold).
Units: threshold and interval in the indicator's own unit; n in persons.
Missing data: whoever hasn't answered is unknown: never shown as well, and never the reason why a target isn't met.
Errors: ValueError for a direction that isn't one, an interval that isn't in order or isn't a number.
Source: METHODS.md section 4; as non-inferiority and superiority are read off an interval, Piaggio et al. 2012,
doi:10.1001/jama.2012.87802.
Checked: tests/unit/analysis/test_target_status.py (properties), docs/examples/targets/recompute.py (a script of its own works
the status out again from what the targets' page gives as data).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class TargetStatus(StrEnum):
    """How a target stands."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_SAID = "cannot_be_said"


class Obstacle(StrEnum):
    """Why it can't be said how a target stands."""

    TOO_FEW = "too_few"  # fewer people than the target's minimum
    INTERVAL = "interval"  # the interval holds the threshold
    MISSING = "missing_answers"  # it could be met by those who haven't answered
    WITHHELD = "withheld"  # there is no number that may be shown


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a target stands; ``obstacle`` only where it can't be said.

    ``missing``: how many people more it takes to reach the minimum n; None where enough have answered, and where so few
    have that their number isn't shown.
    """

    status: TargetStatus
    obstacle: Obstacle | None = None
    missing: int | None = None


WITHHELD = Judgement(TargetStatus.NOT_SAID, Obstacle.WITHHELD)


def judge_target(
    *,
    ci_low: float,
    ci_high: float,
    n: int,
    threshold: float,
    direction: str,
    minimum_n: int,
    highest: float | None = None,
) -> Judgement:
    """How a target stands by an indicator's interval from ``n`` people. ``direction``: ``at_least`` or ``at_most``.

    ``highest``: the interval's upper end had everybody whose answer is missing been counted; None: nobody's is.
    """
    if direction not in {"at_least", "at_most"}:
        msg = f"a target is no {direction!r}"
        raise ValueError(msg)
    if math.isnan(threshold) or not ci_low <= ci_high:
        raise ValueError("an interval has two ends in order, and a threshold is a number")
    if n < minimum_n:
        return Judgement(TargetStatus.NOT_SAID, Obstacle.TOO_FEW, minimum_n - n)
    at_least = direction == "at_least"
    if ci_low >= threshold if at_least else ci_high <= threshold:
        return Judgement(TargetStatus.MET)
    if ci_high < threshold if at_least else ci_low > threshold:
        if at_least and highest is not None and highest >= threshold:
            return Judgement(TargetStatus.NOT_SAID, Obstacle.MISSING)
        return Judgement(TargetStatus.NOT_MET)
    return Judgement(TargetStatus.NOT_SAID, Obstacle.INTERVAL)
