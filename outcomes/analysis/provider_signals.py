"""Signals of providers: where have people fared worse than people like them do elsewhere, by more than chance explains?

Question: at which providers is there a statistical reason to ask how things are? Never: who is bad.
Estimand: mean of observed minus expected score per provider, expected from the people's own background over all providers
(:mod:`outcomes.analysis.case_mix`); and the day on which a series of such residuals has left what chance explains.
Formula: funnel: the mean over its standard error, ordinary differences between providers added; one-sided p (t, one degree of
freedom less than there are others), Benjamini-Hochberg over all that are compared. CUSUM (k = 0.25, begun again after a
signal) and EWMA (weight 0.2) of the residuals over their standard deviation, in order of the day that each measurement was
planned for. Turned so that more is better; only the side of worse signals.
Where a provider's people differ more from each other than elsewhere, their own spread counts (mean moving range), so that
few people who differ much aren't taken for a finding.
Ordinary differences are those of the other providers (method of moments, nobody left in their own), so that none hides behind
its own; the charts let a provider lie one standard deviation of them below before anything counts.
Assumptions: people are independent; the background says what is to be expected, wherever they are.
Units: points of the score (above 0: better than expected); residual standard deviations; persons.
False alarms: a chart signals by chance about once in ``RUN_LENGTH`` persons. Of funnels where nothing is behind, a share of
``LEVEL`` or less has anybody in it. Both together are an upper bound: what one chart sees, the other often sees too.
Missing data: persons without both measurements aren't here; how many there are belongs beside it.
Small numbers: providers with under 10 persons aren't compared and have no chart.
Errors: :class:`~outcomes.errors.EstimateError` from the case-mix model: too few people, or background that says nothing.
Source: Spiegelhalter 2005, doi:10.1002/sim.1970; Page 1954, doi:10.1093/biomet/41.1-2.100; Roberts 1959,
doi:10.1080/00401706.1959.10489860; Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
Checked: its parts as they say; false alarms and detection by seeded simulation in
tests/unit/analysis/test_provider_signals.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.case_mix import CaseMixKind, fit_case_mix
from outcomes.analysis.cusum import residual_cusum
from outcomes.analysis.disclosure import may_show_estimate
from outcomes.analysis.ewma import ewma_chart
from outcomes.analysis.funnel import Funnel, funnel_means
from outcomes.analysis.multiplicity import adjust_for_multiplicity
from outcomes.analysis.results import TermEstimate, Withheld
from outcomes.analysis.standardised_ratio import mean_residuals

if TYPE_CHECKING:
    from collections.abc import Sequence


Vector = NDArray[np.float64]

RUN_LENGTH = 1000.0
"""Persons between two false alarms of one chart, on the side of worse."""
CUSUM_LIMIT, EWMA_LIMIT = 8.585058452677913, 2.9621783962938935
"""Limits with that run length on the side of worse, in residual standard deviations and in the EWMA's own (the EWMA has two
sides, so that it signals on either in half as many persons). A test works them out again."""
LEVEL = 0.025
"""Of funnels with nothing behind, the share that has anybody in it; the false discovery rate of the others."""
LOOKS_PER_YEAR = 4
"""How often the funnel is looked at: when a quarter has ended."""
FEWEST_COMPARED = 3
"""How much providers ordinarily differ is worked out from the others, who must be at least two."""
MOVING_RANGE = 1.128
DAYS_PER_YEAR = 365.25
SHORTEST_YEARS = 0.5
"""A series is taken to have lasted this long at least: its rate per year isn't known from a few weeks."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One person with both measurements: where, the score turned so that more is better, the background as numbers, and
    the day that the later measurement was planned for."""

    provider: str
    outcome: float
    background: tuple[float, ...]
    day: date


@dataclass(frozen=True, slots=True)
class ComparedProvider:
    """One provider in the funnel: mean of observed minus expected (points), ``n`` persons, one-sided ``p_value`` for
    worse, the same ``adjusted`` for all that are compared, and whether it signals."""

    provider: str
    n: int
    mean: TermEstimate | Withheld
    p_value: float
    adjusted: float
    signals: bool


@dataclass(frozen=True, slots=True)
class ProviderChart:
    """One provider's series over time by one method: the days on which it signalled that people fare worse.

    ``run_length``: persons between false alarms; ``false_alarms_per_year`` at ``people_per_year``. ``n`` persons,
    ``outside``: whether the chart is beyond its limit now.
    """

    provider: str
    method: str
    n: int
    signalled_on: tuple[date, ...]
    outside: bool
    limit: float
    run_length: float
    people_per_year: float

    @property
    def false_alarms_per_year(self) -> float:
        """Expected false alarms of this chart in a year while nothing has changed."""
        return self.people_per_year / self.run_length


@dataclass(frozen=True, slots=True)
class ProviderSignals:
    """Everything about the providers of one intervention. ``funnel`` None: fewer than three could be compared.

    ``not_compared``: providers with under 10 persons, of whom nothing is said.
    """

    funnel: Funnel | None
    compared: tuple[ComparedProvider, ...]
    charts: tuple[ProviderChart, ...]
    not_compared: tuple[str, ...]

    @property
    def false_alarms_per_year(self) -> float:
        """Upper bound of the expected false alarms of the whole list in a year, if nothing is behind any of it."""
        looks = LOOKS_PER_YEAR * LEVEL if self.compared else 0.0
        return looks + math.fsum(chart.false_alarms_per_year for chart in self.charts)

    def per_provider(self, provider: str) -> float:
        """The same for one provider: its own charts, and its part of the funnel."""
        looks = LOOKS_PER_YEAR * LEVEL / len(self.compared) if self.compared else 0.0
        return looks + math.fsum(chart.false_alarms_per_year for chart in self.charts if chart.provider == provider)


def find_provider_signals(
    people: Sequence[Measured], names: Sequence[str], *, compared_from: date, compared_to: date
) -> ProviderSignals:
    """Compare those measured in the period in a funnel, and follow everybody over time.

    ``names``: of the columns of background. The expected scores come from everybody who is given.
    """
    ordered = sorted(people, key=lambda person: (person.day, person.provider, person.outcome))
    outcomes = np.array([person.outcome for person in ordered])
    background = np.array([person.background for person in ordered]).reshape(len(ordered), len(names))
    model = fit_case_mix(outcomes, background, names, kind=CaseMixKind.SCORE)
    expected, spread = model.expected(background), float(model.residual_sd or 1.0)
    recent = [index for index, person in enumerate(ordered) if compared_from <= person.day <= compared_to]
    funnel, compared = _compare(ordered, outcomes, expected, spread, recent)
    charts = _follow(ordered, (outcomes - expected) / spread)
    judged = {chart.provider for chart in charts} | {each.provider for each in compared}
    return ProviderSignals(funnel, compared, charts, tuple(sorted({person.provider for person in ordered} - judged)))


def _compare(
    people: Sequence[Measured], outcomes: Vector, expected: Vector, spread: float, kept: list[int]
) -> tuple[Funnel | None, tuple[ComparedProvider, ...]]:
    where = [people[index].provider for index in kept]
    means = [each for each in mean_residuals(outcomes[kept], expected[kept], where) if may_show_estimate(each.n)]
    if len(means) < FEWEST_COMPARED:
        return None, ()
    residuals = outcomes - expected
    values = [float(np.mean([residuals[i] for i in kept if people[i].provider == each.provider])) for each in means]
    errors = [
        spread
        * own_spread([residuals[i] / spread for i in kept if people[i].provider == each.provider])
        / math.sqrt(each.n)
        for each in means
    ]
    funnel = funnel_means([each.provider for each in means], values, errors, [each.n for each in means], target=0.0)
    tails = [
        _lower_tail(value / math.hypot(error, _ordinary_spread(index, values, errors)), len(values) - 2)
        for index, (value, error) in enumerate(zip(values, errors, strict=True))
    ]
    family = adjust_for_multiplicity(tails, [each.provider for each in means], level=LEVEL)
    return funnel, tuple(
        ComparedProvider(each.provider, each.n, each.result, test.p_value, test.adjusted, test.rejected)
        for each, test in zip(means, family.tests, strict=True)
    )


def own_spread(residuals: Sequence[float] | Vector) -> float:
    """Spread of a provider's own people in order of time, in residual standard deviations: 1 or wider, never narrower.

    From the mean moving range, which a change of level hardly widens (1.128: its expectation for normal residuals).
    """
    series = np.asarray(residuals, dtype=float)
    if series.size < 2:
        return 1.0
    return max(1.0, float(np.abs(np.diff(series)).mean()) / MOVING_RANGE)


def _ordinary_spread(index: int, values: Sequence[float], errors: Sequence[float]) -> float:
    """Standard deviation of ordinary differences among the others: nobody hides behind a difference of their own."""
    others = [number for number in range(len(values)) if number != index]
    weights = np.array([errors[number] ** -2.0 for number in others])
    excess = float((weights * np.array([values[number] for number in others]) ** 2).sum()) - (len(others) - 1)
    return math.sqrt(max(0.0, excess / float(weights.sum() - (weights**2).sum() / weights.sum())))


def _follow(people: Sequence[Measured], residuals: Vector) -> tuple[ProviderChart, ...]:
    places: dict[str, list[int]] = {}
    for index, person in enumerate(people):
        places.setdefault(person.provider, []).append(index)
    widths = {provider: own_spread(residuals[own]) for provider, own in places.items()}
    followed = [(provider, own) for provider, own in sorted(places.items()) if may_show_estimate(len(own))]
    means = [float(residuals[own].mean()) for _, own in followed]
    errors = [widths[provider] / math.sqrt(len(own)) for provider, own in followed]
    charts: list[ProviderChart] = []
    for index, (provider, own) in enumerate(followed):
        allowed = _ordinary_spread(index, means, errors) if len(followed) >= FEWEST_COMPARED else 0.0
        charts += _charts(provider, [people[place].day for place in own], (residuals[own] + allowed) / widths[provider])
    return tuple(charts)


def _charts(provider: str, days: Sequence[date], series: Vector) -> tuple[ProviderChart, ProviderChart]:
    """Both charts of one provider. ``series``: residuals, with what ordinary differences may take off added."""
    n, rate = len(days), len(days) / max((days[-1] - days[0]).days / DAYS_PER_YEAR, SHORTEST_YEARS)
    cusum = residual_cusum(series, people_per_year=rate, limit=CUSUM_LIMIT, restart=True).fewer
    ewma = ewma_chart(series, people_per_year=rate, limit_in_deviations=EWMA_LIMIT)
    fallen = tuple(days[index] for index in cusum.signals)
    below = tuple(days[index] for index in ewma.signals if ewma.values[index] < 0)
    return (
        ProviderChart(provider, "cusum", n, fallen, cusum.sums[-1] >= cusum.limit, cusum.limit, RUN_LENGTH, rate),
        ProviderChart(provider, "ewma", n, below, ewma.values[-1] < -ewma.limit, ewma.limit, RUN_LENGTH, rate),
    )


def _lower_tail(score: float, df: int) -> float:
    """Chance of so low a score; t distribution, because ordinary differences are worked out from the others alone."""
    from scipy.special import stdtr  # noqa: PLC0415 - scipy only where a number is worked out

    return float(stdtr(df, score))
