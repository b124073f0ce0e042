"""Trend: has what becomes of people changed, by the quarter in which they began?

Question: do those who begin now fare otherwise than those who began before them?
Estimand: mean change from the start to the primary occasion of those who began in each quarter, adjusted for who they were
(:mod:`outcomes.analysis.adjusted_change`: the mean change of all plus the quarter's mean residual).
Formula: a quarter with fewer than 10 people is joined with those after it, the last ones with those before, by the stretches
that periods are chosen from (:mod:`outcomes.analysis.quarters`), so that no point and no page tell of a few people together.
t interval for each; from 8 quarters or stretches of them a control chart of individual values
(:mod:`outcomes.analysis.control_chart`) whose first 8 quarters give centre and spread.
Assumptions: those of the control chart. A quarter whose people haven't come to the primary occasion isn't there yet.
Units: points; the sign is that of the raw score.
Missing data: people with both scores and known covariates.
Errors: none raised; withheld under two points.
Source: as control_chart.py. Checked: tests/unit/analysis/test_trend.py.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.change import estimate_mean
from outcomes.analysis.control_chart import LEAST_BASELINE, ControlChart, individuals_chart
from outcomes.analysis.grouping import count_groups, protect_groups
from outcomes.analysis.quarters import first_day_of_quarter, join_within, start_of
from outcomes.analysis.results import TermEstimate, Withheld, WithheldReason
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from outcomes.analysis.adjusted_change import AdjustedChanges

QUARTERS_A_YEAR = 4
LEAST_POINTS = 2


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Those who began in ``quarter`` (``2026-Q1``, joined ones ``2026-Q1/2026-Q3``): ``n`` people, and their mean adjusted
    ``change`` (points)."""

    quarter: str
    n: int
    change: TermEstimate


@dataclass(frozen=True, slots=True)
class Trend:
    """The quarters in order of time. ``chart``: centre, limits and signals; withheld where there are too few quarters.

    ``mean_change`` of all (points); ``n_left_out``: quarters with too few people to be shown.
    """

    points: tuple[TrendPoint, ...]
    chart: ControlChart | Withheld
    mean_change: float
    n_left_out: int


def follow_trend(
    changes: AdjustedChanges | Withheld, started: Mapping[str, date], *, starts: Sequence[date] = ()
) -> Trend | Withheld:
    """The trend by the day on which each person ``started``, by subject; ``starts``: first days of the stretches of quarters
    that periods are chosen from."""
    if isinstance(changes, Withheld):
        return changes
    quarters = _name_stretches([first_day_of_quarter(started[subject]) for subject in changes.subjects], starts)
    sizes = protect_groups(count_groups(quarters))
    where = np.array(quarters)
    points = []
    for size in sizes:
        if size.estimated:
            values = changes.mean_change + changes.residuals[where == size.name]
            try:
                points.append(TrendPoint(size.name, values.size, estimate_mean(values.tolist(), "mean_change")))
            except EstimateError:
                continue
    if len(points) < LEAST_POINTS:
        return Withheld(
            WithheldReason.TOO_FEW,
            Sentence("It takes at least two quarters with 10 people or more each to show how it goes over time."),
        )
    return Trend(tuple(points), _chart(points), changes.mean_change, len(sizes) - len(points))


def _name_stretches(quarters: Sequence[date], starts: Sequence[date]) -> list[str]:
    """The stretch that each person's quarter is in, by name."""
    ladder = join_within(starts, Counter(quarters))
    first = [start_of(ladder, quarter) or next(iter(ladder), min(quarters)) for quarter in quarters]
    last: dict[date, date] = {}
    for start, quarter in zip(first, quarters, strict=True):
        last[start] = max(quarter, last.get(start, quarter))
    begin = {
        start: min(quarter for each, quarter in zip(first, quarters, strict=True) if each == start) for start in last
    }
    names = {start: "/".join(dict.fromkeys((quarter_of(begin[start]), quarter_of(last[start])))) for start in last}
    return [names[start] for start in first]


def quarter_of(day: date) -> str:
    """The quarter of a day, as ``2026-Q1``."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _chart(points: list[TrendPoint]) -> ControlChart | Withheld:
    if len(points) < LEAST_BASELINE:
        return Withheld(
            WithheldReason.TOO_FEW,
            Sentence(
                "A control chart takes at least %(least)s quarters with 10 people or more each; there are %(count)s. Until"
                " then nobody can say what is ordinary variation.",
                least=LEAST_BASELINE,
                count=len(points),
            ),
        )
    try:
        return individuals_chart(
            [point.change.estimate for point in points],
            [point.quarter for point in points],
            baseline=LEAST_BASELINE,
            periods_per_year=QUARTERS_A_YEAR,
        )
    except EstimateError as error:
        return Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)
