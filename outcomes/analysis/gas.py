"""Goal attainment scaling: several weighted goals of one person in one T score.

Question: how far did a person come with the goals set together, compared with what was expected?
Formula: T = 50 + 10 * sum(w x) / sqrt((1 - r) * sum(w^2) + r * (sum w)^2), r = 0.3.
Assumptions: attainment levels behave like standard normal scores with correlation r between goals.
Over persons: the share of goals attained is sum(a) / sum(m) of a attained among m goals each; its standard error is that
of a ratio, s = sqrt(n / (n - 1) * sum((a - p m)^2)) / sum(m) with n persons, and its interval t on n - 1 degrees of
freedom, since the goals of one person hang together.
Units: x from -2 (much less than expected) to +2 (much more than expected), 0 as expected; T has mean 50 and SD 10 by
construction; higher is better. Goals are set by the person, so T never compares providers.
Change: T at the end minus T at the start over the same goals, so that a goal that was dropped doesn't look like change.
Missing data: a goal that isn't rated (for change: both times) is left out with its weight.
Errors: :class:`~outcomes.errors.EstimateError` where no goal is rated, a level is outside -2..2 or a weight isn't
positive.
Source: Kiresuk & Sherman 1968, doi:10.1007/BF01530764; ratio of totals: Cochran 1977, Sampling Techniques, 6.3.
Checked: tests/reference/gas (published pairs and R); tests/unit/analysis/test_gas.py (the share over persons).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.intervals import t_estimate
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

CORRELATION = 0.3


@dataclass(frozen=True, slots=True)
class GoalAttainment:
    """``t_score``: T of ``n_goals`` rated goals; ``share_attained``: share (0-1) of them as expected or better."""

    t_score: float
    n_goals: int
    share_attained: float


def gas_t_score(
    levels: Sequence[int | float | None], weights: Sequence[float] | None = None, *, correlation: float = CORRELATION
) -> GoalAttainment:
    """T score of one person's goals: ``levels`` per goal (None: not rated) and optional ``weights`` of equal length."""
    weighting = [1.0] * len(levels) if weights is None else [float(weight) for weight in weights]
    if len(weighting) != len(levels):
        raise EstimateError(Sentence("Each goal needs one weight: give as many weights as levels."))
    rated = [(float(x), w) for x, w in zip(levels, weighting, strict=True) if x is not None]
    if not rated:
        raise EstimateError(Sentence("No goal is rated yet. Rate at least one goal, and the score can be worked out."))
    if any(not -2 <= x <= 2 for x, _ in rated):
        raise EstimateError(Sentence("A goal's level must be between -2 and +2. Correct the level."))
    if any(not (math.isfinite(w) and w > 0) for _, w in rated):
        raise EstimateError(Sentence("A goal's weight must be a positive number. Correct the weight."))
    if not 0 <= correlation <= 1:
        raise EstimateError(Sentence("The correlation between goals must be between 0 and 1."))
    total = sum(w for _, w in rated)
    spread = math.sqrt((1 - correlation) * sum(w * w for _, w in rated) + correlation * total * total)
    t_score = 50 + 10 * sum(w * x for x, w in rated) / spread
    return GoalAttainment(t_score, len(rated), sum(x >= 0 for x, _ in rated) / len(rated))


@dataclass(frozen=True, slots=True)
class GoalChange:
    """T at ``start`` and at ``end`` over the ``end.n_goals`` goals rated both times; ``change`` in T points."""

    start: GoalAttainment
    end: GoalAttainment

    @property
    def change(self) -> float:
        return self.end.t_score - self.start.t_score


def gas_change(
    start: Sequence[int | float | None],
    end: Sequence[int | float | None],
    weights: Sequence[float] | None = None,
    *,
    correlation: float = CORRELATION,
) -> GoalChange:
    """T of one person's goals at start and at end, the goals in the same order, over those rated both times."""
    if len(start) != len(end):
        raise EstimateError(
            Sentence("Each goal needs one level at the start and one at the end (or none): as many of each.")
        )
    both = [x is not None and y is not None for x, y in zip(start, end, strict=True)]
    if not any(both):
        raise EstimateError(
            Sentence(
                "No goal is rated both at the start and at the end. Rate one both times, and the change can be told."
            )
        )
    first = [x if kept else None for x, kept in zip(start, both, strict=True)]
    last = [y if kept else None for y, kept in zip(end, both, strict=True)]
    return GoalChange(
        gas_t_score(first, weights, correlation=correlation), gas_t_score(last, weights, correlation=correlation)
    )


def share_of_goals(attained: Sequence[int], goals: Sequence[int]) -> TermEstimate:
    """Share (0-1) of all goals attained: ``attained`` of ``goals`` per person, persons as the independent units."""
    n, total = len(goals), sum(goals)
    if n < 2 or len(attained) != n or min(goals) < 1:
        raise EstimateError(Sentence("A share of goals with an interval needs goals of at least two people."))
    if any(not 0 <= reached <= of for reached, of in zip(attained, goals, strict=True)):
        raise EstimateError(Sentence("More goals are counted as reached than there are. Check the numbers."))
    share = sum(attained) / total
    residual = math.fsum((reached - share * of) ** 2 for reached, of in zip(attained, goals, strict=True))
    std_error = math.sqrt(n / (n - 1) * residual) / total
    if std_error == 0.0:
        raise EstimateError(Sentence("All have the same value, so no uncertainty can be worked out."))
    found = t_estimate("share_attained", share, std_error, float(n - 1))
    return TermEstimate(
        found.term, share, std_error, found.df, max(0.0, found.ci_low), min(1.0, found.ci_high), p_value=None
    )
