"""Control chart: does a series of periods vary more than by chance since a stated baseline?

Question: has something changed at a provider over time, or is this its ordinary variation?
Estimand: centre and spread of the baseline periods; each later period is held against them.
Formula: individuals (XmR): centre = mean of the baseline, sigma = mean moving range / d2, d2 = 2 / sqrt(pi); limits
centre -/+ 3 sigma. Shares (p chart, Laney's p'): centre p = all counted / all asked in the baseline; each period's
sigma = sqrt(p (1 - p) / n) * sigma_z, sigma_z = mean moving range of z / d2 with z = (share - p) / sqrt(p (1 - p) / n);
without over-dispersion sigma_z = 1. Limits of shares end at 0 and 1. Signals: :mod:`outcomes.analysis.run_rules`.
Assumptions: baseline periods are ordinary; periods are independent. The run length takes centre and spread as known
and points as normal, so that a short baseline gives more false alarms than stated; the result warns.
Units: individuals in the values' own unit; shares 0-1; periods as the caller names them, in order of time.
Missing data: a period without a value can't be on the chart; the caller joins or leaves out periods.
Small numbers: no share of under 10 people; such a period is an error that asks for longer periods.
Errors: :class:`~outcomes.errors.EstimateError` for a short or unvarying baseline, and values that aren't numbers.
Source: Shewhart 1931; Laney 2002, doi:10.1081/QEN-120006708; Mohammed et al. 2008, doi:10.1136/qshc.2004.012047.
Checked: tests/reference/cusum (written out in R, 1e-10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.disclosure import MINIMUM_ESTIMATE, may_show_estimate
from outcomes.analysis.run_length import RunLength, state_run_length
from outcomes.analysis.run_rules import USUAL_RULES, RunRule, read_signals, run_length_of_rules
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_BASELINE = 8
GOOD_BASELINE = 20
LIMIT = 3.0
MEAN_RANGE = 2 / math.sqrt(math.pi)  # d2: expected range of two standard normal values

Vector = NDArray[np.float64]


class ControlChartKind(StrEnum):
    """What the points of a chart are."""

    INDIVIDUALS = "individuals"
    SHARES = "shares"


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """One period: ``value`` with its limits (own unit, or shares 0-1), ``deviation`` in standard deviations from the
    centre, and the rules that signal there. ``baseline``: the period is one of those that centre and spread come from.
    """

    period: str
    value: float
    low: float
    high: float
    deviation: float
    baseline: bool
    signals: tuple[RunRule, ...]


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A series of periods with centre and limits from the first ``n_baseline`` of them.

    ``centre`` in the values' own unit or as share 0-1. ``sigma``: of individuals in their own unit; of shares the factor
    (sigma_z) by which they vary more than people answering by chance would make them. ``run_length``: in periods.
    """

    kind: ControlChartKind
    centre: float
    sigma: float
    n_baseline: int
    rules: frozenset[RunRule]
    points: tuple[ControlPoint, ...]
    run_length: RunLength
    warnings: tuple[Sentence, ...]

    @property
    def signals(self) -> tuple[ControlPoint, ...]:
        """The points after the baseline where a rule signals: reasons for a dialogue, no more."""
        return tuple(point for point in self.points if point.signals and not point.baseline)


def individuals_chart(
    values: Sequence[float],
    periods: Sequence[str],
    *,
    baseline: int,
    periods_per_year: float,
    rules: frozenset[RunRule] = USUAL_RULES,
) -> ControlChart:
    """Chart of one value per period in order of time; the first ``baseline`` periods give centre and spread."""
    series = np.asarray(values, dtype=float)
    _check_periods(series, periods, baseline)
    centre = float(series[:baseline].mean())
    sigma = float(np.abs(np.diff(series[:baseline])).mean()) / MEAN_RANGE
    if not sigma > 0:
        raise EstimateError(_no_variation())
    spread = np.full(series.size, sigma)
    kind = ControlChartKind.INDIVIDUALS
    return _draw(
        kind,
        series,
        periods,
        baseline,
        centre=centre,
        sigma=sigma,
        spread=spread,
        rules=rules,
        periods_per_year=periods_per_year,
    )


def shares_chart(
    counts: Sequence[int],
    totals: Sequence[int],
    periods: Sequence[str],
    *,
    baseline: int,
    periods_per_year: float,
    rules: frozenset[RunRule] = USUAL_RULES,
    over_dispersion: bool = True,
) -> ControlChart:
    """Chart of ``counts`` of ``totals`` people per period; with ``over_dispersion`` Laney's p', else the plain p chart."""
    counted, asked = np.asarray(counts, dtype=float), np.asarray(totals, dtype=float)
    if counted.size != asked.size or not np.isfinite(asked).all():
        raise EstimateError(Sentence("Every period of a chart of shares needs a count and a number of people asked."))
    _check_periods(counted, periods, baseline)
    small = [str(period) for period, total in zip(periods, asked, strict=True) if not may_show_estimate(int(total))]
    if small:
        raise EstimateError(
            Sentence(
                "Fewer than %(minimum)s people stand behind these periods: %(periods)s. Make the periods longer.",
                minimum=MINIMUM_ESTIMATE,
                periods=", ".join(small),
            )
        )
    if (counted < 0).any() or (counted > asked).any():
        raise EstimateError(Sentence("More people are counted than were asked. Check the numbers."))
    centre = float(counted[:baseline].sum() / asked[:baseline].sum())
    if not 0 < centre < 1:
        raise EstimateError(_no_variation())
    spread = np.sqrt(centre * (1 - centre) / asked)
    shares = counted / asked
    deviations = (shares - centre) / spread
    sigma = float(np.abs(np.diff(deviations[:baseline])).mean()) / MEAN_RANGE if over_dispersion else 1.0
    if not sigma > 0:
        raise EstimateError(_no_variation())
    kind = ControlChartKind.SHARES
    return _draw(
        kind,
        shares,
        periods,
        baseline,
        centre=centre,
        sigma=sigma,
        spread=spread * sigma,
        rules=rules,
        periods_per_year=periods_per_year,
    )


def _draw(
    kind: ControlChartKind,
    values: Vector,
    periods: Sequence[str],
    baseline: int,
    *,
    centre: float,
    sigma: float,
    spread: Vector,
    rules: frozenset[RunRule],
    periods_per_year: float,
) -> ControlChart:
    run_length = state_run_length(run_length_of_rules(rules), periods_per_year)
    low, high = centre - LIMIT * spread, centre + LIMIT * spread
    if kind is ControlChartKind.SHARES:
        low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
    deviations = ((values - centre) / spread).tolist()
    signals = read_signals(deviations, rules)
    points = tuple(
        ControlPoint(
            str(periods[index]),
            float(values[index]),
            float(low[index]),
            float(high[index]),
            deviations[index],
            index < baseline,
            signals[index],
        )
        for index in range(values.size)
    )
    return ControlChart(kind, centre, sigma, baseline, rules, points, run_length, _warnings(points, baseline))


def _check_periods(values: Vector, periods: Sequence[str], baseline: int) -> None:
    if len(periods) != values.size or len(set(periods)) != values.size:
        raise EstimateError(Sentence("Every point of a chart needs a period of its own."))
    unknown = [str(period) for period, value in zip(periods, values, strict=True) if not math.isfinite(value)]
    if unknown:
        raise EstimateError(
            Sentence(
                "These periods have no value that is a number: %(periods)s. Leave them out, or make the periods longer.",
                periods=", ".join(unknown),
            )
        )
    if not LEAST_BASELINE <= baseline <= values.size:
        raise EstimateError(
            Sentence(
                "A control chart needs a baseline of at least %(least)s periods, and no more than there are.",
                least=LEAST_BASELINE,
            )
        )


def _no_variation() -> Sentence:
    return Sentence("The baseline periods don't vary, so there is nothing to hold later ones against. Wait for more.")


def _warnings(points: tuple[ControlPoint, ...], baseline: int) -> tuple[Sentence, ...]:
    found = []
    if baseline < GOOD_BASELINE:
        found.append(
            Sentence(
                "The baseline is only %(periods)s periods. Until it has %(good)s, false alarms come more often than"
                " stated.",
                periods=baseline,
                good=GOOD_BASELINE,
            )
        )
    if any(point.signals for point in points if point.baseline):
        found.append(
            Sentence("The baseline itself holds a signal. Find out what happened before you rely on the chart.")
        )
    return tuple(found)
