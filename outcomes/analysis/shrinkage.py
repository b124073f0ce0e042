"""Shrinkage: what each place's effect is likely to be, once it is read together with all the others'.

Question: how much of a place's high or low estimate is chance, and what would we expect of it?
Estimand: the true effect theta_m of place m, given its own estimate and those of all places.
Formula (empirical Bayes): theta_m = lambda_m y_m + (1 - lambda_m) mu, lambda_m = tau^2 / (tau^2 + v_m), mu and tau^2 (REML)
of the meta-analysis; standard error sqrt(lambda_m v_m + (1 - lambda_m)^2 se(mu)^2). P(top decile) is the probability
that theta_m lies above mu + 1.2816 tau, the value that a tenth of places exceed: 1 - Phi((mu + 1.2816 tau - theta_m) /
(sd)), sd^2 = lambda_m v_m + lambda_m^2 se(mu)^2 (the uncertainty of mu moves limit and place together); P(bottom decile)
likewise.
Assumptions: true effects are normal around one mean; no place is special beforehand. tau^2 is taken as known.
Units: those of the estimates; probabilities 0-1.
Missing data: a place without an estimate isn't there.
Errors: :class:`~outcomes.errors.EstimateError` as meta_analysis.py. Where tau^2 is zero all places are the same: the
probabilities are None, with a warning.
Never ranks: results stand in the order given, and there is no function that sorts them.
Source: Raudenbush & Bryk 1985, doi:10.3102/10769986010002075; Morris 1983, doi:10.1080/01621459.1983.10477920.
Checked: tests/reference/meta_analysis (metafor's blup, 1e-9); the deciles by simulation in tests/unit/analysis.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.heterogeneity import TauSquaredMethod
from outcomes.analysis.meta_analysis import HartungKnapp, PooledEstimate, combine_estimates
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

DECILE = 1.2815515655446004  # standard normal quantile of 0.9


@dataclass(frozen=True, slots=True)
class ShrunkenEstimate:
    """One place: its own ``raw`` estimate, and ``estimate`` with ``std_error`` and 95 % interval after shrinkage.

    ``reliability``: lambda, 0-1, the weight of its own estimate. ``in_top_decile``, ``in_bottom_decile``: probability (0-1)
    that its true effect is among the highest and lowest tenth of places; None where places don't differ.
    """

    name: str
    raw: float
    estimate: float
    std_error: float
    ci_low: float
    ci_high: float
    reliability: float
    in_top_decile: float | None
    in_bottom_decile: float | None


@dataclass(frozen=True, slots=True)
class ShrunkenEstimates:
    """Every place in the order given, and the synthesis ``over_all`` that they are drawn towards."""

    places: tuple[ShrunkenEstimate, ...]
    over_all: PooledEstimate
    warnings: tuple[Sentence, ...]


def shrink_estimates(
    estimates: Sequence[float],
    variances: Sequence[float],
    names: Sequence[str],
    *,
    method: TauSquaredMethod = TauSquaredMethod.REML,
    hartung_knapp: HartungKnapp = HartungKnapp.OFF,
) -> ShrunkenEstimates:
    """Empirical-Bayes estimates of the places called ``names``, with sampling ``variances``."""
    over_all = combine_estimates(
        estimates, variances, names=names, method=method, hartung_knapp=hartung_knapp, term="over all"
    )
    places = tuple(
        _shrink(name, float(raw), float(variance), over_all)
        for name, raw, variance in zip(names, estimates, variances, strict=True)
    )
    return ShrunkenEstimates(places, over_all, over_all.warnings)


def _shrink(name: str, raw: float, variance: float, over_all: PooledEstimate) -> ShrunkenEstimate:
    mean, mean_error = over_all.pooled.estimate, over_all.pooled.std_error
    reliability = over_all.tau2 / (over_all.tau2 + variance)
    estimate = reliability * raw + (1 - reliability) * mean
    std_error = math.sqrt(reliability * variance + ((1 - reliability) * mean_error) ** 2)
    margin = (over_all.pooled.ci_high - mean) / mean_error * std_error
    top = bottom = None
    if over_all.tau2 > 0:
        limit = DECILE * math.sqrt(over_all.tau2)
        spread = math.sqrt(reliability * variance + (reliability * mean_error) ** 2)
        top = _normal_probability((estimate - mean - limit) / spread)
        bottom = _normal_probability((mean - limit - estimate) / spread)
    return ShrunkenEstimate(
        name, raw, estimate, std_error, estimate - margin, estimate + margin, reliability, top, bottom
    )


def _normal_probability(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))
