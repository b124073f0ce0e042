"""Distribution of scores at one time: quartiles and a histogram that hides small numbers.

Question: how do people's scores spread, which a mean alone can't tell?
Formula: quartiles by linear interpolation; bins of an even width over the scale, neighbours joined from the low end
until each holds at least 5 persons, what is left at the high end joined to the bin before.
Assumptions: none. Units: points and persons. Smallest and largest score are never given: each is one person's.
Missing data: answered scores only, with n. Errors: none raised; withheld under 10 scores.
Source: METHODS.md sections 2 and 7; Hyndman & Fan 1996 type 7, doi:10.1080/00031305.1996.10473566.
Checked: tests/unit/analysis/test_descriptions.py.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.disclosure import MINIMUM_CELL, may_show_estimate, too_few_for_estimate
from outcomes.analysis.effect_results import Bin, Distribution, OccasionDistribution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.frame import StudyData

MOST_BINS = 14


def describe_distributions(data: StudyData) -> tuple[OccasionDistribution, ...]:
    """Distributions at baseline and primary occasion, per arm."""
    occasions = (data.plan.baseline_occasion, data.plan.primary_occasion)
    return tuple(_distribution(data, occasion, size.arm) for occasion in occasions for size in data.arms)


def protected_bins(scores: Sequence[float], low: float, high: float) -> tuple[Bin, ...]:
    """Histogram of ``scores`` from ``low`` to ``high`` (points) with at least 5 persons in every bin."""
    width = _even_width(high - low)
    start = math.floor(low / width) * width
    edges = [start + width * step for step in range(math.ceil((high - start) / width) + 1)]
    edges[0], edges[-1] = low, high
    counts = np.histogram(np.asarray(scores, dtype=float), bins=edges)[0]
    bins: list[Bin] = []
    opened, count = edges[0], 0
    for edge, here in zip(edges[1:], counts, strict=True):
        count += int(here)
        if count >= MINIMUM_CELL:
            bins.append(Bin(opened, edge, count))
            opened, count = edge, 0
    if opened < edges[-1] and bins:
        last = bins.pop()
        bins.append(Bin(last.low, edges[-1], last.count + count))
    return tuple(bins)


def _even_width(span: float) -> float:
    """A round width (1, 2 or 5 times a power of ten) that makes no more than the most bins."""
    power = 10.0 ** math.floor(math.log10(span / MOST_BINS))
    return next(power * step for step in (1, 2, 5, 10) if span / (power * step) <= MOST_BINS)


def _distribution(data: StudyData, occasion: str, arm: str) -> OccasionDistribution:
    scores = data.answered(occasion, arm).to_numpy(dtype=float)
    if not may_show_estimate(scores.size):
        return OccasionDistribution(occasion, arm, too_few_for_estimate())
    low, high = _ends(data)
    lower, median, upper = (float(value) for value in np.quantile(scores, [0.25, 0.5, 0.75]))
    bins = protected_bins(scores.tolist(), low, high) if high > low else (Bin(low, high, int(scores.size)),)
    result = Distribution(occasion, arm, int(scores.size), lower, median, upper, bins)
    return OccasionDistribution(occasion, arm, result)


def _ends(data: StudyData) -> tuple[float, float]:
    """The scale's ends; where it has none, round numbers outside of all scores, so that no score shows as an end."""
    everyone = data.scores.to_numpy(dtype=float)
    least, most = float(np.nanmin(everyone)), float(np.nanmax(everyone))
    width = _even_width(most - least) if most > least else 1.0
    measure = data.plan.measure
    low = math.floor(least / width) * width if measure.minimum is None else measure.minimum
    high = math.ceil(most / width) * width if measure.maximum is None else measure.maximum
    return low, high
