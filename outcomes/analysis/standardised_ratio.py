"""Observed over expected: did a provider's people fare better or worse than people like them do elsewhere?

Question: how does what happened compare with what was to be expected of just these people?
Estimand: per provider, observed over expected number (yes/no outcomes, indirect standardisation), or mean of observed
minus expected (scores); the expected value of each person is from :mod:`outcomes.analysis.case_mix`.
Formula: ratio O / E, E the sum of expected probabilities; interval from O as Poisson count, over E: exact (Garwood: half
the chi-squared quantiles on 2 O and 2 (O + 1) degrees of freedom), mid-P (half the chance of O itself), or Byar:
O (1 - 1 / (9 O) - z / (3 sqrt(O)))^3 and (O + 1) (1 - 1 / (9 (O + 1)) + z / (3 sqrt(O + 1)))^3. Mean residual: t interval
over the provider's people.
Assumptions: E is taken as known; people are independent. What wasn't measured isn't adjusted for: a difference is a
question, never an effect.
Units: ratios (1 = as expected); residuals in points of the score; people.
Missing data: people without outcome or expected value are an error; leave them out, and say how many.
Small numbers: no ratio or residual of under 10 people.
Errors: :class:`~outcomes.errors.EstimateError` for values that aren't numbers, outcomes other than 0 and 1
where events are counted, or nothing expected.
Source: Breslow & Day 1987, IARC Scientific Publications 82; Garwood 1936, doi:10.1093/biomet/28.3-4.437.
Checked: tests/reference/funnel (42 units: R's poisson.test, uniroot, Byar's limits; 1e-10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.change import estimate_mean
from outcomes.analysis.disclosure import may_show_estimate, too_few_for_estimate
from outcomes.analysis.intervals import Z_95
from outcomes.analysis.results import TermEstimate, Withheld, WithheldReason
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = NDArray[np.float64]

TAIL = 0.025


class RatioInterval(StrEnum):
    """How the interval of an observed number is made."""

    EXACT = "exact"
    MID_P = "mid_p"
    BYAR = "byar"


@dataclass(frozen=True, slots=True)
class StandardisedRatio:
    """``observed`` events (people) over ``expected`` ones: ``ratio`` (1 = as expected) with its 95 % interval."""

    observed: int
    expected: float
    ratio: float
    ci_low: float
    ci_high: float
    interval: RatioInterval


@dataclass(frozen=True, slots=True)
class ProviderRatio:
    """One provider's ``n`` people: a :class:`StandardisedRatio`, or why there is none."""

    provider: str
    n: int
    result: StandardisedRatio | Withheld


@dataclass(frozen=True, slots=True)
class ProviderResidual:
    """One provider's ``n`` people: mean of observed minus expected score (points), or why there is none."""

    provider: str
    n: int
    result: TermEstimate | Withheld


def standardised_ratio(
    observed: int, expected: float, *, interval: RatioInterval = RatioInterval.EXACT
) -> StandardisedRatio:
    """Observed over expected with 95 % interval."""
    if not float(observed).is_integer():
        raise EstimateError(Sentence("An observed number is of whole people or events. Give a whole number."))
    if observed < 0 or not (math.isfinite(expected) and expected > 0):
        raise EstimateError(
            Sentence(
                "A ratio needs an expected number above zero and an observed number that isn't negative. Check them."
            )
        )
    low, high = _LIMITS[interval](observed)
    return StandardisedRatio(observed, expected, observed / expected, low / expected, high / expected, interval)


def standardise_indirectly(
    outcomes: Sequence[int] | Vector,
    expected: Sequence[float] | Vector,
    providers: Sequence[str],
    *,
    interval: RatioInterval = RatioInterval.EXACT,
) -> tuple[ProviderRatio, ...]:
    """Observed over expected of each provider, by name; withheld under 10 people."""
    results = []
    groups = _members(outcomes, expected, providers)
    every = np.asarray(outcomes, dtype=float)
    for row in np.flatnonzero((every != 0) & (every != 1))[:1]:
        raise EstimateError(Sentence("The outcome in row %(row)s is neither 0 nor 1.", row=int(row) + 1))
    for provider, members in groups:
        happened, chance = every[members], np.asarray(expected, dtype=float)[members]
        result: StandardisedRatio | Withheld = too_few_for_estimate()
        if may_show_estimate(members.size):
            result = standardised_ratio(int(happened.sum()), float(chance.sum()), interval=interval)
        results.append(ProviderRatio(provider, int(members.size), result))
    return tuple(results)


def mean_residuals(
    outcomes: Sequence[float] | Vector, expected: Sequence[float] | Vector, providers: Sequence[str]
) -> tuple[ProviderResidual, ...]:
    """Mean of observed minus expected score of each provider, by name; withheld under 10 people."""
    residuals = np.asarray(outcomes, dtype=float) - np.asarray(expected, dtype=float)
    results = []
    for provider, members in _members(outcomes, expected, providers):
        result: TermEstimate | Withheld = too_few_for_estimate()
        if may_show_estimate(members.size):
            try:
                result = estimate_mean(residuals[members].tolist(), "mean_residual")
            except EstimateError as error:
                result = Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)
        results.append(ProviderResidual(provider, int(members.size), result))
    return tuple(results)


def _members(
    outcomes: Sequence[float] | Vector, expected: Sequence[float] | Vector, providers: Sequence[str]
) -> list[tuple[str, NDArray[np.int64]]]:
    """Rows of each provider, by name."""
    values, chances = np.asarray(outcomes, dtype=float), np.asarray(expected, dtype=float)
    if not (values.size == chances.size == len(providers) > 0):
        raise EstimateError(Sentence("Every person needs an outcome, an expected value and a provider."))
    if not (np.isfinite(values).all() and np.isfinite(chances).all()):
        raise EstimateError(Sentence("An outcome or expected value isn't a finite number. Correct it or leave it out."))
    names = np.asarray(providers, dtype=str)
    return [(str(name), np.flatnonzero(names == name)) for name in sorted(set(names.tolist()))]


def _exact(observed: int) -> tuple[float, float]:
    from scipy.special import gammaincinv  # noqa: PLC0415 - scipy only where a number is worked out

    low = float(gammaincinv(observed, TAIL)) if observed else 0.0
    return low, float(gammaincinv(observed + 1, 1 - TAIL))


def _mid_p(observed: int) -> tuple[float, float]:
    """The means at which the chance of more (or fewer) events, plus half that of as many, is 2.5 %."""
    from scipy.optimize import brentq  # noqa: PLC0415 - scipy only where a number is worked out
    from scipy.special import gammainc, gammaincc  # noqa: PLC0415 - as above

    def more(mean: float) -> float:
        return float(gammainc(observed, mean) + gammainc(observed + 1, mean)) / 2 - TAIL

    def fewer(mean: float) -> float:
        at_most = float(gammaincc(observed, mean)) if observed else 0.0
        return (at_most + float(gammaincc(observed + 1, mean))) / 2 - TAIL

    low, high = _exact(observed)
    middle = float(observed) or 1e-9
    least = float(brentq(more, low, middle, xtol=1e-13, rtol=1e-14)) if observed else 0.0
    return least, float(brentq(fewer, middle, high, xtol=1e-13, rtol=1e-14))


def _byar(observed: int) -> tuple[float, float]:
    more = observed + 1
    low = observed * (1 - 1 / (9 * observed) - Z_95 / (3 * math.sqrt(observed))) ** 3 if observed else 0.0
    return low, more * (1 - 1 / (9 * more) + Z_95 / (3 * math.sqrt(more))) ** 3


_LIMITS = {RatioInterval.EXACT: _exact, RatioInterval.MID_P: _mid_p, RatioInterval.BYAR: _byar}
