"""Cost per outcome, with the mix of people accounted for: what does it cost a place that one more person succeeds?

Question: does a place spend more for each who succeeds than others do, or are its people only others than theirs?
Estimand: cost per person who succeeds if the place had everybody's mix of people.
Formula: overall cost per success x (observed over expected cost) / (observed over expected successes) of the place. Expected
cost and success of each person are from :mod:`outcomes.analysis.case_mix`, over all places together; the place is never a
covariate. With residuals c - e(c) and y - e(y), u = (c - e(c)) / sum e(c) - (y - e(y)) / sum e(y) of each person; the
logarithm of the result has variance n / (n - 1) x sum of u squared; normal interval on the logarithm.
Assumptions: what is measured of people at the start explains how they differ; expected values are taken as known. What isn't
measured isn't accounted for: a difference is a question, never a verdict, and never about staff.
Units: kroner per person who succeeds.
Missing data: people without outcome, cost or covariate are left out by the caller, who says how many.
Small numbers: nothing of under 10 people, nor where fewer than 5 succeeded, or didn't; and as many more places are withheld
as it takes for those withheld to be two or more, with 5 who succeeded and 5 who didn't among them.
Errors: :class:`~outcomes.errors.EstimateError` where the lists aren't equally long, and those of case_mix.
Source: indirect standardisation, Breslow & Day 1987, IARC Scientific Publications 82; the ratio's variance, Cochran 1977,
Sampling Techniques, ISBN 0-471-16240-X, 6.4.
Checked: tests/unit/analysis/test_cost_per_outcome.py: places with equal effect and unequal mix come out equal; coverage.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.case_mix import CaseMixKind, fit_case_mix
from outcomes.analysis.disclosure import (
    may_show_cell,
    may_show_estimate,
    may_show_share,
    too_few_for_estimate,
    too_few_for_share,
)
from outcomes.analysis.intervals import Z_95
from outcomes.analysis.results import TermEstimate, Withheld
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PlaceCost:
    """One place's ``n`` people: ``crude`` cost per success as it is, and ``adjusted`` to everybody's mix, or why they aren't
    given. Kroner; the standard error is of the logarithm."""

    place: str
    n: int
    crude: float | Withheld
    adjusted: TermEstimate | Withheld


@dataclass(frozen=True, slots=True)
class AllPlaces:
    """All places' ``n`` people together: kroner spent for each who succeeds, as it is."""

    n: int
    crude: float


def cost_of_all(costs: Sequence[float], successes: Sequence[int]) -> AllPlaces | None:
    """Cost per person who succeeds, of everybody; None where so few succeeded, or didn't, that it isn't shown."""
    n, succeeded = len(successes), sum(successes)
    if not may_show_estimate(n) or not may_show_share(succeeded, n):
        return None
    return AllPlaces(n, math.fsum(costs) / succeeded)


def cost_per_success(
    places: Sequence[str],
    costs: Sequence[float],
    successes: Sequence[int],
    covariates: Sequence[Sequence[float]],
    names: Sequence[str],
) -> tuple[PlaceCost, ...]:
    """Cost per person who succeeds at each place, by its name. ``covariates`` has a row per person, a column per name."""
    if not len(places) == len(costs) == len(successes) == len(covariates):
        raise EstimateError(Sentence("Each person needs a place, a cost, an outcome and a background."))
    cost, success = np.asarray(costs, dtype=float), np.asarray(successes, dtype=float)
    chance = fit_case_mix(success, covariates, names, kind=CaseMixKind.YES_NO).expected(covariates)
    alike = bool(np.ptp(cost) <= 1e-9 * max(1.0, float(np.abs(cost).max())))
    spent = cost.copy() if alike else fit_case_mix(cost, covariates, names, kind=CaseMixKind.SCORE).expected(covariates)
    overall = float(cost.sum() / success.sum())
    of = np.asarray(places)
    members = {str(place): of == place for place in sorted(set(places))}
    counts = {place: (int(own.sum()), int(success[own].sum())) for place, own in members.items()}
    found = [
        _place(place, overall, *(values[own] for values in (cost, spent, success, chance)))
        for place, own in members.items()
    ]
    hidden = _also_hidden(counts, {each.place for each in found if isinstance(each.crude, Withheld)})
    return tuple(
        PlaceCost(each.place, each.n, too_few_for_share(), too_few_for_share()) if each.place in hidden else each
        for each in found
    )


def _also_hidden(counts: Mapping[str, tuple[int, int]], hidden: set[str]) -> set[str]:
    """Places to withhold beside ``hidden``, fewest people first: what all have in common is known, and so what's left is."""
    more: set[str] = set()
    rest = sorted(set(counts) - hidden, key=lambda place: (counts[place], place))
    while hidden and rest:
        together = [counts[place] for place in hidden | more]
        people, succeeded = sum(n for n, _ in together), sum(count for _, count in together)
        if len(together) > 1 and may_show_cell(succeeded) and may_show_cell(people - succeeded):
            break
        more.add(rest.pop(0))
    return more


def _place(
    place: str,
    overall: float,
    cost: NDArray[np.float64],
    spent: NDArray[np.float64],
    success: NDArray[np.float64],
    chance: NDArray[np.float64],
) -> PlaceCost:
    n, succeeded = success.size, int(success.sum())
    if not may_show_estimate(n):
        return PlaceCost(place, n, too_few_for_estimate(), too_few_for_estimate())
    if not may_show_share(succeeded, n) or spent.sum() <= 0:
        return PlaceCost(place, n, too_few_for_share(), too_few_for_share())
    ratio = float(cost.sum() / spent.sum() / (success.sum() / chance.sum()))
    apart = (cost - spent) / spent.sum() - (success - chance) / chance.sum()
    error = math.sqrt(n / (n - 1) * float((apart**2).sum()))
    value, reach = overall * ratio, math.exp(Z_95 * error)
    return PlaceCost(
        place,
        n,
        float(cost.sum() / success.sum()),
        TermEstimate(place, value, error, None, value / reach, value * reach, None),
    )
