"""Levels: from which to which did people move, where the measure has few levels, or limits that mean something?

Question: how many crossed from one level to another?
Estimand: the shift table (:mod:`outcomes.analysis.shift_table`) of those in the intervention with both scores: of the scale's
own values where it has at most six whole ones (FFB: 0 to 4), else of the bands between its published limits.
Formula: a score is in the band of as many limits as it has passed; a limit "at or above" is passed at its value, one "at or
below" above its value.
Units: people. Missing data: people with both scores.
Errors: none raised; None where the measure has neither.
Source, checked: as shift_table.py; tests/unit/analysis/test_levels.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.plan import Direction
from outcomes.analysis.results import INTERVENTION, Withheld
from outcomes.analysis.shift_table import ShiftTable, shift_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.frame import StudyData

MOST_LEVELS = 6


@dataclass(frozen=True, slots=True)
class Limit:
    """A published limit in points. ``at_or_above``: its value belongs to the upper side."""

    value: float
    at_or_above: bool


@dataclass(frozen=True, slots=True)
class LevelShift:
    """The shift table; ``limits``: what parts its levels, lowest first; empty where they are the scale's own values."""

    table: ShiftTable | Withheld
    limits: tuple[Limit, ...]


def describe_levels(data: StudyData, limits: Sequence[Limit]) -> LevelShift | None:
    """The shift from the start to the primary occasion."""
    measure = data.plan.measure
    before, after = data.pairs(data.plan.primary_occasion, INTERVENTION)
    lower_is_better = measure.direction is Direction.LOWER
    ordered = tuple(sorted(limits, key=lambda limit: (limit.value, not limit.at_or_above)))
    if _has_few_levels(measure.minimum, measure.maximum, [*before, *after]):
        levels, ordered = range(int(measure.minimum or 0), int(measure.maximum or 0) + 1), ()
        pairs = [[int(score) for score in scores] for scores in (before, after)]
    elif 0 < len(ordered) < MOST_LEVELS:
        levels = range(len(ordered) + 1)
        pairs = [[band_of(score, ordered) for score in scores] for scores in (before, after)]
    else:
        return None
    return LevelShift(shift_table(*pairs, levels=list(levels), lower_is_better=lower_is_better), ordered)


def _has_few_levels(low: float | None, high: float | None, scores: list[float]) -> bool:
    if low is None or high is None or high - low >= MOST_LEVELS:
        return False
    return all(float(value).is_integer() for value in (low, high, *scores))


def band_of(score: float, limits: Sequence[Limit]) -> int:
    """How many of the ``limits`` a score has passed."""
    return sum(score >= limit.value if limit.at_or_above else score > limit.value for limit in limits)
