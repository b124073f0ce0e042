"""Balance and overlap after weighting: are the groups alike once they are weighted, and on how many do they rest?

Question: do weights make the two arms alike at the start, and how many people carry the comparison afterwards?
Formula: SMD = (weighted mean of the treated - of the controls) / S. S is the root of the mean of the two arms' unweighted
variances, so that it doesn't change with the weights; beside it with the treated arm's unweighted SD. Variance ratio:
weighted variance of the treated over that of the controls, sum w (x - m)^2 / (sum w - sum w^2 / sum w). Effective sample
size: (sum w)^2 / sum w^2. Overlap: share of people whose probability lies from 0.05 to 0.95, and share whose
probability lies within the range of the other arm.
Publishing: where every |SMD| is under 0.1 or the column is adjusted for, and each arm has an effective 30 people.
Assumptions: none; it describes. It says nothing of what wasn't measured.
Units: standard deviations; ratios; numbers of people; shares 0-1.
Missing data: none may be missing here. Errors: none raised; a column that doesn't vary is left out of the table.
Source: Austin & Stuart 2015, doi:10.1002/sim.6607; Li, Morgan & Zaslavsky 2018, doi:10.1080/01621459.2016.1260466.
Checked: tests/reference/weighting (R on LaLonde's data, 1e-9).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

MOST_IMBALANCE = 0.1
LEAST_EFFECTIVE = 30
EXTREME = 0.05


@dataclass(frozen=True, slots=True)
class WeightedBalanceRow:
    """One column in the two arms, treated minus control. Means are weighted, in the column's own unit.

    ``smd_before`` and ``smd_after``: in pooled unweighted standard deviations; ``smd_before_treated_sd``: before
    weighting, in the treated arm's. ``variance_ratio``: after weighting; None where the controls don't vary.
    ``adjusted_for``: the outcome model holds the column.
    """

    term: str
    mean_treated: float
    mean_control: float
    smd_before: float
    smd_before_treated_sd: float | None
    smd_after: float
    variance_ratio: float | None
    adjusted_for: bool


@dataclass(frozen=True, slots=True)
class WeightedBalance:
    """Balance table, and the effective number of people per arm.

    ``publishable``: the comparison may be shown; otherwise ``reasons`` say why not.
    """

    rows: tuple[WeightedBalanceRow, ...]
    effective_treated: float
    effective_control: float
    reasons: tuple[Sentence, ...]

    @property
    def publishable(self) -> bool:
        return not self.reasons

    @property
    def largest(self) -> float:
        """Largest absolute SMD after weighting."""
        return max((abs(row.smd_after) for row in self.rows), default=0.0)


@dataclass(frozen=True, slots=True)
class OverlapSummary:
    """How far the arms hold people who could have been in either. Probabilities and shares 0-1.

    ``share_moderate``: probability from 0.05 to 0.95. ``share_common``: within the range of the other arm.
    ``treated_range`` and ``control_range``: lowest and highest probability. ``largest_weight_share``: the largest share
    that one person has of the weight of their arm.
    """

    share_moderate: float
    share_common: float
    treated_range: tuple[float, float]
    control_range: tuple[float, float]
    largest_weight_share: float


def weighted_balance(
    treated: Vector, weights: Vector, columns: Matrix, terms: Sequence[str], *, adjusted: frozenset[str] = frozenset()
) -> WeightedBalance:
    """Balance of ``columns`` between the arms with ``weights`` (zero for those not used)."""
    first, second = treated == 1, treated == 0
    rows = []
    for term, column in zip(terms, columns.T, strict=True):
        if np.ptp(column) == 0:
            continue
        rows.append(_row(term, column, first, second, weights, adjusted=term in adjusted))
    effective = effective_size(weights[first]), effective_size(weights[second])
    return WeightedBalance(tuple(rows), *effective, _reasons(rows, *effective))


def effective_size(weights: Vector) -> float:
    """How many people with equal weights would tell as much (Kish)."""
    return float(weights.sum()) ** 2 / float((weights**2).sum())


def summarise_overlap(treated: Vector, probabilities: Vector, weights: Vector) -> OverlapSummary:
    """Overlap of the arms in ``probabilities`` of being treated."""
    first, second = treated == 1, treated == 0
    ranges = [(float(probabilities[arm].min()), float(probabilities[arm].max())) for arm in (first, second)]
    low, high = np.where(first, ranges[1][0], ranges[0][0]), np.where(first, ranges[1][1], ranges[0][1])
    largest = max(float(weights[arm].max() / weights[arm].sum()) for arm in (first, second))
    return OverlapSummary(
        float(((probabilities >= EXTREME) & (probabilities <= 1 - EXTREME)).mean()),
        float(((probabilities >= low) & (probabilities <= high)).mean()),
        ranges[0],
        ranges[1],
        largest,
    )


def _row(
    term: str, column: Vector, first: NDArray[np.bool_], second: NDArray[np.bool_], weights: Vector, *, adjusted: bool
) -> WeightedBalanceRow:
    plain = float(column[first].mean() - column[second].mean())
    spreads = [float(column[arm].var(ddof=1)) if arm.sum() > 1 else 0.0 for arm in (first, second)]
    # where neither arm varies but they differ, the spread of all together takes the denominator's place
    pooled = math.sqrt((spreads[0] + spreads[1]) / 2 or float(column.var()))
    means = [float(np.average(column[arm], weights=weights[arm])) for arm in (first, second)]
    after = [
        _weighted_variance(column[arm], weights[arm], mean) for arm, mean in zip((first, second), means, strict=True)
    ]
    return WeightedBalanceRow(
        term,
        means[0],
        means[1],
        plain / pooled,
        plain / math.sqrt(spreads[0]) if spreads[0] > 0 else None,
        (means[0] - means[1]) / pooled,
        after[0] / after[1] if after[1] > 0 else None,
        adjusted,
    )


def _weighted_variance(values: Vector, weights: Vector, mean: float) -> float:
    total = float(weights.sum())
    left = total - float((weights**2).sum()) / total
    return float(weights @ (values - mean) ** 2) / left if left > 0 else 0.0


def _reasons(rows: list[WeightedBalanceRow], treated: float, control: float) -> tuple[Sentence, ...]:
    reasons = []
    unlike = [row.term for row in rows if abs(row.smd_after) >= MOST_IMBALANCE and not row.adjusted_for]
    if unlike:
        reasons.append(
            Sentence(
                "After weighting the arms still differ by %(limit)s standard deviations or more in %(columns)s. Adjust for"
                " it in a doubly robust comparison, or compare people who are more alike.",
                limit=MOST_IMBALANCE,
                columns=", ".join(unlike),
            )
        )
    if min(treated, control) < LEAST_EFFECTIVE:
        reasons.append(
            Sentence(
                "After weighting an arm rests on an effective %(size)s people, fewer than %(least)s. It takes more people"
                " who could have been in either arm.",
                size=math.floor(min(treated, control)),
                least=LEAST_EFFECTIVE,
            )
        )
    return tuple(reasons)
