"""Two periods: what has moved since the report before, and is it more than noise?

Question: do those who began in this period fare otherwise than those who began in the period before?
Estimand: difference (this period minus the one before) of the main number, of the share who answered, and of the shares
reliably better and worse of those due.
Formula: difference of two independent estimates, standard error sqrt(s1^2 + s2^2), t on Welch's degrees of freedom where both
have some, else normal; shares by Newcombe. Moved: the 95 % interval leaves out zero.
Assumptions: the periods hold different people: whoever began in both is counted in this one alone, so that the two are
independent. Who comes may have changed as well as what became of them.
Units: points and shares 0-1. Missing data: as each period's own estimate.
Errors: none raised; withheld where a period has no such number, or where the two don't bear the same design label.
Source: Welch 1947, doi:10.1093/biomet/34.1-2.28; Newcombe 1998 as in proportions.py.
Checked: tests/unit/analysis/test_period_comparison.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.effect_results import Cell, EffectEstimate, Progression
from outcomes.analysis.evidence import DesignLabel, EvidenceGrade
from outcomes.analysis.intervals import normal_estimate, t_estimate
from outcomes.analysis.proportions import compare_shares
from outcomes.analysis.results import INTERVENTION, Share, ShareDifference, TermEstimate, Withheld, WithheldReason
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.analysis.effect_results import ProgressionRow


@dataclass(frozen=True, slots=True)
class NumberShift:
    """The main number (points) ``now`` and ``before``, and their ``difference``."""

    now: TermEstimate
    before: TermEstimate
    difference: TermEstimate


@dataclass(frozen=True, slots=True)
class ShareShift:
    """A share (0-1) ``now`` and ``before``, and their ``difference``."""

    now: Share
    before: Share
    difference: ShareDifference

    @property
    def moved(self) -> bool:
        """True where the interval leaves out zero."""
        return not self.difference.ci_low <= 0.0 <= self.difference.ci_high


@dataclass(frozen=True, slots=True)
class PeriodComparison:
    """This period held against the one before it. ``begun``: how many began, now and before; ``in_both``: people who began in
    both, counted now alone. ``grades`` and ``labels``: now and before."""

    begun: tuple[int, int]
    in_both: Cell
    labels: tuple[DesignLabel, DesignLabel]
    grades: tuple[EvidenceGrade, EvidenceGrade]
    main: NumberShift | Withheld
    answered: ShareShift | Withheld
    better: ShareShift | Withheld
    worse: ShareShift | Withheld


def leading_number(estimate: EffectEstimate) -> TermEstimate | Withheld:
    """The number behind a report's headline: the effect, or with no comparison the change at the primary occasion."""
    if isinstance(estimate.effect, TermEstimate) or estimate.label > DesignLabel.D0:
        return estimate.effect
    return estimate.main_change


def compare_periods(now: EffectEstimate, before: EffectEstimate, *, in_both: Cell) -> PeriodComparison:
    """``now`` against ``before``, which hold different people."""
    return PeriodComparison(
        (now.n_started, before.n_started),
        in_both,
        (now.label, before.label),
        (now.evidence.grade, before.evidence.grade),
        _main(now, before),
        _shares(now.primary_share, before.primary_share),
        _progression(now, before, lambda row: row.share_better),
        _progression(now, before, lambda row: row.share_worse),
    )


def subtract_estimates(now: TermEstimate, before: TermEstimate) -> TermEstimate:
    """``now`` minus ``before`` of two independent estimates."""
    parts = now.std_error**2, before.std_error**2
    std_error = math.sqrt(sum(parts))
    if now.df is None or before.df is None:
        return normal_estimate("difference", now.estimate - before.estimate, std_error)
    df = sum(parts) ** 2 / (parts[0] ** 2 / now.df + parts[1] ** 2 / before.df)
    return t_estimate("difference", now.estimate - before.estimate, std_error, df)


def _main(now: EffectEstimate, before: EffectEstimate) -> NumberShift | Withheld:
    if now.label is not before.label:
        return Withheld(
            WithheldReason.NOT_POSSIBLE,
            Sentence("The two periods' numbers aren't of the same kind, so they aren't held against each other."),
        )
    first, second = leading_number(now), leading_number(before)
    for number in (first, second):
        if isinstance(number, Withheld):
            return number
    return NumberShift(first, second, subtract_estimates(first, second))  # type: ignore[arg-type]


def _shares(now: Share | Withheld, before: Share | Withheld) -> ShareShift | Withheld:
    if isinstance(now, Withheld):
        return now
    if isinstance(before, Withheld):
        return before
    return ShareShift(now, before, compare_shares(now, before))


def _progression(
    now: EffectEstimate, before: EffectEstimate, share: Callable[[ProgressionRow], Share | Withheld]
) -> ShareShift | Withheld:
    rows = []
    for estimate in (now, before):
        if not isinstance(estimate.progression, Progression):
            return estimate.progression
        rows.append(next(row for row in estimate.progression.rows if row.arm in {None, INTERVENTION}))
    return _shares(share(rows[0]), share(rows[1]))
