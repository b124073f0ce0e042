"""Funnel: which providers differ from the target by more than their size and ordinary differences explain?

Question: is there a reason to talk with a provider about its outcomes, given how few or many people it helped?
Estimand: each provider's share, ratio of observed to expected, or mean, against one target.
Formula: transformed value y with standard error s: share: asin(sqrt(p)), s = 1 / (2 sqrt(n)); ratio: sqrt(O / E),
s = 1 / (2 sqrt(E)), or log(O / E), s = 1 / sqrt(E); mean: itself, with its own s. Over-dispersion phi and tau^2 as in
:mod:`outcomes.analysis.over_dispersion`. Limits: target -/+ z sqrt(s^2 + tau^2), transformed back, z = 1.96 (95 %) and
3.09 (99.8 %). Where tau^2 is 0: exact limits, the 2.5 and 97.5 (0.1 and 99.9) % quantiles of the binomial or Poisson
distribution over n or E (means: normal). Score limits (Wilson's, around the target) for shares where asked for.
Target: share: all counted of all asked; ratio: 1; mean: weighted by 1 / s^2; or one given beforehand.
Assumptions: case mix is adjusted for beforehand where it differs; providers are independent; differences between
ordinary providers are normal on the transformed scale.
Units: shares 0-1, ratios (1 = as expected), points; precision in people (shares), expected events (ratios) or
1 / points^2 (means).
Missing data: providers with under 10 people are not drawn, not in target or over-dispersion, and counted.
Errors: :class:`~outcomes.errors.EstimateError` with under two providers to draw, doubled names, impossible numbers.
Source: Spiegelhalter 2005, doi:10.1002/sim.1970.
Checked: tests/reference/funnel (42 units: FunnelPlotR's formulas, qbinom, qpois; 1e-10).

Providers come sorted by name. There is no rank, and no way to sort by signal.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.disclosure import MINIMUM_ESTIMATE, may_show_cell, may_show_estimate
from outcomes.analysis.intervals import Z_95
from outcomes.analysis.over_dispersion import OutlierRule, OverDispersion, estimate_over_dispersion
from outcomes.errors import EstimateError, Sentence

Vector = NDArray[np.float64]
Limits = Callable[[Vector, float, float], Vector]  # precision, share of the distribution below, its normal quantile

Z_998 = 3.090232306167813
CURVE_POINTS = 120
FEW_PROVIDERS = 10


class FunnelKind(StrEnum):
    """What is held against the target."""

    SHARES = "shares"
    RATIOS = "ratios"
    MEANS = "means"


class Transformation(StrEnum):
    """Scale on which differences between ratios are taken as normal."""

    SQUARE_ROOT = "square_root"
    LOG = "log"


class LimitKind(StrEnum):
    """How limits are made: by chance alone (exact, or score), or with over-dispersion added."""

    EXACT = "exact"
    SCORE = "score"
    OVER_DISPERSED = "over_dispersed"


class FunnelSignal(StrEnum):
    """Where a provider lies: inside the 95 % limits, or outside which."""

    NONE = "none"
    ABOVE_95 = "above_95"
    BELOW_95 = "below_95"
    ABOVE_998 = "above_99.8"
    BELOW_998 = "below_99.8"


SIGNAL_WORDS: dict[FunnelSignal, Sentence] = {
    FunnelSignal.NONE: Sentence("within what size and ordinary differences explain"),
    FunnelSignal.ABOVE_95: Sentence("above the 95 per cent limit: a reason to ask why"),
    FunnelSignal.BELOW_95: Sentence("below the 95 per cent limit: a reason to ask why"),
    FunnelSignal.ABOVE_998: Sentence("above the 99.8 per cent limit: a reason for a dialogue about why"),
    FunnelSignal.BELOW_998: Sentence("below the 99.8 per cent limit: a reason for a dialogue about why"),
}


@dataclass(frozen=True, slots=True)
class FunnelLimit:
    """Limits at one precision, in the unit of the values."""

    precision: float
    low_998: float
    low_95: float
    high_95: float
    high_998: float


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One provider with ``n`` people: ``value`` in the funnel's unit, at its ``precision``, with its own limits.

    ``score``: standardised difference from the target on the transformed scale, without over-dispersion.
    ``small_cell``: fewer than 5 people stand in or outside what is counted, so that the value may not be published.
    """

    provider: str
    n: int
    value: float
    score: float
    limit: FunnelLimit
    signal: FunnelSignal
    small_cell: bool

    @property
    def precision(self) -> float:
        """People, expected events or 1 / points^2: where the provider lies along the funnel."""
        return self.limit.precision


@dataclass(frozen=True, slots=True)
class Funnel:
    """Providers by name against ``target``; ``curve`` holds the limits along the precision, for drawing.

    ``n_not_drawn``: providers with under 10 people, left out of everything here.
    """

    kind: FunnelKind
    target: float
    limits: LimitKind
    over_dispersion: OverDispersion
    curve: tuple[FunnelLimit, ...]
    points: tuple[FunnelPoint, ...]
    n_not_drawn: int
    warnings: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    """A transformation of values, its inverse, and chance limits made from the values' own distribution."""

    forward: Callable[[Vector], Vector]
    back: Callable[[Vector], Vector]
    std_error: Callable[[Vector], Vector]
    chance: Limits


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """The providers as given; ``drawn``: places of those with people enough."""

    kind: FunnelKind
    names: tuple[str, ...]
    values: Vector
    precision: Vector
    people: Vector
    drawn: NDArray[np.intp]
    small: Sequence[bool]


def funnel_shares(
    providers: Sequence[str],
    counts: Sequence[int],
    totals: Sequence[int],
    *,
    target: float | None = None,
    limits: LimitKind | None = None,
    outliers: OutlierRule = OutlierRule.WINSORISE,
) -> Funnel:
    """Funnel of shares: ``counts`` of ``totals`` people at each provider. ``limits`` None: over-dispersed where there is
    over-dispersion, else exact."""
    names, (counted, asked) = _read(providers, counts, totals)
    if (counted < 0).any() or (counted > asked).any():
        raise EstimateError(Sentence("More people are counted than were asked. Check the numbers."))
    drawn = _drawn(asked)
    common = float(counted[drawn].sum() / asked[drawn].sum()) if target is None else target
    if not 0 < common < 1:
        raise EstimateError(
            Sentence(
                "The target share must be above 0 and below 1. With nobody or everybody counted there is no funnel."
            )
        )
    scale = _share_scale(common, limits)
    small = [not (may_show_cell(int(c)) and may_show_cell(int(n - c))) for c, n in zip(counted, asked, strict=True)]
    values = counted / np.maximum(asked, 1)
    given = _Given(FunnelKind.SHARES, names, values, asked, asked, drawn, small)
    return _draw(given, common, scale, limits, outliers)


def funnel_ratios(
    providers: Sequence[str],
    observed: Sequence[int],
    expected: Sequence[float],
    people: Sequence[int],
    *,
    transformation: Transformation = Transformation.SQUARE_ROOT,
    limits: LimitKind | None = None,
    outliers: OutlierRule = OutlierRule.WINSORISE,
) -> Funnel:
    """Funnel of ``observed`` over ``expected`` events (:mod:`outcomes.analysis.case_mix`) among ``people``; target 1."""
    names, (happened, foretold, n) = _read(providers, observed, expected, people)
    if (happened < 0).any() or not (foretold > 0).all():
        raise EstimateError(
            Sentence(
                "A ratio needs an expected number above zero and an observed number that isn't negative. Check them."
            )
        )
    drawn = _drawn(n)
    if transformation is Transformation.LOG and not happened[drawn].all():
        raise EstimateError(
            Sentence("A provider has no events, and a ratio of zero has no logarithm. Use the square root scale.")
        )
    small = [not (may_show_cell(int(o)) and may_show_cell(int(m - o))) for o, m in zip(happened, n, strict=True)]
    scale = _ratio_scale(transformation)
    values = happened / foretold
    given = _Given(FunnelKind.RATIOS, names, values, foretold, n, drawn, small)
    return _draw(given, 1.0, scale, limits, outliers)


def funnel_means(
    providers: Sequence[str],
    means: Sequence[float],
    std_errors: Sequence[float],
    people: Sequence[int],
    *,
    target: float | None = None,
    limits: LimitKind | None = None,
    outliers: OutlierRule = OutlierRule.WINSORISE,
) -> Funnel:
    """Funnel of means, or of mean residuals (points), with the standard error each has by chance alone."""
    names, (values, errors, n) = _read(providers, means, std_errors, people)
    if not (errors > 0).all():
        raise EstimateError(Sentence("Every provider's mean needs a standard error above zero."))
    drawn = _drawn(n)
    precision = errors**-2.0
    common = float(np.average(values[drawn], weights=precision[drawn])) if target is None else target
    given = _Given(FunnelKind.MEANS, names, values, precision, n, drawn, [False] * len(names))
    return _draw(given, common, _mean_scale(common), limits, outliers)


def _draw(given: _Given, target: float, scale: _Scale, limits: LimitKind | None, outliers: OutlierRule) -> Funnel:
    if limits is LimitKind.SCORE and given.kind is not FunnelKind.SHARES:
        raise EstimateError(Sentence("Score limits are for shares. Use exact or over-dispersed limits here."))
    drawn, along = given.drawn, given.precision[given.drawn]
    place, errors = scale.forward(np.array([target]))[0], scale.std_error(along)
    scores = (scale.forward(given.values[drawn]) - place) / errors
    dispersion = estimate_over_dispersion(scores, errors, outliers=outliers)
    used = limits or (LimitKind.OVER_DISPERSED if dispersion.tau2 > 0 else LimitKind.EXACT)

    def over_dispersed(precision: Vector, below: float, quantile: float) -> Vector:  # noqa: ARG001 - one shape for all
        return scale.back(place + quantile * np.sqrt(scale.std_error(precision) ** 2 + dispersion.tau2))

    at = over_dispersed if used is LimitKind.OVER_DISPERSED else scale.chance
    points = []
    for index, score, limit in zip(drawn.tolist(), scores.tolist(), _limits_along(at, along), strict=True):
        value, signal = float(given.values[index]), _signal(float(given.values[index]), limit)
        n = int(given.people[index])
        points.append(FunnelPoint(given.names[index], n, value, score, limit, signal, given.small[index]))
    grid = np.linspace(along.min(), along.max(), CURVE_POINTS)
    return Funnel(
        given.kind,
        target,
        used,
        dispersion,
        _limits_along(at, np.unique(np.round(grid) if given.kind is FunnelKind.SHARES else grid)),
        tuple(sorted(points, key=lambda point: point.provider)),
        len(given.names) - drawn.size,
        _warnings(drawn.size, used, dispersion),
    )


def _limits_along(at: Limits, precision: Vector) -> tuple[FunnelLimit, ...]:
    parts = [at(precision, below, z) for below, z in ((0.001, -Z_998), (0.025, -Z_95), (0.975, Z_95), (0.999, Z_998))]
    return tuple(FunnelLimit(*row) for row in np.column_stack([precision, *parts]).tolist())


def _signal(value: float, limit: FunnelLimit) -> FunnelSignal:
    if value > limit.high_998:
        return FunnelSignal.ABOVE_998
    if value < limit.low_998:
        return FunnelSignal.BELOW_998
    if value > limit.high_95:
        return FunnelSignal.ABOVE_95
    return FunnelSignal.BELOW_95 if value < limit.low_95 else FunnelSignal.NONE


def _share_scale(target: float, limits: LimitKind | None) -> _Scale:
    def exact(n: Vector, below: float, quantile: float) -> Vector:  # noqa: ARG001 - one shape for all limits
        from scipy.stats import binom  # noqa: PLC0415 - scipy only where a number is worked out

        return np.asarray(binom.ppf(below, n, target) / n, dtype=np.float64)

    def score(n: Vector, below: float, quantile: float) -> Vector:  # noqa: ARG001 - one shape for all limits
        square = quantile * quantile
        spread = quantile * np.sqrt(n * target * (1 - target) + square / 4)
        return np.asarray((target * n + square / 2 + spread) / (n + square), dtype=np.float64)

    return _Scale(
        lambda share: np.arcsin(np.sqrt(share)),
        lambda angle: np.sin(np.clip(angle, 0.0, math.pi / 2)) ** 2,
        lambda n: 0.5 / np.sqrt(n),
        score if limits is LimitKind.SCORE else exact,
    )


def _ratio_scale(transformation: Transformation) -> _Scale:
    def exact(expected: Vector, below: float, quantile: float) -> Vector:  # noqa: ARG001 - one shape for all limits
        from scipy.stats import poisson  # noqa: PLC0415 - scipy only where a number is worked out

        return np.asarray(poisson.ppf(below, expected) / expected, dtype=np.float64)

    if transformation is Transformation.LOG:
        return _Scale(np.log, np.exp, lambda expected: 1 / np.sqrt(expected), exact)
    return _Scale(np.sqrt, lambda root: np.maximum(root, 0.0) ** 2, lambda expected: 0.5 / np.sqrt(expected), exact)


def _mean_scale(target: float) -> _Scale:
    def normal(precision: Vector, below: float, quantile: float) -> Vector:  # noqa: ARG001 - one shape for all limits
        return target + quantile / np.sqrt(precision)

    return _Scale(lambda value: value, lambda value: value, lambda precision: 1 / np.sqrt(precision), normal)


def _read(providers: Sequence[str], *numbers: Sequence[float]) -> tuple[tuple[str, ...], tuple[Vector, ...]]:
    """Names and numbers of the providers, every list as long as the other."""
    names = tuple(str(provider) for provider in providers)
    columns = tuple(np.asarray(column, dtype=float) for column in numbers)
    if any(column.shape != (len(names),) for column in columns):
        raise EstimateError(Sentence("Every provider on a funnel needs a name and all its numbers."))
    doubled = sorted(name for name, times in Counter(names).items() if times > 1)
    if doubled:
        raise EstimateError(Sentence("These providers are there more than once: %(names)s.", names=", ".join(doubled)))
    wrong = [name for index, name in enumerate(names) if not all(math.isfinite(column[index]) for column in columns)]
    if wrong:
        raise EstimateError(
            Sentence("These providers have a number that isn't finite: %(names)s.", names=", ".join(wrong))
        )
    return names, columns


def _drawn(people: Vector) -> NDArray[np.intp]:
    drawn = np.flatnonzero([may_show_estimate(int(n)) for n in people])
    if drawn.size < 2:
        raise EstimateError(
            Sentence(
                "A funnel takes at least two providers with %(minimum)s people or more each.", minimum=MINIMUM_ESTIMATE
            )
        )
    return drawn


def _warnings(n: int, limits: LimitKind, dispersion: OverDispersion) -> tuple[Sentence, ...]:
    found = [
        Sentence(
            "Of %(providers)s providers about %(expected)s lie outside the 95 %% limits by chance alone.",
            providers=n,
            expected=round(0.05 * n, 1),
        )
    ]
    if n < FEW_PROVIDERS:
        found.append(
            Sentence("With fewer than %(few)s providers, how much they differ is hardly known.", few=FEW_PROVIDERS)
        )
    if limits is not LimitKind.OVER_DISPERSED and dispersion.tau2 > 0:
        found.append(
            Sentence("Providers differ more than by chance, and these limits don't allow for it: they flag too many.")
        )
    return tuple(found)
