"""What holds for several estimates at once: simultaneous bands, and the test of the periods before the start.

Formula: multiplier bootstrap: each unit (cluster) gets Mammen's two-point weight with mean 0 and variance 1; the critical
value is the 95 % quantile of the largest |weighted influence sum / standard error|, never under 1.96. Pre-trend: Wald
statistic a' V^-1 a of all ATT(g, t) before the start, chi-squared. Units: the estimates'. Source: see the package; Mammen
1993, doi:10.1214/aos/1176349025. Errors: as there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.intervals import Z_95
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.results import TermEstimate
    from outcomes.analysis.staggered_rollout.group_time import Cells
    from outcomes.analysis.staggered_rollout.panel import Panel

Matrix = NDArray[np.float64]

LEAST_DRAWS = 999


@dataclass(frozen=True, slots=True)
class Band:
    """95 % band (points) that holds for all estimates at once: ``limits`` per estimate, ``critical_value`` in standard
    errors, from ``draws`` bootstrap draws."""

    critical_value: float
    limits: tuple[tuple[float, float], ...]
    draws: int


@dataclass(frozen=True, slots=True)
class PreTrendTest:
    """Wald test that no effect is seen before the start: chi-squared ``statistic`` on ``df``.

    A small ``p_value`` speaks against the roll-out as evidence; a large one doesn't speak for it.
    """

    statistic: float
    df: int
    p_value: float


def simultaneous_band(
    panel: Panel, estimates: Sequence[TermEstimate], influence: Matrix, generator: np.random.Generator, draws: int
) -> Band:
    """Band over ``estimates`` by the multiplier bootstrap; ``influence``: units x estimates."""
    if draws < LEAST_DRAWS:
        raise EstimateError(Sentence("A band needs at least %(least)s draws.", least=LEAST_DRAWS))
    sums = _cluster_sums(panel, influence) / panel.n_units
    errors = np.array([estimate.std_error for estimate in estimates])
    scaled = sums / errors
    high = (1 + math.sqrt(5)) / 2
    chance_low = high / math.sqrt(5)
    largest = np.empty(draws)
    for draw in range(draws):
        low = generator.random(sums.shape[0]) < chance_low
        largest[draw] = np.abs(np.where(low, 1 - high, high) @ scaled).max()
    critical = max(Z_95, float(np.quantile(largest, 0.95)))
    limits = tuple(
        (estimate.estimate - critical * estimate.std_error, estimate.estimate + critical * estimate.std_error)
        for estimate in estimates
    )
    return Band(critical, limits, draws)


def pre_trend_test(panel: Panel, cells: Cells) -> PreTrendTest | None:
    """Wald test of the cells before the start; None without such a cell, or where they can't be tested together."""
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy only where a number is worked out

    before = [index for index, effect in enumerate(cells.effects) if effect.before_start]
    if not before:
        return None
    sums = _cluster_sums(panel, cells.influence[:, before]) / panel.n_units
    covariance = sums.T @ sums
    scale = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    if values[0] < 1e-10:
        return None
    rotated = vectors.T @ (np.array([cells.effects[index].effect.estimate for index in before]) / scale)
    statistic = float(rotated @ (rotated / values))
    return PreTrendTest(statistic, len(before), float(chdtrc(len(before), statistic)))


def _cluster_sums(panel: Panel, influence: Matrix) -> Matrix:
    if panel.cluster is None:
        return influence
    sums = np.zeros((int(panel.cluster.max()) + 1, influence.shape[1]))
    np.add.at(sums, panel.cluster, influence)
    return sums
