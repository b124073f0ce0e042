"""Shares, their differences, and the chance of being better: methods for counts and ranks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from calibrating.measuring import Asked, Case, Interval
from calibrating.people import DROPOUT, PLAIN, Circumstances, population, simulate_trial, stepped
from outcomes.analysis.mmrm import MmrmDesign, fit_mmrm
from outcomes.analysis.number_needed_to_treat import number_needed
from outcomes.analysis.paired_proportions import compare_paired_shares
from outcomes.analysis.pattern_sums import sum_patterns
from outcomes.analysis.plan import Direction
from outcomes.analysis.proportions import compare_shares, estimate_share, estimate_share_exactly
from outcomes.analysis.responders import standardised_rate
from outcomes.analysis.standardised_ratio import standardised_ratio
from outcomes.analysis.superiority import group_superiority, paired_superiority

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator

    from outcomes.analysis.results import Share, ShareDifference

THRESHOLD = 8.0  # points of change that count
CHEAP = 4000


def share_cases() -> list[Case]:
    """Methods for shares, at sizes and shares where simple intervals are known to fail."""
    return [
        *(
            Case("One share", f"share {share}, {n} people", _one_share(share, n), 0.0, CHEAP)
            for share, n in ((0.5, 100), (0.3, 30), (0.05, 30))
        ),
        *(Case("Two shares", f"{n} in each group", _two_shares(n), 0.2, CHEAP) for n in (30, 100)),
        *(Case("Two shares of the same people", f"{n} people", _paired_shares(n), 0.15, CHEAP) for n in (30, 100)),
        *(
            Case("Chance of being better", f"{n} people (in each group)", _superiority(n), 0.5, CHEAP)
            for n in (30, 100)
        ),
        Case("Observed over expected", "12 expected", _ratio(12.0), 0.5, CHEAP),
        *(
            Case("Share reliably better", found.name, _responders(found), 6.0, 1000, always=True)
            for found in (stepped(PLAIN), stepped(DROPOUT))
        ),
    ]


def _of_share(share: Share) -> Interval:
    return Interval(share.share, share.ci_low, share.ci_high)


def _one_share(share: float, n: int) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, _effect: float) -> list[Asked]:
        count = int(random.binomial(n, share))
        return [
            Asked("Wilson", share, lambda: _of_share(estimate_share(count, n)), None),
            Asked("Clopper-Pearson", share, lambda: _of_share(estimate_share_exactly(count, n)), None),
        ]

    return study


def _two_shares(n: int) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        first, second = int(random.binomial(n, 0.3 + effect)), int(random.binomial(n, 0.3))

        def compared() -> ShareDifference:
            return compare_shares(estimate_share(first, n), estimate_share(second, n))

        def difference() -> Interval:
            found = compared()
            return Interval(found.difference, found.ci_low, found.ci_high)

        asked = [Asked("Newcombe", effect, difference)]
        if effect:
            asked.append(Asked("number needed to treat", 1 / effect, lambda: _needed(compared(), 1 / effect), None))
        return asked

    return study


def _needed(difference: ShareDifference, truth: float) -> Interval | None:
    """The number has no bias to speak of (it may be infinite): what is judged is whether its range holds the truth."""
    found = number_needed(difference).benefit
    inside = found is not None and found.low <= truth and (found.high is None or truth <= found.high)
    return Interval(math.nan, covered=inside)


def _paired_shares(n: int) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        only = 0.15
        both, first_only, second_only, neither = random.multinomial(
            n, [0.3, only + effect, only, 0.4 - effect]
        ).tolist()

        def ask() -> Interval:
            found = compare_paired_shares(both, first_only, second_only, neither)
            return Interval(found.difference, found.ci_low, found.ci_high)

        return [Asked("Newcombe, paired", effect, ask)]

    return study


def _superiority(n: int) -> Callable[[Generator, float], Sequence[Asked]]:
    from scipy.stats import norm  # noqa: PLC0415 - only where studies are simulated

    def study(random: Generator, effect: float) -> list[Asked]:
        first, second = random.normal(effect, 1, n).tolist(), random.normal(0, 1.5, n).tolist()
        groups = float(norm.cdf(effect / np.hypot(1, 1.5)))
        level = random.normal(0, 1, n)
        before, after = (level + random.normal(0, 0.5, n)).tolist(), (level + random.normal(effect, 0.5, n)).tolist()
        same = float(norm.cdf(effect / np.hypot(0.5, 0.5)))

        def paired() -> Interval:
            found = paired_superiority(before, after)
            return Interval(found.probability, found.ci_low, found.ci_high)

        def grouped() -> Interval:
            found = group_superiority(first, second)
            return Interval(found.probability, found.ci_low, found.ci_high)

        return [Asked("same people", same, paired, 0.5), Asked("two groups, Brunner-Munzel", groups, grouped, 0.5)]

    return study


def _ratio(expected: float) -> Callable[[Generator, float], Sequence[Asked]]:
    def study(random: Generator, effect: float) -> list[Asked]:
        observed = int(random.poisson(expected * (1 + effect)))

        def ask() -> Interval:
            found = standardised_ratio(observed, expected)
            return Interval(found.ratio, found.ci_low, found.ci_high)

        return [Asked("ratio, exact Poisson", 1 + effect, ask, 1.0)]

    return study


def _responders(found: Circumstances) -> Callable[[Generator, float], Sequence[Asked]]:
    """One arm: the share of all who began that gained more than 8 points, as counted and as expected had all answered."""
    from scipy.stats import norm  # noqa: PLC0415 - only where studies are simulated

    def study(random: Generator, effect: float) -> list[Asked]:
        trial, true = simulate_trial(found, effect, random), population(found, effect)
        truth = float(norm.sf((THRESHOLD - (true.end - true.start)) / true.change_sd))
        scores = trial.scores[trial.arm == 1]
        change = scores[:, -1] - scores[:, 0]

        def counted() -> Interval:
            return _of_share(estimate_share(int((change > THRESHOLD).sum()), len(change)))

        def among_answered() -> Interval:
            return _of_share(estimate_share(int((change > THRESHOLD).sum()), int((~np.isnan(change)).sum())))

        def expected() -> Interval:
            occasions = [str(number) for number in range(scores.shape[1])]
            sums = sum_patterns(scores, np.ones((len(scores), 1)), occasions=occasions, names=("Intercept",))
            fit = fit_mmrm(sums, MmrmDesign("time"))
            own = np.array(
                [
                    sum(term.weights[k] * b for term, b in zip(fit.design_terms, fit.coefficients, strict=True))
                    for k in range(len(occasions))
                ]
            )
            means = np.broadcast_to(own, scores.shape)
            rate = standardised_rate(scores, means, fit.sigma, threshold=THRESHOLD, direction=Direction.HIGHER)
            return Interval(rate.improved)

        return [
            Asked("counted, of all who began", truth, counted, None),
            Asked("counted, of those with both scores", truth, among_answered, None),
            Asked("expected, had all answered", truth, expected, None),
        ]

    return study
