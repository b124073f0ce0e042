"""Methods for places: their estimates put together, and charts that watch them."""

from __future__ import annotations

import itertools
import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from calibrating.measuring import Asked, Case, Interval, Rate, generator_of, of_term, rate_of, share_error
from outcomes.analysis.control_chart import individuals_chart
from outcomes.analysis.cusum import CusumPath, residual_cusum, risk_adjusted_cusum
from outcomes.analysis.ewma import ewma_chart
from outcomes.analysis.funnel import funnel_shares
from outcomes.analysis.meta_analysis import HartungKnapp, PooledEstimate, combine_estimates
from outcomes.analysis.meta_regression import fit_meta_regression
from outcomes.analysis.multiplicity import MultiplicityRule, adjust_for_multiplicity
from outcomes.analysis.run_rules import RunRule
from outcomes.analysis.shrinkage import shrink_estimates

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator

TAU = 1.0
PART_CHARTS = "Watching places"
PART_FAMILIES = "Many tests"


def place_cases() -> list[Case]:
    """Synthesis of few and more places."""
    return [Case("Several places together", f"{k} places", _synthesis(k), 1.0, 1000) for k in (5, 10, 20, 100)]


def _synthesis(k: int) -> Callable[[Generator, float], Sequence[Asked]]:
    names = [str(place) for place in range(k)]

    def study(random: Generator, effect: float) -> list[Asked]:
        known = np.linspace(-1, 1, k)
        variances = random.uniform(0.4, 2.0, k)
        true = effect + random.normal(0, TAU, k)
        estimates = true + random.normal(0, np.sqrt(variances))
        slope = effect * known
        new = effect + random.normal(0, TAU)

        @cache
        def usual() -> PooledEstimate:
            return combine_estimates(estimates.tolist(), variances.tolist())

        def normal() -> Interval | None:
            return of_term(
                combine_estimates(estimates.tolist(), variances.tolist(), hartung_knapp=HartungKnapp.OFF).pooled
            )

        def prediction() -> Interval | None:
            found = usual()
            if found.prediction_low is None or found.prediction_high is None:
                return None
            return Interval(found.pooled.estimate, found.prediction_low, found.prediction_high)

        def spread() -> Interval:
            return Interval(usual().tau2, usual().tau2_interval.low, usual().tau2_interval.high)

        def shrunken() -> Interval:
            first = shrink_estimates(estimates.tolist(), variances.tolist(), names).places[0]
            return Interval(first.estimate, first.ci_low, first.ci_high)

        def regression() -> Interval | None:
            found = fit_meta_regression(
                (estimates + slope).tolist(), variances.tolist(), known[:, None], ("known",), names=names
            )
            return of_term(found.term("known"))

        return [
            Asked("REML, Hartung-Knapp", effect, lambda: of_term(usual().pooled)),
            Asked("REML, normal interval", effect, normal),
            Asked("prediction interval, a new place", new, prediction, None),
            Asked("tau squared, Q-profile", TAU**2, spread, None),
            Asked("one place, shrunken", float(true[0]), shrunken, None),
            Asked("meta-regression, Hartung-Knapp", effect, regression),
        ]

    return study


def place_rates(seed: int, *, share: float = 1.0) -> list[Rate]:
    """False alarms of funnel, charts and families of tests, against what they state."""
    return [
        *_funnel(seed, max(2, round(1000 * share))),
        *_residual_charts(seed, max(4, round(600 * share))),
        *_risk_cusum(seed, max(4, round(600 * share))),
        _individuals(seed, max(4, round(600 * share))),
        *_family(seed, max(2, round(4000 * share))),
    ]


def _funnel(seed: int, studies: int) -> list[Rate]:
    """40 providers of 20 to 300 people: where chance alone differs them, and where ordinary differences do too."""
    rates, names = [], [str(place) for place in range(40)]
    for circumstances, between in (("chance alone", 0.0), ("ordinary differences too", 0.05)):
        random = generator_of(seed, "funnel", circumstances)
        outside: dict[str, list[float]] = {"95": [], "998": []}
        for _ in range(studies):
            totals = random.integers(20, 301, 40)
            angle = math.asin(math.sqrt(0.4)) + random.normal(0, between, 40)
            counts = random.binomial(totals, np.sin(angle) ** 2)
            points = funnel_shares(names, counts.tolist(), totals.tolist()).points
            outside["95"].append(float(np.mean([not p.limit.low_95 <= p.value <= p.limit.high_95 for p in points])))
            outside["998"].append(float(np.mean([not p.limit.low_998 <= p.value <= p.limit.high_998 for p in points])))
        rates += [
            rate_of(PART_CHARTS, "funnel of shares, outside 95 % limits", circumstances, outside["95"], 0.05, 0.02),
            rate_of(
                PART_CHARTS, "funnel of shares, outside 99.8 % limits", circumstances, outside["998"], 0.002, 0.002
            ),
        ]
    return rates


def _run_lengths(path: CusumPath, wanted: int) -> list[float]:
    """Observations from each fresh start to the signal that ended it."""
    starts = (-1, *path.signals)
    return [float(end - start) for start, end in itertools.pairwise(starts)][:wanted]


def _residual_charts(seed: int, runs: int) -> list[Rate]:
    random = generator_of(seed, "residual charts")
    chart = residual_cusum(random.normal(0, 1, 130 * runs), people_per_year=100, limit=5.0, restart=True)
    stated = chart.more.run_length.observations
    found = _run_lengths(chart.more, runs)
    rates = [_length("CUSUM of residuals, run length", found, stated)]
    length = 100.0
    lengths: list[float] = []
    limit = ewma_chart([0.0], people_per_year=100, target_run_length=length).limit_in_deviations
    while len(lengths) < runs:
        signals = ewma_chart(random.normal(0, 1, 1500), people_per_year=100, limit_in_deviations=limit).signals
        lengths.append(float(signals[0] + 1) if signals else 1500.0)
    return [*rates, _length("EWMA, run length", lengths, length)]


def _risk_cusum(seed: int, runs: int) -> list[Rate]:
    random = generator_of(seed, "risk-adjusted CUSUM")
    risks = random.choice([0.05, 0.1, 0.2, 0.4], 400 * runs)
    outcomes = (random.random(risks.size) < risks).astype(int)
    chart = risk_adjusted_cusum(outcomes, risks, people_per_year=100, target_run_length=300, restart=True)
    return [
        _length(
            f"risk-adjusted CUSUM, {path.direction.value} than expected, run length",
            _run_lengths(path, runs),
            path.run_length.observations,
        )
        for path in (chart.more, chart.fewer)
    ]


def _individuals(seed: int, runs: int) -> Rate:
    """Long baselines, so that the limits are near those of a known spread: what the stated run length presumes."""
    random = generator_of(seed, "individuals chart")
    alarms = []
    stated = 0.0
    for _ in range(runs):
        values = random.normal(0, 1, 400)
        chart = individuals_chart(
            values.tolist(),
            [str(i) for i in range(400)],
            baseline=200,
            periods_per_year=12,
            rules=frozenset({RunRule.BEYOND_LIMITS}),
        )
        stated = 1 / chart.run_length.observations
        alarms.append(float(np.mean([not p.low <= p.value <= p.high for p in chart.points if not p.baseline])))
    return rate_of(
        PART_CHARTS, "control chart (XmR), a period outside 3 sigma", "200 baseline periods", alarms, stated, 0.003
    )


def _length(name: str, found: list[float], stated: float) -> Rate:
    return rate_of(PART_CHARTS, name, "nothing has changed", found, stated, 0.15 * stated)


def _family(seed: int, studies: int) -> list[Rate]:
    """10 tests of nothing, half of them going together: how often does any stand?"""
    from scipy.stats import norm  # noqa: PLC0415 - only where studies are simulated

    random = generator_of(seed, "families")
    found: dict[MultiplicityRule, list[float]] = {rule: [] for rule in MultiplicityRule}
    names = [str(number) for number in range(10)]
    for _ in range(studies):
        z = np.concatenate(
            [random.normal(0, 1, 5), np.sqrt(0.5) * random.normal() + np.sqrt(0.5) * random.normal(0, 1, 5)]
        )
        p = (2 * norm.sf(np.abs(z))).tolist()
        for rule, counted in found.items():
            counted.append(float(adjust_for_multiplicity(p, names, rule=rule).n_rejected > 0))
    rates = []
    for rule, counted in found.items():
        share = float(np.mean(counted))
        error = share_error(share, studies)
        rates.append(
            Rate(
                PART_FAMILIES,
                f"any finding, {rule.value}",
                "10 tests of nothing",
                studies,
                0.05,
                share,
                error,
                0.0,
                0.06,
            )
        )
    return rates
