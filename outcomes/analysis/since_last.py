"""What has moved since figures were last looked at, where the newer ones hold the same people and some more.

Question: is the number that we see today another one than last time, or has only chance moved it?
Estimand: newer estimate minus older; both are of everybody until then, so the older people are among the newer.
Formula: an efficient estimate of the larger set and its difference to that of the part are uncorrelated, so the variance of
the difference is that of the older minus that of the newer one. Both are taken from the newer: s^2 (n_new / n_old - 1) with
its standard error s, and for shares p(1 - p)(1 / n_old - 1 / n_new) with its p. Normal 95 % interval.
Assumptions: what the earlier people answered is unchanged, and those who came later answer for the same period of help.
Units: those of the estimates; shares 0-1. Missing data: as in the estimates.
Small numbers: held against each other, two figures tell of those who make the difference; fewer than 10 of them and neither
the difference nor the older figure is given.
Errors: none raised; a difference that can't or may not be given is Withheld with its reason.
Source: Hausman 1978, doi:10.2307/1913827 (lemma 2.1). Checked: tests/unit/analysis/test_since_last.py simulates people who
come one after the other.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import MINIMUM_ESTIMATE
from outcomes.analysis.intervals import normal_estimate
from outcomes.analysis.results import TermEstimate, Withheld, WithheldReason
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from outcomes.analysis.results import Share

DIFFERENCE = "difference"


def compare_with_part(now: TermEstimate, n_now: int, before: TermEstimate, n_before: int) -> TermEstimate | Withheld:
    """``now`` (of ``n_now`` people) minus ``before`` (of the ``n_before`` of them who were there then)."""
    refusal = too_few_new(n_now, n_before)
    if refusal is not None:
        return refusal
    variance = now.std_error**2 * (n_now / n_before - 1) if n_before else 0.0
    return _difference(now.estimate - before.estimate, variance)


def compare_share_with_part(now: Share, before: Share) -> TermEstimate | Withheld:
    """The same for two shares, ``before`` of some of those whom ``now`` counts."""
    refusal = too_few_new(now.total, before.total)
    if refusal is not None:
        return refusal
    variance = now.share * (1 - now.share) * (1 / before.total - 1 / now.total)
    return _difference(now.share - before.share, variance)


def too_few_new(n_now: int, n_before: int) -> Withheld | None:
    """Why two figures of so many people may not be held against each other; None where they may."""
    if n_now < n_before:
        return Withheld(
            WithheldReason.NOT_POSSIBLE,
            Sentence(
                "There are fewer people in the number than last time, so the two can't be held against each other."
            ),
        )
    if n_now - n_before < MINIMUM_ESTIMATE:
        return Withheld(
            WithheldReason.TOO_FEW,
            Sentence(
                "Fewer than %(minimum)s more people have answered since last time, so the numbers aren't held against each"
                " other.",
                minimum=MINIMUM_ESTIMATE,
            ),
        )
    return None


def _difference(estimate: float, variance: float) -> TermEstimate | Withheld:
    if not variance > 0:
        return Withheld(
            WithheldReason.NOT_POSSIBLE,
            Sentence("All have the same value, so no uncertainty can be worked out."),
        )
    return normal_estimate(DIFFERENCE, estimate, math.sqrt(variance))
