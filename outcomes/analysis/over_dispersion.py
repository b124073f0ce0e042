"""Over-dispersion: how much more providers differ than chance alone would make them.

Question: do providers vary beyond chance for reasons that no case mix holds, so that plain limits would flag too many?
Estimand: phi, the mean square of the providers' standardised differences from the target (1 by chance alone), and
tau^2, the variance between providers on the transformed scale.
Formula: z = (y - target) / s; of the I values the lowest and highest 10 % are drawn in to the 10 % and 90 % quantiles
(winsorised), or left out by rank (truncated: floor(10 rank / (I + 1)) is 0 or 9); phi = mean of z^2;
tau^2 = max(0, (I phi - (I - 1)) / (sum w - sum w^2 / sum w)), w = 1 / s^2.
Assumptions: most providers are ordinary; a few extreme ones shall not widen the limits meant to find them.
Units: phi has none; tau^2 is the square of the transformed scale's unit.
Missing data: none.
Errors: :class:`~outcomes.errors.EstimateError` with under two providers.
Source: Spiegelhalter 2005, doi:10.1002/sim.1970; Spiegelhalter et al. 2012, doi:10.1111/j.1467-985X.2011.01010.x.
Checked: tests/reference/funnel (R package FunnelPlotR's formulas on 42 units, 1e-10).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import EstimateError, Sentence

Vector = NDArray[np.float64]

TRIMMED = 0.10


class OutlierRule(StrEnum):
    """What happens to the extreme tenth at each end before over-dispersion is worked out."""

    WINSORISE = "winsorise"
    TRUNCATE = "truncate"


@dataclass(frozen=True, slots=True)
class OverDispersion:
    """``phi`` (1 by chance alone) and ``tau2`` from ``n`` providers; ``scores``: standardised differences as used, None
    where one was left out."""

    phi: float
    tau2: float
    n: int
    scores: tuple[float | None, ...]


def estimate_over_dispersion(
    scores: Vector, std_errors: Vector, *, outliers: OutlierRule = OutlierRule.WINSORISE
) -> OverDispersion:
    """Over-dispersion from standardised differences and standard errors on the transformed scale."""
    if scores.size < 2:
        raise EstimateError(
            Sentence("How much providers differ can't be said of fewer than two. It needs more of them.")
        )
    if outliers is OutlierRule.WINSORISE:
        low, high = np.quantile(scores, [TRIMMED, 1 - TRIMMED])
        used, kept = np.clip(scores, low, high), np.ones(scores.size, dtype=bool)
    else:
        used, kept = scores, _inner(scores)
    n = int(kept.sum())
    phi = float((used[kept] ** 2).mean())
    # Weights relative to the largest, so that tau^2 comes out the same whatever the scale of the scores is.
    smallest = float(std_errors[kept].min())
    weights = (smallest / std_errors[kept]) ** 2
    room = float(weights.sum() - (weights**2).sum() / weights.sum())
    tau2 = max(0.0, (n * phi - (n - 1)) / room) * smallest**2 if n > 1 else 0.0
    shown = tuple(float(score) if keep else None for score, keep in zip(used, kept, strict=True))
    return OverDispersion(phi, tau2, n, shown)


def _inner(scores: Vector) -> NDArray[np.bool_]:
    """True for those whose rank (mean rank where several are alike) is in none of the outer tenths."""
    below = (scores[:, None] > scores[None, :]).sum(axis=1)
    alike = (scores[:, None] == scores[None, :]).sum(axis=1)
    tenth = np.floor((below + (alike + 1) / 2) * round(1 / TRIMMED) / (scores.size + 1))
    inner: NDArray[np.bool_] = (tenth > 0) & (tenth < round(1 / TRIMMED) - 1)
    return inner if inner.any() else np.ones(scores.size, dtype=bool)
