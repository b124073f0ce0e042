"""EWMA: a moving mean of residuals in which the latest count most, with limits of stated run length.

Question: has the level of outcomes, against what was expected of the people, drifted a little for some time?
Estimand: exponentially weighted mean of standardised residuals; while nothing has changed its mean is 0.
Formula: E(i) = (1 - weight) E(i - 1) + weight z(i), E(0) = 0; limits -/+ L sqrt(weight / (2 - weight)), the same for
all i, so that the stated run length holds from the first observation on. L is given, or found so that the chart runs
the wanted number of observations between false alarms (Markov chain, :mod:`outcomes.analysis.run_length`).
Assumptions: residuals are independent, in order of time, and normal with mean 0 and standard deviation 1 while nothing
has changed.
Units: standard deviations of a residual; run lengths in observations.
Missing data: people without a residual can't be on the chart.
Errors: :class:`~outcomes.errors.EstimateError` for a weight outside 0 to 1, residuals that aren't numbers, and a limit and
run length that are both or neither given.
Source: Roberts 1959, doi:10.1080/00401706.1959.10489860; Lucas & Saccucci 1990, doi:10.1080/00401706.1990.10484583.
Checked: tests/reference/cusum (integral equation of Crowder solved in R, 1e-6; path written out in R, 1e-10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.cusum import Vector, read_residuals, spread_warnings
from outcomes.analysis.run_length import RunLength, check_weight, ewma_run_length, normal_limit_for, state_run_length
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class EwmaChart:
    """An EWMA of ``n`` standardised residuals (all in standard deviations of a residual).

    ``values`` after each observation; ``limit``: they signal above it or below minus it; ``limit_in_deviations``: the
    same in standard deviations of the mean (L). ``signals``: places in the series (from 0) where the mean went outside;
    a mean that stays outside counts once. ``run_length``: while nothing has changed; ``detection``: observations to a
    signal if the mean has moved by half a standard deviation.
    """

    weight: float
    n: int
    values: tuple[float, ...]
    limit: float
    limit_in_deviations: float
    signals: tuple[int, ...]
    run_length: RunLength
    detection: float
    signal_sentence: Sentence
    warnings: tuple[Sentence, ...]


SIGNAL_WORDS = Sentence(
    "The moving mean has left its limits. That is a reason for a dialogue about why, not a verdict."
)


def ewma_chart(
    residuals: Sequence[float] | Vector,
    *,
    people_per_year: float,
    weight: float = WEIGHT,
    limit_in_deviations: float | None = None,
    target_run_length: float | None = None,
) -> EwmaChart:
    """EWMA of standardised residuals in order of time; give either L or the wanted run length between false alarms."""
    series = read_residuals(residuals)
    check_weight(weight)
    if (limit_in_deviations is None) == (target_run_length is None):
        raise EstimateError(
            Sentence("Give either the chart's limit or the run length wanted between false alarms, not both.")
        )
    bound = limit_in_deviations
    if bound is None:
        bound = normal_limit_for(float(target_run_length or 0.0), lambda height: ewma_run_length(weight, height), 0.0)
    run_length = state_run_length(ewma_run_length(weight, bound), people_per_year)
    detection = ewma_run_length(weight, bound, shift=0.5)
    limit = bound * math.sqrt(weight / (2 - weight))
    values, signals, mean, outside = [], [], 0.0, False
    for index, residual in enumerate(series.tolist()):
        mean = (1 - weight) * mean + weight * residual
        if abs(mean) > limit and not outside:
            signals.append(index)
        outside = abs(mean) > limit
        values.append(mean)
    return EwmaChart(
        weight,
        series.size,
        tuple(values),
        limit,
        bound,
        tuple(signals),
        run_length,
        detection,
        SIGNAL_WORDS,
        spread_warnings(series),
    )
